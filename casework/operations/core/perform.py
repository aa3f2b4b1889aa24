"""The path of one action on a case, the same for page, API, import and clock: lock, load, authorise, decide, write."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import uuid_utils
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.analysis.notification_rules import owes
from casework.engine.deadlines.calendars import Calendar
from casework.engine.decide import decide_and_evolve
from casework.engine.definition.asked_fields import reads_of
from casework.engine.definition.editions import REMEMBERED, Edition
from casework.engine.definition.registry import EFFECTS, GUARDS
from casework.engine.definition.required_documents import SCANS
from casework.engine.execution.case_moves import reads_of_law
from casework.engine.execution.commands import (
    AskMove,
    ChangeRights,
    Command,
    CorrectAnswer,
    DecideMove,
    Fire,
    HearScreening,
    LinkCase,
    Notice,
    Open,
    UnlinkCase,
)
from casework.engine.execution.context import By, Context, Library
from casework.engine.execution.corrections import answer_of
from casework.engine.execution.record_commands import (
    AskUnsealing,
    BreakGlass,
    Correct,
    DecideUnsealing,
    GiveLink,
    Reseal,
    RevokeLink,
    Say,
    TellParties,
)
from casework.engine.execution.sequential_requests import PROVIDERS, asks_others
from casework.engine.execution.task_changes import plays
from casework.engine.execution.task_commands import (
    AddItem,
    Allocate,
    AnswerReview,
    AskReview,
    Assign,
    Claim,
    Complete,
    Delegate,
    Forward,
    Modify,
    Release,
    Resume,
    Start,
    Stop,
    Suspend,
    Tick,
)
from casework.engine.parts import AFTER_RIGHTS_TAKEN, SCREENS
from casework.engine.state.case import Case
from casework.engine.state.events import Event
from casework.engine.tasks.record_answers import FACT as SCREENINGS
from casework.errors import CaseHasMoved, NotFound, Refused
from casework.json_values import JsonMapping
from casework.operations.core.encumbrances import encumber_all, lock_rights
from casework.operations.core.external_facts import outside
from casework.operations.core.holder_names import name_holders
from casework.operations.core.idempotency import (
    Done,
    Locked,
    Request,
    asked_and_locked,
    asked_and_locked_of_case,
    asked_and_locked_of_task,
    finished,
)
from casework.operations.core.merged_records import one_with
from casework.operations.core.need_status import follow_case
from casework.operations.core.screened_parties import lock_party, record_of_case
from casework.operations.core.staffing import insist_goes_on
from casework.permissions.actors import Actor
from casework.records.case_loader import load_with_calendar, read_loaded
from casework.records.case_writer import save
from casework.records.database import run
from casework.records.event_log import Log, lock_log, lock_logs, new_log, seal_events
from casework.records.row_security import whole
from casework.records.wire import Row

SYSTEM = By()
_MOVES_NOTHING = (
    Claim, Release, Start, Stop, Suspend, Resume, Delegate, Forward, Assign, Allocate, Modify, Tick, AddItem,
    AskReview, AnswerReview, Say, Correct, AskUnsealing, DecideUnsealing, Reseal, TellParties, BreakGlass, GiveLink,
    RevokeLink, LinkCase, UnlinkCase,
)  # fmt: skip


def new_id() -> str:
    """A UUIDv7: unguessable enough to be no secret, and in order of time."""
    return str(uuid_utils.uuid7())


@lru_cache(maxsize=256)
def read_calendar(programme: str, written: str) -> Calendar:
    """A programme's working days from how they are written; parsed once for each version."""
    return Calendar.from_json(json.loads(written))


def calendar_of(db: Connection, programme: str) -> Calendar:
    """A programme's working days."""
    written = db.execute(
        text("SELECT calendar::text FROM programmes WHERE id = CAST(:id AS uuid)"), {"id": programme}
    ).scalar_one()
    return read_calendar(programme, written)


def home_calendar(db: Connection, actor: Actor) -> Calendar | None:
    """The calendar that a person's lists count by: the first programme's in which the person has a role."""
    programme = next((membership.programme for membership in actor.memberships if membership.programme), None)
    return calendar_of(db, programme) if programme else None


@dataclass(frozen=True)
class Standing:
    """A case under its lock, with what a decision needs."""

    log: Log
    case: Case
    calendar: Calendar
    library: Library


#: From a case under its lock to the command, in the capacity that it is done in. Raises what refuses it.
Choose = Callable[[Standing], tuple[Command, By]]
#: From the case afterwards to the answer.
Answer = Callable[[Case, list[Event]], JsonMapping]


def perform(
    db: Connection,
    actor: Actor,
    log: str,
    kind: str,
    choose: Choose,
    *,
    answer: Answer,
    request: Request,
    status: int = 200,
    siblings: bool = False,
    beside: Sequence[str] = (),
    tell: Callable[[str], None] = lambda log: None,
) -> Done:
    """One action in one case, in the caller's transaction: done once for its key, or not at all.

    `beside`: other cases that are locked with it, and told of it afterwards.
    """
    others = _siblings_of(db, log) if siblings else []
    with asked_and_locked(db, actor, request, log, kind=kind, others=[*others, *beside]) as (earlier, logs):
        if earlier is not None:
            return earlier
        done = _perform(db, actor, logs[log], kind, choose, answer=answer, request=request, status=status)
        for other in others:
            _tell_sibling(db, logs[other].log, log)
        for other in beside:
            tell(other)
    return done


