"""What must be true before a service, the check of rights, an agreement or a site may go on.

Forms insist on their own answers; a guard here reads only what several answers, or other facts, say together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard

#: The territory that touches every other.
WORLD = "WORLD"
#: Kinds of agreement that give away a right or its use; a pledgee must consent to these.
DISPOSING_KINDS = frozenset({"licence", "sale", "assignment", "jv"})
#: The transitions that lead a pledge to its deregistration.
WAYS_TO_DEREGISTRATION = ("repaid", "disposed", "no_value", "not_paid", "withdraw")


# --- rights ----------------------------------------------------------------------------------------------------------


def _records(facts: Facts, rights: Iterable[str]) -> list[Mapping[str, Any]]:
    """What is known of each right; of one that is not the case's, nothing."""
    known = facts.from_outside("rights")
    return [known.get(right, {}) for right in rights]


def _named(facts: Facts) -> list[Mapping[str, Any]]:
    return _records(facts, facts.data.get("rights") or ())


def _applied(facts: Facts) -> list[Mapping[str, Any]]:
    return _records(facts, facts.said("apply.rights") or ())


def _standing(right: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    return [burden for burden in right.get("encumbrances", ()) if burden["kind"] == kind and burden.get("to") is None]


def _not_past(day: str | None, facts: Facts) -> bool:
    return day is not None and day >= facts.today.isoformat()


@guard(
    rule="A person has confirmed each right.",
    refusal="A right is not confirmed by a person yet. Look it up in its register and confirm it first.",
    reads=("rights",),
)
def rights_are_confirmed(facts: Facts) -> bool:
    return all(right.get("confirmed") is True for right in _named(facts))


@guard(
    rule="Each right is on record as in force.",
    refusal="A right is not in force, or nobody has recorded that it is.",
    reads=("rights",),
)
def rights_are_in_force(facts: Facts) -> bool:
    return all(
        right.get("confirmed") is True
        and right.get("in_force") is True
        and (right.get("expires_on") is None or _not_past(right["expires_on"], facts))
        for right in _named(facts)
    )


@guard(
    rule="The fee of each right is paid up to today.",
    refusal="The fee of a right is not paid up to today.",
    reads=("rights",),
)
def fees_are_paid(facts: Facts) -> bool:
    return all(right.get("confirmed") is True and _not_past(right.get("fee_paid_to"), facts) for right in _named(facts))


@guard(
    rule="No other case holds an exclusive licence of a right for the same territory.",
    refusal="Another case holds an exclusive licence of a right for the same territory.",
    reads=("rights",),
)
def no_exclusive_licence_elsewhere(facts: Facts) -> bool:
    wanted = facts.data.get("territory")
    taken = [
        licence.get("territory")
        for right in _named(facts)
        for licence in _standing(right, "licence")
        if licence.get("exclusive") and licence.get("case") != facts.case.log
    ]
    # A territory that nobody has named is taken for the whole world.
    return not any(territory == wanted or {territory, wanted} & {None, WORLD} for territory in taken)


@guard(
    rule="The pledgee's consent is on file for each right that is pledged.",
    refusal="A right is pledged. The pledgee's consent must be on file.",
    reads=("rights",),
)
def pledged_rights_have_consent(facts: Facts) -> bool:
    pledged = any(_standing(right, "pledge") for right in _named(facts))
    return not pledged or facts.data.get("pledge") == "consent_on_file"


@guard(
    rule="The bank that holds the pledge was told of the new check of a pledged right.",
    refusal="A right is pledged and was checked again. Tell the bank that holds the pledge first.",
    reads=("rights",),
)
def pledgee_knows_of_recheck(facts: Facts) -> bool:
    pledged = any(_standing(right, "pledge") for right in _named(facts))
    return not pledged or not facts.count("recheck") or facts.data.get("pledgee_told") is True


@guard(
    rule="No right is pledged.",
    refusal="A right is pledged already.",
    reads=("rights",),
)
def rights_are_not_pledged(facts: Facts) -> bool:
    return not any(_standing(right, "pledge") for right in _named(facts))


# --- assessment ------------------------------------------------------------------------------------------------------


@guard(
    rule="The statement is valid for longer than the day of its issue.",
    refusal="A statement must be valid for longer than the day of its issue.",
)
def statement_ends_after_issue(facts: Facts) -> bool:
    issued, ends = facts.data.get("issued_on"), facts.data.get("valid_until")
    return issued is None or ends is None or issued < ends


# --- mediation -------------------------------------------------------------------------------------------------------


@guard(
    rule="Two written reminders were sent, and fifteen days have passed since the second one.",
    refusal="Two written reminders and fifteen days after the second one come first.",
)
def fifteen_days_since_second_reminder(facts: Facts) -> bool:
    first, second = facts.data.get("first_reminder_on"), facts.data.get("second_reminder_on")
    if first is None or second is None:
        return True
    return first < second and facts.today >= date.fromisoformat(second) + timedelta(days=15)


@guard(
    rule="The new end of the term lies after today.",
    refusal="The new end of the term must lie after today.",
)
def extension_goes_beyond_today(facts: Facts) -> bool:
    new_end = facts.data.get("until_day")
    return new_end is None or new_end > facts.today.isoformat()


# --- pledge ----------------------------------------------------------------------------------------------------------


@guard(
    rule="No point of the register check fails.",
    refusal="A point of the register check fails.",
)
def no_register_point_fails(facts: Facts) -> bool:
    return not facts.data.get("points_failing")


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
    return not any(_standing(right, "pledge") for right in _applied(facts))


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


# --- agreement -------------------------------------------------------------------------------------------------------


@guard(
    rule="The technology may cross the border: it is not prohibited, and where it is restricted the licence letter is on file.",
    refusal="The technology may not cross the border: it is prohibited, or restricted and the licence letter is missing.",
)
def catalogue_lets_it_pass(facts: Facts) -> bool:
    match facts.data.get("catalogue_class"):
        case "prohibited":
            return False
        case "restricted":
            return facts.data.get("licence_letter") is True
    return True


@guard(
    rule="The technology does not cross the border.",
    refusal="The technology crosses the border. Record the signing across the border instead.",
)
def stays_inside_the_border(facts: Facts) -> bool:
    return facts.said("cleared.crosses_border") is not True


@guard(
    rule="The technology is cleared for crossing the border.",
    refusal="The technology was not cleared for crossing the border.",
)
def cleared_for_the_border(facts: Facts) -> bool:
    return facts.said("cleared.crosses_border") is True


@guard(
    rule="The agreement expires after the day on which it takes effect.",
    refusal="An agreement must expire after the day on which it takes effect.",
)
def agreement_dates_in_order(facts: Facts) -> bool:
    starts, ends = facts.data.get("effective_on"), facts.data.get("expires_on")
    return starts is None or ends is None or starts < ends


@guard(
    rule="An agreement of a kind that is about rights names them.",
    refusal="An agreement of this kind must name the rights that it is about.",
)
def rights_are_named(facts: Facts) -> bool:
    return facts.said("propose.kind") not in DISPOSING_KINDS or bool(facts.data.get("rights"))


@guard(
    rule="The pledgee of each right that is pledged has consented.",
    refusal="A right is pledged, and its pledgee has not consented. Ask the pledgee first.",
    reads=("rights",),
)
def pledgees_have_consented(facts: Facts) -> bool:
    """An answer counts for the pledge it was asked about, not for one that began after it."""
    if facts.said("propose.kind") not in DISPOSING_KINDS:
        return True
    known = facts.from_outside("rights")
    return all(
        _pledgee_agreed(facts, right, str(pledge.get("from") or ""))
        for right in facts.data.get("rights") or ()
        for pledge in _standing(known.get(right, {}), "pledge")
    )


def _pledgee_agreed(facts: Facts, right: str, since: str) -> bool:
    answers = [task.result for task in facts.results("ask_pledgee") if task.result.get("right") == right]
    if not answers:
        return facts.data.get("pledgee_consent") is True
    return answers[0].get("consented") is True and str(answers[0].get("answered_on", "")) >= since


# --- deployment ------------------------------------------------------------------------------------------------------


@guard(
    rule="The baseline begins before it ends.",
    refusal="A baseline must begin before it ends.",
)
def baseline_period_in_order(facts: Facts) -> bool:
    starts, ends = facts.data.get("baseline_from"), facts.data.get("baseline_to")
    return starts is None or ends is None or starts < ends


@guard(
    rule="The baseline is recorded before commissioning ends.",
    refusal="The baseline must be recorded before commissioning ends; it cannot be made up afterwards.",
)
def baseline_is_recorded(facts: Facts) -> bool:
    earlier = facts.said("plan_set.baseline_recorded") is True or facts.result("record_baseline") is not None
    return earlier or facts.data.get("baseline_recorded") is True


@guard(
    rule="At most two retests are made.",
    refusal="Two retests have been made; a third is not allowed.",
)
def retest_is_left(facts: Facts) -> bool:
    return facts.count("retest") < 2


@guard(
    rule="Two retests have failed, or correction was refused.",
    refusal="Two retests must have failed, or correction been refused.",
)
def retests_failed_or_correction_refused(facts: Facts) -> bool:
    return facts.count("retest") >= 2 or facts.data.get("correction_refused") is True
