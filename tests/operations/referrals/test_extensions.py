"""More time for a provider: wherever it works, one ask at a time, within bounds; the service's own steps move with it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.state.case import Case, Task
from casework.errors import Refused
from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from tests.support.way_to_referral import complete, to_referral
from tests.support.world import World, today


class Work:
    """A referral that is worked on, planned to be delivered in 30 days."""

    def __init__(self, world: World, db: Connection) -> None:
        self.world, self.db = world, db
        self.number, self.referral = to_referral(world, db)
        world.accept(db, self.number, self.referral)

    @property
    def case(self) -> Case:
        return load(self.db, home_of(self.db, self.number), "case")

    def fire(self, by: str, name: str, data: dict[str, Any] | None = None, track: str | None = None) -> None:
        self.world.fire(self.db, by, self.number, name, data, track=track or self.referral)

    def ask(self, day: date) -> None:
        self.fire("provider", "ask_extension", {"new_date": day.isoformat(), "reason": "The laboratory was closed."})

    def decide(self, day: date | None) -> None:
        told: dict[str, Any] = {"granted": day is not None} | ({"until_on": day.isoformat()} if day else {})
        complete(self.world, self.db, "officer", self.number, "decide_extension", data=told)

    def theirs(self) -> dict[str, Task]:
        return {one.rule: one for one in self.case.open_tasks() if one.organisation is not None}

    def day_of(self, task: Task) -> date:
        assert task.due_at is not None
        return (task.due_at + timedelta(hours=8)).date()


@pytest.fixture
def work(world: World, db: Connection) -> Work:
    return Work(world, db)


def test_a_granted_extension_moves_the_services_own_steps_in_proportion(work: Work) -> None:
    work.fire("provider", "start")
    before = work.theirs()
    below = [one for one in before.values() if one.track != work.referral]
    assert "in_progress" in before
    assert below
    wanted = today() + timedelta(days=60)
    work.ask(wanted)
    work.decide(wanted)
    after = work.theirs()
    assert work.day_of(after["in_progress"]) == wanted
    for one in below:
        # It had its part of thirty days, and has the same part of sixty.
        moved, was = work.day_of(after[one.rule]) - today(), work.day_of(one) - today()
        assert was < moved <= timedelta(days=60)
        assert abs(moved - 2 * was) <= timedelta(days=4)
    assert not any(work.case.overdue(one, work.case.last_at) for one in after.values())


def test_one_ask_at_a_time(work: Work) -> None:
    work.fire("provider", "start")
    work.ask(today() + timedelta(days=40))
    with pytest.raises(Refused, match="already"):
        work.ask(today() + timedelta(days=50))
    work.decide(None)
    work.ask(today() + timedelta(days=50))


@pytest.mark.parametrize(
    ("days", "why"), [(121, "too far away"), (63_000, "too far away"), (30, "later than"), (5, "later than")]
)
def test_what_is_asked_for_is_bounded(work: Work, days: int, why: str) -> None:
    work.fire("provider", "start")
    with pytest.raises(Refused, match=why):
        work.ask(today() + timedelta(days=days))


def test_what_is_granted_is_bounded_too_and_however_often_it_is_asked(work: Work) -> None:
    work.fire("provider", "start")
    work.ask(today() + timedelta(days=40))
    with pytest.raises(Refused, match="too far away"):
        work.decide(today() + timedelta(days=400))
    work.decide(today() + timedelta(days=110))
    with pytest.raises(Refused, match="too far away"):
        work.ask(today() + timedelta(days=200))


def test_before_the_start_a_provider_asks_as_well_and_nothing_speaks_against_it(work: Work) -> None:
    work.ask(today() + timedelta(days=20))
    work.decide(today() + timedelta(days=20))
    assert work.day_of(work.theirs()["accepted"]) == today() + timedelta(days=20)
    assert verify_case(work.db, home_of(work.db, work.number)) == []
