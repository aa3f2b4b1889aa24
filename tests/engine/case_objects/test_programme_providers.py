"""A list of providers is kept in order, and what only adds to it is told apart."""

from __future__ import annotations

import pytest

from casework.engine.case_objects.programme_providers import MOST, Asked, cleaned, only_adds
from casework.errors import InvalidForm


def test_a_list_has_each_once_and_in_order() -> None:
    assert cleaned(["b", "a", "b"]) == ["a", "b"]
    assert cleaned([]) == []
    assert cleaned(None) is None
    with pytest.raises(InvalidForm, match=str(MOST)):
        cleaned([str(n) for n in range(MOST + 1)])


@pytest.mark.parametrize(
    ("before", "after", "adds"),
    [
        (["a"], ["a", "b"], True),
        ([], ["a"], True),
        (["a"], ["a"], False),
        (["a", "b"], ["a"], False),
        (["a"], ["b"], False),
        (None, ["a"], False),
        (["a"], None, False),
    ],
)
def test_only_what_adds_to_a_list_needs_no_reason(before: Asked, after: Asked, adds: bool) -> None:
    assert only_adds(before, after) is adds
