"""The unsealing of mediations for a time: asked for, decided, ended; who may be named, and what is open."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.unsealing import ASKERS, DECIDERS, OPEN, READERS
from casework.engine.execution.commands import Command
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import AskUnsealing, DecideUnsealing, Reseal, TellParties
from casework.engine.state.case import Case
from casework.engine.state.events import Event
from casework.engine.two_person import ASKED
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import values
from casework.operations.auth.step_up import sensitive
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.paging import Page
from casework.operations.core.perform import Standing, perform
from casework.operations.core.presenters import names_of, when
from casework.operations.core.views import row_as
from casework.operations.mediations.service import find_mediation
from casework.operations.mediations.views import Opening, Unsealing, UnsealingDetails
from casework.operations.people.role_requests import given_by
from casework.permissions.actors import Actor
from casework.permissions.visibility import mediated_since, reach
from casework.permissions.work import capacities, choose, conflict
from casework.records.access_sql import named_for, reach_values
from casework.records.actors import find_members
from casework.records.row_security import whole

# --- unsealing -------------------------------------------------------------------------------------------------------


@sensitive
def ask_unsealing(
    db: Connection, actor: Actor, mediation: str, *, reader: str, decider: str, days: int, reason: str, request: Request
) -> Done:
    """Ask that somebody may read a sealed mediation for some days, once another person agrees."""
    find_mediation(db, actor, mediation)

    def to_command(standing: Standing) -> tuple[Command, By]:
        by, known = _named_by(actor, standing.case), who_may(db, standing.case)
        chosen = {"reader": reader, "decider": decider}
        faults = {
            name: reasons.mediations.NOT_NAMEABLE
            for name, nominee in chosen.items()
            if nominee not in {person for person, _ in known[name]}
        }
        if faults:
            raise InvalidForm(fields=faults)
        return AskUnsealing(reader, decider, days, reason), by

    def answer(_: Case, events: list[Event]) -> JsonObject:
        return {"id": events[0].effects["openings"][0]["id"], "state": ASKED}

    return perform(db, actor, mediation, "mediation", to_command, answer=answer, request=request, status=201)


@sensitive
def decide_unsealing(
    db: Connection, actor: Actor, opening: str, *, agree: bool, note: str | None, request: Request
) -> Done:
    """Agree as the second person that somebody may read, or do not. Raises NotFound for whoever was not named for it."""
    row = _home_of(db, actor, opening)
    if row is None or not row.decides:
        raise NotFound("unsealing")
    if not agree and not (note or "").strip():
        raise InvalidForm(fields={"note": reasons.fields.REQUIRED})

    def to_command(standing: Standing) -> tuple[Command, By]:
        return DecideUnsealing(opening, agree, note), _decider_by(actor, standing.case)

    # The second person decides on what stays sealed from them.
    with whole(db):
        return perform(db, actor, row.log_id, "mediation", to_command, answer=_answer(opening), request=request)


def end_unsealing(db: Connection, actor: Actor, opening: str, *, request: Request) -> Done:
    """Seal it again before its time, or ask for it no more: by those named for the mediation, or by who agreed to it."""
    row = _home_of(db, actor, opening)
    if row is None:
        raise NotFound("unsealing")

    def to_command(standing: Standing) -> tuple[Command, By]:
        return Reseal(opening), _decider_by(actor, standing.case) if row.decides else _named_by(actor, standing.case)

    with whole(db):
        return perform(db, actor, row.log_id, "mediation", to_command, answer=_answer(opening), request=request)


def tell_parties(db: Connection, actor: Actor, opening: str, *, on: str, request: Request) -> Done:
    """Record that both parties were told of an unsealing, and on which day."""
    home = mediation_of(db, actor, opening)

    def to_command(standing: Standing) -> tuple[Command, By]:
        return TellParties(opening, on), _named_by(actor, standing.case)

    return perform(db, actor, home, "mediation", to_command, answer=_answer(opening), request=request)


#: The mediation of an unsealing, for whoever decides on it or is named in the mediation.
#: One question, whether there is such a one or not: nobody learns of it by the time that the answer takes.
#: Having been named is not enough: the role must be held, too.
_HOME = text(f"""
    SELECT o.log_id, o.decider_id = CAST(:person AS uuid) AS decides FROM openings o JOIN mediations m ON m.id = o.log_id
    WHERE o.id = CAST(:id AS uuid) AND o.kind = 'unsealing' AND (
        o.decider_id = CAST(:person AS uuid) AND m.programme_id = ANY(CAST(:deciding AS uuid[])) OR {named_for("m")}
    )
