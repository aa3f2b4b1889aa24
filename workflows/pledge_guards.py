"""What must be true before rights are pledged for a loan, and before that pledge ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from casework.engine.case_objects.licence_conflicts import LICENCE, SEIZURE, Terms, standing_against
from casework.engine.case_objects.outside_burdens import INVALIDATION
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from workflows.service_guards import records_of, standing

#: The transitions that lead a pledge to its deregistration.
WAYS_TO_DEREGISTRATION = ("repaid", "disposed", "no_value", "not_paid", "withdraw")


def _applied(facts: Facts) -> list[Mapping[str, Any]]:
    return records_of(facts, facts.said("apply.rights") or ())


# --- pledge ----------------------------------------------------------------------------------------------------------


@guard(
    rule="The pledgor is an owner of each right: by its record, or by the register where the record names nobody.",
    refusal="The pledgor is not on record as an owner of each right. Name rights of the pledgor, or enter whose they are.",
    reads=("rights",),
)
def pledgor_owns_each_right(facts: Facts) -> bool:
    """Borrower, pledgor and owner are three facts; who borrows does not matter here."""
    checked, now = facts.fired("eligible"), facts.data
    said = now if "pledgor" in now or checked is None else checked.data
    rights = list(now.get("rights") or ()) or list(facts.said("apply.rights") or ())
    owners = [{one["organisation"] for one in right.get("owners") or ()} for right in records_of(facts, rights)]
    if said.get("pledgor") == "other":
        # Whoever owns all of them, and is no party of the case.
        return bool(owners) and bool(set.intersection(*owners) - set(facts.case.parties.values()))
    pledgor = facts.case.parties.get(str(said.get("pledgor")))
    seen = set(said.get("rights") or ()) if said.get("owner_seen") is True else set()
    return all(pledgor in known if known else right in seen for right, known in zip(rights, owners, strict=True))


@guard(
    rule="No exclusive licence and no assignment stands on a right.",
    refusal="An exclusive licence or an assignment stands on a right. It is no security for a loan.",
    reads=("rights",),
)
def rights_are_not_given_away(facts: Facts) -> bool:
    wanted = Terms(LICENCE)
    return not any(standing_against(wanted, right.get("encumbrances", ()), "") for right in _named(facts))


@guard(
    rule="No right is seized.",
    refusal="A right is seized. No pledge of it is registered until that has ended.",
    reads=("rights",),
)
def rights_are_not_seized(facts: Facts) -> bool:
    seizures = [one for right in _named(facts) or _applied(facts) for one in standing(right, SEIZURE)]
    return all(one.get("until") is not None and one["until"] < facts.today.isoformat() for one in seizures)


@guard(
    rule="Where a request for invalidation is on record the lender has accepted it.",
    refusal="A request for invalidation of a right is on record. The lender must say that it still wants the pledge.",
    reads=("rights",),
)
def requests_for_invalidation_are_accepted(facts: Facts) -> bool:
    asked = any(standing(right, INVALIDATION) for right in _named(facts))
    return not asked or facts.data.get("invalidation") == "accepted"


@guard(
    rule="Each right lasts longer than the debt.",
    refusal="The debt runs longer than a right. Take a shorter term, or other rights.",
    reads=("rights",),
)
def rights_outlive_the_debt(facts: Facts) -> bool:
    """Of a right whose end nobody has recorded the record can tell nothing."""
    last = facts.data.get("final_due_on") or facts.data.get("until_on") or _after_months(facts)
    ends = [right.get("expires_on") for right in _named(facts) or _applied(facts)]
    return last is None or all(day is None or day >= last for day in ends)


def _named(facts: Facts) -> list[Mapping[str, Any]]:
    return records_of(facts, facts.data.get("rights") or ())


def _after_months(facts: Facts) -> str | None:
    """The last day of a debt that begins today and runs for the months of the form."""
    months = facts.data.get("term_months")
    if months is None:
        return None
    year, month = divmod(facts.today.year * 12 + facts.today.month - 1 + int(Decimal(months)), 12)
    return date(year, month + 1, min(facts.today.day, 28)).isoformat()


@guard(
    rule="The shares of the risk make a hundred per cent.",
    refusal="The shares of the risk must make a hundred per cent.",
)
def shares_make_a_hundred(facts: Facts) -> bool:
    names = ("pool_share", "guarantor_share", "insurer_share", "bank_share")
    given = [Decimal(facts.data[name]) for name in names if facts.data.get(name) is not None]
    return not given or sum(given) == 100


@guard(
    rule="A person has confirmed each right of the application.",
    refusal="A right of the application is not confirmed by a person.",
    reads=("rights",),
)
def applied_rights_are_confirmed(facts: Facts) -> bool:
    return all(right.get("confirmed") is True for right in _applied(facts))


@guard(
    rule="No right of the application is pledged.",
    refusal="A right of the application has been pledged in the meantime.",
    reads=("rights",),
)
def applied_rights_are_not_pledged(facts: Facts) -> bool:
    return not any(standing(right, kind) for right in _applied(facts) for kind in ("pledge", "pledge_registration"))


def _way_in(facts: Facts) -> str | None:
    """The latest of the transitions that lead to deregistration."""
    fired = [(action.at, way) for way in WAYS_TO_DEREGISTRATION if (action := facts.fired(way)) is not None]
    return max(fired)[1] if fired else None


@guard(
    rule="The loan was repaid.",
    refusal="The loan was not repaid.",
)
def way_in_was_repayment(facts: Facts) -> bool:
    return _way_in(facts) == "repaid"


@guard(
    rule="The pledged right was disposed of.",
    refusal="The pledged right was not disposed of.",
)
def way_in_was_disposal(facts: Facts) -> bool:
    return _way_in(facts) == "disposed"


@guard(
    rule="A person has stated that nothing can be recovered.",
    refusal="Nobody has stated that nothing can be recovered.",
)
def way_in_was_no_value(facts: Facts) -> bool:
    return _way_in(facts) == "no_value"


@guard(
    rule="A person has stated that the loan is not paid out.",
    refusal="Nobody has stated that the loan is not paid out.",
)
def way_in_was_not_paid(facts: Facts) -> bool:
    return _way_in(facts) == "not_paid"


@guard(
    rule="The request was withdrawn.",
    refusal="The request was not withdrawn.",
)
def way_in_was_withdrawal(facts: Facts) -> bool:
    return _way_in(facts) == "withdraw"
