"""Whom a field of a case's form may name: a new request goes to those whom the programme asks, what runs goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.state.case import Case
from casework.errors import InvalidForm
from casework.operations.cases.form_choices import choices_of
from casework.operations.core.perform import home_of
from casework.operations.core.programme_providers import providers_of
from casework.operations.core.references import reference_faults
from casework.operations.people.provider_directory import suggest_providers
from casework.operations.people.registry import register_organisation
from casework.records.case_loader import load
from tests.operations.people.test_programme_providers import ask_only
from tests.support.way_to_referral import to_accepted, to_bank, to_panel, to_plan, to_request, to_scoping
from tests.support.world import World

SERVICE: Any = {"name": "service", "type": "choice", "choices": ["assessment"]}


def case_of(db: Connection, number: str) -> Case:
    return load(db, home_of(db, number), "case")


def offered(
    db: Connection, world: World, case: Case, rule: dict[str, Any], track: str = "", more: Sequence[Any] = ()
) -> set[str]:
    place = case.tracks[track] if track else case.main
    field = {"name": "which", "role": None, **rule}
    return {one.id for one in choices_of(db, world.actor(db, "officer"), case, place, [field, *more])["which"]}


def taken(
    db: Connection, case: Case, rule: dict[str, Any], who: str, track: str = "", more: Sequence[Any] = ()
) -> bool:
    place = case.tracks[track] if track else case.main
    field: Any = {"name": "which", "role": None, **rule}
    given: Any = {"which": [who] if rule["type"] in ("providers", "panel") else who, "service": "assessment"}
    faults = reference_faults(db, case, [field, *more], given, place)
    return faults == {}


def test_all_are_asked_until_there_is_a_list(world: World, db: Connection) -> None:
    assert providers_of(db, world.programmes["BJ"]) is None
    ask_only(db, world, "lab")
    assert providers_of(db, world.programmes["BJ"]) == [world.organisations["lab"]]
    # Of another programme nothing was said.
    assert providers_of(db, world.programmes["SH"]) is None


def test_a_request_goes_to_nobody_who_is_off_the_list(world: World, db: Connection) -> None:
    number, referral = to_request(world, db)
    ask_only(db, world, "bank")
    with pytest.raises(InvalidForm, match="list of providers") as refusal:
        world.send(db, number, referral, "assessment")
    assert refusal.value.fields.keys() == {"provider"}
    ask_only(db, world, "bank", "lab")
    world.send(db, number, referral, "assessment")


def test_a_plan_names_nobody_who_is_off_the_list(world: World, db: Connection) -> None:
    to_scoping(world, db)
    ask_only(db, world, "bank")
    with pytest.raises(InvalidForm, match="list of providers"):
        to_plan(world, db, 1)


def test_every_field_offers_what_it_takes(world: World, db: Connection) -> None:
    number, referral = to_request(world, db)
    case, lab, bank = case_of(db, number), world.organisations["lab"], world.organisations["bank"]
    ask_only(db, world, "bank")
    rules: list[tuple[dict[str, Any], str, Sequence[Any]]] = [
        ({"type": "provider", "service": "assessment"}, "", ()),
        ({"type": "provider", "service": ""}, referral, ()),
        ({"type": "panel", "service": ""}, referral, ()),
        ({"type": "providers", "service": ""}, "", ()),
        ({"type": "providers", "service": ""}, "", [SERVICE]),
    ]
    for rule, track, more in rules:
        assert lab not in offered(db, world, case, rule, track, more)
        assert not taken(db, case, rule, lab, track, more)
    assert bank in offered(db, world, case, {"type": "providers", "service": ""})
    ask_only(db, world, "lab")
    for rule, track, more in rules:
        assert offered(db, world, case, rule, track, more) == {lab}
        assert taken(db, case, rule, lab, track, more)


def test_who_is_at_work_stays_in_the_plan_and_in_a_consent_and_gets_nothing_new(world: World, db: Connection) -> None:
    number, referral = to_accepted(world, db)
    case, lab = case_of(db, number), world.organisations["lab"]
    ask_only(db, world, "bank")
    plan, consent = {"type": "provider", "service": "assessment"}, {"type": "providers", "service": ""}
    for rule in (plan, consent):
        assert lab in offered(db, world, case, rule)
        assert taken(db, case, rule, lab)
    # Of another service it is a new request; so is one beside, and one of the panel.
    assert not taken(db, case, {"type": "provider", "service": "ip"}, lab)
    assert not taken(db, case, consent, lab, more=[SERVICE])
    assert not taken(db, case, {"type": "panel", "service": ""}, lab, referral)
    assert lab not in offered(db, world, case, consent, more=[SERVICE])


def test_what_was_asked_before_goes_on(world: World, db: Connection) -> None:
    number, referral = to_accepted(world, db)
    ask_only(db, world, "bank")
    world.fire(db, "provider", number, "start", track=referral)
    assert case_of(db, number).tracks[referral].states == ("in_progress",)


def test_what_a_providers_own_work_names_tells_nothing_of_the_list(world: World, db: Connection) -> None:
    number, _, loan = to_bank(world, db)
    other = register_organisation(db, name="Another Bank", kind="provider", services=("pledge",))
    lender: dict[str, Any] = {"type": "provider", "service": "pledge"}
    case = case_of(db, number)
    before = offered(db, world, case, lender, loan)
    ask_only(db, world, "lab")
    assert offered(db, world, case, lender, loan) == before >= {other, world.organisations["bank"]}
    assert taken(db, case, lender, other, loan)


def test_a_panel_passes_over_who_is_off_the_list(world: World, db: Connection) -> None:
    number, referral, other = to_panel(world, db)
    ask_only(db, world, "lab")
    world.fire(db, "provider", number, "decline", {"reason": "no_capacity"}, track=referral)
    case = case_of(db, number)
    assert [track.id for track in case.tracks.values() if track.is_referral] == [referral]
    assert any(task.name == "choose_other_provider" for task in case.open_tasks())
    assert other not in str([track.provider for track in case.tracks.values()])


def test_a_panel_goes_on_with_who_is_on_the_list(world: World, db: Connection) -> None:
    number, referral, other = to_panel(world, db)
    ask_only(db, world, "lab", ids=[other])
    world.fire(db, "provider", number, "decline", {"reason": "no_capacity"}, track=referral)
    (following,) = [track for track in case_of(db, number).tracks.values() if track.given.get("after") == referral]
    assert (following.provider, following.sent) == (other, True)


def test_suggestions_and_links_name_those_whom_the_programme_asks(world: World, db: Connection) -> None:
    number, _ = to_request(world, db)
    other = register_organisation(db, name="Xicheng Laboratory", kind="provider", services=("assessment",))
    officer = world.actor(db, "officer")
    assert {one.id for one in suggest_providers(db, officer, number, "assessment")} >= {other}
    ask_only(db, world, "lab")
    assert {one.id for one in suggest_providers(db, officer, number, "assessment")} == {world.organisations["lab"]}


def test_another_programme_asks_whom_it_asks(world: World, db: Connection) -> None:
    case = case_of(db, to_request(world, db)[0])
    ask_only(db, world, "bank")
    there = replace(case, programme=world.programmes["SH"])
    assert taken(db, there, {"type": "provider", "service": "assessment"}, world.organisations["lab"])
