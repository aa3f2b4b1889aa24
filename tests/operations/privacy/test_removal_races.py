"""A legal hold that is placed while the worker removes: it is there first and keeps the case, or is told that it comes too late."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine

from casework.engine.removals import digest_of_case
from casework.errors import Refused
from casework.operations.documents.storage import DocumentStore
from casework.operations.privacy.legal_holds import place_hold
from casework.operations.privacy.removing import carry_on
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.settings import Settings
from tests.operations.privacy.removal_scene import Scene, set_scene
from tests.support.world import World, new_request

#: How much later the hold comes than the worker, in seconds: long before it, with it, between two of its cases, and after it.
_LATER = (-0.1, 0.0, 0.02, 0.05, 0.1, 0.3)


@pytest.fixture
def scene(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World, document_store: DocumentStore
) -> Iterator[Scene]:
    made = set_scene(engine, superuser_engine, settings, world, document_store, count=len(_LATER))
    yield made
    made.engine.dispose()


def test_a_case_is_held_or_removed_and_never_both(scene: Scene) -> None:
    scene.agree()
    start = Barrier(len(_LATER) + 1)
    logs = {number: scene.log(number) for number in scene.numbers}

    def hold(number: str, later: float) -> list[str]:
        """Why it was not placed; nothing where it was."""
        start.wait()
        time.sleep(later)
        try:
            with transaction(scene.engine) as db:
                by = scene.world.actor(db, "compliance")
                place_hold(db, by, programme=scene.programme, case=number, reason="A suit.", request=new_request())
        except Refused as refusal:
            return [one.code for one in refusal.reasons]
        return []

    def work() -> int:
        start.wait()
        time.sleep(0.1)
        return carry_on(scene.engine, scene.programme)

    with ThreadPoolExecutor(len(_LATER) + 1) as pool:
        removed = pool.submit(work)
        placed = {
            number: pool.submit(hold, number, later + 0.1) for number, later in zip(scene.numbers, _LATER, strict=True)
        }
    refused = [done.result() for done in placed.values() if done.result()]
    assert refused == [["retention.contents_removed"]] * len(refused)
    held = {digest_of_case(logs[number]) for number, done in placed.items() if not done.result()}
    assert {one["case"] for one in scene.told("case_left")} == held
    assert {one["case"] for one in scene.told("case_removed")} == {digest_of_case(log) for log in logs.values()} - held
    assert removed.result() == len(_LATER) - len(held)
    assert list(verify_all(scene.engine)) == []
