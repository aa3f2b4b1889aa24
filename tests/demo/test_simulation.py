"""A small programme over four months: everything comes at its minute, and a second time the same."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.demo.minutes import Minutes
from casework.demo.simulation import Summary, simulate
from casework.demo.watch import Seen, Watch
from casework.engine.state.effects_schema import Effects, StartedClock, WrittenStep
from casework.engine.state.events import SYSTEM_ACTOR, TIMER_FIRED, Event
from casework.errors import InvalidSettings
from casework.ledger.canonical_json import instant
from casework.operations.core.national_holidays import china
from casework.operations.verification.service import verify_all
from casework.records.database import connect_engine
from casework.settings import Settings
from tests.support.databases import DatabaseServer
from tests.support.samples import by_default

STARTS = date(2026, 1, 5)
CHINA = china(range(2025, 2029))
TABLE = Minutes(CHINA.to_json(), date(2026, 1, 1), 500)


def _simulated(server: DatabaseServer, template: str, var: Path, *, cases: int, days: int, seed: int) -> Summary:
    name = server.create(template)
    try:
        settings = server.settings(name, var)
        made = simulate(settings, cases=cases, days=days, seed=seed, starts=STARTS)
        engine = connect_engine(settings)
        assert list(verify_all(engine)) == []
        engine.dispose()
        return made
    finally:
        server.drop(name)


@pytest.mark.slow
@by_default("cases", 10, whole=30)
def test_everything_comes_at_its_minute_and_a_second_time_the_same(
    database_server: DatabaseServer, template_database: str, tmp_path: Path, cases: int
) -> None:
    days = 4 * cases
    first = _simulated(database_server, template_database, tmp_path, cases=cases, days=days, seed=7)
    assert first.wrong == []
    assert first.breaches == {}
    assert first.nights == days
    assert first.actions > 5 * cases
    assert {"remind", "due", "escalate", "flag"} <= set(first.steps)
    assert first.ledgers > 6 * cases
    again = _simulated(database_server, template_database, tmp_path, cases=cases, days=days, seed=7)
    assert asdict(again) == asdict(first)
    one, other = (
        _simulated(database_server, template_database, tmp_path, cases=2, days=10, seed=seed) for seed in (7, 8)
    )
    assert other.digest != one.digest


def test_production_has_one_time_alone(tmp_path: Path) -> None:
    settings = Settings(profile="test", var=tmp_path).model_copy(update={"profile": "production"})
    with pytest.raises(InvalidSettings):
        simulate(settings, cases=1, days=1, seed=1, starts=STARTS)


# --- the observer counts apart, and sees what is wrong ---------------------------------------------------------------


@given(st.integers(0, 400 * 24 * 60), st.integers(1, 60))
def test_the_table_counts_as_the_calendar_does(later: int, n: int) -> None:
    start = datetime.fromisoformat("2026-01-02T00:00:00+00:00") + timedelta(minutes=later)
    at = TABLE.at(start)
    assert TABLE.moment(TABLE.nth_close(at, n)) == CHINA.due(start, n, "wd")
    assert TABLE.moment(TABLE.after(at, n * 37)) == CHINA.add_working_minutes(start, n * 37)
    assert TABLE.moment(TABLE.close_of(TABLE.day(at) + timedelta(days=n))) == CHINA.due(start, n, "cd")


def _step(seq: int, at: datetime, what: str) -> Event:
    effects: Effects = {"what": what, "clock": "k", "clock_states": [{"id": "k", "state": "running", "next": seq}]}
    return Event("log", seq, at, TIMER_FIRED, SYSTEM_ACTOR, effects=effects)


def _clock(start: datetime) -> tuple[Event, datetime]:
    due = CHINA.due(start, 5, "wd")
    steps: list[WrittenStep] = [
        (instant(due), "due", {"n": 5, "unit": "wd"}),
        (instant(due), "flag", {"n": 5, "unit": "wd", "after": "due"}),
    ]
    one: StartedClock = {
        "id": "k",
        "track": "t",
        "unit": "wd",
        "start": instant(start),
        "calendar": CHINA.digest,
        "steps": steps,
    }
    return Event("log", 1, start, "opened", "officer", effects={"clocks": [one]}), due


@pytest.mark.parametrize(("late", "wrong"), [(0, 0), (1, 1), (-1, 1)])
def test_a_minute_too_early_or_too_late_is_seen(late: int, wrong: int) -> None:
    start = datetime.fromisoformat("2026-02-10T03:00:00+00:00")
    opened, due = _clock(start)
    seen = Seen()
    Watch(TABLE, seen, "a case").read(
        [opened, _step(2, due + timedelta(minutes=late), "due")], due + timedelta(minutes=5)
    )
    assert len(seen.wrong) == wrong


def test_what_did_not_fire_is_seen_and_what_fired_twice() -> None:
    start = datetime.fromisoformat("2026-02-10T03:00:00+00:00")
    opened, due = _clock(start)
    missed, twice = Seen(), Seen()
    Watch(TABLE, missed, "a case").read([opened], due + timedelta(minutes=5))
    Watch(TABLE, twice, "a case").read([opened, _step(2, due, "due"), _step(3, due, "due")], due + timedelta(minutes=5))
    assert len(missed.wrong) == len(twice.wrong) == 1
