"""Traces in OCEL 2.0, as JSON: events and all that each of them is about. Written piece by piece, a case at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from casework.engine.mining.traces import Step, Trace
from casework.engine.parts import REFERRAL
from casework.engine.state.events import NO_PERSONS
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant

CASE, TASK, REQUEST, AGREEMENT, NEED, TECHNOLOGY, PERSON = (
    "case", "task", "referral", "agreement", "need", "technology", "person",
)  # fmt: skip
#: Each type of object with its attributes, all of them words.
OBJECT_TYPES: Mapping[str, tuple[str, ...]] = {
    CASE: ("edition", "phase", "sector", "district", "source", "technology_field", "outcome"),
    TASK: ("name", "queue", "type"),
    REQUEST: ("service", "edition"),
    AGREEMENT: ("edition",),
    NEED: (),
    TECHNOLOGY: (),
    PERSON: (),
}
EVENT_ATTRIBUTES = ("lifecycle", "kind", "what", "role", "organisation", "workflow", "edition")


def write_ocel(read: Callable[[], Iterable[Trace]], editions: Mapping[str, str], *, agreement: str) -> Iterator[str]:
    """All traces as one document. `read` gives them anew, for objects and events stand in two lists, and neither is kept;
    `agreement` is the workflow by which agreements run."""
    activities: set[str] = set()
    yield "{"
    yield from _array("objectTypes", (_type(name, keys) for name, keys in OBJECT_TYPES.items()))
    yield ",\n"
    yield from _array("objects", _objects(read(), editions, activities, agreement))
    yield ",\n"
    yield from _array("eventTypes", (_type(name, EVENT_ATTRIBUTES) for name in sorted(activities)))
    yield ",\n"
    yield from _array("events", (_event(trace, step, editions, agreement) for trace in read() for step in trace.steps))
    yield "}\n"


def _type(name: str, keys: Iterable[str]) -> JsonObject:
    return {"name": name, "attributes": [{"name": key, "type": "string"} for key in keys]}


def _array(name: str, rows: Iterable[JsonObject]) -> Iterator[str]:
    """A list by its name, row by row; each is made by `json`, and so is the name."""
    yield json.dumps(name) + ": ["
    for n, row in enumerate(rows):
        yield (",\n" if n else "\n") + json.dumps(row, ensure_ascii=False)
    yield "]"


def _objects(
    traces: Iterable[Trace], editions: Mapping[str, str], activities: set[str], agreement: str
) -> Iterator[JsonObject]:
    """Every object once: what several cases share where it comes first."""
    shared: set[str] = set()
    for trace in traces:
        activities.update(step.activity for step in trace.steps)
        for id, type in _shared(trace):
            if id not in shared:
                shared.add(id)
                yield _object(id, type, trace.opened_at, {}, {})
        yield _case(trace, editions)
        of = {case_id(trace): "of"}
        for id, track in trace.tracks.items():
            kind = _kind(track["part"], track["workflow"], agreement)
            if kind is not None:
                edition = editions.get(track["edition"], track["edition"])
                told = {"service": track["kind"], "edition": edition} if kind == REQUEST else {"edition": edition}
                yield _object(id, kind, trace.tracks_opened[id], told, of)
        for id, task in trace.tasks.items():
            told = {"name": task["name"], "queue": task["queue"], "type": task["type"]}
            yield _object(id, TASK, trace.tasks_opened[id], told, of | _around(trace, task["track"], agreement))


def _shared(trace: Trace) -> Iterator[tuple[str, str]]:
    """What other cases may be about as well, and who did something."""
    for type, id in _records(trace):
        yield id, type
    for step in trace.steps:
        for person in (step.actor, step.acting_for):
            if person is not None and person not in NO_PERSONS:
                yield person, PERSON


def _records(trace: Trace) -> Iterator[tuple[str, str]]:
    for type, id in ((NEED, trace.case.get("need")), (TECHNOLOGY, trace.case.get("technology"))):
        if id is not None:
            yield type, f"{type}:{id}"


def _case(trace: Trace, editions: Mapping[str, str]) -> JsonObject:
    told = {"edition": editions.get(trace.main["edition"], trace.main["edition"]), **trace.known()}
    written = _object(case_id(trace), CASE, trace.opened_at, told, {id: type for type, id in _records(trace)})
    if trace.closed_at is not None and trace.outcome is not None:
        written["attributes"].append({"name": "outcome", "value": trace.outcome, "time": instant(trace.closed_at)})
    return written


def _object(id: str, type: str, since: datetime, told: Mapping[str, str], to: Mapping[str, str]) -> JsonObject:
    return {
        "id": id,
        "type": type,
        "attributes": [{"name": key, "value": value, "time": instant(since)} for key, value in told.items()],
        "relationships": _related(to),
    }


def _related(to: Mapping[str, str]) -> list[JsonObject]:
    return [{"objectId": id, "qualifier": qualifier} for id, qualifier in to.items()]


def case_id(trace: Trace) -> str:
    return f"case:{trace.number}"


def _kind(part: str, workflow: str, agreement: str) -> str | None:
    if part == REFERRAL:
        return REQUEST
    return AGREEMENT if workflow == agreement else None


def _around(trace: Trace, track: str | None, agreement: str) -> dict[str, str]:
    """The referral and the agreement that a track is or lies in."""
    found = ((above["id"], _kind(above["part"], above["workflow"], agreement)) for above in trace.above(track))
    return {id: kind for id, kind in found if kind is not None}


def _event(trace: Trace, step: Step, editions: Mapping[str, str], agreement: str) -> JsonObject:
    told = {
        "lifecycle": step.life_cycle,
        "kind": step.kind,
        "what": step.what,
        "role": step.role,
        "organisation": step.organisation,
        "workflow": step.workflow,
        "edition": None if step.edition is None else editions.get(step.edition, step.edition),
    }
    to = {case_id(trace): "of"} | {id: type for type, id in _records(trace)} | _around(trace, step.track, agreement)
    if step.task is not None:
        to[step.task] = TASK
    if step.actor not in NO_PERSONS:
        to[step.actor] = "by"
    if step.acting_for is not None and step.acting_for not in to:
        to[step.acting_for] = "for"
    return {
        "id": f"{trace.number}:{step.seq}:{step.n}",
        "type": step.activity,
        "time": instant(step.at),
        "attributes": [{"name": key, "value": value} for key, value in told.items() if value is not None],
        "relationships": _related(to),
    }
