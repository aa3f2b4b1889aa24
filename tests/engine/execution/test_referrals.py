"""Tracks beside the case, referrals with their consents and grants, and what follows from them, on toy workflows."""

from __future__ import annotations

import pytest

from casework.engine.execution.commands import EndConsent
from casework.engine.execution.record_commands import RegisterDocument
from casework.engine.state.case import CREATED, READY, RUNNING, SUSPENDED
from casework.errors import NotAllowed, Refused, WrongState
from tests.engine.toy_case import begun
from tests.engine.toys import (
    CALENDAR,
    COMPLIANCE,
    DAY,
    LEAD,
    OFFICER,
    PROVIDER,
    SECOND_COMPLIANCE,
    SUPERVISOR,
    Play,
    uuid,
)


@pytest.fixture
def play() -> Play:
    return begun()


# --- tracks and referrals --------------------------------------------------------------------------------------------

LAB = uuid(500)


def _refer(play: Play, *documents: str) -> None:
    play.fire("refer")
    play.fire("send", data={"provider": LAB, "documents": list(documents)}, on=play.track("referral"))


def _accept(play: Play, *documents: str) -> None:
    _refer(play, *documents)
    play.fire("accept", PROVIDER, on=play.track("referral"))


def test_a_referral_opens_the_track_of_its_service_for_its_provider(play: Play) -> None:
    _accept(play)
    referral, service = play.track("referral"), play.track("fix")
    assert (referral.kind, referral.provider, referral.named) == ("fix", LAB, "provider-1")
    assert (service.parent, service.provider) == (referral.id, LAB)
    assert play.task("look").organisation == LAB


def test_what_is_sent_to_a_provider_named_only_now_waits_in_that_providers_queue(play: Play) -> None:
    _refer(play)
    (step,) = play.case.step_tasks(play.track("referral").id)
    assert step.organisation == LAB


def test_the_first_step_of_a_service_starts_its_referral(play: Play) -> None:
    _accept(play)
    play.fire("looked", PROVIDER, on=play.track("fix"))
    assert play.track("referral").states == ("working",)
    assert play.events[-1].because == play.events[-2].seq
    play.fire("mended", PROVIDER, on=play.track("fix"))
    assert play.names().count("start") == 1


def test_cancelling_a_referral_replaces_the_service_below_it(play: Play) -> None:
    _accept(play)
    play.fire("cancel", on=play.track("referral"))
    assert (play.track("fix").outcome, play.track("fix").replaced) == ("replaced", True)
    assert not [task for task in play.tasks() if task.track != play.case.main.id]


def test_the_end_of_a_case_cancels_its_referrals_and_what_is_below(play: Play) -> None:
    _accept(play)
    play.fire("refer")
    play.fire("call_off")
    assert [track.outcome for track in play.case.tracks.values()] == ["done", "cancelled", "replaced", "cancelled"]
    assert play.names()[-4:] == ["call_off", "cancel", "replace", "cancel"]


@pytest.mark.parametrize("over", [False, True])
def test_what_a_referral_opens_on_a_case_that_is_over_is_aftercare(play: Play, over: bool) -> None:
    _accept(play)
    play.fire("go", data={"light": "green"})
    if over:
        play.fire("finish", SUPERVISOR)
    play.fire("tell", PROVIDER, on=play.track("fix"))
    assert play.case.main.live is not over
    assert (play.task("telling").track, play.task("telling").aftercare) == (play.case.main.id, over)


def test_a_lead_does_what_a_member_does_and_an_officer_does_not(play: Play) -> None:
    _refer(play)
    with pytest.raises(NotAllowed):
        play.fire("accept", OFFICER, on=play.track("referral"))
    play.fire("accept", LEAD, on=play.track("referral"))


def test_a_track_beside_is_opened_once(play: Play) -> None:
    play.fire("beside")
    play.fire("beside")
    assert [track.workflow for track in play.case.tracks.values()] == ["toy", "fix"]


def test_a_proposed_stop_freezes_what_is_outward_and_a_refusal_thaws_it(play: Play) -> None:
    _accept(play)
    play.fire("weigh", PROVIDER, on=play.track("fix"))
    due = play.task("weighing").due_at
    play.fire("stop", COMPLIANCE)
    assert (play.case.frozen, play.task("look").state, play.task("weighing").state) == (True, SUSPENDED, SUSPENDED)
    assert play.task("a").state == READY
    with pytest.raises(Refused):
        play.fire("looked", PROVIDER, on=play.track("fix"))
    assert not [one for one in play.offers(PROVIDER) if one.fits_role and one.allowed]
    play.wait(7 * DAY)
    play.complete("decide_stop", SECOND_COMPLIANCE, decision="refuse", reason="All is well.")
    assert (play.case.frozen, play.task("look").state) == (False, READY)
    after = play.task("weighing").due_at
    assert due is not None
    assert after is not None
    assert 0 <= CALENDAR.working_minutes(due + 7 * DAY, after) < 10
    assert {clock.state for clock in play.case.clocks.values()} == {RUNNING}
    play.fire("looked", PROVIDER, on=play.track("fix"))


def test_a_confirmed_stop_stays_frozen(play: Play) -> None:
    _accept(play)
    play.fire("stop", COMPLIANCE)
    play.complete("decide_stop", SECOND_COMPLIANCE, decision="confirm")
    assert (play.states, play.case.frozen, play.task("look").state) == (("done",), True, SUSPENDED)


# --- consent and sharing ---------------------------------------------------------------------------------------------


def _paper(play: Play, party: str = "need_owner") -> str:
    play.do(RegisterDocument("Report", "report", party))
    return list(play.case.documents)[-1]


def test_accepting_shares_under_the_consent_that_covers_it(play: Play) -> None:
    play.fire("give", data={"party": "need_owner"})
    paper = _paper(play)
    _accept(play, paper)
    (grant,) = play.case.grants.values()
    (consent,) = play.case.consents.values()
    assert (grant.document, grant.consents, grant.ended_at) == (paper, (consent.id,), None)


def test_a_withdrawn_consent_ends_its_grants_and_suspends_what_leaned_on_it(play: Play) -> None:
    play.fire("give", data={"party": "need_owner"})
    _accept(play, _paper(play))
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
    _refer(play, _paper(play))
    play.do(EndConsent(next(iter(play.case.consents)), "withdrawn"))
    assert play.track("referral").states == ("suspended",)


def test_a_consent_runs_out_on_its_day(play: Play) -> None:
    play.fire("give", data={"party": "need_owner", "expires_on": "2026-03-20"})
    _accept(play, _paper(play))
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
    _accept(play, _paper(play, "technology_owner"))
    first = next(iter(play.case.consents))
    play.do(EndConsent(first, "withdrawn"))
    assert next(iter(play.case.grants.values())).ended_at is None
    assert play.track("referral").states == ("accepted",)


def test_grants_end_with_the_referral(play: Play) -> None:
    play.fire("give", data={"party": "need_owner"})
    _accept(play, _paper(play))
    play.fire("cancel", on=play.track("referral"))
    assert all(grant.ended_at for grant in play.case.grants.values())


def test_a_referral_that_is_to_be_sent_later_is_nobodys_work_today() -> None:
    case = begun()
    case.fire("refer_later")
    assert case.task("draft").state == CREATED
    assert "activate" in case.wait(DAY * 31)
    assert case.task("draft").state == READY


def test_the_log_folds_to_the_same_case(play: Play) -> None:
    _accept(play, _paper(play))
    play.fire("stop", COMPLIANCE)
    play.fire("hold")
    play.wait(30 * DAY)
    assert play.folded() == play.case
