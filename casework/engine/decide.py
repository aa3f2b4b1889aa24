"""`decide`: what happens when somebody does something; from a case and a command to the events that follow.

It changes nothing: it hands out events, and `evolve` says what a case is after them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.engine import fields
from casework.engine.cases import COMPLETED as DONE
from casework.engine.cases import CREATED, HELD, IN_PROGRESS, READY, RESERVED, Case, Task, Track
from casework.engine.commands import (
    Add,
    Claim,
    Command,
    Complete,
    Context,
    DeclareInterest,
    EndConsent,
    Exit,
    Fire,
    HandOver,
    Library,
    Notice,
    Open,
    RegisterDocument,
    Release,
    Ring,
)  # fmt: skip
from casework.engine.draft import Draft, accepted
from casework.engine.editions import Edition, TaskRule, TransitionRule
from casework.engine.events import (
    ACTIVATED,
    ADDED,
    CLAIMED,
    COMPLETED,
    CONSENT_ENDED,
    DOCUMENT_REGISTERED,
    EXITED,
    FIRED,
    HANDED_OVER,
    INTEREST_DECLARED,
    PROPOSED,
    RANG,
    REFUSED,
    RELEASED,
    SYSTEM_ACTOR,
    Event,
)  # fmt: skip
from casework.engine.facts import Facts, FormNeeded
from casework.engine.machines import move
from casework.engine.registry import GUARDS
from casework.engine.roles import ORGANISATION_QUEUES, ORGANISATION_ROLES
from casework.errors import AlreadyTaken, InvalidForm, NotAllowed, NotFound, Refused, WrongState

Json = Any

#: More automatic steps than this after one deed is a loop that the check of the definition missed.
MOST_AUTOMATIC = 50


def decide(library: Library, case: Case | None, command: Command, context: Context) -> list[Event]:
    """The events that a command brings about, in order; raises a `CaseworkError` that says why not."""
    return decide_and_evolve(library, case, command, context)[0]


def decide_and_evolve(
    library: Library, case: Case | None, command: Command, context: Context
) -> tuple[list[Event], Case]:
    """The same, with the case as it is after them: what `evolve` makes of it while they are decided."""
    draft = Draft(library, case, context)
    deed: Callable[[Draft, Any], None] = _DEEDS[type(command)]
    deed(draft, command)
    _settle(draft)
    return draft.events, draft.case


# --- firing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """Whether a deed would be accepted now, and every reason why not."""

    why_not: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.why_not


def refusals(draft: Draft, track: Track, rule: TransitionRule, data: Mapping[str, Json]) -> list[str]:
    """The guards' reasons against a transition. With `UNKNOWN` data, guards that read the form are not asked."""
    edition = draft.library[track.edition]
    facts = draft.facts(track, data)
    return [edition.text(f"guards.{name}") for name in rule.guards if not _holds(name, facts)]


def _holds(name: str, facts: Facts) -> bool:
    try:
        return GUARDS[name].holds(facts)
    except FormNeeded:
        return True


def _fire(draft: Draft, command: Fire) -> None:
    track = draft.track(command.track)
    edition = draft.library[track.edition]
    found = edition.find(command.transition, track.states)
    if found is None or found[0].automatic:
        raise _wrong_state(edition, track, command.transition)
    rule, place = found
    pending = draft.case.proposal_for(track.id, rule.name)
    if pending is not None:
        if draft.by.role not in accepted(draft.case, rule.confirm_by):
            raise WrongState(
                action=edition.text(f"transitions.{rule.name}.do"), why="it waits for a second person already."
            )
        if command.data:
            raise InvalidForm(
                fields=dict.fromkeys(command.data, "the first person's form stands; confirm it or refuse it")
            )
        _confirm(draft, track, rule, place)
        return
    insist_role(draft, edition, rule, rule.by)
    insist_another_than(draft, rule.not_by, track)
    insist_not_held(draft, track, rule)
    insist_not_frozen(draft, track, rule, place)
    facts, body = _form_data(draft, edition, rule.form, command.data)
    _insist_guards(draft, track, rule, facts)
    if command.reason:
        body = body | {"reason": _line(command.reason, "reason")}
    happened = _happened(draft, command.happened_on)
    if rule.confirm_by:
        _propose(draft, track, rule, facts, body, happened)
        return
    fire(draft, track, rule, place, facts, body, extra=happened)


