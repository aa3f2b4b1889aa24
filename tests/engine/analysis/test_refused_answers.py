"""Which answers a guard would refuse is known before anybody answers, and what else it asks is left open."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from casework import reasons
from casework.engine.analysis.refused_answers import refusal, refused_answers
from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition import registry
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.editions import Edition
from casework.engine.definition.guard_facts import UNKNOWN, Facts
from casework.engine.definition.registry import Guard
from tests.engine.pieces import NOW, case

FORM = cast(
    list[WrittenField],
    [
        {"name": "colour", "type": "choice", "choices": ["red", "green"]},
        {"name": "size", "type": "choice", "choices": ["small", "large"]},
        {"name": "reason", "type": "note"},
    ],
)
RULES: dict[str, Any] = {
    "not_red": lambda f: f.data.get("colour") != "red",
    "never": lambda f: False,
    "red_is_small": lambda f: f.data.get("colour") != "red" or f.data.get("size") != "large",
    "rights_are_free": lambda f: f.from_outside("rights") is not None and f.data["colour"] != "red",
    "any_answer": lambda f: len(f.data) > 0 and "colour" in set(f.data),
}


@pytest.fixture(autouse=True)
def _guards(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, holds in RULES.items():
        monkeypatch.setitem(registry.GUARDS, name, Guard(name, "rule", "refusal", holds, ()))


def refused(*guards: str) -> dict[str, dict[str, list[str]]]:
    made = case()
    return refused_answers(Facts(made, made.main, NOW, Calendar("cn"), "officer", UNKNOWN), guards, FORM)


def test_an_answer_is_named_with_every_guard_that_refuses_it() -> None:
    assert refused("not_red") == {"colour": {"red": ["not_red"]}}
    assert refused() == {}


@pytest.mark.parametrize("guard", ["red_is_small", "rights_are_free", "any_answer"])
def test_what_depends_on_more_than_one_answer_is_not_foretold(guard: str) -> None:
    assert refused(guard) == {}


def test_what_refuses_whatever_is_answered_is_told_elsewhere() -> None:
    assert refused("never") == {}
    assert refused("never", "not_red") == {"colour": {"red": ["not_red"]}}


def test_against_an_answer_stands_what_exactly_is_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as it can be told before the rest of the form is filled in."""
    made, told = case(), reasons.fields.REQUIRED
    facts = Facts(made, made.main, NOW, Calendar("cn"), "officer", UNKNOWN)
    edition = cast(Edition, SimpleNamespace(as_reason=lambda name: reasons.fields.NOT_A_NUMBER))
    tells = {
        "says_why": lambda f: [told] if f.data.get("colour") == "red" else [],
        "asks_more": lambda f: [told] if f.data.get("size") == "large" else [],
    }
    for name, because in tells.items():
        monkeypatch.setitem(
            registry.GUARDS, name, Guard(name, "rule", "refusal", RULES["not_red"], (), because=because)
        )
    assert refusal(edition, "says_why", facts, "colour", "red") == [reasons.fields.NOT_A_NUMBER, told]
    assert refusal(edition, "asks_more", facts, "colour", "red") == [reasons.fields.NOT_A_NUMBER]
    assert refusal(edition, "not_red", facts, "colour", "red") == [reasons.fields.NOT_A_NUMBER]
