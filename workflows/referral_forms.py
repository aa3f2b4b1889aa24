"""The forms of a referral: what officer and provider are asked from the request to the rating."""

from __future__ import annotations

from casework.engine.definition.forms import (
    Choice,
    Date,
    Documents,
    Money,
    Note,
    Number,
    Panel,
    PartyField,
    Person,
    Provider,
    Providers,
    Rows,
    Text,
    YesNo,
)
from casework.engine.definition.grammar import Form
from casework.engine.roles import Role
from workflows import joins
from workflows.assessment import ClaimedValue
from workflows.codes import OPEN_SERVICES, PAYERS, SERVICES
from workflows.impact import METHODS, VerifiedFigure, conditions_of
from workflows.pledge_forms import PLEDGORS

#: Beside what a request says for the case sheet.
ON_SHEET = "It stands on the case sheet, which the provider reads after accepting."


class _OfService(Form):
    """What is asked depends on the service; a mediation has no question, documents, planned delivery or rating."""

    service = Choice(label="Service", choices=SERVICES, prefill="track.kind")


class Request(_OfService):
    provider = Provider(label="Provider", prefill="track.provider")
    wanted_on = Date(label="Answer wanted by", future=True, prefill="track.wanted_on")
    fee = Choice(label="Who pays", choices=PAYERS, prefill="service_plan.payer")
    question = Note(label="What is asked", when=("service", OPEN_SERVICES), prefill="track.question")
    #: What stands on the case sheet: the provider reads it once the request is accepted.
    claim = Rows(
        label="What the technology claims to do", row=ClaimedValue, most=20, fact=True, required=False,
        when=("service", ("assessment",)), help=ON_SHEET,
    )  # fmt: skip
    amount = Money(label="Amount wanted", when=("service", ("pledge", "finance")), help=ON_SHEET)
    borrower = PartyField(label="Borrower", when=("service", ("pledge",)))
    pledgor = Choice(label="Pledgor", choices=PLEDGORS, when=("service", ("pledge",)))
    documents = Documents(label="Documents shared", required=False, when=("service", OPEN_SERVICES))
    shared_until = Date(
        label="Last day of the access to them", required=False, future=True, when=("service", OPEN_SERVICES),
        help="Empty: until the referral ends, or the consent, whichever is earlier",
    )  # fmt: skip
    panel = Panel(
        label="Providers to ask next, in order", required=False, when=("service", OPEN_SERVICES),
        help="If this provider declines, has a conflict or does not answer, the same request goes to the next one by itself.",
    )  # fmt: skip
    beside = Providers(
        label="Other providers to ask at once", required=False, when=("service", OPEN_SERVICES), help=joins.AT_ONCE
    )
    join = Choice(
        label="If several are asked: what the case waits for", choices=joins.RULES, required=False,
        when=("service", OPEN_SERVICES), help=joins.ENOUGH_IS,
    )  # fmt: skip
    needed = Number(label="How many results", min="1", max="20", whole=True, when=("join", ("some",)))


class WantedItems(Form):
    items = Note(label="What is missing")


class SuppliedItems(Form):
    documents = Documents(label="Documents supplied", required=False)
    shared_until = Date(
        label="Last day of the access to them", required=False, future=True,
        help="Empty: until the referral ends, or the consent, whichever is earlier",
    )  # fmt: skip
    answer = Note(label="Answer, or why it cannot be supplied")


class DeclaredConflict(Form):
    nature = Choice(
        label="Nature of the interest",
        choices={"financial": "Financial", "family": "Family", "employment": "Employment", "earlier_work": "Earlier work",
                 "competitor": "Work for a competitor", "other": "Other"},
    )  # fmt: skip
    person = Person(label="Who has it, if not you", role=Role.PROVIDER, required=False)
    note = Note(label="Explanation")


class WaivedConflict(_OfService):
    """Of a mediation, which is sealed, the mediators keep the consents: there is no place for the office's papers."""

    need_owner_consents = YesNo(label="Does the need owner consent in writing?", must=True)
    technology_owner_consents = YesNo(label="Does the technology owner consent in writing?", must=True)
    consents = Documents(label="The consents of both parties", when=("service", OPEN_SERVICES))
    reason = Note(label="Why")


class OtherPerson(Form):
    person = Person(label="Person named instead", role=Role.PROVIDER)
    interest = YesNo(label="Has this person an interest in the matter?", must=False)


class Reason(Form):
    reason = Note(label="Why")


class Acceptance(_OfService):
    interest = YesNo(label="Has the person named, or your organisation, an interest in the matter?", must=False)
    confidentiality = YesNo(label="Will everything shared be kept confidential?", must=True)
    planned_on = Date(label="Planned delivery", future=True, prefill="track.wanted_on", when=("service", OPEN_SERVICES))
    person = Person(label="Person in charge", role=Role.PROVIDER, prefill="reader")
    charge = Choice(
        label="Price, if it is not as the request says", required=False,
        choices={"free": "Free of charge", "priced": "At a price"},
    )  # fmt: skip
    price = Money(label="Price agreed", when=("charge", ("priced",)))


