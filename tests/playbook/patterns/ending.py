"""When a case is over: once nothing is left to do, or at an end that the definition names, whatever is left."""

from __future__ import annotations

from casework.engine.definition.grammar import Final, Workflow
from casework.engine.parts import MAIN
from tests.playbook.patterns.pattern import (
    HELD,
    OFFICER,
    OTHERWISE,
    Pattern,
    first,
    orders,
    pattern_nothing_is_open,
    state,
    task,
    traces,
)


class OnceNothingIsLeft(Workflow):
    part = MAIN

    intake, serving = state("Intake"), state("Serving")
    over = Final("Over")

    _report = task("report")
    begin = intake.to(serving, by=OFFICER, opens=[task("visit", opens=(_report,)), task("test")])
    end = serving.then(over, guards=[pattern_nothing_is_open])


class AtAnEnd(Workflow):
    part = MAIN

    intake, serving = state("Intake"), state("Serving")
    over = Final("Over")

    begin = intake.to(serving, by=OFFICER, opens=[task("visit"), task("test")])
    finish = serving.to(over, by=OFFICER)


PATTERNS = (
    Pattern(
        11,
        "Implicit termination",
        OTHERWISE,
        "Every end has a name, so that its outcome can be told and counted; a definition without one is refused. A transition by itself"
        " whose guard says that nothing is open leads there, and nobody has to.",
        (OnceNothingIsLeft,),
        traces(
            {
                f"begin {order} end"
                for order in orders("visit", "report", "test", unless=lambda one: not first(one, "visit", "report"))
            }
        ),
        pilot=("ip.lapse",),
    ),
    Pattern(
        43,
        "Explicit termination",
        HELD,
        "Whoever reaches a `Final` ends the track: side tasks that are open close as obsolete, unless they are"
        " aftercare, and clocks stop.",
        (AtAnEnd,),
        traces(
            "begin finish",
            "begin visit finish",
            "begin test finish",
            {f"begin {both} finish" for both in orders("visit", "test")},
        ),
        pilot=("case.close", "case.closed"),
    ),
)
