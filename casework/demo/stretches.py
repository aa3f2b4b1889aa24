"""Stretches of a case that several scripts share."""

from __future__ import annotations

from typing import Any

from casework.demo.steps import Call, Step, do

Steps = tuple[Step, ...]
#: A stretch of the way, written for whoever is the officer of the case.
OPEN: Steps = (Call("open"),)


def to_triage() -> Steps:
    return (*OPEN, do("officer", "case.take"))


def to_consent() -> Steps:
    return (*to_triage(), do("officer", "triage_check"), do("officer", "case.pass_triage"))


def to_scoping(**consent: Any) -> Steps:
    return (
        *to_consent(),
        do("officer", "record_consent", "need_owner", channel="meeting", **consent),
        do("officer", "record_consent", "technology_owner", channel="email", **consent),
        do("officer", "case.confirm_interest"),
    )


def planned(**plan: Any) -> Steps:
    """The plan with all that it needs, as far as the supervisor's decision."""
    return (
        do("compliance", "screening", "need_owner"),
        do("second_compliance", "screening", "technology_owner"),
        do("officer", "kick_off"),
        do("officer", "nda"),
        do("officer", "service_plan", **plan),
    )


def to_assessment(**plan: Any) -> Steps:
    return (*to_scoping(), *planned(**({"assessment": "institute"} | plan)), do("supervisor", "case.approve_plan"))


def to_structuring(**plan: Any) -> Steps:
    """Without an assessment: a party accepts the risk."""
    return (*to_scoping(), *planned(skip_assessment=True, **plan), do("supervisor", "case.skip_assessment"))


def sent(service: str, provider: str, **request: Any) -> Steps:
    return (do("officer", f"referral:{service}.send", provider=provider, **request),)


def accepted(service: str, provider: str, who: str, **request: Any) -> Steps:
    return (*sent(service, provider, **request), do(who, f"referral:{service}.accept"))


def delivered(service: str, who: str) -> Steps:
    return (do(who, f"referral:{service}.deliver"), do("officer", f"referral:{service}.approve"))


def assessed(who: str) -> Steps:
    """From the application to the parties' comments."""
    return (
        do(who, "assessment.admit"),
        do(who, "assessment.engage"),
        do(who, "assessment.fix_plan"),
        do(who, "assessment.data_enough"),
        do(who, "assessment.panel_done"),
        do(who, "assessment.send_draft"),
        do("officer", "assessment.comments_in"),
    )


def verified() -> Steps:
    """Assessed with a statement, and on to structuring."""
    return (
        *to_assessment(),
        *accepted("assessment", "institute", "assessor"),
        *assessed("assessor"),
        do("assessor", "assessment.issue_pass"),
        *delivered("assessment", "assessor"),
        do("officer", "case.assessment_passed"),
    )


READY: Steps = (do("officer", "ip.confirm", territory="CN"), do("officer", "case.ready_to_sign", territory="CN"))
AGREED: Steps = (
    do("officer", "agreement.propose"),
    do("officer", "agreement.agree"),
    do("officer", "agreement.cleared"),
)
BEFORE_SIGNING: Steps = (do("compliance", "compliance_gate"), do("officer", "dispute_clause_check"))
SIGNED: Steps = (*READY, *AGREED, do("officer", "agreement.sign_local"), *BEFORE_SIGNING, do("officer", "case.sign"))
NO_SITE: Steps = (
    *READY,
    *AGREED,
    do("officer", "agreement.sign_local"),
    *BEFORE_SIGNING,
    do("officer", "case.sign_no_site"),
)
BUILT: Steps = (
    do("officer", "deployment.plan_set"),
    do("officer", "deployment.permits_ok"),
    do("officer", "deployment.delivered"),
    do("officer", "deployment.installed"),
    do("officer", "deployment.ready_to_test"),
)
PLEDGED: Steps = (
    do("banker", "pledge.eligible"),
    do("officer", "pledge.apply", amount=2_400_000),
    do("banker", "pledge.dd_done"),
    do("banker", "pledge.valued"),
    do("banker", "pledge.approved", pool_share=40, bank_share=60),
    do("banker", "pledge.bank_approved", pool_share=40, bank_share=60),
    do("officer", "pledge.signed"),
    do("banker", "pledge.registered"),
)
MEDIATING: Steps = (
    Call("dispute"),
    do("dispute_officer", "referral:mediation.send", provider="mediators"),
    do("mediator", "referral:mediation.accept"),
    do("dispute_officer", "mediation.open_options"),
    do("dispute_officer", "mediation.clause_applies"),
    do("mediator", "mediation.fee_waived"),
    do("mediator", "mediation.appointed_free"),
)
MEDIATED: Steps = (
    do("mediator", "referral:mediation.deliver"),
    do("dispute_officer", "referral:mediation.approve"),
)
MAIN, DISPUTE = Call("turn", ("main",)), Call("turn", ("dispute",))
