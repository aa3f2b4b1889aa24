"""Open tracks beside and below another, start them, and end them."""

from __future__ import annotations

from collections.abc import Iterable

from casework.engine.deadlines.deadlines import (
    Rule,
    of_answer,
    rule_of,
    runs_out,
)
from casework.engine.definition.edition_schema import WrittenOpening
from casework.engine.definition.editions import Edition
from casework.engine.definition.guard_facts import Facts
from casework.engine.execution.document_grants import end_grants
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.sequential_requests import still_asked
from casework.engine.execution.step_opening import date_step_above, stand_in
from casework.engine.execution.task_changes import close_task, open_side_task, provider_of
from casework.engine.parts import CHANGES_PLAN, MAKES_PLAN, REFERRAL
from casework.engine.state.case import (
    OBSOLETE,
    Track,
)
from casework.engine.state.effects_schema import Given, OpenedTrack
from casework.engine.state.join_count import join_of, request_to_repeat
from casework.errors import NotFound


def end_track(builder: EventBuilder, track: Track) -> None:
    """Nothing of an ended track stays open, but for what is aftercare."""
    kept = set()
    for task in builder.case.open_tasks():
        if task.track == track.id and task.type != "step":
            if task.aftercare:
                kept.add(task.id)
            else:
                close_task(builder, task, OBSOLETE)
    for clock in builder.case.clocks.values():
        if clock.track == track.id and clock.task not in kept and clock.consent is None and clock.grant is None:
            builder.set_clock(clock, "stopped")
    above = builder.case.referral_of(track)
    if above is not None:
        others = [relative for relative in (above, *builder.case.children(above.id)) if relative.id != track.id]
        if not any(other.live for other in others):
            end_grants(builder, track)
    date_step_above(builder, track)


def open_tracks(
    builder: EventBuilder, opens: Iterable[WrittenOpening], track: Track, facts: Facts, edition: str | None = None
) -> None:
    """Open what a rule names; `edition` is whose rule it is, where that is not the track's own."""
    rules = builder.library[edition or track.edition]
    for opening in opens:
        match opening["open"]:
            case "task":
                open_side_task(builder, rules.tasks[opening["task"]], track, facts, edition=rules.fingerprint)
            case "track":
                _open_track(builder, opening["workflow"], fresh=opening["fresh"])
            case "service_track":
                service = builder.library.latest(track.kind)
                if service is not None:
                    _start(builder, service, track.kind, parent=track.id, provider=provider_of(builder, track))
            case "referral":
                _open_referral(builder, opening, facts, rules.workflow)
            case "beside":
                _open_beside(builder, track, facts)
            case "next_provider":
                # A join says by itself when too few are left.
                if not _open_next(builder, track) and join_of(builder.case, track) is None:
                    open_side_task(builder, rules.tasks[opening["task"]], track, facts, edition=rules.fingerprint)


def _open_track(builder: EventBuilder, workflow: str, *, fresh: bool) -> None:
    live = [t for t in builder.case.live_tracks() if t.workflow == workflow and not t.replaced]
    if fresh or not live:
        _start(builder, builder.library.latest(workflow), workflow, parent=None, provider=None)


def _open_referral(builder: EventBuilder, opening: WrittenOpening, facts: Facts, workflow: str) -> None:
    service, provider = opening["service"], None
    if opening["planned"]:
        provider = _planned(builder, facts, service)
        if provider is None:
            return
    kept = facts.referral(service)
    if kept is not None and not opening["fresh"] and (kept.provider == provider or not opening["planned"]):
        return
    given: Given = {"question": opening["question"]} if opening["question"] else {}
    if opening["due"]:
        calendar, what = builder.context.calendar, of_answer(workflow, service, opening["due"])
        moment = runs_out(opening["due"], builder.context.now, calendar, builder.said(facts), what)
        given["wanted_on"] = calendar.local_date(moment).isoformat() if moment else None
    activate = rule_of(opening["after"], builder.said(facts)) if opening["after"] else None
    _start(
        builder,
        builder.library.playing(REFERRAL),
        service,
        parent=None,
        provider=provider,
        given=given,
        activate=activate,
    )


def _open_next(builder: EventBuilder, referral: Track) -> bool:
    """A referral to the next provider of the panel; False where nobody is left to ask."""
    panel = still_asked(referral.given.get("panel") or (), builder.context.facts)
    if not panel:
        return False
    given: Given = {"after": referral.id, "panel": panel[1:]}
    _start(builder, builder.library.playing(REFERRAL), referral.kind, parent=None, provider=panel[0], given=given)
    return True


def _open_beside(builder: EventBuilder, track: Track, facts: Facts) -> None:
    """A referral to each provider that the form names, beside this one, or beside the last of the service it names."""
    first = track if track.is_referral else request_to_repeat(builder.case, facts.data.get("service", ""))
    if first is None:
        return
    for provider in facts.data.get("beside") or ():
        given: Given = {"with": first.id}
        _start(builder, builder.library.playing(REFERRAL), first.kind, parent=None, provider=provider, given=given)


def _planned(builder: EventBuilder, facts: Facts, service: str) -> str | None:
    """Whom the plan in force names for a service: the form that changes it, else the newest of plan and changes."""
    if service in facts.data:
        return str(facts.data[service])
    plan_task = builder.library[facts.case.main.edition].task_of(MAKES_PLAN)
    plan, change = facts.result(plan_task.name) if plan_task else None, facts.case.main.last_fired(CHANGES_PLAN)
    if change is not None and (plan is None or plan.closed_at is None or plan.closed_at < change.at):
        return change.data.get(service)
    return plan.result.get(service) if plan else None


def _start(
    builder: EventBuilder,
    edition: Edition | None,
    kind: str,
    *,
    parent: str | None,
    provider: str | None,
    given: Given | None = None,
    activate: Rule | None = None,
) -> None:
    if edition is None:
        raise NotFound("workflow")
    opened: OpenedTrack = {
        "id": builder.context.new_id(),
        "workflow": edition.workflow,
        "edition": edition.fingerprint,
        "kind": kind,
        "part": edition.part,
        "parent": parent,
        "provider": provider,
        "states": list(edition.initial),
        "given": given if given is not None else {},
    }
    builder.effects.setdefault("tracks", []).append(opened)
    start_track(builder, opened, edition, activate)


def start_track(builder: EventBuilder, opened: OpenedTrack, edition: Edition, activate: Rule | None = None) -> None:
    """Open what stands in the first state of a new track; its step appears when it is to be worked on."""
    track = Track(
        id=opened["id"],
        workflow=opened["workflow"],
        edition=opened["edition"],
        kind=opened["kind"],
        parent=opened["parent"],
        provider=opened["provider"],
        states=tuple(opened["states"]),
        entered_at=builder.context.now,
        opened_at=builder.context.now,
        given=opened.get("given", {}),
        part=opened["part"],
    )
    facts = builder.facts(track, {})
    for leaf in track.states:
        stand_in(builder, track, leaf, facts, back=False, activate=activate)
    open_tracks(builder, edition.rules["opens"], track, facts)
