"""The assessment of a green technology by an outside body, after the steps of ISO 14034."""

from __future__ import annotations

from casework.engine.definition.forms import (
    Choice,
    Date,
    Documents,
    Form,
    Money,
    Note,
    Number,
    PartyField,
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
    working_days,
)
from casework.engine.roles import Role
from workflows.case_forms import COMMENTED
from workflows.comments import comment_on_draft
from workflows.impact import statement_is_renewed, technology_is_verified, technology_is_verified_within_limits
from workflows.papers import VERIFICATION_STATEMENT
from workflows.service_effects import service_is_replaced
from workflows.service_guards import statement_ends_after_issue

# --- forms -----------------------------------------------------------------------------------------------------------


class MissingItems(Form):
    """What the application lacks."""

    items = Text(label="What is missing", max=1000)


class SuppliedItems(Form):
    """What was sent after."""

    documents = Documents(label="Documents sent after", required=False)
    words = Note(label="Answer, or why it cannot be supplied")


class ClaimedValue(Form):
    """One parameter of a performance claim. A claim speaks of the technology alone, so it is a fact and stays with it."""

    parameter = Text(label="Parameter", max=120)
    value = Number(label="Value")
    unit = Text(label="Unit", max=40)
    conditions = Text(label="Under which conditions", max=200, required=False)


class Admission(Form):
    """What an application must hold before it is examined."""

    application = Documents(label="Application form", required=False, help="The case sheet stands for it.")
    ownership_clear = YesNo(label="Ownership of the technology is clear", must=True)
    description = Documents(
        label="Description of the technology", required=False, help="Where the case sheet does not say enough"
    )
    claim = Rows(
        label="What the technology claims to do", row=ClaimedValue, most=20, fact=True, prefill="request.claim"
    )
    data_list = Documents(label="List of existing test data")


class Engagement(Form):
    """On what terms the assessor works."""

    agreement = Documents(label="Agreement with the assessor")
    fee = Money(label="Fee")
    team = Text(label="Team")
    verifier_independent = YesNo(label="The verifier has stated independence", must=True)
    tester_independent = YesNo(label="The tester has stated independence", must=True)


class VerificationPlan(Form):
    """The claim in a form that can be verified, and how that will be done."""

    claim = Rows(label="Performance claim", row=ClaimedValue, most=20, fact=True, prefill="admit.claim")
    alternative = Text(label="Relevant alternative it is compared with", max=1000)
    plan = Documents(label="Verification plan")
    test_data = Documents(label="Requirements for test data")


class NotVerifiable(Form):
    """Why the claim cannot be verified."""

    reason = Note(label="Reason")


class TestPlan(Form):
    """Which tests must be added."""

    plan = Documents(label="Test plan")
    test_body = Text(label="Test body")
    paid_by = Choice(
        label="Who pays",
        choices={
            "need_owner": "Need owner", "technology_owner": "Technology owner",
            "shared": "Both parties", "programme": "Programme",
        },
    )  # fmt: skip


class DataAccepted(Form):
    """The data at hand are enough."""

    reports = Documents(label="Test reports accepted")
    quality = Choice(
        label="Quality of the data",
        choices={"good": "Good", "sufficient": "Sufficient", "limited": "Usable with limits"},
    )
    words = Note(label="Note on the quality of the data", required=False)


class TestReport(Form):
    """The added tests are done."""

    report = Documents(label="Test report")
    tested_on = Date(label="Last day of testing", past=True)


class TestsFailed(Form):
    """Why the tests gave no result."""

    reason = Note(label="Reason")


class Panel(Form):
    """The experts have met."""

    members = Text(label="Members of the panel", max=1000)
    interest_statements = Documents(label="Statements of interest of every member")
    minutes = Documents(label="Minutes")
    met_on = Date(label="Day of the meeting", past=True)


class DraftReport(Form):
    """The draft that the parties may comment on."""

    draft = Documents(label="Draft report")


class Comments(Form):
    """What the parties said to the draft, or that they said nothing in time."""

    need_owner = Choice(label="Need owner", choices=COMMENTED, prefill="comment_on_draft@need_owner.answer")
    technology_owner = Choice(
        label="Technology owner", choices=COMMENTED, prefill="comment_on_draft@technology_owner.answer"
    )
    comments = Documents(label="Comments", required=False)


