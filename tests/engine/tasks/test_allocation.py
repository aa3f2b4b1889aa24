"""Who gets a task, for any candidates: properties of the choice."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from casework.engine.tasks.allocation import (
    ALL_FULL,
    FAMILIAR,
    HAS_ALL,
    NONE,
    REASONS,
    ROUND_ROBIN,
    SHORTEST,
    SKILL,
    STRATEGIES,
    UNSKILLED,
    Candidate,
    Rule,
    again,
    choose,
    why_nobody,
    written,
)
from casework.ledger.canonical_json import canonical

ASKS = ("field:boilers", "language:en", "service:ip")
loads, turns = st.integers(0, 6), st.integers(0, 6)
people = st.lists(
    st.builds(
        Candidate, st.sampled_from("abcdefgh"), loads, turns, st.integers(0, 3), st.frozensets(st.sampled_from(ASKS))
    ),
    max_size=8,
    unique_by=lambda one: one.person,
)
rules = st.builds(Rule, st.sampled_from(STRATEGIES), st.none() | st.integers(1, 6))


@given(rules, people)
def test_whoever_gets_it_is_a_candidate_below_the_cap(rule: Rule, among: list[Candidate]) -> None:
    choice = choose(rule, among)
    if choice is not None:
        chosen = next(one for one in among if one.person == choice.person)
        assert rule.cap is None or chosen.load < rule.cap


@given(rules, people)
def test_nobody_gets_it_only_where_nobody_may(rule: Rule, among: list[Candidate]) -> None:
    somebody = any(rule.cap is None or one.load < rule.cap for one in among)
    assert (choose(rule, among) is not None) == (somebody and rule.strategy != NONE)


@given(rules, people, st.sampled_from([(), ASKS]))
def test_it_comes_to_nobody_exactly_where_there_is_a_reason(
    rule: Rule, among: list[Candidate], asks: tuple[str, ...]
) -> None:
    assert (choose(rule, among, asks) is None) == (rule.strategy == NONE or why_nobody(rule, among, asks) is not None)


@given(st.none() | st.integers(1, 6), people)
def test_nobody_who_is_free_has_more_of_the_skills_or_as_many_and_fewer_tasks(
    cap: int | None, among: list[Candidate]
) -> None:
    choice = choose(Rule(SKILL, cap), among, ASKS)
    if choice is not None:
        chosen = next(one for one in among if one.person == choice.person)
        free = [one for one in among if cap is None or one.load < cap]
        assert (-len(chosen.skills), chosen.load) == min((-len(one.skills), one.load) for one in free)
        assert (HAS_ALL in choice.reasons) == (chosen.skills == set(ASKS))


@given(st.none() | st.integers(1, 6), people)
def test_without_any_of_the_skills_nobody_gets_it(cap: int | None, among: list[Candidate]) -> None:
    strangers = [Candidate(one.person, one.load, one.turn) for one in among]
    assert choose(Rule(SKILL, cap), strangers, ASKS) is None


@given(people)
def test_what_asks_for_nothing_goes_to_the_shortest(among: list[Candidate]) -> None:
    plain = [Candidate(one.person, one.load, one.turn) for one in among]
    assert choose(Rule(SKILL), plain) == choose(Rule(SHORTEST), plain)


def test_it_is_told_apart_whether_nobody_has_the_skills_or_who_has_them_is_full() -> None:
    able, other = Candidate("a", 3, 1, skills=frozenset(ASKS)), Candidate("b", 0, 0)
    assert why_nobody(Rule(SKILL, 3), [able, other], ASKS) == ALL_FULL
    assert why_nobody(Rule(SKILL, 3), [other], ASKS) == UNSKILLED


@given(rules, people, st.randoms())
def test_the_order_of_the_candidates_does_not_matter(rule: Rule, among: list[Candidate], chance: Random) -> None:
    mixed = list(among)
    chance.shuffle(mixed)
    assert choose(rule, mixed) == choose(rule, among)


@given(people)
def test_in_turn_nobody_has_waited_longer(among: list[Candidate]) -> None:
    choice = choose(Rule(ROUND_ROBIN), among)
    if choice is not None:
        assert next(one.turn for one in among if one.person == choice.person) == min(one.turn for one in among)


@given(people)
def test_the_shortest_is_the_shortest(among: list[Candidate]) -> None:
    choice = choose(Rule(SHORTEST), among)
    if choice is not None:
        assert next(one.load for one in among if one.person == choice.person) == min(one.load for one in among)


@given(people)
def test_nobody_knows_the_case_better(among: list[Candidate]) -> None:
    choice = choose(Rule(FAMILIAR), among)
    if choice is not None:
        assert next(one.actions for one in among if one.person == choice.person) == max(one.actions for one in among)


@given(people)
def test_where_nobody_knows_the_case_it_goes_in_turn(among: list[Candidate]) -> None:
    strangers = [Candidate(one.person, one.load, one.turn) for one in among]
    assert choose(Rule(FAMILIAR), strangers) == choose(Rule(ROUND_ROBIN), strangers)


@given(st.integers(1, 6), st.integers(1, 40))
def test_in_turn_everybody_gets_as_many_give_or_take_one(count: int, tasks: int) -> None:
    given_to = Counter[str](dict.fromkeys("abcdef"[:count], 0))
    last = dict.fromkeys(given_to, 0)
    for n in range(1, tasks + 1):
        choice = choose(Rule(ROUND_ROBIN), [Candidate(one, given_to[one], last[one]) for one in given_to])
        assert choice is not None
        given_to[choice.person] += 1
        last[choice.person] = n
    assert max(given_to.values()) - min(given_to.values()) <= 1


@given(rules, people)
def test_what_is_kept_leads_to_the_same_choice(rule: Rule, among: list[Candidate]) -> None:
    choice = choose(rule, among, ASKS)
    if choice is not None:
        kept = written(rule, among, choice, ASKS)
        assert canonical(kept)
        found, _, chosen = again(kept)
        assert (found, chosen) == (rule, choice)


@given(rules, people)
def test_every_reason_has_a_name_and_there_is_one(rule: Rule, among: list[Candidate]) -> None:
    choice = choose(rule, among, ASKS)
    if choice is not None:
        assert choice.reasons
        assert set(choice.reasons) <= set(REASONS)
