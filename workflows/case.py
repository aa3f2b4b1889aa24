"""The case: a match on its way from a proposal to a technology at work, or to a reasoned end."""

from __future__ import annotations

from casework.engine import parts
from casework.engine.definition.grammar import (
    EXCEPTION,
    PREVIOUS_STEP,
    RETURN,
    STOP,
    WAIVER,
    Also,
    Beside,
    Final,
    Referral,
    State,
    Task,
    Track,
    Workflow,
    any_of,
    calendar_days,
    previous,
    same,
    until,
    working_days,
)
from casework.engine.roles import INTAKE, Role
from workflows import (
    agreement_forms,
    agreement_guards,
    border_guards,
    deal_guards,
    effects,
    guards,
    impact,
    joins,
    letters,
    outcome_guards,
    right_guards,
)
from workflows import case_forms as forms
from workflows.case_tasks import (
    BEFORE_SIGNING,
    INTRODUCTION_FOLLOW_UP,
    INTRODUCTION_FOLLOW_UPS,
    ask_holder,
    ask_more_time,
    ask_verification,
    ask_waiver,
    compliance_gate,
    condition,
    consent_lost,
    correct_record,
    dispute_clause_check,
    duty,
    follow_up_after,
    kick_off,
    nda,
    reading,
    reading_after,
    record_baseline,
    record_consent,
    record_consent_abroad,
    renew_consent,
    review_hold,
    screening,
    service_plan,
    triage_check,
    use_report,
    use_report_after,
)
from workflows.comments import comment_on_letter
from workflows.papers import ACCEPTANCE_CERTIFICATE, SIGNED_AGREEMENT, VERIFICATION_STATEMENT

#: The services that the plan names a provider for.
PLANNED = (
    Referral("assessment", planned=True),
    Referral("pledge", planned=True),
    Referral("finance", planned=True),
)
#: What runs side by side while the deal is arranged. Finance is inside its referral.
STRUCTURING = (
    Track("ip"),
    Track("agreement"),
    Referral("pledge", planned=True),
    Referral("finance", planned=True),
)
PLAN_GUARDS = (
    guards.plan_is_on_file,
    guards.nda_is_signed_or_waived,
    guards.parties_are_screened,
    guards.consents_are_recent,
)
SIGN_GUARDS = (
    border_guards.transfer_is_permitted,
    agreement_guards.agreement_is_in_force,
    agreement_guards.compliance_gate_is_passed,
    agreement_guards.dispute_clause_is_chosen,
    agreement_guards.statement_is_still_valid,
    agreement_guards.pledgees_of_signed_agree,
    agreement_guards.loans_are_offered_listed_or_waived,
)
#: Every way into closing; whoever went it may not close.
INTO_CLOSING = (
    "assessment_failed", "site_failed", "end_monitoring", "propose_close", "withdraw", "compliance_stop",
)  # fmt: skip