def insist_role(draft: Draft, edition: Edition, rule: TransitionRule, roles: tuple[str, ...]) -> None:
    if draft.by.role not in accepted(draft.case, roles):
        raise NotAllowed(why=f"“{edition.text(f'transitions.{rule.name}.do')}” is for: {', '.join(roles)}.")


def insist_not_held(draft: Draft, track: Track, rule: TransitionRule) -> None:
    """While somebody holds the step task, others of the same queue role are refused."""
    if rule.target == "=same" or draft.by.person == SYSTEM_ACTOR:
        return
    for task in draft.case.step_tasks(track.id):
        left = any(task.of == place or str(task.of).startswith(place + ".") for place in rule.sources)
        if left and task.state in HELD and task.holder != draft.by.person and draft.works(task.queue):
            raise AlreadyTaken(holder=task.holder)


def insist_not_frozen(
    draft: Draft, track: Track | None = None, rule: TransitionRule | None = None, place: str = ""
) -> None:
    """While a stop is being decided providers do nothing, and nothing is handed to them."""
    if not draft.case.frozen:
        return
    outward = draft.by.role in ORGANISATION_ROLES
    if track is not None and rule is not None and rule.target != "=same":
        edition = draft.library[track.edition]
        to = track.came_from.get(place, ()) if rule.target == "=previous" else edition.entered(rule.target)
        outward |= any(edition.states[leaf].queue in ORGANISATION_QUEUES for leaf in to if leaf not in track.states)
    if outward:
        raise Refused(reasons=["The case stands still while a stop is being decided."])


def _insist_guards(draft: Draft, track: Track, rule: TransitionRule, data: Mapping[str, Json]) -> None:
    if reasons := refusals(draft, track, rule, data):
        raise Refused(reasons=reasons)


def _form_data(
    draft: Draft, edition: Edition, form: str | None, data: Mapping[str, Json]
) -> tuple[dict[str, Json], dict[str, Json]]:
    if form is None:
        if data:
            raise InvalidForm(fields=dict.fromkeys(data, "is not a field of this form"))
        return {}, {}
    rules = edition.form(form)
    values = fields.check(edition.model(form), rules, data, draft.context.calendar.local_date(draft.context.now))
    _insist_known(draft, rules, values)
    return fields.split(rules, values)


def _insist_known(draft: Draft, rules: list[dict[str, Json]], values: Mapping[str, Json]) -> None:
    """Ids of the case's own things must be its own."""
    known: dict[str, Any] = {
        "right": draft.case.rights, "rights": draft.case.rights, "documents": draft.case.documents,
        "tasks": {task.id for task in draft.case.open_tasks()},
    }  # fmt: skip
    faults = {}
    for rule in rules:
        if rule["type"] in known and rule["name"] in values:
            given = values[rule["name"]]
            if any(one not in known[rule["type"]] for one in ([given] if isinstance(given, str) else given)):
                faults[rule["name"]] = "is not one of this case"
    if faults:
        raise InvalidForm(fields=faults)


def _line(words: str, name: str, most: int = 10_000) -> str:
    rule = {"name": name, "type": "note", "required": True, "fact": False, "max": most}
    made = fields.build_model("Line", [rule])
    return str(fields.check(made, [rule], {name: words}, date.min)[name])


def _happened(draft: Draft, day: str | None) -> dict[str, Json]:
    if day is None:
        return {}
    today = draft.context.calendar.local_date(draft.context.now).isoformat()
    fields.insist_day(day, "happened_on")
    if day > today:
        raise InvalidForm(fields={"happened_on": "must not lie in the future"})
    return {"happened_on": day}


