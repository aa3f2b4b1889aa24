"""What must be true before a service, the check of rights, an agreement or a site may go on.

Forms insist on their own answers; a guard here reads only what several answers, or other facts, say together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from casework.engine.analysis import record_tells
from casework.engine.analysis.record_tells import kept_ids
from casework.engine.case_objects.right_kinds import fees_paid, may_be_pledged, stands
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Law, guard
from workflows.codes import ABOUT_RIGHTS
from workflows.deal_guards import pledgees_matter, signed_terms
from workflows.own_limits import RETESTS

# --- rights ----------------------------------------------------------------------------------------------------------


def records_of(facts: Facts, rights: Iterable[str]) -> list[Mapping[str, Any]]:
    """What is known of each right; of one that is not the case's, nothing."""
    known = facts.from_outside("rights")
    return [known.get(right, {}) for right in rights]


def _named(facts: Facts) -> list[Mapping[str, Any]]:
    return records_of(facts, facts.data.get("rights") or ())


standing = record_tells.lying


@guard(
    rule="A person has confirmed each right.",
    refusal="A right is not confirmed by a person yet. Look it up in its register and confirm it first.",
    reads=("rights",),
    tells=record_tells.confirmed,
    at=("rights",),
    law=Law.RIGHTS,
)
def rights_are_confirmed(facts: Facts) -> bool:
    return all(right.get("confirmed") is True for right in _named(facts))


@guard(
    rule="Each right is on record as in force; an application as pending; know-how as not disclosed.",
    refusal="A right is not in force, an application not pending any more, know-how disclosed, or nobody has recorded what is so.",
    reads=("rights",),
    tells=record_tells.in_force,
    at=("rights",),
    law=Law.RIGHTS,
)
def rights_are_in_force(facts: Facts) -> bool:
    today = facts.today.isoformat()
    return all(right.get("confirmed") is True and stands(right, today) for right in _named(facts))


@guard(
    rule="The fee of each right that has fees is paid up to today.",
    refusal="The fee of a right is not paid up to today.",
    reads=("rights",),
    tells=record_tells.fee_paid,
    at=("rights",),
)
def fees_are_paid(facts: Facts) -> bool:
    today = facts.today.isoformat()
    return all(right.get("confirmed") is True and fees_paid(right, today) for right in _named(facts))


@guard(
    rule="A pledge of each right can be registered: it is granted, and no know-how.",
    refusal="A right cannot be pledged: an application that is not granted yet, know-how, or one of a kind without a register.",
    reads=("rights",),
    tells=record_tells.pledgeable,
    at=("rights",),
    law=Law.RIGHTS,
)
def rights_can_be_pledged(facts: Facts) -> bool:
    return all(right.get("confirmed") is True and may_be_pledged(right) for right in _named(facts))


@guard(
    rule="The pledgee's consent is on file for each right that is pledged.",
    refusal="A right is pledged. The pledgee's consent must be on file.",
    reads=("rights",),
    tells=record_tells.pledged,
    at=("pledge",),
    law=Law.CONSENT,
)
def pledged_rights_have_consent(facts: Facts) -> bool:
    pledged = any(standing(right, "pledge") for right in _named(facts))
    return not pledged or facts.data.get("pledge") == "consent_on_file"


@guard(
    rule="The bank that holds the pledge was told of the new check of a pledged right.",
    refusal="A right is pledged and was checked again. Tell the bank that holds the pledge first.",
    reads=("rights",),
    at=("pledgee_told",),
)
def pledgee_knows_of_recheck(facts: Facts) -> bool:
    pledged = any(standing(right, "pledge") for right in _named(facts))
    return not pledged or not facts.count("recheck") or facts.data.get("pledgee_told") is True


@guard(
    rule="No right is pledged.",
    refusal="A right is pledged already.",
    reads=("rights",),
    tells=record_tells.not_pledged,
    at=("rights",),
    law=Law.RIGHTS,
)
def rights_are_not_pledged(facts: Facts) -> bool:
    # Nor is a pledge left in the register whose debt is paid.
    return not any(standing(right, kind) for right in _named(facts) for kind in record_tells.PLEDGES)


# --- assessment ------------------------------------------------------------------------------------------------------


@guard(
    rule="The statement is valid for longer than the day of its issue.",
    refusal="A statement must be valid for longer than the day of its issue.",
    at=("valid_until",),
)
def statement_ends_after_issue(facts: Facts) -> bool:
    issued, ends = facts.data.get("issued_on"), facts.data.get("valid_until")
    return issued is None or ends is None or issued < ends


# --- mediation -------------------------------------------------------------------------------------------------------


