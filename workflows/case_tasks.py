"""Tasks that the steps of a case open."""

from __future__ import annotations

from dataclasses import replace

from casework.engine import parts
from casework.engine.definition.grammar import (
    EXTENSION,
    PARTY,
    WAIVER,
    Again,
    ByLink,
    Item,
    Limit,
    Referral,
    Task,
    calendar_days,
    until,
    working_days,
)
from casework.engine.roles import Role
from workflows import agreement_forms, border_guards, deal_guards, effects, guards, impact
from workflows import case_forms as forms
from workflows import screening as screenings
from workflows.codes import FOLLOWED_UP

triage_check = Task(
    "triage_check", "Check the match and declare conflicts of interest", Role.OFFICER, working_days(10), forms.TriageCheck,
    effects=(effects.note_interest,), unless_open=True,
)  # fmt: skip

#: A party consents by itself: what was agreed to is what stood on its page, and the link is the evidence.
CONSENT_BY_LINK = ByLink(
    "Do you agree that the office shows your documents, or a case sheet, to service providers?",
    labels=(
        ("agreed", "Do you agree?"), ("providers", "To these providers"), ("documents", "These documents"),
        ("sheet", "A case sheet, too"), ("expires_on", "Until which day"),
    ),
    name="person", day="given_on", leaves=("channel", "evidence"),
)  # fmt: skip
CONSENT_ABROAD_BY_LINK = replace(
    CONSENT_BY_LINK, labels=(*CONSENT_BY_LINK.labels, ("abroad", "To providers outside China, too, with what is in it about people"))
)  # fmt: skip
#: Of the two the one is opened that fits: whether somebody is abroad is worked out.
record_consent = Task(
    "record_consent", "Record the party's consent", Role.OFFICER, working_days(15), forms.Consent, per="party", awaits=PARTY,
    effects=(effects.record_consent,), unless_open=True, by_link=CONSENT_BY_LINK, only_if=guards.nobody_is_abroad,
)  # fmt: skip
record_consent_abroad = replace(
    record_consent, do="Record the party's consent, also to sharing abroad", form=forms.ConsentAbroad,
    by_link=CONSENT_ABROAD_BY_LINK, only_if=guards.somebody_is_abroad,
)  # fmt: skip
renew_consent = Task(
    "renew_consent", "Record a new consent of a party", Role.OFFICER, working_days(15), forms.RenewedConsent,
    effects=(effects.record_consent,), by_link=replace(CONSENT_ABROAD_BY_LINK, party="party"),
)  # fmt: skip
#: Opened by the engine when a consent on which sharing leaned is withdrawn or expires.
consent_lost = Task(
    "consent_lost", "Decide what follows from the lost consent", Role.OFFICER, working_days(2), forms.LostConsent,
    part=parts.AFTER_LOST_CONSENT,
)  # fmt: skip

#: Of the organisation: what is answered here stands on its record, and answers for all its cases.
screening = Task(
    "screening", "Screen the party and its owners", Role.COMPLIANCE, working_days(5), screenings.Screening, per="party",
    only_if=guards.screening_is_not_on_record, part=parts.SCREENS,
    guards=(
        screenings.each_owner_is_screened, screenings.hit_of_an_owner_is_a_hit, screenings.screening_ends_within_a_year,
    ),
    effects=(screenings.record_screening,),
)  # fmt: skip
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
    unless_open=True, done="handed in the service plan", part=parts.MAKES_PLAN, guards=(guards.assessed_or_skipped,),
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

