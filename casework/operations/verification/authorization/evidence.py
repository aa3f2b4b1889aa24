"""What events are judged by: the definitions, who had which role when, and what earlier events of the log did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casework.engine.definition.editions import TransitionRule
from casework.engine.execution.context import Library
from casework.engine.state.events import (
    ACTIVATED,
    ADDED,
    ASSIGNED,
    COMPLETED,
    CONSENT_ENDED,
    ERASED,
    FIRED,
    GRANT_EXPIRED,
    HANDED_OVER,
    JOINED,
    MIGRATED,
    RECOUNTED,
    RELIEVED,
    TIMER_FIRED,
    Event,
)
from casework.engine.state.migration_effects import Migration
from casework.engine.state.right_values import Burden
from casework.operations.history.point_in_time import Past

Reasons = Iterator[str]

#: What a rule may do by itself.
BY_ITSELF = frozenset(
    {
        FIRED,
        JOINED,
        TIMER_FIRED,
        RECOUNTED,
        ACTIVATED,
        ADDED,
        COMPLETED,
        ASSIGNED,
        CONSENT_ENDED,
        GRANT_EXPIRED,
        RELIEVED,
        ERASED,
        HANDED_OVER,
        MIGRATED,
    }
)


def is_due(clock: Any, event: Event, what: str) -> bool:
    fires_at = clock.fires_at
    return fires_at is not None and fires_at <= event.at and clock.steps[clock.next][1] == what


def plain(value: object) -> Any:
    """A value as JSON gives it back."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def listed(words: Iterable[str]) -> str:
    return ", ".join(words) or "nowhere"


@dataclass(frozen=True, slots=True)
class EarlierEvent:
    """What an earlier event did, for those that name it as their cause."""

    kind: str
    track: str | None
    actor: str
    rule: TransitionRule | None
    #: The id of the message that it wrote or took back.
    message: str | None = None
    what: str | None = None


@dataclass
class Evidence:
    """What is known when an event is judged."""

    library: Library
    past: Past
    #: By its number in the log.
    earlier: dict[int, EarlierEvent] = field(default_factory=dict)
    #: By right what earlier events of the log laid on it and did not end.
    burdens: dict[str, list[Burden]] = field(default_factory=dict)

    #: By the number of a move to another edition what it tells, and the events that came after it.
    moves: dict[int, tuple[Migration, list[Event]]] = field(default_factory=dict)

    def note_burdens(self, event: Event) -> None:
        """What an event lays on rights, or ends."""
        for change in event.effects.get("rights", ()):
            lying = self.burdens.setdefault(change["right"], [])
            if "add" in change:
                lying.append(change["add"])
            elif "end" in change:
                ended = change["end"].items()
                lying[:] = [burden for burden in lying if any(burden.get(key) != value for key, value in ended)]
