"""No text of a request's body brings in what nobody sees, whichever route takes it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from casework.api import ROUTES
from casework.api.protocol.fields import Body, Line, SomeWords

HIDDEN = "a\u202eb\u200bc\ufeff"
BODIES = sorted({route.body for route in ROUTES if route.body is not None}, key=lambda body: str(body.__name__))


@pytest.mark.parametrize("body", BODIES, ids=lambda body: str(body.__name__))
def test_every_body_is_cleaned_before_it_is_checked(body: type[BaseModel]) -> None:
    assert issubclass(body, Body)
    assert body.__pydantic_decorators__.model_validators["_seen"].info.mode == "before"


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


def test_what_is_taken_can_be_seen() -> None:
    data = {"note": HIDDEN, "rows": [{"cell": HIDDEN}, 7]}
    sent = {
        "name": HIDDEN,
        "line": HIDDEN,
        "words": HIDDEN,
        "data": data,
        "rows": [{"name": HIDDEN}],
        "password": HIDDEN,
    }
    taken = _Sent.model_validate(sent | {"count": 3})
    assert (taken.name, taken.line, taken.words, taken.count) == ("abc", "abc", "abc", 3)
    assert taken.data == {"note": "abc", "rows": [{"cell": "abc"}, 7]}
    assert [row.name for row in taken.rows] == ["abc"]
    assert taken.password == HIDDEN
