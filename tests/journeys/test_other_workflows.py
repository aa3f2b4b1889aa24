"""The whole stack on other workflows in other words: nothing of what Casework does hangs on how the pilot calls it.

A package of its own is published, stored and worked with: by the pages, in the queues, in a provider's inbox, by what people
are told, by the verification of the history.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, text

from casework import definitions
from casework.commands.workflow import workflow
from casework.definitions import file_name
from casework.engine.definition.publisher import publish
from casework.engine.parts import REFERRAL
from casework.operations.core.editions import store_editions
from casework.operations.integrations.service_account_scopes import ANSWER, DELIVER, scope_of_transition
from casework.operations.notifications.service import tell_due
from casework.operations.people import registry
from casework.operations.referrals.fhir import fhir_task
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.lending import DEFINITIONS
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, build_world, today

NAMES = {name for one in map(publish, DEFINITIONS) for name in (*one.states, *(rule.name for rule in one.transitions))}


@pytest.fixture
def lending(tmp_path: Path, owner_engine: Engine) -> Iterator[None]:
    """The package is installed instead of the pilot's, published by the command, and alone in the database."""
    # What figures count is the pilot's all the same: that package says nothing of it.
    definitions.load_figure_names()
    with pytest.MonkeyPatch.context() as patch:
        package = EntryPoint("lending", "tests.support.lending", definitions.GROUP)
        patch.setattr(definitions, "_points", lambda: [package])
        patch.setattr(definitions, "_stored", {})
        patch.setattr(definitions, "published_folders", lambda: [tmp_path / "published"])
        patch.setattr("casework.commands.workflow.published_folder", lambda definition: tmp_path / "published")
        (tmp_path / "published").mkdir()
        forget_definitions()
        yield from _published(owner_engine)
    # Once all is as it was: what is asked for meanwhile would stay.
    forget_definitions()


def forget_definitions() -> None:
    """Let what this process has read of the installed packages be read again."""
    for one in (definitions.load_definitions, definitions.load_audited, definitions.load_library):
        one.cache_clear()


def _published(owner_engine: Engine) -> Iterator[None]:
    said = CliRunner().invoke(workflow, ["publish"])
    assert (said.exit_code, said.output.count("is written.")) == (0, len(DEFINITIONS)), said.output
    assert CliRunner().invoke(workflow, ["check"]).exit_code == 0
    with transaction(owner_engine) as db:
        db.execute(text("DELETE FROM editions"))
        assert store_editions(db) == []
    yield


@pytest.fixture
def lent(lending: None, engine: Engine) -> World:
    """The small world, and a house that crates."""
    with transaction(engine) as db:
        world = build_world(db)
        world.organisations["house"] = registry.register_organisation(
            db, name="House of Crates", kind="provider", services=("crating",)
        )
        world.add_person(db, "crater")
        registry.grant_role(db, world.people["crater"], "provider", organisation=world.organisations["house"])
    return world


@pytest.fixture
def enter(app: Flask, lent: World) -> Callable[[str], Browser]:
    def enter(name: str) -> Browser:
        browser = Browser(app.test_client())
        assert browser.sign_in(f"{name}@example.org").status_code == 303
        return browser

    return enter


