"""Read a case from its rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import Connection

from casework.engine.deadlines.deadlines import Rung
from casework.engine.state.case import (
    COMPLETED,
    OPEN,
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
from casework.errors import NotFound
from casework.records.database import run

#: A row as it comes out of the database in JSON, by column.
Row: TypeAlias = Mapping[str, Any]
HOME = {"case": "cases", "mediation": "mediations"}


@cache
def _load(home: str, every_task: bool, which: str = "h.id = $1") -> str:
    open_states = ", ".join(f"'{state}'" for state in sorted(OPEN))
    # A finished step task says nothing to a guard; leaving it out keeps a long case as cheap as a short one.
    tasks = "" if every_task else f" AND (state IN ({open_states}) OR type = 'side' AND state = '{COMPLETED}')"

    def part(name: str, order: str, where: str = "") -> str:
        return f"(SELECT json_agg(x ORDER BY {order})::text FROM {name} x WHERE log_id = h.id{where})"

    parts = ", ".join(
        [
            part("tracks", "position"),
            part("tasks", "position", tasks),
            part("clocks", "id"),
            part("proposals", "id"),
            part("consents", "id"),
            part("documents", "id"),
            part("files", "id"),
            part("grants", "id"),
            part("openings", "id"),
        ]
    )
    # As text, parsed here: no other form costs the server so little.
    return (
        "SELECT (SELECT calendar::text FROM programmes p WHERE p.id = h.programme_id), l.kind, l.seq, l.last_at,"
        f" to_json(h)::text, {parts} FROM {home} h JOIN logs l USING (id) WHERE {which}"
    )


def load(db: Connection, log: str, kind: str, *, every_task: bool = False) -> Case:
    """A case or mediation from its rows, in one statement. Raises NotFound."""
    return _case(*_row(db, log, kind, every_task)[1:])


def load_with_calendar(db: Connection, log: str, kind: str) -> tuple[Case, str]:
    """The same, and the calendar of its programme as it is written there."""
    calendar, *row = _row(db, log, kind, False)
    return _case(*row), calendar


def load_live(db: Connection, programmes: Collection[str], most: int) -> list[Case]:
    """The live cases of some programmes, the oldest first, in one statement."""
    which = "h.programme_id = ANY($1::uuid[]) AND h.closed_at IS NULL ORDER BY h.opened_at, h.id LIMIT $2::integer"
    rows = run(db, _load("cases", False, which), (array_of(sorted(programmes)), str(most))).fetchall()
    return [_case(*row[1:]) for row in rows]


def load_several(db: Connection, logs: Collection[str]) -> dict[str, Case]:
    """Some cases by their logs, in one statement."""
    rows = run(db, _load("cases", False, "h.id = ANY($1::uuid[])"), (array_of(sorted(logs)),)).fetchall()
    return {one.log: one for one in (_case(*row[1:]) for row in rows)}


def _row(db: Connection, log: str, kind: str, every_task: bool) -> tuple[Any, ...]:
    row: tuple[Any, ...] | None = run(db, _load(HOME[kind], every_task), (log,)).fetchone()
    if row is None:
        raise NotFound("case")
    return row


def _case(kind: str, seq: int, last_at: datetime, home_row: str, *parts: str | None) -> Case:
    home = json.loads(home_row)
    tracks, tasks, clocks, proposals, consents, documents, files, grants, openings = (
        {one["id"]: make(one) for one in json.loads(rows)} if rows else {}
        for make, rows in zip(_MAKE, parts, strict=True)
    )
    return Case(
        log=home["id"],
        kind=kind,
        programme=home["programme_id"],
        seq=seq,
        last_at=last_at,
        opened_at=_time(home["opened_at"]),
        title=home["title"],
        number=home.get("number"),
        match=home.get("match_id"),
        need=home.get("need_id"),
        technology=home.get("technology_id"),
        phase=home.get("phase_id"),
        parties=home["parties"],
        rights=tuple(home["rights"]),
        about=home.get("case_id"),
        owner=home["owner_id"],
        team=tuple(home["team"]),
        revision=home["revision"],
        tracks=tracks,
        tasks=tasks,
        clocks=clocks,
        proposals=proposals,
        consents=consents,
        documents=documents,
        files=files,
        grants=grants,
        openings=openings,
        interests=frozenset(home["interests"]),
        joins={one["id"]: Join.read(one) for one in home.get("joins", ())},
        hold=home["hold"],
        frozen=home["frozen"],
        outcome=home["outcome"],
        reasons=tuple(home["reasons"]),
        closed_at=_maybe_time(home["closed_at"]),
    )


def _time(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _maybe_time(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)


def _track(one: Row) -> Track:
    return Track(
        id=one["id"],
        workflow=one["workflow"],
        edition=one["edition"],
        kind=one["kind"],
        parent=one["parent_id"],
        provider=one["provider_id"],
        states=tuple(one["states"]),
        entered_at=_time(one["entered_at"]),
        opened_at=_time(one["opened_at"]),
        revision=one["revision"],
        ended_at=_maybe_time(one["ended_at"]),
        outcome=one["outcome"],
        replaced=one["replaced"],
        came_from={state: tuple(before) for state, before in one["came_from"].items()},
        fired={name: _fired(told) for name, told in one["fired"].items()},
        given=one["given"],
        barred=frozenset(one["barred"]),
        named=one["named"],
        received=one["received"],
        objections=one["objections"],
        part=one["part"],
        played=one["played"],
    )


def _fired(one: Row) -> Fired:
    return Fired(one["count"], _time(one["at"]), one["actor"], one["acting_for"], one["data"])


def _task(one: Row) -> Task:
    return Task(
        id=one["id"],
        track=one["track_id"],
        name=one["name"],
        edition=one["edition"],
        rule=one["rule"],
        type=one["type"],
        queue=one["queue"],
        organisation=one["organisation_id"],
        state=one["state"],
        opened_at=_time(one["opened_at"]),
        due_at=_maybe_time(one["due_at"]),
        holder=one["holder_id"],
        about=one["about"],
        of=one["of"],
        closed_at=_maybe_time(one["closed_at"]),
        closed_by=one["closed_by"],
        acted_for=one["acted_for"],
        result=one["result"],
        flagged=one["flagged"],
        aftercare=one["aftercare"],
        before=one["before"],
        initiator=one["initiator"],
        priority=one["priority"],
        handed=one["handed"],
        wait=one["wait"],
        items=one["items"],
    )


def _clock(one: Row) -> Clock:
    return Clock(
        id=one["id"],
        track=one["track_id"],
        unit=one["unit"],
        rungs=tuple(Rung(_time(moment), what, rule) for moment, what, rule in one["rungs"]),
        start=_time(one["start"]),
        calendar=one["calendar"],
        task=one["task_id"],
        consent=one["consent_id"],
        grant=one["grant_id"],
        of=one["of"],
        next=one["next"],
        state=one["state"],
        left=tuple(one["left"]),
    )


def _proposal(one: Row) -> Proposal:
    return Proposal(
        one["id"],
        one["track_id"],
        one["transition"],
        one["actor_id"],
        one["acting_for"],
        one["seq"],
        one["data"],
        one["task_id"],
    )


def _maybe_ids(ids: list[str] | None) -> tuple[str, ...] | None:
    return None if ids is None else tuple(ids)


def _consent(one: Row) -> Consent:
    return Consent(
        one["id"],
        one["party"],
        _maybe_ids(one["providers"]),
        _maybe_ids(one["documents"]),
        one["given_on"],
        one["expires_on"],
        _maybe_time(one["ended_at"]),
        one["how"],
    )


def _document(one: Row) -> Document:
    return Document(
        one["id"],
        one["party"],
        one["kind"],
        _time(one["registered_at"]),
        one["valid_until"],
        one["track_id"],
        _maybe_time(one["withdrawn_at"]),
        one["own"],
        one["letter"],
    )


def _file(one: Row) -> File:
    return File(
        one["id"],
        one["document_id"],
        one["version"],
        one["type"],
        one["size"],
        _time(one["filed_at"]),
        one["filed_by"],
        one["name"],
        one["digest"],
    )


def _grant(one: Row) -> Grant:
    ended, returned = _maybe_time(one["ended_at"]), _maybe_time(one["returned_at"])
    return Grant(
        one["id"],
        one["track_id"],
        one["document_id"],
        tuple(one["consents"]),
        _time(one["given_at"]),
        ended,
        returned,
        one["until"],
    )


def _opening(one: Row) -> Opening:
    return Opening(
        one["id"],
        one["kind"],
        one["state"],
        one["reader_id"],
        one["asker_id"],
        one["decider_id"],
        _time(one["asked_at"]),
        one["days"],
        _maybe_time(one["until"]),
        _maybe_time(one["decided_at"]),
        _maybe_time(one["ended_at"]),
        one["told_on"],
    )


_MAKE: tuple[Callable[[Row], Any], ...] = (
    _track, _task, _clock, _proposal, _consent, _document, _file, _grant, _opening,
)  # fmt: skip


def array_of(values: list[Any] | None) -> str | None:
    if values is None:
        return None
    quoted = [str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return "{" + ",".join(f'"{one}"' for one in quoted) + "}"
