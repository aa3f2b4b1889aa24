"""What a person sees: lists, a case with what can be done now, its history. Reads only.

The same policy decides what may be seen and what is listed; a case that a person may not see does not exist here.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.cases import CREATED, Case, Task, Track
from casework.engine.commands import By, Context, Library
from casework.engine.draft import accepted
from casework.engine.offers import offers, task_offers
from casework.engine.prefill import prefill
from casework.engine.roles import ORGANISATION_QUEUES
from casework.errors import InvalidForm, NotFound
from casework.ledger.bodies import ERASED, values
from casework.ledger.canonical import instant
from casework.operations.deeds import calendar_of, new_id, reads
from casework.operations.outside import outside
from casework.permissions import Actor, Reach, Sight, capacities, choose, conflict, own_tracks, reach, sight
from casework.records.cases import load
from casework.records.logs import now

Json = Any

#: Rows on a page of a list, and the most that may be asked for.
PAGE, MOST = 25, 100


# --- keyset pages ----------------------------------------------------------------------------------------------------


def to_cursor(*keys: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps([_plain(key) for key in keys]).encode()).decode().rstrip("=")


def from_cursor(cursor: str | None, count: int) -> list[Any] | None:
    """The keys of the row after which a page starts. Raises InvalidForm for what we have not given out."""
    if not cursor:
        return None
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, UnicodeDecodeError, RecursionError):
        raise InvalidForm(fields={"cursor": "is not one of ours"}) from None
    if (
        not isinstance(keys, list)
        or len(keys) != count
        or not all(isinstance(key, (str, int, type(None))) for key in keys)
    ):
        raise InvalidForm(fields={"cursor": "is not one of ours"})
    return keys


def _plain(key: Any) -> Any:
    return instant(key) if isinstance(key, datetime) else key


def page(rows: Sequence[Any], limit: int, key: Any) -> tuple[Sequence[Any], str | None]:
    """The rows of a page and the cursor of the next, from one row more than the page holds."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], to_cursor(*key(rows[limit - 1]))


def insist_limit(limit: int | None) -> int:
    if limit is None:
        return PAGE
    if not 1 <= limit <= MOST:
        raise InvalidForm(fields={"limit": f"must be between 1 and {MOST}"})
    return limit


def cursor_time(key: Any) -> datetime:
    try:
        return datetime.fromisoformat(key)
    except (TypeError, ValueError):
        raise InvalidForm(fields={"cursor": "is not one of ours"}) from None


def _cursor_count(key: Any) -> int:
    if not isinstance(key, int) or not 0 <= key < 2**53:
        raise InvalidForm(fields={"cursor": "is not one of ours"})
    return key


def cursor_id(key: Any) -> str:
    try:
        return str(UUID(key))
    except (TypeError, ValueError, AttributeError):
        raise InvalidForm(fields={"cursor": "is not one of ours"}) from None


# --- cases -----------------------------------------------------------------------------------------------------------

_LIST = """
    SELECT c.id, c.number, c.title, c.programme_id, c.state, c.outcome, c.owner_id, c.opened_at, c.closed_at,
        p.name AS owner, CASE
            WHEN c.programme_id = ANY(CAST(:all_of AS uuid[])) THEN 3
            WHEN EXISTS ({referred}) THEN 2
            ELSE 1 END AS level
    FROM cases c LEFT JOIN people p ON p.id = c.owner_id
    WHERE (c.programme_id = ANY(CAST(:all_of AS uuid[])) OR c.programme_id = ANY(CAST(:outlines_of AS uuid[]))
        OR EXISTS ({referred}))
    {more}
    ORDER BY c.opened_at DESC, c.id DESC LIMIT :most
"""
_REFERRED = """
    SELECT 1 FROM tracks t WHERE t.log_id = c.id AND t.workflow = 'referral'
    AND t.provider_id = ANY(CAST(:organisations AS uuid[])) AND NOT 'draft' = ANY(t.states) AND t.fired ? 'send'
    AND NOT :person = ANY(t.barred) AND NOT :person = ANY(c.interests)
"""
_FILTERS = {
    "state": "c.state = :state",
    "owner": "c.owner_id = CAST(:owner AS uuid)",
    "outcome": "c.outcome = :outcome",
    "number": "c.number = :number",
    "programme": "c.programme_id = CAST(:programme AS uuid)",
}


