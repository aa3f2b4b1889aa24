"""The editions at hand: by fingerprint, the newest of a workflow, and the one that plays a part."""

from __future__ import annotations

import pytest

from casework.engine import parts
from casework.engine.execution.context import By, Library
from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR
from casework.errors import EditionMissing
from tests.engine.toy_case import Fix, Toy, ToyReferral
from tests.engine.toys import library

EDITIONS = library(Toy, ToyReferral, Fix)


def test_an_edition_is_found_by_its_fingerprint_or_said_to_be_missing() -> None:
    for fingerprint, edition in EDITIONS.editions.items():
        assert EDITIONS[fingerprint] is edition
    with pytest.raises(EditionMissing):
        EDITIONS["0" * 64]


def test_the_newest_of_a_workflow_and_of_a_part() -> None:
    for workflow in ("toy", "referral", "fix"):
        latest = EDITIONS.latest(workflow)
        assert latest is not None
        assert latest.workflow == workflow
    assert EDITIONS.latest("dance") is None
    assert EDITIONS.playing(parts.REFERRAL) is EDITIONS.latest("referral")
    assert EDITIONS.playing(parts.MAIN) is EDITIONS.latest("toy")
    assert EDITIONS.playing("chorus") is None


def test_an_older_edition_plays_nothing_any_more() -> None:
    newest = {workflow: name for workflow, name in EDITIONS.newest.items() if workflow != "referral"}
    assert Library(EDITIONS.editions, newest).playing(parts.REFERRAL) is None


def test_what_was_chosen_begins_in_the_place_of_the_newest() -> None:
    toy, fix = EDITIONS.newest["toy"], EDITIONS.newest["fix"]
    some = Library(EDITIONS.editions, EDITIONS.newest, {"toy": {1: fix, 2: toy}})
    chosen = some.choosing({"toy": 1})
    assert chosen.latest("toy") is EDITIONS[fix]
    assert chosen.latest("referral") is EDITIONS.latest("referral")
    assert chosen is some.choosing({"toy": 1})
    assert chosen.offered == some.offered
    # What is not offered is passed over: the newest begins.
    for nothing in ({}, {"toy": 3}, {"dance": 1}):
        assert some.choosing(nothing).newest == EDITIONS.newest


def test_what_happens_by_itself_is_nobodys() -> None:
    assert By() == By(SYSTEM_ACTOR, Role.SYSTEM, None, None)
