"""The history of a case as far as a reader sees it. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.execution.context import Library
from casework.engine.execution.sequential_requests import ABOUT_OTHERS
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import SYSTEM_ACTOR
from casework.errors import NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.redactable_bodies import ERASED, values
from casework.operations.cases.event_views import (
    AnyCaseEvent,
    CaseEvent,
    CorrectedCaseEvent,
    RecentEvent,
    WholeCaseEvent,
    WholeCorrectedCaseEvent,
)
from casework.operations.core.event_views import EventPaper, EventView, PartyPaper, event_view, form_of_task, task_key
from casework.operations.core.paging import Page, cursor_count, from_cursor, insist_limit, to_cursor
from casework.operations.core.presenters import names_of
from casework.operations.core.unread import SHOWN_TO_PROVIDERS
from casework.operations.core.views import Named, TaskKey, row_as, to_named
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, reach, sight

#: The events of a log after one of them, in order.
_EVENTS = """
    SELECT seq, at, kind, track_id, actor_id, header, effects, body, hash FROM events e
    WHERE log_id = CAST(:log AS uuid) AND seq > :after {more} ORDER BY seq LIMIT :most
"""


def list_events(
    db: Connection,
    actor: Actor,
    case: Case,
    *,
    only: Sequence[str] | None = None,
    without: Sequence[str] = (),
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[AnyCaseEvent]:
    """The history as far as the actor sees it, of all tracks or of some `only`, `without` some kinds of events.

    Who does not see the whole log gets positions of their own.
    """
    most, level = insist_limit(limit), sight(actor, case)
    if level < Sight.REFERRALS:
        raise NotFound("history")
    keys = from_cursor(cursor, 2)
    after, position = (cursor_count(keys[0]), cursor_count(keys[1])) if keys else (0, 0)
    given: dict[str, Any] = {"log": case.log, "after": after, "most": most + 1}
    whole = level == Sight.ALL
    more, hidden = "", ""
    if without:
        hidden, given["without"] = " AND NOT kind = ANY(CAST(:without AS text[]))", list(without)
    if not whole:
        more = f"AND track_id = ANY(CAST(:tracks AS uuid[])) AND {SHOWN_TO_PROVIDERS}{hidden}"
        given["tracks"] = [track.id for track in own_tracks(actor, case) if only is None or track.id in only]
        # The cursor of a part of a log must not betray the seq of the whole: it counts what was shown.
        given["after"] = 0
        rows = db.execute(text(_EVENTS.format(more=more) + " OFFSET :skip"), given | {"skip": position}).all()
    else:
        if only is not None:
            more, given["tracks"] = "AND track_id = ANY(CAST(:tracks AS uuid[]))", list(only)
        more += hidden
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
    return Page(items=items, next=following)


def last_events(db: Connection, actor: Actor, case: Case, *, limit: int = 10) -> list[RecentEvent]:
    """The newest entries of a case's history, the last first, for those who see it whole. Raises NotFound."""
    if sight(actor, case) < Sight.ALL:
        raise NotFound("history")
    rows = db.execute(text(_LAST), {"log": case.log, "most": insist_limit(limit)}).all()
    people = {
        person
        for row in rows
        for person in (
            row.header["actor"],
            row.header["acting_for"],
            whom_of(row.kind, row.effects),
            *(row.effects.get("role_given") or {}).values(),
        )
    }
    names, library = names_of(db, people), load_library()
    return [
        RecentEvent(
            seq=row.seq,
            at=row.header["at"],
            kind=row.kind,
            track=row.track_id,
            edition=row.header["edition"],
            transition=row.effects.get("transition"),
            what=row.effects.get("what"),
            name=row.effects.get("name"),
            actor=_actor(row.header["actor"], names),
            acting_for=_actor(row.header["acting_for"], names),
            role=row.header["role"],
            by_system=row.header["actor"] == SYSTEM_ACTOR,
            agreed="proposed" in row.effects,
            whom=_actor(whom_of(row.kind, row.effects), names),
            documents=papers_of(row.effects),
            version=version_of(row.effects),
            item=item_of(row.effects),
            happened_on=row.effects.get("happened_on"),
            why=why_of(row.effects),
            given=row.effects.get("role_given"),
            names=names,
            task=task,
            form=form_of_task(library, task),
            data=data_of(row.effects),
            body=_unerased(row.body),
        )
        for row in rows
        for task in [task_key(row.task)]
    ]


def view_of(case: Case, event: CaseEvent) -> EventView:
    """An entry of a list as a sentence tells it: by the edition of its track, with the task and the form that it names."""
    track, library = case.tracks.get(event.track or ""), load_library()
    edition = library.editions.get(track.edition) if track else None
    task = _task_of(case, event, edition)
    return event_view(
        event,
        edition=track.edition if track else None,
        transition=event.what if event.done else None,
        by_system=event.role == Role.SYSTEM or event.actor.name == SYSTEM_ACTOR,
        task=task,
        form=form_of_task(library, task),
    )