def fire(
    draft: Draft, track: Track, rule: TransitionRule, place: str, data: Mapping[str, Json], body: Mapping[str, Json], *,
    because: int | None = None, extra: Mapping[str, Json] | None = None, system: bool = False,
) -> int:  # fmt: skip
    """Record a transition with all that it opens and closes; gives the event's seq. Guards were asked before."""
    edition = draft.library[track.edition]
    back_to = track.came_from.get(place, ()) if rule.target == "=previous" else ()
    to = move(edition, track.states, rule, place, back_to)
    effects: dict[str, Json] = {"transition": rule.name} | dict(extra or {})
    if data:
        effects["data"] = dict(data)
    facts = draft.facts(track, data)
    if kept := {key: draft.context.facts[key] for key in _reads(rule) if key in draft.context.facts}:
        effects["facts"] = kept
    if not rule.target.startswith("="):
        effects["entered"] = True
    if edition.ended(to) and track.live and to != track.states:
        effects["ended"] = to[0] if len(to) == 1 else "ended"
        if track.id == draft.case.main.id:
            effects["closed"] = True
    if rule.reopens:
        effects |= {"reopened": True}
        if track.id == draft.case.main.id:
            effects["closed"] = False
    draft.begin(FIRED, track, effects, body, to=to, because=because, system=system)
    draft.apply(rule.effects, facts)
    draft.end_tasks(rule.ends)
    draft.settle_proposals(track, left=rule.target != "=same")
    if rule.target != "=same":
        draft.leave(track, rule, place, to)
        if effects.get("ended"):
            draft.end_track(track)
        draft.enter(track, rule, place, to, facts)
    draft.open_all(rule.opens, track, facts)
    seq = draft.commit()
    _fire_also(draft, track, rule, seq)
    _first_step(draft, track, rule, edition, seq)
    return seq


def _reads(rule: TransitionRule) -> list[str]:
    return sorted({key for name in rule.guards for key in GUARDS[name].reads} | set(_effect_reads(rule.effects)))


def _effect_reads(effects: tuple[str, ...]) -> list[str]:
    return [key for name in effects for key in Draft.effect_reads(name)]


def _fire_also(draft: Draft, track: Track, rule: TransitionRule, because: int) -> None:
    for where, name in rule.also:
        for one in draft.related(track, where):
            edition = draft.library[one.edition]
            found = edition.find(name, one.states) if one.live else None
            if found is not None:
                fire(draft, draft.case.tracks[one.id], found[0], found[1], {}, {}, because=because, system=True)


def _first_step(draft: Draft, track: Track, rule: TransitionRule, edition: Edition, because: int) -> None:
    """One fact is typed once: the first step of a service is the start of its referral."""
    fires = edition.rules["first_step_fires"]
    if not fires or track.parent is None or draft.by.person == SYSTEM_ACTOR:
        return
    above = draft.case.tracks[track.parent]
    found = draft.library[above.edition].find(fires, above.states)
    if found is not None:
        fire(draft, above, found[0], found[1], {}, {}, because=because)


# --- two persons -----------------------------------------------------------------------------------------------------

#: A decision on a proposal is due after so many working days.
DECISION_DUE = 5


def _propose(
    draft: Draft,
    track: Track,
    rule: TransitionRule,
    data: Mapping[str, Json],
    body: Mapping[str, Json],
    extra: Mapping[str, Json],
) -> None:
    proposal, task = draft.context.new_id(), draft.context.new_id()
    effects: dict[str, Json] = {
        "transition": rule.name,
        "proposal": {"id": proposal, "transition": rule.name, "task": task},
    }
    if data:
        effects["data"] = dict(data)
    draft.begin(PROPOSED, track, effects | dict(extra), body, to=track.states)
    draft.apply(rule.proposal_effects, draft.facts(track, data))
    due = draft.context.calendar.due(draft.context.now, DECISION_DUE, "wd")
    draft.open_task(
        track, task=task, name=f"decide_{rule.name}", rule=rule.name, type="decision", queue=rule.confirm_by[0],
        due=due, limit={"n": DECISION_DUE, "unit": "wd", "since": None}, of=proposal,
    )  # fmt: skip
    draft.commit()


