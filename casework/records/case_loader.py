"""Read a case from its rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Connection, RowMapping

from casework.engine.deadlines.deadlines import EscalationStep
from casework.engine.state.case import (
    COMPLETED,
    OPEN,
    Case,
    Clock,
    Fired,
    Join,
    Opening,
    Proposal,
    Task,
    Track,
)
from casework.engine.state.case_documents import Consent, Document, File, Grant
from casework.engine.state.impacts import Impact, TechnologyStatement
from casework.engine.state.party_links import PartyLink
from casework.engine.state.related_cases import RelatedCase
from casework.errors import NotFound
from casework.records.database import run
from casework.records.wire import Row as Loaded
from casework.records.wire import Statement

#: A row as it comes out of the database, by column; mostly in JSON.
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
            part("party_links", "id"),
            part("impacts", "position"),
            part("statements", "position"),
        ]
    )
    # As text, parsed here: no other form costs the server so little.
    return (
        "SELECT (SELECT calendar::text FROM programmes p WHERE p.id = h.programme_id),"
        " (SELECT editions::text FROM programmes p WHERE p.id = h.programme_id), l.kind, l.seq, l.last_at,"
        f" to_json(h)::text, {parts} FROM {home} h JOIN logs l USING (id) WHERE {which}"
    )


def load(db: Connection, log: str, kind: str, *, every_task: bool = False) -> Case:
    """A case or mediation from its rows, in one statement. Raises NotFound."""
    return _case(*_row(db, log, kind, every_task)[2:])


def load_with_calendar(db: Connection, log: str, kind: str) -> tuple[Case, str, str]:
    """The same, and the calendar of its programme and the editions by which it begins, as they are written there."""
    return read_loaded(_row(db, log, kind, False))


def loading(log: str, kind: str) -> Statement:
    """What `load_with_calendar` sends, to be sent in one round trip with what locks the log: a statement of its own, so that it
    sees what was there once the lock was taken."""
    return _load(HOME[kind], False), (log,)


def loading_locked() -> Statement:
    """The same of a case whose log the statement before has locked and named in the transaction (`casework.locked`); else no row."""
    return _load("cases", False, "h.id = CAST(nullif(current_setting('casework.locked', true), '') AS uuid)"), ()


def read_loaded(row: Loaded) -> tuple[Case, str, str]:
    """The case, and the calendar and editions of its programme, from what such a statement gave."""
    calendar, editions, *rest = row
    return _case(*rest), calendar, editions


def load_live(db: Connection, programmes: Collection[str], most: int) -> list[Case]:
    """The live cases of some programmes, the oldest first, in one statement."""
    which = "h.programme_id = ANY($1::uuid[]) AND h.closed_at IS NULL ORDER BY h.opened_at, h.id LIMIT $2::integer"
    rows = run(db, _load("cases", False, which), (array_of(sorted(programmes)), str(most)))
    return [_case(*row[2:]) for row in rows]


def load_several(db: Connection, logs: Collection[str]) -> dict[str, Case]:
    """Some cases by their logs, in one statement."""
    rows = run(db, _load("cases", False, "h.id = ANY($1::uuid[])"), (array_of(sorted(logs)),))
    return {case.log: case for case in (_case(*row[2:]) for row in rows)}


def _row(db: Connection, log: str, kind: str, every_task: bool) -> Loaded:
    rows = run(db, _load(HOME[kind], every_task), (log,))
    if not rows:
        raise NotFound("case")
    return rows[0]


def _case(kind: str, seq: int, last_at: datetime, home_row: str, *parts: str | None) -> Case:
    home = orjson.loads(home_row)
    tracks, tasks, clocks, proposals, consents, documents, files, grants, openings, party_links, impacts, statements = (
        {row["id"]: make(row) for row in orjson.loads(rows)} if rows else {}
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
        follows_from=home.get("follows_from_id"),
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
        party_links=party_links,
        impacts=impacts,
        statements=statements,
        interests=frozenset(home["interests"]),
        joins={row["id"]: Join.read(row) for row in home.get("joins", ())},
        related={row["id"]: RelatedCase.read(row) for row in home.get("related", ())},
        hold=home["hold"],
        frozen=home["frozen"],
        outcome=home["outcome"],
        reasons=tuple(home["reasons"]),
        closed_at=_maybe_time(home["closed_at"]),
        removed_at=_maybe_time(home.get("removed_at")),
        archived_as=home.get("archived_as"),
    )


def _time(written: str | datetime) -> datetime:
    return written if isinstance(written, datetime) else datetime.fromisoformat(written)


def _maybe_time(written: str | datetime | None) -> datetime | None:
    return None if written is None else _time(written)


def _track(row: Row) -> Track:
    return Track(
        id=row["id"],
        workflow=row["workflow"],
        edition=row["edition"],
        kind=row["kind"],
        parent=row["parent_id"],
        provider=row["provider_id"],
        states=tuple(row["states"]),
        entered_at=_time(row["entered_at"]),
        opened_at=_time(row["opened_at"]),
        revision=row["revision"],
        ended_at=_maybe_time(row["ended_at"]),
        outcome=row["outcome"],
        replaced=row["replaced"],
        came_from={state: tuple(before) for state, before in row["came_from"].items()},
        fired={name: _fired(action) for name, action in row["fired"].items()},
        given=row["given"],
        barred=frozenset(row["barred"]),
        named=row["named"],
        received=row["received"],
        objections=row["objections"],
        part=row["part"],
        played=row["played"],
    )


def _fired(action: Row) -> Fired:
    return Fired(action["count"], _time(action["at"]), action["actor"], action["acting_for"], action["data"])


def task_of(row: Row | RowMapping) -> Task:
    """A task from its row, as JSON or as a statement gives it."""
    return Task(
        id=row["id"],
        track=row["track_id"],
        name=row["name"],
        edition=row["edition"],
        rule=row["rule"],
        type=row["type"],
        queue=row["queue"],
        organisation=row["organisation_id"],
        state=row["state"],
        opened_at=_time(row["opened_at"]),
        due_at=_maybe_time(row["due_at"]),
        holder=row["holder_id"],
        about=row["about"],
        of=row["of"],
        closed_at=_maybe_time(row["closed_at"]),
        closed_by=row["closed_by"],
        acted_for=row["acted_for"],
        result=row["result"],
        flagged=row["flagged"],
        aftercare=row["aftercare"],
        awaits=row["awaits"],
        before=row["before"],
        initiator=row["initiator"],
        priority=row["priority"],
        handed=row["handed"],
        wait=row["wait"],
        items=row["items"],
    )


def _clock(row: Row) -> Clock:
    return Clock(
        id=row["id"],
        track=row["track_id"],
        unit=row["unit"],
        steps=tuple(EscalationStep(_time(moment), what, rule) for moment, what, rule in row["steps"]),
        start=_time(row["start"]),
        calendar=row["calendar"],
        task=row["task_id"],
        consent=row["consent_id"],
        grant=row["grant_id"],
        of=row["of"],
        next=row["next"],
        state=row["state"],
        left=tuple(row["left"]),
    )


def _proposal(row: Row) -> Proposal:
    return Proposal(
        row["id"],
        row["track_id"],
        row["transition"],
        row["actor_id"],
        row["acting_for"],
        row["seq"],
        row["data"],
        row["task_id"],
    )


def _maybe_ids(ids: list[str] | None) -> tuple[str, ...] | None:
    return None if ids is None else tuple(ids)


def _consent(row: Row) -> Consent:
    return Consent(
        row["id"],
        row["party"],
        _maybe_ids(row["providers"]),
        _maybe_ids(row["documents"]),
        row["given_on"],
        row["expires_on"],
        _maybe_time(row["ended_at"]),
        row["how"],
        row["sheet"],
        row["abroad"],
        tuple(row["not_to"] or ()),
    )


def _document(row: Row) -> Document:
    return Document(
        row["id"],
        row["party"],
        row["kind"],
        _time(row["registered_at"]),
        row["valid_until"],
        row["track_id"],
        _maybe_time(row["withdrawn_at"]),
        row["own"],
        row["letter"],
        row["numbered"],
        row["dispatched_how"],
        row["dispatched_on"],
    )


def _file(row: Row) -> File:
    return File(
        row["id"],
        row["document_id"],
        row["version"],
        row["type"],
        row["size"],
        _time(row["filed_at"]),
        row["filed_by"],
        row["name"],
        row["digest"],
    )


def _grant(row: Row) -> Grant:
    ended, returned = _maybe_time(row["ended_at"]), _maybe_time(row["returned_at"])
    return Grant(
        row["id"],
        row["track_id"],
        row["document_id"],
        tuple(row["consents"]),
        _time(row["given_at"]),
        ended,
        returned,
        row["until"],
    )


def _opening(row: Row) -> Opening:
    return Opening(
        row["id"],
        row["kind"],
        row["state"],
        row["reader_id"],
        row["asker_id"],
        row["decider_id"],
        _time(row["asked_at"]),
        row["days"],
        _maybe_time(row["until"]),
        _maybe_time(row["decided_at"]),
        _maybe_time(row["ended_at"]),
        row["told_on"],
    )


def _party_link(row: Row) -> PartyLink:
    return PartyLink(
        row["id"],
        row["task_id"],
        row["party"],
        row["organisation_id"],
        row["given_by"],
        _time(row["given_at"]),
        _time(row["until"]),
        row["language"],
        tuple(row["documents"]),
        tuple(row["providers"]),
        row["code"],
        row["mail"],
        row["state"],
        _maybe_time(row["ended_at"]),
    )


def impact_of(row: Row) -> Impact:
    """A record of an effect, of its row."""
    return Impact(
        id=row["id"],
        seq=row["seq"],
        recorded_at=_time(row["recorded_at"]),
        track=row["track_id"],
        measure=row["measure"],
        indicator=row["indicator"],
        unit=row["unit"],
        level=row["level"],
        value=row["value"],
        from_on=row["from_on"],
        to_on=row["to_on"],
        method=row["method"],
        uncertainty=row["uncertainty"],
        factor=row["factor"],
        factor_source=row["factor_source"],
        conditions=row["conditions"],
        baseline=row["baseline_id"],
        evidence=tuple(row["evidence"]),
        by=row["by_id"],
        number=row["number"],
        replaced_by=row["replaced_by"],
    )


def _statement(row: Row) -> TechnologyStatement:
    return TechnologyStatement(
        id=row["id"],
        seq=row["seq"],
        recorded_at=_time(row["recorded_at"]),
        track=row["track_id"],
        technology=row["technology_id"],
        number=row["number"],
        verdict=row["verdict"],
        issued_on=row["issued_on"],
        valid_until=row["valid_until"],
        values=tuple(row["values"]),
        replaced_by=row["replaced_by"],
    )


_MAKE: tuple[Callable[[Row], Any], ...] = (
    _track, task_of, _clock, _proposal, _consent, _document, _file, _grant, _opening, _party_link, impact_of, _statement,
)  # fmt: skip


def array_of(values: list[Any] | None) -> str | None:
    if values is None:
        return None
    quoted = [str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return "{" + ",".join(f'"{element}"' for element in quoted) + "}"
