"""A mediation about a new case."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.operations.mediations.openings import Scene, set_scene
from tests.support.world import World


@pytest.fixture
def scene(engine: Engine, world: World) -> Scene:
    return set_scene(engine, world)
