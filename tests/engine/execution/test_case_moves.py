"""The move of a case to a state by two persons: past no guard of law, with nothing lost or doubled, and one can go back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework import reasons
from casework.engine.definition.editions import Edition
from casework.engine.definition.forms import YesNo
from casework.engine.definition.grammar import Final, Form, State, Task, Workflow, working_days
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Law, guard
from casework.engine.execution.case_moves import faults_of, foresee, places
from casework.engine.execution.commands import AskMove, DecideMove, Open
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.case import OBSOLETE, STOPPED, Case, Fired
from casework.engine.state.moves import asked_move, moved_from
from casework.engine.state.projection import fold
from casework.errors import CaseworkError, InvalidForm, NotAllowed, Refused, WrongState
from tests.engine.migrations import DEEDS, OLD, played
from tests.engine.toys import COMPLIANCE, OFFICER, SECOND_SUPERVISOR, SUPERVISOR, Play, uuid
from tests.engine.walk_starts import CASE
from tests.engine.walks import Walk

DONE = st.lists(st.sampled_from(sorted(DEEDS)), max_size=8)


class Says(Form):
    yes = YesNo(label="Yes?")


@guard(rule="Both have agreed.", refusal="Not both have agreed.", law=Law.CONSENT)
def toy_both_agree(f: Facts) -> bool:
    return bool(f.results("agreement"))


@guard(rule="It says yes.", refusal="It does not say yes.", law=Law.RIGHTS)
def toy_says_yes(f: Facts) -> bool:
    return bool(f.data.get("yes"))


@guard(rule="It is a good day.", refusal="It is a bad day.")
def toy_good_day(f: Facts) -> bool:
    return False


class Lawful(Workflow):
    """Three ways on: the office's own rule, the law's by what is on file, and the law's by what a form says."""

    part = "main"

    one = State("One", Role.OFFICER, working_days(10), "One")
    two = State("Two", Role.OFFICER, working_days(10), "Two")
    three = State("Three", Role.OFFICER, working_days(10), "Three")
    four = State("Four", Role.OFFICER, working_days(10), "Four")
    over = Final("Over")

    on = one.to(
        two,
        by=Role.OFFICER,
        guards=[toy_good_day],
        opens=[Task("agreement", "Agree", Role.OFFICER, working_days(5), Says)],
    )
    agree = two.to(three, by=Role.OFFICER, guards=[toy_both_agree], ends=["agreement"])
    say = three.to(four, by=Role.OFFICER, form=Says, guards=[toy_says_yes, toy_good_day])
    finish = four.to(over, by=Role.OFFICER, form=Says)
    back = four.to(one, by=Role.OFFICER)


class Apart(Workflow):
    """Whoever sent it back does not let it on."""

    part = "main"

    one = State("One", Role.OFFICER, working_days(10), "One")
    two = State("Two", Role.OFFICER, working_days(10), "Two")
    over = Final("Over")

    back = two.to(one, by=Role.OFFICER)
    on = one.to(two, by=Role.OFFICER, not_by=["back"])
    finish = two.to(over, by=Role.OFFICER, form=Says)


def start() -> Play:
    return Play(Lawful).start("lawful")


def propose(play: Play, to: str, by: By = SUPERVISOR) -> None:
    play.do(AskMove(to, "Because it is stuck."), by)


def move(play: Play, to: str) -> None:
    propose(play, to)
    play.do(DecideMove(True), SECOND_SUPERVISOR)


def test_a_rule_of_the_office_is_passed_over_by_two_persons_and_what_begins_there_begins() -> None:
    play = start()
    move(play, "two")
    assert play.states == ("two",)
    assert [task.name for task in play.tasks()] == ["two", "agreement"]
    assert [task.state for task in play.case.tasks.values() if task.name == "one"] == [OBSOLETE]
    assert play.folded() == play.case
    asked, moved = play.events[-2:]
    assert (asked.kind, moved.kind, moved.because) == ("move_asked", "moved", asked.seq)
    assert asked.body == {"reason": "Because it is stuck."}
    assert moved.effects["move"] == {"to": "two", "over": ["on"]}


def test_a_guard_of_law_refuses_the_move_into_its_state_and_past_it_with_its_own_reason() -> None:
    play = start()
    for to in ("three", "four"):
        with pytest.raises(Refused) as refused:
            propose(play, to)
        said = [str(why) for why in refused.value.reasons]
        assert said[0] == "Not both have agreed."
        assert any("Only the form of “Say” tells" in why for why in said) == (to == "four")
    assert len(play.events) == 1


