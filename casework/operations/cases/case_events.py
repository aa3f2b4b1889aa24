"""The history of a case as far as a reader sees it. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.case_objects.case_sheet import request_fields, service_fields
from casework.engine.definition.editions import Edition
from casework.engine.definition.sheets import NOTHING_KEPT, KeptBack
from casework.engine.execution.context import Library
from casework.engine.execution.sequential_requests import ABOUT_OTHERS
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import LINK_GIVEN, LINKINGS, PARTY_ACTOR, SYSTEM_ACTOR
from casework.engine.tasks.party_answers import BY
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
from casework.operations.cases.known_answers import kept_from_provider
from casework.operations.core.event_views import (
    ByRows,
    EventPaper,
    EventView,
    PartyPaper,
    data_of,
    event_view,
    form_of_task,
    task_key,
)
from casework.operations.core.paging import Page, cursor_count, from_cursor, insist_limit, to_cursor
from casework.operations.core.presenters import names_of
from casework.operations.core.unread import SHOWN_TO_PROVIDERS
from casework.operations.core.views import Named, TaskKey, row_as, to_named
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, reach, sees_links, sight

#: The event that entered the document which another one files, withdraws, or ends or changes the access to.
ENTERED = """
    d.log_id = e.log_id AND d.kind IN ('document_registered', 'letter_sent') AND d.effects->'documents'->0->>'id' = coalesce(
        e.effects->'files'->0->>'document', e.effects->'documents_withdrawn'->>0, (
            SELECT CAST(g.document_id AS text) FROM grants g WHERE g.log_id = e.log_id
            AND g.id = CAST(coalesce(e.effects->'grants_ended'->>0, e.effects->'grant_days'->0->>'id') AS uuid)
        )
    )
