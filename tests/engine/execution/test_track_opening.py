"""Tracks beside the case: referrals and the services inside them, opened and ended, on toy workflows."""

from __future__ import annotations

import pytest

from casework.engine import parts, roles
from casework.engine.definition.consequences import Follows
from casework.engine.definition.forms import Date, Form, Panel, Provider
from casework.engine.definition.grammar import Final, NextProvider, Referral, State, Task, Workflow, same, working_days
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import effect
from casework.engine.state.case import CREATED, READY
from casework.errors import NotAllowed
from tests.engine.toy_case import LAB, accept, begun, paper, refer
from tests.engine.toys import COMPLIANCE, DAY, LEAD, OFFICER, PROVIDER, SUPERVISOR, Play, uuid


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


# --- one provider after the other --------------------------------------------------------------------------------------

SECOND, THIRD = uuid(501), uuid(502)


class Asks(Form):
    provider = Provider(label="Provider")
    wanted_on = Date(label="Wanted on")
    panel = Panel(label="Then", required=False)


@effect()
def toy_send_in_turn(f: Facts) -> Follows:
    return {"provider": f.data["provider"], "given": {"panel": list(f.data.get("panel") or ())}}


class Office(Workflow):
    workflow = "toy"
    part = parts.MAIN

    a = State("A", roles.Role.OFFICER, working_days(10), "One")
    done = Final("Done")
    refer = a.to(same(), by=roles.Role.OFFICER, opens=[Referral("fix", fresh=True)])
    keep = a.to(same(), by=roles.Role.OFFICER, opens=[Referral("fix")])
    finish = a.to(done, by=roles.Role.OFFICER)


class InTurn(Workflow):
    workflow = "referral"
    part = parts.REFERRAL

    draft = State("Draft", roles.Role.OFFICER, working_days(5), "Ask", part=parts.UNSENT)
    sent = State("Sent", roles.Role.PROVIDER, working_days(5), "Ask", part=parts.ASKED)
    declined = Final("Declined", part=parts.TURNED_DOWN)
    send = draft.to(sent, by=roles.Role.OFFICER, form=Asks, effects=[toy_send_in_turn], part=parts.SENDS)
    decline = sent.to(
        declined,
        by=roles.Role.PROVIDER,
        opens=[NextProvider(Task("nobody_left", "Decide", roles.Role.OFFICER, working_days(5), on="main"))],
    )


def test_whoever_is_next_in_a_panel_is_asked_at_once_and_at_its_end_somebody_decides() -> None:
    play = Play(Office, InTurn).start()
    play.fire("refer")
    data = {"provider": LAB, "wanted_on": "2026-03-20", "panel": [SECOND, THIRD]}
    play.fire("send", data=data, on=play.track("referral"))
    asked = [play.track("referral")]
    for provider, left in ((SECOND, [THIRD]), (THIRD, [])):
        play.fire("decline", PROVIDER, on=asked[-1])
        following = play.track("referral")
        assert (following.provider, following.states, following.given["after"]) == (provider, ("sent",), asked[-1].id)
        assert following.given["panel"] == left
        assert not play.tasks("nobody_left")
        asked.append(following)
    play.fire("decline", PROVIDER, on=asked[-1])
    assert play.track("referral").id == asked[-1].id
    assert play.task("nobody_left").track == play.case.main.id


def test_a_referral_that_is_still_there_is_kept_where_nothing_says_fresh() -> None:
    play = Play(Office, InTurn).start()
    for action, wanted in (("keep", 1), ("keep", 1), ("refer", 2), ("keep", 2)):
        play.fire(action)
        assert len([one for one in play.case.tracks.values() if one.is_referral]) == wanted
