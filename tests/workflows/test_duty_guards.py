"""Truth tables of what is owed to offices after the signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from casework.engine.analysis.contract_sums import TECHNOLOGY_CONTRACTS
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Guard
from tests.workflows.case_facts import done, facts, fired, track
from workflows import codes, duty_guards

RIGHT = "right-1"


def signed(kind: str, right: dict[str, Any] | None = None, **more: Any) -> Facts:
    """Terms that are signed, between an owner and a taker, about one right."""
    parties = {
        "technology_owner": {"country": more.pop("giver", "CN"), "state_owned": more.pop("state", None)},
        "need_owner": {"country": more.pop("taker", "CN"), "state_owned": more.pop("buyer", None)},
    }
    known = {RIGHT: right or {"kind": "invention", "office": "CNIPA"}}
    data = {"kind": kind, "rights": [RIGHT], **more} if kind in codes.ABOUT_RIGHTS else {"kind": kind, **more}
    return facts(outside={"rights": known, "parties": parties}, data=data)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (signed("patent_licence"), True),
        (signed("patent_licence", {"kind": "utility_model", "office": " cn "}), True),
        (signed("patent_licence", {"kind": "design", "office": "国家知识产权局"}), True),
        (signed("patent_licence", {"kind": "invention", "office": None}), True),
        (signed("patent_licence", {"kind": "invention", "office": "EPO"}), False),
        (signed("patent_licence", {"kind": "application", "office": "CN"}), False),
        (signed("know_how_licence", {"kind": "know_how"}), False),
        (signed("joint_venture", contribution="exclusive"), True),
        (signed("joint_venture", contribution="assigned"), False),
        (signed("joint_venture", contribution="none"), False),
        (signed("assignment"), False),
        (signed("purchase"), False),
    ],
)
def test_a_licence_of_a_patent_of_this_office_is_recorded(now: Facts, due: bool) -> None:
    assert duty_guards.patent_here_is_licensed.holds(now) is due


#: By the guard on which a task hangs that which asks of its answer.
REGISTERS = {
    duty_guards.patent_here_is_assigned: duty_guards.registered_patents_were_assigned,
    duty_guards.variety_here_is_assigned: duty_guards.registered_varieties_were_assigned,
    duty_guards.right_of_another_office_is_assigned: duty_guards.rights_entered_elsewhere_were_assigned,
}
PATENT, VARIETY, OTHER = REGISTERS
VENTURE: dict[str, Any] = {"contribution": "assigned"}


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (signed("assignment"), PATENT),
        (signed("assignment", {"kind": "application"}), PATENT),
        (signed("assignment", {"kind": "design", "office": None}), PATENT),
        (signed("assignment", {"kind": "invention", "office": "USPTO"}), OTHER),
        (signed("assignment", {"kind": "application", "office": "EPO"}), OTHER),
        (signed("assignment", {"kind": "plant_variety", "office": "CN"}), VARIETY),
        (signed("assignment", {"kind": "plant_variety", "office": "农业农村部"}), VARIETY),
        (signed("assignment", {"kind": "plant_variety", "office": "CPVO"}), OTHER),
        (signed("joint_venture", **VENTURE), PATENT),
        # What passes by contract waits for no office.
        (signed("joint_venture", {"kind": "know_how"}, **VENTURE), None),
        (signed("joint_venture", {"kind": "trade_secret"}, **VENTURE), None),
        (signed("joint_venture", {"kind": "software", "office": "CPCC"}, **VENTURE), None),
        (signed("joint_venture", {"kind": "other"}, **VENTURE), None),
        (signed("joint_venture", {"kind": "other", "office": "CNIPA"}, **VENTURE), OTHER),
        (signed("joint_venture", contribution="sole"), None),
        (signed("patent_licence"), None),
        (signed("development"), None),
    ],
)
def test_what_is_assigned_is_registered_with_its_own_office(now: Facts, due: Guard | None) -> None:
    assert {guard for guard in REGISTERS if guard.holds(now)} == ({due} if due else set())


MIXED = {
    "cn": {"kind": "invention", "office": "CNIPA", "number": "ZL1"},
    "cn2": {"kind": "utility_model", "office": "CNIPA", "number": "ZL2"},
    "us": {"kind": "invention", "office": "USPTO", "number": "US1"},
    "rice": {"kind": "plant_variety", "office": "CN", "number": "CNA1"},
    "secret": {"kind": "know_how"},
}


def answering(*named: str, passed: Sequence[str] = ()) -> Facts:
    """An assignment of all of them, of which some have passed, and an answer that names some."""
    here = track("agreement", "in_force", fired={"sign_local": fired(5, kind="assignment", rights=[*MIXED])})
    lies = {True: [{"kind": "transfer", "track": here.id, "case": "case-1", "to": None}], False: []}
    known = {name: {**right, "encumbrances": lies[name in passed]} for name, right in MIXED.items()}
    return facts(here=here, outside={"rights": known}, data={"rights": list(named)})


@pytest.mark.parametrize(
    ("now", "answers", "left"),
    [
        (answering("cn"), {PATENT}, {PATENT, VARIETY, OTHER}),
        (answering("cn", "cn2"), {PATENT}, {VARIETY, OTHER}),
        (answering("cn2", passed=["cn"]), {PATENT}, {VARIETY, OTHER}),
        (answering("cn", passed=["cn"]), set(), {PATENT, VARIETY, OTHER}),
        (answering("us"), {OTHER}, {PATENT, VARIETY}),
        (answering("rice"), {VARIETY}, {PATENT, OTHER}),
        (answering("cn", "us"), set(), {PATENT, VARIETY}),
        (answering("secret"), set(), {PATENT, VARIETY, OTHER}),
        (answering("another"), set(), {PATENT, VARIETY, OTHER}),
    ],
)
def test_one_entry_stands_for_the_rights_of_its_register_alone(
    now: Facts, answers: set[Guard], left: set[Guard]
) -> None:
    assert {due for due, guard in REGISTERS.items() if guard.holds(now)} == answers
    assert {guard for guard in REGISTERS if guard.holds(now)} == left
    for due, guard in REGISTERS.items():
        assert guard.because is not None
        assert bool(guard.because(now)) is (due not in answers)


def test_a_merged_right_is_registered_with_the_one_in_its_place() -> None:
    now = answering("kept")
    known = {**now.outside["rights"], "kept": MIXED["cn"] | {"record": "kept", "encumbrances": []}}
    known["cn"] = {**known["cn"], "record": "kept"}
    now = replace(now, outside={"rights": known})
    assert REGISTERS[PATENT].holds(now)
    # The other patent is left.
    assert PATENT.holds(now)
    del known["cn2"]
    here = replace(now.track, fired={"sign_local": fired(5, kind="assignment", rights=["cn"])})
    now = replace(now, track=here, case=replace(now.case, tracks={here.id: here}))
    assert not PATENT.holds(now)


@pytest.mark.parametrize("kind", codes.AGREEMENTS)
def test_a_technology_contract_is_registered_at_home_where_both_are_here(kind: str) -> None:
    technology = kind in TECHNOLOGY_CONTRACTS
    due = duty_guards.technology_contract_is_of_this_country
    assert due.holds(signed(kind)) is technology
    for giver, taker in (("DE", "CN"), ("CN", "DE"), ("DE", "DE"), (None, "CN"), ("CN", None)):
        assert not due.holds(signed(kind, giver=giver, taker=taker))
    assert due.holds(signed("joint_venture", contribution="plain"))
    assert not due.holds(signed("joint_venture", contribution="none"))


@pytest.mark.parametrize("state", [True, False, None])
@pytest.mark.parametrize("taker", ["CN", "DE", None])
@pytest.mark.parametrize("kind", codes.AGREEMENTS)
def test_of_a_state_owned_owner_what_it_gives_away_is_appraised(kind: str, taker: str | None, state: bool) -> None:
    now = signed(kind, state=state, taker=taker)
    licensed_abroad = kind in codes.LICENCES and taker == "DE"
    assert duty_guards.appraisal_is_due.holds(now) is (state is True and (kind == "assignment" or licensed_abroad))
    assert duty_guards.transfer_goes_through_an_exchange.holds(now) is (state is True and kind == "assignment")


@pytest.mark.parametrize(
    ("into", "appraised", "verified"),
    [("none", False, False), ("assigned", True, True), ("exclusive", True, False), ("plain", True, False)],
)
def test_what_a_state_owned_owner_puts_into_a_company_is_appraised(into: str, appraised: bool, verified: bool) -> None:
    now = signed("joint_venture", contribution=into, state=True)
    assert duty_guards.appraisal_is_due.holds(now) is appraised
    assert duty_guards.transfer_goes_through_an_exchange.holds(now) is verified


@pytest.mark.parametrize(
    ("countries", "kind", "classed", "registered", "holds"),
    [
        (("CN", "DE"), "assignment", "class_free", None, False),
        (("CN", "DE"), "assignment", "class_free", 20, True),
        # A registration of an agreement before this one is none of it.
        (("CN", "DE"), "assignment", "class_free", 3, False),
        (("CN", "DE"), "assignment", "class_restricted", None, True),
        (("CN", "CN"), "assignment", None, None, True),
        (("DE", "CN"), "assignment", "class_free", None, True),
    ],
)
def test_export_papers_come_before_the_patent_office(
    countries: tuple[str, str], kind: str, classed: str | None, registered: int | None, holds: bool
) -> None:
    told = {"propose": fired(3, kind=kind), "sign_cross": fired(5, kind=kind)} | (
        {classed: fired(4)} if classed else {}
    )
    here = track("agreement", "in_force", fired=told)
    tasks = [replace(done("contract_registration", registered), track=here.id)] if registered else []
    outside = {
        "parties": dict(zip(("technology_owner", "need_owner"), ({"country": one} for one in countries), strict=True))
    }
    assert duty_guards.export_papers_come_first.holds(facts(here=here, tasks=tasks, outside=outside)) is holds


@pytest.mark.parametrize(
    ("company", "registered", "holds"), [("CN", None, True), ("SG", None, False), ("SG", 20, True)]
)
def test_what_goes_into_a_company_abroad_needs_its_export_papers(
    company: str, registered: int | None, holds: bool
) -> None:
    said: dict[str, Any] = {"kind": "joint_venture", "contribution": "assigned", "company": f"of-{company}"}
    told = {"propose": fired(3, **said), "class_free": fired(4), "sign_cross": fired(5, **said)}
    here = track("agreement", "in_force", fired=told)
    tasks = [replace(done("contract_registration", registered), track=here.id)] if registered else []
    outside = {
        "parties": {party: {"country": "CN", "state_owned": True} for party in ("technology_owner", "need_owner")},
        "organisations": {f"of-{country}": {"country": country} for country in ("CN", "SG")},
    }
    now = facts(here=here, tasks=tasks, outside=outside)
    assert duty_guards.export_papers_come_first.holds(now) is holds
    # Only what stays here is registered as a technology contract.
    assert duty_guards.technology_contract_is_of_this_country.holds(replace(now, data=said)) is (company == "CN")


@pytest.mark.parametrize("buyer", [True, False, None])
@pytest.mark.parametrize("state", [True, False, None])
@pytest.mark.parametrize(
    ("terms", "moves", "assigned"),
    [
        ({"kind": "assignment"}, True, True),
        ({"kind": "patent_licence"}, False, False),
        ({"kind": "joint_venture", "contribution": "assigned"}, True, True),
        ({"kind": "joint_venture", "contribution": "exclusive"}, True, False),
        ({"kind": "joint_venture", "contribution": "none"}, False, False),
        ({"kind": "purchase"}, False, False),
    ],
)
def test_what_a_state_owned_buyer_takes_over_is_appraised_too(
    terms: dict[str, Any], moves: bool, assigned: bool, state: bool | None, buyer: bool | None
) -> None:
    now = signed(state=state, buyer=buyer, **terms)
    assert duty_guards.appraisal_is_due.holds(now) is (moves and True in (state, buyer))
    assert duty_guards.transfer_goes_through_an_exchange.holds(now) is (assigned and True in (state, buyer))
