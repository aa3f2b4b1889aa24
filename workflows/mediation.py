"""A dispute brought to mediation. Sealed: doors, dates, fees and the kind of ending, and nothing that anybody said.

No form here has a field for words, a name or a paper, and none tells which party did what.
"""

from __future__ import annotations

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
from workflows.mediation_forms import (
    Appointment,
    BothAgree,
    CertificateSeen,
    ClosingNotice,
    CourtAsked,
    Day,
    Dispute,
    DutySeen,
    Elsewhere,
    Extension,
    Fee,
    FeeWaived,
    GoodOffices,
    NextStep,
    NotSigned,
    OtherAnswer,
    Paid,
    Request,
    Settlement,
    SubmissionSigned,
    TermSeen,
    Unpaid,
)
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

# --- tasks ----------------------------------------------------------------------------------------------------------

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
