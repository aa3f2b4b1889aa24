"""The forms of a pledge, from the check of the register to the end of the loan."""

from __future__ import annotations

from casework.engine.definition.forms import (
    Choice,
    Date,
    Documents,
    Form,
    Many,
    Money,
    Note,
    Number,
    OrganisationField,
    PartyField,
    Provider,
    Rights,
    Rows,
    Text,
    YesNo,
)
from workflows.papers import PLEDGE_CERTIFICATE

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


#: Whose rights are pledged: borrower, pledgor and owner of the right are three facts.
PLEDGORS = {
    "need_owner": "The need owner",
    "technology_owner": "The technology owner",
    "other": "Another owner, as the record of the rights names it",
}
_IF_ANY = {"none": "There is none", "accepted": "There is one; it was disclosed, and the lender still wants the pledge"}


class RegisterCheck(Form):
    """Of the twelve points those that the record cannot tell; the others are worked out from it."""

    pledgor = Choice(
        label="Pledgor", choices=PLEDGORS, help="An owner of each right, as its record says", prefill="request.pledgor"
    )
    rights = Rights(label="Rights to be pledged", prefill="case.rights")
    owner_seen = YesNo(
        label="The register names the pledgor as an owner of each right", required=False, asked_if="owner_is_asked",
        help="The record of a right does not say whose it is",
    )  # fmt: skip
    co_owners = YesNo(
        label="Every co-owner has agreed, or there is none", must=True, required=False, asked_if="co_owners_are_asked",
        help="The record of a right names several owners, or none",
    )  # fmt: skip
    twin = Choice(
        label="Twin application of the same day", choices=_IF_ANY, required=False, asked_if="twin_is_asked",
        help="Asked of inventions, utility models and applications",
    )  # fmt: skip
    invalidation = YesNo(
        label="The lender knows of the request for invalidation that is on record, and still wants the pledge",
        must=True, required=False, asked_if="invalidation_is_asked",
    )  # fmt: skip
    licensed = YesNo(
        label="The lender knows of the exclusive or sole licence that is on record, and still wants the pledge",
        must=True, required=False, asked_if="licence_is_asked",
    )  # fmt: skip
    dispute = YesNo(label="Ownership is in dispute", must=False)
    other = YesNo(label="Another ground of refusal is known", must=False)
    checked_on = Date(label="Date of the check", past=True)


class PointsFailing(Form):
    """Which points fail."""

    points = Many(label="Points that fail", choices=REGISTER_POINTS)
    words = Note(label="Remarks", required=False)


class Application(Form):
    """Who wants to borrow how much against what."""

    borrower = PartyField(label="Borrower", prefill="request.borrower")
    lender = Provider(
        label="Lender", service="pledge", prefill="track.provider",
        help="The organisation to which the rights are pledged: the provider itself, or the bank for which it acts",
    )  # fmt: skip
    rights = Rights(label="Rights to be pledged", prefill="pledge.eligible.rights")
    amount = Money(label="Amount wanted", prefill="request.amount")
    term_months = Number(label="Term", unit="months", whole=True, min="1", max="600")
    use = Text(label="Use of the money")
    papers = Documents(label="Financial statements, tax record and business plan")


FLOW = {"strong": "Strong", "fair": "Fair", "weak": "Weak"}


class Review(Form):
    """What the examination of the borrower found."""

    cash_flow = Choice(label="Cash flow", choices=FLOW)
    technology_flow = Choice(label="Technology flow", choices=FLOW)
    growth = Choice(label="Growth", choices=FLOW)
    report = Documents(label="Report", required=False)


class ReviewWithoutValue(Review):
    """The same, and why nobody is asked what the rights are worth."""

    why_not_valued = Choice(
        label="Why the rights are not valued",
        choices={
            "lender": "The lender judges it itself", "market": "The market has a price to compare",
            "amount": "The amount is small", "other": "Other",
        },
    )  # fmt: skip


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


def asked_back() -> YesNo:
    """Of whoever approves what is out of the common."""
    return YesNo(
        label="Looked at again: it is right as entered",
        required=False,
        help="Only for more than was applied for, another currency, or interest above what loans have",
    )


