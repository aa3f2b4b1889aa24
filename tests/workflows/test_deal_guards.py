"""Golden truth tables of what an agreement says: its rights, its days, its money, and what others hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from casework import reasons
from casework.engine.definition import form_values
from casework.engine.definition.forms import Form
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.publisher import publish
from casework.engine.state.case import Task, Track
from casework.errors import InvalidForm
from casework.reasons import Reason
from casework.reasons.rights import Holder
from tests.engine.toys import uuid
from tests.workflows.case_facts import BUYER, SELLER, agreed, burden, done, facts, fired, right, table, track
from workflows import agreement, codes, deal_guards
from workflows.agreement_forms import AgreedTerms
from workflows.deal_terms import Signature, SignatureToLicence

LOAN = track("pledge", "deregistration", parent="loan")
TERMS = {"kind": "patent_licence", "licence": "plain", "territories": ["CN"], "rights": ["right-1"]}


def terms(**change: Any) -> dict[str, Any]:
    return TERMS | change


def held(**change: Any) -> dict[str, Any]:
    """The right, under an exclusive licence of another case for China."""
    return right(burden("licence", **{"id": "b", **change}))


def released(free: bool = True, days: int = 10, burden: str = "b") -> Task:
    return done("ask_holder", days, right="right-1", burden=burden, released=free)


def moved(holder: str, owner: str) -> dict[str, Any]:
    """A right that was transferred to the one, and of which the record says that it is the other's."""
    known = right(burden("transfer", holder=holder))
    known["rights"]["right-1"]["owners"] = [{"organisation": owner, "share": None}]
    return known


def test_every_kind_is_either_a_preparation_or_binds() -> None:
    assert set(codes.AGREEMENTS) == set(codes.PREPARATORY) | set(codes.BINDING)
    assert set(codes.LICENCES) < set(codes.NAMING_RIGHTS) < set(codes.ABOUT_RIGHTS) < set(codes.BINDING)


# --- what others hold ------------------------------------------------------------------------------------------------


