"""Disputes: a sealed mediation beside the case, with each of its endings, and what the case makes of it."""

from __future__ import annotations

from casework.errors import NotFound, Refused
from casework.playbook.steps import add, dispute, do, turn_to, wait
from casework.playbook.stretches import to_structuring
from tests.journeys.checks import due_in, due_in_working_days, has, has_not, refused, stands, that
from tests.journeys.journey import Step, Steps
from tests.journeys.scripts.stages import to_agreement, to_deployment, to_monitoring

OPENED: Steps = (
    dispute(),
    do("dispute_officer", "referral:mediation.send", provider="mediators"),
    do("mediator", "referral:mediation.accept"),
    do("dispute_officer", "mediation.open_options"),
    stands("referral:mediation", "in_progress"),
    # Nobody plans a delivery: what is late is said by the limits of the mediation itself.
    has("in_progress", due_at=None),
    due_in_working_days("options", 15),
)
IN_STRUCTURING: Steps = (*to_structuring(), *OPENED)
OF_THE_CLAUSE: Steps = (*IN_STRUCTURING, do("dispute_officer", "mediation.clause_applies"))
MEDIATING: Steps = (
    do("dispute_officer", "mediation.clause_applies"),
    do("mediator", "mediation.fee_waived"),
    do("mediator", "mediation.appointed_free"),
)
OVER: Steps = (do("mediator", "referral:mediation.deliver"), do("dispute_officer", "referral:mediation.approve"))


def sealed(*strangers: str) -> Steps:
    """For these people the mediation does not exist."""
    return tuple(refused(do(who, "mediation.send_elsewhere"), NotFound, "no such track") for who in strangers)


def untouched(step: Step) -> Steps:
    """The case's own history says nothing of the dispute."""
    return (
        turn_to("main"),
        step,
        that(lambda j: all("mediation" not in (t.kind, t.workflow) for t in j.case.tracks.values()), "no trace"),
        that(lambda j: all("disput" not in str(e) or "dispute_clause" in str(e) for e in j.events()), "no word"),
    )


