"""Pledge loans and green finance: every way through, and every way out."""

from __future__ import annotations

from casework.errors import NotAllowed, Refused
from casework.playbook.steps import add, do, turn_to, wait
from casework.playbook.stretches import AGREED, BEFORE_SIGNING, accepted, delivered, to_structuring
from tests.journeys.checks import has, has_not, outcome, refused, stands, that
from tests.journeys.journey import Journey, Steps

# --- pledge ----------------------------------------------------------------------------------------------------------

REQUESTED: Steps = (*to_structuring(pledge="bank"), *accepted("pledge", "bank", "banker"))
TO_REVIEW: Steps = (do("banker", "pledge.eligible"), do("officer", "pledge.apply"))
TO_APPROVAL: Steps = (*TO_REVIEW, do("banker", "pledge.dd_done"), do("banker", "pledge.valued"))
TO_BANK: Steps = (*TO_APPROVAL, do("banker", "pledge.approved", pool_share=20, bank_share=80))
TO_REGISTER: Steps = (*TO_BANK, do("banker", "pledge.bank_approved"), do("officer", "pledge.signed"))
TO_DRAWDOWN: Steps = (*TO_REGISTER, do("banker", "pledge.registered"))
TO_SERVICING: Steps = (*TO_DRAWDOWN, do("banker", "pledge.paid_out", repayments=[("The first half.", 200)]))


def pledged(journey: Journey) -> bool:
    return any(one["kind"] == "pledge" and one["to"] is None for one in journey.burdens("filter_patent"))


PLEDGED_IN_ANOTHER: Steps = (
    *to_structuring("rival", pledge="bank"),
    *accepted("pledge", "bank", "banker"),
    *TO_DRAWDOWN,
    that(pledged, "the patent is pledged"),
)

# --- finance ---------------------------------------------------------------------------------------------------------

SOUGHT: Steps = (*to_structuring(finance="fund"), *accepted("finance", "fund", "financier"))
TO_MATCHING: Steps = (do("financier", "finance.green"), do("officer", "finance.ready"))
TO_TERMS: Steps = (*TO_MATCHING, do("financier", "finance.investor_found"), do("financier", "finance.dd_ok"))
TO_MONEY: Steps = (*TO_TERMS, do("officer", "finance.terms_agreed"))
TO_CLOSE: Steps = (*TO_MONEY, do("financier", "finance.approved"), do("officer", "finance.docs_signed"))

