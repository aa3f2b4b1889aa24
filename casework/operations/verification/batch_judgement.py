"""Whether a batch of moves was carried out as it may be: decided by two persons, of the cases that they named, while it went on."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import text

from casework.engine import batches
from casework.engine.batches import BATCH_AGREED, BATCH_ASKED, BATCH_CASE, MOVED, OF_BATCH, STEERS, Batch, said_of
from casework.engine.removals import digest_of_case
from casework.engine.setting_proposals import DECIDERS
from casework.engine.state.events import SYSTEM_ACTOR, Event, RegisterEvent
from casework.operations.history.point_in_time import Past
from casework.operations.verification.setting_judgement import decided_against, set_against

#: The moves of which the events of cases of a programme say that a batch made them, with the event that says so.
_TOLD = text("""
    SELECT e.seq, e.log_id::text AS log, e.effects->'migration'->>'batch' AS decision FROM events e JOIN cases c ON c.id = e.log_id
    WHERE c.programme_id = CAST(:programme AS uuid) AND e.kind = 'migrated' AND e.effects->'migration' ? 'batch'
""")
_KEYS = frozenset({"batch_asked", "batch_agreed", "batch", "batch_case"})


def batch_faults(past: Past, programme: str, events: Collection[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What of batches could not have been done so: the number of the event, and why."""
    before, known = list[RegisterEvent](), list[Batch]()
    # Read only where there is something to compare.
    told: set[tuple[str, str, int]] | None = None
    for event in events:
        if event.kind not in batches.ALL:
            if event.effects.keys() & _KEYS:
                yield event.seq, "it tells of a batch, which is told by events of its own"
            continue
        yield from ((event.seq, why) for why in _against(past, programme, known, event))
        if event.kind == BATCH_CASE and said_of(event).get("outcome") == MOVED:
            if told is None:
                rows = past.db.execute(_TOLD, {"programme": programme})
                told = {(digest_of_case(row.log), row.decision, row.seq) for row in rows}
            what = said_of(event)
            if (what.get("case"), str(what.get("decision")), what.get("event")) not in told:
                yield event.seq, "the case does not say that it was moved by this batch"
        before.append(event)
        known = batches.came_to(known, event) if event.kind == BATCH_CASE else batches.fold(before)


def _against(past: Past, programme: str, known: list[Batch], event: RegisterEvent) -> Iterator[str]:
    why = None
    if event.kind in OF_BATCH:
        yield from decided_against(past, programme, event, OF_BATCH, "a batch, or refuses one")
        if event.kind == BATCH_ASKED:
            why = batches.why_not_asked(known, event)
        elif event.kind == BATCH_AGREED:
            why = batches.why_not_agreed(known, event)
    elif event.kind in STEERS:
        yield from set_against(past, programme, event, DECIDERS)
        why = batches.why_not_steered(known, event)
    else:
        if event.actor != SYSTEM_ACTOR:
            yield "a batch is carried out by the worker, and not by a person"
        why = batches.why_not_carried(known, event)
    if why is not None:
        yield why


def why_not_moved(past: Past, programme: str, event: Event) -> str | None:
    """What speaks against a case being moved by a batch, of which an event of it says that; the two persons are judged with the log of the
    programme."""
    migration = event.effects["migration"]
    of = next((one for one in past.batches(programme) if one.decision == migration.get("batch")), None)
    if of is None or of.proposal.decided is None or of.proposal.decided.at > event.at:
        return "no second person had agreed to the batch"
    case = digest_of_case(event.log)
    if case not in of.named:
        return "the batch that two persons agreed to does not name this case"
    if any(of.asked.get(name) != migration.get(name) for name in ("plan", "from", "to")):
        return "the batch that two persons agreed to was of another plan"
    if ("back" in migration) != (of.reverts is not None):
        return "the batch that two persons agreed to went the other way"
    done = of.done.get(case)
    if done is None or said_of(done).get("event") != event.seq:
        return "the programme's log does not say that the batch came to this case by it"
    return None


__all__ = ["batch_faults", "why_not_moved"]
