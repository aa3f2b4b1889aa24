"""What ends takes along what hangs on it: withdrawal, cancelling, and a wait that nobody ends. No clock closes a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.state.case import RUNNING
from casework.operations.cases.case_actions import register_document
from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_case
from casework.records.event_log import now
from tests.operations.deadlines.test_timers import Scene
from tests.support.way_to_referral import to_referral
from tests.support.world import build_world, new_request


@pytest.fixture
def scene(db: Connection) -> Scene:
    return Scene(db, build_world(db))


def _at_work(scene: Scene) -> tuple[str, str]:
    """A case whose assessment has begun."""
    number, referral = to_referral(scene.world, scene.db)
    scene.world.accept(scene.db, number, referral, now(scene.db).date() + timedelta(days=90))
    scene.world.fire(scene.db, "provider", number, "start", track=referral)
    return number, referral


WAYS: dict[str, dict[str, Any]] = {
    "withdraw": {
        "party": "need_owner", "reason": "money/price", "duties": "Secrecy goes on.",
    },
    "cancel": {"reason": "The need has changed.", "fees": "none"},
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_what_ends_a_referral_ends_its_service_tasks_clocks_and_grants(scene: Scene, way: str) -> None:
    number, referral = _at_work(scene)
    fields = {one["name"]: one for one in _form(scene, number, referral, way)}
    data = {name: value for name, value in WAYS[way].items() if name in fields} | _rest(
        scene, number, fields, WAYS[way]
    )
    scene.world.fire(scene.db, "officer", number, way, data, track=referral if way == "cancel" else None)
    case = scene.case(number)
    child = next(one for one in case.tracks.values() if one.parent == referral)
    assert (case.tracks[referral].outcome, child.outcome) == ("cancelled", "replaced")
    within = {referral, child.id}
    assert not [task.name for task in case.open_tasks() if task.track in within]
    assert not [clock for clock in case.clocks.values() if clock.track in within]
    assert not [grant for grant in case.grants.values() if grant.track == referral and grant.ended_at is None]
    fired = len(scene.timers_fired(number, referral) + scene.timers_fired(number, child.id))
    scene.pass_days(60)
    assert len(scene.timers_fired(number, referral) + scene.timers_fired(number, child.id)) == fired
    assert not verify_case(scene.db, home_of(scene.db, number))


def _form(scene: Scene, number: str, referral: str, way: str) -> list[WrittenField]:
    track = scene.case(number).tracks[referral] if way == "cancel" else scene.case(number).main
    edition = load_library()[track.edition]
    found = edition.find(way, track.states)
    assert found is not None
    return edition.form(found[0].form)


def _rest(scene: Scene, number: str, fields: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What else the form asks, filled in with something ordinary."""
    made: dict[str, Any] = {}
    for name, rule in fields.items():
        if name in given and rule["type"] != "choice" or not rule["required"]:
            continue
        match rule["type"]:
            case "choice":
                made[name] = rule["choices"][0]
            case "date":
                made[name] = now(scene.db).date().isoformat()
            case "yes_no":
                made[name] = True
            case "documents":
                made[name] = [_paper(scene, number)]
            case _:
                made[name] = "So be it."
    return made


def _paper(scene: Scene, number: str) -> str:
    done = register_document(
        scene.db,
        scene.world.actor(scene.db, "officer"),
        number,
        title="Letter 7",
        kind="report",
        party="need_owner",
        language="en",
        valid_until=None,
        revision=scene.case(number).revision,
        request=new_request(),
    )
    return str(done.answer["id"])


def test_a_wait_for_an_event_goes_to_the_supervisor_and_never_ends_by_itself(scene: Scene) -> None:
    number = scene.world.new_case(scene.db)
    scene.world.fire(scene.db, "officer", number, "take")
    waits = {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "The budget is voted."}
    scene.world.fire(scene.db, "officer", number, "hold", waits)
    review = next(task for task in scene.case(number).open_tasks() if task.name == "review_hold")
    assert review.queue == "supervisor"
    scene.pass_days(400)
    case = scene.case(number)
    assert case.main.states == ("on_hold",)
    assert case.tasks[review.id].flagged
    assert case.closed_at is None


def test_no_clock_ever_closes_a_case(scene: Scene) -> None:
    for edition in load_library().editions.values():
        for rule in edition.transitions:
            if edition.workflow == "case" and (rule.after is not None or rule.automatic):
                assert rule.target in ("=same", "=previous") or not edition.states[rule.target].final, rule.name
    # Nobody ever does anything: everything is overdue, and stands where it stood.
    number, _ = _at_work(scene)
    states = scene.case(number).main.states
    scene.pass_days(800)
    case = scene.case(number)
    assert (case.main.states, case.closed_at) == (states, None)
    assert not [clock for clock in case.clocks.values() if clock.state == RUNNING and clock.fires_at is None]


def test_what_is_cancelled_leaves_nothing_to_fire(scene: Scene) -> None:
    number, referral = _at_work(scene)
    fields = {one["name"]: one for one in _form(scene, number, referral, "cancel")}
    scene.world.fire(scene.db, "officer", number, "cancel", _rest(scene, number, fields, {}), track=referral)
    left = scene.db.execute(
        text("SELECT count(*) FROM clocks WHERE track_id = CAST(:id AS uuid) AND fires_at IS NOT NULL"),
        {"id": referral},
    ).scalar_one()
    assert left == 0
