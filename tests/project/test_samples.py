"""What a sample leaves out: pairs alone, and the same ones in each run."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest

from tests.support.samples import Sample, Share

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


NODES = [
    f"tests/{folder}/test_{n}.py::test_it[{case}]"
    for folder in ("operations", "records")
    for n in range(60)
    for case in "ab"
]


def test_all_turns_take_everything_once_and_what_lies_elsewhere_each_time() -> None:
    taken = Counter(
        node for turn in range(3) for node in NODES if Share.parse(f"tests/operations:{turn}/3").takes(node)
    )
    assert taken == {node: 1 if "operations" in node else 3 for node in NODES}


def test_a_turn_takes_about_its_part_and_a_function_whole() -> None:
    taken = [node for node in NODES if Share.parse("tests/operations,tests/records/:4/3").takes(node)]
    assert 50 < len(taken) < 110
    assert set(Counter(node.partition("[")[0] for node in taken).values()) == {2}


@pytest.mark.parametrize("said", ["", "tests", "tests:1", "tests:1/0", ":1/3", "tests:a/3"])
def test_a_share_that_is_written_wrongly_is_refused(said: str) -> None:
    with pytest.raises(ValueError):
        Share.parse(said)
