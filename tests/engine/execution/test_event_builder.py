"""The events of one action: who stands in their head, what is told once, and when each of them was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from casework.engine.execution.context import By
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.roles import INTAKE, QUEUE_ROLES, Role
from casework.engine.state.effects_schema import Effects
from casework.errors import NotFound
from tests.engine.toy_case import accept
from tests.engine.toys import PROVIDER, Play
from tests.workflows.case_facts import fired

DEPUTY = By("officer-2", Role.OFFICER, None, "officer-1")


def building(play: Play, by: By = DEPUTY) -> EventBuilder:
    return EventBuilder(play.library, play.case, play.context(by))


def test_an_event_names_who_did_it_for_whom_and_where(play: Play) -> None:
    builder = building(play)
    builder.begin("noted", play.case.main, {"what": "x"}, {"words": "Well."}, because=1)
    seq = builder.append()
    (event,) = builder.events
    assert (event.actor, event.acting_for, event.role, event.because) == ("officer-2", "officer-1", "officer", 1)
    assert (event.track, event.frm, event.to, event.edition) == (
        play.case.main.id,
        ("a",),
        ("a",),
        play.case.main.edition,
    )
    assert (event.body, event.effects, event.seq, builder.case.seq) == ({"words": "Well."}, {"what": "x"}, seq, seq)


def test_what_the_system_does_is_nobodys_and_what_is_the_cases_is_of_no_track(play: Play) -> None:
    builder = building(play, PROVIDER)
    builder.begin("noted", None, {}, system=True)
    builder.append()
    (event,) = builder.events
    assert (event.actor, event.role, event.organisation, event.acting_for) == ("system", Role.SYSTEM, None, None)
    assert (event.track, event.edition, event.frm, event.to) == (None, None, (), ())


def test_no_event_is_before_the_one_before_it(play: Play) -> None:
    play.now = play.case.last_at - timedelta(hours=1)
    builder = building(play)
    for _ in range(2):
        builder.begin("noted", None, {})
        builder.append()
    first, second = (event.at for event in builder.events)
    assert play.case.last_at < first < second < play.case.last_at + timedelta(seconds=1)


def test_the_effects_that_it_began_with_stay_as_they_were(play: Play) -> None:
    mine = cast(Effects, {"reasons": ["a"]})
    builder = building(play)
    builder.begin("noted", None, mine)
    builder.effects["reasons"].append("b")
    assert mine == {"reasons": ["a"]}


def test_what_is_new_of_a_task_and_of_a_clock_is_told_once(play: Play) -> None:
    builder, task = building(play), play.task("a")
    clock = next(iter(play.case.clocks.values()))
    builder.begin("noted", None, {})
    builder.set_task(task, state="Ready", holder=None)
    builder.set_task(task, state="Reserved")
    builder.set_clock(clock, "paused", left=[1])
    builder.set_clock(clock, "running", next=1)
    assert builder.effects["task_states"] == [{"id": task.id, "state": "Reserved", "holder": None}]
    assert builder.effects["clock_states"] == [{"id": clock.id, "state": "running", "left": [1], "next": 1}]


def test_what_is_not_there_is_said_to_be_missing(play: Play) -> None:
    builder = building(play)
    assert builder.track(play.case.main.id) == play.case.main
    assert builder.task(play.task("a").id) == play.task("a")
    for look in (builder.track, builder.task):
        with pytest.raises(NotFound):
            look("nowhere")


@pytest.mark.parametrize("role", list(Role))
def test_a_role_works_its_own_queues(play: Play, role: Role) -> None:
    builder = building(play, By("somebody", role))
    assert {queue for queue in (*QUEUE_ROLES, "none") if builder.works(queue)} == {
        queue for queue, roles in QUEUE_ROLES.items() if role in roles
    }
    assert builder.works(INTAKE) is (role == Role.OFFICER)


def test_the_tracks_that_belong_to_one(play: Play) -> None:
    accept(play)
    builder, main, above, below = building(play), play.case.main, play.track("referral"), play.track("fix")
    assert builder.related(above, "child") == [below]
    assert builder.related(below, "parent") == [above]
    assert builder.related(main, "parent") == builder.related(main, "child") == []
    assert builder.related(main, "referrals") == [above]
    assert builder.related(main, "unsent") == [], "it was sent"
    assert builder.related(below, "replaced") == []
    gone = replace(below, id="gone", replaced=True)
    case = replace(builder.case, tracks={**builder.case.tracks, gone.id: gone})
    left = EventBuilder(play.library, case, play.context(DEPUTY))
    assert left.related(below, "replaced") == [gone]
    assert left.related(above, "replaced") == [], "of another workflow"
    draft = replace(above, id="draft", states=("draft",))
    over = replace(draft, id="over", ended_at=play.now)
    case = replace(case, tracks={**case.tracks, draft.id: draft, over.id: over})
    assert EventBuilder(play.library, case, play.context(DEPUTY)).related(main, "unsent") == [draft]


def test_what_a_form_says_comes_before_what_was_said_earlier(play: Play) -> None:
    play.fire("note", data={"light": "red"})
    builder = building(play)
    builder.begin("fired", play.case.main, {"transition": "note"})
    said = builder.said(builder.facts(play.case.main, {"light": "green"}))
    assert (said("light"), said("note.light"), said("go.light"), said("day")) == ("green", "green", None, None)
    before = builder.said(builder.facts(play.case.main, {}))
    assert before("note.light") == "red"
    # What is given now says nothing of it: what was given before says it no more.
    assert builder.said(builder.facts(play.case.main, {"day": "2026-05-04"}))("note.light") is None


def test_of_several_forms_the_one_that_was_given_last_counts(play: Play) -> None:
    builder = building(play)
    builder.begin("fired", play.case.main, {"transition": "go"})
    told = {"old": fired(2, on="2026-05-04", other="2026-06-01"), "new": fired(5, other="2026-07-01")}
    deal = replace(play.case.main, fired=told)

    def said(places: str, **data: str) -> str | None:
        value: str | None = builder.said(builder.facts(deal, data))(places)
        return value

    for places in ("old.on|old.other|new.on|new.other", "new.on|new.other|old.on|old.other"):
        assert said(places) == "2026-07-01"
    assert said("old.on|new.on") is None
    assert said("old.on|never.on") == "2026-05-04"
    # This form comes first, by its field alone or by its name.
    assert said("on|new.other", on="2026-08-01") == "2026-08-01"
    assert said("on|new.other", day="2026-08-01") == "2026-07-01"
    assert said("old.on|go.on", on="2026-08-01") == "2026-08-01"
    assert said("old.on|go.on", day="2026-08-01") is None
