"""A loan against pledged intellectual property, from the first check to the end of the pledge."""

from __future__ import annotations

from dataclasses import replace

from casework.engine.definition.grammar import (
    EXCEPTION,
    RETURN,
    Again,
    Final,
    State,
    Task,
    Workflow,
    calendar_days,
    until,
    working_days,
)
from casework.engine.roles import Role
from workflows.disposal import (
    checked_rights_were_disposed_of,
    owner_is_to_be_checked,
    pledge_ends_with_its_disposal,
    rights_have_their_owner,
)
from workflows.money_guards import (
    agreed_days_lie_within_the_loan,
    agreed_repayments_fit_the_loan,
    approval_fits_its_application,
    debt_is_paid,
    interest_is_usual,
    overdue_has_come_in,
    payment_is_within_approval,
    plan_is_met,
    repayment_follows_the_payment,
    repayment_is_in_its_currency,
    repayment_is_overdue,
    repayment_is_within_balance,
    something_is_owed,
)
from workflows.papers import PLEDGE_CERTIFICATE
from workflows.pledge_forms import (
    Application,
    Cancellation,
    Claim,
    ClaimAnswer,
    Contracts,
    Corrected,
    DebtExtended,
    Default,
    Disposal,
    FeeChecked,
    FirstDoor,
    Miss,
    NotRegistered,
    OfficeNotice,
    OverdueTalk,
    OwnerCheck,
    Payment,
    PointsFailing,
    Reason,
    Refusal,
    RegisterCheck,
    Registered,
    RegistrationChanged,
    Repaid,
    RepaymentMade,
    Review,
    ReviewWithoutValue,
    SecondDoor,
    UsableResults,
    Valuation,
    ValueRefreshed,
    ValueTooLow,
    Withdrawal,
)
from workflows.pledge_guards import (
    applied_rights_are_confirmed,
    applied_rights_are_not_pledged,
    change_follows_the_registration,
    changed_amount_is_said,
    changed_term_is_said,
    co_owners_have_agreed,
    fees_are_due_for_a_right,
    invalidation_agrees_with_the_record,
    licences_agree_with_the_record,
    licences_are_accepted,
    named_rights_are_pledged,
    pledgor_owns_each_right,
    points_agree_with_the_record,
    requests_for_invalidation_are_accepted,
    rights_are_not_given_away,
    rights_are_not_seized,
    rights_outlive_the_debt,
    rights_were_valued,
    shares_make_a_hundred,
    twin_agrees_with_the_record,
    twin_is_answered,
    way_in_was_disposal,
    way_in_was_no_value,
    way_in_was_not_paid,
    way_in_was_repayment,
    way_in_was_withdrawal,
)
from workflows.service_effects import (
    debt_is_extended,
    fee_is_recorded,
    pledge_ends_with_its_debt,
    pledge_stands,
    registration_is_cancelled,
    registration_is_changed,
    service_is_replaced,
)
from workflows.service_guards import (
    fees_are_paid,
    rights_are_confirmed,
    rights_are_in_force,
    rights_are_not_pledged,
    rights_can_be_pledged,
)

# --- tasks of the loan -----------------------------------------------------------------------------------------------