class FirstDoor(Form):
    """The provider's own approval, and how it proposes to share the risk."""

    amount = Money(label="Amount offered", prefill="pledge.apply.amount")
    term_months = Number(
        label="Term", unit="months", whole=True, min="1", max="600", prefill="pledge.apply.term_months"
    )
    pool_share = Number(label="Share of the risk pool", unit="%", min="0", max="100", required=False)
    guarantor_share = Number(label="Share of the guarantor", unit="%", min="0", max="100", required=False)
    insurer_share = Number(label="Share of the insurer", unit="%", min="0", max="100", required=False)
    bank_share = Number(label="Share of the bank", unit="%", min="0", max="100")
    departs = asked_back()


class SecondDoor(FirstDoor):
    """The bank's approval, and how the risk is shared."""

    amount = Money(label="Amount approved", prefill="pledge.approved.amount")
    rate = Number(label="Interest in a year", unit="%", min="0")


class Refusal(Form):
    """Why the loan was refused."""

    reason = Choice(label="Reason", choices=REFUSALS)
    words = Note(label="Remarks", required=False)


class Contracts(Form):
    """The papers that the register wants."""

    papers = Documents(label="Loan contract, pledge contract, identity papers, power of attorney")
    signed_on = Date(label="Signed on", past=True)
    complete = YesNo(label="The pledge contract says all that the register asks of it", must=True)
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
        label="Notice of pledge registration", kinds=(PLEDGE_CERTIFICATE.kind,), required=False,
        help="At the latest before the loan is paid out",
    )  # fmt: skip


class AgreedRepayment(Form):
    """What is to come back of the loan, and when."""

    by = Date(label="Day", future=True)
    principal = Money(label="Of the loan")


class Payment(Form):
    """The loan was paid out."""

    amount = Money(label="Amount paid out", prefill="pledge.bank_approved.amount")
    paid_on = Date(label="Paid out on", past=True)
    final_due_on = Date(label="Last repayment due on", future=True)
    start_conditions_met = YesNo(label="The start conditions are met", must=True)
    repayments = Rows(
        label="Repayments as agreed", row=AgreedRepayment, most=120, fact=True,
        help="Day by day what is paid back of the loan. What is not agreed for a day is owed on the last one.",
    )  # fmt: skip


class Repaid(Form):
    """The debt is paid, so the pledge has lost its ground."""

    proof = Documents(label="Proof that the pledge has ended")


class Cancellation(Form):
    """The register has cancelled the pledge."""

    notice = Documents(label="Cancellation notice")
    cancelled_on = Date(label="Cancelled on", past=True)


class Miss(Form):
    """A repayment did not come."""

    amount = Money(label="Amount overdue")
    days = Number(label="Days overdue", unit="days", whole=True, min="1")


class Default(Form):
    """Upon whom the lender calls."""

    claims = Many(
        label="Claims are made on",
        choices={"guarantor": "Guarantor", "insurer": "Insurer", "pool": "Risk pool", "none": "Nobody"},
    )
    claimed_on = Date(label="Claimed on", past=True)


#: The ways by which a right goes to another owner.
MOVING = ("sale", "managed_transfer")


class Disposal(Form):
    """How the pledged right was turned into money."""

    path = Choice(
        label="Path",
        choices={
            "licence_back": "Licence back to the pledgor", "sale": "Sale or auction",
            "debt_to_equity": "Debt turned into equity", "managed_transfer": "Managed transfer",
        },
    )  # fmt: skip
    rights = Rights(label="Rights that go to another owner", when=("path", MOVING), prefill="pledge.apply.rights")
    taken_by = Text(label="Who takes them over", max=200, when=("path", MOVING))
    amount = Money(label="Amount recovered")
    disposed_on = Date(label="Disposed of on", past=True)


class Withdrawal(Form):
    """Who withdraws, and why."""

    party = PartyField(label="Who withdraws")
    reason = Note(label="Reason")