#: So many days after the second written reminder it may still be paid.
_REMINDED = timedelta(days=15)


@guard(
    rule="Two written reminders were sent, and the fifteen days after the second one are over.",
    refusal=(
        "Two written reminders and fifteen days after the second one come first. The last of these days still counts; where"
        " nobody works on it, so does the next working day."
    ),
    at=("second_reminder_on",),
)
def fifteen_days_since_second_reminder(facts: Facts) -> bool:
    """The day of the reminder does not count, and the last day does to its end; it moves off a day on which nobody works."""
    first, second = facts.data.get("first_reminder_on"), facts.data.get("second_reminder_on")
    if first is None or second is None:
        return True
    last = facts.calendar.day_off_the_holiday(date.fromisoformat(second) + _REMINDED)
    return first < second and facts.today > last


@guard(
    rule="The new end of the term lies after today.",
    refusal="The new end of the term must lie after today.",
    at=("until_day",),
)
def extension_goes_beyond_today(facts: Facts) -> bool:
    new_end = facts.data.get("until_day")
    return new_end is None or new_end > facts.today.isoformat()


@guard(
    rule="The last day of a duty comes after the first.",
    refusal="The last of the dates must lie after the first.",
    at=("last_duty_on",),
)
def last_duty_comes_after_the_first(facts: Facts) -> bool:
    first, last = facts.data.get("first_duty_on"), facts.data.get("last_duty_on")
    return first is None or last is None or first < last


@guard(
    rule="The parties share the day of a last duty.",
    refusal="The parties share no day of a last duty.",
)
def there_is_a_last_duty(facts: Facts) -> bool:
    return facts.data.get("last_duty_on") is not None


# --- agreement -------------------------------------------------------------------------------------------------------


@guard(
    rule="A right is pledged, and its pledgee has not answered yet.",
    refusal="No right is pledged, or its pledgee has answered.",
    reads=("rights",),
)
def pledgee_is_asked(facts: Facts) -> bool:
    known = facts.from_outside("rights")
    answered = kept_ids(facts, (str(task.result.get("right")) for task in facts.results("ask_pledgee")))
    named = [right for right in facts.data.get("rights") or () if not kept_ids(facts, [right]) <= answered]
    return facts.data.get("kind") in ABOUT_RIGHTS and any(standing(known.get(right, {}), "pledge") for right in named)


@guard(
    rule="The pledgee of each right that is pledged has consented.",
    refusal="A right is pledged, and its pledgee has not consented. Ask the pledgee first.",
    reads=("rights",),
    tells=record_tells.pledged,
    law=Law.CONSENT,
)
def pledgees_have_consented(facts: Facts) -> bool:
    """An answer counts for the pledge it was asked about, not for one that began after it."""
    # What was ticked at the signing says nothing of a pledge that began while the licence was waited for.
    waited = facts.data.get("kind") is None
    facts = signed_terms(facts)
    until = str(facts.data.get("executed_on") or "") if waited else None
    if not pledgees_matter(facts.data):
        return True
    known = facts.from_outside("rights")
    return all(
        _pledgee_agreed(facts, right, str(pledge.get("from") or ""), until)
        for right in facts.data.get("rights") or ()
        for pledge in standing(known.get(right, {}), "pledge")
    )


def answers_of_pledgee(facts: Facts, right: str) -> list[Mapping[str, Any]]:
    """What the pledgee of a right has answered, the newest first, by whatever id it was asked about."""
    asked, record = facts.results("ask_pledgee"), kept_ids(facts, [right])
    return [task.result for task in asked if kept_ids(facts, [str(task.result.get("right"))]) == record]


def _pledgee_agreed(facts: Facts, right: str, since: str, until: str | None) -> bool:
    answers = answers_of_pledgee(facts, right)
    if not answers:
        return bool(facts.data.get("pledgee_consent")) and (until is None or since <= until)
    return answers[0].get("consented") is True and str(answers[0].get("answered_on", "")) >= since


# --- deployment ------------------------------------------------------------------------------------------------------


@guard(
    rule="It was tested again fewer times than it may be.",
    refusal="It has been tested again as often as it may be.",
    limits=(RETESTS,),
)
def retest_is_left(facts: Facts) -> bool:
    return facts.count("retest") < facts.limit(RETESTS)


@guard(
    rule="It was tested again as often as it may be, or correction was refused.",
    refusal="It must have been tested again as often as it may be, or correction been refused.",
    limits=(RETESTS,),
    at=("correction_refused",),
)
def retests_failed_or_correction_refused(facts: Facts) -> bool:
    return facts.count("retest") >= facts.limit(RETESTS) or facts.data.get("correction_refused") is True
