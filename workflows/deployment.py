"""The technology at its site, from the plan to acceptance."""

from __future__ import annotations

from casework.engine.definition.forms import (
    Choice,
    Date,
    Documents,
    Form,
    Items,
    Note,
    Number,
    PartyField,
    Text,
    YesNo,
)
from casework.engine.definition.grammar import (
    AUTHORITY,
    EXCEPTION,
    RETURN,
    Final,
    State,
    Task,
    Workflow,
    calendar_days,
    until,
    working_days,
)
from casework.engine.roles import Role
from workflows.codes import CAPACITY_UNITS
from workflows.impact import baseline_is_recorded
from workflows.papers import ACCEPTANCE_CERTIFICATE
from workflows.service_guards import (
    retest_is_left,
    retests_failed_or_correction_refused,
)

# --- forms -----------------------------------------------------------------------------------------------------------


class Plan(Form):
    """Who does what at which site until when."""

    milestones = Items(label="Milestones")
    site = Text(label="Site")
    responsible = Text(label="Responsible persons", max=500)
    criteria = Documents(label="Acceptance criteria")


class NoPermits(Form):
    """That the site needs no permit."""

    none_needed = YesNo(label="No permit is needed", must=True)
    statement = Documents(label="Statement", required=False)


class Permits(Form):
    """The permits at hand."""

    permits = Documents(label="Permits")


class Delivery(Form):
    """What was delivered."""

    notes = Documents(label="Delivery notes")
    delivered_on = Date(label="Delivered on", past=True)


class Installation(Form):
    """What was installed."""

    record = Documents(label="Installation record")
    installed_on = Date(label="Installed on", past=True)


class Commissioning(Form):
    """How the test run went."""

    report = Documents(label="Commissioning report")
    commissioned_on = Date(label="Commissioned on", past=True)


class Acceptance(Form):
    """The certificate, and the measured values beside the criteria."""

    certificate = Documents(label="Acceptance certificate", kinds=(ACCEPTANCE_CERTIFICATE.kind,))
    accepted_on = Date(label="Accepted on", past=True)
    measured = Documents(label="Measured values against the criteria")
    capacity_unit = Choice(label="Capacity is told in", choices=CAPACITY_UNITS, required=False)
    capacity = Number(label="Capacity", min="0", when=("capacity_unit", tuple(CAPACITY_UNITS)))
    criteria_met = YesNo(label="Every criterion is met", must=True)


class AcceptanceWithList(Form):
    """The certificate, and what is still to be done."""

    certificate = Documents(label="Acceptance certificate", kinds=(ACCEPTANCE_CERTIFICATE.kind,))
    accepted_on = Date(label="Accepted on", past=True)
    measured = Documents(label="Measured values against the criteria")
    capacity_unit = Choice(label="Capacity is told in", choices=CAPACITY_UNITS, required=False)
    capacity = Number(label="Capacity", min="0", when=("capacity_unit", tuple(CAPACITY_UNITS)))
    open_items = Items(label="Open items")


class Failure(Form):
    """Which criteria were not met."""

    criteria = Text(label="Criteria not met", max=1000)
    tested_on = Date(label="Tested on", past=True)


class Correction(Form):
    """What was put right."""

    corrections = Text(label="What was corrected", max=1000)
    documents = Documents(label="Documents", required=False)


class FinalFailure(Form):
    """Why the site will not be accepted."""

    correction_refused = YesNo(label="Correction was refused")
    reason = Note(label="Reason")


class Abandonment(Form):
    """Who gives the site up, and why."""

    party = PartyField(label="Who gives up")
    reason = Note(label="Reason")


class ItemDone(Form):
    """An open item is done."""

    done_on = Date(label="Done on", past=True)
    evidence = Documents(label="Evidence", required=False)


#: Each milestone has its day; what is open when the site's track ends is asked no more.
MILESTONE = Task(
    "milestone", "Check that a milestone is reached", queue=Role.OFFICER, due=until("by"), form=ItemDone,
    per="items:milestones", done="recorded that a milestone is reached",
)  # fmt: skip


# --- the workflow ----------------------------------------------------------------------------------------------------


