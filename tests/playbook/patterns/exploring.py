"""Every way in which a case of a pattern can go: whoever may do something does it, and each clock speaks, in every order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from casework.engine.execution.available_actions import offers
from casework.engine.execution.context import Library
from casework.engine.parties import PARTIES
from casework.engine.roles import PERSONAL_ROLES, QUEUE_ROLES, Role
from casework.engine.state.case import READY, Clock, Task
from casework.engine.state.events import COMPLETED, FIRED, JOINED, Event
from casework.playbook.scenario_files import Scenario, Step
from casework.playbook.scenario_play import Play, by_name

Json = Any
Forms = Mapping[str, Sequence[Mapping[str, Json]]]
#: A pattern that goes on for longer than this has no end, and is no pattern of these.
MOST_ACTIONS = 40


class Stuck(AssertionError):
    """A case that nobody can do anything in any more, and that has not ended."""


def explored(library: Library, workflow: str, forms: Forms) -> set[str]:
    """The traces of all ways. Raises Stuck where one of them comes to no end."""
    found: set[str] = set()
    waiting = [Play(library, workflow, Scenario("explored", ()))]
    while waiting:
        play = waiting.pop()
        if len(play.events) > MOST_ACTIONS:
            raise Stuck(f"it goes on for ever: {trace(play)}")
        following = list(_next(play, forms))
        waiting += following
        if not following:
            if any(play.case.live_tracks()):
                raise Stuck(f"it stands still after: {trace(play)}")
            found.add(trace(play))
    return found


def _next(play: Play, forms: Forms) -> Iterator[Play]:
    """The case after each thing that can happen now."""
    for step in _steps(play, forms):
        later = play.fork()
        later.do(*later.prepared(step))
        yield later
    if clock := _next_clock(play):
        later = play.fork()
        assert clock.fires_at is not None
        later.wait((clock.fires_at - play.now).days + 1)
        yield later


def _steps(play: Play, forms: Forms) -> Iterator[Step]:
    seen: set[tuple[str, str]] = set()
    for role in PERSONAL_ROLES:
        for offer in offers(play.library, play.case, play.context(by_name(str(role)))):
            if offer.allowed and (offer.track, offer.transition) not in seen:
                seen.add((offer.track, offer.transition))
                on = play.label(play.case.tracks[offer.track])
                for form in forms.get(offer.transition, ({},)):
                    yield Step(0, str(role), does=offer.transition, on=on, form=form)
    for task in _to_be_done(play):
        for form in forms.get(task.name, ({},)):
            yield Step(0, str(_worker(task)), completes=task.name, about=task.about, form=form)


def _to_be_done(play: Play) -> list[Task]:
    """Side tasks that can be done; of several that are alike one."""
    ready = [task for task in play.case.open_tasks() if task.type == "side" and task.state == READY]
    return list({(task.name, task.about): task for task in reversed(ready)}.values())


def _worker(task: Task) -> Role:
    return min(QUEUE_ROLES[task.queue])


def _next_clock(play: Play) -> Clock | None:
    """The clock that brings something about next. Those that only remind change nothing of what can be done."""
    moving = [
        clock
        for clock in play.case.clocks.values()
        if clock.fires_at is not None and clock.steps[clock.next].what.startswith(("fire:", "activate"))
    ]
    return min(moving, key=lambda one: (one.fires_at or play.now, one.id), default=None)


def trace(play: Play) -> str:
    """What happened, in its order: transitions by their names, tasks that were finished by theirs, what was joined."""
    return " ".join(word for event in play.events for word in _told(play, event))


def _told(play: Play, event: Event) -> Iterator[str]:
    if event.kind == FIRED:
        track = play.case.tracks[str(event.track)]
        name = event.effects["transition"]
        yield name if track.id == play.case.main.id else f"{play.label(track)}.{name}"
    elif event.kind == JOINED:
        yield "joined"
    elif event.kind == COMPLETED:
        for change in event.effects.get("task_states", ()):
            task = play.case.tasks[change["id"]]
            if change.get("state") == "Completed":
                yield f"{task.name}:{task.about}" if task.about in PARTIES else task.name
