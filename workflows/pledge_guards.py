"""What must be true before rights are pledged for a loan, and before that pledge ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from casework.engine.analysis import record_tells
from casework.engine.analysis.record_tells import kept_ids, may_have_twin, name_each, owners_of, say_in_order
from casework.engine.case_objects.conflict_words import Words
from casework.engine.case_objects.licence_conflicts import SEIZURE
from casework.engine.case_objects.outside_burdens import INVALIDATION
from casework.engine.case_objects.right_days import sure_until
from casework.engine.case_objects.right_kinds import has_fees
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Guard, Law, guard
from workflows.pledge_forms import REGISTER_POINTS
from workflows.service_guards import (
    fees_are_paid,
    records_of,
    rights_are_in_force,
    rights_are_not_pledged,
    rights_can_be_pledged,
    standing,
)

#: The transitions that lead a pledge to its deregistration.
WAYS_TO_DEREGISTRATION = ("repaid", "disposed", "no_value", "not_paid", "withdraw")


def _applied(facts: Facts) -> list[Mapping[str, Any]]:
    return records_of(facts, facts.said("apply.rights") or ())


# --- pledge ----------------------------------------------------------------------------------------------------------


def _not_of_pledgor(facts: Facts) -> list[Mapping[str, Any]]:
    """The rights that are not the pledgor's by their record, nor by the register where the record names nobody."""
    checked, now = facts.fired("eligible"), facts.data
    said = now if "pledgor" in now or checked is None else checked.data
    rights = list(now.get("rights") or ()) or list(facts.said("apply.rights") or ())
    records = records_of(facts, rights)
    if said.get("pledgor") == "other":
        # Whoever owns all of them, and is no party of the case.
        shared = set.intersection(*map(owners_of, records)) if records else set()
        return [] if shared - set(facts.case.parties.values()) else records
    pledgor = facts.case.parties.get(str(said.get("pledgor")))
    seen = kept_ids(facts, said.get("rights") or ()) if said.get("owner_seen") is True else set()
    return [
        record
        for right, record in zip(rights, records, strict=True)
        if not (pledgor in known if (known := owners_of(record)) else kept_ids(facts, [right]) <= seen)
    ]


def _whose(facts: Facts) -> Words:
    return name_each(facts, _not_of_pledgor(facts), record_tells.owners)


@guard(
    rule="The pledgor is an owner of each right: by its record, or by the register where the record names nobody.",
    refusal="The pledgor is not on record as an owner of each right. Name rights of the pledgor, or enter whose they are.",
    reads=("rights",),
    because=_whose,
    tells=record_tells.owners,
    at=("rights",),
    law=Law.RIGHTS,
)
def pledgor_owns_each_right(facts: Facts) -> bool:
    """Borrower, pledgor and owner are three facts; who borrows does not matter here."""
    named = facts.data.get("rights") or facts.said("apply.rights")
    return bool(named or facts.data.get("pledgor") != "other") and not _not_of_pledgor(facts)


@guard(
    rule="The record of a right names no owner.",
    refusal="The record of each right names its owners.",
    reads=("rights",),
)
def owner_is_asked(facts: Facts) -> bool:
    return any(not owners_of(right) for right in _named(facts))


@guard(
    rule="The record of a right names several owners, or none.",
    refusal="The record of each right names one owner, so that no co-owner is asked.",
    reads=("rights",),
)
def co_owners_are_asked(facts: Facts) -> bool:
    return bool(_with_co_owners(facts))


def _with_co_owners(facts: Facts) -> list[Mapping[str, Any]]:
    return [right for right in _named(facts) if len(owners_of(right)) != 1]


@guard(
    rule="Every co-owner has agreed, where the record of a right names several owners or none.",
    refusal="The record of a right names several owners, or none. Say whether every co-owner has agreed.",
    reads=("rights",),
    because=lambda facts: name_each(facts, _with_co_owners(facts), record_tells.co_owners),
    tells=record_tells.co_owners,
    at=("co_owners",),
    law=Law.CONSENT,
)
def co_owners_have_agreed(facts: Facts) -> bool:
    return not _with_co_owners(facts) or facts.data.get("co_owners") is True


@guard(
    rule="A right is of a kind that can have a twin.",
    refusal="No right is of a kind that can have a twin.",
    reads=("rights",),
)
def twin_is_asked(facts: Facts) -> bool:
    return any(may_have_twin(right) for right in _named(facts))


@guard(
    rule="Where a right can have a twin application of the same day it is said whether there is one.",
    refusal="A right can have a twin application of the same day. Say whether there is one.",
    reads=("rights",),
    tells=record_tells.twin,
    at=("twin",),
)
def twin_is_answered(facts: Facts) -> bool:
    return not any(may_have_twin(right) for right in _named(facts)) or facts.data.get("twin") is not None


