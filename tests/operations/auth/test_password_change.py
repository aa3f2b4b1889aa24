"""A password of one's own: changed by a session that knows it, or set by a link that works once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotAllowed, NotFound, WrongPassword
from casework.operations.auth.password_change import (
    LINK,
    MOST_AN_HOUR,
    PAGE,
    ask_reset,
    change_password,
    end_links,
    make_link,
    show_link,
    use_link,
    write_link,
)
from casework.operations.auth.passwords import insist_own_password
from casework.operations.core.encryption import SecretBox
from tests.support.world import World

GOOD = "seven lazy herons wade"
BOX = SecretBox(["a secret key of the tests, long enough"])


def link_for(db: Connection, world: World, who: str) -> str:
    """The secret of a new link that sets somebody's password."""
    return make_link(db, BOX, world.people[who], by=None, mailed=False).removeprefix(PAGE)


def mails(db: Connection) -> list[str]:
    """The mails that bear links."""
    return [str(id) for id in db.execute(text("SELECT id FROM mails WHERE kind = :kind"), {"kind": LINK}).scalars()]


def test_a_link_sets_the_password_of_its_person_once(world: World, db: Connection) -> None:
    secret = link_for(db, world, "officer")
    opened = show_link(db, secret)
    assert (opened.email, opened.name, opened.first) == ("officer@example.org", "Officer", False)
    use_link(db, secret, GOOD)
    insist_own_password(db, world.actor(db, "officer"), GOOD)
    insist_own_password(db, world.actor(db, "supervisor"), world.password)
    with pytest.raises(NotFound):
        show_link(db, secret)
    with pytest.raises(NotFound):
        use_link(db, secret, GOOD)


def test_a_new_link_ends_those_of_the_same_person_before_it(world: World, db: Connection) -> None:
    first, other = link_for(db, world, "officer"), link_for(db, world, "supervisor")
    second = link_for(db, world, "officer")
    with pytest.raises(NotFound):
        show_link(db, first)
    assert [show_link(db, secret).email for secret in (second, other)] == [
        "officer@example.org",
        "supervisor@example.org",
    ]


def test_nobody_is_mailed_more_links_within_an_hour_than_there_may_be(world: World, db: Connection) -> None:
    ask_reset(db, BOX, "nobody@example.org")
    assert mails(db) == []
    for _ in range(MOST_AN_HOUR + 1):
        ask_reset(db, BOX, "OFFICER@example.org")
    assert len(mails(db)) == MOST_AN_HOUR


def test_a_mail_says_its_link_as_long_as_that_can_be_used(world: World, db: Connection) -> None:
    ask_reset(db, BOX, "officer@example.org")
    (mail,) = mails(db)
    said = write_link(db, mail, BOX)
    assert said is not None
    assert (said.address, said.first) == ("officer@example.org", False)
    assert show_link(db, said.path.removeprefix(PAGE)).email == "officer@example.org"
    # It is made again from its id: with another key it would be another one.
    assert write_link(db, mail, SecretBox(["another key of the tests, long enough"])) is None
    end_links(db, world.people["officer"])
    assert write_link(db, mail, BOX) is None


def test_a_session_changes_a_password_that_it_knows_and_a_token_changes_none(world: World, db: Connection) -> None:
    officer, secret = world.actor(db, "officer"), link_for(db, world, "officer")
    with pytest.raises(NotAllowed):
        change_password(db, officer, present=world.password, password=GOOD)
    of_session = replace(officer, proved=timedelta(0))
    with pytest.raises(WrongPassword):
        change_password(db, of_session, present="not this one at all", password=GOOD)
    assert show_link(db, secret).email == "officer@example.org"
    change_password(db, of_session, present=world.password, password=GOOD)
    insist_own_password(db, officer, GOOD)
    with pytest.raises(NotFound):
        show_link(db, secret)
