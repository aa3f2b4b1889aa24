"""What a signed agreement does to the rights that it names, until it ends and what an office enters of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.engine.definition.guard_facts import Facts
from casework.engine.state.case import Track
from tests.workflows.case_facts import BUYER, agreed, burden, facts, fired, right, track
from workflows import codes, deal_effects, deal_guards

TERMS = {"kind": "patent_licence", "licence": "plain", "territories": ["CN"], "rights": ["right-1"]}


TO_LICENCE: dict[str, Any] = TERMS | {"territories": ["DE"], "executed_on": "2026-03-20"}
#: Kinds of rights that pass as they are agreed, and others.
BY_CONTRACT = (
    {"kind": "know_how"},
    {"kind": "trade_secret"},
    {"kind": "software", "office": "CPCC"},
    {"kind": "other"},
)
ENTERED = ({"kind": "invention"}, {"kind": "application"}, {"kind": "plant_variety"}, {"kind": "other", "office": "CN"})


def terms(**change: Any) -> dict[str, Any]:
    return TERMS | change


def known(*burdens: dict[str, Any], **record: Any) -> dict[str, Any]:
    """A right as it is on record, with what this agreement, or another case, has laid on it."""
    return {"rights": {"right-1": {"kind": "invention", **record, "encumbrances": list(burdens)}}}


def of_this(kind: str, since: str | None = "2026-04-01", to: str | None = None) -> dict[str, Any]:
    return burden(kind, case="case-1", track="a", to=to) | {"from": since}


# --- what it does to rights ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "lies"),
    [
        (
            {"licence": "sole", "uses": ["water"], "expires_on": "2030-01-01"},
            {"kind": "licence", "licence": "sole", "territories": ["CN"], "fields": ["water"], "until": "2030-01-01"},
        ),
        (
            {"kind": "know_how_licence", "licence": "plain", "territories": ["DE", "CN"]},
            {"kind": "licence", "licence": "plain", "territories": ["CN", "DE"], "fields": [], "until": None},
        ),
        ({"kind": "assignment"}, {"kind": "assignment"}),
        ({"kind": "joint_venture", "contribution": "assigned"}, {"kind": "assignment"}),
        (
            {"kind": "joint_venture", "contribution": "exclusive", "territories": None},
            {"kind": "licence", "licence": "exclusive", "territories": [], "fields": [], "until": None},
        ),
    ],
)
def test_a_signed_agreement_stands_on_its_rights(change: dict[str, Any], lies: dict[str, Any]) -> None:
    signed = facts(data=terms(effective_on="2026-04-01", **change), outside=known())
    assert deal_effects.agreement_burdens_rights.follows(signed) == {
        "rights": [
            {"right": "right-1", "add": {"holder": BUYER, "from": "2026-04-01", "track": signed.track.id} | lies}
        ]
    }


@pytest.mark.parametrize("kind", ["patent_licence", "joint_venture"])
@pytest.mark.parametrize(("said", "lies"), [(True, True), (False, None), (None, None)])
def test_a_licence_says_on_the_right_that_it_may_be_sublicensed(
    kind: str, said: bool | None, lies: bool | None
) -> None:
    asked = {"venture_sublicence": said, "contribution": "plain"} if kind == "joint_venture" else {"sublicence": said}
    signed = facts(data=terms(kind=kind, effective_on="2026-04-01", **asked), outside=known())
    (change,) = deal_effects.agreement_burdens_rights.follows(signed)["rights"]
    assert change["add"].get("sublicence") is lies
    # While it waits for its own licence nobody gives anything of it.
    waiting = facts(data=TO_LICENCE | {"kind": kind, **asked}, outside=known())
    (change,) = deal_effects.agreement_holds_rights.follows(waiting)["rights"]
    assert "sublicence" not in change["add"]


@pytest.mark.parametrize("kind", ["nda", "loi", "purchase", "development", "technical_service", "joint_venture"])
def test_other_agreements_put_nothing_on_rights(kind: str) -> None:
    assert deal_effects.agreement_burdens_rights.follows(facts(data={"kind": kind})) == {}


@pytest.mark.parametrize("record", [*BY_CONTRACT, *ENTERED])
@pytest.mark.parametrize("said", [{"kind": "assignment"}, {"kind": "joint_venture", "contribution": "assigned"}])
def test_what_no_register_needs_to_enter_passes_with_the_agreement(
    said: dict[str, Any], record: dict[str, Any]
) -> None:
    now = facts(data=terms(effective_on="2026-04-01", **said), outside=known(**record))
    [change] = deal_effects.agreement_burdens_rights.follows(now)["rights"]
    assert change["add"]["kind"] == ("transfer" if record in BY_CONTRACT else "assignment")
    assert change["add"]["from"] == "2026-04-01"
    # What waits for its licence has not passed, and passes with it.
    [held] = deal_effects.agreement_holds_rights.follows(replace(now, data={**TO_LICENCE, **said}))["rights"]
    assert held["add"]["kind"] == "assignment"
    told = {"sign_to_licence": fired(5, **TO_LICENCE | said)}
    issued = replace(now, track=track("agreement", "licence_awaited", fired=told), data={"issued_on": "2026-04-15"})
    [ends, stands] = deal_effects.licensed_agreement_burdens_rights.follows(issued)["rights"]
    assert ends["end"]["kind"] == "assignment"
    assert (stands["add"]["kind"], stands["add"]["from"]) == (change["add"]["kind"], "2026-04-15")


def test_a_right_that_is_licensed_passes_to_nobody() -> None:
    now = facts(data=terms(kind="know_how_licence"), outside=known(kind="know_how"))
    [change] = deal_effects.agreement_burdens_rights.follows(now)["rights"]
    assert change["add"]["kind"] == "licence"


def ending(kind: str, /, *burdens: dict[str, Any], **record: Any) -> Facts:
    here = agreed("in_force", kind, rights=["right-1"], effective_on="2026-04-01", executed_on="2026-03-20")
    said = {"registered_on": "2026-05-01", "rights": ["right-1"]}
    return facts(here=here, data=said, outside=known(*burdens, **record))


def freed(kind: str, on: str | None = None) -> dict[str, Any]:
    change = {"right": "right-1", "end": {"kind": kind, "from": "2026-04-01", "track": "a"}}
    return {"rights": [change | ({"ended_on": on} if on else {})]}


def test_an_ended_agreement_frees_the_rights_that_it_licensed() -> None:
    assert deal_effects.agreement_frees_rights.follows(ending("patent_licence")) == freed("licence")
    assert deal_effects.agreement_frees_rights.follows(ending("purchase")) == {}
    # On the day on which the agreement ended, and not on that of its recording.
    then = replace(ending("patent_licence"), data={"ended_on": "2026-01-15"})
    assert deal_effects.agreement_frees_rights.follows(then) == freed("licence", "2026-01-15")


ASSIGNED, REGISTERED = (
    of_this("assignment"),
    [of_this("assignment", to="2026-05-01"), of_this("transfer", "2026-05-01")],
)


def test_an_assignment_ends_with_its_agreement_only_before_it_is_registered() -> None:
    follows = deal_effects.agreement_frees_rights.follows
    assert follows(ending("assignment", ASSIGNED)) == freed("assignment")
    assert follows(ending("assignment", *REGISTERED)) == {}
    # What another agreement has registered is none of it.
    of_another = burden("transfer", case="case-2", track="b")
    assert follows(ending("assignment", of_another, ASSIGNED)) == freed("assignment")


@pytest.mark.parametrize(("day", "falls"), [("2026-03-31", True), ("2026-04-01", False), ("2026-09-01", False)])
def test_what_has_passed_by_contract_stays_and_what_was_to_pass_does_not(day: str, falls: bool) -> None:
    follows = deal_effects.agreement_frees_rights.follows
    now = replace(ending("assignment", of_this("transfer"), kind="know_how"), data={"ended_on": day})
    assert follows(now) == (freed("transfer", day) if falls else {})
    # What a register has entered before the day of the agreement has passed.
    early = replace(ending("assignment", ASSIGNED, of_this("transfer")), data={"ended_on": day})
    assert follows(early) == {}


def test_a_registered_assignment_is_a_transfer() -> None:
    # Of a right that the entry does not name it says nothing.
    another = replace(ending("assignment", ASSIGNED), data={"registered_on": "2026-05-01", "rights": []})
    assert deal_effects.assignment_stands.follows(another) == {"rights": []}
    assert deal_effects.assignment_stands.follows(ending("assignment", ASSIGNED)) == {
        "rights": [
            *freed("assignment", "2026-05-01")["rights"],
            {"right": "right-1", "add": {"kind": "transfer", "holder": BUYER, "from": "2026-05-01", "track": "a"}},
            {
                "right": "right-1",
                "inscribe": {
                    "kind": "transfer",
                    "from": "2026-05-01",
                    "track": "a",
                    "on": "2026-05-01",
                    "number_in": "number",
                },
            },
        ]
    }


@pytest.mark.parametrize(
    ("right", "recorded"),
    [
        ({"kind": "invention", "office": "CNIPA"}, True),
        ({"kind": "invention", "office": None}, True),
        ({"kind": "invention", "office": "EPO"}, False),
        ({"kind": "know_how"}, False),
        ({"kind": "application", "office": "CNIPA"}, False),
    ],
)
def test_a_recorded_licence_bears_its_number_on_patents_of_this_country(right: dict[str, Any], recorded: bool) -> None:
    here = agreed("in_force", "patent_licence", effective_on="2026-04-01", rights=["right-1"])
    told = facts(here=here, data={"registered_on": "2026-05-01"}, outside={"rights": {"right-1": right}})
    inscribed = {"kind": "licence", "from": "2026-04-01", "track": here.id, "on": "2026-05-01", "number_in": "number"}
    wanted = [{"right": "right-1", "inscribe": inscribed}] if recorded else []
    assert deal_effects.licence_is_recorded.follows(told) == {"rights": wanted}


#: What was held since the signing ends.
HELD_ENDS = {"right": "right-1", "end": {"kind": "licence", "from": "2026-03-20", "track": "agreement-x"}}


def test_what_waits_for_its_licence_holds_its_rights_from_the_signing_on() -> None:
    follows = deal_effects.agreement_holds_rights.follows
    said = {**TO_LICENCE, "effective_on": "2026-09-01"}
    [change] = follows(facts(here=track("agreement", "signing"), data=said))["rights"]
    assert (change["right"], change["add"]["kind"], change["add"]["from"]) == ("right-1", "licence", "2026-03-20")
    # Other terms would hold otherwise: they are not corrected afterwards.
    other = follows(facts(here=track("agreement", "signing"), data={**said, "licence": "exclusive"}))
    assert other["rights"] != [change]
    assert follows(facts(here=track("agreement", "signing"), data={"kind": "purchase"})) == {}


def signed_to_licence(issued: int | None = None) -> Track:
    told = {"propose": fired(3, kind="patent_licence"), "sign_to_licence": fired(5, **TO_LICENCE)}
    if issued is not None:
        told["licence_issued"] = fired(issued, issued_on="2026-04-15")
    return track("agreement", "in_force" if issued else "licence_awaited", fired=told)


@pytest.mark.parametrize(
    "state",
    [
        "licence_due",
        "licence_awaited",
        "import_licence",
        "import_at_once",
        "dual_use_licence",
        "drafting",
        "negotiating",
        "signing",
    ],
)
def test_what_is_given_up_before_its_licence_lets_its_rights_go(state: str) -> None:
    deal = replace(signed_to_licence(), states=(state,))
    waits = state in deal_guards.WAITING_FOR_LICENCE
    follows = deal_effects.agreement_lets_go_of_rights.follows
    # One that was given up already, and is drafted anew, holds none any more.
    assert follows(facts(here=deal)) == ({"rights": [HELD_ENDS]} if waits else {})
    assert follows(facts(here=track("agreement", state))) == {}
    bought = {"sign_to_licence": fired(5, kind="purchase")}
    assert follows(facts(here=track("agreement", state, fired=bought))) == {}


def test_a_licensed_agreement_stands_on_its_rights_from_the_day_of_the_licence() -> None:
    follows = deal_effects.licensed_agreement_burdens_rights.follows
    licence = facts(here=signed_to_licence(), data={"issued_on": "2026-04-15"}, outside=known())
    [held, change] = follows(licence)["rights"]
    assert held == {**HELD_ENDS, "ended_on": "2026-04-15"}
    assert (change["right"], change["add"]["kind"], change["add"]["from"]) == ("right-1", "licence", "2026-04-15")
    assert follows(facts(data={"issued_on": "2026-04-15"})) == {}
    # And it ends where it began.
    [end] = deal_effects.agreement_frees_rights.follows(facts(here=signed_to_licence(9), data={}, outside=known()))[
        "rights"
    ]
    assert end["end"] == {"kind": "licence", "from": "2026-04-15", "track": "agreement-x"}


@pytest.mark.parametrize("into", codes.LICENSED_INTO)
def test_the_licence_of_a_company_lies_where_and_for_what_it_is(into: str) -> None:
    said = {"kind": "joint_venture", "contribution": into, "rights": ["right-1"]}
    here = {"venture_territories": ["CN"], "venture_uses": ["water"]}
    [change] = deal_effects.agreement_burdens_rights.follows(facts(data=said | here, outside=right()))["rights"]
    assert (change["add"]["territories"], change["add"]["fields"]) == (["CN"], ["water"])


@pytest.mark.parametrize("into", ["none", *codes.INTO_COMPANY])
def test_what_goes_into_a_company_is_held_by_it(into: str) -> None:
    said = {"kind": "joint_venture", "contribution": into, "rights": ["right-1"]}
    goes_in = into != "none"
    named = facts(data=said | {"company": "venture"}, outside=known())
    changes = deal_effects.agreement_burdens_rights.follows(named).get("rights", [])
    assert [change["add"]["holder"] for change in changes] == ["venture"] * goes_in
    # A company that was typed before another kind was chosen holds nothing.
    licensed = deal_effects.agreement_burdens_rights.follows(facts(data=terms(company="venture"), outside=known()))
    assert [change["add"]["holder"] for change in licensed["rights"]] == [BUYER]


def test_what_is_assigned_to_a_company_is_transferred_to_it() -> None:
    said: dict[str, Any] = {
        "kind": "joint_venture",
        "contribution": "assigned",
        "company": "venture",
        "rights": ["right-1"],
    }
    deal = track("agreement", "in_force", fired={"sign_local": fired(5, **said, effective_on="2026-03-20")})
    day = {"registered_on": "2026-03-30", "number": "1", "rights": ["right-1"]}
    changes = deal_effects.assignment_stands.follows(facts(here=deal, data=day, outside=known()))["rights"]
    assert [change["add"]["holder"] for change in changes if "add" in change] == ["venture"]