def _twins(facts: Facts) -> Words:
    """Twins on record that the answer denies."""
    named = _named(facts) if facts.data.get("twin") == "none" else []
    return name_each(facts, [right for right in named if right.get("twin")], record_tells.twin)


@guard(
    rule="The answer about a twin does not deny one that is on record.",
    refusal="The answer says that there is no twin application, and the record of a right names one.",
    reads=("rights",),
    because=_twins,
    at=("twin",),
)
def twin_agrees_with_the_record(facts: Facts) -> bool:
    return not _twins(facts)


def _given_away(facts: Facts) -> list[Mapping[str, Any]]:
    return [right for right in _named(facts) if not record_tells.not_given_away(facts, right).holds]


@guard(
    rule="No assignment of a right stands on it, and no transfer to anybody but its owner on record.",
    refusal="A right is assigned or transferred to somebody else. It is no security for a loan.",
    reads=("rights",),
    because=lambda facts: name_each(facts, _given_away(facts), record_tells.not_given_away),
    tells=record_tells.not_given_away,
    at=("rights",),
    law=Law.RIGHTS,
)
def rights_are_not_given_away(facts: Facts) -> bool:
    return not _given_away(facts)


def _licensed_alone(facts: Facts) -> list[Mapping[str, Any]]:
    return [right for right in _named(facts) if record_tells.licensed_alone(facts, right).holds is None]


@guard(
    rule="An exclusive or a sole licence of a right stands in the country in which the right holds.",
    refusal="No exclusive or sole licence of a right is on record.",
    reads=("rights",),
)
def licence_is_asked(facts: Facts) -> bool:
    return bool(_licensed_alone(facts))


@guard(
    rule="Where an exclusive or a sole licence of a right is on record the lender has accepted it.",
    refusal="An exclusive or a sole licence of a right is on record. The lender must say that it still wants the pledge.",
    reads=("rights",),
    because=lambda facts: name_each(facts, _licensed_alone(facts), record_tells.licensed_alone),
    tells=record_tells.licensed_alone,
    at=("licensed",),
    law=Law.RIGHTS,
)
def licences_are_accepted(facts: Facts) -> bool:
    return not _licensed_alone(facts) or facts.data.get("licensed") is True


@guard(
    rule="Nobody accepts a licence that is not on record.",
    refusal="The answer accepts an exclusive or sole licence, and none is on the record of a right. Have it entered there first.",
    reads=("rights",),
    at=("licensed",),
)
def licences_agree_with_the_record(facts: Facts) -> bool:
    return facts.data.get("licensed") is not True or bool(_licensed_alone(facts))


@guard(
    rule="No right is seized.",
    refusal="A right is seized. No pledge of it is registered until that has ended.",
    reads=("rights",),
    tells=record_tells.not_seized,
    at=("rights",),
    law=Law.RIGHTS,
)
def rights_are_not_seized(facts: Facts) -> bool:
    seizures = [one for right in _named(facts) or _applied(facts) for one in standing(right, SEIZURE)]
    return all(one.get("until") is not None and one["until"] < facts.today.isoformat() for one in seizures)


@guard(
    rule="A request for invalidation of a right is on record.",
    refusal="No request for invalidation of a right is on record.",
    reads=("rights",),
)
def invalidation_is_asked(facts: Facts) -> bool:
    return any(standing(right, INVALIDATION) for right in _named(facts))


@guard(
    rule="Where a request for invalidation is on record the lender has accepted it.",
    refusal="A request for invalidation of a right is on record. The lender must say that it still wants the pledge.",
    reads=("rights",),
    tells=record_tells.invalidation,
    at=("invalidation",),
    law=Law.RIGHTS,
)
def requests_for_invalidation_are_accepted(facts: Facts) -> bool:
    return not invalidation_is_asked.holds(facts) or facts.data.get("invalidation") is True


@guard(
    rule="Nobody accepts a request for invalidation that is not on record.",
    refusal="The answer accepts a request for invalidation, and none is on the record of a right. Have it entered there first.",
    reads=("rights",),
    at=("invalidation",),
)
def invalidation_agrees_with_the_record(facts: Facts) -> bool:
    return facts.data.get("invalidation") is not True or invalidation_is_asked.holds(facts)


#: Of the twelve points those that the record tells whoever pledges, each by the guard that asks it.
POINTS_TOLD: Mapping[str, Guard] = {
    "ended": rights_are_in_force,
    "not_granted": rights_can_be_pledged,
    "fee": fees_are_paid,
    "pledged": rights_are_not_pledged,
}


