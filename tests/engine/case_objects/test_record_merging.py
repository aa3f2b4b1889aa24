"""Two records of one need or technology: what speaks against making them one, what is taken over, and which match is given up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.kept_records import FIELDS
from casework.engine.case_objects.record_merging import (
    TOGETHER,
    Facts,
    Pair,
    differing,
    given_up,
    moves,
    refusals,
    taken,
    units,
)
from casework.errors import InvalidForm


def record(id: str, noun: str = "need", **more: Any) -> dict[str, Any]:
    return {**FIELDS[noun], "id": id, "programme_id": "p", "merged_into": None, "title": "Steam", **more}


def codes(**facts: Any) -> list[str]:
    given = {"gone": record("a"), "kept": record("b")} | facts
    return [getattr(why, "code", str(why)) for why in refusals(Facts(**given))]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"kept": record("a")}, "merge_record_with_itself"),
        ({"gone": record("a", merged_into="c")}, "record_merged"),
        ({"kept": record("b", merged_into="c")}, "record_merged"),
        ({"kept": record("b", programme_id="q")}, "merge_across_programmes"),
        ({"gone": record("a", owner_id="o"), "kept": record("b", owner_id="x")}, "merge_owners_differ"),
        ({"kept": record("b", status="withdrawn")}, "merge_into_ended"),
        ({"cases": ["BJ-2026-0001", "BJ-2026-0002"]}, "merge_cases_of_one_pair"),
    ],
)
def test_what_speaks_against_it_is_said_and_nothing_else_does(facts: dict[str, Any], code: str) -> None:
    assert codes() == codes(gone=record("a", owner_id="o")) == []
    assert codes(**facts) == [f"catalogue.{code}"]


def test_every_field_but_its_standing_is_in_one_unit() -> None:
    for noun, fields in FIELDS.items():
        named = [name for names in units(noun) for name in names]
        assert sorted(named) == sorted(set(fields) - {"status"})


values = st.sampled_from([None, "x", "y"])
needs = st.fixed_dictionaries({name: values for name in FIELDS["need"] if name != "status"})


@given(needs, needs, st.data())
def test_nothing_is_lost_that_nobody_gave_up(one: dict[str, Any], other: dict[str, Any], data: st.DataObject) -> None:
    gone, kept = record("a") | one, record("b") | other
    differ = differing("need", gone, kept)
    chosen = data.draw(st.sets(st.sampled_from(differ)) if differ else st.just(set()))
    after = kept | taken("need", gone, kept, chosen)
    for names in units("need"):
        left, right, now = ([each[name] for name in names] for each in (gone, kept, after))
        # What goes together stays together: both ends are of one of the two records.
        assert now in (left, right)
        if any(right) and names[0] not in chosen:
            assert now == right
        if names[0] in chosen or not any(right):
            assert now == left
    assert after["status"] == kept["status"]
    assert "owner_id" not in differ


def test_what_does_not_differ_is_not_chosen() -> None:
    gone, kept = record("a", sector="Dairy"), record("b", sector="Dairy", budget="1", budget_currency="CNY")
    for name in ("sector", "budget", "budget_currency", "title", "status", "nothing"):
        with pytest.raises(InvalidForm, match="chosen"):
            taken("need", gone, kept, [name])
    assert differing("need", gone | {"budget": "2", "budget_currency": "CNY"}, kept) == ["budget"]
    assert all(any(names[0] in fields for fields in FIELDS.values()) for names in TOGETHER)


@pytest.mark.parametrize(
    ("pair", "moved", "refused"),
    [
        (Pair("g", False), True, None),
        (Pair("g", True), True, None),
        (Pair("g", False, "k", False), False, "g"),
        (Pair("g", False, "k", True), False, "g"),
        (Pair("g", True, "k", False), False, "k"),
        (Pair("g", True, "k", True), False, None),
    ],
)
def test_of_two_matches_of_one_pair_one_without_a_case_is_given_up(pair: Pair, moved: bool, refused: str) -> None:
    assert moves(pair) is moved
    assert given_up(pair) == refused


@pytest.mark.parametrize(
    ("gone", "kept", "chosen", "after"),
    [
        ("closed", "public", False, "closed"),
        ("on_request", "public", False, "on_request"),
        ("public", "closed", False, "closed"),
        ("public", "closed", True, "public"),
        ("public", "public", False, "public"),
    ],
)
def test_of_two_levels_of_publication_the_narrower_stands_where_none_is_chosen(
    gone: str, kept: str, chosen: bool, after: str
) -> None:
    one, other = record("a", "technology", publication=gone), record("b", "technology", publication=kept)
    said = other | taken("technology", one, other, {"publication"} if chosen else set())
    assert said["publication"] == after


@pytest.mark.parametrize(
    ("gone", "kept", "silently"),
    [
        ("closed", "public", False),
        ("on_request", "public", False),
        ("public", "public", True),
        ("public", "closed", True),
    ],
)
def test_of_a_need_that_is_published_less_nothing_goes_over_but_what_is_chosen(
    gone: str, kept: str, silently: bool
) -> None:
    said = {"problem": "Steam escapes", "owner_id": "o"}
    one = record("a", "need", publication=gone, **said)
    other = record("b", "need", publication=kept)
    after = taken("need", one, other, set())
    assert {name: after.get(name) for name in said} == (said if silently else dict.fromkeys(said))
    assert ("problem" in differing("need", one, other)) is not silently
    if not silently:
        assert taken("need", one, other, {"problem"}) == {"problem": "Steam escapes"}
        # Nobody may ask its enterprise of a need that has no owner.
        assert taken("need", one, other, {"owner_id"}) == {"owner_id": "o"}
    assert "owner_id" not in differing("need", one, other | {"owner_id": "merged into o"})