""")


def _home_of(db: Connection, actor: Actor, opening: str) -> Any:
    """Where an unsealing belongs that the actor has a part in; the query itself asks whether that is so."""
    with whole(db):
        return db.execute(
            _HOME, reach_values(reach(actor)) | {"id": opening, "deciding": _deciding(actor)}
        ).one_or_none()


def mediation_of(db: Connection, actor: Actor, opening: str) -> str:
    """The mediation that an unsealing belongs to, for those named for it. Raises NotFound."""
    row = _home_of(db, actor, opening)
    if row is None or row.decides:
        raise NotFound("unsealing")
    return str(row.log_id)


def may_read_of(db: Connection, actor: Actor, opening: str) -> str | None:
    """The same, or None for whoever only agreed to it."""
    try:
        return mediation_of(db, actor, opening)
    except NotFound:
        return None


def _answer(opening: str) -> Any:
    def answer(after: Case, _: list[Event]) -> JsonObject:
        unsealing = after.openings[opening]
        return {"id": unsealing.id, "state": unsealing.state, "until": when(unsealing.until)}

    return answer


def may_ask(actor: Actor, case: Case) -> bool:
    """Whether the actor is named for a mediation, and so asks for its unsealing."""
    return case.kind == "mediation" and choose(capacities(actor, case, case.main), ASKERS) is not None


def _named_by(actor: Actor, case: Case) -> By:
    if (why := conflict(actor, case)) is not None:
        raise NotAllowed(why=why)
    by = choose(capacities(actor, case, case.main), ASKERS)
    if by is None:
        raise NotAllowed()
    return by


def _decider_by(actor: Actor, case: Case) -> By:
    """The capacity of the second person: in the programme, in their own name."""
    if (role := actor.own_role(case.programme, DECIDERS)) is None:
        raise NotFound("unsealing")
    return By(actor.person, role)


def who_may(db: Connection, case: Case) -> dict[str, list[tuple[str, str]]]:
    """Who may be named as the `reader` of a mediation, and as the `decider`: (id, name), by name.

    Nobody who works on the case that it is about, who has or had to do with its mediations, or has an interest in either.
    """
    row = db.execute(_ABOUT, {"id": case.about}).one()
    out = {case.owner, *case.team, *case.interests, row.owner_id, *row.team, *row.interests}
    choices: dict[str, list[tuple[str, str]]] = {"reader": [], "decider": []}
    for member in find_members(db, programmes=[case.programme]):
        if member.person in out or mediated_since(member, case.programme, row.opened_at):
            continue
        for name, roles in (("reader", READERS), ("decider", DECIDERS)):
            if member.own_role(case.programme, roles) is not None:
                choices[name].append((member.person, member.name))
    return choices


#: Who works or worked on a case, and whom it shuts out.
_ABOUT = text("SELECT owner_id, team, interests, opened_at FROM cases WHERE id = CAST(:id AS uuid)")


# --- what is asked, and what is open ---------------------------------------------------------------------------------


def list_openings(db: Connection, case: Case) -> list[Opening]:
    """Every opening of a log, the newest first, for a reader who sees it whole."""
    if not case.openings:
        return []
    rows = {row.id: row for row in db.execute(_OF_LOG, {"log": case.log})}
    names = names_of(
        db, {who for opening in case.openings.values() for who in (opening.reader, opening.asker, opening.decider)}
    )
    return [
        Opening(
            id=opening.id,
            kind=opening.kind,
            state=rows[opening.id].now,
            reader=names.get(opening.reader),
            asker=names.get(opening.asker),
            decider=names.get(opening.decider or ""),
            asked_at=instant(opening.asked_at),
            days=opening.days,
            until=when(opening.until),
            decided_at=when(opening.decided_at),
            ended_at=when(opening.ended_at),
            told_on=opening.told_on,
            reason=_reason(rows[opening.id].body),
        )
        for opening in sorted(case.openings.values(), key=lambda entry: entry.asked_at, reverse=True)
    ]


def opened_until(actor: Actor, case: Case) -> str | None:
    """Until when the log is open to the actor; None for whoever reads it anyhow, or not."""
    mine = [
        opening.until
        for opening in case.openings.values()
        if opening.reader == actor.person and opening.state == OPEN and opening.until
    ]
    return when(max(mine)) if mine and case.log in actor.opened else None


def _reason(body: JsonObject | None) -> str | None:
    reason = values(body or {}).get("reason")
    return reason if isinstance(reason, str) else None


# What has run out is over, though nothing was written.
_STATE = "CASE WHEN o.state = 'open' AND o.until <= casework_now() THEN 'ended' ELSE o.state END"
#: To an opening `o` the event `e` by which it was asked for.
_ASKING = """
    LEFT JOIN events e ON e.log_id = o.log_id AND e.kind IN ('unsealing_asked', 'glass_broken')
    AND e.effects->'openings'->0->>'id' = CAST(o.id AS text)