class Statement(Form):
    """The report and the verification statement."""

    report = Documents(label="Report")
    statement = Documents(label="Verification statement", kinds=(VERIFICATION_STATEMENT.kind,), valid=True)
    number = Text(label="Number of the statement", max=100, fact=True)
    values = Rows(
        label="Verified values", row=ClaimedValue, most=20, fact=True, prefill="fix_plan.claim",
        help="They are shown with the technology, and later cases may rely on them.",
    )  # fmt: skip
    issued_on = Date(label="Date of issue", past=True)
    valid_until = Date(label="Valid until", future=True)
    conditions = Note(label="Conditions of use", required=False)


class LimitedStatement(Statement):
    """A statement that holds only within limits."""

    limits = Text(label="Limits", max=1000)


class FailReport(Form):
    """The report when the claim did not hold."""

    report = Documents(label="Report with reasons")
    issued_on = Date(label="Date of issue", past=True)


class Withdrawal(Form):
    """Who withdraws the application, and why."""

    party = PartyField(label="Who withdraws")
    reason = Note(label="Reason")


class Renewal(Form):
    """What becomes of a statement that runs out."""

    renewal = Choice(
        label="What is done about it",
        choices={"renewed": "Renewed", "asked": "Renewal asked for", "not_needed": "No longer needed"},
        done={
            "renewed": "recorded that the statement was renewed",
            "asked": "recorded that the statement's renewal was asked for",
            "not_needed": "recorded that the statement is no longer needed",
        },
    )
    statement = Documents(
        label="Renewed statement", kinds=(VERIFICATION_STATEMENT.kind,), valid=True, when=("renewal", ("renewed",))
    )
    number = Text(label="Number of the statement", max=100, fact=True, when=("renewal", ("renewed",)))
    issued_on = Date(label="Issued on", past=True, when=("renewal", ("renewed",)))
    valid_until = Date(label="New end", future=True, when=("renewal", ("renewed",)))


class UsableResults(Form):
    """What of the former provider's work can still be used."""

    documents = Documents(label="Results that can still be used", required=False)
    words = Note(label="Remarks", required=False)


RENEW = "Renew the verification statement"
RENEWALS = (
    Task(
        "renew_statement", RENEW, queue=Role.OFFICER, due=calendar_days(45), form=Renewal,
        after=calendar_days(-90, since="valid_until"), on="main", aftercare=True, effects=(statement_is_renewed,),
    ),
    Task(
        "renew_statement", RENEW, queue=Role.OFFICER, due=calendar_days(20), form=Renewal,
        after=calendar_days(-30, since="valid_until"), on="main", aftercare=True, effects=(statement_is_renewed,),
    ),
)  # fmt: skip


# --- the workflow ----------------------------------------------------------------------------------------------------


