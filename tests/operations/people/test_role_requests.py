"""Roles that decide take two persons: asked for, agreed to, told, and judged afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import cast
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm, NotAllowed, NotConfirmed, NotFound, WrongState
from casework.operations.audit.findings import close_finding, raise_finding
from casework.operations.auth.sessions import close_account
from casework.operations.core import register_log
from casework.operations.core.idempotency import Done
from casework.operations.core.register_entries import note_entries
from casework.operations.mediations.service import open_mediation
from casework.operations.mediations.unsealing import find_unsealing
from casework.operations.people import registry
from casework.operations.people.role_requests import (
    ask_role,
    close_requests,
    count_waiting,
    decide_role,
    give_or_ask,
    given_by,
    list_requests,
    show_request,
)
from casework.operations.people.service import create_membership, deactivate_person
from casework.operations.verification.service import verify_case
from casework.permissions.actors import APART, TAKES_TWO, Membership, Proof, apart_from, in_force
from casework.records.actors import find_actor
from casework.records.event_log import lock_log, now
from tests.support.additions import add_unsealing
from tests.support.world import World, new_request

DECIDING = sorted(TAKES_TWO)


@pytest.fixture
def puppet(db: Connection, world: World) -> str:
    return registry.register_person(db, email="puppet@example.org", name="Puppet")


def _ask(db: Connection, world: World, person: str, role: str, by: str = "administrator") -> Done:
    return create_membership(
        db,
        world.actor(db, by),
        person=person,
        role=role,
        programme=world.programmes["BJ"],
        organisation=None,
        deputy_for=None,
        starts_at=None,
        ends_at=None,
        request=new_request(),
    )


def _decide(db: Connection, world: World, id: str, by: str, *, agree: bool = True, note: str = "") -> Done:
    return decide_role(db, world.actor(db, by), id, agree=agree, note=note, request=new_request())


@pytest.mark.parametrize("role", DECIDING)
def test_an_administrator_alone_gives_nobody_a_role_that_reads_or_decides(
    db: Connection, world: World, puppet: str, role: str
) -> None:
    world.new_case(db)
    asked = _ask(db, world, puppet, role)
    assert asked.answer["state"] == "asked"
    found = find_actor(db, puppet)
    assert found is not None
    assert not found.memberships
    # Neither does the asker agree, nor somebody who does not lead here.
    for by in ("administrator", "officer", "compliance", "manager", "auditor"):
        with pytest.raises((NotAllowed, NotFound)):
            _decide(db, world, asked.answer["id"], by)
    assert _decide(db, world, asked.answer["id"], "supervisor").answer["state"] == "agreed"
    found = find_actor(db, puppet)
    assert found is not None
    assert [one.role for one in found.memberships] == [role]
    assert not verify_case(db, world.programmes["BJ"])


def test_roles_that_read_nothing_are_given_by_one_person(db: Connection, world: World, puppet: str) -> None:
    assert _ask(db, world, puppet, "observer").answer["state"] == "given"


def test_who_asked_takes_it_back_and_who_does_not_agree_says_why(db: Connection, world: World, puppet: str) -> None:
    asked = _ask(db, world, puppet, "officer").answer["id"]
    with pytest.raises(InvalidForm):
        _decide(db, world, asked, "supervisor", agree=False)
    assert _decide(db, world, asked, "administrator", agree=False, note="A mistake.").answer["state"] == "refused"
    with pytest.raises(WrongState):
        _decide(db, world, asked, "supervisor")
    # And it may be asked for anew.
    assert _ask(db, world, puppet, "officer").answer["state"] == "asked"
    assert not verify_case(db, world.programmes["BJ"])


def test_two_puppets_do_not_agree_to_one_another(db: Connection, world: World, puppet: str) -> None:
    """Whoever gets a role has no word in it, and whoever has no role has none either."""
    first = _ask(db, world, puppet, "supervisor").answer["id"]
    other = registry.register_person(db, email="other-puppet@example.org", name="Other Puppet")
    second = _ask(db, world, other, "supervisor").answer["id"]
    for id, who in ((first, other), (second, puppet)):
        actor = find_actor(db, who)
        assert actor is not None
        with pytest.raises(NotFound):
            decide_role(db, actor, id, agree=True, note="", request=new_request())


def test_supervisors_administrators_and_auditors_are_told(db: Connection, world: World, puppet: str) -> None:
    asked = _ask(db, world, puppet, "supervisor").answer["id"]
    for who in ("administrator", "supervisor", "second_supervisor", "auditor"):
        [one] = list_requests(db, world.actor(db, who)).items
        assert (one.id, one.asked_by and one.asked_by.name, one.person.name) == (asked, "Administrator", "Puppet")
        assert one.decides == (who in ("supervisor", "second_supervisor"))
    for who in ("officer", "provider", "foreign_officer", "observer"):
        assert not list_requests(db, world.actor(db, who)).items
        with pytest.raises(NotFound):
            show_request(db, world.actor(db, who), asked)
    _decide(db, world, asked, "supervisor")
    [made] = given_by(db, world.programmes["BJ"], [puppet])[puppet]
    assert (made.role, made.by, made.agreed_by) == ("supervisor", "Administrator", "Supervisor")


def test_the_command_line_gives_at_once_while_there_is_nothing_to_read(
    db: Connection, world: World, puppet: str
) -> None:
    programme = world.programmes["BJ"]
    assert give_or_ask(db, puppet, "officer", programme=programme)
    world.new_case(db)
    other = registry.register_person(db, email="later@example.org", name="Later")
    assert not give_or_ask(db, other, "officer", programme=programme)
    [one] = list_requests(db, world.actor(db, "supervisor")).items
    assert one.asked_by is None
    # One person and whoever runs the installation are two.
    assert _decide(db, world, one.id, "administrator").answer["state"] == "agreed"
    assert not verify_case(db, programme)


def test_a_role_given_by_one_person_behind_the_back_is_found(db: Connection, world: World, puppet: str) -> None:
    programme = world.programmes["BJ"]
    asked = _ask(db, world, puppet, "officer").answer["id"]
    registry.grant_role(db, puppet, "supervisor", programme=programme, by=world.people["administrator"])
    registry.grant_role(db, puppet, "officer", programme=programme, request=asked, by=world.people["administrator"])
    told = [one.sentence for one in verify_case(db, programme)]
    assert any("no second person had agreed to this role" in one for one in told)
    assert any("also agreed to it" in one for one in told)


# --- roles that exclude one another ----------------------------------------------------------------------------------


def test_exclusion_goes_both_ways() -> None:
    for role in Role:
        for other in apart_from(role):
            assert role in apart_from(other)
            assert any(role == one and other in others or other == one and role in others for one, others in APART)


@pytest.mark.parametrize("other", sorted(apart_from(Role.AUDITOR)))
def test_whoever_decides_is_no_auditor_of_the_same_programme(
    db: Connection, world: World, puppet: str, other: str
) -> None:
    programme = world.programmes["BJ"]
    registry.grant_role(db, puppet, other, programme=programme)
    with pytest.raises(InvalidForm):
        _ask(db, world, puppet, "auditor")
    with pytest.raises(InvalidForm):
        registry.grant_role(db, puppet, "auditor", programme=programme)
    # Of another programme one may be.
    registry.grant_role(db, puppet, "auditor", programme=world.programmes["SH"])


def test_where_a_database_has_both_roles_the_auditors_does_not_count(db: Connection, world: World) -> None:
    begins = now(db)
    both = [Membership(role, "BJ", None, None, begins, None) for role in (Role.OFFICER, Role.AUDITOR)]
    elsewhere = Membership(Role.AUDITOR, "SH", None, None, begins, None)
    assert [(one.role, one.programme) for one in in_force([*both, elsewhere])] == [("officer", "BJ"), ("auditor", "SH")]


def test_whoever_worked_on_a_case_judges_nothing_of_it_later(db: Connection, world: World) -> None:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    found = str(
        raise_finding(db, world.actor(db, "auditor"), number, event=1, words="Why?", request=new_request()).answer["id"]
    )
    membership = db.execute(
        text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)"), {"id": world.people["officer"]}
    ).scalar_one()
    registry.end_role(db, str(membership))
    registry.grant_role(db, world.people["officer"], "auditor", programme=world.programmes["BJ"])
    turned = world.actor(db, "officer")
    with pytest.raises(NotAllowed):
        raise_finding(db, turned, number, event=1, words="All is well.", request=new_request())
    with pytest.raises(NotAllowed):
        close_finding(db, turned, found, words="All is well.", request=new_request())
    # Of a case that they had no part in they are an auditor as any other.
    other = world.open_case(db, 0, "other_officer")
    assert raise_finding(db, turned, other, event=1, words="Why?", request=new_request()).status == 201


# --- names -----------------------------------------------------------------------------------------------------------


def test_whoever_agrees_to_an_unsealing_reads_who_made_those_who_ask_and_read(
    db: Connection, world: World, puppet: str
) -> None:
    number = world.new_case(db)
    mediation = str(open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer["id"])
    world.people["puppet"] = puppet
    asked = _ask(db, world, puppet, "manager").answer["id"]
    _decide(db, world, asked, "supervisor")
    opening = add_unsealing(db, world, mediation, "puppet")
    told = find_unsealing(db, world.actor(db, "compliance"), opening)
    [role] = told.reader_roles
    assert (role.role, role.by, role.agreed_by) == ("manager", "Administrator", "Supervisor")
    # Of the dispute officer: the command line, and nobody besides.
    [role] = told.asker_roles
    assert (role.role, role.by, role.agreed_by) == ("dispute_officer", None, None)


def test_what_was_asked_for_ends_with_the_account(db: Connection, world: World, puppet: str) -> None:
    asked = _ask(db, world, puppet, "supervisor").answer["id"]
    other = _ask(db, world, puppet, "officer").answer["id"]
    deactivate_person(db, world.actor(db, "administrator"), puppet, new_request())
    for one in (asked, other):
        told = show_request(db, world.actor(db, "supervisor"), one)
        assert (told.state, told.decides, told.decided_by) == ("refused", False, None)
        assert told.decided_at
        # Whoever has the page still open is told that it is too late, not what to correct.
        for agree in (True, False):
            with pytest.raises(WrongState):
                decide_role(db, world.actor(db, "supervisor"), one, agree=agree, note="", request=new_request())
    assert not verify_case(db, world.programmes["BJ"])
    assert count_waiting(db, world.actor(db, "supervisor")) == 0


def _forge(db: Connection, programme: str, kind: str, by: str = SYSTEM_ACTOR, **effects: str | None) -> None:
    log = lock_log(db, programme)
    register_log.append(db, log, [log.next_event(kind, by, effects=cast(RegisterEffects, effects))])


@pytest.mark.parametrize("account", ["open", "closed later", "closed and opened again", "of the asker closed"])
def test_a_request_that_ended_by_itself_with_no_account_is_found(
    db: Connection, world: World, puppet: str, account: str
) -> None:
    programme = world.programmes["BJ"]
    asked = _ask(db, world, puppet, "supervisor").answer["id"]
    if account == "closed and opened again":
        close_account(db, puppet)
        note_entries(db, "people", puppet, [puppet], kind="account_reopened", columns=["active"])
    if account == "of the asker closed":
        close_account(db, world.people["administrator"])
    _forge(db, programme, "role_refused", request=asked, person=puppet, role="supervisor")
    if account == "closed later":
        close_account(db, puppet)
    told = [one.sentence for one in verify_case(db, programme) if one.kind == "allowed"]
    assert ["none of its people's was closed" in one for one in told] == [True]


def test_a_request_that_ended_twice_or_never_was_is_found(db: Connection, world: World, puppet: str) -> None:
    programme = world.programmes["BJ"]
    asked = _ask(db, world, puppet, "supervisor").answer["id"]
    deactivate_person(db, world.actor(db, "administrator"), puppet, new_request())
    for one in (asked, str(uuid4())):
        _forge(db, programme, "role_refused", request=one, person=puppet, role="supervisor")
    told = [one.sentence for one in verify_case(db, programme) if one.kind == "allowed"]
    assert ["nobody had asked for this role" in one for one in told] == [True, True]


def test_it_ends_with_the_account_in_whose_place_it_would_be(db: Connection, world: World, puppet: str) -> None:
    programme = world.programmes["BJ"]
    ask_role(
        db,
        puppet,
        "officer",
        programme=programme,
        deputy_for=world.people["other_officer"],
        by=world.people["administrator"],
    )
    close_account(db, world.people["other_officer"])
    close_requests(db, world.people["other_officer"])
    assert not verify_case(db, programme)


def test_nothing_by_itself_is_a_second_person(db: Connection, world: World, puppet: str) -> None:
    programme = world.programmes["BJ"]
    asked = _ask(db, world, puppet, "supervisor").answer["id"]
    registry.grant_role(db, puppet, "supervisor", programme=programme, request=asked)
    assert any("are agreed to by" in one.sentence for one in verify_case(db, programme))


def test_nobody_is_asked_who_they_are_for_what_is_not_theirs_to_decide(
    db: Connection, world: World, puppet: str
) -> None:
    asked = _ask(db, world, puppet, "officer").answer["id"]

    def decide(by: str) -> None:
        stale = replace(world.actor(db, by), proof=Proof.OLD)
        decide_role(db, stale, asked, agree=True, note="", request=new_request())

    for by, refusal in (
        ("provider", NotFound),
        ("auditor", NotAllowed),
        ("administrator", NotAllowed),
        ("supervisor", NotConfirmed),
    ):
        with pytest.raises(refusal):
            decide(by)
