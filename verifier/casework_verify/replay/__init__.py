"""Whether each event of a case was allowed: by its edition, the roles that were granted, and the calendar."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from casework_verify.faults import Fault
from casework_verify.integrity.canonical import NotCanonical, digest
from casework_verify.replay.context import Context
from casework_verify.replay.counting import Calendar
from casework_verify.replay.judge import BROKEN, judge
from casework_verify.replay.named import named_in
from casework_verify.replay.roles import Roles
from casework_verify.replay.things import PARTY, SYSTEM
from casework_verify.replay.told import told_faults
from casework_verify.replay.workflows import Workflow
from casework_verify.words.reasons import why_of

#: Where the parts lie by which a history is judged, and what is told where one is not there.
_MISSING = {"editions": "edition_missing", "calendars": "calendar_missing"}
MISSING = frozenset(_MISSING.values())
#: So much of a list stands in one sentence.
_MOST = 190


def replay(history: Sequence[Mapping[str, Any]], evidence: Mapping[str, Any]) -> list[Fault]:
    """The events that were not allowed, the roles that could not be given so, and what an index tells otherwise.

    `history` as history.ndjson has it; `evidence`: `index`, `roles`, and by digest `editions` and `calendars`.
    """
    if "roles" not in evidence:
        return [Fault("replay_without")]
    faults: list[Fault] = []
    workflows: dict[str, Workflow] = {}
    calendars: dict[str, Calendar] = {}
    for id, rules in evidence.get("editions", {}).items():
        workflows |= {id: workflow} if (workflow := _workflow(id, rules, faults)) is not None else {}
    for id, written in evidence.get("calendars", {}).items():
        calendars |= {id: calendar} if (calendar := _calendar(id, written, faults)) is not None else {}
    hindered = _evidence_faults(history, evidence, faults)
    try:
        roles = Roles(told := evidence["roles"]["events"])
        faults += roles.faults()
        if not told and any(map(_was_in_a_role, history)):
            hindered = True
            faults.append(Fault("roles_none", {}, "roles.json"))
        since = _known_since(roles, evidence.get("calendars", {}))
    except BROKEN as fault:
        hindered = True
        faults.append(Fault("roles_unreadable", {"why": why_of(fault)}, "roles.json"))
    if hindered:
        # What follows from one cause would be told of every event.
        return [*faults, Fault("replay_hindered")]
    context = Context(workflows, calendars, roles, since)
    case, found = judge(context, iter(history))
    faults += found
    if case is not None and "index" in evidence and not any(fault.code == "replay_stopped" for fault in found):
        faults += _told(case, evidence["index"])
    faults += _as_told(context.as_told)
    return faults


def _was_in_a_role(row: Any) -> bool:
    """Whether a person did it, which takes a role that somebody gave; not of what is no event."""
    header = row.get("header") if isinstance(row, dict) else None
    return isinstance(header, dict) and bool(header.get("role")) and header.get("actor") not in (SYSTEM, PARTY)


def _evidence_faults(history: Sequence[Mapping[str, Any]], evidence: Mapping[str, Any], faults: list[Fault]) -> bool:
    """What the history names and the file has not, and what it has and nothing names; and whether that hinders the judging of events.
    Of what could not be read, that alone is told."""
    named, unread = named_in(history), {fault.file for fault in faults}
    there = {f"{folder}/{id}.json" for folder in _MISSING for id in evidence.get(folder, {})}
    missing = {name: seq for name, seq in named.items() if name not in there}
    for name, seq in missing.items():
        folder, _, id = name.removesuffix(".json").partition("/")
        faults.append(Fault(_MISSING[folder], {"name": id[:12]}, name, seq=seq))
    faults += [Fault("evidence_unused", {}, name) for name in sorted(there - named.keys() - unread)]
    return bool(missing or named.keys() & unread)


def _as_told(counts: Mapping[str, int]) -> Iterator[Fault]:
    """What was not judged here, with how often: rules that are programs, which no edition holds."""
    if counts:
        yield Fault("replay_as_told", {"kinds": len(counts), "count": sum(counts.values())})
    yield from _named("replay_as_told_names", [f"{name} {count}" for name, count in sorted(counts.items())])


def _named(code: str, names: list[str]) -> Iterator[Fault]:
    """As many sentences as it takes to name all."""
    while names:
        some = [names.pop(0)]
        while names and len(", ".join([*some, names[0]])) < _MOST:
            some.append(names.pop(0))
        yield Fault(code, {"names": ", ".join(some)})


def _told(case: Any, index: Mapping[str, Any]) -> Iterator[Fault]:
    as_told: set[str] = set()
    try:
        yield from list(told_faults(case, index, as_told))
        yield from _named("told_unjudged", sorted(as_told))
    except BROKEN as fault:
        yield Fault("told_unreadable", {"why": why_of(fault)}, "index.json")


def _bears(value: Any, id: str) -> bool:
    """Whether this is the digest of a value; the quick way of writing it is the canonical one for nearly all of them."""
    quick = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(quick.encode()).hexdigest() == id or digest(value) == id


def _workflow(id: str, rules: Any, faults: list[Fault]) -> Workflow | None:
    file = f"editions/{id}.json"
    try:
        if not _bears(rules, id):
            faults.append(Fault("edition_swapped", {}, file))
            return None
        return Workflow(id, rules)
    except (*BROKEN, NotCanonical) as fault:
        faults.append(Fault("edition_unreadable", {"why": why_of(fault)}, file))
        return None


def _calendar(id: str, written: Any, faults: list[Fault]) -> Calendar | None:
    file = f"calendars/{id}.json"
    try:
        if not _bears(written, id):
            faults.append(Fault("calendar_swapped", {}, file))
            return None
        return Calendar(written)
    except (*BROKEN, NotCanonical) as fault:
        faults.append(Fault("calendar_unreadable", {"why": why_of(fault)}, file))
        return None


def _known_since(roles: Roles, calendars: Mapping[str, Any]) -> dict[str, datetime]:
    """Since when the programme had each version of its calendar."""
    digests = {_plain(written): id for id, written in calendars.items()}
    since: dict[str, datetime] = {}
    for _, at, written in roles.calendars:
        id = digests.get(_plain(written))
        if id is not None:
            since[id] = min(at, since.get(id, at))
    return since


def _plain(written: Mapping[str, Any]) -> str:
    """A calendar in one way of writing it: what is empty may be left out."""
    return json.dumps({name: value for name, value in written.items() if value or name == "zone"}, sort_keys=True)


__all__ = ["MISSING", "replay"]
