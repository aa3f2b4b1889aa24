"""Twins are found by a job, shown to who keeps records, said to be two for good, and warned of while somebody types."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.operations.catalogue import kept_records, twins
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.core.paging import to_cursor
from casework.operations.core.record_log import Kept
from casework.operations.matching.proposals import list_waiting as list_unproposed
from casework.operations.matching.proposals import propose_matches
from casework.operations.verification.service import verify_case
from casework.records.database import transaction
from casework.records.event_log import read_register
from tests.support.world import World, add_record, new_request

DRYER = {
    "title": "Heat pump dryer for laundries",
    "description": "The dryer takes the heat out of its own moist air and gives it back to the linen. Measured in two laundries it needs"
    " 0.9 kWh for each kilogram of water, against 2.1 kWh with steam. The compressor runs on propane, and the drum is sealed.",
}
AGAIN = {"title": "A HEAT PUMP DRYER for laundries", "description": DRYER["description"].replace("moist", "humid")}
PRESS = {
    "title": "Sludge press",
    "description": "The press takes the water out of sludge between two belts of steel mesh.",
}


class Catalogue:
    """Two records of one technology, one of another, and the same again in another programme."""

    def __init__(self, db: Connection, world: World) -> None:
        self.programme = world.programmes["BJ"]
        self.one = add_record(db, self.programme, "technology", "d-1", DRYER)
        self.other = add_record(db, self.programme, "technology", "d-2", AGAIN, source="fair")
        self.press = add_record(db, self.programme, "technology", "d-3", PRESS)
        self.foreign = add_record(db, world.programmes["SH"], "technology", "d-4", DRYER)


@pytest.fixture
def catalogue(world: World, engine: Engine) -> Catalogue:
    with transaction(engine) as db:
        return Catalogue(db, world)


def search(engine: Engine) -> None:
    with transaction(engine) as db:
        programmes = twins.list_unsearched(db)
    for programme in programmes:
        twins.search_twins(engine, programme)


def proposed(engine: Engine, world: World, who: str = "officer") -> list[set[str]]:
    with transaction(engine) as db:
        return [{one.id for one in group.records} for group in twins.list_groups(db, world.actor(db, who))]


def test_twins_are_found_once_and_only_inside_a_programme(engine: Engine, world: World, catalogue: Catalogue) -> None:
    assert proposed(engine, world) == []
    for _ in range(2):
        search(engine)
        assert proposed(engine, world) == [{catalogue.one, catalogue.other}]
        assert proposed(engine, world, "foreign_officer") == []
    with transaction(engine) as db:
        assert twins.list_unsearched(db) == []
        group = twins.list_groups(db, world.actor(db, "officer"))[0]
    assert group.noun == "technology"
    assert group.pairs[0].likeness >= 0.6
    assert [one.source for one in sorted(group.records, key=lambda one: one.external_id)] == ["catalogue", "fair"]


@pytest.mark.parametrize("noun", [None, "technology", "need"])
def test_all_groups_are_told_in_parts_each_once(
    db: Connection, world: World, catalogue: Catalogue, noun: Kept | None
) -> None:
    programme, officer = catalogue.programme, world.actor(db, "officer")
    propose = text("""
        INSERT INTO twin_pairs (one_id, other_id, programme_id, likeness, titles, in_order)
        VALUES (CAST(:one AS uuid), CAST(:other AS uuid), CAST(:programme AS uuid), :likeness, 1, 1)
    """)
    for n in range(7):
        kind: Kept = "technology" if n % 2 else "need"
        ids = sorted(add_record(db, programme, kind, f"{n}-{at}", DRYER) for at in range(3))
        for at in range(2):
            pair = {"one": ids[at], "other": ids[at + 1], "programme": programme, "likeness": 1 if n < 4 else n / 10}
            db.execute(propose, pair)
    every = twins.list_groups(db, officer, noun=noun)
    assert len(every) == {None: 7, "technology": 3, "need": 4}[noun]
    told, cursor = list[twins.TwinGroup](), None
    while True:
        part = twins.list_group_page(db, officer, noun=noun, cursor=cursor, limit=2)
        told += part.items
        if (cursor := part.next) is None:
            break
        assert len(part.items) == 2
    assert told == every
    for wrong in ("x", to_cursor("NaN", programme, programme), to_cursor("a", programme, programme), to_cursor("1", 1)):
        with pytest.raises(InvalidForm):
            twins.list_group_page(db, officer, cursor=wrong)


def test_what_changes_is_looked_at_again(engine: Engine, world: World, catalogue: Catalogue) -> None:
    search(engine)
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        for fields in ({"website": "https://example.org"}, {"description": "Another machine altogether."}):
            kept_records.correct_record(
                db,
                officer,
                "technology",
                catalogue.other,
                fields=fields,
                source=None,
                reason="A call.",
                request=new_request(),
            )
            if "website" in fields:
                assert twins.list_unsearched(db) == []
    assert proposed(engine, world) == [{catalogue.one, catalogue.other}]
    search(engine)
    assert proposed(engine, world) == []


def test_the_merged_are_proposed_no_more(engine: Engine, world: World, catalogue: Catalogue) -> None:
    search(engine)
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        merge_records(
            db, officer, "technology", catalogue.other, into=catalogue.one, reason="One machine.", request=new_request()
        )
    assert proposed(engine, world) == []
    search(engine)
    assert proposed(engine, world) == []


def test_who_says_that_two_are_two_is_asked_no_more(engine: Engine, world: World, catalogue: Catalogue) -> None:
    search(engine)
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        twins.tell_apart(
            db, officer, "technology", catalogue.one, other=catalogue.other, reason="Two sizes.", request=new_request()
        )
        kept_records.correct_record(
            db,
            officer,
            "technology",
            catalogue.other,
            fields=DRYER,
            source=None,
            reason="Typed anew.",
            request=new_request(),
        )
    search(engine)
    assert proposed(engine, world) == []
    with transaction(engine) as db:
        for mine, other in ((catalogue.one, catalogue.other), (catalogue.other, catalogue.one)):
            events = list(read_register(db, mine))
            told = next(event for event in events if event.kind == "told_apart")
            assert (told.effects["apart"], told.body["reason"], told.actor) == (other, "Two sizes.", officer.person)
            assert verify_case(db, mine) == []


def test_only_two_records_of_one_register_are_told_apart(world: World, db: Connection) -> None:
    catalogue = Catalogue(db, world)
    officer = world.actor(db, "officer")
    for other in (catalogue.one, catalogue.foreign, world.needs[0]):
        with pytest.raises(InvalidForm):
            twins.tell_apart(
                db, officer, "technology", catalogue.one, other=other, reason="Two.", request=new_request()
            )
    for who, refusal in (("auditor", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refusal):
            twins.tell_apart(
                db,
                world.actor(db, who),
                "technology",
                catalogue.one,
                other=catalogue.other,
                reason="Two.",
                request=new_request(),
            )


def test_who_keeps_no_records_gets_no_list(world: World, db: Connection) -> None:
    with pytest.raises(NotAllowed):
        twins.list_groups(db, world.actor(db, "auditor"))


def test_a_search_that_was_killed_goes_on_and_doubles_nothing(
    engine: Engine, world: World, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each few records are one transaction: what was not finished is looked at again."""
    monkeypatch.setattr(twins, "_AT_ONCE", 1)
    with pytest.raises(_Killed), transaction(engine) as db:
        assert look_once(db, catalogue.programme) == 1
        raise _Killed
    with transaction(engine) as db:
        assert catalogue.programme in twins.list_unsearched(db)
        assert look_once(db, catalogue.programme) == 1
    search(engine)
    search(engine)
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM twin_pairs")).scalar_one() == 1


