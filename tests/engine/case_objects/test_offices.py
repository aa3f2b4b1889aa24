"""One list of offices: whoever asks whose a right is finds the same, however the office is spelt."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.countries import COUNTRIES
from casework.engine.case_objects.offices import country_of_office, of_china, one_form
from casework.engine.case_objects.right_days import last_day
from workflows.codes import TERRITORIES
from workflows.right_places import country_of, is_patent_here

HERE = (
    "CN", " cn ", "C.N.", "China", "CHINA", "PRC", "P.R. China", "People’s Republic of China", "CNIPA", "cnipa", "ＣＮＩＰＡ", "SIPO",
    "China National Intellectual Property Administration", "State Intellectual Property Office", "中国", "国家知识产权局",
    "中国 国家知识产权局", "中华人民共和国国家知识产权局", "国知局",
)  # fmt: skip
ELSEWHERE = (
    "EPO",
    "EP",
    "EUIPO",
    "WIPO",
    "HK",
    "TW",
    "USPTO",
    "DPMA",
    "de",
    "Office of Works",
    "Hong Kong, China",
    "WORLD",
)


@pytest.mark.parametrize("office", HERE)
def test_however_it_is_spelt_the_patent_office_here_is_the_one(office: str) -> None:
    assert of_china(office)
    assert country_of_office(office) == "CN"


@pytest.mark.parametrize("office", [*ELSEWHERE, None, "", " "])
def test_no_other_office_is_taken_for_it(office: str | None) -> None:
    assert not of_china(office)


@pytest.mark.parametrize(
    ("office", "country"),
    [("USPTO", "US"), ("dpma", "DE"), ("JP", "JP"), ("EPO", None), ("EP", None), ("WORLD", None), (None, None)],
)
def test_an_office_of_one_country_is_known_by_its_name_or_its_code(office: str | None, country: str | None) -> None:
    assert country_of_office(office) == country


offices = st.sampled_from([*HERE, *ELSEWHERE, *COUNTRIES]) | st.text(min_size=1).filter(lambda text: text.strip() != "")


@given(offices, st.sampled_from([str.upper, str.lower, str.title, lambda text: f" {text} "]))
def test_no_second_list_behaves_otherwise(office: str, spelt: Callable[[str], str]) -> None:
    """The duty to record a licence, the country of a right and its longest term go by the same office."""
    right = {"kind": "design", "office": spelt(office), "filed_on": "2020-05-01"}
    here = of_china(right["office"])
    assert is_patent_here(right) is here
    assert (country_of(right) == "CN") is here
    # A design lasts fifteen years here, and up to twenty-five elsewhere.
    assert last_day(right, "2026-03-16") == ("2035-05-01" if here else "2045-05-01")


@given(offices)
def test_a_right_holds_in_the_country_of_its_office(office: str) -> None:
    country = country_of_office(office)
    assert country_of({"kind": "invention", "office": office}) == (country if country in TERRITORIES else None)


def test_a_right_of_which_nobody_has_said_the_office_may_be_of_the_one_here() -> None:
    for office in (None, "", "  "):
        assert is_patent_here({"kind": "invention", "office": office})
        assert country_of({"kind": "invention", "office": office}) is None


@pytest.mark.parametrize(
    ("written", "recorded"),
    [
        ("国家知识产权局", "CN"),
        (" cnipa ", "CN"),
        ("CN", "CN"),
        ("uspto", "US"),
        ("EPO", "EPO"),
        ("国家版权局", "国家版权局"),
        ("", ""),
        (None, None),
    ],
)
def test_an_office_is_recorded_in_one_form(written: str | None, recorded: str | None) -> None:
    assert one_form(written) == recorded
    assert one_form(one_form(written)) == recorded
