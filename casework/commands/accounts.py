"""The commands `user` and `token`: accounts of people, and tokens for their programs."""

from __future__ import annotations

from datetime import timedelta

import click
import uuid_utils
from sqlalchemy import Connection, text

from casework.engine.roles import ORGANISATION_ROLES, PERSONAL_ROLES
from casework.engine.state.events import SYSTEM_ACTOR
from casework.errors import NotFound, UnknownName
from casework.operations.auth.account_log import LINK_SENT, note_account
from casework.operations.auth.password_change import make_link
from casework.operations.auth.preferences import LANGUAGES
from casework.operations.auth.tokens import (
    MOST_DECIDING_DAYS,
    MOST_TOKEN_DAYS,
    TOKEN_DAYS,
    make_token,
    revoke_token,
    usual_days,
)
from casework.operations.core.email_addresses import canonical
from casework.operations.core.idempotency import Request
from casework.operations.documents.key_material import secret_box_of
from casework.operations.people.invitation_mail import INVITATION_PAGE
from casework.operations.people.invitations import DAYS, MOST_DAYS, Scope, insist_form, record_invitation
from casework.operations.people.registry import grant_role, register_person
from casework.operations.people.role_requests import give_or_ask
from casework.permissions.actors import Actor
from casework.permissions.token_scopes import DECIDE, TOKEN_SCOPES
from casework.reasons.terms import Noun
from casework.records.actors import find_actor
from casework.records.database import connect_engine, transaction
from casework.settings import Settings, load_settings


