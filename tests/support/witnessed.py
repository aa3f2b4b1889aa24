"""An installation with a published log and a witness of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.errors import Refused
from casework.ledger.signed_notes import Checkpoint, open_checkpoint
from casework.operations.verification.witnesses import list_witnesses, name_witness, take_cosignature
from casework.records import log_keys
from casework.records.database import transaction
from casework.records.tree_tiles import newest_checkpoint
from casework.settings import Settings
from casework_verify.witnesses import Secret, new_secret
from tests.support.published import sign_and_publish
from tests.support.world import World, new_request

ONE, TWO = (new_secret(f"witness.example/w{n}", bytes([n]) * 32) for n in (1, 2))


@dataclass
class Witnessed:
    """An installation with a published log and one witness that is named."""

    engine: Engine
    superuser: Engine
    settings: Settings
    world: World
    witness: str

    def grow(self) -> str:
        """One more case, signed and published; the checkpoint over it."""
        with transaction(self.engine) as db:
            self.world.new_case(db)
        sign_and_publish(self.engine, self.superuser, self.settings)
        return self.note

    @property
    def note(self) -> str:
        with transaction(self.engine) as db:
            newest = newest_checkpoint(db)
        assert newest is not None
        return newest.note

    @property
    def said(self) -> Checkpoint:
        return open_checkpoint(self.note, log_keys.public_keys(self.settings))

    def do(self, action: Callable[..., Any], *args: Any, by: str = "auditor", **more: Any) -> Any:
        with transaction(self.engine) as db:
            return action(db, self.world.actor(db, by), *args, **more)

    def take(self, signed: str, by: str = "auditor") -> Any:
        keys = log_keys.public_keys(self.settings)
        return self.do(take_cosignature, signed, new_request(), by=by, keys=keys).answer

    def signed(self, secret: Secret = ONE, at: float | None = None, note: str | None = None) -> str:
        note = note or self.note
        return note + secret.cosign(note, int(time.time() if at is None else at))

    def why(self, signed: str) -> str:
        with pytest.raises(Refused) as refused:
            self.take(signed)
        return str(refused.value.reasons[0].code)

    def alarms(self) -> list[Any]:
        (row,) = self.do(list_witnesses).items
        return list(row.alarms)


@pytest.fixture
def log(engine: Engine, superuser_engine: Engine, settings: Settings, world: World) -> Witnessed:
    sign_and_publish(engine, superuser_engine, settings)
    made = Witnessed(engine, superuser_engine, settings, world, "")
    made.witness = str(made.do(name_witness, ONE.witness.line, new_request()).answer["id"])
    return made