def perform_on_task(
    db: Connection, actor: Actor, task: str, choose: Choose, answer: Answer, *, request: Request
) -> Done:
    """The same in the case that a task belongs to. Raises NotFound where the actor sees no such task."""
    asked = asked_and_locked_of_task(db, actor, request, task)
    return _perform_where(asked, db, actor, choose, answer=answer, request=request)


def perform_on_case(
    db: Connection, actor: Actor, number: str, choose: Choose, answer: Answer, *, request: Request
) -> Done:
    """The same in the case of a number. Raises NotFound where the actor sees no such case."""
    asked = asked_and_locked_of_case(db, actor, request, number)
    return _perform_where(asked, db, actor, choose, answer=answer, request=request)


def _perform_where(
    asked: AbstractContextManager[tuple[Done | None, Locked | None]],
    db: Connection,
    actor: Actor,
    choose: Choose,
    *,
    answer: Answer,
    request: Request,
) -> Done:
    """In the log that was found and locked as the key was asked for; the earlier answer where there is one."""
    with asked as (earlier, locked):
        if locked is None:
            assert earlier is not None
            return earlier
        return _perform(db, actor, locked, locked.log.kind, choose, answer=answer, request=request)


def _perform(
    db: Connection,
    actor: Actor,
    locked: Locked,
    kind: str,
    choose: Choose,
    *,
    answer: Answer,
    request: Request,
    status: int = 200,
) -> Done:
    standing = _standing(db, locked.log, kind, locked.rows)
    command, by = choose(standing)
    return carry_out(db, actor, standing, command, by, answer=answer, request=request, status=status)


def carry_out(
    db: Connection,
    actor: Actor,
    standing: Standing,
    command: Command,
    by: By,
    *,
    answer: Answer,
    request: Request,
    status: int = 200,
) -> Done:
    """An action in a case that is locked already, after its key was recorded."""
    try:
        events, after = _decide(db, standing, command, by)
    except Refused as refused:
        raise name_holders(db, actor, refused) from None
    insist_goes_on(db, standing.library, standing.case, after, events, sure=request.sure)
    done = Done(answer(after, events), status)
    write(db, standing.log, standing.case, after, events, key=request.key_hash, answer=finished(actor, request, done))
    return done


def open_log(
    db: Connection,
    actor: Actor,
    command: Open,
    by: By,
    *,
    calendar: Calendar,
    editions: str,
    moment: datetime,
    request: Request,
    answer: Callable[[Case], JsonMapping],
) -> Done:
    """Begin a case or a mediation, in the caller's transaction and after its key was recorded.

    `editions`: by which the programme begins, as they are written there.
    """
    events, case = decide_and_evolve(begins_by(editions), None, command, Context(by, moment, calendar, new_id))
    done = Done(answer(case), 201)
    log = new_log(case.log, case.kind, case.programme, moment)
    with whole(db):
        write(db, log, None, case, events, key=request.key_hash, answer=finished(actor, request, done))
    return done


def by_system(db: Connection, standing: Standing, command: Command) -> list[Event]:
    """An action that nobody asked for: a clock, a rule."""
    return follow(db, standing, command, SYSTEM)


def follow(db: Connection, standing: Standing, command: Command, by: By) -> list[Event]:
    """What follows in a case from an action elsewhere, whose key was recorded there."""
    events, after = _decide(db, standing, command, by)
    if events:
        write(db, standing.log, standing.case, after, events)
    return events


def _decide(db: Connection, standing: Standing, command: Command, by: By) -> tuple[list[Event], Case]:
    case = standing.case
    # Who takes a task, hands it on or writes moves nothing: only what moves by itself is asked.
    keys = reads(standing.library, case, by_itself=isinstance(command, _MOVES_NOTHING))
    if isinstance(command, CorrectAnswer):
        corrected = answer_of(standing.library.editions, case, command.track, command.transition, command.task)
        keys |= corrected.reads if corrected is not None else frozenset()
    if isinstance(command, ChangeRights):
        keys.add("rights")
    if isinstance(command, HearScreening):
        keys.add(SCREENINGS)
    if isinstance(command, AskMove | DecideMove):
        keys |= reads_of_law(standing.library[case.main.edition])
    if _may_end(standing, command):
        # The programme's turn, in which its need is told of it: before rights and organisations, as who keeps these has it.
        lock_log(db, case.programme)
    done = case.tasks.get(command.task) if isinstance(command, Complete) else None
    if done is not None and plays(standing.library, done, SCREENS):
        # Organisations before rights, as those do who merge them.
        lock_party(db, case, done.about)
    if "rights" in keys and case.rights:
        # A right that a guard reads is locked too: otherwise one right could be both pledged and licensed.
        lock_rights(db, case.rights)
    sent = command.data if isinstance(command, Fire | Complete | CorrectAnswer) else None
    facts = outside(db, case, keys, sent)
    context = Context(by, standing.log.now, standing.calendar, new_id, facts)
    return decide_and_evolve(standing.library, case, command, context)


