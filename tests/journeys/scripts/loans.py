"""Pledge loans and green finance: every way through, and every way out."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from casework.errors import InvalidForm, NotAllowed, Refused
from casework.operations.cases.answer_names import names_for_provider
from casework.playbook.steps import add, do, lay, lift, rights_are, take_in, turn_to, wait
from casework.playbook.stretches import AGREED, BEFORE_SIGNING, accepted, delivered, sent, to_structuring
from tests.journeys.checks import effect, has, has_not, outcome, refused, stands, that
from tests.journeys.journey import Journey, Steps

# --- pledge ----------------------------------------------------------------------------------------------------------

REQUESTED: Steps = (*to_structuring(pledge="bank"), *accepted("pledge", "bank", "banker"))
TO_REVIEW: Steps = (do("banker", "pledge.eligible", owner_seen=True), do("officer", "pledge.apply"))
TO_APPROVAL: Steps = (*TO_REVIEW, do("banker", "pledge.dd_done"), do("banker", "pledge.valued"))
TO_BANK: Steps = (*TO_APPROVAL, do("banker", "pledge.approved", pool_share=20, bank_share=80))
TO_REGISTER: Steps = (*TO_BANK, do("banker", "pledge.bank_approved"), do("officer", "pledge.signed"))
TO_DRAWDOWN: Steps = (*TO_REGISTER, do("banker", "pledge.registered"))
TO_SERVICING: Steps = (*TO_DRAWDOWN, do("banker", "pledge.paid_out", repayments=[{"by": 20, "principal": 2_400_000}]))


def _is_to_come(journey: Journey, task: str) -> bool:
    return any(one.name == task for one in journey.case.open_tasks())


def pledged(journey: Journey, kind: str = "pledge") -> bool:
    return any(one["kind"] == kind and one["to"] is None for one in journey.burdens("filter_patent"))


def lends_by_the_sheet(journey: Journey) -> bool:
    """The bank finds number, owner and amount on its case sheet, and was given no document."""
    sheet = journey.sheet("banker", "pledge")
    assert sheet is not None
    said = {answer.name: answer.value for answer in sheet.amounts}
    given = [grant for grant in journey.case.grants.values() if grant.track == journey.track("referral:pledge").id]
    figures = all(right.number and right.owner and right.status for right in sheet.rights)
    return bool(sheet.rights and figures and not given) and {"amount", "borrower", "pledgor"} <= said.keys()


def lies(journey: Journey, right: str) -> list[str]:
    """What lies on a right now."""
    return sorted(one["kind"] for one in journey.burdens(right) if one["to"] is None)


def sold_to(journey: Journey, right: str) -> list[object]:
    """Who holds a right by a transfer."""
    return [one["holder"] for one in journey.burdens(right) if one["kind"] == "transfer" and one["to"] is None]


def due_in(journey: Journey, days: int) -> bool:
    """Whether the step of the loan is due so many days from now."""
    dues = {one.due_at for one in journey.case.step_tasks(journey.track("pledge").id)}
    return {due and journey.local(due) for due in dues} == {journey.in_days(days)}


def secures(journey: Journey) -> list[tuple[object, object]]:
    """What a pledge and its registration secure, and until when."""
    standing = (one for one in journey.burdens("filter_patent") if one["to"] is None)
    return [((one["amount"] or {}).get("amount"), one["until"]) for one in standing]


def names_the_lender(journey: Journey) -> bool:
    sheet, lender = journey.sheet("banker", "pledge"), journey.world["other_bank"]
    assert sheet is not None
    on_sheet = {(one.value, one.called) for one in sheet.amounts if one.name == "lender"}
    named = names_for_provider(journey.db, journey.actor("banker"), journey.case, [lender, journey.world["laboratory"]])
    return on_sheet == set(named.items()) == {(lender, named.get(lender))}


def fee_paid_to(journey: Journey) -> date | None:
    record = text("SELECT fee_paid_to FROM rights WHERE id = CAST(:id AS uuid)")
    found: date | None = journey.db.execute(record, {"id": journey.world["filter_patent"]}).scalar_one()
    return found


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


def reported(journey: Journey) -> bool:
    [one] = [one for one in journey.case.impacts.values() if one.level == "verified"]
    return (one.by, one.number, one.method) == (journey.world["verifiers"], "MV-2027-2", "metered")


SCRIPTS: dict[str, Steps] = {
    "what the register shows bars the pledge": (
        *to_structuring(pledge="bank"),
        *accepted("pledge", "bank", "banker"),
        lay("filter_patent", "seizure"),
        refused(do("banker", "pledge.eligible", owner_seen=True), Refused, "A right is seized"),
        lift("filter_patent", "seizure"),
        lay("filter_patent", "invalidation"),
        refused(do("banker", "pledge.eligible", owner_seen=True), Refused, "A request for invalidation"),
        lay("filter_patent", "licence", holder="other_bank", licence="sole"),
        refused(
            do("banker", "pledge.eligible", owner_seen=True, invalidation=True), Refused, "exclusive or a sole licence"
        ),
        do("banker", "pledge.eligible", owner_seen=True, invalidation=True, licensed=True),
        lay("filter_patent", "pledge", holder="other_bank"),
        refused(do("officer", "pledge.apply"), Refused, "A right is pledged already"),
        lift("filter_patent", "pledge"),
        do("officer", "pledge.apply"),
    ),
    "loan is repaid": (
        *to_structuring(pledge="bank"),
        *sent("pledge", "bank"),
        that(lambda j: j.sheet("banker", "pledge") is None, "before accepting the bank reads nothing of the case"),
        do("banker", "referral:pledge.accept"),
        that(lends_by_the_sheet, "the bank finds all figures on the case sheet"),
        *TO_REGISTER,
        do("banker", "pledge.need_fix"),
        do("officer", "pledge.fixed"),
        that(lambda j: not pledged(j), "no pledge before its registration"),
        do("banker", "pledge.registered"),
        that(pledged, "from registration on the patent is pledged"),
        do(
            "banker",
            "pledge.paid_out",
            repayments=[{"by": 20, "principal": 1_200_000}, {"by": 40, "principal": 1_200_000}],
        ),
        has("repayment", queue="provider", aftercare=True),
        *delivered("pledge", "banker"),
        refused(do("banker", "pledge.repaid"), Refused, "Something is owed still"),
        refused(do("banker", "repayment", principal=2_400_001), Refused, "More than what is owed"),
        # Less than was agreed came for the first day: once that has passed, the rest is overdue.
        do("banker", "repayment", "0", principal=1_100_000, interest=20_000),
        refused(do("banker", "pledge.repaid"), Refused, "Something is owed still"),
        refused(do("banker", "pledge.miss"), Refused, "No repayment is overdue"),
        wait(22),
        do("banker", "pledge.miss"),
        refused(do("banker", "repayment", principal=1_300_001), Refused, "More than what is owed"),
        refused(do("banker", "repayment", principal=1, paid_on=-90), Refused, "before the loan was paid out"),
        do("banker", "repayment", principal=1_300_000),
        do("banker", "pledge.repaid"),
        that(lambda j: not pledged(j), "the pledge has ended with the debt"),
        that(lambda j: pledged(j, "pledge_registration"), "the register has not cancelled it"),
        refused(do("banker", "pledge.cleared_loss"), Refused, "Nobody has stated"),
        do("banker", "pledge.cleared"),
        that(lambda j: not pledged(j, "pledge_registration"), "the register has cancelled it"),
    ),
    "loan is extended, and claims are made for it": (
        *REQUESTED,
        *TO_REVIEW,
        do("banker", "pledge.no_valuation"),
        refused(do("banker", "pledge.approved", amount=2_400_001), Refused, "What was applied for: CNY 2,400,000."),
        do("banker", "pledge.approved", amount=2_400_001, departs=True),
        refused(
            do("banker", "pledge.bank_approved", amount=2_400_000, rate=34), Refused, "is at most: 15 per cent a year"
        ),
        do("banker", "pledge.bank_approved", amount=2_400_000),
        do("officer", "pledge.signed"),
        do("banker", "pledge.registered"),
        add("banker", "pledge.change_registration"),
        refused(do("banker", "change_registration", what=["amount"]), Refused, "Say the secured amount"),
        refused(do("banker", "change_registration", what=["other"], until_on=600), Refused, "Say the last day"),
        that(lambda j: secures(j) == [("2400000.00", None)] * 2, "the pledge secures what was approved"),
        do("banker", "change_registration", what=["amount", "term"], amount=1_800_000, until_on=600),
        that(lambda j: secures(j) == [("1800000.00", str(j.in_days(600)))] * 2, "and what its registration says since"),
        refused(do("banker", "pledge.paid_out", amount=2_400_001), Refused, "No more may be paid out"),
        refused(do("banker", "pledge.paid_out", amount=2_399_999), Refused, "More is agreed to be paid back"),
        refused(do("banker", "pledge.paid_out", final_due_on=29), Refused, "after the last one of the loan"),
        refused(do("banker", "pledge.paid_out", repayments=None), InvalidForm, "repayments"),
        do("banker", "pledge.paid_out", repayments=[{"by": 200, "principal": 2_400_000}], final_due_on=300),
        # What nobody has valued is not valued again.
        that(lambda j: not _is_to_come(j, "valuation_refresh"), "no new value is asked for"),
        that(lambda j: _is_to_come(j, "annual_fee_check"), "the fee is"),
        add("officer", "pledge.annual_fee_check"),
        do("officer", "annual_fee_check", paid_to=700),
        that(lambda j: fee_paid_to(j) == j.in_days(700), "the record of the right says until when its fee is paid"),
        add("banker", "pledge.extend_debt"),
        refused(do("banker", "extend_debt", until_on=20 * 365), Refused, "The debt runs longer than a right"),
        do("banker", "extend_debt", until_on=600),
        that(lambda j: due_in(j, 600), "the loan is followed until its new day"),
        add("officer", "pledge.claim_support"),
        do("officer", "claim_support", kind="interest_subsidy", amount=60_000),
        do("officer", "claim_answer", granted=True, amount=50_000),
        add("banker", "pledge.claim_support"),
        do("officer", "claim_support", kind="risk_pool"),
        do("officer", "claim_answer", granted=False),
    ),
    "loan that was extended is followed until its new day, also once nothing is overdue any more": (
        *REQUESTED,
        *TO_DRAWDOWN,
        do("banker", "pledge.paid_out", repayments=[{"by": 20, "principal": 1_200_000}], final_due_on=40),
        add("banker", "pledge.extend_debt"),
        do("banker", "extend_debt", until_on=60),
        wait(22),
        do("banker", "pledge.miss", amount=1_200_000),
        do("banker", "repayment", principal=1_200_000),
        do("banker", "pledge.cured"),
        that(lambda j: due_in(j, 38), "and not until the day that was agreed first"),
        wait(40),
        do("banker", "pledge.miss", amount=1_200_000),
        add("banker", "pledge.repayment"),
        do("banker", "repayment", principal=1_200_000),
        refused(do("banker", "pledge.cured"), Refused, "Nothing is owed any more"),
        do("banker", "pledge.repaid"),
    ),
    "loan is paid back before it is due": (
        *REQUESTED,
        *TO_SERVICING,
        do("banker", "repayment"),
        do("banker", "pledge.repaid"),
        do("banker", "pledge.cleared"),
        that(lambda j: not pledged(j), "the pledge has ended"),
    ),
    "company pledges its own patents to pay for the plant": (
        *to_structuring(pledge="bank"),
        take_in("plant_patent"),
        *accepted("pledge", "bank", "banker"),
        refused(do("banker", "pledge.eligible", rights=["plant_patent"]), Refused, "The pledgor is not on record"),
        refused(
            do("banker", "pledge.eligible", pledgor="other", rights=["plant_patent"], owner_seen=True),
            Refused,
            "The pledgor is not on record",
        ),
        do("banker", "pledge.eligible", pledgor="need_owner", rights=["plant_patent"], owner_seen=True),
        refused(do("officer", "pledge.apply", rights=["filter_patent"]), Refused, "The pledgor is not on record"),
        do("officer", "pledge.apply", borrower="need_owner", lender="other_bank"),
        that(names_the_lender, "the provider reads by name for which bank it acts, on its sheet and in what was sent"),
        do("banker", "pledge.dd_done"),
        do("banker", "pledge.valued"),
        do("banker", "pledge.approved"),
        do("banker", "pledge.bank_approved"),
        do("officer", "pledge.signed"),
        do("banker", "pledge.registered"),
        that(lambda j: lies(j, "plant_patent") == ["pledge", "pledge_registration"], "its own patent is pledged"),
        that(lambda j: lies(j, "filter_patent") == [], "the patent of the technology is not"),
        that(
            lambda j: {one["holder"] for one in j.burdens("plant_patent")} == {j.world["other_bank"]},
            "it is pledged to the bank for which the provider acts",
        ),
        do("officer", "ip.confirm", territories=["CN"], rights=["filter_patent"]),
        do("banker", "pledge.paid_out", repayments=[{"by": 20, "principal": 2_400_000}]),
        do("banker", "repayment", principal=1_200_000, interest=30_000),
        add("banker", "pledge.repayment"),
        do("banker", "repayment", principal=1_200_000),
        do("banker", "pledge.repaid"),
        that(lambda j: lies(j, "plant_patent") == ["pledge_registration"], "the pledge has ended with the debt"),
        do("banker", "pledge.cleared"),
        that(lambda j: lies(j, "plant_patent") == [], "the right is free again"),
        stands("pledge", "repaid_cleared"),
    ),
    "rights cannot be pledged": (
        *REQUESTED,
        rights_are(fee_paid_to=date(2026, 3, 1)),
        refused(do("banker", "pledge.eligible"), Refused, "The fee of a right is not paid"),
        refused(do("banker", "pledge.eligible", dispute=True), InvalidForm, "dispute"),
        do("banker", "pledge.not_eligible", points=["fee"]),
        rights_are(fee_paid_to=date(2032, 1, 1)),
        stands("pledge", "not_eligible"),
        do("officer", "ip.confirm", territories=["CN"]),
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
        refused(do("banker", "pledge.miss"), Refused, "No repayment is overdue"),
        wait(21),
        do("banker", "pledge.miss"),
        do("banker", "pledge.default"),
        do("banker", "pledge.no_value"),
        do("banker", "pledge.cleared_loss"),
        stands("pledge", "written_off"),
    ),
    "loan is overdue after deployment": (
        *REQUESTED,
        *TO_DRAWDOWN,
        do(
            "banker",
            "pledge.paid_out",
            repayments=[{"by": 20, "principal": 1_200_000}, {"by": 200, "principal": 1_200_000}],
        ),
        *delivered("pledge", "banker"),
        do("officer", "ip.confirm", territories=["CN"], pledge="consent_on_file"),
        do("officer", "case.ready_to_sign"),
        *AGREED,
        do("officer", "agreement.sign_local", pledgee_consent=True),
        *BEFORE_SIGNING,
        do("officer", "case.sign_no_site"),
        do("officer", "case.end_monitoring", outcome="agreement_no_site", report="no_site"),
        do("supervisor", "case.close"),
        stands("case", "closed"),
        stands("pledge", "servicing"),
        # From here on it is aftercare: the case stays closed, and its officer is told.
        wait(41),
        do("banker", "pledge.miss", amount=100_000),
        has("overdue_talk", queue="officer", aftercare=True),
        do("officer", "overdue_talk"),
        wait(50),
        has("overdue", flagged=True, queue="provider"),
        refused(do("banker", "pledge.cured"), Refused, "What is overdue has not come in"),
        do("banker", "repayment", principal=90_000, interest=10_000),
        # What was said to be overdue came, and yet not all that was agreed for the day.
        refused(do("banker", "pledge.cured"), Refused, "By the agreed plan something is overdue still"),
        do("banker", "repayment", principal=1_110_000),
        do("banker", "pledge.cured"),
        stands("pledge", "servicing"),
        refused(do("banker", "pledge.miss"), Refused, "No repayment is overdue"),
        wait(150),
        do("banker", "pledge.miss"),
        do("banker", "pledge.default"),
        do("banker", "pledge.disposed", path="sale"),
        has("owner_check", aftercare=True),
        that(lambda j: "assignment" in lies(j, "filter_patent"), "the patent is sold"),
        do("officer", "owner_check", owner_changed=True, owner="venture"),
        that(lambda j: sold_to(j, "filter_patent") == [j.world["venture"]], "and another's"),
        has_not("owner_check"),
        do("banker", "pledge.cleared_recovered"),
        stands("pledge", "recovered"),
        stands("case", "closed"),
        outcome("agreement_no_site"),
    ),
    "pledged patent that was sold is licensed by nobody who owned it": (
        *REQUESTED,
        take_in("plant_patent"),
        do("banker", "pledge.eligible", owner_seen=True, rights=["filter_patent"]),
        do("officer", "pledge.apply", rights=["filter_patent"]),
        do("banker", "pledge.no_valuation"),
        do("banker", "pledge.approved"),
        do("banker", "pledge.bank_approved"),
        do("officer", "pledge.signed"),
        do("banker", "pledge.registered"),
        do("banker", "pledge.paid_out", repayments=[{"by": 20, "principal": 2_400_000}]),
        wait(22),
        do("banker", "pledge.miss"),
        do("banker", "pledge.default"),
        refused(do("banker", "pledge.disposed", path="sale", rights=["plant_patent"]), Refused, "not pledged here"),
        do("banker", "pledge.disposed", path="sale"),
        refused(do("officer", "ip.confirm", territories=["DE"]), Refused, "assignment, not registered"),
        refused(
            do("officer", "owner_check", owner_changed=True, owner="venture", rights=["plant_patent"]),
            Refused,
            "was pledged for no loan",
        ),
        do("officer", "owner_check", owner_changed=True, owner="venture"),
        that(lambda j: sold_to(j, "filter_patent") == [j.world["venture"]], "the record names who has it now"),
        refused(do("officer", "ip.confirm", territories=["DE"], rights=["filter_patent"]), Refused, "transfer"),
        do("banker", "pledge.cleared_recovered"),
        *to_structuring("rival"),
        refused(do("officer", "ip.confirm", territories=["DE"]), Refused, "transfer"),
    ),
    "sale of a pledged patent that comes to nothing gives it back": (
        *REQUESTED,
        *TO_SERVICING,
        wait(22),
        do("banker", "pledge.miss"),
        do("banker", "pledge.default"),
        do("banker", "pledge.disposed", path="managed_transfer"),
        do("officer", "owner_check", owner_changed=False),
        that(lambda j: lies(j, "filter_patent") == ["pledge_registration"], "it is its owner's as before"),
        do("banker", "pledge.cleared_recovered"),
        do("officer", "ip.confirm", territories=["DE"]),
    ),
    "pledged patent is to be licensed": (
        *PLEDGED_IN_ANOTHER,
        *to_structuring(),
        refused(do("officer", "ip.confirm", territories=["CN"]), Refused, "The pledgee's consent must be on file"),
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
        do("officer", "ip.confirm", territories=["CN"]),
        do("officer", "case.ready_to_sign"),
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
        turn_to("main"),
        do("banker", "pledge.paid_out", repayments=[{"by": 20, "principal": 2_400_000}]),
        do("banker", "repayment"),
        do("banker", "pledge.repaid"),
        turn_to("rival"),
        # In law it is free; in the register it is not.
        refused(do("other_banker", "pledge.eligible"), Refused, "A right is pledged already"),
        turn_to("main"),
        do("banker", "pledge.cleared"),
        turn_to("rival"),
        do("other_banker", "pledge.eligible", owner_seen=True),
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
        refused(
            do("financier", "finance.approved", amount=2_400_001), Refused, "More is approved than was applied for"
        ),
        refused(do("financier", "finance.approved", rate=34), Refused, "above what loans have"),
        do("financier", "finance.approved", amount=2_400_001, rate=34, departs=True),
        do("officer", "finance.docs_signed"),
        has("condition_precedent", count=1, queue="officer"),
        do("officer", "condition_precedent"),
        refused(do("financier", "finance.pay_part", amount=2_400_002), Refused, "No more may be paid out"),
        do("financier", "finance.pay_part", amount=1_000_000),
        stands("finance", "closing"),
        do("financier", "finance.pay_part", amount=1_500_000),
        do("financier", "finance.cp_met"),
        has_not("benefit_report"),
        *delivered("finance", "financier"),
        wait(367),
        has("benefit_report", queue="officer", aftercare=True),
        refused(
            do("officer", "benefit_report", basis="verified", verifier="verifiers", number=None), InvalidForm, "number"
        ),
        do("officer", "benefit_report", basis="verified", verifier="verifiers", number="MV-2027-2"),
        that(reported, "the verified values are a record of the effect, with who verified them"),
    ),
    "project is funded in part": (
        *SOUGHT,
        *TO_CLOSE,
        do("financier", "finance.cp_part"),
        stands("finance", "part_funded"),
        has_not("condition_precedent"),
        has("open_condition", count=1, queue="officer", aftercare=True),
        do("officer", "open_condition"),
        has_not("benefit_report"),
        # What was paid in part owes its yearly report as well.
        wait(367),
        has("benefit_report", queue="officer", aftercare=True),
        do("officer", "benefit_report", basis="claimed"),
        effect(("claimed", "8600000", None)),
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
