"""What the log of a mediation tells: days and how it ended, procedure by procedure."""

from __future__ import annotations

from datetime import date

from casework.engine.figures.mediation_facts import MediationFacts, Procedure, read_mediation
from tests.engine.figures.pieces import CALENDAR, NAMES, Told


def read(told: Told) -> MediationFacts | None:
    return read_mediation(told.events, NAMES, CALENDAR)


def test_a_mediation_is_told_by_the_days_on_which_it_was_recorded() -> None:
    told = Told("m").track("p", "mediation", 2).fire("appointed", 5, on="p", happened_on="2026-01-06")
    told.fire("settle_full", 9, on="p", ended="settled_full")
    facts = read(told)
    assert facts == MediationFacts(
        date(2026, 1, 5), date(2026, 1, 10), (Procedure(date(2026, 1, 7), date(2026, 1, 14), "settled_full"),)
    )
    assert [facts.ended_by(date(2026, 1, day)) for day in (14, 15)] == [False, True]
    assert [facts.outcomes_by(date(2026, 1, day)) for day in (14, 15)] == [frozenset(), {"settled_full"}]


def test_what_is_begun_again_goes_on_and_what_was_known_before_stays_so() -> None:
    told = Told("m").track("p", "mediation").fire("other_refuses", 3, on="p", ended="not_agreed")
    told.track("q", "mediation", 30)
    facts = read(told)
    assert facts is not None
    assert [facts.ended_by(date(2026, month, 1)) for month in (1, 2, 4)] == [False, True, False]


def test_what_happens_on_other_tracks_is_no_end_of_it() -> None:
    told = Told("m").track("p", "mediation").fire("decline", 3, ended="declined")
    facts = read(told)
    assert facts is not None
    assert not facts.ended_by(date(2027, 1, 1))
    assert read_mediation([], NAMES, CALENDAR) is None
