"""Something is done again: from wherever, until it is right, or inside itself."""

from __future__ import annotations

from casework.engine.definition.grammar import RETURN, Final, Stage, Track, Workflow, any_of
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from casework.engine.parts import MAIN
from tests.playbook.patterns.pattern import HELD, OFFICER, SUPERVISOR, Pattern, state, traces


@guard(rule="It is returned once at most.", refusal="It was returned already.")
def pattern_is_not_returned(f: Facts) -> bool:
    return f.count("redo") + f.count("recheck") < 1


class Returned(Workflow):
    part = MAIN

    drafting, checking, approving = state("Drafting"), state("Checking"), state("Approving", SUPERVISOR)
    over = Final("Over")

    submit = drafting.to(checking, by=OFFICER)
    passed = checking.to(approving, by=OFFICER)
    redo = any_of(checking, approving).to(
        drafting, by=(OFFICER, SUPERVISOR), kind=RETURN, guards=[pattern_is_not_returned]
    )
    recheck = approving.to(checking, by=SUPERVISOR, kind=RETURN, guards=[pattern_is_not_returned])
    approve = approving.to(over, by=SUPERVISOR)


@guard(rule="The trial was good.", refusal="The trial was not good.")
def pattern_trial_was_good(f: Facts) -> bool:
    return "trial.good" in f.track.states


@guard(rule="The trial was bad, and a second one is left.", refusal="The trial was not bad, or no second one is left.")
def pattern_may_be_tried_again(f: Facts) -> bool:
    return "trial.bad" in f.track.states and f.count("again") < 1


@guard(rule="The trial was bad, and no other is left.", refusal="The trial was not bad, or another is left.")
def pattern_trials_are_used_up(f: Facts) -> bool:
    return "trial.bad" in f.track.states and f.count("again") >= 1


class Tried(Workflow):
    part = MAIN

    planning = state("Planning")
    trial = Stage("Trial", running=state("Running"), good=Final("Good"), bad=Final("Bad"))
    passed, failed = Final("Passed"), Final("Failed")

    begin = planning.to(trial, by=OFFICER)
    succeed = trial["running"].to(trial["good"], by=OFFICER)
    fail = trial["running"].to(trial["bad"], by=OFFICER)
    again = trial.then(trial, guards=[pattern_may_be_tried_again])
    accept = trial.then(passed, guards=[pattern_trial_was_good])
    give_up = trial.to(failed, by=OFFICER, guards=[pattern_trials_are_used_up])


def _within(f: Facts) -> list[bool]:
    """Of each part that was opened within this one whether it still runs."""
    tracks = list(f.case.tracks.values())
    return [track.live for track in tracks[tracks.index(f.track) + 1 :]]


@guard(rule="It is divided twice at most.", refusal="It was divided twice already.")
def pattern_may_be_divided(f: Facts) -> bool:
    return len(f.case.tracks) < 3


@guard(rule="The part within it has ended.", refusal="The part within it still runs.")
def pattern_part_has_ended(f: Facts) -> bool:
    return bool(_within(f)) and not any(_within(f))


class Divided(Workflow):
    part = MAIN

    looking, collecting = state("Looking"), state("Collecting")
    solved = Final("Solved")

    solve = looking.to(solved, by=OFFICER)
    divide = looking.to(collecting, by=OFFICER, guards=[pattern_may_be_divided], opens=[Track("divided", fresh=True)])
    collect = collecting.to(solved, by=OFFICER, guards=[pattern_part_has_ended])


PATTERNS = (
    Pattern(
        10,
        "Arbitrary cycles",
        HELD,
        "Any transition may lead back to any state (`kind=RETURN`), with several ways in and out; a guard counts"
        " them (`f.count(…)`).",
        (Returned,),
        traces(
            "submit passed approve",
            "submit redo submit passed approve",
            "submit passed redo submit passed approve",
            "submit passed recheck passed approve",
        ),
        pilot=("case.back_to_talks", "finance.dd_no", "referral.return", "case.reassess"),
    ),
    Pattern(
        21,
        "Structured loop",
        HELD,
        "A `Stage` with one way in that leads into itself again (`stage.then(stage, guards=…)`) as long as a"
        " guard says so, and out by another.",
        (Tried,),
        traces("begin succeed accept", "begin fail again succeed accept", "begin fail again fail give_up"),
        pilot=("deployment.retest", "mediation.extend_term"),
    ),
    Pattern(
        22,
        "Recursion",
        HELD,
        'A workflow opens a track of itself: `Track("divided", fresh=True)`. Whole cases within a case are'
        " children that are linked to it.",
        (Divided,),
        traces(
            "solve",
            "divide divided#2.solve collect",
            "divide divided#2.divide divided#3.solve divided#2.collect collect",
        ),
    ),
)
