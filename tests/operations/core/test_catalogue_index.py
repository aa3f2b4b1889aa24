"""The index says what the records say: after whatever happened to them, in the same transaction, and of what is closed nothing that others
look at."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.matching.facets import in_public
from casework.operations.catalogue.kept_records import confirm_field, correct_record, create_record
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.catalogue.record_use import bring_back, end_record
from casework.operations.core.catalogue_index import follow_records, follow_stale
from casework.operations.core.record_log import Kept
from tests.support.world import World, add_record, new_request


def indexed(db: Connection, id: str) -> set[str]:
    """The terms of a record that are in the index."""
    rows = db.execute(
        text("SELECT unnest(tsvector_to_array(terms)) FROM indexed_records WHERE record_id = CAST(:id AS uuid)"),
        {"id": id},
    )
    return {term for term in rows.scalars() if term[0] not in "=^"}


def facets(db: Connection, id: str) -> list[str]:
    """What lists may be narrowed to that a record is among, and as what it is indexed."""
    statement = "SELECT noun, facets FROM indexed_records WHERE record_id = CAST(:id AS uuid)"
    row = db.execute(text(statement), {"id": id}).one()
    return [row.noun, *row.facets]


def insist_counted(db: Connection) -> None:
    """In how many records each term stands, and how many there are and how long, is what the records add up to."""
    kept = db.execute(text("SELECT programme_id, noun, term, records FROM index_terms")).all()
    told = db.execute(
        text(
            "SELECT programme_id, noun, ltrim(term, '!'), count(*) FROM indexed_records, unnest(tsvector_to_array(terms)) t(term)"
            " WHERE ltrim(term, '!') NOT LIKE '^%' GROUP BY 1, 2, 3"
        )
    ).all()
    assert sorted(map(tuple, kept)) == sorted(map(tuple, told))
    kept = db.execute(text("SELECT programme_id, noun, records, length FROM index_states WHERE records <> 0")).all()
    told = db.execute(text("SELECT programme_id, noun, count(*), sum(length) FROM indexed_records GROUP BY 1, 2")).all()
    assert sorted(map(tuple, kept)) == sorted(map(tuple, told))


def version_of(db: Connection) -> int:
    """The version of what can be found of technologies."""
    version: int = db.execute(text("SELECT version FROM index_states WHERE noun = 'technology'")).scalar_one()
    return version


def enter(world: World, db: Connection, noun: Kept, **fields: Any) -> str:
    done = create_record(
        db,
        world.actor(db, "officer"),
        noun,
        programme=world.programmes["BJ"],
        fields=fields,
        source="desk",
        confirmed=False,
        request=new_request(),
    )
    return str(done.answer["id"])


def test_a_record_is_found_by_what_it_says_from_its_first_moment(world: World, db: Connection) -> None:
    id = enter(world, db, "technology", title="Heat pumps", title_zh="热泵", description="for laundries")
    assert indexed(db, id) == {"heat", "pump", "热泵", "laundri"}
    insist_counted(db)


#: Records that say much, little, and what expires.
NEW: list[tuple[Kept, dict[str, Any]]] = [
    ("technology", {"title": "Heat pumps"}),
    ("technology", {
        "title": "Heat pumps", "description": "For laundries", "problem": "Exhaust that is lost", "advantage": "Half the coal",
        "benefits": ["Quiet"], "publication": "public",
    }),
    ("technology", {"title": "Pump", "title_zh": "热泵", "benefits": ["Energy", "Water of wells"], "publication": "public"}),
    ("technology", {
        "title": "Heat pump", "title_zh": "热泵", "description": "für Wäschereien", "readiness_low": 5, "developed_in": ["DE", "AT"],
        "deployed_in": ["CN", "DE"], "ipc": ["F24D3/08"], "green_topics": ["Energy"], "licences": ["exclusive"],
        "publication": "on_request",
        "standards": [{"name": "ISO 9001", "valid_until": "2020-01-01"}, {"name": "CE"}, {"name": "UL 1", "valid_until": "2090-01-01"}],
    }),
    ("need", {"title": "Steam", "problem": "Too dear", "figures": [
        {"parameter": "NOx", "unit": "mg/m3", "now": "80", "comparison": "at_most", "target": "30", "condition": "at full load"},
        {"parameter": "Noise", "now": "60"},
    ], "publication": "public"}),
    ("need", {"title": "Steam", "sector": "Dairies", "problem": "Too dear", "target": "Half of it", "district": "Haidian"}),
    ("need", {
        "title": "Steam", "title_zh": "蒸汽", "problem": "Too dear", "readiness_high": 7, "publication": "public", "ipc": ["F24D", "C02F"],
    }),
]  # fmt: skip


@pytest.mark.parametrize(("noun", "fields"), NEW)
def test_a_new_record_is_found_by_its_columns_as_it_is_when_it_is_read(
    world: World, db: Connection, noun: Kept, fields: dict[str, Any]
) -> None:
    """What is new is put in without being read again."""
    id = enter(world, db, noun, **fields)
    statement = text("SELECT * FROM indexed_records WHERE record_id = CAST(:id AS uuid)")
    new = db.execute(statement, {"id": id}).one()
    follow_records(db, noun, [id])
    assert db.execute(statement, {"id": id}).one() == new
    assert follow_stale(db, world.programmes["BJ"], noun, None) == []
    insist_counted(db)


def test_what_a_record_does_not_say_any_more_does_not_find_it(world: World, db: Connection) -> None:
    id = enter(world, db, "technology", title="Heat pump", description="for laundries")
    correct_record(
        db,
        world.actor(db, "officer"),
        "technology",
        id,
        fields={"description": "for dairies"},
        source=None,
        reason="It said so.",
        request=new_request(),
    )
    assert indexed(db, id) == {"heat", "pump", "dairi"}
    insist_counted(db)


def test_what_is_used_no_more_is_counted_apart_until_it_is_used_again(world: World, db: Connection) -> None:
    officer, id = world.actor(db, "officer"), enter(world, db, "technology", title="Heat pump")
    end_record(db, officer, "technology", id, status="withdrawn", reason="It is gone.", request=new_request())
    assert facets(db, id)[0] == "idle_technology"
    assert "=status=withdrawn" in facets(db, id)
    insist_counted(db)
    bring_back(db, officer, "technology", id, reason="It is back.", request=new_request())
    assert facets(db, id)[0] == "technology"
    assert "=status=published" in facets(db, id)
    insist_counted(db)


def test_what_a_list_is_narrowed_by_follows_the_record_and_says_what_is_not_known(world: World, db: Connection) -> None:
    given = {"title": "Heat pump", "readiness_low": 5, "readiness_high": 6, "developed_in": ["DE"]}
    id = enter(world, db, "technology", **given, ipc=["F24D3/08", "F25B30/00"])
    told = [
        "=readiness=5",
        "=readiness=6",
        "=country=DE",
        "=source=desk",
        "=ipc=F",
        "=topic=",
        "=licence=",
        "=standard=",
    ]
    assert facets(db, id) == ["technology", *told, "=stands=claimed", "=status=published"]
    before = version_of(db)
    confirm_field(db, world.actor(db, "officer"), "technology", id, field="ipc", request=new_request())
    assert "=stands=confirmed" in facets(db, id)
    # What a record says has not changed.
    assert version_of(db) == before
    given = {"title": "Waste heat", "sector": "Energy", "readiness_low": 9, "publication": "public"}
    need = facets(db, enter(world, db, "need", **given, ipc=["F24D3/08", "F25B30/00"]))
    told = ["=readiness=9", "=sector=Energy", "=district=", "=source=desk", "=ipc=F"]
    assert need == ["need", *told, "=stands=claimed", "=status=published"]
    # What of a need is told without an account on request alone narrows no public list.
    assert not [term for term in in_public("need", need[1:]) if term.startswith("=ipc=")]
    insist_counted(db)


def test_of_a_record_that_was_merged_the_one_in_its_place_is_found(world: World, db: Connection) -> None:
    gone, kept = (enter(world, db, "technology", title=title) for title in ("Heat pump", "Heat pump for dairies"))
    merge_records(
        db,
        world.actor(db, "officer"),
        "technology",
        gone,
        into=kept,
        chosen={},
        reason="It is the same.",
        request=new_request(),
    )
    assert indexed(db, gone) == set()
    assert indexed(db, kept) == {"heat", "pump", "dairi"}
    insist_counted(db)


def test_a_need_is_found_by_what_it_says_in_public_alone(world: World, db: Connection) -> None:
    id = enter(
        world,
        db,
        "need",
        title="Waste heat",
        problem="Exhaust at 90 degrees",
        target="20 percent less gas",
        sector="Energy",
        budget="123456",
        budget_currency="CNY",
        district="Haidian",
        publication="on_request",
    )
    said = indexed(db, id)
    assert {"wast", "heat", "exhaust", "gas", "energi"} <= said
    assert not said & {"123456", "cni", "cny", "haidian"}
    insist_counted(db)


def test_a_technology_is_found_by_the_problem_that_it_solves_and_what_it_is_better_at(
    world: World, db: Connection
) -> None:
    said = {"problem": "Exhaust that is lost", "advantage": "Half the coal", "cost_compared": "Cheaper by a third"}
    id = enter(world, db, "technology", title="Heat pump", **said)
    assert {"exhaust", "lost", "half", "coal"} <= indexed(db, id)
    assert "cheaper" not in indexed(db, id)


#: What an office keeps of a need beside its fields.
TO_FEW = {
    "function": "Dry the sludge", "tried": "Centrifuges", "site": "Pinggu", "constraints": "Basement", "contact": "Zhao Liping",
    "process": "Tannery", "baseline": "Lignite", "readiness_text": "Prototype",
}  # fmt: skip
FIGURES = [{"parameter": "Moisture", "unit": "kg", "now": "80", "condition": "in winter"}]


def published(db: Connection, id: str) -> set[str]:
    """The terms by which a record is found without an account."""
    statement = "SELECT unnest(tsvector_to_array(published)) FROM indexed_records WHERE record_id = CAST(:id AS uuid)"
    return {term for term in db.execute(text(statement), {"id": id}).scalars() if term[0] not in "=^"}


@pytest.mark.parametrize("level", ["public", "on_request", "closed"])
def test_a_need_is_found_by_the_function_and_its_figures_and_by_nothing_that_is_told_to_few(
    world: World, db: Connection, level: str
) -> None:
    told = {"title": "Steam", "figures": FIGURES, "publication": level, **TO_FEW}
    id = add_record(db, world.programmes["BJ"], "need", "N-told", told)
    mark = "!" if level == "closed" else ""
    said = {"steam", "moistur", "kg", "winter", "dri", "sludg"}
    assert {term for term in indexed(db, id) if not term.startswith(("!=", "!^"))} == {f"{mark}{term}" for term in said}
    # The function is told to nobody outside; the figures of one that is public are.
    shown = {"public": said - {"dri", "sludg"}, "on_request": {"steam"}, "closed": set()}
    assert published(db, id) == shown[level]
    insist_counted(db)


def test_a_need_that_is_brought_after_is_found_as_it_was_when_it_was_new(world: World, db: Connection) -> None:
    told = {"title": "Steam", "figures": FIGURES, "publication": "public", **TO_FEW}
    id = add_record(db, world.programmes["BJ"], "need", "N-told", told)
    statement = text("SELECT * FROM indexed_records WHERE record_id = CAST(:id AS uuid)")
    new = db.execute(statement, {"id": id}).one()
    follow_records(db, "need", [id])
    assert db.execute(statement, {"id": id}).one() == new
    # Once more, as an update makes every record of the rules before.
    db.execute(
        text("UPDATE indexed_records SET rules = 5, counts = '{}' WHERE record_id = CAST(:id AS uuid)"), {"id": id}
    )
    assert follow_stale(db, world.programmes["BJ"], "need", None) == [id]
    assert db.execute(statement, {"id": id}).one() == new


def test_what_a_figure_says_no_more_does_not_find_it(world: World, db: Connection) -> None:
    id = enter(world, db, "need", title="Steam", figures=FIGURES, publication="public")
    correct_record(
        db,
        world.actor(db, "officer"),
        "need",
        id,
        fields={"figures": [{"parameter": "Noise", "now": "60"}]},
        source=None,
        reason="It said so.",
        request=new_request(),
    )
    assert indexed(db, id) == {"steam", "nois"}
    insist_counted(db)


def test_a_closed_need_is_indexed_under_a_mark_of_its_own_and_leaves_no_trace_elsewhere(
    world: World, db: Connection
) -> None:
    def state() -> list[Any]:
        return [
            row
            for table in ("index_states", "index_terms")
            for row in db.execute(text(f"SELECT * FROM {table} WHERE noun <> 'closed_need' ORDER BY 1, 2, 3"))
        ]

    def marked(id: str) -> bool:
        statement = "SELECT bool_and(term LIKE '!%') FROM indexed_records, unnest(tsvector_to_array(terms)) t(term)"
        return bool(db.execute(text(f"{statement} WHERE record_id = CAST(:id AS uuid)"), {"id": id}).scalar_one())

    officer = world.actor(db, "officer")
    open_to_all = enter(world, db, "need", title="Waste heat", publication="public")
    before = state()
    id = enter(world, db, "need", title="Quicksilver pump")
    follow_stale(db, world.programmes["BJ"], "need", None)
    end_record(db, officer, "need", id, status="withdrawn", reason="It is gone.", request=new_request())
    assert {"!quicksilv", "!^quicksilv", "!=status=withdrawn"} <= indexed(db, id)
    assert (facets(db, id)[0], marked(id), state()) == ("closed_need", True, before)
    bring_back(db, officer, "need", id, reason="It is back.", request=new_request())
    publish(world, db, id, "public")
    assert ("quicksilv" in indexed(db, id), facets(db, id)[0]) == (True, "need")
    publish(world, db, id, "closed")
    # What it said while all could read it is forgotten; that something changed then is no secret.
    assert [row for row in state() if row not in before and hasattr(row, "term")] == []
    publish(world, db, open_to_all, "closed")
    assert (marked(id), marked(open_to_all)) == (True, True)
    assert not db.execute(text("SELECT FROM index_terms WHERE noun = 'need' AND term IN ('quicksilv', 'wast')")).all()
    insist_counted(db)
    other = enter(world, db, "need", title="Quicksilver pumps")
    merge_records(db, officer, "need", id, into=other, chosen={}, reason="It is the same.", request=new_request())
    assert (indexed(db, id), marked(other)) == (set(), True)
    insist_counted(db)


def publish(world: World, db: Connection, id: str, level: str) -> None:
    correct_record(
        db,
        world.actor(db, "officer"),
        "need",
        id,
        fields={"publication": level},
        source=None,
        reason="The owner said so.",
        request=new_request(),
    )


@pytest.mark.parametrize("noun", ["need", "technology"])
def test_what_is_in_the_index_as_it_stands_is_passed_over(world: World, db: Connection, noun: Kept) -> None:
    id = enter(world, db, noun, title="Heat pump", **({"publication": "public"} if noun == "need" else {}))
    follow_stale(db, world.programmes["BJ"], noun, None)
    assert follow_stale(db, world.programmes["BJ"], noun, None) == []
    db.execute(text("UPDATE indexed_records SET rules = 0 WHERE record_id = CAST(:id AS uuid)"), {"id": id})
    assert follow_stale(db, world.programmes["BJ"], noun, None) == [id]
    insist_counted(db)


def test_the_version_goes_on_with_all_that_a_record_says(world: World, db: Connection) -> None:
    id = enter(world, db, "technology", title="Boiler", description="pump pump heat")
    for said, goes_on in (("pump heat heat", 1), ("heat pump heat", 0)):
        before = version_of(db)
        correct_record(
            db,
            world.actor(db, "officer"),
            "technology",
            id,
            fields={"description": said},
            source=None,
            reason="It says so.",
            request=new_request(),
        )
        assert version_of(db) == before + goes_on
    insist_counted(db)
