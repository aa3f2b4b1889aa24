"""What the logs beside the cases tell: when a need was shown first, how a match stands, and how a night was."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from casework.engine.case_objects.kept_records import NEED, TECHNOLOGY
from casework.engine.figures.data_quality import TOLD_BY
from casework.engine.figures.register_facts import (
    MATCHES,
    READ_FIELDS,
    REFUSES,
    TAKES_BACK,
    VISITS,
    MatchFacts,
    Night,
    read_programme,
    read_record,
    read_right,
)
from casework.engine.state.events import RegisterEvent
from casework.ledger.redactable_bodies import ERASED
from casework.operations.catalogue.matches import MATCH_REFUSED, MATCH_TAKEN_BACK
from tests.engine.figures.pieces import CALENDAR, START

LATER = START + timedelta(days=1000)


def told(kind: str, day: int, body: dict[str, Any], **effects: Any) -> RegisterEvent:
    given: Any = effects
    return RegisterEvent("log", day + 1, START + timedelta(days=day), kind, "a", effects=given, body=body)


RECORDED = told("recorded", 0, {"title": "A need", "status": "draft"}, record={"programme": "p"})


@pytest.mark.parametrize(
    ("events", "on"),
    [
        ([RECORDED], None),
        ([RECORDED, told("brought_back", 2, {"status": "published"})], date(2026, 1, 7)),
        ([told("recorded", 0, {"title": "A need"}, record={"programme": "p"})], date(2026, 1, 5)),
        ([RECORDED, told("corrected", 2, {"title": "Another"})], None),
    ],
)
def test_a_need_is_published_from_the_day_on_which_it_first_was(events: list[RegisterEvent], on: date | None) -> None:
    found = read_record(NEED, "n", events, LATER, CALENDAR)
    assert found is not None
    assert found.published_on == on


def test_a_record_in_whose_place_another_stands_does_not_stand_itself() -> None:
    events = [RECORDED, told("merged", 1, {"reason": "One"}, merger={"kept": "m"})]
    found, before = (read_record(NEED, "n", events, START + timedelta(days=day), CALENDAR) for day in (2, 0))
    assert found is not None
    assert before is not None
    assert (found.stands, before.stands) == (False, True)
    assert read_record(TECHNOLOGY, "t", events, START - timedelta(days=1), CALENDAR) is None


def test_the_actions_on_matches_are_those_of_the_catalogue() -> None:
    assert (frozenset({MATCH_REFUSED}), frozenset({MATCH_TAKEN_BACK})) == (REFUSES, TAKES_BACK)


@pytest.mark.parametrize(
    ("kinds", "refused"),
    [
        (["match_entered"], False),
        (["match_entered", "match_refused"], True),
        (["match_entered", "match_refused", "match_moved"], True),
        (["match_entered", "match_refused", "match_taken_back"], False),
    ],
)
def test_a_match_stands_refused_until_that_is_taken_back(kinds: list[str], refused: bool) -> None:
    row = {"digest": "d", "need_id": "n", "technology_id": "t"}
    events = [told(kind, day, {f"{MATCHES}m": row, "reason": "x"}) for day, kind in enumerate(kinds)]
    assert read_programme(events, LATER).matches == {"m": MatchFacts("n", "t", refused)}
    assert read_programme([*events, told("gone", 9, {f"{MATCHES}m": None})], LATER).matches == {}


def test_a_match_is_of_the_records_that_were_told_last() -> None:
    entered, moved = ({f"{MATCHES}m": {"need_id": need, "technology_id": "t"}} for need in ("n", "kept"))
    events = [
        told("match_entered", 0, entered),
        told("match_moved", 1, moved),
        told("erased", 2, {f"{MATCHES}m": ERASED}),
    ]
    assert read_programme(events, LATER).matches == {"m": MatchFacts("kept", "t")}


def test_a_right_was_confirmed_when_somebody_stood_for_it_last() -> None:
    right = {"programme": "p", "kind": "patent", "technologies": ["t"], "owners": [], "confirmed": False}
    events = [
        told("recorded", 0, {}, right=right),
        told("confirmed", 3, {"status": "granted"}),
        told("belongs", 5, {}, technologies=["t", "u"]),
        told("expired", 9, {}),
    ]
    days = (0, 3, 5, 9)
    found = [read_right(events, START + timedelta(days=day), CALENDAR) for day in days]
    assert [one.confirmed_on for one in found] == [None, *[date(2026, 1, 8)] * 3]
    assert [len(one.technologies) for one in found] == [1, 1, 2, 2]
    assert [one.stands for one in found] == [True, True, True, False]


def test_each_night_counts_once_as_it_was_told_last() -> None:
    events = [
        told("case_hygiene_checked", day, {f"case_hygiene_days/p:2026-01-0{night}": {"live": live, "broken": broken}})
        for day, (night, live, broken) in enumerate([(6, 9, 2), (5, 8, 1), (6, 9, 3)])
    ]
    assert read_programme(events, LATER).nights == (Night("2026-01-05", 8, 1), Night("2026-01-06", 9, 3))
    assert read_programme(events, START).nights == (Night("2026-01-06", 9, 2),)


def test_rows_beside_the_cases_are_what_was_told_of_them_last() -> None:
    name = f"{VISITS}/v"
    events = [
        told("assessment_visit_kept", 0, {name: {"kind": "visit", "day": "2026-01-05"}, "people/p": {"name": "N"}}),
        told("assessment_visit_kept", 1, {name: {"day": "2026-01-06"}}),
        # Erased: what stands there is told anew.
        told("erased", 2, {name: ERASED}),
        told("assessment_taken_out", 3, {name: None}),
    ]
    for day, rows in ((0, {"v": {"kind": "visit", "day": "2026-01-05"}}), (3, {})):
        assert read_programme(events[: day + 1], LATER).beside == {VISITS: rows}
    assert read_programme(events[:3], LATER).beside[VISITS]["v"]["day"] == "2026-01-06"


def test_what_was_erased_later_counts_as_of_an_earlier_moment_as_it_did() -> None:
    past, match, visit = "past_projects/x", f"{MATCHES}m", f"{VISITS}/v"
    rows = {past: {"outcome": "deployed"}, match: {"need_id": "n", "technology_id": "t"}}
    before = [told("past_project_entered", 0, rows)]
    erased = [
        told("past_project_entered", 0, dict.fromkeys(rows, ERASED)),
        # Put down after the moment, so it is none of it.
        told("assessment_visit_kept", 4, {visit: {"day": "2026-01-09"}}),
        told("erased", 5, rows | {visit: {"day": "2026-01-09"}}),
    ]
    moment = START + timedelta(days=1)
    assert read_programme(erased, moment) == read_programme(before, moment)
    assert read_programme(erased, LATER).beside[VISITS] == {"v": {"day": "2026-01-09"}}


def test_of_a_record_figures_read_that_a_field_says_something_and_when_that_was_confirmed() -> None:
    events = [
        told("recorded", 0, {"title": "A pump", "ip_text": "Ours.", "source": None}, record={"programme": "p"}),
        told("corrected", 1, {}, confirmed=["ip_text", "title"]),
    ]
    found = read_record(TECHNOLOGY, "t", events, LATER, CALENDAR)
    assert found is not None
    assert found.columns.keys() == {"merged_into", "provenance", "ip_text"}
    assert found.columns["ip_text"] is True
    assert found.columns["provenance"].keys() == {"ip_text"}
    assert {name for names in TOLD_BY.values() for name in names} == set(READ_FIELDS)
