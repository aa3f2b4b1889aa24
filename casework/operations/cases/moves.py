"""A case is moved to a state without the steps that lead there: one person proposes it, another one agrees or does not."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.definition.editions import Edition, do_key
from casework.engine.execution.case_moves import (
    ASKERS,
    DECIDERS,
    foresee,
    places,
    reads_of_law,
    why_not_decided,
)
from casework.engine.execution.commands import AskMove, Command, DecideMove
from casework.engine.execution.context import By, Context, Library
from casework.engine.state.case import Case
from casework.engine.state.events import Event
from casework.engine.state.moves import AskedMove, asked_move
from casework.errors import CaseHasMoved, InvalidForm, Refused
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import values
from casework.operations.cases.case_capacities import capacity_on_case
from casework.operations.cases.move_views import CaseMoves, MoveForeseen, MovePlace, WaitingMove
from casework.operations.cases.queries import find_case
from casework.operations.core.access_queries import case_log
from casework.operations.core.external_facts import outside
from casework.operations.core.holder_names import names_within, with_names
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import Standing, calendar_of, insist_revision, new_id, perform
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import title_of
from casework.operations.core.views import to_named
from casework.permissions.actors import Actor
from casework.permissions.work import capacities, choose
from casework.reasons import Why
from casework.records.event_log import now

#: The words and the moment of one event of a log.
_EVENT = text("SELECT at, body FROM events WHERE log_id = CAST(:log AS uuid) AND seq = :seq")


def propose_move(
    db: Connection, actor: Actor, number: str, *, to: str, reason: str, revision: int, request: Request
) -> Done:
    """Propose that a case be moved to a state, with a reason. Raises Refused with what the law has against it."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = capacity_on_case(actor, standing.case, ASKERS, reasons.actions.MOVE_CASE)
        insist_revision(revision, standing.case.main.revision)
        return AskMove(to, reason), by

    return perform(db, actor, case_log(db, actor, number), "case", to_command, answer=_answer, request=request)


def decide_move(
    db: Connection, actor: Actor, number: str, *, asked: int, agree: bool, note: str | None, request: Request
) -> Done:
    """Agree to the move that was proposed by the event `asked`, or not; who proposed it may take it back."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = capacity_on_case(actor, standing.case, DECIDERS, reasons.actions.MOVE_CASE)
        waiting = asked_move(standing.case.main)
        if waiting is not None and waiting.seq != asked:
            raise CaseHasMoved
        return DecideMove(agree, note), by

    return perform(db, actor, case_log(db, actor, number), "case", to_command, answer=_answer, request=request)


def _answer(case: Case, events: list[Event]) -> JsonObject:
    main = case.main
    return {"number": case.number, "revision": main.revision, "states": list(main.states), "event": events[0].seq}


# --- before it is done -------------------------------------------------------------------------------------------------


def show_moves(db: Connection, actor: Actor, number: str, to: str | None = None) -> CaseMoves:
    """Where to a case may be moved and what would follow, for those who propose moves or decide on them."""
    case, _ = find_case(db, actor, number)
    by = capacity_on_case(actor, case, DECIDERS, reasons.actions.MOVE_CASE)
    library = load_library()
    edition, waiting = library[case.main.edition], asked_move(case.main)
    facts = outside(db, case, reads_of_law(edition))
    context = Context(by, now(db), calendar_of(db, case.programme), new_id, facts)
    tried = {state: _try(library, case, context, state) for state in places(edition)}
    names = names_within(db, actor, [why for _, against in tried.values() for why in against])
    tried = {state: (events, [with_names(why, names) for why in told]) for state, (events, told) in tried.items()}
    chosen = waiting.to if waiting is not None else to
    events, against = tried.get(chosen or "", ([], []))
    return CaseMoves(
        number=number,
        title=title_of(db, actor, case),
        edition=edition.fingerprint,
        states=list(case.main.states),
        revision=case.main.revision,
        asks=choose(capacities(actor, case, case.main), ASKERS) is not None,
        waiting=_waiting(db, case, by, waiting, against) if waiting is not None else None,
        places=[MovePlace(state=state, against=why) for state, (_, why) in tried.items()],
        foreseen=_foreseen(edition, case, chosen, events) if chosen is not None and events else None,
    )


def _try(library: Library, case: Case, context: Context, state: str) -> tuple[list[Event], list[Why]]:
    """What a move would bring about, or what speaks against it."""
    try:
        return foresee(library, case, context, state), []
    except Refused as refused:
        return [], list(refused.reasons)
    except InvalidForm as fault:
        return [], list(fault.fields.values())


def _waiting(db: Connection, case: Case, by: By, waiting: AskedMove, against: list[Why]) -> WaitingMove:
    row = db.execute(_EVENT, {"log": case.log, "seq": waiting.seq}).one()
    reason = values(row.body).get("reason")
    return WaitingMove(
        asked=waiting.seq,
        to=waiting.to,
        by=to_named(waiting.actor, names_of(db, {waiting.actor}, set())),
        at=instant(row.at),
        reason=reason if isinstance(reason, str) else None,
        own=why_not_decided(waiting, by.person, by.acting_for, agree=True) is not None,
        against=against,
    )


def _foreseen(edition: Edition, case: Case, to: str, events: list[Event]) -> MoveForeseen:
    effects = events[0].effects
    ended = [case.tasks[change["id"]] for change in effects.get("task_states", ())]
    lapsed = {case.proposals[id].transition for id in effects.get("proposals_ended", ())}
    return MoveForeseen(
        to=to,
        ends=[do_key(task.type, task.rule) for task in ended if task.type != "decision"],
        begins=list(_begun(effects.get("tasks", ()), edition)),
        lapses=sorted(f"transitions.{name}.do" for name in lapsed),
        opens=[track["kind"] for track in effects.get("tracks", ())],
    )


def _begun(tasks: object, edition: Edition) -> Iterator[str]:
    for task in tasks if isinstance(tasks, list) else ():
        if task["edition"] == edition.fingerprint:
            yield do_key(task["type"], task["rule"])


__all__ = ["decide_move", "propose_move", "show_moves"]