class Deployment(Workflow):
    """The technology is planned, permitted, delivered, installed, tried and accepted at one site."""

    workflow = "deployment"
    title = "Deployment"

    planning = State("Planning", queue=Role.OFFICER, due=calendar_days(30), step="Plan", do="Get the plan")
    permits = State(
        "Permits", queue=Role.OFFICER, due=calendar_days(60), step="Plan", do="Follow the permits", awaits=AUTHORITY
    )
    delivery = State("Delivery", queue=Role.OFFICER, due=calendar_days(90), step="Deliver", do="Follow the delivery")
    installation = State(
        "Installation", queue=Role.OFFICER, due=calendar_days(60), step="Install", do="Follow the installation"
    )
    commissioning = State(
        "Commissioning", queue=Role.OFFICER, due=calendar_days(30), step="Test", do="Follow the test run"
    )
    acceptance = State(
        "Site acceptance", queue=Role.OFFICER, due=working_days(15), step="Accept", do="Get the site accepted"
    )
    correction = State(
        "Correction", queue=Role.OFFICER, due=calendar_days(30), step="Accept", do="Follow the corrections"
    )
    accepted = Final("Accepted")
    accepted_with_punch_list = Final("Accepted with a punch list")
    rejected_final = Final("Rejected")
    abandoned = Final("Abandoned")

    plan_set = planning.to(
        permits, by=Role.OFFICER, form=Plan, opens=[MILESTONE],
        do="Record the plan", done="recorded the plan of the site",
    )  # fmt: skip
    no_permits = planning.to(
        delivery, by=Role.OFFICER, form=NoPermits,
        do="State that no permit is needed", done="stated that no permit is needed",
    )  # fmt: skip
    permits_ok = permits.to(
        delivery, by=Role.OFFICER, form=Permits, do="Record the permits", done="recorded the permits"
    )
    delivered = delivery.to(
        installation, by=Role.OFFICER, form=Delivery, do="Record the delivery", done="recorded the delivery"
    )
    installed = installation.to(
        commissioning, by=Role.OFFICER, form=Installation,
        do="Record the installation", done="recorded the installation",
    )  # fmt: skip
    ready_to_test = commissioning.to(
        acceptance, by=Role.OFFICER, form=Commissioning, guards=[baseline_is_recorded],
        do="Record the commissioning", done="recorded the commissioning",
        consequence="A baseline cannot be made up afterwards.",
    )  # fmt: skip
    passed = acceptance.to(
        accepted, by=Role.OFFICER, form=Acceptance, needs=[ACCEPTANCE_CERTIFICATE], name="pass",
        do="Record the acceptance", done="recorded the acceptance of the site",
    )  # fmt: skip
    pass_with_list = acceptance.to(
        accepted_with_punch_list, by=Role.OFFICER, form=AcceptanceWithList, needs=[ACCEPTANCE_CERTIFICATE],
        # The track has ended then, so what is left to do stands with the case. Each item has its own day.
        opens=[
            Task(
                "punch_item", "Follow an open item of the acceptance", queue=Role.OFFICER, due=calendar_days(30),
                form=ItemDone, per="items:open_items", on="main", done="recorded that an open item is done",
            )
        ],
        do="Record the acceptance with open items", done="recorded the acceptance with open items",
    )  # fmt: skip
    fail = acceptance.to(
        correction, by=Role.OFFICER, kind=RETURN, form=Failure,
        do="Record a failed test", done="recorded a failed acceptance test",
    )  # fmt: skip
    retest = correction.to(
        acceptance, by=Role.OFFICER, kind=RETURN, form=Correction, guards=[retest_is_left],
        do="Test again", done="asked for a retest",
    )  # fmt: skip
    fail_final = correction.to(
        rejected_final, by=Role.SUPERVISOR, kind=EXCEPTION, form=FinalFailure,
        guards=[retests_failed_or_correction_refused],
        do="Reject the site for good", done="rejected the site for good",
        consequence="The site counts as failed.",
    )  # fmt: skip
    abandon = (
        planning | permits | delivery | installation | commissioning | acceptance | correction
    ).to(
        abandoned, by=Role.OFFICER, kind=EXCEPTION, form=Abandonment,
        do="Abandon the site", done="abandoned the site",
        consequence="The deployment ends without acceptance.",
    )  # fmt: skip
