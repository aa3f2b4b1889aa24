"""A toy case with its referral and the service inside it: the workflows on which actions are tried."""

from __future__ import annotations

from casework.engine import parts, roles
from casework.engine.definition.consequences import Follows
from casework.engine.definition.forms import Choice, Date, Documents, Items, Note, PartyField, Provider, YesNo
from casework.engine.definition.grammar import (
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
)
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import effect, guard
from casework.engine.execution.record_commands import RegisterDocument
from casework.engine.state.document_effects_schema import ConsentTerms
from tests.engine.toys import PROVIDER, Play, uuid


@guard(rule="The light is not red.", refusal="The light is red.")
def toy_light_is_green(f: Facts) -> bool:
    return f.data.get("light") != "red"


@effect()
def toy_freeze(f: Facts) -> Follows:
    return {"frozen": True}


@effect()
def toy_thaw(f: Facts) -> Follows:
    return {"frozen": False}


@effect()
def toy_more_time(f: Facts) -> Follows:
    return {"extend": {"tasks": f.data["tasks"], "until": None}}


@effect()
def toy_hold(f: Facts) -> Follows:
    return {"hold": {"reason": "other"}, "pause": {"keep": []}}


@effect()
def toy_end_hold(f: Facts) -> Follows:
    return {"hold": None, "resume": True}


@effect()
def toy_own(f: Facts) -> Follows:
    return {"owner": f.actor, "team": []}


@effect()
def toy_consent(f: Facts) -> Follows:
    terms: ConsentTerms = {
        "party": f.data["party"],
        "providers": None,
        "documents": None,
        "given_on": "2026-03-01",
        "expires_on": f.data.get("expires_on"),
    }
    return {"consents": [terms]}


@effect()
def toy_send(f: Facts) -> Follows:
    return {"provider": f.data["provider"], "given": {"documents": f.data.get("documents", [])}}


@effect()
def toy_share(f: Facts) -> Follows:
    return {"named": f.actor, "grant": list(f.track.given["documents"])}


@effect()
def toy_share_again(f: Facts) -> Follows:
    return {"grant": list(f.track.given["documents"])}


@effect()
def toy_replaced(f: Facts) -> Follows:
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
    part = parts.MAIN

    a = State("A", roles.Role.OFFICER, working_days(10), "One")
    b = State("B", roles.Role.SUPERVISOR, working_days(10), "Two")
    held = State("Held", roles.Role.OFFICER, calendar_days(60), "Two")
    done = Final("Done")

    take = a.to(same(), by=roles.Role.OFFICER, effects=[toy_own])
    go = a.to(b, by=roles.Role.OFFICER, form=Light, guards=[toy_light_is_green])
    note = a.to(same(), by=roles.Role.OFFICER, form=Light)
    ask = a.to(
        b,
        by=(roles.Role.OFFICER, roles.Role.SUPERVISOR),
        confirm_by=roles.Role.SUPERVISOR,
        form=Light,
        guards=[toy_light_is_green],
    )
    ask_more = a.to(b, by=roles.Role.OFFICER, confirm_by=roles.Role.SUPERVISOR, form=Light)
    back = b.to(a, by=roles.Role.SUPERVISOR)
    finish = b.to(done, by=(roles.Role.SUPERVISOR, roles.Role.OFFICER), not_by=("go", "check"))
    reopen = done.to(a, by=roles.Role.SUPERVISOR, reopens=True)
    hold = any_of(a, b).to(held, by=roles.Role.OFFICER, form=Until, effects=[toy_hold])
    resume = held.to(previous(), by=roles.Role.OFFICER, effects=[toy_end_hold])
    resume_due = held.after(until("hold.day"), previous(), effects=[toy_end_hold])
    stop = any_of(a, b).to(
        done,
        by=roles.Role.COMPLIANCE,
        confirm_by=roles.Role.COMPLIANCE,
        proposal_effects=[toy_freeze],
        refusal_effects=[toy_thaw],
        effects=[toy_freeze],
    )
    per_party = a.to(
        same(),
        by=roles.Role.OFFICER,
        opens=[
            Task("screen", "Screen", roles.Role.COMPLIANCE, working_days(5), Answer, per="party"),
        ],
    )
    per_item = a.to(
        same(),
        by=roles.Role.OFFICER,
        form=Steps,
        opens=[
            Task("step", "Do the step", roles.Role.OFFICER, until("by"), per="items:steps"),
        ],
    )
    later = a.to(
        same(),
        by=roles.Role.OFFICER,
        opens=[
            Task("look", "Look again", roles.Role.OFFICER, working_days(5), after=calendar_days(30)),
        ],
    )
    signal = a.to(
        same(),
        by=roles.Role.OFFICER,
        form=Light,
        opens=[
            Task("mend_light", "Mend the light", roles.Role.OFFICER, working_days(5), where=("light", ("red",))),
            Task("drive_on", "Drive on", roles.Role.OFFICER, working_days(5), only_if=toy_light_is_green),
        ],
    )
    give = a.to(same(), by=roles.Role.OFFICER, form=ConsentForm, effects=[toy_consent])
    refer = any_of(a, b).to(same(), by=roles.Role.OFFICER, opens=[Referral("fix", fresh=True)])
    refer_later = a.to(same(), by=roles.Role.OFFICER, opens=[Referral("fix", fresh=True, after=calendar_days(30))])
    call_off = any_of(a, b).to(done, by=roles.Role.OFFICER, also=(Also("referrals", "cancel"),), name="call_off")
    beside = a.to(same(), by=roles.Role.OFFICER, opens=[Track("fix")])

    on_request = (
        (
            (a,),
            (roles.Role.OFFICER,),
            Task(
                "check",
                "Check",
                roles.Role.OFFICER,
                working_days(5),
                Answer,
                not_by=("go",),
                unless_open=True,
                opens_if=(("yes", True, (Task("praise", "Praise", roles.Role.OFFICER, working_days(1)),)),),
            ),
        ),
        ((b,), (roles.Role.SUPERVISOR,), Task("audit", "Audit", roles.Role.SUPERVISOR, working_days(5))),
    )


