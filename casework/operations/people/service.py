"""What administrators do: programmes, phases, organisations, people and their roles. They see no case.

A person who asks for something of a programme that is not that person's learns nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.countries import is_country
from casework.engine.case_objects.organisations import PROVIDER
from casework.engine.deadlines.calendars import Calendar
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.errors import CasesLeft, InvalidForm, NotAllowed, NotFound, Refused
from casework.json_values import JsonMapping
from casework.operations.auth.account_log import REOPENED, ROLE_ENDED, ROLE_GIVEN, note_account
from casework.operations.auth.password_change import make_link
from casework.operations.auth.sessions import end_access
from casework.operations.auth.step_up import sensitive
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.national_holidays import china
from casework.operations.core.register_entries import note_entries
from casework.operations.oversight.prospects import insist_others_go_on, look_before
from casework.operations.people import account_closing, registry
from casework.operations.people.absences import pass_on_role
from casework.operations.people.administrator_checks import insist_administers, insist_administrator
from casework.operations.people.role_ending import end_roles
from casework.operations.people.role_requests import ask_role
from casework.permissions.actors import Actor, takes_two
from casework.reasons import Why
from casework.records.event_log import lock_log, now
from casework.records.row_security import whole

CALENDARS = ("china", "monday_to_friday")


# --- what is changed -------------------------------------------------------------------------------------------------


def _once(db: Connection, actor: Actor, request: Request, do: Callable[[], JsonMapping], status: int) -> Done:
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    return finish(db, actor, request, Done(do(), status))


def calendar_called(db: Connection, name: str) -> Calendar:
    """A new programme's working days, by the name of the calendar. Raises InvalidForm."""
    if name not in CALENDARS:
        raise InvalidForm(fields={"calendar": reasons.fields.ONE_OF(choices=CALENDARS)})
    year = Calendar("none").local_date(now(db)).year
    return china(range(year - 1, year + 3)) if name == "china" else Calendar("Monday to Friday")


@sensitive
def create_programme(
    db: Connection, actor: Actor, *, code: str, name: str, name_zh: str | None, calendar: str, request: Request
) -> Done:
    """A programme; whoever makes it becomes its first administrator."""
    insist_administrator(actor)
    days = calendar_called(db, calendar)

    def do() -> JsonMapping:
        id = registry.register_programme(db, code=code, name=name, name_zh=name_zh, calendar=days, by=actor.person)
        membership = registry.grant_role(db, actor.person, Role.ADMINISTRATOR, programme=id, by=actor.person)
        return {"id": id, "code": code, "membership": membership}

    return _once(db, actor, request, do, 201)


def create_phase(
    db: Connection,
    actor: Actor,
    programme: str,
    *,
    name: str,
    name_zh: str | None,
    starts_on: date,
    ends_on: date | None,
    request: Request,
) -> Done:
    """A phase of a programme."""
    insist_administers(actor, programme)
    if ends_on is not None and ends_on < starts_on:
        raise InvalidForm(fields={"ends_on": reasons.fields.NOT_BEFORE_START})

    def do() -> JsonMapping:
        known = {"programme": programme, "name": name}
        if db.execute(
            text("SELECT 1 FROM phases WHERE programme_id = CAST(:programme AS uuid) AND name = :name"), known
        ).first():
            raise InvalidForm(fields={"name": reasons.fields.OF_ANOTHER(noun="phase")})
        id = registry.register_phase(
            db, programme, name=name, name_zh=name_zh, starts_on=starts_on, ends_on=ends_on, by=actor.person
        )
        return {"id": id}

    return _once(db, actor, request, do, 201)


def create_organisation(
    db: Connection,
    actor: Actor,
    *,
    name: str,
    name_zh: str | None,
    country: str | None,
    kind: str,
    services: Sequence[str],
    register_number: str | None,
    language: str,
    request: Request,
    programme: str | None = None,
) -> Done:
    """An organisation: a party, which a programme of the administrator's keeps, or a provider of services, which none does.

    `programme` need not be said by whoever administers one alone.
    """
    insist_administrator(actor)
    faults: dict[str, Why] = {}
    if country is not None and not is_country(country):
        faults["country"] = reasons.fields.NO_COUNTRY
    mine = sorted({m.programme for m in actor.memberships if m.programme and m.role == Role.ADMINISTRATOR})
    shared = kind == PROVIDER or bool(services)
    home = None if shared else programme or (mine[0] if len(mine) == 1 else None)
    if programme is not None and (shared or programme not in mine):
        faults["programme"] = reasons.people.KEPT_BY_NONE if shared else reasons.fields.NOT_KNOWN
    elif not shared and home is None:
        faults["programme"] = reasons.fields.REQUIRED
    if faults:
        raise InvalidForm(fields=faults)

    def do() -> JsonMapping:
        if home is not None and register_number:
            with whole(db):
                lock_log(db, home)
            if db.execute(_NUMBERED, {"programme": home, "number": register_number}).first() is not None:
                raise InvalidForm(fields={"register_number": reasons.catalogue.ORGANISATION_RECORDED})
        id = registry.register_organisation(
            db,
            name=name,
            name_zh=name_zh,
            country=country,
            kind=kind,
            services=services,
            register_number=register_number,
            language=language,
            programme=home,
            by=actor.person,
        )
        return {"id": id}

    return _once(db, actor, request, do, 201)