class Refusal(Form):
    reason = Choice(
        label="Why",
        choices={"no_capacity": "No capacity", "out_of_scope": "Out of scope", "no_capability": "No capability",
                 "price": "Price", "other": "Other"},
    )  # fmt: skip
    note = Note(label="Note", required=False)


class PartDelivery(Form):
    part = Text(label="Which part")
    documents = Documents(label="Deliverable", required=False, valid=True)
    note = Note(label="Note", required=False)


class AskedExtension(Form):
    new_date = Date(label="New date wanted", future=True)
    reason = Note(label="Why")


class DecidedExtension(Form):
    granted = YesNo(
        label="Is it granted?", done={"yes": "granted more time", "no": "refused more time"},
        press={"yes": "Grant more time", "no": "Refuse more time"},
    )  # fmt: skip
    until_on = Date(label="New date", future=True, when=("granted", (True,)), prefill="ask_extension.new_date")
    note = Note(label="Note", required=False)


class DecidedObjection(Form):
    outcome = Choice(
        label="How is it decided?",
        choices={"upheld": "It is upheld: what it is about was not in order", "dismissed": "It is dismissed: what it is about stands"},
        done={"upheld": "upheld the objection", "dismissed": "dismissed the objection"},
        press={"upheld": "Uphold the objection", "dismissed": "Dismiss the objection"},
    )  # fmt: skip
    reason = Note(label="Why, for both sides to read")


class Suspension(Form):
    reason = Choice(
        label="Why",
        choices={"consent_lost": "A consent was withdrawn", "fee": "A fee is unpaid", "parties": "The parties asked for it",
                 "other": "Other"},
    )  # fmt: skip
    note = Note(label="Note")


class Delivery(_OfService):
    delivered_on = Date(label="Delivered on", past=True)
    documents = Documents(label="Deliverable", when=("service", OPEN_SERVICES), valid=True)
    effect = Choice(
        label="What the verification has come to", when=("service", ("verification",)),
        choices={"verified": "The effect is verified", "not_verified": "It could not be verified"},
    )  # fmt: skip
    number = Text(label="Number of the statement", max=100, fact=True, when=("effect", ("verified",)))
    period_from = Date(label="Verified from", past=True, when=("effect", ("verified",)))
    period_to = Date(label="Verified to", past=True, when=("effect", ("verified",)))
    figures = Rows(label="Verified values", row=VerifiedFigure, most=20, fact=True, when=("effect", ("verified",)))
    method = Choice(label="How they were established", choices=METHODS, when=("effect", ("verified",)))
    conditions = conditions_of(("effect", ("verified",)))
    note = Note(label="Note", required=False, when=("service", OPEN_SERVICES))


class Approval(_OfService):
    checked = YesNo(label="Does it answer the question?", must=True, when=("service", OPEN_SERVICES))
    rating = Number(label="Rating", min="1", max="5", whole=True, when=("service", OPEN_SERVICES))
    note = Note(label="Note", required=False, when=("service", OPEN_SERVICES))


class PointsToCorrect(Form):
    points = Note(label="What is to be corrected")


class Returned(Form):
    how = Choice(
        label="What became of every copy",
        choices={"returned": "Given back", "destroyed": "Destroyed"},
        done={"returned": "returned the copies", "destroyed": "destroyed the copies"},
    )
    note = Note(label="Note", required=False)


class Cancellation(Form):
    reason = Choice(
        label="Why",
        choices={"not_needed": "No longer needed", "party_withdrew": "A party withdrew", "other_provider": "Another provider",
                 "provider_failed": "The provider does not do it", "other": "Other"},
    )  # fmt: skip
    fees_settled = YesNo(label="Are the fees due settled, or none due?", must=True)
    note = Note(label="Documents to be returned, and other remarks", required=False)


class NextProvider(Form):
    next = Choice(
        label="What happens next",
        choices={
            "assessment": "Ask another assessor",
            "pledge": "Ask another lender for the pledge loan",
            "finance": "Ask another provider of green finance",
            "verification": "Ask another verifier",
            "none": "Go on without",
        },
        done={
            "assessment": "decided to ask another assessor",
            "pledge": "decided to ask another lender for the pledge loan",
            "finance": "decided to ask another provider of green finance",
            "verification": "decided to ask another verifier",
            "none": "decided to go on without the service",
        },
    )
    note = Note(label="Note", required=False)


class Decision(Form):
    decision = Choice(
        label="What happens next",
        choices={"other_provider": "Another provider", "without": "Go on without", "wait": "Wait on"},
        done={
            "other_provider": "decided to choose another provider", "without": "decided to go on without the service",
            "wait": "decided to wait on",
        },
        press={"other_provider": "Choose another provider", "without": "Go on without the service", "wait": "Wait on"},
    )  # fmt: skip
    note = Note(label="Note", required=False)
