"""What a person sees of a case: where it stands and what can be done now. Reads only.

A case that a person may not see does not exist here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.case_objects.case_links import LINKERS
from casework.engine.case_objects.case_rights import ADDERS, REMOVERS
from casework.engine.deadlines.calendars import Calendar
from casework.engine.execution.case_moves import DECIDERS
from casework.engine.execution.context import By, Context, Library
from casework.engine.execution.effect_roles import accepted
from casework.engine.parties import body_of
from casework.engine.roles import ORGANISATION_QUEUES, Role
from casework.engine.state.case import CREATED, Case, Task, Track
from casework.engine.state.case_dates import awaited
from casework.engine.state.case_documents import Consent
from casework.engine.state.moves import asked_move
from casework.errors import NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import values
from casework.operations.cases.action_views import ActionView, AddableTask
from casework.operations.cases.impacts import ImpactView, show_impacts
from casework.operations.cases.joins import show_joins
from casework.operations.cases.link_views import CaseLink
from casework.operations.cases.possible_actions import actions_of, possible_tasks
from casework.operations.cases.track_presenters import concerned, last_move, show_of, show_track, step_of
from casework.operations.cases.views import (
    CaseDocument,
    CaseOutline,
    CasePart,
    CaseWait,
    ConsentView,
    GrantView,
    OpenTask,
    ProposalView,
    TaskOutline,
    WhatNext,
    WholeCase,
)
from casework.operations.core.access_queries import case_log, kin_of
from casework.operations.core.perform import calendar_of, new_id, read_calendar
from casework.operations.core.presenters import names_of, when
from casework.operations.core.reader_names import title_of
from casework.operations.core.unread import look
from casework.operations.core.views import Named, fields_of, row_as, rows_as, to_named
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, sees_links, sight
from casework.permissions.work import barred, capacities, choose, may_work
from casework.records.case_loader import load
from casework.records.event_log import now


def find_case(db: Connection, actor: Actor, number: str) -> tuple[Case, Sight]:
    """A case by its number, and how much of it the actor sees. Raises NotFound."""
    case = load(db, case_log(db, actor, number), "case")
    level = sight(actor, case)
    if level == Sight.NOTHING:
        raise NotFound("case")
    return case, level


def show_case(db: Connection, actor: Actor, number: str) -> CaseOutline | CasePart | WholeCase:
    """A case: where it stands, who must do what by when, what the actor may do now, and why not the rest."""
    case, level = find_case(db, actor, number)
    return outline_of(db, actor, case) if level == Sight.OUTLINE else describe(db, actor, case, level)


def outline_of(db: Connection, actor: Actor, case: Case) -> CaseOutline:
    """Where a case stands, for whoever sees its outline alone."""
    return CaseOutline(
        number=str(case.number),
        title=title_of(db, actor, case),
        state=case.main.states[0],
        step=step_of(case.main, load_library()[case.main.edition]),
        edition=case.main.edition,
        outcome=case.outcome,
    )


def what_next(db: Connection, actor: Actor, number: str) -> WhatNext:
    """What comes next in a case, by when, and who is waited for: said after an action. Raises NotFound."""
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("case")
    library, moment = load_library(), now(db)
    names = names_in(db, case, list(case.open_tasks()))
    return WhatNext(
        number=case.number,
        state=case.main.states[0],
        edition=case.main.edition,
        closed_at=when(case.closed_at),
        next_action=_next_action(case, library, names, moment),
        waits_for=_waits_for(case, names, moment),
        hold=shown_hold(case.hold),
        programme=case.programme,
    )


def describe(db: Connection, actor: Actor, case: Case, level: Sight) -> CasePart | WholeCase:
    """A case or mediation as far as the actor sees it."""
    if level == Sight.ALL:
        return describe_whole(db, actor, case)
    moment, calendar, mine = now(db), calendar_of(db, case.programme), own_tracks(actor, case)
    tasks, library = [task for task in _open_on(case, mine) if task.organisation], load_library()
    told = Told(
        title=title_of(db, actor, case),
        names=names_in(db, case, tasks),
        titles={},
        impacts=[],
        actions=actions_of(db, actor, case, mine, library=library, level=level, moment=moment, calendar=calendar),
    )
    return _part_of(actor, case, mine, tasks, told=told, level=level, library=library, moment=moment)


def describe_whole(db: Connection, actor: Actor, case: Case, calendar: Calendar | None = None) -> WholeCase:
    """A case or mediation to an actor who sees all of it; its calendar is read where it is not given."""
    library = load_library()
    calendar, moment = (calendar, now(db)) if calendar else _calendar_now(db, case.programme)
    seen = list(case.tracks.values())
    names = names_in(db, case, _open_on(case, seen))
    nobody = Context(By(actor.person, None), moment, calendar, new_id)
    above, below = kin_of(db, actor, case.log) if case.kind == "case" else (None, [])
    told = Told(
        title=title_of(db, actor, case),
        names=names,
        titles=titles_of(db, case),
        follows_from=above,
        followed_by=below,
        impacts=show_impacts(db, case, names),
        actions=actions_of(db, actor, case, seen, library=library, level=Sight.ALL, moment=moment, calendar=calendar),
        requests=possible_tasks(actor, case, seen, library, nobody),
        case_actions=_case_actions(actor, case),
    )
    return whole_of(actor, case, told, library, moment)


#: A programme's working days, and the time of the database.
_NOW = text("SELECT calendar::text AS written, casework_now() AS moment FROM programmes WHERE id = CAST(:id AS uuid)")


def _calendar_now(db: Connection, programme: str) -> tuple[Calendar, datetime]:
    """Both at once: a page of a case asks for them each time."""
    row = db.execute(_NOW, {"id": programme}).one()
    return read_calendar(programme, row.written), row.moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What the state of a case does not say by itself: what is called how, and what may be done."""

    title: str | None
    #: Of people and organisations, by id; and of documents.
    names: Mapping[str, str]
    titles: Mapping[str, str]
    impacts: list[ImpactView]
    actions: list[ActionView] = field(default_factory=list)
    requests: list[AddableTask] = field(default_factory=list)
    case_actions: list[str] = field(default_factory=list)
    #: The number of the case that it follows from, and of those that follow from it, as far as the reader reads these.
    follows_from: str | None = None
    followed_by: list[str] = field(default_factory=list)
    #: It is the case of now: something can be done in it.
    live: bool = True


