"""Each code of the patent classification lies in one field of technology at most, and that is WIPO's."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.technology_details import ipc_code
from casework.engine.case_objects.technology_fields import _TABLE, FIELDS, _read, technology_field

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: What several fields share, by its main groups.
SHARED = {"A61K", "B01D", "C13B", "E01F", "G01N", "H04N"}
#: A code or two of each field, and where it lies.
WHERE = {
    "H02J3/38": "1", "F21V8/00": "1", "H05K1/02": "2", "H04N5/225": "2", "H04N7/18": "3", "H04N21/234": "4", "H04L12/28": "4",
    "H04W4/02": "4", "H03M7/30": "5", "G06F17/30": "6", "G06Q10/06": "7", "H01L21/02": "8", "H10K50/11": "8", "G02B6/42": "9",
    "G01N21/64": "10", "G01N33/50": "11", "G05B19/418": "12", "A61B5/00": "13", "A61K8/49": "14", "A61Q19/00": "14", "C12N15/82": "15",
    "A61K31/495": "16", "A61P35/00": "16", "C08L23/12": "17", "A23L33/10": "18", "C13B20/00": "18", "C09K5/06": "19", "C22C38/04": "20",
    "C23C16/44": "21", "B82Y30/00": "22", "B01D61/02": "23", "B01D33/00": "23", "B01D53/62": "24", "C02F1/44": "24", "E01F8/00": "24",
    "B25J9/16": "25", "B23K26/38": "26", "F03D1/06": "27", "D21H27/00": "28", "A01G31/00": "29", "C13B5/00": "29", "F24D3/08": "30",
    "F28F1/00": "30", "F16H61/02": "31", "B60L53/00": "32", "A63F13/00": "33", "F25D11/02": "34", "G10L15/22": "6", "G10H1/00": "34",
    "E04B1/00": "35", "E01F15/04": "35",
}  # fmt: skip
codes = st.builds(
    "{}{:02}{}{}".format,
    st.sampled_from("ABCDEFGH"),
    st.integers(1, 99),
    st.sampled_from(LETTERS),
    st.one_of(st.just(""), st.builds("{}/{:02}".format, st.integers(1, 199), st.integers(0, 99))),
)


def test_there_are_thirty_five_fields_in_the_order_of_their_numbers() -> None:
    assert tuple(str(n) for n in range(1, 36)) == FIELDS


@pytest.mark.parametrize(("code", "field"), WHERE.items())
def test_a_code_is_of_the_field_that_wipo_counts_it_in(code: str, field: str) -> None:
    assert ipc_code(code) == code
    assert technology_field([code]) == field


@pytest.mark.parametrize(
    ("code", "field"),
    [("F24", "30"), ("F24D", "30"), ("C12N", "15"), ("C12", None), *((one, None) for one in sorted(SHARED))],
)
def test_what_says_no_more_than_its_class_or_subclass_is_of_a_field_where_all_of_that_is(
    code: str, field: str | None
) -> None:
    assert technology_field([code]) == field


@pytest.mark.parametrize("codes", [[], [""], ["Y02E10/50"], ["heat"], ["A01Z1/00"], ["H04N2/00"], ["F24D3"]])
def test_what_the_table_does_not_have_is_of_no_field(codes: list[str]) -> None:
    assert technology_field(codes) is None


@given(st.lists(codes, min_size=1, max_size=4))
def test_the_first_code_alone_says_the_field(said: list[str]) -> None:
    assert technology_field(said) == technology_field(said[:1])


@given(codes)
def test_a_code_is_of_the_field_of_what_it_is_a_part_of(code: str) -> None:
    field, subclass, place = (technology_field([one]) for one in (code, code[:4], code[:3]))
    assert field in (None, *FIELDS)
    assert place in (None, subclass)
    assert subclass in (None, field)


def test_no_class_subclass_or_group_stands_in_the_table_twice() -> None:
    told = Counter(entry.split(":")[0] for entries in _TABLE.values() for entry in entries.split())
    classes, groups = _read()
    wholes = [entry for entries in _TABLE.values() for entry in entries.split() if ":" not in entry]
    # Each letter of an entry is a subclass, and `#` stands for all of its class.
    assert len(classes) == sum(len(entry) - 3 for entry in wholes)
    assert {entry for entry, times in told.items() if times > 1} == SHARED
    assert {subclass for subclass, _ in groups} == SHARED
    within = {place for place in classes if len(place) == 4}
    assert not any(place[:3] in classes for place in within | SHARED)
    assert not within & SHARED
    shared = [entry for entries in _TABLE.values() for entry in entries.split() if ":" in entry]
    assert len(groups) == sum(len(_read_groups(entry)) for entry in shared)


def _read_groups(entry: str) -> list[int]:
    ranges = [one.partition("-") for one in entry.partition(":")[2].split(",")]
    return [n for first, _, last in ranges for n in range(int(first), int(last or first) + 1)]


def test_every_field_has_codes_of_its_own() -> None:
    classes, groups = _read()
    assert {*classes.values(), *groups.values()} == {*FIELDS}
