"""Whether tasks were finished, asked for and opened as the edition says, and what a move leaves behind is closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from casework_verify.replay.actors import role_not_among, works
from casework_verify.replay.clocks import not_due
from casework_verify.replay.context import Context, Found, listed, say
from casework_verify.replay.hands import OPERATIONS, operation_faults
from casework_verify.replay.moves import duty_faults, filled_in
from casework_verify.replay.standing import OPEN, Case, Event, Task, Track
from casework_verify.replay.workflows import PROVIDERS, Marking, Workflow, Written, queue_of, within


def completed_faults(context: Context, case: Case, event: Event) -> Found:
    """What speaks against a task's having been finished."""
    task = case.tasks.get(event.effects["task"])
    if event.by_itself:
        # The record of the party's organisation answered it; that stands in another log.
        context.as_told["answered_by_record"] += 1
        if task is None or not task.open:
            yield say("task_unknown")
        return
    yield from operation_faults(context, case, event)
    if task is None or (rule := _rule(context, task)) is None:
        yield say("task_no_rule")
        return
    results = {change["id"]: change for change in event.effects.get("task_states", ())}
    if results.get(task.id, {}).get("state") != "Completed":
        yield say("task_led", name=task.name, told=results.get(task.id, {}).get("state"), wanted="Completed")
    yield from _before_finishing(case, event, task, rule)
    facts = results.get(task.id, {}).get("result", {})
    if task.reviewed_for is not None:
        yield say("review_open", name=task.name)
    elif (
        task.handed is not None
        and task.handed["how"] == "approved"
        and task.holder == task.handed["to"]
        and facts != dict(task.result)
    ):
        yield say("review_other", name=task.name)
    left_out = frozenset((rule.get("by_link") or {}).get("leaves", ())) if event.role == "party" else frozenset()
    yield from filled_in(context, event, context.workflows[task.edition], rule["form"], facts, left_out=left_out)
    context.as_told.update([*rule["guards"], *rule["effects"]])


def _rule(context: Context, task: Task) -> Written | None:
    workflow = context.workflows.get(task.edition)
    return workflow.tasks.get(task.rule) if workflow is not None and task.type == "side" else None


def _before_finishing(case: Case, event: Event, task: Task, rule: Written) -> Found:
    if bool(event.effects.get("answers")) is not bool(rule.get("answers")):
        yield say("task_answers", name=task.name)
    if case.frozen and event.role in PROVIDERS:
        yield say("case_frozen")
    yield from duty_faults(case, event, rule["not_by"], case.tracks[task.track])
    for item in rule.get("checklist", ()):
        if item["required"] and not task.items.get(item["name"]):
            yield say("item_unticked", name=item["name"])


def added_faults(context: Context, case: Case, event: Event) -> Found:
    """Whether people may ask for a task there."""
    track, name = case.tracks[event.track or ""], event.effects["name"]
    workflow = context.workflow_of(track)
    if event.by_itself:
        context.as_told["added"] += 1
        if all(rule["name"] != name for rule in workflow.tasks.values()):
            yield say("task_no_rule")
        return
    for offer in workflow.rules["on_request"]:
        here = any(within(leaf, place) for leaf in track.states for place in offer["from"])
        if here and workflow.tasks[offer["task"]]["name"] == name:
            yield from role_not_among(case, event, offer["by"])
            return
    yield say("task_not_offered", name=name, states=listed(track.states))


def activated_faults(context: Context, case: Case, event: Event) -> Found:
    """By its clock, or by a person before its day."""
    if event.by_itself:
        yield from not_due(case, event, event.effects["clock"], "activate")
    else:
        yield from operation_faults(context, case, event)


def relieved_faults(context: Context, case: Case, event: Event) -> Found:
    task = case.tasks.get(event.effects["task"])
    if task is None or not task.open or task.holder != event.effects["person"]:
        yield say("relief_of_none")


