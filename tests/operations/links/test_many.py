"""Several parties are asked by links at once: tried without a trace, sent once, and each told why it was not."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm
from casework.operations.links.many import ask_many
from casework.operations.tasks.bulk import why_not
from tests.operations.links.scene import SECRET_BOX
from tests.support.followed import add_contact, ask_now, closed_case
from tests.support.world import World, new_request


@pytest.fixture
def asked(world: World, db: Connection) -> list[str]:
    """A question of each of two closed cases that is asked now, and one whose day is still to come."""
    ready = []
    for _ in range(2):
        _, tasks = closed_case(world, db)
        ask_now(world, db, tasks[0])
        ready.append(tasks[0])
    return [*ready, tasks[1]]


def mails(db: Connection) -> int:
    return int(db.execute(text("SELECT count(*) FROM mails WHERE kind = 'party_link'")).scalar_one())


def whys(answer: object) -> list[str]:
    return [] if not isinstance(answer, dict) else [str(why_not(one) or "") for one in answer["items"]]


def test_a_try_says_what_would_happen_and_sends_nothing(world: World, db: Connection, asked: list[str]) -> None:
    add_contact(world, db)
    officer = world.actor(db, "officer")
    told = ask_many(db, officer, SECRET_BOX, asked, "need_owner", request=new_request(), dry_run=True).answer
    assert [one["done"] for one in told["items"]] == [True, True, False]
    assert mails(db) == 0
    assert db.execute(text("SELECT count(*) FROM party_links")).scalar_one() == 0


def test_each_is_mailed_to_its_contact_once_and_reminded_before_the_end(
    world: World, db: Connection, asked: list[str]
) -> None:
    add_contact(world, db)
    officer, request = world.actor(db, "officer"), new_request()
    first = ask_many(db, officer, SECRET_BOX, asked, "need_owner", request=request)
    assert first.answer["done"] == 2
    assert mails(db) == 4
    assert ask_many(db, officer, SECRET_BOX, asked, "need_owner", request=request).repeated
    assert mails(db) == 4
    again = ask_many(db, officer, SECRET_BOX, asked, "need_owner", request=new_request()).answer
    assert again["done"] == 0
    assert "still works" in whys(again)[0]
    row = db.execute(text("SELECT language, code, mail, documents FROM party_links LIMIT 1")).one()
    assert tuple(row) == ("zh-Hans", False, True, [])


def test_without_a_mail_address_nobody_is_asked(world: World, db: Connection, asked: list[str]) -> None:
    told = ask_many(db, world.actor(db, "officer"), SECRET_BOX, asked[:1], "need_owner", request=new_request()).answer
    assert told["done"] == 0
    assert "mail address" in whys(told)[0]


def test_who_does_not_give_links_sends_none(world: World, db: Connection, asked: list[str]) -> None:
    add_contact(world, db)
    for name in ("auditor", "foreign_officer"):
        told = ask_many(db, world.actor(db, name), SECRET_BOX, asked, "need_owner", request=new_request()).answer
        assert told["done"] == 0
    assert mails(db) == 0


@pytest.mark.parametrize(("tasks", "party", "field"), [(0, "need_owner", "tasks"), (1, "bank", "party")])
def test_what_is_wrong_for_all_is_told_at_its_field(
    world: World, db: Connection, asked: list[str], tasks: int, party: str, field: str
) -> None:
    with pytest.raises(InvalidForm) as refused:
        ask_many(db, world.actor(db, "officer"), SECRET_BOX, asked[:tasks], party, request=new_request())
    assert list(refused.value.fields) == [field]