@table(
    {
        "free": (facts(outside=right(), data=terms()), True),
        "exclusive there": (facts(outside=held(), data=terms()), False),
        "exclusive, no rights named yet": (facts(outside=held(), data=terms(rights=[])), False),
        "exclusive elsewhere": (facts(outside=held(territory="IN"), data=terms()), True),
        "exclusive for the world": (facts(outside=held(territory="WORLD"), data=terms()), False),
        "wanted for the world": (facts(outside=held(), data=terms(territories=["WORLD"])), False),
        "one of two territories": (facts(outside=held(), data=terms(territories=["IN", "CN"])), False),
        "for another use": (facts(outside=held(fields=["water"]), data=terms(uses=["energy"])), True),
        "for every use": (facts(outside=held(fields=["water"]), data=terms()), False),
        "until before it begins": (
            facts(outside=held(until="2026-06-30"), data=terms(effective_on="2026-07-01")),
            True,
        ),
        "until the day it begins": (
            facts(outside=held(until="2026-07-01"), data=terms(effective_on="2026-07-01")),
            False,
        ),
        "until before today, and no day is said": (facts(outside=held(until="2026-03-31"), data=terms()), True),
        "until today, and no day is said": (facts(outside=held(until="2026-04-01"), data=terms()), False),
        "until after the signing": (
            facts(outside=held(until="2026-03-31"), data=terms(executed_on="2026-03-31")),
            False,
        ),
        "after it ends": (facts(outside=held(**{"from": "2030-01-01"}), data=terms(expires_on="2029-12-31")), True),
        "sole": (facts(outside=held(licence="sole"), data=terms()), False),
        "plain beside plain": (facts(outside=held(licence="plain"), data=terms()), True),
        "exclusive beside plain": (facts(outside=held(licence="plain"), data=terms(licence="exclusive")), False),
        "sole beside plain": (facts(outside=held(licence="plain"), data=terms(licence="sole")), False),
        "our own": (facts(outside=held(case="case-1"), data=terms()), True),
        "our own transfer, by an agreement": (
            facts(
                agreed("in_force", "assignment"),
                outside=right(burden("transfer", case="case-1", track="a")),
                data=terms(),
            ),
            True,
        ),
        "sold by a loan of our own": (
            facts(LOAN, outside=right(burden("assignment", case="case-1", track=LOAN.id)), data=terms()),
            False,
        ),
        "pledged for a loan of our own": (
            facts(LOAN, outside=right(burden("pledge", case="case-1", track=LOAN.id)), data=terms()),
            True,
        ),
        "ended": (facts(outside=held(to="2026-03-31"), data=terms()), True),
        "assigned, not registered": (facts(outside=right(burden("assignment")), data=terms(territories=["IN"])), False),
        "transferred": (facts(outside=right(burden("transfer")), data=terms(territories=["IN"])), False),
        "transferred to who gives it now": (facts(outside=moved(SELLER, SELLER), data=terms()), True),
        "transferred to who gives it, and on": (facts(outside=moved(SELLER, "third"), data=terms()), False),
        "transferred to another owner": (facts(outside=moved("third", "third"), data=terms()), False),
        "transferred to who is to get it": (facts(outside=moved(BUYER, BUYER), data=terms()), False),
        "an assignment leaves a licence": (facts(outside=held(), data=terms(kind="assignment")), True),
        "assigned twice": (facts(outside=right(burden("assignment")), data=terms(kind="assignment")), False),
        "pledged": (facts(outside=right(burden("pledge")), data=terms()), True),
        "a purchase": (facts(outside=right(burden("transfer")), data={"kind": "purchase"}), True),
        "a service": (facts(outside=held(), data={"kind": "technical_service"}), True),
        "a venture without rights": (
            facts(outside=held(), data={"kind": "joint_venture", "contribution": "none"}),
            True,
        ),
        "a venture with a licence": (
            facts(outside=held(), data={"kind": "joint_venture", "contribution": "plain"}),
            False,
        ),
        "a venture that owns": (
            facts(outside=right(burden("transfer")), data={"kind": "joint_venture", "contribution": "assigned"}),
            False,
        ),
        "released": (facts(outside=held(), data=terms(), tasks=[released()]), True),
        "refused": (facts(outside=held(), data=terms(), tasks=[released(False)]), False),
        "taken back": (facts(outside=held(), data=terms(), tasks=[released(), released(False, 11)]), False),
        "given after all": (facts(outside=held(), data=terms(), tasks=[released(False), released(days=11)]), True),
        "another one released": (facts(outside=held(), data=terms(), tasks=[released(burden="c")]), False),
    }
)
def test_nothing_bars_the_terms(case: Facts, holds: bool) -> None:
    assert deal_guards.nothing_bars_the_terms.holds(case) is holds


def test_a_refusal_names_the_right_and_what_stands_on_it() -> None:
    known = held(fields=["water"], until="2027-01-01", holder="org", territory="CN")
    known["rights"]["right-1"] |= {"office": "CNIPA", "number": "ZL1"}
    because = deal_guards.nothing_bars_the_terms.because
    assert because is not None
    (why,) = because(facts(outside=known, data=terms()))
    assert str(why) == (
        "CNIPA ZL1: exclusive licence since 2026-03-10 (China; Water; until 2027-01-01), held by another case."
    )
    assert isinstance(why, Reason)
    assert why.values["holder"] == Holder(organisation="org", case="case-2")
    assert because(facts(outside=known, data=terms(), tasks=[released()])) == []


