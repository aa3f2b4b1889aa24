"""Tracks beside the case: referrals and the services inside them, opened and ended, on toy workflows."""

from __future__ import annotations

import pytest

from casework.engine.state.case import CREATED, READY
from casework.errors import NotAllowed
from tests.engine.toy_case import LAB, accept, begun, paper, refer
from tests.engine.toys import COMPLIANCE, DAY, LEAD, OFFICER, PROVIDER, SUPERVISOR, Play


def test_a_referral_opens_the_track_of_its_service_for_its_provider(play: Play) -> None:
    accept(play)
    referral, service = play.track("referral"), play.track("fix")
    assert (referral.kind, referral.provider, referral.named) == ("fix", LAB, "provider-1")
    assert (service.parent, service.provider) == (referral.id, LAB)
    assert play.task("look").organisation == LAB


def test_what_is_sent_to_a_provider_named_only_now_waits_in_that_providers_queue(play: Play) -> None:
    refer(play)
    (step,) = play.case.step_tasks(play.track("referral").id)
    assert step.organisation == LAB


def test_the_first_step_of_a_service_starts_its_referral(play: Play) -> None:
    accept(play)
    play.fire("looked", PROVIDER, on=play.track("fix"))
    assert play.track("referral").states == ("working",)
    assert play.events[-1].because == play.events[-2].seq
    play.fire("mended", PROVIDER, on=play.track("fix"))
    assert play.names().count("start") == 1


def test_cancelling_a_referral_replaces_the_service_below_it(play: Play) -> None:
    accept(play)
    play.fire("cancel", on=play.track("referral"))
    assert (play.track("fix").outcome, play.track("fix").replaced) == ("replaced", True)
    assert not [task for task in play.tasks() if task.track != play.case.main.id]


def test_the_end_of_a_case_cancels_its_referrals_and_what_is_below(play: Play) -> None:
    accept(play)
    play.fire("refer")
    play.fire("call_off")
    assert [track.outcome for track in play.case.tracks.values()] == ["done", "cancelled", "replaced", "cancelled"]
    assert play.names()[-4:] == ["call_off", "cancel", "replace", "cancel"]


@pytest.mark.parametrize("over", [False, True])
def test_what_a_referral_opens_on_a_case_that_is_over_is_aftercare(play: Play, over: bool) -> None:
    accept(play)
    play.fire("go", data={"light": "green"})
    if over:
        play.fire("finish", SUPERVISOR)
    play.fire("tell", PROVIDER, on=play.track("fix"))
    assert play.case.main.live is not over
    assert (play.task("telling").track, play.task("telling").aftercare) == (play.case.main.id, over)


def test_a_lead_does_what_a_member_does_and_an_officer_does_not(play: Play) -> None:
    refer(play)
    with pytest.raises(NotAllowed):
        play.fire("accept", OFFICER, on=play.track("referral"))
    play.fire("accept", LEAD, on=play.track("referral"))


def test_a_track_beside_is_opened_once(play: Play) -> None:
    play.fire("beside")
    play.fire("beside")
    assert [track.workflow for track in play.case.tracks.values()] == ["toy", "fix"]


def test_a_referral_that_is_to_be_sent_later_is_nobodys_work_today() -> None:
    case = begun()
    case.fire("refer_later")
    assert case.task("draft").state == CREATED
    assert "activate" in case.wait(DAY * 31)
    assert case.task("draft").state == READY


def test_the_log_folds_to_the_same_case(play: Play) -> None:
    accept(play, paper(play))
    play.fire("stop", COMPLIANCE)
    play.fire("hold")
    play.wait(30 * DAY)
    assert play.folded() == play.case
