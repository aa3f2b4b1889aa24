"""The escalation of a task: set by its workflow, gone through in working time alone, in order, also after pauses."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.deadlines.calendars import Calendar, Unit
from casework.engine.deadlines.deadlines import ESCALATION, EscalationStep
from casework.engine.definition.edition_schema import WrittenRules
from casework.engine.definition.editions import Edition
from casework.engine.definition.grammar import Final, Limit, State, Workflow, working_days
from casework.engine.definition.publisher import publish
from casework.engine.definition.validation import faults
from casework.engine.roles import Role
from tests.engine.analysis.test_deadline_explanation import MINUTE, Waiting, calendars
from tests.engine.deadlines.test_calendars import is_open
from tests.engine.toys import CALENDAR, DAY, Play


class Hurried(Workflow):
    """Its tasks are reminded of late and flagged soon."""

    title = "A hurried case"
    workflow = "toy"
    escalation = {"remind": 80, "escalate": 1, "flag": 3}
    working = State("Working", Role.OFFICER, working_days(10), "Work")
    done = Final("Done")
    finish = working.to(done, by=Role.OFFICER, do="Finish", done="finished")


def _steps(play: Play) -> dict[str, EscalationStep]:
    return {step.what: step for clock in play.case.clocks.values() for step in clock.steps}


def test_a_workflow_sets_the_escalation_of_its_tasks() -> None:
    play = Play(Hurried).start()
    steps = _steps(play)
    due = steps["due"].moment
    whole = CALENDAR.working_minutes(play.events[0].at, due)
    assert CALENDAR.working_minutes(play.events[0].at, steps["remind"].moment) == whole * 80 // 100
    assert steps["escalate"].moment == CALENDAR.due(due, 1, "wd")
    assert steps["flag"].moment == CALENDAR.due(due, 3, "wd")
    assert play.wait(40 * DAY) == ["remind", "due", "escalate", "flag"]


def test_a_workflow_that_sets_none_has_the_usual_one_and_says_nothing_of_it() -> None:
    class Usual(Workflow):
        workflow = "toy"
        title = "A usual case"
        working = State("Working", Role.OFFICER, working_days(10), "Work")
        done = Final("Done")
        finish = working.to(done, by=Role.OFFICER, do="Finish", done="finished")

    edition = publish(Usual)
    assert edition.escalation == ESCALATION == {"remind": 60, "escalate": 2, "flag": 5}
    assert "escalation" not in edition.rules


def test_an_escalation_that_nobody_could_go_through_is_a_fault() -> None:
    good = publish(Hurried)
    for wrong in ({"remind": 100}, {"escalate": 3}, {"flag": 0}, {"shout": 1}):
        rules: WrittenRules = {**good.rules, "escalation": {**good.escalation, **wrong}}
        assert "bad_escalation" in {one.kind for one in faults(Edition(rules, good.texts, ""))}


@settings(max_examples=80, deadline=None)
@given(calendars(), st.integers(2, 20), st.sampled_from(["wd", "cd"]), st.lists(st.integers(1, 6000), max_size=6))
def test_nobody_is_reminded_or_told_outside_working_time(
    scene: tuple[Calendar, datetime], n: int, unit: Unit, waits: list[int]
) -> None:
    calendar, start = scene
    waiting = Waiting(calendar, start, Limit(n, unit))
    for wait in [0, *waits]:
        if waiting.due is not None and waiting.play.now + wait * MINUTE >= waiting.due:
            break
        if wait:
            waiting.turn(wait)
        for clock in waiting.play.case.clocks.values():
            if clock.state == "running" and clock.of == "working":
                _insist_in_order_and_in_working_time(calendar, clock.steps[clock.next :])


def _insist_in_order_and_in_working_time(calendar: Calendar, steps: tuple[EscalationStep, ...]) -> None:
    assert [step.moment for step in steps] == sorted(step.moment for step in steps)
    assert [step.what for step in steps] in (["remind", "due", "escalate", "flag"], ["due", "escalate", "flag"])
    for step in steps:
        if step.what != "due":
            # People work in this minute, or worked in the one before it: they are told when they stop at the latest.
            assert is_open(calendar, step.moment) or is_open(calendar, step.moment - timedelta(minutes=1)), step
