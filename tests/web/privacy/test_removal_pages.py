"""The pages of a removal, from what would go to what is gone; and the page of a case whose contents are gone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from casework.engine.retention import ARCHIVED, REMOVED
from casework.operations.documents.key_material import document_store_of
from casework.operations.privacy.legal_holds import place_hold
from casework.operations.privacy.removing import carry_on
from casework.operations.verification.archiving import Archive, list_archived
from casework.records.database import transaction
from casework.settings import Settings
from casework.web.app import create_app
from tests.operations.privacy.removal_scene import CANARY, LATER, Scene, set_scene
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.cases.two_cases import words_of


@pytest.fixture
def scene(
    request: pytest.FixtureRequest, engine: Engine, superuser_engine: Engine, settings: Settings, world: World
) -> Iterator[Scene]:
    fate = getattr(request, "param", REMOVED)
    made = set_scene(engine, superuser_engine, settings, world, document_store_of(engine, settings), fate=fate)
    yield made
    made.engine.dispose()


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


@pytest.fixture
def app(scene: Scene, settings: Settings) -> Iterator[Flask]:
    """The application at the time at which the cases are due."""
    made = create_app(settings.model_copy(update={"clock_offset": LATER}))
    yield made
    made.extensions["casework"].dispose()


def test_from_what_would_go_to_what_is_gone(scene: Scene, browser_for: Callable[[str], Browser]) -> None:
    first, second = scene.numbers
    at = f"/programmes/{scene.programme}/settings/removals"
    supervisor, administrator, auditor = browser_for("supervisor"), browser_for("administrator"), browser_for("auditor")
    assert at in supervisor.get("/retention").text
    assert "Nothing was proposed for removal yet." in words_of(auditor.get(at).text)
    assert "Propose a removal" not in auditor.get(at).text
    # What would go, by class and by case; proposed with a reason.
    form = supervisor.get(f"{at}/propose").text
    assert first in form
    assert second in form
    assert "Enter" in words_of(supervisor.post(f"{at}/propose", {"revision": hidden(form, "revision")}).text)
    given = {"f-reason": "Its years are over.", "revision": hidden(form, "revision")}
    told = words_of(supervisor.post(f"{at}/propose", given, follow=True).text)
    assert "Supervisor proposes to remove the contents of 2 cases" in told
    assert "You may take it back." in told
    # Who proposed does not agree, and takes it back with a reason; then it is proposed again.
    sent = {"note": "", "seen": hidden(supervisor.get(at).text, "seen")}
    assert supervisor.post(at, sent | {"decision": "agree", "sure": "yes"}).status_code == 403
    assert supervisor.post(at, sent | {"decision": "refuse"}).status_code == 422
    back = words_of(supervisor.post(at, sent | {"decision": "refuse", "note": "A mistake."}, follow=True).text)
    assert "You did not agree: nothing is removed." in back
    given["revision"] = hidden(supervisor.get(f"{at}/propose").text, "revision")
    supervisor.post(f"{at}/propose", given)
    # The second person reads the list, and confirms that nothing brings it back.
    page = administrator.get(at).text
    assert first in page
    assert f"/cases/{first}" not in page, "whoever does not read cases is led to none"
    assert f"/cases/{first}" in auditor.get(at).text
    sent = {"decision": "agree", "note": "", "seen": hidden(page, "seen")}
    unsure = administrator.post(at, sent)
    assert unsure.status_code == 422
    assert "Confirm that you know that a removal cannot be undone." in words_of(unsure.text)
    assert administrator.post(at, sent | {"decision": ""}).status_code == 422
    done = words_of(administrator.post(at, sent | {"sure": "yes"}, follow=True).text)
    assert "0 of 2 removed, 0 left out · 2 wait for the worker" in done
    assert "Propose a removal" not in supervisor.get(at).text
    # One is held meanwhile, and is left out with the reason; the page of the other one says what became of it.
    with transaction(scene.engine) as db:
        by = scene.world.actor(db, "compliance")
        place_hold(db, by, programme=scene.programme, case=second, reason="A suit.", request=new_request())
    assert carry_on(scene.engine, scene.programme) == 1
    page = words_of(auditor.get(at).text)
    assert "1 of 2 removed, 1 left out" in page
    # Nothing is due now: that is said, also to whoever sends the form from before.
    assert "No case may be removed today" in supervisor.get(f"{at}/propose").text
    late = supervisor.post(f"{at}/propose", given)
    assert late.status_code == 409
    assert "left out a legal hold stands on it" in page
    assert first not in auditor.get(f"{at}?state=left").text
    assert second in auditor.get(f"{at}?state=left").text
    assert auditor.get(f"{at}?state=other").status_code == auditor.get(f"{at}?of=1").status_code == 404
    gone = supervisor.get(f"/cases/{first}").text
    assert "The contents of this case were removed under retention on" in gone
    assert CANARY not in gone
    assert "/tracks/" not in gone, "no action is offered"


@pytest.mark.parametrize("scene", [ARCHIVED], indirect=True)
def test_what_goes_into_the_archive_is_told_before_and_after(
    scene: Scene, settings: Settings, browser_for: Callable[[str], Browser]
) -> None:
    at, administrator = f"/programmes/{scene.programme}/settings/removals", browser_for("administrator")
    supervisor = browser_for("supervisor")
    assert "1 year after closing, then in the archive" in words_of(supervisor.get("/retention").text)
    assert "goes into the archive" in words_of(supervisor.get(f"{at}/propose").text)
    with transaction(scene.engine) as db:
        seen = scene.propose(db)
    page = words_of(administrator.get(at).text)
    assert "Every word and every document of 2 cases goes into a sealed file of the archive" in page
    assert "Supervisor proposes to put the contents of 2 cases into the archive" in page
    assert "Nobody can bring them back" not in page
    assert "would go into the archive" in page
    with transaction(scene.engine) as db:
        scene.decide(db, seen)
    assert carry_on(scene.engine, scene.programme, Archive(scene.engine, settings)) == 2
    page = words_of(administrator.get(at).text)
    assert "0 of 2 removed, 2 put into the archive, 0 left out" in page
    assert scene.numbers[0] in administrator.get(f"{at}?state=archived").text
    assert scene.numbers[0] not in administrator.get(f"{at}?state=removed").text
    with transaction(scene.engine) as db:
        one = list_archived(db, scene.numbers[0])[0]
    gone = supervisor.get(f"/cases/{one.number}").text
    assert "went into the archive under retention on" in words_of(gone)
    assert one.sealed["file"] in gone
    assert CANARY not in gone
    assert "The contents of the case went into the archive" in words_of(gone), "its history says so too"