def _denied(facts: Facts) -> Words:
    """Points that are said to fail and fail of no right by its record."""
    rights = records_of(facts, facts.case.rights)
    said: Words = []
    for point in facts.data.get("points") or ():
        asks = POINTS_TOLD[point].tells if point in POINTS_TOLD else None
        if asks is not None and rights and all(asks(facts, right).holds for right in rights):
            said.append(say_in_order(f"pledge.forms.PointsFailing.points.choices.{point}", REGISTER_POINTS[point]))
    return said


@guard(
    rule="No point is said to fail of which the record of every right says that it does not, where the case sheet tells of each.",
    refusal="The record says otherwise of a point that is said to fail. Have the record put right first, or leave the point out.",
    reads=("rights",),
    because=_denied,
    at=("points",),
)
def points_agree_with_the_record(facts: Facts) -> bool:
    return not _denied(facts)


def _outlived(facts: Facts) -> list[Mapping[str, Any]]:
    """The rights of which nobody can be sure that they last as long as the debt."""
    last = facts.data.get("final_due_on") or facts.data.get("until_on") or _after_months(facts)
    rights = _named(facts) or _applied(facts) if last is not None else []
    return [right for right in rights if (sure_until(right) or "") < str(last)]


@guard(
    rule="Each right lasts longer than the debt: by its last day on record, or where there is none by its filing.",
    refusal="The debt runs longer than a right, or how long that lasts is not on record. Take a shorter term or other rights, or have the"
    " last day entered on the right.",
    reads=("rights",),
    because=lambda facts: name_each(facts, _outlived(facts), record_tells.last_day),
    tells=record_tells.last_day,
    law=Law.RIGHTS,
)
def rights_outlive_the_debt(facts: Facts) -> bool:
    return not _outlived(facts)


def _named(facts: Facts) -> list[Mapping[str, Any]]:
    return records_of(facts, facts.data.get("rights") or ())


def _after_months(facts: Facts) -> str | None:
    """The last day of a debt that begins today and runs for the months of the form."""
    months = facts.data.get("term_months")
    if months is None:
        return None
    year, month = divmod(facts.today.year * 12 + facts.today.month - 1 + int(Decimal(months)), 12)
    return (date(year, month + 1, min(facts.today.day, 28)) if year <= date.max.year else date.max).isoformat()


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
    tells=record_tells.confirmed,
    law=Law.RIGHTS,
)
def applied_rights_are_confirmed(facts: Facts) -> bool:
    return all(right.get("confirmed") is True for right in _applied(facts))


@guard(
    rule="No right of the application is pledged.",
    refusal="A right of the application has been pledged in the meantime.",
    reads=("rights",),
    tells=record_tells.not_pledged,
    law=Law.RIGHTS,
)
def applied_rights_are_not_pledged(facts: Facts) -> bool:
    return not any(standing(right, kind) for right in _applied(facts) for kind in record_tells.PLEDGES)


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


def _says_what_it_changes(facts: Facts, what: str, field: str) -> bool:
    return (what in (facts.data.get("what") or ())) == (facts.data.get(field) is not None)


@guard(
    rule="Where the secured amount was changed the form says it, and else it does not.",
    refusal="Say the secured amount where it was changed, and only then.",
    at=("amount",),
)
def changed_amount_is_said(facts: Facts) -> bool:
    return _says_what_it_changes(facts, "amount", "amount")


@guard(
    rule="Where the term of the debt was changed the form says its last day, and else it does not.",
    refusal="Say the last day of the debt where its term was changed, and only then.",
    at=("until_on",),
)
def changed_term_is_said(facts: Facts) -> bool:
    return _says_what_it_changes(facts, "term", "until_on")


@guard(
    rule="A registration is changed on or after the day on which it was made.",
    refusal="The registration cannot be changed before it was made. Look at the day of the change.",
    at=("changed_on",),
)
def change_follows_the_registration(facts: Facts) -> bool:
    on, since = facts.data.get("changed_on"), facts.said("registered.registered_on")
    return on is None or since is None or on >= since


@guard(
    rule="The rights that the form names are pledged here.",
    refusal="A right is named that is not pledged here.",
    reads=("rights",),
    at=("rights",),
)
def named_rights_are_pledged(facts: Facts) -> bool:
    named, pledged = facts.data.get("rights") or (), facts.said("apply.rights") or ()
    return kept_ids(facts, named) <= kept_ids(facts, pledged)


@guard(
    rule="The pledged rights were valued for the loan.",
    refusal="Nobody valued the pledged rights for the loan.",
)
def rights_were_valued(facts: Facts) -> bool:
    return facts.fired("valued") is not None


@guard(
    rule="A pledged right is of a kind that has fees.",
    refusal="No pledged right is of a kind that has fees.",
    reads=("rights",),
)
def fees_are_due_for_a_right(facts: Facts) -> bool:
    return any(has_fees(right) for right in _applied(facts))