def list_cases(
    db: Connection,
    actor: Actor,
    *,
    filters: Mapping[str, str] | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Json]:
    """Cases that the actor may see, the newest first."""
    most, mine = insist_limit(limit), reach(actor)
    asked = dict(filters or {})
    if unknown := asked.keys() - _FILTERS.keys():
        raise InvalidForm(fields=dict.fromkeys(unknown, "is not a filter"))
    more = [f"AND {_FILTERS[name]}" for name in asked]
    given: dict[str, Any] = {**_reach_values(mine), **asked, "most": most + 1}
    if keys := from_cursor(cursor, 2):
        more.append("AND (c.opened_at, c.id) < (:at, CAST(:id AS uuid))")
        given |= {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}
    rows = db.execute(text(_LIST.format(referred=_REFERRED, more=" ".join(more))), given).all()
    shown, following = page(rows, most, lambda row: (row.opened_at, row.id))
    return {"items": [_case_row(row) for row in shown], "next": following}


def _reach_values(mine: Reach) -> dict[str, Any]:
    return {
        "person": mine.person, "all_of": sorted(mine.all_of), "outlines_of": sorted(mine.outlines_of),
        "organisations": sorted(mine.organisations),
    }  # fmt: skip


def _case_row(row: Any) -> dict[str, Json]:
    outline = {"number": row.number, "title": row.title, "state": row.state, "outcome": row.outcome}
    if row.level == Sight.OUTLINE:
        return outline
    if row.level == Sight.REFERRALS:
        return {"number": row.number, "title": row.title}
    return outline | {
        "programme": row.programme_id, "owner": {"id": row.owner_id, "name": row.owner} if row.owner_id else None,
        "opened_at": instant(row.opened_at), "closed_at": _when(row.closed_at),
    }  # fmt: skip


def _when(moment: datetime | None) -> str | None:
    return None if moment is None else instant(moment)


def find_case(db: Connection, actor: Actor, number: str) -> tuple[Case, Sight]:
    """A case by its number, and how much of it the actor sees. Raises NotFound."""
    id = db.execute(text("SELECT id FROM cases WHERE number = :number"), {"number": number}).scalar_one_or_none()
    if id is None:
        raise NotFound("case")
    case = load(db, id, "case")
    level = sight(actor, case)
    if level == Sight.NOTHING:
        raise NotFound("case")
    return case, level


def find_mediation(db: Connection, actor: Actor, id: str) -> Case:
    """A sealed mediation, for those named for it and for its provider. Raises NotFound for all others."""
    case = load(db, id, "mediation")
    if sight(actor, case) == Sight.NOTHING:
        raise NotFound("mediation")
    return case


def show_case(db: Connection, actor: Actor, number: str) -> dict[str, Json]:
    """A case: where it stands, who must do what by when, what the actor may do now, and why not the rest."""
    case, level = find_case(db, actor, number)
    if level == Sight.OUTLINE:
        step = load_library()[case.main.edition].states[case.main.states[0]].step
        return {
            "number": case.number,
            "title": case.title,
            "state": case.main.states[0],
            "step": step,
            "outcome": case.outcome,
        }
    return describe(db, actor, case, level)


