"""Tracks and tasks as they are shown: in the words of their edition, by name, and to a provider without the others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.state.case import RESERVED, Fired, Task, Track
from casework.operations.cases.track_presenters import concerned, given_of, show, show_track, step_at
from casework.operations.cases.views import Handed, Wait
from casework.operations.core.views import Named
from casework.permissions.visibility import Sight

MOMENT = datetime(2026, 3, 2, 2, tzinfo=UTC)
NAMES = {"a": "Anna", "b": "Berta", "lab": "Haidian Assessment Lab"}


@pytest.fixture
def edition() -> Edition:
    edition = load_library().latest("case")
    assert edition is not None
    return edition


def track_of(edition: Edition, *states: str, provider: str | None = None, **more: Any) -> Track:
    return Track(
        id="track",
        workflow="case",
        edition=edition.fingerprint,
        kind="case",
        parent=None,
        provider=provider,
        states=states,
        entered_at=MOMENT,
        opened_at=MOMENT,
        **more,
    )


def task_of(edition: Edition, type: str, rule: str, **more: Any) -> Task:
    return Task(
        id="task",
        track="track",
        name=rule,
        edition=edition.fingerprint,
        rule=rule,
        type=type,
        queue="officer",
        organisation=None,
        state=RESERVED,
        opened_at=MOMENT,
        due_at=None,
        **more,
    )


def test_a_side_state_is_read_as_the_step_that_it_was_entered_from(edition: Edition) -> None:
    assert step_at(edition, "triage", ()) == "Triage"
    assert step_at(edition, "on_hold", ("consent",)) == "Consent"


def test_a_track_has_been_where_its_transitions_led(edition: Edition) -> None:
    fired = {name: Fired(1, MOMENT, "a", None, {}) for name in ("take", "pass_triage", "hold", "resume")}
    held = track_of(edition, "on_hold", came_from={"on_hold": ("consent",)}, fired=fired, provider="lab")
    shown = show_track(held, load_library(), NAMES, Sight.ALL)
    assert (shown.step, shown.visited, shown.labels) == ("Consent", ["Triage", "Consent"], ["On hold"])
    assert shown.provider == Named(id="lab", name="Haidian Assessment Lab")
    assert (shown.entered_at, shown.edition_number) == ("2026-03-02T02:00:00.000000Z", edition.number)
    fresh = show_track(track_of(edition, "proposed"), load_library(), NAMES, Sight.ALL)
    assert (fresh.step, fresh.visited, fresh.provider) == ("Triage", ["Triage"], None)


def test_no_provider_reads_who_else_is_asked(edition: Edition) -> None:
    given = {"question": "Does it reach 180 degrees?", "panel": ["lab"], "after": "x", "with": "y"}
    track = track_of(edition, "proposed", given=given)
    assert given_of(track, Sight.ALL) == given
    assert given_of(track, Sight.REFERRALS) == {"question": "Does it reach 180 degrees?"}


def test_a_task_says_what_is_to_be_done_and_how_it_came_to_its_holder(edition: Edition) -> None:
    task = task_of(
        edition,
        "side",
        "kick_off",
        holder="a",
        initiator="nobody",
        handed={"how": "assigned", "by": "b", "to": "a", "seq": 7},
        wait={"for": "authority", "until": "2026-04-01", "seq": 8},
    )
    shown = show(task, edition, NAMES, overdue=True, still=True)
    assert (shown.do, shown.priority, shown.overdue, shown.still) == ("Hold the first meeting", "normal", True, False)
    assert [field["name"] for field in shown.form or ()] == [field["name"] for field in edition.form("KickOff")]
    assert (shown.holder, shown.initiator) == (Named(id="a", name="Anna"), Named(id="nobody", name=None))
    assert shown.handed == Handed(
        how="assigned", by=Named(id="b", name="Berta"), to=Named(id="a", name="Anna"), why=None, round=None
    )
    assert shown.wait == Wait(for_="authority", until="2026-04-01")
    assert concerned(task) == {"a", "b", "nobody"}


def test_what_is_done_by_an_action_has_no_form_of_its_own(edition: Edition) -> None:
    step = show(task_of(edition, "step", "triage"), edition, NAMES, overdue=False, still=False)
    decision = show(
        task_of(edition, "decision", "compliance_stop", priority=-1), edition, NAMES, overdue=False, still=False
    )
    assert [(one.do, one.form) for one in (step, decision)] == [
        ("Complete the triage", None),
        ("Stop the case", None),
    ]
    assert (step.handed, step.wait, step.holder) == (None, None, None)
    assert (step.priority, decision.priority) == ("normal", "low")
