"""Stretches of the way that many scripts have in common, written for whoever is the officer of the case."""

from __future__ import annotations

from typing import Any

from casework.playbook.hand import Do
from casework.playbook.steps import Steps, add, begin, dispute, do, screen, turn_to

#: What any hand can press.
Pressed = tuple[Do, ...]


def to_triage(match: str = "main") -> Steps:
    return (begin(match), do("officer", "case.take"))


def to_consent(match: str = "main") -> Steps:
    return (*to_triage(match), do("officer", "triage_check"), do("officer", "case.pass_triage"))


def to_scoping(match: str = "main", **consent: object) -> Steps:
    return (
        *to_consent(match),
        do("officer", "record_consent", "need_owner", channel="meeting", **consent),
        do("officer", "record_consent", "technology_owner", channel="email", **consent),
        do("officer", "case.confirm_interest"),
    )


SCREENED: Pressed = (
    screen("compliance", "need_owner"),
    screen("second_compliance", "technology_owner"),
)
#: Where it has run out since.
SCREENED_AGAIN: Pressed = (add("compliance", "case.screening"), *SCREENED)


def planned(**plan: object) -> Pressed:
    """The plan with all that it needs, as far as the supervisor's decision."""
    return (*SCREENED, do("officer", "kick_off"), do("officer", "nda"), do("officer", "service_plan", **plan))


def to_assessment(match: str = "main", **plan: object) -> Steps:
    return (*to_scoping(match), *planned(**{"assessment": "institute", **plan}), do("supervisor", "case.approve_plan"))


def to_structuring(match: str = "main", **plan: object) -> Steps:
    """Without an assessment: a party accepts the risk."""
    return (*to_scoping(match), *planned(skip_assessment=True, **plan), do("supervisor", "case.skip_assessment"))


#: What else a request says, by its service. What the technology claims to do is typed once, for the assessor to read on the case sheet.
ASKED: dict[str, dict[str, object]] = {
    "assessment": {"claim": True},
    "pledge": {"question": "Will the bank lend on the pledged rights, how much and for how long?"},
    "finance": {"question": "Which instrument fits the plant, and on which terms?"},
}


def sent(service: str, provider: str, **request: object) -> Pressed:
    return (do("officer", f"referral:{service}.send", provider=provider, **(ASKED.get(service, {}) | request)),)


def accepted(service: str, provider: str, who: str, **request: object) -> Pressed:
    return (*sent(service, provider, **request), do(who, f"referral:{service}.accept"))


def delivered(service: str, who: str) -> Pressed:
    return (do(who, f"referral:{service}.deliver"), do("officer", f"referral:{service}.approve"))


def assessed(who: str) -> Pressed:
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


#: What is asked of know-how at the check of the rights.
SECRECY = {"secrecy_kept": True}


def registered(filing: str, entry: str, **entered: Any) -> Pressed:
    """What an office enters: filed by us, and entered by it."""
    return (do("officer", filing), do("officer", entry, **entered))


READY: Pressed = (do("officer", "ip.confirm", territories=["CN"]), do("officer", "case.ready_to_sign"))
AGREED: Pressed = (
    do("officer", "agreement.propose"),
    do("officer", "agreement.agree"),
    do("officer", "agreement.cleared"),
)
#: The same across the border, with technology that may go freely.
AGREED_ACROSS: Pressed = (
    do("officer", "agreement.propose"),
    do("compliance", "agreement.class_free"),
    do("officer", "agreement.agree"),
    do("officer", "agreement.cleared"),
)
BEFORE_SIGNING: Pressed = (do("compliance", "compliance_gate"), do("officer", "dispute_clause_check"))
SIGNING: Pressed = (*AGREED, do("officer", "agreement.sign_local"), *BEFORE_SIGNING)
SIGNING_ACROSS: Pressed = (
    *AGREED_ACROSS,
    do("officer", "agreement.sign_cross"),
    *registered("contract_filing", "contract_registration"),
    *BEFORE_SIGNING,
)


