"""A loan against pledged intellectual property, from the first check to the end of the pledge."""

from __future__ import annotations

from casework.engine.definition.forms import (
    Choice,
    Date,
    Documents,
    Form,
    Items,
    Many,
    Money,
    Note,
    Number,
    PartyField,
    Rights,
    Text,
    YesNo,
)
from casework.engine.definition.grammar import (
    EXCEPTION,
    RETURN,
    Final,
    Item,
    State,
    Task,
    Workflow,
    calendar_days,
    until,
    working_days,
)
from casework.engine.roles import OFFICER, PROVIDER, SYSTEM
from workflows.papers import PLEDGE_CERTIFICATE
from workflows.service_effects import pledge_ends, pledge_stands, service_is_replaced
from workflows.service_guards import (
    applied_rights_are_confirmed,
    applied_rights_are_not_pledged,
    no_register_point_fails,
    rights_are_confirmed,
    rights_are_in_force,
    rights_are_not_pledged,
    shares_make_a_hundred,
    way_in_was_disposal,
    way_in_was_no_value,
    way_in_was_not_paid,
    way_in_was_repayment,
    way_in_was_withdrawal,
)

# --- forms -----------------------------------------------------------------------------------------------------------

#: The twelve grounds on which the register refuses a pledge (Announcement 461 of the patent office, 2021).
REGISTER_POINTS = {
    "owner": "The pledgor is not the registered owner",
    "ended": "The right has ended or been invalidated",
    "not_granted": "The application is not granted yet",
    "fee": "The annual fee is unpaid",
    "dispute": "Ownership is in dispute, or the right is frozen",
    "term": "The debt runs longer than the right",
    "contract": "The pledge contract lacks what it must say",
    "co_owner": "The consent of a co-owner is missing",
    "pledged": "The right is pledged already",
    "twin": "A twin application of the same day was not disclosed",
    "invalidation": "An invalidation request was not disclosed",
    "other": "Another ground",
}

REFUSALS = {
    "credit": "Credit of the borrower", "cash_flow": "Cash flow", "technology": "Technology", "value": "Value",
    "policy": "Policy of the lender", "risk_sharing": "No risk sharing", "other": "Other",
}  # fmt: skip


class RegisterCheck(Form):
    """The right has been looked up, point by point."""

    rights = Rights(label="Rights to be pledged", prefill="case.rights")
    points_checked = YesNo(label="All twelve points were checked on the register", must=True)
    points_failing = Many(
        label="Points that fail", choices=REGISTER_POINTS, required=False, help="Must be empty to go on"
    )
    disclosed = Many(
        label="Disclosed, and the lender still wants the pledge",
        choices={"invalidation": "A request for invalidation", "twin": "A twin application"},
        required=False,
    )
    checked_on = Date(label="Date of the check", past=True)


class PointsFailing(Form):
    """Which points fail."""

    points = Many(label="Points that fail", choices=REGISTER_POINTS)
    words = Note(label="Remarks", required=False)


class Application(Form):
    """Who wants to borrow how much against what."""

    borrower = PartyField(label="Borrower")
    rights = Rights(label="Rights to be pledged", prefill="pledge.eligible.rights")
    amount = Money(label="Amount wanted")
    term_months = Number(label="Term", unit="months", whole=True, min="1")
    use = Text(label="Use of the money")
    papers = Documents(label="Financial statements, tax record and business plan")


FLOW = {"strong": "Strong", "fair": "Fair", "weak": "Weak"}


class Review(Form):
    """What the examination of the borrower found."""

    cash_flow = Choice(label="Cash flow", choices=FLOW)
    technology_flow = Choice(label="Technology flow", choices=FLOW)
    growth = Choice(label="Growth", choices=FLOW)
    report = Documents(label="Report", required=False)


class Reason(Form):
    """Why."""

    reason = Note(label="Reason")


class Valuation(Form):
    """What the rights are worth, by whose method, until when."""

    report = Documents(label="Valuation report")
    method = Choice(label="Method", choices={"income": "Income", "market": "Market", "cost": "Cost"})
    value = Money(label="Value")
    valued_on = Date(label="Date of the valuation", past=True)
    valid_until = Date(label="Valid until", future=True)
    pledge_rate = Number(label="Pledge rate", unit="%", min="0", max="100")
    paid_by = Choice(
        label="Who paid",
        choices={"borrower": "Borrower", "lender": "Lender", "provider": "Provider", "subsidy": "Subsidy"},
    )


class ValueTooLow(Form):
    """The value does not carry the loan."""

    report = Documents(label="Valuation report")
    value = Money(label="Value")
    amount = Money(label="Amount wanted", prefill="pledge.apply.amount")


