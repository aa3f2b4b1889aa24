"""What a person sees of cases: the list, and one with where it stands and what can be done now. Reads only.

The same policy decides what may be seen and what is listed; a case that a person may not see does not exist here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.cases import CREATED, Case, Task, Track
from casework.engine.commands import By, Context, Library
from casework.engine.draft import accepted
from casework.engine.offers import offers, task_offers
from casework.engine.prefill import prefill
from casework.engine.roles import ORGANISATION_QUEUES
from casework.errors import InvalidForm, NotFound
from casework.ledger.canonical import instant
from casework.operations.deeds import calendar_of, new_id, reads
from casework.operations.outside import outside
from casework.operations.paging import cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.permissions import Actor, Reach, Sight, capacities, choose, conflict, own_tracks, reach, sight
from casework.records.cases import load
from casework.records.logs import now

Json = Any

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
    given: dict[str, Any] = {**reach_values(mine), **asked, "most": most + 1}
    if keys := from_cursor(cursor, 2):
        more.append("AND (c.opened_at, c.id) < (:at, CAST(:id AS uuid))")
        given |= {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}
    rows = db.execute(text(_LIST.format(referred=_REFERRED, more=" ".join(more))), given).all()
    shown, following = page(rows, most, lambda row: (row.opened_at, row.id))
    return {"items": [_case_row(row) for row in shown], "next": following}


def reach_values(mine: Reach) -> dict[str, Any]:
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
        "opened_at": instant(row.opened_at), "closed_at": when(row.closed_at),
    }  # fmt: skip


def when(moment: datetime | None) -> str | None:
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
    names = names_in(db, case, tasks)
    made: dict[str, Json] = {
        "number": case.number, "title": case.title,
        "parties": {side: names.get(one) for side, one in case.parties.items()},
        "tracks": [show_track(track, library, names, level) for track in seen],
        "tasks": [show(task, library[task.edition], names) for task in tasks],
        "actions": actions_of(db, actor, case, seen, library, level),
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
        "closed_at": when(case.closed_at), "rights": list(case.rights), "match": case.match,
        "consents": [_show_consent(one) for one in case.consents.values()],
        "documents": [
            {"id": d.id, "party": d.party, "kind": d.kind, "valid_until": d.valid_until} for d in case.documents.values()
        ],
        "grants": [
            {"id": g.id, "track": g.track, "document": g.document, "given_at": instant(g.given_at), "ended_at": when(g.ended_at)}
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
        "expires_on": one.expires_on, "ended_at": when(one.ended_at), "how": one.how,
    }  # fmt: skip


def show_track(track: Track, library: Library, names: Mapping[str, str], level: Sight) -> dict[str, Json]:
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
        "opened_at": instant(task.opened_at), "due_at": when(task.due_at), "overdue": task.overdue,
        "aftercare": task.aftercare, "form": edition.form(rule.form) if rule else None, "result": dict(task.result),
    }  # fmt: skip


def _person(id: str | None, names: Mapping[str, str]) -> Json:
    return None if id is None else {"id": id, "name": names.get(id)}


def names_in(db: Connection, case: Case, tasks: Sequence[Task]) -> dict[str, str]:
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
            found.append({"for": who, "since": instant(task.opened_at), "until": when(task.due_at), "what": task.name})
    return sorted(found, key=lambda one: (one["until"] or "9", one["what"]))


def actions_of(
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
