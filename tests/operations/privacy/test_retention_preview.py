"""What may be removed by a day: counts and list say the same, and of each case what the pure decision says."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.retention import ARCHIVED, REMOVED, SHIPPED, Kept, LegalHold, RetentionClass, judge
from casework.errors import InvalidForm, NotFound
from casework.operations.core.perform import calendar_of, home_of
from casework.operations.privacy.kept_cases import facts_of, read_classes
from casework.operations.privacy.legal_holds import place_hold
from casework.operations.privacy.retention_preview import preview_retention
from casework.records.case_loader import load
from tests.operations.people.test_programme_retention import set_to
from tests.support.followed import closed_case
from tests.support.world import World, new_request, today

FINANCING, OTHER = SHIPPED
SHORT = RetentionClass("short", "Short", "短", 1, frozenset(), frozenset({"no_agreement"}))
CHECKED = RetentionClass("checked", "Checked", "核查", 2, frozenset({"ip"}), frozenset())
TO_ARCHIVE = RetentionClass(
    "kept", "Kept", "存档", 1, frozenset({"ip", "pledge"}), frozenset({"no_agreement"}), ARCHIVED
)
ALWAYS = RetentionClass("always", "Always", "永久", None, frozenset({"ip"}), frozenset({"dormant"}))
CLASSES = (
    FINANCING,
    replace(OTHER, years=3),
    SHORT,
    CHECKED,
    TO_ARCHIVE,
    replace(TO_ARCHIVE, code="a", fate=REMOVED),
    ALWAYS,
)


def preview(db: Connection, world: World, who: str = "compliance", **asked: Any) -> Any:
    return preview_retention(db, world.actor(db, who), world.programmes["BJ"], **asked)


def close(db: Connection, number: str, at: datetime, outcome: str | None = None) -> None:
    db.execute(
        text("UPDATE cases SET closed_at = :at, outcome = coalesce(:outcome, outcome) WHERE number = :n"),
        {"at": at, "outcome": outcome, "n": number},
    )


def test_where_all_is_kept_for_good_nothing_is_due(world: World, db: Connection) -> None:
    closed_case(world, db)
    shown = preview(db, world, "auditor")
    assert [(one.code, one.years, one.closed, one.due, one.held) for one in shown.classes] == [
        ("financing", 10, 0, 0, 0),
        ("other", None, 1, 0, 0),
    ]
    assert (shown.items, shown.next, shown.by) == ([], None, today().isoformat())


def test_an_open_case_is_in_no_class(world: World, db: Connection) -> None:
    world.new_case(db)
    set_to(db, world, FINANCING, replace(OTHER, years=1))
    assert [one.closed for one in preview(db, world).classes] == [0, 0]


def test_a_case_is_due_from_its_removal_date_on(world: World, db: Connection) -> None:
    number = closed_case(world, db)[0]
    set_to(db, world, FINANCING, replace(OTHER, years=3))
    close(db, number, datetime(2026, 5, 4, 9, tzinfo=UTC))
    # 4 May 2029 is a Friday.
    before = preview(db, world, "manager", by=date(2029, 5, 3))
    after = preview(db, world, "manager", by=date(2029, 5, 4))
    assert before.items == []
    assert [(one.number, one.code, one.due, one.held) for one in after.items] == [
        (number, "other", "2029-05-04", False)
    ]
    assert [(one.closed, one.due) for one in after.classes] == [(0, 0), (1, 1)]


def test_a_hold_is_told_beside_what_is_due(world: World, db: Connection) -> None:
    number = closed_case(world, db)[0]
    set_to(db, world, FINANCING, replace(OTHER, years=1))
    close(db, number, datetime(2020, 5, 4, 9, tzinfo=UTC))
    place_hold(
        db,
        world.actor(db, "compliance"),
        programme=world.programmes["BJ"],
        case=number,
        reason="A suit.",
        request=new_request(),
    )
    shown = preview(db, world)
    assert [one.held for one in shown.items] == [True]
    assert [(one.due, one.held) for one in shown.classes] == [(0, 0), (1, 1)]


@pytest.mark.parametrize("seed", range(3))
def test_it_says_of_each_case_what_the_decision_says(world: World, db: Connection, seed: int) -> None:
    dice, numbers = random.Random(seed), [world.new_case(db) for _ in range(24)]
    set_to(db, world, *CLASSES)
    for number in numbers:
        at = datetime(2022, 2, 20, tzinfo=UTC) + timedelta(hours=dice.randrange(24 * 20 * 60))
        close(db, number, at, dice.choice(["no_agreement", "dormant", "introduced"]))
        kind = dice.choice(["case", "ip", "pledge"])
        db.execute(
            text(
                "UPDATE tracks SET kind = :kind WHERE log_id = (SELECT id FROM cases WHERE number = :n) AND parent_id IS NULL"
            ),
            {"kind": kind, "n": number},
        )
    held = dice.sample(numbers, 5)
    for number in held:
        programme, by = world.programmes["BJ"], world.actor(db, "compliance")
        place_hold(db, by, programme=programme, case=number, reason="A suit.", request=new_request())
    calendar, classes = calendar_of(db, world.programmes["BJ"]), read_classes(db, world.programmes["BJ"])
    for day in (date(2023, 5, 1), date(2024, 12, 31), date(2025, 3, 3), date(2026, 1, 5), date(2099, 1, 1)):
        expected = {}
        for number in numbers:
            facts = facts_of(load(db, home_of(db, number), "case"))
            said = judge(facts, classes, (LegalHold(),) if number in held else (), day, calendar)
            if not set(said.why) - {Kept.HELD}:
                assert said.due is not None
                expected[number] = (said.by.code, said.due.isoformat(), bool(said.why))
        shown = preview(db, world, by=day, limit=100)
        assert {one.number: (one.code, one.due, one.held) for one in shown.items} == expected
        assert sum(one.due for one in shown.classes) == len(expected)
        assert sum(one.held for one in shown.classes) == sum(kept for _, _, kept in expected.values())
        assert sum(one.closed for one in shown.classes) == len(numbers)


def test_it_goes_on_page_by_page_and_of_one_class(world: World, db: Connection) -> None:
    numbers = [world.new_case(db) for _ in range(3)]
    set_to(db, world, *CLASSES)
    for n, number in enumerate(numbers):
        close(db, number, datetime(2020, 5, 4 + n, 9, tzinfo=UTC), "no_agreement" if n == 1 else "introduced")
    first = preview(db, world, limit=2)
    second = preview(db, world, limit=2, cursor=first.next)
    assert [one.number for one in (*first.items, *second.items)] == numbers
    assert [one.number for one in preview(db, world, code="short").items] == [numbers[1]]
    with pytest.raises(InvalidForm):
        preview(db, world, cursor="WyJ4IiwieSJd")


@pytest.mark.parametrize(
    "name", ["officer", "administrator", "observer", "provider", "dispute_officer", "foreign_officer"]
)
def test_nobody_else_is_told(world: World, db: Connection, name: str) -> None:
    with pytest.raises(NotFound):
        preview(db, world, name)
