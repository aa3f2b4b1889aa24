"""How the rows of a statement become what is handed out."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from types import SimpleNamespace

import pytest

from casework.operations.core.views import Named, fields_of, row_as, rows_as, to_named


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """What everybody sees."""

    id: str
    title: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Whole(Outline):
    """What few see."""

    secret: str


ROW = SimpleNamespace(id="1", title="Steam", secret="None yet", more="what nobody asked for")


def test_a_row_becomes_what_has_fields_of_its_names_and_nothing_more() -> None:
    assert row_as(Outline, ROW) == Outline(id="1", title="Steam")
    assert rows_as(Outline, [ROW, ROW]) == [Outline(id="1", title="Steam")] * 2


def test_what_is_said_beside_it_counts_and_is_not_looked_for_in_the_row() -> None:
    assert row_as(Outline, SimpleNamespace(id="1"), title="Heat") == Outline(id="1", title="Heat")
    assert row_as(Outline, ROW, title="Heat").title == "Heat"


def test_an_outline_becomes_what_says_more() -> None:
    outline = row_as(Outline, ROW)
    assert row_as(Whole, outline, secret="Told") == Whole(id="1", title="Steam", secret="Told")
    with pytest.raises(AttributeError):
        row_as(Whole, outline)


def test_what_says_more_takes_the_fields_as_they_stand() -> None:
    outline = row_as(Outline, ROW)
    assert Whole(**fields_of(outline), secret="Told") == row_as(Whole, outline, secret="Told")


def test_what_is_handed_out_is_changed_by_nobody() -> None:
    with pytest.raises(FrozenInstanceError):
        row_as(Outline, ROW).title = "Heat"  # type: ignore[misc]  # what must not be done


@pytest.mark.parametrize(
    ("id", "told"),
    [("a", Named(id="a", name="Anna")), ("b", Named(id="b", name=None)), (None, None)],
)
def test_somebody_is_told_by_name_as_far_as_it_is_known(id: str | None, told: Named | None) -> None:
    assert to_named(id, {"a": "Anna"}) == told
