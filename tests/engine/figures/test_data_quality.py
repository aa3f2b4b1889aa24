"""What a person has confirmed of technologies in the last two years; what says nothing, and what is older, does not count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from casework.engine.figures.counting import without_needs
from casework.engine.figures.data_quality import data_quality, years_before
from casework.engine.figures.register_facts import MatchFacts, RecordFacts, RightFacts
from casework.ledger.canonical_json import instant
from tests.engine.figures.pieces import START, counts, world

#: The day on which they are counted, two years after the first.
DAY = 731
FIELDS = {"readiness": "readiness_low", "right": "ip_text", "deployment": "deployed_in"}


def technology(id: str, /, *, said: Any = "said", published: bool = True, **confirmed: float) -> RecordFacts:
    """A record with the day on which each of these was confirmed."""
    provenance = {
        FIELDS[what]: {"confirmed_by": "p", "confirmed_at": instant(START + timedelta(days=day))}
        for what, day in confirmed.items()
    }
    columns = {**dict.fromkeys(FIELDS.values(), said), "provenance": provenance}
    return RecordFacts(id, columns, date(2026, 1, 5) if published else None)


@pytest.mark.parametrize(
    ("one", "what"),
    [
        (technology("t"), set()),
        (technology("t", readiness=DAY), {"readiness"}),
        (technology("t", readiness=1, right=2, deployment=3), {"readiness", "right", "deployment", "all_three"}),
        # Two years to the day still count.
        (technology("t", readiness=0.5), {"readiness"}),
        (technology("t", readiness=-1), set()),
        (technology("t", said=[], readiness=DAY), set()),
    ],
)
def test_what_is_confirmed_counts_for_two_years(one: RecordFacts, what: set[str]) -> None:
    figure = data_quality(world(technologies=(one,), day=DAY - 1))
    for name in (*FIELDS, "all_three"):
        assert counts(figure, what=name, of="all") == (name in what, 1), name
        assert counts(figure, what=name, of="with_match") == (0, 0)


def test_drafts_and_what_another_stands_for_are_not_counted_and_matches_stand_apart() -> None:
    gone = RecordFacts("gone", {"merged_into": "a"}, date(2026, 1, 5))
    told = (technology("a", readiness=1), technology("b"), technology("c", published=False), gone)
    matches = {"m": MatchFacts("n", "a"), "o": MatchFacts("n", "b", refused=True)}
    figure = data_quality(world(technologies=told, matches=matches, day=30))
    assert counts(figure, what="readiness", of="all") == (1, 2)
    assert counts(figure, what="readiness", of="with_match") == (1, 1)
    # A match of a closed need is told to nobody who reads none.
    assert {row.of["of"] for row in without_needs(figure).rows} == {"all"}


@pytest.mark.parametrize(
    ("confirmed_on", "stands", "counted"),
    [(date(2026, 1, 6), True, 1), (None, True, 0), (date(2026, 1, 6), False, 0), (date(2023, 1, 1), True, 0)],
)
def test_a_right_of_the_register_counts_as_one_that_the_record_tells(
    confirmed_on: date | None, stands: bool, counted: int
) -> None:
    right = RightFacts(frozenset({"t", "x"}), confirmed_on, stands)
    figure = data_quality(world(technologies=(technology("t"),), rights=(right,), day=30))
    assert counts(figure, what="right", of="all") == (counted, 1)


def test_two_years_before_the_last_of_february_is_the_day_before_it() -> None:
    assert years_before(date(2028, 2, 29), 2) == date(2026, 2, 28)
    assert years_before(date(2028, 3, 1), 2) == date(2026, 3, 1)
