"""What lists of many find a case and a referral by, as columns of rows; `records.case_writer` writes them with the case."""

from __future__ import annotations

from typing import Any

from casework.engine.case_objects.inbox import place_of
from casework.engine.execution.context import Library
from casework.engine.state.case import Case, Track
from casework.engine.state.case_dates import dates_of
from casework.records.write_statements import time_of

#: What a row of `case_dates` is made of: where nothing of it is another object, the row is the same.
_DATED_BY = ("tasks", "clocks", "hold", "closed_at", "programme")


def dates_row(case: Case) -> dict[str, Any]:
    """By when a case must be gone on with, since when it is late, and whom it waits for."""
    dates = dates_of(case)
    return {
        "id": case.log,
        "programme_id": case.programme,
        "due_at": time_of(dates.due_at) or "infinity",
        "late_at": time_of(dates.late_at),
        "waits_for": dates.waits_for,
    }


def may_be_dated_otherwise(before: Case | None, after: Case) -> bool:
    """Whether that row may be another one than before; a mediation has none."""
    if after.kind != "case":
        return False
    return before is None or any(getattr(before, name) is not getattr(after, name) for name in _DATED_BY)


def place_row(case: Case, track: Track, library: Library) -> dict[str, Any]:
    """Where a track lies in an inbox."""
    place = place_of(library, case, track)
    return {"inbox": place and place.tab, "inbox_at": place and time_of(place.at)}


def moved(before: Case | None, after: Case, library: Library) -> set[str]:
    """The referrals that lie elsewhere in their provider's inbox than before: what is due in one is no part of it."""
    if before is None or before.tasks is after.tasks:
        return set()
    return {
        track.id
        for track in after.tracks.values()
        if track.is_referral
        and before.tracks.get(track.id) is track
        and place_of(library, before, track) != place_of(library, after, track)
    }