def describe(db: Connection, actor: Actor, case: Case, level: Sight) -> dict[str, Json]:
    """A case or mediation as far as the actor sees it."""
    library = load_library()
    seen = list(case.tracks.values()) if level == Sight.ALL else own_tracks(actor, case)
    ids = {track.id for track in seen}
    tasks = [task for task in case.open_tasks() if task.track in ids and (level == Sight.ALL or task.organisation)]
    names = _names(db, case, tasks)
    made: dict[str, Json] = {
        "number": case.number, "title": case.title,
        "parties": {side: names.get(one) for side, one in case.parties.items()},
        "tracks": [_show_track(track, library, names, level) for track in seen],
        "tasks": [show(task, library[task.edition], names) for task in tasks],
        "actions": _actions(db, actor, case, seen, library, level),
    }  # fmt: skip
    if level < Sight.ALL:
        return made
    nobody = Context(By(actor.person, "none"), now(db), calendar_of(db, case.programme), new_id)
    return made | {
        "requests": _requests(actor, case, seen, library, nobody),
        "id": case.log, "programme": case.programme, "revision": case.revision, "owner": _person(case.owner, names),
        "team": [_person(one, names) for one in case.team], "next_action": _next_action(case, library, names),
        "waits_for": _waits_for(case, names), "state": case.main.states[0], "outcome": case.outcome,
        "reasons": list(case.reasons), "hold": _hold(case), "frozen": case.frozen, "opened_at": instant(case.opened_at),
        "closed_at": _when(case.closed_at), "rights": list(case.rights), "match": case.match,
        "consents": [_show_consent(one) for one in case.consents.values()],
        "documents": [
            {"id": d.id, "party": d.party, "kind": d.kind, "valid_until": d.valid_until} for d in case.documents.values()
        ],
        "grants": [
            {"id": g.id, "track": g.track, "document": g.document, "given_at": instant(g.given_at), "ended_at": _when(g.ended_at)}
            for g in case.grants.values()
        ],
        "proposals": [
            {"track": p.track, "transition": p.transition, "by": _person(p.actor, names), "task": p.task}
            for p in case.proposals.values()
        ],
    }  # fmt: skip


def _hold(case: Case) -> Json:
    return None if case.hold is None else {key: value for key, value in case.hold.items() if key != "paused"}


def _show_consent(one: Any) -> dict[str, Json]:
    return {
        "id": one.id, "party": one.party, "providers": None if one.providers is None else list(one.providers),
        "documents": None if one.documents is None else list(one.documents), "given_on": one.given_on,
        "expires_on": one.expires_on, "ended_at": _when(one.ended_at), "how": one.how,
    }  # fmt: skip


def _show_track(track: Track, library: Library, names: Mapping[str, str], level: Sight) -> dict[str, Json]:
    edition = library[track.edition]
    return {
        "id": track.id, "workflow": track.workflow, "kind": track.kind, "edition": track.edition,
        "edition_number": edition.number, "revision": track.revision, "states": list(track.states),
        "labels": [edition.text(f"states.{leaf}") for leaf in track.states],
        "step": edition.states[track.states[0]].step, "parent": track.parent,
        "provider": {"id": track.provider, "name": names.get(track.provider)} if track.provider else None,
        "entered_at": instant(track.entered_at), "ended": track.outcome, "replaced": track.replaced,
        "given": dict(track.given),
    }  # fmt: skip


def show(task: Task, edition: Any, names: Mapping[str, str]) -> dict[str, Json]:
    """A task as the API and the pages show it."""
    rule = edition.tasks.get(task.rule) if task.type == "side" else None
    do = {
        "step": lambda: edition.text(f"states.{task.rule}.do"),
        "side": lambda: edition.text(f"tasks.{task.rule}"),
        "decision": lambda: edition.text(f"transitions.{task.rule}.do"),
    }[task.type]()
    return {
        "id": task.id, "track": task.track, "name": task.name, "type": task.type, "do": do, "queue": task.queue,
        "organisation": task.organisation, "state": task.state, "holder": _person(task.holder, names), "about": task.about,
        "opened_at": instant(task.opened_at), "due_at": _when(task.due_at), "overdue": task.overdue,
        "aftercare": task.aftercare, "form": edition.form(rule.form) if rule else None, "result": dict(task.result),
    }  # fmt: skip


def _person(id: str | None, names: Mapping[str, str]) -> Json:
    return None if id is None else {"id": id, "name": names.get(id)}


def _names(db: Connection, case: Case, tasks: Sequence[Task]) -> dict[str, str]:
    """Names of everybody and every organisation that is shown, in one query."""
    people = {case.owner, *case.team, *(task.holder for task in tasks), *(p.actor for p in case.proposals.values())}
    organisations = {*case.parties.values(), *(track.provider for track in case.tracks.values())}
    return names_of(db, people, organisations)


