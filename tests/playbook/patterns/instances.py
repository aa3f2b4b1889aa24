"""The same thing to do several times: as many as the definition says, as a form says, or as it turns out."""

from __future__ import annotations

from casework.engine.definition.grammar import Final, Task, Workflow, same, until
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from casework.engine.parts import MAIN
from tests.playbook.patterns.merging import Samples
from tests.playbook.patterns.pattern import (
    HELD,
    OFFICER,
    Pattern,
    done,
    open_tasks,
    orders,
    pattern_nothing_is_open,
    state,
    task,
    traces,
)


@guard(rule="Somebody is informed twice at most.", refusal="They were informed twice already.")
def pattern_informed_once_so_far(f: Facts) -> bool:
    return f.count("note") < 2


class Informing(Workflow):
    part = MAIN

    running = state("Running")
    over = Final("Over")

    note = running.to(same(), by=OFFICER, guards=[pattern_informed_once_so_far], opens=[task("inform", aftercare=True)])
    finish = running.to(over, by=OFFICER)


def _informed(order: list[str]) -> bool:
    """Whether somebody is informed in it before there is a note, or a note made after the end."""
    before = [order[: n + 1] for n in range(len(order))]
    too_early = any(one.count("inform") > one.count("note") for one in before)
    return too_early or "note" in order[order.index("finish") :]


class BothParties(Workflow):
    part = MAIN

    intake, asking, deciding = state("Intake"), state("Asking"), state("Deciding")
    over = Final("Over")

    ask = intake.to(asking, by=OFFICER, opens=[task("hear", per="party")])
    go_on = asking.then(deciding, guards=[pattern_nothing_is_open])
    decide = deciding.to(over, by=OFFICER)


class EachSample(Workflow):
    part = MAIN

    planning, measuring, reporting = state("Planning"), state("Measuring"), state("Reporting")
    over = Final("Over")

    plan = planning.to(
        measuring,
        by=OFFICER,
        form=Samples,
        opens=[Task("measure", "Measure it", OFFICER, until("by"), per="items:samples")],
    )
    go_on = measuring.then(reporting, guards=[pattern_nothing_is_open])
    report = reporting.to(over, by=OFFICER)


@guard(rule="Two more are called at most.", refusal="Two more were called already.")
def pattern_called_once_so_far(f: Facts) -> bool:
    return f.count("call") < 2


class MoreExperts(Workflow):
    part = MAIN

    intake, hearing, deciding = state("Intake"), state("Hearing"), state("Deciding")
    over = Final("Over")

    begin = intake.to(hearing, by=OFFICER, opens=[task("expert")])
    call = hearing.to(same(), by=OFFICER, guards=[pattern_called_once_so_far], opens=[task("expert")])
    go_on = hearing.then(deciding, guards=[pattern_nothing_is_open])
    decide = deciding.to(over, by=OFFICER)


def _experts() -> set[str]:
    """Each is called while another is still to be heard; with the last one it goes on."""
    kept = {"begin expert go_on decide"}
    for calls in (1, 2):
        for order in orders(*["call"] * calls, *["expert"] * (calls + 1)):
            words = order.split()
            open_now = [1 + words[:n].count("call") - words[:n].count("expert") for n in range(len(words) + 1)]
            if all(open_now[:-1]):
                kept.add(f"begin {order} go_on decide")
    return kept


@guard(rule="Two of the three have reviewed it.", refusal="Fewer than two have reviewed it.")
def pattern_two_have_reviewed(f: Facts) -> bool:
    return done(f, "review") >= 2


class TwoOfThreeReviews(Workflow):
    part = MAIN

    intake, reviewing, deciding = state("Intake"), state("Reviewing"), state("Deciding")
    over = Final("Over")

    ask = intake.to(reviewing, by=OFFICER, opens=[task("review", aftercare=True) for _ in range(3)])
    go_on = reviewing.then(deciding, guards=[pattern_two_have_reviewed])
    decide = deciding.to(over, by=OFFICER)