def _confirm(draft: Draft, track: Track, rule: TransitionRule, place: str) -> None:
    """The second person's word fires what the first one asked for."""
    pending = draft.case.proposal_for(track.id, rule.name)
    assert pending is not None
    insist_another(draft, {pending.actor, pending.acting_for})
    insist_not_held_task(draft, draft.case.tasks[pending.task])
    _insist_guards(draft, track, rule, pending.data)
    extra = {"proposals_ended": [pending.id], "proposed": pending.seq}
    fire(draft, track, rule, place, pending.data, {}, because=pending.seq, extra=extra)


def insist_another(draft: Draft, people: set[str | None]) -> None:
    if people & {draft.by.person, draft.by.acting_for} - {None}:
        raise NotAllowed(why="another person must decide this than the one who asked for it.")


def insist_not_held_task(draft: Draft, task: Task) -> None:
    if task.state in HELD and task.holder != draft.by.person:
        raise AlreadyTaken(holder=task.holder)


def _refuse(draft: Draft, task: Task, body: Mapping[str, Json]) -> None:
    pending = draft.case.proposals[str(task.of)]
    insist_another(draft, {pending.actor, pending.acting_for})
    track = draft.case.tracks[task.track]
    edition = draft.library[track.edition]
    rule = next(one for one in edition.transitions if one.name == pending.transition)
    effects = {"transition": rule.name, "proposals_ended": [pending.id]}
    draft.begin(REFUSED, track, effects, body, to=track.states, because=pending.seq)
    draft.apply(rule.refusal_effects, draft.facts(track, pending.data))
    draft.close_task(task, "Completed", by=draft.by.person)
    draft.commit()


# --- tasks -----------------------------------------------------------------------------------------------------------


def _claim(draft: Draft, command: Claim) -> None:
    task = draft.task(command.task)
    if task.state in HELD:
        raise AlreadyTaken(holder=task.holder)
    if task.state != READY:
        raise WrongState(action="Claim", why=f"the task is {task.state}.")
    draft.begin(CLAIMED, draft.case.tracks[task.track], {"task": task.id})
    draft.set_task(task, state=RESERVED, holder=draft.by.person)
    draft.commit()


def _release(draft: Draft, command: Release) -> None:
    task = draft.task(command.task)
    if task.state not in HELD:
        raise WrongState(action="Release", why="nobody holds the task.")
    if task.holder != draft.by.person:
        raise NotAllowed(why="somebody else holds the task.")
    body = {"note": _line(command.note, "note")} if command.note else {}
    draft.begin(RELEASED, draft.case.tracks[task.track], {"task": task.id}, body)
    draft.set_task(task, state=READY, holder=None)
    draft.commit()


def _exit(draft: Draft, command: Exit) -> None:
    """A side task that is not needed any more ends without a result; who ends it says why."""
    task = draft.task(command.task)
    if not task.open:
        raise WrongState(action="Drop", why=f"the task is {task.state}.")
    if task.type != "side":
        raise WrongState(action="Drop", why="it ends when one of its step's actions is done, or with the decision.")
    body = {"reason": _line(command.reason, "reason")}
    draft.begin(EXITED, draft.case.tracks[task.track], {"task": task.id, "name": task.name}, body)
    draft.close_task(task, "Exited", by=draft.by.person)
    draft.commit()