def names_of(db: Connection, people: set[str | None], organisations: set[str | None] | None = None) -> dict[str, str]:
    rows = db.execute(
        text(
            "SELECT id::text, name FROM people WHERE id = ANY(CAST(:people AS uuid[]))"
            " UNION ALL SELECT id::text, name FROM organisations WHERE id = ANY(CAST(:organisations AS uuid[]))"
        ),
        {
            "people": sorted(one for one in people if one and one != "system"),
            "organisations": sorted(one for one in organisations or () if one),
        },
    )
    return {row[0]: row[1] for row in rows}


def _next_action(case: Case, library: Library, names: Mapping[str, str]) -> Json:
    """The task that is due first among those that our side must do; else the first at all."""
    waiting = [
        task for task in case.open_tasks() if task.state != CREATED and not (task.aftercare and not case.closed_at)
    ]
    ours = [task for task in waiting if task.queue not in ORGANISATION_QUEUES] or waiting
    first = min(ours, key=lambda task: (task.due_at or task.opened_at, task.id), default=None)
    if first is None:
        return None
    shown = show(first, library[first.edition], names)
    return {key: shown[key] for key in ("id", "track", "name", "do", "queue", "holder", "due_at", "overdue")}


def _waits_for(case: Case, names: Mapping[str, str]) -> list[dict[str, Json]]:
    """Whom the case waits for, since when and until when; empty where it is our turn alone."""
    if case.hold is not None:
        return [{"for": case.hold.get("waits_for"), "until": case.hold.get("resume_by"), "what": "hold"}]
    found = []
    for task in case.open_tasks():
        if task.queue in ORGANISATION_QUEUES and task.state != CREATED and not task.aftercare:
            who = {"id": task.organisation, "name": names.get(task.organisation or "")}
            found.append({"for": who, "since": instant(task.opened_at), "until": _when(task.due_at), "what": task.name})
    return sorted(found, key=lambda one: (one["until"] or "9", one["what"]))


def _actions(
    db: Connection, actor: Actor, case: Case, seen: Sequence[Track], library: Library, level: Sight
) -> list[dict[str, Json]]:
    """Every action where the tracks seen stand: whether it is possible now, and every reason why not."""
    moment, calendar = now(db), calendar_of(db, case.programme)
    facts = outside(db, case, reads(library, case))
    barred = conflict(actor, case)
    mine = {track.id: capacities(actor, case, track) for track in seen}
    # Asked once for each capacity: a deputy may do what the person may not.
    nobody = By(actor.person, "none")
    by_capacity = {
        by: {
            (offer.track, offer.transition): offer
            for offer in offers(library, case, Context(by, moment, calendar, new_id, facts))
        }
        for by in {nobody, *(by for all_of in mine.values() for by in all_of)}
    }
    made = []
    for (track, name), plain in by_capacity[nobody].items():
        if track not in mine:
            continue
        edition, rule = library[case.tracks[track].edition], plain.rule
        roles = rule.confirm_by if plain.proposal else rule.by_people
        by = choose(mine[track], accepted(case, roles))
        if by is None and level < Sight.ALL:
            continue
        why: tuple[str, ...]
        if barred is not None:
            why = (barred,)
        elif by is None:
            why = (f"This is for: {', '.join(sorted(roles))}.",)
        else:
            why = by_capacity[by][track, name].why_not
        made.append({
            "track": track, "transition": name, "label": edition.text(f"transitions.{name}.do"), "kind": rule.kind,
            "by": list(rule.by_people), "confirm_by": list(rule.confirm_by), "proposed": plain.proposal is not None,
            "allowed": not why, "why_not": list(why), "form": [] if plain.proposal else edition.form(rule.form),
            "prefill": {} if plain.proposal else prefill(case, case.tracks[track], edition.form(rule.form)),
        })  # fmt: skip
    return made


