"""A file of people, brought into a world: who joins, moves and leaves, told in the history and never twice."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.engine.state.case import READY
from casework.errors import Refused
from casework.operations.core.encryption import SecretBox
from casework.operations.core.perform import home_of
from casework.operations.people.invitation_acceptance import accept_as_new, try_code
from casework.operations.people.invitation_mail import INVITATION_PAGE
from casework.operations.people.invitations import invite_again, list_invitations, revoke_invitation
from casework.operations.people.registry import grant_role
from casework.operations.people.role_requests import decide_role, list_requests
from casework.operations.people.staff import Brought, bring_people, count_unsent, plan_file
from casework.operations.people.staff_file import digest_of
from casework.operations.verification.service import verify_case
from casework.records.actors import find_actor
from casework.records.case_loader import load
from tests.operations.people.test_role_ending import claim
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

BOX = SecretBox(["k" * 40])
HEAD = "email,programme,role,name,language,left\n"
LONG_AGO = "2020-01-01"


def file(*rows: str) -> bytes:
    return (HEAD + "".join(f"{row}\n" for row in rows)).encode()


def bring(db: Connection, *rows: str, **more: Any) -> Brought:
    return bring_people(db, BOX, file(*rows), **({"mailing": True} | more))


def count_events(db: Connection) -> int:
    return int(db.execute(text("SELECT count(*) FROM events")).scalar_one())


def mail_states(db: Connection) -> list[str]:
    return list(db.execute(text("SELECT state FROM mails WHERE invitation_id IS NOT NULL ORDER BY id")).scalars())


def test_a_joiner_joins_moves_and_leaves(world: World, db: Connection) -> None:
    """By an invitation; a role that two persons give is asked for each time; everything names the file."""
    world.new_case(db)
    first = "new@example.org,BJ,officer,Newcomer,en,"
    (invited,) = bring(db, first).invited
    assert mail_states(db) == ["queued"]
    secret = try_code(db, token := invited.link.removeprefix(INVITATION_PAGE), invited.code)
    assert secret is not None
    accept_as_new(
        db,
        token,
        secret,
        name="Newcomer",
        name_zh=None,
        password="a long enough password",
        language="en",
        about={},
        insist=False,
    )
    person = str(db.execute(text("SELECT id FROM people WHERE email = 'new@example.org'")).scalar_one())
    actor = find_actor(db, person)
    assert actor is not None
    assert actor.roles() == set()
    assert bring(db, first).plan.is_empty
    supervisor = world.actor(db, "supervisor")
    asked = next(one for one in list_requests(db, supervisor).items if one.person and one.person.id == person)
    decide_role(db, supervisor, asked.id, agree=True, note="", request=new_request())

    mover = ("new@example.org,BJ,observer,Newcomer,en,", "new@example.org,SH,manager,Newcomer,en,")
    done = bring(db, *mover)
    assert (len(done.plan.given), done.asked, len(done.plan.ended)) == (2, 1, 1)
    moved = find_actor(db, person)
    assert moved is not None
    assert moved.roles() == {Role.OBSERVER}
    assert bring(db, *mover).plan.is_empty

    before = count_events(db)
    leaver = [f"{row}{LONG_AGO}" for row in mover]
    assert [known.person for _, known in bring(db, *leaver).plan.leavers] == [person]
    assert find_actor(db, person) is None
    after = count_events(db)
    assert before < after
    assert bring(db, *leaver).plan.is_empty
    assert count_events(db) == after
    told = db.execute(
        text(
            "SELECT kind, count(*) FROM events WHERE effects ? 'file' AND effects->>'file' = ANY(:digests)"
            " AND actor_id = 'system' GROUP BY kind ORDER BY kind"
        ),
        {"digests": [digest_of(file(*rows)) for rows in ([first], mover, leaver)]},
    ).all()
    assert [tuple(row) for row in told] == [
        ("account_closed", 1),
        ("ended", 2),
        ("granted", 1),
        ("invited", 1),
        ("role_asked", 1),
    ]
    for log in (world.programmes["BJ"], world.programmes["SH"], person):
        assert verify_case(db, log) == []


def test_of_a_leaver_held_tasks_are_free_and_cases_wait_to_be_handed_over(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    held = claim(db, world, "officer", number, "kick_off")
    done = bring(db, f"officer@example.org,BJ,officer,,,{LONG_AGO}")
    task = load(db, home_of(db, number), "case").tasks[held]
    assert (task.state, task.holder) == (READY, None)
    assert done.left == (("officer@example.org", "Beijing pilot", 1),)
    assert find_actor(db, world.people["officer"]) is None
    for log in (home_of(db, number), world.programmes["BJ"], world.people["officer"]):
        assert verify_case(db, log) == []


def test_a_role_given_by_hand_stays_and_one_that_lies_apart_is_refused(world: World, db: Connection) -> None:
    before = count_events(db)
    assert bring(db, "officer@example.org,BJ,observer,,,").plan.given
    assert world.actor(db, "officer").roles() == {Role.OFFICER, Role.OBSERVER}
    after = count_events(db)
    assert before < after
    # One row that is wrong, and nothing of the others is done.
    plan = bring(db, "new@example.org,BJ,officer,New,,", "officer@example.org,BJ,auditor,,,").plan
    assert [(fault.row, fault.column, fault.why.code) for fault in plan.faults] == [(3, "role", "people.role_here")]
    # Found only when it is done: by then others were done, and are taken back.
    world.fire(db, "other_officer", world.new_case(db), "take")
    db.execute(
        text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:id AS uuid)"),
        {"id": world.people["other_officer"]},
    )
    after = count_events(db)
    plan = bring(db, "new@example.org,BJ,officer,New,,", "other_officer@example.org,BJ,dispute_officer,,,").plan
    assert [(fault.row, fault.why.code) for fault in plan.faults] == [(3, "people.open_cases")]
    assert count_events(db) == after
    assert mail_states(db) == []


def test_a_file_that_ends_too_much_needs_a_word(world: World, db: Connection) -> None:
    leaving = [
        f"{name}@example.org,BJ,observer,,,{LONG_AGO}"
        for name in ("officer", "other_officer", "compliance", "manager", "observer", "auditor")
    ]
    before = count_events(db)
    with pytest.raises(Refused, match="of 6 of 12 people"):
        bring(db, *leaving)
    assert count_events(db) == before
    assert bring(db, *leaving, allow_many=True).plan.losing == 6


def test_nobody_leaves_a_programme_without_its_last_administrator(world: World, db: Connection) -> None:
    row = f"administrator@example.org,BJ,observer,,,{LONG_AGO}"
    before = count_events(db)
    [fault] = bring(db, row).plan.faults
    assert (fault.row, fault.why.code, count_events(db)) == (2, "people.last_holder", before)
    grant_role(db, world.people["observer"], Role.ADMINISTRATOR, programme=world.programmes["BJ"])
    assert bring(db, row).plan.leavers


def test_what_nobody_could_tell_the_code_of_waits_until_an_administrator_sends_it(world: World, db: Connection) -> None:
    row = "new@example.org,BJ,observer,Newcomer,zh-Hans,"
    assert plan_file(db, file(row)).joiners
    bring(db, row, mailing=False)
    assert (mail_states(db), count_unsent(db)) == (["cancelled"], 1)
    administrator = world.actor(db, "administrator")
    (waiting,) = list_invitations(db, administrator).items
    assert (waiting.state, waiting.language, waiting.invited_by) == ("open", "zh-Hans", None)
    assert invite_again(db, administrator, BOX, waiting.id, new_request()).answer["code"]
    assert (mail_states(db), count_unsent(db)) == (["cancelled", "queued"], 0)
    # Who leaves before is not let in any more.
    assert bring(db, f"{row}{LONG_AGO}").plan.withdrawn
    assert [one.state for one in list_invitations(db, administrator).items] == ["revoked"]
    # Where that was a mistake, the row as it was invites anew, once; what a person withdrew stays so.
    assert len(bring(db, row, mailing=False).invited) == 1
    assert bring(db, row).plan.is_empty
    [anew] = [one.id for one in list_invitations(db, administrator).items if one.state == "open"]
    revoke_invitation(db, administrator, anew, new_request())
    assert bring(db, row).plan.is_empty
    assert verify_case(db, world.programmes["BJ"]) == []
