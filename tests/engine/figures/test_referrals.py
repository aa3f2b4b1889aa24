"""Whether providers answer within five working days, what becomes of a request, and how long an answer takes on their own clock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

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


def test_the_whole_of_a_referral_is_timed_in_working_days_whoevers_turn_it_was() -> None:
    """From Monday to the day on which its result was taken; what came to none says nothing."""
    done = [sent(str(n), ACCEPT, ("ask_info", 2, None), ("approve", n, "takes_result")) for n in (2, 3, 4, 9, 11)]
    row = line(referrals(world(*done, sent("x", DECLINE), sent("y", ACCEPT))), what="whole", unit="working_days")
    assert (row.numerator, row.denominator) == (5, None)
    assert (row.median, row.p90) == (Decimal(4), Decimal(9))
    other = line(referrals(world(*done)), what="whole", unit="working_days", provider="caepi")
    assert (other.cases, other.median) == (("11", "2", "3", "4", "9"), Decimal(4))


@pytest.mark.parametrize(
    ("about", "late"),
    [
        ({"queue": "provider"}, (1, 0)),
        ({"queue": "provider_lead", "track": "under"}, (1, 0)),
        ({"queue": "officer"}, (0, 1)),
        # Of the case, and not of the referral.
        ({"track": "main"}, (0, 0)),
        ({"due": "2026-01-12T17:00:00.000000Z"}, (0, 0)),
        ({"due": None}, (0, 0)),
        ({"state": "Created"}, (0, 0)),
    ],
)
def test_what_should_have_been_done_by_now_is_late_on_its_side(
    about: dict[str, str | None], late: tuple[int, int]
) -> None:
    told = sent("1", ACCEPT).track("under", "assessment", 1, parent="r")
    said: dict[str, Any] = {"track": "r", "queue": "provider", "due": "2026-01-07T17:00:00.000000Z", **about}
    told.task("t", "work", 1, **said)
    figure = referrals(world(told, sent("2", ACCEPT), sent("3", DECLINE), day=5))
    assert counts(figure, what="late") == (late[0], 2)
    assert counts(figure, what="late_office") == (late[1], 2)
    assert line(figure, what="late", provider="caepi").cases == ("1",) * late[0]


def test_what_has_ended_is_not_late() -> None:
    told = sent("1", ACCEPT)
    told.task("t", "work", 1, track="r", queue="provider", due="2026-01-07T17:00:00.000000Z").fire(
        "cancel", 4, on="r", ended="cancelled"
    )
    assert counts(referrals(world(told, day=5)), what="late") == (0, 0)


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
