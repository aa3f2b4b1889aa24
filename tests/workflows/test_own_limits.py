"""What rules compare with, where a programme has set it for itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.deadlines.deadlines import months_after
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.limits import GuardLimit
from casework.engine.definition.registry import GUARDS, Guard
from tests.workflows.case_facts import NOW, at, consent, done, facts, fired, track
from workflows import border_guards, guards, money_guards, own_limits, referral_guards, right_guards, service_guards

TODAY = NOW.date()
#: On which day of the case it was reopened.
REOPENED = 10
ALL = {name: one for name, one in vars(own_limits).items() if isinstance(one, GuardLimit)}


def day(ago: int) -> str:
    return (TODAY - timedelta(days=ago)).isoformat()


def closed(months: int) -> datetime:
    years, month = divmod(NOW.month - 1 - months, 12)
    return NOW.replace(year=NOW.year + years, month=month + 1, day=1)


def screened(n: int) -> Facts:
    tasks = [
        done("screening", n_, about=party, result="clear", checked_on=day(n), holds_until=day(0))
        for n_, party in enumerate(guards.PARTIES, 1)
    ]
    return facts(tasks=tasks, outside={"screenings": {}})


def on_record(n: int) -> Facts:
    stood = {"result": "clear", "owners_free": True, "valid_until": day(-9), "checked_on": day(n)}
    return facts(outside={"screenings": dict.fromkeys(guards.PARTIES, stood)})


def reopened(months: int) -> Facts:
    """A case that was reopened, with consents of so many months before."""
    given_on = months_after(at(REOPENED).date(), -months).isoformat()
    consents = [consent(party, given_on=given_on) for party in guards.PARTIES]
    return facts(main={"reopen": fired(REOPENED)}, consents=consents)


def longer(days: int) -> Facts:
    """Of work that was planned for the day of its acceptance, so many days more."""
    accepted = track("referral", "started", fired={"accept": fired(planned_on=at(0).date().isoformat())})
    return facts(here=accepted, data={"new_date": (at(0) + timedelta(days=days)).date().isoformat()})


#: By limit: a guard, and the facts of which it holds to the end with so many, and not with one less.
AT_THE_END: dict[str, tuple[Guard, Callable[[int], Facts]]] = {
    "SCREENING_HOLDS": (guards.parties_are_screened, screened),
    "RECORD_HOLDS": (guards.parties_are_screened, on_record),
    "REOPENING": (guards.closed_not_too_long_ago, lambda n: facts(closed_at=closed(n))),
    "CONSENT_HOLDS": (guards.consents_are_recent, reopened),
    "EXTENSION": (referral_guards.extension_is_bounded, longer),
    "CHECK_HOLDS": (
        right_guards.check_of_rights_is_fresh,
        lambda n: facts(
            track("ip", "clear", fired={"confirm": fired(5, checked_on=day(n))}),
            data={"kind": "patent_licence", "licence": "plain", "rights": ["right-1"]},
        ),
    ),
    "RETURNS": (
        referral_guards.rounds_are_left,
        lambda n: facts(here=track("referral", "delivered", fired={"return": fired(count=n - 1)})),
    ),
    "RETESTS": (
        service_guards.retest_is_left,
        lambda n: facts(here=track("deployment", "correction", fired={"retest": fired(count=n - 1)})),
    ),
    "LETTER_HOLDS": (
        border_guards.letter_ends_in_time,
        lambda n: facts(data={"issued_on": "2020-01-15", "valid_until": f"{2020 + n // 12}-{n % 12 + 1:02}-15"}),
    ),
    "INTEREST": (money_guards.interest_is_usual, lambda n: facts(data={"rate": str(n)})),
}


@pytest.mark.parametrize("name", AT_THE_END)
@given(data=st.data())
def test_a_rule_asks_by_what_the_programme_has_set(name: str, data: st.DataObject) -> None:
    limit, (guard, at) = ALL[name], AT_THE_END[name]
    n = data.draw(st.integers(limit.least, limit.most))
    asked = at(n)

    def holds(own: int | None) -> bool:
        calendar = replace(asked.calendar, limits={} if own is None else {limit.what: own})
        return guard.holds(replace(asked, calendar=calendar))

    assert holds(n)
    assert not holds(n - 1)
    assert holds(None) is holds(limit.n)


@given(n=st.integers(own_limits.START.least, own_limits.START.most))
def test_a_provider_may_be_let_go_once_its_time_to_start_is_over(n: int) -> None:
    accepted = fired(1)
    asked = facts(here=track("referral", "accepted", fired={"accept": accepted}))
    calendar = replace(asked.calendar, limits={own_limits.START.what: n})
    last = calendar.due(accepted.at, n, "wd")
    for moment, overdue in ((last, True), (last - timedelta(minutes=1), False)):
        assert referral_guards.start_is_overdue.holds(replace(asked, calendar=calendar, now=moment)) is overdue


def test_each_limit_is_tried_to_its_end() -> None:
    assert AT_THE_END.keys() | {"START"} == ALL.keys()


def test_each_limit_is_asked_for_by_a_rule_that_names_it() -> None:
    named = {limit.what for guard in GUARDS.values() for limit in guard.limits}
    assert {limit.what for limit in ALL.values()} <= named
    assert len({limit.what for limit in ALL.values()}) == len(ALL)


def test_no_rule_says_a_number_that_a_programme_sets() -> None:
    for guard in GUARDS.values():
        for limit in guard.limits:
            assert str(limit.n) not in f"{guard.rule} {guard.refusal}".split()
