"""Which editions and calendars a history names: the file has to have these, and no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from casework_verify.replay.judge import BROKEN


def named_in(history: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """By the name of the part the number of the first event that names it; an event of another form is told by whoever judges it."""
    first: dict[str, int] = {}
    for row in history:
        with suppress(*BROKEN):
            for name in _names(row["header"], row["effects"]):
                first.setdefault(name, row["header"]["seq"])
    return first


def _names(header: Mapping[str, Any], effects: Mapping[str, Any]) -> Iterator[str]:
    migration = effects.get("migration", {})
    opened = [one["edition"] for one in (*effects.get("tracks", ()), *effects.get("tasks", ()))]
    for edition in (header["edition"], *opened, migration.get("from"), migration.get("to")):
        if isinstance(edition, str):
            yield f"editions/{edition}.json"
    counted = [one.get("calendar") for one in (*effects.get("clocks", ()), *effects.get("clock_states", ()))]
    for calendar in (effects.get("calendar"), *counted):
        if isinstance(calendar, str):
            yield f"calendars/{calendar}.json"


__all__ = ["named_in"]