def test_what_the_law_asks_and_what_holds_lets_a_case_through() -> None:
    play = start()
    move(play, "two")
    play.complete("agreement", yes=True)
    move(play, "three")
    assert play.states == ("three",)
    # What only a form can tell is told by the form of the step.
    with pytest.raises(Refused, match="Only the form of “Say” tells"):
        propose(play, "four")
    # And once it was given, it counts as it was given.
    toy_good = play.case.main
    said = replace(toy_good, fired={**toy_good.fired, "say": Fired(1, play.now, "x", None, {"yes": False})})
    play._case = replace(play.case, tracks={said.id: said})
    with pytest.raises(Refused, match="It does not say yes"):
        propose(play, "four")


def test_what_held_then_and_does_no_longer_refuses_when_the_second_person_agrees() -> None:
    play = start()
    move(play, "two")
    play.complete("agreement", yes=True)
    propose(play, "three")
    tasks = {id: task for id, task in play.case.tasks.items() if task.name != "agreement"}
    play._case = play.case.__class__(**{f: getattr(play.case, f) for f in play.case.__slots__} | {"tasks": tasks})
    with pytest.raises(Refused, match="Not both have agreed"):
        play.do(DecideMove(True), SECOND_SUPERVISOR)


def test_whoever_moves_a_case_on_again_after_it_was_taken_back_is_asked_for_the_law_again() -> None:
    play = start()
    move(play, "two")
    play.complete("agreement", yes=True)
    move(play, "three")
    move(play, "two")
    assert play.events[-1].effects["move"] == {"to": "two", "over": [], "back": True}
    tasks = {id: task for id, task in play.case.tasks.items() if task.name != "agreement"}
    play._case = replace(play.case, tasks=tasks)
    with pytest.raises(Refused, match="Not both have agreed"):
        propose(play, "three")


def test_who_asked_is_kept_from_it_by_what_they_did_as_who_agrees_is() -> None:
    play = Play(Apart).start("apart")
    propose(play, "two")
    track = play.case.main
    for by in (SUPERVISOR, SECOND_SUPERVISOR):
        sent_back = Fired(1, play.now, by.person, None, {})
        play._case = replace(play.case, tracks={track.id: replace(track, fired={**track.fired, "back": sent_back})})
        with pytest.raises(Refused):
            play.do(DecideMove(True), SECOND_SUPERVISOR)
    sent_back = Fired(1, play.now, COMPLIANCE.person, None, {})
    play._case = replace(play.case, tracks={track.id: replace(track, fired={**track.fired, "back": sent_back})})
    play.do(DecideMove(True), SECOND_SUPERVISOR)
    assert play.states == ("two",)


@pytest.mark.parametrize("by", [SUPERVISOR, By("deputy", Role.SUPERVISOR, acting_for=SUPERVISOR.person)])
def test_who_asked_does_not_agree_nor_anybody_in_their_place(by: By) -> None:
    play = start()
    propose(play, "two")
    with pytest.raises(NotAllowed, match="Another person decides"):
        play.do(DecideMove(True), by)
    assert play.states == ("one",)


def test_a_deputy_who_asked_in_somebodys_place_keeps_that_person_from_agreeing() -> None:
    play = start()
    propose(play, "two", By("deputy", Role.SUPERVISOR, acting_for=SUPERVISOR.person))
    with pytest.raises(NotAllowed):
        play.do(DecideMove(True), SUPERVISOR)
    play.do(DecideMove(True), COMPLIANCE)
    assert play.states == ("two",)


@pytest.mark.parametrize("by", [SUPERVISOR, SECOND_SUPERVISOR])
def test_it_is_refused_or_taken_back_and_can_be_asked_for_again(by: By) -> None:
    play = start()
    propose(play, "two")
    with pytest.raises(WrongState):
        propose(play, "two", SECOND_SUPERVISOR)
    play.do(DecideMove(False, "No."), by)
    assert asked_move(play.case.main) is None
    assert play.events[-1].kind == "move_refused"
    with pytest.raises(WrongState):
        play.do(DecideMove(True), SECOND_SUPERVISOR)
    move(play, "two")
    assert play.states == ("two",)


def test_what_was_asked_lapses_when_the_case_goes_on_by_itself() -> None:
    play = played(["go"])
    propose(play, "a")
    play.fire("back", SUPERVISOR)
    assert asked_move(play.case.main) is None
    assert play.folded() == play.case


def test_nothing_is_moved_into_an_end_or_where_it_is_or_beside_or_nowhere() -> None:
    play = start()
    with pytest.raises(Refused, match="ends the case"):
        propose(play, "over")
    for to in ("one", "nowhere", ""):
        with pytest.raises(InvalidForm) as refused:
            propose(play, to)
        assert set(refused.value.fields) == {"to"}
    assert places(play.library[play.case.main.edition]) == ["one", "two", "three", "four"]
    assert places(OLD) == ["a", "b"]


