"""What two persons decided to remove, and what became of each case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.deadlines.calendars import Calendar
from casework.engine.removals import (
    CASE_LEFT,
    CASE_REMOVED,
    REMOVAL_AGREED,
    REMOVAL_ASKED,
    REMOVAL_REFUSED,
    asked_for,
    digest_of_case,
    fate_against,
    fold,
    kept_then,
    row_after,
    under_way,
    why_not_agreed,
    why_not_asked,
)
from casework.engine.retention import ARCHIVED, MOST_YEARS, REMOVED, SHIPPED, CaseFacts, removal_date
from casework.engine.state.events import RegisterEvent

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
ASKS = asked_for("2026-05-04", {"a": "other", "b": "other"})


def event(seq: int, kind: str, actor: str = "one", **effects: Any) -> RegisterEvent:
    told: Any = effects
    return RegisterEvent(log="p", seq=seq, at=AT + timedelta(minutes=seq), kind=kind, actor=actor, effects=told)


ASKED = event(1, REMOVAL_ASKED, removal_asked=ASKS)
AGREED = event(2, REMOVAL_AGREED, "two", removal_agreed={"asked": 1, "digest": ASKS["digest"]})


#: Another decision on the same list, before the first one was carried out.
AGAIN = {"asked": 3, "digest": ASKS["digest"]}


def came_to(seq: int, case: str, kind: str = CASE_REMOVED) -> RegisterEvent:
    return event(seq, kind, "system", case_removal={"decision": 2, "case": digest_of_case(case), "event": 9})


def test_a_case_is_named_by_the_digest_of_its_log() -> None:
    assert ASKS["classes"] == {"other": sorted([digest_of_case("a"), digest_of_case("b")])}


def test_nothing_waits_before_somebody_agreed() -> None:
    assert fold([ASKED])[0].waiting == []
    assert row_after(fold([ASKED])) == {}


def test_what_was_agreed_to_waits_for_the_worker() -> None:
    removals = fold([ASKED, AGREED])
    assert len(removals[0].waiting) == 2
    assert row_after(removals) == {"decision": 2}


def test_it_is_over_once_it_has_come_to_every_case() -> None:
    removals = fold([ASKED, AGREED, came_to(3, "a"), came_to(4, "b", CASE_LEFT)])
    assert under_way(removals) is None
    assert {one.kind for one in removals[0].done.values()} == {CASE_REMOVED, CASE_LEFT}


def test_a_sound_decision_is_not_spoken_against() -> None:
    assert why_not_asked(ASKED) is None
    assert why_not_agreed(fold([ASKED]), AGREED) is None


@pytest.mark.parametrize(
    ("before", "agreed", "words"),
    [
        ([], AGREED, "nobody had proposed"),
        ([ASKED], replace(AGREED, actor="one"), "also agreed to it"),
        ([ASKED], replace(AGREED, effects={"removal_agreed": {"asked": 1, "digest": "0" * 64}}), "another removal"),
        ([ASKED, event(2, REMOVAL_REFUSED, "two")], replace(AGREED, seq=3), "nobody had proposed"),
        (
            [ASKED, AGREED, replace(ASKED, seq=3)],
            replace(AGREED, seq=4, effects={"removal_agreed": AGAIN}),
            "to its end",
        ),
    ],
)
def test_what_was_not_decided_by_two_is_told(before: list[RegisterEvent], agreed: RegisterEvent, words: str) -> None:
    assert words in str(why_not_agreed(fold(before), agreed))


def test_a_longer_list_is_not_what_its_digest_was_made_of() -> None:
    classes = {"other": [*ASKS["classes"]["other"], digest_of_case("c")]}
    forged = event(1, REMOVAL_ASKED, removal_asked=ASKS | {"classes": classes})
    assert "its digest" in str(why_not_asked(forged))


def test_a_list_without_cases_is_told() -> None:
    assert "no case" in str(why_not_asked(event(1, REMOVAL_ASKED, removal_asked=asked_for("2026-05-04", {}))))


TO_ARCHIVE = asked_for("2026-05-04", {"a": "other", "b": "financing"}, {"other", "third"})


def test_the_list_says_of_which_cases_the_contents_go_into_the_archive() -> None:
    removal = fold([event(1, REMOVAL_ASKED, removal_asked=TO_ARCHIVE)])[0]
    assert TO_ARCHIVE["archived"] == ["other"]
    assert [removal.archives(digest_of_case(case)) for case in ("a", "b", "c")] == [True, False, False]
    assert why_not_asked(removal.proposal.asked) is None
    assert "archived" not in asked_for("2026-05-04", {"a": "other"})


@pytest.mark.parametrize("archived", [[], ["financing"], ["financing", "other"], None])
def test_nobody_agrees_to_another_end_than_what_is_done(archived: list[str] | None) -> None:
    forged = event(1, REMOVAL_ASKED, removal_asked=TO_ARCHIVE | {"archived": archived})
    assert "its digest" in str(why_not_asked(forged))


@pytest.mark.parametrize(
    ("agreed", "fate", "sealed", "why"),
    [
        (TO_ARCHIVE, ARCHIVED, True, None),
        (TO_ARCHIVE, ARCHIVED, False, "that was agreed to"),
        (TO_ARCHIVE, REMOVED, True, "its retention class"),
        (TO_ARCHIVE, REMOVED, False, "that was agreed to"),
        (ASKS, REMOVED, False, None),
        (ASKS, ARCHIVED, False, "its retention class"),
        (ASKS, ARCHIVED, True, "that was agreed to"),
    ],
)
def test_the_decision_and_the_class_must_both_say_what_became_of_a_case(
    agreed: dict[str, Any], fate: str, sealed: bool, why: str | None
) -> None:
    removal = fold([event(1, REMOVAL_ASKED, removal_asked=agreed)])[0]
    classes = [SHIPPED[0], replace(SHIPPED[1], years=1, fate=fate)]
    told = fate_against(removal, digest_of_case("a"), CaseFacts(AT), classes, sealed=sealed)
    assert told is None if why is None else why in str(told)


BEIJING = Calendar("Beijing")
LEAP = datetime(2028, 2, 29, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("closed", "years", "at", "why"),
    [
        (None, 1, AT, "open"),
        (AT, None, AT + timedelta(days=9_000), "for good"),
        # Years of the calendar: with a leap day between they have a day more, and the night before is too early.
        (datetime(2027, 5, 4, 9, tzinfo=UTC), 1, datetime(2028, 5, 3, 15, 59, tzinfo=UTC), "had not come"),
        (datetime(2027, 5, 4, 9, tzinfo=UTC), 1, datetime(2028, 5, 3, 16, tzinfo=UTC), None),
        (datetime(2018, 5, 4, 9, tzinfo=UTC), 10, datetime(2028, 5, 3, 15, 59, tzinfo=UTC), "had not come"),
        # Closed on a leap day: kept up to the first of March.
        (LEAP, 1, datetime(2029, 2, 28, 15, 59, tzinfo=UTC), "had not come"),
        (LEAP, 1, datetime(2029, 2, 28, 16, tzinfo=UTC), None),
        (LEAP, 4, datetime(2032, 2, 28, 15, 59, tzinfo=UTC), "had not come"),
    ],
)
def test_whether_a_case_was_kept_then_is_told_by_the_calendar(
    closed: datetime | None, years: int | None, at: datetime, why: str | None
) -> None:
    told = kept_then(CaseFacts(closed), [SHIPPED[0], replace(SHIPPED[1], years=years)], at, BEIJING)
    assert told is None if why is None else why in str(told)


@given(
    st.datetimes(AT.replace(year=2000, tzinfo=None), AT.replace(year=2060, tzinfo=None), timezones=st.just(UTC)),
    st.integers(1, MOST_YEARS),
    st.integers(-3 * 24, 3 * 24),
)
def test_what_the_worker_may_remove_the_judgement_allows_and_nothing_before(
    closed: datetime, years: int, hours: int
) -> None:
    classes = [SHIPPED[0], replace(SHIPPED[1], years=years)]
    due = removal_date(closed, years, BEIJING)
    at = datetime.combine(due, time(), UTC) + timedelta(hours=hours)
    early = BEIJING.local_date(at) < due
    assert (kept_then(CaseFacts(closed), classes, at, BEIJING) is not None) == early