def _may_end(standing: Standing, command: Command) -> bool:
    """Whether a transition leads a case to its end, or back from it."""
    case = standing.case
    if case.kind != "case" or not isinstance(command, Fire) or command.track != case.main.id:
        return False
    edition = standing.library[case.main.edition]
    found = edition.find(command.transition, case.main.states)
    if found is None:
        return False
    target = edition.states.get(found[0].target)
    return found[0].reopens or target is not None and target.final


def reads(library: Library, case: Case, *, by_itself: bool = False) -> set[str]:
    """Keys of the outside facts that any guard or effect of the case's present transitions may read.

    With `by_itself` only of those that need nobody's action.
    """
    names: set[str] = set()
    sends = False
    for track in case.live_tracks():
        edition = library[track.edition]
        names |= _reads_of(edition, track.states, by_itself)
        fires = (rule for rule, _ in edition.leaving(track.states) if rule.automatic or not by_itself)
        sends = sends or any(asks_others(rule) for rule in fires)
    if sends:
        names |= library.reads_of_sending | {PROVIDERS}
    for task in () if by_itself else case.open_tasks():
        if task.type == "side":
            side = library[task.edition].tasks[task.rule]
            names |= {key for name in side.guards for key in GUARDS[name].reads}
            names |= {key for name in side.effects for key in EFFECTS[name].reads}
    return names


def _reads_of(edition: Edition, states: tuple[str, ...], by_itself: bool) -> frozenset[str]:
    known = edition.reads.get((states, by_itself))
    if known is None:
        names: set[str] = set()
        for rule, _ in edition.leaving(states):
            if by_itself and not rule.automatic:
                continue
            names |= {key for name in rule.guards for key in GUARDS[name].reads}
            names |= {key for name in rule.effects for key in EFFECTS[name].reads} | reads_of(edition.form(rule.form))
            names |= {key for name in edition.asked_before_opening(rule) for key in GUARDS[name].reads}
            if rule.needs:
                names.add(SCANS)
        if len(edition.reads) >= REMEMBERED:
            edition.reads.clear()
        known = edition.reads[states, by_itself] = frozenset(names)
    return known


def write(
    db: Connection,
    log: Log,
    before: Case | None,
    after: Case,
    events: list[Event],
    *,
    key: str | None = None,
    answer: JsonMapping | None = None,
) -> None:
    """Seal and store what was decided, what it says of rights and of the need, and which events may owe somebody a notice."""
    rows, head = seal_events(log, events, key)
    save(
        db,
        log,
        before,
        after,
        events=rows,
        head=head,
        library=load_library(),
        answer=answer,
        owing=[event.seq for event in events if owes(event)],
    )
    for event in events:
        encumber_all(db, event, new_id)
        if (screened := event.effects.get("screened")) is not None:
            record_of_case(db, event, after.programme, screened, new_id())
    follow_case(db, before, after, events)


def _siblings_of(db: Connection, log: str) -> list[str]:
    rows = db.execute(
        text(
            f"SELECT o.id FROM cases c JOIN cases o ON o.need_id IN {one_with('needs', 'c.need_id')}"
            " AND o.id <> c.id AND o.closed_at IS NULL WHERE c.id = CAST(:log AS uuid)"
        ),
        {"log": log},
    )
    return [row.id for row in rows]


def _tell_sibling(db: Connection, log: Log, signed: str) -> None:
    """One need, many technologies: the others are asked whether they still stand; they are never closed by this."""
    standing = _standing(db, log, "case")
    if standing.case.closed_at is not None:
        return
    by_system(db, standing, Notice(AFTER_RIGHTS_TAKEN, about=signed))


def stand(db: Connection, log: str, kind: str) -> Standing:
    """A case under its lock, for an action of the system."""
    return _standing(db, lock_logs(db, [log])[log], kind)


def _standing(db: Connection, log: Log, kind: str, rows: Sequence[Row] = ()) -> Standing:
    case, calendar, editions = read_loaded(rows[0]) if rows else load_with_calendar(db, log.id, kind)
    return Standing(log, case, read_calendar(case.programme, calendar), begins_by(editions))


def begins_by(editions: str) -> Library:
    """The editions at hand, where new cases and tracks begin by those that a programme has chosen."""
    return load_library().choosing(json.loads(editions))


def insist_revision(seen: int | None, now: int) -> None:
    """Nobody overwrites what they have not seen."""
    if seen is not None and seen != now:
        raise CaseHasMoved


def home_of(db: Connection, number: str) -> str:
    """The log of a case by its number. Raises NotFound."""
    rows = run(db, "SELECT id FROM cases WHERE number = $1", (number,))
    if not rows:
        raise NotFound("case")
    return str(rows[0][0])
