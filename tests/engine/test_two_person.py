"""Who may say the second word, and in which state: the whole truth table."""

from __future__ import annotations

from itertools import product

import pytest

from casework.engine.two_person import (
    AGREED,
    ASKED,
    DONE,
    REFUSED,
    Matter,
    Refusal,
    Step,
    are_apart,
    follows,
    refusal,
    state_after,
)

STATES = (ASKED, AGREED, REFUSED, DONE, "withdrawn", "lapsed")
ASKER, SUBJECT, PLACE, OTHER = "asker", "subject", "whose place is taken", "somebody else"


def _matter(state: str = ASKED) -> Matter:
    return Matter(ASKER, frozenset({SUBJECT, PLACE, None}), state)


@pytest.mark.parametrize(
    ("person", "agree", "state"), list(product((ASKER, SUBJECT, PLACE, OTHER), (True, False), STATES))
)
def test_without_a_role_that_decides_nobody_decides(person: str, agree: bool, state: str) -> None:
    for withdrawable in (True, False):
        answer = refusal(_matter(state), person, in_role=False, agree=agree, withdrawable=withdrawable)
        assert answer is Refusal.ROLE


@pytest.mark.parametrize(
    ("person", "agree", "withdrawable", "answer"),
    [
        (OTHER, True, False, None),
        (OTHER, False, False, None),
        (OTHER, True, True, None),
        (OTHER, False, True, None),
        (ASKER, True, False, Refusal.PARTY),
        (ASKER, False, False, Refusal.PARTY),
        (ASKER, True, True, Refusal.PARTY),
        # Who asked takes it back.
        (ASKER, False, True, None),
        (SUBJECT, True, False, Refusal.PARTY),
        (SUBJECT, False, False, Refusal.PARTY),
        (SUBJECT, True, True, Refusal.PARTY),
        (SUBJECT, False, True, Refusal.PARTY),
        (PLACE, True, False, Refusal.PARTY),
        (PLACE, False, False, Refusal.PARTY),
        (PLACE, True, True, Refusal.PARTY),
        (PLACE, False, True, Refusal.PARTY),
    ],
)
def test_the_second_person_is_another(person: str, agree: bool, withdrawable: bool, answer: Refusal | None) -> None:
    for state in STATES:
        # The state is said last: of what is theirs already nobody learns more.
        wanted = answer or (None if state == ASKED else Refusal.STATE)
        assert refusal(_matter(state), person, in_role=True, agree=agree, withdrawable=withdrawable) is wanted, state


def test_only_what_was_asked_for_waits() -> None:
    assert [state for state in STATES if _matter(state).waits] == [ASKED]


def test_what_nobody_asked_for_yet_has_no_parties() -> None:
    assert Matter(None).parties == frozenset()
    assert refusal(Matter(None), OTHER, in_role=True) is None


def test_parties_are_who_asked_and_whom_it_is_about() -> None:
    assert _matter().parties == {ASKER, SUBJECT, PLACE}
    assert all(_matter().is_party(person) for person in (ASKER, SUBJECT, PLACE))
    assert not _matter().is_party(OTHER)
    # A deputy of one of them is no second person either.
    assert _matter().is_party(OTHER, ASKER)
    assert not _matter().is_party(OTHER, None)


@pytest.mark.parametrize(
    ("some", "others", "apart"),
    [
        ((ASKER, None), (OTHER, None), True),
        ((ASKER, None), (ASKER, None), False),
        ((ASKER, PLACE), (OTHER, PLACE), False),
        ((ASKER, PLACE), (PLACE, None), False),
        ((ASKER, None), (OTHER, ASKER), False),
        ((), (OTHER,), True),
        ((None,), (None,), True),
    ],
)
def test_nobody_is_on_both_sides(some: tuple[str | None, ...], others: tuple[str | None, ...], apart: bool) -> None:
    assert are_apart(some, others) is apart
    assert are_apart(others, some) is apart


#: What may follow in each state; everything else may not.
FOLLOWS: dict[str | None, set[Step]] = {
    None: {Step.ASK}, ASKED: {Step.AGREE, Step.REFUSE}, AGREED: {Step.REFUSE, Step.CARRY_OUT}, REFUSED: set(), DONE: set(),
}  # fmt: skip


@pytest.mark.parametrize(("state", "step"), list(product(FOLLOWS, Step)))
def test_a_step_follows_where_it_may(state: str | None, step: Step) -> None:
    assert follows(state, step) is (step in FOLLOWS[state])


def test_each_step_leads_to_its_state() -> None:
    assert {step: state_after(step) for step in Step} == {
        Step.ASK: ASKED,
        Step.AGREE: AGREED,
        Step.REFUSE: REFUSED,
        Step.CARRY_OUT: DONE,
    }
