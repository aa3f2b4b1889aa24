"""Green finance for a project: a bank or an investor is looked for, agrees on terms, and pays."""

from __future__ import annotations

from casework.engine.definition.forms import (
    Choice,
    Date,
    Documents,
    Form,
    Items,
    Listed,
    Money,
    Note,
    Number,
    Provider,
    Rows,
    Text,
    YesNo,
)
from casework.engine.definition.grammar import (
    EXCEPTION,
    RETURN,
    Final,
    State,
    Task,
    Workflow,
    calendar_days,
    same,
    until,
    working_days,
)
from casework.engine.roles import Role
from casework.engine.state.impact_values import CLAIMED, MEASURED, VERIFIED
from workflows.agreement_forms import Condition
from workflows.impact import (
    METHODS,
    Reading,
    conditions_of,
    each_figure_once,
    factors_have_sources,
    period_in_order,
    record_reported_effect,
)
from workflows.money_guards import (
    approval_fits_its_application,
    interest_is_usual,
    payment_is_within_approval,
    sum_paid_does_not_fall,
)
from workflows.pledge_forms import asked_back
from workflows.service_effects import service_is_replaced

# --- forms -----------------------------------------------------------------------------------------------------------

INSTRUMENTS = {
    "loan": "Loan", "lease": "Lease", "bond": "Bond", "fund": "Fund", "equity": "Equity",
    "convertible": "Convertible loan", "guarantee": "Guarantee", "grant": "Grant", "other": "Other",
}  # fmt: skip


class GreenScreening(Form):
    """Under which item of which catalogue the project counts as green."""

    item = Listed(
        label="Item of the catalogue", catalogue="green_items",
        help="Version, code and name as the programme’s list has them. What is missing there, its office adds.",
    )  # fmt: skip
    evidence = Documents(label="Evidence")


class Reason(Form):
    """Why."""

    reason = Note(label="Reason")


class Returned(Form):
    """Why the search starts again."""

    reason = Text(label="Reason", max=1000)


class Profile(Form):
    """What an investor is shown."""

    teaser = Documents(label="Teaser without secrets", required=False, help="The case sheet stands for it.")
    amount = Money(label="Amount wanted", prefill="request.amount")
    instrument = Choice(label="Instrument", choices=INSTRUMENTS)
    use = Text(label="Use of the money")
    stage = Choice(
        label="Stage of the project",
        choices={
            "idea": "Idea", "pilot": "Pilot", "first_plant": "First plant", "growth": "Growth",
            "running": "Running",
        },
    )  # fmt: skip
    nda = YesNo(label="Non-disclosure agreement for the data room is signed", must=True)


class Investor(Form):
    """Who looks at the project."""

    investor = Text(label="Investor or bank")
    mandate = Documents(label="Mandate")
    no_interest = YesNo(label="The provider has declared no conflicting interest", must=True)


class NoneFound(Form):
    """How many were asked, and why none took part."""

    asked = Number(label="How many were asked", whole=True, min="0")
    reason = Note(label="Reasons")


class DueDiligence(Form):
    """Every part of the examination is done."""

    technical = YesNo(label="Technical part done, with the assessment report", must=True)
    market = YesNo(label="Market part done", must=True)
    legal_and_ip = YesNo(label="Legal and intellectual property part done", must=True)
    financial = YesNo(label="Financial part done", must=True)
    environmental_and_social = YesNo(label="Environmental and social part done", must=True)


class TermSheet(Form):
    """The terms on which both sides agree."""

    instrument = Choice(label="Instrument", choices=INSTRUMENTS, prefill="finance.ready.instrument")
    amount = Money(label="Amount offered", prefill="finance.ready.amount")
    term_sheet = Documents(label="Term sheet")
    valid_until = Date(label="Valid until", future=True)


class Decision(Form):
    """What the investor or bank decided."""

    amount = Money(label="Amount approved", prefill="finance.terms_agreed.amount")
    decision = Documents(label="Decision")
    decided_on = Date(label="Decided on", past=True)
    rate = Number(label="Interest in a year", unit="%", min="0", required=False, help="Of a loan")
    departs = asked_back()
    conditions = Note(label="Conditions", required=False)


class Contracts(Form):
    """The contracts, and what must be met before money flows."""

    contracts = Documents(label="Contracts")
    conditions_precedent = Items(label="Conditions precedent")


class Closing(Form):
    """The money is there."""

    amount = Money(label="Amount paid, in all", prefill="finance.approved.amount")
    closed_on = Date(label="Paid on", past=True)
    instrument = Choice(label="Instrument", choices=INSTRUMENTS, prefill="finance.terms_agreed.instrument")
    use_of_proceeds = YesNo(label="The duty to use the money as agreed is in the contract", must=True)


