"""What must hold before an agreement: rights, pledges, compliance, what was verified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Law, guard
from workflows.codes import BINDING
from workflows.deal_guards import as_signed, concerned, gives, last_signing
from workflows.guards import answer_of, completed_since, moment_of, plan_of, verified
from workflows.joins import reached
from workflows.service_guards import answers_of_pledgee


def _round(f: Facts) -> datetime | None:
    """When the present round of talks began: at a scaling up or a reopening; None in the first round."""
    return moment_of(f, "scale_up", "reopen")


def waived(f: Facts, what: str) -> bool:
    """Whether a second person has granted, in this round, the waiver that somebody asked for."""
    start = _round(f)
    asked = [t for t in f.results("ask_waiver") if t.result.get("what") == what and completed_since(t, start)]
    for task in f.results("decide_waiver"):
        if task.result.get("what") != what or not completed_since(task, start):
            continue
        by_another = any(request.closed_by != task.closed_by for request in asked)
        return task.result.get("granted") is True and by_another
    return False


def _stands(burden: Mapping[str, Any], today: date) -> bool:
    return burden.get("to") is None or str(burden["to"]) >= today.isoformat()


def check_is_clear(f: Facts) -> bool:
    """The check that counts is clear, or was when it ended; how old it is, is asked besides."""
    check = f.current("ip")
    return f.at_milestone(check, "clear") or (
        check is not None and "ended" in check.states and f.fired("confirm", check) is not None
    )


@guard(
    rule="Where the terms give rights, the check of intellectual property is clear or waived.",
    refusal="The check of intellectual property is neither clear nor waived.",
    law=Law.RIGHTS,
)
def ip_is_clear_where_rights_are_given(f: Facts) -> bool:
    """What gives no right, as a purchase does, rests on no check of one."""
    return check_is_clear(f) or waived(f, "ip") or gives(f.data) is None


def _is_open(f: Facts, loan: str) -> bool:
    """Whether a loan is planned that is neither offered nor waived."""
    return bool(plan_of(f).get(loan) or f.referral(loan)) and not reached(f, loan, "offered") and not waived(f, loan)


@guard(
    rule="A pledge loan is planned, and neither offered nor waived.",
    refusal="No pledge loan is planned, or it is offered or waived.",
)
def pledge_is_open(f: Facts) -> bool:
    return _is_open(f, "pledge")


@guard(
    rule="Green finance is planned, and neither offered nor waived.",
    refusal="No green finance is planned, or it is offered or waived.",
)
def finance_is_open(f: Facts) -> bool:
    return _is_open(f, "finance")


@guard(
    rule="Each planned loan is offered, listed as a condition with a day, or waived.",
    refusal="A planned loan is neither offered, nor a condition with a day, nor waived.",
)
def loans_are_offered_listed_or_waived(f: Facts) -> bool:
    return all(
        f.data.get(f"{loan}_by") is not None or f.said(f"ready_to_sign.{loan}_by") is not None
        for loan in ("pledge", "finance")
        if _is_open(f, loan)
    )


@guard(
    rule="Nobody has declared that work is blocked, or work goes on again.",
    refusal="Somebody has declared that work is blocked.",
)
def work_is_not_blocked(f: Facts) -> bool:
    blocked, free = f.result("work_blocked"), f.result("work_unblocked")
    if blocked is None:
        return True
    return free is not None and (free.closed_at or free.opened_at) > (blocked.closed_at or blocked.opened_at)


def _pledgee_agreed(f: Facts, right: str, since: str) -> bool:
    """Whether the pledgee of a right agreed after its pledge began: when asked, at the check of IP, or at signature."""
    if answers := answers_of_pledgee(f, right):
        asked = answers[0]
        return asked.get("consented") is True and str(asked.get("answered_on", "")) >= since
    checked, deal = f.current("ip"), f.current("agreement")
    ip_check = f.fired("confirm", checked) if checked else None
    signed = last_signing(f, deal) if deal else None
    days = []
    if ip_check is not None and ip_check.data.get("pledge") == "consent_on_file":
        days.append(str(ip_check.data.get("checked_on", "")))
    if signed is not None and signed.data.get("pledgee_consent"):
        days.append(str(signed.data.get("executed_on", "")))
    return any(day >= since for day in days)


def _pledgees_agree(f: Facts, rights: Iterable[str]) -> bool:
    """A consent answers for the pledge it was asked about: one that was given before the pledge began does not."""
    known = f.from_outside("rights")
    for right in rights:
        if not known.get(right, {}).get("confirmed"):
            return False
        begun = [
            str(burden.get("from") or "")
            for burden in known[right].get("encumbrances", ())
            if burden["kind"] == "pledge" and _stands(burden, f.today)
        ]
        if not all(_pledgee_agreed(f, right, since) for since in begun):
            return False
    return True


@guard(
    rule="The pledgee's consent is on file for each right that is pledged.",
    refusal="A right is pledged and the pledgee's consent is not on file.",
    reads=("rights",),
    law=Law.CONSENT,
)
def pledgees_agree(f: Facts) -> bool:
    return _pledgees_agree(f, concerned(f))


@guard(
    rule="The pledgee's consent is on file for each right that the signed agreement gives and that is pledged.",
    refusal="A right of the signed agreement is pledged and the pledgee's consent is not on file.",
    reads=("rights",),
    law=Law.CONSENT,
)
def pledgees_of_signed_agree(f: Facts) -> bool:
    signed = as_signed(f)
    return _pledgees_agree(f, signed.get("rights") or () if gives(signed) is not None else ())


@guard(
    rule="An agreement of this round is in force that is more than an NDA or a letter of intent.",
    refusal="No agreement of this round is in force, or it is only an NDA or a letter of intent.",
    law=Law.CONSENT,
)
def agreement_is_in_force(f: Facts) -> bool:
    return f.at_milestone(f.current("agreement"), "in_force") and as_signed(f).get("kind") in BINDING


@guard(
    rule="The compliance gate of this round is passed.",
    refusal="The compliance gate of this round has not been passed.",
    law=Law.COMPLIANCE,
)
def compliance_gate_is_passed(f: Facts) -> bool:
    answer = answer_of(f, "compliance_gate", moment_of(f, "ready_to_sign", "renegotiate"))
    return answer is not None and answer.get("result") == "passed"


@guard(
    rule="The dispute clause of this round is chosen.",
    refusal="The dispute clause of this round has not been chosen.",
)
def dispute_clause_is_chosen(f: Facts) -> bool:
    answer = answer_of(f, "dispute_clause_check", moment_of(f, "ready_to_sign", "renegotiate"))
    return answer is not None and answer.get("clause") is not None


@guard(
    rule="The statement that the case relies on is still valid.",
    refusal="The statement that the case relies on has expired.",
    reads=("technology",),
)
def statement_is_still_valid(f: Facts) -> bool:
    """Only where the case relied on a statement: of its own assessment, or one that the technology had already."""
    main = f.case.main
    ways = {
        name: fired
        for name in ("assessment_passed", "skip_assessment", "waive_assessment")
        if (fired := f.fired(name, main))
    }
    if not ways or waived(f, "assessment_statement"):
        return True
    last = max(ways, key=lambda name: ways[name].at)
    if last != "assessment_passed":
        return ways[last].data.get("reason") != "statement_valid" or verified(f)
    track = f.service("assessment")
    issued = (f.fired("issue_pass", track) or f.fired("issue_limits", track)) if track else None
    if issued is None:
        return False
    renewed = next((t for t in f.results("renew_statement") if t.result.get("renewal") == "renewed"), None)
    newer = renewed is not None and completed_since(renewed, issued.at)
    ends = (renewed.result if newer and renewed is not None else issued.data).get("valid_until")
    return ends is not None and str(ends) >= f.today.isoformat()


@guard(
    rule="The site is accepted.",
    refusal="The site has not been accepted.",
)
def site_is_accepted(f: Facts) -> bool:
    site = f.current("deployment")
    return site is not None and site.outcome in ("accepted", "accepted_with_punch_list")


@guard(
    rule="The site was rejected for good or abandoned.",
    refusal="The site was neither rejected for good nor abandoned.",
)
def site_has_failed(f: Facts) -> bool:
    site = f.current("deployment")
    return site is not None and site.outcome in ("rejected_final", "abandoned")
