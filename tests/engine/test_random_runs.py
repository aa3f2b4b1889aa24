"""Whatever waits in a random run waits for somebody or for a clock, and can still come to an end; and what does not is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.engine.definition.grammar import Final, State, Workflow, calendar_days, working_days
from casework.engine.parts import MAIN
from casework.engine.roles import Role
from casework.engine.state.case import CREATED, OBSOLETE, STOPPED, Case, Task
from tests.engine.random_forms import PEOPLE
from tests.engine.random_runs import random_run
from tests.engine.toys import OFFICER, SECOND_OFFICER, SUPERVISOR, Play
from tests.engine.waiting import unattended
from tests.engine.walk_starts import WALKS
from tests.support.samples import by_default


@by_default("runs", 40, whole=400)
@pytest.mark.parametrize("name", sorted(WALKS))
def test_nothing_waits_for_nobody(name: str, runs: int) -> None:
    for seed in range(runs):
        run = random_run(name, seed)
        assert run.faults == [], f"seed {seed}"


def test_the_same_seed_gives_the_same_run() -> None:
    one, other = random_run("deployment", 7), random_run("deployment", 7)
    assert one.events == other.events
    assert one.events != random_run("deployment", 8).events


class Looked(Workflow):
    workflow = "looked"
    part = MAIN

    drafting = State("Drafting", Role.OFFICER, working_days(5), "One")
    checking = State("Checking", Role.OFFICER, working_days(5), "Two")
    resting = State("Resting", Role.SUPERVISOR, working_days(5), "Two")
    over = Final("Over")

    draft = drafting.to(checking, by=Role.OFFICER)
    check = checking.to(resting, by=Role.OFFICER, not_by=("draft",))
    lapse = resting.after(calendar_days(5), over)
    end = resting.to(over, by=Role.SUPERVISOR)


def looked(*actions: str) -> Play:
    play = Play(Looked).start("looked")
    for n, action in enumerate(actions):
        play.fire(action, (OFFICER, SECOND_OFFICER)[n])
    return play


def step(play: Play) -> Task:
    (task,) = play.case.step_tasks(play.case.main.id)
    return task


def with_step(play: Play, **how: object) -> Case:
    task = step(play)
    return replace(play.case, tasks={**play.case.tasks, task.id: replace(task, **how)})  # type: ignore[arg-type]  # any of its fields


def test_a_case_that_somebody_works_on_is_in_order() -> None:
    for actions in ((), ("draft",), ("draft", "check")):
        play = looked(*actions)
        assert list(unattended(play.library, play.case, (OFFICER, SECOND_OFFICER, SUPERVISOR))) == []


def test_a_queue_in_which_nobody_works_is_found() -> None:
    play = looked()
    nobody = ["looked waits in drafting for nobody", "looked waits in drafting, and nobody may lead on"]
    assert list(unattended(play.library, play.case, (SUPERVISOR,))) == nobody


@pytest.mark.parametrize("state", [OBSOLETE, CREATED])
def test_a_task_that_is_closed_or_never_appears_is_found(state: str) -> None:
    play = looked()
    found = list(unattended(play.library, with_step(play, state=state), PEOPLE))
    assert found == ["looked waits in drafting for nobody"]


def test_duties_that_shut_everybody_out_are_found() -> None:
    play = looked("draft")
    found = list(unattended(play.library, play.case, (OFFICER, SUPERVISOR)))
    assert found == ["looked waits in checking, and nobody may lead on"]


def test_a_clock_that_leads_on_is_enough_and_a_stopped_one_is_not() -> None:
    play = looked("draft", "check")
    assert list(unattended(play.library, play.case, (OFFICER,))) == []
    stopped = {id: replace(clock, state=STOPPED) for id, clock in play.case.clocks.items()}
    found = list(unattended(play.library, replace(play.case, clocks=stopped), (OFFICER,)))
    assert found == ["looked waits in resting for nobody", "looked waits in resting, and nobody may lead on"]


class Endless(Workflow):
    workflow = "endless"
    part = MAIN

    here = State("Here", Role.OFFICER, working_days(5), "One")
    there = State("There", Role.OFFICER, working_days(5), "One")

    go = here.to(there, by=Role.OFFICER)
    back = there.to(here, by=Role.OFFICER)


def test_what_can_come_to_no_end_is_found() -> None:
    play = Play(Endless).start("endless")
    assert list(unattended(play.library, play.case, PEOPLE)) == ["endless can come to no end from here"]
