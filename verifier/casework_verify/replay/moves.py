"""Whether a transition stands in the edition, led where it says, and was done by whom it is for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from casework_verify.replay.actors import role_not_among
from casework_verify.replay.clocks import is_due
from casework_verify.replay.context import Context, Earlier, Found, listed, say
from casework_verify.replay.forms import answers, form_faults
from casework_verify.replay.standing import HELD, Case, Event, Fired, Proposal, Track
from casework_verify.replay.workflows import PROVIDERS, WORKS, Workflow, Written, within

#: What only the functions of a rule bring about.
_BY_RULE = (
    "owner",
    "team",
    "outcome",
    "reasons",
    "named",
    "replaced",
    "provider",
    "rights",
    "join",
    "objection",
    "impacts",
    "statement",
)


def transition_faults(context: Context, case: Case, event: Event) -> Found:
    """What speaks against a transition that fired."""
    track, name = case.tracks[event.track or ""], event.effects["transition"]
    workflow = context.workflow_of(track)
    found = workflow.find(name, track.states)
    if found is None:
        code = "transition_not_here" if workflow.has(name) else "transition_unknown"
        yield say(code, transition=name, workflow=workflow.name, states=listed(track.states))
        return
    rule, place = found
    yield from _leads(context, case, event, track, rule, place=place)
    yield from _papers(context, case, event, rule)
    if not rule["effects"] and any(key in event.effects for key in _BY_RULE):
        yield say("effect_of_none", name=listed(key for key in _BY_RULE if key in event.effects))
    context.as_told.update(rule["effects"])
    if event.by_itself:
        yield from _by_itself(context, case, event, track, rule, place=place)
    elif "proposed" in event.effects:
        yield from _confirmed(context, case, event, track, rule)
    elif event.because is not None:
        yield from _drawn_by_step(context, case, event, track, rule)
    else:
        yield from _by_person(context, case, event, track, rule)
        if rule["confirm_by"]:
            yield say("second_missing", transition=name)


def _leads(context: Context, case: Case, event: Event, track: Track, rule: Written, *, place: str) -> Found:
    """Where it leads, and whether the track, or the case, ends by it or goes on again."""
    workflow, name = context.workflow_of(track), rule["name"]
    to = workflow.leads_to(rule, place, track.states, track.came_from.get(place, ()))
    if event.to != to:
        yield say("transition_to", transition=name, told=listed(event.to), wanted=listed(to))
    ends = workflow.ended(to) and track.live and to != track.states
    ended = (to[0] if len(to) == 1 else "ended") if ends else None
    came_to = (workflow.states[to[0]].get("part") if ended and len(to) == 1 else None) or None
    main = track.id == case.main.id
    wanted = {
        "ended": ended,
        "came_to": came_to,
        "part": rule.get("part") or None,
        "closed": (False if rule["reopens"] else True if ended else None) if main else None,
        "reopened": True if rule["reopens"] else None,
        "entered": None if rule["to"].startswith("=") else True,
    }
    for key, value in wanted.items():
        if event.effects.get(key) != value:
            yield say("transition_ends", transition=name, name=key)


def _papers(context: Context, case: Case, event: Event, rule: Written) -> Found:
    """The papers that it rests on are those that it asks for, were on file, and were valid on the day that it was there."""
    today = context.today(event.at)
    told: Mapping[str, Any] = event.effects.get("papers", {})
    if set(told) != {need["kind"] for need in rule.get("needs", ())}:
        yield say("papers_other", transition=rule["name"])
    for kind, id in told.items():
        paper = case.documents.get(id or "")
        if paper is None or paper["kind"] != kind or "withdrawn_at" in paper:
            yield say("paper_missing", kind=kind)
        elif any(need["kind"] == kind and need["valid"] for need in rule.get("needs", ())):
            until = paper.get("valid_until")
            if until is not None and today is not None and until < today.isoformat():
                yield say("paper_expired", kind=kind, day=until)


def _by_person(context: Context, case: Case, event: Event, track: Track, rule: Written) -> Found:
    context.as_told.update(rule["guards"])
    yield from role_not_among(case, event, rule["by"])
    yield from duty_faults(case, event, rule["not_by"], track)
    if case.frozen and event.role in PROVIDERS:
        yield say("case_frozen")
    if rule["to"] != "=same":
        yield from _held_by_another(case, event, track, rule)
    yield from filled_in(context, event, context.workflow_of(track), rule["form"], event.effects.get("data", {}))
    yield from _unticked(context, case, track, rule)


def duty_faults(
    case: Case, event: Event, names: list[str], track: Track, *, also: Collection[str | None] = ()
) -> Found:
    """Four eyes: whoever did one of these things, or had it done in their name, does not do this one; nor does who is named `also`."""
    people = {*event.people, *also} - {None}
    last: Fired | None = None
    for name in names:
        fired = track.fired.get(name)
        if fired is not None and (last is None or fired.at > last.at):
            last = fired
    if last is not None and people & {last.actor, last.acting_for}:
        yield say("four_eyes", names=listed(names))
        return
    for name in names:
        done = [
            task
            for task in case.tasks.values()
            if task.name == name and task.type == "side" and task.state == "Completed" and task.closed_at
        ]
        if done:
            newest = max(done, key=lambda task: (task.closed_at, task.id))
            if people & {newest.closed_by, newest.acted_for}:
                yield say("four_eyes", names=name)
                return


def _held_by_another(case: Case, event: Event, track: Track, rule: Written) -> Found:
    for task in case.open_on.get(track.id, {}).values():
        if task.type != "step" or task.state not in HELD or task.holder == event.actor:
            continue
        left = any(within(str(task.of), place) for place in rule["from"])
        if left and event.role in WORKS.get(task.queue, frozenset()):
            yield say("step_held", name=task.name)


def filled_in(
    context: Context,
    event: Event,
    workflow: Workflow,
    form: str | None,
    facts: Mapping[str, Any],
    *,
    left_out: frozenset[str] = frozenset(),
) -> Found:
    """Whether a form was filled in as its edition asks."""
    today = context.today(event.at)
    if form is None and facts:
        yield say("form_none")
    if form is None or today is None:
        return
    for code, name in form_faults(workflow.form(form), answers(facts, event.body), facts, today, left_out):
        yield say(code, name=name)


def _unticked(context: Context, case: Case, track: Track, rule: Written) -> Found:
    """What the checklist of a step requires was ticked before the main way leaves it."""
    if rule["kind"] != "main" or rule["to"] == "=same":
        return
    states = context.workflow_of(track).states
    for task in case.open_on.get(track.id, {}).values():
        if task.type != "step" or not any(within(str(task.of), place) for place in rule["from"]):
            continue
        for item in states[task.rule].get("checklist", ()):
            if item["required"] and not task.items.get(item["name"]):
                yield say("item_unticked", name=item["name"])


# --- two persons -----------------------------------------------------------------------------------------------------------


def _pending(case: Case, event: Event, track: Track, name: str) -> Proposal | None:
    pending = case.proposal(track.id, name)
    return pending if pending is not None and pending.id in event.effects.get("proposals_ended", ()) else None


def _confirmed(context: Context, case: Case, event: Event, track: Track, rule: Written) -> Found:
    context.as_told.update(rule["guards"])
    pending = _pending(case, event, track, rule["name"])
    if pending is None:
        yield say("proposal_none", transition=rule["name"])
        return
    yield from role_not_among(case, event, rule["confirm_by"])
    if pending.people & event.people:
        yield say("second_same", transition=rule["name"])
    if event.effects.get("data", {}) != pending.data:
        yield say("proposal_other", transition=rule["name"])
    task = case.tasks.get(pending.task)
    if task is not None and task.state in HELD and task.holder != event.actor:
        yield say("step_held", name=task.name)
    yield from _unticked(context, case, track, rule)


def proposed_faults(context: Context, case: Case, event: Event) -> Found:
    track, name = case.tracks[event.track or ""], event.effects["transition"]
    workflow = context.workflow_of(track)
    found = workflow.find(name, track.states)
    if found is None or not found[0]["confirm_by"]:
        yield say("proposal_not_here", transition=name, states=listed(track.states))
        return
    if case.proposal(track.id, name) is not None:
        yield say("proposal_again", transition=name)
    context.as_told.update(found[0]["proposal_effects"])
    yield from _by_person(context, case, event, track, found[0])


def refused_faults(context: Context, case: Case, event: Event) -> Found:
    track, name = case.tracks[event.track or ""], event.effects["transition"]
    pending = _pending(case, event, track, name)
    if pending is None:
        yield say("proposal_none", transition=name)
        return
    if pending.people & event.people:
        yield say("second_same", transition=name)
    task = case.tasks.get(pending.task)
    if task is not None and event.role not in WORKS.get(task.queue, frozenset()):
        yield say("task_queue", name=task.name, queue=task.queue, role=event.role)


# --- what brings another one about -----------------------------------------------------------------------------------------


def _drawn_by_step(context: Context, case: Case, event: Event, track: Track, rule: Written) -> Found:
    """The first step of a service starts the request above it, in the same person's name."""
    cause = context.earlier.get(event.because or 0)
    below = case.tracks.get(cause.event.track or "") if cause else None
    drawn = cause is not None and below is not None and below.parent == track.id and cause.event.actor == event.actor
    if not drawn or below is None or context.workflow_of(below).rules["first_step_fires"] != rule["name"]:
        yield say("cause_none", transition=rule["name"])


