"""The page of a decision: one button for each answer, what is settled stays as it was asked for, and nothing is decided blindly."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.engine.state.case import Task
from casework.operations.cases import side_tasks
from casework.operations.core.perform import home_of
from casework.operations.tasks import service
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.file_makers import PDF
from tests.support.pages import read_page
from tests.support.way_to_referral import to_plan, to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.tasks.decisions import done, of_case, offered, open_task, press

Enter = Callable[[str], Browser]


@pytest.fixture
def plan(engine: Engine, world: World) -> tuple[str, Task]:
    with transaction(engine) as db:
        number = to_plan(world, db)
    return number, open_task(engine, number, "decide_plan")


@pytest.fixture
def waiver(engine: Engine, world: World) -> tuple[str, Task]:
    """A waiver of the officer's, at a case that is being structured."""
    with transaction(engine) as db:
        number = to_plan(world, db)
        plan = next(t for t in load(db, home_of(db, number), "case").open_tasks() if t.name == "decide_plan")
        assert plan
        world.fire(db, "supervisor", number, "approve_plan")
        world.fire(
            db, "officer", number, "waive_assessment", {"reason": "provider_not_available", "note": "None is free."}
        )
        pending = next(t for t in load(db, home_of(db, number), "case").open_tasks() if t.type == "decision")
        service.complete_task(
            db,
            world.actor(db, "supervisor"),
            pending.id,
            data={"decision": "confirm"},
            happened_on=None,
            request=new_request(),
        )
        ask(world, db, number, "ask_waiver", what="ip", reason="The register is closed.")
    return number, open_task(engine, number, "decide_waiver")


def ask(world: World, db: Any, number: str, name: str, **said: Any) -> None:
    """Add a task for oneself and finish it."""
    officer = world.actor(db, "officer")
    added = side_tasks.add_task(
        db,
        officer,
        home_of(db, number),
        "case",
        world.main_track(db, number),
        task=name,
        about=None,
        request=new_request(),
    )
    task = added.answer["tasks"][0]
    service.complete_task(db, officer, task, data=said, happened_on=None, request=new_request())


def test_a_plan_has_a_button_for_each_answer_and_shows_what_is_planned_and_on_which_evidence(
    browser_for: Enter, plan: tuple[str, Task], world: World
) -> None:
    number, task = plan
    page = browser_for("supervisor").get(f"/decisions/{task.id}").text
    assert offered(page) == ["fire:approve_plan", "complete"]
    for words in (
        "Approve the plan",
        "Return the plan",
        number,
        "What changes",
        "Evidence",
        "conditions of the rule are met",
    ):
        assert words in page
    assert "The case goes from “" in page
    # Skipping was not asked for: it is named, with the reason, and is no button.
    assert '<details class="not-yet">' in page
    assert "Approve the plan without an assessment" in page


def test_the_list_and_the_task_lead_there(browser_for: Enter, plan: tuple[str, Task]) -> None:
    supervisor, path = browser_for("supervisor"), f"/decisions/{plan[1].id}"
    assert f'href="{path}"' in supervisor.get("/decisions").text
    answer = supervisor.flask.get(f"/tasks/{plan[1].id}")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)


def test_approving_moves_the_case(browser_for: Enter, engine: Engine, plan: tuple[str, Task]) -> None:
    number, task = plan
    assert press(browser_for("supervisor"), task.id, "fire:approve_plan", "It is sound.").status_code == 303
    done(engine, number, task)
    case = of_case(engine, number)
    assert case.main.states == ("assessment",)
    assert "decide_plan" not in {task.name for task in case.open_tasks()}


def test_returning_takes_a_reason(browser_for: Enter, engine: Engine, plan: tuple[str, Task]) -> None:
    number, task = plan
    refused = press(browser_for("supervisor"), task.id, "complete")
    assert refused.status_code == 422
    assert 'id="reason-fault"' in refused.text
    assert of_case(engine, number).tasks[task.id].open
    assert press(browser_for("supervisor"), task.id, "complete", "Name the day.").status_code == 303
    assert done(engine, number, task).state == "Completed"
    assert open_task(engine, number, "service_plan")


def test_no_button_is_no_answer(browser_for: Enter, engine: Engine, plan: tuple[str, Task]) -> None:
    for answer in ("", "fire:close", "granted:yes"):
        refused = press(browser_for("supervisor"), plan[1].id, answer, "Because.")
        assert refused.status_code == 422
        assert "Press one of the buttons." in refused.text
        # What was typed is kept.
        assert "Because." in refused.text
    assert of_case(engine, plan[0]).tasks[plan[1].id].open


def test_who_asked_sees_no_button_and_is_refused(browser_for: Enter, engine: Engine, plan: tuple[str, Task]) -> None:
    officer = browser_for("officer")
    assert offered(officer.get(f"/decisions/{plan[1].id}").text) == []
    assert press(officer, plan[1].id, "fire:approve_plan").status_code == 403
    assert press(officer, plan[1].id, "").status_code == 403
    assert of_case(engine, plan[0]).tasks[plan[1].id].open


