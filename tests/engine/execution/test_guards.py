"""What must hold before an action is done: four eyes, whoever holds the step, the day on which it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.engine.execution.commands import Fire
from casework.engine.execution.context import By
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import duty_reasons, form_data, last_done, last_fired, line
from casework.engine.execution.task_commands import Resume, Suspend
from casework.engine.roles import Role
from casework.engine.state.case import OBSOLETE
from casework.errors import AlreadyTaken, InvalidForm, NotAllowed, Refused
from tests.engine.pieces import HOUR, NOW, case, fired, task, track
from tests.engine.toy_case import GREEN, LAB, accept, paper
from tests.engine.toys import (
    COMPLIANCE,
    OFFICER,
    PROVIDER,
    SECOND_COMPLIANCE,
    SECOND_OFFICER,
    SECOND_SUPERVISOR,
    SUPERVISOR,
    Play,
    uuid,
)


def test_an_action_recorded_afterwards_keeps_its_day_and_never_lies_ahead(play: Play) -> None:
    main = play.case.main.id
    (event,) = play.do(Fire(main, "note", GREEN, happened_on="2026-02-27"))
    assert event.effects["happened_on"] == "2026-02-27"
    for day in ("2026-03-03", "soon", "0", "2026-3-1"):
        with pytest.raises(InvalidForm):
            play.do(Fire(main, "note", GREEN, happened_on=day))


def test_whoever_did_one_step_may_not_do_the_other(play: Play) -> None:
    play.fire("go", data=GREEN)
    with pytest.raises(NotAllowed):
        play.fire("finish", OFFICER)
    with pytest.raises(NotAllowed):
        play.fire("finish", By("someone", Role.OFFICER, acting_for="officer-1"))
    play.fire("finish", SECOND_OFFICER)


def test_whoever_did_a_task_may_not_do_the_step(play: Play) -> None:
    play.add("check")
    play.complete("check", SECOND_OFFICER, yes=False)
    play.fire("go", data=GREEN)
    assert play.offer("finish", SECOND_OFFICER).why_not
    with pytest.raises(NotAllowed):
        play.fire("finish", SECOND_OFFICER)


def test_a_held_step_refuses_others_of_its_queue_only(play: Play) -> None:
    play.claim("a")
    with pytest.raises(AlreadyTaken):
        play.claim("a", SECOND_OFFICER)
    with pytest.raises(AlreadyTaken):
        play.fire("go", SECOND_OFFICER, GREEN)
    assert play.offer("go", SECOND_OFFICER).why_not
    play.fire("note", SECOND_OFFICER, GREEN)
    play.fire("ask", SUPERVISOR, GREEN)
    play.complete("decide_ask", SECOND_SUPERVISOR, decision="confirm")
    held = next(task for task in play.case.tasks.values() if task.name == "a")
    assert held.state == OBSOLETE


def test_nobody_is_held_back_by_the_colleague_of_another_queue_or_by_themselves(play: Play) -> None:
    play.claim("a")
    play.fire("go", OFFICER, GREEN)
    assert play.states == ("b",)


# --- who did what before ---------------------------------------------------------------------------------------------

BEFORE = track(
    fired={
        "go": fired(at=NOW, actor="a", acting_for="b"),
        "ask": fired(at=NOW + HOUR, actor="c"),
    }
)
DONE = case(
    BEFORE,
    tasks=(
        task("first", state="Completed", closed_at=NOW, closed_by="d"),
        task("last", state="Completed", closed_at=NOW + HOUR, closed_by="e", acted_for="f"),
        task("dropped", state="Exited", closed_at=NOW + 2 * HOUR, closed_by="g"),
        task("open"),
        task("step", type="step", state="Completed", closed_at=NOW + 3 * HOUR, closed_by="h"),
    ),
)


@pytest.mark.parametrize(
    ("actions", "wanted"),
    [(("go",), "go"), (("go", "ask"), "ask"), (("ask", "go"), "ask"), (("fly",), ""), ((), "")],
)
def test_of_some_actions_the_last_one_counts(actions: tuple[str, ...], wanted: str) -> None:
    name, last = last_fired(BEFORE, actions)
    assert (name, last) == (wanted, BEFORE.fired.get(wanted))


def test_of_side_tasks_the_one_that_was_finished_last_counts() -> None:
    last = last_done(DONE, "check")
    assert last is not None
    assert last.id == "last"
    assert last_done(DONE, "dance") is None


@pytest.mark.parametrize(
    ("actions", "kept"),
    [
        (("go",), {"a", "b"}),
        (("go", "ask"), {"c"}),
        (("check",), {"e", "f"}),
        (("go", "check"), {"a", "b", "e", "f"}),
        (("fly",), set()),
    ],
)
def test_whoever_did_it_last_or_had_it_done_is_kept_from_the_next(actions: tuple[str, ...], kept: set[str]) -> None:
    everybody = set("abcdefghz")
    for person in everybody:
        for other in (None, "z"):
            assert bool(duty_reasons(DONE, actions, {person, other}, BEFORE)) is (person in kept), person


# --- what is typed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "name", "most", "good"),
    [
        ("Well.", "note", 10, True),
        ("  Well.  ", "note", 5, True),
        ("", "note", 10, False),
        ("   ", "note", 10, False),
        ("Well, well.", "note", 10, False),
        ("?!", "reason", 10, False),
        ("?!", "note", 10, True),
        ("a\x00b", "note", 10, False),
    ],
)
def test_a_line_is_words_that_fit(words: str, name: str, most: int, good: bool) -> None:
    if good:
        assert line(words, name, most) == words.strip()
    else:
        with pytest.raises(InvalidForm) as refused:
            line(words, name, most)
        assert set(refused.value.fields) == {name}


def test_a_form_names_only_what_is_the_cases_own(play: Play) -> None:
    mine = paper(play)
    play.fire("refer")
    for documents, good in (([mine], True), ([uuid(99)], False), ([mine, uuid(99)], False)):
        data = {"provider": LAB, "documents": documents}
        if good:
            builder = EventBuilder(play.library, play.case, play.context(OFFICER))
            edition = play.library[play.track("referral").edition]
            match = edition.find("send", ("draft",))
            assert match is not None
            facts, _ = form_data(builder, edition, match[0].form, data, track=play.track("referral"))
            assert facts["documents"] == documents
        else:
            with pytest.raises(InvalidForm):
                play.fire("send", data=data, on=play.track("referral"))


# --- while a stop is being decided -----------------------------------------------------------------------------------


def test_while_a_stop_is_decided_nothing_is_handed_to_a_provider(play: Play) -> None:
    play.fire("refer")
    play.fire("stop", COMPLIANCE)
    with pytest.raises(Refused):
        play.fire("send", data={"provider": LAB}, on=play.track("referral"))
    assert not play.offer("send").allowed
    play.fire("cancel", on=play.track("referral"))


def test_while_a_stop_is_decided_nothing_comes_back_to_a_provider(play: Play) -> None:
    accept(play)
    play.fire("suspend", on=play.track("referral"))
    play.fire("stop", COMPLIANCE)
    with pytest.raises(Refused):
        play.fire("go_on", on=play.track("referral"))
    play.complete("decide_stop", SECOND_COMPLIANCE, decision="refuse", reason="All is well.")
    play.fire("go_on", on=play.track("referral"))
    assert play.track("referral").states == ("accepted",)


def test_while_a_stop_is_decided_a_provider_takes_nothing_up_again(play: Play) -> None:
    accept(play)
    play.fire("weigh", PROVIDER, on=play.track("fix"))
    theirs = replace(PROVIDER, organisation=LAB)
    play.do(Suspend(play.task("weighing").id, "2026-03-10", "other", "They are away."), theirs)
    play.fire("stop", COMPLIANCE)
    with pytest.raises(Refused):
        play.do(Resume(play.task("weighing").id), theirs)
