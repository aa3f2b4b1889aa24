"""A consent ends: its grants with it, and the referrals that leaned on it rest."""

from __future__ import annotations

import pytest

from casework.engine.execution.commands import EndConsent
from casework.errors import WrongState
from tests.engine.toy_case import accept, paper, refer
from tests.engine.toys import DAY, Play


def test_a_withdrawn_consent_ends_its_grants_and_suspends_what_leaned_on_it(play: Play) -> None:
    play.fire("give", data={"party": "need_owner"})
    accept(play, paper(play))
    (consent,) = play.case.consents
    play.do(EndConsent(consent, "withdrawn", "They changed their mind."))
    (grant,) = play.case.grants.values()
    assert grant.ended_at is not None
    assert play.track("referral").states == ("suspended",)
    assert play.states == ("a",)
    with pytest.raises(WrongState):
        play.do(EndConsent(consent, "withdrawn"))


def test_a_request_not_yet_answered_is_suspended_too(play: Play) -> None:
    play.fire("give", data={"party": "need_owner"})
    refer(play, paper(play))
    play.do(EndConsent(next(iter(play.case.consents)), "withdrawn"))
    assert play.track("referral").states == ("suspended",)


def test_a_consent_runs_out_on_its_day(play: Play) -> None:
    play.fire("give", data={"party": "need_owner", "expires_on": "2026-03-20"})
    accept(play, paper(play))
    play.wait(17 * DAY)
    (consent,) = play.case.consents.values()
    assert consent.ended_at is None
    play.wait(2 * DAY)
    (consent,) = play.case.consents.values()
    assert (consent.ended_at is not None, consent.how) == (True, "expired")
    assert play.track("referral").states == ("suspended",)


def test_the_other_partys_papers_stay_shared(play: Play) -> None:
    play.fire("give", data={"party": "need_owner"})
    play.fire("give", data={"party": "technology_owner"})
    accept(play, paper(play, "technology_owner"))
    first = next(iter(play.case.consents))
    play.do(EndConsent(first, "withdrawn"))
    assert next(iter(play.case.grants.values())).ended_at is None
    assert play.track("referral").states == ("accepted",)
