"""What a person may do in a case now, and every reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from casework import reasons
from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.asked_fields import unasked
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.sheets import NOTHING_KEPT, KeptBack
from casework.engine.execution.available_actions import offers, task_offers
from casework.engine.execution.context import By, Context, Library
from casework.engine.execution.effect_roles import accepted
from casework.engine.roles import Role
from casework.engine.state.case import Case, Track
from casework.json_values import JsonMapping
from casework.operations.cases.action_views import ActionView, AddableTask, NeededPaper
from casework.operations.cases.known_answers import kept_by_sheet, known_answers
from casework.operations.core.external_facts import outside
from casework.operations.core.holder_names import names_within, with_names
from casework.operations.core.perform import new_id, reads
from casework.operations.core.views import row_as
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.permissions.work import barred, capacities, choose
from casework.reasons import Why
from casework.records.case_loader import load
from casework.records.row_security import whole


def actions_of(
    db: Connection,
    actor: Actor,
    case: Case,
    seen: Sequence[Track],
    *,
    library: Library,
    level: Sight,
    moment: datetime,
    calendar: Calendar,
) -> list[ActionView]:
    """Every action where the tracks seen stand: whether it is possible now, and every reason why not."""
    judged = case
    if level < Sight.ALL:
        # What is possible is decided on the whole case, as the action will be, whatever of it the reader may see.
        with whole(db):
            judged = load(db, case.log, case.kind)
            facts = outside(db, judged, reads(library, judged))
    else:
        facts = outside(db, case, reads(library, case))
    against = barred(actor, case)
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
    milestones = {one.edition: library[one.edition].milestones for one in judged.tracks.values()}
    stands = Facts(judged, judged.main, moment, calendar, actor.person, {}, facts, milestones=milestones)
    # Worked out once for all that a referral offers.
    kept: dict[str | None, KeptBack] = {}
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
        if against is not None:
            why = (against,)
        elif by is None:
            why = (reasons.cases.FOR_ROLES(roles=sorted(roles)),)
        else:
            why = by_capacity[by][track, name].why_not
        form = edition.form(rule.form)
        asking = judged.referral_of(judged.tracks[track])
        above = asking.id if asking else None
        if above not in kept:
            kept[above] = NOTHING_KEPT if level == Sight.ALL else kept_by_sheet(db, judged, judged.tracks[track])
        known = known_answers(db, actor, case, case.tracks[track], form, reader=_oneself(actor, by), kept=kept[above])
        # Which questions are open tells of the rights that the form can name, and of no other.
        told = unasked(replace(stands, track=judged.tracks[track]), form, known, kept[above].told_of(judged.rights))
        actions.append(
            ActionView(
                track=track,
                transition=name,
                label=edition.text(f"transitions.{name}.do"),
                kind=rule.kind,
                by=list(rule.by_people),
                confirm_by=list(rule.confirm_by),
                proposed=plain.proposal is not None,
                yours=by is not None,
                allowed=not why,
                why_not=list(why),
                form=[] if plain.proposal else _asked(edition.form_shown(rule.form), told),
                papers=[
                    row_as(
                        NeededPaper,
                        paper,
                        kind=paper.rule.kind,
                        name=edition.text(f"papers.{paper.rule.kind}"),
                        of=paper.rule.of,
                    )
                    for paper in plain.papers
                ],
                prefill={} if plain.proposal else {name: value for name, value in known.items() if name not in told},
            )
        )
    # Whoever is told why not is told of whom, as a refusal tells it.
    names = names_within(db, actor, [why for action in actions for why in action.why_not])
    if not names:
        return actions
    return [replace(action, why_not=[with_names(why, names) for why in action.why_not]) for action in actions]


def _asked(form: Iterable[dict[str, Any]], told: frozenset[str]) -> list[JsonMapping]:
    """The questions that the record leaves open; what it leaves open must be answered."""
    return [
        {**field, "required": True} if "asked_if" in field else field for field in form if field["name"] not in told
    ]


def _oneself(actor: Actor, by: By | None) -> str | None:
    """The person whom a form may name as whoever fills it in: neither a deputy, who acts for another, nor a system."""
    return actor.person if by is not None and by.acting_for is None and not actor.service else None


def possible_tasks(
    actor: Actor, case: Case, seen: Sequence[Track], library: Library, context: Context
) -> list[AddableTask]:
    """Side tasks that the actor may add now."""
    if barred(actor, case):
        return []
    ids, requests = {track.id for track in seen}, list[AddableTask]()
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
            AddableTask(
                track=offer.track,
                task=offer.task,
                rule=offer.rule.key,
                label=label,
                about=offer.rule.per,
                # Asked as nobody: that it is for others is no reason against those who may.
                why_not=list(offer.why_not if offer.fits_role else offer.why_not[1:]),
            )
        )
    return requests
