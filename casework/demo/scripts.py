"""The cases of the demo: one in every state, and one for each exception that a case may meet."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from casework.demo.steps import Call, Do, Script, Until, Wait, do
from casework.demo.stretches import (
    AGREED,
    BEFORE_SIGNING,
    BUILT,
    DISPUTE,
    MAIN,
    MEDIATED,
    MEDIATING,
    NO_SITE,
    OPEN,
    PLEDGED,
    READY,
    SIGNED,
    Steps,
    accepted,
    assessed,
    delivered,
    planned,
    sent,
    to_assessment,
    to_consent,
    to_scoping,
    to_structuring,
    to_triage,
    verified,
)
from casework.engine.deadlines.calendars import Calendar


def scripts(calendar: Calendar, end: datetime) -> list[Script]:
    """The demo's cases, the most telling ones first."""
    due_today = _closed_so_that_follow_up_is_due(calendar, end)
    chen, li, zhao = ({"officer": name, "other_officer": other} for name, other in (
        ("chen", "li"), ("li", "zhao"), ("zhao", "chen"),
    ))  # fmt: skip
    return [
        Script(
            "Structuring, with a pledge loan and green finance side by side",
            ("BJ-N003", "DEMO-T005"), 120, cast=chen, pace=1.5,
            steps=(
                *verified()[:-1],
                do("officer", "case.amend_plan", pledge="bank", finance="fund", assessment="institute"),
                do("supervisor", "case.amend_plan"),
                do("officer", "case.assessment_passed"),
                *accepted("pledge", "bank", "banker"),
                do("banker", "pledge.eligible"),
                *accepted("finance", "fund", "financier"),
                do("officer", "pledge.apply", amount=3_000_000),
                do("financier", "finance.green"),
                do("officer", "finance.ready"),
                do("banker", "pledge.dd_done"),
                do("financier", "finance.investor_found"),
                do("officer", "agreement.propose"),
                Until(20),
                do("officer", "ip.confirm", territory="CN"),
                do("banker", "pledge.valued", value=8_600_000),
                do("banker", "pledge.approved", pool_share=40, bank_share=60),
                do("financier", "finance.dd_ok"),
                do("officer", "finance.terms_agreed"),
            ),
        ),
        Script(
            "At work, verified, closed; a follow-up is due today",
            ("BJ-N001", "DEMO-T001"), 545, cast=li, pace=1.2,
            steps=(
                *verified(), *SIGNED, *BUILT,
                do("officer", "deployment.pass_with_list", open_items=[("Paint the platform.", 10), ("Train the night shift.", 20)]),
                do("officer", "case.accept_site"),
                do("officer", "punch_item"), do("officer", "punch_item"),
                Until(360), do("officer", "reading", value=412),
                Until(270), do("officer", "reading", value=398),
                Until(due_today + 30),
                do("officer", "referral:verification.send", provider="verifiers"),
                do("verifier", "referral:verification.accept", planned_on=14),
                do("verifier", "referral:verification.start"),
                do("verifier", "referral:verification.deliver"),
                do("officer", "referral:verification.approve"),
                do("officer", "ip.confirm", territory="CN"),
                do("officer", "ip.end"),
                do("officer", "case.end_monitoring", outcome="deployed_verified"),
                do("officer", "referral:verification.cancel", reason="not_needed"),
                Until(due_today + 7), Call("finish", ("officer", "reading", {"value": 391})),
                Until(due_today, exactly=True), do("supervisor", "case.close"),
            ),
        ),
        Script(
            "A sibling was signed; the need is met elsewhere",
            ("BJ-N001", "DEMO-T002"), 540, cast=zhao, pace=2,
            steps=(
                *to_scoping(), Until(400),
                do("officer", "superseded", stands=False, note="The need owner has chosen the other burner."),
                do("officer", "case.propose_close", outcome="need_met_elsewhere", reason="other"),
                Call("drop", ("officer", "kick_off", "nda", "service_plan", "screening")),
                do("supervisor", "case.close"), Until(160), *_followed(), Until(30), *_followed(),
            ),
        ),
        Script(
            "Assessment: the request is new to the provider",
            ("BJ-N008", "DEMO-T015"), 40, cast=chen, pace=2,
            steps=(*to_assessment(), Until(1), *sent("assessment", "institute")),
        ),
        Script(
            "Assessment: the provider works",
            ("BJ-N010", "DEMO-T019"), 58, cast=li, pace=2,
            steps=(
                *to_assessment(),
                *accepted("assessment", "institute", "assessor"),
                do("assessor", "assessment.admit"), do("assessor", "assessment.engage"),
                do("assessor", "assessment.fix_plan"),
                Call("claim", ("assessor", "data_review")),
            ),
        ),
        Script(
            "Assessment: the provider is late, and was given more time already",
            ("BJ-N015", "DEMO-T025"), 115, cast=zhao, pace=2,
            steps=(
                *to_assessment(),
                *sent("assessment", "institute"),
                do("assessor", "referral:assessment.accept", planned_on=20),
                do("assessor", "assessment.admit"),
                Until(60),
                do("assessor", "referral:assessment.ask_extension", new_date=30),
                do("officer", "decide_extension", until_on=30),
                do("assessor", "assessment.engage"),
            ),
        ),
        Script(
            "Assessment: the delivery was returned for correction",
            ("BJ-N005", "DEMO-T009"), 84, cast=chen, pace=2,
            steps=(
                *to_assessment(), *accepted("assessment", "institute", "assessor"), *assessed("assessor"),
                do("assessor", "assessment.issue_limits"), do("assessor", "referral:assessment.deliver"),
                Until(3), do("officer", "referral:assessment.return"),
            ),
        ),
        Script(
            "On hold, about to resume; its parties have paused",
            ("BJ-N009", "DEMO-T017"), 150, cast=li, pace=2,
            steps=(
                *to_structuring(), do("officer", "ip.confirm", territory="CN"), do("officer", "agreement.propose"),
                *MEDIATING, MAIN, Until(58),
                do("officer", "case.hold", reason="parties_paused", waits_for="other", resume_by=59),
                Until(20), do("officer", "ip.confirm", territory="CN"),
            ),
        ),
        Script(
            "A loan that was overdue after closing, and was paid after all",
            ("BJ-N011", "DEMO-T020"), 540, cast=zhao, pace=2,
            steps=(
                *to_structuring(pledge="bank"), *accepted("pledge", "bank", "banker"), *PLEDGED,
                do("banker", "pledge.paid_out", repayments=[("First half", 300), ("Second half", 700)]),
                *delivered("pledge", "banker"),
                do("officer", "ip.confirm", territory="CN", pledge="consent_on_file"),
                Do("officer", "+case.ask_pledgee"), do("officer", "ask_pledgee"),
                do("officer", "case.ready_to_sign", territory="CN"),
                *AGREED, do("officer", "agreement.sign_local"), *BEFORE_SIGNING, do("officer", "case.sign_no_site"),
                Until(330), do("officer", "follow_up"),
                do("officer", "ip.confirm", territory="CN", pledge="consent_on_file", pledgee_told=True),
                do("officer", "ip.end"),
                do("officer", "case.end_monitoring", outcome="agreement_no_site", report="no_site"),
                do("officer", "referral:verification.cancel", reason="not_needed"),
                do("supervisor", "case.close"),
                Until(210), *_followed(),
                Until(185), do("banker", "pledge.miss"), do("officer", "overdue_talk"),
                Until(160), do("banker", "pledge.cured"), do("banker", "repayment"),
                Until(110), *_followed(), Call("finish", ("officer", "annual_fee_check")),
                Call("finish", ("banker", "valuation_refresh")), Until(60), *_followed(),
            ),
        ),
        Script(
            "Acceptance failed twice; the site was given up",
            ("BJ-N007", "DEMO-T013"), 430, cast=chen, pace=2,
            steps=(
                *to_structuring(), *SIGNED, *BUILT,
                do("officer", "deployment.fail"), do("officer", "deployment.retest"),
                do("officer", "deployment.fail"), do("officer", "deployment.retest"),
                do("officer", "deployment.fail"), do("supervisor", "deployment.fail_final", correction_refused=False),
                do("officer", "case.site_failed", reason="performance"), do("officer", "ip.end"),
                do("supervisor", "case.close"), Until(150), *_followed(),
            ),
        ),
        Script(
            "A party fell silent",
            ("BJ-N004", "DEMO-T008"), 210, cast=li, pace=2,
            steps=(
                *to_consent(), do("officer", "record_consent", "need_owner"), Wait(45),
                do("officer", "case.propose_close", outcome="dormant", reason="no_answer_technology"),
                Call("drop", ("officer", "record_consent")), do("supervisor", "case.close"),
            ),
        ),
        Script(
            "A party withdrew",
            ("BJ-N006", "DEMO-T012"), 260, cast=zhao, pace=2,
            steps=(
                *to_structuring(finance="fund"), *accepted("finance", "fund", "financier"),
                do("financier", "finance.green"),
                do("officer", "case.withdraw", party="technology_owner", reason="strategy_change"),
                do("officer", "usable_results"), do("officer", "ip.fail"), do("officer", "agreement.abandon"),
                do("supervisor", "case.close"), Until(8), *_followed(),
            ),
        ),
        Script(
            "A consent was withdrawn while the provider worked",
            ("BJ-N012", "DEMO-T022"), 66, cast=chen, pace=2,
            steps=(
                *to_assessment(), Call("paper", ("Drawings of the nozzle", "technology_owner")),
                *accepted("assessment", "institute", "assessor", documents=["Drawings of the nozzle"]),
                do("assessor", "assessment.admit"), Until(2), Call("take_back", ("technology_owner",)),
            ),
        ),
        Script(
            "One provider declined, one was silent, one has a conflict",
            ("BJ-N013", "DEMO-T023"), 98, cast=li, pace=2,
            steps=(
                *to_assessment(), *sent("assessment", "institute"),
                do("assessor", "referral:assessment.decline", reason="no_capacity"),
                do("officer", "choose_other_provider", next="assessment"),
                *sent("assessment", "test_centre"), Wait(20),
                do("officer", "choose_other_provider", next="assessment"),
                *sent("assessment", "laboratory"),
                do("tester", "referral:assessment.declare_conflict", nature="earlier_work"),
                do("supervisor", "referral:assessment.waive_conflict"),
                do("tester", "referral:assessment.accept"), do("tester", "assessment.admit"),
            ),
        ),
        Script(
            "The patent lapsed during the talks",
            ("BJ-N018", "DEMO-T028"), 105, cast=zhao, pace=2,
            steps=(
                *to_scoping(), Call("look_up", ("officer", {"in_force": True})),
                *planned(skip_assessment=True), do("supervisor", "case.skip_assessment"),
                do("officer", "ip.confirm", territory="CN"), do("officer", "agreement.propose"),
                Until(9), do("officer", "ip.recheck"), Call("look_up", ("officer", {"in_force": False})),
                do("officer", "ip.find_gap", who="technology_owner"),
            ),
        ),
        Script(
            "A settlement changed the deal; now the plant is being built",
            ("BJ-N021", "DEMO-T031"), 250, cast=chen, pace=2,
            steps=(
                *to_structuring(), *READY, do("officer", "agreement.propose"),
                *MEDIATING, do("mediator", "mediation.settle_full"), *MEDIATED, MAIN,
                Do("officer", "+case.agreed_duty"),
                do("officer", "agreed_duty", duties=[("Pay the first part.", 20), ("Hand over the plans.", 40)]),
                do("officer", "case.back_to_talks", point="The parties have agreed on another price for service."),
                do("officer", "duty"), do("officer", "duty"), do("officer", "agreement.agree"),
                do("officer", "agreement.cleared"), do("officer", "ip.recheck"), *READY,
                do("officer", "agreement.sign_local"), *BEFORE_SIGNING, do("officer", "case.sign"),
                Until(85), do("officer", "ip.confirm", territory="CN"), Until(25), *BUILT[:3],
            ),
        ),
        Script(
            "A mediation ended after the case had closed, and the case was reopened",
            ("BJ-N017", "DEMO-T027"), 300, cast=li, pace=2,
            steps=(
                *to_structuring(), *MEDIATING, MAIN,
                do("officer", "case.propose_close", outcome="no_agreement", reason="ip_terms"),
                do("officer", "ip.fail"), do("officer", "agreement.abandon"), do("supervisor", "case.close"),
                Until(60), DISPUTE, do("mediator", "mediation.settle_full"), *MEDIATED, MAIN,
                Until(22), do("officer", "case.reopen", requester="need_owner"),
                do("supervisor", "decide_reopen", decision="confirm"), *_followed(),
                do("compliance", "screening", "need_owner"), do("second_compliance", "screening", "technology_owner"),
            ),
        ),
        Script(
            "Compliance stopped the case",
            ("BJ-N014", "DEMO-T024"), 220, cast=zhao, pace=2,
            steps=(
                *to_assessment(), *accepted("assessment", "test_centre", "other_assessor"),
                Do("compliance", "+case.screening", {}, "technology_owner"),
                do("compliance", "screening", result="hit"),
                do("compliance", "case.compliance_stop"),
                do("second_compliance", "decide_compliance_stop", decision="confirm"),
                do("officer", "referral:assessment.cancel", reason="not_needed"),
                do("officer", "usable_results"),
                do("supervisor", "case.close"),
            ),
        ),
        Script(
            "A duplicate",
            ("BJ-N024", "DEMO-T035"), 130, cast=chen, pace=2,
            steps=(
                *to_triage(), do("officer", "triage_check"),
                do("officer", "case.propose_close", outcome="duplicate", reason="other"), do("supervisor", "case.close"),
            ),
        ),
        Script(
            "Across the border: the contract waits for its registration",
            ("BJ-N024", "DEMO-T034"), 112, cast=li, pace=1.5,
            steps=(
                *verified(), *READY, do("officer", "agreement.propose"), do("officer", "agreement.agree"),
                do("officer", "agreement.cleared", crosses_border=True, catalogue_class="free"),
                do("officer", "agreement.sign_cross"), *BEFORE_SIGNING, do("officer", "case.sign"),
                do("officer", "deployment.plan_set"),
            ),
        ),
        Script(
            "The officer left; another has taken over",
            ("BJ-N022", "DEMO-T032"), 34, cast=zhao, pace=2,
            steps=(
                *to_scoping(), do("compliance", "screening", "need_owner"),
                Call("hand", ("supervisor", "other_officer", "Kick-off is arranged for next week; see the minutes.")),
                do("other_officer", "kick_off"),
            ),
        ),
        Script(
            "A wrong step was recorded and put right",
            ("BJ-N020", "DEMO-T030"), 66, cast=chen, pace=2,
            steps=(
                *to_structuring(), *READY, do("officer", "case.back_to_talks"), *READY[1:], *AGREED[:2],
                do("compliance", "compliance_gate"),
            ),
        ),
        Script(
            "Not viable: waits for the supervisor to close it",
            ("BJ-N016", "DEMO-T026"), 100, cast=li, pace=2,
            steps=(
                *to_assessment(), *accepted("assessment", "laboratory", "tester"), *assessed("tester"),
                do("tester", "assessment.issue_fail"), *delivered("assessment", "tester"),
                do("officer", "case.assessment_failed", reason="performance"),
            ),
        ),
        Script(
            "In operation: a reading is asked for",
            ("BJ-N002", "DEMO-T003"), 195, cast=zhao, pace=1.5,
            steps=(
                *verified(), *SIGNED, *BUILT, do("officer", "deployment.pass"), do("officer", "case.accept_site"),
                Until(60), do("officer", "ip.confirm", territory="CN"),
            ),
        ),
        Script(
            "Licensed without a site; two follow-ups answered",
            ("BJ-N019", "DEMO-T029"), 520, cast=chen, pace=2,
            steps=(
                *to_structuring(), *NO_SITE, Until(310), do("officer", "follow_up"),
                Until(250), do("officer", "ip.confirm", territory="CN"), do("officer", "ip.end"),
                do("officer", "case.end_monitoring", outcome="agreement_no_site", report="no_site"),
                do("officer", "referral:verification.cancel", reason="not_needed"),
                Until(230), do("officer", "follow_up", further_sites=2), do("supervisor", "case.close"),
                Until(85), *_followed(), Until(25), *_followed(),
            ),
        ),
        Script(
            "Consent: one party has agreed",
            ("BJ-N023", "DEMO-T033"), 15, cast=li, pace=2,
            steps=(*to_consent(), do("officer", "record_consent", "need_owner")),
        ),
        Script(
            "Triage: a poor match, and an officer with an interest",
            ("BJ-N002", "DEMO-T004"), 6, cast=zhao, pace=1,
            steps=(
                *OPEN, Call("interest", ("chen", "My sister works for the need owner.")),
                do("supervisor", "case.assign", officer="officer"),
            ),
        ),
        Script("Proposed: in the intake", ("BJ-N006", "DEMO-T011"), 1, steps=OPEN, cast=chen),
    ]  # fmt: skip


def _followed() -> Steps:
    """Whatever follow-up stands open is answered."""
    return (Call("finish", ("officer", "follow_up", {"further_sites": 0})),)


def _closed_so_that_follow_up_is_due(calendar: Calendar, end: datetime) -> int:
    """So many days before today a case must have closed for its first follow-up to be due today."""
    today: date = calendar.local_date(end)
    zone = ZoneInfo(calendar.zone)

    def due(days: int) -> date:
        closed = datetime.combine(today - timedelta(days=days), time(11), zone)
        return calendar.local_date(calendar.due(calendar.due(closed, 180, "cd"), 20, "wd"))

    return min(range(195, 240), key=lambda days: abs((due(days) - today).days))