class Assessment(Workflow):
    """An outside assessor examines what the technology claims, and states the result."""

    workflow = "assessment"
    title = "Green technology assessment"
    inside = "referral"
    first_step_fires = "start"

    application = State(
        "Application", queue=Role.PROVIDER, due=working_days(10), step="Apply", do="Examine the application"
    )
    incomplete = State("Incomplete", queue=Role.OFFICER, due=working_days(10), step="Apply", do="Send what is missing")
    engagement = State(
        "Engagement", queue=Role.PROVIDER, due=working_days(10), step="Plan", do="Agree the terms of the work"
    )
    pre_verification = State(
        "Pre-verification", queue=Role.PROVIDER, due=working_days(20), step="Plan", do="Fix the claim and the plan"
    )
    data_review = State(
        "Data review", queue=Role.PROVIDER, due=working_days(20), step="Data", do="Review the test data"
    )
    testing = State("Testing", queue=Role.PROVIDER, due=calendar_days(60), step="Data", do="Arrange the tests")
    expert_review = State(
        "Expert review", queue=Role.PROVIDER, due=working_days(15), step="Panel", do="Hold the expert panel"
    )
    draft_report = State(
        "Draft report", queue=Role.PROVIDER, due=working_days(10), step="Report", do="Write the draft report"
    )
    party_comment = State(
        "Comments of the parties", queue=Role.OFFICER, due=working_days(10), step="Report",
        do="Get the parties' comments",
    )  # fmt: skip
    finalising = State("Finalising", queue=Role.PROVIDER, due=working_days(10), step="Report", do="Issue the report")
    verified = Final("Verified")
    verified_with_limits = Final("Verified with limits")
    not_verified = Final("Not verified")
    inconclusive = Final("Inconclusive")
    withdrawn = Final("Withdrawn")
    replaced = Final("Replaced")

    find_gaps = application.to(
        incomplete, by=Role.PROVIDER, kind=RETURN, form=MissingItems,
        do="Ask for what is missing", done="asked for missing items",
    )  # fmt: skip
    supply = incomplete.to(
        application, by=Role.OFFICER, kind=RETURN, form=SuppliedItems,
        do="Send what is missing", done="sent what was missing",
    )  # fmt: skip
    admit = application.to(
        engagement, by=Role.PROVIDER, form=Admission,
        do="Admit the application", done="admitted the application",
    )  # fmt: skip
    engage = engagement.to(
        pre_verification, by=Role.PROVIDER, form=Engagement,
        do="Record the agreement", done="recorded the agreement with the assessor",
    )  # fmt: skip
    fix_plan = pre_verification.to(
        data_review, by=Role.PROVIDER, form=VerificationPlan,
        do="Fix the claim and the plan", done="fixed the claim and the verification plan",
    )  # fmt: skip
    not_verifiable = pre_verification.to(
        inconclusive, by=Role.PROVIDER, kind=EXCEPTION, form=NotVerifiable,
        do="State that the claim cannot be verified", done="stated that the claim cannot be verified",
        consequence="The assessment ends without a conclusion.",
    )  # fmt: skip
    need_tests = data_review.to(
        testing, by=Role.PROVIDER, form=TestPlan, do="Ask for tests", done="asked for further tests"
    )
    data_enough = data_review.to(
        expert_review, by=Role.PROVIDER, form=DataAccepted,
        do="Accept the data", done="accepted the test data",
    )  # fmt: skip
    tests_done = testing.to(
        expert_review, by=Role.PROVIDER, form=TestReport,
        do="Record the test report", done="recorded the test report",
    )  # fmt: skip
    tests_failed = testing.to(
        inconclusive, by=Role.PROVIDER, kind=EXCEPTION, form=TestsFailed,
        do="State that the tests failed", done="stated that the tests failed",
        consequence="The assessment ends without a conclusion.",
    )  # fmt: skip
    panel_done = expert_review.to(
        draft_report, by=Role.PROVIDER, form=Panel,
        do="Record the expert panel", done="recorded the expert panel",
    )  # fmt: skip
    send_draft = draft_report.to(
        party_comment, by=Role.PROVIDER, form=DraftReport,
        do="Send the draft report", done="sent the draft report", opens=[comment_on_draft],
    )  # fmt: skip
    comments_in = party_comment.to(
        finalising, by=Role.OFFICER, form=Comments,
        do="Record the comments", done="recorded the parties' comments", ends=("comment_on_draft",),
    )  # fmt: skip
    issue_pass = finalising.to(
        verified, by=Role.PROVIDER, form=Statement, guards=[statement_ends_after_issue],
        effects=[technology_is_verified], opens=RENEWALS,
        do="Issue the statement", done="issued the verification statement",
        consequence="The technology counts as verified.",
    )  # fmt: skip
    issue_limits = finalising.to(
        verified_with_limits, by=Role.PROVIDER, form=LimitedStatement, guards=[statement_ends_after_issue],
        effects=[technology_is_verified_within_limits], opens=RENEWALS,
        do="Issue the statement with limits", done="issued the verification statement with limits",
        consequence="The technology counts as verified within the limits stated.",
    )  # fmt: skip
    issue_fail = finalising.to(
        not_verified, by=Role.PROVIDER, kind=EXCEPTION, form=FailReport,
        do="Report that the claim did not hold", done="reported that the claim did not hold",
        consequence="The technology counts as not verified.",
    )  # fmt: skip
    withdraw = (
        application | incomplete | engagement | pre_verification | data_review | testing | expert_review
        | draft_report
    ).to(
        withdrawn, by=Role.OFFICER, kind=EXCEPTION, form=Withdrawal,
        do="Withdraw the application", done="withdrew the application",
        consequence="The assessment ends.",
    )  # fmt: skip
    replace = (
        application | incomplete | engagement | pre_verification | data_review | testing | expert_review
        | draft_report | party_comment | finalising
    ).to(
        replaced, by=Role.SYSTEM, kind=EXCEPTION, effects=[service_is_replaced],
        opens=[
            Task(
                "usable_results", "List what can still be used of the assessment", queue=Role.OFFICER,
                due=working_days(5), form=UsableResults, on="main", aftercare=True,
                done="listed what can still be used of the assessment",
            )
        ],
        done="ended the assessment, because another provider takes its place",
    )  # fmt: skip

    on_request = (((party_comment,), (Role.OFFICER,), comment_on_draft),)
    milestones = {"stated": [verified, verified_with_limits]}
