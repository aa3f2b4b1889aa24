"""Cases: open one from a match, move it, hand it over, and what belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library, playing
from casework.engine.definition.editions import TaskRule
from casework.engine.execution.commands import Command, DeclareInterest, EndConsent, Fire, HandOver, Open
from casework.engine.execution.context import By
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.guards import duty_reasons
from casework.engine.execution.record_commands import RegisterDocument
from casework.engine.execution.task_commands import Add
from casework.engine.parties import PARTIES
from casework.engine.parts import MAIN
from casework.engine.roles import ORGANISATION_QUEUES, QUEUE_ROLES, Role
from casework.engine.state.case import Case, Track
from casework.engine.state.effects_schema import CaseSubject
from casework.engine.state.events import Event
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.operations.auth.step_up import insist_proved_for
from casework.operations.cases.relief import relieve_holders
from casework.operations.core.access_queries import case_log
from casework.operations.core.actions import Standing, insist_revision, new_id, open_log, perform, read_calendar
from casework.operations.core.idempotency import Done, Request, ask
from casework.operations.core.references import IN_FORCE, insist_references
from casework.permissions.actors import READS_ALL, Actor
from casework.permissions.visibility import MEDIATED, Sight, kept_as_mediator, own_tracks, sight
from casework.permissions.work import capacities, choose, conflict, in_the_programme
from casework.reasons import Reason, Why
from casework.records.access_sql import mediated
from casework.records.actors import find_members
from casework.records.database import run

Json = Any


# --- opening ---------------------------------------------------------------------------------------------------------


def open_case(db: Connection, actor: Actor, match: str, request: Request) -> Done:
    """Open the case of a match, in state `proposed`; its number is the next of its programme and year, without gaps."""
    row = run(db, _MATCH, (match,)).fetchone()
    if row is None or not actor.in_programme(row[0], READS_ALL):
        raise NotFound("match")
    programme, code, need, technology, title, need_owner, technology_owner, phase, rights = row
    by = in_the_programme(actor, programme, (Role.OFFICER, Role.SUPERVISOR))
    if by is None:
        raise NotAllowed(why=reasons.cases.OPENED_BY)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    # Locked first: two officers may press the button at once.
    locked = run(db, _LOCK_MATCH, (match,)).fetchone()
    assert locked is not None
    taken, moment, written = locked
    if taken is not None:
        raise WrongState(action=reasons.actions.OPEN_CASE, why=reasons.cases.HAS_CASE)
    id, calendar = new_id(), read_calendar(programme, written)
    number = _next_number(db, programme, code, calendar.local_date(moment).year)
    case: CaseSubject = {
        "programme": programme,
        "number": number,
        "match": match,
        "need": need,
        "technology": technology,
        "phase": phase,
        "rights": rights,
        "parties": {"need_owner": need_owner, "technology_owner": technology_owner},
    }

    def answer(opened: Case) -> dict[str, Json]:
        return {"number": number, "id": id, "state": opened.main.states[0], "track": opened.main.id}

    command = Open(id, "case", playing(MAIN).workflow, case, title)
    done = open_log(db, actor, command, by, calendar=calendar, moment=moment, request=request, answer=answer)
    run(db, "UPDATE matches SET case_id = $1 WHERE id = $2", (id, match))
    return done


_MATCH = """
    SELECT m.programme_id, p.code, m.need_id, m.technology_id, n.title, n.owner_id AS need_owner,
        t.owner_id AS technology_owner, (
            SELECT f.id FROM phases f CROSS JOIN (SELECT (casework_now() AT TIME ZONE (p.calendar->>'zone'))::date) AS d(today)
            WHERE f.programme_id = m.programme_id AND f.starts_on <= d.today
            AND (f.ends_on IS NULL OR f.ends_on >= d.today) ORDER BY f.starts_on DESC, f.id LIMIT 1
        ) AS phase_id,
        (SELECT coalesce(array_agg(r.id::text ORDER BY r.id), '{}') FROM rights r WHERE r.technology_id = t.id) AS rights
    FROM matches m JOIN programmes p ON p.id = m.programme_id JOIN needs n ON n.id = m.need_id
    JOIN technologies t ON t.id = m.technology_id WHERE m.id = $1
