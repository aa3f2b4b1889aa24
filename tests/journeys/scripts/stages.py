"""Stretches of the way that many journeys have in common."""

from __future__ import annotations

from typing import Any

from tests.journeys.driver import Step, begin, do

Steps = tuple[Step, ...]


def to_triage(match: str = "main") -> Steps:
    return (begin(match), do("officer", "case.take"))


def to_consent(match: str = "main") -> Steps:
    return (*to_triage(match), do("officer", "triage_check"), do("officer", "case.pass_triage"))


def to_scoping(match: str = "main", **consent: Any) -> Steps:
    return (
        *to_consent(match),
        do("officer", "record_consent", "need_owner", **consent),
        do("officer", "record_consent", "technology_owner", **consent),
        do("officer", "case.confirm_interest"),
    )


SCREENED: Steps = (
    do("compliance", "screening", "need_owner"),
    do("compliance", "screening", "technology_owner"),
)


def planned(**plan: Any) -> Steps:
    """The plan with all that it needs, as far as the supervisor's decision."""
    return (*SCREENED, do("officer", "kick_off"), do("officer", "nda"), do("officer", "service_plan", **plan))


def to_assessment(match: str = "main", **plan: Any) -> Steps:
    return (*to_scoping(match), *planned(**({"assessment": "assessors"} | plan)), do("supervisor", "case.approve_plan"))


def to_structuring(match: str = "main", **plan: Any) -> Steps:
    """Without an assessment, which is what most journeys are not about."""
    return (
        *to_scoping(match),
        *planned(skip_assessment=True, **plan),
        do("supervisor", "case.skip_assessment", reason="risk_accepted"),
    )


AGREED: Steps = (
    do("officer", "agreement.propose"),
    do("officer", "agreement.agree"),
    do("officer", "agreement.cleared"),
)


def to_agreement(match: str = "main", **plan: Any) -> Steps:
    return (
        *to_structuring(match, **plan),
        do("officer", "ip.confirm", territory="CN"),
        do("officer", "case.ready_to_sign", territory="CN"),
    )


BEFORE_SIGNING: Steps = (do("compliance", "compliance_gate"), do("officer", "dispute_clause_check"))


def to_deployment(match: str = "main", **plan: Any) -> Steps:
    return (
        *to_agreement(match, **plan),
        *AGREED,
        do("officer", "agreement.sign_local"),
        *BEFORE_SIGNING,
        do("officer", "case.sign"),
    )


BUILT: Steps = (
    do("officer", "deployment.plan_set"), do("officer", "deployment.permits_ok"), do("officer", "deployment.delivered"),
    do("officer", "deployment.installed"), do("officer", "deployment.ready_to_test"),
)  # fmt: skip


def to_monitoring(match: str = "main", **plan: Any) -> Steps:
    return (*to_deployment(match, **plan), *BUILT, do("officer", "deployment.pass"), do("officer", "case.accept_site"))


def no_site(match: str = "main", **plan: Any) -> Steps:
    """As far as monitoring, by an agreement that needs no site."""
    return (
        *to_agreement(match, **plan),
        *AGREED,
        do("officer", "agreement.sign_local"),
        *BEFORE_SIGNING,
        do("officer", "case.sign_no_site"),
    )


def sent(service: str, provider: str, **request: Any) -> Steps:
    return (do("officer", f"referral:{service}.send", provider=provider, **request),)


def accepted(service: str, provider: str, who: str, **request: Any) -> Steps:
    return (*sent(service, provider, **request), do(who, f"referral:{service}.accept"))


def approved(service: str, who: str) -> Steps:
    return (do(who, f"referral:{service}.deliver"), do("officer", f"referral:{service}.approve"))


#: From the application to the panel and the draft, with the parties' comments.
ASSESSED: Steps = (
    do("assessor", "assessment.admit"), do("assessor", "assessment.engage"), do("assessor", "assessment.fix_plan"),
    do("assessor", "assessment.data_enough"), do("assessor", "assessment.panel_done"),
    do("assessor", "assessment.send_draft"), do("officer", "assessment.comments_in"),
)  # fmt: skip
