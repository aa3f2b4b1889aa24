"""What a task and a clock are after an event: who has it, where it stood, what was ticked, what is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.state import events
from casework.engine.state.case import OPEN, PAUSED, RESERVED, RUNNING, STOPPED, SUSPENDED, TASK_STATES, Task
from casework.engine.state.events import Event
from casework.engine.state.task_projection import changed, opened, started, time, turned
from casework.ledger.canonical_json import instant
from tests.engine.pieces import DAY, NOW, clock, event, step, task

EVENT = event("completed", acting_for="officer-2")


def after(before: Task, change: dict[str, Any], of: Event = EVENT) -> Task:
    tasks = changed({before.id: before, "other": task("other")}, [cast(Any, {"id": before.id, **change})], of)
    assert tasks["other"] == task("other")
    return tasks[before.id]


@given(st.datetimes(timezones=st.just(NOW.tzinfo)))
def test_a_moment_is_read_as_it_was_written(moment: Any) -> None:
    assert time(instant(moment)) == moment
    assert time(None) is None


ENTRY: dict[str, Any] = {
    "id": "task", "track": "main", "name": "check", "edition": "edition", "rule": "check", "type": "side", "queue": "officer",
    "organisation": None, "state": "Ready", "due": instant(NOW + DAY),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "actor", "initiator"),
    [(events.ADDED, "officer-1", "officer-1"), (events.ADDED, "system", None), (events.FIRED, "officer-1", None)],
)
def test_only_who_added_a_task_asked_for_it(kind: str, actor: str, initiator: str | None) -> None:
    of = event(kind, actor=actor)
    assert opened({}, [cast(Any, ENTRY)], of) == {
        "task": task(opened_at=of.at, due_at=NOW + DAY, initiator=initiator),
    }


def test_a_task_is_about_what_its_entry_says() -> None:
    said = {"about": "need_owner", "of": "a", "aftercare": True, "due": None}
    new = opened({}, [cast(Any, ENTRY | said)], EVENT)["task"]
    assert (new.about, new.of, new.aftercare, new.due_at) == ("need_owner", "a", True, None)


@pytest.mark.parametrize("state", TASK_STATES)
def test_a_task_that_is_over_says_when_by_whom_and_in_whose_name(state: str) -> None:
    ended = after(task(), {"state": state})
    over = (EVENT.at, "officer-1", "officer-2") if state not in OPEN else (None, None, None)
    assert (ended.closed_at, ended.closed_by, ended.acted_for) == over
    assert after(task(), {"state": state, "by": "clerk"}).closed_by == ("clerk" if state not in OPEN else None)


def test_what_waits_remembers_where_it_stood_until_it_goes_on() -> None:
    waits = after(task(state=RESERVED), {"state": SUSPENDED, "wait": {"for": "authority", "until": "2026-03-09"}})
    assert (waits.before, waits.wait) == (RESERVED, {"for": "authority", "until": "2026-03-09", "seq": 3})
    goes_on = after(waits, {"state": RESERVED})
    assert (goes_on.before, goes_on.wait) == (None, None)
    assert after(waits, {"state": SUSPENDED, "before": "Ready"}).before == "Ready"
    assert after(waits, {"wait": None}).wait is None


def test_what_is_not_said_stays() -> None:
    before = task(holder="a", priority=1, due_at=NOW, flagged=True, result={"yes": True})
    assert after(before, {}) == before
    assert after(before, {"due": None}).due_at is None
    said: dict[str, Any] = {"holder": "b", "priority": -1, "flagged": False, "result": {}, "state": "InProgress"}
    assert after(before, said) == replace(before, **said)


def test_a_task_that_comes_to_somebody_keeps_how() -> None:
    given_to = after(task(), {"holder": "b", "to": "b"}, event("delegated"))
    assert given_to.handed == {"how": "delegated", "by": "officer-1", "to": "b", "seq": 3}
    # Started by whom it came to, it is still theirs so; with anybody else it is not.
    assert after(given_to, {"holder": "b"}).handed == given_to.handed
    assert after(given_to, {"holder": "c"}).handed is None
    assert after(given_to, {"holder": None}).handed is None


def test_what_a_rule_gave_keeps_why() -> None:
    by_rule = event("assigned", {"allocation": {"reasons": ["turn"]}})
    handed = after(task(), {"holder": "b", "to": "b"}, by_rule).handed
    assert handed is not None
    assert handed["why"] == ["turn"]


def test_reviews_are_counted_and_the_form_of_the_last_one_is_remembered() -> None:
    asked = after(task(), {"holder": "b", "to": "b"}, event(events.REVIEW_ASKED, seq=5))
    assert asked.handed is not None
    assert (asked.handed["round"], asked.handed["form"]) == (1, 5)
    answered = after(asked, {"holder": "a", "to": "a"}, event(events.CHANGES_ASKED, seq=6))
    assert answered.handed is not None
    assert (answered.handed["round"], answered.handed["form"], answered.handed["seq"]) == (1, 5, 6)
    again = after(answered, {"holder": "b", "to": "b"}, event(events.REVIEW_ASKED, seq=7))
    assert again.handed is not None
    assert (again.handed["round"], again.handed["form"]) == (2, 7)


def test_an_item_is_done_while_it_is_ticked_and_an_added_one_keeps_its_words() -> None:
    added = after(task(), {"item": "i"}, event(events.ITEM_ADDED, seq=4))
    at = instant(EVENT.at)
    assert added.items == {"i": {"done": False, "by": "officer-1", "at": at, "seq": 4}}
    ticked = after(added, {"item": "i"}, event(events.TICKED, seq=5))
    assert ticked.items == {"i": {"done": True, "by": "officer-1", "at": at, "seq": 4}}
    unticked = after(ticked, {"item": "i"}, event(events.UNTICKED, seq=6))
    assert unticked.items["i"]["done"] is False
    assert "seq" not in after(task(), {"item": "front"}, event(events.TICKED)).items["front"]


# --- clocks ------------------------------------------------------------------------------------------------------------

WRITTEN: Any = [[instant(NOW + DAY), "due", {"n": 1, "unit": "wd"}]]


def test_a_clock_starts_with_what_is_written_of_it() -> None:
    entry: Any = {
        "id": "clock",
        "track": "main",
        "unit": "wd",
        "steps": WRITTEN,
        "start": instant(NOW),
        "calendar": "digest",
    }
    assert started({}, [entry], EVENT) == {"clock": clock()}
    of = {"task": "k", "consent": "c", "grant": "g", "of": "a"}
    assert started({}, [entry | of], EVENT) == {"clock": clock(**of)}


def test_a_stopped_clock_is_gone_and_the_others_stay() -> None:
    before = {id: clock(id) for id in ("a", "b")}
    assert turned(before, [{"id": "a", "state": STOPPED}], EVENT) == {"b": clock("b")}


def test_a_pause_keeps_what_is_left_and_going_on_forgets_it() -> None:
    paused = turned({"clock": clock(next=1)}, [{"id": "clock", "state": PAUSED, "left": [60]}], EVENT)["clock"]
    assert paused == clock(next=1, state=PAUSED, left=(60,))
    change: Any = {
        "id": "clock",
        "state": RUNNING,
        "steps": WRITTEN,
        "start": instant(NOW + DAY),
        "next": 0,
        "task": "k",
        "calendar": "other",
    }
    goes_on = turned({"clock": paused}, [change], EVENT)["clock"]
    assert goes_on == clock(start=NOW + DAY, task="k", calendar="other", steps=(step(),))
    assert goes_on.fires_at == NOW + timedelta(days=1)