class ToyReferral(Workflow):
    workflow = "referral"
    part = parts.REFERRAL

    draft = State("Draft", roles.Role.OFFICER, working_days(5), "Ask", part=parts.UNSENT)
    sent = State("Sent", roles.Role.PROVIDER, working_days(5), "Ask", part=parts.ASKED)
    accepted = State("Accepted", roles.Role.PROVIDER, working_days(5), "Work")
    working = State("Working", roles.Role.PROVIDER, working_days(5), "Work")
    suspended = State("Suspended", roles.Role.OFFICER, working_days(5), "Work")
    over = Final("Over")
    cancelled = Final("Cancelled", part=parts.CALLED_OFF)

    send = draft.to(sent, by=roles.Role.OFFICER, form=Request, effects=[toy_send], part=parts.SENDS)
    accept = sent.to(accepted, by=roles.Role.PROVIDER, effects=[toy_share], opens=[ServiceTrack()], part=parts.ACCEPTS)
    start = accepted.to(working, by=roles.Role.PROVIDER)
    suspend = any_of(sent, accepted, working).to(
        suspended, by=(roles.Role.OFFICER, roles.Role.SYSTEM), part=parts.RESTS
    )
    go_on = suspended.to(previous(), by=roles.Role.OFFICER, effects=[toy_share_again])
    deliver = working.to(over, by=roles.Role.PROVIDER)
    cancel = any_of(draft, sent, accepted, working, suspended).to(
        cancelled, by=roles.Role.OFFICER, also=(Also("child", "replace"),)
    )


class Fix(Workflow):
    inside = "referral"
    first_step_fires = "start"

    look = State("Look", roles.Role.PROVIDER, working_days(5), "Look")
    mend = State("Mend", roles.Role.PROVIDER, working_days(5), "Mend")
    fixed = Final("Fixed")
    replaced = Final("Replaced")

    looked = look.to(mend, by=roles.Role.PROVIDER)
    weigh = look.to(
        same(), by=roles.Role.PROVIDER, opens=[Task("weighing", "Weigh it", roles.Role.PROVIDER, working_days(5))]
    )
    tell = look.to(
        same(),
        by=roles.Role.PROVIDER,
        opens=[
            Task("telling", "Decide how it goes on", roles.Role.OFFICER, working_days(5), on="main"),
        ],
    )
    mended = mend.to(fixed, by=roles.Role.PROVIDER)
    replace = any_of(look, mend).to(replaced, by=roles.Role.SYSTEM, effects=[toy_replaced])


def begun() -> Play:
    """A case of it that has just been opened."""
    return Play(Toy, ToyReferral, Fix).start()


GREEN, RED = {"light": "green"}, {"light": "red"}
LAB = uuid(500)


def refer(play: Play, *documents: str) -> None:
    """A referral is opened and sent, with documents that the provider is to see."""
    play.fire("refer")
    play.fire("send", data={"provider": LAB, "documents": list(documents)}, on=play.track("referral"))


def accept(play: Play, *documents: str) -> None:
    """The same, and the provider takes it on."""
    refer(play, *documents)
    play.fire("accept", PROVIDER, on=play.track("referral"))


def paper(play: Play, party: str | None = "need_owner") -> str:
    """A document of a party; gives its id."""
    play.do(RegisterDocument("Report", "report", party))
    return list(play.case.documents)[-1]