def _by_itself(context: Context, case: Case, event: Event, track: Track, rule: Written, *, place: str) -> Found:
    name = rule["name"]
    if event.because is None:
        stopped = {change["id"] for change in event.effects.get("clock_states", ()) if change["state"] == "stopped"}
        mine = [clock for clock in case.clocks.values() if clock.track == track.id and clock.id in stopped]
        if rule["after"] is None or not any(is_due(clock, event, f"fire:{name}") for clock in mine):
            yield say("timer_none", what=f"fire:{name}")
        return
    if rule["automatic"]:
        workflow = context.workflow_of(track)
        if workflow.states[place]["type"] in ("stage", "parallel") and not workflow.place_ended(place, track.states):
            yield say("place_goes_on", place=place)
        context.as_told.update(rule["guards"])
        return
    cause = context.earlier.get(event.because)
    if cause is None or not _draws(context, case, cause, track, rule):
        yield say("cause_none", transition=name)


def _draws(context: Context, case: Case, cause: Earlier, track: Track, rule: Written) -> bool:
    """Whether one event brings a transition of another track about."""
    part, kind = rule.get("part"), cause.event.kind
    if kind == "consent_ended":
        return part == "rests"
    if kind == "joined":
        return part == "takes_back"
    source = case.tracks.get(cause.event.track or "")
    if source is None or cause.rule is None:
        return False
    opens = {opening["open"] for opening in cause.rule["opens"]}
    if part == "sends" and opens & {"next_provider", "beside"} and track.opened_at == cause.event.at:
        return True
    related = {
        "child": track.parent == source.id,
        "parent": source.parent == track.id,
        "referrals": track.is_request,
        "unsent": track.is_request and track.live and context.workflow_of(track).stands("unsent", track.states),
        "replaced": track.replaced and track.workflow == source.workflow,
    }
    return any(name == rule["name"] and related.get(where, False) for where, name in cause.rule["also"])


