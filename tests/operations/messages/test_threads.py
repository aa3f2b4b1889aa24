"""The threads that one reads, and whom one may tell in each."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotFound
from casework.operations.mediations.service import find_mediation, open_mediation
from casework.operations.messages.service import list_messages, send_message
from casework.operations.messages.threads import describe_thread, list_threads, thread_of
from casework.operations.verification.service import verify_case
from tests.operations.messages.test_service import READ_ALL, Scene
from tests.support.way_to_referral import to_both
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_both)


@pytest.fixture
def scene(db: Connection, world: World, staged: tuple[str, str, str]) -> Scene:
    return Scene(world, db, *staged)


def test_the_list_of_threads_has_only_what_one_reads(scene: Scene) -> None:
    scene.say("officer", "They are slow.")
    scene.say("provider", "Monday.", scene.lab)

    def told(name: str) -> list[tuple[str, str | None, int]]:
        found = list_threads(scene.db, scene.world.actor(scene.db, name), scene.case)
        return [(one.audience, one.referral, one.count) for one in found]

    assert told("auditor") == [("internal", None, 1), ("shared", scene.lab, 1), ("shared", scene.bank, 0)]
    assert told("provider") == [("shared", scene.lab, 1)]
    assert told("foreign_provider") == [("shared", scene.bank, 0)]


def test_whom_one_may_tell_are_those_who_read_it(scene: Scene) -> None:
    def offered(by: str, referral: str | None) -> set[str]:
        actor = scene.world.actor(scene.db, by)
        thread = thread_of(actor, scene.case, "shared" if referral else "internal", referral)
        return {one.name for one in describe_thread(scene.db, actor, thread).tell}

    office = {"Other Officer", "Supervisor", "Second Supervisor", "Compliance", "Second Compliance", "Auditor"}
    assert offered("officer", None) == office
    assert offered("officer", scene.lab) == office | {"Provider", "Provider Lead"}
    assert offered("provider", scene.lab) == {"Officer", "Provider Lead"}


def test_whom_one_may_tell_has_a_name_in_both_scripts(scene: Scene) -> None:
    db, world = scene.db, scene.world
    db.execute(
        text("UPDATE people SET name_zh = '李娜' WHERE id = CAST(:id AS uuid)"), {"id": world.people["provider"]}
    )
    officer = world.actor(db, "officer")
    tell = describe_thread(db, officer, thread_of(officer, scene.case, "shared", scene.lab)).tell
    assert {(one.name, one.name_zh) for one in tell} >= {("Provider", "李娜"), ("Supervisor", None)}
    # By that name too one is a reader, and no stranger.
    scene.say("officer", "请@李娜 看一下", scene.lab)


def test_a_mediations_notes_are_for_those_named_for_it(scene: Scene) -> None:
    db, world = scene.db, scene.world
    officer = world.actor(db, "dispute_officer")
    id = str(open_mediation(db, officer, scene.number, new_request()).answer["id"])
    case = find_mediation(db, officer, id)
    send_message(db, officer, case, audience="internal", referral=None, words="Sealed.", request=new_request())
    thread = thread_of(officer, case, "internal", None)
    assert [one.words for one in list_messages(db, officer, thread).items] == ["Sealed."]
    assert describe_thread(db, officer, thread).tell == []
    for name in (*READ_ALL, "provider", "administrator"):
        with pytest.raises(NotFound):
            thread_of(world.actor(db, name), case, "internal", None)
    assert scene.read("officer") == []
    assert verify_case(db, id) == []