#: A row of the loan: what came back, and when; the balance follows from the rows.
REPAYMENT = Task(
    "repayment", "Record a repayment", queue=Role.PROVIDER, due=working_days(5), form=RepaymentMade,
    guards=(repayment_is_in_its_currency, repayment_is_within_balance, repayment_follows_the_payment), aftercare=True,
    done="recorded a repayment",
)  # fmt: skip
FEE_CHECK = Task(
    "annual_fee_check", "Check that the annual fee of the pledged right is paid", queue=Role.OFFICER, due=calendar_days(30),
    form=FeeChecked, guards=(named_rights_are_pledged,), effects=(fee_is_recorded,), only_if=fees_are_due_for_a_right,
    aftercare=True, done="checked that the annual fee of the pledged right is paid",
)  # fmt: skip
SERVICING_TASKS = (
    # One for each day that was agreed.
    replace(REPAYMENT, do="Record an agreed repayment", due=calendar_days(30), per="items:repayments"),
    Task(
        "valuation_refresh", "Get the pledged right valued again", queue=Role.PROVIDER, due=calendar_days(30),
        form=ValueRefreshed, after=calendar_days(365, since="paid_on"), only_if=rights_were_valued, aftercare=True,
        done="recorded a new value of the pledged right",
    ),
    *(replace(FEE_CHECK, after=calendar_days(365 * year - 30, since="paid_on")) for year in (1, 2, 3)),
)  # fmt: skip
CHANGE = Task(
    "change_registration", "Record a change of the registration", queue=Role.PROVIDER, due=working_days(10),
    form=RegistrationChanged,
    guards=(changed_amount_is_said, changed_term_is_said, change_follows_the_registration, rights_outlive_the_debt),
    effects=(registration_is_changed,), aftercare=True, done="recorded a change of the registration",
)  # fmt: skip
EXTENSION = Task(
    "extend_debt", "Record a longer term of the debt", queue=Role.PROVIDER, due=working_days(10), form=DebtExtended,
    guards=(rights_outlive_the_debt,), effects=(debt_is_extended,), aftercare=True,
    done="recorded a longer term of the debt",
)  # fmt: skip
CLAIM = Task(
    "claim_support", "Claim a subsidy or a compensation", queue=Role.OFFICER, due=working_days(10), form=Claim, aftercare=True,
    opens=(
        Task(
            "claim_answer", "Record what came of the claim", queue=Role.OFFICER, due=calendar_days(60),
            form=ClaimAnswer, aftercare=True,
        ),
    ),
)  # fmt: skip
#: By the register, once it says so; what is left of several rights is asked for again.
OWNER_CHECK = Task(
    "owner_check", "Record whose the pledged rights are now", queue=Role.OFFICER, due=working_days(10), form=OwnerCheck, on="main",
    guards=(checked_rights_were_disposed_of,), effects=(rights_have_their_owner,), only_if=owner_is_to_be_checked,
    opens=(Again("owner_check"),), aftercare=True,
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
        "Pre-check", queue=Role.PROVIDER, due=working_days(5), step="Apply", do="Check the register",
    )  # fmt: skip
    application = State(
        "Application", queue=Role.OFFICER, due=working_days(10), step="Apply", do="Send the application"
    )
    due_diligence = State(
        "Due diligence", queue=Role.PROVIDER, due=working_days(15), step="Review", do="Examine the borrower"
    )
    valuation = State("Valuation", queue=Role.PROVIDER, due=working_days(10), step="Review", do="Get the rights valued")
    approval = State("Approval", queue=Role.PROVIDER, due=calendar_days(15), step="Approve", do="Decide on the loan")
    bank_approval = State(
        "Bank approval", queue=Role.PROVIDER, due=calendar_days(15), step="Approve", do="Get the bank's decision"
    )
    contracts = State(
        "Contracts", queue=Role.OFFICER, due=working_days(10), step="Register", do="Get the contracts signed"
    )
    registration = State(
        "Pledge registration", queue=Role.PROVIDER, due=working_days(5), step="Register", do="Register the pledge"
    )
    correction = State(
        "Correction", queue=Role.OFFICER, due=working_days(10), step="Register", do="Put the papers right"
    )
    drawdown = State("Drawdown", queue=Role.PROVIDER, due=working_days(10), step="Pay", do="Pay the loan out")
    servicing = State(
        "Servicing", queue=Role.PROVIDER, due=until("paid_out.final_due_on|extend_debt.until_on"), step="Repay",
        do="Follow the repayments",
    )  # fmt: skip
    overdue = State(
        "Overdue", queue=Role.PROVIDER, due=calendar_days(30), step="Repay", do="Settle the overdue repayment"
    )
    disposal = State(
        "Disposal", queue=Role.PROVIDER, due=calendar_days(365), step="Repay", do="Dispose of the pledged right"
    )
    deregistration = State(
        "Deregistration", queue=Role.PROVIDER, due=working_days(10), step="Repay", do="Get the pledge cancelled"
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
        application, by=Role.PROVIDER, form=RegisterCheck,
        guards=[
            rights_are_confirmed, rights_are_in_force, rights_can_be_pledged, fees_are_paid, rights_are_not_pledged,
            rights_are_not_given_away, rights_are_not_seized, rights_outlive_the_debt, pledgor_owns_each_right, co_owners_have_agreed,
            twin_is_answered, twin_agrees_with_the_record, requests_for_invalidation_are_accepted,
            invalidation_agrees_with_the_record, licences_are_accepted, licences_agree_with_the_record,
        ],
        do="Confirm that the rights can be pledged", done="confirmed that the rights can be pledged",
    )  # fmt: skip
    found_not_eligible = pre_check.to(
        not_eligible, by=Role.PROVIDER, kind=EXCEPTION, form=PointsFailing, name="not_eligible",
        guards=[points_agree_with_the_record],
        do="State that the rights cannot be pledged", done="stated that the rights cannot be pledged",
        consequence="The request for a loan ends.",
    )  # fmt: skip
    apply = application.to(
        due_diligence, by=(Role.OFFICER, Role.PROVIDER), form=Application,
        guards=[rights_are_confirmed, rights_are_not_pledged, rights_outlive_the_debt, pledgor_owns_each_right],
        do="Send the application", done="sent the application for a loan",
    )  # fmt: skip
    dd_done = due_diligence.to(
        valuation, by=Role.PROVIDER, form=Review,
        do="Record the due diligence", done="recorded the due diligence",
    )  # fmt: skip
    no_valuation = due_diligence.to(
        approval, by=Role.PROVIDER, form=ReviewWithoutValue,
        do="Record the due diligence, without a valuation", done="recorded the due diligence, without a valuation",
    )  # fmt: skip
    dd_fail = due_diligence.to(
        refused, by=Role.PROVIDER, kind=EXCEPTION, form=Reason,
        do="Refuse after due diligence", done="refused the loan after due diligence",
        consequence="The request for a loan ends.",
    )  # fmt: skip
    valued = valuation.to(
        approval, by=Role.PROVIDER, form=Valuation, do="Record the valuation", done="recorded the valuation"
    )
    value_too_low = valuation.to(
        refused, by=Role.PROVIDER, kind=EXCEPTION, form=ValueTooLow,
        do="Refuse, as the value is too low", done="refused the loan, as the value is too low",
        consequence="The request for a loan ends.",
    )  # fmt: skip
    approved = approval.to(
        bank_approval, by=Role.PROVIDER, form=FirstDoor, guards=[shares_make_a_hundred, approval_fits_its_application],
        do="Approve and send to the bank", done="approved the loan and sent the papers to the bank",
    )  # fmt: skip
    bank_approved = bank_approval.to(
        contracts, by=Role.PROVIDER, form=SecondDoor,
        guards=[shares_make_a_hundred, approval_fits_its_application, interest_is_usual],
        do="Record the bank's approval", done="recorded the bank's approval",
    )  # fmt: skip
    refuse = approval.to(
        refused, by=Role.PROVIDER, kind=EXCEPTION, form=Refusal, name="refused",
        do="Refuse the loan", done="refused the loan",
        consequence="The request for a loan ends.",
    )  # fmt: skip
    bank_refused = bank_approval.to(
        refused, by=Role.PROVIDER, kind=EXCEPTION, form=Refusal,
        do="Record the bank's refusal", done="recorded the bank's refusal",
        consequence="The request for a loan ends.",
    )  # fmt: skip

    # The pledge is made.
    signed = contracts.to(
        registration, by=(Role.OFFICER, Role.PROVIDER), form=Contracts,
        do="Record the contracts", done="recorded the signed contracts",
    )  # fmt: skip
    need_fix = registration.to(
        correction, by=Role.PROVIDER, kind=RETURN, form=OfficeNotice,
        do="Ask for corrected papers", done="asked for corrected papers",
    )  # fmt: skip
    fixed = correction.to(
        registration, by=(Role.OFFICER, Role.PROVIDER), kind=RETURN, form=Corrected,
        do="Send corrected papers", done="sent corrected papers",
    )  # fmt: skip
    not_registered = (registration | correction).to(
        refused, by=Role.PROVIDER, kind=EXCEPTION, form=NotRegistered,
        do="Record that the register refused", done="recorded that the register refused the pledge",
        consequence="The request for a loan ends.",
    )  # fmt: skip
    registered = registration.to(
        drawdown, by=Role.PROVIDER, form=Registered,
        guards=[applied_rights_are_confirmed, applied_rights_are_not_pledged, rights_are_not_seized, pledgor_owns_each_right],
        effects=[pledge_stands],
        do="Record the registration", done="recorded the registration of the pledge",
        consequence="The rights are pledged: from now on every licence or transfer needs the pledgee's consent.",
    )  # fmt: skip

    # The loan runs.
    paid_out = drawdown.to(
        servicing, by=Role.PROVIDER, form=Payment, needs=[PLEDGE_CERTIFICATE], opens=SERVICING_TASKS,
        guards=[
            payment_is_within_approval, rights_outlive_the_debt, agreed_repayments_fit_the_loan, agreed_days_lie_within_the_loan,
        ],
        do="Record the payment", done="recorded that the loan was paid out",
    )  # fmt: skip
    not_paid = drawdown.to(
        deregistration, by=Role.PROVIDER, kind=EXCEPTION, form=Reason, effects=[pledge_ends_with_its_debt],
        do="State that the loan is not paid", done="stated that the loan is not paid out",
    )  # fmt: skip
    repaid = (servicing | overdue).to(
        deregistration, by=Role.PROVIDER, form=Repaid, guards=[debt_is_paid], ends=OF_THE_LOAN,
        effects=[pledge_ends_with_its_debt],
        do="Record full repayment", done="recorded that the loan is repaid",
    )  # fmt: skip
    miss = servicing.to(
        overdue, by=Role.PROVIDER, kind=EXCEPTION, form=Miss, guards=[repayment_is_overdue],
        opens=[
            Task(
                "overdue_talk", "Talk with the borrower about the overdue loan", queue=Role.OFFICER,
                due=working_days(5), form=OverdueTalk, on="main", aftercare=True,
            )
        ],
        do="Record a missed repayment", done="recorded a missed repayment",
    )  # fmt: skip
    cured = overdue.to(
        servicing, by=Role.PROVIDER, kind=RETURN, guards=[something_is_owed, overdue_has_come_in, plan_is_met],
        do="State that nothing is overdue any more", done="stated that nothing is overdue any more",
    )  # fmt: skip
    default = overdue.to(
        disposal, by=Role.PROVIDER, kind=EXCEPTION, form=Default,
        do="Declare default", done="declared the loan in default",
        consequence="The pledged rights will be disposed of.",
    )  # fmt: skip
    disposed = disposal.to(
        deregistration, by=Role.PROVIDER, kind=EXCEPTION, form=Disposal, guards=[named_rights_are_pledged], ends=OF_THE_LOAN,
        effects=[pledge_ends_with_its_disposal],
        opens=[OWNER_CHECK],
        do="Record the disposal", done="recorded the disposal of the pledged right",
        consequence="A right that was sold is its former owner's no more: nothing of it is licensed or assigned in any case from then on.",
    )  # fmt: skip
    no_value = disposal.to(
        deregistration, by=Role.PROVIDER, kind=EXCEPTION, form=Reason, ends=OF_THE_LOAN,
        do="State that nothing can be recovered", done="stated that nothing can be recovered",
    )  # fmt: skip

    # The pledge ends: how it came here says what it ends as.
    cleared = deregistration.to(
        repaid_cleared, by=Role.PROVIDER, form=Cancellation, guards=[way_in_was_repayment], effects=[registration_is_cancelled],
        do="Record the cancellation", done="recorded the cancellation of the pledge after repayment",
    )  # fmt: skip
    cleared_recovered = deregistration.to(
        recovered, by=Role.PROVIDER, kind=EXCEPTION, form=Cancellation, guards=[way_in_was_disposal],
        effects=[registration_is_cancelled],
        do="Record the cancellation after disposal", done="recorded the cancellation of the pledge after disposal",
    )  # fmt: skip
    cleared_loss = deregistration.to(
        written_off, by=Role.PROVIDER, kind=EXCEPTION, form=Cancellation, guards=[way_in_was_no_value],
        effects=[registration_is_cancelled],
        do="Record the cancellation after a loss", done="recorded the cancellation of the pledge after a loss",
    )  # fmt: skip
    cleared_not_paid = deregistration.to(
        refused, by=Role.PROVIDER, kind=EXCEPTION, form=Cancellation, guards=[way_in_was_not_paid],
        effects=[registration_is_cancelled],
        do="Record the cancellation without a loan", done="recorded the cancellation of the pledge without a loan",
    )  # fmt: skip
    cleared_withdrawn = deregistration.to(
        withdrawn, by=Role.PROVIDER, kind=EXCEPTION, form=Cancellation, guards=[way_in_was_withdrawal],
        effects=[registration_is_cancelled],
        do="Record the cancellation after withdrawal",
        done="recorded the cancellation of the pledge after withdrawal",
    )  # fmt: skip

    # Leaving early.
    withdraw = (
        pre_check | application | due_diligence | valuation | approval | bank_approval | contracts
        | registration | correction
    ).to(
        withdrawn, by=Role.OFFICER, kind=EXCEPTION, form=Withdrawal,
        do="Withdraw the request", done="withdrew the request for a loan",
        consequence="The request for a loan ends.",
    )  # fmt: skip
    withdraw_registered = drawdown.to(
        deregistration, by=Role.OFFICER, kind=EXCEPTION, form=Withdrawal, name="withdraw",
        effects=[pledge_ends_with_its_debt],
        do="Withdraw the request", done="withdrew the request for a loan",
        consequence="The registered pledge must be cancelled.",
    )  # fmt: skip
    replaced_by_other = (
        pre_check | application | due_diligence | valuation | approval | bank_approval | contracts
        | registration | correction
    ).to(
        replaced, by=Role.SYSTEM, kind=EXCEPTION, effects=[service_is_replaced], name="replace",
        opens=[
            Task(
                "usable_results", "List what can still be used of the request for a loan", queue=Role.OFFICER,
                due=working_days(5), form=UsableResults, on="main", aftercare=True,
                done="listed what can still be used of the request for a loan",
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
    money = {
        "wanted": "apply.amount", "offered": "approved.amount", "approved": "bank_approved.amount",
        "paid": "paid_out.amount", "repaid": "repayment.principal", "interest": "repayment.interest",
        "repaid_on": "repayment.paid_on", "recovered": "disposed.amount", "valued": "valued.value|valuation_refresh.value",
        "paid_on": "paid_out.paid_on", "valued_on": "valued.valued_on|valuation_refresh.valued_on",
    }  # fmt: skip
    on_request = (
        ((servicing, overdue), (Role.PROVIDER,), REPAYMENT),
        ((drawdown, servicing, overdue), (Role.PROVIDER,), CHANGE),
        ((servicing,), (Role.PROVIDER,), EXTENSION),
        ((servicing, overdue), (Role.OFFICER,), FEE_CHECK),
        ((servicing, overdue, disposal), (Role.OFFICER, Role.PROVIDER), CLAIM),
    )
    outlives = (servicing, overdue, disposal, deregistration)
