"""Which class takes a case, when it may be removed and what keeps it: the truth table, and what holds of every case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.deadlines.calendars import Calendar
from casework.engine.retention import (
    ARCHIVED,
    OTHER,
    RETENTION_ASKED,
    RETENTION_REFUSED,
    RETENTION_SET,
    SHIPPED,
    CaseFacts,
    Fault,
    Kept,
    LegalHold,
    RetentionClass,
    class_from,
    class_of,
    classes_from,
    differences,
    due_if_closed_by,
    fault_of,
    fold,
    in_order,
    judge,
    names_in,
    removal_date,
    why_not_agreed,
    written,
)
from casework.engine.setting_proposals import REPLACED
from casework.engine.state.events import RegisterEvent
from casework.engine.two_person import AGREED, ASKED, REFUSED
from casework.ledger.redactable_bodies import ERASED

BEIJING = Calendar("Beijing")
CLOSED = datetime(2026, 5, 4, 9, tzinfo=UTC)
FIVE = RetentionClass(OTHER, "Others", "其他", 5)
LOANS = RetentionClass("loans", "Loans", "贷款", 10, frozenset({"pledge", "finance"}))
STOPPED = RetentionClass("stopped", "Stopped", "中止", 2, frozenset(), frozenset({"compliance_stop"}))
BOTH = RetentionClass("both", "Both", "两者", 20, frozenset({"finance"}), frozenset({"deployed_verified"}))
ALWAYS = RetentionClass("always", "Always", "永久", None, frozenset({"deployment"}))
ALL = (FIVE, LOANS, STOPPED, BOTH, ALWAYS)


def facts(*kinds: str, outcome: str | None = None, closed: datetime | None = CLOSED) -> CaseFacts:
    return CaseFacts(closed, frozenset(kinds), outcome)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (facts(), OTHER),
        (facts("ip"), OTHER),
        (facts("pledge"), "loans"),
        (facts("pledge", "finance", "ip"), "loans"),
        (facts(outcome="compliance_stop"), "stopped"),
        # Two take it: the longer one.
        (facts("pledge", outcome="compliance_stop"), "loans"),
        # Both conditions must hold.
        (facts("finance", outcome="deployed_verified"), "both"),
        (facts("finance", outcome="no_agreement"), "loans"),
        (facts(outcome="deployed_verified"), OTHER),
        # For good is the longest.
        (facts("finance", "deployment", outcome="deployed_verified"), "always"),
    ],
)
def test_the_class_that_keeps_it_longest_takes_a_case(case: CaseFacts, code: str) -> None:
    assert class_of(case, ALL).code == code
    assert class_of(case, ALL[::-1]).code == code


def test_of_two_that_keep_it_equally_long_the_archive_takes_it() -> None:
    archive = replace(LOANS, code="z", fate=ARCHIVED)
    assert class_of(facts("pledge"), (FIVE, LOANS, archive)).code == "z"
    assert class_of(facts("pledge"), (FIVE, replace(LOANS, years=99), archive)).code == "loans"


@pytest.mark.parametrize(
    ("closed", "years", "day"),
    [
        # 9:00 UTC is the same day in Beijing; 4 May 2031 is a Sunday.
        (datetime(2026, 5, 4, 9, tzinfo=UTC), 5, date(2031, 5, 5)),
        # 16:00 UTC is the next day there.
        (datetime(2026, 5, 4, 15, 59, tzinfo=UTC), 1, date(2027, 5, 4)),
        (datetime(2026, 5, 4, 16, tzinfo=UTC), 1, date(2027, 5, 5)),
        # A leap day: the first of March where there is none.
        (datetime(2028, 2, 29, 3, tzinfo=UTC), 1, date(2029, 3, 1)),
        (datetime(2028, 2, 29, 3, tzinfo=UTC), 4, date(2032, 3, 1)),
        (datetime(2028, 2, 29, 3, tzinfo=UTC), 100, date(2128, 3, 1)),
    ],
)
def test_years_count_from_the_day_of_closing_there_and_end_on_a_working_day(
    closed: datetime, years: int, day: date
) -> None:
    # 29 February 2032 is a Sunday.
    assert removal_date(closed, years, BEIJING) == day


def test_a_holiday_of_the_programme_moves_the_day_on() -> None:
    calendar = replace(BEIJING, holidays=frozenset({date(2027, 5, 4), date(2027, 5, 5)}))
    assert removal_date(CLOSED, 1, calendar) == date(2027, 5, 6)


DUE = date(2031, 5, 5)
STANDS, ENDED = LegalHold(), LegalHold(DUE - timedelta(days=1))


@pytest.mark.parametrize(
    ("case", "holds", "day", "why"),
    [
        (facts(closed=None), (), DUE, (Kept.OPEN,)),
        (facts(closed=None), (STANDS,), DUE, (Kept.OPEN, Kept.HELD)),
        (facts("deployment", closed=None), (), DUE, (Kept.OPEN, Kept.FOR_GOOD)),
        (facts("deployment"), (), DUE, (Kept.FOR_GOOD,)),
        (facts("deployment"), (STANDS,), DUE, (Kept.FOR_GOOD, Kept.HELD)),
        (facts(), (), DUE - timedelta(days=1), (Kept.NOT_DUE,)),
        (facts(), (ENDED,), DUE - timedelta(days=1), (Kept.NOT_DUE, Kept.HELD)),
        (facts(), (), DUE, ()),
        (facts(), (ENDED,), DUE, ()),
        (facts(), (LegalHold(DUE),), DUE, (Kept.HELD,)),
        (facts(), (ENDED, STANDS), DUE, (Kept.HELD,)),
    ],
)
def test_what_keeps_a_case_on_a_day(
    case: CaseFacts, holds: tuple[LegalHold, ...], day: date, why: tuple[Kept, ...]
) -> None:
    assert judge(case, ALL, holds, day, BEIJING).why == why


_kinds = st.frozensets(st.sampled_from(["pledge", "finance", "ip", "deployment"]))
_outcomes = st.sampled_from([None, "deployed_verified", "no_agreement", "compliance_stop"])
_closed = st.integers(0, 4_000 * 24).map(lambda hours: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hours))
_facts = st.builds(CaseFacts, _closed, _kinds, _outcomes)
_more = st.builds(
    RetentionClass,
    st.sampled_from(["a", "b", "c", "d"]),
    st.just("Name"),
    st.just("名称"),
    st.none() | st.integers(1, 100),
    _kinds,
    st.frozensets(st.sampled_from(["deployed_verified", "no_agreement"])),
)
_classes = st.lists(_more, max_size=4, unique_by=lambda one: one.code).map(lambda more: (*more, FIVE))


@given(_facts, _classes)
def test_another_class_never_shortens_how_long_a_case_of_a_class_is_kept(case: CaseFacts, classes: Any) -> None:
    by = class_of(case, classes)
    longer = class_of(case, (*classes, RetentionClass("e", "Name", "名称", 50, case.kinds, frozenset())))
    if by.code != OTHER and by.years is not None:
        assert longer.years is None or longer.years >= by.years


@given(_facts, _classes, st.dates(date(2020, 1, 1), date(2150, 1, 1)))
def test_what_may_be_removed_may_be_so_on_every_later_day_and_a_hold_keeps_it(
    case: CaseFacts, classes: Any, day: date
) -> None:
    here, later = (judge(case, classes, (), one, BEIJING) for one in (day, day + timedelta(days=40)))
    assert here.due == later.due
    assert here.why or not later.why
    assert judge(case, classes, (LegalHold(),), day, BEIJING).why == (*here.why, Kept.HELD)
    # What may be removed was closed its whole years ago.
    if not here.why and case.closed_at is not None and here.by.years is not None:
        assert BEIJING.local_date(case.closed_at).year + here.by.years <= day.year


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(1, 100), st.integers(-12, 12))
def test_what_was_closed_by_a_day_may_be_removed_and_nothing_that_was_closed_later(
    day: date, years: int, apart: int
) -> None:
    calendar = replace(BEIJING, holidays=frozenset({day, day + timedelta(days=1)}))
    last = due_if_closed_by(day, years, calendar)
    closed = last + timedelta(days=apart)
    # Four o'clock in the morning there.
    moment = datetime(closed.year, closed.month, closed.day, tzinfo=UTC) - timedelta(hours=4)
    assert (removal_date(moment, years, calendar) <= day) == (apart <= 0)


# --- what can be in force --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("classes", "fault"),
    [
        (SHIPPED, None),
        (ALL, None),
        ((LOANS,), Fault.NO_OTHER),
        ((), Fault.NO_OTHER),
        ((FIVE, LOANS, LOANS), Fault.TWICE),
        ((FIVE, replace(LOANS, code="Loans")), Fault.CODE),
        ((FIVE, replace(LOANS, code="a" * 41)), Fault.CODE),
        ((FIVE, replace(LOANS, name=" ")), Fault.NAME),
        ((FIVE, replace(LOANS, name_zh="长" * 81)), Fault.NAME),
        ((FIVE, replace(LOANS, years=0)), Fault.YEARS),
        ((FIVE, replace(LOANS, years=101)), Fault.YEARS),
        ((FIVE, replace(LOANS, fate="burnt")), Fault.FATE),
        ((FIVE, replace(LOANS, kinds=frozenset())), Fault.TAKES_NOTHING),
        ((replace(FIVE, outcomes=frozenset({"dormant"})),), Fault.TAKES_ALL),
        ((FIVE, *(replace(LOANS, code=f"c{n}") for n in range(20))), Fault.TOO_MANY),
    ],
)
def test_classes_together_are_sound_or_have_a_fault(classes: tuple[RetentionClass, ...], fault: Fault | None) -> None:
    assert fault_of(classes) == fault


def test_a_class_is_written_without_its_names_and_read_with_them() -> None:
    names = {one.code: [one.name, one.name_zh] for one in ALL}
    assert tuple(class_from(one.as_json(), names) for one in ALL) == ALL
    assert class_from(LOANS.as_json(), {}).name == "loans"
    assert class_from(replace(LOANS, fate=ARCHIVED).as_json(), names) == replace(LOANS, fate=ARCHIVED)
    # What was written before a class could say so is removed, and is still what it was written as.
    assert "fate" not in LOANS.as_json()
    assert classes_from({}, {}) == SHIPPED
    assert names_in({"names": ERASED}) == {}
    assert names_in({"names": names}) == names


def test_what_comes_goes_or_changes_is_told_by_its_code() -> None:
    after = (replace(FIVE, years=6), STOPPED)
    assert differences((FIVE, LOANS), after) == [
        ("loans", LOANS, None),
        ("other", FIVE, after[0]),
        ("stopped", None, STOPPED),
    ]


# --- proposals -------------------------------------------------------------------------------------------------------


def event(seq: int, kind: str, actor: str = "one", **effects: Any) -> RegisterEvent:
    body = {"names": {one.code: [one.name, one.name_zh] for one in (FIVE, LOANS)}} if kind == RETENTION_ASKED else {}
    return RegisterEvent(log="BJ", seq=seq, at=CLOSED, kind=kind, actor=actor, effects=effects, body=body)  # type: ignore[arg-type]  # some of its keys


ASKS = event(1, RETENTION_ASKED, retention_asked=in_order((FIVE, LOANS)))
SETS = event(2, RETENTION_SET, "other", retention=written(2, fold([ASKS])[0]))


def test_a_proposal_waits_until_it_is_agreed_to_refused_or_replaced() -> None:
    assert [one.state for one in fold([ASKS])] == [ASKED]
    assert [one.state for one in fold([ASKS, SETS])] == [AGREED]
    assert [one.state for one in fold([ASKS, event(2, RETENTION_REFUSED, "other")])] == [REFUSED]
    assert [one.state for one in fold([ASKS, replace(ASKS, seq=3)])] == [REPLACED, ASKED]
    assert fold([SETS]) == []


def test_what_was_proposed_is_set_by_somebody_else_with_the_next_number() -> None:
    (waits,) = fold([ASKS])
    assert why_not_agreed(waits, 1, SETS) is None
    assert why_not_agreed(None, 1, SETS) is not None
    assert why_not_agreed(fold([ASKS, SETS])[-1], 2, SETS) is not None
    assert why_not_agreed(waits, 2, SETS) is not None
    assert why_not_agreed(waits, 1, replace(SETS, actor="one")) is not None
    shorter = event(2, RETENTION_SET, "other", retention={"version": 2, "asked": 1, "classes": []})
    assert why_not_agreed(waits, 1, shorter) is not None


def test_nobody_sets_what_cannot_be_in_force_and_erased_names_are_no_fault() -> None:
    asks = event(1, RETENTION_ASKED, retention_asked=in_order((LOANS,)))
    (waits,) = fold([asks])
    assert why_not_agreed(waits, 1, event(2, RETENTION_SET, "other", retention=written(2, waits))) is not None
    (nameless,) = fold([replace(ASKS, body={"names": ERASED})])
    assert why_not_agreed(nameless, 1, SETS) is None
