"""What the tracks of a test's own making have played: as the pilot's newest editions say it of their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from casework.definitions import load_library


def played(workflow: str, fired: Iterable[str] = (), outcome: str | None = None) -> dict[str, Any]:
    """The part of a workflow and what has played which on a track, as `Track` takes them."""
    edition = load_library().latest(workflow)
    if edition is None:
        return {}
    by = {rule.part: rule.name for rule in edition.transitions if rule.part and rule.name in set(fired)}
    if outcome in edition.states and (part := edition.states[outcome].part):
        by[part] = outcome
    return {"part": edition.part, "played": by}
