"""At one in the morning in Beijing it is still yesterday in UTC: every day that is taken then is Beijing's."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, text

from casework.engine.state.events import Event
from casework.operations.core.encumbrances import encumber
from casework.operations.people import registry
from casework.operations.people.provider_directory import list_providers
from casework.records.event_log import now
from tests.support.world import World, today

BEIJING = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def night(db: Connection, world: World) -> date:
    """The next day in Beijing, at one in the morning."""
    day = today() + timedelta(days=1)
    moment = datetime.combine(day, time(1), BEIJING)
    offset = (moment - datetime.now(UTC)).total_seconds()
    db.execute(text("SELECT set_config('casework.clock_offset', :offset, true)"), {"offset": f"{offset:.3f}"})
    assert now(db).astimezone(UTC).date() == day - timedelta(days=1)
    return day


def test_a_case_opened_then_belongs_to_the_phase_that_began_at_midnight(
    db: Connection, world: World, night: date
) -> None:
    registry.register_phase(
        db,
        world.programmes["BJ"],
        name="Before",
        name_zh=None,
        starts_on=night - timedelta(days=300),
        ends_on=night - timedelta(days=1),
    )
    phase = registry.register_phase(
        db, world.programmes["BJ"], name="Second phase", name_zh=None, starts_on=night, ends_on=None
    )
    number = world.open_case(db)
    assert world.read_case(db, number).phase == phase


def test_a_right_is_free_from_the_day_on_which_it_was_released(db: Connection, world: World, night: date) -> None:
    case = world.read_case(db, world.open_case(db)).id

    def caused(seq: int) -> Event:
        return Event(log=case, seq=seq, at=now(db), kind="fired", actor=world.people["officer"])

    encumber(
        db, caused(1), {"right": world.rights[0], "add": {"kind": "pledge", "from": night.isoformat()}}, world.rights[1]
    )
    encumber(
        db, caused(2), {"right": world.rights[0], "end": {"kind": "pledge", "from": night.isoformat()}}, world.rights[1]
    )
    found = db.execute(
        text("SELECT encumbrances FROM rights WHERE id = CAST(:id AS uuid)"), {"id": world.rights[0]}
    ).scalar_one()
    assert [one["to"] for one in found] == [night.isoformat()]


def test_a_provider_that_is_away_from_today_on_is_closed_now(db: Connection, world: World, night: date) -> None:
    closed = f'{{"closed": [{{"from": "{night}", "to": "{night}"}}]}}'
    db.execute(
        text("UPDATE organisations SET profile = CAST(:profile AS jsonb) WHERE id = CAST(:id AS uuid)"),
        {"profile": closed, "id": world.organisations["lab"]},
    )
    found = {one.id: one for one in list_providers(db, world.actor(db, "officer"))}
    assert found[world.organisations["lab"]].closed_now
