"""The solver of duty rules against trying everybody for everything."""

from __future__ import annotations

import random
from collections.abc import Collection
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.analysis.staffing import Hand, Rest, assign, core, needed, survives

PEOPLE = "abcdefg"


def fits(rest: Rest, chosen: Collection[Hand]) -> bool:
    """Whether the first steps are done as they must be."""
    made = list(chosen)
    apart = all(not made[a].people & made[b].people for a, b in rest.apart if max(a, b) < len(made))
    return apart and all(made[a] == made[b] for a, b in rest.together if max(a, b) < len(made))


def by_force(rest: Rest, away: Collection[str] = (), chosen: tuple[Hand, ...] = ()) -> bool:
    """Try everybody for each step in turn."""
    if not fits(rest, chosen):
        return False
    if len(chosen) == len(rest.hands):
        return True
    return any(by_force(rest, away, (*chosen, one)) for one in rest.hands[len(chosen)] if one.person not in away)


def survives_by_force(rest: Rest, most: int) -> int:
    everybody = sorted({hand.person for hands in rest.hands for hand in hands})
    for absences in range(most + 1):
        if not all(by_force(rest, away) for away in combinations(everybody, min(absences, len(everybody)))):
            return absences - 1
    return most


def pairs(count: int) -> list[tuple[int, int]]:
    return list(combinations(range(count), 2))


@st.composite
def rests(draw: st.DrawFn) -> Rest:
    hands = st.builds(Hand, st.sampled_from(PEOPLE), st.none() | st.sampled_from(PEOPLE))
    steps = draw(st.lists(st.lists(hands, max_size=4, unique=True).map(tuple), max_size=6).map(tuple))
    if len(steps) < 2:
        return Rest(steps)
    some = st.frozensets(st.sampled_from(pairs(len(steps))))
    return Rest(steps, draw(some), draw(st.frozensets(st.sampled_from(pairs(len(steps))), max_size=1)))


def random_rest(dice: random.Random) -> Rest:
    """Up to 8 steps and 7 people: one in five with a deputy, one in ten with a pair that one person does."""
    people, count = PEOPLE[: dice.randint(1, 7)], dice.randint(1, 8)
    deputies, density, most = dice.random() < 0.2, dice.random(), dice.randint(1, len(people))
    steps = []
    for _ in range(count):
        who = dice.sample(people, dice.randint(min(1, most), most))
        steps.append(tuple(Hand(one, dice.choice(people) if deputies and dice.random() < 0.3 else None) for one in who))
    apart = frozenset(pair for pair in pairs(count) if dice.random() < density)
    together = frozenset(dice.sample(pairs(count), 1)) if count > 1 and dice.random() < 0.1 else frozenset()
    return Rest(tuple(steps), apart, together)


@given(rests())
def test_whoever_is_assigned_may_do_it_and_breaks_no_rule(rest: Rest) -> None:
    found = assign(rest)
    assert (
        found is None or fits(rest, found) and all(one in hands for one, hands in zip(found, rest.hands, strict=True))
    )


@given(rests(), st.frozensets(st.sampled_from(PEOPLE), max_size=2))
def test_there_is_an_assignment_where_trying_everybody_finds_one(rest: Rest, away: frozenset[str]) -> None:
    assert (assign(rest, away) is not None) == by_force(rest, away)


@settings(max_examples=50)
@given(rests())
def test_it_bears_as_many_absences_as_every_choice_of_them_shows(rest: Rest) -> None:
    assert survives(rest, 3) == survives_by_force(rest, 3)


@given(rests())
def test_the_core_of_an_impasse_is_impossible_and_without_any_step_of_it_possible(rest: Rest) -> None:
    steps = core(rest)
    others = set(range(len(rest.hands))) - set(steps)
    kept = rest.without(others)
    possible = [by_force(kept.without({n})) for n in range(len(steps))]
    assert (not steps and by_force(rest)) or (not by_force(kept) and all(possible))


@given(rests())
def test_somebody_is_needed_where_the_rest_cannot_be_done_without_that_person(rest: Rest) -> None:
    without = tuple(one for one in PEOPLE if by_force(rest) and not by_force(rest, {one}))
    assert needed(rest) == without


def test_ten_thousand_random_cases_come_out_as_by_trying_everybody() -> None:
    dice = random.Random(20251125)
    wrong = [
        rest for rest in (random_rest(dice) for _ in range(10_000)) if (assign(rest) is not None) != by_force(rest)
    ]
    assert wrong == []


def test_more_steps_that_need_a_person_each_than_there_are_people_are_given_up_at_once() -> None:
    everybody = tuple(Hand(str(n)) for n in range(19))
    assert assign(Rest((everybody,) * 20, frozenset(pairs(20)))) is None


def test_twenty_steps_and_two_hundred_people_find_one_for_each() -> None:
    dice = random.Random(7)
    everybody = [Hand(str(n)) for n in range(200)]
    rest = Rest(tuple(tuple(dice.sample(everybody, 60)) for _ in range(20)), frozenset(pairs(20)))
    found = assign(rest)
    assert found is not None
    assert len(set(found)) == 20
