"""Sealed mediations: a dispute officer opens one by case number; for everybody not named it does not exist."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import playing
from casework.engine.execution.commands import Command, HandOver, Open
from casework.engine.execution.context import By
from casework.engine.parts import REFERRAL
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.effects_schema import CaseSubject
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.cases.case_capacities import on_case
from casework.operations.cases.queries import describe
from casework.operations.cases.views import CaseParties, MediationPart, WholeCase
from casework.operations.core.access_queries import mediation_log
from casework.operations.core.idempotency import Done, Request, ask
from casework.operations.core.organisations import STANDING
from casework.operations.core.overdue_sql import AT_WORK
from casework.operations.core.paging import Page
from casework.operations.core.perform import Standing, calendar_of, new_id, open_log, perform
from casework.operations.core.presenters import names_of, when
from casework.operations.core.reader_names import by_number, told_title
from casework.operations.core.views import NamedPerson, row_as
from casework.operations.mediations.succession import who_may_lead
from casework.operations.mediations.views import MediationRow
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, reach, sight
from casework.records.access_sql import DECIDING, named_for, reach_values
from casework.records.case_loader import load
from casework.records.event_log import now


def open_mediation(db: Connection, actor: Actor, number: str, request: Request) -> Done:
    """A dispute officer opens a sealed mediation about a case, by its number; the case learns nothing of it."""
    mediation_outline(db, actor, number)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    row = db.execute(text("SELECT * FROM cases WHERE number = :number"), {"number": number}).one()
    id, moment = new_id(), now(db)
    case: CaseSubject = {
        "programme": row.programme_id,
        "about": row.id,
        "parties": row.parties,
        "owner": actor.person,
        "team": [],
    }
    command = Open(id, "mediation", playing(REFERRAL).workflow, case, row.title, service="mediation")
    by = By(actor.person, Role.DISPUTE_OFFICER)

    def answer(opened: Case) -> JsonObject:
        return {"id": id, "track": opened.main.id, "revision": opened.main.revision}

    return open_log(
        db,
        actor,
        command,
        by,
        calendar=calendar_of(db, row.programme_id),
        editions=db.execute(_EDITIONS, {"id": row.programme_id}).scalar_one(),
        moment=moment,
        request=request,
        answer=answer,
    )


def mediation_outline(db: Connection, actor: Actor, number: str) -> CaseParties:
    """What a dispute officer sees of a case before opening a mediation: number, title and parties."""
    row = db.execute(_OUTLINE, {"number": number, **reach_values(reach(actor))}).one_or_none()
    # Whoever opens it is named for it; as somebody's deputy one would not see what one has opened.
    if row is None or not any(
        (membership.programme, membership.role, membership.deputy_for) == (row.programme_id, Role.DISPUTE_OFFICER, None)
        for membership in actor.memberships
    ):
        raise NotFound("case")
    if row.works:
        raise NotAllowed(why=reasons.mediations.LEADS_NONE)
    names: dict[str, str] = dict(
        db.execute(
            text(f"SELECT g.id::text, o.name FROM {STANDING} WHERE g.id = ANY(CAST(:ids AS uuid[]))"),
            {"ids": [party for party in row.parties.values() if party]},
        ).all()
    )
    return CaseParties(
        number=row.number,
        title=row.title or by_number(db, row.number),
        parties={side: names.get(party) for side, party in row.parties.items()},
    )


#: By which editions a programme begins, as they are written there.
_EDITIONS = text("SELECT editions::text FROM programmes WHERE id = CAST(:id AS uuid)")
#: What of a case opens a mediation, and whether the person works or has decided in it.
_OUTLINE = text(f"""
    SELECT c.id, c.programme_id, c.number, {told_title("c")} AS title, c.parties, c.owner_id = p.id OR p.id = ANY(c.team) OR EXISTS (
        SELECT FROM events e WHERE e.log_id = c.id AND e.actor_id = CAST(p.id AS text) AND e.header->>'role' IN {DECIDING}
    ) AS works FROM cases c CROSS JOIN (SELECT CAST(:person AS uuid) AS id) p WHERE c.number = :number