class FirstDoor(Form):
    """The provider's own approval, and how it proposes to share the risk."""

    amount = Money(label="Amount")
    term_months = Number(label="Term", unit="months", whole=True, min="1")
    pool_share = Number(label="Share of the risk pool", unit="%", min="0", max="100", required=False)
    guarantor_share = Number(label="Share of the guarantor", unit="%", min="0", max="100", required=False)
    insurer_share = Number(label="Share of the insurer", unit="%", min="0", max="100", required=False)
    bank_share = Number(label="Share of the bank", unit="%", min="0", max="100")


class SecondDoor(FirstDoor):
    """The bank's approval, and how the risk is shared."""

    bank = Text(label="Bank")
    rate = Number(label="Interest in a year", unit="%", min="0")


class Refusal(Form):
    """Why the loan was refused."""

    reason = Choice(label="Reason", choices=REFUSALS)
    words = Note(label="Remarks", required=False)


class Contracts(Form):
    """The papers that the register wants."""

    papers = Documents(label="Loan contract, pledge contract, identity papers, power of attorney")
    signed_on = Date(label="Signed on", past=True)
    foreign_pledgor = YesNo(label="The pledgor has no residence or office in China")
    agency = Text(label="Agency", when=("foreign_pledgor", (True,)))


class OfficeNotice(Form):
    """What the register wants put right."""

    notice = Documents(label="Notice of the register")
    answer_by = Date(label="To be answered by", required=False)


class Corrected(Form):
    """What was put right."""

    documents = Documents(label="Corrected papers")
    words = Note(label="Remarks", required=False)


class NotRegistered(Form):
    """On which ground the register refused."""

    grounds = Many(label="Grounds of refusal", choices=REGISTER_POINTS)
    refused_on = Date(label="Refused on", past=True)


class Registered(Form):
    """The pledge exists from this day on."""

    number = Text(label="Registration number", max=100)
    registered_on = Date(label="Registered on", past=True)
    certificate = Documents(
        label="Registration certificate", kinds=(PLEDGE_CERTIFICATE.kind,), required=False,
        help="At the latest before the loan is paid out",
    )  # fmt: skip


class Payment(Form):
    """The loan was paid out."""

    amount = Money(label="Amount paid out")
    paid_on = Date(label="Paid out on", past=True)
    final_due_on = Date(label="Last repayment due on", future=True)
    start_conditions_met = YesNo(label="The start conditions are met", must=True)
    repayments = Items(label="Repayment dates", required=False)


class Repaid(Form):
    """The debt is paid, so the pledge has lost its ground."""

    repaid_on = Date(label="Repaid on", past=True)
    proof = Documents(label="Proof that the pledge has ended")


class Cancellation(Form):
    """The register has cancelled the pledge."""

    notice = Documents(label="Cancellation notice")
    cancelled_on = Date(label="Cancelled on", past=True)


class CancellationWithAmount(Cancellation):
    """The register has cancelled the pledge after the right was turned into money."""

    amount = Money(label="Amount recovered", prefill="pledge.disposed.amount")


class Miss(Form):
    """A repayment did not come."""

    amount = Money(label="Amount overdue")
    days = Number(label="Days overdue", unit="days", whole=True, min="1")


class Cure(Form):
    """The overdue repayment came after all."""

    amount = Money(label="Amount paid")
    paid_on = Date(label="Paid on", past=True)


class Default(Form):
    """Upon whom the lender calls."""

    claims = Many(
        label="Claims are made on",
        choices={"guarantor": "Guarantor", "insurer": "Insurer", "pool": "Risk pool", "none": "Nobody"},
    )
    claimed_on = Date(label="Claimed on", past=True)


class Disposal(Form):
    """How the pledged right was turned into money."""

    path = Choice(
        label="Path",
        choices={
            "licence_back": "Licence back to the pledgor", "sale": "Sale or auction",
            "debt_to_equity": "Debt turned into equity", "managed_transfer": "Managed transfer",
        },
    )  # fmt: skip
    amount = Money(label="Amount recovered")
    disposed_on = Date(label="Disposed of on", past=True)


class Withdrawal(Form):
    """Who withdraws, and why."""

    party = PartyField(label="Who withdraws")
    reason = Note(label="Reason")


class FeeChecked(Form):
    """The annual fee of the pledged right is paid."""

    paid_to = Date(label="Fee is paid until", future=True)


class ValueRefreshed(Form):
    """What the pledged right is worth a year later."""

    value = Money(label="Value")
    valued_on = Date(label="Date of the valuation", past=True)


