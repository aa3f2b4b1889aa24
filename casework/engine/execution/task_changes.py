"""Open, close, suspend and free the tasks of a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from casework.engine.deadlines.deadlines import (
    A_FORTNIGHT,
    Plan,
    Rule,
    moment_of,
    of_appearing,
    of_task,
    on_day,
    own_rule,
    plan,
    unit_of,
    usual,
)
from casework.engine.definition.editions import Edition, TaskRule
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import GUARDS
from casework.engine.execution.clock_pauses import pause_clock, resume_clock
from casework.engine.execution.clocks import WAKE, due_of, is_wake, open_clock
from casework.engine.execution.context import Library
from casework.engine.execution.effect_roles import queue_within
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.parties import PARTIES
from casework.engine.parts import RETURNS_COPIES
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case import (
    CREATED,
    HELD,
    OBSOLETE,
    OPEN,
    PAUSED,
    READY,
    RUNNING,
    SUSPENDED,
    Task,
    Track,
)
from casework.engine.state.effects_schema import Effects, OpenedTask, TaskValues, Wait
from casework.json_values import Answers


def commit(builder: EventBuilder) -> int:
    """Append the event; whose access to documents it ends is asked for the copies first."""
    _ask_for_copies(builder)
    return builder.append()


def _ask_for_copies(builder: EventBuilder) -> None:
    """Whose access ends is asked at once what becomes of the copies; whose is given again is not asked any more."""
    if "grants" not in builder.effects and "grants_ended" not in builder.effects:
        return
    given, ended = builder.effects.get("grants", []), set(builder.effects.get("grants_ended", ()))
    touched = [*(grant["track"] for grant in given), *(builder.case.grants[id].track for id in ended)]
    for id in sorted(set(touched)):
        mine = [grant for grant in builder.case.grants.values() if grant.track == id]
        seen = {grant["document"] for grant in given if grant["track"] == id}
        seen |= {grant.document for grant in mine if grant.ended_at is None and grant.id not in ended}
        out = any(
            (grant.ended_at is not None or grant.id in ended)
            and grant.returned_at is None
            and grant.document not in seen
            for grant in mine
        )
        track = builder.case.tracks[id]
        rule = builder.library[track.edition].task_of(RETURNS_COPIES)
        asked = [
            task
            for task in builder.case.open_tasks()
            if task.track == id and plays(builder.library, task, RETURNS_COPIES)
        ]
        if out and not asked and rule is not None:
            open_side_task(builder, rule, track, builder.facts(track, {}))
        elif not out:
            for task in asked:
                close_task(builder, task, OBSOLETE)


def free_task(builder: EventBuilder, task: Task) -> None:
    """Nobody holds it any more; what stands still goes on standing still."""
    if task.state in HELD:
        builder.set_task(task, holder=None, state=READY)
    else:
        builder.set_task(task, holder=None)


def suspend_task(builder: EventBuilder, task: Task, wait: Wait) -> None:
    """It waits until a day: its own clock stands still, and another one wakes it."""
    for clock in builder.case.clocks.values():
        if clock.task == task.id and clock.state == RUNNING:
            pause_clock(builder, clock)
    builder.set_task(task, state=SUSPENDED, wait=wait.copy())
    open_clock(builder, task.track, "cd", [(WAKE, on_day(wait["until"]))], task=task.id)


def resume_task(builder: EventBuilder, task: Task) -> None:
    """It goes on where it stood; while its case is on hold, the clock of what is ours goes on with the case."""
    builder.set_task(task, wait=None)
    if not _stands_still(builder, task):
        builder.set_task(task, state=(task.before or READY) if task.holder else READY)
    # What a provider works on goes on whether the case is on hold or not.
    hold = builder.case.hold if task.queue not in ORGANISATION_QUEUES else None
    for clock in builder.case.clocks.values():
        if clock.task != task.id:
            continue
        if is_wake(clock):
            builder.set_clock(clock, "stopped")
        elif clock.state == PAUSED and hold is not None and task.type != "step":
            builder.effects["hold"] = {**hold, "paused": [*hold.get("paused", ()), clock.id]}
        elif clock.state == PAUSED and not _stands_still(builder, task):
            resume_clock(builder, clock)


def _stands_still(builder: EventBuilder, task: Task) -> bool:
    return builder.case.frozen and task.queue in ORGANISATION_QUEUES


def awaken_task(builder: EventBuilder, task: Task) -> None:
    """It begins before its day; when it is due has been said."""
    for clock in builder.case.clocks.values():
        if clock.task == task.id and clock.steps[clock.next].what == "activate":
            builder.set_clock(clock, clock.state, next=clock.next + 1, left=list(clock.left[1:]))


def free_tasks_of(builder: EventBuilder, person: str) -> None:
    """What a person holds goes back to its queue, so that nothing waits for somebody who cannot do it."""
    ended = {
        change["id"] for change in builder.effects.get("task_states", ()) if change.get("state", READY) not in OPEN
    }
    for task in builder.case.open_tasks():
        if task.holder == person and task.id not in ended:
            free_task(builder, task)


def free_tasks_within(builder: EventBuilder, referral: Track, people: Iterable[str]) -> None:
    """Whoever is shut out of a referral holds nothing of it any more; its own step ends with the move."""
    within, gone = {referral.id, *(child.id for child in builder.case.children(referral.id))}, set(people)
    for task in builder.case.open_tasks():
        if task.holder in gone and task.track in within and (task.track, task.type) != (referral.id, "step"):
            free_task(builder, task)


def close_task(
    builder: EventBuilder, task: Task, state: str, *, by: str | None = None, result: Answers | None = None
) -> None:
    change: TaskValues = {"state": state}
    if by is not None:
        change["by"] = by
    if result is not None:
        change["result"] = result
    builder.set_task(task, **change)
    for clock in builder.case.clocks.values():
        if clock.task == task.id:
            builder.set_clock(clock, "stopped")


def close_tasks_of(builder: EventBuilder, names: Iterable[str]) -> None:
    for task in builder.case.open_tasks():
        if task.name in names:
            close_task(builder, task, "Completed", by=builder.header["actor"])


def drop_tasks_of(builder: EventBuilder, track: Track, names: Iterable[str]) -> None:
    """Close side tasks of a track that nobody needs any more: not as done, for nobody has done them."""
    for task in builder.case.open_tasks():
        if task.track == track.id and task.type == "side" and task.name in names:
            close_task(builder, task, OBSOLETE)


def open_task(
    builder: EventBuilder,
    track: Track,
    *,
    task: str,
    name: str,
    rule: str,
    type: str,
    queue: str,
    due: Rule | str | None,
    of: str | None = None,
    about: str | None = None,
    aftercare: bool = False,
    activate: Rule | None = None,
    steps: Plan | None = None,
    edition: str | None = None,
) -> None:
    """Open a task, and a clock that counts to its due moment; `due` as a moment is that of a clock that goes on.

    A side task of what has ended is aftercare, whatever its rule says: nothing closes it any more.
    """
    queue = queue_within(builder.case, queue)
    # While a stop is being decided, what is opened for a provider stands still from the beginning.
    state = SUSPENDED if builder.case.frozen and queue in ORGANISATION_QUEUES else READY
    if due is not None and not isinstance(due, str):
        unit = unit_of(due)
        escalation = builder.library[edition or track.edition].escalation
        planned = plan(due, usual(unit, escalation) if steps is None else steps, activate)
        counted = open_clock(builder, track.id, unit, planned, task=task, of=of if type == "step" else None)
        due = due_of(counted)
    opened: OpenedTask = {
        "id": task,
        "track": track.id,
        "name": name,
        "edition": edition or track.edition,
        "rule": rule,
        "type": type,
        "queue": queue,
        "organisation": provider_of(builder, track) if queue in ORGANISATION_QUEUES else None,
        "state": CREATED if activate else state,
        "due": due,
        "of": of,
        "about": about,
        "aftercare": aftercare or type == "side" and _over(builder, track),
    }
    if awaits := _awaits(builder.library[edition or track.edition], type, rule):
        opened["awaits"] = awaits
    builder.effects.setdefault("tasks", []).append(opened)


def _awaits(edition: Edition, type: str, rule: str) -> str:
    """Which body outside has the next word in a task."""
    if type == "step":
        return edition.states[rule].awaits
    return edition.tasks[rule].awaits if type == "side" else ""


def _over(builder: EventBuilder, track: Track) -> bool:
    """Whether a track has ended: with this very event, or before it and has not been reopened."""
    mine: Effects = builder.effects if builder.header["track"] == track.id else {}
    return bool(mine.get("ended") or not track.live and not mine.get("reopened"))


def provider_of(builder: EventBuilder, track: Track) -> str | None:
    """Who works on a track: the provider that this very event names, where it names another."""
    if "provider" in builder.effects and builder.header["track"] in (track.id, track.parent):
        return builder.effects["provider"]
    return track.provider


def open_side_task(
    builder: EventBuilder,
    rule: TaskRule,
    track: Track,
    facts: Facts,
    about: str | None = None,
    *,
    edition: str | None = None,
    due: Rule | None = None,
    by_hand: bool = False,
) -> bool:
    """Open a side task, or several; False where one is open already and one is enough. `due` replaces its limit."""
    edition = edition or track.edition
    track = builder.case.main if rule.on == "main" and track.id in builder.case.tracks else track
    if rule.unless_open and any(t.name == rule.name and t.about == about for t in builder.case.open_tasks()):
        return False
    said = builder.said(facts)
    if rule.only_if and rule.per != "party" and not GUARDS[rule.only_if].holds(facts):
        return True
    if rule.where is not None and said(rule.where[0]) not in rule.where[1]:
        return True
    activate = None
    if rule.after is not None:
        appears = of_appearing(builder.library[edition].workflow, rule.key)
        activate = own_rule(rule.after, said, builder.context.calendar, appears)
        if activate is None:
            return True
        if moment_of(activate, builder.context.now, builder.context.calendar) <= builder.context.now:
            activate = None
    abouts: list[tuple[str | None, Rule | None]] = [(about, None)]
    if rule.per == "party" and about is None:
        abouts = [(party, None) for party in PARTIES]
    elif rule.per is not None and rule.per.startswith("items:"):
        listed = rule.per.removeprefix("items:")
        items = builder.header["body"].get(listed) or said(listed) or []
        abouts = [(str(n), on_day(item["by"])) for n, item in enumerate(items)]
    for about_one, own_due in abouts:
        if rule.unless_open and any(t.name == rule.name and t.about == about_one for t in builder.case.open_tasks()):
            continue
        # Of each party by itself; whoever opens one by hand has said that it is needed.
        if (
            rule.only_if
            and rule.per == "party"
            and not by_hand
            and not GUARDS[rule.only_if].holds(replace(facts, about=about_one))
        ):
            continue
        what = of_task(builder.library[edition].workflow, rule.key)
        until = due or own_due or own_rule(rule.due, said, builder.context.calendar, what) or A_FORTNIGHT
        open_task(
            builder,
            track,
            task=builder.context.new_id(),
            name=rule.name,
            rule=rule.key,
            type="side",
            queue=rule.queue,
            due=until,
            about=about_one,
            aftercare=rule.aftercare,
            activate=activate,
            edition=edition,
        )
    return True


def open_task_of(builder: EventBuilder, part: str, about: str | None = None) -> None:
    """Open the task of a part on the main track, where its edition has one."""
    track = builder.case.main
    rule = builder.library[track.edition].task_of(part)
    if rule is not None:
        open_side_task(builder, rule, track, builder.facts(track, {}), about)


def plays(library: Library, task: Task, part: str) -> bool:
    """Whether a task is the side task of a part."""
    return task.type == "side" and library[task.edition].tasks[task.rule].part == part