class TwoReviewsAndNoMore(Workflow):
    part = MAIN

    intake, reviewing, deciding = state("Intake"), state("Reviewing"), state("Deciding")
    over = Final("Over")

    ask = intake.to(reviewing, by=OFFICER, opens=[task("review") for _ in range(3)])
    go_on = reviewing.then(deciding, guards=[pattern_two_have_reviewed], drops=("review",))
    decide = deciding.to(over, by=OFFICER)


@guard(rule="More have answered than are still asked.", refusal="No more have answered than are still asked.")
def pattern_most_have_answered(f: Facts) -> bool:
    return done(f, "answer") > len(open_tasks(f, "answer"))


@guard(rule="One more is invited at most.", refusal="One more was invited already.")
def pattern_nobody_was_invited(f: Facts) -> bool:
    return f.count("invite") < 1


class Most(Workflow):
    part = MAIN

    intake, asking, deciding = state("Intake"), state("Asking"), state("Deciding")
    over = Final("Over")

    ask = intake.to(asking, by=OFFICER, opens=[task("answer"), task("answer")])
    invite = asking.to(same(), by=OFFICER, guards=[pattern_nobody_was_invited], opens=[task("answer")])
    go_on = asking.then(deciding, guards=[pattern_most_have_answered], drops=("answer",))
    decide = deciding.to(over, by=OFFICER)


PATTERNS = (
    Pattern(
        12,
        "Multiple instances without synchronization",
        HELD,
        "A transition to `same()` opens the side task each time it fires; `aftercare=True` lets it stay open when"
        " the case ends.",
        (Informing,),
        traces(*(orders(*["note", "inform"] * n, "finish", unless=_informed) for n in range(3))),
        pilot=("deployment.punch_item", "case.duty"),
    ),
    Pattern(
        13,
        "Multiple instances with a priori design-time knowledge",
        HELD,
        'The definition names them: a side task each, or one for each of the two parties (`per="party"`). A guard waits for all.',
        (BothParties,),
        traces({f"ask {both} go_on decide" for both in orders("hear:need_owner", "hear:technology_owner")}),
        pilot=("case.record_consent", "case.screening"),
    ),
    Pattern(
        14,
        "Multiple instances with a priori run-time knowledge",
        HELD,
        'As many as a list of the form has entries: `per="items:samples"`. A guard waits for all.',
        (EachSample,),
        traces("plan measure go_on report", "plan measure measure measure go_on report"),
        {"plan": ({"samples": [["Water", 5]]}, {"samples": [["Water", 5], ["Soil", 6], ["Air", 7]]})},
        ("deployment.milestone", "finance.condition_precedent"),
    ),
    Pattern(
        15,
        "Multiple instances without a priori run-time knowledge",
        HELD,
        "More are opened while others are at work, by a transition to `same()` or by `on_request`; the guard"
        " waits for the last.",
        (MoreExperts,),
        traces(_experts()),
        pilot=("case.ask_beside", "case.amend_plan"),
    ),
    Pattern(
        34,
        "Static partial join for multiple instances",
        HELD,
        "A guard that counts finished tasks of the name against a number; those that come later are taken in and move nothing.",
        (TwoOfThreeReviews,),
        traces("ask review review go_on review decide", "ask review review go_on decide review"),
    ),
    Pattern(
        35,
        "Cancelling partial join for multiple instances",
        HELD,
        "The same, and the transition `drops` the tasks of the name that are still open. Of referrals"
        " side by side the engine takes back the rest.",
        (TwoReviewsAndNoMore,),
        traces("ask review review go_on decide"),
        pilot=("case.ask_beside", "referral.release"),
    ),
    Pattern(
        36,
        "Dynamic partial join for multiple instances",
        HELD,
        "A guard may compare with what is open now: it is asked again after each event, also when more were added.",
        (Most,),
        traces(
            "ask answer answer go_on decide",
            "ask invite answer answer go_on decide",
            "ask answer invite answer go_on decide",
        ),
        pilot=("case.change_join", "case.too_few_results"),
    ),
)
