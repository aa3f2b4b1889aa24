"""By which editions a programme may begin: published ones, that run by what is installed, and together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.definitions import load_library
from casework.engine.case_objects.programme_editions import cleaned
from casework.engine.definition.editions import Edition
from casework.engine.execution.context import Library
from casework.errors import InvalidForm
from casework.reasons import Reason, Why

LIBRARY = load_library()


def code_of(why: Why) -> str:
    assert isinstance(why, Reason)
    return why.template.code


def _with(edition: Edition, number: int) -> Library:
    """The library with one more edition of a workflow, which is not its newest."""
    offered = {**LIBRARY.offered, edition.workflow: {**LIBRARY.offered[edition.workflow], number: edition.fingerprint}}
    return replace(LIBRARY, editions={**LIBRARY.editions, edition.fingerprint: edition}, offered=offered)


def test_a_published_edition_is_chosen_and_the_newest_is_said_by_nothing() -> None:
    assert cleaned(LIBRARY, {"referral": 2, "case": None}) == {"referral": 2}
    assert cleaned(LIBRARY, {}) == {}


def test_no_choice_takes_back_a_guard_that_came_since() -> None:
    with pytest.raises(InvalidForm, match="edition 1 cannot be chosen") as refusal:
        cleaned(LIBRARY, {"referral": 1})
    assert {name: code_of(why) for name, why in refusal.value.fields.items()} == {"referral": "editions.lacks"}
    for lacked in ("send: consent_is_for_abroad", "decide_extension: extension_is_bounded"):
        assert lacked in str(refusal.value)
    assert LIBRARY.choosing({"referral": 1}).newest == LIBRARY.newest


def test_what_is_not_published_and_what_is_no_workflow_are_refused_together() -> None:
    with pytest.raises(InvalidForm) as refusal:
        cleaned(LIBRARY, {"referral": 99, "dance": 1, "case": 1})
    assert {name: code_of(why) for name, why in refusal.value.fields.items()} == {
        "referral": "editions.not_published",
        "dance": "editions.no_workflow",
    }


def test_an_edition_whose_guard_is_not_installed_is_refused_with_the_reason() -> None:
    newest = LIBRARY.latest("referral")
    assert newest is not None
    rules: Any = dict(newest.rules)
    first, *others = rules["transitions"]
    rules["transitions"] = [{**first, "guards": ["nobody_knows_this"]}, *others]
    broken = replace(newest, rules=rules, fingerprint="broken")
    with pytest.raises(InvalidForm, match="does not run with the others") as refusal:
        cleaned(_with(broken, 77), {"referral": 77})
    assert refusal.value.fields.keys() == {"referral"}
    assert "nobody_knows_this" in str(refusal.value)


def test_every_edition_that_is_offered_has_its_number() -> None:
    for name, offered in LIBRARY.offered.items():
        assert {LIBRARY[fingerprint].number for fingerprint in offered.values()} == offered.keys()
        assert offered[max(offered)] == LIBRARY.newest[name]
