"""From every state each way that leads aside or out of it, tried on the way through."""

from __future__ import annotations

from casework.errors import Refused
from casework.playbook.steps import do, wait
from casework.playbook.stretches import (
    AGREED,
    BUILT,
    SIGNING,
    accepted,
    assessed,
    sent,
    to_assessment,
    to_structuring,
)
from tests.journeys.checks import along, refused, stands, that
from tests.journeys.journey import Journey, Steps
from tests.journeys.scripts.disputes import OPENED
from tests.journeys.scripts.loans import REQUESTED, SOUGHT, TO_CLOSE, TO_REGISTER
from tests.journeys.scripts.stages import to_deployment

THROUGH: Steps = (
    *to_assessment(),
    do("officer", "case.waive_assessment"),
    do("supervisor", "case.waive_assessment"),
    do("officer", "ip.confirm", territories=["CN"]),
    do("officer", "case.ready_to_sign"),
    *SIGNING,
    do("officer", "case.sign"),
    *BUILT,
    do("officer", "deployment.pass"),
    do("officer", "case.accept_site"),
    do("officer", "case.hold", reason="season", waits_for="other"),
    do("officer", "case.propose_close", outcome="deployed_unmeasured", reason="other/other"),
)
ASSESSMENT: Steps = (
    *to_assessment(),
    *accepted("assessment", "institute", "assessor"),
    do("assessor", "assessment.find_gaps"),
    do("officer", "assessment.supply"),
    *assessed("assessor")[:3],
    do("assessor", "assessment.need_tests"),
    do("assessor", "assessment.tests_done"),
    *assessed("assessor")[4:],
)
MEDIATION: Steps = (
    *to_structuring(),
    *OPENED[:3],
    do("dispute_officer", "mediation.open_options"),
    do("dispute_officer", "mediation.use_good_offices"),
    do("dispute_officer", "mediation.agree_submit"),
    do("dispute_officer", "mediation.signed_submission"),
    do("mediator", "mediation.ask_fee"),
    do("mediator", "mediation.fee_paid"),
    do("mediator", "mediation.appointed"),
    do("mediator", "mediation.deposit_paid"),
)
REFERRAL: Steps = (
    *to_assessment(),
    *sent("assessment", "institute"),
    do("assessor", "referral:assessment.ask_info"),
    do("officer", "referral:assessment.supply_info"),
    do("assessor", "referral:assessment.declare_conflict"),
    do("supervisor", "referral:assessment.waive_conflict"),
    do("assessor", "referral:assessment.accept"),
    do("assessor", "assessment.admit"),
    do("officer", "referral:assessment.suspend"),
    do("officer", "referral:assessment.continue"),
    *assessed("assessor")[1:],
    do("assessor", "assessment.issue_pass"),
    do("assessor", "referral:assessment.deliver"),
    do("officer", "referral:assessment.return"),
)


def step_is_due_in(journey: Journey, days: int) -> bool:
    """Whether the step of the referral, whichever it is, is due so many days from now."""
    dues = {one.due_at for one in journey.case.step_tasks(journey.track("referral:assessment").id)}
    return {due and journey.local(due) for due in dues} == {journey.in_days(days)}


def step_by_step(service: str, path: Steps) -> Steps:
    """From every step of the service its referral is cancelled, and another provider takes its place."""
    replaced = (
        do("officer", f"referral:{service}.cancel"),
        stands(service, "replaced"),
        do("officer", "usable_results"),
    )
    return along(path, replaced, where=service)


SCRIPTS: dict[str, Steps] = {
    "ways out of a case": along(
        THROUGH,
        (do("officer", "case.hold"), do("officer", "case.resume")),
        (do("officer", "case.withdraw"), stands("case", "closing"), do("supervisor", "case.return_to_work")),
        (do("officer", "case.propose_close"), do("supervisor", "case.return_to_work")),
        (do("compliance", "case.compliance_stop"), do("second_compliance", "case.compliance_stop")),
        (do("officer", "case.amend_plan", finance="fund"), do("supervisor", "case.amend_plan")),
    ),
    "ways out of an assessment": along(ASSESSMENT, (do("officer", "assessment.withdraw"),)),
    "ways out of a loan": along(
        (
            *REQUESTED,
            *TO_REGISTER,
            do("banker", "pledge.need_fix"),
            do("officer", "pledge.fixed"),
            do("banker", "pledge.registered"),
            do("banker", "pledge.paid_out", repayments=[{"by": 20, "principal": 2_400_000}]),
            wait(21),
            do("banker", "pledge.miss"),
        ),
        (do("officer", "pledge.withdraw"),),
        (do("banker", "pledge.not_registered"),),
        (do("banker", "repayment"), do("banker", "pledge.repaid"), do("banker", "pledge.cleared")),
    ),
    "ways to another lender": step_by_step("pledge", (*REQUESTED, *TO_REGISTER, do("banker", "pledge.need_fix"))),
    "ways to another fund": step_by_step("finance", (*SOUGHT, *TO_CLOSE)),
    "ways to another assessor": step_by_step("assessment", ASSESSMENT),
    "ways out of finance": along((*SOUGHT, *TO_CLOSE), (do("officer", "finance.withdraw"),)),
    "ways out of a mediation": along(
        MEDIATION,
        (do("dispute_officer", "mediation.drop_dispute"),),
        (do("dispute_officer", "mediation.talk_solved"),),
        (do("dispute_officer", "mediation.send_elsewhere"), do("mediator", "referral:mediation.deliver")),
        (do("mediator", "mediation.other_refuses"),),
        (do("mediator", "mediation.party_ends"), do("dispute_officer", "next_step")),
        (do("dispute_officer", "mediation.ask_unilateral"), do("dispute_officer", "mediation.talk_solved")),
    ),
    "ways out of a referral": along(
        REFERRAL,
        (do("officer", "referral:assessment.cancel"),),
        (do("officer", "referral:assessment.suspend"), do("assessor", "referral:assessment.give_up")),
        (do("officer", "referral:assessment.suspend"), do("officer", "referral:assessment.continue")),
        (do("assessor", "referral:assessment.give_up"), do("supervisor", "decide")),
        (do("assessor", "referral:assessment.ask_info"), do("officer", "referral:assessment.supply_info")),
        (
            do("assessor", "referral:assessment.declare_conflict"),
            do("supervisor", "referral:assessment.uphold_conflict"),
        ),
        (
            # Wherever the provider works, later than planned and within bounds; once at a time.
            do("assessor", "referral:assessment.ask_extension", new_date=60),
            refused(do("assessor", "referral:assessment.ask_extension", new_date=70), Refused, "asked for already"),
            do("officer", "decide_extension", granted=True),
            that(lambda j: step_is_due_in(j, 60), "the provider's step has the new day"),
        ),
        (do("assessor_lead", "referral:assessment.change_person", person="assessor2"),),
    ),
    "ways back from an agreement": along(
        (*to_structuring(), do("officer", "ip.find_gap"), *AGREED),
        (do("officer", "agreement.redraft"), do("officer", "agreement.propose")),
        (do("officer", "agreement.abandon"),),
        (do("officer", "ip.fail"),),
    ),
    "ways out of a site": along(
        (*to_deployment(), *BUILT, do("officer", "deployment.fail")), (do("officer", "deployment.abandon"),)
    ),
}