#: What others hold on a right is released by its holder, and by nobody else.
ask_holder = Task(
    "ask_holder", "Ask the holder for a release", Role.OFFICER, working_days(10), agreement_forms.HolderRelease,
    guards=(deal_guards.release_is_of_what_stands,),
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
    agreement_forms.ComplianceGate, unless_open=True, guards=(border_guards.gate_agrees_with_the_class,),
    checklist=(
        Item("end_user", "The end user was looked for in the lists, where it is none of those who sign", required=False),
        Item(
            "export_list", "The list in force was looked through: of technologies that go abroad, or that come in", required=False
        ),
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


#: Whoever answers is known, and so is the day; that a party does not answer is not asked of it.
FOLLOW_UP_BY_LINK = ByLink(
    "What has come of it? Is the technology in use, and does it do what was expected?",
    party="told_by", day="told_on", files="evidence", without=(("running", ("no_answer",)),),
    labels=(("further_sites", "At how many other sites is the technology in use?"),),
)  # fmt: skip


def follow_up_after(days: int) -> Task:
    return Task(
        "follow_up",
        "Ask what came of it",
        Role.OFFICER,
        working_days(20),
        forms.FollowUp,
        after=calendar_days(days),
        where=("outcome", FOLLOWED_UP),
        aftercare=True,
        by_link=FOLLOW_UP_BY_LINK,
    )


INTRODUCTION_FOLLOW_UP = "introduction_follow_up"
INTRODUCTION_BY_LINK = ByLink(
    "We introduced you to each other. What has come of it?", labels=(("contact", "How it stands between you"),),
    party="told_by", day="told_on", without=(("contact", ("no_answer",)),),
)  # fmt: skip

#: Half a year, a year and two after the day of the introduction.
INTRODUCTION_FOLLOW_UPS = tuple(
    Task(
        INTRODUCTION_FOLLOW_UP, "Ask what came of the introduction", Role.OFFICER, working_days(20), forms.IntroductionFollowUp,
        after=calendar_days(days, since="made_on"), by_link=INTRODUCTION_BY_LINK,
    )
    for days in (182, 365, 730)
)  # fmt: skip
READING_BY_LINK = ByLink("Please tell us your readings for the period.")


record_baseline = Task(
    "record_baseline", "Record the baseline", Role.OFFICER, working_days(20), impact.Baseline,
    guards=(impact.period_in_order, impact.each_figure_once), effects=(impact.record_baseline,), done="recorded the baseline",
)  # fmt: skip
correct_record = Task(
    "correct_record", "Correct a record of the effect", Role.OFFICER, working_days(5), impact.CorrectedRecord,
    guards=(impact.record_may_be_corrected, impact.period_in_order, impact.correction_has_a_baseline, impact.corrected_factor_has_a_source),
    effects=(impact.correct_record,), done="corrected a record of the effect",
)  # fmt: skip
#: After the first year: what was read by then is verified, once.
FIRST_YEAR = Referral(
    "verification", question="Verify the effect of the first year of operation",
    due=calendar_days(335, since="accept_site.accepted_on"), after=calendar_days(275, since="accept_site.accepted_on"),
)  # fmt: skip
ask_verification = Task(
    "ask_verification", "Ask for a verification of the effect", Role.OFFICER, working_days(5), impact.AskedVerification,
    guards=(impact.there_is_something_to_verify,), done="asked for a verification of the effect",
    opens=(Referral("verification", fresh=True, question="Verify the effect as it was recorded", due=calendar_days(60)),),
)  # fmt: skip


def _reading(after: Limit | None = None) -> Task:
    return Task(
        "reading",
        "Ask the parties for their readings",
        Role.OFFICER,
        working_days(20),
        impact.Readings,
        guards=impact.FIGURE_GUARDS,
        effects=(impact.record_readings,),
        opens_if=(("operating", True, (FIRST_YEAR,)),),
        after=after,
        by_link=READING_BY_LINK,
    )


reading = _reading()


def reading_after(days: int) -> Task:
    return _reading(calendar_days(days))


def _use_report(after: Limit | None = None) -> Task:
    return Task(
        "use_report",
        "Ask how the technology is used",
        Role.OFFICER,
        working_days(20),
        impact.UseReport,
        guards=(impact.period_in_order,),
        after=after,
        by_link=ByLink("Please tell us how you use the technology."),
    )


use_report = _use_report()


def use_report_after(days: int) -> Task:
    return _use_report(calendar_days(days))
