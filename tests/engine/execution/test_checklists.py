"""Checklists of tasks: from the definition and one's own, ticked and unticked, required before the task is finished."""

from __future__ import annotations

import pytest

from casework.engine.definition.forms import Form, Text
from casework.engine.definition.grammar import EXCEPTION, Final, Item, State, Task, Workflow, working_days
from casework.engine.execution.checklists import MOST, items_of
from casework.engine.execution.task_commands import AddItem, Claim, Complete, Delegate, HandBack, Tick
from casework.engine.roles import Role
from casework.engine.state.case import COMPLETED
from casework.engine.state.projection import fold
from casework.errors import InvalidForm, ItemsUnticked, NotAllowed, NotFound, WrongState
from casework.ledger.canonical_json import instant
from tests.engine.toys import OFFICER as OFFICER_1
from tests.engine.toys import SECOND_OFFICER, Play
from tests.engine.toys import SUPERVISOR as BOSS


class Answer(Form):
    answer = Text(label="Answer")


look = Task(
    "look",
    "Look closely",
    Role.OFFICER,
    working_days(5),
    Answer,
    checklist=(Item("front", "The front"), Item("back", "The back", required=False), Item("lid", "The lid")),
)


class Toy(Workflow):
    """One step with a checklist, and side tasks with and without one."""

    workflow = "toy"
    work = State(
        "Work",
        Role.OFFICER,
        working_days(3),
        "Work",
        checklist=(Item("swept", "Swept"), Item("dusted", "Dusted", required=False)),
    )
    done = Final("Done")
    dropped = Final("Dropped")
    finish = work.to(done, by=Role.OFFICER)
    drop = work.to(dropped, by=Role.OFFICER, kind=EXCEPTION)
    opens = (look, Task("screening", "Screen", Role.COMPLIANCE, working_days(5), Answer))


DATA = {"answer": "Well."}


@pytest.fixture
def case() -> Play:
    return Play(Toy).start(owner="officer-1", team=["officer-2"])


def named(case: Play, name: str) -> str:
    return next(task.id for task in case.case.tasks.values() if task.name == name)


def listed(case: Play, task: str) -> list[tuple[str | None, bool]]:
    one = case.case.tasks[task]
    return [
        (item.text and item.text.rsplit(".", 1)[-1], item.done) for item in items_of(case.library[one.edition], one)
    ]


def test_a_task_begins_with_the_items_of_its_definition(case: Play) -> None:
    assert listed(case, named(case, "look")) == [("front", False), ("back", False), ("lid", False)]


def test_a_tick_says_who_and_when(case: Play) -> None:
    task = named(case, "look")
    case.do(Tick(task, "front"), SECOND_OFFICER)
    told = case.case.tasks[task].items["front"]
    assert (told["done"], told["by"], told["at"]) == (True, SECOND_OFFICER.person, instant(case.events[-1].at))


def test_a_tick_is_taken_away(case: Play) -> None:
    task = named(case, "look")
    case.do(Tick(task, "front"))
    case.do(Tick(task, "front", done=False))
    assert listed(case, task)[0] == ("front", False)


def test_own_items_follow_in_the_order_in_which_they_were_added(case: Play) -> None:
    task = named(case, "look")
    case.do(AddItem(task, "The handle"))
    case.do(AddItem(task, "The key"))
    case.do(Tick(task, list(case.case.tasks[task].items)[1]))
    assert listed(case, task)[3:] == [(None, False), (None, True)]


def test_the_words_of_an_own_item_stand_in_the_body_alone(case: Play) -> None:
    case.do(AddItem(named(case, "look"), "The handle of Mr Wang"))
    event = case.events[-1]
    assert (event.body["item"], "Wang" in str(event.effects)) == ("The handle of Mr Wang", False)


def test_what_is_required_is_ticked_before_the_task_is_finished(case: Play) -> None:
    task = named(case, "look")
    case.do(Tick(task, "front"))
    with pytest.raises(ItemsUnticked) as refused:
        case.do(Complete(task, DATA))
    assert [str(why) for why in refused.value.reasons] == ["The lid"]


def test_with_what_is_required_ticked_the_task_is_finished(case: Play) -> None:
    task = named(case, "look")
    case.do(Tick(task, "front"))
    case.do(Tick(task, "lid"))
    case.do(AddItem(task, "The handle"))
    case.do(Complete(task, DATA))
    assert case.case.tasks[task].state == COMPLETED


def test_a_finished_task_keeps_its_ticks_as_they_are(case: Play) -> None:
    task = named(case, "look")
    for item in ("front", "lid"):
        case.do(Tick(task, item))
    case.do(Complete(task, DATA))
    with pytest.raises(WrongState):
        case.do(Tick(task, "lid", done=False))


def test_what_is_delegated_comes_back_unticked_and_is_not_accepted_so(case: Play) -> None:
    task = named(case, "look")
    case.do(Claim(task))
    case.do(Delegate(task, SECOND_OFFICER.person, "Please."))
    case.do(HandBack(task, DATA), SECOND_OFFICER)
    with pytest.raises(ItemsUnticked):
        case.do(Complete(task, DATA))


def test_an_item_is_not_ticked_twice(case: Play) -> None:
    task = named(case, "look")
    case.do(Tick(task, "front"))
    with pytest.raises(WrongState):
        case.do(Tick(task, "front"))


def test_an_item_that_there_is_not_is_not_ticked(case: Play) -> None:
    with pytest.raises(NotFound):
        case.do(Tick(named(case, "look"), "side"))


def test_an_item_has_words(case: Play) -> None:
    with pytest.raises(InvalidForm):
        case.do(AddItem(named(case, "look"), "  "))


def test_a_list_has_an_end(case: Play) -> None:
    task = named(case, "look")
    for n in range(MOST):
        case.do(AddItem(task, f"Item {n}"))
    with pytest.raises(WrongState):
        case.do(AddItem(task, "One more"))


def test_a_step_begins_with_the_items_of_its_state_and_takes_own_ones(case: Play) -> None:
    task = named(case, "work")
    case.do(AddItem(task, "The handle"))
    assert listed(case, task) == [("swept", False), ("dusted", False), (None, False)]


def test_what_a_step_requires_is_ticked_before_it_goes_on(case: Play) -> None:
    with pytest.raises(ItemsUnticked) as refused:
        case.fire("finish")
    assert [str(why) for why in refused.value.reasons] == ["Swept"]
    (offer,) = (one for one in case.offers(OFFICER_1) if one.transition == "finish")
    assert [str(why) for why in offer.why_not] == ["Swept"]


def test_with_what_it_requires_ticked_a_step_goes_on(case: Play) -> None:
    case.do(Tick(named(case, "work"), "swept"))
    case.fire("finish")
    assert case.case.main.states == ("done",)


def test_a_way_out_stays_open_whatever_is_ticked(case: Play) -> None:
    case.fire("drop")
    assert case.case.main.states == ("dropped",)


def test_the_task_of_another_is_theirs_to_tick(case: Play) -> None:
    task = named(case, "look")
    case.do(Claim(task))
    with pytest.raises(NotAllowed):
        case.do(Tick(task, "front"), SECOND_OFFICER)


def test_a_colleague_of_another_queue_ticks_nothing(case: Play) -> None:
    with pytest.raises(NotAllowed):
        case.do(Tick(named(case, "screening"), "front"), BOSS)


def test_the_log_folds_to_the_same_list(case: Play) -> None:
    task = named(case, "look")
    case.do(Tick(task, "front"))
    case.do(AddItem(task, "The handle"))
    assert fold(case.events) == case.case
