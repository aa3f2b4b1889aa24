"""What one party handed in reaches whom it was granted to and who reads the case; the other party's reaches nobody else."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from flask import Flask
from sqlalchemy import Engine

from casework.operations.documents.storage import DocumentStore
from casework.records.database import transaction
from tests.security.test_canaries import words_of
from tests.security.test_lost_sight import Scene
from tests.support.file_makers import PDF
from tests.support.samples import Sample, a_third
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


def papers_of(scene: Scene) -> list[str]:
    """The links to both papers."""
    papers = (scene.ids["mine"], scene.ids["document"])
    forms = ("/documents/{}", "/documents/{}/1", "/api/v1/documents/{}/versions/1")
    return [form.format(paper) for paper in papers for form in forms]


def links_of(scene: Scene) -> list[str]:
    """The links to everything of the case, and to both papers."""
    return list(dict.fromkeys([*scene.links(), *papers_of(scene)]))


def met(scene: Scene, who: str, links: Iterable[str]) -> list[tuple[str, str]]:
    """The links that show words of a paper to somebody, each with the words."""
    browser, bearer, found = scene.browser(who), {"Authorization": f"Bearer {scene.world.tokens[who]}"}, []
    for link in links:
        answer = scene.app.test_client().get(link, headers=bearer) if link.startswith("/api/") else browser.get(link)
        words = words_of(answer)
        found += [(link, one) for one in (*NEED, *TECHNOLOGY) if one in words]
    return found


def test_whom_one_partys_paper_was_given_to_meets_nothing_of_the_other_partys(scene: Scene) -> None:
    shown = met(scene, "provider", links_of(scene))
    assert f"/documents/{scene.ids['mine']}/1" in [link for link, one in shown if one in NEED]
    assert [(link, one) for link, one in shown if one in TECHNOLOGY] == []


OUTSIDE = ("foreign_provider", "verifier", "observer", "administrator", "dispute_officer", "foreign_officer")


@a_third
@pytest.mark.parametrize("who", OUTSIDE)
def test_whoever_does_not_read_the_case_meets_neither(scene: Scene, who: str, sample: Sample) -> None:
    asked = [*sample.falling_to(who, OUTSIDE, links_of(scene)), *papers_of(scene)]
    assert met(scene, who, dict.fromkeys(asked)) == []
