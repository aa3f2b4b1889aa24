"""What follows from an event is declared for each key: nothing else is taken, and nothing is declared for nobody.

That the events of walks, journeys and the demo keep to it is asked where those are made.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from casework.engine.definition.consequences import Follows
from casework.engine.execution.effects import _LISTS, _PLAIN
from casework.engine.state import effects_schema
from casework.engine.state.effects_schema import Effects
from tests.support.declared_effects import undeclared

ENGINE = Path(effects_schema.__file__).parents[1]
#: Who makes events: what decides, and where no engine does, what erases.
MAKERS = [
    *(path for room in ("execution", "case_objects", "tasks") for path in (ENGINE / room).glob("*.py")),
    ENGINE / "decide.py",
    *(ENGINE.parent / "operations" / "privacy" / name for name in ("erasure.py", "removing.py")),
]


@pytest.mark.parametrize(
    "effects",
    [
        {"somthing": 1},
        {"proposed": "3"},
        {"task_states": [{"state": "Ready"}]},
        {"task_states": [{"id": "t", "colour": "red"}]},
        {"clocks": [{"id": "k", "track": "t", "unit": "h", "start": "", "calendar": "", "steps": []}]},
        {"clocks": [{"id": "k", "track": "t", "unit": "wd", "start": "", "calendar": "", "steps": [["", "due"]]}]},
        {"grant_days": [{"id": "g", "until": 3}]},
        {"hold": {"reason": None}},
    ],
)
def test_what_is_not_declared_is_found(effects: dict[str, Any]) -> None:
    assert undeclared(effects)


def test_an_event_may_say_nothing() -> None:
    assert undeclared({}) == []


def test_whatever_is_declared_is_made_by_somebody() -> None:
    words = {
        node.value
        for path in MAKERS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(get_type_hints(Effects)) - words == set()


def test_what_a_definition_says_stands_in_the_event_with_the_same_type() -> None:
    said, declared = get_type_hints(Follows), get_type_hints(Effects)
    assert [key for key in (*_PLAIN, *_LISTS) if said[key] != declared[key]] == []
