"""A dispute brought to mediation. Sealed: doors, dates, fees and the kind of ending, and nothing that anybody said.

No form here has a field for words, a name or a paper, and none tells which party did what.
"""

from __future__ import annotations

from casework.engine.definition.forms import Choice, Date, Form, Money, YesNo
from casework.engine.definition.grammar import (
    EXCEPTION,
    EXTENSION,
    WAIVER,
    Final,
    State,
    Task,
    Workflow,
    calendar_days,
    until,
    working_days,
)
from casework.engine.roles import Role
from workflows import laws
from workflows.service_effects import (
    dispute_officer_takes_it,
    opened_by_clause,
    opened_by_court,
    opened_by_one_party,
    opened_by_submission,
)
from workflows.service_guards import (
    extension_goes_beyond_today,
    fifteen_days_since_second_reminder,
    last_duty_comes_after_the_first,
    there_is_a_last_duty,
)

# --- forms -----------------------------------------------------------------------------------------------------------


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


NEXT_STEP = Task(
    "next_step", "Ask the parties for the next step", queue=Role.DISPUTE_OFFICER, due=working_days(10), form=NextStep,
    on="main", aftercare=True,
)  # fmt: skip

#: What a settlement leaves to look after, each only where the closing notice says so.
AFTER_SETTLEMENT = (
    Task(
        "first_duty", "Ask the parties whether the first duty is done", queue=Role.DISPUTE_OFFICER, due=until("first_duty_on"),
        form=DutySeen, where=("duties_shared", (True,)), on="main", aftercare=True,
    ),
    Task(
        "last_duty", "Ask the parties whether the last duty is done", queue=Role.DISPUTE_OFFICER, due=until("last_duty_on"),
        form=DutySeen, only_if=there_is_a_last_duty, on="main", aftercare=True,
    ),
    Task(
        "settlement_certificate", "Get the certificate of the settlement", queue=Role.DISPUTE_OFFICER, due=working_days(10),
        form=CertificateSeen, where=("confirmation", ("certificate",)), on="main", aftercare=True,
    ),
    Task(
        "court_confirmation", "See that both parties ask the court to confirm the settlement", queue=Role.DISPUTE_OFFICER,
        due=calendar_days(30, since="effective_on", law=laws.COURT_CONFIRMATION), form=CourtAsked,
        where=("confirmation", ("court",)), on="main", aftercare=True,
    ),
)  # fmt: skip


# --- the workflow ----------------------------------------------------------------------------------------------------


