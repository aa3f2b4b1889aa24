"""The forms of a mediation: days, codes and amounts, and no room for words, names or papers."""

from __future__ import annotations

from casework.engine.definition.forms import Choice, Date, Form, Money, YesNo


class Dispute(Form):
    """What kind of difference it is, in codes."""

    contract = Choice(
        label="Contract",
        choices={
            "nda": "Non-disclosure agreement", "licence": "Licence", "sale": "Sale", "service": "Service",
            "joint_development": "Joint development", "loan": "Loan", "none": "No contract yet",
            "other": "Other",
        },
    )  # fmt: skip
    difference = Choice(
        label="Kind of difference",
        choices={
            "price": "Price or payment", "performance": "Performance", "rights": "Rights",
            "confidentiality": "Confidentiality", "time": "Time", "other": "Other",
        },
    )  # fmt: skip
    stage = Choice(
        label="When it arose",
        choices={
            "talks": "During the talks", "after_signing": "After signing", "at_site": "At the site",
            "in_operation": "In operation",
        },
    )  # fmt: skip
    urgent = YesNo(label="Urgent")
    work_goes_on = YesNo(label="The work goes on")
    clause_found = YesNo(label="The contract has a mediation clause")


class Day(Form):
    """Only the day."""

    on = Date(label="Date", past=True)


class Request(Form):
    """When it was filed, and that it was. By which door follows from the action."""

    on = Date(label="Date", past=True)
    filed = YesNo(label="Filed", must=True)


class GoodOffices(Form):
    """The asking party wants help with choosing a way."""

    consent = YesNo(label="The asking party consents", must=True)
    on = Date(label="Date", past=True)


class BothAgree(Form):
    """Both parties want to submit the dispute to mediation."""

    both_agree = YesNo(label="Both parties agree", must=True)
    on = Date(label="Date", past=True)


class OtherAnswer(Form):
    """The other side did not agree, or did not answer."""

    answer = Choice(label="Answer", choices={"notice": "Notice of refusal", "no_answer": "No answer"})
    on = Date(label="Date", past=True)


class SubmissionSigned(Form):
    """The submission agreement bears both signatures."""

    signed_by_both = YesNo(label="Signed by both parties", must=True)
    on = Date(label="Date", past=True)


class NotSigned(Form):
    """The submission agreement was not signed."""

    reason = Choice(
        label="Reason",
        choices={"no_agreement": "No agreement on the terms", "no_answer": "No answer", "other": "Other"},
    )
    on = Date(label="Date", past=True)


class Fee(Form):
    """What the administration costs, and by which rule."""

    amount = Money(label="Administration fee")
    fee_rule = Choice(
        label="Rule", choices={"general": "General", "court_referred": "Court-referred", "reduced": "Reduced"}
    )
    on = Date(label="Asked for on", past=True)


class FeeWaived(Form):
    """Under which scheme no fee is due."""

    scheme = Choice(
        label="Scheme",
        choices={"partner": "Partner scheme", "court": "Court scheme", "small_case": "Small cases", "other": "Other"},
    )
    on = Date(label="Date", past=True)


class Paid(Form):
    """When it was paid."""

    on = Date(label="Paid on", past=True)


class Unpaid(Form):
    """When the two written reminders went out."""

    first_reminder_on = Date(label="First written reminder", past=True)
    second_reminder_on = Date(label="Second written reminder", past=True)


class Appointment(Form):
    """A mediator is appointed; the name is not kept."""

    on = Date(label="Appointed on", past=True)
    independence = YesNo(label="The statement of independence was given", must=True)


class Extension(Form):
    """The mediation may take longer."""

    basis = Choice(label="Basis", choices={"consent": "Consent of the parties", "notice": "Notice"})
    until_day = Date(label="New end of the term", future=True)


class Settlement(Form):
    """The closing notice, and the days of duties that the parties choose to share."""

    on = Date(label="Date of the closing notice", past=True)
    duties_shared = YesNo(label="The parties share the dates of duties")
    first_duty_on = Date(label="First of these dates", future=True, when=("duties_shared", (True,)))
    last_duty_on = Date(
        label="Last of these dates", future=True, required=False, when=("duties_shared", (True,)), help="Empty: there is only one",
    )  # fmt: skip
    confirmation = Choice(
        label="What is asked for",
        choices={"none": "Nothing more", "certificate": "A certificate", "court": "The confirmation of a court"},
    )
    effective_on = Date(label="The settlement took effect on", past=True, when=("confirmation", ("court",)))


class DutySeen(Form):
    """What the parties say of a duty on its day; not which duty, nor whose."""

    result = Choice(
        label="What the parties say",
        choices={"done": "It is done", "open": "It is still open", "unsaid": "They do not say"},
        done={
            "done": "recorded that the duty is done",
            "open": "recorded that the duty is still open",
            "unsaid": "recorded that the parties do not say what became of the duty",
        },
    )


class CertificateSeen(Form):
    """Whether the certificate is there."""

    result = Choice(
        label="Result", choices={"given": "It was given", "refused": "It was refused"},
        done={"given": "recorded that the certificate was given", "refused": "recorded that the certificate was refused"},
    )  # fmt: skip


class CourtAsked(Form):
    """Whether both parties have asked the court in time."""

    result = Choice(
        label="Result", choices={"asked": "Both parties have asked", "not_asked": "They have not asked"},
        done={
            "asked": "recorded that both parties have asked the court to confirm the settlement",
            "not_asked": "recorded that the parties have not asked the court to confirm the settlement",
        },
    )  # fmt: skip


class ClosingNotice(Form):
    """The closing notice. It does not say who ended it."""

    on = Date(label="Date of the closing notice", past=True)


class Elsewhere(Form):
    """Which other procedure follows."""

    procedure = Choice(
        label="Procedure",
        choices={
            "expert_determination": "Expert determination", "expedited_arbitration": "Expedited arbitration",
            "arbitration": "Arbitration", "court": "Court",
        },
    )  # fmt: skip
    on = Date(label="Date", past=True)


class NextStep(Form):
    """What follows after a mediation that left something open."""

    step = Choice(
        label="Next step",
        choices={"talks": "Talks", "procedure": "Another procedure", "nothing": "Nothing"},
        done={
            "talks": "recorded that the parties go on talking",
            "procedure": "recorded that the parties choose another procedure",
            "nothing": "recorded that the parties take no next step",
        },
    )
    on = Date(label="Date")


class TermSeen(Form):
    """What became of the term."""

    result = Choice(
        label="Result", choices={"ended": "The mediation has ended", "extended": "Extended"},
        done={"ended": "recorded that the term has ended", "extended": "recorded that the term was extended"},
    )  # fmt: skip