@table(
    {
        "free": (facts(outside=right(), data={"rights": ["right-1"], "territories": ["CN"]}), True),
        "nothing named": (facts(outside=held(), data={"territories": ["CN"]}), True),
        "exclusive there": (facts(outside=held(), data={"rights": ["right-1"], "territories": ["CN"]}), False),
        "exclusive elsewhere": (facts(outside=held(), data={"rights": ["right-1"], "territories": ["DE"]}), True),
        "everywhere": (facts(outside=held(), data={"rights": ["right-1"], "territories": ["WORLD"]}), False),
        "nowhere named": (facts(outside=held(), data={"rights": ["right-1"]}), False),
        "there and elsewhere": (
            facts(outside=held(), data={"rights": ["right-1"], "territories": ["DE", "CN"]}),
            False,
        ),
        "twice elsewhere": (
            facts(outside=held(), data={"rights": ["right-1"], "territories": ["DE", "IN"]}),
            True,
        ),
        "until yesterday": (
            facts(outside=held(until="2026-03-31"), data={"rights": ["right-1"], "territories": ["CN"]}),
            True,
        ),
        "until today": (
            facts(outside=held(until="2026-04-01"), data={"rights": ["right-1"], "territories": ["CN"]}),
            False,
        ),
        "sole": (facts(outside=held(licence="sole"), data={"rights": ["right-1"], "territories": ["CN"]}), False),
        "plain": (facts(outside=held(licence="plain"), data={"rights": ["right-1"], "territories": ["CN"]}), True),
        "released": (
            facts(outside=held(), data={"rights": ["right-1"], "territories": ["CN"]}, tasks=[released()]),
            True,
        ),
    }
)
def test_right_is_left_in_territories(case: Facts, holds: bool) -> None:
    assert deal_guards.right_is_left_in_territories.holds(case) is holds
    because = deal_guards.right_is_left_in_territories.because
    assert because is not None
    assert bool(because(case)) is not holds


@pytest.mark.parametrize(
    ("said", "change", "holds"),
    [
        ({"right": "right-1", "burden": "b"}, {}, True),
        ({"right": "right-2", "burden": "b"}, {}, False),
        ({"right": "right-1", "burden": "c"}, {}, False),
        ({"right": "right-1", "burden": "b"}, {"to": "2026-03-20"}, False),
        ({"right": "right-1", "burden": "b"}, {"case": "case-1"}, False),
        ({"right": "right-1", "burden": "b"}, {"kind": "pledge"}, False),
    ],
)
def test_a_release_is_of_what_stands_on_the_right(said: dict[str, Any], change: dict[str, Any], holds: bool) -> None:
    lies = burden("licence", id="b") | change
    assert deal_guards.release_is_of_what_stands.holds(facts(outside=right(lies), data=said)) is holds


# --- rights that fit -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("kind", codes.AGREEMENTS)
def test_what_gives_rights_names_them(kind: str, named: bool) -> None:
    data = {"kind": kind, "rights": ["right-1"] if named else []}
    assert deal_guards.rights_are_named.holds(facts(data=data)) is (named or kind not in codes.NAMING_RIGHTS)


@pytest.mark.parametrize(("into", "needs"), [("none", False), ("assigned", True), ("plain", True), ("exclusive", True)])
def test_a_venture_names_rights_where_some_go_into_it(into: str, needs: bool) -> None:
    data = {"kind": "joint_venture", "contribution": into}
    assert deal_guards.rights_are_named.holds(facts(data=data)) is not needs
    assert deal_guards.rights_are_named.holds(facts(data=data | {"rights": ["right-1"]}))


@pytest.mark.parametrize(
    ("kind", "of_right", "fits"),
    [
        ("patent_licence", "invention", True),
        ("patent_licence", "utility_model", True),
        ("patent_licence", "design", True),
        ("patent_licence", "application", True),
        ("patent_licence", "plant_variety", False),
        ("patent_licence", "software", False),
        ("patent_licence", "other", False),
        ("patent_licence", "know_how", False),
        ("patent_licence", "trade_secret", False),
        ("assignment", "design", True),
        ("assignment", "know_how", False),
        ("know_how_licence", "know_how", True),
        ("know_how_licence", "software", True),
        ("know_how_licence", "plant_variety", True),
        ("assignment", "software", True),
        ("know_how_licence", "invention", False),
        ("purchase", "invention", True),
    ],
)
def test_the_rights_fit_the_kind(kind: str, of_right: str, fits: bool) -> None:
    known = right()
    known["rights"]["right-1"]["kind"] = of_right
    assert deal_guards.rights_fit_the_kind.holds(facts(outside=known, data=terms(kind=kind))) is fits


