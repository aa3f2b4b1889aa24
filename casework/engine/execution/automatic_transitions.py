"""What happens by itself after an action: automatic transitions and joins, until nothing moves."""

from __future__ import annotations

from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import refusals
from casework.engine.execution.joins import settle_join
from casework.engine.execution.transitions import fire

#: More automatic steps than this after one action is a loop that the check of the definition missed.
MOST_AUTOMATIC = 50


def settle(builder: EventBuilder) -> None:
    """Automatic transitions and joins until nothing moves: the main track first, then the others in opening order."""
    for _ in range(MOST_AUTOMATIC):
        if not _one_automatic(builder) and not settle_join(builder):
            return
    raise RuntimeError("automatic transitions do not come to rest")


def _one_automatic(builder: EventBuilder) -> bool:
    for track in list(builder.case.tracks.values()):
        if not track.live:
            continue
        edition = builder.library[track.edition]
        if not edition.has_automatic:
            continue
        for rule, place in edition.leaving(track.states):
            if not rule.automatic:
                continue
            if edition.states[place].type in ("stage", "parallel") and not edition.place_ended(place, track.states):
                continue
            if refusals(builder, track, rule, {}, by_itself=True).reasons:
                continue
            fire(
                builder,
                track,
                rule,
                place,
                {},
                body={},
                because=builder.events[-1].seq if builder.events else None,
                system=True,
            )
            return True
    return False
