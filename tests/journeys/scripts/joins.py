"""Several referrals of one service side by side: the first result, all, or so many, and what becomes of the others."""

from __future__ import annotations

from casework.engine.state.case import MET_JOIN
from casework.errors import InvalidForm, Refused
from casework.playbook.hand import Do
from casework.playbook.steps import do, paper
from casework.playbook.stretches import (
    BUILT,
    SIGNING,
    accepted,
    planned,
    sent,
    to_assessment,
    to_scoping,
    to_structuring,
)
from tests.journeys.checks import has, has_not, refused, that
from tests.journeys.journey import Check, Journey, Steps

SEND = "referral:assessment.send"
OTHERS = ["test_centre", "laboratory"]


def side_by_side(rule: str, *others: str, **more: object) -> Steps:
    """A request to the assessors, and the same at once to the others."""
    return (*to_assessment(), *sent("assessment", "institute", beside=list(others or OTHERS), join=rule, **more))


def n(number: int, transition: str, who: str, **data: object) -> Do:
    """An action on the n-th referral of the case."""
    return do(who, f"referral:assessment#{number}.{transition}", **data)


def assessed(number: int, who: str, verdict: str = "issue_pass") -> Steps:
    """The n-th referral from its acceptance to its approval; its service is the newest that has begun."""
    return (
        n(number, "accept", who),
        do(who, "assessment.admit"),
        do(who, "assessment.engage"),
        do(who, "assessment.fix_plan"),
        do(who, "assessment.data_enough"),
        do(who, "assessment.panel_done"),
        do(who, "assessment.send_draft"),
        do("officer", "assessment.comments_in"),
        do(who, f"assessment.{verdict}"),
        n(number, "deliver", who),
        n(number, "approve", "officer"),
    )


def come_to(*outcomes: str | None) -> Check:
    """What became of the referrals, in their order; None for one that runs."""

    def holds(journey: Journey) -> bool:
        return [one.outcome for one in journey.tracks("referral:assessment")] == list(outcomes)

    return that(holds, f"the referrals have come to {outcomes}")


def met(times: int) -> Check:
    """How often it was noted that enough results are there, and what the join says."""

    def holds(journey: Journey) -> bool:
        noted = [one for one in journey.events() if one.kind == "joined"]
        states = [one.state for one in journey.case.joins.values()]
        return len(noted) == times and states.count(MET_JOIN) == times

    return that(holds, f"enough was there {times} times")


#: In whatever state of the case: another lender is asked as well, what is waited for changes, and the other declines.
STIR: Steps = (
    do("officer", "case.ask_beside", service="pledge", beside=["other_bank"], join="first"),
    do("officer", "case.change_join", service="pledge", join="all"),
    do("other_banker", "referral:pledge.decline", reason="price"),
)

#: A state of a referral, and how it comes there.
AT: dict[str, Steps] = {
    "sent": (),
    "info_asked": (n(2, "ask_info", "other_assessor"),),
    "accepted": (n(2, "accept", "other_assessor"),),
    "in_progress": (n(2, "accept", "other_assessor"), n(2, "start", "other_assessor")),
    "suspended": (n(2, "suspend", "officer"),),
    "conflict": (n(2, "declare_conflict", "other_assessor"),),
}

