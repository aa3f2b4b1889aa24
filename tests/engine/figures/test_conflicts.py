"""Conflicts that providers declared, what became of them, and stops that were agreed to or not."""

from __future__ import annotations

from dataclasses import replace

from casework.engine.figures.conflicts import conflicts
from tests.engine.figures.pieces import Told, counts, line, world


def asked(number: str, *actions: str) -> Told:
    told = Told(number).track("r", "referral", part="request").fire("send", 0, on="r", part="sends")
    for name in actions:
        told.fire(name, 1, on="r")
    return told


def test_one_person_in_one_case_is_one() -> None:
    twice = asked("1", "declare_conflict", "waive_conflict", "declare_conflict")
    two = asked("2", "declare_conflict", "name_other_person", "declare_conflict", "uphold_conflict")
    two.events[-2] = replace(two.events[-2], actor="b")
    figure = conflicts(world(twice, two, asked("3")))
    assert counts(figure, what="declared") == (3, 3)
    assert line(figure, what="declared").cases == ("1", "2")
    assert [counts(figure, what=what) for what in ("upheld", "waived", "replaced")] == [(1, 3), (1, 3), (1, 3)]


def test_stops_stand_beside_the_cases_that_live() -> None:
    stopped = Told("1").fire("compliance_stop", 3).close("compliance_stop", 9)
    refused = Told("2").add("refused", "main", 3, transition="compliance_stop")
    figure = conflicts(world(stopped, refused))
    assert counts(figure, what="stops_confirmed") == (1, 1)
    assert counts(figure, what="stops_refused") == (1, 1)
    # A stopped case lives no longer: it is no share of those that do.
    assert line(figure, what="stops_confirmed").share is False
