"""Roles that decide are told to those who look after the programme, by a real mail server and on their pages."""

from __future__ import annotations

from sqlalchemy import text

from casework.operations.notifications.queries import list_notifications
from casework.operations.people.registry import end_role, register_person
from casework.operations.people.role_requests import decide_role
from casework.operations.people.service import create_membership
from casework.records.actors import find_actor
from casework.records.database import transaction
from tests.support.mail_office import Office
from tests.support.mailbox import text_of
from tests.support.world import new_request

TOLD = ("supervisor", "second_supervisor", "auditor")
NOT_TOLD = ("officer", "compliance", "manager", "observer", "provider", "foreign_officer", "dispute_officer")


def ask(office: Office) -> str:
    with transaction(office.engine) as db:
        person = register_person(db, email="puppet@example.org", name="Petronella Puppet")
        done = create_membership(
            db,
            office.world.actor(db, "administrator"),
            person=person,
            role="supervisor",
            programme=office.world.programmes["BJ"],
            organisation=None,
            deputy_for=None,
            starts_at=None,
            ends_at=None,
            request=new_request(),
        )
    return str(done.answer["id"])


def roles_told(office: Office, name: str) -> list[str]:
    return [said for one in office.mails(name) if "/roles/" in (said := text_of(one))]


def notices(office: Office, name: str) -> list[str | None]:
    with transaction(office.engine) as db:
        found = list_notifications(db, office.world.actor(db, name)).items
    return [one.role_request for one in found if one.kind == "role"]


def test_supervisors_and_auditors_are_told_when_a_role_is_asked_for_and_when_it_is_given(office: Office) -> None:
    asked = ask(office)
    office.run()
    for name in TOLD:
        (said,) = roles_told(office, name)
        assert "was requested" in said, name
        assert f"/roles/{asked}" in said
        # Names stand on the page, for those who may still read it.
        assert "Petronella" not in said
        assert notices(office, name) == [asked]
    for name in (*NOT_TOLD, "administrator"):
        assert not roles_told(office, name), name
        assert not notices(office, name), name
    with transaction(office.engine) as db:
        decide_role(db, office.world.actor(db, "supervisor"), asked, agree=True, note="", request=new_request())
    office.run()
    for name in ("second_supervisor", "auditor", "administrator"):
        assert "agreed to and given" in roles_told(office, name)[-1], name
    assert len(roles_told(office, "supervisor")) == 1
    for name in NOT_TOLD:
        assert not roles_told(office, name), name


def test_whoever_has_lost_the_role_is_told_of_it_no_more(office: Office) -> None:
    asked = ask(office)
    office.run()
    assert notices(office, "auditor") == [asked]
    with transaction(office.engine) as db:
        decide_role(
            db, office.world.actor(db, "supervisor"), asked, agree=False, note="Not needed.", request=new_request()
        )
        given = {"person": office.world.people["auditor"]}
        end_role(
            db,
            db.execute(text("SELECT id FROM memberships WHERE person_id = CAST(:person AS uuid)"), given).scalar_one(),
        )
    with transaction(office.engine) as db:
        told = text("SELECT count(*) FROM notifications WHERE person_id = CAST(:person AS uuid) AND kind = 'role'")
        assert db.execute(told, given).scalar_one() == 1
        assert not (lost := find_actor(db, given["person"])) or not list_notifications(db, lost).items
    office.run()
    assert len(roles_told(office, "auditor")) == 1
    assert "was refused" in roles_told(office, "second_supervisor")[-1]
