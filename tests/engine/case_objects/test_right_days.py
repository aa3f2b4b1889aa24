"""Days of a right that cannot be: every rule by a row, and by a property what must never be refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casework import reasons
from casework.engine.case_objects.offices import of_china
from casework.engine.case_objects.right_days import (
    TERMS,
    burden_impossible,
    filed_after_burdens,
    impossible,
    last_day,
    sure_until,
)
from casework.engine.case_objects.right_kinds import KINDS

TODAY = "2026-03-16"
OF_CHINA = {"kind": "invention", "office": "CNIPA", "filed_on": "2020-05-01"}
kinds = st.sampled_from(sorted(KINDS))
offices = st.sampled_from([None, "CNIPA", "cn ", "国家知识产权局", "EPO", "USPTO", "JPO"])
past = st.dates(date(1990, 1, 1), date(2026, 3, 16)).map(date.isoformat)


@pytest.mark.parametrize(
    ("right", "last"),
    [
        # Patent Law Art. 42: 20 years from the filing, five more at most for a medicine, and what the office lost beyond four years.
        (OF_CHINA, "2045-05-01"),
        (OF_CHINA | {"granted_on": "2024-05-01"}, "2045-05-01"),
        (OF_CHINA | {"granted_on": "2024-05-11"}, "2045-05-11"),
        (OF_CHINA | {"filed_on": None}, "2051-03-16"),
        (OF_CHINA | {"filed_on": None, "granted_on": "2022-01-01"}, "2047-01-01"),
        (OF_CHINA | {"kind": "utility_model"}, "2030-05-01"),
        (OF_CHINA | {"kind": "design"}, "2035-05-01"),
        (OF_CHINA | {"kind": "design", "filed_on": "2020-02-29"}, "2035-03-01"),
        (OF_CHINA | {"kind": "plant_variety", "granted_on": "2023-05-01"}, "2048-05-01"),
        # Abroad a design lasts up to 25 years; an office may make up for all the time of an examination.
        (OF_CHINA | {"kind": "design", "office": "EUIPO"}, "2045-05-01"),
        (OF_CHINA | {"office": "USPTO", "granted_on": "2023-05-01"}, "2049-04-30"),
        (OF_CHINA | {"kind": "utility_model", "office": "DPMA"}, "2040-05-01"),
        (OF_CHINA | {"kind": "software"}, None),
        (OF_CHINA | {"kind": "application"}, None),
        (OF_CHINA | {"kind": "other"}, None),
        ({"kind": "know_how"}, None),
        ({"kind": "trade_secret"}, None),
        ({}, None),
    ],
)
def test_the_latest_day_depends_on_the_kind_the_office_and_the_days_on_record(
    right: dict[str, Any], last: str | None
) -> None:
    assert last_day(right, TODAY) == last


@pytest.mark.parametrize(
    ("right", "day"),
    [
        (OF_CHINA, "2040-04-30"),
        (OF_CHINA | {"filed_on": "2020-01-01"}, "2039-12-31"),
        (OF_CHINA | {"granted_on": "2025-05-01"}, "2040-04-30"),
        (OF_CHINA | {"expires_on": "2041-01-01"}, "2041-01-01"),
        (OF_CHINA | {"office": "EPO"}, "2040-04-30"),
        (OF_CHINA | {"kind": "utility_model"}, "2030-04-30"),
        (OF_CHINA | {"kind": "design"}, "2035-04-30"),
        (OF_CHINA | {"kind": "design", "office": "EUIPO"}, None),
        (OF_CHINA | {"kind": "utility_model", "office": None}, None),
        (OF_CHINA | {"filed_on": None}, None),
        (OF_CHINA | {"kind": "plant_variety", "granted_on": "2023-05-01"}, None),
        (OF_CHINA | {"kind": "software"}, None),
        (OF_CHINA | {"kind": "application"}, None),
        ({"kind": "know_how"}, None),
        ({}, None),
    ],
)
def test_by_its_filing_a_right_lasts_for_the_term_of_its_kind(right: dict[str, Any], day: str | None) -> None:
    assert sure_until(right) == day


@given(kind=kinds, office=offices, filed=past)
def test_nobody_is_sure_of_a_day_on_which_a_right_cannot_end(kind: str, office: str | None, filed: str) -> None:
    right = {"kind": kind, "office": office, "filed_on": filed}
    sure, last = sure_until(right), last_day(right, TODAY)
    assert sure is None or (last is not None and filed < sure < last)


FUTURE, EARLIER = reasons.fields.NOT_IN_FUTURE, reasons.catalogue.GRANTED_BEFORE_FILED


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({}, {}),
        ({"granted_on": "2020-05-01", "expires_on": "2040-05-01", "fee_paid_to": "2026-05-01"}, {}),
        ({"filed_on": "2026-03-17"}, {"filed_on": FUTURE}),
        ({"granted_on": "2026-03-17"}, {"granted_on": FUTURE}),
        ({"checked_on": "2026-03-17"}, {"checked_on": FUTURE}),
        ({"checked_on": TODAY, "granted_on": TODAY}, {}),
        ({"granted_on": "2020-04-30"}, {"granted_on": EARLIER}),
        ({"expires_on": "2045-05-01"}, {}),
        ({"expires_on": "2045-05-02"}, {"expires_on": reasons.catalogue.BEYOND_TERM(day="2045-05-01")}),
        ({"expires_on": "2020-05-01"}, {"expires_on": reasons.catalogue.EXPIRES_TOO_EARLY(day="2020-05-01")}),
        (
            {"granted_on": "2023-01-02", "expires_on": "2023-01-02"},
            {"expires_on": reasons.catalogue.EXPIRES_TOO_EARLY(day="2023-01-02")},
        ),
        (
            {"filed_on": None, "expires_on": "2099-01-01"},
            {"expires_on": reasons.catalogue.BEYOND_TERM(day="2051-03-16")},
        ),
        ({"expires_on": "2040-05-01", "fee_paid_to": "2040-05-01"}, {}),
        (
            {"expires_on": "2040-05-01", "fee_paid_to": "2040-05-02"},
            {"fee_paid_to": reasons.catalogue.FEE_AFTER_END(day="2040-05-01")},
        ),
        ({"fee_paid_to": "2046-01-01"}, {"fee_paid_to": reasons.catalogue.BEYOND_TERM(day="2045-05-01")}),
        ({"fee_paid_to": "2020-04-30"}, {"fee_paid_to": EARLIER}),
        ({"kind": "software", "expires_on": "2099-12-31"}, {}),
        (
            {"kind": "software", "expires_on": "2019-12-31"},
            {"expires_on": reasons.catalogue.EXPIRES_TOO_EARLY(day="2020-05-01")},
        ),
    ],
)
def test_what_cannot_be_is_told_at_its_field(more: dict[str, Any], wrong: dict[str, Any]) -> None:
    assert impossible(OF_CHINA | more, TODAY) == wrong


@given(kind=kinds, office=offices, filed=past, waited=st.integers(0, 5_000), lasts=st.integers(1, 3_650))
def test_a_right_of_a_usual_life_is_never_refused(
    kind: str, office: str | None, filed: str, waited: int, lasts: int
) -> None:
    granted = date.fromisoformat(filed) + timedelta(days=waited)
    assume(granted.isoformat() <= TODAY)
    # Ten years from the filing is the shortest term that there is; whoever was granted late has what the law adds.
    ends = max(granted, date.fromisoformat(filed)) + timedelta(days=lasts)
    assume(kind not in TERMS or ends <= date.fromisoformat(filed) + timedelta(days=3_650))
    days = {
        "filed_on": filed,
        "granted_on": granted.isoformat(),
        "expires_on": ends.isoformat(),
        "fee_paid_to": ends.isoformat(),
    }
    right = {"kind": kind, "office": office, "checked_on": TODAY} | {
        name: day for name, day in days.items() if name in KINDS[kind].fields
    }
    assert impossible(right, TODAY) == {}


@given(kind=st.sampled_from(sorted(TERMS)), office=offices, filed=past, beyond=st.integers(1, 400))
def test_no_day_after_the_last_one_passes_and_the_last_one_does(
    kind: str, office: str | None, filed: str, beyond: int
) -> None:
    right = {"kind": kind, "office": office, "filed_on": filed}
    last = last_day(right, TODAY)
    assert last is not None
    after = (date.fromisoformat(last) + timedelta(days=beyond)).isoformat()
    for field in ("expires_on", "fee_paid_to"):
        assert impossible(right | {field: last}, TODAY) == {}
        assert set(impossible(right | {field: after}, TODAY)) == {field}
    assert last_day(right | {"office": "EPO"}, TODAY) >= (last_day(right | {"office": "CN"}, TODAY) or "")  # type: ignore[operator]  # both have a term
    assert of_china(office) == (office in ("CNIPA", "cn ", "国家知识产权局"))


GRANTED = OF_CHINA | {"granted_on": "2022-05-01", "expires_on": "2026-01-01"}


@pytest.mark.parametrize(
    ("burden", "right", "why"),
    [
        ({"kind": "licence", "from": "2020-04-30"}, GRANTED, reasons.catalogue.BEFORE_FILING(day="2020-05-01")),
        ({"kind": "seizure", "from": "2020-04-30"}, GRANTED, reasons.catalogue.BEFORE_FILING(day="2020-05-01")),
        ({"kind": "licence", "from": "2020-05-01"}, GRANTED, None),
        ({"kind": "pledge", "from": "2022-04-30"}, GRANTED, reasons.catalogue.PLEDGED_BEFORE_GRANT(day="2022-05-01")),
        ({"kind": "pledge", "from": "2022-05-01"}, GRANTED, None),
        ({"kind": "licence", "from": "2026-01-02"}, GRANTED, reasons.catalogue.RIGHT_HAD_ENDED(day="2026-01-01")),
        # Somebody may ask afterwards that it be declared never to have been.
        ({"kind": "invalidation", "from": "2026-01-02"}, GRANTED, None),
        (
            {"kind": "licence", "from": "2020-04-30"},
            GRANTED | {"kind": "application"},
            reasons.catalogue.BEFORE_FILING(day="2020-05-01"),
        ),
        # Software is there before anybody registers it, and a secret is filed nowhere.
        ({"kind": "licence", "from": "2020-04-30"}, GRANTED | {"kind": "software"}, None),
        ({"kind": "licence", "from": "2020-04-30"}, {"kind": "know_how", "filed_on": None}, None),
        ({"kind": "licence", "from": None}, GRANTED, None),
    ],
)
def test_nothing_lies_on_a_right_before_it_is_there(burden: dict[str, Any], right: dict[str, Any], why: Any) -> None:
    assert burden_impossible(burden, right) == ({} if why is None else {"from": why})


def test_a_right_was_not_filed_after_what_lies_on_it() -> None:
    burdens: list[Any] = [{"from": "2021-01-01"}, {"from": "2020-06-01"}, {"from": None}]
    assert filed_after_burdens(OF_CHINA, burdens) == {}
    later = OF_CHINA | {"filed_on": "2020-06-02"}
    assert filed_after_burdens(later, burdens) == {"filed_on": reasons.catalogue.BURDENED_BEFORE(day="2020-06-01")}
    assert filed_after_burdens(later | {"kind": "software"}, burdens) == {}
    assert filed_after_burdens({"kind": "know_how"}, burdens) == {}