SCRIPTS: dict[str, Steps] = {
    "loan is repaid": (
        *REQUESTED,
        *TO_REGISTER,
        do("banker", "pledge.need_fix"),
        do("officer", "pledge.fixed"),
        that(lambda j: not pledged(j), "no pledge before its registration"),
        do("banker", "pledge.registered"),
        that(pledged, "from registration on the patent is pledged"),
        do("banker", "pledge.paid_out", repayments=[("The first half.", 200)]),
        has("repayment", queue="provider", aftercare=True),
        *delivered("pledge", "banker"),
        do("banker", "repayment"),
        do("banker", "pledge.repaid"),
        refused(do("banker", "pledge.cleared_loss"), Refused, "Nobody has stated"),
        do("banker", "pledge.cleared"),
        that(lambda j: not pledged(j), "the pledge has ended"),
    ),
    "rights cannot be pledged": (
        *REQUESTED,
        refused(
            do("banker", "pledge.eligible", points_failing=["fee"]), Refused, "A point of the register check fails"
        ),
        do("banker", "pledge.not_eligible", points=["fee"]),
        stands("pledge", "not_eligible"),
        do("officer", "ip.confirm", territory="CN"),
        refused(do("officer", "case.ready_to_sign"), Refused, "A planned loan is neither offered"),
        do("officer", "case.ready_to_sign", pledge_by=60),
    ),
    "loan is refused after due diligence": (*REQUESTED, *TO_REVIEW, do("banker", "pledge.dd_fail")),
    "value is too low for a loan": (
        *REQUESTED,
        *TO_REVIEW,
        do("banker", "pledge.dd_done"),
        do("banker", "pledge.value_too_low"),
    ),
    "lender refuses": (*REQUESTED, *TO_APPROVAL, do("banker", "pledge.refused"), stands("pledge", "refused")),
    "bank refuses": (
        *REQUESTED,
        *TO_APPROVAL,
        refused(do("banker", "pledge.approved", pool_share=20, bank_share=90), Refused, "must make a hundred"),
        do("banker", "pledge.approved"),
        do("banker", "pledge.bank_refused"),
    ),
    "register refuses the pledge": (*REQUESTED, *TO_REGISTER, do("banker", "pledge.not_registered")),
    "loan is never paid out": (
        *REQUESTED,
        *TO_DRAWDOWN,
        do("banker", "pledge.not_paid"),
        do("banker", "pledge.cleared_not_paid"),
        stands("pledge", "refused"),
        that(lambda j: not pledged(j), "the pledge has ended"),
    ),
    "loan request is withdrawn": (
        *REQUESTED,
        *TO_REVIEW,
        do("officer", "pledge.withdraw"),
        stands("pledge", "withdrawn"),
    ),
    "registered loan is withdrawn": (
        *REQUESTED,
        *TO_DRAWDOWN,
        do("officer", "pledge.withdraw"),
        stands("pledge", "deregistration"),
        do("banker", "pledge.cleared_withdrawn"),
        stands("pledge", "withdrawn"),
    ),
    "lender is replaced": (
        *REQUESTED,
        *TO_REVIEW,
        do("officer", "referral:pledge.cancel", reason="other_provider"),
        stands("pledge", "replaced"),
        has("usable_results"),
        do("officer", "case.amend_plan", pledge="other_bank"),
        do("supervisor", "case.amend_plan"),
        *accepted("pledge", "other_bank", "other_banker"),
        stands("pledge", "pre_check"),
    ),
    "loan is lost": (
        *REQUESTED,
        *TO_SERVICING,
        do("banker", "pledge.miss"),
        do("banker", "pledge.default"),
        do("banker", "pledge.no_value"),
        do("banker", "pledge.cleared_loss"),
        stands("pledge", "written_off"),
    ),
    "loan is overdue after deployment": (
        *REQUESTED,
        *TO_SERVICING,
        *delivered("pledge", "banker"),
        do("officer", "ip.confirm", territory="CN", pledge="consent_on_file"),
        do("officer", "case.ready_to_sign", territory="CN"),
        *AGREED,
        do("officer", "agreement.sign_local", pledgee_consent=True),
        *BEFORE_SIGNING,
        do("officer", "case.sign_no_site"),
        do("officer", "ip.end"),
        do("officer", "case.end_monitoring", outcome="agreement_no_site", report="no_site"),
        do("officer", "referral:verification.cancel"),
        do("supervisor", "case.close"),
        stands("case", "closed"),
        stands("pledge", "servicing"),
        # From here on it is aftercare: the case stays closed, and its officer is told.
        do("banker", "pledge.miss"),
        has("overdue_talk", queue="officer", aftercare=True),
        do("officer", "overdue_talk"),
        wait(50),
        has("overdue", flagged=True, queue="provider"),
        do("banker", "pledge.cured"),
        stands("pledge", "servicing"),
        do("banker", "pledge.miss"),
        do("banker", "pledge.default"),
        do("banker", "pledge.disposed", path="sale"),
        has("owner_check", aftercare=True),
        do("officer", "owner_check", owner_changed=True),
        do("banker", "pledge.cleared_recovered"),
        stands("pledge", "recovered"),
        stands("case", "closed"),
        outcome("agreement_no_site"),
    ),
    "pledged patent is to be licensed": (
        *PLEDGED_IN_ANOTHER,
        *to_structuring(),
        refused(do("officer", "ip.confirm", territory="CN"), Refused, "The pledgee's consent must be on file"),
        add("officer", "case.ask_waiver"),
        do("officer", "ask_waiver", what="ip"),
        do("supervisor", "decide_waiver"),
        refused(do("officer", "case.ready_to_sign"), Refused, "the pledgee's consent is not on file"),
        add("officer", "case.ask_pledgee"),
        do("officer", "ask_pledgee", consented=False),
        refused(do("officer", "case.ready_to_sign"), Refused, "the pledgee's consent is not on file"),
        add("officer", "case.ask_pledgee"),
        do("officer", "ask_pledgee"),
        do("officer", "case.ready_to_sign"),
        *AGREED,
        do("officer", "agreement.sign_local"),
    ),
    "right pledged in one case and licensed in another": (
        *to_structuring(),
        do("officer", "ip.confirm", territory="CN"),
        do("officer", "case.ready_to_sign", territory="CN"),
        *AGREED,
        *PLEDGED_IN_ANOTHER,
        turn_to("main"),
        refused(do("officer", "agreement.sign_local"), Refused, "its pledgee has not consented"),
        stands("agreement", "signing"),
        do("officer", "agreement.sign_local", pledgee_consent=True),
    ),
    "right is not pledged twice": (
        *to_structuring(pledge="bank"),
        *accepted("pledge", "bank", "banker"),
        *TO_REGISTER,
        *to_structuring("rival", pledge="other_bank"),
        *accepted("pledge", "other_bank", "other_banker"),
        turn_to("main"),
        do("banker", "pledge.registered"),
        turn_to("rival"),
        refused(do("other_banker", "pledge.eligible"), Refused, "A right is pledged already"),
    ),
    "project is funded": (
        *SOUGHT,
        *TO_TERMS,
        do("officer", "finance.no_terms"),
        do("financier", "finance.investor_found"),
        do("financier", "finance.dd_no"),
        do("financier", "finance.investor_found"),
        do("financier", "finance.dd_ok"),
        do("officer", "finance.terms_agreed"),
        refused(do("officer", "finance.approved"), NotAllowed, "is for: provider"),
        do("financier", "finance.approved"),
        do("officer", "finance.docs_signed"),
        do("financier", "finance.cp_met"),
        has_not("benefit_report"),
        *delivered("finance", "financier"),
        wait(367),
        has("benefit_report", queue="officer", aftercare=True),
    ),
    "project is funded in part": (
        *SOUGHT,
        *TO_CLOSE,
        do("financier", "finance.cp_part"),
        stands("finance", "part_funded"),
    ),
    "conditions of the money are not met": (*SOUGHT, *TO_CLOSE, do("financier", "finance.cp_failed")),
    "project is not green": (*SOUGHT, do("financier", "finance.not_green"), stands("finance", "not_eligible")),
    "nobody gives money": (*SOUGHT, *TO_MATCHING, do("financier", "finance.none_found")),
    "investor rejects": (*SOUGHT, *TO_MONEY, do("financier", "finance.rejected"), stands("finance", "declined")),
    "request for finance is withdrawn": (*SOUGHT, *TO_MATCHING, do("officer", "finance.withdraw")),
    "finance provider is replaced": (
        *SOUGHT,
        *TO_MATCHING,
        do("officer", "referral:finance.cancel", reason="other_provider"),
        stands("finance", "replaced"),
        do("officer", "usable_results"),
    ),
}
