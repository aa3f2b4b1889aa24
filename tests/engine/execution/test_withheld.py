"""What is kept back from whoever acts, and what facts say of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis.strategies import frozensets, sampled_from

from casework.engine.definition.guard_facts import NotTold
from casework.engine.definition.sheets import EFFECT, NOTHING_KEPT, KeptBack
from casework.engine.execution.withheld import as_told, owners_among, places, unwilling
from casework.engine.roles import ORGANISATION_ROLES, Role
from casework.engine.state.case import Fired
from tests.workflows.test_service_guards import NOW, RIGHT, facts, right


def test_facts_say_nothing_of_what_is_kept_back() -> None:
    whole = facts(fired={"apply": {"amount": "5", "use": "plant"}}, rights=right() | {"other": {"kind": "design"}})
    kept = replace(whole, kept=KeptBack(frozenset({("apply", "amount")}), frozenset({RIGHT}), frozenset({EFFECT})))
    assert kept.said("apply.use") == "plant"
    with pytest.raises(NotTold):
        kept.said("apply.amount")
    assert kept.from_outside("rights")["other"] == {"kind": "design"}
    assert set(kept.from_outside("rights")) == {RIGHT, "other"}
    with pytest.raises(NotTold):
        kept.from_outside("rights").get(RIGHT, {})
    with pytest.raises(NotTold):
        list(kept.effect)
    assert whole.said("apply.amount") == "5"
    assert whole.from_outside("rights")[RIGHT] == right()[RIGHT]
    assert list(whole.effect) == []


@pytest.mark.parametrize("role", [None, *Role])
def test_nothing_is_kept_from_the_office_nor_outside_a_request(role: Role | None) -> None:
    assert as_told(facts(), {}, role).kept == NOTHING_KEPT
    asked = replace(facts().track, workflow="referral")
    if role not in ORGANISATION_ROLES:
        assert as_told(replace(facts(), track=asked), {}, role).kept == NOTHING_KEPT


@given(frozensets(sampled_from(["buyer", "maker", "somebody"])))
def test_a_right_takes_the_consent_of_each_party_that_owns_it(owners: frozenset[str]) -> None:
    case = facts().case
    sides = {"buyer": "need_owner", "maker": "technology_owner"}
    wanted = {sides[one] for one in owners if one in sides} or {"need_owner", "technology_owner"}
    assert set(owners_among(case, owners)) == wanted
    assert set(unwilling(case, "bank", owners_among(case, owners))) == wanted


def test_a_place_is_a_home_an_action_and_a_field() -> None:
    assert list(places(["service.apply.amount|request.amount"])) == [
        ("service", "apply", "amount"),
        ("request", "", "amount"),
    ]


def test_an_answer_names_no_right_that_is_kept_back() -> None:
    kept = KeptBack(rights=frozenset({RIGHT}))
    assert kept.told_as([RIGHT, "other", {"value": "1"}]) == ["other", {"value": "1"}]
    assert kept.told_as(RIGHT) is None
    assert kept.told_as("other") == "other"
    assert kept.told_as({"amount": "5"}) == {"amount": "5"}


def test_what_was_done_is_not_changed_by_what_is_told() -> None:
    whole = facts(fired={"apply": {"amount": "5"}})
    fired = replace(whole, kept=KeptBack(frozenset({("apply", "amount")}))).fired("apply")
    assert isinstance(fired, Fired)
    assert (fired.at <= NOW, fired.data) == (True, {"amount": "5"})
