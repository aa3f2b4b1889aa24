"""Round trips to the database, as the driver's own library sees them: each ends with a simple query, or with Sync."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event


class RoundTrips:
    """Counts those of an engine's connections, whichever way something was sent; `folder` is where it notes them down."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._notes = folder / "round_trips"
        self._file = os.open(self._notes, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        event.listen(engine, "checkout", self._listen)

    def _listen(self, connection: Any, record: Any, proxy: Any) -> None:
        connection.pgconn.trace(self._file)

    def count(self, act: Callable[[], object]) -> int:
        """How many there are while this is done."""
        before = self._seen()
        act()
        return self._seen() - before

    def _seen(self) -> int:
        notes = self._notes.read_text(errors="replace")
        return len(re.findall(r"\tF\t\d+\t(?:Query|Sync)\b", notes))