def _requests(
    actor: Actor, case: Case, seen: Sequence[Track], library: Library, context: Context
) -> list[dict[str, Json]]:
    """Side tasks that the actor may add now."""
    ids, made = {track.id for track in seen}, []
    for offer in task_offers(library, case, context):
        if offer.track not in ids:
            continue
        edition = library[case.tracks[offer.track].edition]
        roles = next(tuple(one["by"]) for one in edition.rules["on_request"] if one["task"] == offer.rule.key)
        if choose(capacities(actor, case, case.tracks[offer.track]), accepted(case, roles)) is None:
            continue
        label = edition.text(f"tasks.{offer.rule.key}")
        made.append({"track": offer.track, "task": offer.task, "label": label, "about": offer.rule.per})
    return made


# --- history ---------------------------------------------------------------------------------------------------------

_EVENTS = """
    SELECT seq, at, kind, track_id, actor_id, header, effects, body, hash FROM events
    WHERE log_id = CAST(:log AS uuid) AND seq > :after {more} ORDER BY seq LIMIT :most
"""


def list_events(
    db: Connection, actor: Actor, case: Case, *, only: Sequence[str] | None = None, cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Json]:  # fmt: skip
    """The history as far as the actor sees it, of all tracks or of some `only`.

    Who does not see the whole log gets positions of their own.
    """
    most, level = insist_limit(limit), sight(actor, case)
    if level < Sight.REFERRALS:
        raise NotFound("history")
    keys = from_cursor(cursor, 2)
    after, position = (_cursor_count(keys[0]), _cursor_count(keys[1])) if keys else (0, 0)
    given: dict[str, Any] = {"log": case.log, "after": after, "most": most + 1}
    whole = level == Sight.ALL
    more = ""
    if not whole:
        more = "AND track_id = ANY(CAST(:tracks AS uuid[])) AND (header->>'from') IS NOT NULL AND NOT header->'from' ? 'draft'"
        given["tracks"] = [track.id for track in own_tracks(actor, case) if only is None or track.id in only]
        # The cursor of a part of a log must not betray the seq of the whole: it counts what was shown.
        given["after"] = 0
        rows = db.execute(text(_EVENTS.format(more=more) + " OFFSET :skip"), given | {"skip": position}).all()
    else:
        if only is not None:
            more, given["tracks"] = "AND track_id = ANY(CAST(:tracks AS uuid[]))", list(only)
        rows = db.execute(text(_EVENTS.format(more=more)), given).all()
    library, shown = load_library(), rows[:most]
    people = {row.header["actor"] for row in shown} | {row.header["acting_for"] for row in shown}
    names = names_of(db, people, {row.header["organisation"] for row in shown})
    items = [
        _show_event(row, library, names, position + n, whole=whole, organisations=reach(actor).organisations)
        for n, row in enumerate(shown, 1)
    ]
    following = None
    if len(rows) > most:
        following = to_cursor(shown[-1].seq if whole else 0, position + len(shown))
    return {"items": items, "next": following}


def _show_event(
    row: Any, library: Library, names: Mapping[str, str], position: int, *, whole: bool, organisations: frozenset[str]
) -> dict[str, Json]:
    header, effects = row.header, row.effects
    edition = library[header["edition"]] if header["edition"] else None
    what = effects.get("transition") or effects.get("name") or effects.get("what")
    done = edition.text(f"transitions.{effects['transition']}.done") if edition and effects.get("transition") else None
    body = {name: None if value is ERASED else value for name, value in values(row.body).items()}
    made = {
        "position": position, "at": header["at"], "kind": row.kind, "what": what, "done": done, "track": row.track_id,
        "from": header["from"], "to": header["to"], "role": header["role"], "data": effects.get("data", effects.get("result", {})),
        "happened_on": effects.get("happened_on"), "body": body,
        "erased": sorted(name for name, value in values(row.body).items() if value is ERASED),
    }  # fmt: skip
    if whole:
        return made | {
            "seq": row.seq, "actor": _actor(header["actor"], names), "acting_for": _actor(header["acting_for"], names),
            "organisation": header["organisation"], "because": header["because"], "edition": header["edition"],
            "effects": effects, "hash": row.hash, "prev": header["prev"],
        }  # fmt: skip
    ours = header["organisation"] in organisations
    # On the other side of a referral one sees the office, not who in it.
    return made | {"actor": _actor(header["actor"], names) if ours else {"name": header["role"]}}