@click.group()
def user() -> None:
    """Look after people's accounts."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True, help="The person's name, as others see it.")
@click.option("--name-zh", help="The same in Chinese.")
@click.option("--role", required=True, type=click.Choice([str(role) for role in PERSONAL_ROLES]))
@click.option("--programme", metavar="CODE", help="Where the role is held; for every role but a provider's.")
@click.option("--organisation", metavar="NAME", help="Where a provider's role is held.")
@click.option("--deputy-for", metavar="EMAIL", help="Holds the role while that person is away.")
def add_user(
    email: str,
    name: str,
    name_zh: str | None,
    role: str,
    programme: str | None,
    *,
    organisation: str | None,
    deputy_for: str | None,
) -> None:
    """Make an account for EMAIL with a role, or give another role to the person who has it.

    For a new account it prints a link, by which the person sets a password; nobody types another's. Roles by which people read
    cases or decide are given at once while the programme has no case; later they are asked for, and an administrator or a
    supervisor agrees.
    """
    if (role in ORGANISATION_ROLES) != (organisation is not None) or (programme is None) == (organisation is None):
        where = "--organisation NAME" if role in ORGANISATION_ROLES else "--programme CODE"
        raise click.UsageError(f"The role {role} needs {where}, and only that.")
    settings, link = load_settings(), None
    engine = connect_engine(settings)
    try:
        with transaction(engine) as db:
            within = _one(db, "programmes", "code", programme, "programme")
            employer = _one(db, "organisations", "name", organisation, "organisation")
            deputised = _person(db, deputy_for) if deputy_for else None
            person = _known(db, email)
            new = person is None
            if person is None:
                person = register_person(db, email=email, name=name, name_zh=name_zh)
                link = make_link(db, secret_box_of(settings), person, by=None, mailed=False)
            given = True
            if within is not None:
                given = give_or_ask(db, person, role, programme=within, deputy_for=deputised)
            else:
                grant_role(db, person, role, organisation=employer, deputy_for=deputised)
    finally:
        engine.dispose()
    if given:
        click.echo(f"{email} {'has an account now, with' if new else 'now has'} the role {role}.")
    else:
        account = "has an account now. " if new else "was to have another role. "
        click.echo(
            f"{email} {account}The role {role} was asked for: an administrator or a supervisor of {programme} must agree."
        )
    if link is not None:
        _tell_link(link, settings)


@user.command("link")
@click.argument("email")
def make_user_link(email: str) -> None:
    """Print a link by which EMAIL sets a new password: for whoever has none yet, or lost the only administrator's.

    It works once, for 72 hours; the person is told. A second factor is asked for as before.
    """
    settings = load_settings()
    engine = connect_engine(settings)
    try:
        with transaction(engine) as db:
            person = _person(db, email)
            if find_actor(db, person) is None:
                raise click.ClickException(f"The account {email} is closed. An administrator reopens it.")
            link = make_link(db, secret_box_of(settings), person, by=None, mailed=False)
            note_account(db, person, LINK_SENT, SYSTEM_ACTOR)
    finally:
        engine.dispose()
    _tell_link(link, settings)


def _tell_link(link: str, settings: Settings) -> None:
    click.echo(f"Link to set the password: {(settings.base_url or '').rstrip('/')}{link}")


@user.command("invite")
@click.argument("email")
@click.option("--name", required=True, help="The person's name; the person may change it.")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([str(role) for role in PERSONAL_ROLES])
)
@click.option("--programme", metavar="CODE", help="Where the roles are held; for every role but a provider's.")
@click.option("--organisation", metavar="NAME", help="Where a provider's roles are held.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the mail.")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=DAYS, show_default=True, help="How long it holds.")
def invite_user(
    email: str,
    name: str,
    roles: tuple[str, ...],
    programme: str | None,
    organisation: str | None,
    *,
    language: str,
    days: int,
) -> None:
    """Invite EMAIL by mail, and print the link and its code: send the one and tell the other.

    Where no mail server is set up the mail waits, and the link goes by whatever way you choose.
    """
    if (programme is None) == (organisation is None):
        raise click.UsageError("Name a --programme or an --organisation, and only that.")
    settings = load_settings()
    engine = connect_engine(settings)
    try:
        with transaction(engine) as db:
            scope = Scope(
                _one(db, "programmes", "code", programme, "programme"),
                _one(db, "organisations", "name", organisation, "organisation"),
            )
            insist_form(db, None, scope, email, name=name, roles=roles, language=language, days=days)
            _, code, secret = record_invitation(
                db,
                None,
                secret_box_of(settings),
                scope=scope,
                email=email,
                name=name,
                roles=roles,
                language=language,
                days=days,
            )
    finally:
        engine.dispose()
    click.echo(f"Link: {(settings.base_url or '').rstrip('/')}{INVITATION_PAGE}{secret}")
    click.echo(f"Code: {code}")


@click.group()
def token() -> None:
    """Look after tokens, with which programs act for a person."""


@token.command("add")
@click.argument("email")
@click.option("--name", default="command line", show_default=True, help="What it is for.")
@click.option("--scopes", default="read,write", show_default=True, help=f"With commas: {', '.join(TOKEN_SCOPES)}.")
@click.option(
    "--days",
    type=click.IntRange(1, MOST_TOKEN_DAYS),
    help=f"How long it holds: {TOKEN_DAYS} days unless said, and with {DECIDE} {MOST_DECIDING_DAYS}, which is the most.",
)
def add_token(email: str, name: str, scopes: str, days: int | None) -> None:
    """Make a token for the person EMAIL and print it: this once, for it is kept nowhere."""
    wanted = {scope.strip() for scope in scopes.split(",") if scope.strip()}
    if not wanted or not wanted <= set(TOKEN_SCOPES):
        raise click.UsageError(f"--scopes takes {', '.join(TOKEN_SCOPES)}.")
    days = days or usual_days(wanted)
    if DECIDE in wanted and days > MOST_DECIDING_DAYS:
        raise click.UsageError(
            f"With the scope {DECIDE} a token holds for at most {MOST_DECIDING_DAYS} days, not {days}."
        )
    engine = connect_engine(load_settings())
    try:
        with transaction(engine) as db:
            id, secret = make_token(db, _person(db, email), name=name, scopes=wanted, lasts=timedelta(days=days))
    finally:
        engine.dispose()
    click.echo(f"Token {id} of {email}, for {days} days:", err=True)
    click.echo(secret)


@token.command("revoke")
@click.argument("id")
def revoke(id: str) -> None:
    """End the token with this ID at once."""
    engine = connect_engine(load_settings())
    try:
        with transaction(engine) as db:
            actor = _holder(db, id)
            revoke_token(db, actor, id, Request(str(uuid_utils.uuid7()), id))
    finally:
        engine.dispose()
    click.echo(f"Token {id} is revoked.")


def _holder(db: Connection, token: str) -> Actor:
    person = db.execute(text("SELECT person_id FROM tokens WHERE id::text = :id"), {"id": token}).scalar_one_or_none()
    if person is None:
        raise NotFound("token")
    # Somebody whose account has ended may still have a token to revoke.
    return find_actor(db, str(person)) or Actor(str(person), "", ())


def _known(db: Connection, email: str) -> str | None:
    person = db.execute(
        text("SELECT id FROM people WHERE lower(email) = :email"), {"email": canonical(email)}
    ).scalar_one_or_none()
    return str(person) if person is not None else None


def _person(db: Connection, email: str) -> str:
    person = _known(db, email)
    if person is None:
        raise UnknownName("person", email)
    return person


def _one(db: Connection, table: str, column: str, value: str | None, noun: Noun) -> str | None:
    if value is None:
        return None
    row_id = db.execute(
        text(f"SELECT id FROM {table} WHERE {column} = :value ORDER BY created_at, id LIMIT 1"), {"value": value}
    ).scalar_one_or_none()
    if row_id is None:
        raise UnknownName(noun, value)
    return str(row_id)