def whole_of(actor: Actor, case: Case, told: Told, library: Library, moment: datetime) -> WholeCase:
    """A case or mediation as it stands at a moment, to an actor who sees all of it."""
    seen, names = list(case.tracks.values()), told.names
    part = _part_of(actor, case, seen, _open_on(case, seen), told=told, level=Sight.ALL, library=library, moment=moment)
    return row_as(
        WholeCase,
        case,
        **fields_of(part),
        requests=told.requests,
        case_actions=told.case_actions,
        id=case.log,
        follows_from=told.follows_from,
        followed_by=told.followed_by,
        links=rows_as(CaseLink, case.related.values()) if sees_links(actor, case) else [],
        owner=to_named(case.owner, names),
        team=[to_named(person, names) for person in case.team],
        next_action=_next_action(case, library, names, moment),
        waits_for=_waits_for(case, names, moment),
        joins=show_joins(case, library),
        state=case.main.states[0],
        overdue=case.late(moment),
        reasons=list(case.reasons),
        hold=shown_hold(case.hold),
        opened_at=instant(case.opened_at),
        closed_at=when(case.closed_at),
        removed_at=when(case.removed_at),
        archived_as=case.archived_as,
        rights=list(case.rights),
        interest=actor.person in case.interests,
        consents=[_show_consent(consent) for consent in case.consents.values()],
        documents=[
            row_as(CaseDocument, document, title=told.titles.get(document.id)) for document in case.documents.values()
        ],
        grants=[
            row_as(GrantView, grant, given_at=instant(grant.given_at), ended_at=when(grant.ended_at))
            for grant in case.grants.values()
        ],
        proposals=[
            row_as(ProposalView, proposal, by=to_named(proposal.actor, names)) for proposal in case.proposals.values()
        ],
        moved=last_move(case.main),
        move_waits=waiting.to if (waiting := asked_move(case.main)) is not None else None,
        impacts=told.impacts,
    )


def _part_of(
    actor: Actor,
    case: Case,
    seen: Sequence[Track],
    tasks: Iterable[Task],
    *,
    told: Told,
    level: Sight,
    library: Library,
    moment: datetime,
) -> CasePart:
    """What everybody who sees tracks of a case is shown of them."""
    names = told.names
    return CasePart(
        number=case.number,
        title=told.title,
        parties={side: names.get(organisation) for side, organisation in case.parties.items()},
        tracks=[show_track(track, library, names, level) for track in seen],
        tasks=[
            row_as(
                OpenTask,
                show_of(case, task, library, names, moment),
                may_work=told.live and may_work(actor, case, task) is not None,
            )
            for task in tasks
        ],
        actions=told.actions,
    )


def _open_on(case: Case, tracks: Iterable[Track]) -> list[Task]:
    ids = {track.id for track in tracks}
    return [task for task in case.open_tasks() if task.track in ids]


#: What the documents and letters of a log were entered with.
_TITLES = text(
    "SELECT effects, body FROM events WHERE log_id = CAST(:log AS uuid) AND kind IN ('document_registered', 'letter_sent') ORDER BY seq"
)


def titles_of(db: Connection, case: Case) -> dict[str, str]:
    """The titles of a case's documents by their ids; of an erased one there is none."""
    titles: dict[str, str] = {}
    for row in db.execute(_TITLES, {"log": case.log}) if case.documents else ():
        title = values(row.body).get("title")
        titles |= {document["id"]: title for document in row.effects["documents"] if isinstance(title, str)}
    return titles


