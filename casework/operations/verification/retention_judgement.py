"""Whether what a programme's log says of its retention classes was set as it may be."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from casework.engine.retention import (
    FIRST_VERSION,
    OF_RETENTION,
    RETENTION_SET,
    fold,
    why_not_agreed,
)
from casework.engine.state.events import RegisterEvent
from casework.operations.history.point_in_time import Past
from casework.operations.verification.setting_judgement import decided_against


def retention_faults(past: Past, programme: str, events: Collection[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """Retention classes are proposed by one person with a reason, and set once a second one agrees."""
    number, before = FIRST_VERSION, list[RegisterEvent]()
    for event in events:
        if event.kind not in OF_RETENTION:
            if "retention" in event.effects:
                yield event.seq, "it sets retention classes, which are set by an event of their own"
            continue
        against = decided_against(past, programme, event, OF_RETENTION, "retention classes, or refuses them")
        yield from ((event.seq, why) for why in against)
        if event.kind == RETENTION_SET:
            if (why := why_not_agreed(next(reversed(fold(before)), None), number, event)) is not None:
                yield event.seq, why
            number = (event.effects.get("retention") or {}).get("version", number)
        before.append(event)


__all__ = ["retention_faults"]
