"""The money of a case's services as it is handed out: stage by stage, with each repayment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.state.case import COMPLETED, Case, Task, Track
from casework.operations.cases.money import list_money, money_in
from tests.operations.cases.test_about import NOW, case_of, track_of
from tests.support.world import World


def case_with(db: Connection, world: World, track: Track, *tasks: Task) -> Case:
    return replace(case_of(db, world.open_case(db)), tracks={track.id: track}, tasks={task.id: task for task in tasks})


def repaid(track: Track, principal: str) -> Task:
    said = {"principal": {"amount": principal, "currency": "CNY"}, "paid_on": "2026-04-01"}
    return Task(
        id="row",
        track=track.id,
        name="repayment",
        edition=track.edition,
        rule="repayment",
        type="side",
        queue="provider",
        organisation=None,
        opened_at=NOW,
        due_at=None,
        closed_at=NOW + timedelta(days=30),
        state=COMPLETED,
        result=said,
    )


def test_a_loan_is_told_stage_by_stage_with_what_is_owed(db: Connection, world: World) -> None:
    track = track_of(
        "pledge", "servicing", ("apply", "8.00"), ("approved", "7.50"), ("bank_approved", "7.00"), ("paid_out", "6.00")
    )
    [told] = list_money(case_with(db, world, track, repaid(track, "2.50")), load_library().editions)
    assert [(one.stage, one.amount) for one in told.stages] == [
        ("wanted", "8.00"),
        ("offered", "7.50"),
        ("approved", "7.00"),
        ("paid", "6.00"),
    ]
    assert [(row.on, row.principal, row.interest, row.balance) for row in told.repayments] == [
        ("2026-04-01", "2.50", None, "3.50")
    ]
    assert (told.kind, told.currency, told.balance) == ("pledge", "CNY", "3.50")
    assert told.value is None


def test_the_newest_value_of_the_rights_counts(db: Connection, world: World) -> None:
    track = track_of("pledge", "servicing", ("apply", "8.00"), ("paid_out", "6.00"))
    first = replace(track.fired["paid_out"], data={"value": {"amount": "20.00", "currency": "CNY"}})
    track = replace(track, fired={**track.fired, "valued": first})
    case = case_with(db, world, track)
    [told] = list_money(case, load_library().editions)
    assert told.value is not None
    assert told.value.amount == "20.00"
    again = {"value": {"amount": "16.00", "currency": "CNY"}, "valued_on": "2026-04-01"}
    anew = replace(repaid(track, "1.00"), name="valuation_refresh", rule="valuation_refresh", result=again)
    [told] = list_money(replace(case, tasks={anew.id: anew}), load_library().editions)
    assert told.value is not None
    assert (told.value.amount, told.repayments, told.balance) == ("16.00", [], "6.00")


def test_what_is_given_is_not_owed(db: Connection, world: World) -> None:
    track = track_of("finance", "funded", ("ready", "12.00"), ("cp_met", "11.00"), ended=True)
    [told] = list_money(case_with(db, world, track), load_library().editions)
    assert (told.balance, told.repayments, len(told.stages)) == (None, [], 2)


def test_only_the_tracks_that_were_asked_for_are_told(db: Connection, world: World) -> None:
    track = track_of("pledge", "servicing", ("apply", "8.00"))
    case = case_with(db, world, track)
    assert len(list_money(case, load_library().editions, tracks=[track.id])) == 1
    assert list_money(case, load_library().editions, tracks=["another"]) == []


def test_nothing_is_told_of_what_was_replaced_or_asks_for_no_money(db: Connection, world: World) -> None:
    library = load_library()
    tracks = [
        replace(track_of("pledge", "servicing", ("apply", "8.00")), replaced=True),
        track_of("ip", "clear"),
        track_of("pledge", "application"),
    ]
    case = replace(case_with(db, world, tracks[0]), tracks={track.id: track for track in tracks})
    assert [told.track for told in money_in(case, library.editions)] == [tracks[2].id]
    assert list_money(case, library.editions) == []
