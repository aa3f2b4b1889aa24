"""What a guard may ask: what was fired and said, done and referred, and nothing that it had not named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from casework.engine import parts
from casework.engine.definition.guard_facts import UNKNOWN, Facts, FormNeeded, NotGiven, Sound
from casework.engine.state.case import COMPLETED, EXITED, GIVEN_UP_JOIN, Case, Join, Task, Track
from tests.engine.small_case import at, by_id, case, fired, referral, task, track
from tests.engine.toys import CALENDAR, START


def facts(of: Case, here: Track | None = None, now: datetime = START, **more: Any) -> Facts:
    return Facts(of, here or of.main, now, CALENDAR, "officer-1", **more)


def done(name: str, days: int = 1, **more: Any) -> Task:
    return task(name, id=f"{name}-{days}", state=COMPLETED, closed_at=at(days), **more)


def ids(things: Iterable[Any]) -> list[str]:
    return [thing.id for thing in things]


# --- this track ------------------------------------------------------------------------------------------------------


def test_how_often_something_fired_is_told_of_this_track_alone() -> None:
    here, other = track("main", fired={"go": fired(count=3)}), track("other", fired={"stop": fired()})
    asked = facts(case(here, other))
    assert (asked.count("go"), asked.count("stop")) == (3, 0)
    assert asked.fired("stop") is None
    assert asked.fired("stop", other) == fired()


def test_today_is_the_day_of_the_calendar_and_not_of_the_clock() -> None:
    late = START.replace(hour=17)
    assert late.date() == date(2026, 3, 2)
    assert facts(case(), now=late).today == date(2026, 3, 3)


def test_what_a_transition_said_comes_before_a_task_of_its_name() -> None:
    tasks = [done("look", result={"c": "green"})]
    assert facts(case(tasks=tasks)).said("look.c") == "green"
    assert facts(case(tasks=tasks)).said("look.d") is None
    both = case(track("main", fired={"look": fired(c="red")}), tasks=tasks)
    assert facts(both).said("look.c") == "red"
    assert facts(case()).said("look.c") is None


# --- tasks -----------------------------------------------------------------------------------------------------------


def test_results_are_of_completed_side_tasks_the_newest_first() -> None:
    tasks = [
        done("look", 2),
        done("look", 5),
        done("look", 3),
        done("other", 9),
        task("look", id="open"),
        replace(done("look", 8), id="exited", state=EXITED),
        replace(done("look", 7), id="step", type="step"),
    ]
    asked = facts(case(tasks=tasks))
    assert ids(asked.results("look")) == ["look-5", "look-3", "look-2"]
    assert asked.result("look") == tasks[1]
    assert asked.result("nothing") is None


def test_a_result_about_something_passes_over_newer_ones_about_something_else() -> None:
    tasks = [done("look", 2, about="a"), done("look", 5, about="b")]
    asked = facts(case(tasks=tasks))
    assert asked.result("look", "a") == tasks[0]
    assert asked.result("look") == tasks[1]
    assert asked.result("look", "c") is None


# --- other tracks ----------------------------------------------------------------------------------------------------


def test_the_current_track_of_a_workflow_is_the_last_that_was_not_replaced() -> None:
    tracks = [track(id, workflow="w") for id in ("one", "two", "three")]
    last = replace(tracks[2], replaced=True)
    assert facts(case(*tracks)).current("w") == tracks[2]
    assert facts(case(*tracks[:2], last)).current("w") == tracks[1]
    assert facts(case()).current("w") is None


@pytest.mark.parametrize("end", sorted(parts.NOTHING))
def test_a_referral_that_came_to_nothing_counts_no_more(end: str) -> None:
    tracks = [referral("one"), referral("two", plays=(parts.SENDS, end))]
    assert ids(facts(case(*tracks)).referrals("fix")) == ["one"]


def test_referrals_are_of_their_kind_and_not_replaced_and_the_last_one_counts() -> None:
    tracks = [
        referral("one"),
        referral("good", plays=(parts.SENDS, parts.GIVES_RESULT)),
        referral("other", "mend"),
        referral("gone", replaced=True),
        track("plain", kind="fix"),
    ]
    asked = facts(case(*tracks))
    assert ids(asked.referrals("fix")) == ["one", "good"]
    assert asked.referral("fix") == tracks[1]
    assert asked.referral("nothing") is None


def test_a_service_is_the_last_track_of_the_referral_that_counts() -> None:
    below = [track(id, parent="two") for id in ("s1", "s2", "s3")]
    gone = replace(below[2], replaced=True)
    tracks = [referral("one"), referral("two"), track("old", parent="one"), *below[:2], gone]
    assert facts(case(*tracks)).service("fix") == below[1]
    assert facts(case(referral("one"))).service("fix") is None
    assert facts(case(*tracks)).service("mend") is None


def test_the_child_is_the_last_track_below_this_one_that_was_not_replaced() -> None:
    above = referral("one")
    below = [track("s1", parent="one"), track("s2", parent="one", replaced=True), track("s3", parent="main")]
    of = case(above, *below)
    assert facts(of, above).child == below[0]
    assert facts(of, below[0]).child is None


def test_a_join_counts_until_it_is_given_up_or_another_referral_counts() -> None:
    one, two, later = referral("one"), referral("two"), referral("three")
    join = Join("one", "fix", "all", None, None, ("one", "two"))
    of = case(one, two, joins=by_id(join))
    assert facts(of).join("fix") == join
    assert facts(of).join("mend") is None
    assert facts(replace(of, joins=by_id(replace(join, state=GIVEN_UP_JOIN)))).join("fix") is None
    assert facts(replace(of, tracks={**of.tracks, **by_id(later)})).join("fix") is None
    ended = {id: replace(one, replaced=True) for id in ("one", "two")}
    assert facts(replace(of, tracks={**of.tracks, **ended})).join("fix") == join


def test_a_milestone_is_that_of_the_tracks_own_edition() -> None:
    milestones = {"new": {"agreed": frozenset({"b"})}, "old": {"agreed": frozenset({"a"})}}
    asked = facts(case(), milestones=milestones)
    assert asked.at_milestone(track("t", "a", edition="old"), "agreed")
    assert not asked.at_milestone(track("t", "a", edition="new"), "agreed")
    assert asked.at_milestone(track("t", edition="new", states=("a", "b")), "agreed")
    assert not asked.at_milestone(track("t", "a", edition="old"), "paid")
    assert not asked.at_milestone(track("t", "a", edition="unknown"), "agreed")
    assert not asked.at_milestone(None, "agreed")


# --- what is not known -----------------------------------------------------------------------------------------------


def test_a_fact_from_outside_that_was_not_named_is_refused_and_not_taken_for_none() -> None:
    asked = facts(case(), outside={"weather": None})
    assert asked.from_outside("weather") is None
    with pytest.raises(NotGiven, match="moon"):
        asked.from_outside("moon")


@pytest.mark.parametrize("ask", [lambda d: d["x"], lambda d: d.get("x"), list, len, bool, lambda d: "x" in d])
def test_a_form_that_nobody_filled_in_answers_nothing(ask: Any) -> None:
    with pytest.raises(FormNeeded):
        ask(UNKNOWN)


def test_a_form_with_a_faulty_field_answers_of_the_sound_ones_alone() -> None:
    partly = Sound({"kind": "nda"}, {"day"})
    assert (partly["kind"], partly.get("kind"), partly.get("note"), "kind" in partly) == ("nda", "nda", None, True)
    for ask in (lambda d: d["day"], lambda d: d.get("day"), list, len, bool, lambda d: "day" in d):
        with pytest.raises(FormNeeded):
            ask(partly)