"""
#: The openings of a log, with the state of each by now.
_OF_LOG = text(f"SELECT o.id, {_STATE} AS now, e.body FROM openings o {_ASKING} WHERE o.log_id = CAST(:log AS uuid)")
#: The unsealings that a person decides on, or reads by.
_MINE = text(f"""
    SELECT o.id, o.log_id, {_STATE} AS state, o.asker_id, o.reader_id, o.decider_id, o.asked_at, o.days, o.until, e.body,
        m.title, m.parties, c.number
    FROM openings o JOIN mediations m ON m.id = o.log_id JOIN cases c ON c.id = m.case_id {_ASKING}
    WHERE o.kind = 'unsealing' AND NOT CAST(:person AS text) = ANY(m.interests) AND (
        o.decider_id = CAST(:person AS uuid) AND o.state IN ('asked', 'open') AND m.programme_id = ANY(CAST(:programmes AS uuid[]))
        AND (o.until IS NULL OR o.until > casework_now())
        OR o.reader_id = CAST(:person AS uuid) AND o.state = 'open' AND o.until > casework_now()
    ) ORDER BY o.asked_at DESC, o.id DESC LIMIT 100
""")


def _deciding(actor: Actor) -> list[str]:
    """The programmes in which the actor may be the second person."""
    return sorted(m.programme for m in actor.memberships if m.programme and m.role in DECIDERS and m.deputy_for is None)


def list_unsealings(db: Connection, actor: Actor) -> Page[Unsealing]:
    """What waits for the actor's word as the second person, what the actor agreed to, and what the actor may read now."""
    deciding = _deciding(actor)
    # The mediation stays sealed from who decides: of it is shown what the query names, and nothing else.
    with whole(db):
        rows = db.execute(_MINE, {"person": actor.person, "programmes": deciding}).all()
    people = {who for row in rows for who in (row.asker_id, row.reader_id)}
    names = names_of(db, people, {party for row in rows for party in row.parties.values()})
    items = [
        Unsealing(
            id=row.id,
            state=row.state,
            case=row.number,
            title=row.title,
            asker=names.get(row.asker_id),
            reader=names.get(row.reader_id),
            asked_at=instant(row.asked_at),
            days=row.days,
            until=when(row.until),
            reason=_reason(row.body),
            parties={side: names.get(party) for side, party in row.parties.items()},
            decides=row.decider_id == actor.person,
            # Who agrees does not read.
            mediation=row.log_id if row.reader_id == actor.person else None,
        )
        for row in rows
    ]
    return Page(items=items)


def find_unsealing(db: Connection, actor: Actor, opening: str) -> UnsealingDetails:
    """One that waits for the actor's word, or that the actor agreed to, with who gave its people their roles. Raises NotFound."""
    unsealing = next((item for item in list_unsealings(db, actor).items if item.id == opening and item.decides), None)
    if unsealing is None:
        raise NotFound("unsealing")
    with whole(db):
        row = db.execute(_PEOPLE_OF, {"id": opening}).one()
    given = given_by(db, row.programme_id, {row.asker_id, row.reader_id})
    return row_as(UnsealingDetails, unsealing, asker_roles=given[row.asker_id], reader_roles=given[row.reader_id])


#: The programme of an unsealing, and who asks and would read.
#: Whoever agrees sees whether one person made those who ask and read.
_PEOPLE_OF = text("""
    SELECT m.programme_id::text, o.asker_id::text, o.reader_id::text FROM openings o JOIN mediations m ON m.id = o.log_id
    WHERE o.id = CAST(:id AS uuid)
""")