""")


def hand_over_mediation(
    db: Connection, actor: Actor, id: str, *, owner: str, team: list[str], note: str, revision: int, request: Request
) -> Done:
    """Give a mediation to another dispute officer, and name a team that stands in, with a note: by who is named for it."""
    find_mediation(db, actor, id)

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = on_case(actor, standing, (Role.DISPUTE_OFFICER,), reasons.actions.HAND_OVER, revision)
        known = {person for person, _ in who_may_lead(db, standing.case)}
        for name, person in [("owner", owner), *(("team", member) for member in team)]:
            if person not in known:
                raise InvalidForm(fields={name: reasons.mediations.NOT_A_LEADER})
        if not note.strip():
            raise InvalidForm(fields={"note": reasons.fields.REQUIRED})
        return HandOver(owner, tuple(team), note), by

    return perform(
        db,
        actor,
        id,
        "mediation",
        to_command,
        answer=lambda case, _: {"id": case.log, "revision": case.revision},
        request=request,
    )


def find_mediation(db: Connection, actor: Actor, id: str) -> Case:
    """A sealed mediation, for those named for it and for its provider. Raises NotFound for all others."""
    case = load(db, mediation_log(db, actor, id), "mediation")
    if sight(actor, case) == Sight.NOTHING:
        raise NotFound("mediation")
    return case


def list_mediations(db: Connection, actor: Actor) -> Page[MediationRow]:
    """Sealed mediations that the actor is named for, the newest first: where each stands, and when it is due first."""
    rows = db.execute(_LIST, reach_values(reach(actor))).all()
    names = names_of(db, set(), {party for row in rows for party in row.parties.values()})
    return Page(
        items=[
            MediationRow(
                id=row.id,
                title=row.title,
                parties={side: names.get(party) for side, party in row.parties.items()},
                edition=row.edition,
                states=row.states,
                opened_at=instant(row.opened_at),
                ended=row.ended,
                due_at=when(row.due_at),
            )
            for row in rows
        ]
    )


#: The mediations that a person is named for, with where each stands and what is due next.
#: Until the mediator's own track is open, it stands where its referral stands.
_LIST = text(f"""
    SELECT m.id, m.title, m.parties, m.opened_at, r.edition, r.states, r.outcome AS ended, (
        SELECT min(t.due_at) FROM tasks t
        WHERE t.log_id = m.id AND t.state IN ('Created', 'Ready', 'Reserved', 'InProgress', 'Suspended') AND {AT_WORK}
    ) AS due_at
    FROM mediations m CROSS JOIN LATERAL (
        SELECT t.edition, t.states, t.outcome FROM tracks t WHERE t.log_id = m.id
        ORDER BY t.parent_id IS NULL, t.position LIMIT 1
    ) r
    WHERE {named_for("m")}
    ORDER BY m.opened_at DESC, m.id DESC LIMIT 100
""")


def list_leaders(db: Connection, actor: Actor, id: str) -> Page[NamedPerson]:
    """To whom a mediation may be given, for those who are named for it: id and name, the likeliest first."""
    case = find_mediation(db, actor, id)
    if sight(actor, case) < Sight.ALL:
        raise NotFound("mediation")
    return Page(
        items=[
            NamedPerson(
                id=person,
                name=name,
            )
            for person, name in who_may_lead(db, case)
        ]
    )


def show_mediation(db: Connection, actor: Actor, id: str) -> MediationPart | WholeCase:
    """A sealed mediation as its dispute officer sees it."""
    case = find_mediation(db, actor, id)
    shown = describe(db, actor, case, sight(actor, case))
    return shown if isinstance(shown, WholeCase) else row_as(MediationPart, shown, id=case.log)