def test_a_provider_does_not_see_the_page(browser_for: Enter, plan: tuple[str, Task]) -> None:
    assert browser_for("provider").flask.get(f"/decisions/{plan[1].id}").status_code == 404


def test_what_moved_meanwhile_is_shown_before_anything_is_decided(
    browser_for: Enter, engine: Engine, world: World, plan: tuple[str, Task]
) -> None:
    number, task = plan
    supervisor = browser_for("supervisor")
    sent = dict(read_page(supervisor.get(f"/decisions/{task.id}").text).sent)
    with transaction(engine) as db:
        ask(
            world,
            db,
            number,
            "service_plan",
            payer="programme",
            skip_assessment=True,
        )
    for answer in ("fire:approve_plan", "complete"):
        said = supervisor.flask.post(f"/decisions/{task.id}", data=sent | {"answer": answer, "reason": "No."})
        assert said.status_code == 409
        assert "What changed meanwhile" in said.text
    assert of_case(engine, number).main.states == ("scoping",)


def test_what_is_decided_once_is_not_decided_again(browser_for: Enter, engine: Engine, plan: tuple[str, Task]) -> None:
    supervisor = browser_for("supervisor")
    sent = dict(read_page(supervisor.get(f"/decisions/{plan[1].id}").text).sent)
    assert press(supervisor, plan[1].id, "complete", "Name the day.").status_code == 303
    late = supervisor.flask.post(
        f"/decisions/{plan[1].id}", data=sent | {"answer": "fire:approve_plan", "key": "another-key-of-this-form"}
    )
    assert late.status_code == 409
    assert offered(late.text) == []


@pytest.mark.parametrize(("answer", "reason"), [("fire:approve_plan", ""), ("complete", "Name the day.")])
def test_a_button_pressed_twice_answers_as_the_first_time(
    browser_for: Enter, engine: Engine, plan: tuple[str, Task], answer: str, reason: str
) -> None:
    number, task = plan
    supervisor, page = browser_for("supervisor"), f"/decisions/{task.id}"
    sent = dict(read_page(supervisor.get(page).text).sent) | {"answer": answer, "reason": reason}
    first, words = supervisor.flask.post(page, data=sent), []
    for _ in range(2):
        again = supervisor.flask.post(page, data=sent)
        assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])
        words.append(supervisor.get(again.headers["Location"]).text.split('role="status"')[1].split("</div>")[0])
    assert words[0] == words[1]
    # The same key with another answer is refused, and decides nothing.
    other = supervisor.flask.post(page, data=sent | {"answer": "complete", "reason": "Otherwise."})
    assert other.status_code == 422
    done(engine, number, task)
    events = [event for event in of_case(engine, number).tasks.values() if event.name == "decide_plan"]
    assert len(events) == 1


def test_who_declared_an_interest_is_not_told_that_they_had_asked(
    browser_for: Enter, engine: Engine, world: World, plan: tuple[str, Task]
) -> None:
    with transaction(engine) as db:
        mine = {"person": world.people["supervisor"], "n": plan[0]}
        db.execute(text("UPDATE cases SET interests = ARRAY[CAST(:person AS text)] WHERE number = :n"), mine)
    page = browser_for("supervisor").get(f"/decisions/{plan[1].id}").text
    assert offered(page) == []
    assert "You have declared an interest in this case." in page
    assert "You asked for it" not in page
    # Who has no part in it at all reads who decides.
    assert "It is decided by: supervisor." in browser_for("officer").get(f"/decisions/{plan[1].id}").text


def test_what_is_asked_to_be_waived_is_told_and_cannot_be_changed(
    browser_for: Enter, engine: Engine, waiver: tuple[str, Task]
) -> None:
    number, task = waiver
    supervisor = browser_for("supervisor")
    page = supervisor.get(f"/decisions/{task.id}").text
    assert offered(page) == ["granted:yes", "granted:no"]
    for words in (
        "Grant the waiver",
        "Refuse the waiver",
        "The register is closed.",
        "The check of intellectual property",
    ):
        assert words in page
    assert 'name="f-what"' not in page
    assert 'name="f-granted"' not in page
    assert (
        press(supervisor, task.id, "granted:yes", "As asked.", **{"f-what": "pledge", "f-granted": "no"}).status_code
        == 303
    )
    assert done(engine, number, task).result == {"what": "ip", "granted": True}


def test_refusing_a_waiver_takes_a_reason(browser_for: Enter, engine: Engine, waiver: tuple[str, Task]) -> None:
    number, task = waiver
    assert press(browser_for("supervisor"), task.id, "granted:no").status_code == 422
    assert press(browser_for("supervisor"), task.id, "granted:no", "It is needed.").status_code == 303
    assert done(engine, number, task).result == {"what": "ip", "granted": False}