def _task_of(case: Case, event: CaseEvent, edition: Edition | None) -> TaskKey | None:
    """The task of an event; to whoever is not told which, that of its name."""
    effects = event.effects if isinstance(event, WholeCaseEvent) else {}
    if task := case.tasks.get(effects.get("task") or ""):
        return row_as(TaskKey, task)
    if edition is None or event.done or event.what is None:
        return None
    key = next((rule.key for rule in edition.tasks.values() if rule.name == event.what), None)
    if key is not None:
        return TaskKey(edition=edition.fingerprint, type="side", rule=key, about=None)
    step = f"states.{event.what}.do" in edition.texts
    return TaskKey(edition=edition.fingerprint, type="step", rule=event.what, about=None) if step else None


def _unerased(body: JsonMapping) -> JsonObject:
    """What was written; None where it is erased."""
    return {name: None if value is ERASED else value for name, value in values(body).items()}


#: The last events of a log with the task of each, the newest first.
_LAST = """
    SELECT e.seq, e.kind, e.track_id, e.header, e.effects, e.body, to_jsonb(t) AS task FROM events e
    LEFT JOIN tasks t ON t.id = CAST(e.effects->>'task' AS uuid)
    WHERE e.log_id = CAST(:log AS uuid) ORDER BY e.seq DESC LIMIT :most
"""


def why_of(effects: JsonMapping) -> list[str] | None:
    """Of a task that the rule of its queue gave to somebody, why to that person."""
    grounds: list[str] | None = effects.get("allocation", {}).get("reasons")
    return grounds


def papers_of(effects: JsonMapping) -> list[EventPaper | PartyPaper]:
    """The documents that an event enters, sends, files or withdraws."""
    papers: list[EventPaper | PartyPaper] = [
        PartyPaper(kind=paper["kind"], party=paper["party"]) if paper["party"] else EventPaper(kind=paper["kind"])
        for paper in effects.get("documents", ())
    ]
    return papers or [EventPaper(kind=kind) for kind in (effects.get("paper"),) if kind]


def version_of(effects: JsonMapping) -> int | None:
    """Which version of a document an event files."""
    return next((file["version"] for file in effects.get("files", ())), None)


def data_of(effects: JsonMapping) -> JsonMapping:
    """What the form of an action said, or of the task that it finished."""
    results = (task["result"] for task in effects.get("task_states", ()) if "result" in task)
    data: JsonMapping = effects.get("data") or next(results, {})
    return data


def item_of(effects: JsonMapping) -> str | None:
    """The item of a task's checklist that an event ticks, unticks or adds."""
    return next((task["item"] for task in effects.get("task_states", ()) if "item" in task), None)


def whom_of(kind: str, effects: JsonMapping) -> str | None:
    """The person whom an action of another one concerned: to whom a case was handed over, from whom a task was taken."""
    person: str | None = effects.get({"handed_over": "owner", "relieved": "person"}.get(kind, ""))
    return person or next((task["to"] for task in effects.get("task_states", ()) if "to" in task), None)


def _show_event(
    row: Any, library: Library, names: Mapping[str, str], position: int, *, whole: bool, organisations: frozenset[str]
) -> AnyCaseEvent:
    header, effects = row.header, row.effects
    edition = library[header["edition"]] if header["edition"] else None
    done = edition.text(f"transitions.{effects['transition']}.done") if edition and effects.get("transition") else None
    body = _unerased(row.body)
    data, before = data_of(effects), effects.get("before")
    if not whole:
        data, body, before = _for_provider(data), _for_provider(body), before and _for_provider(before)
    ours = whole or header["organisation"] in organisations
    event = CaseEvent(
        position=position,
        at=header["at"],
        kind=row.kind,
        what=effects.get("transition") or effects.get("name") or effects.get("what"),
        done=done,
        track=row.track_id,
        from_=header["from"],
        to=header["to"],
        # On the other side of a referral one sees the office, not who in it.
        actor=_actor(header["actor"], names) if ours else Named(id=None, name=header["role"]),
        role=header["role"],
        documents=papers_of(effects),
        version=version_of(effects),
        data=data,
        happened_on=effects.get("happened_on"),
        body=body,
        erased=sorted(name for name, value in values(row.body).items() if value is ERASED),
    )
    corrected = {"before_data": before} if "before" in effects else {}
    if not whole:
        return row_as(CorrectedCaseEvent, event, **corrected) if corrected else event
    return row_as(
        WholeCorrectedCaseEvent if corrected else WholeCaseEvent,
        event,
        **corrected,
        seq=row.seq,
        acting_for=_actor(header["acting_for"], names),
        organisation=header["organisation"],
        because=header["because"],
        edition=header["edition"],
        effects=effects,
        hash=row.hash,
        prev=header["prev"],
    )


def _for_provider(said: JsonMapping) -> JsonObject:
    """A form without what the office says to itself in a request: whom else it asks, and how many answers it waits for."""
    return {name: value for name, value in said.items() if name not in ABOUT_OTHERS}


@overload
def _actor(id: str, names: Mapping[str, str]) -> Named: ...
@overload
def _actor(id: str | None, names: Mapping[str, str]) -> Named | None: ...
def _actor(id: str | None, names: Mapping[str, str]) -> Named | None:
    return Named(id=id, name="system") if id == SYSTEM_ACTOR else to_named(id, names)
