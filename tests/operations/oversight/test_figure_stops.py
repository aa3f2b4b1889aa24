"""The secret that stops mails of figures: good for one subscription, with the present key and with those before."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotFound
from casework.operations.core.encryption import SecretBox
from casework.operations.oversight.figure_stops import insist_known, stop_by_link, stop_path
from tests.operations.oversight.test_figure_mails import ask_for, keep
from tests.support.world import World

KEYS = ("a" * 64, "b" * 64)
COUNT = text("SELECT count(*) FROM figure_mails")


def test_a_secret_stops_its_own_mails_alone_and_twice_is_once(world: World, db: Connection) -> None:
    box = SecretBox(KEYS[:1])
    ids = [ask_for(db, world, who, keep(db, world, who)) for who in ("officer", "manager")]
    secret = stop_path(box, ids[0]).rpartition("/")[2]
    for other in (secret[:-1], secret + "x", "", "é", stop_path(box, ids[1]).rpartition("/")[2]):
        with pytest.raises(NotFound):
            stop_by_link(db, box, ids[0], other)
    assert db.execute(COUNT).scalar_one() == 2
    for _ in range(2):
        stop_by_link(db, box, ids[0], secret)
    assert db.execute(text("SELECT id::text FROM figure_mails")).scalars().all() == ids[1:]


def test_a_secret_of_a_key_before_still_counts(world: World) -> None:
    subscription = "0190a000-0000-7000-8000-000000000000"
    secret = stop_path(SecretBox(KEYS[:1]), subscription).rpartition("/")[2]
    insist_known(SecretBox([KEYS[1], KEYS[0]]), subscription, secret)
    with pytest.raises(NotFound):
        insist_known(SecretBox(KEYS[1:]), subscription, secret)
