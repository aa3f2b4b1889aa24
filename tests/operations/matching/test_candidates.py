"""Candidates: the same ones come out whether all that say something are looked at, or those alone that say enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from casework.matching.bm25 import rarity
from casework.matching.dictionary import Glossary
from casework.matching.pruning import Telling, queries_for
from casework.operations.core.catalogue_index import Findable, put_in_index
from casework.operations.matching import candidates
from casework.operations.matching.candidates import Candidate, Sought, find_candidates, within
from casework.operations.matching.ranking import Evidence, gather, rank
from casework.records.access_sql import CLOSED_NEED
from tests.support.world import World

WORDS = ["".join((a, b, "u")) for a in ("ba", "ce", "di", "fo", "gu", "ha") for b in ("je", "ki", "lo", "mu", "na")]
#: How the texts of a catalogue come to be.
KINDS = ("by chance", "alike", "apart")


def put(
    world: World, db: Connection, chance: Random, kind: str, noun: str = "technology", closed: bool = False
) -> None:
    """Records whose words are said by chance, half of them by records that are all alike, or that share no word with the others."""
    often = [1 / rank for rank in range(1, len(WORDS) + 1)]
    alike = chance.sample(WORDS, 8)
    found = []
    for n in range(400):
        said = chance.choices(WORDS, often, k=6)
        if kind == "alike" and n % 2:
            said = [*alike, chance.choice(WORDS)]
        elif kind == "apart":
            half = WORDS[n % 2 :: 2]
            said = chance.choices(half, often[: len(half)], k=6)
        id, programme = str(UUID(int=chance.getrandbits(128))), world.programmes["BJ"]
        found.append(Findable(id=id, programme=programme, title=said[0], body=" ".join(said[1:]), closed=closed))
    put_in_index(db, noun, found)


def sought(world: World, db: Connection, terms: Sequence[str], noun: str = "technology") -> Sought:
    """What these terms ask of the catalogue of a programme."""
    statement = text(
        "SELECT t.term, t.records, s.records AS every FROM index_terms t JOIN index_states s USING (programme_id, noun)"
        " WHERE programme_id = CAST(:programme AS uuid) AND noun = :noun AND term = ANY(CAST(:terms AS text[])) ORDER BY term"
    )
    programme = world.programmes["BJ"]
    rows = db.execute(statement, {"programme": programme, "noun": noun, "terms": list(terms)}).all()
    telling = [
        Telling(term=row.term, weight=round(1_000_000 * rarity(row.every, row.records)), records=row.records)
        for row in rows
    ]
    return Sought(programme=programme, noun=noun, telling=telling, records=rows[0].every, asked=terms)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Figures for a catalogue of some hundred records."""
    for name, value in {"CANDIDATES": 20, "ENOUGH": 28, "LIKELY": 30, "MOST_READ": 90, "_learnt": {}}.items():
        monkeypatch.setattr(candidates, name, value)
    return monkeypatch


def both(db: Connection, small: pytest.MonkeyPatch, asking: Sought) -> list[list[Candidate]]:
    """What is found by looking at all, and by looking at few."""
    found = []
    for few in (10**9, 0):
        small.setattr(candidates, "FEW", few)
        found.append(find_candidates(db, asking))
    return found


def counted(small: pytest.MonkeyPatch) -> list[int]:
    """Grows with each guess."""
    guesses = list[int]()

    def count(*given: Any, mark: str, nested: int) -> list[str]:
        guesses.append(1)
        return queries_for(*given, mark=mark, nested=nested)

    small.setattr(candidates, "queries_for", count)
    return guesses


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_the_same_come_out_whether_all_are_looked_at_or_few(
    world: World, db: Connection, small: pytest.MonkeyPatch, kind: str, seed: int
) -> None:
    chance = Random(f"{kind} {seed}")
    put(world, db, chance, kind)
    for _ in range(8):
        every, few = both(db, small, sought(world, db, chance.sample(WORDS, chance.randint(2, 12))))
        assert few == every
        assert [one.id for one in few] == sorted(one.id for one in few)


def test_so_is_the_list_with_its_scores(world: World, db: Connection, small: pytest.MonkeyPatch) -> None:
    chance, programme = Random(7), world.programmes["BJ"]
    put(world, db, chance, "by chance")
    for _ in range(5):
        said, lists = " ".join(chance.choices(WORDS, k=20)), list[Evidence]()
        for few in (10**9, 0):
            small.setattr(candidates, "FEW", few)
            lists.append(gather(db, programme, "technology", said, glossary=Glossary()))
        assert lists[0] == lists[1]
        assert rank(lists[0]) == rank(lists[1])


def test_few_are_looked_at_where_many_say_something(world: World, db: Connection, small: pytest.MonkeyPatch) -> None:
    """What looks at all is not even asked, whether the first guess holds, finds too many, or too few."""
    put(world, db, Random(3), "by chance")
    asking = sought(world, db, WORDS[:12])
    every, _ = both(db, small, asking)
    guesses = counted(small)
    small.setattr(candidates, "_MOST_SAYING", text("SELECT 1 / 0"))
    small.setattr(candidates, "FEW", 0)
    for likely, most_read in ((30, 300), (150, 100), (8, 300)):
        guesses.clear()
        small.setattr(candidates, "_learnt", {})
        small.setattr(candidates, "LIKELY", likely)
        small.setattr(candidates, "MOST_READ", most_read)
        assert find_candidates(db, asking) == every
        assert 1 <= len(guesses) <= candidates.GUESSES


