"""What a search box finds: records that say every word in either language, the best first, and what the list may be narrowed to."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.matching.facets import Facet
from casework.operations.catalogue.record_use import end_record
from casework.operations.matching import search_box
from casework.operations.matching.search_box import FoundRecords, count_records, find_records, list_among
from tests.operations.core.test_catalogue_index import enter
from tests.support.world import World, new_request

RECORDS: dict[str, dict[str, Any]] = {
    "dryer": {
        "title": "High-temperature sludge dryer", "description": "Steam of waste heat.", "readiness_low": 7, "readiness_high": 8,
        "developed_in": ["DE"],
    },
    "boiler": {"title": "Gas boiler", "description": "It may be fired with sludge.", "developed_in": ["DE"], "deployed_in": ["CN"]},
    "zh": {"title": "污泥干化设备", "description": "利用余热。"},
    "hydrogen": {"title": "Hydrogenation reactor", "description": "Adds hydrogen."},
}  # fmt: skip


@pytest.fixture
def names(world: World, db: Connection) -> dict[str, str]:
    return {enter(world, db, "technology", **fields): name for name, fields in RECORDS.items()}


def find(world: World, db: Connection, said: str, *facets: Facet) -> FoundRecords:
    return find_records(db, [world.programmes["BJ"]], "technology", said, facets)


def kept_plans(db: Connection) -> int:
    """How often what asks the index was carried out by a plan for any words."""
    statement = (
        "SELECT count(*), sum(generic_plans) FROM pg_prepared_statements WHERE statement LIKE '%indexed_records r %'"
    )
    prepared, kept = db.execute(text(statement)).one()
    assert prepared > 0
    return int(kept)


def called(names: dict[str, str], found: FoundRecords) -> list[str]:
    return [names[one.id] for one in found.ranked if one.id in names]


def test_each_word_is_said_in_either_language_and_titles_come_first(
    world: World, db: Connection, names: dict[str, str]
) -> None:
    assert called(names, find(world, db, "sludge"))[-1] == "boiler"
    for said in ("sludge", "污泥"):
        found = find(world, db, said)
        assert set(called(names, found)) == {"dryer", "boiler", "zh"}
        assert found.records == len(found.ranked)
        assert not found.some
    assert called(names, find(world, db, "污泥 steam")) == ["dryer"]


def test_where_none_says_all_the_words_some_are_found_and_it_is_said(
    world: World, db: Connection, names: dict[str, str]
) -> None:
    found = find(world, db, "hydrogen xyzzy")
    assert called(names, found) == ["hydrogen"]
    assert found.some
    assert find(world, db, "xyzzy").ranked == []


def test_the_beginning_of_a_word_finds_where_no_record_says_it(
    world: World, db: Connection, names: dict[str, str]
) -> None:
    assert called(names, find(world, db, "hydr")) == ["hydrogen"]
    assert called(names, find(world, db, "hydr reactor")) == ["hydrogen"]
    assert called(names, find(world, db, "污")) == ["zh"]
    assert find(world, db, "hy").ranked == []


def test_a_search_is_planned_for_its_words_however_often_one_asks(
    world: World, db: Connection, names: dict[str, str]
) -> None:
    """A plan that is kept for any words would read the newest of all records, one by one."""
    find(world, db, "sludge")
    before = kept_plans(db)
    for _ in range(16):
        find(world, db, "sludge")
        list_among(db, [world.programmes["BJ"]], "technology", [Facet("country", "DE")], after=None, most=5)
    # Whoever had the connection before may have left some.
    assert kept_plans(db) == before


def test_a_list_is_narrowed_and_says_how_many_there_are_of_each(
    world: World, db: Connection, names: dict[str, str]
) -> None:
    found = find(world, db, "污泥")
    assert [(one.value, one.records) for one in found.facets["country"]] == [("DE", 2), ("CN", 1), ("", 1)]
    assert [(one.value, one.records) for one in found.facets["readiness"]] == [("7", 1), ("8", 1), ("", 2)]
    found = find(world, db, "污泥", Facet("country", "CN"))
    assert called(names, found) == ["boiler"]
    assert found.records == 1
    # Of what it is narrowed to it says what else there would be, of the rest what is left.
    assert [(one.value, one.records) for one in found.facets["country"]] == [("DE", 2), ("CN", 1), ("", 1)]
    assert [(one.value, one.records) for one in found.facets["readiness"]] == [("", 1)]
    assert called(names, find(world, db, "污泥", Facet("readiness", ""), Facet("country", ""))) == ["zh"]
    assert called(names, find(world, db, "sludge xyzzy", Facet("country", "CN"))) == ["boiler"]


def test_without_a_search_all_records_are_counted(world: World, db: Connection, names: dict[str, str]) -> None:
    records, facets = count_records(db, [world.programmes["BJ"]], "technology")
    assert sum(one.records for one in facets["status"]) == records
    assert ("DE", 2) in [(one.value, one.records) for one in facets["country"]]
    records, facets = count_records(db, [world.programmes["BJ"]], "technology", [Facet("country", "DE")])
    assert records == 2
    assert ("DE", 2) in [(one.value, one.records) for one in facets["country"]]


def test_what_is_not_in_use_is_found_and_says_so(world: World, db: Connection, names: dict[str, str]) -> None:
    (gone,) = [id for id, name in names.items() if name == "dryer"]
    officer = world.actor(db, "officer")
    end_record(db, officer, "technology", gone, status="withdrawn", reason="It is gone.", request=new_request())
    assert "dryer" in called(names, find(world, db, "污泥"))
    assert called(names, find(world, db, "污泥", Facet("status", "withdrawn"))) == ["dryer"]


def test_another_programme_has_another_catalogue(world: World, db: Connection, names: dict[str, str]) -> None:
    other = next(id for code, id in sorted(world.programmes.items()) if code != "BJ")
    assert find_records(db, [other], "technology", "sludge").records == 0
    assert find_records(db, [], "technology", "sludge").records == 0
    assert called(names, find_records(db, [other, world.programmes["BJ"]], "technology", "污泥 steam")) == ["dryer"]


@pytest.mark.parametrize(
    "said",
    [
        "' | 'heat",
        "heat:* & !pump",
        "\\' OR 1=1 --",
        "a'b''c\\",
        "%s :terms {0} _",
        "\u0000heat",
        "热" * 10_000,
        "x\ud800",
    ],
)
def test_whatever_is_asked_gives_a_list(world: World, db: Connection, names: dict[str, str], said: str) -> None:
    find(world, db, said, Facet("source", said.replace("\u0000", "").replace("\ud800", "")))
    find(world, db, said)


def test_where_many_say_it_those_whose_titles_do_are_compared(
    world: World, db: Connection, names: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_box, "CANDIDATES", 2)
    monkeypatch.setattr(search_box, "COUNTED", 2)
    found = find(world, db, "sludge")
    assert set(called(names, found)) == {"dryer", "zh"}
    assert found.records == 2
