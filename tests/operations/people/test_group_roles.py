"""Roles by groups, brought into a world: whoever signs in with other groups than before has other roles, and each change says by which."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.roles import Role
from casework.operations.auth import identities
from casework.operations.auth.openid import Claims, Groups
from casework.operations.auth.sessions import begin_session, find_viewer
from casework.operations.people.group_roles import Brought, bring_groups, check_file, groups_of_roles
from casework.operations.people.registry import grant_role
from casework.operations.people.role_requests import decide_role, list_requests
from casework.operations.verification.service import verify_case
from casework.records.actors import find_actor
from casework.records.database import transaction
from tests.support.additions import add_absence
from tests.support.world import World, new_request

ISSUER = "https://id.example.org"


def file(*rows: str) -> bytes:
    return ("group,role,programme,organisation\n" + "".join(f"{row}\n" for row in rows)).encode()


FILE = file(
    "watch,observer,BJ,", "watch too,observer,BJ,", "work,officer,BJ,", "judge,auditor,BJ,", "lead,supervisor,SH,"
)


def claims(groups: Groups | None) -> Claims:
    return Claims(
        issuer=ISSUER, subject="somebody", email=None, sid=None, auth_time=None, methods=frozenset(), groups=groups
    )


def come(db: Connection, *groups: str, content: bytes = FILE) -> list[tuple[str, str, str, str | None]]:
    """Sign in with these groups; gives what was done."""
    brought = bring_groups(db, claims(Groups(frozenset(groups))), content)
    assert brought is not None
    assert brought.fault is None
    return [(one.what, one.place.role, one.group, one.why) for one in brought.deeds]


def roles(db: Connection, person: str) -> set[Role]:
    actor = find_actor(db, person)
    assert actor is not None
    return actor.roles()


@pytest.fixture
def person(world: World, db: Connection) -> str:
    id = world.add_person(db, "newcomer")
    identities.link(db, id, claims(None))
    return id


def test_roles_come_and_go_with_groups(world: World, db: Connection, person: str) -> None:
    """What one person gives at once, what two give after a second one's word; and each event says by which group."""
    world.new_case(db)
    assert come(db, "watch", "watch too", "others") == [("given", "observer", "watch", None)]
    assert come(db, "watch too") == []
    assert come(db, "work", "watch") == [("asked", "officer", "work", None)]
    assert come(db, "work", "watch") == []
    assert roles(db, person) == {Role.OBSERVER}
    supervisor = world.actor(db, "supervisor")

    def agree() -> None:
        [asked] = [
            one
            for one in list_requests(db, supervisor).items
            if one.person and one.person.id == person and one.state == "asked"
        ]
        decide_role(db, supervisor, asked.id, agree=True, note="", request=new_request())

    agree()
    assert roles(db, person) == {Role.OBSERVER, Role.OFFICER}
    assert set(groups_of_roles(db, person).values()) == {"watch", "work"}
    # Beside what is held, and waits for a second person, nothing is given that lies apart from it.
    assert come(db, "work", "watch", "judge") == [("kept", "auditor", "judge", "people.role_here")]
    session = begin_session(db, person, {})
    assert come(db, "work") == [("ended", "observer", "watch", None)]
    assert find_viewer(db, session) is None
    assert come(db, "judge") == [("ended", "officer", "work", None), ("asked", "auditor", "judge", None)]
    assert come(db) == [("withdrawn", "auditor", "judge", None)]
    assert roles(db, person) == set()
    # And back: what was taken back by itself is asked for again.
    assert come(db, "judge") == [("asked", "auditor", "judge", None)]
    told = db.execute(
        text(
            "SELECT kind, effects->>'group' AS by, count(*) FROM events WHERE effects ? 'group' AND actor_id = 'system'"
            " GROUP BY 1, 2 ORDER BY 1, 2"
        )
    ).all()
    assert [tuple(row) for row in told] == [
        ("ended", "watch", 1),
        ("ended", "work", 1),
        ("granted", "watch", 1),
        ("role_asked", "judge", 2),
        ("role_asked", "work", 1),
        ("role_refused", "judge", 1),
    ]
    for log in (world.programmes["BJ"], person):
        assert verify_case(db, log) == []


