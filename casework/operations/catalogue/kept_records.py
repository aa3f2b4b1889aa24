"""Needs and technologies as records that the office keeps: entered, put right with a reason, confirmed, each with its history."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import uuid_utils
from sqlalchemy import Connection, TextClause, text

from casework import reasons
from casework.engine.case_objects.kept_records import (
    BY_NAME,
    BY_POSITION,
    CLOSED,
    CONFIRMED,
    FIELDS,
    FOLLOWED,
    GAVE_BACK,
    MERGED,
    NEED,
    PUBLICATIONS,
    REASON,
    SOURCE,
    TOLD_APART,
    TOOK_OVER,
    UNMERGED,
    changed,
    evolve,
    from_source,
    is_confirmed,
    said,
)
from casework.engine.case_objects.kept_records import (
    CORRECTED as PUT_RIGHT,
)
from casework.engine.case_objects.need_renewals import alike
from casework.engine.case_objects.record_use import DRAFT
from casework.engine.case_objects.record_values import cleaned
from casework.engine.case_objects.technology_details import misspelt
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved
from casework.json_values import JsonMapping
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import ERASED as GONE
from casework.operations.catalogue.doubted_fields import is_doubted
from casework.operations.catalogue.right_history import name_cases
from casework.operations.catalogue.service import read_seen
from casework.operations.catalogue.views import RecordEntry
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.organisations import KNOWN, STANDING
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import entitled
from casework.operations.core.record_log import (
    TABLES,
    Change,
    Kept,
    Standing,
    begin_record,
    lock_record,
    new_record_log,
    write_records,
)
from casework.operations.core.views import NamedInBoth, rows_as
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.permissions.work import in_the_programme
from casework.reasons import Why
from casework.records.access_sql import shows_need
from casework.records.event_log import lock_log, read_register
from casework.records.row_security import whole

EDITORS = (Role.OFFICER, Role.SUPERVISOR)


def confirm_field(db: Connection, actor: Actor, noun: Kept, id: str, *, field: str, request: Request) -> Done:
    """An officer stands for a field as it is; until then no guard believes it. Of two at once the first one does.

    For one that somebody stands for already one stands again where a refusal has said since that it is wrong.
    """
    programme, by = editable(db, actor, noun, id)
    if field not in FIELDS[noun]:
        raise InvalidForm(fields={"field": reasons.catalogue.NOT_CONFIRMABLE})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    standing = lock_record(db, noun, id, programme)
    if standing.state[field] in (None, "", [], {}):
        raise InvalidForm(fields={"field": reasons.catalogue.NOTHING_TO_CONFIRM})
    again = noun == "technology" and is_doubted(db, id, field)
    state = _confirm(db, by, standing, [field], again=again)
    return finish(db, actor, request, Done({"id": id, "field": field, "provenance": state["provenance"][field]}))


def set_owner(
    db: Connection,
    actor: Actor,
    noun: Kept,
    id: str,
    *,
    organisation: str,
    request: Request,
    reason: str | None = None,
) -> Done:
    """Say whose a need or technology is: that organisation is the party of its cases from now on, of those that run too."""
    programme, by = editable(db, actor, noun, id)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    standing = lock_record(db, noun, id, programme)
    fields = changed(noun, standing.state, {"owner_id": organisation})
    if (why := _no_owner(db, programme, organisation, new=bool(fields))) is not None:
        raise InvalidForm(fields={"organisation": why})
    if fields:
        words = _reasoned(standing, fields, reason)
        write_records(db, by, [(standing, Change(PUT_RIGHT, fields, words, {"confirmed": sorted(fields)}))])
    else:
        _confirm(db, by, standing, ["owner_id"])
    return finish(db, actor, request, Done({"id": id}))


def _no_owner(db: Connection, programme: str, organisation: str, *, new: bool = True) -> Why | None:
    """Why a record cannot belong to an organisation; one that has expired can keep what it has."""
    row = db.execute(_OWNER, {"id": organisation, "seen": [programme]}).first()
    if row is None:
        return reasons.fields.NOT_KNOWN
    return reasons.catalogue.ORGANISATION_EXPIRED if new and row.expired else None


#: An organisation that can own a record of a programme, as it knows it, and whether its record has expired.
_OWNER = text(f"""
    SELECT o.expired_at IS NOT NULL AS expired FROM organisations o
    WHERE o.id = CAST(:id AS uuid) AND o.merged_into IS NULL AND {KNOWN}
