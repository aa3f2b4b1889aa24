"""What events are judged by, and how it is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import MappingProxyType, SimpleNamespace

import pytest

from casework.engine.state.events import FIRED, TIMER_FIRED, Event
from casework.operations.verification.authorization.evidence import is_due, listed, plain

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EVENT = Event(log="l", seq=2, at=NOON, kind=TIMER_FIRED, actor="system")


def clock(fires_at: datetime | None, what: str = "expire", next: int = 0) -> SimpleNamespace:
    return SimpleNamespace(fires_at=fires_at, next=next, steps=((NOON, what), (NOON, "flag")))


@pytest.mark.parametrize(
    ("clock", "due"),
    [
        (clock(NOON), True),
        (clock(NOON - timedelta(days=1)), True),
        (clock(NOON + timedelta(microseconds=1)), False),
        (clock(None), False),
        (clock(NOON, "remind"), False),
        (clock(NOON, next=1), False),
    ],
)
def test_a_clock_is_due_from_its_moment_on_for_its_next_step_alone(clock: SimpleNamespace, due: bool) -> None:
    assert is_due(clock, EVENT, "expire") is due


def test_a_value_is_compared_as_json_gives_it_back() -> None:
    value = MappingProxyType({"team": ("a", "b"), "inside": MappingProxyType({"n": (1, (2,))}), "word": FIRED})
    assert plain(value) == {"team": ["a", "b"], "inside": {"n": [1, [2]]}, "word": FIRED}
    assert plain(None) is None


def test_words_are_listed_and_none_are_nowhere() -> None:
    assert listed(("triage", "scoping")) == "triage, scoping"
    assert listed(()) == "nowhere"
