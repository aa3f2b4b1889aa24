"""The rows that a history adds up to, by the columns of an index. What is no part of what happened is in none of them: what lists and
walls are found by, which follows from rules of the programme as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from casework_verify.replay.standing import Case, Clock, Proposal, Task, Track

Row = Mapping[str, Any]
_OF_IMPACT = (
    "measure", "indicator", "unit", "level", "value", "method", "uncertainty", "factor", "factor_source", "conditions",
)  # fmt: skip
_ABOUT_DOCUMENT = ("kind", "party", "valid_until", "letter", "registered_at", "withdrawn_at")


def tables_of(case: Case) -> dict[str, dict[str, Row]]:
    """By table and id."""
    lies = {"programme_id": case.programme, "sealed": case.sealed}
    tables: dict[str, dict[str, Row]] = {
        "tracks": {track.id: {**lies, **_track(track)} for track in case.tracks.values()},
        "tasks": {task.id: {**lies, **_task(task)} for task in case.tasks.values()},
        "clocks": {clock.id: _clock(clock) for clock in case.clocks.values()},
        "proposals": {one.id: _proposal(one) for one in case.proposals.values()},
        "consents": {id: {**_consent(one), "not_to": one.get("not_to") or None} for id, one in case.consents.items()},
        "documents": {id: _document(one) for id, one in case.documents.items()},
        "files": {one["id"]: _file(document, one) for (document, _), one in case.files.items()},
        "impacts": {id: _impact(one) for id, one in case.impacts.items()},
        "statements": {id: _statement(one) for id, one in case.statements.items()},
        "grants": {id: _grant(one) for id, one in case.grants.items()},
        "openings": {id: _opening(one) for id, one in case.openings.items()},
        "party_links": {id: _link(one) for id, one in case.links.items()},
    }
    home: dict[str, dict[str, Row]] = {"mediations" if case.sealed else "cases": {case.log: _home(case)}}
    for table, rows in tables.items():
        home[table] = {id: {"log_id": case.log, **row} for id, row in rows.items()}
    return home


def orders_of(case: Case) -> dict[str, list[str]]:
    """By table the ids of the rows that have a place among each other, in the order in which the history opens them."""
    of_case: dict[str, Mapping[str, Any]] = {
        "tracks": case.tracks,
        "tasks": case.tasks,
        "impacts": case.impacts,
        "statements": case.statements,
    }
    return {table: list(rows) for table, rows in of_case.items()}


def _home(case: Case) -> Row:
    home = {
        "programme_id": case.programme,
        "owner_id": case.owner,
        "team": case.team,
        "frozen": case.frozen,
        "outcome": case.outcome,
        "reasons": case.reasons,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "hold": case.hold,
        "rights": case.rights,
        "parties": dict(case.parties),
        "interests": sorted(case.interests),
        "revision": case.revision,
        **case.about,
        **title_of(case),
    }
    if case.sealed:
        return home
    return {
        **home,
        "sealed": False,
        "number": case.number,
        "state": case.main.states[0],
        "joins": list(case.joins.values()),
        "related": list(case.related.values()),
        "removed_at": case.removed_at,
        "archived_as": case.archived_as,
    }


def title_of(case: Case) -> Row:
    """None once it was erased by an event; of what is erased otherwise nothing can be told."""
    if case.title is None or case.title_gone:
        return {"title": None}
    return {"title": case.title["value"]} if isinstance(case.title.get("value"), str) else {}


def _track(track: Track) -> Row:
    return {
        "workflow": track.workflow,
        "edition": track.edition,
        "kind": track.kind,
        "part": track.part,
        "parent_id": track.parent,
        "provider_id": track.provider,
        "states": list(track.states),
        "entered_at": track.entered_at,
        "opened_at": track.opened_at,
        "ended_at": track.ended_at,
        "outcome": track.outcome,
        "replaced": track.replaced,
        "named": track.named,
        "barred": sorted(track.barred),
        "came_from": {leaf: list(before) for leaf, before in track.came_from.items()},
        "given": track.given,
        "played": track.played,
        "revision": track.revision,
        "received": track.received,
        "objections": track.objections,
        "fired": {
            name: {
                "count": one.count,
                "at": one.written_at,
                "actor": one.actor,
                "acting_for": one.acting_for,
                "data": one.data,
            }
            for name, one in track.fired.items()
        },
    }


def _task(task: Task) -> Row:
    return {
        "track_id": task.track,
        "name": task.name,
        "edition": task.edition,
        "rule": task.rule,
        "type": task.type,
        "queue": task.queue,
        "organisation_id": task.organisation,
        "state": task.state,
        "opened_at": task.opened_at,
        "due_at": task.due,
        "holder_id": task.holder,
        "about": task.about,
        "of": task.of,
        "closed_at": task.closed_at,
        "closed_by": task.closed_by,
        "acted_for": task.acted_for,
        "result": task.result,
        "flagged": task.flagged,
        "aftercare": task.aftercare,
        "awaits": task.awaits,
        "before": task.before,
        "initiator": task.initiator,
        "priority": task.priority,
        "handed": task.handed,
        "wait": task.wait,
        "items": task.ticks,
    }


def _clock(clock: Clock) -> Row:
    return {
        "track_id": clock.track,
        "task_id": clock.task,
        "consent_id": clock.consent,
        "grant_id": clock.grant,
        "of": clock.of,
        "unit": clock.unit,
        "steps": [[step.at, step.what, step.rule] for step in clock.steps],
        "start": clock.start,
        "calendar": clock.calendar,
        "next": clock.next,
        "state": clock.state,
        "left": list(clock.left),
        "fires_at": clock.fires_at,
    }


def _proposal(one: Proposal) -> Row:
    return {
        "track_id": one.track,
        "transition": one.transition,
        "actor_id": one.actor,
        "acting_for": one.acting_for,
        "seq": one.seq,
        "data": one.data,
        "task_id": one.task,
    }


def _consent(one: Row) -> Row:
    kept = {name: one[name] for name in ("party", "providers", "documents", "given_on", "expires_on")}
    reaches = {"sheet": one.get("sheet", False), "abroad": one.get("abroad", False)}
    return {**kept, **reaches, "ended_at": one.get("ended_at"), "how": one.get("how")}


def _document(one: Row) -> Row:
    return {
        **{name: one.get(name) for name in _ABOUT_DOCUMENT},
        "own": one.get("own", False),
        "track_id": one["track"],
        **{name: one.get(name) for name in ("numbered", "dispatched_how", "dispatched_on")},
    }


def _version(one: Row, digest: str) -> Row:
    kept = {name: one[name] for name in ("version", "type", "size", "filed_at")}
    said = {"name": one["body"].get("file", {}), digest: one["body"].get("sha256", {})}
    return {**kept, **{name: stored["value"] for name, stored in said.items() if "value" in stored}}


def _file(document: str, one: Row) -> Row:
    return {"document_id": document, "filed_by": one["filed_by"], **_version(one, "digest")}


def _grant(one: Row) -> Row:
    kept = {"track_id": one["track"], "document_id": one["document"], "consents": one["consents"]}
    return {**kept, **{name: one.get(name) for name in ("given_at", "until", "ended_at", "returned_at")}}


def _opening(one: Row) -> Row:
    people = {f"{name}_id": one[name] for name in ("reader", "asker", "decider")}
    kept = {name: one[name] for name in ("kind", "state", "days", "asked_at", "until", "decided_at")}
    return {**people, **kept, "ended_at": one.get("ended_at"), "told_on": one.get("told_on")}


def _link(one: Row) -> Row:
    kept = ("party", "given_by", "given_at", "until", "language", "documents", "providers", "code", "mail", "state")
    links = {"task_id": one["task"], "organisation_id": one["organisation"], "ended_at": one.get("ended_at")}
    return {**links, **{name: one[name] for name in kept}}


def _record(one: Row) -> Row:
    kept = ("number", "seq", "recorded_at", "replaced_by")
    return {**{name: one.get(name) for name in kept}, "track_id": one["track"]}


def _impact(one: Row) -> Row:
    places = {"from_on": one["from"], "to_on": one["to"], "baseline_id": one.get("baseline"), "by_id": one.get("by")}
    evidence = {"evidence": list(one.get("evidence", ()))}
    return {**_record(one), **{name: one.get(name) for name in _OF_IMPACT}, **places, **evidence}


def _statement(one: Row) -> Row:
    kept = {name: one[name] for name in ("verdict", "issued_on", "valid_until", "values")}
    return {**_record(one), **kept, "technology_id": one["technology"]}


# --- what the summary and the list of documents say, which have columns of their own ---


def consents_listed(case: Case) -> Mapping[str, Row]:
    return {id: {**_consent(one), "withheld_abroad": len(one.get("not_to", ()))} for id, one in case.consents.items()}


def grants_listed(case: Case) -> Mapping[str, Row]:
    kept = ("track", "document", "given_at")
    return {
        id: {**{name: one[name] for name in kept}, "ended_at": one.get("ended_at")} for id, one in case.grants.items()
    }


def documents_listed(case: Case) -> Mapping[str, Row]:
    return {
        id: {
            **{name: one.get(name) for name in _ABOUT_DOCUMENT},
            "own": one.get("own", False),
            "referral": one["track"],
            **dict(_words(one["body"])),
        }
        for id, one in case.documents.items()
    }


def _words(body: Row) -> Iterator[tuple[str, str]]:
    """What was entered with a document, where it still stands there."""
    for name in ("title", "language"):
        if isinstance(value := body.get(name, {}).get("value"), str):
            yield name, value


def versions_listed(case: Case) -> Mapping[str, Row]:
    return {f"{id} v{version}": _version(one, "sha256") for (id, version), one in case.files.items()}


def shared_listed(case: Case) -> Mapping[str, Row]:
    """The accesses to each document, called by both."""
    kept = ("given_at", "ended_at", "returned_at", "until")
    return {
        f"{one['document']} {id}": {"referral": one["track"], **{name: one.get(name) for name in kept}}
        for id, one in case.grants.items()
    }


__all__ = [
    "Row", "consents_listed", "documents_listed", "grants_listed", "orders_of", "shared_listed", "tables_of", "title_of",
    "versions_listed",
]  # fmt: skip
