"""The gate's result, the class, the kind, the parties' countries and the papers agree, or what contradicts what is named.

One table over all of them: what stands against each other is worked out here once more, in other words than the guards have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest

from casework.definitions import load_library
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import GUARDS, Guard
from casework.engine.state.case import Fired
from tests.workflows.case_facts import done, facts, fired
from tests.workflows.test_border_guards import KINDS, deal, parties
from workflows import border_guards as guards
from workflows.deal_guards import kind_is_as_proposed

GATES = (None, "passed", "refused")
CLASSES = (None, "free", "restricted", "dual_use", "prohibited")
COUNTRIES = (("CN", "CN"), ("CN", "DE"), ("DE", "CN"), ("DE", "FR"), (None, "CN"))
#: Who signs in the place of the technology owner, and in that of the need owner, by the country of each.
SIGNATORIES = ((None, None), (None, "CN"), (None, "DE"), ("DE", None), ("CN", "DE"), (None, "nowhere"))
PREPARES, NO_TECHNOLOGY = {"nda", "loi"}, {"nda", "loi", "purchase"}


def way_code(kind: str, giver: str | None, taker: str | None) -> str:
    if kind in NO_TECHNOLOGY:
        return "no_technology"
    if None in (giver, taker):
        return "unknown"
    return {"CN-CN": "at_home", "DE-DE": "at_home", "CN-DE": "abroad", "DE-CN": "into"}.get(
        f"{giver}-{taker}", "elsewhere"
    )


def goes(kind: str, owners: tuple[str | None, str | None], signs: tuple[str | None, str | None]) -> str:
    """From whose country into whose, where others may sign in the place of the parties."""
    giver, taker = (signed if signed is not None else own for own, signed in zip(owners, signs, strict=True))
    if owners[0] is None or "nowhere" in (giver, taker):
        giver = None
    elif owners[0] == "CN" and taker != "CN":
        # Whoever signs for an owner here, its technology comes from here.
        giver = "CN"
    return way_code(kind, giver, taker)


def named(signs: tuple[str | None, str | None]) -> dict[str, Any]:
    fields = zip(("giver_signatory", "taker_signatory"), signs, strict=True)
    return {field: f"of-{country}" for field, country in fields if country is not None}


def known(owners: tuple[str | None, str | None]) -> dict[str, Any]:
    return {
        **parties(*owners),
        "organisations": {f"of-{country}": {"country": country} for country in ("CN", "DE")},
    }


def misfit(recorded: str | None, way: str) -> set[str]:
    if recorded == "dual_use" and way != "abroad":
        return {"class_of_exports", way}
    if recorded == "restricted" and way not in ("abroad", "into"):
        return {"class_is", way}
    if way in ("abroad", "into") and recorded in (None, "prohibited"):
        return {"class_missing" if recorded is None else "class_is", way}
    return set()


def said(guard: Guard, now: Facts) -> set[str]:
    """The codes that a guard names where it refuses."""
    if guard.holds(now):
        return set()
    assert guard.because is not None, f"{guard.name} refuses and names nothing"
    named = {str(why.code).removeprefix("borders.") for why in guard.because(now)}
    assert named, f"{guard.name} refuses and names nothing"
    return named


def cases() -> Iterator[tuple[Any, ...]]:
    yield from product(GATES, CLASSES, KINDS, COUNTRIES, SIGNATORIES)


def stands(recorded: str | None, kind: str, signs: tuple[str | None, str | None] = (None, None)) -> Any:
    more: dict[str, Fired] = {}
    if recorded is not None:
        name = next(name for name, code in guards.CLASSES.items() if code == recorded)
        more[name] = fired(4)
    return deal(more, kind=kind, **named(signs))


def test_every_contradiction_at_the_signature_is_named_by_both_sides() -> None:
    seen: dict[frozenset[str], int] = {}
    for gate, recorded, kind, owners, signs in cases():
        way = goes(kind, owners, signs)
        tasks = [done("compliance_gate", 9, result=gate, checked_on="2026-03-11")] if gate else []
        now = facts(here=stands(recorded, kind, signs), outside=known(owners), tasks=tasks, data={"kind": kind})
        against = misfit(recorded, way)
        refused = {"gate_refused", way} if gate == "refused" and kind not in PREPARES else set()
        waits = recorded in ("restricted", "dual_use")
        told = {"class_missing" if recorded is None else "class_is"}
        crosses = way in ("abroad", "into")
        where = (gate, recorded, kind, owners, signs)
        assert said(guards.class_fits_the_way, now) == against, where
        assert said(guards.gate_has_not_refused, now) == refused, where
        assert said(guards.no_licence_is_needed, now) == (told if waits else set()), where
        assert said(guards.licence_is_needed, now) == (set() if waits else told), where
        assert said(guards.class_is_restricted, now) == (set() if recorded == "restricted" else told), where
        assert said(guards.class_is_dual_use, now) == (set() if recorded == "dual_use" else told), where
        assert said(guards.technology_crosses_the_border, now) == (set() if crosses else {way}), where
        assert said(guards.technology_is_exported, now) == (set() if way == "abroad" else {way}), where
        assert said(guards.technology_is_imported, now) == (set() if way == "into" else {way}), where
        assert said(guards.agreement_stays_inside_the_border, now) == (
            {way} if crosses or way == "unknown" else set()
        ), where
        for one in (against, refused):
            seen[frozenset(one)] = seen.get(frozenset(one), 0) + 1
    # Each contradiction has words of its own.
    assert len(seen) == 20


def test_every_way_of_signing_asks_for_the_whole_of_it() -> None:
    edition = load_library().latest("agreement")
    assert edition is not None
    asked = {rule.name: set(rule.guards) for rule in edition.transitions}
    every = {"class_fits_the_way", "gate_has_not_refused", "kind_is_as_proposed"}
    for name in ("sign_local", "sign_cross", "sign_to_licence"):
        assert {"signatories_are_as_proposed", "company_is_as_proposed"} <= asked[name]
    local = every | {"agreement_stays_inside_the_border"}
    across = every | {"technology_crosses_the_border", "no_licence_is_needed"}
    later = every | {"technology_crosses_the_border", "licence_is_needed", "letter_is_still_valid"}
    assert local <= asked["sign_local"]
    assert across <= asked["sign_cross"]
    assert later <= asked["sign_to_licence"]
    # Each licence is asked for one way alone.
    assert {"technology_is_exported", "class_is_restricted"} <= asked["ask_licence"]
    assert {"technology_is_imported", "class_is_restricted", "letter_came_first"} <= asked["ask_import_licence"]
    assert {"technology_is_imported", "class_is_restricted", "both_are_asked_at_once"} <= asked["ask_import_at_once"]
    assert "technology_is_imported" in asked["sign_first"], "an export has no talks before its letter"
    assert {"technology_is_exported"} <= asked["class_dual_use"]
    # The licence takes time: what was refused or found out meanwhile counts when it is there.
    assert {"class_fits_the_way", "gate_has_not_refused"} <= asked["licence_issued"]
    for name in local | across | later:
        assert GUARDS[name].because is not None


WAITS = {
    "classification": "gate_no_class", "letter_due": "gate_no_letter", "letter_awaited": "gate_no_letter",
    "licence_due": "gate_no_licence",
    "licence_awaited": "gate_no_licence", "import_licence": "gate_no_licence", "import_at_once": "gate_no_licence",
    "dual_use_licence": "gate_no_licence",
}  # fmt: skip
ENDS = {"prohibited": "gate_prohibited", "not_permitted": "gate_not_permitted"}


@pytest.mark.parametrize("state", [*WAITS, *ENDS, "negotiating", "signing"])
def test_every_contradiction_at_the_gate_is_named_by_both_sides(state: str) -> None:
    for gate, recorded, kind, owners, signs in cases():
        way = goes(kind, owners, signs)
        track = stands(recorded, kind, signs)
        track = deal(track.fired, kind=kind, state=state, ended=state in ENDS)
        now = facts(track, outside=known(owners), data={"result": gate} if gate else {})
        expected: set[str] = set()
        if gate == "passed" and state in ENDS:
            expected = {"gate_passes", ENDS[state]}
        elif gate == "passed" and state in WAITS and way in ("abroad", "into"):
            expected = {"gate_passes", WAITS[state], way}
        elif gate == "passed" and (against := misfit(recorded, way)):
            expected = {"gate_passes", *against}
        assert said(guards.gate_agrees_with_the_class, now) == expected, (gate, recorded, kind, owners, signs)


@pytest.mark.parametrize(
    ("letter", "code"),
    [({}, "no_letter"), ({"letter_issued": fired(5, valid_until="2026-03-31")}, "letter_ended")],
)
def test_what_is_wrong_with_a_letter_is_named(letter: Mapping[str, Fired], code: str) -> None:
    now = facts(here=deal({"class_restricted": fired(4), **letter}), outside=parties("CN", "DE"))
    assert said(guards.letter_is_still_valid, now) == {code}


def test_a_gate_that_refused_an_earlier_draft_says_nothing_of_this_one() -> None:
    tasks = [done("compliance_gate", 2, result="refused", checked_on="2026-03-03")]
    now = facts(here=deal(), outside=parties("CN", "CN"), tasks=tasks, data={"kind": "assignment"})
    assert guards.gate_has_not_refused.holds(now)


def test_kinds_that_differ_are_named_both() -> None:
    now = facts(here=deal(kind="patent_licence"), outside=parties("CN", "CN"), data={"kind": "purchase"})
    assert not kind_is_as_proposed.holds(now)
    assert kind_is_as_proposed.because is not None
    [why] = kind_is_as_proposed.because(now)
    assert str(why) == "Proposed: Patent licence. Signed: Purchase of equipment."
