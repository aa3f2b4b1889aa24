"""Stages and parallels: regions that move by themselves, and what waits for all of them."""

from __future__ import annotations

import pytest

from casework.engine import roles
from casework.engine.definition.grammar import Final, Parallel, Stage, State, Workflow, previous, same, working_days
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from casework.errors import WrongState
from tests.engine.toys import DAY, OFFICER, SUPERVISOR, Play


@guard(rule="It was refused nowhere.", refusal="It was refused somewhere.")
def toy_nothing_refused(f: Facts) -> bool:
    return "checks.lab.refused" not in f.track.states


def _state(label: str, queue: str = roles.Role.OFFICER) -> State:
    return State(label, queue, working_days(5), "Step")


class Twofold(Workflow):
    workflow = "toy"

    start = _state("Start")
    checks = Parallel(
        "Checks",
        lab=Stage("Lab", trying=_state("Trying"), again=_state("Again"), good=Final("Good"), refused=Final("Refused")),
        site=Stage("Site", visiting=_state("Visiting", roles.Role.SUPERVISOR), seen=Final("Seen")),
    )
    talks = Stage("Talks", first=_state("First"), second=_state("Second"), agreed=Final("Agreed"))
    aside = _state("Aside")
    done = Final("Done")
    failed = Final("Failed")

    begin = start.to(checks, by=roles.Role.OFFICER)
    retry = checks["lab"]["trying"].to(checks["lab"]["again"], by=roles.Role.OFFICER)
    fine = (checks["lab"]["trying"] | checks["lab"]["again"]).to(checks["lab"]["good"], by=roles.Role.OFFICER)
    refuse = checks["lab"]["trying"].to(checks["lab"]["refused"], by=roles.Role.OFFICER)
    see = checks["site"]["visiting"].to(checks["site"]["seen"], by=roles.Role.SUPERVISOR)
    remark = checks.to(same(), by=roles.Role.OFFICER)
    both = checks.then(talks, guards=[toy_nothing_refused])
    give_up = checks.to(failed, by=roles.Role.SUPERVISOR)
    step_aside = checks.to(aside, by=roles.Role.OFFICER)
    come_back = aside.to(previous(), by=roles.Role.OFFICER)
    talk = talks["first"].to(talks["second"], by=roles.Role.OFFICER)
    agree = talks["second"].to(talks["agreed"], by=roles.Role.OFFICER)
    break_off = talks.to(failed, by=roles.Role.OFFICER)
    end = talks.then(done)


@pytest.fixture
def play() -> Play:
    found = Play(Twofold).start()
    found.fire("begin")
    return found


def test_entering_a_parallel_stands_in_every_region(play: Play) -> None:
    assert play.states == ("checks.lab.trying", "checks.site.visiting")
    assert {task.of: task.queue for task in play.tasks()} == {
        "checks.lab.trying": "officer",
        "checks.site.visiting": "supervisor",
    }


def test_a_region_moves_alone(play: Play) -> None:
    visiting = play.task("checks.site.visiting")
    play.fire("retry")
    assert play.states == ("checks.lab.again", "checks.site.visiting")
    assert play.task("checks.site.visiting") == visiting
    assert play.task("checks.lab.again").open


@pytest.mark.parametrize("order", [("fine", "see"), ("see", "fine")])
def test_the_join_fires_once_when_every_region_has_ended(play: Play, order: tuple[str, str]) -> None:
    by = {"fine": OFFICER, "see": SUPERVISOR}
    play.fire(order[0], by[order[0]])
    assert "both" not in play.names()
    play.fire(order[1], by[order[1]])
    assert play.names()[-2:] == [order[1], "both"]
    assert play.names().count("both") == 1
    assert play.states == ("talks.first",)
    assert play.events[-1].because == play.events[-2].seq
    play.fire("talk")
    assert play.names().count("both") == 1


def test_a_join_with_a_guard_waits_for_it_and_the_parallel_stays(play: Play) -> None:
    play.fire("refuse")
    play.fire("see", SUPERVISOR)
    assert play.states == ("checks.lab.refused", "checks.site.seen")
    assert play.case.main.live
    assert not play.tasks()
    play.fire("give_up", SUPERVISOR)
    assert (play.case.main.states, play.case.main.outcome) == (("failed",), "failed")


def test_a_remark_on_the_whole_changes_nothing_of_it(play: Play) -> None:
    play.fire("retry")
    before = play.tasks()
    play.fire("remark")
    assert play.tasks() == before


def test_leaving_the_parallel_leaves_every_region(play: Play) -> None:
    play.fire("fine")
    play.fire("give_up", SUPERVISOR)
    assert play.states == ("failed",)
    assert not play.tasks()
    assert not play.case.clocks


def test_a_region_that_has_ended_does_not_move(play: Play) -> None:
    play.fire("fine")
    with pytest.raises(WrongState):
        play.fire("retry")


def test_coming_back_stands_where_each_region_stood(play: Play) -> None:
    play.fire("retry")
    before = {task.name: task.due_at for task in play.tasks()}
    play.fire("step_aside")
    assert play.case.main.states == ("aside",)
    assert [task.name for task in play.tasks()] == ["aside"]
    play.wait(7 * DAY)
    play.fire("come_back")
    assert play.states == ("checks.lab.again", "checks.site.visiting")
    for task in play.tasks():
        due = before[task.name]
        assert task.due_at is not None
        assert due is not None
        assert task.due_at > due + 6 * DAY
    play.fire("fine")
    play.fire("see", SUPERVISOR)
    assert play.case.main.states == ("talks.first",)


def test_coming_back_to_a_region_that_had_ended(play: Play) -> None:
    play.fire("fine")
    play.fire("step_aside")
    play.fire("come_back")
    assert play.states == ("checks.lab.good", "checks.site.visiting")
    assert [task.name for task in play.tasks()] == ["checks.site.visiting"]


def test_a_stage_is_left_from_any_of_its_states_and_ends_by_itself(play: Play) -> None:
    play.fire("fine")
    play.fire("see", SUPERVISOR)
    play.fire("talk")
    assert play.offer("break_off").allowed
    play.fire("agree")
    assert (play.states, play.case.main.outcome) == (("done",), "done")


def test_the_log_folds_to_the_same_case(play: Play) -> None:
    play.fire("retry")
    play.fire("step_aside")
    play.wait(3 * DAY)
    play.fire("come_back")
    play.fire("fine")
    play.fire("see", SUPERVISOR)
    assert play.folded() == play.case
