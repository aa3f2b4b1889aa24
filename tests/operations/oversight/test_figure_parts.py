"""Figures of a part of a large programme, or as of a day: nobody waits for them, and they are what the logs tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import NotFound
from casework.jobs.dispatcher import dispatch
from casework.operations.oversight import figure_parts
from casework.operations.oversight.figure_parts import (
    Asked,
    count_or_ask,
    count_parts,
    count_with_cases,
    list_due_parts,
)
from casework.operations.oversight.figures import Counted, cases_behind, count_programme, count_world, show_counted
from casework.operations.oversight.kept_figures import count_ahead, find_wrong
from casework.records.database import transaction
from casework.records.event_log import now
from tests.support.way_to_referral import to_referral
from tests.support.world import World

NOWHERE = {"district": "Nowhere"}


@pytest.fixture
def programme(engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    """A large one, counted ahead."""
    monkeypatch.setattr(figure_parts, "LARGE", 0)
    with transaction(engine) as db:
        to_referral(world, db)
        world.new_case(db)
    programme = world.programmes["BJ"]
    count_ahead(engine, programme)
    return programme


def ask(db: Connection, world: World, among: Mapping[str, str] | None = None, until: datetime | None = None) -> Asked:
    return count_or_ask(db, world.actor(db, "officer"), programme=world.programmes["BJ"], among=among, until=until)


def counted(engine: Engine, world: World, among: Mapping[str, str], until: datetime | None = None) -> Counted:
    with transaction(engine) as db:
        ask(db, world, among, until)
    count_parts(engine, world.programmes["BJ"])
    with transaction(engine) as db:
        told = ask(db, world, among, until).counted
    assert told is not None
    return told


def test_nobody_waits_for_what_nobody_has_counted(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        asked = ask(db, world, NOWHERE)
        assert asked.counted is None
        # What there is to choose from is told by the whole programme.
        assert asked.ahead is not None
        assert asked.ahead.offered == count_programme(db, programme).offered
        assert list_due_parts(db) == [programme]
    assert count_parts(engine, programme) == 1
    with transaction(engine) as db:
        assert list_due_parts(db) == []
        told = ask(db, world, NOWHERE).counted
        assert told is not None
        assert told.ahead
        assert told.as_of.at == asked.ahead.as_of.at
    assert count_parts(engine, programme) == 0


def test_every_part_is_what_the_logs_tell_of_it(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        offered = count_programme(db, programme).offered
        moments = list(
            db.execute(
                text("SELECT DISTINCT at FROM events WHERE at > now() - interval '9 years' ORDER BY at")
            ).scalars()
        )
    parts = [{name: told} for name, codes in offered.items() for told in codes]
    parts += [{**one, **other} for one, other in product(parts, parts) if one.keys() < other.keys() | one.keys()][:6]
    parts += [
        {"opened_from": "2026-01-01"},
        {"opened_to": "2026-01-01"},
        {"phase": "none", "opened_from": "2020-01-01"},
    ]
    for n, among in enumerate(parts):
        until = None if n % 3 else moments[(len(moments) * (n + 3)) // (len(parts) + 3)]
        told = counted(engine, world, among, until)
        with transaction(engine) as db:
            whole = count_programme(db, programme, told.as_of.at, among, from_logs=True)
            officer = world.actor(db, "officer")
            with_cases = count_with_cases(db, officer, programme=programme, until=until, among=among)
            assert show_counted(with_cases)["figures"] == show_counted(whole)["figures"]
            assert told.offered == whole.offered
            assert told.as_of.among == among
            for name, figure in told.figures.items():
                for row, other in zip(figure.rows, whole.figures[name].rows, strict=True):
                    assert cases_behind(db, told, name, row) == other.cases


def test_it_is_counted_again_when_somebody_asks_after_the_whole_programme_was(
    engine: Engine, world: World, programme: str
) -> None:
    before = counted(engine, world, {"opened_from": "2020-01-01"})
    with transaction(engine) as db:
        world.new_case(db)
    count_ahead(engine, programme)
    with transaction(engine) as db:
        # What was told a moment ago is told until there is something newer.
        assert ask(db, world, {"opened_from": "2020-01-01"}).counted == before
        assert list_due_parts(db) == [programme]
    assert counted(engine, world, {"opened_from": "2020-01-01"}).as_of.at > before.as_of.at


def test_what_is_long_over_is_told_no_more(engine: Engine, world: World, programme: str) -> None:
    counted(engine, world, NOWHERE)
    with transaction(engine) as db:
        db.execute(text("UPDATE kept_figure_parts SET at = at - interval '2 hours'"))
        assert ask(db, world, NOWHERE).counted is None


def test_of_a_day_that_has_passed_it_is_counted_once(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        passed = now(db)
        world.new_case(db)
    before = counted(engine, world, {}, passed)
    assert before.as_of.at == passed
    count_ahead(engine, programme)
    with transaction(engine) as db:
        db.execute(text("UPDATE kept_figure_parts SET asked_at = asked_at + interval '3 hours'"))
        assert list_due_parts(db) == []
        assert ask(db, world, {}, passed).counted == before


def test_before_the_programme_began_there_is_nothing(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        with pytest.raises(NotFound):
            ask(db, world, {}, now(db) - timedelta(days=9999))
        assert list_due_parts(db) == []


def test_not_more_wait_than_a_worker_comes_to(
    engine: Engine, world: World, programme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure_parts, "MOST", 2)
    with transaction(engine) as db:
        asked = [ask(db, world, {"district": f"Nowhere {n}"}) for n in range(4)]
        assert [one.refused for one in asked] == ["", "", "all", "all"]
        assert [one.counted for one in asked] == [None] * 4
        # What waits goes on to wait.
        assert ask(db, world, {"district": "Nowhere 0"}).refused == ""
    assert count_parts(engine, programme) == 2


def test_nobody_has_more_counted_at_once_than_a_few(engine: Engine, world: World, programme: str) -> None:
    few = figure_parts.OF_ONE
    with transaction(engine) as db:
        refused = [ask(db, world, {"district": f"Nowhere {n}"}).refused for n in range(few + 2)]
        assert refused == [""] * few + ["own"] * 2
        supervisor = world.actor(db, "supervisor")
        assert count_or_ask(db, supervisor, programme=programme, among=NOWHERE).refused == ""
    assert count_parts(engine, programme) == few + 1
    with transaction(engine) as db:
        assert ask(db, world, {"district": f"Nowhere {few}"}).refused == ""


def test_who_looks_again_keeps_the_place(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        ask(db, world, NOWHERE)
        place = text("UPDATE kept_figure_parts SET asked_at = asked_at - interval '9 minutes' RETURNING asked_at")
        before = db.execute(place).scalar_one()
    with transaction(engine) as db:
        ask(db, world, NOWHERE)
        assert db.execute(text("SELECT asked_at FROM kept_figure_parts")).scalar_one() == before


def test_no_more_is_kept_than_so_many_parts(
    engine: Engine, world: World, programme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure_parts, "KEPT_PARTS", 2)
    for n in range(4):
        counted(engine, world, {"opened_from": f"2020-01-0{n + 1}"})
    with transaction(engine) as db:
        kept = text("SELECT asked FROM kept_figure_parts ORDER BY asked")
        last = [figure_parts.key_of({"opened_from": f"2020-01-0{n}"}, None) for n in (3, 4)]
        assert list(db.execute(kept).scalars()) == last
        behind = text("SELECT count(DISTINCT asked) FROM kept_figure_lines WHERE asked <> ''")
        assert db.execute(behind).scalar_one() == 2


def test_one_that_cannot_be_counted_keeps_no_other_waiting(
    engine: Engine, world: World, programme: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with transaction(engine) as db:
        ask(db, world, {"phase": "none"})
        ask(db, world, NOWHERE)

    def breaks(programme: str, world: Any, logs: Any, among: Mapping[str, str]) -> Counted:
        if "phase" in among:
            raise ZeroDivisionError
        return count_world(programme, world, logs, among)

    monkeypatch.setattr(figure_parts, "count_world", breaks)
    count_parts(engine, programme)
    assert "could not be counted" in caplog.text
    with transaction(engine) as db:
        assert list_due_parts(db) == []
        assert ask(db, world, NOWHERE).counted is not None


def test_a_reader_without_closed_needs_is_told_none_of_them(engine: Engine, world: World, programme: str) -> None:
    counted(engine, world, NOWHERE)
    with transaction(engine) as db:
        told = count_or_ask(db, world.actor(db, "manager"), programme=programme, among=NOWHERE).counted
        assert told is not None
        assert "event" not in told.offered
        with pytest.raises(NotFound):
            count_or_ask(db, world.actor(db, "manager"), programme=programme, among={"event": "x"})
        with pytest.raises(NotFound):
            count_or_ask(db, world.actor(db, "foreign_officer"), programme=programme, among=NOWHERE)


def test_a_worker_is_told_and_every_night_all_of_it_is_forgotten(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        ask(db, world, {"opened_from": "2020-01-01"})
    dispatch(engine, mailing=False)
    with transaction(engine) as db:
        jobs = "SELECT queueing_lock FROM procrastinate_jobs WHERE task_name = 'casework:count_parts'"
        assert list(db.execute(text(jobs)).scalars()) == [f"count_parts {programme}"]
    count_parts(engine, programme)
    assert find_wrong(engine, programme) == []
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM kept_figure_parts")).scalar_one() == 0
        assert db.execute(text("SELECT count(*) FROM kept_figure_lines WHERE asked <> ''")).scalar_one() == 0
        assert db.execute(text("SELECT count(*) FROM kept_figure_lines")).scalar_one() > 0


def test_what_was_forgotten_meanwhile_is_not_kept(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        ask(db, world, NOWHERE)
        told = count_programme(db, programme, among=NOWHERE)
        figure_parts.forget_parts(db, programme)
        figure_parts._keep(db, programme, figure_parts.key_of(NOWHERE, None), told)
        assert ask(db, world, NOWHERE).counted is None


def test_a_small_programme_is_counted_at_once(
    engine: Engine, world: World, programme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure_parts, "LARGE", 200)
    with transaction(engine) as db:
        told = ask(db, world, NOWHERE).counted
        assert told is not None
        assert not told.ahead
