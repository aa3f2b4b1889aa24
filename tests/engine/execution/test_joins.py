"""Referrals side by side: once as many have a result as the case waits for, the others are taken back; or somebody decides."""

from __future__ import annotations

import pytest

from casework.engine import parts
from casework.engine.definition.consequences import Follows
from casework.engine.definition.grammar import Final, Referral, State, Task, Workflow, same, working_days
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import effect
from casework.engine.roles import Role
from casework.engine.state.case import MET_JOIN, OBSOLETE, OPEN_JOIN, Join
from casework.engine.state.join_count import ALL, FIRST, SOME
from tests.engine.toys import OFFICER, PROVIDER, Play


def _waits(f: Facts, rule: str, needed: int | None = None) -> Follows:
    named = tuple(one.id for one in f.referrals("fix"))
    return {"join": Join(named[0], "fix", rule, needed, None, named).written()}


@effect()
def toy_wait_for_first(f: Facts) -> Follows:
    return _waits(f, FIRST)


@effect()
def toy_wait_for_two(f: Facts) -> Follows:
    return _waits(f, SOME, 2)


@effect()
def toy_wait_for_all(f: Facts) -> Follows:
    return _waits(f, ALL)


class Asking(Workflow):
    workflow = "toy"
    part = parts.MAIN

    a = State("A", Role.OFFICER, working_days(10), "One")
    b = State("B", Role.OFFICER, working_days(10), "Two")
    done = Final("Done")

    refer = a.to(same(), by=Role.OFFICER, opens=[Referral("fix", fresh=True)])
    first = a.to(same(), by=Role.OFFICER, effects=[toy_wait_for_first])
    two = a.to(same(), by=Role.OFFICER, effects=[toy_wait_for_two])
    every = a.to(same(), by=Role.OFFICER, effects=[toy_wait_for_all])
    go = a.to(b, by=Role.OFFICER)
    finish = b.to(done, by=Role.OFFICER)

    on_request = (
        ((a,), (Role.OFFICER,), Task("too_few", "Decide", Role.OFFICER, working_days(5), part=parts.AFTER_TOO_FEW)),
    )


class Asked(Workflow):
    workflow = "referral"
    part = parts.REFERRAL

    sent = State("Sent", Role.PROVIDER, working_days(5), "Ask", part=parts.ASKED)
    delivered = State("Delivered", Role.OFFICER, working_days(5), "Check", part=parts.HANDED_IN)
    approved = Final("Approved", part=parts.GIVES_RESULT)
    declined = Final("Declined", part=parts.TURNED_DOWN)
    withdrawn = Final("Withdrawn", part=parts.CALLED_OFF)

    deliver = sent.to(delivered, by=Role.PROVIDER)
    approve = delivered.to(approved, by=Role.OFFICER)
    decline = sent.to(declined, by=Role.PROVIDER)
    take_back = sent.to(withdrawn, by=Role.SYSTEM, part=parts.TAKES_BACK)


def asking(rule: str, referrals: int = 3) -> Play:
    play = Play(Asking, Asked).start()
    for _ in range(referrals):
        play.fire("refer")
    play.fire(rule)
    return play


def act(play: Play, name: str, n: int) -> None:
    track = list(play.case.tracks.values())[n]
    play.fire(name, OFFICER if name == "approve" else PROVIDER, on=track)


def outcomes(play: Play) -> list[str | None]:
    return [track.outcome for track in play.case.tracks.values() if track.is_referral]


def join(play: Play) -> Join:
    (only,) = play.case.joins.values()
    return only


def test_with_the_first_result_the_others_are_taken_back() -> None:
    play = asking("first")
    act(play, "deliver", 2)
    assert join(play).state == OPEN_JOIN
    act(play, "approve", 2)
    assert outcomes(play) == ["withdrawn", "approved", "withdrawn"]
    referrals = [track.id for track in play.case.tracks.values() if track.is_referral]
    assert (join(play).state, join(play).by) == (MET_JOIN, (referrals[1],))
    joined = next(event for event in play.events if event.kind == "joined")
    assert (joined.actor, joined.effects["what"], joined.because) == ("system", "fix", joined.seq - 1)
    taken = [event for event in play.events if event.effects.get("transition") == "take_back"]
    assert {event.because for event in taken} == {joined.seq}


def test_what_was_delivered_is_checked_all_the_same() -> None:
    play = asking("first")
    act(play, "deliver", 1)
    act(play, "deliver", 2)
    act(play, "approve", 2)
    assert outcomes(play) == [None, "approved", "withdrawn"]


@pytest.mark.parametrize(("rule", "enough"), [("first", 1), ("two", 2), ("every", 3)])
def test_as_many_results_as_it_waits_for_and_no_fewer(rule: str, enough: int) -> None:
    play = asking(rule)
    for n in range(1, enough + 1):
        assert join(play).state == OPEN_JOIN
        act(play, "deliver", n)
        act(play, "approve", n)
    assert join(play).state == MET_JOIN
    assert len(join(play).by) == enough


def test_of_all_one_that_comes_to_nothing_is_one_fewer() -> None:
    play = asking("every", 2)
    act(play, "deliver", 1)
    act(play, "approve", 1)
    act(play, "decline", 2)
    assert join(play).state == MET_JOIN
    assert not play.tasks("too_few")


def test_where_too_few_can_come_somebody_decides_once() -> None:
    play = asking("two")
    act(play, "decline", 1)
    assert not play.tasks("too_few")
    act(play, "decline", 2)
    (task,) = play.tasks("too_few")
    assert (task.about, task.track, task.initiator) == (join(play).id, play.case.main.id, None)
    act(play, "decline", 3)
    assert play.tasks("too_few") == [task]
    assert join(play).state == OPEN_JOIN


def test_a_result_after_all_ends_the_decision() -> None:
    play = asking("two")
    act(play, "deliver", 1)
    act(play, "approve", 1)
    act(play, "decline", 2)
    act(play, "decline", 3)
    (task,) = play.tasks("too_few")
    play.fire("refer")
    play.fire("first")
    assert play.case.tasks[task.id].state == OBSOLETE
    assert join(play).state == MET_JOIN


@pytest.mark.parametrize("over", [False, True])
def test_nobody_is_asked_where_the_case_has_gone_on(over: bool) -> None:
    play = asking("two", 2)
    play.fire("go")
    if over:
        play.fire("finish")
    act(play, "decline", 1)
    assert not play.tasks("too_few")


def test_a_case_that_is_over_waits_for_nothing() -> None:
    play = asking("first", 2)
    play.fire("go")
    play.fire("finish")
    act(play, "deliver", 1)
    act(play, "approve", 1)
    assert join(play).state == OPEN_JOIN
    assert outcomes(play) == ["approved", None]
