"""An organisation's record: codes whose last character checks the others, names that look alike, and values as they are kept."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.organisations import (
    are_alike,
    bare_name,
    cleaned,
    is_credit_code,
    look_alike,
    plain_number,
)
from casework.errors import InvalidForm

TSINGHUA = "12100000400000624D"
DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("code", [TSINGHUA, "91110000802100433B", "91350100M000100Y43"])
def test_codes_that_were_given_out_are_codes(code: str) -> None:
    assert is_credit_code(code)


@given(place=st.integers(0, 17), letter=st.sampled_from(DIGITS))
def test_one_wrong_character_is_found(place: int, letter: str) -> None:
    code = TSINGHUA[:place] + letter + TSINGHUA[place + 1 :]
    assert is_credit_code(code) == (code == TSINGHUA)


@given(st.text(alphabet=DIGITS, min_size=17, max_size=17))
def test_each_beginning_has_one_last_character(first: str) -> None:
    assert sum(is_credit_code(first + last) for last in DIGITS) == 1


@pytest.mark.parametrize("code", ["", TSINGHUA[:-1], TSINGHUA + "0", TSINGHUA.lower(), TSINGHUA.replace("0", "O")])
def test_what_has_another_shape_is_none(code: str) -> None:
    assert not is_credit_code(code)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Nordwind Boilers GmbH", "NORDWIND BOILERS", True),
        ("Nordwind Boilers", "Nordwind Boiler", True),
        ("Hebei Steam Works Co., Ltd.", "Hebei Steam Works", True),
        ("河北蒸汽有限公司", "河北蒸汽股份有限公司", True),
        ("Haidian Lab", "Chaoyang Bank", False),
        ("有限公司", "集团", False),
        ("ABC GmbH", "XYZ GmbH", False),
    ],
)
def test_names_look_alike_whatever_the_company_is_called_behind_them(one: str, other: str, alike: bool) -> None:
    assert are_alike(one, other) is alike


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_has_no_direction_and_a_name_is_like_itself(one: str, other: str) -> None:
    assert are_alike(one, other) == are_alike(other, one)
    assert are_alike(one, one) is bool(bare_name(one))


def test_those_known_are_found_by_either_name() -> None:
    known = [("Kiln Works", "窑炉厂"), ("Nordwind Boilers", None), ("Other", None)]
    assert list(look_alike(["Nordwind Boilers AG", None], known)) == [1]
    assert list(look_alike(["X", "窑炉厂"], known)) == [0]


def test_values_are_kept_in_one_way() -> None:
    given_ = {
        "name": "  Tsinghua   Green Lab ",
        "country": "cn",
        "register_number": "1210 0000 4000 00624d",
        "name_zh": " ",
        "share": "25.5",
        "state_owned": True,
    }
    assert cleaned(given_) == {
        "name": "Tsinghua Green Lab",
        "country": "CN",
        "register_number": TSINGHUA,
        "name_zh": None,
        "share": "25.5",
        "state_owned": True,
    }
    assert plain_number("hrb 12 34") == "HRB1234"


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"name": " "}, {"name"}),
        ({"name": "A\u200bB"}, {"name"}),
        ({"country": "China"}, {"country"}),
        ({"country": "UK"}, {"country"}),
        ({"country": "EU"}, {"country"}),
        ({"country": "GB"}, set()),
        ({"country": "CN", "register_number": TSINGHUA[:-1] + "E"}, {"register_number"}),
        ({"country": "DE", "register_number": "HRB 1"}, set()),
        ({"size": "huge", "kind": "provider", "language": "fr"}, {"size", "kind", "language"}),
        ({"state_owned": "yes"}, {"state_owned"}),
        ({"email": "nobody"}, {"email"}),
        ({"email": "a@b"}, {"email"}),
        ({"email": "li@works.example"}, set()),
        ({"share": "25"}, {"share"}),
        ({"share": "100.1"}, {"share"}),
        ({"share": "half"}, {"share"}),
        ({"share": "100"}, set()),
    ],
)
def test_every_fault_is_told_at_its_field(fields: dict[str, Any], faults: set[str]) -> None:
    if not faults:
        cleaned(fields)
        return
    with pytest.raises(InvalidForm) as refused:
        cleaned(fields)
    assert set(refused.value.fields) == faults


def test_a_number_is_checked_by_the_country_that_the_record_has() -> None:
    assert cleaned({"register_number": "HRB 1"}, "DE") == {"register_number": "HRB 1"}
    with pytest.raises(InvalidForm, match="register_number"):
        cleaned({"register_number": "HRB 1"}, "CN")
