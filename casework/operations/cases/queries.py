"""What a person sees of a case: where it stands and what can be done now. Reads only.

A case that a person may not see does not exist here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.editions import Edition
from casework.engine.definition.grammar import PREVIOUS_STEP
from casework.engine.definition.prefill import prefill
from casework.engine.execution.available_actions import offers, task_offers
from casework.engine.execution.context import By, Context, Library
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.task_lifecycle import PRIORITIES
from casework.engine.roles import ORGANISATION_QUEUES, Role
from casework.engine.state.case import CREATED, Case, Task, Track
from casework.errors import NotFound
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import values
from casework.operations.cases.joins import show_joins
from casework.operations.core.access_queries import case_log
from casework.operations.core.actions import calendar_of, new_id, reads
from casework.operations.core.external_facts import outside
from casework.operations.core.presenters import named, names_of, when
from casework.operations.core.unread import look
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, sight
from casework.permissions.work import capacities, choose, conflict, may_work
from casework.reasons import Why
from casework.records.case_loader import load
from casework.records.event_log import now
from casework.records.row_security import whole

Json = Any


def step_at(edition: Edition, state: str, came_from: Sequence[str]) -> str | None:
    """The step that people read a state as; a side state counts as the step that it was entered from."""
    step = edition.states[state].step
    if step == PREVIOUS_STEP and came_from:
        return edition.states[came_from[0]].step
    return step


def find_case(db: Connection, actor: Actor, number: str) -> tuple[Case, Sight]:
    """A case by its number, and how much of it the actor sees. Raises NotFound."""
    case = load(db, case_log(db, actor, number), "case")
    level = sight(actor, case)
    if level == Sight.NOTHING:
        raise NotFound("case")
    return case, level


def show_case(db: Connection, actor: Actor, number: str) -> dict[str, Json]:
    """A case: where it stands, who must do what by when, what the actor may do now, and why not the rest."""
    case, level = find_case(db, actor, number)
    if level == Sight.OUTLINE:
        return {
            "number": case.number,
            "title": case.title,
            "state": case.main.states[0],
            "step": _step_of(case.main, load_library()[case.main.edition]),
            "edition": case.main.edition,
            "outcome": case.outcome,
        }
    return describe(db, actor, case, level)


def what_next(db: Connection, actor: Actor, number: str) -> dict[str, Json]:
    """What comes next in a case, by when, and who is waited for: said after an action. Raises NotFound."""
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("case")
    library, moment = load_library(), now(db)
    names = names_in(db, case, list(case.open_tasks()))
    return {
        "number": case.number,
        "state": case.main.states[0],
        "edition": case.main.edition,
        "closed_at": when(case.closed_at),
        "next_action": _next_action(case, library, names, moment),
        "waits_for": _waits_for(case, names, moment),
        "hold": shown_hold(case.hold),
        "programme": case.programme,
    }


def describe(
    db: Connection, actor: Actor, case: Case, level: Sight, calendar: Calendar | None = None
) -> dict[str, Json]:
    """A case or mediation as far as the actor sees it; its calendar is read where it is not given."""
    library, moment, calendar = load_library(), now(db), calendar or calendar_of(db, case.programme)
    seen = list(case.tracks.values()) if level == Sight.ALL else own_tracks(actor, case)
    ids = {track.id for track in seen}
    tasks = [task for task in case.open_tasks() if task.track in ids and (level == Sight.ALL or task.organisation)]
    names = names_in(db, case, tasks)
    details: dict[str, Json] = {
        "number": case.number,
        "title": case.title,
        "parties": {side: names.get(organisation) for side, organisation in case.parties.items()},
        "tracks": [show_track(track, library, names, level) for track in seen],
        "tasks": [
            show(task, library[task.edition], names, overdue=case.overdue(task, moment))
            | {"may_work": may_work(actor, case, task) is not None}
            for task in tasks
        ],
        "actions": actions_of(db, actor, case, seen, library, level, moment, calendar),
    }
    if level < Sight.ALL:
        return details
    titles = titles_of(db, case)
    nobody = Context(By(actor.person, None), moment, calendar, new_id)
    return details | {
        "requests": _requests(actor, case, seen, library, nobody),
        "case_actions": _case_actions(actor, case),
        "id": case.log,
        "programme": case.programme,
        "revision": case.revision,
        "seq": case.seq,
        "owner": named(case.owner, names),
        "team": [named(person, names) for person in case.team],
        "next_action": _next_action(case, library, names, moment),
        "waits_for": _waits_for(case, names, moment),
        "joins": show_joins(case, library),
        "state": case.main.states[0],
        "outcome": case.outcome,
        "overdue": case.late(moment),
        "reasons": list(case.reasons),
        "hold": shown_hold(case.hold),
        "frozen": case.frozen,
        "opened_at": instant(case.opened_at),
        "closed_at": when(case.closed_at),
        "rights": list(case.rights),
        "match": case.match,
        "phase": case.phase,
        "need": case.need,
        "technology": case.technology,
        "interest": actor.person in case.interests,
        "consents": [_show_consent(consent) for consent in case.consents.values()],
        "documents": [
            {
                "id": d.id,
                "title": titles.get(d.id),
                "party": d.party,
                "own": d.own,
                "kind": d.kind,
                "valid_until": d.valid_until,
            }
            for d in case.documents.values()
        ],
        "grants": [
            {
                "id": g.id,
                "track": g.track,
                "document": g.document,
                "given_at": instant(g.given_at),
                "ended_at": when(g.ended_at),
            }
            for g in case.grants.values()
        ],
        "proposals": [
            {
                "track": p.track,
                "transition": p.transition,
                "by": named(p.actor, names),
                "task": p.task,
                "seq": p.seq,
                "data": dict(p.data),
            }
            for p in case.proposals.values()
        ],
    }


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
    "register_document": (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE),
    "withdraw_consent": (Role.OFFICER, Role.SUPERVISOR),
}


def _case_actions(actor: Actor, case: Case) -> list[str]:
    """Which actions on the case itself the actor may do."""
    if conflict(actor, case):
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
    return [*(action for action in actions if action != "hand_over" or case.owner is not None), "declare_interest"]


def shown_hold(hold: Mapping[str, Json] | None) -> Json:
    return None if hold is None else {key: value for key, value in hold.items() if key != "paused"}


def _show_consent(consent: Any) -> dict[str, Json]:
    return {
        "id": consent.id,
        "party": consent.party,
        "providers": None if consent.providers is None else list(consent.providers),
        "documents": None if consent.documents is None else list(consent.documents),
        "given_on": consent.given_on,
        "expires_on": consent.expires_on,
        "ended_at": when(consent.ended_at),
        "how": consent.how,
    }


def show_track(track: Track, library: Library, names: Mapping[str, str], level: Sight) -> dict[str, Json]:
    edition = library[track.edition]
    return {
        "id": track.id,
        "workflow": track.workflow,
        "kind": track.kind,
        "edition": track.edition,
        "edition_number": edition.number,
        "revision": track.revision,
        "states": list(track.states),
        "labels": [edition.text(f"states.{leaf}") for leaf in track.states],
        "step": _step_of(track, edition),
        "visited": _visited(track, edition),
        "parent": track.parent,
        "provider": named(track.provider, names),
        "entered_at": instant(track.entered_at),
        "ended": track.outcome,
        "replaced": track.replaced,
        "given": given_of(track, level),
    }


#: Of what a referral was opened with: who else was or will be asked, which no provider learns.
_OF_THE_PANEL = frozenset({"panel", "after", "with"})


def given_of(track: Track, level: Sight) -> dict[str, Json]:
    return {key: value for key, value in track.given.items() if level == Sight.ALL or key not in _OF_THE_PANEL}


def show(task: Task, edition: Any, names: Mapping[str, str], *, overdue: bool) -> dict[str, Json]:
    """A task as the API and the pages show it."""
    rule = edition.tasks.get(task.rule) if task.type == "side" else None
    do = {
        "step": lambda: edition.text(f"states.{task.rule}.do"),
        "side": lambda: edition.text(f"tasks.{task.rule}"),
        "decision": lambda: edition.text(f"transitions.{task.rule}.do"),
    }[task.type]()
    return {
        "id": task.id,
        "track": task.track,
        "name": task.name,
        "type": task.type,
        "do": do,
        "queue": task.queue,
        "edition": task.edition,
        "rule": task.rule,
        "organisation": task.organisation,
        "state": task.state,
        "holder": named(task.holder, names),
        "about": task.about,
        "opened_at": instant(task.opened_at),
        "due_at": when(task.due_at),
        "overdue": overdue,
        "flagged": task.flagged,
        "aftercare": task.aftercare,
        "form": edition.form_shown(rule.form) if rule else None,
        "result": dict(task.result),
        "priority": next(name for name, rank in PRIORITIES.items() if rank == task.priority),
        "initiator": named(task.initiator, names),
        "handed": _handed(task, names),
        "wait": task.wait and {"for": task.wait["for"], "until": task.wait["until"]},
    }


def _handed(task: Task, names: Mapping[str, str]) -> Json:
    """How the task came to whom it is with; the note to it lies in the history."""
    handed = task.handed
    if handed is None:
        return None
    shown = {"how": handed["how"], "by": named(handed["by"], names), "to": named(handed["to"], names)}
    return shown | {"why": handed.get("why"), "round": handed.get("round")}


def concerned(task: Task) -> set[str | None]:
    """Everybody who is named where the task is shown."""
    return {task.holder, task.initiator, *((task.handed["by"], task.handed["to"]) if task.handed else ())}


def _step_of(track: Track, edition: Edition) -> str | None:
    return step_at(edition, track.states[0], track.came_from.get(track.states[0], ()))


def _visited(track: Track, edition: Edition) -> list[str]:
    """The steps in which the track has been, in their order."""
    entered = {*edition.initial, *track.states, *(leaf for came in track.came_from.values() for leaf in came)}
    for rule in edition.transitions:
        if rule.name in track.fired and not rule.target.startswith("="):
            entered |= set(edition.entered(rule.target))
    return list(
        dict.fromkeys(
            state.step
            for path, state in edition.states.items()
            if path in entered and state.step not in (None, PREVIOUS_STEP)
        )
    )


def names_in(db: Connection, case: Case, tasks: Sequence[Task]) -> dict[str, str]:
    """Names of everybody and every organisation that is shown, in one query."""
    people = {
        case.owner,
        *case.team,
        *(person for task in tasks for person in concerned(task)),
        *(p.actor for p in case.proposals.values()),
    }
    organisations = {*case.parties.values(), *(track.provider for track in case.tracks.values())}
    organisations |= {organisation for track in case.tracks.values() for organisation in track.given.get("panel") or ()}
    return names_of(db, people, organisations)


def look_at_case(db: Connection, actor: Actor, number: str) -> dict[str, Json]:
    """Say that one has looked at a case, which clears its mark; for those who read the whole of it. Raises NotFound."""
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("case")
    look(db, actor, case.log)
    return {"id": case.log}


_NEXT = (
    "id", "track", "name", "type", "do", "edition", "rule", "queue", "organisation", "holder", "about", "due_at", "overdue",
    "flagged", "wait",
)  # fmt: skip


def _next_action(case: Case, library: Library, names: Mapping[str, str], moment: datetime) -> Json:
    first = case.next_task()
    if first is None:
        return None
    shown = show(first, library[first.edition], names, overdue=case.overdue(first, moment))
    return {key: shown[key] for key in _NEXT}


def _waits_for(case: Case, names: Mapping[str, str], moment: datetime) -> list[dict[str, Json]]:
    """Whom the case waits for, each once: since and until when, for what, and whether anything of theirs is late.

    Empty where it is our turn alone.
    """
    if case.hold is not None:
        return held_for(case.hold)
    waits: dict[str | None, dict[str, Json]] = {}
    theirs = [
        task
        for task in case.open_tasks()
        if task.queue in ORGANISATION_QUEUES and task.state != CREATED and not (task.aftercare and not case.closed_at)
    ]
    late = {task.organisation for task in theirs if case.overdue(task, moment)}
    for task in sorted(theirs, key=lambda task: (task.due_at is None, task.due_at, task.id)):
        who = {"id": task.organisation, "name": names.get(task.organisation or "")}
        wait = {
            "for": who,
            "since": instant(task.opened_at),
            "until": when(task.due_at),
            "what": task.name,
            "overdue": task.organisation in late,
        }
        waits.setdefault(task.organisation, wait)
    return list(waits.values())


def held_for(hold: Mapping[str, Json]) -> list[dict[str, Json]]:
    """For what a case on hold waits, and until when: in the form in which a case says for whom it waits."""
    return [
        {"for": hold.get("waits_for"), "since": None, "until": hold.get("resume_by"), "what": "hold", "overdue": False}
    ]


def actions_of(
    db: Connection,
    actor: Actor,
    case: Case,
    seen: Sequence[Track],
    library: Library,
    level: Sight,
    moment: datetime,
    calendar: Calendar,
) -> list[dict[str, Json]]:
    """Every action where the tracks seen stand: whether it is possible now, and every reason why not."""
    judged = case
    if level < Sight.ALL:
        # What is possible is decided on the whole case, as the action will be, whatever of it the reader may see.
        with whole(db):
            judged = load(db, case.log, case.kind)
            facts = outside(db, judged, reads(library, judged))
    else:
        facts = outside(db, case, reads(library, case))
    barred = conflict(actor, case)
    mine = {track.id: capacities(actor, case, track) for track in seen}
    # Asked once for each capacity: a deputy may do what the person may not.
    nobody = By(actor.person, None)
    by_capacity = {
        by: {
            (offer.track, offer.transition): offer
            for offer in offers(library, judged, Context(by, moment, calendar, new_id, facts))
        }
        for by in {nobody, *(by for all_of in mine.values() for by in all_of)}
    }
    actions = []
    for (track, name), plain in by_capacity[nobody].items():
        if track not in mine:
            continue
        edition, rule = library[case.tracks[track].edition], plain.rule
        roles = rule.confirm_by if plain.proposal else rule.by_people
        by = choose(mine[track], accepted(case, roles))
        if by is None and level < Sight.ALL:
            continue
        why: tuple[Why, ...]
        if barred is not None:
            why = (barred,)
        elif by is None:
            why = (reasons.cases.ROLES_ONLY(roles=sorted(roles)),)
        else:
            why = by_capacity[by][track, name].why_not
        actions.append(
            {
                "track": track,
                "transition": name,
                "label": edition.text(f"transitions.{name}.do"),
                "kind": rule.kind,
                "by": list(rule.by_people),
                "confirm_by": list(rule.confirm_by),
                "proposed": plain.proposal is not None,
                "yours": by is not None,
                "allowed": not why,
                "why_not": list(why),
                "form": [] if plain.proposal else edition.form_shown(rule.form),
                "papers": [
                    {
                        "kind": paper.rule.kind,
                        "name": edition.text(f"papers.{paper.rule.kind}"),
                        "state": paper.state,
                        "document": paper.document,
                        "valid_until": paper.valid_until,
                        "of": paper.rule.of,
                    }
                    for paper in plain.papers
                ],
                "prefill": {} if plain.proposal else prefill(case, case.tracks[track], edition.form(rule.form)),
            }
        )
    return actions


def _requests(
    actor: Actor, case: Case, seen: Sequence[Track], library: Library, context: Context
) -> list[dict[str, Json]]:
    """Side tasks that the actor may add now."""
    if conflict(actor, case):
        return []
    ids, requests = {track.id for track in seen}, []
    for offer in task_offers(library, case, context):
        if offer.track not in ids:
            continue
        edition = library[case.tracks[offer.track].edition]
        roles = next(
            tuple(map(Role, rule["by"])) for rule in edition.rules["on_request"] if rule["task"] == offer.rule.key
        )
        if choose(capacities(actor, case, case.tracks[offer.track]), accepted(case, roles)) is None:
            continue
        label = edition.text(f"tasks.{offer.rule.key}")
        requests.append(
            {
                "track": offer.track,
                "task": offer.task,
                "rule": offer.rule.key,
                "label": label,
                "about": offer.rule.per,
                # Asked as nobody: that it is for others is no reason against those who may.
                "why_not": list(offer.why_not if offer.fits_role else offer.why_not[1:]),
            }
        )
    return requests