""")


def _reasoned(standing: Standing, fields: Collection[str], reason: str | None) -> dict[str, str | None]:
    """Why fields say something else now. Raises InvalidForm where somebody stands for one of them and nothing is said."""
    said = (reason or "").strip()
    if not said and any(is_confirmed(standing.state, name) for name in fields):
        raise InvalidForm(fields={REASON: reasons.catalogue.SAY_WHY_CORRECTED})
    return {REASON: said or None}


#: What a person may put right of a record: all but how it stands.
CORRECTED: Mapping[str, frozenset[str]] = {noun: frozenset(FIELDS[noun]) - {"status"} for noun in FIELDS}
_EMPTY: tuple[Any, ...] = (None, "", [], {})
#: Whether a record is there under what its source calls it.
_TAKEN: Mapping[str, TextClause] = {
    noun: text(
        f"SELECT 1 FROM {table} WHERE programme_id = CAST(:programme AS uuid) AND source = :source AND external_id = :external_id"
    )
    for noun, table in TABLES.items()
}
#: Organisations that can own a record of a programme, by a name: two of them at most. Of one that was merged the one in its place.
_NAMED = text(f"""
    SELECT DISTINCT o.id::text FROM {STANDING} WHERE (g.name = :name OR g.name_zh = :name) AND {KNOWN} LIMIT 2
