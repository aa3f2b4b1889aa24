"""Truth tables of what a licensee may give of a right, and of what comes between the signing and an export licence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from casework.definitions import load_library
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import GUARDS
from tests.workflows.case_facts import BUYER, SELLER, burden, done, facts, fired, track
from tests.workflows.test_right_guards import ISSUED, TERMS, owned, shared
from workflows import right_guards
from workflows.deal_guards import nothing_bars_the_terms, right_is_left_in_territories

#: A licence of another case, of which the technology owner may give licences itself.
LENT: dict[str, Any] = {
    "id": "b", "case": "case-2", "kind": "licence", "licence": "sole", "holder": SELLER, "territories": ["CN", "DE"], "fields": ["water"],
    "from": "2026-01-01", "until": "2030-01-01", "to": None, "sublicence": True,
}  # fmt: skip
WITHIN: dict[str, Any] = TERMS | {"uses": ["water"], "effective_on": "2026-04-01", "expires_on": "2030-01-01"}
DAUGHTER = {"daughter": {"organisation": "daughter"}}
NOT_ITS_OWN = "CN 1: by its record neither owned nor licensed."


def gives(terms: dict[str, Any], *burdens: Mapping[str, Any], owner: str | None = "stranger", **outside: Any) -> Facts:
    owners = [{"organisation": owner, "share": None}] if owner else []
    record = {"kind": "invention", "office": "CN", "number": "1", "owners": owners, "encumbrances": list(burdens)}
    return facts(outside={"rights": {"right-1": record}, **outside}, data=WITHIN | terms)


#: What is given of which licence, and what is said where that does not carry it.
GIVEN: list[tuple[Facts, str]] = [
    (gives({}, LENT), ""),
    (gives({"licence": "sole", "territories": ["CN", "DE"]}, LENT), ""),
    (gives({}, LENT | {"territories": [], "fields": [], "from": None, "until": None}), ""),
    (gives({}), NOT_ITS_OWN),
    (gives({}, LENT | {"holder": BUYER}), NOT_ITS_OWN),
    (gives({}, LENT | {"to": "2026-03-01"}), NOT_ITS_OWN),
    (gives({}, LENT | {"kind": "pledge"}), NOT_ITS_OWN),
    (gives({}, LENT | {"sublicence": False}), "CN 1: the licence since 2026-01-01 allows no sublicence."),
    (gives({"kind": "assignment"}, LENT), "CN 1: who has a licence of it cannot assign it."),
    (
        gives({"kind": "joint_venture", "contribution": "assigned"}, LENT),
        "CN 1: who has a licence of it cannot assign it.",
    ),
    (
        gives({"licence": "exclusive"}, LENT),
        "CN 1: the sublicence is wider than the licence since 2026-01-01, by its kind of licence.",
    ),
    (
        gives({"territories": ["CN", "JP"], "uses": []}, LENT),
        "CN 1: the sublicence is wider than the licence since 2026-01-01, by its territories, fields of use.",
    ),
    (
        gives({"effective_on": "2025-12-31", "expires_on": None}, LENT),
        "CN 1: the sublicence is wider than the licence since 2026-01-01, by its first day, last day.",
    ),
    # A venture's company has its own fields.
    (
        gives(
            {"kind": "joint_venture", "contribution": "plain", "venture_territories": ["CN"], "venture_uses": ["water"]}, LENT
        ),
        "",
    ),
    (
        gives({"kind": "joint_venture", "contribution": "plain", "venture_territories": ["JP"], "venture_uses": ["water"]}, LENT),
        "CN 1: the sublicence is wider than the licence since 2026-01-01, by its territories.",
    ),
    # One of two licences is enough; two that carry it only together are not.
    (gives({}, LENT | {"sublicence": False}, LENT | {"id": "c"}), ""),
    (
        gives({"territories": ["CN", "DE"]}, LENT | {"territories": ["CN"]}, LENT | {"territories": ["DE"], "from": "2026-02-01"}),
        "CN 1: the sublicence is wider than the licence since 2026-01-01, by its territories. "
        "CN 1: the sublicence is wider than the licence since 2026-02-01, by its territories.",
    ),
    # An owner asks nobody, and what gives no right asks for none.
    (gives({"licence": "exclusive", "territories": ["WORLD"]}, LENT | {"sublicence": False}, owner=SELLER), ""),
    (gives({}, owner=None), NOT_ITS_OWN),
    (gives({}, LENT, owner=None), ""),
    (gives({"kind": "purchase"}), ""),
    # Who signs in the place of the technology owner gives of its own licence.
    (gives({"giver_signatory": "daughter"}, LENT | {"holder": "daughter"}, organisations=DAUGHTER), ""),
]  # fmt: skip


@pytest.mark.parametrize(("now", "words"), GIVEN)
def test_a_licensee_gives_what_its_licence_lets_it(now: Facts, words: str) -> None:
    guard = right_guards.giver_may_give_each_right
    assert guard.holds(now) is (words == "")
    assert guard.because is not None
    assert " ".join(str(why) for why in guard.because(now)) == words


@pytest.mark.parametrize(
    ("burden", "holds"),
    [
        (LENT, True),
        (LENT | {"holder": BUYER}, True),
        (LENT | {"holder": "other"}, False),
        (LENT | {"sublicence": False}, False),
        (LENT | {"to": "2026-03-01"}, False),
    ],
)
def test_a_case_is_about_what_a_party_owns_or_may_sublicense(burden: Mapping[str, Any], holds: bool) -> None:
    now = gives({"rights": ["right-1"]}, burden)
    assert right_guards.a_party_has_each_right.holds(now) is holds


def test_ones_own_licence_does_not_bar_what_is_given_of_it() -> None:
    own = LENT | {"licence": "exclusive"}
    assert nothing_bars_the_terms.holds(gives({}, own))
    assert right_is_left_in_territories.holds(gives({"territories": ["CN"]}, own))
    for barring in (own | {"sublicence": False}, own | {"holder": "other"}):
        assert not nothing_bars_the_terms.holds(gives({}, barring))
        assert not right_is_left_in_territories.holds(gives({"territories": ["CN"]}, barring))


def test_a_licence_that_was_sublicensed_and_ended_before_its_export_licence_carries_it_no_more() -> None:
    signed: dict[str, Any] = {**WITHIN, "executed_on": "2026-03-20"}
    deal = track("agreement", "licence_awaited", fired={"sign_to_licence": fired(5, **signed)})
    for ended, holds in ((None, True), ("2026-04-01", False)):
        record = {"kind": "invention", "owners": [{"organisation": "stranger"}], "encumbrances": [LENT | {"to": ended}]}
        now = facts(here=deal, data=ISSUED, outside={"rights": {"right-1": record}})
        assert right_guards.giver_may_give_each_right.holds(now) is holds


# --- while the licence is waited for ---------------------------------------------------------------------------------

SIGNED = {**TERMS, "kind": "patent_licence", "licence": "plain", "territories": ["DE"], "executed_on": "2026-03-20"}
#: What came between, and which guard of the licence names it.
BETWEEN: Mapping[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "nothing": (owned(SELLER), {}, ""),
    "seized, and assigned": (
        owned(SELLER, {"kind": "seizure", "from": "2026-03-25", "to": None}),
        {"kind": "assignment"}, "nothing_bars_the_terms",
    ),
    "seized, and licensed": (owned(SELLER, {"kind": "seizure", "from": "2026-03-25", "to": None}), {}, ""),
    "an exclusive licence": (owned(SELLER, burden("licence", territory="DE")), {}, "nothing_bars_the_terms"),
    "an exclusive licence elsewhere": (owned(SELLER, burden("licence", territory="IN")), {}, ""),
    "what this contract holds itself": (owned(SELLER, burden("licence", territory="DE", case="case-1")), {}, ""),
    "a pledge": (
        owned(SELLER, burden("pledge", **{"from": "2026-03-25"})), {"pledgee_consent": ["d"]}, "pledgees_have_consented",
    ),
    "a pledge that was asked about": (
        owned(SELLER, burden("pledge", **{"from": "2026-03-10"})), {"pledgee_consent": ["d"]}, "",
    ),
    "sold": (owned("other"), {}, "giver_may_give_each_right"),
    "a share sold": (shared(SELLER, "other"), {"licence": "sole"}, "co_owners_have_consented"),
    "a share sold, and licensed plainly": (shared(SELLER, "other"), {}, ""),
    "a share sold, with consent": (shared(SELLER, "other"), {"licence": "sole", "co_owner_consent": ["d"]}, ""),
    "lapsed": (
        {"rights": {"right-1": owned(SELLER)["rights"]["right-1"] | {"expires_on": "2026-03-28"}}},
        {}, "rights_of_terms_have_not_ended",
    ),
}  # fmt: skip
AGAIN = (
    "giver_may_give_each_right",
    "co_owners_have_consented",
    "rights_of_terms_have_not_ended",
    "nothing_bars_the_terms",
    "pledgees_have_consented",
)


@pytest.mark.parametrize("between", BETWEEN)
@pytest.mark.parametrize(
    "state", ["licence_awaited", "import_licence", "import_at_once", "dual_use_licence", "drafting"]
)
def test_what_came_between_the_signing_and_the_licence_is_asked_with_it(between: str, state: str) -> None:
    outside, said, named = BETWEEN[between]
    deal = track("agreement", state, fired={"sign_to_licence": fired(5, **SIGNED | said)})
    now = facts(here=deal, tasks=[done("decide_waiver", what="ip", granted=True)], data=ISSUED, outside=outside)
    refused = {name for name in AGAIN if not GUARDS[name].holds(now)}
    # What was given up and is drafted anew is not asked about what it had signed.
    assert refused == ({named} if named and state != "drafting" else set())


def test_the_licence_asks_for_all_of_it() -> None:
    edition = load_library().latest("agreement")
    assert edition is not None
    [licence] = [rule for rule in edition.transitions if rule.name == "licence_issued"]
    assert set(AGAIN) <= set(licence.guards)