def _complete(draft: Draft, command: Complete) -> None:
    task = draft.task(command.task)
    if task.state in HELD and task.holder != draft.by.person:
        raise AlreadyTaken(holder=task.holder)
    if task.state not in (READY, RESERVED, IN_PROGRESS):
        raise WrongState(action="Complete", why=f"the task is {task.state}.")
    if not draft.works(task.queue):
        raise NotAllowed(why=f"the task is in the queue {task.queue}.")
    if task.type == "step":
        raise WrongState(action="Complete", why="this task ends when one of the actions of its step is done.")
    track = draft.case.tracks[task.track]
    edition = draft.library[task.edition]
    if task.type == "decision":
        _decide_proposal(draft, task, track, command)
        return
    insist_not_frozen(draft)
    rule = edition.tasks[task.rule]
    insist_another_than(draft, rule.not_by, track)
    facts, body = _form_data(draft, edition, rule.form, command.data)
    told = draft.facts(track, facts, task)
    if reasons := [edition.text(f"guards.{n}") for n in rule.guards if not GUARDS[n].holds(told)]:
        raise Refused(reasons=reasons)
    complete(draft, task, rule, track, facts, body, _happened(draft, command.happened_on))


def complete(
    draft: Draft, task: Task, rule: TaskRule, track: Track, data: Mapping[str, Json], body: Mapping[str, Json],
    extra: Mapping[str, Json],
) -> None:  # fmt: skip
    effects: dict[str, Json] = {"task": task.id, "name": task.name} | dict(extra)
    facts = draft.facts(track, data, task)
    reads = {key for name in rule.guards for key in GUARDS[name].reads} | set(_effect_reads(rule.effects))
    if kept := {key: draft.context.facts[key] for key in sorted(reads) if key in draft.context.facts}:
        effects["facts"] = kept
    draft.begin(COMPLETED, track, effects, body)
    draft.close_task(task, "Completed", by=draft.by.person, result=dict(data))
    draft.apply(rule.effects, facts)
    draft.open_all(rule.opens, track, facts, task.edition)
    for name, value, opens in rule.opens_if:
        if data.get(name) == value:
            draft.open_all(opens, track, facts, task.edition)
    draft.commit()


def _decide_proposal(draft: Draft, task: Task, track: Track, command: Complete) -> None:
    values = dict(command.data)
    answer = values.pop("decision", None)
    if answer not in ("confirm", "refuse"):
        raise InvalidForm(fields={"decision": "say confirm or refuse"})
    reason = values.pop("reason", None)
    if values:
        raise InvalidForm(fields=dict.fromkeys(values, "is not a field of this form"))
    if answer == "refuse":
        if not reason:
            raise InvalidForm(fields={"reason": "is required"})
        _refuse(draft, task, {"reason": _line(reason, "reason")})
        return
    found = draft.library[track.edition].find(task.rule, track.states)
    if found is None:
        raise WrongState(action="Confirm", why="the case has moved on.")
    _confirm(draft, track, *found)


def insist_another_than(draft: Draft, deeds: tuple[str, ...], track: Track) -> None:
    """Four eyes: whoever did one of these deeds, or had it done in their name, may not do this one."""
    if reasons := duty_reasons(draft.case, deeds, {draft.by.person, draft.by.acting_for}, track):
        raise NotAllowed(why=reasons[0])


def duty_reasons(case: Case, deeds: tuple[str, ...], people: set[str | None], track: Track) -> list[str]:
    """Why these people may not do something that nobody who did one of `deeds` may do.

    Of several transitions the last one that fired counts, of tasks the last of each name.
    """
    people = people - {None}
    told = max((track.fired[name] for name in deeds if name in track.fired), key=lambda one: one.at, default=None)
    if told and people & {told.actor, told.acting_for}:
        return ["another person must do this than the one who did the step before."]
    for name in deeds:
        done = [
            t for t in case.tasks.values() if t.name == name and t.type == "side" and t.state == DONE and t.closed_at
        ]
        last = max(done, key=lambda t: (t.closed_at, t.id), default=None)
        if last and people & {last.closed_by, last.acted_for}:
            return ["another person must do this than the one who prepared it."]
    return []