"""
# Materialised: the time is taken after the lock, however long one had to wait for it.
_LOCK_MATCH = """
    WITH m AS MATERIALIZED (SELECT case_id, programme_id FROM matches WHERE id = $1 FOR NO KEY UPDATE)
    SELECT m.case_id, casework_now(), (SELECT calendar::text FROM programmes p WHERE p.id = m.programme_id) FROM m
"""


def _next_number(db: Connection, programme: str, code: str, year: int) -> str:
    """The counter is locked last of all, and rolled back with a refusal: so there are no gaps."""
    last = run(db, _NEXT, (programme, year)).fetchone()
    assert last is not None
    return f"{code}-{year}-{last[0]:04}"


_NEXT = (
    "INSERT INTO numbers (programme_id, year, last) VALUES ($1, $2, 1)"
    " ON CONFLICT (programme_id, year) DO UPDATE SET last = numbers.last + 1 RETURNING last"
)


# --- moving ----------------------------------------------------------------------------------------------------------


def fire_transition(
    db: Connection,
    actor: Actor,
    log: str,
    kind: str,
    track: str,
    *,
    transition: str,
    data: Mapping[str, Json],
    revision: int,
    request: Request,
    reason: str | None = None,
    happened_on: str | None = None,
) -> Done:
    """Fire a transition of a track, or propose it, or confirm what another person proposed."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        case = standing.case
        track_now = _track_for(actor, case, track)
        edition = standing.library[track_now.edition]
        insist_proved_for(actor, edition, transition)
        insist_revision(revision, track_now.revision)
        matching = edition.find(transition, track_now.states)
        if matching is None:
            if not edition.has(transition):
                raise NotFound("action")
            here = [edition.as_reason(f"states.{leaf}") for leaf in track_now.states]
            raise WrongState(
                action=edition.as_reason(f"transitions.{transition}.do"), why=reasons.cases.STANDS_AT(state=here)
            )
        rule = matching[0]
        pending = case.proposal_for(track_now.id, rule.name)
        roles = rule.confirm_by if pending else rule.by_people
        by = _capacity(actor, case, track_now, roles, edition.as_reason(f"transitions.{rule.name}.do"))
        if rule.form and not pending:
            insist_references(db, case, edition.form(rule.form), data, track_now)
        return Fire(track, transition, data, happened_on, reason), by

    def answer(case: Case, events: list[Event]) -> dict[str, Json]:
        track_now = case.tracks[track]
        return {
            "track": track,
            "revision": track_now.revision,
            "states": list(track_now.states),
            "ended": track_now.outcome,
        }

    siblings = kind == "case" and _touches_siblings(db, track, transition)
    return perform(db, actor, log, kind, to_command, answer=answer, request=request, siblings=siblings)


def _touches_siblings(db: Connection, track: str, transition: str) -> bool:
    """Whether the other cases of the need must be locked too; read before the lock, since a track keeps its edition."""
    library = load_library()
    # Few transitions of few editions do: most actions need not look which edition theirs is.
    if not any(transition in edition.sibling_transitions for edition in library.editions.values()):
        return False
    fingerprint = db.execute(
        text("SELECT edition FROM tracks WHERE id = CAST(:id AS uuid) AND part = :part"), {"id": track, "part": MAIN}
    ).scalar_one_or_none()
    return fingerprint is not None and transition in library[fingerprint].sibling_transitions


def _track_for(actor: Actor, case: Case, track: str) -> Track:
    """A track that the actor sees. Raises NotFound for one that is not there or not theirs to see."""
    track_now = case.tracks.get(track)
    level = sight(actor, case)
    if track_now is None or level < Sight.REFERRALS:
        raise NotFound("track")
    if level == Sight.REFERRALS and track_now not in own_tracks(actor, case):
        raise NotFound("track")
    return track_now


