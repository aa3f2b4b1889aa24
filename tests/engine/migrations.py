"""Cases of the toy in the hands of anybody, and the event of a move, for tests of moves to another edition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from casework.engine.definition.editions import Edition
from casework.engine.definition.publisher import publish
from casework.engine.state.case import Case
from casework.engine.state.events import MIGRATED, Event
from casework.engine.state.migration_effects import Migration
from casework.engine.state.projection import evolve
from casework.errors import CaseworkError
from casework.ledger.canonical_json import digest
from tests.engine.toy_case import GREEN, Fix, Toy, ToyReferral, accept, refer
from tests.engine.toys import COMPLIANCE, DAY, SUPERVISOR, Play

Json = Any
OLD = publish(Toy)

#: What somebody may do with a toy case; what cannot be done where it stands is left out.
DEEDS: dict[str, Callable[[Play], object]] = {
    "accept": accept,
    "ask": lambda play: play.fire("ask", data=GREEN),
    "back": lambda play: play.fire("back", SUPERVISOR),
    "check": lambda play: play.add("check"),
    "claim": lambda play: play.claim("check"),
    "complete": lambda play: play.complete("check", yes=True),
    "finish": lambda play: play.fire("finish", SUPERVISOR),
    "go": lambda play: play.fire("go", data=GREEN),
    "hold": lambda play: play.fire("hold", data={"day": "2027-01-01"}),
    "later": lambda play: play.fire("later"),
    "per_party": lambda play: play.fire("per_party"),
    "refer": refer,
    "resume": lambda play: play.fire("resume"),
    "stop": lambda play: play.fire("stop", COMPLIANCE),
    "wait": lambda play: play.wait(3 * DAY),
}


def played(deeds: Iterable[str]) -> Play:
    play = Play(Toy, ToyReferral, Fix).start()
    for deed in deeds:
        try:
            DEEDS[deed](play)
        except (CaseworkError, StopIteration):
            continue
    return play


def other(change: Callable[[Json], object], edition: Edition = OLD) -> Edition:
    """An edition with other rules."""
    rules: Json = deepcopy(edition.rules)
    rules["edition"] += 1
    change(rules)
    rules["order"] = [*(one for one in rules["order"] if one in rules["states"])] + [
        one for one in rules["states"] if one not in rules["order"]
    ]
    return Edition(rules, edition.texts, digest(rules))


def renamed(rules: Json, was: str, now: str) -> None:
    """A state goes, and another one of its kind comes in its place."""
    rules["states"][now] = rules["states"].pop(was)
    for one in rules["transitions"]:
        one["from"] = [now if state == was else state for state in one["from"]]
        one["to"] = now if one["to"] == was else one["to"]
    for one in rules["on_request"]:
        one["from"] = [now if state == was else state for state in one["from"]]
    if rules["initial"] == was:
        rules["initial"] = now


def after(case: Case, migration: Migration, n: int = 1) -> tuple[Case, Event]:
    """The case after its move, and the event that tells of it."""
    effects: Json = {"what": "moved", "migration": migration}
    event = Event(case.log, case.seq + n, case.last_at, MIGRATED, "somebody", effects=effects)
    return evolve(case, event), event


def without_counts(case: Case) -> Case:
    """A case but for what counts its events: where it stands, and everything that is open in it."""
    tracks = {id: replace(track, revision=0) for id, track in case.tracks.items()}
    return replace(case, tracks=tracks, seq=0, revision=0, last_at=case.opened_at)
