"""What people must still do: every way forward to an end, with who may do each action, who may not, and who must be another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from casework.engine import parts
from casework.engine.analysis import remaining_work
from casework.engine.analysis.remaining_work import Demand, Way, decisions, ways
from casework.engine.definition.forms import YesNo
from casework.engine.definition.grammar import (
    EXCEPTION,
    RETURN,
    Final,
    Form,
    Stage,
    State,
    Task,
    Workflow,
    any_of,
    previous,
    same,
    working_days,
)
from casework.engine.execution.context import By
from casework.engine.roles import Role
from tests.engine.toys import COMPLIANCE, OFFICER, SECOND_OFFICER, SUPERVISOR, Play


def state(label: str = "A") -> State:
    return State(label, Role.OFFICER, working_days(5), "One")


def task(name: str, queue: str = Role.OFFICER, **more: Any) -> Task:
    return Task(name, name.capitalize(), queue, working_days(5), **more)


class Yes(Form):
    yes = YesNo(label="Yes?")


FORK = task("fork", form=Yes, opens_if=(("yes", True, (task("maybe"),)),))
CHECK = task("check", Role.COMPLIANCE, not_by=("begin",), opens=(task("after_check"),))


class Toy(Workflow):
    part = parts.MAIN

    a, b, last, held = state(), state(), state(), state()
    talks = Stage("Talks", first=state(), agreed=Final("Agreed"))
    done, dropped = Final("Done"), Final("Dropped")

    begin = a.to(b, by=Role.OFFICER, opens=(CHECK, task("later", aftercare=True)))
    skip = a.to(b, by=Role.SUPERVISOR, ends=("old",))
    stop = a.to(dropped, by=Role.OFFICER, kind=EXCEPTION)
    back = b.to(a, by=Role.OFFICER, kind=RETURN)
    talk = b.to(
        talks, by=(Role.OFFICER, Role.SUPERVISOR), not_by=("begin", "skip", "check"), confirm_by=Role.SUPERVISOR
    )
    agree = talks["first"].to(talks["agreed"], by=Role.OFFICER, opens=(FORK,))
    end = talks.then(last)
    close = last.to(done, by=Role.OFFICER, not_by=("begin", "talk"))
    hold = any_of(a, b).to(held, by=Role.OFFICER, kind=EXCEPTION)
    resume = held.to(previous(), by=Role.OFFICER)
    note = a.to(same(), by=Role.OFFICER)
    on_request = (((a, b), (Role.OFFICER,), task("old")), ((a,), (Role.OFFICER,), CHECK))


def begun() -> Play:
    return Play(Toy).start()


def told(play: Play, leaf: str | None = None) -> list[Way]:
    return ways(play.library, play.case, play.case.main, leaf or play.states[0])


def names(way: Way) -> list[str]:
    return [demand.name for demand in way.demands]


def only(play: Play) -> Way:
    (way,) = told(play)
    return way


def demand(way: Way, name: str) -> Demand:
    return next(one for one in way.demands if one.name == name)


def apart(way: Way) -> set[tuple[str, str]]:
    return {(way.demands[a].name, way.demands[b].name) for a, b in way.apart}


BEGIN = ["begin", "check", "after_check", "talk", "talk", "agree", "fork", "close"]
TALK = ["talk", "talk", "agree", "fork", "close"]


# --- the ways --------------------------------------------------------------------------------------------------------


def test_each_way_goes_forward_with_the_tasks_that_it_opens_and_what_follows_them() -> None:
    assert [names(way) for way in told(begun())] == [BEGIN, ["skip", *TALK]]


def test_an_exception_is_a_way_only_where_there_is_no_other() -> None:
    play = begun()
    assert all("stop" not in names(way) and "hold" not in names(way) for way in told(play))
    play.fire("hold")
    assert [names(way)[:2] for way in told(play)] == [["resume", "begin"], ["resume", "skip"]]


def test_from_an_end_nothing_is_left_to_do() -> None:
    assert [names(way) for way in told(begun(), "done")] == [[]]


def test_no_way_comes_back_to_where_it_was() -> None:
    class Circle(Workflow):
        workflow = "toy"
        part = parts.MAIN

        x, y, done = state(), state(), Final("Done")
        go = x.to(y, by=Role.OFFICER)
        turn = y.to(x, by=Role.OFFICER)
        finish = y.to(done, by=Role.OFFICER)

    assert [names(way) for way in told(Play(Circle).start())] == [["go", "finish"]]


def test_no_more_ways_are_looked_at_than_can_be_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remaining_work, "MOST_WAYS", 1)
    assert [names(way) for way in told(begun())] == [BEGIN]


# --- who may ---------------------------------------------------------------------------------------------------------


def test_an_action_asks_for_its_roles_and_a_task_for_those_of_its_queue() -> None:
    way = told(begun())[0]
    assert {one.name: set(one.roles) for one in way.demands if one.name != "talk"} == {
        "begin": {Role.OFFICER},
        "check": {Role.COMPLIANCE},
        "after_check": {Role.OFFICER},
        "agree": {Role.OFFICER},
        "fork": {Role.OFFICER},
        "close": {Role.OFFICER},
    }
    first, second = (one for one in way.demands if one.name == "talk")
    assert (set(first.roles), set(second.roles)) == ({Role.OFFICER, Role.SUPERVISOR}, {Role.SUPERVISOR})
    assert (first.key, demand(way, "check").key) == ("transitions.talk.do", "tasks.check")


def test_a_sealed_mediation_asks_for_its_dispute_officer() -> None:
    play = begun()
    play._case = replace(play.case, kind="mediation")
    assert demand(told(play)[0], "begin").roles == demand(told(play)[0], "fork").roles == {Role.DISPUTE_OFFICER}


class Service(Workflow):
    workflow = "toy"
    part = parts.MAIN

    a = State("A", Role.PROVIDER, working_days(5), "One")
    done = Final("Done")
    go = a.to(done, by=Role.PROVIDER, opens=(task("weigh", Role.PROVIDER), task("look")))


def test_a_providers_task_asks_for_its_own_organisation_alone() -> None:
    play = Play(Service).start()
    track = replace(play.case.main, provider="lab")
    (way,) = ways(play.library, play.case, track, "a")
    assert {one.name: one.organisation for one in way.demands} == {"go": None, "weigh": "lab", "look": None}
    assert demand(way, "weigh").roles == {Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER}


# --- open tasks ------------------------------------------------------------------------------------------------------


def test_an_open_side_task_comes_first_unless_the_way_ends_it() -> None:
    play = begun()
    play.add("old")
    assert [names(way) for way in told(play)] == [["old", *BEGIN], ["skip", *TALK]]


def test_a_task_that_is_open_already_is_not_asked_for_twice() -> None:
    play = begun()
    play.add("check")
    assert names(told(play)[0]) == ["check", "begin", *TALK]


def test_what_is_done_after_the_end_or_on_another_track_is_no_part_of_it() -> None:
    play = begun()
    play.fire("begin")
    (later,) = play.tasks("later")
    assert "later" not in names(only(play))
    for change in ({"aftercare": False, "track": "other"}, {"aftercare": False, "type": "decision"}):
        play._case = replace(play.case, tasks={**play.case.tasks, later.id: replace(later, **change)})  # type: ignore[arg-type]  # of a test's own
        assert "later" not in names(only(play))
    play._case = replace(play.case, tasks={**play.case.tasks, later.id: replace(later, aftercare=False)})
    assert "later" in names(only(play))


# --- four eyes -------------------------------------------------------------------------------------------------------


def test_what_is_still_to_come_is_done_by_different_persons() -> None:
    forward, short = told(begun())
    assert apart(forward) == {
        ("begin", "check"),
        ("begin", "talk"),
        ("check", "talk"),
        ("talk", "talk"),
        ("talk", "close"),
    }
    assert apart(short) == {("skip", "talk"), ("talk", "talk"), ("talk", "close")}


def who(way: Way, name: str) -> list[dict[str, str]]:
    return [dict(one.shut_out) for one in way.demands if one.name == name]


def test_whoever_did_the_last_of_them_is_shut_out_and_in_whose_place_too() -> None:
    play = begun()
    play.fire("begin", replace(OFFICER, acting_for=SECOND_OFFICER.person))
    key = "transitions.begin.do"
    assert who(only(play), "check") == who(only(play), "talk")[:1] == [{"officer-1": key, "officer-2": key}]
    assert who(only(play), "agree") == [{}]
    play.complete("check", COMPLIANCE)
    assert who(only(play), "talk")[0] == {"officer-1": key, "officer-2": key, "compliance-1": "tasks.check"}
    play.fire("back")
    play.fire("skip", SUPERVISOR)
    assert who(only(play), "talk")[0] == {"supervisor-1": "transitions.skip.do", "compliance-1": "tasks.check"}


def test_what_comes_once_more_shuts_out_nobody_of_before() -> None:
    play = begun()
    play.fire("begin")
    play.complete("check", COMPLIANCE)
    play.fire("back")
    forward, short = told(play)
    assert who(forward, "talk")[0] == {}
    assert who(short, "talk")[0] == {"compliance-1": "tasks.check"}


# --- proposals -------------------------------------------------------------------------------------------------------


def proposed(by: By = OFFICER) -> Play:
    play = begun()
    play.fire("skip", SUPERVISOR)
    play.fire("talk", by)
    return play


def test_a_proposal_needs_its_second_person_alone_and_not_who_asked() -> None:
    play = proposed(replace(OFFICER, acting_for=SECOND_OFFICER.person))
    (decision,) = decisions(play.library, play.case)
    key = "transitions.talk.do"
    assert (decision.name, set(decision.roles), decision.key) == ("talk", {Role.SUPERVISOR}, key)
    assert decision.shut_out == {"officer-1": key, "officer-2": key}
    way = only(play)
    assert names(way) == ["talk", "agree", "fork", "close"]
    assert who(way, "talk") == [decision.shut_out]
    assert apart(way) == {("talk", "close")}


def test_where_nobody_proposed_anything_nothing_is_to_be_decided() -> None:
    assert decisions(begun().library, begun().case) == []


def test_a_proposal_counts_on_the_first_action_of_a_way_alone() -> None:
    play = proposed()
    asked: Sequence[str] = names(ways(play.library, play.case, play.case.main, "a")[1])
    assert asked == ["skip", *TALK]
