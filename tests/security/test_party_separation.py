"""What one party handed in reaches whom it was granted to and who reads the case; the other party's reaches nobody else."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine

from casework.operations.documents.storage import DocumentStore
from casework.records.database import transaction
from tests.security.test_canaries import words_of
from tests.security.test_lost_sight import Scene
from tests.support.file_makers import PDF
from tests.support.way_to_referral import to_referral
from tests.support.world import World

#: Of each party: the title, the file's name, and what is in it.
NEED = ("Canary-title-need-1N", "canary-file-need-2N.pdf", "Canary-content-need-3N")
TECHNOLOGY = ("Canary-title-technology-1T", "canary-file-technology-2T.pdf", "Canary-content-technology-3T")


@pytest.fixture
def scene(app: Flask, engine: Engine, world: World) -> Scene:
    """The lab was given a paper of the need owner and none of the technology owner."""
    document_store = DocumentStore(engine, app.extensions["casework.store"], app.extensions["casework.secret_box"])
    with transaction(engine) as db:
        number, referral = to_referral(world, db)
        world.accept(db, number, referral)
    mine, theirs = (
        world.hand_in(document_store, number, title=title, name=name, content=PDF + content.encode(), party=party)
        for party, (title, name, content) in (("need_owner", NEED), ("technology_owner", TECHNOLOGY))
    )
    with transaction(engine) as db:
        world.fire(db, "provider", number, "ask_info", {"items": "The figures"}, track=referral)
        world.fire(db, "officer", number, "supply_info", {"documents": [mine], "answer": "Here."}, track=referral)
    ids = {
        "number": number,
        "referral": referral,
        "track": referral,
        "document": theirs,
        "version": "1",
        "task": referral,
        "message": referral,
        "notification": referral,
        "provider": world.organisations["lab"],
    }
    return Scene(app, engine, world, ids | {"mine": mine})


def met(scene: Scene, who: str, canaries: tuple[str, ...]) -> list[str]:
    """The links to everything of the case, and to both papers, that show one of these words to somebody."""
    browser, bearer, found = scene.browser(who), {"Authorization": f"Bearer {scene.world.tokens[who]}"}, []
    mine = scene.ids["mine"]
    links = [*scene.links(), f"/documents/{mine}", f"/documents/{mine}/1", f"/api/v1/documents/{mine}/versions/1"]
    for link in links:
        answer = scene.app.test_client().get(link, headers=bearer) if link.startswith("/api/") else browser.get(link)
        if any(one in words_of(answer) for one in canaries):
            found.append(link)
    return found


def test_whom_one_partys_paper_was_given_to_meets_nothing_of_the_other_partys(scene: Scene) -> None:
    assert f"/documents/{scene.ids['mine']}/1" in met(scene, "provider", NEED)
    assert met(scene, "provider", TECHNOLOGY) == []


@pytest.mark.parametrize(
    "who", ["foreign_provider", "verifier", "observer", "administrator", "dispute_officer", "foreign_officer"]
)
def test_whoever_does_not_read_the_case_meets_neither(scene: Scene, who: str) -> None:
    assert met(scene, who, (*NEED, *TECHNOLOGY)) == []
