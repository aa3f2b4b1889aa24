"""Whether providers answer within five working days, what becomes of a request, and how long an answer takes on their own clock."""

from __future__ import annotations

from decimal import Decimal

import pytest

from casework.engine.figures.referrals import own_referrals, referrals, referrals_of
from tests.engine.figures.pieces import Told, counts, line, world

#: Of working time, from nine on Monday to nine on another day: the test's calendar works eight hours a day.
DAY = 8 * 60


def sent(
    number: str, *actions: tuple[str, float, str | None], provider: str = "caepi", service: str = "assessment"
) -> Told:
    told = Told(number).track("r", "referral", part="request", kind=service, provider=provider)
    told.fire("send", 0, on="r", to=("sent",), part="sends")
    for name, day, part in actions:
        more = {"part": part} if part else {}
        to = {"supply_info": ("sent",), "ask_info": ("info_asked",)}.get(name, ("later",))
        ends = {"ended": name} if name in ("decline", "lapse", "cancel") else {}
        data = {"data": {"reason": "no_capacity"}} if name == "decline" else {}
        told.fire(name, day, on="r", to=to, **more, **ends, **data)
    return told


ACCEPT, DECLINE = ("accept", 1, "accepts"), ("decline", 2, "turns_down")


@pytest.mark.parametrize(
    ("actions", "reached"),
    [
        ((), set()),
        ((ACCEPT,), {"answered_in_time", "accepted"}),
        # The Monday after is the fifth working day; the Tuesday is too late.
        ((("accept", 7.3, "accepts"),), {"answered_in_time", "accepted"}),
        ((("accept", 8, "accepts"),), {"accepted"}),
        ((DECLINE,), {"answered_in_time"}),
        ((("declare_conflict", 1, None),), {"answered_in_time"}),
        # A question is no answer.
        ((("ask_info", 1, None),), {"asked_back"}),
        ((("lapse", 14, None),), set()),
        (
            (
                ACCEPT,
                ("start", 2, None),
                ("deliver", 30, None),
                ("return", 31, "gives_back"),
                ("approve", 40, "takes_result"),
            ),
            {"answered_in_time", "accepted", "started", "delivered", "approved"},
        ),
    ],
)
def test_what_becomes_of_a_request(actions: tuple[tuple[str, float, str | None], ...], reached: set[str]) -> None:
    figure = referrals(world(sent("1", *actions)))
    for what in ("answered_in_time", "asked_back", "accepted", "started", "delivered", "approved"):
        assert counts(figure, what=what) == (what in reached, 1), what


def test_what_was_not_sent_is_no_request() -> None:
    told = Told("1").track("r", "referral", part="request").fire("cancel", 1, on="r", ended="cancelled")
    assert counts(referrals(world(told)), what="sent") == (0, None)


def test_each_provider_of_a_panel_is_one() -> None:
    told = sent("1", ACCEPT).track("q", "referral", part="request", kind="assessment", provider="ifs")
    told.fire("send", 3, on="q", to=("sent",), part="sends")
    figure = referrals(world(told))
    assert counts(figure, what="accepted", service="assessment") == (1, 2)
    assert counts(figure, what="accepted", provider="ifs") == (0, 1)
    assert line(figure, what="sent", provider="caepi").cases == ("1",)


def test_a_request_is_of_the_month_on_whose_day_it_was_sent() -> None:
    late = Told("2").track("r", "referral", part="request", kind="assessment", provider="caepi")
    late.fire("send", 40, on="r", to=("sent",), part="sends", happened_on="2026-01-30")
    later = Told("3").track("r", "referral", part="request", kind="assessment", provider="caepi")
    later.fire("send", 40, on="r", to=("sent",), part="sends")
    figure = referrals(world(sent("1", ACCEPT), late, later))
    assert line(figure, what="sent", month="2026-01").cases == ("1", "2")
    assert counts(figure, what="accepted", month="2026-01") == (1, 2)
    assert counts(figure, what="accepted", month="2026-02") == (0, 1)


def test_an_answer_is_timed_on_the_providers_clock_and_a_lapse_is_longer_than_all() -> None:
    asked = sent("1", ("ask_info", 1, None), ("supply_info", 3, None), ("accept", 4, "accepts"))
    told = [asked, *(sent(str(n), ("accept", n - 1, "accepts")) for n in (2, 3, 4)), sent("5", ("lapse", 14, None))]
    row = line(referrals(world(*told, sent("6"))), what="sent")
    # 1, 2, 2 and 3 days, and one that never came; what is open still says nothing.
    assert (row.median, row.p90) == (Decimal(2 * DAY), None)


def test_reasons_are_among_those_that_declined() -> None:
    figure = referrals(world(sent("1", DECLINE), sent("2", ACCEPT)))
    assert counts(figure, what="declined", reason="no_capacity") == (1, 1)


def test_a_provider_s_own_are_counted_alike_and_are_referrals() -> None:
    seen = world(sent("1", ACCEPT), sent("2", DECLINE), sent("3", ACCEPT, provider="ifs"))
    mine = [one for case in seen.cases for one in referrals_of(case, seen) if one.provider == "caepi"]
    own = own_referrals(mine)
    assert counts(own, what="sent") == (2, None)
    assert counts(own, what="accepted") == (1, 2)
    assert line(own, what="sent").cases == ("r",)
    assert not [row for row in own.rows if "provider" in row.of]
