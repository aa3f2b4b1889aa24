"""Several were asked: the case goes on with the first answer, or with some of them, and the others come to nothing or to something."""

from __future__ import annotations

from itertools import permutations

from casework.engine.definition.consequences import Follows
from casework.engine.definition.grammar import Also, Final, Referral, State, Workflow, working_days
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import effect, guard
from casework.engine.parts import ACCEPTS, CALLED_OFF, GIVES_RESULT, MAIN, REFERRAL, SENDS, TAKES_BACK, UNSENT
from casework.engine.roles import Role
from casework.engine.state.case import MET_JOIN, Join
from casework.engine.state.join_count import SOME
from tests.playbook.patterns.pattern import (
    HELD,
    OFFICER,
    PROVIDER,
    Pattern,
    done,
    open_tasks,
    orders,
    state,
    task,
    traces,
)

OFFERS = ("offer_a", "offer_b")


@guard(rule="An offer is there that came in this round.", refusal="No offer has come in this round.")
def pattern_an_offer_is_in(f: Facts) -> bool:
    return done(f, *OFFERS) > len(OFFERS) * f.count("ask_again")


@guard(
    rule="Whoever was asked in this round has answered.",
    refusal="Somebody who was asked in this round has not answered.",
)
def pattern_round_is_over(f: Facts) -> bool:
    return not open_tasks(f, *OFFERS, *REVIEWS)


@guard(rule="They are asked twice at most.", refusal="They were asked twice already.")
def pattern_asked_once_so_far(f: Facts) -> bool:
    return f.count("ask_again") < 1


class FirstOffer(Workflow):
    part = MAIN

    intake, waiting, deciding, closing = state("Intake"), state("Waiting"), state("Deciding"), state("Closing")
    over = Final("Over")

    ask = intake.to(waiting, by=OFFICER, opens=[task(one) for one in OFFERS])
    go_on = waiting.then(deciding, guards=[pattern_an_offer_is_in])
    decide = deciding.to(closing, by=OFFICER)
    close = closing.to(over, by=OFFICER, guards=[pattern_round_is_over])


class FirstOfferOfRounds(Workflow):
    part = MAIN

    intake, waiting, deciding = state("Intake"), state("Waiting"), state("Deciding")
    over = Final("Over")

    ask = intake.to(waiting, by=OFFICER, opens=[task(one) for one in OFFERS])
    go_on = waiting.then(deciding, guards=[pattern_an_offer_is_in])
    ask_again = deciding.to(
        waiting,
        by=OFFICER,
        guards=[pattern_round_is_over, pattern_asked_once_so_far],
        opens=[task(one) for one in OFFERS],
    )
    close = deciding.to(over, by=OFFICER, guards=[pattern_round_is_over])


class FirstOfferAlone(Workflow):
    part = MAIN

    intake, waiting, deciding = state("Intake"), state("Waiting"), state("Deciding")
    over = Final("Over")

    ask = intake.to(waiting, by=OFFICER, opens=[task(one) for one in OFFERS])
    go_on = waiting.then(deciding, guards=[pattern_an_offer_is_in], drops=OFFERS)
    decide = deciding.to(over, by=OFFICER)


REVIEWS = ("review_a", "review_b", "review_c")


@guard(rule="Two reviews of this round are there.", refusal="Fewer than two reviews of this round are there.")
def pattern_two_reviews_are_in(f: Facts) -> bool:
    return done(f, *REVIEWS) - len(REVIEWS) * f.count("ask_again") >= 2


class TwoReviews(Workflow):
    part = MAIN

    intake, waiting, deciding, closing = state("Intake"), state("Waiting"), state("Deciding"), state("Closing")
    over = Final("Over")

    ask = intake.to(waiting, by=OFFICER, opens=[task(one) for one in REVIEWS])
    go_on = waiting.then(deciding, guards=[pattern_two_reviews_are_in])
    decide = deciding.to(closing, by=OFFICER)
    close = closing.to(over, by=OFFICER, guards=[pattern_round_is_over])


class TwoReviewsOfRounds(Workflow):
    part = MAIN

    intake, waiting, deciding = state("Intake"), state("Waiting"), state("Deciding")
    over = Final("Over")

    ask = intake.to(waiting, by=OFFICER, opens=[task(one) for one in REVIEWS])
    go_on = waiting.then(deciding, guards=[pattern_two_reviews_are_in])
    ask_again = deciding.to(
        waiting,
        by=OFFICER,
        guards=[pattern_round_is_over, pattern_asked_once_so_far],
        opens=[task(one) for one in REVIEWS],
    )
    close = deciding.to(over, by=OFFICER, guards=[pattern_round_is_over])


@effect()
def pattern_wait_for_two(f: Facts) -> Follows:
    asked = tuple(one.id for one in f.referrals("assessment"))
    return {"join": Join(asked[0], "assessment", SOME, 2, None, asked).written()}


