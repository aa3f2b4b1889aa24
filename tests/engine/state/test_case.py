"""What is asked of a case as it stands: what is overdue, what comes next, which copies are out."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.parts import SENDS
from casework.engine.state.case import (
    CREATED,
    IN_PROGRESS,
    OPEN,
    PAUSED,
    READY,
    RESERVED,
    RUNNING,
    SUSPENDED,
    TASK_STATES,
    Join,
    Task,
)
from tests.engine.pieces import (
    DAY,
    HOUR,
    NOW,
    case,
    clock,
    document,
    fired,
    grant,
    proposal,
    referral,
    step,
    task,
    track,
)


@pytest.mark.parametrize(("state", "ago"), list(product(TASK_STATES, (-1, 0, 1))))
def test_what_can_be_worked_on_is_overdue_once_its_moment_has_passed(state: str, ago: int) -> None:
    late = task(state=state, due_at=NOW - ago * HOUR)
    wanted = state in (READY, RESERVED, IN_PROGRESS) and ago > 0
    assert case(tasks=(late,)).overdue(late, NOW) is wanted


def test_what_has_no_day_or_whose_clock_stands_still_is_not_overdue() -> None:
    late = task(due_at=NOW - HOUR)
    assert not case(tasks=(task(),)).overdue(task(), NOW)
    for state, of, wanted in ((PAUSED, "task", False), (RUNNING, "task", True), (PAUSED, "other", True)):
        stands = case(tasks=(late,), clocks=(clock(task=of, state=state),))
        assert stands.overdue(late, NOW) is wanted
        assert stands.late(NOW) is wanted


OURS = task("ours", due_at=NOW + 2 * DAY)
THEIRS = task("theirs", queue="provider", due_at=NOW + DAY)
LATER = task("later", due_at=NOW + 3 * DAY)
WAITS = task("waits", due_at=NOW, state=SUSPENDED)
#: What is open, and which of it comes first.
NEXT: dict[str, tuple[tuple[Task, ...], str | None]] = {
    "nothing": ((), None),
    "ours before the provider's": ((THEIRS, OURS), "ours"),
    "the provider's where there is nothing of ours": ((THEIRS,), "theirs"),
    "the first day": ((LATER, OURS), "ours"),
    "of one day the least id": ((task("b", due_at=NOW), task("a", due_at=NOW)), "a"),
    "of one day a step last": ((task("a", type="step", due_at=NOW), task("b", due_at=NOW)), "b"),
    "without a day, by when it was opened": ((LATER, task("old")), "old"),
    "what waits for somebody last": ((WAITS, LATER), "later"),
    "what waits where there is nothing else": ((WAITS,), "waits"),
    "not what has not begun": ((task("soon", due_at=NOW, state=CREATED), LATER), "later"),
    "not what is over": ((task("over", due_at=NOW, state="Completed"), LATER), "later"),
    "not what is asked afterwards": ((task("after", due_at=NOW, aftercare=True), LATER), "later"),
}


@pytest.mark.parametrize("name", NEXT)
def test_what_comes_first(name: str) -> None:
    tasks, wanted = NEXT[name]
    first = case(tasks=tasks).next_task()
    assert (first and first.id) == wanted


def test_once_the_case_is_closed_what_is_asked_afterwards_counts() -> None:
    first = case(tasks=(task("after", aftercare=True, due_at=NOW - HOUR),), closed_at=NOW)
    assert first.next_task() is not None
    assert first.late(NOW)


def test_on_hold_only_the_main_tracks_step_is_waited_for() -> None:
    tasks = (
        task("side", due_at=NOW - HOUR),
        task("step", type="step", due_at=NOW + DAY),
        task("elsewhere", type="step", track="referral", due_at=NOW - HOUR),
    )
    held = case(track(), referral(), tasks=tasks, hold={"reason": "other"})
    first = held.next_task()
    assert first is not None
    assert first.id == "step"
    assert not held.late(NOW)


def test_as_unheld_what_the_hold_paused_goes_on_and_the_rest_stands_as_it_did() -> None:
    tasks = (task("held"), task("waits", state=SUSPENDED), task("paused"), task("bare", due_at=NOW + DAY))
    clocks = tuple(clock(one.id, task=one.id, state=PAUSED) for one in tasks[:3])
    held = case(track(), tasks=tasks, clocks=clocks, hold={"reason": "other", "paused": ["held", "waits", "gone"]})
    shown = held.as_unheld()
    assert (shown.hold, shown.held_clocks, shown.as_unheld() is shown) == (None, frozenset(), True)
    assert {one.id: shown.clocks[one.id].state for one in clocks} == {
        "held": RUNNING,
        "waits": PAUSED,
        "paused": PAUSED,
    }
    assert [one.id for one in tasks if held.stands_still(one)] == ["held", "waits", "paused", "bare"]
    assert [one.id for one in tasks if shown.stands_still(one)] == ["waits", "paused"]


@pytest.mark.parametrize(("state", "following"), list(product((RUNNING, PAUSED), (0, 1, 2))))
def test_a_clock_fires_at_its_next_step_while_it_runs(state: str, following: int) -> None:
    steps = (step(NOW + DAY, "remind"), step(NOW + 2 * DAY))
    wanted = steps[following].moment if state == RUNNING and following < 2 else None
    assert clock(steps=steps, next=following, state=state).fires_at == wanted


@given(
    st.builds(
        Join,
        *(st.text(max_size=3),) * 3,
        st.none() | st.integers(1, 9),
        st.none() | st.text(max_size=3),
        *(st.lists(st.text(max_size=3)).map(tuple), st.text(max_size=3), st.lists(st.text(max_size=3)).map(tuple)),
    )
)
def test_a_join_is_read_as_it_was_written(join: Join) -> None:
    assert Join.read(join.written()) == join


def test_copies_are_out_until_they_are_returned_or_shared_again() -> None:
    grants = {
        one.id: one
        for one in (
            grant("seen", document="p1"),
            grant("out", document="p2", ended_at=NOW),
            grant("back", document="p3", ended_at=NOW, returned_at=NOW),
            grant("before", document="p1", ended_at=NOW),
            grant("other", document="p2", ended_at=NOW, track="another"),
        )
    }
    assert [one.id for one in case(grants=grants).copies_out("referral")] == ["out"]


def test_a_form_may_name_what_was_not_withdrawn() -> None:
    papers = {one.id: one for one in (document("p1"), document("p2", withdrawn_at=NOW))}
    assert case(documents=papers).usable_documents() == {"p1"}


def test_the_steps_of_a_track_are_its_own_and_open() -> None:
    tasks = (
        *(task(state, type="step", state=state) for state in TASK_STATES),
        task("side"),
        task("elsewhere", type="step", track="referral"),
    )
    assert {one.id for one in case(tasks=tasks).step_tasks("main")} == OPEN
    assert {one.id for one in case(tasks=tasks).open_tasks()} == OPEN | {"side", "elsewhere"}


def test_a_track_belongs_to_the_referral_that_it_is_or_runs_inside() -> None:
    above, below, main = referral(), track("service", parent="referral"), track()
    stands = case(main, above, below)
    assert [stands.referral_of(one) for one in (main, above, below)] == [None, above, above]
    assert stands.children("referral") == [below]
    assert stands.main is main


def test_a_track_lives_until_it_ends_and_is_seen_once_it_was_sent() -> None:
    assert (track().live, track(ended_at=NOW).live) == (True, False)
    assert (referral().sent, referral(played={}).sent) == (True, False)
    last = fired(count=2)
    assert referral(fired={"send": last}).last_fired(SENDS) == last
    assert referral(fired={"send": last}, played={}).last_fired(SENDS) is None


def test_a_proposal_is_of_one_action_on_one_track() -> None:
    stands = case(proposals={"proposal": proposal(acting_for="officer-2")})
    pending = stands.proposal_for("main", "stop")
    assert pending is not None
    assert pending.askers == {"officer-1", "officer-2"}
    assert stands.proposal_for("main", "go") is None
    assert stands.proposal_for("referral", "stop") is None
