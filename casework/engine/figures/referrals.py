"""Figure 5, referrals: whether providers answer in time, take on, begin, deliver, and what is approved; why they decline, how long the
whole of it takes, and what is late now.

Each provider that was asked is one, of a panel too; one in whose place another came counts as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from casework.engine.figures.assessments import working_days
from casework.engine.figures.case_facts import CaseFacts, Firing
from casework.engine.figures.counting import Figure, Row, median, numbers, p90
from casework.engine.figures.world import World
from casework.engine.parts import ACCEPTS, SENDS, TAKES_RESULT, TURNS_DOWN
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case import CREATED, Track

#: Within so many working days an answer is in time.
IN_TIME = 5
ANSWERED_IN_TIME, ACCEPTED, STARTED, DELIVERED, APPROVED, ASKED_BACK, DECLINED = (
    "answered_in_time",
    "accepted",
    "started",
    "delivered",
    "approved",
    "asked_back",
    "declined",
)
SENT, SERVICE, PROVIDER, MONTH, REASON, WHAT, UNIT = "sent", "service", "provider", "month", "reason", "what", "unit"
#: From the sending until the result was taken, whoever's turn it was: in working days, and the line says so.
WHOLE, DAYS = "whole", "working_days"
#: Of those that go on: what is to be done by the provider, or by the office, should have been done by now.
LATE, LATE_OFFICE = "late", "late_office"


@dataclass(frozen=True)
class Referral:
    """A request to one provider, as far as figures ask."""

    #: Its track.
    id: str
    case: str
    service: str
    provider: str | None
    sent_on: date
    #: Minutes of the provider's working time until the first answer; None where it never came.
    minutes: int | None
    #: Whether nothing can come any more, or has come: before that nobody knows how long an answer takes.
    settled: bool
    reached: frozenset[str]
    reason: str | None
    #: Working days until its result was taken, the first time; None where none was.
    days: int | None
    live: bool
    #: Of `LATE` and `LATE_OFFICE`.
    late: frozenset[str]


def referrals(world: World) -> Figure:
    """By what became of it, of all, of each service, provider and month of sending; the median is in minutes of working time."""
    told = [one for case in world.counted for one in referrals_of(case, world)]
    return count_referrals(told, (SERVICE, PROVIDER, MONTH), _case)


def own_referrals(told: Iterable[Referral]) -> Figure:
    """The same of those that were sent to one provider, for itself: behind a line stand its referrals."""
    return count_referrals(list(told), (SERVICE, MONTH), _id)


def count_referrals(told: list[Referral], by: Iterable[str], behind: Callable[[Referral], str]) -> Figure:
    """Lines of all, of each of what they are told apart by, and of the reasons for declining, each with what stands behind it."""
    rows = [*_rows(told, None, behind)]
    for name in by:
        rows.extend(_rows(told, name, behind))
    declined = [one for one in told if DECLINED in one.reached]
    for reason in sorted({one.reason or "" for one in declined}):
        mine = [one for one in declined if (one.reason or "") == reason]
        rows.append(
            Row(
                of={WHAT: DECLINED, REASON: reason or None},
                numerator=len(mine),
                denominator=len(declined),
                cases=numbers(map(behind, mine)),
            )
        )
    return Figure(rows=tuple(rows), unit="working_minutes")


def _case(one: Referral) -> str:
    return one.case


def _id(one: Referral) -> str:
    return one.id


def _month(one: Referral) -> str:
    return f"{one.sent_on:%Y-%m}"


#: What referrals are told apart by.
_KEYS: Mapping[str, Callable[[Referral], str]] = {
    SERVICE: lambda one: one.service,
    PROVIDER: lambda one: one.provider or "",
    MONTH: _month,
}


def _rows(told: list[Referral], name: str | None, behind: Callable[[Referral], str]) -> Iterable[Row]:
    groups = [None] if name is None else sorted({_KEYS[name](one) for one in told})
    for group in groups:
        mine = told if name is None else [one for one in told if _KEYS[name](one) == group]
        of: dict[str, str | None] = {} if name is None else {name: group}
        waits = [one.minutes for one in mine if one.settled]
        yield Row(
            of={WHAT: SENT, **of},
            numerator=len(mine),
            cases=numbers(map(behind, mine)),
            median=median(waits),
            p90=p90(waits),
        )
        for what in (ANSWERED_IN_TIME, ASKED_BACK, ACCEPTED, STARTED, DELIVERED, APPROVED):
            here = [one for one in mine if what in one.reached]
            yield Row(
                of={WHAT: what, **of},
                numerator=len(here),
                denominator=len(mine),
                cases=numbers(map(behind, here)),
            )
        yield from _long_and_late(mine, of, behind)


def _long_and_late(
    mine: Iterable[Referral], of: Mapping[str, str | None], behind: Callable[[Referral], str]
) -> Iterable[Row]:
    """How long those took whose result was taken; and which of those that go on are late, on either side."""
    whole = [one for one in mine if one.days is not None]
    days = [one.days for one in whole]
    yield Row(
        of={WHAT: WHOLE, UNIT: DAYS, **of},
        numerator=len(whole),
        cases=numbers(map(behind, whole)),
        median=median(days),
        p90=p90(days),
    )
    live = [one for one in mine if one.live]
    for what in (LATE, LATE_OFFICE):
        here = [one for one in live if what in one.late]
        yield Row(
            of={WHAT: what, **of},
            numerator=len(here),
            denominator=len(live),
            cases=numbers(map(behind, here)),
        )


def referrals_of(case: CaseFacts, world: World) -> Iterable[Referral]:
    """Those of a case that were sent."""
    for track in case.case.tracks.values():
        if track.is_referral:
            mine = case.on_track(track.id)
            sent = next((one for one in mine if one.part == SENDS), None)
            if sent is not None:
                yield _referral(case, track, sent, [one for one in mine if one.seq > sent.seq], world)


def _referral(case: CaseFacts, track: Track, sent: Firing, after: list[Firing], world: World) -> Referral:
    names, calendar = world.names, world.calendar
    answer = next((one for one in after if one.name in names.answers), None)
    reached = {
        what
        for what, is_it in (
            (ASKED_BACK, lambda one: one.name == names.asks),
            (ACCEPTED, lambda one: one.part == ACCEPTS),
            (DECLINED, lambda one: one.part == TURNS_DOWN),
            (STARTED, lambda one: one.name == names.started),
            (DELIVERED, lambda one: one.name in names.delivers),
            (APPROVED, lambda one: one.part == TAKES_RESULT),
        )
        if any(is_it(one) for one in after)
    }
    if answer is not None and answer.at <= calendar.due(sent.at, IN_TIME, "wd"):
        reached.add(ANSWERED_IN_TIME)
    refusal = next((one for one in after if one.part == TURNS_DOWN), None)
    taken = next((one for one in after if one.part == TAKES_RESULT), None)
    return Referral(
        track.id,
        case.number,
        track.kind,
        track.provider,
        sent.on,
        None if answer is None else _provider_minutes(sent, after, answer, world),
        answer is not None or not track.live,
        frozenset(reached),
        str(refusal.data.get(names.decline_reason)) if refusal is not None else None,
        None if taken is None else working_days(calendar, sent.on, taken.on),
        track.live,
        _late(case, track, world),
    )


def _late(case: CaseFacts, referral: Track, world: World) -> frozenset[str]:
    """On whose side something should have been done by now, of the request itself and of the work under it."""
    under = {track.id for track in case.case.tracks.values() if referral.id in (track.id, track.parent)}
    return frozenset(
        LATE if task.queue in ORGANISATION_QUEUES else LATE_OFFICE
        for task in case.case.open_tasks()
        if task.track in under and task.state != CREATED and task.due_at is not None and task.due_at < world.until
    )


def _provider_minutes(sent: Firing, after: Iterable[Firing], answer: Firing, world: World) -> int:
    """Working minutes from the sending to the answer, without those in which the provider waited for what it had asked."""
    minutes, since = 0, sent.at
    asking = False
    for one in after:
        if one.seq > answer.seq:
            break
        if not asking:
            minutes += world.calendar.working_minutes(since, one.at)
        since, asking = one.at, one.to != sent.to
    return minutes