@pytest.mark.parametrize("deeds", [["hold"], ["go", "finish"], ["stop"], ["hold", "resume", "hold"]])
def test_a_case_on_hold_or_stopped_or_closed_is_not_moved(deeds: list[str]) -> None:
    play = played(deeds)
    for to in ("a", "b"):
        with pytest.raises((Refused, InvalidForm)):
            propose(play, to)


def test_a_sealed_log_is_not_moved() -> None:
    play = Play(Lawful).start("lawful", kind="mediation", about=uuid(9))
    with pytest.raises(Refused) as refused:
        propose(play, "two")
    assert refused.value.reasons == [reasons.moves.SEALED]


# --- nothing lost, nothing doubled ---------------------------------------------------------------------------------


def _steps(case: Case) -> Counter[str | None]:
    return Counter(task.of for task in case.step_tasks(case.main.id))


def _whole(case: Case, edition: Edition) -> None:
    """Each state that is stood in has its own step once, no other has, and no clock belongs to what is over."""
    main = case.main
    assert _steps(case) == Counter(leaf for leaf in main.states if edition.states[leaf].queue is not None)
    for clock in case.clocks.values():
        if clock.state != STOPPED and clock.track == main.id:
            assert clock.of is None or clock.of in main.states
            assert clock.task is None or case.tasks[clock.task].open
    live = Counter(track.workflow for track in case.live_tracks() if not track.is_referral and track.parent is None)
    assert all(times == 1 for times in live.values())


@settings(max_examples=60, deadline=None)
@given(DONE, st.sampled_from(["a", "b"]))
def test_a_move_of_the_toy_loses_and_doubles_nothing_and_a_second_one_goes_back(deeds: list[str], to: str) -> None:
    play = played(deeds)
    before, stood = play.case, play.states
    try:
        move(play, to)
    except CaseworkError:
        assert play.case.main.states == stood
        return
    _whole(play.case, OLD)
    assert play.folded() == play.case
    moved = play.events[-1]
    ended = {one["id"] for one in moved.effects.get("task_states", ())}
    opened = {one["id"] for one in moved.effects.get("tasks", ())}
    assert {task.id for task in play.case.open_tasks()} == {task.id for task in before.open_tasks()} - ended | opened
    assert {play.case.tasks[id].state for id in ended} <= {OBSOLETE}
    kept = {task.name for task in before.open_tasks() if task.id not in ended}
    assert not kept & {play.case.tasks[id].name for id in opened}
    assert moved_from(play.case.main) == stood
    # The engine goes on from there, and the way back stands open.
    assert any(not offer.why_not for by in (OFFICER, SUPERVISOR) for offer in play.offers(by))
    move(play, *stood)
    assert play.states == stood
    _whole(play.case, OLD)
    assert play.events[-1].effects["move"] == {"to": stood[0], "over": [], "back": True}


@cache
def walked(seed: int) -> Walk:
    return Walk(seed, lambda: Open(uuid(7), "case", "case", CASE, "A case"), calm=True).run(160 + 40 * (seed % 5))


@pytest.mark.parametrize("seed", range(12))
def test_walks_of_the_published_case_are_moved_only_where_the_law_of_every_way_there_holds(seed: int) -> None:
    walk = walked(seed)
    edition = walk.library[walk.case.main.edition]
    for to in places(edition):
        _try(walk, edition, to)


def _try(walk: Walk, edition: Edition, to: str) -> None:
    play = Play(editions=walk.library.editions.values(), now=walk.now, facts=walk.context(SUPERVISOR).facts)
    play._case, play.events = walk.case, list(walk.events)
    try:
        propose(play, to)
    except CaseworkError:
        assert play.case == walk.case
        return
    foreseen = foresee(play.library, play.case, play.context(SECOND_SUPERVISOR), to)
    context = play.context(SECOND_SUPERVISOR)
    standing = play.case
    moved = play.do(DecideMove(True), SECOND_SUPERVISOR)
    assert [event.kind for event in foreseen] == ["moved"]
    _whole_real(play.case, edition)
    assert fold(play.events) == play.case
    assert list(faults_of(play.library, standing, moved[0], context)) == []
    reached(edition, moved[0].effects["move"]["over"], to)


def _whole_real(case: Case, edition: Edition) -> None:
    assert _steps(case) == Counter(leaf for leaf in case.main.states if edition.states[leaf].queue is not None)
    for clock in case.clocks.values():
        if clock.track == case.main.id and clock.state != STOPPED:
            assert clock.of is None or clock.of in case.main.states


def reached(edition: Edition, over: Iterable[str], to: str) -> None:
    """The ways that a move names lead there, one by one."""
    stands = edition.initial
    for name in over:
        found = edition.find(name, stands)
        assert found is not None
        stands = edition.entered(found[0].target)
    assert stands == edition.entered(to)