def _add(draft: Draft, command: Add) -> None:
    track = draft.track(command.track)
    edition = draft.library[track.edition]
    for offer in edition.rules["on_request"]:
        rule = edition.tasks[offer["task"]]
        if rule.name != command.task:
            continue
        here = any(place in offer["from"] for leaf in track.states for place in _places(leaf))
        if not here:
            raise WrongState(action=edition.text(f"tasks.{rule.key}"), why="it is not asked for at this step.")
        if draft.by.role not in accepted(draft.case, tuple(offer["by"])):
            raise NotAllowed(why=f"this task is asked for by: {', '.join(offer['by'])}.")
        if rule.per == "party" and command.about not in (None, *fields.PARTIES):
            raise InvalidForm(fields={"about": "must be need_owner or technology_owner"})
        draft.begin(ADDED, track, {"name": rule.name})
        if not draft.open_side_task(rule, track, draft.facts(track, {}), about=command.about):
            raise WrongState(action=edition.text(f"tasks.{rule.key}"), why="one is open already.")
        draft.commit()
        return
    raise NotFound("task")


def _places(leaf: str) -> list[str]:
    parts = leaf.split(".")
    return [".".join(parts[:n]) for n in range(len(parts), 0, -1)]


# --- clocks ----------------------------------------------------------------------------------------------------------


def _ring(draft: Draft, command: Ring) -> None:
    clock = draft.case.clocks.get(command.clock)
    if clock is None or clock.fires_at is None or clock.fires_at > draft.context.now:
        raise WrongState(action="Ring", why="nothing is due on this clock.")
    what = clock.rungs[clock.next][1]
    track = draft.case.tracks[clock.track]
    if what == "expire":
        _end_consent(draft, EndConsent(str(clock.consent), "expired"))
        return
    if what.startswith("fire:"):
        edition = draft.library[track.edition]
        found = edition.find(what.removeprefix("fire:"), track.states)
        if found is None:
            draft.begin(RANG, track, {"what": "stopped", "clock": clock.id})
            draft.set_clock(clock, "stopped")
            draft.commit()
            return
        rule, place = found
        extra = {"clock_states": [{"id": clock.id, "state": "stopped"}]}
        fire(draft, track, rule, place, {}, {}, extra=extra, system=True)
        return
    kind = ACTIVATED if what == "activate" else RANG
    draft.begin(kind, track, {"what": what, "clock": clock.id} | ({"task": clock.task} if clock.task else {}))
    task = draft.case.tasks.get(clock.task) if clock.task else None
    if task is not None:
        if what == "activate" and task.state == CREATED:
            draft.set_task(task, state=READY)
        if what == "overdue":
            draft.set_task(task, overdue=True)
    if clock.next + 1 < len(clock.rungs):
        draft.set_clock(clock, "running", next=clock.next + 1)
    else:
        draft.set_clock(clock, "stopped")
    draft.commit()


# --- the case itself -------------------------------------------------------------------------------------------------


def _open(draft: Draft, command: Open) -> None:
    edition = draft.library.latest(command.workflow)
    if edition is None:
        raise NotFound("workflow")
    id = draft.context.new_id()
    case = {"kind": command.kind} | dict(command.case)
    opened = {
        "id": id, "workflow": command.workflow, "edition": edition.fingerprint, "kind": command.service or command.workflow,
        "parent": None, "provider": command.provider, "states": list(edition.initial),
    }  # fmt: skip
    body = {"title": command.title} if command.title else {}
    draft.begin_log(command.log, {"case": case, "tracks": [opened]}, body)
    draft.start_track(opened, edition)
    draft.commit()


def _hand_over(draft: Draft, command: HandOver) -> None:
    if draft.case.owner is None:
        raise WrongState(action="Hand over", why="nobody owns the case yet.")
    body = {"note": _line(command.note, "note")}
    draft.begin(HANDED_OVER, None, {"owner": command.owner, "team": list(command.team)}, body)
    if draft.case.owner != command.owner:
        draft.let_go(draft.case.owner)
    draft.commit()