def test_what_a_substitute_has_of_it_ends_with_it(world: World, db: Connection) -> None:
    identities.link(db, world.people["provider"], claims(None))
    lab = world.organisations["lab"]
    content = file(f"lab,verifier,,{lab}")
    assert come(db, "lab", content=content) == [("given", "verifier", "lab", None)]
    add_absence(db, world, "provider", "provider_lead", "lab")
    assert db.execute(_PASSED_ON).scalar_one() == 2
    assert come(db, content=content) == [("ended", "verifier", "lab", None)]
    assert db.execute(_PASSED_ON).scalar_one() == 1
    assert verify_case(db, lab) == []


#: How many roles hold by which somebody stands in.
_PASSED_ON = text("SELECT count(*) FROM memberships WHERE deputy_for IS NOT NULL AND ends_at > starts_at")


def test_of_two_who_come_at_once_one_is_given_the_role(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        id = world.add_person(db, "newcomer")
        identities.link(db, id, claims(None))
    ready = threading.Barrier(4)

    def enter() -> None:
        with transaction(engine) as db:
            ready.wait(20)
            bring_groups(db, claims(Groups(frozenset({"watch"}))), FILE)

    with ThreadPoolExecutor(4) as threads:
        for one in [threads.submit(enter) for _ in range(4)]:
            one.result(30)
    with transaction(engine) as db:
        held = db.execute(text("SELECT count(*) FROM memberships WHERE person_id = CAST(:id AS uuid)"), {"id": id})
        assert held.scalar_one() == 1


def test_what_persons_gave_and_refused_stays(world: World, db: Connection, person: str) -> None:
    grant_role(db, person, Role.OBSERVER, programme=world.programmes["BJ"])
    supervisor = world.actor(db, "supervisor")
    assert come(db, "watch", "work") == [("asked", "officer", "work", None)]
    [asked] = [one for one in list_requests(db, supervisor).items if one.person and one.person.id == person]
    decide_role(db, supervisor, asked.id, agree=False, note="Not now.", request=new_request())
    assert come(db, "watch", "work") == []
    assert come(db) == []
    assert roles(db, person) == {Role.OBSERVER}
    assert groups_of_roles(db, person) == {}


def test_nobody_gets_a_providers_role_beside_another_side(world: World, db: Connection, person: str) -> None:
    provider = world.organisations["lab"]
    content = file("watch,observer,BJ,", f"side,provider,,{provider}")
    assert [one[0] for one in come(db, "watch", "side", content=content)] == ["kept", "kept"]
    assert come(db, "side", content=content) == [("given", "provider", "side", None)]
    assert come(db, "watch", "side", content=content) == [("kept", "observer", "watch", "people.role_elsewhere")]
    assert come(db, content=content) == [("ended", "provider", "side", None)]
    assert verify_case(db, provider) == []


def test_the_last_supervisor_stays(world: World, db: Connection, person: str) -> None:
    shanghai = world.programmes["SH"]
    db.execute(
        text(
            "UPDATE memberships SET ends_at = starts_at WHERE programme_id = CAST(:id AS uuid) AND role = 'supervisor'"
        ),
        {"id": shanghai},
    )
    grant_role(db, person, Role.SUPERVISOR, programme=shanghai, because={"group": "lead"})
    assert come(db) == [("kept", "supervisor", "lead", "people.last_holder")]
    grant_role(db, world.people["supervisor"], Role.SUPERVISOR, programme=shanghai)
    assert come(db) == [("ended", "supervisor", "lead", None)]


def test_by_what_is_damaged_nothing_changes(world: World, db: Connection, person: str) -> None:
    come(db, "watch")

    def fault(groups: Groups | None, content: bytes = FILE) -> str | None:
        brought = bring_groups(db, claims(groups), content)
        return brought.fault if isinstance(brought, Brought) else "off"

    wrong = FILE.replace(b"BJ", b"XX", 1)
    assert [str(one) for one in check_file(db, wrong)] == ["row 2, programme: is not known"]
    assert fault(Groups(), wrong) == "file"
    assert fault(Groups(), b"") == "file"
    assert fault(Groups(fault="missing")) == "missing"
    assert fault(None) == "off"
    assert roles(db, person) == {Role.OBSERVER}
    assert fault(Groups()) is None
    assert roles(db, person) == set()
