"""Deeds and what follows from them, on toy workflows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from casework.engine import roles
from casework.engine.cases import CREATED, OBSOLETE, PAUSED, READY, RUNNING, SUSPENDED
from casework.engine.commands import By, EndConsent, Fire, HandOver, RegisterDocument
from casework.engine.facts import Facts
from casework.engine.fields import Choice, Date, Documents, Items, Note, PartyField, Provider, YesNo
from casework.engine.grammar import (
    Also,
    Final,
    Form,
    Referral,
    ServiceTrack,
    State,
    Task,
    Track,
    Workflow,
    any_of,
    calendar_days,
    previous,
    same,
    until,
    working_days,
)  # fmt: skip
from casework.engine.registry import effect, guard
from casework.errors import AlreadyTaken, InvalidForm, NotAllowed, NotFound, Refused, WrongState
from tests.engine.toys import (
    CALENDAR,
    COMPLIANCE,
    DAY,
    LEAD,
    OFFICER,
    PROVIDER,
    SECOND_COMPLIANCE,
    SECOND_OFFICER,
    SECOND_SUPERVISOR,
    SUPERVISOR,
    Play,
    uuid,
)

# --- toys ------------------------------------------------------------------------------------------------------------


@guard("The light is red.")
def toy_light_is_green(f: Facts) -> bool:
    return f.data.get("light") != "red"


@effect()
def toy_freeze(f: Facts) -> Mapping[str, Any]:
    return {"frozen": True}


@effect()
def toy_thaw(f: Facts) -> Mapping[str, Any]:
    return {"frozen": False}


@effect()
def toy_hold(f: Facts) -> Mapping[str, Any]:
    return {"hold": {"reason": "other"}, "pause": {"keep": []}}


@effect()
def toy_end_hold(f: Facts) -> Mapping[str, Any]:
    return {"hold": None, "resume": True}


@effect()
def toy_own(f: Facts) -> Mapping[str, Any]:
    return {"owner": f.actor, "team": []}


@effect()
def toy_consent(f: Facts) -> Mapping[str, Any]:
    one = {"party": f.data["party"], "providers": None, "documents": None, "given_on": "2026-03-01"}
    return {"consents": [one | {"expires_on": f.data.get("expires_on")}]}


@effect()
def toy_send(f: Facts) -> Mapping[str, Any]:
    return {"provider": f.data["provider"], "given": {"documents": f.data.get("documents", [])}}


@effect()
def toy_share(f: Facts) -> Mapping[str, Any]:
    return {"named": f.actor, "grant": list(f.track.given["documents"])}


@effect()
def toy_share_again(f: Facts) -> Mapping[str, Any]:
    return {"grant": list(f.track.given["documents"])}


@effect()
def toy_replaced(f: Facts) -> Mapping[str, Any]:
    return {"replaced": True}


class Light(Form):
    light = Choice(label="Light", choices={"red": "Red", "green": "Green"})
    note = Note(label="Note", required=False)


class Steps(Form):
    steps = Items(label="Steps")


class Until(Form):
    day = Date(label="Until", required=False)


class Answer(Form):
    yes = YesNo(label="Yes?")


class ConsentForm(Form):
    party = PartyField(label="Party")
    expires_on = Date(label="Until", required=False)


class Request(Form):
    provider = Provider(label="Provider")
    documents = Documents(label="Documents", required=False)


class Toy(Workflow):
    a = State("A", roles.OFFICER, working_days(10), "One")
    b = State("B", roles.SUPERVISOR, working_days(10), "Two")
    held = State("Held", roles.OFFICER, calendar_days(60), "Two")
    done = Final("Done")

    take = a.to(same(), by=roles.OFFICER, effects=[toy_own])
    go = a.to(b, by=roles.OFFICER, form=Light, guards=[toy_light_is_green])
    note = a.to(same(), by=roles.OFFICER, form=Light)
    ask = a.to(
        b, by=(roles.OFFICER, roles.SUPERVISOR), confirm_by=roles.SUPERVISOR, form=Light, guards=[toy_light_is_green]
    )
    ask_more = a.to(b, by=roles.OFFICER, confirm_by=roles.SUPERVISOR, form=Light)
    back = b.to(a, by=roles.SUPERVISOR)
    finish = b.to(done, by=(roles.SUPERVISOR, roles.OFFICER), not_by=("go", "check"))
    reopen = done.to(a, by=roles.SUPERVISOR, reopens=True)
    hold = any_of(a, b).to(held, by=roles.OFFICER, form=Until, effects=[toy_hold])
    resume = held.to(previous(), by=roles.OFFICER, effects=[toy_end_hold])
    resume_due = held.after(until("hold.day"), previous(), effects=[toy_end_hold])
    stop = any_of(a, b).to(
        done, by=roles.COMPLIANCE, confirm_by=roles.COMPLIANCE, proposal_effects=[toy_freeze], refusal_effects=[toy_thaw],
        effects=[toy_freeze],
    )  # fmt: skip
    per_party = a.to(same(), by=roles.OFFICER, opens=[
        Task("screen", "Screen", roles.COMPLIANCE, working_days(5), Answer, per="party"),
    ])  # fmt: skip
    per_item = a.to(same(), by=roles.OFFICER, form=Steps, opens=[
        Task("step", "Do the step", roles.OFFICER, until("by"), per="items:steps"),
    ])  # fmt: skip
    later = a.to(same(), by=roles.OFFICER, opens=[
        Task("look", "Look again", roles.OFFICER, working_days(5), after=calendar_days(30)),
    ])  # fmt: skip
    give = a.to(same(), by=roles.OFFICER, form=ConsentForm, effects=[toy_consent])
    refer = any_of(a, b).to(same(), by=roles.OFFICER, opens=[Referral("fix", fresh=True)])
    refer_later = a.to(same(), by=roles.OFFICER, opens=[Referral("fix", fresh=True, after=calendar_days(30))])
    call_off = any_of(a, b).to(done, by=roles.OFFICER, also=(Also("referrals", "cancel"),), name="call_off")
    beside = a.to(same(), by=roles.OFFICER, opens=[Track("fix")])

    on_request = (
        ((a,), (roles.OFFICER,), Task(
            "check", "Check", roles.OFFICER, working_days(5), Answer, not_by=("go",), unless_open=True,
            opens_if=(("yes", True, (Task("praise", "Praise", roles.OFFICER, working_days(1)),)),),
        )),
        ((b,), (roles.SUPERVISOR,), Task("audit", "Audit", roles.SUPERVISOR, working_days(5))),
    )  # fmt: skip


class ToyReferral(Workflow):
    workflow = "referral"

    draft = State("Draft", roles.OFFICER, working_days(5), "Ask")
    sent = State("Sent", roles.PROVIDER, working_days(5), "Ask")
    accepted = State("Accepted", roles.PROVIDER, working_days(5), "Work")
    working = State("Working", roles.PROVIDER, working_days(5), "Work")
    suspended = State("Suspended", roles.OFFICER, working_days(5), "Work")
    over = Final("Over")
    cancelled = Final("Cancelled")

    send = draft.to(sent, by=roles.OFFICER, form=Request, effects=[toy_send])
    accept = sent.to(accepted, by=roles.PROVIDER, effects=[toy_share], opens=[ServiceTrack()])
    start = accepted.to(working, by=roles.PROVIDER)
    suspend = any_of(sent, accepted, working).to(suspended, by=(roles.OFFICER, roles.SYSTEM))
    go_on = suspended.to(previous(), by=roles.OFFICER, effects=[toy_share_again])
    deliver = working.to(over, by=roles.PROVIDER)
    cancel = any_of(draft, sent, accepted, working, suspended).to(
        cancelled, by=roles.OFFICER, also=(Also("child", "replace"),)
    )


class Fix(Workflow):
    inside = "referral"
    first_step_fires = "start"

    look = State("Look", roles.PROVIDER, working_days(5), "Look")
    mend = State("Mend", roles.PROVIDER, working_days(5), "Mend")
    fixed = Final("Fixed")
    replaced = Final("Replaced")

    looked = look.to(mend, by=roles.PROVIDER)
    weigh = look.to(same(), by=roles.PROVIDER, opens=[Task("weighing", "Weigh it", roles.PROVIDER, working_days(5))])
    mended = mend.to(fixed, by=roles.PROVIDER)
    replace = any_of(look, mend).to(replaced, by=roles.SYSTEM, effects=[toy_replaced])


@pytest.fixture
def play() -> Play:
    return Play(Toy, ToyReferral, Fix).start()


GREEN, RED = {"light": "green"}, {"light": "red"}


# --- firing ----------------------------------------------------------------------------------------------------------


def test_a_transition_moves_the_case_and_turns_over_its_step_task(play: Play) -> None:
    before = play.task("a")
    play.fire("go", data=GREEN)
    assert play.states == ("b",)
    assert (play.case.tasks[before.id].state, play.case.tasks[before.id].closed_by) == ("Completed", "officer-1")
    assert [task.name for task in play.tasks()] == ["b"]
    assert play.case.main.fired["go"].data == GREEN


def test_words_go_into_the_body_and_codes_into_the_effects(play: Play) -> None:
    (event,) = play.fire("go", data=GREEN | {"note": "Go on."})
    assert event.effects["data"] == GREEN
    assert event.body == {"note": "Go on."}


def test_a_guard_refuses_with_its_sentence(play: Play) -> None:
    with pytest.raises(Refused) as refused:
        play.fire("go", data=RED)
    assert refused.value.reasons == ["The light is red."]
    assert play.states == ("a",)


@pytest.mark.parametrize(
    ("transition", "by", "data", "error"),
    [
        ("go", SUPERVISOR, GREEN, NotAllowed),
        ("back", SUPERVISOR, {}, WrongState),
        ("fly", OFFICER, {}, NotFound),
        ("go", OFFICER, {}, InvalidForm),
        ("go", OFFICER, {"light": "blue"}, InvalidForm),
        ("go", OFFICER, GREEN | {"extra": 1}, InvalidForm),
        ("take", OFFICER, GREEN, InvalidForm),
        ("resume_due", OFFICER, {}, WrongState),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(
    play: Play, transition: str, by: By, data: dict[str, Any], error: type[Exception]
) -> None:
    before = play.case
    with pytest.raises(error):
        play.fire(transition, by, data)
    assert play.case is before


def test_an_act_that_leaves_the_state_leaves_its_task(play: Play) -> None:
    before = play.task("a")
    play.fire("note", data=GREEN)
    assert play.task("a") == before


def test_a_deed_recorded_afterwards_keeps_its_day_and_never_lies_ahead(play: Play) -> None:
    main = play.case.main.id
    (event,) = play.do(Fire(main, "note", GREEN, happened_on="2026-02-27"))
    assert event.effects["happened_on"] == "2026-02-27"
    for day in ("2026-03-03", "soon", "0", "2026-3-1"):
        with pytest.raises(InvalidForm):
            play.do(Fire(main, "note", GREEN, happened_on=day))


def test_a_closed_case_can_be_opened_again(play: Play) -> None:
    play.fire("go", data=GREEN)
    play.fire("finish", SUPERVISOR)
    assert (play.case.main.live, play.case.closed_at is not None) == (False, True)
    assert not play.tasks()
    play.fire("reopen", SUPERVISOR)
    assert (play.case.main.live, play.case.closed_at, play.states) == (True, None, ("a",))
    assert [task.name for task in play.tasks()] == ["a"]


# --- two persons -----------------------------------------------------------------------------------------------------


def test_whoever_did_one_step_may_not_do_the_other(play: Play) -> None:
    play.fire("go", data=GREEN)
    with pytest.raises(NotAllowed):
        play.fire("finish", OFFICER)
    with pytest.raises(NotAllowed):
        play.fire("finish", By("someone", "officer", acting_for="officer-1"))
    play.fire("finish", SECOND_OFFICER)


def test_whoever_did_a_task_may_not_do_the_step(play: Play) -> None:
    play.add("check")
    play.complete("check", SECOND_OFFICER, yes=False)
    play.fire("go", data=GREEN)
    assert play.offer("finish", SECOND_OFFICER).why_not
    with pytest.raises(NotAllowed):
        play.fire("finish", SECOND_OFFICER)


def test_a_proposal_waits_for_a_second_person(play: Play) -> None:
    play.fire("ask", data=GREEN)
    assert play.states == ("a",)
    task = play.task("decide_ask")
    assert (task.type, task.queue) == ("decision", "supervisor")
    with pytest.raises(WrongState):
        play.fire("ask", data=GREEN)
    play.complete("decide_ask", SUPERVISOR, decision="confirm")
    assert play.states == ("b",)
    assert not play.case.proposals
    assert play.case.main.fired["ask"].data == GREEN
    assert (play.events[-1].actor, play.events[-1].because) == ("supervisor-1", play.events[-2].seq)


def test_firing_again_confirms_as_well_and_needs_no_form(play: Play) -> None:
    play.fire("ask", SUPERVISOR, GREEN)
    with pytest.raises(NotAllowed):
        play.fire("ask", SUPERVISOR)
    with pytest.raises(InvalidForm):
        play.fire("ask", SECOND_SUPERVISOR, GREEN)
    assert play.offer("ask", SECOND_SUPERVISOR).allowed
    play.fire("ask", SECOND_SUPERVISOR)
    assert play.states == ("b",)


def test_a_proposal_can_be_refused_with_a_reason(play: Play) -> None:
    play.fire("ask", data=GREEN)
    with pytest.raises(InvalidForm):
        play.complete("decide_ask", SUPERVISOR, decision="refuse")
    play.complete("decide_ask", SUPERVISOR, decision="refuse", reason="Too early.")
    assert (play.states, play.case.proposals, play.tasks("decide_ask")) == (("a",), {}, [])
    assert play.offer("ask").allowed


def test_every_open_proposal_lapses_when_the_case_moves_on(play: Play) -> None:
    play.fire("ask", data=GREEN)
    play.fire("ask_more", data=GREEN)
    play.fire("stop", COMPLIANCE)
    assert len(play.case.proposals) == 3
    play.fire("go", data=GREEN)
    assert not play.case.proposals
    assert not play.case.frozen
    assert [task.name for task in play.tasks()] == ["b"]
    assert {t.state for t in play.case.tasks.values() if t.type == "decision"} == {OBSOLETE}


# --- tasks -----------------------------------------------------------------------------------------------------------


def test_a_held_step_refuses_others_of_its_queue_only(play: Play) -> None:
    play.claim("a")
    with pytest.raises(AlreadyTaken):
        play.claim("a", SECOND_OFFICER)
    with pytest.raises(AlreadyTaken):
        play.fire("go", SECOND_OFFICER, GREEN)
    assert play.offer("go", SECOND_OFFICER).why_not
    play.fire("note", SECOND_OFFICER, GREEN)
    play.fire("ask", SUPERVISOR, GREEN)
    play.complete("decide_ask", SECOND_SUPERVISOR, decision="confirm")
    held = next(task for task in play.case.tasks.values() if task.name == "a")
    assert held.state == OBSOLETE


def test_a_released_task_is_anybodys_again(play: Play) -> None:
    play.claim("a")
    with pytest.raises(NotAllowed):
        play.release("a", SECOND_OFFICER)
    play.release("a")
    play.fire("go", SECOND_OFFICER, GREEN)


def test_a_step_task_is_not_completed_but_ends_with_its_step(play: Play) -> None:
    with pytest.raises(WrongState):
        play.complete("a")


def test_one_task_opens_for_each_party(play: Play) -> None:
    play.fire("per_party")
    assert [task.about for task in play.tasks("screen")] == ["need_owner", "technology_owner"]
    play.complete("screen", COMPLIANCE, about="technology_owner", yes=True)
    assert [task.about for task in play.tasks("screen")] == ["need_owner"]
    with pytest.raises(NotAllowed):
        play.complete("screen", OFFICER, yes=True)


def test_one_task_opens_for_each_item_with_its_own_day(play: Play) -> None:
    items = [{"what": "Dig", "by": "2026-03-10"}, {"what": "Fill", "by": "2026-04-10"}]
    play.fire("per_item", data={"steps": items})
    due = [task.due_at.date().isoformat() for task in play.tasks("step") if task.due_at]
    assert due == ["2026-03-10", "2026-04-10"]
    assert [task.about for task in play.tasks("step")] == ["0", "1"]


def test_a_task_can_appear_later(play: Play) -> None:
    play.fire("later")
    assert play.task("look").state == CREATED
    with pytest.raises(WrongState):
        play.complete("look")
    assert "activate" in play.wait(31 * DAY)
    assert play.task("look").state == READY
    play.complete("look")


def test_a_task_is_added_once_by_whom_and_where_it_may_be(play: Play) -> None:
    with pytest.raises(NotAllowed):
        play.add("check", SUPERVISOR)
    play.add("check")
    with pytest.raises(WrongState):
        play.add("check")
    with pytest.raises(WrongState):
        play.add("audit", SUPERVISOR)
    with pytest.raises(NotFound):
        play.add("dance")


def test_an_answer_opens_what_follows_from_it(play: Play) -> None:
    play.add("check")
    play.complete("check", yes=True)
    assert play.tasks("praise")


def test_tasks_of_a_case_that_ends_are_obsolete(play: Play) -> None:
    play.add("check")
    play.fire("later")
    play.fire("call_off")
    assert not play.tasks()
    assert not play.case.clocks


def test_what_the_former_owner_held_goes_back_to_the_queue(play: Play) -> None:
    play.fire("take")
    play.claim("a")
    play.do(HandOver("officer-2", (), "On leave."), SUPERVISOR)
    assert (play.case.owner, play.task("a").state, play.task("a").holder) == ("officer-2", READY, None)


# --- waiting ---------------------------------------------------------------------------------------------------------


def test_a_pause_keeps_what_was_left_of_the_step(play: Play) -> None:
    before = play.task("a").due_at
    assert before is not None
    play.wait(2 * DAY)
    play.fire("hold")
    assert play.states == ("held",)
    paused = next(clock for clock in play.case.clocks.values() if clock.of == "a")
    assert paused.state == PAUSED
    play.wait(7 * DAY)
    play.fire("resume")
    assert play.states == ("a",)
    after = play.task("a").due_at
    assert after is not None
    # A week later, and a minute for each deed; what ran out meanwhile did not run.
    assert 0 <= CALENDAR.working_minutes(before + 7 * DAY, after) < 10
    assert next(clock for clock in play.case.clocks.values() if clock.of == "a").state == RUNNING


def test_the_tasks_beside_wait_too_and_go_on(play: Play) -> None:
    play.add("check")
    before = play.task("check").due_at
    play.fire("hold")
    paused = next(clock for clock in play.case.clocks.values() if clock.task == play.task("check").id)
    assert paused.state == PAUSED
    play.wait(7 * DAY)
    play.fire("resume")
    after = play.task("check").due_at
    assert before is not None
    assert after is not None
    assert 0 <= CALENDAR.working_minutes(before + 7 * DAY, after) < 10
    assert play.case.hold is None


def test_a_hold_ends_on_the_day_named(play: Play) -> None:
    play.fire("hold", data={"day": "2026-03-20"})
    play.wait(20 * DAY)
    assert play.states == ("a",)
    assert play.case.main.fired["resume_due"].actor == "system"


def test_a_hold_without_a_day_stays(play: Play) -> None:
    play.fire("hold")
    play.wait(300 * DAY)
    assert play.states == ("held",)


def test_leaving_a_side_state_for_good_forgets_what_waited(play: Play) -> None:
    play.fire("go", data=GREEN)
    play.fire("hold")
    play.fire("resume")
    play.fire("back", SUPERVISOR)
    assert play.states == ("a",)
    assert {clock.of for clock in play.case.clocks.values()} == {"a"}


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


# --- what is offered -------------------------------------------------------------------------------------------------


def test_every_action_that_leads_out_of_here_is_offered_or_says_why_not(play: Play) -> None:
    found = {one.transition: one.allowed for one in play.offers(OFFICER)}
    assert found["go"]
    assert not found["stop"]
    assert "back" not in found
    assert "resume_due" not in found
    for one in play.offers(PROVIDER):
        assert one.why_not


def test_the_log_folds_to_the_same_case(play: Play) -> None:
    _accept(play, _paper(play))
    play.fire("stop", COMPLIANCE)
    play.fire("hold")
    play.wait(30 * DAY)
    assert play.folded() == play.case


def test_a_referral_that_is_to_be_sent_later_is_nobodys_work_today() -> None:
    case = Play(Toy, ToyReferral, Fix).start()
    case.fire("refer_later")
    assert case.task("draft").state == CREATED
    assert "activate" in case.wait(DAY * 31)
    assert case.task("draft").state == READY
