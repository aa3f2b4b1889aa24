"""A refusal for a reason of fact asks for the record to be put right, and each rank says how often it was accepted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, text

from casework.engine.case_objects.programme_lists import LISTS
from casework.errors import InvalidForm
from casework.operations.catalogue.doubted_fields import OF_FACT
from casework.operations.catalogue.kept_records import confirm_field, correct_record, set_owner
from casework.operations.catalogue.organisations import record_organisation
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.catalogue.record_use import end_record
from casework.operations.catalogue.twins import tell_apart
from casework.operations.core.paging import to_cursor
from casework.operations.matching.decisions import decide
from casework.operations.matching.follow_up import (
    count_by_rank,
    count_by_week,
    list_mine_to_correct,
    list_to_correct,
    page_to_correct,
)
from casework.operations.matching.runs import show_run
from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_run_twins import put_twins
from tests.operations.matching.test_runs import put, run
from tests.support.world import World, new_request


def test_a_record_waits_to_be_put_right_until_somebody_does(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    made = run(world, db, ids["need"])
    for name, code in (("pump", "not_ready"), ("unknown", "too_dear")):
        decide(
            db, officer, made, technology=ids[name], decision="refuse", code=code, reason="Seen.", request=new_request()
        )
    (told,) = list_to_correct(db, officer)
    assert (told.technology, told.code, told.reason) == (ids["pump"], "not_ready", "Seen.")
    assert list_to_correct(db, officer, ids["unknown"]) == []
    assert list_to_correct(db, world.actor(db, "foreign_officer")) == []
    correct_record(
        db,
        officer,
        "technology",
        ids["pump"],
        fields={"readiness_low": 3, "readiness_high": 4},
        source=None,
        reason="As its owner says.",
        request=new_request(),
    )
    assert list_to_correct(db, officer) == []


def refuse(world: World, db: Connection, made: str, technology: str, code: str) -> None:
    decide(
        db,
        world.actor(db, "officer"),
        made,
        technology=technology,
        decision="refuse",
        code=code,
        reason="Seen.",
        request=new_request(),
    )


def correct(world: World, db: Connection, technology: str, fields: dict[str, object]) -> None:
    correct_record(
        db,
        world.actor(db, "officer"),
        "technology",
        technology,
        fields=fields,
        source=None,
        reason="As its owner says.",
        request=new_request(),
    )


#: By reason of fact what puts the record right.
PUTS_RIGHT: dict[str, Callable[[World, Connection, dict[str, str]], object]] = {
    "not_ready": lambda world, db, ids: correct(world, db, ids["pump"], {"readiness_high": 7}),
    "region_or_standard": lambda world, db, ids: correct(world, db, ids["pump"], {"deployed_in": ["DE"]}),
    "rights_unclear": lambda world, db, ids: correct(world, db, ids["pump"], {"ip_text": "Its owner's patent."}),
    "rights_unavailable": lambda world, db, ids: correct(world, db, ids["pump"], {"licences": ["plain"]}),
    "technology_gone": lambda world, db, ids: end_record(
        db,
        world.actor(db, "officer"),
        "technology",
        ids["pump"],
        status="withdrawn",
        reason="No longer made.",
        request=new_request(),
    ),
    "owner_silent": lambda world, db, ids: set_owner(
        db,
        world.actor(db, "officer"),
        "technology",
        ids["pump"],
        organisation=record_organisation(
            db,
            world.actor(db, "officer"),
            programme=world.programmes["BJ"],
            fields={"name": "Kiln Works"},
            source="Register",
            request=new_request(),
        ).answer["id"],
        request=new_request(),
    ),
    "duplicate": lambda world, db, ids: tell_apart(
        db,
        world.actor(db, "officer"),
        "technology",
        ids["pump"],
        other=ids["unknown"],
        reason="Another size.",
        request=new_request(),
    ),
}


@pytest.mark.parametrize("code", sorted(OF_FACT))
def test_each_reason_of_fact_asks_once_for_what_puts_the_record_right(world: World, db: Connection, code: str) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    refuse(world, db, run(world, db, ids["need"]), ids["pump"], code)
    other = enter(world, db, "need", title="Heat pump for dye houses", publication="public")
    refuse(world, db, run(world, db, other), ids["pump"], code)
    (told,) = list_to_correct(db, officer)
    assert (told.technology, told.code) == (ids["pump"], code)
    assert list_mine_to_correct(db, officer) == [told]
    assert list_mine_to_correct(db, world.actor(db, "auditor")) == []
    assert list_to_correct(db, world.actor(db, "auditor")) == [told]
    PUTS_RIGHT[code](world, db, ids)
    assert list_to_correct(db, officer) == list_mine_to_correct(db, officer) == []


@pytest.mark.parametrize(("kept", "gone"), [("pump", "unknown"), ("unknown", "pump")])
def test_a_double_is_put_right_by_merging_whichever_is_kept(world: World, db: Connection, kept: str, gone: str) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    refuse(world, db, run(world, db, ids["need"]), ids["pump"], "duplicate")
    assert len(list_to_correct(db, officer)) == 1
    merge_records(db, officer, "technology", ids[gone], into=ids[kept], reason="The same pump.", request=new_request())
    assert list_to_correct(db, officer) == []


@pytest.mark.parametrize("code", [entry.code for entry in LISTS["match_refusals"].start if entry.code not in OF_FACT])
def test_a_reason_that_is_a_judgement_asks_for_nothing(world: World, db: Connection, code: str) -> None:
    ids = put(world, db)
    refuse(world, db, run(world, db, ids["need"]), ids["pump"], code)
    assert list_to_correct(db, world.actor(db, "officer")) == []


def test_what_was_confirmed_before_a_refusal_is_confirmed_again(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")

    def confirm() -> str:
        done = confirm_field(db, officer, "technology", ids["pump"], field="readiness_low", request=new_request())
        return str(done.answer["provenance"]["confirmed_at"])

    before = confirm()
    assert confirm() == before
    refuse(world, db, run(world, db, ids["need"]), ids["pump"], "not_ready")
    (told,) = list_to_correct(db, officer)
    assert told.since > before
    assert confirm() > told.since
    assert list_to_correct(db, officer) == []


def test_of_a_closed_need_nobody_learns_by_what_is_to_be_put_right(world: World, db: Connection) -> None:
    ids = put(world, db)
    closed = enter(world, db, "need", title="Heat pump for dye houses", publication="closed")
    refuse(world, db, run(world, db, closed), ids["pump"], "not_ready")
    assert len(list_to_correct(db, world.actor(db, "officer"))) == 1
    assert list_to_correct(db, world.actor(db, "manager")) == []


def test_each_week_says_of_its_lists_how_often_each_rank_was_accepted(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    assert count_by_week(db, officer) == []
    made = run(world, db, ids["need"])
    earlier = run(world, db, ids["need"])
    db.execute(
        text("UPDATE match_runs SET made_at = made_at - interval '7 days' WHERE id = CAST(:id AS uuid)"),
        {"id": earlier},
    )
    decide(db, officer, made, technology=ids["pump"], decision="accept", request=new_request())
    this, last = count_by_week(db, officer)
    assert date.fromisoformat(this.week).weekday() == 0
    assert date.fromisoformat(this.week) - date.fromisoformat(last.week) == timedelta(weeks=1)
    assert [(one.ranks[0].low, one.ranks[0].listed, one.ranks[0].accepted) for one in (this, last)] == [
        (1, 1, 1),
        (1, 1, 0),
    ]
    assert count_by_week(db, world.actor(db, "foreign_officer")) == []
    long_ago = "UPDATE match_runs SET made_at = made_at - interval '70 days'"
    db.execute(text(long_ago))
    assert count_by_week(db, officer) == []


def test_each_rank_says_how_often_it_was_accepted(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    assert count_by_rank(db, officer) == []
    made = run(world, db, ids["need"])
    run(world, db, ids["need"])
    decide(db, officer, made, technology=ids["pump"], decision="accept", request=new_request())
    decide(db, officer, made, technology=ids["unknown"], decision="shortlist", request=new_request())
    first, second, *_ = count_by_rank(db, officer)
    assert (first.listed, first.accepted, first.shortlisted) == (2, 1, 0)
    assert (second.listed, second.accepted, second.shortlisted) == (2, 0, 1)


def test_a_place_of_a_list_counts_once_however_many_twins_at_it_are_decided_on(world: World, db: Connection) -> None:
    ids, officer = put_twins(world, db), world.actor(db, "officer")
    made = run(world, db, ids["need"])
    (lead,) = [one for one in show_run(db, officer, made).candidates if one["explanation"].get("twins")]
    behind = str(lead["explanation"]["twins"][0]["technology"])
    for technology in (lead["technology"], behind):
        refused = {"decision": "refuse", "code": "does_not_fit", "reason": "Steam."}
        decide(db, officer, made, technology=technology, request=new_request(), **refused)  # type: ignore[arg-type]  # as given
    for told in (count_by_rank(db, officer), count_by_week(db, officer)[0].ranks):
        (group,) = [one for one in told if one.low <= lead["rank"] <= one.high]
        assert (group.refused, group.accepted) == (1, 0)


def put_two_right(world: World, db: Connection) -> None:
    """Refusals of two candidates, each of which says that its record is wrong."""
    ids, officer = put(world, db), world.actor(db, "officer")
    made = run(world, db, ids["need"])
    for name in ("pump", "unknown"):
        decide(
            db,
            officer,
            made,
            technology=ids[name],
            decision="refuse",
            code="not_ready",
            reason="Seen.",
            request=new_request(),
        )


def test_records_to_put_right_come_in_parts(world: World, db: Connection) -> None:
    put_two_right(world, db)
    officer = world.actor(db, "officer")
    whole = [one.technology for one in page_to_correct(db, officer).items]
    first = page_to_correct(db, officer, limit=1)
    second = page_to_correct(db, officer, limit=1, cursor=first.next)
    assert len(whole) == 2
    assert [one.technology for one in (*first.items, *second.items)] == whole
    assert second.next is None


@pytest.mark.parametrize("key", ["\0", "too_dear", 7, None])
def test_a_cursor_of_another_reason_is_none_of_ours(world: World, db: Connection, key: object) -> None:
    some, officer = world.programmes["BJ"], world.actor(db, "officer")
    with pytest.raises(InvalidForm):
        page_to_correct(db, officer, cursor=to_cursor("2026-03-02T09:00:00+08:00", some, key))
