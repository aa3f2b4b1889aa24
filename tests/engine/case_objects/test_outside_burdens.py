"""What may be said of an encumbrance from outside, and what its log makes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.countries import COUNTRIES
from casework.engine.case_objects.encumbrances import (
    BURDEN_CORRECTED,
    BURDEN_ENDED,
    BURDEN_ENTERED,
    encumbrances,
)
from casework.engine.case_objects.licence_conflicts import (
    ASSIGNMENT,
    LICENCE,
    OPEN_LICENCE,
    SEIZURE,
    WORLD,
    Terms,
    conflict,
)
from casework.engine.case_objects.outside_burdens import KINDS, burden_of, faults, from_outside
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.ledger.redactable_bodies import ERASED

TODAY, USES = "2026-04-01", {"energy", "water"}
LICENSED = {"kind": "licence", "holder": "org", "licence": "sole", "from": "2026-03-01"}
PLEDGED = {"kind": "pledge", "holder": "org", "from": TODAY}


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        (LICENSED, set()),
        (LICENSED | {"from": "2026-05-01", "until": "2030-01-01", "territories": ["CN"], "fields": ["water"]}, set()),
        (LICENSED | {"sublicence": True}, set()),
        (LICENSED | {"licence": None}, {"licence"}),
        (LICENSED | {"licence": "some"}, {"licence"}),
        (LICENSED | {"holder": None}, {"holder"}),
        (LICENSED | {"until": "2026-02-28"}, {"until"}),
        (LICENSED | {"territories": ["WORLD"], "fields": ["energy", "water"]}, set()),
        (LICENSED | {"territories": ["<b>"]}, {"territories"}),
        (LICENSED | {"territories": ["cn"]}, {"territories"}),
        (LICENSED | {"territories": ["CN", "China"]}, {"territories"}),
        (LICENSED | {"territories": ["ZZ"]}, {"territories"}),
        (LICENSED | {"fields": ["water", "nonsense"]}, {"fields"}),
        (LICENSED | {"fields": ["Water"]}, {"fields"}),
        ({"kind": "pledge", "holder": "org", "from": TODAY}, set()),
        ({"kind": "pledge", "holder": "org", "from": "2026-04-02"}, {"from"}),
        ({"kind": "pledge", "holder": "org", "from": TODAY, "licence": "sole"}, {"licence"}),
        ({"kind": "pledge", "holder": "org", "from": TODAY, "sublicence": True}, {"sublicence"}),
        ({"kind": "pledge", "holder": "org", "from": TODAY, "sublicence": False}, set()),
        ({"kind": "pledge", "from": TODAY}, {"holder"}),
        (PLEDGED | {"amount": {"amount": "1000.00", "currency": "CNY"}}, set()),
        (PLEDGED | {"amount": {"amount": "1000.005", "currency": "CNY"}}, {"amount"}),
        (PLEDGED | {"amount": {"amount": "1000.5", "currency": "JPY"}}, {"amount"}),
        (PLEDGED | {"amount": {"amount": "1000.001", "currency": "KWD"}}, set()),
        (PLEDGED | {"amount": {"amount": "0.00", "currency": "CNY"}}, {"amount"}),
        (PLEDGED | {"amount": {"amount": "-1", "currency": "CNY"}}, {"amount"}),
        ({"kind": "transfer", "holder": "org"}, {"from"}),
        ({"kind": "transfer", "holder": "org", "from": TODAY, "until": "2030-01-01"}, {"until"}),
        ({"kind": "invalidation", "from": TODAY}, set()),
        ({"kind": "seizure", "from": TODAY, "until": "2029-04-01"}, set()),
        ({"kind": "open_licence", "from": TODAY, "until": "2029-04-01"}, set()),
        ({"kind": "open_licence", "from": TODAY, "holder": "h"}, {"holder"}),
        ({"kind": "gift", "from": TODAY}, {"kind"}),
        ({}, {"kind"}),
    ],
)
def test_each_kind_says_what_it_must_and_no_more(values: dict[str, Any], wrong: set[str]) -> None:
    assert set(faults(values, TODAY, USES)) == wrong


@given(st.text(max_size=6), st.text(max_size=6))
def test_an_exclusive_licence_that_is_taken_bars_the_same_words_of_a_case(territory: str, use: str) -> None:
    said = LICENSED | {"licence": "exclusive", "territories": [territory], "fields": [use]}
    wrong = faults(said, TODAY, USES)
    assert ("territories" in wrong) is not (territory == WORLD or territory in COUNTRIES)
    assert ("fields" in wrong) is not (use in USES)
    assert str(faults(LICENSED | {"territories": ["China"]}, TODAY, USES)["territories"]).startswith("names China, ")


@given(st.sampled_from(sorted(KINDS)), st.sampled_from([True, False]))
def test_what_is_written_down_is_sound_again(kind: str, whole: bool) -> None:
    fields = KINDS[kind].fields if whole else KINDS[kind].needed
    told = {
        "holder": "org",
        "licence": "plain",
        "territories": ["DE", "CN"],
        "fields": ["water"],
        "until": "2030-01-01",
        "sublicence": True,
    }
    values = {name: told[name] for name in fields if name in told} | {"kind": kind, "from": TODAY}
    assert faults(values, TODAY, USES) == {}
    assert faults(dict(burden_of("b", values)), TODAY, USES) == {}


@pytest.mark.parametrize(("said", "written"), [(True, True), (False, None), (None, None)])
def test_only_what_allows_sublicences_says_so(said: bool | None, written: bool | None) -> None:
    assert burden_of("b", LICENSED | {"sublicence": said}).get("sublicence") is written


def event(seq: int, kind: str, effects: RegisterEffects, **body: Any) -> RegisterEvent:
    return RegisterEvent(
        log="r", seq=seq, at=datetime(2026, 4, seq, tzinfo=UTC), kind=kind, actor="p", effects=effects, body=body
    )


def test_it_is_entered_corrected_in_its_place_and_ended() -> None:
    one, other = burden_of("a", LICENSED), burden_of("b", {"kind": "pledge", "holder": "org", "from": TODAY})
    told = [
        event(1, BURDEN_ENTERED, {"encumbrance": one}, recorded_number="X 1", source="Register"),
        event(2, BURDEN_ENTERED, {"encumbrance": other}, source="Register"),
        event(
            3, BURDEN_CORRECTED, {"encumbrance": {**one, "licence": "plain"}}, recorded_number="X 2", source="Register"
        ),
    ]
    first, second = encumbrances(told)
    assert (first["id"], first["licence"], first["number"]) == ("a", "plain", "X 2")
    assert (second["id"], second["number"]) == ("b", None)
    assert from_outside([first, second], "a") == first
    ended = encumbrances([*told, event(4, BURDEN_ENDED, {"ended": ["a"], "on": "2026-04-03"}, reason="Paid")])
    assert [one["to"] for one in ended] == ["2026-04-03", None]
    assert from_outside(ended, "a") is None
    assert from_outside([{**first, "case": "c"}], "a") is None


def test_an_erased_number_is_none() -> None:
    told = event(
        1, BURDEN_ENTERED, {"encumbrance": burden_of("a", LICENSED)}, recorded_number=ERASED, source="Register"
    )
    assert encumbrances([told])[0]["number"] is None


@pytest.mark.parametrize(("wanted", "bars"), [(ASSIGNMENT, True), (LICENCE, False)])
def test_what_is_seized_is_not_assigned(wanted: str, bars: bool) -> None:
    assert conflict(Terms(wanted), Terms(SEIZURE)) is bars
    assert not conflict(Terms(wanted, first="2027-01-01"), Terms(SEIZURE, last="2026-12-31"))


@pytest.mark.parametrize(("licence", "bars"), [("exclusive", True), ("sole", True), ("plain", False)])
def test_what_everybody_may_have_is_nobodys_alone(licence: str, bars: bool) -> None:
    assert conflict(Terms(LICENCE, licence), Terms(OPEN_LICENCE)) is bars
    assert not conflict(Terms(LICENCE, licence, first="2027-01-01"), Terms(OPEN_LICENCE, last="2026-12-31"))
    assert not conflict(Terms(ASSIGNMENT), Terms(OPEN_LICENCE))
