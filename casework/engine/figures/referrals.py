"""Figure 5, referrals: whether providers answer in time, take on, begin, deliver, and what is approved; and why they decline.

Each provider that was asked is one, of a panel too; one in whose place another came counts as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from casework.engine.figures.case_facts import CaseFacts, Firing
from casework.engine.figures.counting import Figure, Row, median, numbers, p90
from casework.engine.figures.world import World
from casework.engine.parts import ACCEPTS, SENDS, TAKES_RESULT, TURNS_DOWN
from casework.engine.state.case import Track

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
SENT, SERVICE, PROVIDER, MONTH, REASON, WHAT = "sent", "service", "provider", "month", "reason", "what"


@dataclass(frozen=True)
class Referral:
    """A request to one provider, as far as figures ask."""

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


def referrals(world: World) -> Figure:
    """By what became of it, of all, of each service, provider and month of sending; the median is in minutes of working time."""
    told = [one for case in world.counted for one in referrals_of(case, world)]
    rows: list[Row] = []
    for name, key in ((None, None), (SERVICE, _service), (PROVIDER, _provider), (MONTH, _month)):
        rows.extend(_rows(told, name, key))
    declined = [one for one in told if DECLINED in one.reached]
    for reason in sorted({one.reason or "" for one in declined}):
        mine = [one for one in declined if (one.reason or "") == reason]
        rows.append(
            Row(
                of={WHAT: DECLINED, REASON: reason or None},
                numerator=len(mine),
                denominator=len(declined),
                cases=numbers(one.case for one in mine),
            )
        )
    return Figure(rows=tuple(rows), unit="working_minutes")


def _service(one: Referral) -> str:
    return one.service


def _provider(one: Referral) -> str:
    return one.provider or ""


def _month(one: Referral) -> str:
    return f"{one.sent_on:%Y-%m}"


def _rows(told: list[Referral], name: str | None, key: Callable[[Referral], str] | None) -> Iterable[Row]:
    groups = [None] if key is None else sorted({key(one) for one in told})
    for group in groups:
        mine = told if key is None else [one for one in told if key(one) == group]
        of = {} if name is None else {name: group}
        waits = [one.minutes for one in mine if one.settled]
        yield Row(
            of={WHAT: SENT, **of},
            numerator=len(mine),
            cases=numbers(one.case for one in mine),
            median=median(waits),
            p90=p90(waits),
        )
        for what in (ANSWERED_IN_TIME, ASKED_BACK, ACCEPTED, STARTED, DELIVERED, APPROVED):
            here = [one for one in mine if what in one.reached]
            yield Row(
                of={WHAT: what, **of},
                numerator=len(here),
                denominator=len(mine),
                cases=numbers(one.case for one in here),
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
    return Referral(
        case.number,
        track.kind,
        track.provider,
        sent.on,
        None if answer is None else _provider_minutes(sent, after, answer, world),
        answer is not None or not track.live,
        frozenset(reached),
        str(refusal.data.get(names.decline_reason)) if refusal is not None else None,
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
