"""What a form need not ask because it is known: one fact is typed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.sheets import NOTHING_KEPT, REQUEST, KeptBack
from casework.engine.parts import CHANGES_PLAN, SENDS
from casework.engine.state.case import COMPLETED, Case, Track

#: The source of a field that names whoever fills the form in.
READER = "reader"
RIGHTS_OF_CASE = "case.rights"
#: What a referral is wanted by: as its request says, else as the plan does.
WANTED = "wanted_on"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a known value comes from: an action that was fired, a task that was finished, the request or the case."""

    kind: str
    #: The edition and the rule of an action or a task, and when it was done.
    edition: str = ""
    rule: str = ""
    at: datetime | None = None


def prefill(
    case: Case,
    track: Track,
    form: Iterable[WrittenField],
    *,
    reader: str | None = None,
    kept: KeptBack = NOTHING_KEPT,
) -> dict[str, Any]:
    """Values for the fields of a form whose source has been said, by field.

    A source is "case.rights", "track.question", "request.amount" (the form by which the provider
    was asked), "service_plan.pledge" (a transition or task of this case),
    "comment_on_draft@need_owner.answer" (a task of this track about a party),
    "agreement.sign_local.executed_on" (of this track, or the newest of that workflow), "reader" (the person, if any, who
    fills it in for themselves), or several of them with bars between: of what actions and tasks said the newest counts, else the
    first of the others. `kept` is what the case sheet does not tell a provider: it counts as unsaid.
    """
    return {name: value for name, (value, _) in _known(case, track, form, reader, kept).items()}


def sources(
    case: Case,
    track: Track,
    form: Iterable[WrittenField],
    *,
    reader: str | None = None,
    kept: KeptBack = NOTHING_KEPT,
) -> dict[str, Source]:
    """Where each of these values comes from."""
    return {name: source for name, (_, source) in _known(case, track, form, reader, kept).items()}


def _known(
    case: Case, track: Track, form: Iterable[WrittenField], reader: str | None, kept: KeptBack
) -> dict[str, tuple[Any, Source]]:
    values: dict[str, tuple[Any, Source]] = {}
    for field in form:
        told = list[tuple[Any, Source]]()
        for written in filter(None, str(field.get("prefill") or "").split("|")):
            value, source = (reader, Source(READER)) if written == READER else _told(case, track, written, kept)
            if value is not None and value != [] and source is not None:
                told.append((value, source))
        if told:
            # What was said last stands in the place of what was said before; of the same moment the first.
            dated = [(source.at, -n) for n, (_, source) in enumerate(told) if source.at is not None]
            values[field["name"]] = told[-max(dated)[1]] if dated else told[0]
    return values


def _told(case: Case, track: Track, written: str, kept: KeptBack) -> tuple[Any, Source | None]:
    if tuple(written.split(".")[-2:]) in kept.answers:
        return None, None
    value, source = _said(case, track, written)
    return kept.told_as(value), source


def _said(case: Case, track: Track, written: str) -> tuple[Any, Source | None]:
    parts = written.split(".")
    if parts[0] == "case":
        return _OF_CASE[parts[1]](case), Source("case")
    if parts[0] == REQUEST:
        asked = case.referral_of(track)
        name = asked.played.get(SENDS) if asked else None
        return _fired(asked, name, parts[1]) if asked and name else (None, None)
    if parts[0] == "track":
        above = case.referral_of(track) or track
        value = {"kind": above.kind, "provider": above.provider}.get(parts[1], above.given.get(parts[1]))
        if value is None and parts[1] == WANTED:
            return _planned(case, above)
        return value, Source("track")
    if len(parts) == 3:
        newest = [one for one in case.tracks.values() if one.workflow == parts[0] and not one.replaced]
        # Of several providers' tracks each has its own.
        home = track if track.workflow == parts[0] else newest[-1] if newest else None
        return _fired(home, parts[1], parts[2]) if home else (None, None)
    for place in (track, case.main):
        if parts[0] in place.fired:
            return _fired(place, parts[0], parts[1])
    name, _, party = parts[0].partition("@")
    done = [
        t
        for t in case.tasks.values()
        if t.name == name
        and t.type == "side"
        and t.state == COMPLETED
        and (not party or (t.track, t.about) == (track.id, party))
    ]
    last = max(done, key=lambda t: (t.closed_at or t.opened_at, t.id), default=None)
    if last is None:
        return None, None
    return last.result.get(parts[1]), Source("task", last.edition, last.rule, last.closed_at)


def _planned(case: Case, above: Track) -> tuple[Any, Source | None]:
    """Until when the plan in force wants what a referral is for: its form has each service by its code, and the day beside it."""
    plans = [
        (task.closed_at or task.opened_at, task.result, Source("task", task.edition, task.rule, task.closed_at))
        for task in case.tasks.values()
        if task.track == case.main.id and (task.type, task.state) == ("side", COMPLETED) and above.kind in task.result
    ]
    if (change := case.main.last_fired(CHANGES_PLAN)) is not None:
        name = case.main.played[CHANGES_PLAN]
        plans.append((change.at, change.data, Source("action", case.main.edition, name, change.at)))
    if not plans:
        return None, None
    _, said, source = max(plans, key=lambda plan: plan[0])
    return said.get(f"{above.kind}_on"), source


def _fired(track: Track, name: str, field: str) -> tuple[Any, Source | None]:
    fired = track.fired.get(name)
    return (fired.data.get(field), Source("action", track.edition, name, fired.at)) if fired else (None, None)


_OF_CASE: Mapping[str, Callable[[Case], Any]] = {
    "rights": lambda case: list(case.rights),
    "outcome": lambda case: case.outcome,
    "reason": lambda case: case.reasons[0] if case.reasons else None,
    "more_reasons": lambda case: list(case.reasons[1:]),
}
SOURCES_OF_CASE = frozenset(_OF_CASE)
