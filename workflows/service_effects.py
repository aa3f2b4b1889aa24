"""What follows from the actions of services and agreements beside the move itself."""

from __future__ import annotations

from casework.engine.case_objects.right_kinds import has_fees
from casework.engine.definition.consequences import Follows
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import effect
from casework.engine.state.right_values import Burden, BurdenChanged, RightChange
from workflows.deal_effects import ended, inscribed

#: What lies on a pledged right: the pledge in law, and that it stands in the register, which it does for longer.
PLEDGE, PLEDGE_REGISTRATION = "pledge", "pledge_registration"


@effect()
def service_is_replaced(facts: Facts) -> Follows:
    """Another provider takes the place of this one; joins no longer count the track."""
    return {"replaced": True}


@effect()
def dispute_officer_takes_it(facts: Facts) -> Follows:
    """Whoever opens the options of a dispute owns it."""
    return {"owner": facts.actor}


@effect()
def opened_by_clause(facts: Facts) -> Follows:
    """The mediation starts by a clause of the contract."""
    return {"given": {"door": "clause"}}


@effect()
def opened_by_submission(facts: Facts) -> Follows:
    """The mediation starts by a submission agreement, whoever asked for it first."""
    return {"given": {"door": "joint"}}


@effect()
def opened_by_one_party(facts: Facts) -> Follows:
    """The mediation is asked for by one party alone."""
    return {"given": {"door": "unilateral"}}


@effect()
def opened_by_court(facts: Facts) -> Follows:
    """The mediation starts by the referral of a court."""
    return {"given": {"door": "court"}}


def _pledged(facts: Facts, *kinds: str) -> Follows:
    """The end of what the registration of the pledge laid on the rights of the application, on the day that the form says."""
    since = facts.said("registered.registered_on")
    on = facts.data.get("cancelled_on") or facts.data.get("disposed_on")
    named = facts.said("apply.rights") or ()
    return {"rights": [ended(facts, right, kind, since, on) for right in named for kind in kinds]}


@effect()
def pledge_stands(facts: Facts) -> Follows:
    """From registration on, every right of the application is pledged to the lender for what was approved, and registered so."""
    since = facts.data.get("registered_on")
    laid: list[RightChange] = []
    for right in facts.said("apply.rights") or ():
        for kind in (PLEDGE, PLEDGE_REGISTRATION):
            pledge: Burden = {
                "kind": kind,
                "holder": facts.said("apply.lender"),
                "from": since,
                "track": facts.track.id,
            }
            if (secured := facts.said("bank_approved.amount")) is not None:
                pledge["amount"] = {"amount": secured["amount"], "currency": secured["currency"]}
            laid.append({"right": right, "add": pledge})
            laid.append(inscribed(facts, right, kind, since))
    return {"rights": laid}


@effect()
def registration_is_changed(facts: Facts) -> Follows:
    """What the register says now of the amount or the last day, it says of every right of the application."""
    changed: list[RightChange] = []
    for right in facts.said("apply.rights") or ():
        for kind in (PLEDGE, PLEDGE_REGISTRATION):
            says: BurdenChanged = {
                "kind": kind,
                "from": facts.said("registered.registered_on"),
                "track": facts.track.id,
                "on": facts.data["changed_on"],
            }
            if (amount := facts.data.get("amount")) is not None:
                says["amount"] = {"amount": amount["amount"], "currency": amount["currency"]}
            if (until := facts.data.get("until_on")) is not None:
                says["until"] = until
            changed.append({"right": right, "change": says})
    return {"rights": changed}


@effect(reads=("rights",))
def fee_is_recorded(facts: Facts) -> Follows:
    """The record of each right named says up to which day its fee is paid, where rights of its kind have fees."""
    known, paid_to = facts.from_outside("rights"), facts.data["paid_to"]
    named = [right for right in facts.data.get("rights") or () if has_fees(known.get(right, {}))]
    return {"rights": [{"right": right, "fee": {"paid_to": paid_to}} for right in named]} if named else {}


@effect()
def pledge_ends_with_its_debt(facts: Facts) -> Follows:
    """What secures no debt is no pledge; the register says so only once it has cancelled it."""
    return _pledged(facts, PLEDGE)


@effect()
def registration_is_cancelled(facts: Facts) -> Follows:
    """The pledge is gone from the register, and with it what was left of it in law."""
    return _pledged(facts, PLEDGE, PLEDGE_REGISTRATION)


@effect()
def debt_is_extended(facts: Facts) -> Follows:
    """The loan is followed until its new last day."""
    until = facts.data.get("until_on")
    return {"extend": str(until)} if until else {}
