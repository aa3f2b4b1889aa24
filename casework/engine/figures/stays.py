"""The stays of a case in the steps of its main track, and to which side each working minute of a stay is given.

To the first that holds: whoever a hold waits for; the provider, while it is its turn on the critical request; whoever the step's own
task waits for; else the office. Critical is, of the requests that ended within the stay, the one that ended last; of a stay that goes
on, the one that goes on longest: what ran beyond a stay did not hold it up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

from casework.engine.analysis.time_accounting import OFFICE, PROVIDER
from casework.engine.deadlines.calendars import Calendar
from casework.engine.parties import body_of
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case import Case, Task, Track

#: Whom a hold waits for that names nobody.
OTHER = "other"
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was sent and has not ended, and whether it is its provider's turn."""

    request: str
    by_provider: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """What holds of a case from a moment on."""

    at: datetime
    #: The steps of its main track, each with whom its task waits for; none once it is closed.
    steps: tuple[tuple[str, str | None], ...]
    #: Whom its hold waits for; None where it is not on hold.
    held: str | None
    #: In the order in which they began.
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """The time that a case spent in a step, once: coming back is another one."""

    step: str
    begin: datetime
    #: None where it goes on.
    end: datetime | None
    #: Working minutes by side.
    minutes: Mapping[str, int]


class Moments:
    """The moments of a case, read event by event: one where anything has changed since the one before.

    `started`: the action by which the work on a request begins.
    """

    def __init__(self, started: str) -> None:
        self.kept: list[Moment] = []
        self._started = started
        self._seen: tuple[object, ...] = ()

    def take(self, case: Case) -> None:
        seen = (case.tasks, case.tracks, case.hold, case.frozen)
        if len(self._seen) == len(seen) and all(one is other for one, other in zip(seen, self._seen, strict=True)):
            return
        self._seen = seen
        moment = _moment(case, self._started)
        if not self.kept or replace(moment, at=self.kept[-1].at) != self.kept[-1]:
            self.kept.append(moment)


def _moment(case: Case, started: str) -> Moment:
    main = case.main
    tasks = [task for task in case.open_tasks() if task.type == "step"]
    steps = main.states if main.live else ()
    held = None if case.hold is None else str(case.hold.get("waits_for") or OTHER)
    sent = [track for track in case.live_tracks() if track.is_referral and track.sent]
    return Moment(
        case.last_at,
        tuple((step, _waits(step, main, tasks)) for step in steps),
        held,
        tuple(Asked(track.id, _by_provider(case, track, tasks, started)) for track in sent),
    )


def _waits(step: str, main: Track, tasks: Sequence[Task]) -> str | None:
    """Whom the task of a step waits for: whom a person has named, else the body outside that has the next word."""
    mine = sorted((task for task in tasks if (task.track, task.of) == (main.id, step)), key=lambda task: task.id)
    if not mine:
        return None
    if mine[0].wait is not None:
        return mine[0].wait["for"]
    return body_of(mine[0].awaits, mine[0].about) if mine[0].awaits else None


def _by_provider(case: Case, request: Track, tasks: Sequence[Task], started: str) -> bool:
    """Whether its step lies with the provider and, once the work was begun, that of the service below it does not lie with the office.

    While a stop is in force a provider may do nothing, and its time is the office's.
    """
    if case.frozen or not any(task.queue in ORGANISATION_QUEUES for task in tasks if task.track == request.id):
        return False
    below = [child.id for child in case.children(request.id) if child.live and not child.replaced]
    if started not in request.fired or not below:
        return True
    queues = [task.queue for task in tasks if task.track == below[-1]]
    return not queues or any(queue in ORGANISATION_QUEUES for queue in queues)


def stays(moments: Sequence[Moment], until: datetime, calendar: Calendar) -> list[Stay]:
    """All of a case up to an instant, those that ended in that order, then those that go on."""
    return _told(moments, _in_and_out(moments), until, calendar)


def going_on(moments: Sequence[Moment], until: datetime, calendar: Calendar) -> list[Stay]:
    """Those alone that go on."""
    return _told(moments, [one for one in _in_and_out(moments) if one[2] is None], until, calendar)


def needed(moments: Sequence[Moment], told: Sequence[Stay]) -> tuple[Moment, ...]:
    """The moments from which those that go on follow at any later instant: all since the first of them began."""
    since = min((stay.begin for stay in told if stay.end is None), default=None)
    return () if since is None else tuple(moment for moment in moments if moment.at >= since)


def _told(
    moments: Sequence[Moment],
    there: Sequence[tuple[str, datetime, datetime | None]],
    until: datetime,
    calendar: Calendar,
) -> list[Stay]:
    course = _Course(moments, _ends(moments))
    found = []
    for step, begin, end in there:
        minutes: dict[str, int] = {}
        for side, start, stop in course.spans(step, begin, end, until):
            minutes[side] = minutes.get(side, 0) + calendar.working_minutes(start, stop)
        found.append(Stay(step, begin, end, {side: told for side, told in sorted(minutes.items()) if told}))
    return found


def _in_and_out(moments: Sequence[Moment]) -> list[tuple[str, datetime, datetime | None]]:
    """Each stay in a step with its begin and its end."""
    found: list[tuple[str, datetime, datetime | None]] = []
    since: dict[str, datetime] = {}
    for moment in moments:
        there = dict(moment.steps)
        for step in [step for step in since if step not in there]:
            found.append((step, since.pop(step), moment.at))
        for step in there:
            since.setdefault(step, moment.at)
    return [*found, *((step, begin, None) for step, begin in since.items())]


def _ends(moments: Sequence[Moment]) -> dict[str, datetime]:
    """When each request had ended; those that go on are not in it."""
    ends: dict[str, datetime] = {}
    for before, after in pairwise(moments):
        there = {one.request for one in after.asked}
        ends |= {one.request: after.at for one in before.asked if one.request not in there}
    going_on = {one.request for one in moments[-1].asked} if moments else set()
    return {request: end for request, end in ends.items() if request not in going_on}


@dataclass(frozen=True, slots=True)
class _Course:
    """What held of a case from moment to moment, and when its requests ended."""

    moments: Sequence[Moment]
    ends: Mapping[str, datetime]

    def spans(
        self, step: str, begin: datetime, end: datetime | None, until: datetime
    ) -> Iterator[tuple[str, datetime, datetime]]:
        """The time of a stay in order and without a gap, each stretch with its side."""
        last = until if end is None else end
        side, start = OFFICE, begin
        for moment in self.moments:
            if not begin <= moment.at < last:
                continue
            now = self._side(moment, step, end)
            if now != side:
                yield side, start, moment.at
                side, start = now, moment.at
        yield side, start, last

    def _side(self, moment: Moment, step: str, end: datetime | None) -> str:
        if moment.held is not None:
            return moment.held
        # What runs beyond a stay that ended did not hold it up.
        mine = [one for one in moment.asked if end is None or self.ends.get(one.request, _NEVER) <= end]
        critical = max(mine, key=lambda one: self.ends.get(one.request, _NEVER), default=None)
        if critical is not None and critical.by_provider:
            return PROVIDER
        return dict(moment.steps).get(step) or OFFICE