"""
#: What the document of such an event is called.
TITLE = f"""CASE WHEN e.effects ? 'paper' THEN (
    SELECT d.body->'title'->>'value' FROM events d WHERE {ENTERED}
) END"""
#: The events of a log after one of them, in order.
_EVENTS = f"""
    SELECT seq, at, kind, track_id, actor_id, header, effects, body, hash, {TITLE} AS title FROM events e
    WHERE log_id = CAST(:log AS uuid) AND seq > :after {{more}} ORDER BY seq LIMIT :most
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
    until: int | None = None,
) -> Page[AnyCaseEvent]:
    """The history as far as the actor sees it, of all tracks or of some `only`, `without` some kinds of events, or `until` one event.

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
    without = [*without, *(untold_kinds(actor, case) if whole else ())]
    if without:
        hidden, given["without"] = " AND NOT kind = ANY(CAST(:without AS text[]))", list(without)
    if until is not None:
        hidden, given["until"] = hidden + " AND seq <= :until", until
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
    kept = (
        {}
        if whole
        else {id: kept_from_provider(db, actor, case, case.tracks[id]) for id in {r.track_id for r in shown}}
    )
    people = {row.header["actor"] for row in shown} | {row.header["acting_for"] for row in shown}
    names = names_of(db, people, {row.header["organisation"] for row in shown})
    items = [
        _show_event(
            row,
            library,
            names,
            position + n,
            kept=kept.get(row.track_id, NOTHING_KEPT),
            whole=whole,
            organisations=reach(actor).organisations,
        )
        for n, row in enumerate(shown, 1)
    ]
    following = None
    if len(rows) > most:
        following = to_cursor(shown[-1].seq if whole else 0, position + len(shown))
    return Page(items=items, next=following)


def untold_kinds(actor: Actor, case: Case) -> list[str]:
    """Kinds of events of a case that are told to nobody who reads this one alone."""
    return [] if case.kind != "case" or sees_links(actor, case) else [*LINKINGS]


def last_events(db: Connection, actor: Actor, case: Case, *, limit: int = 10) -> list[RecentEvent]:
    """The newest entries of a case's history up to where it stands, the last first, for those who see it whole. Raises NotFound."""
    if sight(actor, case) < Sight.ALL:
        raise NotFound("history")
    given = {"log": case.log, "until": case.seq, "most": insist_limit(limit), "without": untold_kinds(actor, case)}
    rows = db.execute(text(_LAST), given).all()
    events = [row_as(EventRow, row) for row in rows]
    named, library = {person for event in events for person in people_of(event)}, load_library()
    names = names_of(db, named, named)
    return [
        row_as(
            RecentEvent,
            told_of(event, names, whole=True, ours=True, library=library, task=task_key(row.task)),
            seq=row.seq,
            at=row.header["at"],
            track=row.track_id,
            acting_for=_actor(row.header["acting_for"], names),
            happened_on=row.effects.get("happened_on"),
        )
        for event, row in zip(events, rows, strict=True)
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRow:
    """An event as a statement has read it."""

    kind: str
    header: JsonMapping
    effects: JsonMapping
    body: JsonMapping
    #: Of the document that an earlier event entered.
    title: str | None


def told_of(
    row: EventRow, names: Mapping[str, str], *, whole: bool, ours: bool, library: Library, task: TaskKey | None
) -> EventView:
    """What is told of an event: to those who read the `whole` case as it is, to a provider as its history has it.

    `ours`: on the other side of a referral one sees the office, not who in it.
    """
    header, effects = row.header, row.effects
    transition, edition = effects.get("transition"), library.editions.get(header["edition"] or "")
    data, body = data_of(effects), _unerased(row.body)
    if not whole:
        hidden = _on_sheet(library, edition, effects.get("transition"), ours=ours)
        hidden |= frozenset() if ours else _of_rights(edition, effects.get("transition"))
        data, body = _for_provider(data, hidden), _for_provider(body, hidden)
        task = None if transition else _task_named(edition, effects.get("name") or effects.get("what"))
    shared = EventView(
        kind=row.kind,
        transition=transition,
        what=effects.get("what") if whole else transition or effects.get("name") or effects.get("what"),
        edition=header["edition"],
        actor=_doer(header["actor"], row.body, names) if ours else Named(id=None, name=header["role"]),
        role=header["role"],
        by_system=header["actor"] == SYSTEM_ACTOR,
        party=names.get(header["organisation"]) if ours and header["actor"] == PARTY_ACTOR else None,
        documents=papers_of(effects, row.body, row.title),
        version=version_of(effects),
        task=task,
        form=form_of_task(library, task),
        data=data,
        body=body,
    )
    if not whole:
        return shared
    return replace(
        shared,
        name=effects.get("name"),
        agreed="proposed" in effects,
        whom=_actor(whom_of(row.kind, effects), names),
        item=item_of(effects),
        why=why_of(effects),
        by_rows=by_rows_of(effects),
        given=effects.get("role_given"),
        names=names,
    )


def people_of(row: EventRow) -> set[str | None]:
    """Everybody whom what is told of an event may name."""
    header, effects = row.header, row.effects
    return {
        header["actor"],
        header["acting_for"],
        whom_of(row.kind, effects),
        header["organisation"] if header["actor"] == PARTY_ACTOR else None,
        *(effects.get("role_given") or {}).values(),
    }


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
    return None if event.done else _task_named(edition, event.what)


def _task_named(edition: Edition | None, what: str | None) -> TaskKey | None:
    """The task of a name."""
    if edition is None or what is None:
        return None
    key = next((rule.key for rule in edition.tasks.values() if rule.name == what), None)
    if key is not None:
        return TaskKey(edition=edition.fingerprint, type="side", rule=key, about=None)
    step = f"states.{what}.do" in edition.texts
    return TaskKey(edition=edition.fingerprint, type="step", rule=what, about=None) if step else None


def _unerased(body: JsonMapping) -> JsonObject:
    """What was written; None where it is erased."""
    return {name: None if value is ERASED else value for name, value in values(body).items()}


#: The last events of a log with the task of each, the newest first.
_LAST = f"""
    SELECT e.seq, e.kind, e.track_id, e.header, e.effects, e.body, to_jsonb(t) AS task, {TITLE} AS title FROM events e
    LEFT JOIN tasks t ON t.id = CAST(e.effects->>'task' AS uuid)
    WHERE e.log_id = CAST(:log AS uuid) AND e.seq <= :until AND NOT e.kind = ANY(CAST(:without AS text[]))
    ORDER BY e.seq DESC LIMIT :most
"""


def why_of(effects: JsonMapping) -> list[str] | None:
    """Of a task that the rule of its queue gave to somebody, why to that person."""
    grounds: list[str] | None = effects.get("allocation", {}).get("reasons")
    return grounds


def by_rows_of(effects: JsonMapping) -> ByRows | None:
    """By which rows of the programme's table that went; None where no row held."""
    routed = effects.get("allocation", {}).get("routed")
    return ByRows(version=routed["version"], rows=routed["hits"]) if routed and routed["hits"] else None


def papers_of(effects: JsonMapping, body: JsonMapping, title: str | None) -> list[EventPaper | PartyPaper]:
    """The documents that an event enters or sends, or files, withdraws, or ends or changes the access to, with their titles.

    `title`: of one that an earlier event entered; what this one enters, its own `body` names.
    """
    own = _unerased(body).get("title")
    papers: list[EventPaper | PartyPaper] = [
        PartyPaper(kind=paper["kind"], title=own, party=paper["party"])
        if paper["party"]
        else EventPaper(kind=paper["kind"], title=own)
        for paper in effects.get("documents", ())
    ]
    return papers or [EventPaper(kind=kind, title=title) for kind in (effects.get("paper"),) if kind]


def version_of(effects: JsonMapping) -> int | None:
    """Which version of a document an event files."""
    return next((file["version"] for file in effects.get("files", ())), None)


def item_of(effects: JsonMapping) -> str | None:
    """The item of a task's checklist that an event ticks, unticks or adds."""
    return next((task["item"] for task in effects.get("task_states", ()) if "item" in task), None)


def whom_of(kind: str, effects: JsonMapping) -> str | None:
    """The person whom an action of another one concerned: to whom a case was handed over, from whom a task was taken."""
    if kind == LINK_GIVEN:
        return next((str(link["organisation"]) for link in effects.get("links", ())), None)
    person: str | None = effects.get({"handed_over": "owner", "relieved": "person"}.get(kind, ""))
    return person or next((task["to"] for task in effects.get("task_states", ()) if "to" in task), None)


def _show_event(
    row: Any,
    library: Library,
    names: Mapping[str, str],
    position: int,
    *,
    kept: KeptBack,
    whole: bool,
    organisations: frozenset[str],
) -> AnyCaseEvent:
    header, effects = row.header, row.effects
    edition = library[header["edition"]] if header["edition"] else None
    done = edition.text(f"transitions.{effects['transition']}.done") if edition and effects.get("transition") else None
    body = _unerased(row.body)
    data, before = data_of(effects), effects.get("before")
    ours = whole or header["organisation"] in organisations
    if not whole:
        hidden = _on_sheet(library, edition, effects.get("transition"), ours=ours)
        # What its own people have named they go on reading.
        kept = NOTHING_KEPT if ours else kept
        data, body = _for_provider(data, hidden, kept), _for_provider(body, hidden)
        before = before and _for_provider(before, hidden, kept)
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
        actor=_doer(header["actor"], row.body, names) if ours else Named(id=None, name=header["role"]),
        role=header["role"],
        documents=papers_of(effects, row.body, row.title),
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


def _for_provider(said: JsonMapping, hidden: frozenset[str], kept: KeptBack = NOTHING_KEPT) -> JsonObject:
    """A form without what the office says to itself in a request: whom else it asks, and how many answers it waits for; without
    what is read on the case sheet, as long as that is open; and of rights with those alone that it tells."""
    shown = {name: value for name, value in said.items() if name not in ABOUT_OTHERS and name not in hidden}
    return {name: kept.told_as(value) for name, value in shown.items()}


def _on_sheet(library: Library, edition: Edition | None, transition: str | None, *, ours: bool) -> frozenset[str]:
    """The fields that a provider reads on the case sheet: of the request, and of what others than itself do in its own track."""
    if edition is None:
        return frozenset()
    hidden = request_fields(edition.sheets)
    if ours:
        return hidden
    sheets = [one.sheets[edition.workflow] for one in library.editions.values() if edition.workflow in one.sheets]
    return hidden | {name for action, name in service_fields(sheets) if action == transition}


def _of_rights(edition: Edition | None, transition: str | None) -> frozenset[str]:
    """The fields of an action that name rights: a sentence of many cases at once asks no sheet which of them it tells."""
    if edition is None:
        return frozenset()
    named = (field for rule in edition.transitions if rule.name == transition for field in edition.form(rule.form))
    return frozenset(field["name"] for field in named if field["type"] in ("right", "rights"))


@overload
def _actor(id: str, names: Mapping[str, str]) -> Named: ...
@overload
def _actor(id: str | None, names: Mapping[str, str]) -> Named | None: ...
def _actor(id: str | None, names: Mapping[str, str]) -> Named | None:
    return Named(id=id, name="system") if id == SYSTEM_ACTOR else to_named(id, names)


def _doer(id: str, body: JsonMapping, names: Mapping[str, str]) -> Named:
    """Who did something; of a party by the name that was typed, where that is not erased."""
    if id != PARTY_ACTOR:
        return _actor(id, names)
    name = values(body).get(BY)
    return Named(id=id, name=name if isinstance(name, str) else None)