def _register_document(draft: Draft, command: RegisterDocument) -> None:
    if command.party is not None and command.party not in fields.PARTIES:
        raise InvalidForm(fields={"party": "must be need_owner or technology_owner"})
    one = {
        "id": draft.context.new_id(),
        "party": command.party,
        "kind": command.kind,
        "valid_until": command.valid_until,
    }
    body = {"title": _line(command.title, "title", 300)}
    if command.language:
        body["language"] = command.language
    draft.begin(DOCUMENT_REGISTERED, None, {"documents": [one]}, body)
    draft.commit()


def _notice(draft: Draft, command: Notice) -> None:
    """A task that something outside this log asks for: another case of the same need was signed, say."""
    draft.begin(ADDED, draft.case.main, {"name": command.task}, system=True)
    draft.open_named(command.task, about=command.about)
    draft.commit()


def _declare_interest(draft: Draft, command: DeclareInterest) -> None:
    body = {"nature": _line(command.nature, "nature")} if command.nature else {}
    draft.begin(INTEREST_DECLARED, None, {"interest": [command.person]}, body)
    draft.let_go(command.person)
    draft.commit()


def _end_consent(draft: Draft, command: EndConsent) -> None:
    """In one deed: the consent ends, its grants end, referrals that leaned on it are suspended, somebody must decide."""
    consent = draft.case.consents.get(command.consent)
    if consent is None:
        raise NotFound("consent")
    if consent.ended_at is not None:
        raise WrongState(action="Withdraw the consent", why="it has ended already.")
    body = {"reason": _line(command.reason, "reason")} if command.reason else {}
    draft.begin(CONSENT_ENDED, None, {"consents_ended": [{"id": consent.id, "how": command.how}]}, body)
    hit = draft.end_grants_of(consent)
    draft.stop_clocks_of_consent(consent.id)
    if hit:
        draft.open_named("consent_lost", about=consent.id)
    because = draft.commit()
    for track in hit:
        one = draft.case.tracks[track]
        found = draft.library[one.edition].find("suspend", one.states)
        if found is not None:
            fire(draft, one, found[0], found[1], {}, {}, because=because, system=True)


# --- what happens by itself afterwards -------------------------------------------------------------------------------


def _settle(draft: Draft) -> None:
    """Automatic transitions until nothing moves: the main track first, then the others in opening order."""
    for _ in range(MOST_AUTOMATIC):
        if not _one_automatic(draft):
            return
    raise RuntimeError("automatic transitions do not come to rest")


def _one_automatic(draft: Draft) -> bool:
    for track in list(draft.case.tracks.values()):
        if not track.live:
            continue
        edition = draft.library[track.edition]
        if not edition.has_automatic:
            continue
        for rule, place in edition.leaving(track.states):
            if not rule.automatic:
                continue
            if edition.states[place].type in ("stage", "parallel") and not edition.place_ended(place, track.states):
                continue
            if refusals(draft, track, rule, {}):
                continue
            fire(draft, track, rule, place, {}, {}, because=draft.events[-1].seq if draft.events else None, system=True)
            return True
    return False


def _wrong_state(edition: Edition, track: Track, transition: str) -> Exception:
    if not edition.has(transition):
        return NotFound("action")
    here = ", ".join(edition.text(f"states.{leaf}") for leaf in track.states)
    return WrongState(action=edition.text(f"transitions.{transition}.do"), why=f"it stands at “{here}”.")


_DEEDS: Mapping[type, Callable[..., None]] = {
    Open: _open,
    Fire: _fire,
    Claim: _claim,
    Release: _release,
    Complete: _complete,
    Exit: _exit,
    Add: _add,
    Ring: _ring,
    HandOver: _hand_over,
    RegisterDocument: _register_document,
    EndConsent: _end_consent,
    DeclareInterest: _declare_interest,
    Notice: _notice,
}
