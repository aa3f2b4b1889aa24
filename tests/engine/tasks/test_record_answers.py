"""What the record of an organisation says of it answers an open screening, or has one opened."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from casework.engine import parts
from casework.engine.definition.forms import Choice
from casework.engine.definition.grammar import Final, Form, State, Task, Workflow, same, working_days
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from casework.engine.execution.commands import HearScreening
from casework.engine.execution.task_commands import Claim
from casework.engine.roles import Role
from casework.engine.tasks.record_answers import answers
from tests.engine.toys import OFFICER, Play

CLEAR = {"id": "s", "result": "clear", "checked_on": "2026-03-01", "valid_until": "2026-05-30", "owners_free": True}
HIT = {**CLEAR, "result": "hit"}
OLD = {**CLEAR, "valid_until": "2026-03-01"}


@guard(rule="The toy is not screened.", refusal="The toy is screened.", reads=("screenings",))
def toy_is_not_screened(f: Facts) -> bool:
    told = f.outside.get("screenings", {}).get(f.about)
    return told is None or told != CLEAR


class Found(Form):
    result = Choice(label="Result", choices={"clear": "Clear", "hit": "Hit"})


class Screened(Workflow):
    """A toy whose parties are screened."""

    workflow = "toy"
    edition = 1

    begun = State("Begun", Role.OFFICER, working_days(5), "One", do="Ask")
    over = Final("Over", step="One")

    look = Task(
        "look",
        "Look",
        Role.OFFICER,
        working_days(5),
        Found,
        per="party",
        part=parts.SCREENS,
        only_if=toy_is_not_screened,
    )
    confirm = begun.to(
        same(), by=Role.OFFICER, do="Confirm", done="confirmed", opens=[look], part=parts.CONFIRMS_INTEREST
    )
    finish = begun.to(over, by=Role.OFFICER, do="Finish", done="finished")


def begun(*, confirmed: bool = True) -> Play:
    play = Play(Screened, facts={"screenings": {}}).start()
    if confirmed:
        play.fire("confirm")
    return play


def hear(play: Play, told: Any) -> list[str]:
    play.facts["screenings"] = {"need_owner": told} if told else {}
    return [event.kind for event in play.do(HearScreening("need_owner"))]


def asked(play: Play) -> list[str]:
    return sorted(str(task.about) for task in play.case.open_tasks() if task.name == "look")


def test_what_is_free_answers_what_is_open_and_nothing_else() -> None:
    play = begun()
    play.do(Claim(next(task.id for task in play.case.open_tasks() if task.about == "need_owner")))
    assert hear(play, CLEAR) == ["completed"]
    last = play.events[-1]
    task = play.case.tasks[last.effects["task"]]
    assert (last.actor, last.effects["held_by"], task.state) == ("system", OFFICER.person, "Completed")
    assert task.result == {"result": "clear", "checked_on": "2026-03-01", "holds_until": "2026-05-30"}
    assert last.effects["facts"] == {"screenings": {"need_owner": CLEAR}}
    assert asked(play) == ["technology_owner"]
    assert play.folded() == play.case
    assert hear(play, CLEAR) == []


def test_a_hit_is_asked_about_once_where_the_interest_is_confirmed() -> None:
    play = begun()
    assert hear(play, HIT) == []
    assert hear(play, CLEAR) == ["completed"]
    assert hear(play, HIT) == ["added"]
    assert hear(play, HIT) == []
    assert asked(play) == ["need_owner", "technology_owner"]
    assert hear(begun(confirmed=False), HIT) == []


@pytest.mark.parametrize("told", [None, OLD])
def test_nothing_on_record_or_what_has_run_out_changes_nothing(told: Any) -> None:
    play = begun()
    assert hear(play, told) == []
    assert asked(play) == ["need_owner", "technology_owner"]


def test_a_case_that_has_ended_hears_nothing() -> None:
    play = begun(confirmed=False)
    play.fire("finish")
    assert hear(play, HIT) == []


@given(result=some.sampled_from(("clear", "hit")), free=some.booleans())
def test_only_what_finds_nobody_is_an_answer(result: str, free: bool) -> None:
    assert answers({**CLEAR, "result": result, "owners_free": free}) is (result == "clear" and free)
