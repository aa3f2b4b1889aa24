"""Several of many ways at once, and how those come together again: each by itself, all of them, as many as were chosen."""

from __future__ import annotations

from casework.engine.definition.forms import Form, Items, YesNo
from casework.engine.definition.grammar import Final, Task, Workflow, same, until, working_days
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from casework.engine.parts import MAIN
from tests.playbook.patterns.pattern import (
    HELD,
    OFFICER,
    OTHERWISE,
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

SERVICES = ("lab", "loan", "site")


class Services(Form):
    lab = YesNo(label="Laboratory?")
    loan = YesNo(label="Loan?")
    site = YesNo(label="Site?")


@guard(rule="Some service is chosen.", refusal="No service is chosen.")
def pattern_some_is_chosen(f: Facts) -> bool:
    return any(f.data[service] for service in SERVICES)


CHOSEN = [
    {service: service in some for service in SERVICES} for some in (("lab",), ("loan", "site"), ("lab", "loan", "site"))
]
#: The ways of these choices, each with its tasks in every order.
AS_CHOSEN = traces(
    "choose lab go_on sign",
    {f"choose {both} go_on sign" for both in orders("loan", "site")},
    {f"choose {every} go_on sign" for every in orders("lab", "loan", "site")},
)


class Chosen(Workflow):
    part = MAIN

    planning, serving, signing = state("Planning"), state("Serving"), state("Signing")
    over = Final("Over")

    choose = planning.to(
        serving,
        by=OFFICER,
        form=Services,
        guards=[pattern_some_is_chosen],
        opens=[task(service, where=(service, (True,))) for service in SERVICES],
    )
    go_on = serving.then(signing, guards=[pattern_nothing_is_open])
    sign = signing.to(over, by=OFFICER)


class Papers(Workflow):
    part = MAIN

    intake, collecting = state("Intake"), state("Collecting")
    over = Final("Over")

    _check = task("check")
    ask = intake.to(collecting, by=OFFICER, opens=[task("report", opens=(_check,)), task("licence", opens=(_check,))])
    close = collecting.then(over, guards=[pattern_nothing_is_open])


@guard(
    rule="As many samples and reports are there as pairs were made, and one more of each.",
    refusal="No sample has its report yet.",
)
def pattern_pair_is_there(f: Facts) -> bool:
    return min(done(f, "sample"), done(f, "report")) > f.count("pair")


@guard(rule="Each sample is paired with a report.", refusal="A sample has no report yet.")
def pattern_two_pairs_are_made(f: Facts) -> bool:
    return f.count("pair") == 2


class Pairs(Workflow):
    part = MAIN

    intake, pairing = state("Intake"), state("Pairing")
    over = Final("Over")

    ask = intake.to(pairing, by=OFFICER, opens=[task(one) for one in ("sample", "report") for _ in range(2)])
    pair = pairing.to(same(), by=OFFICER, guards=[pattern_pair_is_there])
    close = pairing.then(over, guards=[pattern_two_pairs_are_made])


def _no_pair(order: list[str]) -> bool:
    """Whether a pair is made in it before there are a sample and a report for it."""
    before = [order[: n + 1] for n, name in enumerate(order) if name == "pair"]
    return any(min(one.count("sample"), one.count("report")) < one.count("pair") for one in before)


@guard(rule="As many are done as were chosen.", refusal="Fewer are done than were chosen.")
def pattern_as_many_as_were_chosen(f: Facts) -> bool:
    return done(f, *SERVICES) == sum(f.said(f"choose.{service}") is True for service in SERVICES)


class ChosenWithLetters(Workflow):
    part = MAIN

    planning, serving, signing = state("Planning"), state("Serving"), state("Signing")
    over = Final("Over")

    choose = planning.to(
        serving,
        by=OFFICER,
        form=Services,
        guards=[pattern_some_is_chosen],
        opens=[*(task(service, where=(service, (True,))) for service in SERVICES), task("inform", aftercare=True)],
    )
    go_on = serving.then(signing, guards=[pattern_as_many_as_were_chosen])
    sign = signing.to(over, by=OFFICER)


def _informed_whenever() -> set[str]:
    """The letter is written at any time after the choice; nothing waits for it."""
    ways = ("choose lab go_on sign", *(f"choose {both} go_on sign" for both in orders("loan", "site")))
    return {one for way in ways for one in beside(way, "inform", after="choose", by_itself="go_on")}


class Again(Form):
    again = YesNo(label="Again?")


class Repeated(Workflow):
    part = MAIN

    planning, testing, reporting = state("Planning"), state("Testing"), state("Reporting")
    over = Final("Over")

    _again = task("retest")
    begin = planning.to(
        testing, by=OFFICER, opens=[task("visit"), task("test", form=Again, opens_if=(("again", True, (_again,)),))]
    )
    go_on = testing.then(reporting, guards=[pattern_nothing_is_open])
    report = reporting.to(over, by=OFFICER)


class Samples(Form):
    samples = Items(label="Samples")


@guard(rule="Each sample was measured.", refusal="A sample was not measured yet.")
def pattern_each_is_measured(f: Facts) -> bool:
    return done(f, "measure") > 0 and not open_tasks(f)


class Threads(Workflow):
    part = MAIN

    planning, measuring, reporting = state("Planning"), state("Measuring"), state("Reporting")
    over = Final("Over")

    split = planning.to(
        measuring,
        by=OFFICER,
        form=Samples,
        opens=[
            Task(
                "take",
                "Take the sample",
                OFFICER,
                until("by"),
                per="items:samples",
                opens=(Task("measure", "Measure it", OFFICER, working_days(5)),),
            ),
        ],
    )
    merge = measuring.then(reporting, guards=[pattern_each_is_measured])
    report = reporting.to(over, by=OFFICER)


def _two_threads() -> set[str]:
    return {
        f"split {order} merge report"
        for order in orders(
            "take",
            "take",
            "measure",
            "measure",
            unless=lambda order: (
                order[0] != "take"
                or order[:3]
                == [
                    "take",
                    "measure",
                    "measure",
                ]
            ),
        )
    }


TWO = {"split": ({"samples": [["Water", 5], ["Soil", 6]]},)}
PATTERNS = (
    Pattern(
        6,
        "Multi-choice",
        HELD,
        'A side task, or a referral of the plan, is opened only where the form says so: `Task(…, where=("lab",'
        " (True,)))`, `Referral(…, planned=True)`.",
        (Chosen,),
        AS_CHOSEN,
        {"choose": tuple(CHOSEN)},
        ("case.service_plan", "case.skip_assessment"),
    ),
    Pattern(
        7,
        "Structured synchronizing merge",
        HELD,
        "A transition by itself with a guard: `serving.then(signing, guards=[nothing_is_open])`. It waits for"
        " what was opened, and so for what was chosen.",
        (Chosen,),
        AS_CHOSEN,
        {"choose": tuple(CHOSEN)},
        ("case.close",),
    ),
    Pattern(
        8,
        "Multi-merge",
        OTHERWISE,
        "A track stands once in each region, so a state is not entered twice at a time. Side tasks run as often"
        " as they are opened:"
        " each of several names the same task in its `opens`.",
        (Papers,),
        traces(
            {
                f"ask {order} close"
                for order in orders(
                    "report", "licence", "check", "check", unless=lambda o: o[0] == "check" or o[1:3] == ["check"] * 2
                )
            }
        ),
    ),
    Pattern(
        33,
        "Generalized AND-join",
        OTHERWISE,
        "Side tasks of a name may be finished more often than the other branch has come; a guard counts the pairs, and none is lost."
        " A person makes each pair, for nothing that stays where it is happens by itself.",
        (Pairs,),
        traces(
            {
                f"ask {order} close"
                for order in orders("sample", "sample", "report", "report", "pair", "pair", unless=_no_pair)
            }
        ),
    ),
    Pattern(
        37,
        "Local synchronizing merge",
        HELD,
        'The guard compares what is done with what the form chose (`f.said("choose.lab")`); what else is open'
        " does not hold it up.",
        (ChosenWithLetters,),
        traces(_informed_whenever()),
        {"choose": tuple(CHOSEN[:2])},
    ),
    Pattern(
        38,
        "General synchronizing merge",
        OTHERWISE,
        "The guard looks at the whole case: it waits as long as anything is open that can still bring something."
        " What may still come is what the"
        " definition says in the guard; the engine does not work it out from the drawing.",
        (Repeated,),
        traces(
            {f"begin {both} go_on report" for both in orders("visit", "test")},
            {
                f"begin {every} go_on report"
                for every in orders("visit", "test", "retest", unless=lambda order: not first(order, "test", "retest"))
            },
        ),
        {"test": ({"again": False}, {"again": True})},
    ),
    Pattern(
        41,
        "Thread merge",
        OTHERWISE,
        "A branch of a track has one token. Threads are side tasks of one name, and a guard counts them together.",
        (Threads,),
        traces(_two_threads()),
        TWO,
    ),
    Pattern(
        42,
        "Thread split",
        OTHERWISE,
        'A side task for each entry of a list, `per="items:samples"`, and each goes on by its own `opens`.',
        (Threads,),
        traces(_two_threads()),
        TWO,
        ("deployment.milestone", "finance.condition_precedent"),
    ),
)