def test_a_process_learns_how_much_is_said_together(world: World, db: Connection, small: pytest.MonkeyPatch) -> None:
    """The first list needs several guesses, later ones a single one; and they are all the same."""
    put(world, db, Random(8), "by chance")
    asking = sought(world, db, WORDS[:12])
    every, _ = both(db, small, asking)
    guesses, each = counted(small), list[int]()
    for name, value in {"_learnt": {}, "LIKELY": 3, "ENOUGH": 40, "MOST_READ": 300}.items():
        small.setattr(candidates, name, value)
    for _ in range(12):
        guesses.clear()
        assert find_candidates(db, asking) == every
        each.append(len(guesses))
    assert each[0] > 1
    assert each[-1] == 1
    assert set(candidates._learnt) == {(asking.programme, "technology", False)}


def alike(world: World, db: Connection, titles: Mapping[str, int], seed: int) -> None:
    """So many records of each title, and nothing else."""
    chance, programme = Random(seed), world.programmes["BJ"]
    put_in_index(
        db,
        "technology",
        [
            Findable(id=str(UUID(int=chance.getrandbits(128))), programme=programme, title=title)
            for title, many in titles.items()
            for _ in range(many)
        ],
    )


@pytest.mark.parametrize(
    "titles",
    [
        {"steam pump": 120},
        {"steam": 120, "pump": 5},
        {"steam pump": 15, "steam": 200, "pump": 150},
        {"steam pump": 25, "steam": 200, "pump": 150},
        {"steam pump": 0, "steam": 200, "pump": 200},
        {"steam pump valve": 3, "steam pump": 100, "pump valve": 100, "valve": 300},
        # Four words that are always said together, and others that two more say besides.
        {"steam pump valve boiler": 150, "steam pump valve boiler turbine": 5, "turbine": 9, "rotor": 300},
    ],
    ids=repr,
)
def test_of_those_that_say_as_much_the_first_come_out_though_few_are_read(
    world: World, db: Connection, small: pytest.MonkeyPatch, titles: Mapping[str, int]
) -> None:
    """More say as much as are read; and what looks at all is not asked."""
    for seed in range(3):
        alike(world, db, titles, seed)
        asking = sought(world, db, ["steam", "pump", "valv", "boiler", "turbin", "rotor"])
        small.setattr(candidates, "FEW", 10**9)
        every = find_candidates(db, asking)
        with small.context() as short:
            short.setattr(candidates, "_MOST_SAYING", text("SELECT 1 / 0"))
            short.setattr(candidates, "FEW", 0)
            assert find_candidates(db, asking) == every
        assert len(every) == 20


def test_a_term_that_is_part_of_another_is_not_said_by_it(
    world: World, db: Connection, small: pytest.MonkeyPatch
) -> None:
    alike(world, db, {"pumphouse": 200, "热泵": 120, "pump": 30}, 5)
    every, few = both(db, small, sought(world, db, ["pump", "pumphous", "热泵"]))
    assert few == every


def test_closed_needs_are_looked_for_by_their_mark(world: World, db: Connection, small: pytest.MonkeyPatch) -> None:
    chance = Random(2)
    put(world, db, chance, "by chance", "need", closed=True)
    put(world, db, chance, "by chance", "need")
    for noun in (CLOSED_NEED, "need"):
        every, few = both(db, small, sought(world, db, WORDS[:12], noun))
        assert few == every
        assert len(few) == 20
        nouns = text("SELECT DISTINCT noun FROM indexed_records WHERE record_id = ANY(CAST(:ids AS uuid[]))")
        assert list(db.execute(nouns, {"ids": [one.id for one in few]}).scalars()) == [noun]


def test_what_is_named_beside_comes_in_once_and_in_its_place(world: World, db: Connection) -> None:
    put(world, db, Random(4), "by chance")
    asking = sought(world, db, WORDS[-2:])
    found = [one.id for one in find_candidates(db, asking)]
    statement = text(
        "SELECT record_id::text FROM indexed_records WHERE NOT record_id = ANY(CAST(:ids AS uuid[])) AND noun = 'technology' LIMIT 1"
    )
    other = db.execute(statement, {"ids": found}).scalar_one()
    more = find_candidates(db, asking, lambda: [other, found[0]])
    assert [one.id for one in more] == sorted([*found, other])


def test_terms_of_too_many_records_are_left_out(small: pytest.MonkeyPatch) -> None:
    small.setattr(candidates, "LOOKED_AT", 10)
    assert within(["a", "b", "c"], {"a": 11, "b": 2, "c": 1}) == ["a"]
    assert within(["a", "b", "c"], {"a": 8, "b": 9, "c": 1}) == ["a"]