def _capacity(actor: Actor, case: Case, track: Track, roles: tuple[Role, ...], action: Why) -> By:
    if (why := conflict(actor, case)) is not None:
        raise NotAllowed(why=why)
    by = choose(capacities(actor, case, track), accepted(case, roles))
    if by is None and kept_as_mediator(actor, case):
        raise NotAllowed(why=MEDIATED)
    if by is None:
        raise NotAllowed(why=reasons.cases.ACTION_FOR_ROLES(action=action, roles=sorted(roles) or [Role.SYSTEM]))
    return by


# --- actions on the case itself ----------------------------------------------------------------------------------------


def hand_over(
    db: Connection,
    actor: Actor,
    number: str,
    *,
    owner: str,
    team: list[str],
    note: str,
    revision: int,
    request: Request,
) -> Done:
    """Give a case to another officer and team, with a note; by its owner or a supervisor."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = on_case(actor, standing, (Role.OFFICER, Role.SUPERVISOR), reasons.actions.HAND_OVER, revision)
        for name, person in [("owner", owner), *(("team", member) for member in team)]:
            if why_not := refuses_owner(db, standing.case, person):
                raise InvalidForm(fields={name: why_not})
        if not note.strip():
            raise InvalidForm(fields={"note": reasons.fields.REQUIRED})
        return HandOver(owner, tuple(team), note), by

    return relieve_holders(
        db,
        perform(db, actor, case_log(db, actor, number), "case", to_command, answer=_case_answer, request=request),
        number,
    )


def register_document(
    db: Connection,
    actor: Actor,
    number: str,
    *,
    title: str,
    kind: str,
    party: str | None,
    own: bool = False,
    language: str | None,
    valid_until: str | None,
    revision: int,
    request: Request,
) -> Done:
    """Enter a paper of the case, so that consents, referrals and grants can name it."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = on_case(
            actor,
            standing,
            (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE),
            reasons.actions.REGISTER_DOCUMENT,
            revision,
        )
        if party is not None and party not in PARTIES:
            raise InvalidForm(fields={"party": reasons.fields.PARTY})
        return RegisterDocument(title, kind, party, language, valid_until, own=own), by

    def answer(case: Case, events: list[Event]) -> dict[str, Json]:
        return {"id": events[0].effects["documents"][0]["id"], "revision": case.revision}

    return perform(
        db, actor, case_log(db, actor, number), "case", to_command, answer=answer, request=request, status=201
    )


def withdraw_consent(
    db: Connection, actor: Actor, number: str, consent: str, *, reason: str, revision: int, request: Request
) -> Done:
    """A party takes its consent back: its grants end and its referrals are suspended in the same moment."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = on_case(actor, standing, (Role.OFFICER, Role.SUPERVISOR), reasons.actions.WITHDRAW_CONSENT, revision)
        return EndConsent(consent, "withdrawn", reason), by

    return perform(db, actor, case_log(db, actor, number), "case", to_command, answer=_case_answer, request=request)


def declare_interest(db: Connection, actor: Actor, number: str, *, nature: str, request: Request) -> Done:
    """Say that one has an interest in the case, and from then on do nothing in it."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        if sight(actor, standing.case) < Sight.REFERRALS:
            raise NotFound("case")
        mine = [by for track in standing.case.tracks.values() for by in capacities(actor, standing.case, track)]
        programme = [m for m in actor.memberships if m.programme == standing.case.programme]
        by = (
            mine[0]
            if mine
            else By(actor.person, programme[0].role, None, programme[0].deputy_for)
            if programme
            else None
        )
        if by is None:
            raise NotFound("case")
        if (why := conflict(actor, standing.case)) is not None:
            raise WrongState(action=reasons.actions.DECLARE_INTEREST, why=why)
        return DeclareInterest(actor.person, nature), by

    return relieve_holders(
        db,
        perform(db, actor, case_log(db, actor, number), "case", to_command, answer=_case_answer, request=request),
        number,
    )


