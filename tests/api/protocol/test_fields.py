"""No text of a request's body brings in what nobody sees, whichever route takes it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from casework import api
from casework.api import ROUTES
from casework.api.protocol.fields import Body, Day, Line, SomeWords
from casework.api.protocol.requests import read_body
from casework.json_values import JsonObject

HIDDEN = "a\u202eb\u200bc\ufeff"
BODIES = sorted({route.body for route in ROUTES if route.body is not None}, key=lambda body: str(body.__name__))


@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body.__name__))
def test_every_body_is_strict_about_what_it_takes(body: type[BaseModel]) -> None:
    assert issubclass(body, Body)


def test_routes_take_a_body_by_the_door_that_cleans_it() -> None:
    source = Path(api.__file__).parent
    found = [path.name for path in source.rglob("*.py") if "model_validate_json(" in path.read_text(encoding="utf-8")]
    assert found == ["requests.py"]


class _Within(Body):
    name: str


class _Sent(Body):
    name: str
    line: Line
    words: SomeWords
    data: dict[str, Any]
    rows: list[_Within]
    password: str
    count: int
    on: Day


def test_what_is_taken_can_be_seen() -> None:
    data: JsonObject = {"note": HIDDEN, "rows": [{"cell": HIDDEN}, 7]}
    sent: JsonObject = {
        "name": HIDDEN,
        "line": HIDDEN,
        "words": HIDDEN,
        "data": data,
        "rows": [{"name": HIDDEN}],
        "password": HIDDEN,
    }
    taken = read_body(_Sent, sent | {"count": 3, "on": "2026-11-29"})
    assert (taken.name, taken.line, taken.words, taken.count) == ("abc", "abc", "abc", 3)
    assert taken.on == date(2026, 11, 29)
    assert taken.data == {"note": "abc", "rows": [{"cell": "abc"}, 7]}
    assert [row.name for row in taken.rows] == ["abc"]
    assert taken.password == HIDDEN