class PaidSoFar(Form):
    """Part of the money is there, and the rest is to come."""

    amount = Money(
        label="Amount paid so far, in all",
        help="The rest is awaited: record the payment once all is there, or the last part of it where no more comes.",
    )  # fmt: skip
    paid_on = Date(label="Paid on", past=True)


class PartClosing(Form):
    """Part of the money is there, and no more comes."""

    amount = Money(label="Amount paid, in all")
    closed_on = Date(label="Paid on", past=True)
    open_conditions = Items(label="Conditions still open")


_VERIFIED = ("basis", (VERIFIED,))
#: Whatever the report names becomes a record of the effect, at the level that it has.
_NAMED = ("basis", (CLAIMED, MEASURED, VERIFIED))


class BenefitReport(Form):
    """What the financed project did for the environment in a year."""

    report = Documents(label="Report")
    basis = Choice(
        label="Basis of the figures",
        choices={CLAIMED: "Claimed", MEASURED: "Measured", VERIFIED: "Verified"},
        required=False, help="Empty: the report names none",
    )  # fmt: skip
    verifier = Provider(label="Verifier", service="verification", when=_VERIFIED)
    number = Text(label="Number of the statement", max=100, fact=True, when=_VERIFIED)
    period_from = Date(label="From", past=True, when=_NAMED)
    period_to = Date(label="To", past=True, when=_NAMED)
    figures = Rows(
        label="Values of the period", row=Reading, most=20, fact=True, when=_NAMED,
        help="What there was in the period, not what was saved: they become records of the effect",
    )  # fmt: skip
    method = Choice(label="How they were established", choices=METHODS, when=_NAMED)
    conditions = conditions_of(_NAMED)


class UsableResults(Form):
    """What of the former provider's work can still be used."""

    documents = Documents(label="Results that can still be used", required=False)
    words = Note(label="Remarks", required=False)


BENEFIT_REPORTS = tuple(
    Task(
        "benefit_report", "Get the yearly report on environmental benefit", queue=Role.OFFICER,
        due=calendar_days(30), form=BenefitReport, after=calendar_days(365 * year, since="closed_on"),
        guards=(period_in_order, each_figure_once, factors_have_sources), effects=(record_reported_effect,),
        on="main", aftercare=True, done="recorded the yearly report on environmental benefit",
    )
    for year in (1, 2, 3)
)  # fmt: skip
#: Each condition that the contracts name has its day; what is still open when a part is paid stands with the case.
CONDITION_PRECEDENT = Task(
    "condition_precedent", "Check that a condition of the money is met", queue=Role.OFFICER, due=until("by"), form=Condition,
    per="items:conditions_precedent",
)  # fmt: skip
OPEN_CONDITION = Task(
    "open_condition", "Check that an open condition of the money is met", queue=Role.OFFICER, due=until("by"), form=Condition,
    per="items:open_conditions", on="main", aftercare=True,
)  # fmt: skip


# --- the workflow ----------------------------------------------------------------------------------------------------