SCRIPTS: dict[str, Steps] = {
    "first assessment of three suffices": (
        *side_by_side("first"),
        *assessed(2, "other_assessor"),
        come_to("cancelled", "completed", "cancelled"),
        met(1),
        do("officer", "case.assessment_passed"),
    ),
    "two assessments of three suffice": (
        *side_by_side("some", needed=2),
        *assessed(3, "third_assessor"),
        met(0),
        refused(do("officer", "case.assessment_passed"), Refused, "not been approved"),
        *assessed(1, "assessor", "issue_limits"),
        come_to("completed", "cancelled", "completed"),
        met(1),
        do("officer", "case.assessment_passed"),
    ),
    "all assessments are waited for": (
        *side_by_side("all"),
        *assessed(1, "assessor"),
        n(2, "decline", "other_assessor", reason="no_capacity"),
        has_not("choose_other_provider"),
        met(0),
        *assessed(3, "third_assessor"),
        come_to("completed", "declined", "completed"),
        met(1),
        do("officer", "case.assessment_passed"),
    ),
    "one assessment of two does not verify": (
        *side_by_side("all", "test_centre"),
        *assessed(1, "assessor"),
        *assessed(2, "other_assessor", "issue_fail"),
        refused(do("officer", "case.assessment_passed"), Refused, "not stated"),
        do("officer", "case.assessment_failed"),
    ),
    "too few assessments can come": (
        *side_by_side("some", needed=3),
        n(1, "decline", "assessor", reason="price"),
        has("too_few_results", queue="officer", count=1),
        n(2, "decline", "other_assessor", reason="price"),
        has("too_few_results", count=1),
        refused(do("officer", "too_few_results", go_on="fewer"), Refused, "no result"),
        refused(
            do("officer", "case.ask_beside", service="assessment", beside=["institute"], join="some", needed=3), Refused, "cannot come"
        ),
        do("officer", "case.ask_beside", service="assessment", beside=["institute"], join="some", needed=2),
        has_not("too_few_results"),
        *assessed(4, "assessor"),
        n(3, "decline", "third_assessor", reason="price"),
        has("too_few_results", count=1),
        do("officer", "too_few_results", go_on="fewer"),
        met(1),
        do("officer", "case.assessment_passed"),
    ),
    "nobody is waited for any more": (
        *side_by_side("first", "test_centre"),
        n(1, "decline", "assessor", reason="price"),
        n(2, "decline", "other_assessor", reason="price"),
        do("officer", "too_few_results", go_on="none"),
        has_not("too_few_results"),
        met(0),
    ),
    "panel takes part in what is waited for": (
        *side_by_side("all", "test_centre", panel=["laboratory"]),
        n(1, "decline", "assessor", reason="price"),
        *assessed(2, "other_assessor"),
        met(0),
        *assessed(3, "third_assessor"),
        met(1),
    ),
    "requests side by side are made sense of": (
        *to_assessment(),
        refused(do("officer", SEND, beside=OTHERS), Refused, "say how many"),
        refused(do("officer", SEND, join="first"), Refused, "Only one provider"),
        refused(do("officer", SEND, beside=OTHERS, join="some", needed=4), Refused, "cannot come"),
        refused(do("officer", SEND, beside=["institute"], join="first"), Refused, "asked already"),
        refused(do("officer", "case.change_join", service="assessment", join="all"), Refused, "No referrals run side by side"),
        refused(do("officer", SEND, beside=OTHERS, join="none"), InvalidForm),
        do("officer", SEND),
        do("officer", "case.ask_beside", service="assessment", beside=OTHERS, join="all"),
        n(1, "accept", "assessor"),
        come_to(None, None, None),
    ),
    "request beside waits for a consent, and is needed no longer": (
        *to_scoping(providers=["institute"]), *planned(assessment="institute"), do("supervisor", "case.approve_plan"),
        paper("drawings", "technology_owner"),
        *sent("assessment", "institute", beside=["test_centre"], join="first", documents=["drawings"]),
        has("draft", queue="officer"),
        *assessed(1, "assessor"),
        come_to("completed", "cancelled"),
        has_not("draft"),
    ),
    "what comes back for correction is needed no longer": (
        *side_by_side("first", "test_centre"),
        *assessed(2, "other_assessor")[:-1],
        n(2, "return", "officer"),
        *assessed(1, "assessor"),
        come_to("completed", "cancelled"),
    ),
    "what was delivered is still checked": (
        *side_by_side("first", "test_centre"),
        *assessed(2, "other_assessor")[:-1],
        *assessed(1, "assessor"),
        come_to("completed", None),
        n(2, "approve", "officer"),
        met(1),
        do("officer", "case.assessment_passed"),
    ),
    "lenders are asked side by side, as long as the case lasts": (
        *to_assessment(pledge="bank"), *accepted("pledge", "bank", "banker"), *STIR,
        do("officer", "case.propose_close", outcome="no_agreement", reason="money/price"),
    ),
    "lenders are asked side by side, to the end": (
        *to_structuring(pledge="bank"), *accepted("pledge", "bank", "banker"), *STIR,
        do("officer", "ip.confirm", territories=["CN"]), do("officer", "case.ready_to_sign", pledge_by=90), *STIR,
        *SIGNING, do("officer", "case.sign"), *STIR,
        *BUILT, do("officer", "deployment.pass"), do("officer", "case.accept_site"), *STIR,
    ),
    **{
        f"request that stands at {state} is needed no longer": (
            *side_by_side("first", "test_centre"), *steps, *assessed(1, "assessor"), come_to("completed", "cancelled"),
        )
        for state, steps in AT.items()
    },
}  # fmt: skip
