"""The cases of a search are the same, in the same order, whichever index leads to them; and each is found by what its reader sees."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.search import found_cases
from casework.operations.search.service import _pattern, search
from casework.permissions.visibility import reach
from casework.records.access_sql import reach_values
from casework.records.database import transaction
from tests.operations.cases.three_cases import play_three_cases
from tests.support.world import World

pytestmark = pytest.mark.stage(play=play_three_cases)

WORDS = (
    "steam", "ste", "without steam", "bj", "bj-2026", "officer", "hebei", "hebei officer", "other", "蒸汽", "无煤", "汽 officer", "煤",
    "works",
    "nowhere", "team", "é", "(", "pump hebei", "余热", "first", "2026", "steam steam steam stea",
)  # fmt: skip
READERS = ("officer", "supervisor", "observer", "auditor", "provider", "both")
ELSEWHERE = "00000000-0000-7000-8000-00000000abcd"


@pytest.fixture
def number(staged: tuple[str, str, str]) -> str:
    return staged[0]


@pytest.fixture
def many(db: Connection, world: World, number: str) -> Connection:
    """Cases with other words in every place in which one may stand, one of them closed."""
    given = {"fourth": world.new_case(db), "fifth": world.new_case(db)}
    for statement in (
        "UPDATE needs SET title_zh = '无煤蒸汽' WHERE id = (SELECT need_id FROM cases WHERE number = :fourth)",
        "UPDATE cases SET title = '余热 ' || CAST(:fifth AS text) WHERE number = :fourth",
        "UPDATE cases SET closed_at = casework_now(), title = 'The first steam pump' WHERE number = :fifth",
        "UPDATE technologies SET title = 'A pump without steam', title_zh = NULL",
    ):
        db.execute(text(statement), {name: value for name, value in given.items() if f":{name}" in statement})
    return db


def _given(db: Connection, world: World, who: str, words: str, most: int) -> dict[str, Any]:
    patterns = [_pattern(word) for word in words.split()]
    mine = reach_values(reach(world.actor(db, "officer" if who == "both" else who)))
    if who == "both":
        mine["outlines_of"] = mine["all_of"]
    return mine | {"patterns": patterns, "exact": words, "most": most}


@pytest.mark.parametrize(("first", "candidates"), [(0, 0), (0, 3), (0, 100), (1, 1), (2, 100), (100, 0)])
def test_every_way_leads_to_the_same_cases(
    many: Connection, world: World, monkeypatch: pytest.MonkeyPatch, first: int, candidates: int
) -> None:
    monkeypatch.setattr(found_cases, "_FIRST", first)
    monkeypatch.setattr(found_cases, "_MORE", first + 1)
    monkeypatch.setattr(found_cases, "_CANDIDATES_MOST", candidates)
    numbers = many.execute(text("SELECT number FROM cases ORDER BY number")).scalars().all()
    found = 0
    for who in READERS:
        for words in (*WORDS, *numbers, numbers[0].lower()):
            for most in (1, 2, 51):
                given = _given(many, world, who, words, most)
                rows = found_cases.found_cases(many, words.split(), given)
                assert rows == many.execute(found_cases._ALL, given).all(), (who, words, most)
                found += len(rows)
    assert found > 100


@pytest.mark.parametrize("words", ["officer", "hebei", "无煤", "technology"])
def test_who_sees_outlines_finds_nothing_by_what_they_leave_out(many: Connection, world: World, words: str) -> None:
    """By an owner, a party, a need, a technology."""
    many.execute(text("UPDATE technologies SET title = 'A new technology'"))
    assert search(many, world.actor(many, "officer"), words).cases
    outline = search(many, world.actor(many, "observer"), words)
    assert (outline.cases, outline.more) == ([], False)


def _named(db: Connection, asked: str, whole: Sequence[str], outlines: Sequence[str], most: int) -> int | None:
    given = {"asked": asked, "whole": list(whole), "outlines": list(outlines), "most": most}
    count: int | None = db.execute(
        text(
            "SELECT cardinality(casework_find_cases("
            "CAST(:asked AS tsquery), CAST(:whole AS uuid[]), CAST(:outlines AS uuid[]), :most))"
        ),
        given,
    ).scalar_one()
    return count


def test_an_index_names_no_case_beyond_one_s_programmes(many: Connection) -> None:
    """Neither does what others have make a word too frequent: that would say how many they are."""
    (programme,) = many.execute(text("SELECT DISTINCT programme_id FROM cases")).scalars()
    assert _named(many, "'bj'", [programme], [], 100) == 5
    assert _named(many, "'bj'", [], [programme], 100) == 5
    assert _named(many, "'bj'", [programme], [], 4) is None
    assert _named(many, "'officer'", [], [programme], 0) == 0
    for asked in ("'bj'", "'hebei'", "'officer'", "'steam'"):
        assert _named(many, asked, [ELSEWHERE], [], 0) == 0
        assert _named(many, asked, [], [ELSEWHERE], 0) == 0
        assert _named(many, asked, [], [], 0) == 0


def test_what_is_no_more_called_so_is_not_found(many: Connection, world: World) -> None:
    """A name that an erasure took out, a title that changed: the index goes with it, in the same transaction."""

    def count(words: str) -> int:
        return len(search(many, world.actor(many, "officer"), words).cases)

    owned = count("officer")
    assert owned > 0
    many.execute(
        text("UPDATE people SET name = 'Erased person 1' WHERE id = CAST(:id AS uuid)"), {"id": world.people["officer"]}
    )
    assert (count("officer"), count("erased")) == (0, owned)
    assert count("余热") == 1
    many.execute(text("UPDATE cases SET title = NULL WHERE title LIKE '余热%'"))
    assert count("余热") == 0


def test_an_action_that_changes_no_name_leaves_the_indexes_alone(many: Connection) -> None:
    """What an index is made of did not change, so that a row finds place beside its old one (HOT) and no index is written."""
    hot = text("SELECT pg_stat_get_xact_tuples_hot_updated('cases'::regclass)")
    before = many.execute(hot).scalar_one()
    many.execute(
        text(
            "UPDATE cases SET state = state || 'x', revision = revision + 1, title = title, owner_id = owner_id, parties = parties"
            " WHERE number = (SELECT min(number) FROM cases)"
        )
    )
    assert many.execute(hot).scalar_one() - before == 1


@pytest.mark.parametrize(
    ("index", "table", "condition"),
    [
        ("ix_cases_terms", "cases c", "casework_case_terms(c.programme_id, c.number, c.title) @@ {}"),
        ("ix_people_terms", "people p", "casework_terms(p.name) @@ {}"),
        ("ix_needs_terms", "needs n", "casework_terms_of_both(n.title, n.title_zh) @@ {}"),
        ("ix_technologies_terms", "technologies h", "casework_terms_of_both(h.title, h.title_zh) @@ {}"),
        ("ix_organisations_terms", "organisations o", "casework_terms_of_both(o.name, o.name_zh) @@ {}"),
    ],
)
def test_each_index_of_words_serves_what_is_asked(db: Connection, index: str, table: str, condition: str) -> None:
    db.execute(text("SET LOCAL enable_seqscan = off"))
    where = condition.format("CAST('x' AS tsquery)")
    assert index in "\n".join(db.execute(text(f"EXPLAIN SELECT FROM {table} WHERE {where}")).scalars())
    asked = db.execute(text("SELECT prosrc FROM pg_proc WHERE proname = 'casework_find_cases'")).scalar_one()
    assert f"FROM {table} WHERE {condition.format('')}".strip() in asked


@pytest.mark.parametrize(
    ("parties", "names"),
    [
        ({}, None),
        (None, None),
        ({"need_owner": "lab"}, {"lab"}),
        ({"need_owner": "lab", "technology_owner": "bank"}, {"lab", "bank"}),
        ({"need_owner": "lab", "technology_owner": "lab"}, {"lab"}),
        ({"need_owner": "lab", "technology_owner": "nobody at all"}, {"lab"}),
        ({"need_owner": None, "technology_owner": ""}, set()),
        ({"need_owner": "00000000-0000-0000-0000-000000000000"}, set()),
    ],
)
def test_parties_are_found_by_their_ids(
    engine: Engine, world: World, parties: dict[str, str | None] | None, names: set[str] | None
) -> None:
    """What is no id is nobody's name, and nothing fails by it."""
    given = parties and {role: world.organisations.get(party or "", party) for role, party in parties.items()}
    with transaction(engine) as db:
        called = {
            one: db.execute(
                text("SELECT name FROM organisations WHERE id = :id"), {"id": world.organisations[one]}
            ).scalar_one()
            for one in ("lab", "bank")
        }
        statement = text("SELECT " + found_cases.PARTIES.format(parties="CAST(:parties AS jsonb)"))
        said = db.execute(statement, {"parties": None if given is None else json.dumps(given)}).scalar_one()
    assert {one for one, name in called.items() if name in (said or "")} == (names or set())
    assert (said is None) is (names is None or not names)


def test_a_case_whose_party_is_no_id_fails_no_search(engine: Engine, world: World, number: str) -> None:
    with transaction(engine) as db:
        db.execute(
            text('UPDATE cases SET parties = \'{"need_owner": "somebody"}\' WHERE number = :number'), {"number": number}
        )
        assert search(db, world.actor(db, "officer"), "nowhere").cases == []


def test_organisations_are_found_by_their_key(engine: Engine) -> None:
    """For each party of a case one look by its id, however many organisations there are."""
    with transaction(engine) as db:
        db.execute(text("SET LOCAL enable_seqscan = off"))
        statement = "EXPLAIN SELECT " + found_cases.PARTIES.format(parties="c.parties") + " FROM cases c"
        plan = "\n".join(db.execute(text(statement)).scalars())
    assert "pk_organisations" in plan
    assert "Seq Scan on organisations" not in plan
