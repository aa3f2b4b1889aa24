"""Where files lie: the same content once in a compartment, swept away where no document names it, and closed without its key."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from casework.errors import FileMissing, StoreUnavailable
from casework.operations.core.encryption import SecretBox
from casework.operations.documents.storage import DocumentStore
from tests.operations.documents.test_service import Scene
from tests.support.file_makers import PDF
from tests.support.way_to_referral import to_referral
from tests.support.world import World

pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def scene(engine: Engine, world: World, document_store: DocumentStore, staged: tuple[str, str]) -> Scene:
    return Scene(engine, world, document_store, *staged)


def test_the_same_content_lies_there_once(scene: Scene) -> None:
    scene.hand_in()
    scene.hand_in()
    assert scene.lying() == 1


def test_the_same_content_of_two_parties_lies_there_twice(scene: Scene) -> None:
    scene.hand_in(party="need_owner")
    scene.hand_in(party="technology_owner")
    assert scene.lying() == 2


def test_a_file_whose_action_failed_is_swept_away(scene: Scene) -> None:
    scene.keep()
    scene.execute("UPDATE blobs SET touched_at = now() - interval '25 hours'")
    assert (scene.document_store.sweep(), scene.lying()) == (1, 0)


def test_the_broom_leaves_what_is_new_and_what_a_document_holds(scene: Scene) -> None:
    id = scene.hand_in().answer["id"]
    scene.execute("UPDATE blobs SET touched_at = now() - interval '25 hours'")
    scene.keep(PDF + b"%new")
    assert (scene.document_store.sweep(), scene.take("officer", id)) == (0, PDF)


def test_a_store_that_fails_leaves_no_document(scene: Scene, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.rmdir()
    folder.write_text("no folder")
    with pytest.raises(StoreUnavailable):
        scene.hand_in()
    assert scene.count("SELECT count(*) FROM files") == 0


def test_a_file_that_is_gone_says_so(scene: Scene) -> None:
    id = scene.hand_in().answer["id"]
    for place in scene.document_store.store.places():
        scene.document_store.store.delete(place)
    with pytest.raises(FileMissing):
        scene.take("officer", id)


def test_without_its_key_a_compartment_opens_no_more(scene: Scene) -> None:
    id = scene.hand_in().answer["id"]
    scene.document_store.secret_box = SecretBox(["another key, with which nothing was sealed"])
    with pytest.raises(Exception, match="sealed with another key"):
        scene.take("officer", id)


def test_what_is_said_to_be_of_a_party_moves_to_its_compartment(scene: Scene) -> None:
    kept = scene.keep()
    moved = scene.document_store.move(scene.case().log, "need_owner", kept)
    assert (moved.told, moved.blob != kept.blob) == (kept.told, True)
    id = scene.hand_in(kept=moved, party="need_owner").answer["id"]
    assert scene.take("officer", id) == PDF
    scene.execute("UPDATE blobs SET touched_at = now() - interval '25 hours'")
    assert scene.document_store.sweep() == 1, "what lay there before is left behind"
