"""The contents of a case to which another one is linked are removed under retention: that one stands, verifies whole and says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from casework import reasons
from casework.engine.case_objects.case_links import FROM_THERE, PARENT
from casework.errors import Refused
from casework.operations.cases.case_links import end_case_link, link_cases, list_case_links
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.verification.case_archive import make_case_file
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.settings import Settings
from casework_verify.command import check
from casework_verify.linked_cases import linked_faults
from casework_verify.memory import Memory
from casework_verify.tiles import Tiles
from casework_verify.words import WRONG, level_of
from tests.operations.privacy.removal_scene import CANARY, Scene, set_scene
from tests.support.world import World, new_request


@pytest.fixture
def scene(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World, document_store: DocumentStore
) -> Iterator[Scene]:
    made = set_scene(engine, superuser_engine, settings, world, document_store, count=1)
    yield made
    made.engine.dispose()


def link(scene: Scene, other: str, kind: str) -> str:
    """Links a new case to another one, which that is to it; gives its number."""
    with transaction(scene.engine) as db:
        number = scene.world.new_case(db)
        actor = scene.world.actor(db, "officer")
        link_cases(db, actor, number, other=other, kind=kind, revision=None, request=new_request())
    return number


@pytest.mark.parametrize("kind", sorted(FROM_THERE))
def test_the_other_case_stands_and_says_that_this_one_is_gone(scene: Scene, kind: str) -> None:
    (gone,) = scene.numbers
    number = link(scene, gone, kind)
    scene.remove()
    assert list(verify_all(scene.engine)) == []
    assert CANARY not in scene.found(CANARY)
    with transaction(scene.engine) as db:
        auditor = scene.world.actor(db, "auditor")
        (told,) = list_case_links(db, auditor, number).items
        assert (told.number, told.kind, told.title, told.removed) == (gone, kind, None, True)
        # From there as well: what was linked stays in the codes of its history.
        (back,) = list_case_links(db, auditor, gone).items
        assert (back.number, back.kind, back.removed) == (number, FROM_THERE[kind], False)


def test_the_case_that_stands_goes_on(scene: Scene) -> None:
    (gone,) = scene.numbers
    number = link(scene, gone, PARENT)
    scene.remove()
    with transaction(scene.engine) as db:
        scene.world.fire(db, "officer", number, "take")
        officer = scene.world.actor(db, "officer")
        other = scene.world.new_case(db)
        link_cases(db, officer, number, other=other, kind="child", revision=None, request=new_request())
    assert list(verify_all(scene.engine)) == []


def test_the_link_stays_and_none_is_made_any_more(scene: Scene) -> None:
    """Nothing is recorded in a case whose contents are gone, nor is a link of which it would not tell."""
    (gone,) = scene.numbers
    number = link(scene, gone, PARENT)
    (id,) = _load(scene, number)
    scene.remove()
    for linking in (False, True):
        with pytest.raises(Refused) as refused, transaction(scene.engine) as db:
            officer, request = scene.world.actor(db, "officer"), new_request()
            if linking:
                new = scene.world.new_case(db)
                link_cases(db, officer, new, other=gone, kind="related", revision=None, request=request)
            else:
                end_case_link(db, officer, number, id, reason="It is gone.", revision=None, request=request)
        assert list(refused.value.reasons) == [reasons.cases.LINKED_WAS_REMOVED]
    assert _load(scene, number) == [id]
    assert list(verify_all(scene.engine)) == []


def _load(scene: Scene, number: str) -> list[str]:
    with transaction(scene.engine) as db:
        return list(load(db, home_of(db, number), "case").related)


def test_the_files_of_both_are_whole_also_together(scene: Scene, document_store: DocumentStore, tmp_path: Path) -> None:
    (gone,) = scene.numbers
    number = link(scene, gone, PARENT)
    scene.remove()
    found = []
    for one in (number, gone):
        with transaction(scene.engine) as db:
            made = make_case_file(db, scene.world.actor(db, "auditor"), document_store, one, "/cases/x/file")
            path = tmp_path / f"{one}.zip"
            path.write_bytes(b"".join(made.pieces()))
        assert CANARY.encode() not in path.read_bytes()
        found.append(check(path, Memory(), Tiles()))
    links = [one.links for one in found if one.links is not None]
    assert len(links) == 2
    faults = [fault for one in found for fault in (*one.faults, *linked_faults(one.links, links))]
    assert [fault.code for fault in faults if level_of(fault) == WRONG] == []
