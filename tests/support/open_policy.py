"""Makes the application's policy answer yes, for tests of row security."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.engine.state.case import Case, Track
from casework.operations.core import access_queries
from casework.operations.mediations import service as mediations
from casework.permissions import visibility, work
from casework.permissions.actors import Actor
from casework.permissions.visibility import Reach, Sight
from casework.records.access_sql import named_for
from casework.records.database import transaction


def open_policy(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    """Whatever the application asks its own policy, the answer is yes."""
    with transaction(engine) as db:
        programmes = frozenset(db.execute(text("SELECT id FROM programmes")).scalars())
        organisations = frozenset(db.execute(text("SELECT id FROM organisations")).scalars())

    def tracks(actor: Actor, case: Case) -> list[Track]:
        return list(case.tracks.values())

    open_to_all: Mapping[str, Any] = {
        "sight": lambda actor, case: Sight.ALL,
        "own_tracks": tracks,
        "reads_document": lambda actor, case, document: True,
        "reads_messages": lambda actor, case, referral: True,
        "conflict": lambda actor, case: None,
        "reach": lambda actor: Reach(
            actor.person,
            programmes,
            programmes,
            organisations,
            programmes,
            frozenset(),
            programmes,
            programmes,
        ),
    }
    for name, opened in open_to_all.items():
        asked = getattr(visibility, name, None) or getattr(work, name)
        for module in [one for key, one in sys.modules.items() if key.startswith("casework")]:
            if getattr(module, name, None) is asked:
                monkeypatch.setattr(module, name, opened)
    monkeypatch.setattr(
        access_queries,
        "_MEDIATION",
        access_queries._asking("SELECT h.id FROM me CROSS JOIN mediations h WHERE h.id = $1::uuid"),
    )
    everyone = str(mediations._LIST).replace(named_for("m"), "CAST(:person AS uuid) IS NOT NULL")
    assert everyone != str(mediations._LIST)
    monkeypatch.setattr(mediations, "_LIST", text(everyone))
