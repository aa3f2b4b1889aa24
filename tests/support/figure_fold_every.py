"""Every figure of a programme, and all beside them, counted once more from the stored events with nothing of the product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from docs.recount.every import FIGURES, MEDIATIONS
from docs.recount.programme import Programme
from tests.support.figure_fold import read_programme, told
from tests.support.figure_fold_mediations import mediations


def every(programme: Programme) -> dict[str, list[dict[str, Any]]]:
    """By the names of the figures, each as rows of plain values."""
    return {name: of(programme) for name, of in FIGURES.items()} | {MEDIATIONS: mediations(programme)}


def differing(
    db: Connection, programme: str, until: datetime, ours: Mapping[str, Any]
) -> dict[str, tuple[list[str], list[str]]]:
    """Of figures as the API tells them those that are not what is counted here: the lines of ours alone, and those of this count alone."""
    theirs = every(read_programme(db, programme, until))
    found = {}
    for name in sorted({*ours, *theirs}):
        mine = Counter(told(ours[name]["rows"] if name in ours else []))
        other = Counter(told(theirs.get(name, [])))
        if mine != other:
            found[name] = [*(mine - other).elements()], [*(other - mine).elements()]
    return found


def filled(figures: Mapping[str, Any]) -> set[str]:
    """Which figures, as the API tells them, say of something that it happened: whoever compares nought with nought sees nothing."""
    return {name for name, figure in figures.items() if any(row["numerator"] for row in figure["rows"])}