class Case(Workflow):
    """A match between a need and a technology, followed by one officer until it is at work or has come to an end."""

    title = "Case"
    part = parts.MAIN

    proposed = State(
        "Proposed", INTAKE, working_days(5), "Triage", do="Assign or take the case", letter=letters.PROPOSED
    )
    triage = State("Triage", Role.OFFICER, working_days(10), "Triage", do="Complete the triage", letter=letters.TRIAGE)
    introduced = State(
        "Introduced",
        Role.OFFICER,
        calendar_days(790),
        "Introduce",
        do="Follow the introduction",
        letter=letters.INTRODUCED,
    )
    consent = State(
        "Consent",
        Role.OFFICER,
        working_days(15),
        "Consent",
        do="Confirm both parties' interest",
        letter=letters.CONSENT,
    )
    scoping = State(
        "Scoping", Role.OFFICER, working_days(20), "Plan", do="Prepare the service plan", letter=letters.SCOPING
    )
    assessment = State(
        "Assessment", Role.OFFICER, calendar_days(120), "Assess", do="Follow the assessment", letter=letters.ASSESSMENT
    )
    structuring = State(
        "Structuring",
        Role.OFFICER,
        calendar_days(180),
        "Structure",
        do="Structure the deal",
        letter=letters.STRUCTURING,
    )
    agreement = State(
        "Agreement", Role.OFFICER, calendar_days(60), "Sign", do="Get the agreement signed", letter=letters.AGREEMENT
    )
    deployment = State(
        "Deployment",
        Role.OFFICER,
        calendar_days(270),
        "Deploy",
        do="Follow the work on site",
        letter=letters.DEPLOYMENT,
    )
    monitoring = State(
        "Monitoring", Role.OFFICER, calendar_days(365), "Monitor", do="Follow the operation", letter=letters.MONITORING
    )
    closing = State(
        "Closing",
        Role.SUPERVISOR,
        calendar_days(45),
        "Close",
        do="Decide on closing",
        decides="closings",
        letter=letters.CLOSING,
    )
    on_hold = State(
        "On hold", Role.OFFICER, calendar_days(60), PREVIOUS_STEP, do="Resume the case in time", letter=letters.ON_HOLD
    )
    closed = Final("Closed", step="Close")

    # --- the way forward ---

    assign = proposed.to(
        triage, by=Role.SUPERVISOR, do="Assign to an officer", done="assigned the case", form=forms.Assignment,
        guards=[guards.officer_has_no_interest], effects=[effects.own_case], opens=[triage_check],
    )  # fmt: skip
    take = proposed.to(
        triage, by=Role.OFFICER, do="Take the case", done="took the case",
        guards=[guards.no_declared_interest], effects=[effects.take_case], opens=[triage_check],
    )  # fmt: skip
    pass_triage = triage.to(
        consent, by=Role.OFFICER, do="Pass triage", done="passed the case through triage",
        guards=[guards.records_on_file, guards.match_is_explained, guards.triage_is_checked], opens=[record_consent, record_consent_abroad],
    )  # fmt: skip
    confirm_interest = consent.to(
        scoping, by=Role.OFFICER, do="Confirm both parties' interest", done="confirmed both parties' interest",
        guards=[guards.interest_is_confirmed], opens=[screening, kick_off, nda, service_plan],
        part=parts.CONFIRMS_INTEREST,
    )  # fmt: skip
    approve_plan = scoping.to(
        assessment, by=Role.SUPERVISOR, do="Approve the plan", done="approved the plan",
        guards=PLAN_GUARDS, opens=PLANNED, ends=("decide_plan",), not_by=("service_plan", "nda"),
    )  # fmt: skip
    skip_assessment = scoping.to(
        structuring, by=Role.SUPERVISOR, kind=EXCEPTION, do="Approve the plan without an assessment",
        done="approved the plan without an assessment", form=forms.WithoutAssessment,
        guards=[*PLAN_GUARDS, guards.skipping_was_asked, guards.statement_or_reason], opens=STRUCTURING,
        ends=("decide_plan",), not_by=("service_plan", "nda"), audited=WAIVER, decides="plans",
    )  # fmt: skip
    assessment_passed = assessment.to(
        structuring, by=Role.OFFICER, do="Move to structuring", done="took the assessment as passed",
        guards=[guards.assessment_is_stated, guards.parties_have_commented], needs=[VERIFICATION_STATEMENT],
        opens=STRUCTURING,
    )  # fmt: skip
    ready_to_sign = structuring.to(
        agreement, by=Role.OFFICER, do="Move to signing", done="brought the case to signing", form=agreement_forms.AgreedTerms,
        guards=[
            agreement_guards.ip_is_clear_where_rights_are_given, agreement_guards.loans_are_offered_listed_or_waived,
            agreement_guards.work_is_not_blocked, border_guards.transfer_is_permitted,
            border_guards.export_may_be_agreed,
            deal_guards.rights_of_terms_are_confirmed, deal_guards.rights_fit_the_kind,
            right_guards.rights_named_were_checked, right_guards.giver_may_give_each_right,
            right_guards.rights_of_terms_have_not_ended, deal_guards.nothing_bars_the_terms, agreement_guards.pledgees_agree,
        ],
        opens=[*BEFORE_SIGNING, condition],
    )  # fmt: skip
    sign = agreement.to(
        deployment, by=Role.OFFICER, do="Record the signed agreement", done="recorded the signed agreement",
        form=agreement_forms.Signing, guards=SIGN_GUARDS, needs=[SIGNED_AGREEMENT],
        opens=[Track("deployment"), condition],
        siblings=True, part=parts.TAKES_RIGHTS,
        consequence="The work on site begins. Other cases of the same need are asked whether they still stand.",
    )  # fmt: skip
    sign_no_site = agreement.to(
        monitoring, by=Role.OFFICER, do="Record a signed agreement without a site",
        done="recorded a signed agreement without a site", guards=SIGN_GUARDS, needs=[SIGNED_AGREEMENT],
        opens=[use_report_after(90), use_report_after(180), use_report_after(365)], siblings=True,
        part=parts.TAKES_RIGHTS,
        consequence="The case is followed from now on. Other cases of the same need are asked whether they still stand.",
    )  # fmt: skip
    accept_site = deployment.to(
        monitoring, by=Role.OFFICER, do="Record the acceptance of the site", done="recorded the acceptance of the site",
        form=agreement_forms.SiteAcceptance, guards=[agreement_guards.site_is_accepted, impact.baseline_was_recorded],
        needs=[ACCEPTANCE_CERTIFICATE],
        opens=[reading_after(90), reading_after(180), reading_after(270), reading_after(360)],
    )  # fmt: skip
    end_monitoring = monitoring.to(
        closing, by=Role.OFFICER, do="End the monitoring", done="ended the monitoring", form=agreement_forms.MonitoringEnd,
        guards=outcome_guards.EFFECT_GUARDS, effects=[effects.propose_outcome],
    )  # fmt: skip
    close = closing.to(
        closed, by=Role.SUPERVISOR, do="Close the case", done="closed the case", form=forms.Closing,
        guards=[
            guards.tasks_have_ended, guards.referrals_have_ended, guards.tracks_have_ended_or_run_on,
            guards.outcome_respects_a_stop, *outcome_guards.EFFECT_GUARDS,
        ],
        effects=[effects.propose_outcome, effects.end_hold, effects.thaw], not_by=INTO_CLOSING,
        opens=[follow_up_after(180), follow_up_after(365), follow_up_after(730)], also=[Also("unsent", "cancel")],
        consequence="The case ends; what runs on becomes aftercare, and a request that was not sent is cancelled.",
    )  # fmt: skip

    # --- an introduction: the parties go on by themselves, and are asked what came of it ---

    introduce = triage.to(
        introduced, by=Role.OFFICER, kind=EXCEPTION, do="Introduce the parties only", done="introduced the parties to each other",
        form=forms.Introduction, guards=[guards.no_declared_interest, guards.records_on_file],
        ends=("triage_check",), opens=[*INTRODUCTION_FOLLOW_UPS], part=parts.INTRODUCES,
    )  # fmt: skip
    make_full = introduced.to(
        triage, by=Role.OFFICER, kind=RETURN, do="Make it a full case", done="made the introduction a full case",
        form=forms.Reason, opens=[triage_check], ends=(INTRODUCTION_FOLLOW_UP,),
    )  # fmt: skip
    end_introduction = introduced.to(
        closed, by=Role.OFFICER, do="Close the introduction", done="closed the introduction", form=forms.IntroductionEnd,
        guards=[guards.only_follow_ups_are_open], effects=[effects.propose_outcome], ends=(INTRODUCTION_FOLLOW_UP,),
        consequence="The case ends. It counts as an introduction, never as an agreement or a deployment.",
    )  # fmt: skip

    # --- back ---

    reassess = any_of(structuring, agreement).to(
        assessment, by=Role.OFFICER, kind=RETURN, do="Order a new assessment", done="asked for another assessment",
        form=forms.Change, opens=[Referral("assessment", fresh=True)],
    )  # fmt: skip
    back_to_talks = agreement.to(
        structuring,
        by=Role.OFFICER,
        kind=RETURN,
        do="Go back to talks",
        done="went back to talks",
        form=forms.OpenPoint,
    )
    scale_up = monitoring.to(
        structuring, by=Role.OFFICER, kind=RETURN, do="Scale up after the pilot",
        done="scaled the case up after the pilot", form=forms.ScaleUp,
        opens=[
            Track("ip", fresh=True), Track("agreement", fresh=True),
            Referral("pledge", planned=True, fresh=True), Referral("finance", planned=True, fresh=True),
        ],
    )  # fmt: skip
    renegotiate = any_of(deployment, monitoring).to(
        agreement, by=Role.OFFICER, kind=RETURN, do="Renegotiate", done="went back to the agreement",
        form=forms.Renegotiation, opens=[Track("agreement", fresh=True), *BEFORE_SIGNING],
        consequence="The agreement in force stays until the new one is in force, and ends with that.",
    )  # fmt: skip
    return_to_work = closing.to(
        previous(), by=Role.SUPERVISOR, kind=RETURN, do="Return the case to work", done="returned the case to work",
        form=forms.Reason, guards=[guards.not_stopped_by_compliance], effects=[effects.no_outcome],
    )  # fmt: skip
    reopen = closed.to(
        scoping, by=(Role.OFFICER, Role.SUPERVISOR), confirm_by=Role.SUPERVISOR, kind=RETURN, reopens=True, do="Reopen the case",
        done="reopened the case", form=forms.Reopening,
        guards=[guards.closed_not_too_long_ago, guards.not_stopped_by_compliance], effects=[effects.no_outcome],
        opens=[screening, record_consent, record_consent_abroad, service_plan], decides="closings",
    )  # fmt: skip

    # --- changes of plan, and early ends ---

    waive_assessment = assessment.to(
        structuring, by=(Role.OFFICER, Role.SUPERVISOR), confirm_by=Role.SUPERVISOR, kind=EXCEPTION, do="Waive the assessment",
        done="waived the assessment", form=forms.WithoutAssessment, guards=[guards.statement_or_reason],
        opens=STRUCTURING, audited=WAIVER, decides="waivers",
    )  # fmt: skip
    amend_plan = any_of(assessment, structuring, agreement, deployment, monitoring).to(
        same(), by=(Role.OFFICER, Role.SUPERVISOR), confirm_by=Role.SUPERVISOR, kind=EXCEPTION, do="Amend the plan",
        done="amended the plan", form=forms.AmendedPlan, opens=PLANNED, part=parts.CHANGES_PLAN, decides="plans",
        guards=[guards.assessed_or_skipped],
    )  # fmt: skip
    ask_beside = any_of(assessment, structuring, agreement, deployment, monitoring).to(
        same(), by=Role.OFFICER, kind=EXCEPTION, do="Ask another provider as well", done="asked other providers as well",
        form=joins.AskedBeside,
        guards=[joins.some_service_is_asked_for, joins.service_is_asked_for, joins.results_can_come, joins.beside_are_others],
        effects=[joins.wait_for_results], opens=[Beside()], ends=("too_few_results",),
    )  # fmt: skip
    change_join = any_of(assessment, structuring, agreement, deployment, monitoring).to(
        same(), by=Role.OFFICER, kind=EXCEPTION, do="Change the number of results needed",
        done="changed the number of results needed", form=joins.ChangedJoin,
        guards=[joins.some_join_waits, joins.service_is_joined, joins.results_can_come],
        effects=[joins.wait_for_results], ends=("too_few_results",),
    )  # fmt: skip
    assessment_failed = assessment.to(
        closing, by=Role.OFFICER, kind=EXCEPTION, do="Close as not viable", done="took the assessment as failed",
        form=forms.FailedAssessment, guards=[guards.assessment_did_not_verify, guards.parties_have_answered],
        effects=[effects.not_viable],
    )  # fmt: skip
    site_failed = deployment.to(
        closing, by=Role.OFFICER, kind=EXCEPTION, do="Close without a working site", done="took the site as failed",
        form=agreement_forms.FailedSite, guards=[agreement_guards.site_has_failed], effects=[effects.agreement_only],
    )  # fmt: skip
    propose_close = any_of(
        triage, consent, scoping, assessment, structuring, agreement, deployment, monitoring, on_hold
    ).to(
        closing, by=Role.OFFICER, kind=EXCEPTION, do="Propose closing", done="proposed closing", form=forms.ClosingProposal,
        guards=outcome_guards.EFFECT_GUARDS, effects=[effects.propose_outcome],
    )  # fmt: skip
    withdraw = any_of(consent, scoping, assessment, structuring, agreement, deployment, monitoring, on_hold).to(
        closing, by=Role.OFFICER, kind=EXCEPTION, do="Record a party's withdrawal", done="recorded a party's withdrawal",
        form=forms.Withdrawal, effects=[effects.withdrawn], also=[Also("referrals", "cancel")],
        consequence="Every open referral is cancelled.",
    )  # fmt: skip
    compliance_stop = any_of(
        triage, introduced, consent, scoping, assessment, structuring, agreement, deployment, monitoring, on_hold, closing
    ).to(
        closing, by=Role.COMPLIANCE, confirm_by=Role.COMPLIANCE, kind=EXCEPTION, do="Stop the case", done="stopped the case",
        form=forms.Stop, effects=[effects.stopped], proposal_effects=[effects.freeze], refusal_effects=[effects.thaw],
        consequence="Everything outward stands still at once.", audited=STOP, decides="closings",
    )  # fmt: skip

    # --- waiting ---

    hold = any_of(triage, consent, scoping, assessment, structuring, agreement, deployment, monitoring).to(
        on_hold, by=Role.OFFICER, kind=EXCEPTION, do="Put the case on hold", done="put the case on hold", form=forms.Hold,
        effects=[effects.hold], opens=[review_hold],
    )  # fmt: skip
    resume = on_hold.to(
        previous(), by=Role.OFFICER, kind=RETURN, do="Resume the case", done="resumed the case", form=forms.Reason,
        effects=[effects.end_hold], ends=("review_hold",),
    )  # fmt: skip
    resume_due = on_hold.after(
        until("hold.resume_by"), previous(), kind=RETURN, do="Resume the case", done="resumed the case on the day named",
        effects=[effects.end_hold], ends=("review_hold",),
    )  # fmt: skip

    on_request = (
        ((triage,), (Role.OFFICER, Role.SUPERVISOR), triage_check),
        (
            (consent, scoping, assessment, structuring, agreement, deployment, monitoring, closing), (Role.OFFICER,),
            renew_consent,
        ),
        ((consent, scoping, assessment, structuring, agreement, deployment, monitoring), (Role.OFFICER, Role.SUPERVISOR), consent_lost),
        ((scoping, assessment, structuring, agreement), (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE), screening),
        ((scoping,), (Role.OFFICER, Role.SUPERVISOR), nda),
        ((scoping,), (Role.OFFICER, Role.SUPERVISOR), service_plan),
        (
            (triage, consent, scoping, assessment, structuring, agreement, deployment, monitoring, closing, on_hold),
            (Role.OFFICER,), ask_more_time,
        ),
        (
            (consent, scoping, assessment, structuring, agreement, deployment, monitoring, closing), (Role.OFFICER,),
            comment_on_letter,
        ),
        ((structuring, agreement), (Role.OFFICER,), ask_waiver),
        ((structuring, agreement), (Role.OFFICER,), Task(
            "ask_pledgee", "Ask the pledgee for consent", Role.OFFICER, working_days(10), agreement_forms.PledgeeAnswer,
        )),
        ((structuring, agreement), (Role.OFFICER,), ask_holder),
        ((agreement,), (Role.OFFICER, Role.SUPERVISOR), compliance_gate),
        ((agreement,), (Role.OFFICER,), dispute_clause_check),
        ((structuring, agreement, deployment, monitoring), (Role.OFFICER,), record_baseline),
        ((deployment, monitoring), (Role.OFFICER,), correct_record),
        ((monitoring,), (Role.OFFICER,), ask_verification),
        ((structuring, agreement, deployment, monitoring), (Role.OFFICER, Role.SUPERVISOR), Task(
            "work_blocked", "Declare that work is blocked", Role.OFFICER, working_days(5), agreement_forms.WorkBlocked,
            done="declared that work is blocked",
        )),
        ((structuring, agreement, deployment, monitoring), (Role.OFFICER, Role.SUPERVISOR), Task(
            "work_unblocked", "Declare that work goes on", Role.OFFICER, working_days(5), agreement_forms.WorkUnblocked,
            done="declared that work goes on",
        )),
        ((structuring, agreement, deployment, monitoring), (Role.OFFICER,), Task(
            "agreed_duty", "Enter duties that the parties have agreed", Role.OFFICER, working_days(5), agreement_forms.AgreedDuties,
            opens=(duty,), done="entered the duties that the parties have agreed",
        )),
        # Nobody adds this by hand: it is opened where another case of the same need has been signed.
        ((triage, consent, scoping, assessment, structuring, agreement), (), Task(
            "superseded", "Decide whether to keep this case", Role.OFFICER, working_days(10), forms.Superseded,
            unless_open=True, part=parts.AFTER_RIGHTS_TAKEN,
        )),
        # Nor this: it is opened where referrals side by side cannot bring as many results as the case waits for.
        ((assessment, structuring, agreement, deployment, monitoring), (), Task(
            "too_few_results", "Decide how to go on with too few results", Role.OFFICER, working_days(5),
            joins.TooFewResults, effects=(joins.go_on_with_fewer,), guards=(joins.results_are_there,),
            part=parts.AFTER_TOO_FEW,
        )),
        ((monitoring,), (Role.OFFICER,), reading),
        ((monitoring,), (Role.OFFICER,), use_report),
    )  # fmt: skip
