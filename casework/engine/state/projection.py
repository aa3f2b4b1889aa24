"""`evolve`: the only code that changes a case's state; it serves a live case and a replay alike.

It reads an event's header and effects and treats the body's values as opaque.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache, reduce
from operator import attrgetter
from typing import Any, TypeVar

from casework.engine.deadlines.deadlines import Rung
from casework.engine.state.case import (
    OPEN,
    STOPPED,
    SUSPENDED,
    Case,
    Clock,
    Consent,
    Document,
    File,
    Fired,
    Grant,
    Join,
    Opening,
    Proposal,
    Task,
    Track,
)
from casework.engine.state.events import (
    ADDED,
    APPROVED,
    CHANGES_ASKED,
    CORRECTED,
    FIRED,
    ITEM_ADDED,
    OPENED,
    REVIEW_ASKED,
    SYSTEM_ACTOR,
    TICKED,
    Event,
)
from casework.engine.state.revisions import TURNS
from casework.ledger.canonical_json import instant, parse_instant

Json = Any
One = TypeVar("One")


def fold(events: Iterable[Event]) -> Case | None:
    """The case that a log tells of."""
    return reduce(evolve, events, None)


def evolve(case: Case | None, event: Event) -> Case:
    """The case after an event."""
    effects = event.effects
    if event.kind == OPENED:
        case = _opened(event)
    if case is None:
        raise ValueError("a log begins with what opened it")
    changed: dict[str, Any] = {"seq": event.seq, "last_at": event.at}
    # Whoever fills in a form about owner and team must see first who names others, in whatever deed.
    if event.track is None and event.kind in TURNS or "owner" in effects or "team" in effects:
        changed["revision"] = case.revision + 1
    tracks = dict(case.tracks)
    if event.track is not None:
        tracks[event.track] = _moved(tracks[event.track], event)
    # In the table's order, not the record's: what a database gives back has an order of its own.
    for key, apply in _CHANGES.items():
        if key in effects:
            apply(case, changed, tracks, effects[key], event)
    if tracks != case.tracks:
        changed["tracks"] = tracks
    return replace(case, **changed)


def replace(one: One, **changed: Any) -> One:
    """A copy with other values: what `dataclasses.replace` does, in half the time."""
    kind: Callable[..., One] = type(one)
    names, values = _parts(kind)
    return kind(**(dict(zip(names, values(one), strict=True)) | changed))


@cache
def _parts(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = tuple(one.name for one in fields(kind))
    return names, attrgetter(*names)


def _opened(event: Event) -> Case:
    made = dict(event.effects["case"])
    return Case(
        log=event.log,
        kind=made["kind"],
        programme=made["programme"],
        seq=0,
        last_at=event.at,
        opened_at=event.at,
        title=event.body.get("title"),
        number=made.get("number"),
        match=made.get("match"),
        need=made.get("need"),
        technology=made.get("technology"),
        phase=made.get("phase"),
        parties=made.get("parties", {}),
        rights=tuple(made.get("rights", ())),
        about=made.get("about"),
        owner=made.get("owner"),
        team=tuple(made.get("team", ())),
    )


def _moved(track: Track, event: Event) -> Track:
    effects = event.effects
    changed: dict[str, Any] = {}
    if event.kind in TURNS:
        changed["revision"] = track.revision + 1
    if event.kind == FIRED:
        name = effects["transition"]
        before = track.fired.get(name)
        times = before.count + 1 if before else 1
        told = Fired(times, event.at, event.actor, event.acting_for, effects.get("data", {}))
        changed["fired"] = {**track.fired, name: told}
        if event.to != event.frm:
            changed |= {"states": event.to, "entered_at": event.at}
        if effects.get("entered"):
            fresh = [leaf for leaf in event.to if leaf not in event.frm]
            changed["came_from"] = {**track.came_from, **dict.fromkeys(fresh, event.frm)}
        if "ended" in effects:
            changed |= {"ended_at": event.at, "outcome": effects["ended"]}
        if effects.get("reopened"):
            changed |= {"ended_at": None, "outcome": None}
    if event.kind == CORRECTED and "transition" in effects:
        name = effects["transition"]
        changed["fired"] = {**track.fired, name: replace(track.fired[name], data=effects["data"])}
    for key in ("named", "provider", "replaced"):
        if key in effects:
            changed[key] = effects[key]
    if "given" in effects:
        changed["given"] = {**track.given, **effects["given"]}
    if "received" in effects:
        at = instant(event.at)
        changed["received"] = {
            **track.received,
            **{name: {"count": n, "at": at} for name, n in effects["received"].items()},
        }
    if "objection" in effects:
        told = effects["objection"]
        # Whoever raised it, for they do not decide on it.
        raised = track.objections.get(told["id"], {"by": event.actor, "acting_for": event.acting_for})
        now = {key: told[key] for key in ("what", "side", "to")} | {
            key: raised[key] for key in ("by", "acting_for") if key in raised
        }
        changed["objections"] = {**track.objections, told["id"]: now}
    if "barred" in effects:
        changed["barred"] = track.barred | frozenset(effects["barred"])
    return replace(track, **changed) if changed else track


# --- one function for each kind of effect on the case ----------------------------------------------------------------

Changed = dict[str, Any]
Tracks = dict[str, Track]


def _time(written: str | None) -> datetime | None:
    return parse_instant(written) if written is not None else None


def _open_tracks(case: Case, changed: Changed, tracks: Tracks, opened: list[Json], event: Event) -> None:
    for one in opened:
        tracks[one["id"]] = Track(
            id=one["id"],
            workflow=one["workflow"],
            edition=one["edition"],
            kind=one["kind"],
            parent=one["parent"],
            provider=one["provider"],
            states=tuple(one["states"]),
            entered_at=event.at,
            opened_at=event.at,
            given=one.get("given", {}),
        )


def _replaced_tracks(case: Case, changed: Changed, tracks: Tracks, replaced: list[str], event: Event) -> None:
    for one in replaced:
        tracks[one] = replace(tracks[one], replaced=True)


def _child_provider(case: Case, changed: Changed, tracks: Tracks, provider: str, event: Event) -> None:
    # A service's track is worked on by whoever has its referral.
    for one in case.children(event.track or ""):
        tracks[one.id] = replace(tracks[one.id], provider=provider)


def _open_tasks(case: Case, changed: Changed, tracks: Tracks, opened: list[Json], event: Event) -> None:
    tasks = dict(changed.get("tasks", case.tasks))
    for one in opened:
        tasks[one["id"]] = Task(
            id=one["id"],
            track=one["track"],
            name=one["name"],
            edition=one["edition"],
            rule=one["rule"],
            type=one["type"],
            queue=one["queue"],
            organisation=one["organisation"],
            state=one["state"],
            opened_at=event.at,
            due_at=_time(one["due"]),
            about=one.get("about"),
            of=one.get("of"),
            aftercare=one.get("aftercare", False),
            initiator=event.actor if event.kind == ADDED and event.actor != SYSTEM_ACTOR else None,
        )
    changed["tasks"] = tasks


def _task_states(case: Case, changed: Changed, tracks: Tracks, states: list[Json], event: Event) -> None:
    tasks = dict(changed.get("tasks", case.tasks))
    for one in states:
        task = tasks[one["id"]]
        made: dict[str, Any] = {}
        for key in ("state", "holder", "flagged", "result", "priority"):
            if key in one:
                made[key] = one[key]
        if "to" in one:
            made["handed"] = {
                "how": event.kind,
                "by": event.actor,
                "to": one["to"],
                "seq": event.seq,
                **_round(task, event),
            }
            if (allocation := event.effects.get("allocation")) is not None:
                made["handed"]["why"] = allocation["reasons"]
        elif "holder" in one and (task.handed is None or one["holder"] != task.handed["to"]):
            made["handed"] = None
        if "item" in one:
            made["items"] = {**task.items, one["item"]: _item(task.items.get(one["item"], {}), event)}
        if "wait" in one:
            made["wait"] = one["wait"] and {**one["wait"], "seq": event.seq}
        if "due" in one:
            made["due_at"] = _time(one["due"])
        state = one.get("state")
        if state == SUSPENDED:
            made["before"] = one.get("before", task.state)
        elif state is not None:
            made |= {"before": None, "wait": None}
            if state not in OPEN:
                made |= {"closed_at": event.at, "closed_by": one.get("by", event.actor), "acted_for": event.acting_for}
        tasks[one["id"]] = replace(task, **made)
    changed["tasks"] = tasks


def _round(task: Task, event: Event) -> dict[str, Json]:
    """Of a review, which round it is, and the `seq` of the event whose body holds the words of the form."""
    before = task.handed if task.handed is not None and "round" in task.handed else {"round": 0}
    if event.kind == REVIEW_ASKED:
        return {"round": before["round"] + 1, "form": event.seq}
    return {key: before[key] for key in ("round", "form")} if event.kind in (APPROVED, CHANGES_ASKED) else {}


def _item(before: Json, event: Event) -> Json:
    """An item of a checklist after it was added, ticked or unticked; an added one keeps where its words stand."""
    kept = {"seq": event.seq} if event.kind == ITEM_ADDED else {key: before[key] for key in ("seq",) if key in before}
    return {"done": event.kind == TICKED, "by": event.actor, "at": instant(event.at), **kept}


def _start_clocks(case: Case, changed: Changed, tracks: Tracks, started: list[Json], event: Event) -> None:
    clocks = dict(changed.get("clocks", case.clocks))
    for one in started:
        clocks[one["id"]] = Clock(
            id=one["id"],
            track=one["track"],
            unit=one["unit"],
            rungs=_rungs(one["rungs"]),
            start=parse_instant(one["start"]),
            calendar=one["calendar"],
            task=one.get("task"),
            consent=one.get("consent"),
            grant=one.get("grant"),
            of=one.get("of"),
        )
    changed["clocks"] = clocks


def _clock_states(case: Case, changed: Changed, tracks: Tracks, states: list[Json], event: Event) -> None:
    clocks = dict(changed.get("clocks", case.clocks))
    for one in states:
        clock = clocks[one["id"]]
        made: dict[str, Any] = {"state": one["state"], "left": tuple(one.get("left", ()))}
        if "rungs" in one:
            made["rungs"] = _rungs(one["rungs"])
        if "start" in one:
            made["start"] = parse_instant(one["start"])
        made |= {key: one[key] for key in ("next", "task", "calendar") if key in one}
        clocks[one["id"]] = replace(clock, **made)
    # A stopped clock says nothing more; its log does.
    changed["clocks"] = {id: clock for id, clock in clocks.items() if clock.state != STOPPED}


def _rungs(written: list[Json]) -> tuple[Rung, ...]:
    return tuple(Rung(parse_instant(moment), what, rule) for moment, what, rule in written)


def _proposal(case: Case, changed: Changed, tracks: Tracks, one: Json, event: Event) -> None:
    changed["proposals"] = {
        **case.proposals,
        one["id"]: Proposal(
            id=one["id"],
            track=str(event.track),
            transition=one["transition"],
            actor=event.actor,
            acting_for=event.acting_for,
            seq=event.seq,
            data=event.effects.get("data", {}),
            task=one["task"],
        ),
    }


def _proposals_ended(case: Case, changed: Changed, tracks: Tracks, ended: list[str], event: Event) -> None:
    changed["proposals"] = {id: one for id, one in case.proposals.items() if id not in ended}


def _consents(case: Case, changed: Changed, tracks: Tracks, given: list[Json], event: Event) -> None:
    consents = dict(case.consents)
    for one in given:
        consents[one["id"]] = Consent(
            id=one["id"],
            party=one["party"],
            providers=_maybe(one["providers"]),
            documents=_maybe(one["documents"]),
            given_on=one["given_on"],
            expires_on=one["expires_on"],
        )
    changed["consents"] = consents


def _maybe(ids: list[str] | None) -> tuple[str, ...] | None:
    return None if ids is None else tuple(ids)


def _consents_ended(case: Case, changed: Changed, tracks: Tracks, ended: list[Json], event: Event) -> None:
    consents = dict(changed.get("consents", case.consents))
    for one in ended:
        consents[one["id"]] = replace(consents[one["id"]], ended_at=event.at, how=one["how"])
    changed["consents"] = consents


def _documents(case: Case, changed: Changed, tracks: Tracks, registered: list[Json], event: Event) -> None:
    documents = dict(case.documents)
    for one in registered:
        documents[one["id"]] = Document(
            one["id"],
            one["party"],
            one["kind"],
            event.at,
            one.get("valid_until"),
            event.track,
            own=one.get("own", False),
            letter=one.get("letter"),
        )
    changed["documents"] = documents


def _documents_withdrawn(case: Case, changed: Changed, tracks: Tracks, withdrawn: list[str], event: Event) -> None:
    documents = dict(case.documents)
    for one in withdrawn:
        documents[one] = replace(documents[one], withdrawn_at=event.at)
    changed["documents"] = documents


def _files(case: Case, changed: Changed, tracks: Tracks, filed: list[Json], event: Event) -> None:
    files = dict(case.files)
    for one in filed:
        files[one["id"]] = File(
            one["id"],
            one["document"],
            one["version"],
            one["type"],
            one["size"],
            event.at,
            event.actor,
            event.body.get("file"),
            event.body.get("sha256"),
        )
    changed["files"] = files


def _grants(case: Case, changed: Changed, tracks: Tracks, given: list[Json], event: Event) -> None:
    grants = dict(changed.get("grants", case.grants))
    for one in given:
        grants[one["id"]] = Grant(
            one["id"], one["track"], one["document"], tuple(one["consents"]), event.at, until=one.get("until")
        )
    changed["grants"] = grants


def _grants_ended(case: Case, changed: Changed, tracks: Tracks, ended: list[str], event: Event) -> None:
    grants = dict(changed.get("grants", case.grants))
    for one in ended:
        grants[one] = replace(grants[one], ended_at=event.at)
    changed["grants"] = grants


def _grant_days(case: Case, changed: Changed, tracks: Tracks, days: list[Json], event: Event) -> None:
    grants = dict(changed.get("grants", case.grants))
    for one in days:
        grants[one["id"]] = replace(grants[one["id"]], until=one["until"])
    changed["grants"] = grants


def _grants_returned(case: Case, changed: Changed, tracks: Tracks, returned: list[str], event: Event) -> None:
    grants = dict(changed.get("grants", case.grants))
    for one in returned:
        grants[one] = replace(grants[one], returned_at=event.at)
    changed["grants"] = grants


def _openings(case: Case, changed: Changed, tracks: Tracks, made: list[Json], event: Event) -> None:
    openings = dict(case.openings)
    for one in made:
        openings[one["id"]] = Opening(
            one["id"],
            one["kind"],
            one["state"],
            one["reader"],
            event.actor,
            one["decider"],
            event.at,
            one["days"],
            _time(one["until"]),
            event.at if one["until"] else None,
        )
    changed["openings"] = openings


def _opening_states(case: Case, changed: Changed, tracks: Tracks, states: list[Json], event: Event) -> None:
    openings = dict(changed.get("openings", case.openings))
    for one in states:
        made: dict[str, Any] = {key: one[key] for key in ("state", "told_on") if key in one}
        if "until" in one:
            made["until"] = _time(one["until"])
        if one.get("state") in ("open", "refused"):
            made["decided_at"] = event.at
        if one.get("state") == "ended":
            made["ended_at"] = event.at
        openings[one["id"]] = replace(openings[one["id"]], **made)
    changed["openings"] = openings


def _erased(case: Case, changed: Changed, tracks: Tracks, told: Json, event: Event) -> None:
    """The words of a case that its rows repeat; the others stand in the events alone."""
    if told["title"]:
        changed["title"] = None
    if told["names"]:
        files = dict(case.files)
        files |= {id: replace(files[id], name=None) for id in told["names"]}
        changed["files"] = files


def _interests(case: Case, changed: Changed, tracks: Tracks, people: list[str], event: Event) -> None:
    changed["interests"] = case.interests | frozenset(people)


def _interests_ended(case: Case, changed: Changed, tracks: Tracks, people: list[str], event: Event) -> None:
    changed["interests"] = changed.get("interests", case.interests) - frozenset(people)


def _join(case: Case, changed: Changed, tracks: Tracks, one: Json, event: Event) -> None:
    changed["joins"] = {**case.joins, one["id"]: Join.read(one)}


def _plain(name: str, make: Callable[[Json], Any] = lambda value: value) -> Callable[..., None]:
    def apply(case: Case, changed: Changed, tracks: Tracks, value: Json, event: Event) -> None:
        changed[name] = make(value)

    return apply


def _closed(case: Case, changed: Changed, tracks: Tracks, value: bool, event: Event) -> None:
    changed["closed_at"] = event.at if value else None


_CHANGES: Mapping[str, Callable[..., None]] = {
    "erased": _erased,
    "tracks": _open_tracks,
    "replaced_tracks": _replaced_tracks,
    "provider": _child_provider,
    "tasks": _open_tasks,
    "task_states": _task_states,
    "clocks": _start_clocks,
    "clock_states": _clock_states,
    "proposal": _proposal,
    "proposals_ended": _proposals_ended,
    "consents": _consents,
    "consents_ended": _consents_ended,
    "documents": _documents,
    "documents_withdrawn": _documents_withdrawn,
    "files": _files,
    "grants": _grants,
    "grant_days": _grant_days,
    "grants_ended": _grants_ended,
    "grants_returned": _grants_returned,
    "openings": _openings,
    "opening_states": _opening_states,
    "interest": _interests,
    "interest_ended": _interests_ended,
    "join": _join,
    "owner": _plain("owner"),
    "team": _plain("team", tuple),
    "hold": _plain("hold"),
    "frozen": _plain("frozen"),
    "outcome": _plain("outcome"),
    "reasons": _plain("reasons", tuple),
    "closed": _closed,
}