def press(browser: Browser, page: str, path: str, **fields: str) -> str:
    """Fill in the form that stands on a page and send it; gives the page that follows."""
    opened = browser.get(page)
    assert opened.status_code == 200, page
    inside = next(
        form
        for form in re.findall(r"<form.*?</form>", opened.text, re.DOTALL)
        if f'action="{path}"' in form or page == path
    )
    sent = read_page(inside if page != path else opened.text).sent.to_dict()
    sent |= {f"f-{name}": value for name, value in fields.items()}
    answer = browser.flask.post(path, data=sent, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def states(engine: Engine) -> dict[str, list[str]]:
    with transaction(engine) as db:
        return {row.workflow: list(row.states) for row in db.execute(text("SELECT workflow, states FROM tracks"))}


def track_of(engine: Engine, name: str) -> str:
    with transaction(engine) as db:
        return str(db.execute(text("SELECT id FROM tracks WHERE workflow = :name"), {"name": name}).scalar_one())


def notices(engine: Engine, world: World, name: str) -> set[tuple[str, str | None]]:
    """What a person was told: of which kind, and in the words of which action."""
    tell_due(engine, mailing=False)
    with transaction(engine) as db:
        rows = db.execute(
            text("SELECT kind, words FROM notifications WHERE person_id = CAST(:id AS uuid)"),
            {"id": world.people[name]},
        )
        return {(row.kind, row.words) for row in rows}


def test_no_name_of_it_is_one_of_the_pilots() -> None:
    pilot = {
        name
        for one in definitions.load_library().editions.values()
        for name in (one.workflow, *one.states, *(rule.name for rule in one.transitions), *one.tasks)
    }
    assert not {*NAMES, *(publish(one).workflow for one in DEFINITIONS)} & pilot


def test_a_case_of_other_workflows_goes_from_its_opening_to_its_end(
    engine: Engine, lent: World, enter: Callable[[str], Browser]
) -> None:
    officer, crater = enter("officer"), enter("crater")
    with transaction(engine) as db:
        number = lent.open_case(db)
    main = track_of(engine, "loan")
    case = f"/cases/{number}"
    assert "Wished for" in officer.get(case).text
    assert "Wished for" in officer.get("/cases").text

    step = f"{case}/tracks/{main}"
    assert "You looked after the loan" in press(officer, f"{step}/look_after", f"{step}/look_after")
    queue = officer.get("/queues").text + officer.get("/").text
    assert "Note its condition" in queue
    task = re.search(r"/tasks/([0-9a-f-]{36})", officer.get(case).text)
    assert task is not None
    with transaction(engine) as db:
        noting = db.execute(text("SELECT id FROM tasks WHERE name = 'note_condition'")).scalar_one()
    press(officer, f"/tasks/{noting}", f"/tasks/{noting}/complete", sound="yes")
    press(officer, f"{step}/let_go", f"{step}/let_go")
    assert states(engine) == {"loan": ["in_transit"], "errand": ["sketch"]}

    # What is not dispatched is nothing to anybody outside.
    errand = track_of(engine, "errand")
    page = f"/referrals/{errand}"
    assert crater.get(page).status_code == 404
    wanted = (today() + timedelta(days=20)).isoformat()
    send = f"{case}/tracks/{errand}/dispatch"
    press(officer, send, send, house=lent.organisations["house"], wanted_on=wanted)
    assert page in crater.get("/").text
    assert notices(engine, lent, "crater") == {("offer", "transitions.dispatch.done")}
    assert enter("provider").get(page).status_code == 404

    press(crater, page, f"{page}/{errand}/undertake")
    assert page in crater.get("/referrals/working").text
    crating = track_of(engine, "crating")
    for name in ("measured", "nailed"):
        press(crater, f"{page}/{crating}/{name}", f"{page}/{crating}/{name}")
    assert states(engine)["errand"] == ["underway"]
    press(crater, f"{page}/{errand}/bring_in", f"{page}/{errand}/bring_in")
    assert ("delivery", "transitions.bring_in.done") in notices(engine, lent, "officer")
    assert page in crater.get("/referrals/delivered").text
    like = f"{case}/tracks/{errand}/like"
    press(officer, like, like)
    press(officer, f"{step}/shelve", f"{step}/shelve")
    assert states(engine) == {"loan": ["on_shelf"], "errand": ["fulfilled"], "crating": ["nailed_up"]}

    with transaction(engine) as db:
        told = fhir_task(db, lent.actor(db, "officer"), errand)
    assert told["status"] == "completed"
    for path in (case, f"{case}/history", f"{case}/paths", "/cases?state=on_shelf", "/providers"):
        assert officer.get(path).status_code in (200, 404), path
    assert "dispatched the errand" in officer.get(case).text + officer.get(f"{case}/history").text
    # The pilot's editions were taken away behind the log that tells of them.
    assert [one for one in verify_all(engine) if one.table != "editions"] == []


def test_a_providers_own_system_needs_the_scopes_that_the_definition_names(lending: None) -> None:
    assert [scope_of_transition(name) for name in ("undertake", "spurn", "bring_in")] == [ANSWER, ANSWER, DELIVER]


def test_the_files_hold_the_editions(lending: None, tmp_path: Path) -> None:
    library = definitions.load_library()
    assert {file_name(one) for one in library.editions.values()} == {
        one.name for one in (tmp_path / "published").iterdir()
    }
    asked = library.playing(REFERRAL)
    assert asked is not None
    assert asked.workflow == "errand"
