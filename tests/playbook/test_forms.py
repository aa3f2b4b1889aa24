"""Forms are filled in once: by what was said, what is known, and what is ordinary."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from casework.definitions import load_library
from casework.engine.definition.form_values import build_model, check
from casework.playbook.forms import Form, Rule, fill_form
from casework.playbook.words import NUMBERS_OF

Json = Any
TODAY = date(2026, 3, 2)
SOMETHING = str(uuid.uuid4())
LIBRARY = load_library()
FORMS = [
    (fingerprint, name)
    for _, fingerprint in sorted(LIBRARY.newest.items())
    for name in sorted(LIBRARY[fingerprint].rules["forms"])
]


class Plain:
    """One of everything, which is named by what it is called."""

    def day(self, days: int) -> str:
        return (TODAY + timedelta(days=days)).isoformat()

    def named(self, kind: str, name: str) -> Sequence[str]:
        return [f"the {kind} {name}"]

    def choose(self, rule: Rule) -> Json:
        return (
            SOMETHING
            if rule["type"] in ("right", "burden", "impact", "person", "provider", "owner", "organisation")
            else [SOMETHING]
        )


def rule(name: str, type_: str, **more: Json) -> Rule:
    return {"name": name, "type": type_, "required": True, **more}


def filled(said: Mapping[str, Json], /, *rules: Rule, **known: Json) -> dict[str, Json]:
    return fill_form(Form("send", rules, known), said, Plain())


@pytest.mark.parametrize(("fingerprint", "name"), FORMS, ids=[f"{LIBRARY[one].workflow}.{name}" for one, name in FORMS])
def test_what_is_ordinary_fits_every_form_of_every_edition(fingerprint: str, name: str) -> None:
    rules = LIBRARY[fingerprint].form(name)
    data = fill_form(Form(name, rules), {}, Plain())
    assert check(build_model(name, rules), rules, data, TODAY) == data


def test_what_was_said_comes_before_what_is_known_and_that_before_what_is_ordinary() -> None:
    rules = [rule(name, "number") for name in ("said", "known", "neither")]
    assert filled({"said": 3}, *rules, said="1", known="2") == {"said": "3", "known": "2", "neither": "1"}


def test_what_need_not_be_answered_is_left_out_unless_it_is_said_to_be_answered() -> None:
    free = rule("paper", "documents", required=False)
    assert filled({}, free) == {}
    assert filled({"paper": True}, free, paper=["known"]) == {"paper": [SOMETHING]}


def test_nothing_is_said_on_purpose() -> None:
    assert filled({"note": None}, rule("note", "note"), note="known") == {}


def test_a_question_that_depends_on_another_answer_is_asked_with_that_answer_alone() -> None:
    rules = rule("agreed", "yes_no"), rule("why", "note", when=["agreed", [False]])
    assert filled({"agreed": True}, *rules) == {"agreed": True}
    assert filled({"agreed": False}, *rules).keys() == {"agreed", "why"}


def test_days_are_numbers_and_people_and_papers_are_names() -> None:
    rules = rule("on", "date"), rule("who", "person"), rule("papers", "documents"), rule("list", "items")
    said = {"on": 3, "who": "chen", "papers": ["drawings"], "list": [("Paint it.", 10)]}
    assert filled(said, *rules) == {
        "on": "2026-03-05",
        "who": "the person chen",
        "papers": ["the documents drawings"],
        "list": [{"what": "Paint it.", "by": "2026-03-12"}],
    }


def test_rows_are_filled_in_as_forms_of_their_own() -> None:
    lines = rule(
        "lines",
        "rows",
        fields=[rule("what", "choice", choices=["a", "b"]), rule("on", "date"), rule("value", "number")],
    )
    said = {"lines": [{"what": "b", "on": 3, "value": 7}, {}]}
    assert filled(said, lines) == {
        "lines": [
            {"what": "b", "on": "2026-03-05", "value": "7"},
            {"what": "a", "on": "2026-04-01", "value": NUMBERS_OF["send", "value"]},
        ]
    }
    assert len(filled({}, lines)["lines"]) == 1


def test_a_field_that_the_form_does_not_have_is_named() -> None:
    with pytest.raises(LookupError, match="send has no field colour"):
        filled({"colour": "green"}, rule("note", "note"))