@guard(
    rule="As many results are there as the case waits for.", refusal="Fewer results are there than the case waits for."
)
def pattern_join_is_met(f: Facts) -> bool:
    return any(join.state == MET_JOIN for join in f.case.joins.values())


@guard(rule="The case waits for the answers.", refusal="The case does not wait for answers yet.")
def pattern_case_waits(f: Facts) -> bool:
    return bool(f.case.joins)


class TwoOfThree(Workflow):
    part = MAIN

    intake, asking, waiting, deciding = state("Intake"), state("Asking"), state("Waiting"), state("Deciding")
    over = Final("Over")

    ask = intake.to(asking, by=OFFICER, opens=[Referral("assessment", fresh=True) for _ in range(3)])
    wait = asking.to(waiting, by=OFFICER, effects=[pattern_wait_for_two], also=(Also("unsent", "send"),))
    go_on = waiting.to(deciding, by=OFFICER, guards=[pattern_join_is_met])
    decide = deciding.to(over, by=OFFICER)


class Asked(Workflow):
    workflow = "referral"
    part = REFERRAL

    draft, asked = State("Draft", OFFICER, working_days(5), "Step", part=UNSENT), state("Asked", PROVIDER)
    assessed = Final("Assessed", part=GIVES_RESULT)
    withdrawn = Final("Withdrawn", part=CALLED_OFF)

    send = draft.to(asked, by=(OFFICER, Role.SYSTEM), guards=[pattern_case_waits], part=SENDS)
    answer = asked.to(assessed, by=PROVIDER, part=ACCEPTS)
    take_back = asked.to(withdrawn, by=Role.SYSTEM, part=TAKES_BACK)


def _two_of_three() -> set[str]:
    """Once two have answered, the third is taken back."""
    names = [f"referral:assessment#{n}" for n in (1, 2, 3)]
    sent = " ".join(f"{name}.send" for name in names)
    return {
        f"ask wait {sent} {one}.answer {two}.answer joined {third}.take_back go_on decide"
        for one, two, third in permutations(names)
    }


OF_ROUNDS = [" ".join(order.split()[:1] + ["go_on"] + order.split()[1:]) for order in orders(*OFFERS)]
OF_REVIEWS = [" ".join(order.split()[:2] + ["go_on"] + order.split()[2:]) for order in orders(*REVIEWS)]


def _while_deciding(names: tuple[str, ...], enough: int) -> set[str]:
    """As many as are enough, the case goes on, and the rest come at any time before it is closed."""
    kept = set[str]()
    for order in orders(*names):
        here = order.split()
        kept |= {
            " ".join(["ask", *here[:enough], "go_on", *rest.split(), "close"])
            for rest in orders("decide", *here[enough:])
        }
    return kept


PATTERNS = (
    Pattern(
        9,
        "Structured discriminator",
        HELD,
        "A guard that one result satisfies; the others stay open, and what comes of them moves nothing.",
        (FirstOffer,),
        traces(_while_deciding(OFFERS, 1)),
    ),
    Pattern(
        28,
        "Blocking discriminator",
        HELD,
        "The same in a round that can come again: a guard keeps the next round back until everybody of this one"
        " has answered.",
        (FirstOfferOfRounds,),
        traces(
            {f"ask {one} close" for one in OF_ROUNDS},
            {f"ask {one} ask_again {other} close" for one in OF_ROUNDS for other in OF_ROUNDS},
        ),
    ),
    Pattern(
        29,
        "Cancelling discriminator",
        HELD,
        "As before, and the transition `drops` the side tasks of the others. Referrals side by side with the join"
        " “the first” are taken back"
        " by the engine.",
        (FirstOfferAlone,),
        traces({f"ask {one} go_on decide" for one in OFFERS}),
        pilot=("case.ask_beside", "referral.release"),
    ),
    Pattern(
        30,
        "Structured partial join",
        HELD,
        "A guard that N results satisfy; what comes later is taken in and moves nothing.",
        (TwoReviews,),
        traces(_while_deciding(REVIEWS, 2)),
    ),
    Pattern(
        31,
        "Blocking partial join",
        HELD,
        "The same in rounds, each of which a guard keeps back until the one before is whole.",
        (TwoReviewsOfRounds,),
        traces(
            {f"ask {one} close" for one in OF_REVIEWS},
            {f"ask {one} ask_again {other} close" for one in OF_REVIEWS for other in OF_REVIEWS},
        ),
    ),
    Pattern(
        32,
        "Cancelling partial join",
        HELD,
        "Referrals side by side with the join “N of them”: with the N-th result the engine takes the others back.",
        (TwoOfThree, Asked),
        traces(_two_of_three()),
        pilot=("case.ask_beside", "case.change_join", "referral.release"),
    ),
)