def _actor(id: str | None, names: Mapping[str, str]) -> Json:
    if id is None:
        return None
    return {"id": id, "name": "system" if id == "system" else names.get(id)}


# --- tasks -----------------------------------------------------------------------------------------------------------

_TASKS = """
    SELECT t.*, l.kind AS log_kind, c.number, c.title FROM tasks t
    JOIN logs l ON l.id = t.log_id JOIN tracks r ON r.id = t.track_id LEFT JOIN cases c ON c.id = t.log_id
    WHERE {where} {more} ORDER BY {order}, t.id LIMIT :most
"""
VIEWS = ("mine", "queue", "done")


def list_tasks(
    db: Connection,
    actor: Actor,
    *,
    view: str = "mine",
    queue: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Json]:
    """Tasks that the actor holds (mine), may take (queue), or has finished (done)."""
    if view not in VIEWS:
        raise InvalidForm(fields={"view": f"must be one of {', '.join(VIEWS)}"})
    most = insist_limit(limit)
    given: dict[str, Any] = {"person": actor.person, "most": most + 1}
    more = ""
    if queue:
        more += " AND t.queue = :queue"
        given["queue"] = queue
    keys = from_cursor(cursor, 2)
    if view == "done":
        where = "t.closed_by = :person"
        if keys:
            more += " AND (t.closed_at, t.id) < (:at, CAST(:id AS uuid))"
        order, last = "t.closed_at DESC, t.id DESC", lambda row: (row.closed_at, row.id)
    else:
        order, last = "t.due_at", lambda row: (row.due_at, row.id)
        if keys:
            more += " AND (t.due_at, t.id) > (:at, CAST(:id AS uuid))"
        if view == "mine":
            where = "t.holder_id = CAST(:person AS uuid) AND t.state IN ('Reserved', 'InProgress', 'Suspended')"
        else:
            where, values_ = _claimable(actor)
            given |= values_
    if keys:
        given |= {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}
    rows = db.execute(text(_TASKS.format(where=where, more=more, order=order)), given).all()
    shown, following = page(rows, most, last)
    library = load_library()
    names = names_of(db, {row.holder_id for row in shown})
    return {"items": [_task_row(row, library, names) for row in shown], "next": following}


def _claimable(actor: Actor) -> tuple[str, dict[str, Any]]:
    """The queues that a person works, as one condition: a branch for each queue, so that each can use the index."""
    from_queues: dict[tuple[str, str | None, str | None, str], None] = {}
    for one in actor.memberships:
        for queue in _QUEUES_OF.get(one.role, ()):
            from_queues[(queue, one.programme, one.organisation, one.deputy_for or actor.person)] = None
    branches: list[str] = []
    given: dict[str, Any] = {}
    for n, (queue, programme, organisation, person) in enumerate(from_queues):
        given |= {f"queue{n}": queue, f"scope{n}": programme or organisation, f"who{n}": person}
        if organisation:
            scope = (
                f"t.organisation_id = CAST(:scope{n} AS uuid) AND NOT EXISTS (SELECT 1 FROM tracks x WHERE x.id IN (r.id, r.parent_id)"
                " AND :person = ANY(x.barred))"
            )
        else:
            scope = f"t.programme_id = CAST(:scope{n} AS uuid) AND t.organisation_id IS NULL"
        if queue in ("officer", "dispute_officer"):
            home = "c" if queue == "officer" else "m"
            scope += f" AND (CAST(:who{n} AS uuid) = {home}.owner_id OR CAST(:who{n} AS uuid) = ANY({home}.team))"
            if queue == "dispute_officer":
                scope = scope.replace(
                    "m.owner_id", "(SELECT owner_id FROM mediations m WHERE m.id = t.log_id)"
                ).replace("ANY(m.team)", "ANY(SELECT unnest(team) FROM mediations m WHERE m.id = t.log_id)")
        branches.append(f"(t.queue = :queue{n} AND {scope})")
    if not branches:
        return "false", {}
    not_mine = "NOT coalesce(:person = ANY(c.interests), false)"
    return f"t.state = 'Ready' AND {not_mine} AND ({' OR '.join(branches)})", given


