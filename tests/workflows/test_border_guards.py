"""Golden truth tables of the border: which way technology goes, its class, its letter and its licence."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from casework.engine.definition.guard_facts import UNKNOWN, Facts, FormNeeded
from casework.engine.definition.publisher import publish
from casework.engine.state.case import Fired, Track
from tests.workflows.case_facts import facts, fired, track
from workflows import border_guards as guards
from workflows import signatories
from workflows.agreement import Agreement, Proposal

KINDS = tuple(Proposal.rule()[0]["choices"])
FREE, RESTRICTED, DUAL_USE, PROHIBITED = guards.CLASSES


def parties(giver: str | None, taker: str | None) -> dict[str, Any]:
    return {"parties": {"technology_owner": {"country": giver}, "need_owner": {"country": taker}}}


EXPORT, IMPORT = parties("CN", "DE"), parties("DE", "CN")


def deal(
    more: Mapping[str, Fired] | None = None,
    *,
    kind: str = "assignment",
    state: str = "signing",
    ended: bool = False,
    **named: Any,
) -> Track:
    return track("agreement", state, ended=ended, fired={"propose": fired(3, kind=kind, **named), **(more or {})})


def here(
    outside: Mapping[str, Any], more: Mapping[str, Fired] | None = None, data: Mapping[str, Any] | None = None
) -> Facts:
    return facts(here=deal(more), outside=outside, data=data)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("giver", ["CN", "DE", "HK", None])
@pytest.mark.parametrize("taker", ["CN", "DE", "FR", None])
def test_the_way_follows_from_kind_and_countries(kind: str, giver: str | None, taker: str | None) -> None:
    way = guards.way_of(here(parties(giver, taker)), {"kind": kind})
    if kind in guards.NO_TECHNOLOGY:
        assert way == "none"
    elif giver is None or taker is None:
        assert way == "unknown"
    else:
        assert (way in guards.CROSSING) == (giver != taker and "CN" in (giver, taker))
        assert (way == "export") == (giver == "CN" != taker)
        assert (way == "import") == (taker == "CN" != giver)


def signed_by(giver: str | None, taker: str | None) -> dict[str, Any]:
    """Parties of this country, in whose place organisations of others sign."""
    abroad = {f"of-{country}": {"organisation": f"of-{country}", "country": country} for country in ("CN", "DE", "SG")}
    return {**parties(giver, taker), "organisations": abroad}


@pytest.mark.parametrize(
    ("countries", "giver_signs", "taker_signs", "way"),
    [
        # A subsidiary abroad takes what the need owner here would have taken.
        (("CN", "CN"), None, "SG", "export"),
        (("CN", "CN"), None, "CN", "home"),
        (("CN", "DE"), None, "CN", "home"),
        (("CN", "CN"), "SG", None, "import"),
        (("DE", "CN"), "CN", None, "home"),
        (("DE", "DE"), "CN", None, "export"),
        (("DE", "DE"), None, "CN", "import"),
        # What an owner here lets a subsidiary abroad give to others abroad leaves this country.
        (("CN", "DE"), "SG", None, "export"),
        (("CN", "CN"), "SG", "SG", "export"),
        (("DE", "FR"), "SG", None, "abroad"),
        # Whoever signs counts, also where nobody knows where the need owner is; an owner's country is asked for all the same.
        (("CN", None), None, "SG", "export"),
        ((None, "CN"), "SG", None, "unknown"),
        (("CN", "CN"), None, "unheard-of", "unknown"),
    ],
)
def test_the_way_follows_from_who_signs(
    countries: tuple[str | None, str | None], giver_signs: str | None, taker_signs: str | None, way: str
) -> None:
    said = {"giver_signatory": giver_signs, "taker_signatory": taker_signs}
    named: dict[str, Any] = {field: f"of-{country}" for field, country in said.items() if country}
    outside = signed_by(*countries)
    assert guards.way_of(facts(outside=outside), {"kind": "assignment", **named}) == way
    assert guards.way_of(facts(outside=outside), {"kind": "nda", **named}) == "none"
    # So it is asked of the draft that was proposed, of the terms that are agreed, and of the form that is sent.
    drafted = track("agreement", "signing", fired={"propose": fired(3, kind="assignment", **named)})
    assert guards.technology_is_exported.holds(facts(here=drafted, outside=outside)) is (way == "export")
    assert guards.agreement_stays_inside_the_border.holds(facts(here=drafted, outside=outside)) is (
        way in ("home", "abroad")
    )
    terms = facts(outside=outside, data={"kind": "assignment", **named})
    assert guards.export_may_be_agreed.holds(terms) is (way != "export")
    known = guards.need_owner_has_a_country.holds(terms) and guards.technology_owner_has_a_country.holds(terms)
    assert known is (way != "unknown")


@pytest.mark.parametrize(
    ("countries", "signs", "company", "way"),
    [
        # What two parties here put into a company abroad leaves this country.
        (("CN", "CN"), {}, None, "home"),
        (("CN", "CN"), {}, "CN", "home"),
        (("CN", "CN"), {}, "SG", "export"),
        # What goes into a company here stays, or comes in, whoever founds it with the owner.
        (("CN", "DE"), {}, None, "export"),
        (("CN", "DE"), {}, "CN", "home"),
        (("CN", "DE"), {}, "SG", "export"),
        (("DE", "CN"), {}, "CN", "import"),
        (("DE", "CN"), {}, "DE", "home"),
        (("DE", "CN"), {}, "SG", "abroad"),
        # It is the company that takes, and not who signs for the need owner; an owner here exports whoever signs for it.
        (("CN", "CN"), {"taker_signatory": "of-SG"}, "CN", "home"),
        (("CN", "CN"), {"taker_signatory": "of-CN"}, "SG", "export"),
        (("CN", "CN"), {"giver_signatory": "of-SG"}, "SG", "export"),
        (("CN", None), {}, "SG", "export"),
        ((None, "CN"), {}, "CN", "unknown"),
        (("CN", "CN"), {}, "unheard-of", "unknown"),
    ],
)
def test_the_way_follows_from_the_company_that_takes_the_rights(
    countries: tuple[str | None, str | None], signs: Mapping[str, str], company: str | None, way: str
) -> None:
    outside = signed_by(*countries)
    said: dict[str, Any] = {"kind": "joint_venture", **signs} | ({"company": f"of-{company}"} if company else {})
    assert guards.way_of(facts(outside=outside), said) == way
    # A company that was typed before another kind was chosen takes nothing.
    other = {name: one for name, one in said.items() if name != "company"} | {"kind": "assignment"}
    assert guards.way_of(facts(outside=outside), other | {"company": "of-SG"}) == guards.way_of(
        facts(outside=outside), other
    )
    drafted = facts(here=track("agreement", "signing", fired={"propose": fired(3, **said)}), outside=outside)
    assert guards.technology_is_exported.holds(drafted) is (way == "export")
    assert guards.agreement_stays_inside_the_border.holds(drafted) is (way in ("home", "abroad"))
    assert guards.no_class_is_needed.holds(drafted) is (way in ("home", "abroad"))
    terms = facts(outside=outside, data=said)
    assert guards.export_may_be_agreed.holds(terms) is (way != "export")
    known = guards.need_owner_has_a_country.holds(terms) and guards.technology_owner_has_a_country.holds(terms)
    assert known is (way != "unknown")


@pytest.mark.parametrize(
    ("drafted", "named", "holds"),
    [
        (None, None, True),
        ("of-SG", "of-SG", True),
        ("of-SG", "of-DE", False),
        ("of-SG", "of-CN", False),
        ("of-CN", None, False),
        # One that was founded after the draft, where that changes nothing at the border.
        (None, "of-CN", True),
        (None, "of-SG", False),
        (None, "of-nowhere", False),
    ],
)
def test_a_company_does_not_change_the_way_after_the_draft(drafted: str | None, named: str | None, holds: bool) -> None:
    def said(company: str | None) -> dict[str, Any]:
        return {"kind": "joint_venture"} | ({"company": company} if company else {})

    stands = track("agreement", "signing", fired={"propose": fired(3, **said(drafted))})
    now = facts(here=stands, outside=signed_by("CN", "CN"), data=said(named))
    assert guards.company_is_as_proposed.holds(now) is holds
    assert guards.company_is_as_proposed.because is not None
    [why] = guards.company_is_as_proposed.because(now)
    if named == "of-SG":
        assert str(why) == "By this agreement technology leaves China: from China to Singapore."


@pytest.mark.parametrize(
    ("giver_signs", "taker_signs", "holds"),
    [
        (None, None, True),
        ("of-SG", None, True),
        ("of-SG", "of-DE", True),
        ("of-SG", "of-SG", False),
        ("taker", None, False),
    ],
)
def test_no_organisation_signs_for_both_sides(giver_signs: str | None, taker_signs: str | None, holds: bool) -> None:
    outside = signed_by("CN", "CN")
    outside["parties"] = {party: {"organisation": name} for party, name in GIVER_AND_TAKER}
    outside["organisations"]["taker"] = {"organisation": "taker", "country": "CN"}
    said = {"giver_signatory": giver_signs, "taker_signatory": taker_signs}
    now = facts(outside=outside, data={"kind": "assignment", **{name: one for name, one in said.items() if one}})
    assert signatories.two_organisations_sign.holds(now) is holds


GIVER_AND_TAKER = (("technology_owner", "giver"), ("need_owner", "taker"))


def test_who_signs_is_who_was_proposed() -> None:
    drafted = track("agreement", "signing", fired={"propose": fired(3, kind="assignment", taker_signatory="of-SG")})
    plain = track("agreement", "signing", fired={"propose": fired(3, kind="assignment")})
    for here, named, holds in (
        (drafted, {"taker_signatory": "of-SG"}, True),
        (drafted, {"taker_signatory": "of-CN"}, False),
        (drafted, {}, False),
        (plain, {}, True),
        (plain, {"giver_signatory": "of-SG"}, False),
        # Two records of one organisation, of which one was merged into the other since.
        (drafted, {"taker_signatory": "kept-SG"}, True),
    ):
        one = {"organisation": "kept-SG", "country": "SG"}
        outside = {"organisations": {"of-SG": one, "kept-SG": one, "of-CN": {"organisation": "of-CN", "country": "CN"}}}
        assert signatories.signatories_are_as_proposed.holds(facts(here=here, data=named, outside=outside)) is holds
    # At the signing nobody is asked for a signatory that the draft does not name.
    assert signatories.another_signs_for_taker.holds(facts(here=drafted))
    assert not signatories.another_signs_for_owner.holds(facts(here=drafted))
    assert not signatories.another_signs_for_taker.holds(facts(here=plain))


@pytest.mark.parametrize(
    ("listed", "from_it", "outside"), [("listed", True, False), ("not_listed", False, True), (None, False, False)]
)
def test_what_is_restricted_or_prohibited_stands_in_the_catalogue_and_what_is_free_does_not(
    listed: str | None, from_it: bool, outside: bool
) -> None:
    now = facts(data={} if listed is None else {"listed": listed})
    assert guards.class_is_from_the_catalogue.holds(now) is from_it
    assert guards.class_is_outside_the_catalogue.holds(now) is outside


@pytest.mark.parametrize("action", ["class_restricted", "class_prohibited", "class_free", "class_dual_use"])
def test_each_class_is_held_against_the_catalogue(action: str) -> None:
    """Dual use is a list of its own."""
    asked = {
        name
        for rule in publish(Agreement).transitions
        if rule.name == action
        for name in rule.guards
        if "catalogue" in name
    }
    expected = {"class_free": {"class_is_outside_the_catalogue"}, "class_dual_use": set()}
    assert asked == expected.get(action, {"class_is_from_the_catalogue"})


@pytest.mark.parametrize(("giver", "taker"), list(product(["CN", "DE", None], ["CN", "DE", "FR", None])))
def test_exactly_one_signing_is_open_where_the_countries_are_known(giver: str | None, taker: str | None) -> None:
    now = here(parties(giver, taker))
    inside = guards.agreement_stays_inside_the_border.holds(now)
    across = guards.technology_crosses_the_border.holds(now)
    assert inside + across == (giver is not None and taker is not None)
    assert guards.no_class_is_needed.holds(now) is inside
    assert guards.technology_is_exported.holds(now) is (giver == "CN" and taker not in ("CN", None))
    assert guards.technology_is_imported.holds(now) is (taker == "CN" and giver not in ("CN", None))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("asked", ["need_owner", "technology_owner"])
def test_whose_country_is_to_be_entered_is_said(kind: str, asked: str) -> None:
    known = {"need_owner": guards.need_owner_has_a_country, "technology_owner": guards.technology_owner_has_a_country}
    outside = {"parties": {party: {"country": None if party == asked else "CN"} for party in known}}
    now = facts(here=track("agreement", "drafting"), outside=outside, data={"kind": kind})
    for party, guard in known.items():
        assert guard.holds(now) is (party != asked or kind in guards.NO_TECHNOLOGY)
    assert all(asked.replace("_", " ") in known[party].refusal for party in [asked])
    # Before the kind is said nobody is refused.
    with pytest.raises(FormNeeded):
        known[asked].holds(facts(here=track("agreement", "drafting"), outside=outside, data=UNKNOWN))


@pytest.mark.parametrize("name", guards.CLASSES)
def test_a_class_counts_since_the_draft_was_last_proposed(name: str) -> None:
    assert guards.class_of(here(EXPORT)) is None
    assert guards.class_of(here(EXPORT, {name: fired(4)})) == guards.CLASSES[name]
    assert guards.class_of(here(EXPORT, {name: fired(2)})) is None
    # The last one counts.
    other = next(one for one in guards.CLASSES if one != name)
    assert guards.class_of(here(EXPORT, {other: fired(4), name: fired(5)})) == guards.CLASSES[name]
    assert guards.class_of(facts(here=track("agreement", "drafting", fired={name: fired(4)}))) is None


#: By class the ways that it fits, and how each way comes about: countries of giver and taker, and the kind of agreement.
FITTING = {
    None: {"home", "abroad", "unknown", "none"}, FREE: {"export", "import", "home", "abroad", "unknown", "none"},
    RESTRICTED: {"export", "import"}, DUAL_USE: {"export"}, PROHIBITED: {"home", "abroad", "unknown", "none"},
}  # fmt: skip
WAYS = {
    "export": ("CN", "DE", "assignment"), "import": ("DE", "CN", "assignment"), "home": ("CN", "CN", "assignment"),
    "abroad": ("DE", "FR", "assignment"), "unknown": ("DE", None, "assignment"), "none": ("CN", "DE", "purchase"),
}  # fmt: skip


@pytest.mark.parametrize("name", FITTING)
@pytest.mark.parametrize("way", WAYS)
def test_a_class_fits_the_ways_that_have_it(name: str | None, way: str) -> None:
    """Restricted is a class of imports and of exports, dual use of exports alone; what is prohibited crosses no border."""
    giver, taker, kind = WAYS[way]
    now = facts(here=deal({name: fired(4)} if name else {}, kind=kind), outside=parties(giver, taker))
    assert guards.class_fits_the_way.holds(now) is (way in FITTING[name])
    assert guards.technology_is_exported.holds(now) is (way == "export")
    assert guards.technology_is_imported.holds(now) is (way == "import")


@pytest.mark.parametrize("name", [*guards.CLASSES, None])
@pytest.mark.parametrize("outside", [EXPORT, IMPORT])
def test_the_class_fits_the_way(name: str | None, outside: Mapping[str, Any]) -> None:
    now = here(outside, {name: fired(4)} if name else {})
    fits = name in (FREE, RESTRICTED) or name == DUAL_USE and outside is EXPORT
    assert guards.class_fits_the_way.holds(now) is fits
    assert guards.no_licence_is_needed.holds(now) is (name not in (RESTRICTED, DUAL_USE))
    assert guards.licence_is_needed.holds(now) is (name in (RESTRICTED, DUAL_USE))
    assert guards.class_is_restricted.holds(now) is (name == RESTRICTED)
    assert guards.class_is_dual_use.holds(now) is (name == DUAL_USE)


@pytest.mark.parametrize("outside", [EXPORT, IMPORT])
@pytest.mark.parametrize(
    ("until", "issued", "holds"),
    [
        ("2026-04-01", 5, True),
        ("2026-03-31", 5, False),
        # A letter of an earlier round is none.
        ("2027-04-01", 2, False),
    ],
)
def test_a_letter_must_still_be_valid(outside: Mapping[str, Any], until: str, issued: int, holds: bool) -> None:
    letter = {RESTRICTED: fired(4), "letter_issued": fired(issued, valid_until=until)}
    assert guards.letter_is_still_valid.holds(here(outside, letter)) is holds
    assert not guards.letter_is_still_valid.holds(here(outside, {RESTRICTED: fired(4)}))
    # Dual use has no letter.
    assert guards.letter_is_still_valid.holds(here(EXPORT, {DUAL_USE: fired(4)}))


@pytest.mark.parametrize(
    ("more", "at_once"),
    [
        ({}, False),
        ({"letter_issued": fired(5, valid_until="2027-04-01")}, False),
        ({"sign_first": fired(5)}, True),
        # What was chosen for an earlier draft is not chosen for this one.
        ({"sign_first": fired(2)}, False),
        ({"sign_first": fired(2), "letter_issued": fired(5, valid_until="2027-04-01")}, False),
    ],
)
def test_an_import_is_asked_for_by_letter_and_licence_at_once_or_by_one_after_the_other(
    more: Mapping[str, Fired], at_once: bool
) -> None:
    now = here(IMPORT, {RESTRICTED: fired(4), **more})
    assert guards.both_are_asked_at_once.holds(now) is at_once
    assert guards.letter_came_first.holds(now) is not at_once
    assert guards.letter_is_still_valid.holds(now) is (at_once or "letter_issued" in more)


@pytest.mark.parametrize(
    ("issued", "until", "holds"),
    [
        ("2026-03-01", "2029-03-01", True),
        ("2026-03-01", "2029-03-02", False),
        ("2024-02-29", "2027-02-28", True),
        ("2024-02-29", "2027-03-01", False),
        (None, "2027-03-01", True),
        ("2026-03-01", None, True),
    ],
)
def test_a_letter_ends_within_three_years(issued: str | None, until: str | None, holds: bool) -> None:
    data = {"issued_on": issued, "valid_until": until}
    assert guards.letter_ends_in_time.holds(here(EXPORT, None, data)) is holds


@pytest.mark.parametrize(
    ("state", "permitted"), [("prohibited", False), ("not_permitted", False), ("abandoned", True), ("ended", True)]
)
def test_what_is_prohibited_or_not_permitted_leads_nowhere(state: str, permitted: bool) -> None:
    assert guards.transfer_is_permitted.holds(facts(deal(state=state, ended=True))) is permitted
    assert guards.transfer_is_permitted.holds(facts())


LETTER = {RESTRICTED: fired(4), "letter_issued": fired(5)}


@pytest.mark.parametrize(
    ("outside", "deals", "kind", "holds"),
    [
        (EXPORT, [], "patent_licence", False),
        (EXPORT, [track("agreement", "drafting")], "patent_licence", False),
        (EXPORT, [deal()], "patent_licence", False),
        (EXPORT, [deal({FREE: fired(4)})], "patent_licence", True),
        (EXPORT, [deal({DUAL_USE: fired(4)})], "patent_licence", True),
        (EXPORT, [deal({RESTRICTED: fired(4)})], "patent_licence", False),
        (EXPORT, [deal(LETTER)], "patent_licence", True),
        (EXPORT, [deal({PROHIBITED: fired(4)})], "patent_licence", False),
        # Of a draft before the last neither class nor letter counts.
        (EXPORT, [deal({FREE: fired(2)})], "patent_licence", False),
        (EXPORT, [deal({RESTRICTED: fired(4), "letter_issued": fired(2)})], "patent_licence", False),
        (EXPORT, [], "purchase", True),
        (IMPORT, [], "patent_licence", True),
        (parties("CN", "CN"), [], "patent_licence", True),
    ],
)
def test_no_terms_of_an_export_are_agreed_before_its_class_and_letter(
    outside: Mapping[str, Any], deals: list[Track], kind: str, holds: bool
) -> None:
    assert guards.export_may_be_agreed.holds(facts(*deals, outside=outside, data={"kind": kind})) is holds


@pytest.mark.parametrize("state", sorted({*guards.WAITS_FOR, *guards.ENDED_AS}))
def test_the_gate_passes_nothing_that_waits_or_has_ended(state: str) -> None:
    ended = state in ("prohibited", "not_permitted")
    last = {PROHIBITED: fired(4)} if state == "prohibited" else {RESTRICTED: fired(4)}
    now = facts(deal(last, state=state, ended=ended), outside=EXPORT, data={"result": "passed"})
    assert not guards.gate_agrees_with_the_class.holds(now)
    refuses = facts(deal(last, state=state, ended=ended), outside=EXPORT, data={"result": "refused"})
    assert guards.gate_agrees_with_the_class.holds(refuses)


@pytest.mark.parametrize(
    ("outside", "more", "holds"),
    [
        (EXPORT, {FREE: fired(4)}, True),
        (EXPORT, {RESTRICTED: fired(4)}, True),
        (EXPORT, {}, False),
        (EXPORT, {FREE: fired(2)}, False),
        (parties("CN", "CN"), {}, True),
        (parties("DE", "FR"), {}, True),
    ],
)
def test_the_gate_agrees_with_the_agreement(outside: Mapping[str, Any], more: dict[str, Fired], holds: bool) -> None:
    now = facts(deal(more), outside=outside, data={"result": "passed"})
    assert guards.gate_agrees_with_the_class.holds(now) is holds


def test_the_gate_asks_nothing_of_what_is_no_technology() -> None:
    assert guards.gate_agrees_with_the_class.holds(facts(deal(kind="nda"), outside=EXPORT, data={"result": "passed"}))


def test_the_gate_asks_nothing_of_an_agreement_that_is_not_there() -> None:
    assert guards.gate_agrees_with_the_class.holds(facts(outside=EXPORT, data={"result": "passed"}))
    drafted = track("agreement", "drafting")
    assert guards.gate_agrees_with_the_class.holds(facts(drafted, outside=EXPORT, data={"result": "passed"}))
