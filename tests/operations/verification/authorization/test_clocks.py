"""A clock comes to its moments by the calendar that it names, and what law sets is counted as law sets it."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.grammar import Final, Law, Limit, State, Workflow, calendar_days, months, working_days
from casework.engine.roles import Role
from casework.operations.core.national_holidays import china
from casework.operations.history.point_in_time import Past
from casework.operations.verification.authorization.clocks import clocks_against
from casework.operations.verification.authorization.evidence import Evidence
from tests.engine.toys import Play
from tests.operations.verification.forger import Scene, Stored, insist_told, the

CHINA = china([2026])
LAW = Law("some_law", "Some Law Art. 1")


#: The same calendar of a programme that has set the limit of the one step for itself.
WORKING = "case.states.working"
OWN = replace(CHINA, version=2, limits={WORKING: 3})


def _play(limit: Limit, calendar: Calendar = CHINA) -> Play:
    class Waits(Workflow):
        """A case of one step."""

        workflow = "case"
        title = "A case that waits"
        working = State("Working", Role.OFFICER, limit, "Work")
        done = Final("Done")
        finish = working.to(done, by=Role.OFFICER, do="Finish", done="finished")

    return Play(Waits, now=datetime(2026, 7, 1, 2, tzinfo=UTC), calendar=calendar).start("case")


class _Past(Past):
    """A programme that has had two versions of its calendar."""

    def calendar_of(self, programme: str, digest: str, at: datetime) -> Calendar | None:
        return next((one for one in (CHINA, OWN) if one.digest == digest), None)


def _told(play: Play, db: Connection, **due: Any) -> list[str]:
    """What is said of the opening, with something of its due step changed."""
    event = next(one for one in play.events if one.effects.get("clocks"))
    effects = copy.deepcopy(event.effects)
    clock = effects["clocks"][0]
    clock["steps"] = [
        (due.get("moment", moment), what, due.get("rule", rule)) if what == "due" else (moment, what, rule)
        for moment, what, rule in clock["steps"]
    ]
    changed = replace(event, effects=effects)
    return list(clocks_against(Evidence(play.library, _Past(db)), "programme", changed, None))


@pytest.mark.parametrize(
    "limit", [working_days(5), calendar_days(92), calendar_days(92, law=LAW), months(3), months(3, law=LAW)]
)
def test_what_the_limit_comes_to_is_right(limit: Limit, db: Connection) -> None:
    assert _told(_play(limit), db) == []


def test_a_limit_of_law_that_ends_on_the_holiday_is_found(db: Connection) -> None:
    play = _play(months(3, law=LAW))
    # National Day itself: a day nobody works on, a week too early.
    assert "“due” comes at another moment than its limit" in _told(play, db, moment="2026-10-01T09:00:00.000000Z")


def test_a_limit_of_ours_that_moved_is_found(db: Connection) -> None:
    play = _play(months(3))
    assert "“due” comes at another moment than its limit" in _told(play, db, moment="2026-10-08T09:00:00.000000Z")


def test_law_that_the_edition_does_not_know_is_found_and_law_that_is_left_out(db: Connection) -> None:
    other = "the limit of “working” is counted by another law than its own"
    ours = {"n": 3, "unit": "mo"}
    assert other in _told(_play(months(3)), db, rule={**ours, "law": "some_law"})
    assert other in _told(_play(months(3, law=LAW)), db, rule=ours)


def test_a_calendar_that_the_programme_never_had_is_found(db: Connection) -> None:
    play = _play(months(3, law=LAW))
    event = next(one for one in play.events if one.effects.get("clocks"))
    effects = copy.deepcopy(event.effects)
    effects["clocks"][0]["calendar"] = "0" * 64
    told = clocks_against(Evidence(play.library, _Past(db)), "programme", replace(event, effects=effects), None)
    assert list(told) == ["the programme had no such calendar"]


def _earlier(scene: Scene, rows: list[Stored]) -> None:
    (clock, *_) = the(rows, "fired", "take")["effects"]["clocks"]
    for step in clock["steps"]:
        if step[1] == "due":
            step[0] = "2030-01-07T09:00:00.000000Z"


def test_a_forged_due_date_is_told_of_in_the_database(scene: Scene, attack: Connection) -> None:
    insist_told(attack, scene, (_earlier, ("fired", "take"), "comes at another moment than its limit"))


def test_what_the_programme_has_set_is_what_counts(db: Connection) -> None:
    play = _play(working_days(5), OWN)
    assert _told(play, db) == []
    due = next(rule for _, what, rule in play.events[0].effects["clocks"][0]["steps"] if what == "due")
    assert due == {"n": 3, "unit": "wd", "own": WORKING}


@pytest.mark.parametrize(
    ("calendar", "rule", "words"),
    [
        (OWN, {"n": 5, "unit": "wd"}, "is the workflow's, and the programme had set its own"),
        (OWN, {"n": 2, "unit": "wd", "own": WORKING}, "the programme had not set it so"),
        (OWN, {"n": 3, "unit": "wd", "own": "case.states.other"}, "another limit of the programme's own"),
        (CHINA, {"n": 3, "unit": "wd", "own": WORKING}, "the programme had not set it so"),
    ],
)
def test_a_limit_that_the_programme_had_not_set_so_is_found(
    db: Connection, calendar: Calendar, rule: dict[str, Any], words: str
) -> None:
    assert any(words in why for why in _told(_play(working_days(5), calendar), db, rule=rule))


def test_what_the_clock_fires_is_counted_as_the_programme_has_set_it(db: Connection) -> None:
    class Fires(Workflow):
        """A case that ends by itself."""

        workflow = "case"
        title = "A case that ends by itself"
        working = State("Working", Role.OFFICER, working_days(5), "Work")
        done = Final("Done")
        finish = working.to(done, by=Role.OFFICER, do="Finish", done="finished")
        lapse = working.after(working_days(9), done, done="lapsed")

    own = replace(CHINA, version=2, limits={"case.transitions.lapse.after": 4})
    known = _Past(db)
    known.calendar_of = lambda programme, digest, at: own  # type: ignore[method-assign]  # the one version there is
    play = Play(Fires, now=datetime(2026, 7, 1, 2, tzinfo=UTC), calendar=own).start("case")
    event = next(one for one in play.events if one.effects.get("clocks"))

    def told(rule: Any) -> list[str]:
        effects = copy.deepcopy(event.effects)
        for clock in effects["clocks"]:
            clock["steps"] = [
                (moment, what, rule if rule and what == "fire:lapse" else counted)
                for moment, what, counted in clock["steps"]
            ]
        changed = replace(event, effects=effects)
        return list(clocks_against(Evidence(play.library, known), "programme", changed, None))

    rules = {what: rule for clock in event.effects["clocks"] for _, what, rule in clock["steps"]}
    assert rules["fire:lapse"] == {"n": 4, "unit": "wd", "own": "case.transitions.lapse.after"}
    assert told(None) == []
    assert any("is the workflow's" in why for why in told({"n": 9, "unit": "wd"}))
    assert any("another limit" in why for why in told({"n": 4, "unit": "wd", "own": "case.states.working"}))


def test_no_programme_sets_a_limit_of_law(db: Connection) -> None:
    play = _play(months(3, law=LAW), OWN)
    due = next(rule for _, what, rule in play.events[0].effects["clocks"][0]["steps"] if what == "due")
    assert due == {"n": 3, "unit": "mo", "law": "some_law"}
    assert _told(play, db) == []
