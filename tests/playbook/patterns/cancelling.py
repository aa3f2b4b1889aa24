"""Something is not done any more: one task, several, a part of the case, or all of it."""

from __future__ import annotations

from casework.engine.definition.grammar import EXCEPTION, Final, Stage, Track, Workflow, any_of, same
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from casework.engine.parts import MAIN
from tests.playbook.patterns.pattern import (
    HELD,
    OFFICER,
    Pattern,
    beside,
    done,
    first,
    open_tasks,
    orders,
    pattern_nothing_is_open,
    state,
    task,
    traces,
)


@guard(rule="The visit is still to be made.", refusal="There is no visit to be made.")
def pattern_visit_is_open(f: Facts) -> bool:
    return bool(open_tasks(f, "visit"))


class WithoutVisit(Workflow):
    part = MAIN

    intake, checking, deciding = state("Intake"), state("Checking"), state("Deciding")
    over = Final("Over")

    begin = intake.to(checking, by=OFFICER, opens=[task("visit"), task("test")])
    skip_visit = checking.to(same(), by=OFFICER, guards=[pattern_visit_is_open], drops=("visit",))
    go_on = checking.then(deciding, guards=[pattern_nothing_is_open])
    decide = deciding.to(over, by=OFFICER)


class Withdrawn(Workflow):
    part = MAIN

    intake, serving = state("Intake"), state("Serving")
    over, withdrawn = Final("Over"), Final("Withdrawn")

    begin = intake.to(serving, by=OFFICER, opens=[task("visit"), Track("talks")])
    finish = serving.to(over, by=OFFICER, guards=[pattern_nothing_is_open])
    withdraw = any_of(intake, serving).to(withdrawn, by=OFFICER, kind=EXCEPTION)


@guard(rule="The case has ended.", refusal="The case runs on.")
def pattern_case_has_ended(f: Facts) -> bool:
    return not f.case.main.live


class Talks(Workflow):
    talking = state("Talking")
    agreed, dropped = Final("Agreed"), Final("Dropped")

    agree = talking.to(agreed, by=OFFICER)
    drop = talking.then(dropped, guards=[pattern_case_has_ended])


@guard(rule="The sample is there.", refusal="The sample is still to be taken.")
def pattern_sample_is_there(f: Facts) -> bool:
    return not open_tasks(f, "sample")


class WithoutTests(Workflow):
    part = MAIN

    intake, deciding = state("Intake"), state("Deciding")
    tests = Stage("Tests", setting_up=state("Setting up"), measuring=state("Measuring"), measured=Final("Measured"))
    over = Final("Over")

    begin = intake.to(tests, by=OFFICER, opens=[task("sample"), task("inform", aftercare=True)])
    set_up = tests["setting_up"].to(tests["measuring"], by=OFFICER)
    measure = tests["measuring"].to(tests["measured"], by=OFFICER)
    go_on = tests.then(deciding, guards=[pattern_sample_is_there])
    call_off = tests.to(deciding, by=OFFICER, kind=EXCEPTION, drops=("sample",))
    decide = deciding.to(over, by=OFFICER)


def _tested_or_called_off() -> set[str]:
    """The tests are made, or called off at any time before they are; the letter is written whenever somebody"
    " writes it."""
    ways = set[str]()
    for order in orders("sample", "set_up", "measure", unless=lambda one: not first(one, "set_up", "measure")):
        words = order.split()
        ways.add(f"begin {order} go_on decide")
        ways |= {" ".join(["begin", *words[:n], "call_off", "decide"]) for n in range(3)}
    return {one for way in ways for one in beside(way, "inform", after="begin", by_itself="go_on")}


class CalledOff(Workflow):
    part = MAIN

    intake, hearing, deciding, writing = state("Intake"), state("Hearing"), state("Deciding"), state("Writing")
    over = Final("Over")

    begin = intake.to(hearing, by=OFFICER, opens=[task("hear"), task("hear")])
    go_on = hearing.then(deciding, guards=[pattern_nothing_is_open])
    call_off = hearing.to(writing, by=OFFICER, kind=EXCEPTION, drops=("hear",))
    decide = deciding.to(writing, by=OFFICER)
    write = writing.to(over, by=OFFICER)


@guard(rule="Somebody was heard.", refusal="Nobody was heard yet.")
def pattern_somebody_was_heard(f: Facts) -> bool:
    return done(f, "hear") > 0


class Enough(Workflow):
    part = MAIN

    intake, hearing, deciding = state("Intake"), state("Hearing"), state("Deciding")
    over = Final("Over")

    begin = intake.to(hearing, by=OFFICER, opens=[task("hear"), task("hear")])
    go_on = hearing.then(deciding, guards=[pattern_nothing_is_open])
    enough = hearing.to(deciding, by=OFFICER, guards=[pattern_somebody_was_heard], drops=("hear",))
    decide = deciding.to(over, by=OFFICER)


PATTERNS = (
    Pattern(
        19,
        "Cancel task",
        HELD,
        "A transition `drops` a side task, which closes as obsolete; a person may end one as well (`exit`). A"
        " state is left by an exception.",
        (WithoutVisit,),
        traces(
            {f"begin {both} go_on decide" for both in orders("test", "visit")},
            {f"begin {both} go_on decide" for both in orders("test", "skip_visit")},
        ),
        pilot=("agreement.sign_local",),
    ),
    Pattern(
        20,
        "Cancel case",
        HELD,
        "An exception leads from many states into an end: its side tasks close as obsolete, its clocks stop."
        " Tracks beside it end by a transition"
        ' that names the end of the case in its guard, referrals by `Also("referrals", …)`.',
        (Withdrawn, Talks),
        traces(
            "withdraw",
            "begin withdraw talks.drop",
            "begin visit withdraw talks.drop",
            "begin visit finish talks.drop",
            "begin talks.agree withdraw",
            *({f"begin {both} {end}" for both in orders("visit", "talks.agree")} for end in ("withdraw", "finish")),
        ),
        pilot=("case.withdraw", "case.compliance_stop", "ip.lapse"),
    ),
    Pattern(
        25,
        "Cancel region",
        HELD,
        "A transition out of a `Stage` or a `Parallel` leaves whatever stands in it, and `drops` what was opened"
        " for it; what lies outside stays.",
        (WithoutTests,),
        traces(_tested_or_called_off()),
        pilot=("referral.cancel",),
    ),
    Pattern(
        26,
        "Cancel multiple instance activity",
        HELD,
        "`drops` names the task: every open one of the name closes as obsolete, and the case goes another way.",
        (CalledOff,),
        traces("begin hear hear go_on decide write", "begin call_off write", "begin hear call_off write"),
        pilot=("agreement.end",),
    ),
    Pattern(
        27,
        "Complete multiple instance activity",
        HELD,
        "The same on the way that the last of them would have gone: what is there counts, the rest closes as"
        " obsolete. Of referrals side by side"
        " somebody says with how many results the case goes on.",
        (Enough,),
        traces("begin hear hear go_on decide", "begin hear enough decide"),
        pilot=("case.too_few_results", "case.change_join"),
    ),
)