def add_task(
    db: Connection,
    actor: Actor,
    log: str,
    kind: str,
    track: str,
    *,
    task: str,
    about: str | None,
    request: Request,
    due: str | None = None,
    person: str | None = None,
    note: str | None = None,
) -> Done:
    """Add a task from the list that the workflow allows at this step: for its queue, or for one person who works it."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        track_now = _track_for(actor, standing.case, track)
        edition = standing.library[track_now.edition]
        offers = [o for o in edition.rules["on_request"] if edition.tasks[o["task"]].name == task]
        if not offers:
            raise NotFound("task")
        by = _capacity(
            actor,
            standing.case,
            track_now,
            tuple(map(Role, offers[0]["by"])),
            edition.as_reason(f"tasks.{offers[0]['task']}"),
        )
        rule = edition.tasks[offers[0]["task"]]
        if person is not None and person not in {id for id, _ in whom_for(db, standing.case, track_now, rule)}:
            raise InvalidForm(fields={"person": reasons.tasks.NOT_IN_QUEUE})
        return Add(track, task, about, due, person, note), by

    def answer(case: Case, events: list[Event]) -> dict[str, Json]:
        return {"tasks": [added["id"] for added in events[0].effects.get("tasks", ())]}

    return perform(db, actor, log, kind, to_command, answer=answer, request=request, status=201)


def whom_for(db: Connection, case: Case, track: Track, rule: TaskRule) -> list[tuple[str, str]]:
    """Who may be given a side task that is to be added, by name: whoever works its queue and may finish it."""
    inside = rule.queue in ORGANISATION_QUEUES
    provider = track.provider if inside else None
    people = find_members(
        db, programmes=[] if inside else [case.programme], organisations=[provider] if provider else []
    )
    return [(person.person, person.name) for person in people if _would_work(person, case, track, rule, provider)]


def _would_work(actor: Actor, case: Case, track: Track, rule: TaskRule, provider: str | None) -> bool:
    mine = [
        by
        for by in capacities(actor, case, track)
        if by.role in QUEUE_ROLES.get(rule.queue, frozenset())
        and by.organisation == provider
        and not duty_reasons(case, rule.not_by, {by.person, by.acting_for}, track)
    ]
    return bool(mine) and conflict(actor, case) is None


def on_case(actor: Actor, standing: Standing, roles: tuple[Role, ...], action: Why, revision: int | None = None) -> By:
    """The capacity in which the actor does something to the case itself. Raises NotFound, NotAllowed or CaseHasMoved."""
    by = capacity_on_case(actor, standing.case, roles, action)
    insist_revision(revision, standing.case.revision)
    return by


def capacity_on_case(actor: Actor, case: Case, roles: tuple[Role, ...], action: Why) -> By:
    """The same for a case as it is read. Raises NotFound and NotAllowed."""
    if sight(actor, case) < Sight.ALL:
        raise NotFound("case")
    return _capacity(actor, case, case.main, roles, action)


def _case_answer(case: Case, events: list[Event]) -> dict[str, Json]:
    return {"number": case.number, "revision": case.revision}


def refuses_owner(db: Connection, case: Case, person: str) -> Reason | None:
    """Why the person cannot own the case, or be on its team, now; None where that is possible."""
    row = db.execute(_OWNER, {"person": person, "programme": case.programme, "opened_at": case.opened_at}).one()
    if not row.officer:
        return reasons.cases.NOT_OFFICER
    if person in case.interests:
        return reasons.cases.DECLARED_INTEREST
    return reasons.cases.MEDIATED_THEN if row.mediated else None


_OWNER = text(f"""
    SELECT EXISTS (
        SELECT FROM memberships m JOIN people p ON p.id = m.person_id AND p.active WHERE m.person_id = CAST(:person AS uuid)
        AND m.programme_id = CAST(:programme AS uuid) AND m.role = 'officer' AND m.deputy_for IS NULL AND {IN_FORCE}
    ) AS officer, {mediated("CAST(:person AS uuid)", "CAST(:programme AS uuid)", ":opened_at")} AS mediated
""")
