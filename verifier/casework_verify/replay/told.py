"""Whether the state that an index tells is the one that the history adds up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from casework_verify.faults import Fault
from casework_verify.replay.standing import Case, Clock, Task, Track

_INDEX = "index.json"
_Row = Mapping[str, Any]
#: What an index says besides its tables that is held against something, here or elsewhere; of a case what this holds.
_LOOKED_AT = frozenset({"form", "log", "head", "case", "rows", "documents"})
_OF_CASE = frozenset({
    "number", "state", "outcome", "reasons", "opened_at", "closed_at", "owner", "hold", "title", "team", "consents", "grants",
})  # fmt: skip

_OF_IMPACT = (
    "measure",
    "indicator",
    "unit",
    "level",
    "value",
    "method",
    "uncertainty",
    "factor",
    "factor_source",
    "conditions",
)


def told_faults(case: Case, index: Mapping[str, Any], as_told: set[str]) -> Iterator[Fault]:
    """What an index says of the case that is not so: in its summary, in the rows of tracks, tasks, clocks and papers, and in its list of
    documents. What it says besides, and nobody looked at, goes into `as_told` by its name."""
    as_told |= {f"index.{name}" for name in index.keys() - _LOOKED_AT}
    about, rows = index["case"], index["rows"]
    state = case.main.states[0]
    # A file may leave out which limits a hold has paused: its rows say so too.
    told_all = isinstance(about["hold"], Mapping) and "paused" in about["hold"]
    held = case.hold and {name: one for name, one in case.hold.items() if told_all or name != "paused"}
    for name, value in (
        ("number", case.number),
        ("state", state),
        ("outcome", case.outcome),
        ("reasons", case.reasons),
        ("opened_at", case.opened_at),
        ("closed_at", case.closed_at),
        ("owner", case.owner),
        ("hold", held),
    ):
        told = about[name]
        if name == "owner" and told is not None:
            told = told["id"]
        if not _same(told, value):
            yield Fault("told_case", {"name": name, "told": _word(told), "wanted": _word(value)}, _INDEX)
    if (
        case.title is not None
        and not case.title_gone
        and "value" in case.title
        and about["title"] != case.title["value"]
    ):
        yield Fault("told_case", {"name": "title", "told": about["title"], "wanted": case.title["value"]}, _INDEX)
    if "team" in about and (team := [one["id"] for one in about["team"]]) != case.team:
        yield Fault("told_case", {"name": "team", "told": _word(team), "wanted": _word(case.team)}, _INDEX)
    tables = _tables(case, state)
    as_told |= {table for table, told in rows.items() if table not in tables and told}
    as_told |= {f"case.{name}" for name in about.keys() - _OF_CASE}
    people = {"owner": [about["owner"]] if about["owner"] else [], "team": about.get("team", [])}
    as_told |= {f"case.{name}.{key}" for name, some in people.items() for one in some for key in one.keys() - {"id"}}
    for table, wanted in tables.items():
        yield from _rows(table, wanted, rows.get(table, []))
        as_told |= _more(table, wanted, rows.get(table, []))
    for name, of_case in (("consents", _consents(case)), ("grants", _grants(case))):
        if name in about:
            yield from _rows(f"case.{name}", of_case, about[name])
            as_told |= _more(f"case.{name}", of_case, about[name])
    if "documents" in index:
        yield from _documents(case, index["documents"], as_told)


def _documents(case: Case, listed: list[_Row], as_told: set[str]) -> Iterator[Fault]:
    """The list of documents and of their versions; by which name something is called only while that was not erased."""
    documents = {id: _listed(one) for id, one in case.documents.items()}
    yield from _rows("index.documents", documents, listed)
    as_told |= _more("documents", documents, [{**one, "versions": None} for one in listed]) - {"documents.versions"}
    versions = {f"{id} v{version}": _version(one) for (id, version), one in case.files.items()}
    told = [{**one, "id": f"{document['id']} v{one['version']}"} for document in listed for one in document["versions"]]
    yield from _rows("index.documents", versions, told)
    as_told |= _more("documents", versions, told) - {"documents.path"}


def _more(table: str, wanted: Mapping[str, _Row], rows: Sequence[_Row]) -> set[str]:
    """What rows say besides what they are held against."""
    return {
        f"{table}.{name}"
        for row in rows
        if row["id"] in wanted
        for name in row.keys() - wanted[row["id"]].keys() - {"id"}
    }


def _rows(table: str, wanted: Mapping[str, _Row], rows: Sequence[_Row]) -> Iterator[Fault]:
    told = {row["id"]: row for row in rows}
    for row in rows:
        if told[row["id"]] is not row:
            yield Fault("told_row_more", {"table": table, "row": row["id"]}, _INDEX)
    for id in [*wanted, *(one for one in told if one not in wanted)]:
        if id not in told:
            yield Fault("told_row_missing", {"table": table, "row": id}, _INDEX)
        elif id not in wanted:
            yield Fault("told_row_more", {"table": table, "row": id}, _INDEX)
        else:
            for name, value in wanted[id].items():
                if not _same(told[id].get(name), value):
                    values = {
                        "table": table,
                        "row": id,
                        "name": name,
                        "told": _word(told[id].get(name)),
                        "wanted": _word(value),
                    }
                    yield Fault("told_row", values, _INDEX)


def _same(told: Any, value: Any) -> bool:
    if isinstance(value, datetime):
        return isinstance(told, str) and datetime.fromisoformat(told) == value
    return bool(told == value)


def _word(value: Any) -> str:
    return "-" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)


def _tables(case: Case, state: str) -> dict[str, dict[str, _Row]]:
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
    }
    own: dict[str, Any] = (
        {}
        if case.sealed
        else {
            "number": case.number,
            "state": state,
            "joins": list(case.joins.values()),
            "removed_at": case.removed_at,
            "archived_as": case.archived_as,
        }
    )
    return {
        "mediations" if case.sealed else "cases": {case.log: {**home, **own}},
        "tracks": {track.id: _track(track, n) for n, track in enumerate(case.tracks.values())},
        "tasks": {task.id: _task(task) for task in case.tasks.values()},
        "clocks": {clock.id: _clock(clock) for clock in case.clocks.values()},
        "proposals": {
            one.id: {"track_id": one.track, "transition": one.transition, "data": one.data}
            for one in case.proposals.values()
        },
        "consents": {id: {**_consent(one), "not_to": one.get("not_to")} for id, one in case.consents.items()},
        "documents": {id: _document(one) for id, one in case.documents.items()},
        "files": {
            one["id"]: {"document_id": document, **_version(one, "digest")} for (document, _), one in case.files.items()
        },
        "impacts": {id: _impact(one) for id, one in case.impacts.items()},
        "statements": {id: _statement(one) for id, one in case.statements.items()},
        "grants": {id: _grant(one) for id, one in case.grants.items()},
        "party_links": {id: {"task_id": one["task"], "state": one["state"]} for id, one in case.links.items()},
    }


def _track(track: Track, position: int) -> _Row:
    return {
        "workflow": track.workflow,
        "edition": track.edition,
        "kind": track.kind,
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


def _task(task: Task) -> _Row:
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
        "before": task.before,
        "initiator": task.initiator,
        "priority": task.priority,
    }


def _clock(clock: Clock) -> _Row:
    return {
        "track_id": clock.track,
        "task_id": clock.task,
        "consent_id": clock.consent,
        "grant_id": clock.grant,
        "of": clock.of,
        "start": clock.start,
        "calendar": clock.calendar,
        "next": clock.next,
        "state": clock.state,
        "left": list(clock.left),
        "fires_at": clock.fires_at,
    }


def _consent(one: _Row) -> _Row:
    kept = {name: one[name] for name in ("party", "providers", "documents", "given_on", "expires_on")}
    reaches = {"sheet": one.get("sheet", False), "abroad": one.get("abroad", False)}
    return {**kept, **reaches, "ended_at": one.get("ended_at"), "how": one.get("how")}


def _document(one: _Row) -> dict[str, Any]:
    kept = {name: one.get(name) for name in ("kind", "party", "valid_until", "letter", "registered_at", "withdrawn_at")}
    return {**kept, "own": one.get("own", False), "track_id": one["track"]}


def _grant(one: _Row) -> _Row:
    kept = {
        "track_id": one["track"],
        "document_id": one["document"],
        "consents": one["consents"],
        "until": one.get("until"),
    }
    return {**kept, "ended_at": one.get("ended_at")}


def _listed(one: _Row) -> _Row:
    told = _document(one)
    referral = told.pop("track_id")
    return {**told, "referral": referral}


def _version(one: _Row, digest: str = "sha256") -> _Row:
    kept = {name: one[name] for name in ("version", "type", "size", "filed_at")}
    said = {"name": one["body"].get("file", {}), digest: one["body"].get("sha256", {})}
    return {**kept, **{name: stored["value"] for name, stored in said.items() if "value" in stored}}


def _record(one: _Row) -> _Row:
    kept = ("number", "seq", "recorded_at", "replaced_by")
    return {**{name: one.get(name) for name in kept}, "track_id": one["track"]}


def _impact(one: _Row) -> _Row:
    places = {"from_on": one["from"], "to_on": one["to"], "baseline_id": one.get("baseline"), "by_id": one.get("by")}
    evidence = {"evidence": list(one.get("evidence", ()))}
    return {**_record(one), **{name: one.get(name) for name in _OF_IMPACT}, **places, **evidence}


def _statement(one: _Row) -> _Row:
    kept = {name: one[name] for name in ("verdict", "issued_on", "valid_until", "values")}
    return {**_record(one), **kept, "technology_id": one["technology"]}


def _consents(case: Case) -> Mapping[str, _Row]:
    return {id: _consent(one) for id, one in case.consents.items()}


def _grants(case: Case) -> Mapping[str, _Row]:
    kept = ("track", "document", "given_at")
    return {
        id: {**{name: one[name] for name in kept}, "ended_at": one.get("ended_at")} for id, one in case.grants.items()
    }
