"""What the record of each right tells is said point by point, as the guards judge it."""

from __future__ import annotations

from typing import Any

import pytest

from casework.engine.analysis.record_points import points_of
from casework.engine.definition.registry import GUARDS
from tests.workflows.test_service_guards import RIGHT, TODAY, TOMORROW, YESTERDAY, facts, named, right

PLEDGED = {"kind": "pledge", "case": "other", "from": YESTERDAY, "to": None}
OWNED = [{"organisation": "maker", "share": None}]
SEIZED = {"kind": "seizure", "case": None, "from": YESTERDAY, "until": None, "to": None}
EXCLUSIVE = {"kind": "licence", "licence": "exclusive", "case": "other", "from": YESTERDAY, "to": None}
RUN_OUT = EXCLUSIVE | {"until": YESTERDAY}
LENT = EXCLUSIVE | {"holder": "maker", "sublicence": True}
LICENSED = "licensed, with sublicences allowed, to: technology owner"
PARENT = [{"organisation": "parent", "share": None}]
PLAIN = EXCLUSIVE | {"licence": "plain"}
BOUGHT = {"kind": "transfer", "case": None, "holder": "maker", "from": YESTERDAY, "to": None}
ASKED = {"kind": "invalidation", "case": None, "from": YESTERDAY, "to": None}

TABLE: list[tuple[str, dict[str, Any], bool | None, str]] = [
    ("rights_are_confirmed", {}, True, "confirmed by a person"),
    ("rights_are_confirmed", {"confirmed": False}, False, "nobody has confirmed the record yet"),
    ("rights_are_in_force", {}, True, "status: in force"),
    ("rights_are_in_force", {"status": "lapsed"}, False, "status: lapsed"),
    ("rights_are_in_force", {"status": None}, False, "no status is on record"),
    ("rights_are_in_force", {"expires_on": YESTERDAY}, False, f"ended on {YESTERDAY}"),
    ("fees_are_paid", {}, True, f"fee paid until {TOMORROW}"),
    ("fees_are_paid", {"fee_paid_to": YESTERDAY}, False, f"fee paid until {YESTERDAY}"),
    ("fees_are_paid", {"fee_paid_to": None}, False, "until when the fee is paid is not on record"),
    ("fees_are_paid", {"fee_paid_to": None, "kind": "know_how"}, True, "a right of this kind has no fee"),
    ("rights_can_be_pledged", {}, True, "kind: invention patent"),
    ("rights_can_be_pledged", {"kind": "application"}, False, "kind: pending application"),
    ("rights_are_not_pledged", {}, True, "nothing of this kind is on record"),
    ("rights_are_not_pledged", {"encumbrances": [PLEDGED]}, False, f"on record: pledge since {YESTERDAY}"),
    ("rights_are_not_given_away", {}, True, "nothing of this kind is on record"),
    ("rights_are_not_given_away", {"encumbrances": [EXCLUSIVE]}, True, "nothing of this kind is on record"),
    ("licences_are_accepted", {}, True, "nothing of this kind is on record"),
    ("licences_are_accepted", {"encumbrances": [EXCLUSIVE]}, None, f"on record: exclusive licence since {YESTERDAY}"),
    ("licences_are_accepted", {"encumbrances": [PLAIN]}, True, f"on record: plain licence since {YESTERDAY}"),
    ("licences_are_accepted", {"encumbrances": [RUN_OUT]}, True, f"on record: exclusive licence since {YESTERDAY}"),
    ("rights_are_not_given_away", {"encumbrances": [BOUGHT], "owners": OWNED}, True, f"on record: transfer since {YESTERDAY}"),
    ("rights_are_not_given_away", {"encumbrances": [BOUGHT]}, False, f"on record: transfer since {YESTERDAY}"),
    ("rights_are_not_seized", {"encumbrances": [SEIZED]}, False, f"on record: seizure since {YESTERDAY}"),
    ("rights_are_not_seized", {"encumbrances": [SEIZED | {"until": YESTERDAY}]}, True, f"on record: seizure since {YESTERDAY}"),
    ("rights_outlive_the_debt", {"expires_on": TODAY}, None, f"last day: {TODAY}"),
    ("rights_outlive_the_debt", {}, None, "no last day is on record"),
    ("rights_outlive_the_debt", {"filed_on": "2010-05-01"}, None, "no last day is on record; by its filing it lasts until 2030-04-30"),
    ("requests_for_invalidation_are_accepted", {}, True, "nothing of this kind is on record"),
    ("requests_for_invalidation_are_accepted", {"encumbrances": [ASKED]}, None, f"on record: request for invalidation since {YESTERDAY}"),
    ("pledgor_owns_each_right", {"owners": OWNED}, True, "owners on record: technology owner"),
    ("pledgor_owns_each_right", {"owners": [{"organisation": "parent"}]}, None, "owners on record: somebody beside the parties"),
    ("pledgor_owns_each_right", {}, None, "the record names no owner"),
    ("a_party_has_each_right", {"owners": OWNED, "encumbrances": [LENT]}, True, "owners on record: technology owner"),
    ("a_party_has_each_right", {"owners": PARENT, "encumbrances": [LENT]}, True, LICENSED),
    ("a_party_has_each_right", {"encumbrances": [LENT]}, True, LICENSED),
    ("a_party_has_each_right", {"owners": PARENT, "encumbrances": [EXCLUSIVE]}, None, "owners on record: somebody beside the parties"),
    # Of a licence nothing is pledged as of a right of one's own.
    ("pledgor_owns_each_right", {"owners": PARENT, "encumbrances": [LENT]}, None, "owners on record: somebody beside the parties"),
    ("co_owners_have_agreed", {"owners": OWNED}, True, "one owner is on record"),
    ("co_owners_have_agreed", {"owners": [*OWNED, {"organisation": "buyer"}]}, None, "owners on record: 2"),
    ("pledged_rights_have_consent", {}, True, "nothing of this kind is on record"),
    ("pledged_rights_have_consent", {"encumbrances": [PLEDGED]}, None, f"on record: pledge since {YESTERDAY}"),
    ("nothing_bars_the_terms", {"encumbrances": [EXCLUSIVE]}, None, f"on record: exclusive licence since {YESTERDAY}"),
    ("nothing_bars_the_terms", {"encumbrances": [EXCLUSIVE | {"case": "our-case"}]}, True, "nothing of this kind is on record"),
    ("twin_is_answered", {"kind": "design"}, True, "a right of this kind has no twin"),
    ("twin_is_answered", {"twin": "CN1"}, None, "twin on record: CN1"),
    ("twin_is_answered", {}, None, "no twin is on record; whether there is one is asked"),
]  # fmt: skip


@pytest.mark.parametrize(("guard", "change", "holds", "words"), TABLE)
def test_each_point_is_told_with_its_entry(guard: str, change: dict[str, Any], holds: bool | None, words: str) -> None:
    [told] = points_of(facts(rights=right(**change)), [guard])
    [point] = told.points
    assert (told.right, point.guard, point.told.holds, str(point.told.by)) == (RIGHT, guard, holds, words)


@pytest.mark.parametrize(("guard", "change", "holds", "words"), [row for row in TABLE if row[2] is not None])
def test_what_is_told_is_what_the_guard_finds(guard: str, change: dict[str, Any], holds: bool, words: str) -> None:
    """A form that answers nothing but which rights and whose: the guard then rests on the record alone."""
    said = facts(named(pledgor="technology_owner"), rights=right(**change))
    assert GUARDS[guard].holds(said) is holds
