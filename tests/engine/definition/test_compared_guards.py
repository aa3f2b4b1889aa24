"""What an older edition lacks of the guards of a newer one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.definitions import library_of
from casework.engine.definition.compared_guards import lacking
from casework.engine.definition.editions import Edition
from casework.engine.definition.publisher import publish
from tests.engine.toy_case import Toy

NEWEST = publish(Toy)


def _other(**changed: Any) -> Edition:
    """An edition of a number with other transitions of some names."""
    rules: Any = {**NEWEST.rules, "edition": 0}
    rules["transitions"] = [{**one, **changed.get(one["name"], {})} for one in rules["transitions"]]
    return replace(NEWEST, rules=rules, fingerprint="other")


def test_an_edition_lacks_nothing_of_itself_and_of_its_like() -> None:
    assert lacking(NEWEST, NEWEST) == lacking(_other(), NEWEST) == []


@pytest.mark.parametrize("elsewhere", [{}, {"from": ["b"]}])
def test_what_it_does_not_check_is_named_wherever_it_leads_from(elsewhere: dict[str, Any]) -> None:
    assert lacking(_other(go={"guards": [], **elsewhere}), NEWEST) == ["go: toy_light_is_green"]


def test_what_it_checks_besides_and_what_has_another_name_speak_against_nothing() -> None:
    assert lacking(_other(take={"guards": ["toy_light_is_green"]}), NEWEST) == []
    assert lacking(_other(go={"guards": [], "name": "walk"}), NEWEST) == []


def test_a_task_is_compared_by_its_key() -> None:
    tasks: Any = {key: {**one, "guards": ["toy_light_is_green"]} for key, one in NEWEST.rules["tasks"].items()}
    stricter = replace(NEWEST, rules={**NEWEST.rules, "tasks": tasks}, fingerprint="stricter")
    assert "check: toy_light_is_green" in lacking(NEWEST, stricter)


def test_only_what_lacks_nothing_begins() -> None:
    assert library_of([NEWEST, _other()]).offered["toy"].keys() == {0, 1}
    library = library_of([NEWEST, _other(go={"guards": []})])
    assert library.offered["toy"].keys() == {1}
    assert "other" in library.editions