_QUEUES_OF = {
    "officer": ("intake", "officer"),
    "supervisor": ("supervisor",),
    "compliance": ("compliance",),
    "dispute_officer": ("dispute_officer",),
    "provider": ("provider",),
    "provider_lead": ("provider", "provider_lead"),
    "verifier": ("provider",),
}


def _task_row(row: Any, library: Library, names: Mapping[str, str]) -> dict[str, Json]:
    task = Task(
        id=row.id, track=row.track_id, name=row.name, edition=row.edition, rule=row.rule, type=row.type, queue=row.queue,
        organisation=row.organisation_id, state=row.state, opened_at=row.opened_at, due_at=row.due_at,
        holder=row.holder_id, about=row.about, of=row.of, result=row.result, overdue=row.overdue, aftercare=row.aftercare,
    )  # fmt: skip
    # A task of a sealed log names no case.
    return show(task, library[task.edition], names) | {
        "case": {"number": row.number, "title": row.title} if row.number else None
    }


def show_task(db: Connection, actor: Actor, id: str) -> dict[str, Json]:
    """One task, for whoever sees its case or referral. Raises NotFound."""
    row = db.execute(
        text(_TASKS.format(where="t.id = CAST(:id AS uuid)", more="", order="t.id")), {"id": id, "most": 1}
    ).one_or_none()
    if row is None:
        raise NotFound("task")
    case = load(db, row.log_id, row.log_kind)
    level = sight(actor, case)
    mine = {track.id for track in own_tracks(actor, case)}
    if level != Sight.ALL and not (level == Sight.REFERRALS and row.track_id in mine and row.organisation_id):
        raise NotFound("task")
    return _task_row(row, load_library(), names_of(db, {row.holder_id}))


# --- referrals -------------------------------------------------------------------------------------------------------

_REFERRALS = """
    SELECT t.id, t.log_id, l.kind AS log_kind, t.opened_at FROM tracks t JOIN logs l ON l.id = t.log_id
    LEFT JOIN cases c ON c.id = t.log_id LEFT JOIN mediations m ON m.id = t.log_id
    WHERE t.workflow = 'referral' AND (
        c.programme_id = ANY(CAST(:all_of AS uuid[]))
        OR CAST(:person AS uuid) = m.owner_id OR CAST(:person AS uuid) = ANY(m.team)
        OR (t.provider_id = ANY(CAST(:organisations AS uuid[])) AND t.fired ? 'send' AND NOT CAST(:person AS text) = ANY(t.barred)
            AND NOT CAST(:person AS text) = ANY(coalesce(c.interests, m.interests)))
    ) {more} ORDER BY t.opened_at DESC, t.id DESC LIMIT :most
"""


def list_referrals(
    db: Connection, actor: Actor, *, cursor: str | None = None, limit: int | None = None
) -> dict[str, Json]:
    """Referrals of the actor's cases, or to the actor's organisation, the newest first."""
    most = insist_limit(limit)
    given: dict[str, Any] = {**_reach_values(reach(actor)), "most": most + 1}
    more = ""
    if keys := from_cursor(cursor, 2):
        more = "AND (t.opened_at, t.id) < (:at, CAST(:id AS uuid))"
        given |= {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}
    rows = db.execute(text(_REFERRALS.format(more=more)), given).all()
    shown, following = page(rows, most, lambda row: (row.opened_at, row.id))
    # Each page holds few cases; each case is read once.
    cases = {row.log_id: load(db, row.log_id, row.log_kind) for row in shown}
    library = load_library()
    names: dict[str, str] = {}
    for case in cases.values():
        names |= _names(db, case, [])
    return {"items": [_referral(cases[row.log_id], row.id, library, names) for row in shown], "next": following}


