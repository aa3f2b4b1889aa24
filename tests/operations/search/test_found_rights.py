"""IP rights are found by their numbers however one writes these, by office, kind and owner; by who may list them alone."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.case_objects.right_numbers import plain_number
from casework.operations.catalogue.ip_rights import record_right, set_belonging
from casework.operations.catalogue.right_merging import merge_rights
from casework.operations.catalogue.right_use import expire_right
from casework.operations.search.service import search
from casework.records.search_terms import RIGHT_TERMS
from tests.support.world import World, new_request

NUMBER = "ZL 2021 1 0123456.7"
#: The same number, as it is printed, said and typed.
WRITTEN = (
    NUMBER,
    "ZL202110123456.7",
    "202110123456.7",
    "202110123456",
    "cn202110123456",
    "2021101234567",
    "2021 1 0123456.7",
    "２０２１１０１２３４５６",
    "国家知识产权局 202110123456",
)


def enter(db: Connection, world: World, number: str, **more: Any) -> str:
    fields = {"office": "CNIPA", "number": number, "owner": "Kiln Works", "status": "in_force"} | more.pop("fields", {})
    done = record_right(
        db,
        world.actor(db, "officer"),
        programme=world.programmes["BJ"],
        kind=more.pop("kind", "invention"),
        fields=fields,
        confirmed=True,
        request=new_request(),
        **more,
    )
    return str(done.answer["id"])


def found(db: Connection, world: World, words: str, who: str = "officer") -> list[str]:
    return [one.id for one in search(db, world.actor(db, who), words).rights]


@pytest.mark.parametrize("words", WRITTEN)
def test_its_number_finds_it_however_one_writes_it(world: World, db: Connection, words: str) -> None:
    right = enter(db, world, NUMBER)
    (one,) = search(db, world.actor(db, "officer"), words).rights
    assert (one.id, one.named, one.number) == (right, True, NUMBER)


@pytest.mark.parametrize("words", ["20211012345", "ZL202110123457.7", "US 202110123456", "DE202110123456"])
def test_a_part_of_it_or_another_number_does_not_name_it(world: World, db: Connection, words: str) -> None:
    enter(db, world, NUMBER)
    assert not any(one.named for one in search(db, world.actor(db, "officer"), words).rights)


def test_an_application_is_found_by_its_number_before_others_that_hold_it(world: World, db: Connection) -> None:
    asked = {"application_number": "202210654321.0", "status": "pending", "number": None}
    right = enter(db, world, "", kind="application", fields=asked)
    enter(db, world, "ZL 9", fields={"owner": "Of 202210654321 Works"})
    assert found(db, world, "CN 202210654321")[0] == right
    assert found(db, world, "202210654321")[0] == right


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("kiln", True),
        ("WORKS kiln 9", True),
        ("invention patent kiln", True),
        ("发明", True),
        ("patent 9", True),
        ("9 发明专利", True),
        ("patent", True),
        ("patent utility", False),
        ("窑炉", True),
        ("cn kiln", True),
        ("iln", False),
        ("utility kiln", False),
        ("kiln | works", False),
        ("kiln & !works", False),
        ("'kiln':*", False),
    ],
)
def test_every_word_stands_in_what_it_is(world: World, db: Connection, words: str, finds: bool) -> None:
    right = enter(db, world, "ZL 9", fields={"owner": "Kiln Works 窑炉厂"})
    assert (right in found(db, world, words)) is finds


def test_its_owners_on_record_find_it_also_by_whom_they_were_merged_into(world: World, db: Connection) -> None:
    right = enter(db, world, "ZL 9")
    owner, stays = world.organisations["need_owner"], world.organisations["technology_owner"]
    set_belonging(
        db, world.actor(db, "officer"), right, owners=[{"organisation": owner, "share": None}], request=new_request()
    )
    for words in ("hebei steam", "steam 9", "hebei invention", "HEBEI kiln patent"):
        assert right in found(db, world, words), words
    assert right not in found(db, world, "hebei nowhere")
    db.execute(text("UPDATE organisations SET merged_into = :stays WHERE id = :id"), {"id": owner, "stays": stays})
    assert right in found(db, world, "nordwind")
    assert right in found(db, world, "hebei steam")


@pytest.mark.parametrize(
    ("who", "finds"),
    [
        *((who, True) for who in ("officer", "supervisor", "compliance", "auditor", "manager")),
        *((who, False) for who in ("observer", "dispute_officer", "administrator", "provider", "foreign_officer")),
    ],
)
def test_who_may_list_rights_finds_them_and_nobody_else(world: World, db: Connection, who: str, finds: bool) -> None:
    right = enter(db, world, NUMBER)
    for words in (NUMBER, "kiln", "发明"):
        told = search(db, world.actor(db, who), words)
        assert (right in [one.id for one in told.rights]) is finds, words
        assert finds or (told.rights, told.more) == ([], False)


def test_of_two_that_were_merged_the_one_in_its_place_is_found(world: World, db: Connection) -> None:
    stays, gone = enter(db, world, "ZL 8"), enter(db, world, NUMBER)
    merge_rights(
        db, world.actor(db, "officer"), gone, into=stays, reason="Both name one patent.", request=new_request()
    )
    for words in (NUMBER, "202110123456", "2021 kiln"):
        assert found(db, world, words) == [stays], words


def test_what_has_expired_comes_last_and_says_so(world: World, db: Connection) -> None:
    first, second = enter(db, world, "ZL 8"), enter(db, world, "ZL 9")
    expire_right(db, world.actor(db, "officer"), second, reason="Given up.", request=new_request())
    told = search(db, world.actor(db, "officer"), "kiln").rights
    assert [(one.id, one.expired) for one in told] == [(first, False), (second, True)]


def test_more_than_are_listed_are_said(world: World, db: Connection) -> None:
    for number in range(4):
        enter(db, world, f"ZL 10{number}")
    told = search(db, world.actor(db, "officer"), "kiln", most=3)
    assert (len(told.rights), told.more) == (3, True)


@pytest.mark.parametrize(
    ("office", "number"),
    [
        ("CN", NUMBER),
        ("CN", "202110123456X"),
        ("CN", "98102345.6"),
        ("cn", "981023456"),
        (None, "CN113456789B"),
        ("EPO", "EP 31234567 B1"),
        ("European Patent Office", "EP 31234567 B1"),
        ("US", "US 10,123,456 B2"),
        ("US", "RE12345"),
        ("WIPO", "WO2021/123456A1"),
        ("CN", "软著登字第1234567号"),
        ("CN", "２０２１１０１２３４５６"),
        ("CN", "secret"),
        ("CN", ""),
        ("CN", None),
        ("DPMA", "DE 10 2021 000 001"),
        ("DE", "DE 10 2021 000 001.5"),
        ("ı", "ıı1"),
    ],
)
def test_the_database_compares_numbers_as_python_does(db: Connection, office: str | None, number: str | None) -> None:
    statement = text("SELECT casework_right_number(CAST(:office AS text), CAST(:number AS text))")
    assert db.execute(statement, {"office": office, "number": number}).scalar_one() == plain_number(office, number)


@pytest.mark.parametrize(
    ("index", "condition"),
    [
        ("ix_rights_searched_number", "casework_right_number(office, number) = 'x'"),
        ("ix_rights_searched_application", "casework_right_number(office, application_number) = 'x'"),
        ("ix_rights_terms", f"{RIGHT_TERMS} @@ CAST('x' AS tsquery)"),
    ],
)
def test_an_index_serves_what_is_asked(db: Connection, index: str, condition: str) -> None:
    db.execute(text("SET LOCAL enable_seqscan = off"))
    plan = db.execute(text(f"EXPLAIN SELECT FROM rights WHERE {condition}")).scalars()
    assert index in "\n".join(plan)
