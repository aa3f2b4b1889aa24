"""The loan of a piece of equipment, the errand on which another house is sent, and how that house crates it."""

from __future__ import annotations

from casework.engine import parts
from casework.engine.analysis.notification_rules import CANCELLATION, DELIVERY, OFFER
from casework.engine.definition.consequences import Follows
from casework.engine.definition.forms import Date, Form, Note, Provider, YesNo
from casework.engine.definition.grammar import (
    Also,
    Final,
    Referral,
    ServiceTrack,
    State,
    Task,
    Workflow,
    any_of,
    calendar_days,
    previous,
    working_days,
)
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import effect, guard
from casework.engine.roles import INTAKE, Role


@effect()
def lending_takes_it(f: Facts) -> Follows:
    """Whoever looks after a loan owns it."""
    return {"owner": f.acting_for or f.actor}


@effect()
def lending_sends_word(f: Facts) -> Follows:
    """Another house is asked, and until when."""
    return {"provider": f.data["house"], "given": {"wanted_on": f.data["wanted_on"], "documents": []}}


@effect()
def lending_names_hand(f: Facts) -> Follows:
    """Whoever undertakes an errand is named for it."""
    return {"named": f.actor}


@guard(rule="Its condition was noted.", refusal="Nobody has noted its condition.")
def lending_condition_is_noted(f: Facts) -> bool:
    return f.result("note_condition") is not None


@guard(rule="The crate is back.", refusal="The crate is not back yet.")
def lending_crate_is_back(f: Facts) -> bool:
    return any(parts.GIVES_RESULT in one.played for one in f.case.tracks.values())


class Condition(Form):
    """How it looks before it leaves."""

    sound = YesNo(label="It is sound")


class Order(Form):
    """Which house is to crate it, and by when."""

    house = Provider(label="House", service="crating")
    wanted_on = Date(label="Wanted by", future=True)
    remark = Note(label="Remark", required=False)


class Why(Form):
    """Why not."""

    reason = Note(label="Reason")


note_condition = Task(
    "note_condition", "Note its condition", Role.OFFICER, working_days(3), Condition, unless_open=True
)
ponder_objection = Task(
    "ponder_objection",
    "Ponder the objection",
    Role.SUPERVISOR,
    working_days(5),
    Why,
    part=parts.SETTLES_OBJECTION,
    answers=True,
)


class Loan(Workflow):
    """A piece of equipment goes out on loan and comes back."""

    title = "Loan"
    part = parts.MAIN

    wished_for = State("Wished for", INTAKE, working_days(5), "Wish", do="Look at the wish")
    at_counter = State("At the counter", Role.OFFICER, working_days(5), "Counter", do="Make it ready")
    in_transit = State("In transit", Role.OFFICER, calendar_days(30), "Away", do="See it crated and back")
    on_shelf = Final("On the shelf", step="Shelf")

    look_after = wished_for.to(
        at_counter,
        by=Role.OFFICER,
        do="Look after it",
        done="looked after the loan",
        effects=[lending_takes_it],
        opens=[note_condition],
    )
    let_go = at_counter.to(
        in_transit,
        by=Role.OFFICER,
        do="Let it go",
        done="let it go",
        guards=[lending_condition_is_noted],
        opens=[Referral("crating", fresh=True)],
    )
    shelve = in_transit.to(
        on_shelf,
        by=(Role.OFFICER, Role.SUPERVISOR),
        do="Put it on the shelf",
        done="put it on the shelf",
        guards=[lending_crate_is_back],
    )


class Errand(Workflow):
    """Another house is sent on an errand."""

    title = "Errand"
    part = parts.REFERRAL

    sketch = State("Sketch", Role.OFFICER, working_days(5), "Word", do="Write the errand", part=parts.UNSENT)
    pinned_up = State("Pinned up", Role.PROVIDER, working_days(5), "Word", do="Say yes or no", part=parts.ASKED)
    agreed_on = State("Agreed on", Role.PROVIDER, working_days(5), "Work", do="Set out", part=parts.TAKEN_ON)
    underway = State("Underway", Role.PROVIDER, working_days(10), "Work", do="Do the errand", part=parts.AT_WORK)
    at_rest = State("At rest", Role.OFFICER, calendar_days(30), "Work", do="Clear the way")
    brought_in = State("Brought in", Role.OFFICER, working_days(5), "Look", do="Look at it", part=parts.HANDED_IN)
    fulfilled = Final("Fulfilled", part=parts.GIVES_RESULT)
    spurned = Final("Spurned", part=parts.TURNED_DOWN)
    torn_up = Final("Torn up", part=parts.CALLED_OFF)

    dispatch = sketch.to(
        pinned_up,
        by=Role.OFFICER,
        do="Dispatch it",
        done="dispatched the errand",
        form=Order,
        effects=[lending_sends_word],
        part=parts.SENDS,
        tells_provider=OFFER,
    )
    undertake = pinned_up.to(
        agreed_on,
        by=Role.PROVIDER,
        do="Undertake it",
        done="undertook the errand",
        effects=[lending_names_hand],
        opens=[ServiceTrack()],
        part=parts.ACCEPTS,
        scope=parts.ANSWERING,
    )
    spurn = pinned_up.to(
        spurned,
        by=Role.PROVIDER,
        do="Spurn it",
        done="spurned the errand",
        form=Why,
        part=parts.TURNS_DOWN,
        scope=parts.ANSWERING,
    )
    set_out = agreed_on.to(underway, by=Role.PROVIDER, do="Set out", done="set out")
    lay_by = any_of(pinned_up, agreed_on, underway).to(
        at_rest, by=(Role.OFFICER, Role.SYSTEM), do="Lay it by", done="laid the errand by", part=parts.RESTS
    )
    take_up = at_rest.to(previous(), by=Role.OFFICER, do="Take it up again", done="took the errand up again")
    bring_in = underway.to(
        brought_in, by=Role.PROVIDER, do="Bring it in", done="brought it in", tells_officers=DELIVERY
    )
    like = brought_in.to(fulfilled, by=Role.OFFICER, do="Find it good", done="found it good", part=parts.TAKES_RESULT)
    tear_up = any_of(sketch, pinned_up, agreed_on, underway, at_rest).to(
        torn_up,
        by=Role.OFFICER,
        do="Tear it up",
        done="tore the errand up",
        also=(Also("child", "break_off"),),
        tells_provider=CANCELLATION,
    )

    on_request = (((underway,), (), ponder_objection),)


class Crating(Workflow):
    """How the other house crates it."""

    title = "Crating"
    inside = "errand"
    first_step_fires = "set_out"

    measuring = State("Measuring", Role.PROVIDER, working_days(5), "Measure", do="Measure it")
    nailing = State("Nailing", Role.PROVIDER, working_days(5), "Nail", do="Nail the crate")
    nailed_up = Final("Nailed up")
    broken_off = Final("Broken off")

    measured = measuring.to(nailing, by=Role.PROVIDER, do="It is measured", done="measured it")
    nailed = nailing.to(nailed_up, by=Role.PROVIDER, do="It is nailed up", done="nailed it up")
    break_off = any_of(measuring, nailing).to(broken_off, by=Role.SYSTEM, done="broke off the crating")
