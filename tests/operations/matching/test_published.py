"""What whoever has no account is shown of the catalogue: as far as each record is published, and nothing of any other."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotFound
from casework.matching.facets import Facet
from casework.operations.catalogue.kept_records import confirm_field, correct_record
from casework.operations.catalogue.record_use import end_record
from casework.operations.core.record_log import Kept
from casework.operations.matching.published import OUTLINE, WHOLE, list_offices, list_published, show_published
from casework.operations.matching.reindexing import reindex
from casework.records.database import reader_transaction, transaction
from tests.operations.matching.test_search_box import kept_plans
from tests.operations.people.test_public_catalogues import show
from tests.support.world import World, add_record, new_request

TOLD = {
    "title": "Boiler of straw", "description": "Burns barley.", "readiness_low": 6, "readiness_high": 7, "developed_in": ["DE"],
    "green_topics": ["Heat"], "ipc": ["F24D 3/08"], "licences": ["plain"], "standards": [{"name": "CE"}],
    "website": "https://example.org", "ip_text": "Two patents.",
}  # fmt: skip


@pytest.fixture
def shop(engine: Engine, world: World) -> World:
    """The world with its catalogue shown in public and, so that every test knows them, three technologies of three levels."""
    with transaction(engine) as db:
        show(db, world)
        for level in ("public", "on_request", "closed"):
            add_record(db, world.programmes["BJ"], "technology", level, TOLD | {"publication": level})
    return world


def publish(db: Connection, world: World, technology: str, level: str = "public") -> None:
    """An officer says how far a technology may be published."""
    officer, fields = world.actor(db, "officer"), {"publication": level}
    given: dict[str, Any] = {"fields": fields, "source": None, "reason": "Its owner agrees.", "request": new_request()}
    correct_record(db, officer, "technology", technology, **given)


def ids_of(db: Connection) -> dict[str, str]:
    return {row[0]: row[1] for row in db.execute(text("SELECT external_id, id::text FROM technologies"))}


def found(engine: Engine, noun: Kept = "technology", **asked: Any) -> list[str]:
    """The ids of what a stranger finds, in order."""
    with reader_transaction(engine) as db:
        return [one.id for one in list_published(db, noun, **asked).items]


def test_each_level_shows_what_it_says_and_a_closed_one_nothing(engine: Engine, shop: World) -> None:
    with reader_transaction(engine) as db:
        ids = ids_of(db)
        whole, office = show_published(db, "technology", ids["public"])
        outline, _ = show_published(db, "technology", ids["on_request"])
        with pytest.raises(NotFound):
            show_published(db, "technology", ids["closed"])
    # A page of its own and its patents lead to whose it is.
    assert whole.fields == {name: TOLD[name] for name in TOLD.keys() - {"title", "website", "ip_text"}}
    assert (outline.on_request, whole.on_request) == (True, False)
    assert set(outline.fields) == {*OUTLINE["technology"]} - {"deployed_in"}
    assert (office.code, office.contact) == ("BJ", "Office 3")


@pytest.mark.parametrize("level", ["public", "on_request"])
def test_of_a_certificate_nothing_is_told_that_leads_to_its_owner(engine: Engine, shop: World, level: str) -> None:
    row = {"name": "ISO 9001", "number": "Z-77", "body": "Inspectors", "valid_until": "2199-01-01"}
    with transaction(engine) as db:
        fields = TOLD | {"publication": level, "standards": [row]}
        one = add_record(db, shop.programmes["BJ"], "technology", "certified", fields)
        told, _ = show_published(db, "technology", one)
    assert told.fields["standards"] == [{"name": "ISO 9001", "valid_until": "2199-01-01"}]
    assert one in found(engine, facets=[Facet("standard", "ISO 9001")])
    assert found(engine, said="Inspectors") == []


def test_an_expired_certificate_narrows_no_list(engine: Engine, shop: World) -> None:
    rows = [{"name": "ISO 9001", "valid_until": "2020-01-01"}, {"name": "CE", "valid_until": "2199-01-01"}]
    with transaction(engine) as db:
        fields = TOLD | {"publication": "public", "standards": [*rows, {"name": "GB 1", "held": "no"}]}
        one = add_record(db, shop.programmes["BJ"], "technology", "certified", fields)
    assert one in found(engine, facets=[Facet("standard", "CE")])
    assert found(engine, facets=[Facet("standard", "ISO 9001")]) == []
    with reader_transaction(engine) as db:
        assert "ISO 9001" not in {choice.value for choice in list_published(db, "technology").facets["standard"]}


def test_a_search_without_an_account_is_planned_for_its_words(engine: Engine, shop: World) -> None:
    with transaction(engine) as db:
        for _ in range(16):
            list_published(db, "technology", said="pump")
        assert kept_plans(db) == 0


def test_no_field_of_the_office_or_of_its_owner_is_among_them() -> None:
    said = {name for noun in ("need", "technology") for name in (*OUTLINE[noun], *WHOLE[noun])}
    assert not said & {"owner_id", "budget", "budget_currency", "source", "external_id", "provenance", "status"}
    # Nor who is to be asked, nor where it is, nor what was told for the office to find by.
    assert not said & {"contact", "source_page", "function", "baseline", "process", "tried", "site", "constraints"}


def test_a_technology_is_closed_until_somebody_says_otherwise(engine: Engine, shop: World) -> None:
    with transaction(engine) as db:
        new = add_record(db, shop.programmes["BJ"], "technology", "new", {"title": "Boiler of reed"})
        assert db.execute(text("SELECT publication FROM technologies WHERE id = :id"), {"id": new}).scalar() == "closed"
    assert new not in found(engine)


def test_nothing_is_there_while_no_programme_shows_its_catalogue(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        one = add_record(db, world.programmes["BJ"], "technology", "public", TOLD | {"publication": "public"})
    for ask in (
        list_offices,
        lambda db: list_published(db, "technology"),
        lambda db: show_published(db, "technology", one),
    ):
        with reader_transaction(engine) as db, pytest.raises(NotFound):
            ask(db)


def test_another_programme_that_shows_none_stays_out(engine: Engine, shop: World) -> None:
    with transaction(engine) as db:
        there = add_record(db, shop.programmes["SH"], "technology", "there", TOLD | {"publication": "public"})
    assert there not in found(engine)
    assert there not in found(engine, said="straw")
    with reader_transaction(engine) as db, pytest.raises(NotFound):
        show_published(db, "technology", there)


def test_a_search_asks_the_glossary_of_each_programme(engine: Engine, shop: World) -> None:
    with transaction(engine) as db:
        there = shop.programmes["SH"]
        db.execute(
            text(
                "INSERT INTO public_catalogues (id, programme_id, open) VALUES (gen_random_uuid(), CAST(:id AS uuid), true)"
            ),
            {"id": there},
        )
        db.execute(
            text(
                "INSERT INTO list_entries (id, programme_id, list, code, version, label, label_zh, position, retired, since)"
                " VALUES (gen_random_uuid(), CAST(:id AS uuid), 'glossary', 'frobs', '', 'frobnicator', '弗罗布', 1, false, 2)"
            ),
            {"id": there},
        )
        fields = TOLD | {"publication": "public", "title": "Large frobnicator"}
        one = add_record(db, there, "technology", "there", fields)
    assert found(engine, said="弗罗布") == [one]


def test_a_search_finds_what_is_published_and_of_an_outline_its_title_alone(engine: Engine, shop: World) -> None:
    with reader_transaction(engine) as db:
        ids = ids_of(db)
    assert set(found(engine, said="straw boiler")) == {ids["public"], ids["on_request"]}
    # What only its whole says would tell of it word by word.
    assert found(engine, said="barley") == [ids["public"]]
    assert found(engine, said="锅炉 straw") in (
        [],
        [ids["on_request"], ids["public"]],
        [ids["public"], ids["on_request"]],
    )
    assert found(engine, said="!!!") == found(engine, said="platypus") == []


def test_a_title_that_says_it_comes_first_then_the_newest(engine: Engine, shop: World) -> None:
    with transaction(engine) as db:
        programme = shop.programmes["BJ"]
        body = {"title": "Kiln", "description": "With a straw boiler.", "publication": "public"}
        late = add_record(db, programme, "technology", "late", body)
    order = found(engine, said="straw boiler")
    assert order[-1] == late
    assert order[:-1] == sorted(order[:-1], reverse=True)


def test_counts_and_choices_are_of_what_is_published(engine: Engine, shop: World) -> None:
    with reader_transaction(engine) as db:
        listed = list_published(db, "technology")
        told = {name: {one.value: one.records for one in some} for name, some in listed.facets.items()}
    assert listed.records == 2
    assert told == {
        "readiness": {"6": 2, "7": 2},
        "country": {"DE": 2},
        "ipc": {"F": 2},
        "topic": {"Heat": 2},
        "licence": {"plain": 2},
        "standard": {"CE": 2},
    }
    with reader_transaction(engine) as db:
        narrowed = list_published(db, "technology", facets=[Facet("readiness", "6")])
        none = list_published(db, "technology", said="straw", facets=[Facet("country", "CN")])
    assert (len(narrowed.items), narrowed.records, none.records) == (2, 2, 0)
    # Where it is not known stands apart, and what else there would be is told.
    assert [(one.value, one.records) for one in none.facets["country"]] == [("DE", 2)]


def test_what_the_office_keeps_of_a_record_narrows_nothing(engine: Engine, shop: World) -> None:
    with reader_transaction(engine) as db:
        for name, value in (("source", "catalogue"), ("stands", "claimed"), ("status", "published")):
            assert list_published(db, "technology", facets=[Facet(name, value)]).records == 0


@pytest.mark.parametrize("how", ["closed", "withdrawn", "owner", "merged"])
def test_what_is_taken_back_is_gone_at_once(engine: Engine, shop: World, how: str) -> None:
    with transaction(engine) as db:
        officer, one = shop.actor(db, "officer"), ids_of(db)["public"]
        if how == "closed":
            publish(db, shop, one, "closed")
        elif how == "withdrawn":
            end_record(db, officer, "technology", one, status="withdrawn", reason="Asked.", request=new_request())
        elif how == "owner":
            owner = shop.organisations["lab"]
            db.execute(text("UPDATE technologies SET owner_id = :owner WHERE id = :id"), {"owner": owner, "id": one})
            db.execute(text("UPDATE organisations SET expired_at = now() WHERE id = :id"), {"id": owner})
        else:
            other = ids_of(db)["closed"]
            db.execute(text("UPDATE technologies SET merged_into = :other WHERE id = :id"), {"other": other, "id": one})
    assert one not in found(engine)
    assert one not in found(engine, said="straw")
    with reader_transaction(engine) as db:
        assert list_published(db, "technology", said="straw").records == 1
        with pytest.raises(NotFound):
            show_published(db, "technology", one)


def test_a_need_is_shown_until_its_last_day_and_never_with_its_budget(engine: Engine, shop: World) -> None:
    told = {"title": "Dry sludge", "problem": "Wet.", "budget": "5", "budget_currency": "CNY", "district": "Haidian"}
    with transaction(engine) as db:
        open_one = add_record(db, shop.programmes["BJ"], "need", "N-open", told | {"valid_until": "2199-01-01"})
        over = add_record(db, shop.programmes["BJ"], "need", "N-over", told | {"valid_until": "2020-01-01"})
        draft = add_record(db, shop.programmes["BJ"], "need", "N-draft", told | {"status": "draft"})
    ids = found(engine, "need", said="sludge")
    assert open_one in ids
    assert not {over, draft} & set(ids)
    with reader_transaction(engine) as db:
        one, _ = show_published(db, "need", open_one)
    assert one.fields == {"district": "Haidian", "problem": "Wet.", "valid_until": "2199-01-01"}


def test_a_value_is_marked_as_checked_and_a_verdict_told_once_somebody_stands_for_it(
    engine: Engine, shop: World
) -> None:
    verdict = {"number": "V-1", "verifier": "TÜV", "verdict": "verified"}
    with transaction(engine) as db:
        one = add_record(
            db, shop.programmes["BJ"], "technology", "judged", TOLD | {"publication": "public", "verification": verdict}
        )
    with reader_transaction(engine) as db:
        before, _ = show_published(db, "technology", one)
    assert "verification" not in before.fields
    assert not before.checked
    with transaction(engine) as db:
        for field in ("verification", "title", "description"):
            confirm_field(db, shop.actor(db, "officer"), "technology", one, field=field, request=new_request())
    with reader_transaction(engine) as db:
        after, _ = show_published(db, "technology", one)
    assert after.fields["verification"] == {"verdict": "verified"}
    assert after.checked == {"verification", "description"}


def test_pages_follow_each_other_and_a_cursor_of_another_is_refused(engine: Engine, shop: World) -> None:
    with transaction(engine) as db:
        for n in range(40):
            fields = {"title": f"Boiler of straw {n}", "publication": "public"}
            add_record(db, shop.programmes["BJ"], "technology", f"T-{n}", fields)
    for said in ("", "straw"):
        seen: list[str] = []
        cursor = None
        with reader_transaction(engine) as db:
            while True:
                listed = list_published(db, "technology", said=said, cursor=cursor)
                seen += [one.id for one in listed.items]
                cursor = listed.next
                if cursor is None:
                    break
        assert len(seen) == len(set(seen)) == listed.records == 42
        with reader_transaction(engine) as db, pytest.raises(InvalidForm):
            list_published(db, "technology", said=said, cursor="W10")


def test_the_index_made_anew_finds_the_same(engine: Engine, shop: World) -> None:
    published = text("SELECT record_id, published::text FROM indexed_records ORDER BY 1")
    with transaction(engine) as db:
        before = db.execute(published).all()
    reindex(engine, shop.programmes["BJ"], again=True)
    with transaction(engine) as db:
        assert db.execute(published).all() == before
        assert sum(row.published is not None for row in before) >= 2


def test_nobody_is_said_to_read_nothing_is_written_and_the_application_reads_as_itself(
    engine: Engine, shop: World
) -> None:
    with reader_transaction(engine) as db:
        db.execute(text("SET TRANSACTION READ ONLY"))
        list_published(db, "technology")
        list_published(db, "technology", said="straw")
        show_published(db, "technology", ids_of(db)["public"])
        asked = text("SELECT coalesce(current_setting('casework.reader', true), '') AS reader, current_user AS role")
        assert tuple(db.execute(asked).one()) == ("", "casework_app")


@pytest.mark.parametrize("level", ["public", "on_request", "closed"])
def test_a_stranger_finds_nothing_by_what_is_not_told_of_a_need(engine: Engine, shop: World, level: str) -> None:
    more = {
        "function": "Dry manure",
        "tried": "Centrifuges",
        "site": "Pinggu",
        "constraints": "Basement",
        "contact": "Zhao Liping",
    }
    figures = [{"parameter": "Ammonia", "unit": "ppm", "now": "80", "condition": "nightly"}]
    told = {"title": "Stable", "problem": "Stench", "figures": figures, "publication": level, **more}
    with transaction(engine) as db:
        one = add_record(db, shop.programmes["BJ"], "need", "N-told", told)
    words = ("stable", "stench", "ammonia", "ppm", "nightly", "manure", "centrifuges", "pinggu", "basement", "liping")
    by = {word for word in words if one in found(engine, "need", said=word)}
    shown = {"public": {"stable", "stench", "ammonia", "ppm", "nightly"}, "on_request": {"stable"}, "closed": set()}
    assert by == shown[level]