class RepaymentMade(Form):
    """A repayment came."""

    paid_on = Date(label="Paid on", past=True)
    amount = Money(label="Amount paid")


class OverdueTalk(Form):
    """What came of the talk with the borrower."""

    talked_on = Date(label="Talked on", past=True)
    result = Choice(
        label="What the borrower says",
        choices={"will_pay": "Will pay", "asks_time": "Asks for time", "cannot_pay": "Cannot pay"},
    )


class OwnerCheck(Form):
    """Whether the technology still belongs to the party of the case."""

    owner_changed = YesNo(label="The technology has another owner now")


class UsableResults(Form):
    """What of the former provider's work can still be used."""

    documents = Documents(label="Results that can still be used", required=False)
    words = Note(label="Remarks", required=False)


SERVICING_TASKS = (
    Task(
        "repayment", "Record a repayment", queue=PROVIDER, due=calendar_days(30), form=RepaymentMade,
        per="items:repayments", aftercare=True,
    ),
    Task(
        "valuation_refresh", "Have the pledged right valued again", queue=PROVIDER, due=calendar_days(30),
        form=ValueRefreshed, after=calendar_days(365, since="paid_on"), aftercare=True,
    ),
    *(
        Task(
            "annual_fee_check", "Check that the annual fee of the pledged right is paid", queue=OFFICER,
            due=calendar_days(30), form=FeeChecked, after=calendar_days(365 * year - 30, since="paid_on"),
            aftercare=True,
        )
        for year in (1, 2, 3)
    ),
)  # fmt: skip
#: Tasks that have no ground any more once the loan has ended one way or the other.
OF_THE_LOAN = ("repayment", "valuation_refresh", "annual_fee_check")


# --- the workflow ----------------------------------------------------------------------------------------------------


