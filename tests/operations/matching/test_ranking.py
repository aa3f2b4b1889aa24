"""Ranked lists: the same catalogue and text give the same list, each score is explained, and both languages find each other."""

from __future__ import annotations

import math
from typing import Any

from sqlalchemy import Connection

from casework.matching.dictionary import Glossary
from casework.matching.explanation import parts_of
from casework.operations.core.catalogue_index import Findable, put_in_index
from casework.operations.matching import candidates
from casework.operations.matching.ranking import gather, rank, read_glossary, shipped_glossary
from casework.operations.people.programme_lists import set_entry
from tests.operations.core.test_catalogue_index import enter
from tests.support.world import World, new_request

RECORDS = {
    "pump": ("High-temperature heat pump", "Lifts waste heat of dye houses to steam of 120 degrees."),
    "boiler": ("Low NOx gas boiler", "Burns gas with less nitrogen oxides."),
    "sludge": ("Sludge drying belt", "Dries sludge of waste water works with waste heat."),
    "zh": ("污泥干化设备", "利用余热干化污水处理厂的污泥。"),
}


def put(world: World, db: Connection, **more: tuple[str, str]) -> dict[str, str]:
    every = {**RECORDS, **more}
    ids = {name: f"00000000-0000-7000-8000-{n:012}" for n, name in enumerate(every, start=1)}
    put_in_index(
        db,
        "technology",
        [
            Findable(id=ids[name], programme=world.programmes["BJ"], title=title, body=body)
            for name, (title, body) in every.items()
        ],
    )
    return {id: name for name, id in ids.items()}


def found(world: World, db: Connection, said: str, glossary: Glossary | None = None) -> list[str]:
    names = put(world, db)
    evidence = gather(db, world.programmes["BJ"], "technology", said, glossary=glossary or Glossary())
    return [names[one.id] for one in rank(evidence) if one.id in names]


def test_a_need_finds_what_says_its_words(world: World, db: Connection) -> None:
    assert found(world, db, "heat pump that makes steam of waste heat")[0] == "pump"
    assert found(world, db, "the boiler must emit less nitrogen oxides")[0] == "boiler"
    assert found(world, db, "xyzzy") == []
    assert found(world, db, "") == []


def test_a_chinese_need_finds_english_records_and_the_other_way_round(world: World, db: Connection) -> None:
    assert set(found(world, db, "污泥")) == {"sludge", "zh"}
    assert found(world, db, "热泵", read_glossary(db, world.programmes["BJ"]))[0] == "pump"
    assert "zh" in found(world, db, "sludge")


def test_single_digits_find_nothing_where_anything_else_is_asked(world: World, db: Connection) -> None:
    names = put(world, db, glass=("Glass with a matt relief", "Its yield is 4 % lower, at 0 extra cost."))

    def asked(said: str) -> list[str]:
        evidence = gather(db, world.programmes["BJ"], "technology", said, glossary=Glossary())
        return [names[one.id] for one in rank(evidence) if one.id in names]

    assert asked("steam of 0.4 MPa") == ["pump"]
    assert asked("steam of 120 degrees at 4 bar")[0] == "pump"
    assert asked("4") == ["glass"]


def test_the_scores_are_explained_and_the_order_is_the_same_each_time(world: World, db: Connection) -> None:
    put(world, db)
    lists = [
        gather(db, world.programmes["BJ"], "technology", "waste heat of 污泥 drying", glossary=Glossary())
        for _ in range(2)
    ]
    assert rank(lists[0]) == rank(lists[1])
    assert lists[0] == lists[1]
    counts = {one.id: one.counts for one in lists[0].candidates}
    for scored in rank(lists[0]):
        parts = parts_of(scored, lists[0].asked, counts[scored.id])
        assert math.isclose(math.fsum(part.share for part in parts), scored.score, abs_tol=1e-6)


def test_queries_are_made_of_terms_alone(world: World, db: Connection) -> None:
    put(world, db)
    for said in ("' | 'heat", "heat:* & !pump", "\\' OR 1=1 --", "a'b''c\\", "%s :terms {0}", "\u0000heat"):
        gather(db, world.programmes["BJ"], "technology", said, glossary=Glossary())


def test_no_more_candidates_are_compared_than_are_to_be(world: World, db: Connection, monkeypatch: Any) -> None:
    monkeypatch.setattr(candidates, "CANDIDATES", 2)
    monkeypatch.setattr(candidates, "LOOKED_AT", 1)
    names = put(world, db)
    evidence = gather(db, world.programmes["BJ"], "technology", "heat pump steam sludge", glossary=Glossary())
    assert len(evidence.candidates) <= 2
    assert names[rank(evidence)[0].id] in RECORDS


def test_another_programme_sees_nothing_of_a_catalogue(world: World, db: Connection) -> None:
    before = gather(db, world.programmes["BJ"], "technology", "heat pump", glossary=Glossary())
    other = "00000000-0000-7000-8000-000000000099"
    assert gather(db, other, "technology", "heat pump", glossary=Glossary()).candidates == ()
    enter(world, db, "need", title="heat pump")
    # Needs are counted apart: what is told of technologies does not depend on them.
    assert gather(db, world.programmes["BJ"], "technology", "heat pump", glossary=Glossary()) == before


def test_the_glossary_of_a_programme_has_a_version_that_each_change_counts_on(world: World, db: Connection) -> None:
    glossary = read_glossary(db, world.programmes["BJ"])
    assert glossary.english["热泵"] == ["heat pump"]
    assert glossary == read_glossary(db, world.programmes["BJ"])
    assert (glossary.version, shipped_glossary().version) == ("1", "1")
    # As long as nobody changes it, it is the one that was made before.
    assert glossary is read_glossary(db, world.programmes["BJ"])
    assert shipped_glossary() is shipped_glossary()
    fields = {"code": "frob", "label": "frobnicator", "label_zh": "弗罗布"}
    officer = world.actor(db, "officer")
    set_entry(db, officer, world.programmes["BJ"], "glossary", fields=fields, reason=None, request=new_request())
    changed = read_glossary(db, world.programmes["BJ"])
    assert (changed.version, changed.english["弗罗布"]) == ("2", ["frobnicator"])
    assert read_glossary(db, world.programmes["SH"]).version == "1"
