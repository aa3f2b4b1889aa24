"""One after the other, side by side and together again, one or the other and on as one."""

from __future__ import annotations

from casework.engine.definition.forms import Form, YesNo
from casework.engine.definition.grammar import Final, Parallel, Stage, Track, Workflow
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from casework.engine.parts import MAIN
from tests.playbook.patterns.pattern import HELD, OFFICER, Pattern, orders, state, task, traces


class InTurn(Workflow):
    part = MAIN

    intake, screening, assessment = state("Intake"), state("Screening"), state("Assessment")
    over = Final("Over")

    take = intake.to(screening, by=OFFICER)
    screen = screening.to(assessment, by=OFFICER)
    assess = assessment.to(over, by=OFFICER)


@guard(rule="The tracks beside it have ended.", refusal="A track beside it still runs.")
def pattern_tracks_beside_have_ended(f: Facts) -> bool:
    beside = [track for track in f.case.tracks.values() if track.id != f.track.id]
    return bool(beside) and not any(track.live for track in beside)


class Split(Workflow):
    part = MAIN

    planning, serving = state("Planning"), state("Serving")
    over = Final("Over")

    plan = planning.to(serving, by=OFFICER, opens=[Track("rights"), Track("price")])
    finish = serving.to(over, by=OFFICER, guards=[pattern_tracks_beside_have_ended])


class Rights(Workflow):
    checking = state("Checking")
    clear = Final("Clear")

    check = checking.to(clear, by=OFFICER)


class Price(Workflow):
    talking = state("Talking")
    agreed = Final("Agreed")

    agree = talking.to(agreed, by=OFFICER)


class Synchronized(Workflow):
    part = MAIN

    intake, deciding = state("Intake"), state("Deciding")
    checks = Parallel(
        "Checks",
        lab=Stage("Laboratory", testing=state("Testing"), tested=Final("Tested")),
        site=Stage("Site", visiting=state("Visiting"), seen=Final("Seen")),
    )
    over = Final("Over")

    begin = intake.to(checks, by=OFFICER)
    test = checks["lab"]["testing"].to(checks["lab"]["tested"], by=OFFICER)
    visit = checks["site"]["visiting"].to(checks["site"]["seen"], by=OFFICER)
    join = checks.then(deciding)
    decide = deciding.to(over, by=OFFICER)


class Eligible(Form):
    eligible = YesNo(label="Eligible?")


@guard(rule="It was found to be eligible.", refusal="It was not found to be eligible.")
def pattern_is_eligible(f: Facts) -> bool:
    return f.said("check.eligible") is True


@guard(rule="It was found not to be eligible.", refusal="It was not found not to be eligible.")
def pattern_is_not_eligible(f: Facts) -> bool:
    return f.said("check.eligible") is False


class Choosing(Workflow):
    part = MAIN

    intake, planning, reasoning, writing = state("Intake"), state("Planning"), state("Reasoning"), state("Writing")
    over = Final("Over")

    opens = (task("check", form=Eligible),)

    accept = intake.to(planning, by=OFFICER, guards=[pattern_is_eligible])
    turn_down = intake.to(reasoning, by=OFFICER, guards=[pattern_is_not_eligible])
    plan = planning.to(writing, by=OFFICER)
    reason = reasoning.to(writing, by=OFFICER)
    write = writing.to(over, by=OFFICER)


YES_AND_NO = {"check": ({"eligible": True}, {"eligible": False})}
EITHER = traces("check accept plan write", "check turn_down reason write")

PATTERNS = (
    Pattern(
        1,
        "Sequence",
        HELD,
        "States one after the other: `a.to(b, …)`.",
        (InTurn,),
        traces("take screen assess"),
        pilot=("deployment.plan_set", "deployment.permits_ok", "deployment.delivered"),
    ),
    Pattern(
        2,
        "Parallel split",
        HELD,
        "`opens=[Track(…), Track(…)]` begins tracks beside this one; `Parallel` has regions side by side in one track.",
        (Split, Rights, Price),
        traces("plan rights.check price.agree finish", "plan price.agree rights.check finish"),
        pilot=("case.skip_assessment", "case.approve_plan"),
    ),
    Pattern(
        3,
        "Synchronization",
        HELD,
        "`checks.then(deciding)` leaves a `Parallel` by itself once every region has ended, and once only.",
        (Synchronized,),
        traces({f"begin {both} join decide" for both in orders("test", "visit")}),
        pilot=("case.ready_to_sign", "case.close"),
    ),
    Pattern(
        4,
        "Exclusive choice",
        HELD,
        "Ways out of one state whose guards exclude each other: one of them is offered, the other says why not.",
        (Choosing,),
        EITHER,
        YES_AND_NO,
        ("agreement.sign_local", "agreement.sign_cross"),
    ),
    Pattern(
        5,
        "Simple merge",
        HELD,
        "Several states lead into one: `(a | b).to(c, …)`, or a transition from each.",
        (Choosing,),
        EITHER,
        YES_AND_NO,
        ("agreement.licence_issued",),
    ),
)