def _referral(case: Case, id: str, library: Library, names: Mapping[str, str]) -> dict[str, Json]:
    track = case.tracks[id]
    return {
        **_show_track(track, library, names, Sight.REFERRALS), "case": case.number, "title": case.title,
        "parties": {side: names.get(one) for side, one in case.parties.items()},
        "service": [_show_track(one, library, names, Sight.REFERRALS) for one in case.children(id)],
    }  # fmt: skip


def find_referral(db: Connection, actor: Actor, id: str) -> tuple[Case, Track]:
    """A referral, for its provider and for those who see the case. Raises NotFound."""
    row = db.execute(
        text(
            "SELECT t.log_id, l.kind FROM tracks t JOIN logs l ON l.id = t.log_id WHERE t.id = CAST(:id AS uuid) AND t.workflow = 'referral'"
        ),
        {"id": id},
    ).one_or_none()
    if row is None:
        raise NotFound("referral")
    case = load(db, row.log_id, row.kind)
    track, level = case.tracks[id], sight(actor, case)
    if level == Sight.ALL or (level == Sight.REFERRALS and track in own_tracks(actor, case)):
        return case, track
    raise NotFound("referral")


def show_referral(db: Connection, actor: Actor, id: str) -> dict[str, Json]:
    """A referral with its service's track, tasks, actions and, once it is accepted, the documents granted."""
    case, track = find_referral(db, actor, id)
    level = sight(actor, case)
    library = load_library()
    seen = [track, *case.children(id)]
    ids = {one.id for one in seen}
    tasks = [task for task in case.open_tasks() if task.track in ids and (level == Sight.ALL or task.organisation)]
    names = _names(db, case, tasks)
    grants = [grant for grant in case.grants.values() if grant.track == id and grant.ended_at is None]
    titles = _titles(db, case.log, {grant.document for grant in grants} | set(track.given.get("documents", ())))
    return _referral(case, id, library, names) | {
        "question": _question(db, case, track),
        # The titles are enough to see a conflict; the documents come with the grants.
        "documents": [titles.get(one) for one in track.given.get("documents", ())],
        "granted": [{"document": grant.document, "title": titles.get(grant.document)} for grant in grants],
        "tasks": [show(task, library[task.edition], names) for task in tasks],
        "actions": _actions(db, actor, case, seen, library, level),
    }


def _question(db: Connection, case: Case, track: Track) -> Json:
    row = db.execute(
        text(
            "SELECT body FROM events WHERE log_id = CAST(:log AS uuid) AND track_id = CAST(:track AS uuid)"
            " AND kind = 'fired' AND effects->>'transition' = 'send' ORDER BY seq DESC LIMIT 1"
        ),
        {"log": case.log, "track": track.id},
    ).one_or_none()
    if row is None:
        return None
    question = values(row.body).get("question")
    return None if question is ERASED else question


def _titles(db: Connection, log: str, documents: set[str]) -> dict[str, str]:
    if not documents:
        return {}
    rows = db.execute(
        text(
            "SELECT effects, body FROM events WHERE log_id = CAST(:log AS uuid) AND kind = 'document_registered' ORDER BY seq"
        ),
        {"log": log},
    )
    titles: dict[str, str] = {}
    for row in rows:
        title = values(row.body).get("title")
        titles |= {
            one["id"]: title for one in row.effects["documents"] if one["id"] in documents and isinstance(title, str)
        }
    return titles


# --- mediations ------------------------------------------------------------------------------------------------------


def list_mediations(db: Connection, actor: Actor) -> dict[str, Json]:
    """Sealed mediations that the actor is named for."""
    rows = db.execute(
        text(
            "SELECT id FROM mediations WHERE CAST(:person AS uuid) = owner_id OR CAST(:person AS uuid) = ANY(team)"
            " ORDER BY opened_at DESC, id DESC LIMIT 100"
        ),
        {"person": actor.person},
    )
    return {"items": [show_mediation(db, actor, row.id) for row in rows.all()], "next": None}


def show_mediation(db: Connection, actor: Actor, id: str) -> dict[str, Json]:
    """A sealed mediation as its dispute officer sees it."""
    case = find_mediation(db, actor, id)
    return describe(db, actor, case, sight(actor, case)) | {"id": case.log}
