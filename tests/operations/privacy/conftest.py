"""What the tests of erasures share."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from casework.operations.documents.storage import DocumentStore
from tests.operations.privacy.erasure_scene import Scene, set_scene
from tests.support.world import World


@pytest.fixture
def scene(engine: Engine, superuser_engine: Engine, world: World, document_store: DocumentStore) -> Scene:
    return set_scene(engine, superuser_engine, world, document_store)