class RegistrationChanged(Form):
    """What the register says of the pledge now."""

    what = Many(
        label="What was changed",
        choices={
            "pledgor": "Name or address of the pledgor", "pledgee": "Name or address of the pledgee",
            "amount": "Secured amount", "term": "Term of the debt", "other": "Other",
        },
    )  # fmt: skip
    amount = Money(label="Secured amount now", required=False, help="Only where the secured amount was changed")
    until_on = Date(
        label="Last day of the debt now", required=False, future=True,
        help="Only where the term was changed: an extension of the registration",
    )  # fmt: skip
    changed_on = Date(label="Changed on", past=True)
    notice = Documents(label="Notice of the change")


class DebtExtended(Form):
    """The debt runs longer."""

    until_on = Date(label="Last repayment due on", future=True)
    papers = Documents(label="Agreement on the extension")


class Claim(Form):
    """What is claimed for the loan, and from whom."""

    kind = Choice(
        label="Claim",
        choices={
            "interest_subsidy": "Interest subsidy", "risk_pool": "Compensation by the risk pool",
            "guarantee": "Payment by the guarantor", "insurance": "Payment by the insurer",
        },
        done={
            "interest_subsidy": "claimed the interest subsidy", "risk_pool": "claimed compensation by the risk pool",
            "guarantee": "claimed payment by the guarantor", "insurance": "claimed payment by the insurer",
        },
    )  # fmt: skip
    amount = Money(label="Amount claimed")
    claimed_on = Date(label="Claimed on", past=True)
    papers = Documents(label="Papers of the claim")


class ClaimAnswer(Form):
    """What came of the claim."""

    granted = YesNo(
        label="It was granted",
        done={"yes": "recorded that the claim was granted", "no": "recorded that the claim was refused"},
    )
    amount = Money(label="Amount granted", when=("granted", (True,)))
    papers = Documents(label="Decision", required=False)


class FeeChecked(Form):
    """The annual fee of pledged rights is paid; their records say so from then on."""

    rights = Rights(
        label="Rights whose fee is paid until then", prefill="pledge.apply.rights",
        help="Where another one is paid until another day, leave it out here and record it by itself",
    )  # fmt: skip
    paid_to = Date(label="Fee is paid until", future=True)


class ValueRefreshed(Form):
    """What the pledged right is worth a year later."""

    value = Money(label="Value")
    valued_on = Date(label="Date of the valuation", past=True)


class RepaymentMade(Form):
    """A repayment came."""

    paid_on = Date(label="Paid on", past=True)
    principal = Money(label="Repaid of the loan", help="What is owed afterwards is worked out")
    interest = Money(label="Interest paid", required=False)


class OverdueTalk(Form):
    """What came of the talk with the borrower."""

    talked_on = Date(label="Talked on", past=True)
    result = Choice(
        label="What the borrower says",
        choices={"will_pay": "Will pay", "asks_time": "Asks for time", "cannot_pay": "Cannot pay"},
        done={
            "will_pay": "recorded that the borrower will pay",
            "asks_time": "recorded that the borrower asks for time",
            "cannot_pay": "recorded that the borrower cannot pay",
        },
    )


class OwnerCheck(Form):
    """Whose the rights are once they were disposed of, by their register; their records say so from then on."""

    rights = Rights(label="Rights that this is about", prefill="pledge.disposed.rights|pledge.apply.rights")
    owner_changed = YesNo(
        label="They have another owner now",
        done={
            "yes": "recorded the new owner of the pledged rights",
            "no": "recorded that the pledged rights have the same owner",
        },
    )
    owner = OrganisationField(
        label="New owner", when=("owner_changed", (True,)), help="On record as an organisation: it holds the rights from then on",
    )  # fmt: skip
    registered_on = Date(label="Theirs since", past=True, when=("owner_changed", (True,)))
    number = Text(
        label="Number of the registration", max=100, required=False, when=("owner_changed", (True,)),
        help="Where a register has entered it",
    )  # fmt: skip
    notice = Documents(label="Notice of the registration, or the contract", when=("owner_changed", (True,)))
    reason = Note(label="Why they have not", when=("owner_changed", (False,)))


class UsableResults(Form):
    """What of the former provider's work can still be used."""

    documents = Documents(label="Results that can still be used", required=False)
    words = Note(label="Remarks", required=False)