SCRIPTS: dict[str, Steps] = {
    "dispute in structuring, settled in full": (
        *to_structuring(),
        *OPENED,
        *sealed("officer", "supervisor", "compliance", "auditor", "manager", "assessor"),
        do("dispute_officer", "mediation.use_good_offices"),
        do("dispute_officer", "mediation.agree_submit"),
        do("dispute_officer", "mediation.signed_submission"),
        do("mediator", "mediation.ask_fee"),
        do("mediator", "mediation.fee_paid"),
        do("mediator", "mediation.appointed"),
        do("mediator", "mediation.deposit_paid"),
        # Work does not go on: the officer holds the case, without saying why its parties have paused.
        *untouched(do("officer", "case.hold", reason="parties_paused", waits_for="other", resume_by=60)),
        stands("case", "on_hold"),
        turn_to("dispute"),
        refused(do("officer", "mediation.settle_full"), NotFound),
        refused(
            do("mediator", "mediation.settle_full", duties_shared=True, first_duty_on=30, last_duty_on=30),
            Refused,
            "must lie after the first",
        ),
        do(
            "mediator",
            "mediation.settle_full",
            duties_shared=True,
            first_duty_on=30,
            last_duty_on=90,
            confirmation="court",
        ),
        stands("mediation", "settled_full"),
        has("first_duty", queue="dispute_officer"),
        has("last_duty", queue="dispute_officer"),
        has("court_confirmation", queue="dispute_officer"),
        has_not("settlement_certificate"),
        do("dispute_officer", "first_duty", result="done"),
        *OVER,
        stands("referral:mediation", "completed"),
        # What the parties have agreed on is looked after when the mediation is over.
        do("dispute_officer", "last_duty", result="open"),
        do("dispute_officer", "court_confirmation"),
        turn_to("main"),
        do("officer", "case.resume"),
        stands("case", "structuring"),
    ),
    "settlement changes the deal before signing": (
        *to_agreement(),
        *OPENED,
        *MEDIATING,
        do("mediator", "mediation.settle_full"),
        *OVER,
        turn_to("main"),
        add("officer", "case.agreed_duty"),
        do("officer", "agreed_duty", duties=[("Pay the first part.", 20), ("Hand over the plans.", 40)]),
        has("duty", count=2),
        do("officer", "duty"),
        do("officer", "case.back_to_talks"),
        stands("case", "structuring"),
        do("officer", "agreement.propose"),
        do("officer", "agreement.redraft"),
        do("officer", "agreement.propose"),
    ),
    "settlement changes the deal after signing": (
        *to_deployment(),
        *OPENED,
        *MEDIATING,
        do("mediator", "mediation.settle_full"),
        turn_to("main"),
        do("officer", "case.renegotiate", reason="price"),
        stands("case", "agreement"),
        stands("agreement", "drafting"),
        stands("agreement#1", "in_force"),
        has("compliance_gate"),
        has("dispute_clause_check"),
    ),
    "settled in part after a longer term": (
        *IN_STRUCTURING,
        *MEDIATING,
        refused(do("mediator", "mediation.extend_term", until_day=0), Refused, "must lie after today"),
        do("mediator", "mediation.extend_term", until_day=90),
        has("term_end", queue="provider"),
        do("mediator", "mediation.extend_term", until_day=120),
        has("term_end", count=1),
        do("mediator", "referral:mediation.ask_extension", new_date=300),
        do("dispute_officer", "decide_extension", granted=True, until_on=300),
        due_in("in_progress", 300),
        due_in("mediating", 300),
        # What is granted once does not move the bound of what is granted next.
        refused(do("mediator", "referral:mediation.ask_extension", new_date=395), Refused, "too far away"),
        do("mediator", "referral:mediation.ask_extension", new_date=380),
        do("dispute_officer", "decide_extension", granted=True, until_on=380),
        refused(do("mediator", "referral:mediation.ask_extension", new_date=395), Refused, "too far away"),
        due_in("mediating", 380),
        do("mediator", "mediation.settle_part", confirmation="certificate"),
        has("next_step", queue="dispute_officer"),
        has_not("first_duty"),
        do("dispute_officer", "settlement_certificate"),
        *OVER,
        do("dispute_officer", "next_step", step="talks"),
    ),
    "mediator ends it": (
        *IN_STRUCTURING,
        *MEDIATING,
        do("mediator", "mediation.mediator_ends"),
        # The notice of what is over is due as any other.
        due_in_working_days("in_progress", 10),
        *OVER,
        has("next_step"),
    ),
    "party ends it": (*OF_THE_CLAUSE, do("mediator", "mediation.party_ends"), stands("mediation", "ended_by_party")),
    "dispute is dropped": (*IN_STRUCTURING, do("dispute_officer", "mediation.drop_dispute")),
    "talks solve it": (*IN_STRUCTURING, do("dispute_officer", "mediation.talk_solved")),
    "court refers, and the fee is not paid": (
        *IN_STRUCTURING,
        do("dispute_officer", "mediation.court_refers"),
        has("court_term", queue="dispute_officer"),
        do("mediator", "mediation.ask_fee", fee_rule="court_referred"),
        refused(
            do("mediator", "mediation.fee_unpaid", first_reminder_on=-5, second_reminder_on=-1),
            Refused,
            "fifteen days after the second one",
        ),
        wait(30),
        do("mediator", "mediation.fee_unpaid", first_reminder_on=-27, second_reminder_on=-20),
        stands("mediation", "request_withdrawn"),
        has_not("court_term"),
    ),
    "deposit is not paid": (
        *OF_THE_CLAUSE,
        do("mediator", "mediation.fee_waived"),
        do("mediator", "mediation.appointed"),
        wait(30),
        do("mediator", "mediation.deposit_unpaid", first_reminder_on=-25, second_reminder_on=-20),
        stands("mediation", "ended_unpaid"),
    ),
    "other party agrees, but does not sign": (
        *IN_STRUCTURING,
        do("dispute_officer", "mediation.ask_unilateral"),
        do("mediator", "mediation.other_agrees"),
        do("dispute_officer", "mediation.not_signed"),
        stands("mediation", "not_agreed"),
    ),
    "other party refuses": (
        *IN_STRUCTURING,
        do("dispute_officer", "mediation.ask_unilateral"),
        do("mediator", "mediation.other_refuses", answer="notice"),
    ),
    "dispute goes elsewhere": (
        *IN_STRUCTURING,
        do("dispute_officer", "mediation.send_elsewhere", procedure="arbitration"),
        stands("mediation", "referred_other"),
    ),
    "a party withdraws, and the mediation goes on": (
        *IN_STRUCTURING,
        *MEDIATING,
        turn_to("main"),
        do("officer", "case.withdraw", party="need_owner"),
        turn_to("dispute"),
        stands("mediation", "mediating"),
        do("mediator", "mediation.settle_full"),
    ),
    "dispute while the site is built": (
        *to_deployment(),
        *OPENED,
        turn_to("main"),
        do("officer", "case.hold", reason="parties_paused", waits_for="other", waits_until="event"),
        has("review_hold", queue="supervisor"),
        do("supervisor", "review_hold", decision="resume"),
        do("officer", "case.resume"),
        stands("case", "deployment"),
    ),
    "dispute in operation": (
        *to_monitoring(),
        *OPENED,
        turn_to("main"),
        do("officer", "case.hold", reason="parties_paused", waits_for="other", resume_by=20),
        wait(21),
        stands("case", "monitoring"),
        turn_to("dispute"),
        stands("mediation", "options"),
    ),
    "officer opens no mediation": (
        *to_structuring(),
        that(lambda j: j.refuses_dispute("officer", NotFound), "an officer is no dispute officer"),
        that(lambda j: j.refuses_dispute("supervisor", NotFound), "nor is a supervisor"),
    ),
}
