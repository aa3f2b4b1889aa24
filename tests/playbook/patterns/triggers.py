"""Something from outside: lost where nobody waits for it, or kept until somebody does."""

from __future__ import annotations

from casework.engine.definition.grammar import Final, Workflow, any_of, calendar_days, same
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from casework.engine.parts import MAIN
from tests.playbook.patterns.pattern import HELD, OFFICER, PROVIDER, Pattern, state, traces


class WhileItWaits(Workflow):
    part = MAIN

    preparing, waiting, answering = state("Preparing"), state("Waiting", PROVIDER), state("Answering")
    over, lapsed = Final("Over"), Final("Lapsed")

    prepare = preparing.to(waiting, by=OFFICER)
    call = waiting.to(answering, by=PROVIDER)
    lapse = waiting.after(calendar_days(10), lapsed)
    answer = answering.to(over, by=OFFICER)


@guard(rule="They call once.", refusal="They have called already.")
def pattern_nobody_has_called(f: Facts) -> bool:
    return not f.count("call")


@guard(rule="Somebody has called.", refusal="Nobody has called.")
def pattern_somebody_has_called(f: Facts) -> bool:
    return f.count("call") > 0


class UntilItWaits(Workflow):
    part = MAIN

    preparing, waiting, answering = state("Preparing"), state("Waiting", PROVIDER), state("Answering")
    over = Final("Over")

    call = any_of(preparing, waiting).to(same(), by=PROVIDER, guards=[pattern_nobody_has_called])
    prepare = preparing.to(waiting, by=OFFICER)
    hear = waiting.then(answering, guards=[pattern_somebody_has_called])
    answer = answering.to(over, by=OFFICER)


PATTERNS = (
    Pattern(
        23,
        "Transient trigger",
        HELD,
        "A transition out of the state that waits: before it and after it the message is refused, told why, and"
        " kept nowhere.",
        (WhileItWaits,),
        traces("prepare call answer", "prepare lapse"),
        pilot=("referral.accept", "referral.supply_info"),
    ),
    Pattern(
        24,
        "Persistent trigger",
        HELD,
        "What came is in the history, and a guard reads it: the state that waits goes on by itself, at once where"
        " it came before. Papers and answers by a"
        " link are kept in the same way.",
        (UntilItWaits,),
        traces("call prepare hear answer", "prepare call hear answer"),
        pilot=("case.record_consent", "agreement.needs_no_class"),
    ),
)