def test_what_an_import_brings_is_looked_at_in_a_few_rounds(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "external_id,title\n" + "".join(f"T{n},Heat pump {n} of works {n}\n" for n in range(120))
    assert import_records(engine, "technologies", io.BytesIO(told.encode()), programme="BJ").created == 120
    rounds, read = list[int](), twins._read_some

    def counted(db: Connection, programme: str) -> Any:
        some = read(db, programme)
        rounds.append(len(some.taken))
        return some

    monkeypatch.setattr(twins, "_read_some", counted)
    search(engine)
    # The last one finds that nothing is left.
    assert sum(rounds) >= 120
    assert len([many for many in rounds if many]) <= len(world.programmes)


def look_once(db: Connection, programme: str) -> int:
    some = twins._read_some(db, programme)
    return twins._propose(db, programme, some, twins._compare(some))


@pytest.mark.parametrize("which", ["one", "other"])
def test_what_changes_while_it_is_compared_is_left_to_the_next_search(
    engine: Engine, world: World, catalogue: Catalogue, which: str
) -> None:
    """Nothing is locked meanwhile: of what was read before a change no pair is proposed, neither of the one nor of its twin."""
    with transaction(engine) as db:
        some = twins._read_some(db, catalogue.programme)
    found = twins._compare(some)
    assert len(found) == 1
    with transaction(engine) as db:
        kept_records.correct_record(
            db,
            world.actor(db, "officer"),
            "technology",
            getattr(catalogue, which),
            fields=PRESS,
            source=None,
            reason="A call.",
            request=new_request(),
        )
    with transaction(engine) as db:
        assert twins._propose(db, catalogue.programme, some, found) == len(some.taken) - 2
    assert proposed(engine, world) == []
    with transaction(engine) as db:
        assert twins.list_unsearched(db) != []
    search(engine)
    assert proposed(engine, world) == [{getattr(catalogue, which), catalogue.press}]


def test_what_was_put_against_needs_meanwhile_has_not_changed(
    engine: Engine, world: World, catalogue: Catalogue
) -> None:
    with transaction(engine) as db:
        some = twins._read_some(db, catalogue.programme)
    propose_matches(engine, catalogue.programme, lambda *_: None)
    with transaction(engine) as db:
        assert list_unproposed(db) == [world.programmes["SH"]]
        assert twins._propose(db, catalogue.programme, some, twins._compare(some)) == len(some.taken)


def test_what_is_being_changed_is_not_waited_for(engine: Engine, world: World, catalogue: Catalogue) -> None:
    with transaction(engine) as db:
        some = twins._read_some(db, catalogue.programme)
    with transaction(engine) as holding:
        holding.execute(
            text("SELECT FROM twin_marks WHERE record_id = CAST(:id AS uuid) FOR UPDATE"), {"id": catalogue.one}
        )
        with transaction(engine) as db:
            assert twins._propose(db, catalogue.programme, some, twins._compare(some)) == len(some.taken) - 2
    search(engine)
    assert proposed(engine, world) == [{catalogue.one, catalogue.other}]


class _Killed(Exception):
    """The process is gone before it has committed."""


TYPED = {
    "the same again": (DRYER, True),
    "the title, and nothing else yet": ({"title": "Heat pump dryer for laundries, two sizes"}, True),
    "something else": ({"title": "Wind pump for villages", "description": "It lifts water from a deep well."}, False),
    "nothing": ({}, False),
}


@pytest.mark.parametrize("case", TYPED)
def test_what_is_typed_is_held_against_what_is_there(world: World, db: Connection, case: str) -> None:
    catalogue = Catalogue(db, world)
    typed, warns = TYPED[case]
    found = twins.list_likely(db, world.actor(db, "officer"), "technology", catalogue.programme, typed)
    assert ({catalogue.one, catalogue.other} <= {one.id for one in found}) is warns
    assert catalogue.foreign not in {one.id for one in found}


def test_only_who_may_enter_a_record_is_told_of_others(world: World, db: Connection) -> None:
    programme = world.programmes["BJ"]
    for who, refusal in (("auditor", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refusal):
            twins.list_likely(db, world.actor(db, who), "technology", programme, DRYER)