class Pledge(Workflow):
    """A bank lends against a patent; the pledge exists from its registration until its cancellation."""

    workflow = "pledge"
    title = "Intellectual property pledge loan"
    inside = "referral"
    first_step_fires = "start"

    pre_check = State(
        "Pre-check", queue=PROVIDER, due=working_days(5), step="Apply", do="Check the register",
        # One by one; that all of them were checked, the form asks.
        checklist=tuple(Item(code, f"Not the case: {words}", required=False) for code, words in REGISTER_POINTS.items()),
    )  # fmt: skip
    application = State("Application", queue=OFFICER, due=working_days(10), step="Apply", do="Send the application")
    due_diligence = State(
        "Due diligence", queue=PROVIDER, due=working_days(15), step="Review", do="Examine the borrower"
    )
    valuation = State("Valuation", queue=PROVIDER, due=working_days(10), step="Review", do="Have the rights valued")
    approval = State("Approval", queue=PROVIDER, due=calendar_days(15), step="Approve", do="Decide on the loan")
    bank_approval = State(
        "Bank approval", queue=PROVIDER, due=calendar_days(15), step="Approve", do="Get the bank's decision"
    )
    contracts = State("Contracts", queue=OFFICER, due=working_days(10), step="Register", do="Get the contracts signed")
    registration = State(
        "Pledge registration", queue=PROVIDER, due=working_days(5), step="Register", do="Register the pledge"
    )
    correction = State("Correction", queue=OFFICER, due=working_days(10), step="Register", do="Put the papers right")
    drawdown = State("Drawdown", queue=PROVIDER, due=working_days(10), step="Pay", do="Pay the loan out")
    servicing = State(
        "Servicing", queue=PROVIDER, due=until("paid_out.final_due_on"), step="Repay",
        do="Watch over the repayments",
    )  # fmt: skip
    overdue = State("Overdue", queue=PROVIDER, due=calendar_days(30), step="Repay", do="Settle the overdue repayment")
    disposal = State(
        "Disposal", queue=PROVIDER, due=calendar_days(365), step="Repay", do="Dispose of the pledged right"
    )
    deregistration = State(
        "Deregistration", queue=PROVIDER, due=working_days(10), step="Repay", do="Have the pledge cancelled"
    )
    repaid_cleared = Final("Repaid and cleared")
    not_eligible = Final("Not eligible")
    refused = Final("Refused")
    withdrawn = Final("Withdrawn")
    recovered = Final("Recovered")
    written_off = Final("Written off")
    replaced = Final("Replaced")

    # Before the loan.
    eligible = pre_check.to(
        application, by=PROVIDER, form=RegisterCheck,
        guards=[no_register_point_fails, rights_are_confirmed, rights_are_in_force, rights_are_not_pledged],
        do="Confirm that the rights can be pledged", done="confirmed that the rights can be pledged",
    )  # fmt: skip
    found_not_eligible = pre_check.to(
        not_eligible, by=PROVIDER, kind=EXCEPTION, form=PointsFailing, name="not_eligible",
        do="State that the rights cannot be pledged", done="stated that the rights cannot be pledged",
        consequence="The request for a loan ends.",
    )  # fmt: skip
    apply = application.to(
        due_diligence, by=(OFFICER, PROVIDER), form=Application,
        guards=[rights_are_confirmed, rights_are_not_pledged],
        do="Send the application", done="sent the application for a loan",
    )  # fmt: skip
    dd_done = due_diligence.to(
        valuation, by=PROVIDER, form=Review,
        do="Record the due diligence", done="recorded the due diligence",
    )  # fmt: skip
    dd_fail = due_diligence.to(
        refused, by=PROVIDER, kind=EXCEPTION, form=Reason,
        do="Refuse after due diligence", done="refused the loan after due diligence",
        consequence="The request for a loan ends.",
    )  # fmt: skip
    valued = valuation.to(
        approval, by=PROVIDER, form=Valuation, do="Record the valuation", done="recorded the valuation"
    )
    value_too_low = valuation.to(
        refused, by=PROVIDER, kind=EXCEPTION, form=ValueTooLow,
        do="Refuse, as the value is too low", done="refused the loan, as the value is too low",
        consequence="The request for a loan ends.",
    )  # fmt: skip
    approved = approval.to(
        bank_approval, by=PROVIDER, form=FirstDoor, guards=[shares_make_a_hundred],
        do="Approve and send to the bank", done="approved the loan and sent the papers to the bank",
    )  # fmt: skip
    bank_approved = bank_approval.to(
        contracts, by=PROVIDER, form=SecondDoor, guards=[shares_make_a_hundred],
        do="Record the bank's approval", done="recorded the bank's approval",
    )  # fmt: skip
    refuse = approval.to(
        refused, by=PROVIDER, kind=EXCEPTION, form=Refusal, name="refused",
        do="Refuse the loan", done="refused the loan",
        consequence="The request for a loan ends.",
    )  # fmt: skip
    bank_refused = bank_approval.to(
        refused, by=PROVIDER, kind=EXCEPTION, form=Refusal,
        do="Record the bank's refusal", done="recorded the bank's refusal",
        consequence="The request for a loan ends.",
    )  # fmt: skip

    # The pledge is made.
    signed = contracts.to(
        registration, by=(OFFICER, PROVIDER), form=Contracts,
        do="Record the contracts", done="recorded the signed contracts",
    )  # fmt: skip
    need_fix = registration.to(
        correction, by=PROVIDER, kind=RETURN, form=OfficeNotice,
        do="Ask for corrected papers", done="asked for corrected papers",
    )  # fmt: skip
    fixed = correction.to(
        registration, by=(OFFICER, PROVIDER), kind=RETURN, form=Corrected,
        do="Send corrected papers", done="sent corrected papers",
    )  # fmt: skip
    not_registered = (registration | correction).to(
        refused, by=PROVIDER, kind=EXCEPTION, form=NotRegistered,
        do="Record that the register refused", done="recorded that the register refused the pledge",
        consequence="The request for a loan ends.",
    )  # fmt: skip
    registered = registration.to(
        drawdown, by=PROVIDER, form=Registered,
        guards=[applied_rights_are_confirmed, applied_rights_are_not_pledged], effects=[pledge_stands],
        do="Record the registration", done="recorded the registration of the pledge",
        consequence="The rights are pledged: from now on every licence or transfer needs the pledgee's consent.",
    )  # fmt: skip

    # The loan runs.
    paid_out = drawdown.to(
        servicing, by=PROVIDER, form=Payment, needs=[PLEDGE_CERTIFICATE], opens=SERVICING_TASKS,
        do="Record the payment", done="recorded that the loan was paid out",
    )  # fmt: skip
    not_paid = drawdown.to(
        deregistration, by=PROVIDER, kind=EXCEPTION, form=Reason,
        do="State that the loan is not paid", done="stated that the loan is not paid out",
    )  # fmt: skip
    repaid = (servicing | overdue).to(
        deregistration, by=PROVIDER, form=Repaid, ends=OF_THE_LOAN,
        do="Record full repayment", done="recorded that the loan is repaid",
    )  # fmt: skip
    miss = servicing.to(
        overdue, by=PROVIDER, kind=EXCEPTION, form=Miss,
        opens=[
            Task(
                "overdue_talk", "Talk with the borrower about the overdue loan", queue=OFFICER,
                due=working_days(5), form=OverdueTalk, on="main", aftercare=True,
            )
        ],
        do="Record a missed repayment", done="recorded a missed repayment",
    )  # fmt: skip
    cured = overdue.to(
        servicing, by=PROVIDER, kind=RETURN, form=Cure,
        do="Record the late repayment", done="recorded the late repayment",
    )  # fmt: skip
    default = overdue.to(
        disposal, by=PROVIDER, kind=EXCEPTION, form=Default,
        do="Declare default", done="declared the loan in default",
        consequence="The pledged rights will be disposed of.",
    )  # fmt: skip
    disposed = disposal.to(
        deregistration, by=PROVIDER, kind=EXCEPTION, form=Disposal, ends=OF_THE_LOAN,
        opens=[
            Task(
                "owner_check", "Check whether the technology has another owner now", queue=OFFICER,
                due=working_days(10), form=OwnerCheck, on="main", aftercare=True,
            )
        ],
        do="Record the disposal", done="recorded the disposal of the pledged right",
    )  # fmt: skip
    no_value = disposal.to(
        deregistration, by=PROVIDER, kind=EXCEPTION, form=Reason, ends=OF_THE_LOAN,
        do="State that nothing can be recovered", done="stated that nothing can be recovered",
    )  # fmt: skip

    # The pledge ends: how it came here says what it ends as.
    cleared = deregistration.to(
        repaid_cleared, by=PROVIDER, form=Cancellation, guards=[way_in_was_repayment], effects=[pledge_ends],
        do="Record the cancellation", done="recorded the cancellation of the pledge after repayment",
    )  # fmt: skip
    cleared_recovered = deregistration.to(
        recovered, by=PROVIDER, kind=EXCEPTION, form=CancellationWithAmount, guards=[way_in_was_disposal],
        effects=[pledge_ends],
        do="Record the cancellation after disposal", done="recorded the cancellation of the pledge after disposal",
    )  # fmt: skip
    cleared_loss = deregistration.to(
        written_off, by=PROVIDER, kind=EXCEPTION, form=Cancellation, guards=[way_in_was_no_value],
        effects=[pledge_ends],
        do="Record the cancellation after a loss", done="recorded the cancellation of the pledge after a loss",
    )  # fmt: skip
    cleared_not_paid = deregistration.to(
        refused, by=PROVIDER, kind=EXCEPTION, form=Cancellation, guards=[way_in_was_not_paid],
        effects=[pledge_ends],
        do="Record the cancellation without a loan", done="recorded the cancellation of the pledge without a loan",
    )  # fmt: skip
    cleared_withdrawn = deregistration.to(
        withdrawn, by=PROVIDER, kind=EXCEPTION, form=Cancellation, guards=[way_in_was_withdrawal],
        effects=[pledge_ends],
        do="Record the cancellation after withdrawal",
        done="recorded the cancellation of the pledge after withdrawal",
    )  # fmt: skip

    # Leaving early.
    withdraw = (
        pre_check | application | due_diligence | valuation | approval | bank_approval | contracts
        | registration | correction
    ).to(
        withdrawn, by=OFFICER, kind=EXCEPTION, form=Withdrawal,
        do="Withdraw the request", done="withdrew the request for a loan",
        consequence="The request for a loan ends.",
    )  # fmt: skip
    withdraw_registered = drawdown.to(
        deregistration, by=OFFICER, kind=EXCEPTION, form=Withdrawal, name="withdraw",
        do="Withdraw the request", done="withdrew the request for a loan",
        consequence="The registered pledge must be cancelled.",
    )  # fmt: skip
    replace = (
        pre_check | application | due_diligence | valuation | approval | bank_approval | contracts
        | registration | correction
    ).to(
        replaced, by=SYSTEM, kind=EXCEPTION, effects=[service_is_replaced],
        opens=[
            Task(
                "usable_results", "List what can still be used of the request for a loan", queue=OFFICER,
                due=working_days(5), form=UsableResults, on="main", aftercare=True,
            )
        ],
        done="ended the request for a loan, because another provider takes its place",
    )  # fmt: skip

    #: Deregistration is in neither: a loan that was never paid out passes there too.
    milestones = {
        "offered": [
            contracts, registration, correction, drawdown, servicing, overdue, disposal, repaid_cleared,
            recovered, written_off,
        ],
        "paid": [servicing, overdue, disposal, repaid_cleared, recovered, written_off],
    }  # fmt: skip
    outlives = (servicing, overdue, disposal, deregistration)
