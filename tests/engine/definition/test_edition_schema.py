"""What is published is as it is declared, and so is every edition that was published before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import workflows
from casework.engine.deadlines import deadlines
from casework.engine.definition import edition_schema
from casework.engine.definition.edition_schema import WrittenRules
from casework.engine.definition.publisher import publish
from tests.engine.toy_case import Toy
from tests.support.declared_effects import faults, strict

RULES = strict(WrittenRules, deadlines, edition_schema)
PUBLISHED = sorted((Path(workflows.__file__).parent / "published").glob("*.json"))


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_every_edition_is_as_it_is_declared(path: Path) -> None:
    assert faults(RULES, json.loads(path.read_text(encoding="utf-8"))["rules"]) == []


def test_what_is_published_anew_is_as_it_is_declared() -> None:
    assert faults(RULES, publish(Toy).rules) == []


def test_a_key_that_nobody_declared_is_found() -> None:
    assert faults(RULES, {**publish(Toy).rules, "colour": "red"}) == ["colour: Extra inputs are not permitted"]
