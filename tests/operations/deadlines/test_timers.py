"""Clocks fire when they are due, in order, each once, and what cannot fire holds nothing up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.deadlines.calendars import Calendar
from casework.engine.state.case import CREATED, READY, RESERVED, Case
from casework.engine.state.events import CONSENT_ENDED, FIRED, TIMER_FIRED, Event
from casework.errors import InvalidSettings
from casework.operations.core.perform import calendar_of, home_of
from casework.operations.deadlines import timers
from casework.operations.deadlines.timers import fire_due_timers, fire_due_timers_on, fire_timers, next_moment
from casework.operations.tasks.service import claim_task
from casework.playbook.steps import do, wait
from casework.playbook.stretches import to_structuring
from casework.records.case_loader import load
from casework.records.database import connect_engine, transaction
from casework.records.event_log import now, read_events
from casework.settings import Settings, load_settings
from tests.journeys.checks import has, stands
from tests.journeys.journey import Journey, start_clock
from tests.journeys.scripts import SCRIPTS
from tests.journeys.scripts.stages import no_site
from tests.journeys.world import build_world as build_journeys_world
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request


@dataclass
class Scene:
    """A world in one open transaction whose clock can be moved."""

    db: Connection
    world: World

    def set_clock(self, moment: datetime) -> None:
        there: datetime = self.db.execute(text("SELECT clock_timestamp()")).scalar_one()
        offset = str((moment - there).total_seconds())
        self.db.execute(text("SELECT set_config('casework.clock_offset', :offset, true)"), {"offset": offset})

    def pass_days(self, days: float) -> int:
        """Let the time pass, every clock firing at its moment; gives how many steps fired."""
        end, fired = now(self.db) + timedelta(days=days), 0
        while (moment := next_moment(self.db)) is not None and moment <= end:
            self.set_clock(max(moment, now(self.db)))
            fired += fire_due_timers_on(self.db)
        self.set_clock(end)
        return fired

    def case(self, number: str) -> Case:
        return load(self.db, home_of(self.db, number), "case", every_task=True)

    def timers_fired(self, number: str, track: str | None = None) -> list[str]:
        """What has happened by itself, in order."""
        return [
            event.effects.get("what") or event.effects.get("transition") or event.kind
            for event in self.events(number)
            if event.actor == "system" and track in (None, event.track)
        ]

    def events(self, number: str) -> list[Event]:
        return list(read_events(self.db, home_of(self.db, number)))


@pytest.fixture
def scene(db: Connection, world: World) -> Scene:
    return Scene(db, world)


def test_a_silent_referral_is_reminded_twice_escalated_and_lapses(scene: Scene) -> None:
    number, referral = to_referral(scene.world, scene.db)
    sent = scene.case(number).tracks[referral].entered_at
    scene.pass_days(40)
    case = scene.case(number)
    assert case.tracks[referral].states == ("no_answer",)
    calendar = calendar_of(scene.db, case.programme)
    fired = [
        (event.effects.get("what") or event.effects["transition"], _working_days(calendar, sent, event.at))
        for event in scene.events(number)
        if event.actor == "system" and event.track == referral
    ]
    assert fired == [("remind", 3), ("due", 5), ("remind", 5), ("escalate", 7), ("lapse", 10)]
    assert [t.name for t in case.open_tasks() if t.name == "choose_other_provider"] == ["choose_other_provider"]


def _working_days(calendar: Calendar, start: datetime, end: datetime) -> int:
    """How many working days begin after the start, up to the end's own."""
    first, last = calendar.local_date(start), calendar.local_date(end)
    return sum(calendar.is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


def test_an_answer_stops_the_reminders(scene: Scene) -> None:
    number, referral = to_referral(scene.world, scene.db)
    scene.world.fire(scene.db, "provider", number, "decline", {"reason": "no_capacity"}, track=referral)
    scene.pass_days(40)
    assert scene.timers_fired(number, referral) == []


def test_a_task_goes_through_its_escalation_and_keeps_its_owner(scene: Scene) -> None:
    number = scene.world.new_case(scene.db)
    scene.world.fire(scene.db, "officer", number, "take")
    task = next(t for t in scene.case(number).open_tasks() if t.name == "triage_check")
    claim_task(scene.db, scene.world.actor(scene.db, "officer"), task.id, new_request())
    scene.pass_days(40)
    fired = [
        event.effects["what"]
        for event in scene.events(number)
        if event.kind == TIMER_FIRED and event.effects["task"] == task.id
    ]
    assert fired == ["remind", "due", "escalate", "flag"]
    late = scene.case(number).tasks[task.id]
    assert (late.state, late.holder, late.flagged) == (RESERVED, scene.world.people["officer"], True)


def test_a_case_on_hold_until_a_day_resumes_by_itself(scene: Scene) -> None:
    number = scene.world.new_case(scene.db)
    scene.world.fire(scene.db, "officer", number, "take")
    day = now(scene.db).date() + timedelta(days=20)
    waits = {"reason": "budget", "waits_for": "need_owner", "waits_until": "day", "resume_by": day.isoformat()}
    scene.world.fire(scene.db, "officer", number, "hold", waits)
    scene.pass_days(10)
    assert scene.case(number).main.states == ("on_hold",)
    scene.pass_days(12)
    case = scene.case(number)
    assert (case.main.states, case.hold) == (("triage",), None)
    assert "resume_due" in scene.timers_fired(number)
    assert not [t for t in case.open_tasks() if t.name == "review_hold"]


def test_an_expired_consent_suspends_the_referral_that_leans_on_it(db: Connection) -> None:
    journey = _journey(db).run(SCRIPTS["consent expires"])
    ended = [event for event in journey.events() if event.kind == CONSENT_ENDED]
    assert {(event.actor, event.effects["consents_ended"][0]["how"]) for event in ended} == {("system", "expired")}
    assert sum(len(event.effects.get("grants_ended", ())) for event in ended) == 1
    assert [e.effects["transition"] for e in journey.events() if e.kind == FIRED and e.actor == "system"] == ["suspend"]


def test_the_rights_are_checked_again_after_ninety_days(db: Connection) -> None:
    journey = _journey(db).run([*to_structuring(), do("officer", "ip.confirm", territories=["CN"])])
    journey.run([wait(85), stands("ip", "clear"), wait(10), stands("ip", "checking"), has("checking")])
    assert [e.effects["transition"] for e in journey.events() if e.actor == "system" and e.kind == "fired"] == [
        "recheck"
    ]


def test_a_task_for_later_is_offered_on_its_day(db: Connection) -> None:
    journey = _journey(db).run(no_site())
    later = [t for t in journey.case.open_tasks() if t.name == "use_report"]
    assert {t.state for t in later} == {CREATED}
    journey.run([wait(95)])
    states = sorted(t.state for t in journey.case.open_tasks() if t.name == "use_report")
    assert states == [CREATED, CREATED, READY]
    assert [e.kind for e in journey.events()].count("activated") == 1


def _journey(db: Connection) -> Journey:
    start_clock(db, days_before=7)
    world = build_journeys_world(db)
    start_clock(db)
    return Journey(db, world)


def test_what_has_fired_does_not_fire_again(scene: Scene) -> None:
    number, _ = to_referral(scene.world, scene.db)
    assert scene.pass_days(40) > 0
    before = scene.timers_fired(number)
    assert fire_due_timers_on(scene.db) == 0
    assert scene.timers_fired(number) == before


def test_a_clock_that_cannot_fire_does_not_hold_up_the_others(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    first, second = scene.world.new_case(scene.db), scene.world.new_case(scene.db)
    broken = home_of(scene.db, first)
    scene.db.execute(
        text("UPDATE clocks SET track_id = gen_random_uuid() WHERE log_id = CAST(:log AS uuid)"), {"log": broken}
    )
    scene.set_clock(now(scene.db) + timedelta(days=40))
    assert fire_due_timers_on(scene.db) > 0
    assert scene.timers_fired(first) == []
    assert scene.timers_fired(second)[0] == "remind"
    assert "could not fire" in caplog.text


# --- several tickers ------------------------------------------------------------------------------------------------


def _play(world: World, db: Connection) -> list[str]:
    return [world.new_case(db) for _ in range(6)]


pytestmark = pytest.mark.stage(play=_play)


@pytest.fixture
def late(settings: Settings, staged: list[str]) -> Iterator[tuple[Engine, list[str]]]:
    """An engine that lives forty days later, and cases that everybody has forgotten meanwhile."""
    later = connect_engine(settings.model_copy(update={"clock_offset": 40 * 86_400}))
    yield later, staged
    later.dispose()


def _all_fired(engine: Engine) -> list[tuple[str, str, datetime]]:
    with transaction(engine) as db:
        rows = db.execute(
            text(
                "SELECT effects->>'clock' AS clock, effects->>'what' AS what, at FROM events WHERE kind = 'timer_fired'"
            )
        )
        return [(row.clock, row.what, row.at) for row in rows]


def test_two_tickers_at_once_fire_each_step_once(late: tuple[Engine, list[str]]) -> None:
    engine, numbers = late
    barrier, counts = threading.Barrier(2), list[int]()

    def tick() -> None:
        barrier.wait()
        counts.append(fire_due_timers(engine))

    threads = [threading.Thread(target=tick) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    fired = _all_fired(engine)
    assert len({(clock, what) for clock, what, _ in fired}) == len(fired) == sum(counts)
    assert len(fired) == 4 * len(numbers)


def test_steps_fire_in_the_order_of_their_moments(late: tuple[Engine, list[str]]) -> None:
    engine, numbers = late
    fire_due_timers(engine)
    order = [what for _, what, _ in sorted(_all_fired(engine), key=lambda one: one[2])]
    assert order == [what for what in ("remind", "due", "escalate", "flag") for _ in numbers]


def test_no_more_timers_fire_than_was_asked_for(late: tuple[Engine, list[str]]) -> None:
    engine, _ = late
    assert fire_due_timers(engine, most=3) == 3
    assert len(_all_fired(engine)) == 3


def test_what_is_due_after_the_moment_named_waits(late: tuple[Engine, list[str]], engine: Engine) -> None:
    later, _ = late
    with transaction(engine) as db:
        assert fire_due_timers(later, until=now(db)) == 0


def test_a_clock_that_fails_is_named_and_stays_due(
    late: tuple[Engine, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, numbers = late
    with transaction(engine) as db:
        log = home_of(db, numbers[0])
        db.execute(
            text("UPDATE clocks SET track_id = gen_random_uuid() WHERE log_id = CAST(:log AS uuid)"), {"log": log}
        )
    fired = fire_timers(engine)
    assert [one.log for one in fired.stuck] == [log]
    assert fired.count == 4 * (len(numbers) - 1)
    assert [one.log for one in fire_timers(engine).stuck] == [log]


def test_a_clock_that_another_process_has_fired_is_left_alone(
    late: tuple[Engine, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found due, but fired by somebody else before the lock was had."""
    engine, _ = late
    with transaction(engine) as db:
        due = timers._next_due(db, None, [])
        assert due is not None
        assert fire_due_timers(engine, most=1) == 1
        assert timers._fire(db, due) == 0


def test_production_refuses_an_offset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWORK_PROFILE", "production")
    monkeypatch.setenv("CASEWORK_CLOCK_OFFSET", "3600")
    with pytest.raises(InvalidSettings, match="CASEWORK_CLOCK_OFFSET"):
        load_settings()


def test_a_clock_that_is_put_back_fires_nothing_again(scene: Scene) -> None:
    number = scene.world.new_case(scene.db)
    scene.world.fire(scene.db, "officer", number, "take")
    # Day by day: how many days the working days are depends on weekends and holidays.
    days = 0
    while "remind" not in (before := scene.timers_fired(number)) and days < 30:
        scene.pass_days(1)
        days += 1
    assert "remind" in before
    there = now(scene.db)
    # A day back, as after a mistake with the server's clock: what has fired stays fired, and nothing is due.
    scene.set_clock(there - timedelta(days=1))
    assert fire_due_timers_on(scene.db) == 0
    assert scene.timers_fired(number) == before
    # A month forward in one jump: each step once, in its order, though nobody worked meanwhile.
    scene.set_clock(there + timedelta(days=31))
    assert fire_due_timers_on(scene.db) > 0
    assert fire_due_timers_on(scene.db) == 0
    task = next(t for t in scene.case(number).open_tasks() if t.name == "triage_check")
    climbed = [
        event.effects["what"]
        for event in scene.events(number)
        if event.effects.get("task") == task.id and event.kind == TIMER_FIRED
    ]
    assert climbed == ["remind", "due", "escalate", "flag"]
    assert [event.at for event in scene.events(number)] == sorted(event.at for event in scene.events(number))