def test_the_refusal_says_which_kind_fits_what_is_no_patent() -> None:
    known = right()
    known["rights"]["right-1"]["kind"] = "software"
    assert "Software, a plant variety or know-how alone takes a know-how licence." in str(
        deal_guards.rights_fit_the_kind.refusal
    )
    # And that one takes it.
    assert deal_guards.rights_fit_the_kind.holds(facts(outside=known, data=terms(kind="know_how_licence")))


@pytest.mark.parametrize("other", ["know_how", "software", "plant_variety"])
def test_something_else_may_go_with_a_patent(other: str) -> None:
    known = {"rights": {n: {"kind": kind} for n, kind in (("a", other), ("b", "invention"))}}
    assert deal_guards.rights_fit_the_kind.holds(facts(outside=known, data=terms(rights=["a", "b"])))
    mixed = facts(outside=known, data=terms(kind="know_how_licence", rights=["a", "b"]))
    assert not deal_guards.rights_fit_the_kind.holds(mixed)


@pytest.mark.parametrize(("kind", "holds"), [("patent_licence", False), ("purchase", True)])
def test_rights_of_the_terms_are_confirmed(kind: str, holds: bool) -> None:
    unsure = facts(outside=right(confirmed=False), data=terms(kind=kind))
    assert deal_guards.rights_of_terms_are_confirmed.holds(unsure) is holds
    assert deal_guards.rights_of_terms_are_confirmed.holds(facts(outside=right(), data=terms(kind=kind)))


# --- days ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [
        (None, None, True),
        ("2026-04-01", None, True),
        ("2026-04-01", "2026-04-02", True),
        ("2026-04-01", "2026-04-01", False),
    ],
)
def test_an_agreement_begins_before_it_ends(starts: str | None, ends: str | None, holds: bool) -> None:
    assert deal_guards.agreement_dates_in_order.holds(facts(data={"effective_on": starts, "expires_on": ends})) is holds


@pytest.mark.parametrize(("day", "holds"), [("2026-03-19", False), ("2026-03-20", True)])
def test_nothing_is_registered_before_it_is_signed(day: str, holds: bool) -> None:
    here = agreed("in_force", "assignment", executed_on="2026-03-20")
    assert deal_guards.registered_after_signing.holds(facts(here=here, data={"registered_on": day})) is holds


def test_the_last_signing_counts() -> None:
    both = {"sign_cross": fired(4, kind="loi"), "sign_local": fired(9, kind="patent_licence")}
    here = track("agreement", "in_force", fired=both)
    assert deal_guards.as_signed(facts(here))["kind"] == "patent_licence"
    assert deal_guards.as_signed(facts()) == {}


@pytest.mark.parametrize("kind", codes.AGREEMENTS)
def test_another_follows_only_what_prepares(kind: str) -> None:
    now = facts(here=agreed("in_force", kind))
    assert deal_guards.agreement_only_prepares.holds(now) is (kind in codes.PREPARATORY)
    assert not deal_guards.agreement_only_prepares.holds(facts(here=track("agreement", "signing")))


def test_what_is_refused_is_called_as_the_form_calls_it() -> None:
    edition = publish(agreement.Agreement)
    (why,) = deal_guards._say([({"kind": "know_how"}, burden("licence", fields=["water"]))])
    told = why.as_json()["values"]
    assert {text["code"].removeprefix("agreement.") for text in (*told["where"], *told["uses"])} <= set(edition.texts)  # type: ignore[index]  # JSON
    assert why.values["right"] == reasons.rights.UNNUMBERED(kind="know_how")