class Mediation(Workflow):
    """A neutral helps the parties to settle; only the parties know what is said there."""

    workflow = "mediation"
    title = "Mediation"
    inside = "referral"
    first_step_fires = "start"

    dispute_noted = State(
        "Dispute noted", queue=Role.DISPUTE_OFFICER, due=working_days(5), step="Choose", do="Review the dispute"
    )
    options = State(
        "Options",
        queue=Role.DISPUTE_OFFICER,
        due=working_days(15),
        step="Choose",
        do="Choose a procedure with the parties",
    )
    good_offices = State(
        "Good offices", queue=Role.PROVIDER, due=calendar_days(30), step="Choose", do="Help the parties choose"
    )
    consent_wait = State(
        "Waiting for the other party", queue=Role.PROVIDER, due=calendar_days(30), step="Agree",
        do="Wait for the other party's answer",
    )  # fmt: skip
    submission = State(
        "Submission agreement", queue=Role.DISPUTE_OFFICER, due=working_days(10), step="Agree",
        do="Get the submission agreement signed",
    )  # fmt: skip
    request_filed = State(
        "Request filed", queue=Role.PROVIDER, due=calendar_days(5), step="File", do="Open the mediation"
    )
    fee_due = State("Fee due", queue=Role.PROVIDER, due=calendar_days(15), step="File", do="Wait for the fee")
    mediator_choice = State(
        "Choice of mediator", queue=Role.PROVIDER, due=calendar_days(21), step="Appoint", do="Appoint a mediator"
    )
    deposit_due = State(
        "Deposit due", queue=Role.PROVIDER, due=calendar_days(15), step="Appoint", do="Wait for the deposit"
    )
    mediating = State(
        "Mediating", queue=Role.PROVIDER, due=calendar_days(240), step="Mediate", do="Report how the mediation ended"
    )
    resolved_directly = Final("Resolved directly")
    not_agreed = Final("Mediation not agreed")
    request_withdrawn = Final("Request deemed withdrawn")
    settled_full = Final("Settled")
    settled_partial = Final("Settled in part")
    ended_by_mediator = Final("Ended by the mediator")
    ended_by_party = Final("Ended by a party")
    ended_unpaid = Final("Ended unpaid")
    referred_other = Final("Referred elsewhere")
    dropped = Final("Dropped")

    open_options = dispute_noted.to(
        options, by=Role.DISPUTE_OFFICER, form=Dispute, effects=[dispute_officer_takes_it],
        do="Open the options", done="opened the options",
    )  # fmt: skip
    drop_dispute = (dispute_noted | options).to(
        dropped, by=Role.DISPUTE_OFFICER, kind=EXCEPTION, form=Day,
        do="Drop the dispute", done="dropped the dispute",
        consequence="The note of the dispute ends. No reason is kept.",
    )  # fmt: skip
    talk_solved = (options | good_offices | consent_wait | submission).to(
        resolved_directly, by=Role.DISPUTE_OFFICER, form=Day,
        do="Record that talks solved it", done="recorded that talks solved it",
        consequence="The note of the dispute ends.",
    )  # fmt: skip
    use_good_offices = options.to(
        good_offices, by=Role.DISPUTE_OFFICER, form=GoodOffices,
        do="Ask for good offices", done="asked for good offices",
    )  # fmt: skip
    clause_applies = options.to(
        request_filed, by=Role.DISPUTE_OFFICER, form=Request, effects=[opened_by_clause],
        do="Record a request under the clause", done="recorded a request under the clause",
    )  # fmt: skip
    court_refers = options.to(
        request_filed, by=Role.DISPUTE_OFFICER, form=Request, effects=[opened_by_court],
        opens=[
            Task(
                "court_term", "Check the end of the court's term", queue=Role.DISPUTE_OFFICER,
                due=calendar_days(60, since="on"), form=TermSeen,
            )
        ],
        do="Record a referral by a court", done="recorded a referral by a court",
    )  # fmt: skip
    ask_unilateral = (options | good_offices).to(
        consent_wait, by=Role.DISPUTE_OFFICER, form=Request, effects=[opened_by_one_party],
        do="Record a unilateral request", done="recorded a unilateral request",
    )  # fmt: skip
    agree_submit = good_offices.to(
        submission, by=Role.DISPUTE_OFFICER, form=BothAgree,
        do="Record that both agree", done="recorded that both parties agree to mediation",
    )  # fmt: skip
    other_agrees = consent_wait.to(
        submission, by=Role.PROVIDER, form=Day,
        do="Record that the other party agrees", done="recorded that the other party agrees",
    )  # fmt: skip
    other_refuses = (consent_wait | good_offices).to(
        not_agreed, by=Role.PROVIDER, kind=EXCEPTION, form=OtherAnswer,
        do="Record that mediation is not agreed", done="recorded that mediation is not agreed",
        consequence="The mediation ends before it has begun.",
    )  # fmt: skip
    signed_submission = submission.to(
        request_filed, by=Role.DISPUTE_OFFICER, form=SubmissionSigned, effects=[opened_by_submission],
        do="Record the submission agreement", done="recorded the submission agreement",
    )  # fmt: skip
    not_signed = submission.to(
        not_agreed, by=Role.DISPUTE_OFFICER, kind=EXCEPTION, form=NotSigned,
        do="Record that it was not signed", done="recorded that the submission agreement was not signed",
        consequence="The mediation ends before it has begun.",
    )  # fmt: skip
    ask_fee = request_filed.to(
        fee_due, by=Role.PROVIDER, form=Fee, do="Ask for the fee", done="asked for the administration fee"
    )
    fee_waived = request_filed.to(
        mediator_choice,
        by=Role.PROVIDER,
        form=FeeWaived,
        do="Waive the fee",
        done="waived the administration fee",
        audited=WAIVER,
    )
    fee_paid = fee_due.to(
        mediator_choice, by=Role.PROVIDER, form=Paid, do="Record the fee", done="recorded the administration fee"
    )
    fee_unpaid = fee_due.to(
        request_withdrawn, by=Role.PROVIDER, kind=EXCEPTION, form=Unpaid,
        guards=[fifteen_days_since_second_reminder],
        do="Record that the fee was not paid", done="recorded that the fee was not paid",
        consequence="The request counts as withdrawn.",
    )  # fmt: skip
    appointed = mediator_choice.to(
        deposit_due, by=Role.PROVIDER, form=Appointment,
        do="Record the appointment", done="recorded the appointment of a mediator",
    )  # fmt: skip
    appointed_free = mediator_choice.to(
        mediating, by=Role.PROVIDER, form=Appointment,
        do="Record the appointment without a deposit", done="recorded the appointment without a deposit",
    )  # fmt: skip
    deposit_paid = deposit_due.to(
        mediating, by=Role.PROVIDER, form=Paid, do="Record the deposit", done="recorded the deposit"
    )
    deposit_unpaid = deposit_due.to(
        ended_unpaid, by=Role.PROVIDER, kind=EXCEPTION, form=Unpaid, guards=[fifteen_days_since_second_reminder],
        do="Record that the deposit was not paid", done="recorded that the deposit was not paid",
        consequence="The mediation ends.",
    )  # fmt: skip
    extend_term = mediating.to(
        mediating, by=Role.PROVIDER, kind=EXCEPTION, form=Extension, guards=[extension_goes_beyond_today], audited=EXTENSION,
        ends=("term_end", "court_term"),
        opens=[
            Task(
                "term_end", "Check the end of the extended term", queue=Role.PROVIDER, due=until("until_day"), form=TermSeen,
            )
        ],
        do="Extend the term", done="extended the term",
    )  # fmt: skip
    settle_full = mediating.to(
        settled_full, by=Role.PROVIDER, form=Settlement, guards=[last_duty_comes_after_the_first], opens=AFTER_SETTLEMENT,
        do="Give notice of a settlement", done="gave notice of a settlement",
        consequence="The mediation ends.",
    )  # fmt: skip
    settle_part = mediating.to(
        settled_partial, by=Role.PROVIDER, form=Settlement, guards=[last_duty_comes_after_the_first],
        opens=[NEXT_STEP, *AFTER_SETTLEMENT],
        do="Give notice of a settlement in part", done="gave notice of a settlement in part",
        consequence="The mediation ends.",
    )  # fmt: skip
    mediator_ends = mediating.to(
        ended_by_mediator, by=Role.PROVIDER, kind=EXCEPTION, form=ClosingNotice, opens=[NEXT_STEP],
        do="Give notice that the mediator ended it", done="gave notice that the mediator ended it",
        consequence="The mediation ends.",
    )  # fmt: skip
    party_ends = (request_filed | fee_due | mediator_choice | deposit_due | mediating).to(
        ended_by_party, by=Role.PROVIDER, kind=EXCEPTION, form=ClosingNotice, opens=[NEXT_STEP],
        do="Give notice that it was ended", done="gave notice that it was ended",
        consequence="The mediation ends. Which party ended it is not kept.",
    )  # fmt: skip
    send_elsewhere = (options | mediating).to(
        referred_other, by=Role.DISPUTE_OFFICER, kind=EXCEPTION, form=Elsewhere,
        do="Send to another procedure", done="sent it to another procedure",
        consequence="The mediation ends.",
    )  # fmt: skip
