"""Tasks that the steps of a case open."""

from __future__ import annotations

from casework.engine import parts
from casework.engine.definition.grammar import (
    EXTENSION,
    WAIVER,
    Again,
    Item,
    Task,
    calendar_days,
    until,
    working_days,
)
from casework.engine.roles import Role
from workflows import agreement_forms, effects
from workflows import case_forms as forms

triage_check = Task(
    "triage_check", "Check the match and declare conflicts of interest", Role.OFFICER, working_days(10), forms.TriageCheck,
    effects=(effects.note_interest,), unless_open=True,
)  # fmt: skip

record_consent = Task(
    "record_consent", "Record the party's consent", Role.OFFICER, working_days(15), forms.Consent, per="party",
    effects=(effects.record_consent,), unless_open=True,
)  # fmt: skip
renew_consent = Task(
    "renew_consent", "Record a new consent of a party", Role.OFFICER, working_days(15), forms.RenewedConsent,
    effects=(effects.record_consent,),
)  # fmt: skip
#: Opened by the engine when a consent on which sharing leaned is withdrawn or expires.
consent_lost = Task(
    "consent_lost", "Decide what follows from the lost consent", Role.OFFICER, working_days(2), forms.LostConsent,
    part=parts.AFTER_LOST_CONSENT,
)  # fmt: skip

screening = Task(
    "screening", "Screen the party and its owners", Role.COMPLIANCE, working_days(5), forms.Screening, per="party"
)
kick_off = Task(
    "kick_off", "Hold the first meeting", Role.OFFICER, working_days(10), forms.KickOff, unless_open=True,
    done="recorded the first meeting",
)  # fmt: skip
nda = Task(
    "nda", "Get the NDA signed", Role.OFFICER, working_days(20), forms.Nda, unless_open=True,
    audited=(WAIVER, "status", "waiver_asked"),
)  # fmt: skip


decide_plan = Task(
    "decide_plan", "Decide on the service plan", Role.SUPERVISOR, working_days(5), forms.ReturnedPlan,
    not_by=("service_plan",), opens=(Again("service_plan"),), unless_open=True, done="returned the service plan",
    press="Return the plan", decides="plans",
)  # fmt: skip
service_plan = Task(
    "service_plan", "Write the service plan", Role.OFFICER, working_days(20), forms.ServicePlan, opens=(decide_plan,),
    unless_open=True, done="handed in the service plan", part=parts.MAKES_PLAN,
)  # fmt: skip

decide_waiver = Task(
    "decide_waiver",
    "Decide on the waiver",
    Role.SUPERVISOR,
    working_days(5),
    agreement_forms.DecidedWaiver,
    not_by=("ask_waiver",),
    audited=(WAIVER, "granted", True),
    decides="waivers",
)
ask_waiver = Task(
    "ask_waiver", "Ask for a waiver", Role.OFFICER, working_days(5), agreement_forms.AskedWaiver, opens=(decide_waiver,),
    done="asked for a waiver",
)  # fmt: skip

decide_more_time = Task(
    "decide_more_time", "Decide on more time", Role.SUPERVISOR, working_days(5), forms.DecidedTime,
    effects=(effects.extend_tasks,), not_by=("ask_more_time",), audited=EXTENSION,
)  # fmt: skip
ask_more_time = Task(
    "ask_more_time", "Ask for more time", Role.OFFICER, working_days(5), forms.AskedTime, opens=(decide_more_time,),
    audited=EXTENSION,
    done="asked for more time",
)  # fmt: skip

compliance_gate = Task(
    "compliance_gate", "Pass the agreement through the compliance gate", Role.COMPLIANCE, working_days(10),
    agreement_forms.ComplianceGate, unless_open=True,
    checklist=(
        Item("parties", "Both parties and the end user were screened again for this contract", required=False),
        Item("export_list", "The export list in force was looked through", required=False),
        Item("licence", "Restricted export: nothing of substance was negotiated before the letter of intent", required=False),
        Item("dual_use", "Dual use: it was passed to export control", required=False),
    ),
)  # fmt: skip
dispute_clause_check = Task(
    "dispute_clause_check", "Record the dispute clause", Role.OFFICER, working_days(10), agreement_forms.DisputeClause,
    unless_open=True,
)  # fmt: skip
BEFORE_SIGNING = (compliance_gate, dispute_clause_check)

condition = Task(
    "condition",
    "Check that a condition is met",
    Role.OFFICER,
    until("by"),
    agreement_forms.Condition,
    per="items:conditions",
)
duty = Task(
    "duty", "Check that an agreed duty is done", Role.OFFICER, until("by"), agreement_forms.DutyDone, per="items:duties"
)

review_hold = Task(
    "review_hold",
    "Decide on the hold",
    Role.SUPERVISOR,
    calendar_days(60),
    forms.HoldReview,
    unless_open=True,
)


def follow_up_after(days: int) -> Task:
    return Task(
        "follow_up",
        "Ask whether the technology still runs",
        Role.OFFICER,
        working_days(20),
        forms.FollowUp,
        after=calendar_days(days),
        aftercare=True,
    )


def reading_after(days: int) -> Task:
    return Task(
        "reading",
        "Ask the parties for their readings",
        Role.OFFICER,
        working_days(20),
        agreement_forms.Reading,
        after=calendar_days(days),
    )
