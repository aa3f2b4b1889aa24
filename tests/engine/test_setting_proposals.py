"""Proposals of settings: what a log says was asked, set and refused adds up to what became of each."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.setting_proposals import REPLACED, fold
from casework.engine.state.events import RegisterEvent
from casework.engine.two_person import AGREED, ASKED, REFUSED

KINDS = ("asked", "set", "refused")


def events(*kinds: str) -> list[RegisterEvent]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        RegisterEvent(log="log", seq=n, at=at, kind=kind, actor=f"person {n}", role="supervisor")
        for n, kind in enumerate(kinds, start=1)
    ]


@pytest.mark.parametrize(
    ("kinds", "states"),
    [
        ((), []),
        (("asked",), [ASKED]),
        (("asked", "set"), [AGREED]),
        (("asked", "refused"), [REFUSED]),
        (("asked", "asked"), [REPLACED, ASKED]),
        (("asked", "asked", "set"), [REPLACED, AGREED]),
        (("asked", "refused", "asked", "set"), [REFUSED, AGREED]),
        (("set", "asked", "other", "set", "set"), [AGREED]),
    ],
)
def test_what_became_of_each(kinds: tuple[str, ...], states: list[str]) -> None:
    assert [one.state for one in fold(events(*kinds), KINDS)] == states


@given(st.lists(st.sampled_from((*KINDS, "other"))))
def test_only_the_last_waits_and_each_end_has_its_event(kinds: list[str]) -> None:
    found = fold(events(*kinds), KINDS)
    assert len(found) == kinds.count("asked")
    assert all(one.state != ASKED for one in found[:-1])
    for one in found:
        assert (one.decided is None) == (one.state == ASKED)
        assert one.decided is None or one.decided.seq > one.asked.seq
        assert one.matter.is_party(one.asked.actor)
