"""What an event makes of the tracks: how its own moves, which begin, and which count no longer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.engine.parts import FINAL_PARTS
from casework.engine.state.case import Fired, Track
from casework.engine.state.case_values import Receipt, StandingObjection
from casework.engine.state.copies import replace
from casework.engine.state.effects_schema import Effects, Objection, OpenedTrack
from casework.engine.state.events import CORRECTED, FIRED, MOVE_ASKED, MOVE_REFUSED, MOVED, Event
from casework.engine.state.moves import fired_after
from casework.engine.state.revisions import TURNS
from casework.ledger.canonical_json import instant

Tracks = Mapping[str, Track]


# --- the track that an event is about ----------------------------------------------------------------------------------


def moved(track: Track, event: Event) -> Track:
    """A track after an event of its own."""
    effects = event.effects
    changed: dict[str, Any] = {}
    if event.kind in TURNS:
        changed["revision"] = track.revision + 1
    if event.kind == FIRED:
        changed |= _fired(track, event)
    elif event.kind in (MOVE_ASKED, MOVE_REFUSED, MOVED):
        changed |= _moved_by_two(track, event)
    elif event.kind == CORRECTED and "transition" in effects:
        name = effects["transition"]
        changed["fired"] = {**track.fired, name: replace(track.fired[name], data=effects["data"])}
    if "named" in effects:
        changed["named"] = effects["named"]
    if "provider" in effects:
        changed["provider"] = effects["provider"]
    if "replaced" in effects:
        changed["replaced"] = effects["replaced"]
    if "given" in effects:
        changed["given"] = {**track.given, **effects["given"]}
    if "received" in effects:
        changed["received"] = {**track.received, **_received(effects, event)}
    if "objection" in effects:
        changed["objections"] = {**track.objections, **_objected(track, effects["objection"], event)}
    if "barred" in effects:
        changed["barred"] = track.barred | frozenset(effects["barred"])
    return replace(track, **changed) if changed else track


def _fired(track: Track, event: Event) -> dict[str, Any]:
    effects = event.effects
    name = effects["transition"]
    before = track.fired.get(name)
    times = before.count + 1 if before else 1
    last = Fired(times, event.at, event.actor, event.acting_for, effects.get("data", {}))
    changed: dict[str, Any] = {"fired": {**track.fired, name: last}}
    if event.to != event.frm:
        changed |= _stands_elsewhere(event)
        changed["fired"] = {**fired_after(track, event), name: last}
    played = dict(track.played)
    if "part" in effects:
        played[effects["part"]] = name
    if "came_to" in effects:
        played[effects["came_to"]] = effects["ended"]
    if effects.get("reopened"):
        played = {part: by for part, by in played.items() if part not in FINAL_PARTS}
    if played != track.played:
        changed["played"] = played
    if effects.get("entered"):
        changed["came_from"] = _came_from(track, event)
    if "ended" in effects:
        changed |= {"ended_at": event.at, "outcome": effects["ended"]}
    if effects.get("reopened"):
        changed |= {"ended_at": None, "outcome": None}
    return changed


def _stands_elsewhere(event: Event) -> dict[str, Any]:
    return {"states": event.to, "entered_at": event.at}


def _came_from(track: Track, event: Event) -> Mapping[str, tuple[str, ...]]:
    fresh = [leaf for leaf in event.to if leaf not in event.frm]
    return {**track.came_from, **dict.fromkeys(fresh, event.frm)}


def _moved_by_two(track: Track, event: Event) -> dict[str, Any]:
    """What is asked for, decided on, and made of it: the track stands where two persons have moved it."""
    changed: dict[str, Any] = {"fired": fired_after(track, event)}
    if event.kind == MOVED:
        changed |= _stands_elsewhere(event) | {"came_from": _came_from(track, event)}
    return changed


def _received(effects: Effects, event: Event) -> Mapping[str, Receipt]:
    at = instant(event.at)
    return {name: {"count": count, "at": at} for name, count in effects["received"].items()}


def _objected(track: Track, objection: Objection, event: Event) -> Mapping[str, StandingObjection]:
    standing: StandingObjection = {"what": objection["what"], "side": objection["side"], "to": objection["to"]}
    # Whoever raised it, for they do not decide on it.
    raised = track.objections.get(objection["id"])
    if raised is None:
        standing["by"], standing["acting_for"] = event.actor, event.acting_for
    else:
        if "by" in raised:
            standing["by"] = raised["by"]
        if "acting_for" in raised:
            standing["acting_for"] = raised["acting_for"]
    return {objection["id"]: standing}


# --- the tracks beside it ----------------------------------------------------------------------------------------------


def opened(tracks: Tracks, entries: list[OpenedTrack], event: Event) -> Tracks:
    return {
        **tracks,
        **{
            track["id"]: Track(
                id=track["id"],
                workflow=track["workflow"],
                edition=track["edition"],
                kind=track["kind"],
                parent=track["parent"],
                provider=track["provider"],
                states=tuple(track["states"]),
                entered_at=event.at,
                opened_at=event.at,
                given=track.get("given", {}),
                part=track["part"],
            )
            for track in entries
        },
    }


def count_no_longer(tracks: Tracks, ids: list[str], event: Event) -> Tracks:
    return {**tracks, **{id: replace(tracks[id], replaced=True) for id in ids}}


def work_at(tracks: Tracks, provider: str | None, event: Event) -> Tracks:
    """A service's track is worked on by whoever has its referral."""
    below = [track for track in tracks.values() if track.parent == (event.track or "")]
    return {**tracks, **{track.id: replace(track, provider=provider) for track in below}} if below else tracks
