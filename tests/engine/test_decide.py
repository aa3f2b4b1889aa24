"""From a case and a command to events: what is wrong is refused and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from casework.engine.execution.context import By
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from tests.engine.toy_case import GREEN, begun
from tests.engine.toys import OFFICER, SUPERVISOR, Play


@pytest.fixture
def play() -> Play:
    return begun()


@pytest.mark.parametrize(
    ("transition", "by", "data", "error"),
    [
        ("go", SUPERVISOR, GREEN, NotAllowed),
        ("back", SUPERVISOR, {}, WrongState),
        ("fly", OFFICER, {}, NotFound),
        ("go", OFFICER, {}, InvalidForm),
        ("go", OFFICER, {"light": "blue"}, InvalidForm),
        ("go", OFFICER, GREEN | {"extra": 1}, InvalidForm),
        ("take", OFFICER, GREEN, InvalidForm),
        ("resume_due", OFFICER, {}, WrongState),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(
    play: Play, transition: str, by: By, data: dict[str, Any], error: type[Exception]
) -> None:
    before = play.case
    with pytest.raises(error):
        play.fire(transition, by, data)
    assert play.case is before