def joined_faults(context: Context, case: Case, event: Event) -> Found:
    """By itself, of what was waited for."""
    told = event.effects["join"]
    join = case.joins.get(told["id"])
    if join is None or join["state"] != "open":
        yield say("join_none")
    elif (
        told["state"] != "met"
        or {**told, "state": "open", "by": []} != {**join, "by": []}
        or not case.tracks.keys() >= set(told["by"])
    ):
        yield say("join_other")
    context.as_told["joined"] += 1


def corrected_faults(context: Context, case: Case, event: Event) -> Found:
    """Another answer stands in the place of one that was given there."""
    cause, effects = context.earlier.get(event.because or 0), event.effects
    if cause is None or cause.event.kind not in ("fired", "completed") or cause.event.track != event.track:
        yield say("correction_none")
        return
    if effects["of"] != event.because:
        yield say("correction_none")
    if case.closed_at is not None:
        yield say("case_closed", kind=event.kind)
    transition, task = effects.get("transition"), case.tasks.get(effects.get("task") or "")
    track = case.tracks[event.track or ""]
    if transition is not None:
        stood = track.fired[transition].data if transition in track.fired else None
    else:
        stood = task.result if task is not None else None
    if stood is None or not effects["before"].items() <= dict(stood).items():
        yield say("correction_before")
    for change in effects.get("task_states", ()):
        if change != {"id": effects.get("task"), "result": effects["data"]}:
            yield say("correction_more")


def new_track_faults(context: Context, event: Event) -> Found:
    """What begins, begins by an edition of the file and at its beginning."""
    for opened in event.effects.get("tracks", ()):
        workflow = context.workflows[opened["edition"]]
        if workflow.name != opened["workflow"] or opened["part"] != workflow.part:
            yield say("track_other", workflow=opened["workflow"])
        elif tuple(opened["states"]) != workflow.initial:
            yield say("track_begins", workflow=workflow.name, states=listed(opened["states"]))