def ready(kind: str, **terms: object) -> Pressed:
    """The rights are clear, where the terms give any, and the parties agree on terms of a kind."""
    secrecy = SECRECY if kind == "know_how_licence" else {}
    checked = () if kind == "purchase" else (do("officer", "ip.confirm", territories=["CN"], **secrecy),)
    return (*checked, do("officer", "case.ready_to_sign", kind=kind, **terms))


def agreed(kind: str, *, across: bool = False, **said: object) -> Pressed:
    """An agreement of a kind, from its draft to its signature; across the border it is classed, and registered."""
    propose = do("officer", "agreement.propose", kind=kind)
    if not across:
        return (propose, *AGREED[1:], do("officer", "agreement.sign_local", **said))
    signed = (do("officer", "agreement.sign_cross", **said), *registered("contract_filing", "contract_registration"))
    return (propose, *AGREED_ACROSS[1:], *signed)


def signing(kind: str, *, across: bool = False, **said: object) -> Pressed:
    """The same, with what must be done before the case is signed."""
    return (*agreed(kind, across=across, **said), *BEFORE_SIGNING)


def price(value: int, *, technology: int, **parts: int) -> dict[str, Any]:
    """A fixed sum that is paid in parts."""
    payments = [{"part": part, "amount": amount} for part, amount in parts.items()]
    return {"contract_value": value, "technology_value": technology, "payments": payments}


def bought(value: int) -> Pressed:
    """A purchase of equipment in three payments, from its terms to the signature: no right is named, and none checked."""
    parts = {"advance": value * 3 // 10, "delivery": value // 2, "acceptance": value - value * 3 // 10 - value // 2}
    return (*ready("purchase"), *signing("purchase", ends=False, **price(value, technology=0, **parts)))


SIGNED: Pressed = (*READY, *SIGNING, do("officer", "case.sign"))
NO_SITE: Pressed = (*READY, *SIGNING, do("officer", "case.sign_no_site"))
SIGNED_ACROSS: Pressed = (*READY, *SIGNING_ACROSS, do("officer", "case.sign"))
NO_SITE_ACROSS: Pressed = (*READY, *SIGNING_ACROSS, do("officer", "case.sign_no_site"))
BASELINE: Pressed = (add("officer", "case.record_baseline"), do("officer", "record_baseline"))
READ: Pressed = (add("officer", "case.reading"), do("officer", "reading"))
BUILT: Pressed = (
    do("officer", "deployment.plan_set"),
    do("officer", "deployment.permits_ok"),
    do("officer", "deployment.delivered"),
    do("officer", "deployment.installed"),
    *BASELINE,
    do("officer", "deployment.ready_to_test"),
)
PLEDGED: Pressed = (
    do("banker", "pledge.eligible", owner_seen=True),
    do("officer", "pledge.apply", amount=2_400_000),
    do("banker", "pledge.dd_done"),
    do("banker", "pledge.valued"),
    do("banker", "pledge.approved", pool_share=40, bank_share=60),
    do("banker", "pledge.bank_approved", pool_share=40, bank_share=60),
    do("officer", "pledge.signed"),
    do("banker", "pledge.registered"),
)
MEDIATING: Steps = (
    dispute(),
    do("dispute_officer", "referral:mediation.send", provider="mediators"),
    do("mediator", "referral:mediation.accept"),
    do("dispute_officer", "mediation.open_options"),
    do("dispute_officer", "mediation.clause_applies"),
    do("mediator", "mediation.fee_waived"),
    do("mediator", "mediation.appointed_free"),
)
MEDIATED: Pressed = (
    do("mediator", "referral:mediation.deliver"),
    do("dispute_officer", "referral:mediation.approve"),
)
MAIN, DISPUTE = turn_to("main"), turn_to("dispute")
