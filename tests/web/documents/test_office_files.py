"""The office hands in with a form what the form asks for: whose paper it is stands beside the file, and survives a fault."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.operations.core.perform import home_of
from casework.operations.documents.upload_limits import MOST_FILES
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.file_makers import PDF
from tests.support.pages import read_page
from tests.support.way_to_referral import to_plan
from tests.support.web_client import Browser
from tests.support.world import today

Enter = Callable[[str], Browser]
pytestmark = pytest.mark.stage(play=to_plan)


@pytest.fixture
def meeting(staged: str, engine: Engine) -> tuple[str, str]:
    """A case, and its task of the first meeting, whose minutes are asked for."""
    with transaction(engine) as db:
        case = load(db, home_of(db, staged), "case")
    return staged, next(task.id for task in case.open_tasks() if task.name == "kick_off")


def send(browser: Browser, task: str, page: str | None = None, **more: Any) -> Any:
    read = read_page(page or browser.get(f"/tasks/{task}").text)
    sent: dict[str, Any] = {name: read.sent.getlist(name) for name in read.sent}
    return browser.flask.post(f"/tasks/{task}/complete", data=sent | more, content_type="multipart/form-data")


def file(n: int = 0) -> tuple[io.BytesIO, str]:
    return io.BytesIO(PDF + b"\n" * n), f"minutes {n}.pdf"


ANSWERS: dict[str, Any] = {
    "f-held_on": today().isoformat(),
    "f-need_owner_present": "yes",
    "f-technology_owner_present": "yes",
}


def papers(engine: Engine, number: str) -> list[tuple[str, str | None, bool]]:
    with transaction(engine) as db:
        assert verify_case(db, home_of(db, number)) == []
        case = load(db, home_of(db, number), "case")
    return [(one.kind, one.party, one.own) for one in case.documents.values()]


@pytest.mark.parametrize(
    ("whose", "party", "own"), [("need_owner", "need_owner", False), ("both", None, False), ("own", None, True)]
)
def test_a_paper_is_handed_in_with_its_task_as_whose_it_is(
    browser_for: Enter, engine: Engine, meeting: tuple[str, str], whose: str, party: str | None, own: bool
) -> None:
    number, task = meeting
    before, officer = papers(engine, number), browser_for("officer")
    answer = send(officer, task, **(ANSWERS | {"u-minutes": file(), "minutes-f-whose": whose}))
    assert answer.status_code == 303
    [paper] = [one for one in papers(engine, number) if one not in before]
    assert paper == ("report", party, own)
    with transaction(engine) as db:
        result = db.execute(text("SELECT result FROM tasks WHERE id = CAST(:id AS uuid)"), {"id": task}).scalar_one()
    assert len(result["minutes"]) == 1


def test_every_fault_is_told_at_once_and_the_file_is_kept_with_whose_it_is(
    browser_for: Enter, engine: Engine, meeting: tuple[str, str]
) -> None:
    number, task = meeting
    before, officer = papers(engine, number), browser_for("officer")
    chosen: dict[str, Any] = {"u-minutes": file()}
    unsaid = send(officer, task, **chosen)
    assert unsaid.status_code == 422
    assert 'id="f-whose-minutes-fault"' in unsaid.text
    assert 'id="f-held_on-fault"' in unsaid.text
    assert re.search(r"minutes 0\.pdf.*kept from your first try", unsaid.text, re.S)
    # What was chosen stays; whose it is is said of it afterwards.
    refused = send(officer, task, unsaid.text, **{"minutes-f-whose": "need_owner"})
    assert refused.status_code == 422
    assert re.search(r"minutes 0\.pdf.*The need owner.*kept from your first try", refused.text, re.S)
    assert papers(engine, number) == before
    assert send(officer, task, refused.text, **ANSWERS).status_code == 303
    assert [one for one in papers(engine, number) if one not in before] == [("report", "need_owner", False)]


def test_of_more_files_than_are_taken_it_is_said_and_the_first_are_kept(
    browser_for: Enter, meeting: tuple[str, str]
) -> None:
    many = [file(n) for n in range(MOST_FILES + 1)]
    refused = send(browser_for("officer"), meeting[1], **(ANSWERS | {"u-minutes": many, "minutes-f-whose": "both"}))
    assert refused.status_code == 422
    assert f"Choose {MOST_FILES} files at most." in refused.text
    assert refused.text.count('name="held-minutes"') == MOST_FILES


def test_a_form_that_asks_for_no_paper_takes_none(browser_for: Enter, meeting: tuple[str, str]) -> None:
    officer, number = browser_for("officer"), meeting[0]
    (hold,) = set(re.findall(rf'href="(/cases/{number}/tracks/[^"]*/hold)"', officer.get(f"/cases/{number}").text))
    assert 'type="file"' not in officer.get(hold).text
    assert 'type="file"' in officer.get(f"/tasks/{meeting[1]}").text


def test_what_is_wrong_with_a_file_is_said_however_the_form_comes_back(
    browser_for: Enter, engine: Engine, meeting: tuple[str, str]
) -> None:
    """Also where another row is asked for without a script, and where the case has moved on."""
    number, task = meeting
    officer, before = browser_for("officer"), papers(engine, number)
    bad = (io.BytesIO(b"MZ" + b"\0" * 200), "minutes.exe")
    chosen: dict[str, Any] = ANSWERS | {"u-minutes": bad, "minutes-f-whose": "both"}
    form = officer.get(f"/tasks/{task}").text
    more = send(officer, task, form, **(chosen | {"_more": "f-minutes"}))
    assert 'id="f-minutes-fault"' in more.text
    chosen["u-minutes"] = (io.BytesIO(b"MZ" + b"\0" * 200), "minutes.exe")
    assert send(officer, task, form, **chosen).status_code == 422
    assert papers(engine, number) == before
