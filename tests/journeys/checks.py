"""Steps of a journey that only look: what stands, what is open, what is refused, and ways that are tried aside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from casework.engine.analysis.impacts import saving_of
from casework.engine.state.events import COMPLETED, PARTY_ACTOR
from casework.errors import CaseworkError
from casework.playbook.hand import Do
from tests.journeys.journey import Check, Journey, Step

Json = Any


@dataclass(frozen=True)
class Refusal:
    """A step that must be refused in this way and with these words, and change nothing."""

    step: Do
    error: type[CaseworkError]
    words: str

    def __call__(self, journey: Journey) -> None:
        journey.must_refuse(self.step, self.error, self.words)


def refused(step: Do, error: type[CaseworkError], words: str = "") -> Refusal:
    return Refusal(step, error, words)


def stands(track: str, *states: str) -> Check:
    """The newest track of the name stands there."""

    def check(journey: Journey) -> None:
        assert journey.track(track).states == states, (track, journey.track(track).states, states)

    return check


def has(task: str, about: str | None = None, count: int | None = None, **is_: Json) -> Check:
    """A task of the name is open, as many as said, and is as said."""

    def check(journey: Journey) -> None:
        tasks = journey.open_tasks(task, about)
        assert tasks, (task, sorted((t.name, t.state) for t in journey.case.open_tasks()))
        assert count in (None, len(tasks)), (task, len(tasks))
        for name, value in is_.items():
            value = journey.world[value] if name in ("holder", "organisation") and value else value
            assert getattr(tasks[0], name) == value, (task, name, getattr(tasks[0], name), value)

    return check


def answered_by_party(task: str, party: str) -> Check:
    """A party has answered the newest task of the name by its link: so the timeline says."""

    def check(journey: Journey) -> None:
        done = [one for one in journey.events() if one.kind == COMPLETED and one.effects.get("name") == task]
        assert done[-1].actor == PARTY_ACTOR, (task, done[-1].actor)
        assert done[-1].organisation == journey.case.parties[party]

    return check


def has_not(task: str, about: str | None = None) -> Check:
    def check(journey: Journey) -> None:
        assert not journey.open_tasks(task, about), task

    return check


def due_in(task: str, days: int) -> Check:
    """The open task of the name is due on the day that is so many days from now."""

    def check(journey: Journey) -> None:
        moment = journey.open_tasks(task)[0].due_at
        assert moment is not None
        assert journey.local(moment) == journey.in_days(days), (task, moment)

    return check


def due_in_working_days(task: str, days: int) -> Check:
    """The same in days on which people work."""

    def check(journey: Journey) -> None:
        (open_task,) = journey.open_tasks(task)
        assert open_task.due_at == journey.stage.calendar.due(journey.stage.moment, days, "wd"), (
            task,
            open_task.due_at,
        )

    return check


def effect(*records: tuple[str, str, str | None]) -> Check:
    """The records of the effect that stand: level, value, and what each saves."""

    def check(journey: Journey) -> None:
        known = journey.case.impacts
        told = [(one.level, one.value, saving_of(known, one)) for one in known.values() if one.stands]
        said = [(level, value, None if saved is None else Decimal(saved)) for level, value, saved in records]
        assert sorted(told, key=str) == sorted(said, key=str)

    return check


def along(path: Sequence[Step], *ways: Sequence[Step], where: str = "") -> tuple[Step, ...]:
    """A path, and from each place on it where a way begins that way too, after which all is as it was before.

    A place is a state of the track on which the way begins, or of the one named.
    """
    return tuple(one for step in path for one in (step, lambda journey: journey.try_ways(ways, where)))


def due_on(task: str, day: str) -> Check:
    """A task is due on exactly that day."""

    def check(journey: Journey) -> None:
        (open_task,) = journey.open_tasks(task)
        assert open_task.due_at is not None
        assert str(journey.local(open_task.due_at)) == day, (task, open_task.due_at)

    return check


def outcome(code: str | None) -> Check:
    def check(journey: Journey) -> None:
        assert journey.case.outcome == code, (journey.case.outcome, code)

    return check


def that(holds: Callable[[Journey], bool], words: str) -> Check:
    """Anything else that must be so."""

    def check(journey: Journey) -> None:
        assert holds(journey), words

    return check


def inscribed(right: str, kind: str) -> Check:
    """The office's record of what this case laid on a right has its number and its day."""

    def check(journey: Journey) -> None:
        standing = [one for one in journey.burdens(right) if one["kind"] == kind and one["to"] is None]
        assert standing, (right, kind)
        assert all(one["number"] and one["inscribed_on"] for one in standing), standing

    return check


def lies(right: str, *burdens: tuple[str, str | None, bool]) -> Check:
    """What lies on a right and what lay there: of what kind, of a licence which, and whether it still stands."""

    def check(journey: Journey) -> None:
        told = [(one["kind"], one["licence"], one["to"] is None) for one in journey.burdens(right)]
        lasting = [one for one in burdens if one[2]]
        assert told == list(burdens) or [one for one in told if one[2]] == lasting == list(burdens), (right, told)

    return check
