"""How many results are waited for, of referrals side by side: once, when exactly those are there, in whatever order they came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from casework.engine.state.case import Case, Join, Track
from casework.engine.state.effects_schema import Given
from casework.engine.state.join_count import ALL, ENOUGH, FIRST, SHORT, SOME, members, tally
from tests.support.parts import played

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
RESULT, NONE, RUNS = "completed", "declined", None
#: What a referral has come to: a result, nothing, or it still runs.
OUTCOMES = st.lists(st.sampled_from([RESULT, NONE, "cancelled", "failed", "no_answer", RUNS]), min_size=1, max_size=8)
RULES = st.sampled_from([FIRST, ALL, SOME])


def referral(n: int, outcome: str | None, **given: str) -> Track:
    state = outcome or "in_progress"
    return Track(
        f"r{n}",
        "referral",
        "e1",
        "assessment",
        None,
        f"o{n}",
        (state,),
        NOW,
        NOW,
        ended_at=NOW if outcome else None,
        outcome=outcome,
        given=cast(Given, given),
        **played("referral", (), outcome),
    )


def case_of(*tracks: Track) -> Case:
    return Case("log", "case", "programme", 1, NOW, NOW, tracks={one.id: one for one in tracks})


def join_of(rule: str, needed: int | None, *named: str) -> Join:
    return Join(named[0], "assessment", rule, needed, None, named)


def verdict(rule: str, needed: int, outcomes: Sequence[str | None]) -> str | None:
    tracks = [referral(n, one) for n, one in enumerate(outcomes)]
    join = join_of(rule, needed, *(one.id for one in tracks))
    return tally(case_of(*tracks), join, {}).verdict(join)


@given(RULES, st.integers(1, 8), OUTCOMES)
def test_it_says_what_counting_by_hand_says(rule: str, needed: int, outcomes: list[str | None]) -> None:
    results, running = outcomes.count(RESULT), outcomes.count(RUNS)
    wanted = {FIRST: results >= 1, SOME: results >= needed, ALL: running == 0 and results >= 1}[rule]
    hopeless = {FIRST: results + running < 1, SOME: results + running < needed, ALL: results + running < 1}[rule]
    assert verdict(rule, needed, outcomes) == (ENOUGH if wanted else SHORT if hopeless else None)


@given(RULES, st.integers(1, 8), OUTCOMES, st.randoms())
def test_the_order_is_of_no_account(rule: str, needed: int, outcomes: list[str | None], chance: Random) -> None:
    shuffled = list(outcomes)
    chance.shuffle(shuffled)
    assert verdict(rule, needed, outcomes) == verdict(rule, needed, shuffled)


@given(RULES, st.integers(1, 8), OUTCOMES, st.data())
def test_it_is_settled_at_one_moment_and_stays_so(
    rule: str, needed: int, outcomes: list[str | None], data: st.DataObject
) -> None:
    """However the referrals end one by one, from some moment on it is enough, or from some moment on too few."""
    now: list[str | None] = [RUNS] * len(outcomes)
    told = []
    for n in data.draw(st.permutations(range(len(outcomes)))):
        now[n] = outcomes[n] or NONE
        told.append(verdict(rule, needed, now))
    first = next((n for n, one in enumerate(told) if one is not None), len(told))
    assert len(set(told[first:])) <= 1
    assert told[-1] is not None


@given(st.integers(2, 6), st.integers(2, 6))
def test_one_that_comes_to_nothing_is_one_fewer_of_all(asked: int, lost: int) -> None:
    outcomes = [NONE] * min(lost, asked - 1) + [RESULT] * (asked - min(lost, asked - 1))
    assert verdict(ALL, 1, outcomes) == ENOUGH


def test_a_milestone_of_the_service_counts_where_the_join_says_so() -> None:
    above = referral(1, RUNS)
    below = Track("s1", "pledge", "e2", "pledge", above.id, "o1", ("contracts",), NOW, NOW)
    join = Join(above.id, "assessment", FIRST, None, "offered", (above.id,))
    assert tally(case_of(above, below), join, {"e2": {"offered": frozenset({"contracts"})}}).results == (above.id,)
    assert tally(case_of(above, below), join, {"e2": {"offered": frozenset({"servicing"})}}).running == (above.id,)


def test_who_was_asked_beside_or_after_a_referral_belongs_to_it() -> None:
    case = case_of(
        referral(1, NONE),
        referral(2, RUNS, **{"with": "r1"}),
        referral(3, RUNS, after="r2"),
        referral(4, RUNS),
        referral(5, RUNS, after="r4"),
    )
    assert [one.id for one in members(case, join_of(ALL, None, "r1"))] == ["r1", "r2", "r3"]