class Finance(Workflow):
    """A finance provider screens a project, finds money for it, and sees it through to payment."""

    workflow = "finance"
    title = "Green finance"
    inside = "referral"
    first_step_fires = "start"

    screening = State("Screening", queue=Role.PROVIDER, due=working_days(10), step="Screen", do="Screen the project")
    profile = State("Profile", queue=Role.OFFICER, due=working_days(10), step="Screen", do="Prepare what investors see")
    matching = State("Matching", queue=Role.PROVIDER, due=calendar_days(30), step="Match", do="Find an investor")
    due_diligence = State(
        "Due diligence", queue=Role.PROVIDER, due=calendar_days(45), step="Review", do="Examine the project"
    )
    term_sheet = State("Term sheet", queue=Role.OFFICER, due=calendar_days(30), step="Terms", do="Get the terms agreed")
    approval = State("Approval", queue=Role.PROVIDER, due=calendar_days(30), step="Terms", do="Decide on the financing")
    documents = State(
        "Documents", queue=Role.OFFICER, due=calendar_days(30), step="Fund", do="Get the contracts signed"
    )
    closing = State("Financial close", queue=Role.PROVIDER, due=working_days(20), step="Fund", do="Meet the conditions")
    funded = Final("Funded")
    part_funded = Final("Partly funded")
    not_eligible = Final("Not eligible")
    declined = Final("No funding")
    withdrawn = Final("Withdrawn")
    replaced = Final("Replaced")

    green = screening.to(
        profile, by=Role.PROVIDER, form=GreenScreening,
        do="Confirm that the project is green", done="confirmed that the project is green",
    )  # fmt: skip
    not_green = screening.to(
        not_eligible, by=Role.PROVIDER, kind=EXCEPTION, form=Reason,
        do="State that the project is not green", done="stated that the project is not green",
        consequence="The search for green finance ends.",
    )  # fmt: skip
    ready = profile.to(
        matching, by=Role.OFFICER, form=Profile,
        do="Release the profile", done="released the profile to the provider",
    )  # fmt: skip
    investor_found = matching.to(
        due_diligence, by=Role.PROVIDER, form=Investor,
        do="Name an investor", done="named an investor",
    )  # fmt: skip
    none_found = matching.to(
        declined, by=Role.PROVIDER, kind=EXCEPTION, form=NoneFound,
        do="State that nobody was found", done="stated that nobody was found",
        consequence="The search for green finance ends without money.",
    )  # fmt: skip
    dd_ok = due_diligence.to(
        term_sheet, by=Role.PROVIDER, form=DueDiligence,
        do="Confirm the due diligence", done="confirmed the due diligence",
    )  # fmt: skip
    dd_no = due_diligence.to(
        matching, by=Role.PROVIDER, kind=RETURN, form=Returned,
        do="Go back to matching", done="went back to matching after due diligence",
    )  # fmt: skip
    terms_agreed = term_sheet.to(
        approval, by=Role.OFFICER, form=TermSheet,
        do="Record the term sheet", done="recorded the term sheet",
    )  # fmt: skip
    no_terms = term_sheet.to(
        matching, by=Role.OFFICER, kind=RETURN, form=Returned,
        do="Record that no terms were agreed", done="recorded that no terms were agreed",
    )  # fmt: skip
    approved = approval.to(
        documents, by=Role.PROVIDER, form=Decision, guards=[approval_fits_its_application, interest_is_usual],
        do="Record the approval", done="recorded the approval of the money",
    )  # fmt: skip
    rejected = approval.to(
        declined, by=Role.PROVIDER, kind=EXCEPTION, form=Reason,
        do="Record the rejection", done="recorded the rejection",
        consequence="The search for green finance ends without money.",
    )  # fmt: skip
    docs_signed = documents.to(
        closing, by=Role.OFFICER, form=Contracts, opens=[CONDITION_PRECEDENT],
        do="Record the contracts", done="recorded the signed contracts",
    )  # fmt: skip
    pay_part = closing.to(
        same(), by=Role.PROVIDER, kind=EXCEPTION, form=PaidSoFar, guards=[payment_is_within_approval, sum_paid_does_not_fall],
        do="Record what is paid so far", done="recorded what is paid so far",
    )  # fmt: skip
    cp_met = closing.to(
        funded, by=Role.PROVIDER, form=Closing, guards=[payment_is_within_approval, sum_paid_does_not_fall], opens=BENEFIT_REPORTS,
        do="Record the payment", done="recorded the payment",
        consequence="The project counts as funded.",
    )  # fmt: skip
    cp_part = closing.to(
        part_funded, by=Role.PROVIDER, form=PartClosing, guards=[payment_is_within_approval, sum_paid_does_not_fall],
        opens=[OPEN_CONDITION, *BENEFIT_REPORTS],
        do="Record the last part of the payment", done="recorded the last part of the payment",
        consequence="No more money comes. The project counts as partly funded.",
    )  # fmt: skip
    cp_failed = closing.to(
        declined, by=Role.PROVIDER, kind=EXCEPTION, form=Reason,
        do="State that conditions were not met", done="stated that conditions were not met",
        consequence="The search for green finance ends without money.",
    )  # fmt: skip
    withdraw = (
        screening | profile | matching | due_diligence | term_sheet | approval | documents | closing
    ).to(
        withdrawn, by=Role.OFFICER, kind=EXCEPTION, form=Reason,
        do="Withdraw the request", done="withdrew the request for finance",
        consequence="The search for green finance ends.",
    )  # fmt: skip
    replace = (
        screening | profile | matching | due_diligence | term_sheet | approval | documents | closing
    ).to(
        replaced, by=Role.SYSTEM, kind=EXCEPTION, effects=[service_is_replaced],
        opens=[
            Task(
                "usable_results", "List what can still be used of the search for finance", queue=Role.OFFICER,
                due=working_days(5), form=UsableResults, on="main", aftercare=True,
                done="listed what can still be used of the search for finance",
            )
        ],
        done="ended the search for finance, because another provider takes its place",
    )  # fmt: skip

    milestones = {
        "offered": [documents, closing, funded, part_funded],
        "paid": [funded, part_funded],
    }
    money = {
        "wanted": "ready.amount", "offered": "terms_agreed.amount", "approved": "approved.amount",
        "paid": "pay_part.amount|cp_met.amount|cp_part.amount", "approved_on": "approved.decided_on",
        "paid_on": "pay_part.paid_on|cp_met.closed_on|cp_part.closed_on",
    }  # fmt: skip