def timer_faults(context: Context, case: Case, event: Event) -> Found:
    """A clock does by itself what its next step says, when that is due."""
    if not event.by_itself:
        yield say("timer_person")
    clock, what = case.clocks.get(event.effects["clock"]), event.effects["what"]
    if what == "stopped" and clock is not None and clock.fires_at is not None:
        what = clock.steps[clock.next].what
    yield from not_due(case, event, event.effects["clock"], what)
    if clock is not None and clock.fires_at is not None:
        change = next((one for one in event.effects.get("clock_states", ()) if one["id"] == clock.id), None)
        last = clock.next + 1 >= len(clock.steps) or event.effects["what"] == "stopped"
        if change is None or (change["state"] == "stopped") is not last:
            yield say("clock_skips")
        if event.effects.get("task") not in (None, clock.task):
            yield say("task_other", name=event.effects["task"])


def recounted_faults(context: Context, case: Case, event: Event) -> Found:
    if not event.by_itself:
        yield say("timer_person")
    if event.effects.keys() - {"calendar", "clock_states", "task_states"}:
        yield say("recount_more")


# --- what opens and closes with any event ----------------------------------------------------------------------------------


def consequence_faults(context: Context, case: Case, event: Event) -> Found:
    """The steps that a move leaves are closed and those that it enters are open; no other task begins that no rule opens."""
    effects = event.effects
    for change in effects.get("task_states", ()):
        if change["id"] not in case.tasks:
            yield say("task_unknown")
            return
        if change.get("by") not in (None, event.actor):
            yield say("finished_by_another", name=case.tasks[change["id"]].name)
        if not case.tasks[change["id"]].open and event.kind != "corrected":
            yield say("task_closed", name=case.tasks[change["id"]].name)
        if change.get("holder") is not None and event.kind not in OPERATIONS:
            yield say("task_given", name=case.tasks[change["id"]].name)
    yield from _steps(context, case, event)
    for opened in effects.get("tasks", ()):
        yield from _opened(context, case, opened)
    if event.kind in ("fired", "completed"):
        yield from _must_open(context, case, event)


def _gone(states: Marking, to: Marking, place: str | None) -> set[str]:
    """The states that a move leaves: all below its place where it leads back into the same."""
    if to == states:
        return {leaf for leaf in states if place is not None and within(leaf, place)}
    return set(states) - set(to)


def _steps(context: Context, case: Case, event: Event) -> Found:
    wanted: set[tuple[str, str]] = set()
    for opened in event.effects.get("tracks", ()):
        if opened["edition"] in context.workflows:
            workflow = context.workflows[opened["edition"]]
            wanted |= {(opened["id"], leaf) for leaf in opened["states"] if workflow.states[leaf].get("queue")}
    track = case.tracks.get(event.track or "")
    if track is not None and event.kind == "moved":
        workflow, gone = context.workflow_of(track), set(track.states) - set(event.to)
        fresh = (leaf for leaf in event.to if leaf not in track.states)
        wanted |= {(track.id, leaf) for leaf in fresh if workflow.states[leaf].get("queue")}
        yield from _left(case, event, track, gone)
    if track is not None and event.kind == "fired":
        workflow = context.workflow_of(track)
        found = workflow.find(event.effects["transition"], track.states)
        if found is not None and found[0]["to"] != "=same":
            gone = _gone(track.states, event.to, found[1])
            wanted |= {
                (track.id, leaf)
                for leaf in event.to
                if (leaf not in track.states or leaf in gone) and workflow.states[leaf].get("queue")
            }
            yield from _left(case, event, track, gone)
    told = [(one["track"], one["rule"]) for one in event.effects.get("tasks", ()) if one["type"] == "step"]
    if set(told) != wanted or len(told) != len(wanted):
        yield say(
            "steps_other",
            told=listed(sorted(rule for _, rule in told)),
            wanted=listed(sorted(leaf for _, leaf in wanted)),
        )


def _left(case: Case, event: Event, track: Track, gone: set[str]) -> Found:
    changes = {change["id"]: change for change in event.effects.get("task_states", ())}
    for task in case.open_on.get(track.id, {}).values():
        change = changes.get(task.id, {})
        if task.type == "step" and task.of in gone:
            done = event.kind == "fired" and not event.by_itself and works(task.queue, event.organisation, event)
            if change.get("state") != ("Completed" if done else "Obsolete"):
                yield say("step_left_open", name=task.name)
        elif "ended" in event.effects and not task.aftercare and change.get("state", task.state) in OPEN:
            yield say("task_left_open", name=task.name)


