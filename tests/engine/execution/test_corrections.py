"""A mistyped answer: whose it is to correct, and what speaks against it because something followed from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from casework import reasons
from casework.engine.execution.commands import CorrectAnswer
from casework.engine.execution.context import By
from casework.engine.execution.corrections import Answer, answer_of, faults_of, may_correct, reasons_against
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.roles import Role
from casework.engine.state.events import Event
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused, WrongState
from tests.engine.pieces import HOUR
from tests.engine.toy_case import GREEN, RED
from tests.engine.toys import COMPLIANCE, OFFICER, SECOND_OFFICER, SUPERVISOR, Play


def answer(play: Play, transition: str | None = None, task: str | None = None) -> Answer:
    given = answer_of(play.library.editions, play.case, play.case.main.id, transition, task)
    assert given is not None
    return given


def correct(play: Play, event: Event, data: Mapping[str, Any], by: By = OFFICER, reason: str = "A slip.") -> Event:
    name, task = event.effects.get("transition"), event.effects.get("task")
    words = {key: value for key, value in event.body.items() if key != "reason"}
    (fixed,) = play.do(
        CorrectAnswer(event.seq, str(event.track), data, reason, None if task else name, task, words), by
    )
    return fixed


# --- what is corrected -------------------------------------------------------------------------------------------------


def test_the_other_answer_stands_in_its_place_and_both_are_told(play: Play) -> None:
    (event,) = play.fire("note", data=GREEN | {"note": "Go."})
    before = play.case.main
    fixed = correct(play, event, RED | {"note": "Stay."})
    assert (fixed.kind, fixed.because, fixed.effects["of"]) == ("corrected", event.seq, event.seq)
    assert (fixed.effects["before"], fixed.effects["data"]) == (GREEN, RED)
    assert fixed.body == {"note": "Stay.", "correction_reason": "A slip."}
    assert play.case.main == replace(before, fired={"note": replace(before.fired["note"], data=RED)})


def test_a_finished_tasks_answer_is_its_result(play: Play) -> None:
    play.add("check")
    (event,) = play.complete("check", yes=False)
    task = str(event.effects["task"])
    play.fire("go", data=GREEN)
    with pytest.raises(Refused):
        correct(play, event, {"yes": True})
    assert play.case.tasks[task].result == {"yes": False}
    assert answer(play, task=task).writers == {"officer-1"}


def test_what_is_the_same_or_without_a_reason_is_no_correction(play: Play) -> None:
    (event,) = play.fire("note", data=GREEN | {"note": "Go."})
    with pytest.raises(WrongState):
        correct(play, event, GREEN | {"note": "Go."})
    with pytest.raises(InvalidForm):
        correct(play, event, RED, reason=" ")
    with pytest.raises(InvalidForm):
        correct(play, event, {"light": "blue"})
    assert correct(play, event, GREEN).effects["data"] == GREEN


def test_there_is_no_answer_where_no_form_was_filled_in(play: Play) -> None:
    play.fire("take")
    play.add("check")
    library, main = play.library.editions, play.case.main.id
    for track, transition, task in (
        ("nowhere", "note", None),
        (main, "note", None),
        (main, "take", None),
        (main, None, None),
        (main, None, play.task("check").id),
        (main, None, play.task("a").id),
        (main, None, "nowhere"),
    ):
        assert answer_of(library, play.case, track, transition, task) is None
    with pytest.raises(NotFound):
        play.do(CorrectAnswer(1, main, {}, "A slip.", "note"))


def test_what_a_closed_case_says_stays(play: Play) -> None:
    (event,) = play.fire("note", data=GREEN)
    play.fire("call_off")
    with pytest.raises(WrongState):
        correct(play, event, RED)


# --- whose it is -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entered", "ended", "lasts"), [(-1, False, True), (0, False, True), (1, False, False), (-1, True, False)]
)
def test_a_step_lasts_until_the_track_goes_on_or_ends(play: Play, entered: int, ended: bool, lasts: bool) -> None:
    play.fire("note", data=GREEN)
    given = answer(play, "note")
    stands = replace(given.track, entered_at=given.at + entered * HOUR, ended_at=given.at if ended else None)
    assert replace(given, track=stands).lasts is lasts


@pytest.mark.parametrize("lasts", [True, False])
def test_its_writer_corrects_it_while_the_step_lasts_and_an_officer_at_any_time(play: Play, lasts: bool) -> None:
    play.fire("note", data=GREEN)
    given = answer(play, "note")
    at: datetime = given.track.entered_at if lasts else given.at + HOUR
    given = replace(given, track=replace(given.track, entered_at=at), writers=frozenset({"a", "b"}))
    for by, may in (
        (By("a", Role.COMPLIANCE), lasts),
        (By("b", Role.COMPLIANCE), lasts),
        (COMPLIANCE, False),
        (SUPERVISOR, False),
        (SECOND_OFFICER, True),
    ):
        assert may_correct(play.case, given, by) is may
    assert not may_correct(replace(play.case, kind="mediation"), given, SECOND_OFFICER)


def test_it_is_refused_to_others(play: Play) -> None:
    (event,) = play.fire("note", data=GREEN)
    with pytest.raises(NotAllowed):
        correct(play, event, RED, COMPLIANCE)


# --- what followed -----------------------------------------------------------------------------------------------------


def against(play: Play, given: Answer, data: dict[str, Any]) -> list[Any]:
    builder = EventBuilder(play.library, play.case, play.context(OFFICER))
    was, now = (builder.facts(given.track, one, given.task) for one in (given.data, data))
    return list(reasons_against(given, play.case, was, now))


def test_a_guard_that_would_have_refused_speaks_against_it(play: Play) -> None:
    play.fire("go", data=GREEN)
    assert [str(why) for why in against(play, answer(play, "go"), RED)] == ["The light is red."]
    assert against(play, answer(play, "go"), GREEN) == []


def test_so_does_a_task_that_an_answer_opened_or_would_have(play: Play) -> None:
    for n, yes in enumerate((True, False)):
        play.add("check")
        (event,) = play.complete("check", yes=yes)
        given = answer(play, task=event.effects["task"])
        assert against(play, given, {"yes": not yes}) == [reasons.cases.TASKS_OPENED], n


def test_so_does_a_task_that_hangs_on_an_answer_of_an_action(play: Play) -> None:
    play.fire("signal", data=GREEN)
    assert against(play, answer(play, "signal"), RED) == [reasons.cases.TASKS_OPENED]
    assert against(play, answer(play, "signal"), GREEN | {"note": "Flickers."}) == []


def test_so_does_what_followed_by_an_effect(play: Play) -> None:
    play.fire("give", data={"party": "need_owner"})
    assert against(play, answer(play, "give"), {"party": "technology_owner"}) == [reasons.cases.FOLLOWED]
    assert against(play, answer(play, "give"), {"party": "need_owner"}) == []


def test_so_does_a_day_from_which_a_clock_counts(play: Play) -> None:
    play.fire("hold", data={"day": "2026-03-20"})
    assert against(play, answer(play, "hold"), {"day": "2026-03-21"}) == [reasons.cases.DEADLINE_COUNTS]
    assert against(play, answer(play, "hold"), {"day": "2026-03-20"}) == []


def test_so_does_a_list_of_which_each_item_opened_a_task(play: Play) -> None:
    items = [{"what": "Dig", "by": "2026-03-10"}]
    (event,) = play.fire("per_item", data={"steps": items})
    with pytest.raises(Refused) as refused:
        correct(play, event, {"steps": [{"what": "Fill", "by": "2026-03-10"}]})
    assert list(refused.value.reasons) == [reasons.cases.ITEMS_OPENED]


# --- judged again ------------------------------------------------------------------------------------------------------


def test_what_could_be_corrected_is_found_sound_and_anything_else_not(play: Play) -> None:
    (event,) = play.fire("note", data=GREEN)
    before = play.case
    fixed = correct(play, event, RED)
    builder = EventBuilder(play.library, before, play.context(OFFICER))

    def judge(by: By = OFFICER, transition: str = "note", **said: Any) -> list[str]:
        effects: Any = {**fixed.effects, "transition": transition, **said}
        return list(
            faults_of(
                play.library.editions,
                before,
                before.main.id,
                effects,
                by,
                facts=lambda given, data: builder.facts(given.track, data, given.task),
            )
        )

    assert judge() == []
    assert judge(transition="go") == ["there was no such answer to correct"]
    assert judge(COMPLIANCE) == ["it was not theirs to correct"]
    assert judge(before=RED) == ["it says that something else stood there before"]
    assert judge(data={"colour": "red"}) == ["it answers what the form does not ask"]
