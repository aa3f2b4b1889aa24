"""What looks like an entry of a catalogue, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from casework.engine.case_objects.programme_lists import LISTS
from casework.engine.definition.list_names import (
    CATALOGUES,
    CLOSING_REASONS,
    INDICATOR_KINDS,
    INDICATORS,
    PRINTED,
    REASON_KINDS,
    is_key,
    kind_and_unit,
    listed_in,
)


def test_each_catalogue_is_a_list_of_every_programme_whose_entries_have_a_version() -> None:
    assert {name for name, kind in LISTS.items() if kind.versioned} == CATALOGUES
    assert all(is_key(entry.key) for name in CATALOGUES for entry in LISTS[name].start)


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("2025/1.3.2", True),
        ("2025", False),
        ("/1", False),
        ("2025/", False),
        ("2025/1/2", False),
        ("2025/ 1", False),
        ("二/1", False),
    ],
)
def test_a_key_is_a_version_and_a_code(words: str, right: bool) -> None:
    assert is_key(words) is right


def test_an_indicator_says_in_its_key_what_it_is_about_and_in_what_it_is_counted() -> None:
    assert kind_and_unit("pollutant/SO2 kg") == ("pollutant", "kg")
    assert kind_and_unit("energy/MWh") == ("energy", "MWh")
    for name, kinds in ((INDICATORS, INDICATOR_KINDS), (CLOSING_REASONS, REASON_KINDS)):
        assert {kind_and_unit(entry.key)[0] for entry in LISTS[name].start} == set(kinds)
    assert CATALOGUES > PRINTED


def test_what_is_chosen_from_lists_is_found_in_rows_too() -> None:
    cell: Any = {"name": "measure", "type": "listed", "catalogue": INDICATORS}
    rows: Any = {"name": "figures", "type": "rows", "fields": [cell, {"name": "value", "type": "number"}]}
    item: Any = {"name": "item", "type": "listed", "catalogue": "green_items"}
    given: Any = [{"measure": "energy/MWh", "value": "1"}, {"value": "2"}, "odd", {"measure": "water/m3"}]
    assert [(one.where, one.catalogue, one.key) for one in listed_in(rows, given)] == [
        ("figures.0.measure", INDICATORS, "energy/MWh"),
        ("figures.3.measure", INDICATORS, "water/m3"),
    ]
    assert [one.key for one in listed_in(item, "2025/1")] == ["2025/1"]
    assert not list(listed_in(item, None))
    item["type"] = "listed_many"
    chosen = [(one.where, one.key) for one in listed_in(item, ["2025/1", "2025/2"])]
    assert chosen == [("item", "2025/1"), ("item", "2025/2")]
    item["type"] = "choice"
    assert not list(listed_in(item, "2025/1"))
