"""What a form need not ask because it is known: one fact is typed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from casework.engine.definition.edition_schema import WrittenField
from casework.engine.state.case import COMPLETED, Case, Track

#: The source of a field that names whoever fills the form in.
READER = "reader"


def prefill(case: Case, track: Track, form: Iterable[WrittenField], *, reader: str | None = None) -> dict[str, Any]:
    """Values for the fields of a form whose source has been said, by field.

    A source is "case.rights", "track.question", "service_plan.pledge" (a transition or task of this case),
    "agreement.sign_local.executed_on" (of the newest track of a workflow), "reader" (the person, if any, who fills it
    in for themselves), or several of them with bars between: the first that was said counts.
    """
    values: dict[str, Any] = {}
    for field in form:
        for source in str(field.get("prefill") or "").split("|"):
            value = reader if source == READER else _said(case, track, source) if source else None
            if value is not None and value != []:
                values[field["name"]] = value
                break
    return values


def _said(case: Case, track: Track, source: str) -> Any:
    parts = source.split(".")
    if parts[0] == "case":
        return _OF_CASE[parts[1]](case)
    if parts[0] == "track":
        above = case.referral_of(track) or track
        return {"kind": above.kind, "provider": above.provider}.get(parts[1], above.given.get(parts[1]))
    if len(parts) == 3:
        newest = [track for track in case.tracks.values() if track.workflow == parts[0] and not track.replaced]
        fired = newest[-1].fired.get(parts[1]) if newest else None
        return fired.data.get(parts[2]) if fired else None
    for home in (track, case.main):
        if parts[0] in home.fired:
            return home.fired[parts[0]].data.get(parts[1])
    done = [t for t in case.tasks.values() if t.name == parts[0] and t.type == "side" and t.state == COMPLETED]
    last = max(done, key=lambda t: (t.closed_at or t.opened_at, t.id), default=None)
    return last.result.get(parts[1]) if last else None


_OF_CASE: Mapping[str, Callable[[Case], Any]] = {
    "rights": lambda case: list(case.rights),
    "outcome": lambda case: case.outcome,
    "reason": lambda case: case.reasons[0] if case.reasons else None,
}
SOURCES_OF_CASE = frozenset(_OF_CASE)
