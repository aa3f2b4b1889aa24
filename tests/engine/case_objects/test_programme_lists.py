"""The lists of a programme: what they begin with, what lies over that, and a table that is taken whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.programme_lists import (
    AT_FIRST,
    COLUMNS,
    CONTENT,
    LAST,
    LISTS,
    MOST_ROWS,
    changed,
    cleaned,
    find,
    in_both,
    insist_apart,
    key_of,
    meant,
    offered,
    offered_after,
    overlay,
    table_of,
)
from casework.engine.definition.list_names import CATALOGUES
from casework.errors import InvalidForm

WORDS = {"label": "Air", "label_zh": "空气"}
CODES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9 ._-]{0,20}[A-Za-z0-9])?", fullmatch=True)


def test_every_list_begins_in_both_languages_with_codes_that_it_takes_itself() -> None:
    for name, kind in LISTS.items():
        assert kind.start
        for entry in kind.start:
            values = cleaned(
                name,
                {
                    "code": entry.code,
                    "version": entry.version,
                    "label": entry.label,
                    "label_zh": entry.label_zh,
                    "position": entry.position,
                },
            )
            assert values["label_zh"] == entry.label_zh
            assert key_of(values["code"], values["version"]) == entry.key
        assert len({entry.key for entry in kind.start}) == len(kind.start)
        assert bool(kind.start[0].version) is kind.versioned


def test_an_answer_names_an_entry_of_one_catalogue_alone() -> None:
    first = overlay(())
    keys = [entry.key for name in sorted(CATALOGUES) for entry in first[name]]
    assert len(set(keys)) == len(keys)
    taken = first["closing_reasons"][0].key
    insist_apart(first, "closing_reasons", [taken])
    # What is known by its code alone is looked up in its own list.
    insist_apart(first, "sectors", [taken])
    with pytest.raises(InvalidForm) as refusal:
        insist_apart(first, "indicators", ["energy/steam t", taken])
    assert taken in str(refusal.value.fields["code"])


def test_what_a_programme_says_stands_in_the_place_of_what_it_begins_with() -> None:
    rows = [
        cleaned("sectors", {"code": "Water", "label": "Waters", "label_zh": "水务", "retired": True}),
        cleaned("sectors", {"code": "steel", "label": "Steel", "label_zh": "钢铁", "position": 1}),
    ]
    sectors = overlay(rows)["sectors"]
    assert [entry.code for entry in sectors][0] == "steel"
    water = find(sectors, "Water")
    assert water is not None
    assert (water.label_zh, water.retired, water.shipped) == ("水务", True, False)
    assert water not in offered(sectors)
    assert len(sectors) == len(LISTS["sectors"].start) + 1


def test_words_of_either_language_mean_the_entry() -> None:
    sectors = overlay([])["sectors"]
    assert meant(sectors, "water") == meant(sectors, "水") == "Water"
    assert meant(sectors, "Steel") == "Steel"
    assert meant(overlay([])["green_items"], "环境保护产业") == "2025/2"


@pytest.mark.parametrize(
    ("name", "fields", "faulty"),
    [
        ("sectors", {"code": "a/b"}, {"code", "label", "label_zh"}),
        ("sectors", {"code": ""} | WORDS, {"code"}),
        ("sectors", {"code": "a", "version": "2025"} | WORDS, {"version"}),
        ("green_items", {"code": "1.1"} | WORDS, {"version"}),
        ("sectors", {"code": "a", "position": 0} | WORDS, {"position"}),
        ("sectors", {"code": "a", "position": "first"} | WORDS, {"position"}),
        ("indicators", {"code": "steam t"} | WORDS, {"version"}),
        ("indicators", {"code": "steam t", "version": "2025"} | WORDS, {"version"}),
        ("indicators", {"code": "steam m³", "version": "energy"} | WORDS, {"code"}),
        ("sectors", {"code": "a" * 61} | WORDS, {"code"}),
        ("sectors", {"code": "a", "label": "\u202eb", "label_zh": "空"}, {"label"}),
    ],
)
def test_every_fault_of_an_entry_is_named(name: str, fields: dict[str, Any], faulty: set[str]) -> None:
    with pytest.raises(InvalidForm) as refusal:
        cleaned(name, fields)
    assert set(refusal.value.fields) == faulty


@given(st.lists(CODES, min_size=1, max_size=8, unique=True), st.sampled_from([",", "\t"]))
def test_a_table_is_read_as_it_was_written(codes: list[str], mark: str) -> None:
    lines = [mark.join(("code", "label", "label_zh")), *(mark.join((code, "Air", "空气")) for code in codes)]
    values = table_of("sectors", "\n".join(lines))
    assert [one["code"] for one in values] == codes
    assert [one["position"] for one in values] == [10 * (n + 1) for n in range(len(codes))]


def test_what_is_retired_and_where_it_stands_is_read_too() -> None:
    content = (
        "\ufeffversion,code,label,label_zh,position,retired\r\n2025,1.1,Air,空气,7,yes\r\n\r\n2025,1.2,Water,水,,\r\n"
    )
    first, second = table_of("green_items", content)
    assert (first["position"], first["retired"], first["version"]) == (7, True, "2025")
    assert (second["position"], second["retired"]) == (30, False)


@pytest.mark.parametrize(
    ("content", "faulty"),
    [
        ("", {CONTENT}),
        ("code,label,label_zh", {CONTENT}),
        ("code,label\na,b", {CONTENT}),
        ("code,label,label_zh,colour\na,b,c,d", {CONTENT}),
        ('code,label,label_zh\n"a,b,c', {CONTENT}),
        ("code,label,label_zh\na,Air,\nb/c,Air,空气", {"row.2.label_zh", "row.3.code"}),
        ("code,label,label_zh\na,Air,空气\na,Air,空气", {"row.3.code"}),
        ("code,label,label_zh\na,Air,空气,more", {"row.2.row"}),
        ("code,label,label_zh,position\na,Air,空气,-1", {"row.2.position"}),
        ("code,label,label_zh\n" + "a,Air,空气\n" * (MOST_ROWS + 1), {CONTENT}),
    ],
)
def test_every_fault_of_a_table_is_told_by_its_row(content: str, faulty: set[str]) -> None:
    with pytest.raises(InvalidForm) as refusal:
        table_of("sectors", content)
    assert set(refusal.value.fields) == faulty
    if (told := next(iter(faulty))).startswith("row."):
        assert str(refusal.value.fields[told]).startswith(f"Row {told.split('.')[1]}, ")


@given(st.lists(st.tuples(st.sampled_from(["Water", "steel", "cement"]), st.booleans()), max_size=12))
def test_what_is_offered_after_some_changes_is_what_the_rows_say(said: list[tuple[str, bool]]) -> None:
    rows: dict[str, dict[str, Any]] = {}
    now = dict(AT_FIRST)
    for code, retired in said:
        rows[code] = cleaned("sectors", {"code": code, "retired": retired} | WORDS)
        now = offered_after(changed("sectors", [rows[code]]), now)
    assert now["sectors"] == {entry.key for entry in offered(overlay(rows.values())["sectors"])}
    assert now["benefits"] == AT_FIRST["benefits"]


def test_an_entry_that_says_no_place_comes_last() -> None:
    assert cleaned("sectors", {"code": "a"} | WORDS)["position"] == LAST
    assert set(COLUMNS) == {"version", "code", "label", "label_zh", "position", "retired"}


def test_a_table_of_indicators_has_kinds_and_one_of_a_catalogue_versions() -> None:
    lines = "label,label_zh\nenergy,steam t,Steam (t),蒸汽（t）\n"
    [steam] = table_of("indicators", f"kind,code,{lines}")
    assert key_of(steam["code"], steam["version"]) == "energy/steam t"
    for name, column in (("indicators", "version"), ("green_items", "kind"), ("sectors", "kind")):
        with pytest.raises(InvalidForm) as refusal:
            table_of(name, f"{column},code,{lines}")
        assert "unknown" in str(refusal.value.fields[CONTENT])
    with pytest.raises(InvalidForm) as refusal:
        table_of("indicators", f"kind,code,{lines}heat,hot kWh,Heat,热\n")
    assert str(refusal.value.fields["row.3.version"]).startswith("Row 3, kind: is one of: energy, ")


def test_what_is_printed_with_a_number_is_told_with_it() -> None:
    lists = overlay([cleaned("green_items", {"code": "1.3", "version": "2021"} | WORDS)])
    told = {one.key: one.called(one.label) for name in ("green_items", "indicators") for one in lists[name]}
    assert told["2021/1.3"] == "2021/1.3 Air"
    assert told["2025/9"] == "2025/9 Green consumption"
    assert told["yield/pieces"] == "Output (pieces)"


@pytest.mark.parametrize(
    ("words", "english", "chinese"),
    [
        ("steam boilers / 蒸汽锅炉", "steam boilers", "蒸汽锅炉"),
        ("Burners", "Burners", "Burners"),
        ("蒸汽/热水", "蒸汽/热水", "蒸汽/热水"),
        ("", "", ""),
    ],
)
def test_a_word_in_both_languages_is_two_names(words: str, english: str, chinese: str) -> None:
    assert in_both(words) == (english, chinese)
