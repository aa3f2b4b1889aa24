from __future__ import annotations

import pytest
from sqlalchemy import Engine

from casework.operations.mediations.service import open_mediation
from casework.records.database import transaction
from tests.operations.mediations.openings import Scene
from tests.support.world import World, new_request


@pytest.fixture
def scene(engine: Engine, world: World) -> Scene:
    with transaction(engine) as db:
        number = world.open_case(db)
        mediation = open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer
    return Scene(engine, world, number, str(mediation["id"]))
