"""Lists as a search leaves them: what its source calls so comes first, and each part goes on where the last one ended."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from casework.errors import InvalidForm
from casework.matching.facets import Facet
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.paging import to_cursor
from casework.operations.matching import search_box
from casework.operations.matching.listed_records import cleaned, facets_asked, list_found
from casework.operations.matching.search_box import Choice
from tests.operations.core.test_catalogue_index import enter
from tests.support.world import World


def test_what_its_source_calls_so_comes_before_what_says_it(world: World, db: Connection) -> None:
    named = enter(world, db, "technology", title="Belt")
    (before,) = (
        one for one in list_found(db, world.actor(db, "officer"), Technology, said="belt").items if one.id == named
    )
    says = enter(world, db, "technology", title=f"Of {before.external_id}")
    officer = world.actor(db, "officer")
    listed = list_found(db, officer, Technology, said=before.external_id)
    assert [one.id for one in listed.items] == [named, says]
    provider = list_found(db, world.actor(db, "provider"), Technology, said=before.external_id)
    assert (provider.items, provider.records) == ([], 0)


def test_a_closed_need_is_found_by_who_may_read_it_alone(world: World, db: Connection) -> None:
    id = enter(world, db, "need", title="Sludge to be dried")
    for who, finds in (("officer", True), ("foreign_officer", False), ("provider", False)):
        listed = list_found(db, world.actor(db, who), Need, said="sludge")
        assert [one.id for one in listed.items] == ([id] if finds else [])
        assert listed.records == int(finds)
        assert any(listed.facets.values()) is finds


def test_closed_needs_are_counted_chosen_and_ranked_with_the_others_by_who_reads_them(
    world: World, db: Connection
) -> None:
    open_to_all = enter(world, db, "need", title="Sludge", district="Haidian", publication="public")
    closed = enter(world, db, "need", title="Sludge to be dried", problem="Sludge", district="Haidian", sector="Silk")
    chosen = [Facet("district", "Haidian")]
    for who, sees in (
        ("officer", [closed, open_to_all]),
        ("auditor", [closed, open_to_all]),
        ("manager", [open_to_all]),
    ):
        actor, many = world.actor(db, who), len(sees)
        for asked in ({"facets": chosen}, {"said": "sludge"}, {"said": "slud"}, {"said": "sludge", "facets": chosen}):
            listed = list_found(db, actor, Need, **asked)
            assert {one.id for one in listed.items} == set(sees)
            assert (listed.records, listed.some) == (many, False)
            assert listed.facets["district"][0] == Choice(value="Haidian", records=many)
            assert ("Silk" in {one.value for one in listed.facets["sector"]}) is (many == 2)
        every = list_found(db, actor, Need)
        assert (every.records, len(every.items)) == (len(every.items), every.records)
        # Of the words some are said, of those who read closed needs in what each has.
        some = list_found(db, actor, Need, said="sludge quicksilver")
        assert ({one.id for one in some.items}, some.some) == (set(sees), True)
        assert list_found(db, actor, Need, said="dried").records == many - 1


def test_who_reads_the_closed_needs_of_one_programme_finds_none_of_another(world: World, db: Connection) -> None:
    enter(world, db, "need", title="Sludge to be dried", sector="Silk")
    officer, there = world.actor(db, "officer"), world.programmes["SH"]
    elsewhere = replace(officer, memberships=tuple(replace(one, programme=there) for one in officer.memberships))
    both = replace(elsewhere, memberships=elsewhere.memberships + world.actor(db, "manager").memberships)
    for actor in (elsewhere, both):
        assert list_found(db, actor, Need, said="sludge").items == []
        assert list_found(db, actor, Need, facets=[Facet("sector", "Silk")]).records == 0
        assert "Silk" not in {one.value for one in list_found(db, actor, Need).facets["sector"]}


def test_each_part_goes_on_where_the_last_one_ended(world: World, db: Connection) -> None:
    ids = {enter(world, db, "technology", title=f"Sludge belt {'long ' * n}") for n in range(5)}
    officer, seen, cursor = world.actor(db, "officer"), list[str](), None
    while True:
        part = list_found(db, officer, Technology, said="sludge belt", cursor=cursor, limit=2)
        seen += [one.id for one in part.items]
        if (cursor := part.next) is None:
            break
    assert len(seen) == len(ids)
    assert set(seen) == ids
    for keys in (("nan", seen[0]), ("inf", seen[0]), ("x", seen[0]), ("1.0", "x"), (None, seen[0])):
        with pytest.raises(InvalidForm):
            list_found(db, officer, Technology, said="sludge", cursor=to_cursor(*keys))


def test_what_came_before_all_is_not_shown_again_and_counts_in_its_part(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    public = [enter(world, db, "need", title=f"Sludge {n}", publication="public") for n in range(3)]
    closed = [enter(world, db, "need", title=f"Sludge belt {n}") for n in range(3)]
    called = show_record(db, officer, Need, public[0]).external_id
    enter(world, db, "need", title=f"As {called}", publication="public")
    for said, least in (("sludge", public + closed), (called, public[:1])):
        for limit in (1, 2, 3, 4, 25):
            seen, sizes, counted, cursor = list[str](), list[int](), set[int](), None
            while True:
                part = list_found(db, officer, Need, said=said, cursor=cursor, limit=limit)
                seen += [one.id for one in part.items]
                sizes.append(len(part.items))
                counted.add(part.records)
                if (cursor := part.next) is None:
                    break
            assert len(seen) == len(set(seen))
            assert max(sizes) <= limit
            assert set(seen) >= set(least)
            assert counted == {len(seen)}


@pytest.mark.parametrize("sector", ["热\u3000电", "A\xa0B", "x" * 199 + " yz", "unknown"])
def test_what_is_counted_is_what_is_left_where_it_is_chosen(world: World, db: Connection, sector: str) -> None:
    id = enter(world, db, "need", title="Sludge", sector=sector, publication="public")
    officer = world.actor(db, "officer")
    (choice,) = (one for one in list_found(db, officer, Need, said="sludge").facets["sector"])
    asked = facets_asked("need", {"sector": choice.value or "unknown"})
    assert [one.id for one in list_found(db, officer, Need, said="sludge", facets=asked).items] == [id]


def test_what_was_typed_is_cleaned_and_what_is_no_choice_left_out() -> None:
    assert cleaned(" a\x01\tb\ud800  c" + "d" * 1_000) == "a b c" + "d" * 195
    asked = {"country": "unknown", "ipc": "F", "sector": "Energy", "topic": "", "source": None}
    assert facets_asked("technology", asked) == [Facet("country", ""), Facet("ipc", "F")]


def test_a_search_says_how_many_of_what_it_finds_are_listed(
    world: World, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        enter(world, db, "technology", title=f"Sludge dryer {n}")
    officer = world.actor(db, "officer")
    whole = list_found(db, officer, Technology, said="sludge dryer")
    assert (whole.records, whole.listed) == (3, 3)
    monkeypatch.setattr(search_box, "CANDIDATES", 2)
    cut = list_found(db, officer, Technology, said="sludge dryer")
    assert (cut.records, cut.listed, len(cut.items)) == (3, 2, 2)