#: Whether a programme keeps an organisation of a number.
_NUMBERED = text("""
    SELECT 1 FROM organisations WHERE programme_id = CAST(:programme AS uuid) AND merged_into IS NULL
    AND replace(upper(register_number), ' ', '') = replace(upper(:number), ' ', '') LIMIT 1
""")


@sensitive
def create_person(
    db: Connection,
    actor: Actor,
    secret_box: SecretBox,
    *,
    email: str,
    name: str,
    name_zh: str | None,
    language: str,
    mailing: bool,
    request: Request,
) -> Done:
    """A person with an account, who sets the password by a link: it is mailed, or stands in the first answer only."""
    insist_administrator(actor)

    def do() -> JsonMapping:
        return {
            "id": registry.register_person(
                db, email=email, name=name, name_zh=name_zh, language=language, by=actor.person
            )
        }

    return _with_link(db, secret_box, actor, _once(db, actor, request, do, 201), mailing)


@sensitive
def send_link(
    db: Connection, actor: Actor, secret_box: SecretBox, person: str, request: Request, *, mailing: bool
) -> Done:
    """A new link for somebody who has not set a password yet; the one before opens nothing any more. Raises Refused.

    Whoever has one asks for a link at the door, or two persons help: no administrator alone gets into an account.
    """
    insist_administrator(actor)
    row = _account(db, person)
    if not row.active:
        raise Refused(reasons.people.ACCOUNT_CLOSED)
    if row.password_hash is not None:
        raise Refused(reasons.people.HAS_PASSWORD)
    return _with_link(db, secret_box, actor, _once(db, actor, request, lambda: {"id": person}, 200), mailing)


@sensitive
def reopen_person(
    db: Connection, actor: Actor, secret_box: SecretBox, person: str, request: Request, *, mailing: bool
) -> Done:
    """Open a closed account again, with its address and without any role; its person sets a new password by a link."""
    insist_administrator(actor)
    row = _account(db, person)
    if row.erased_at is not None:
        raise Refused(reasons.people.ERASED_ACCOUNT)

    def do() -> JsonMapping:
        if row.active:
            raise Refused(reasons.people.ACCOUNT_OPEN)
        db.execute(
            text("UPDATE people SET active = true, password_hash = NULL WHERE id = CAST(:id AS uuid)"), {"id": person}
        )
        note_entries(
            db,
            "people",
            person,
            [person],
            kind="account_reopened",
            by=actor.person,
            columns=["active", "password_hash"],
        )
        note_account(db, person, REOPENED, actor.person)
        return {"id": person, "active": True}

    return _with_link(db, secret_box, actor, _once(db, actor, request, do, 200), mailing)


def _with_link(db: Connection, secret_box: SecretBox, actor: Actor, done: Done, mailing: bool) -> Done:
    """The answer with the link, unless that goes by mail or was given before."""
    if done.repeated:
        return done
    link = make_link(db, secret_box, done.answer["id"], by=actor.person, mailed=mailing)
    return done if mailing else replace(done, answer={**done.answer, "link": link})


def _account(db: Connection, person: str) -> Any:
    row = db.execute(
        text(
            "SELECT active, password_hash, erased_at FROM people WHERE id = CAST(:id AS uuid) AND NOT service FOR NO KEY UPDATE"
        ),
        {"id": person},
    ).one_or_none()
    if row is None:
        raise NotFound("person")
    return row


