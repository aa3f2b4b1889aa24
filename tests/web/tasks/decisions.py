"""What tests of decisions ask and press."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from casework.engine.state.case import Case, Task
from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.web_client import Browser


def of_case(engine: Engine, number: str) -> Case:
    with transaction(engine) as db:
        return load(db, home_of(db, number), "case")


def open_task(engine: Engine, number: str, name: str) -> Task:
    return next(task for task in of_case(engine, number).open_tasks() if task.name == name)


def done(engine: Engine, number: str, task: Task) -> Task:
    case = of_case(engine, number)
    with transaction(engine) as db:
        assert verify_case(db, case.log) == []
    return case.tasks[task.id]


def press(browser: Browser, task: str, answer: str, reason: str = "", **more: str) -> Any:
    """Press the button of an answer, with the page's own values and `more` beside them."""
    sent = dict(read_page(browser.get(f"/decisions/{task}").text).sent) | more | {"answer": answer, "reason": reason}
    return browser.flask.post(f"/decisions/{task}", data=sent)


def offered(page: str) -> list[str]:
    """What the buttons of the page send."""
    return [part.split('"')[0] for part in page.split('name="answer" value="')[1:]]