def _opened(context: Context, case: Case, opened: Mapping[str, Any]) -> Found:
    """What begins is as its edition has it: name, queue, whose it is."""
    workflow = context.workflows[opened["edition"]]
    kind, rule = opened["type"], opened["rule"]
    if kind == "side":
        written = workflow.tasks.get(rule)
        queue, name = (written["queue"], written["name"]) if written is not None else (None, None)
    elif kind == "step":
        state = workflow.states.get(rule)
        queue, name = (state.get("queue"), rule) if state is not None else (None, None)
    else:
        transition = next((one for one in workflow.rules["transitions"] if one["name"] == rule), None)
        queue = transition["confirm_by"][0] if transition is not None and transition["confirm_by"] else None
        name = f"decide_{rule}"
    if queue is None or name != opened["name"]:
        yield say("task_no_rule")
    elif opened["queue"] != queue_of(queue, sealed=case.sealed):
        yield say("task_wrong_queue", name=opened["name"], queue=opened["queue"])
    if opened["state"] not in ("Ready", "Created", "Suspended"):
        yield say("task_begins", name=opened["name"], state=opened["state"])


def _must_open(context: Context, case: Case, event: Event) -> Found:
    """What a rule opens without a condition was opened, and nothing beside it where the rule runs no program."""
    sides = [one for one in event.effects.get("tasks", ()) if one["type"] == "side"]
    told = {(one["edition"], one["rule"]) for one in sides}
    opens = list(_opens(context, case, event))
    if not _programs(context, case, event):
        known = {(workflow.fingerprint, key) for workflow, key in opens} | set(_with_tracks(context, event))
        for one in sides:
            rule = (
                context.workflows[one["edition"]].tasks.get(one["rule"], {})
                if one["edition"] in context.workflows
                else {}
            )
            if (one["edition"], one["rule"]) not in known and rule.get("part") != "returns_copies":
                yield say("task_of_none", name=one["name"])
    for workflow, key in opens:
        rule = workflow.tasks[key]
        plain = not (rule["unless_open"] or rule.get("only_if") or rule.get("where") or rule["after"])
        if plain and not str(rule.get("per") or "").startswith("items:") and (workflow.fingerprint, key) not in told:
            yield say("task_not_opened", name=rule["name"])


def _opens(context: Context, case: Case, event: Event) -> Iterator[tuple[Workflow, str]]:
    if event.kind == "fired":
        workflow = context.workflow_of(case.tracks[event.track or ""])
        found = workflow.find(event.effects["transition"], event.frm)
        opens = found[0]["opens"] if found is not None else ()
    else:
        task = case.tasks.get(event.effects["task"])
        rule = _rule(context, task) if task is not None else None
        if task is None or rule is None:
            return
        workflow = context.workflows[task.edition]
        result: Mapping[str, Any] = next(
            (one.get("result", {}) for one in event.effects.get("task_states", ()) if one["id"] == task.id), {}
        )
        opens = [
            *rule["opens"],
            *(one for name, value, more in rule["opens_if"] if result.get(name) == value for one in more),
        ]
    for opening in opens:
        if opening["open"] == "task":
            yield workflow, opening["task"]


def _programs(context: Context, case: Case, event: Event) -> bool:
    """Whether functions of the rule had a part in what followed, or the next provider was to be asked."""
    if event.kind == "fired":
        found = context.workflow_of(case.tracks[event.track or ""]).find(event.effects["transition"], event.frm)
        rule = found[0] if found is not None else None
    else:
        task = case.tasks.get(event.effects["task"])
        rule = _rule(context, task) if task is not None else None
    return rule is None or bool(rule["effects"]) or any(opening["open"] == "next_provider" for opening in rule["opens"])


def _with_tracks(context: Context, event: Event) -> Iterator[tuple[str, str]]:
    """The tasks with which a track begins."""
    for opened in event.effects.get("tracks", ()):
        workflow = context.workflows.get(opened["edition"])
        for opening in workflow.rules["opens"] if workflow is not None else ():
            if opening["open"] == "task":
                yield opened["edition"], opening["task"]
