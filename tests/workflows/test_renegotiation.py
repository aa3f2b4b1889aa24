"""What was renegotiated gives way to what binds the parties instead, and to nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casework.engine.definition.guard_facts import Facts
from casework.engine.state.case import Fired, Track
from tests.workflows.case_facts import at, facts, fired, track
from workflows.codes import BINDING, PREPARATORY
from workflows.renegotiation import agreement_replaces_another

SIGNED = {"sign_local": fired(5, kind="patent_licence")}
AGAIN = {"renegotiate": fired(10)}


def opened(name: str, days: int, state: str = "in_force", **more: Any) -> Track:
    return replace(track("agreement", state, id=name, **more), opened_at=at(days))


def signing(*before: Track, main: dict[str, Fired] | None = None, kind: str = "purchase", days: int = 10) -> Facts:
    """An agreement that was opened on a day is signed beside others."""
    here = opened("new", days, "signing")
    return facts(*before, main=AGAIN if main is None else main, here=here, data={"kind": kind})


def replaced(case: Facts) -> list[str]:
    return agreement_replaces_another.follows(case).get("replaced_tracks", [])


@pytest.mark.parametrize("kind", BINDING)
def test_what_was_renegotiated_is_replaced(kind: str) -> None:
    assert replaced(signing(opened("old", 0, fired=SIGNED), kind=kind)) == ["old"]


@pytest.mark.parametrize("kind", PREPARATORY)
def test_a_letter_replaces_nothing(kind: str) -> None:
    assert replaced(signing(opened("old", 0, fired=SIGNED), kind=kind)) == []


def test_what_waits_for_its_licence_replaces_with_it() -> None:
    old, here = opened("old", 0, fired=SIGNED), {"sign_to_licence": fired(12, kind="patent_licence")}
    new = opened("new", 10, "licence_awaited", fired=here)
    assert replaced(facts(old, main=AGAIN, here=new, data={"issued_on": "2026-04-01"})) == ["old"]


@pytest.mark.parametrize(
    "before",
    [
        # Ended by hand, never signed, replaced already, and opened later.
        [opened("old", 0, "ended", fired=SIGNED, ended=True)],
        [opened("old", 0, "abandoned", ended=True)],
        [opened("old", 0, fired=SIGNED, replaced=True)],
        [opened("old", 11, fired=SIGNED)],
        # The one that was talked about has ended; the pilot's before it was not.
        [opened("pilot", 0, fired=SIGNED), opened("old", 5, "ended", fired=SIGNED, ended=True)],
        [],
    ],
)
def test_only_the_one_that_was_talked_about_and_is_in_force(before: list[Track]) -> None:
    assert replaced(signing(*before)) == []


def test_talks_that_came_to_nothing_are_passed_over() -> None:
    given_up = opened("between", 8, "abandoned", ended=True)
    assert replaced(signing(opened("old", 0, fired=SIGNED), given_up)) == ["old"]


@pytest.mark.parametrize(
    ("main", "gone"),
    [
        ({}, []),
        ({"scale_up": fired(10)}, []),
        ({"reopen": fired(10)}, []),
        # The scaling up opened this one; it was renegotiated before, or after.
        ({"renegotiate": fired(3), "scale_up": fired(10)}, []),
        ({"scale_up": fired(10), "renegotiate": fired(15)}, []),
        # Renegotiated after the scaling up.
        ({"scale_up": fired(3), "renegotiate": fired(10)}, ["old"]),
        ({"renegotiate": fired(10), "reopen": fired(20)}, ["old"]),
    ],
)
def test_an_agreement_of_a_scaling_up_stands_beside_the_one_of_the_pilot(
    main: dict[str, Fired], gone: list[str]
) -> None:
    assert replaced(signing(opened("old", 0, fired=SIGNED), main=main)) == gone


def test_the_moment_of_the_talks_is_the_one_of_opening() -> None:
    late = replace(AGAIN["renegotiate"], at=AGAIN["renegotiate"].at + timedelta(microseconds=1))
    assert replaced(signing(opened("old", 0, fired=SIGNED), main={"renegotiate": late})) == []