@pytest.mark.parametrize("answer", ["granted:yes", "granted:no"])
def test_more_time_is_granted_for_the_tasks_that_were_asked_about(
    browser_for: Enter, engine: Engine, world: World, answer: str
) -> None:
    with transaction(engine) as db:
        number = to_plan(world, db)
        late = next(t for t in load(db, home_of(db, number), "case").open_tasks() if t.name == "kick_off")
        ask(world, db, number, "ask_more_time", tasks=[late.id], how="anew", reason="They are abroad.")
    task = open_task(engine, number, "decide_more_time")
    page = browser_for("supervisor").get(f"/decisions/{task.id}").text
    assert 'name="f-tasks"' not in page
    # The tasks are named, and what is granted says where it is known from.
    assert "Hold the first meeting" in page
    assert "something that is not there any more" not in page
    assert "From “Ask for more time” of" in page
    assert press(browser_for("supervisor"), task.id, answer, "So be it.", **{"f-tasks": task.id}).status_code == 303
    result = done(engine, number, task).result
    assert result["tasks"] == [late.id]
    assert result.get("how") == ("anew" if answer == "granted:yes" else None)


def test_a_hold_is_reviewed_with_a_button_for_each_choice(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        hold = {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "The budget."}
        world.fire(db, "officer", number, "hold", hold)
    task = open_task(engine, number, "review_hold")
    page = browser_for("supervisor").get(f"/decisions/{task.id}").text
    assert offered(page) == ["decision:wait", "decision:resume", "decision:close"]
    assert "The budget." in page
    assert press(browser_for("supervisor"), task.id, "decision:resume").status_code == 303
    assert done(engine, number, task).result == {"decision": "resume"}


def test_a_risk_is_accepted_with_the_partys_own_paper(
    browser_for: Enter, engine: Engine, world: World, plan: tuple[str, Task]
) -> None:
    number, supervisor = plan[0], browser_for("supervisor")
    with transaction(engine) as db:
        ask(world, db, number, "service_plan", payer="programme", skip_assessment=True)
    task = open_task(engine, number, "decide_plan")

    def skip(**more: Any) -> int:
        page = dict(read_page(supervisor.get(f"/decisions/{task.id}").text).sent)
        own = {f"own-fire-skip_assessment.{name}": said for name, said in {"f-reason": "risk_accepted", **more}.items()}
        sent = page | own | {"answer": "fire:skip_assessment", "reason": "Both plants run."}
        return supervisor.flask.post(f"/decisions/{task.id}", data=sent, content_type="multipart/form-data").status_code

    assert skip() == 422
    assert of_case(engine, number).main.states == ("scoping",)
    letter = {"u-evidence": (io.BytesIO(PDF), "letter.pdf"), "evidence-f-whose": "need_owner"}
    assert skip(**letter) == 303
    case = of_case(engine, number)
    [paper] = case.main.fired["skip_assessment"].data["evidence"]
    assert case.documents[paper].party == "need_owner"


def test_words_that_an_answer_has_no_place_for_are_not_dropped_in_silence(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number = to_plan(world, db)
        world.fire(db, "supervisor", number, "approve_plan")
        world.fire(db, "officer", number, "waive_assessment", {"reason": "provider_not_available", "note": "None."})
    task = next(t for t in of_case(engine, number).open_tasks() if t.type == "decision")
    refused = press(browser_for("supervisor"), task.id, "confirm", "Well done.")
    assert refused.status_code == 422
    assert "takes no reason" in refused.text
    assert press(browser_for("supervisor"), task.id, "confirm").status_code == 303
    assert of_case(engine, number).main.states == ("structuring",)


def test_a_returned_plan_opens_with_its_earlier_answers_under_what_is_to_be_changed(
    browser_for: Enter, engine: Engine, plan: tuple[str, Task]
) -> None:
    number, task = plan
    assert press(browser_for("supervisor"), task.id, "complete", "Name who pays.").status_code == 303
    page = browser_for("officer").get(f"/tasks/{open_task(engine, number, 'service_plan').id}").text
    assert page.index("Name who pays.") < page.index('class="asks"')
    sent = read_page(page).sent
    assert (sent["f-payer"], sent["f-skip_assessment"]) == ("programme", "no")
    assert sent["f-assessment"]


@pytest.mark.parametrize("answer", ["fire:approve_plan", "complete", ""])
def test_who_proved_long_ago_is_asked_before_anything_is_decided(
    browser_for: Enter, engine: Engine, plan: tuple[str, Task], answer: str
) -> None:
    supervisor, number = browser_for("supervisor"), plan[0]
    sent = dict(read_page(supervisor.get(f"/decisions/{plan[1].id}").text).sent)
    with transaction(engine) as db:
        db.execute(text("UPDATE sessions SET proved_at = proved_at - interval '11 minutes'"))
    asked = supervisor.flask.post(f"/decisions/{plan[1].id}", data=sent | {"answer": answer, "reason": "Name the day."})
    assert "Confirm that it is you" in asked.text
    assert of_case(engine, number).tasks[plan[1].id].open
    assert of_case(engine, number).main.states == ("scoping",)


def test_a_waiver_that_is_decided_with_the_plan_stands_there_with_its_reason(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number = to_plan(world, db, nda={"status": "waiver_asked", "reason": "Nothing secret is shown."})
    page = browser_for("supervisor").get(f"/decisions/{open_task(engine, number, 'decide_plan').id}").text
    assert "Waivers asked for" in page
    assert "Nothing secret is shown." in page
