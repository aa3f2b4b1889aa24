"""Moves of running cases: what agrees moves and comes back the same; what does not stays, and says why."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.case_objects.messages import INTERNAL
from casework.engine.definition.editions import Edition
from casework.engine.definition.migration_plans import plan_migration
from casework.engine.definition.publisher import publish
from casework.engine.execution.migrations import judge_case, way_back, why_not_back
from casework.engine.execution.record_commands import Say
from casework.engine.state.case import Case
from tests.engine.definition.seeds import add_state
from tests.engine.migrations import DEEDS, OLD, after, other, played, renamed, without_counts
from tests.engine.toy_case import ToyReferral
from tests.engine.toys import OFFICER, SUPERVISOR

Json = Any
DONE = st.lists(st.sampled_from(sorted(DEEDS)), max_size=8)


def _step_more(rules: Json) -> None:
    """A step comes between, another one goes, a form asks more, and a limit is shorter."""
    add_state(rules, "between")
    renamed(rules, "b", "bee")
    rules["forms"]["Light"].append({"name": "why", "type": "note", "required": False, "fact": False})
    rules["states"]["a"]["due"]["n"] = 3


NEW = other(_step_more)
MAPPING = {"states": {"b": "bee"}}


def _open(case: Case) -> Json:
    """What is open in a case, by id: tasks with who has them, clocks with their moments, accesses."""
    return (
        {task.id: (task.state, task.holder, task.due_at, task.track) for task in case.open_tasks()},
        {clock.id: (clock.steps, clock.next, clock.state, clock.left, clock.start) for clock in case.clocks.values()},
        case.grants,
        case.consents,
        case.proposals,
        case.hold,
    )


@settings(max_examples=25, deadline=None)
@given(DONE)
def test_the_plan_from_an_edition_to_itself_moves_everything_unchanged(deeds: list[str]) -> None:
    case = played(deeds).case
    verdict = judge_case(plan_migration(OLD, OLD), case)
    if case.closed_at is None and case.main.live:
        assert verdict.outcome == "moves"
        assert verdict.migration is not None
        assert without_counts(after(case, verdict.migration)[0]) == without_counts(case)


@settings(max_examples=40, deadline=None)
@given(DONE)
def test_a_move_loses_and_doubles_nothing_and_the_way_back_gives_the_same_case(deeds: list[str]) -> None:
    case = played(deeds).case
    verdict = judge_case(plan_migration(OLD, NEW, MAPPING), case)
    assert (verdict.migration is None) == (verdict.outcome == "stays") == bool(verdict.why)
    if verdict.migration is None:
        return
    moved, event = after(case, verdict.migration)
    assert _open(moved) == _open(case)
    assert {track.edition for track in moved.live_tracks()} & {OLD.fingerprint, NEW.fingerprint} == {NEW.fingerprint}
    assert Counter(len(track.states) for track in moved.tracks.values()) == Counter(
        len(track.states) for track in case.tracks.values()
    )
    assert "b" not in moved.main.states
    assert all(task.of != "b" for task in moved.open_tasks())
    assert why_not_back(moved, verdict.migration, []) == []
    assert without_counts(after(moved, way_back(verdict.migration, event.seq))[0]) == without_counts(case)


def _codes(new: Edition, *deeds: str, said: Json = None) -> set[str]:
    return {why.template.code for why in judge_case(plan_migration(OLD, new, said), played(deeds).case).why}


_PAPER = {"kind": "report", "valid": False, "of": None}


def _timed(rules: Json) -> None:
    late: Json = next(one for one in rules["transitions"] if one["name"] == "resume_due")
    rules["transitions"].append(late | {"name": "lapse", "from": ["a"], "to": "done"})


def _of(rules: Json, name: str) -> Json:
    return next(one for one in rules["transitions"] if one["name"] == name)


def _without(rules: Json, name: str) -> None:
    rules["transitions"] = [one for one in rules["transitions"] if one["name"] != name]


@pytest.mark.parametrize(
    ("change", "deeds", "code"),
    [
        (lambda rules: renamed(rules, "b", "bee"), ("go",), "state_gone"),
        (lambda rules: rules["states"]["a"].update(type="final"), (), "state_unlike"),
        (lambda rules: renamed(rules, "b", "bee"), ("go", "hold"), "previous_gone"),
        (lambda rules: rules["milestones"].update(far=["a"]), (), "milestone"),
        (lambda rules: _of(rules, "go")["guards"].append("toy_other"), ("go",), "guard_not_asked"),
        (lambda rules: _of(rules, "go").update(confirm_by=["supervisor"]), ("go",), "fewer_checks"),
        (lambda rules: _of(rules, "go").update(needs=[_PAPER]), ("go",), "fewer_checks"),
        (lambda rules: rules["tasks"]["check"].update(not_by=["go", "take"]), ("check", "complete"), "fewer_checks"),
        (lambda rules: rules["tasks"]["check"].update(guards=["toy_other"]), ("check", "complete"), "guard_not_asked"),
        (lambda rules: rules["tasks"].pop("check"), ("check", "complete"), "four_eyes"),
        (lambda rules: _without(rules, "go"), ("go",), "four_eyes"),
        (lambda rules: _of(rules, "later").update(automatic=True), (), "moves_by_itself"),
        (lambda rules: rules["tasks"].pop("check"), ("check",), "task_gone"),
        (lambda rules: rules["tasks"]["check"].update(queue="supervisor"), ("check",), "task_queue"),
        (lambda rules: rules["states"]["a"].update(queue="supervisor"), (), "task_queue"),
        (lambda rules: _of(rules, "stop").update(confirm_by=["supervisor"]), ("stop",), "proposal"),
        (lambda rules: _without(rules, "resume_due"), ("hold",), "timer_gone"),
        (_timed, (), "timer_new"),
        (lambda rules: rules["forms"]["Light"][0].update(type="number"), ("go",), "answer"),
        (lambda rules: rules["transitions"].clear(), ("refer",), "referral_gone"),
        (lambda rules: None, ("go", "finish"), "closed"),
    ],
)
def test_what_the_plan_does_not_answer_keeps_a_case_where_it_is(
    change: Json, deeds: tuple[str, ...], code: str
) -> None:
    assert f"migration.{code}" in _codes(other(change), *deeds)


def test_a_case_that_has_moved_says_that_it_has() -> None:
    case = played(["go"]).case
    plan = plan_migration(OLD, NEW, MAPPING)
    verdict = judge_case(plan, case)
    assert verdict.outcome == "moves_with_mapping"
    assert verdict.migration is not None
    again = judge_case(plan, after(case, verdict.migration)[0])
    assert [why.template.code for why in again.why] == ["migration.already"]


def test_a_referral_moves_by_a_plan_of_its_own_and_leaves_its_case_alone() -> None:
    case = played(["accept"]).case
    old = publish(ToyReferral)
    new = other(lambda rules: renamed(rules, "accepted", "taken"), old)
    verdict = judge_case(plan_migration(old, new, {"states": {"accepted": "taken"}}), case)
    assert verdict.migration is not None
    moved = after(case, verdict.migration)[0]
    assert moved.main == case.main
    assert [(track.states, track.edition) for track in moved.tracks.values() if track.is_referral] == [
        (("taken",), new.fingerprint)
    ]


@pytest.mark.parametrize(("deed", "code"), [("back", "migration.went_on"), ("note", None), ("claim", None)])
def test_it_goes_back_only_while_nothing_came_of_the_later_edition(deed: str, code: str | None) -> None:
    play = played(["go"])
    plan = plan_migration(OLD, NEW, MAPPING)
    verdict = judge_case(plan, play.case)
    assert verdict.migration is not None
    moved, event = after(play.case, verdict.migration)
    play.library = type(play.library)(
        {**play.library.editions, NEW.fingerprint: NEW}, play.library.newest, play.library.offered
    )
    play._case = moved
    since = {
        "back": lambda: play.fire("back", SUPERVISOR),
        "note": lambda: play.do(Say(INTERNAL, "a word"), OFFICER),
        "claim": lambda: play.claim("bee", SUPERVISOR),
    }[deed]()
    assert [why.template.code for why in why_not_back(play.case, verdict.migration, since)] == ([code] if code else [])
    assert event.seq < since[0].seq
