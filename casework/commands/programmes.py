"""The command `programme`: the first one is made here, before there is an administrator to ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

import click
from sqlalchemy import Connection, text

from casework.errors import NotFound, UnknownName
from casework.operations.core.editions import read_editions
from casework.operations.core.email_addresses import canonical
from casework.operations.people.programme_copies import begin_copy
from casework.operations.people.registry import register_programme
from casework.operations.people.service import CALENDARS, calendar_called
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.database import connect_engine, transaction
from casework.records.row_security import in_snapshot
from casework.settings import load_settings


def _in_utc(context: click.Context, option: click.Parameter, moment: datetime | None) -> datetime | None:
    """The moment, unless no day of the calendar has it."""
    try:
        return None if moment is None else moment.astimezone(UTC)
    except OverflowError as fault:
        raise click.BadParameter("The moment lies outside of the years 1 to 9999.", context, option) from fault


#: What tells of a programme up to a moment takes it so.
as_of_option = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z"]),
    callback=_in_utc,
    help="Up to this moment, such as 2026-06-30T16:00:00Z; now where none is named.",
)
#: Of whose cases it tells.
programme_option = click.option(
    "--programme", metavar="CODE", help="Whose cases; needed where there are several programmes."
)


@contextmanager
def reading(code: str | None) -> Iterator[tuple[Connection, str, str]]:
    """Sees one moment of the database, where the engine reads; with the code and the id of the programme that is chosen.

    Raises what `find_programme` raises.
    """
    engine = connect_engine(load_settings())
    try:
        with in_snapshot(engine) as db:
            read_editions(db)
            yield db, *find_programme(db, code)
    finally:
        engine.dispose()


@click.group()
def programme() -> None:
    """Look after programmes."""


@programme.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--name-zh", help="The same in Chinese.")
@click.option("--calendar", type=click.Choice(CALENDARS), default=CALENDARS[0], show_default=True)
@click.option("--zone", metavar="ZONE", default="Asia/Shanghai", show_default=True, help="The time zone of its days.")
def add_programme(code: str, name: str, name_zh: str | None, calendar: str, zone: str) -> None:
    """Make a programme called NAME. The numbers of its cases begin with CODE, 2 to 8 capital letters or digits.

    Then give it an administrator with `casework user add`, who can do everything else.
    """
    if zone not in available_timezones():
        raise click.UsageError(f"--zone takes the name of a time zone, such as Asia/Shanghai, not {zone}.")
    engine = connect_engine(load_settings())
    try:
        with transaction(engine) as db:
            days = replace(calendar_called(db, calendar), zone=ZoneInfo(zone).key)
            register_programme(db, code=code, name=name, name_zh=name_zh, calendar=days)
    finally:
        engine.dispose()
    click.echo(f"The programme {code} is there now.")
    click.echo(
        f"Give it an administrator: casework user add EMAIL --name NAME --role administrator --programme {code}",
        err=True,
    )


@programme.command("copy")
@click.argument("source")
@click.argument("code")
@click.argument("name")
@click.option("--name-zh", help="The same in Chinese.")
def copy_programme(source: str, code: str, name: str, name_zh: str | None) -> None:
    """Make a programme called NAME with the settings of the programme SOURCE: its calendar, time zone,
    limits, lists, providers and editions.

    It gets no letterhead, no districts, no people and no cases: its supervisor sets the letterhead before the first letter. The numbers
    of its cases begin with CODE. Then give it an administrator with `casework user add`.
    """
    engine = connect_engine(load_settings())
    try:
        with transaction(engine) as db:
            id = db.execute(text("SELECT id FROM programmes WHERE code = :code"), {"code": source}).scalar_one_or_none()
            if id is None:
                raise UnknownName("programme", source)
            begin_copy(db, id, code=code, name=name, name_zh=name_zh)
    finally:
        engine.dispose()
    click.echo(f"The programme {code} is there now, with the settings of {source}.")
    click.echo(
        f"Give it an administrator: casework user add EMAIL --name NAME --role administrator --programme {code}",
        err=True,
    )


def find_programme(db: Connection, code: str | None) -> tuple[str, str]:
    """The code and the id of a programme: of the only one there is, where none is named. Raises UnknownName."""
    codes = {row.code: row.id for row in db.execute(text("SELECT code, id::text FROM programmes ORDER BY code"))}
    if code is None and len(codes) != 1:
        raise click.UsageError(f"--programme takes one of {', '.join(codes) or 'no programme yet'}.")
    if code is not None and code not in codes:
        raise UnknownName("programme", code)
    found = code or next(iter(codes))
    return found, codes[found]


def find_acting(db: Connection, email: str) -> Actor:
    """The person in whose name something is done. Raises NotFound, also where the account is closed."""
    id = db.execute(
        text("SELECT id FROM people WHERE lower(email) = :email"), {"email": canonical(email)}
    ).scalar_one_or_none()
    actor = find_actor(db, str(id)) if id is not None else None
    if actor is None:
        raise NotFound("person")
    return actor
