"""Whether contents were removed under retention as it may be: decided by two persons, of the cases that they named, when these were due."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import text

from casework.engine import removals, retention
from casework.engine.removals import (
    CASE_LEFT,
    CASE_REMOVED,
    OF_REMOVAL,
    REMOVAL_AGREED,
    REMOVAL_ASKED,
    Removal,
    digest_of_case,
)
from casework.engine.retention import OF_RETENTION, SHIPPED, CaseFacts, RetentionClass
from casework.engine.state.events import SYSTEM_ACTOR, LoggedEvent, RegisterEvent
from casework.engine.two_person import AGREED
from casework.operations.history.point_in_time import Past
from casework.operations.verification.setting_judgement import decided_against
from casework.records.event_log import register_event_of

_OF_ALL = (*OF_REMOVAL, CASE_REMOVED, CASE_LEFT)
#: What a programme's log tells of some kinds, in order.
_EVENTS = text("""
    SELECT e.header, e.effects, e.body FROM events e JOIN logs l ON l.id = e.log_id AND l.kind = 'programme'
    WHERE e.log_id = CAST(:log AS uuid) AND e.kind = ANY(:kinds) ORDER BY e.seq
""")
#: What of a case decides how long it is kept.
_FACTS = text("""
    SELECT c.programme_id::text AS programme, c.closed_at, c.outcome, array(SELECT t.kind FROM tracks t WHERE t.log_id = c.id) AS kinds
    FROM cases c WHERE c.id = CAST(:log AS uuid)
""")
#: The removals of which the events of cases of a programme say that they carried them out, with the event that says so.
_TOLD = text("""
    SELECT e.seq, e.log_id::text AS log, e.effects->'removal'->>'decision' AS decision FROM events e JOIN cases c ON c.id = e.log_id
    WHERE c.programme_id = CAST(:programme AS uuid) AND c.removed_at IS NOT NULL AND e.kind = 'erased' AND e.effects ? 'removal'
""")


def removal_faults(past: Past, programme: str, events: Collection[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What of removals could not have been done so: the number of the event, and why."""
    before = list[RegisterEvent]()
    # Read only where there is something to compare.
    told: set[tuple[str, str, int]] | None = None
    for event in events:
        if event.kind not in _OF_ALL:
            if event.effects.keys() & {"removal_asked", "removal_agreed", "case_removal"}:
                yield event.seq, "it tells of a removal, which is told by events of its own"
            continue
        if event.kind in OF_REMOVAL:
            yield from ((event.seq, why) for why in _decided_against(past, programme, before, event))
        else:
            yield from ((event.seq, why) for why in _carried_against(removals.fold(before), event))
        if event.kind == CASE_REMOVED:
            if told is None:
                rows = past.db.execute(_TOLD, {"programme": programme})
                told = {(digest_of_case(row.log), row.decision, row.seq) for row in rows}
            what = _said(event)
            if (what.get("case"), str(what.get("decision")), what.get("event")) not in told:
                yield event.seq, "the case does not say that its contents were removed by this decision"
        before.append(event)


def _decided_against(
    past: Past, programme: str, before: Sequence[RegisterEvent], event: RegisterEvent
) -> Iterator[str]:
    yield from decided_against(past, programme, event, OF_REMOVAL, "a removal, or refuses one")
    why = None
    if event.kind == REMOVAL_ASKED:
        why = removals.why_not_asked(event)
    elif event.kind == REMOVAL_AGREED:
        why = removals.why_not_agreed(removals.fold(before), event)
    if why is not None:
        yield why


def _said(event: RegisterEvent) -> dict[str, Any]:
    """What an event says of a case, whatever somebody has made of it."""
    what: Any = event.effects.get("case_removal")
    return what if isinstance(what, dict) else {}


def _carried_against(known: Sequence[Removal], event: RegisterEvent) -> Iterator[str]:
    """What the worker says of a case follows from a decision that names it, and is said once."""
    what = _said(event)
    if event.actor != SYSTEM_ACTOR:
        yield "a removal is carried out by the worker, and not by a person"
    of = next((one for one in known if one.decision is not None and one.decision == what.get("decision")), None)
    if of is None:
        yield "no second person had agreed to a removal of this number"
    elif what.get("case") not in of.classes:
        yield "the removal does not name this case"
    elif what.get("case") in of.done:
        yield "the removal had come to this case before"
    elif event.kind == CASE_REMOVED and of.archives(str(what.get("case"))) != ("sealed" in what):
        yield "it does not say, or says, which sealed file the contents went into"
    if (event.kind == CASE_REMOVED) != ("event" in what) or (event.kind == CASE_LEFT) != bool(what.get("why")):
        yield "it does not say what became of the case"


def why_not_erased(past: Past, event: LoggedEvent) -> str | None:
    """What speaks against words being taken out by an event: nobody had agreed to the erasure, or to the removal, of which it says that."""
    if "removal" in event.effects:
        return _why_not_removed(past, event)
    return past.why_not_erased(event.effects["erasure"], event.at)


def _why_not_removed(past: Past, event: LoggedEvent) -> str | None:
    removal, case = event.effects["removal"], digest_of_case(event.log)
    row = past.db.execute(_FACTS, {"log": event.log}).one_or_none()
    if row is None or row.programme != removal["programme"]:
        return "the removal is another programme's"
    kinds = [*_OF_ALL, *OF_RETENTION]
    rows = past.db.execute(_EVENTS, {"log": row.programme, "kinds": kinds}).all()
    events = [register_event_of(one.header, one.effects, one.body) for one in rows]
    of = next((one for one in removals.fold(events) if one.decision == removal["decision"]), None)
    if of is None or of.proposal.decided is None or of.proposal.decided.at > event.at:
        return "no second person had agreed to the removal"
    # The two persons and their roles are judged with the log of the programme.
    if case not in of.classes:
        return "the removal that two persons agreed to does not name this case"
    done = of.done.get(case)
    if done is None or done.kind != CASE_REMOVED or _said(done).get("event") != event.seq:
        return "the programme's log does not say that the removal came to this case by it"
    sealed = removal.get("sealed")
    if _said(done).get("sealed") != (sealed["file"] if sealed is not None else None):
        return "the programme's log names another sealed file"
    facts = CaseFacts(row.closed_at, frozenset(row.kinds), row.outcome)
    calendar, classes = past.calendar(row.programme, event.at), _classes_at(events, event)
    return removals.kept_then(facts, classes, event.at, calendar) or removals.fate_against(
        of, case, facts, classes, sealed=sealed is not None
    )


def _classes_at(events: Sequence[RegisterEvent], event: LoggedEvent) -> Sequence[RetentionClass]:
    """The classes that were in force as something happened."""
    earlier = [one for one in events if one.kind in OF_RETENTION and one.at < event.at]
    agreed = [one for one in retention.fold(earlier) if one.state == AGREED]
    return retention.classes_in(agreed[-1]) if agreed else SHIPPED


__all__ = ["removal_faults", "why_not_erased"]