""")


def find_owner(db: Connection, programme: str, name: str | None) -> str | None:
    """The organisation of a name, where a form tells the owner so: one that the programme knows.

    Raises InvalidForm where none, or several, have it.
    """
    if not name:
        return None
    ids = db.execute(_NAMED, {"name": name, "seen": [programme]}).scalars().all()
    if len(ids) != 1:
        raise InvalidForm(fields={"owner": reasons.catalogue.SEVERAL_OWNERS if ids else reasons.fields.NOT_KNOWN_HERE})
    return str(ids[0])


def create_record(
    db: Connection,
    actor: Actor,
    noun: Kept,
    *,
    programme: str,
    fields: JsonMapping,
    source: str,
    external_id: str | None = None,
    confirmed: bool,
    draft: bool = False,
    request: Request,
) -> Done:
    """Enter a need or a technology; with `confirmed` the person who enters it stands for all that it says. A need that is a `draft` is
    there for those alone who keep it, until it is published."""
    if programme not in reach(actor).all_of:
        raise NotFound("programme")
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    kept = {name: value for name, value in fields.items() if name in CORRECTED[noun] and value not in _EMPTY}
    kept |= cleaned(kept)
    with whole(db):
        turn = lock_log(db, programme)
    _insist_plausible(db, programme, kept, {"title", *kept})
    _insist_to_come(db, programme, kept.get("valid_until"))
    id = str(uuid_utils.uuid7())
    named = external_id or id
    if db.execute(_TAKEN[noun], {"programme": programme, "source": source, "external_id": named}).first():
        raise InvalidForm(fields={"external_id": reasons.catalogue.RECORD_THERE})
    stands: RegisterEffects = {"confirmed": sorted(kept)} if confirmed else {}
    if draft and noun == NEED:
        # That it is one somebody has said, whoever stands for the rest.
        kept["status"] = DRAFT
        stands = {"confirmed": sorted(kept) if confirmed else ["status"]}
    new = begin_record(
        noun, new_record_log(id, noun, turn), source=source, external_id=named, fields=kept, effects=stands
    )
    write_records(db, by, [new])
    return finish(db, actor, request, Done({"id": id}, 201))


def correct_record(
    db: Connection,
    actor: Actor,
    noun: Kept,
    id: str,
    *,
    fields: JsonMapping,
    source: str | None,
    reason: str | None,
    request: Request,
    seen: int | None = None,
    statement: str | None = None,
) -> Done:
    """Put right what a record says, and stand for it: a field that is None is emptied, one that is not named stays.

    What was confirmed before takes a reason, but for what its enterprise says otherwise by a `statement`.
    Raises RecordHasMoved where its log is longer than it was when it was `seen`.
    """
    programme, by = editable(db, actor, noun, id)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    standing = _standing(db, noun, id, programme, seen)
    given = {
        name: FIELDS[noun][name] if value in _EMPTY else value
        for name, value in fields.items()
        if name in CORRECTED[noun]
    }
    given |= cleaned(given)
    new = {
        name: value
        for name, value in changed(noun, standing.state, given).items()
        if not alike(standing.state[name], value)
    }
    if not new and statement is None:
        raise InvalidForm(fields={REASON: reasons.catalogue.NOTHING_CHANGED})
    _insist_plausible(db, programme, {**standing.state, **new}, new)
    words = {} if statement is not None else _reasoned(standing, new, reason)
    effects: RegisterEffects = {"confirmed": sorted(new)}
    if statement is not None:
        effects["statement"] = statement
    words |= {SOURCE: (source or "").strip() or None}
    write_records(db, by, [(standing, Change(PUT_RIGHT, new, words, effects))])
    return finish(db, actor, request, Done({"id": id}))


def confirm_source(
    db: Connection, actor: Actor, noun: Kept, id: str, *, source: str, request: Request, seen: int | None = None
) -> Done:
    """An officer stands for all that came from one source and that nobody stands for yet."""
    programme, by = editable(db, actor, noun, id)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    standing = _standing(db, noun, id, programme, seen)
    fields = [name for name in from_source(standing.state, source) if standing.state[name] not in _EMPTY]
    if not fields:
        raise InvalidForm(fields={SOURCE: reasons.catalogue.NOTHING_FROM_SOURCE})
    _confirm(db, by, standing, fields)
    return finish(db, actor, request, Done({"id": id, "fields": fields}))


def read_seq(db: Connection, id: str) -> int:
    """How long the log of a record is: whoever fills in a form about it says so with it."""
    return int(db.execute(text("SELECT seq FROM logs WHERE id = CAST(:id AS uuid)"), {"id": id}).scalar_one())


def read_entries(db: Connection, actor: Actor, noun: Kept, id: str) -> list[RecordEntry]:
    """The history of a record, the newest first: what its fields said before and after, and for which somebody stands."""
    row = read_seen(db, actor, noun, id)
    # Who answered by a link, and why, is told to who reads what enterprises state.
    stated = str(row.programme_id) in closed_of(actor)
    with whole(db):
        events = list(read_register(db, id))
    names = names_of(db, {event.actor for event in events})
    followed = {event.effects["cause"]["log"] for event in events if event.kind == FOLLOWED}
    numbers = {case.id: case.number for case in name_cases(db, actor, followed)} if followed else {}
    merged_with = sorted({other for event in events if (other := _other_of(event)) is not None})
    asking = {"ids": merged_with, "closed_of": sorted(closed_of(actor))}
    others = {other.id: other for other in rows_as(NamedInBoth, db.execute(_OTHERS[noun], asking))}
    state: JsonMapping = {}
    entries = []
    for event in events:
        told = said(noun, event)
        entries.append(
            RecordEntry(
                at=instant(event.at),
                kind=event.kind,
                who=names.get(event.actor),
                by_link=_bare(event.body.get(BY_NAME)) if stated else None,
                as_what=_bare(event.body.get(BY_POSITION)) if stated else None,
                statement=event.effects.get("statement") if stated else None,
                role=event.role,
                by_question="statement" in event.effects,
                imported="cause" in event.effects and event.kind != FOLLOWED,
                case=numbers.get(event.effects["cause"]["log"]) if event.kind == FOLLOWED else None,
                changes={name: (_bare(state.get(name)), _bare(value)) for name, value in told.items()},
                confirmed=[name for name in event.effects.get("confirmed", []) if name not in told],
                erased=sorted(name for name, value in told.items() if value is GONE),
                source=_bare(event.body.get(SOURCE)),
                reason=_bare(event.body.get(REASON)) if stated or "statement" not in event.effects else None,
                other=others.get(_other_of(event) or ""),
            )
        )
        state = evolve(noun, state, event)
    return entries[::-1]


def _other_of(event: RegisterEvent) -> str | None:
    """The record with which one was made into one by an event of its log, was again two, or was said to be two."""
    if event.kind == TOLD_APART:
        return event.effects["apart"]
    if event.kind in (MERGED, TOOK_OVER):
        merger = event.effects["merger"]
    elif event.kind in (UNMERGED, GAVE_BACK):
        merger = event.effects["unmerger"]
    else:
        return None
    return merger["gone"] if event.kind in (TOOK_OVER, GAVE_BACK) else merger["kept"]


#: What some records are called.
_OTHERS: Mapping[str, TextClause] = {
    noun: text(
        f"SELECT x.id::text, {entitled('x')} AS name, NULL AS name_zh FROM {table} x WHERE x.id = ANY(CAST(:ids AS uuid[]))"
        f" AND {shows_need('x') if noun == NEED else 'true'}"
    )
    for noun, table in TABLES.items()
}


def _bare(value: Any) -> Any:
    return None if value is GONE else value


#: Amounts that say nothing without their currency, which stands beside each.
_AMOUNTS = {"budget": reasons.catalogue.CURRENCY_MISSING, "cost": reasons.catalogue.COST_CURRENCY_MISSING}


def _standing(db: Connection, noun: Kept, id: str, programme: str, seen: int | None) -> Standing:
    standing = lock_record(db, noun, id, programme)
    if seen not in (None, standing.log.seq):
        raise RecordHasMoved
    return standing


def _insist_plausible(db: Connection, programme: str, state: JsonMapping, named: Collection[str]) -> None:
    """What is said of a record agrees in itself. Raises InvalidForm."""
    faults: dict[str, Why] = {}
    if "title" in named and state.get("title") in _EMPTY:
        faults["title"] = reasons.fields.REQUIRED
    low, high = state.get("readiness_low"), state.get("readiness_high")
    for name, level in (("readiness_low", low), ("readiness_high", high)):
        if level is not None and not 1 <= level <= 9:
            faults[name] = reasons.fields.WHOLE_BETWEEN(least="1", most="9")
    if low is not None and high is not None and low > high:
        faults.setdefault("readiness_high", reasons.catalogue.READINESS_ORDER)
    for name, missing in _AMOUNTS.items():
        if state.get(name) is not None and state.get(f"{name}_currency") is None:
            faults[f"{name}_currency"] = missing
    faults |= misspelt({name: state[name] for name in named if state.get(name) is not None})
    if state.get("publication", CLOSED) not in PUBLICATIONS:
        faults["publication"] = reasons.fields.ONE_OF(choices=PUBLICATIONS)
    owner = state.get("owner_id")
    if "owner_id" in named and owner is not None and (why := _no_owner(db, programme, owner)) is not None:
        faults["owner"] = why
    if faults:
        raise InvalidForm(fields=faults)


#: Today's day in the zone of a programme.
_TODAY = text(
    "SELECT CAST(casework_now() AT TIME ZONE (calendar->>'zone') AS date) FROM programmes WHERE id = CAST(:programme AS uuid)"
)


def _insist_to_come(db: Connection, programme: str, last: Any) -> None:
    """What is entered today has not ended before. Raises InvalidForm."""
    if last is not None and str(last) < db.execute(_TODAY, {"programme": programme}).scalar_one().isoformat():
        raise InvalidForm(fields={"valid_until": reasons.fields.NOT_IN_PAST})


def _confirm(db: Connection, by: By, standing: Standing, fields: Collection[str], *, again: bool = False) -> Any:
    """Stand for those of the fields that nobody stands for, or for all `again`; gives how the record stands then."""
    new = sorted(name for name in fields if again or not is_confirmed(standing.state, name))
    if not new:
        return standing.state
    return write_records(db, by, [(standing, Change(CONFIRMED, effects={"confirmed": new}))])[standing.log.id]


def editable(db: Connection, actor: Actor, noun: Kept, id: str) -> tuple[str, By]:
    """The programme of a record that the actor may put right, and in which capacity. Raises NotFound and NotAllowed."""
    programme, by, merged_into = keeper(db, actor, noun, id)
    if merged_into is not None:
        raise NotAllowed(why=reasons.catalogue.RECORD_MERGED)
    return programme, by


def keeper(db: Connection, actor: Actor, noun: Kept, id: str) -> tuple[str, By, str | None]:
    """The programme of a record that the actor keeps, in which capacity, and what stands in its place if it was merged.

    Whoever asked for it to be merged may ask again, and is given the earlier answer. Raises NotFound and NotAllowed.
    """
    row = read_seen(db, actor, noun, id)
    programme = str(row.programme_id)
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    return programme, by, None if row.merged_into is None else str(row.merged_into)