#: Actions on the case itself, and the roles that do them.
CASE_ACTIONS: Mapping[str, tuple[Role, ...]] = {
    "hand_over": (Role.OFFICER, Role.SUPERVISOR),
    "add_rights": ADDERS,
    "remove_rights": REMOVERS,
    "register_document": (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE),
    "withdraw_consent": (Role.OFFICER, Role.SUPERVISOR),
    "link_case": LINKERS,
    "move_case": DECIDERS,
}


def _case_actions(actor: Actor, case: Case) -> list[str]:
    """Which actions on the case itself the actor may do."""
    if barred(actor, case):
        return []
    mine = capacities(actor, case, case.main)
    if case.kind == "mediation":
        # It keeps no papers, and its sides declare their interests in its referral.
        return (
            ["hand_over"]
            if choose(mine, accepted(case, CASE_ACTIONS["hand_over"])) is not None and case.owner is not None
            else []
        )
    actions = [name for name, roles in CASE_ACTIONS.items() if choose(mine, accepted(case, roles)) is not None]
    # Nobody hands over what nobody owns, and what is closed is about what it was about.
    impossible = {"hand_over"} if case.owner is None else set()
    impossible |= {"add_rights", "remove_rights", "move_case"} if case.closed_at is not None else set()
    return [*(action for action in actions if action not in impossible), "declare_interest"]


def shown_hold(hold: JsonMapping | None) -> JsonMapping | None:
    """Why a case is on hold, for whom and until when."""
    return None if hold is None else {key: value for key, value in hold.items() if key != "paused"}


def _show_consent(consent: Consent) -> ConsentView:
    return row_as(
        ConsentView,
        consent,
        ended_at=when(consent.ended_at),
        providers=None if consent.providers is None else list(consent.providers),
        documents=None if consent.documents is None else list(consent.documents),
        withheld_abroad=len(consent.not_to),
    )


def names_in(db: Connection, case: Case, tasks: Sequence[Task]) -> dict[str, str]:
    """Names of everybody and every organisation that is shown, in one query."""
    return names_of(db, *named_in(case, tasks))


def named_in(case: Case, tasks: Sequence[Task]) -> tuple[set[str | None], set[str | None]]:
    """The ids of everybody and of every organisation that is shown."""
    people = {
        case.owner,
        *case.team,
        *(person for task in tasks for person in concerned(task)),
        *(p.actor for p in case.proposals.values()),
    }
    organisations = {*case.parties.values(), *(track.provider for track in case.tracks.values())}
    organisations |= {organisation for track in case.tracks.values() for organisation in track.given.get("panel") or ()}
    return people, organisations


def look_at_case(db: Connection, actor: Actor, number: str) -> JsonObject:
    """Say that one has looked at a case, which clears its mark; for those who read the whole of it. Raises NotFound."""
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("case")
    look(db, actor, case.log)
    return {"id": case.log}


def _next_action(case: Case, library: Library, names: Mapping[str, str], moment: datetime) -> TaskOutline | None:
    first = case.next_task()
    if first is None:
        return None
    return row_as(TaskOutline, show_of(case, first, library, names, moment))


def _waits_for(case: Case, names: Mapping[str, str], moment: datetime) -> list[CaseWait]:
    """Whom the case waits for, each once: since and until when, for what, and whether anything of theirs is late.

    Empty where it is our turn alone.
    """
    if case.hold is not None:
        return held_for(case.hold)
    waits: dict[str | None, CaseWait] = {}
    theirs = [
        task
        for task in case.open_tasks()
        if task.queue in ORGANISATION_QUEUES and task.state != CREATED and not (task.aftercare and not case.closed_at)
    ]
    late = {task.organisation for task in theirs if case.overdue(task, moment)}
    for task in sorted(theirs, key=lambda task: (task.due_at is None, task.due_at, task.id)):
        wait = CaseWait(
            for_=Named(id=task.organisation, name=names.get(task.organisation or "")),
            since=instant(task.opened_at),
            until=when(task.due_at),
            what=task.name,
            overdue=task.organisation in late,
        )
        waits.setdefault(task.organisation, wait)
    return [*waits.values(), *_awaited(case, moment)]


def _awaited(case: Case, moment: datetime) -> list[CaseWait]:
    """The bodies outside that have the next word, each once."""
    bodies: dict[str, CaseWait] = {}
    tasks = {task.id: body_of(task.awaits or "", task.about) for task in awaited(case)}
    late = {body for id, body in tasks.items() if case.overdue(case.tasks[id], moment)}
    for task in sorted(awaited(case), key=lambda task: (task.due_at is None, task.due_at, task.id)):
        body, until = tasks[task.id], when(task.due_at)
        wait = CaseWait(for_=body, since=instant(task.opened_at), until=until, what=task.name, overdue=body in late)
        bodies.setdefault(body, wait)
    return list(bodies.values())


def held_for(hold: JsonMapping) -> list[CaseWait]:
    """For what a case on hold waits, and until when: in the form in which a case says for whom it waits."""
    return [CaseWait(for_=hold.get("waits_for"), since=None, until=hold.get("resume_by"), what="hold", overdue=False)]
