"""Whether what a programme's log says of samples was drawn and looked at as it may be: by auditors, and in the order of the seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.ledger.canonical_json import instant
from casework.operations.history.point_in_time import Past
from casework.operations.verification.kept_samples import (
    DRAWN,
    FOUND,
    RESULTS,
    SAMPLE_KINDS,
    SEED,
    KeptSample,
    evolve,
    in_drawn_order,
)


def sample_faults(past: Past, programme: str, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What of its samples could not have been done so: the number of the event, and why."""
    kept: dict[int, KeptSample] = {}
    for event in events:
        if event.kind in SAMPLE_KINDS:
            whys = [*_by_whom(past, programme, event), *(_drawn if event.kind == DRAWN else _looked)(kept, event)]
            yield from ((event.seq, why) for why in whys)
            kept = evolve(kept, event)
        elif "sample" in event.effects or "looked" in event.effects:
            yield event.seq, "it tells of a sample, which is drawn and looked at by events of its own"


def _by_whom(past: Past, programme: str, event: RegisterEvent) -> Iterator[str]:
    if event.role != Role.AUDITOR:
        yield f"it is done by an auditor, not by {event.role}"
    elif not past.held(programme, event.actor, Role.AUDITOR, event.acting_for, event.at):
        yield "its actor did not hold the role auditor at that moment"


def _drawn(kept: Mapping[int, KeptSample], event: RegisterEvent) -> Iterator[str]:
    told, seed = event.effects.get("sample"), event.body.get(SEED)
    if told is None:
        yield "it does not say what was drawn"
        return
    cases = told["cases"]
    if told["number"] != max(kept, default=0) + 1:
        yield f"sample {told['number']} was not the next one"
    if told["as_of"] > instant(event.at):
        yield "it was drawn from cases that were still to be opened"
    if len(cases) != min(told["size"], told["population"]) or len(set(cases)) != len(cases):
        yield "it has another number of cases than were to be drawn"
    if isinstance(seed, str) and in_drawn_order(seed, cases) != cases:
        yield "its seed draws these cases in another order"


def _looked(kept: Mapping[int, KeptSample], event: RegisterEvent) -> Iterator[str]:
    told = event.effects.get("looked")
    if told is None:
        yield "it does not say what was looked at"
        return
    one = kept.get(told["sample"])
    if one is None or told["case"] not in one.cases:
        yield "it is of a case that is in no such sample"
    if told["result"] not in RESULTS or (told["result"] == FOUND) != ("finding" in told):
        yield "what it says came of it is nothing that can"


__all__ = ["sample_faults"]