@pytest.mark.parametrize(("signed", "holds"), [("purchase", True), ("patent_licence", False)])
def test_what_is_signed_is_what_was_proposed(signed: str, holds: bool) -> None:
    here = track("agreement", "signing", fired={"propose": fired(3, kind="purchase")})
    assert deal_guards.kind_is_as_proposed.holds(facts(here=here, data={"kind": signed})) is holds


# --- signed before its licence ---------------------------------------------------------------------------------------

TO_LICENCE: dict[str, Any] = {
    "kind": "patent_licence",
    "licence": "plain",
    "territories": ["DE"],
    "rights": ["right-1"],
    "executed_on": "2026-03-20",
}


def signed_to_licence(issued: int | None = None, **said: Any) -> Track:
    told = {"propose": fired(3, kind="patent_licence"), "sign_to_licence": fired(5, **TO_LICENCE)}
    if issued is not None:
        told["licence_issued"] = fired(issued, issued_on="2026-04-15")
    return track("agreement", "in_force" if issued else "licence_awaited", fired=told)


def test_what_waits_for_its_licence_takes_effect_on_the_day_of_it() -> None:
    waits, stands, of_an_earlier_round = signed_to_licence(), signed_to_licence(9), signed_to_licence(4)
    for deal, day in ((waits, None), (stands, "2026-04-15"), (of_an_earlier_round, None)):
        signed = deal_guards.last_signing(facts(here=deal))
        assert signed is not None
        assert signed.data.get("effective_on") == day


@pytest.mark.parametrize("field", ["filed_on", "issued_on"])
@pytest.mark.parametrize(
    ("day", "holds"), [("2026-03-19", False), ("2026-03-20", True), ("2026-04-01", True), (None, True)]
)
def test_the_licence_is_asked_for_with_the_signed_contract(field: str, day: str | None, holds: bool) -> None:
    guard = deal_guards.licence_follows_the_signing
    assert guard.holds(facts(here=signed_to_licence(), data={field: day})) is holds
    assert not guard.holds(facts(here=track("agreement", "signing"), data={field: day}))


@pytest.mark.parametrize("into", codes.LICENSED_INTO)
def test_a_licence_of_a_joint_venture_has_its_territories_and_uses(into: str) -> None:
    said = {"kind": "joint_venture", "contribution": into, "rights": ["right-1"]}
    here = {"venture_territories": ["CN"], "venture_uses": ["water"]}
    given = deal_guards.gives(said | here)
    assert given is not None
    assert (given.licence, set(given.territories), set(given.fields)) == (into, {"CN"}, {"water"})
    # What was said of a licence of another kind says nothing of it.
    other = deal_guards.gives(said | {"territories": ["DE"], "uses": ["energy"]})
    assert other is not None
    assert (other.territories, other.fields) == (frozenset(), frozenset())
    # Elsewhere, or for another use, an exclusive licence of others bars nothing.
    for outside, holds in ((held(), False), (held(territory="IN"), True), (held(fields=["energy"]), True)):
        assert deal_guards.nothing_bars_the_terms.holds(facts(outside=outside, data=said | here)) is holds


@pytest.mark.parametrize("into", ["none", *codes.INTO_COMPANY])
@pytest.mark.parametrize(("form", "signs"), [(Signature, True), (SignatureToLicence, True), (AgreedTerms, False)])
def test_who_signs_names_the_company_that_holds_what_goes_into_a_joint_venture(
    form: type[Form], signs: bool, into: str
) -> None:
    """Its terms may come before the company does."""
    rules, said = form.rule(), {"kind": "joint_venture", "contribution": into}

    def faulty(**more: str) -> set[str]:
        with pytest.raises(InvalidForm) as refused:
            form_values.check(form_values.build_model("One", rules), rules, said | more, date(2026, 3, 2))
        return set(refused.value.fields)

    assert ("company" in faulty()) is (signs and into != "none")
    # Nobody holds what does not go in.
    assert ("company" in faulty(company=uuid(1))) is (into == "none")
