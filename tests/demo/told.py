"""The demo as it is told once for all tests that only look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text

from casework.records.database import transaction
from casework.settings import Settings

PASSWORD = "a password for the demo"


@dataclass(frozen=True)
class Told:
    settings: Settings
    engine: Engine
    cases: int

    def rows(self, query: str) -> Sequence[Any]:
        with transaction(self.engine) as db:
            return db.execute(text(query)).all()