@sensitive
def create_membership(
    db: Connection,
    actor: Actor,
    *,
    person: str,
    role: str,
    programme: str | None,
    organisation: str | None,
    deputy_for: str | None,
    starts_at: datetime | None,
    ends_at: datetime | None,
    request: Request,
) -> Done:
    """Give a person a role, or ask for it where a second person must agree; nobody gives one to themselves."""
    insist_administrator(actor)
    if programme is not None:
        insist_administers(actor, programme)
    if actor.person in (person, deputy_for):
        raise NotAllowed(why=reasons.people.NO_ROLE_TO_ONESELF)
    faults = {
        field: reasons.fields.NOT_KNOWN
        for field, id, table in (
            ("person", person, "people"),
            ("deputy_for", deputy_for, "people"),
            ("organisation", organisation, "organisations"),
        )
        if id is not None and not _exists(db, table, id)
    }
    if faults:
        raise InvalidForm(fields=faults)
    if deputy_for == person:
        raise InvalidForm(fields={"deputy_for": reasons.fields.SOMEBODY_ELSE})

    def do() -> JsonMapping:
        if programme is not None and takes_two(role):
            asked = ask_role(
                db,
                person,
                role,
                programme=programme,
                deputy_for=deputy_for,
                starts_at=_utc(starts_at),
                ends_at=_utc(ends_at),
                by=actor.person,
            )
            return {"id": asked, "state": "asked"}
        id = registry.grant_role(
            db,
            person,
            role,
            programme=programme,
            organisation=organisation,
            deputy_for=deputy_for,
            starts_at=_utc(starts_at),
            ends_at=_utc(ends_at),
            by=actor.person,
        )
        pass_on_role(db, id, By(actor.person, Role.ADMINISTRATOR))
        note_account(db, person, ROLE_GIVEN, actor.person, membership=id)
        return {"id": id, "state": "given"}

    return _once(db, actor, request, do, 201)


@sensitive
def end_membership(db: Connection, actor: Actor, membership: str, request: Request) -> Done:
    """End a role now, and with it the person's sessions and tokens."""
    insist_administrator(actor)
    row = db.execute(
        text("SELECT person_id, programme_id FROM memberships WHERE id = CAST(:id AS uuid)"), {"id": membership}
    ).one_or_none()
    if row is None or (row.programme_id and not actor.in_programme(row.programme_id, (Role.ADMINISTRATOR,))):
        raise NotFound("membership")

    def do() -> JsonMapping:
        before = look_before(db, [row.programme_id] if row.programme_id else [])
        end_roles(db, [membership], By(actor.person, Role.ADMINISTRATOR))
        insist_others_go_on(db, before, request, names=False)
        end_access(db, row.person_id, by=actor.person)
        note_account(db, row.person_id, ROLE_ENDED, actor.person, membership=membership)
        return {"id": membership, "ended": True}

    return _once(db, actor, request, do, 200)


# --- what a provider's lead does for its own organisation -------------------------------------------------------------


@sensitive
def end_member(db: Connection, actor: Actor, membership: str, request: Request) -> Done:
    """A lead ends somebody's role in the organisation, with sessions and tokens; nobody's own, so that a lead is left."""
    row = db.execute(
        text("SELECT person_id, organisation_id FROM memberships WHERE id = CAST(:id AS uuid)"), {"id": membership}
    ).one_or_none()
    if row is None or row.organisation_id not in actor.led():
        raise NotFound("membership")
    if row.person_id == actor.person:
        raise NotAllowed(why=reasons.people.NO_END_OF_OWN)

    def do() -> JsonMapping:
        end_roles(db, [membership], By(actor.person, Role.PROVIDER_LEAD, row.organisation_id))
        end_access(db, row.person_id)
        note_account(db, row.person_id, ROLE_ENDED, actor.person, membership=membership)
        return {"id": membership, "ended": True}

    return _once(db, actor, request, do, 200)


@sensitive
def deactivate_person(db: Connection, actor: Actor, person: str, request: Request, *, at_once: bool = False) -> Done:
    """Close an account: tokens are revoked, sessions, roles and absences end, held tasks are free again.

    Refused while the person owns live cases or is on their teams: a supervisor hands these over first. `at_once`, for
    emergencies, closes it all the same. The history keeps the person.
    """
    insist_administrator(actor)
    if not _exists(db, "people", person):
        raise NotFound("person")
    if person == actor.person:
        raise Refused(reasons.people.NO_CLOSING_OF_OWN)
    leaving = account_closing.find_leaving(db, person)
    if any(not actor.in_programme(programme, (Role.ADMINISTRATOR,)) for programme in leaving.programmes):
        raise NotAllowed(why=reasons.people.OTHER_PROGRAMMES_TOO)

    def do() -> JsonMapping:
        by = By(actor.person, Role.ADMINISTRATOR)
        before = look_before(db, leaving.programmes)
        # Roles first: they lock the programmes' logs together with those of the cases, in one order.
        end_roles(db, leaving.roles, by, also=leaving.asked_in)
        left = account_closing.cases_left(db, person)
        if left and not at_once:
            raise CasesLeft(left=", ".join(f"{name}: {count}" for name, count in left.items()))
        insist_others_go_on(db, before, request, names=False)
        account_closing.close(db, leaving, by)
        return {"id": person, "active": False}

    return _once(db, actor, request, do, 200)


def _exists(db: Connection, table: str, id: str) -> bool:
    return db.execute(text(f"SELECT 1 FROM {table} WHERE id = CAST(:id AS uuid)"), {"id": id}).first() is not None


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
