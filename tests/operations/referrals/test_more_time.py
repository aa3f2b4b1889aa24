"""More time: asked for with a reason, decided by another person, and told with both dates."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from casework.engine.deadlines.deadlines import moment_of
from casework.engine.state.case import Case, Task
from casework.errors import CaseworkError
from casework.operations.cases.side_tasks import add_task
from casework.operations.core.perform import calendar_of, home_of
from casework.operations.deadlines.queries import explain_task
from casework.operations.history.timeline import read_history
from casework.operations.tasks.service import complete_task
from casework.operations.verification.service import verify_case
from casework.records.event_log import now
from tests.operations.deadlines.test_timers import Scene
from tests.support.world import build_world, new_request


@pytest.fixture
def scene(db: Connection) -> Scene:
    return Scene(db, build_world(db))


@pytest.fixture
def number(scene: Scene) -> str:
    made = scene.world.new_case(scene.db)
    scene.world.fire(scene.db, "officer", made, "take")
    return made


def _open(scene: Scene, number: str, name: str) -> Task:
    return next(task for task in scene.case(number).open_tasks() if task.name == name)


def _complete(scene: Scene, who: str, number: str, name: str, **data: object) -> None:
    task = _open(scene, number, name)
    complete_task(
        scene.db, scene.world.actor(scene.db, who), task.id, data=data, happened_on=None, request=new_request()
    )


def _ask(scene: Scene, number: str, task: Task, **how: object) -> None:
    main = scene.world.main_track(scene.db, number)
    actor = scene.world.actor(scene.db, "officer")
    log = home_of(scene.db, number)
    add_task(scene.db, actor, log, "case", main, task="ask_more_time", about=None, request=new_request())
    _complete(scene, "officer", number, "ask_more_time", tasks=[task.id], reason="The parties are away.", **how)


def _due(case: Case, task: Task) -> datetime:
    found = case.tasks[task.id].due_at
    assert found is not None
    return found


def test_a_later_day_is_asked_for_and_granted_by_another_person(scene: Scene, number: str) -> None:
    task = _open(scene, number, "triage_check")
    before = _due(scene.case(number), task)
    day = (before + timedelta(days=30)).date().isoformat()
    _ask(scene, number, task, how="day", until_on=day)
    assert _due(scene.case(number), task) == before
    granted = {"tasks": [task.id], "granted": True, "how": "day", "until_on": day, "reason": "So be it."}
    with pytest.raises(CaseworkError):
        _complete(scene, "officer", number, "decide_more_time", **granted)
    _complete(scene, "supervisor", number, "decide_more_time", **granted)
    calendar = calendar_of(scene.db, scene.case(number).programme)
    after = _due(scene.case(number), task)
    assert calendar.local_date(after).isoformat() == day
    told = explain_task(scene.db, scene.world.actor(scene.db, "officer"), task.id)
    assert datetime.fromisoformat(str(told.due_at)) == after
    entry = next(
        one
        for one in read_history(scene.db, scene.world.actor(scene.db, "auditor"), number).items
        if one.name == "decide_more_time" and one.kind == "completed"
    )
    changed = next(one for one in entry.changes if one.column == "due_at")
    assert (_moment(str(changed.before)), _moment(str(changed.after))) == (before, after)
    assert entry.body["reason"] == "So be it."
    assert not verify_case(scene.db, home_of(scene.db, number))


def _moment(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def test_a_clock_begins_anew_with_its_whole_escalation(scene: Scene, number: str) -> None:
    task = _open(scene, number, "triage_check")
    scene.pass_days(30)
    assert scene.case(number).tasks[task.id].flagged
    _ask(scene, number, task, how="anew")
    _complete(scene, "supervisor", number, "decide_more_time", tasks=[task.id], granted=True, how="anew", reason="Yes.")
    case = scene.case(number)
    calendar = calendar_of(scene.db, case.programme)
    limit = next(
        r for clock in case.clocks.values() if clock.task == task.id for r in clock.steps if r.what == "due"
    ).rule
    assert _due(case, task) == moment_of(limit, now(scene.db), calendar)
    assert not case.tasks[task.id].flagged
    fired = len(scene.timers_fired(number))
    scene.pass_days(40)
    assert {"remind", "due", "escalate", "flag"} <= set(scene.timers_fired(number)[fired:])


def test_what_is_not_granted_moves_nothing(scene: Scene, number: str) -> None:
    task = _open(scene, number, "triage_check")
    before = _due(scene.case(number), task)
    _ask(scene, number, task, how="anew")
    _complete(scene, "supervisor", number, "decide_more_time", tasks=[task.id], granted=False, reason="No.")
    assert _due(scene.case(number), task) == before


def test_a_clock_that_stands_still_is_not_moved(scene: Scene, number: str) -> None:
    task = _open(scene, number, "triage_check")
    waits = {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "The budget is voted."}
    scene.world.fire(scene.db, "officer", number, "hold", waits)
    _ask(scene, number, task, how="anew")
    before = next(clock for clock in scene.case(number).clocks.values() if clock.task == task.id)
    _complete(scene, "supervisor", number, "decide_more_time", tasks=[task.id], granted=True, how="anew", reason="Yes.")
    assert next(clock for clock in scene.case(number).clocks.values() if clock.task == task.id) == before
