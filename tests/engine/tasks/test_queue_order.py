"""The order of a queue: the same for the same tasks, and bounded in how often a task is overtaken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from casework.engine.tasks.queue_order import AGE, AHEAD, DUE, PATIENCE, reason, turn

START = datetime(2026, 1, 5, tzinfo=UTC)
days = st.integers(0, 400).map(lambda n: timedelta(days=n))
tasks = st.tuples(days.map(lambda n: START + n), st.none() | days, st.sampled_from((-1, 0, 1)))
Given = tuple[datetime, timedelta | None, int]


def turn_of(task: Given) -> datetime:
    opened, after, priority = task
    return turn(opened, None if after is None else opened + after, priority)


def test_what_is_due_first_comes_first() -> None:
    assert turn(START, START + timedelta(days=3)) < turn(START, START + timedelta(days=4))


def test_what_has_no_due_date_has_its_turn_when_it_has_waited() -> None:
    assert turn(START, None) == START + PATIENCE
    assert reason(None) == AGE
    assert reason(START) == DUE


def test_a_high_priority_comes_a_week_before_and_a_low_one_a_week_after() -> None:
    due = START + timedelta(days=20)
    assert turn(START, due, 1) == turn(START, due) - AHEAD
    assert turn(START, due, -1) == turn(START, due) + AHEAD


@given(tasks, tasks)
def test_whatever_is_opened_a_while_after_a_tasks_turn_never_overtakes_it(task: Given, later: Given) -> None:
    if later[0] > turn_of(task) + AHEAD:
        assert turn_of(later) > turn_of(task)


@given(tasks)
def test_no_task_waits_longer_than_until_it_is_due_or_its_patience_ends(task: Given) -> None:
    assert turn_of(task) <= task[0] + (PATIENCE if task[1] is None else task[1]) + AHEAD


@given(st.lists(tasks, max_size=8), st.randoms(use_true_random=False))
def test_the_same_tasks_stand_in_the_same_order(given_tasks: list[Given], chance: Random) -> None:
    numbered = list(enumerate(given_tasks))
    shuffled = list(numbered)
    chance.shuffle(shuffled)

    def key(one: tuple[int, Given]) -> tuple[object, int]:
        return turn_of(one[1]), one[0]

    assert sorted(shuffled, key=key) == sorted(numbered, key=key)
