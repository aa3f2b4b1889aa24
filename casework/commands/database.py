"""Commands for the database: init, and db upgrade, check and stop."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Engine

from casework.operations.core.editions import store_editions
from casework.records import embedded, migrate, production_settings
from casework.records.database import Role, app_login, connect_engine, connected, transaction
from casework.settings import Settings, load_settings


@click.command()
def init() -> None:
    """Make the database, or upgrade the one that is there."""
    _upgrade()


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the form that this release needs."""
    _upgrade()


@db.command()
def check() -> None:
    """Say whether the database is right; exits with 1 when it is not."""
    settings = load_settings()
    with _engine(settings, "app") as engine, connected(engine) as app:
        faults = migrate.check(app, settings.synchronous_standbys)
    if settings.profile == "production":
        faults += production_settings.faults(settings, os.environ)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise click.exceptions.Exit(1)
    click.echo(f"The database is right, at revision {migrate.head()}.")


@db.command()
def stop() -> None:
    """Stop the embedded server. It starts again by itself when something needs it."""
    settings = load_settings()
    if settings.database_url:
        raise click.ClickException("DATABASE_URL is set; only the embedded server is stopped here.")
    if embedded.stop(settings.var):
        click.echo("The embedded server has stopped.")
        return
    click.echo("No embedded server was running.")


def _upgrade() -> None:
    settings = load_settings()
    with _engine(settings, "owner") as owner:
        with connected(owner) as connection:
            before = migrate.current(connection)
        migrate.upgrade(owner, login=app_login(settings))
        with transaction(owner) as connection:
            replaced = store_editions(connection)
    for edition in replaced:
        click.echo(
            f"The file of {edition} is not what was published: that stays in force. Publish the change as a new edition.",
            err=True,
        )
    if before == migrate.head():
        click.echo(f"The database is up to date, at revision {before}.")
        return
    click.echo(f"The database is now at revision {migrate.head()}.")


def make_ready(settings: Settings) -> None:
    """Bring the database to this release's form, with the editions of its workflows."""
    with _engine(settings, "owner") as owner:
        with connected(owner) as db:
            ready = migrate.current(db) == migrate.head()
        if not ready:
            migrate.upgrade(owner, login=app_login(settings))
        with transaction(owner) as db:
            store_editions(db)


def make_where_none_is(settings: Settings) -> None:
    """Make the database where there is none yet; one of another release is left to `casework init`."""
    with _engine(settings, "owner") as owner, connected(owner) as db:
        none = migrate.current(db) is None
    if none:
        make_ready(settings)


@contextmanager
def _engine(settings: Settings, role: Role) -> Iterator[Engine]:
    engine = connect_engine(settings, role)
    try:
        yield engine
    finally:
        engine.dispose()
