"""How much each officer has in hand, and how late it is in working days; and cases that became more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.engine.figures.workload import late, second_sites, workload
from casework.ledger.canonical_json import instant
from tests.engine.figures.pieces import START, Told, counts, line, world


@pytest.mark.parametrize(
    ("due", "bucket"),
    [
        (None, "not_due"),
        (41, "not_due"),
        (40, "not_due"),
        (39.9, "up_to_5"),
        (32, "up_to_5"),
        (31, "up_to_20"),
        (11, "up_to_20"),
        (10, "over_20"),
    ],
)
def test_a_task_lies_in_the_bucket_of_its_working_days(due: float | None, bucket: str) -> None:
    """It is the 40th day, a Saturday; the 32nd is the Friday before."""
    now = world(day=40)
    assert late(now, None if due is None else START + timedelta(days=due)) == bucket


def test_what_is_asked_after_a_closing_stands_apart_and_a_providers_work_is_not_the_officers() -> None:
    told = Told("1").add("fired", "main", 0, to=("later",), transition="take", owner="o")
    day = instant(START + timedelta(days=30))
    for id, more in (
        ("a", {"holder": "o"}),
        ("b", {"holder": "o", "aftercare": True}),
        ("c", {"holder": "p", "queue": "provider"}),
        ("d", {}),
    ):
        holder = more.pop("holder", None)
        told.task(id, "x", 1, due=day, **more)
        told.add("claimed", "main", 2, task=id, task_states=[{"id": id, "state": "Reserved", "holder": holder}])
    figure = workload(world(told, Told("2").close("dormant"), day=40))
    assert line(figure, officer="o", what="live_cases").cases == ("1",)
    assert counts(figure, officer="o", what="up_to_20") == (1, None)
    assert counts(figure, officer="o", what="aftercare") == (1, None)
    assert {row.of["officer"] for row in figure.rows} == {"o"}


def test_what_nobody_has_taken_stands_by_its_queue_with_how_long_it_has_lain_there() -> None:
    told, day = Told("1"), instant(START + timedelta(days=30))
    for id, at, more in (
        ("a", 2, {}),
        ("b", 30, {}),
        ("c", 30, {"aftercare": True}),
        ("d", 3, {"queue": "supervisor"}),
        ("e", 1, {"queue": "provider"}),
    ):
        told.task(id, "x", at, due=day, **more)
    told.task("f", "x", 1, due=day)
    told.add("claimed", "main", 2, task="f", task_states=[{"id": "f", "state": "Reserved", "holder": "o"}])
    figure = workload(world(told, Told("2").close("dormant"), day=40))
    waiting = line(figure, queue="officer", what="untaken", unit="working_days")
    assert (waiting.numerator, waiting.cases, waiting.median) == (3, ("1",), None)
    supervisors = line(figure, queue="supervisor", what="untaken", unit="working_days")
    assert (waiting.amount or 0) == (supervisors.amount or 0) + 1
    assert counts(figure, queue="officer", what="untaken", late="up_to_20") == (2, None)
    assert counts(figure, queue="officer", what="untaken", late="aftercare") == (1, None)
    assert {row.of["queue"] for row in figure.rows if "queue" in row.of} == {"officer", "supervisor"}


def test_a_queue_of_which_all_is_taken_has_no_line() -> None:
    assert workload(world(Told("1"))).rows == ()


@pytest.mark.parametrize(
    ("scaled", "further", "more"), [(False, None, 0), (True, None, 1), (False, 2, 1), (False, 0, 0)]
)
def test_a_case_became_more_by_scaling_up_or_by_what_a_party_told_later(
    scaled: bool, further: int | None, more: int
) -> None:
    told = Told("1").fire("accept_site", 3)
    if scaled:
        told.fire("scale_up", 9)
    if further is not None:
        told.task("f", "follow_up", 90, result={"running": "yes", "further_sites": further})
    assert counts(second_sites(world(told, Told("2").fire("scale_up"))), what="became_more") == (more, 1)


def test_a_case_became_more_where_another_one_that_counts_follows_from_it() -> None:
    first, second, third = (Told(n).fire("accept_site", 3) for n in "123")
    told = [first, second, third, Told("4", follows="1"), Told("5", follows="2").close("duplicate", 9)]
    figure = second_sites(world(*told))
    assert counts(figure, what="became_more") == (1, 3)
    assert line(figure, what="became_more").cases == ("1",)
    # Before it was opened nothing followed.
    later = Told("4", follows="1", opened=START + timedelta(days=50))
    assert counts(second_sites(world(first, later, day=40)), what="became_more") == (0, 1)


def test_in_a_part_a_case_became_more_whatever_the_one_that_follows_is() -> None:
    all_of = world(Told("1").fire("accept_site", 3), Told("2", follows="1"))
    part = all_of.of(case for case in all_of.cases if case.number == "1")
    assert counts(second_sites(part), what="became_more") == (1, 1)
