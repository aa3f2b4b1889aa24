"""What the views of the catalogue say of themselves."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from casework.operations.catalogue.views import Match, MatchSide

A_MOMENT = "2026-03-02T09:00:00+08:00"
SIDE = MatchSide(id="a", title="Heat pump", values=0, confirmed=0)


def open_match() -> Match:
    """A match that nobody has decided on, of two records in use."""
    values: dict[str, Any] = dict.fromkeys(field.name for field in fields(Match))
    return Match(**(values | {"need": SIDE, "technology": SIDE, "confirmed": True}))


def test_a_match_that_nobody_decided_on_is_not_over() -> None:
    assert open_match().is_over is False


@pytest.mark.parametrize(
    "ended",
    [
        pytest.param({"case": "CASE-2026-0001"}, id="it has its case"),
        pytest.param({"refused_at": A_MOMENT}, id="it is refused"),
        pytest.param({"expired_at": A_MOMENT}, id="nobody follows it"),
        pytest.param({"need": replace(SIDE, ended="withdrawn")}, id="its need ended"),
        pytest.param({"technology": replace(SIDE, ended="owner_expired")}, id="the owner of its technology ended"),
    ],
)
def test_each_end_is_enough_for_a_match_to_be_over(ended: dict[str, object]) -> None:
    assert replace(open_match(), **ended).is_over is True  # type: ignore[arg-type]  # names and values from a table


@pytest.mark.parametrize(
    "going_on",
    [{"shortlisted_at": A_MOMENT}, {"run": "a", "rank": 1}, {"confirmed": False}],
    ids=lambda change: next(iter(change)),
)
def test_what_is_only_weighed_is_not_over(going_on: dict[str, object]) -> None:
    assert replace(open_match(), **going_on).is_over is False  # type: ignore[arg-type]  # names and values from a table
