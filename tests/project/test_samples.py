"""What a sample leaves out: pairs alone, and the same ones in each run."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

from tests.support.samples import Sample

PEOPLE = [f"role{n}" for n in range(7)]
PLACES = ("cases", "tasks", "referrals", "mediations", "documents")


def addresses() -> list[str]:
    """As they are in one run: the ids are new in each."""
    return [f"/{place}/{uuid4()}/{page}" for place in PLACES for page in range(40) for _ in range(3)]


def test_every_thing_falls_to_as_many_and_everybody_has_some() -> None:
    things = addresses()
    pairs = Sample(3).pairs(PEOPLE, things)
    assert Counter(one for _, one in pairs) == dict.fromkeys(things, 2)
    assert {who for who, _ in pairs} == set(PEOPLE)


def test_each_run_takes_the_same() -> None:
    runs = []
    for _ in range(2):
        things = addresses()
        place = {one: n for n, one in enumerate(things)}
        runs.append([(who, place[one]) for who, one in Sample(3).pairs(PEOPLE, things)])
    assert runs[0] == runs[1]


def test_of_few_people_everything_is_asked_all_the_same() -> None:
    things = addresses()
    assert [one for _, one in Sample(3).pairs(PEOPLE[:1], things)] == things


def test_the_whole_is_every_pair() -> None:
    things = addresses()
    assert Sample(1).pairs(PEOPLE, things) == [(who, one) for who in PEOPLE for one in things]


def test_what_falls_to_one_is_what_the_pairs_say() -> None:
    things = addresses()
    told = {who: list(Sample(3).falling_to(who, PEOPLE, things)) for who in PEOPLE}
    assert [(who, one) for who in PEOPLE for one in told[who]] == Sample(3).pairs(PEOPLE, things)


def test_whoever_may_meet_a_thing_is_taken_first() -> None:
    things = addresses()
    allowed = {"role2", "role5"}
    pairs = Sample(3).pairs(PEOPLE, things, lambda who, thing: "tasks" in thing and who in allowed)
    assert {who for who, one in pairs if "tasks" in one} == allowed
    assert {who for who, one in pairs if "tasks" not in one} == set(PEOPLE)
