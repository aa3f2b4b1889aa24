"""The secret that stops mails: good for one subscription or search, with the present key and with those before."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotFound
from casework.operations.cases.saved_views import save_view
from casework.operations.core.encryption import SecretBox
from casework.operations.notifications.mail_stops import (
    FIGURES,
    ITS_SEARCHES,
    ONE_SEARCH,
    insist_known,
    stop_by_link,
    stop_path,
)
from tests.operations.oversight.test_figure_mails import ask_for, keep
from tests.support.world import World, new_request

KEYS = ("a" * 64, "b" * 64)
COUNT = text("SELECT count(*) FROM figure_mails")


def test_a_secret_stops_its_own_mails_alone_and_twice_is_once(world: World, db: Connection) -> None:
    box = SecretBox(KEYS[:1])
    ids = [ask_for(db, world, who, keep(db, world, who)) for who in ("officer", "manager")]
    secret = stop_path(box, FIGURES, ids[0]).rpartition("/")[2]
    for other in (secret[:-1], secret + "x", "", "é", stop_path(box, FIGURES, ids[1]).rpartition("/")[2]):
        with pytest.raises(NotFound):
            stop_by_link(db, box, ids[0], other)
    assert db.execute(COUNT).scalar_one() == 2
    for _ in range(2):
        stop_by_link(db, box, ids[0], secret)
    assert db.execute(text("SELECT id::text FROM figure_mails")).scalars().all() == ids[1:]


def test_a_secret_of_a_key_before_still_counts(world: World) -> None:
    subscription = "0190a000-0000-7000-8000-000000000000"
    secret = stop_path(SecretBox(KEYS[:1]), FIGURES, subscription).rpartition("/")[2]
    insist_known(SecretBox([KEYS[1], KEYS[0]]), subscription, secret)
    with pytest.raises(NotFound):
        insist_known(SecretBox(KEYS[1:]), subscription, secret)


def searches(db: Connection) -> dict[str, bool]:
    """By name whether mails of a saved search go."""
    rows = db.execute(text("SELECT name, mailed FROM saved_views ORDER BY name"))
    return {row.name: row.mailed for row in rows}


def save(db: Connection, world: World, who: str, name: str) -> str:
    """A saved search of somebody."""
    given: dict[str, Any] = {"name": name, "query": f"q={name}", "request": new_request()}
    return str(save_view(db, world.actor(db, who), "technologies", **given).answer["id"])


def test_a_secret_stops_the_mails_of_one_search_which_stays(world: World, db: Connection) -> None:
    box = SecretBox(KEYS[:1])
    one, _ = save(db, world, "officer", "heat"), save(db, world, "officer", "sludge")
    secret = stop_path(box, ONE_SEARCH, one).rpartition("/")[2]
    for _ in range(2):
        assert stop_by_link(db, box, one, secret) == ONE_SEARCH
    assert searches(db) == {"heat": False, "sludge": True}


def test_a_secret_of_one_kind_stops_nothing_of_another(world: World, db: Connection) -> None:
    box = SecretBox(KEYS[:1])
    id = save(db, world, "officer", "heat")
    known = {what: stop_path(box, what, id).rpartition("/")[2] for what in (FIGURES, ONE_SEARCH, ITS_SEARCHES)}
    assert len(set(known.values())) == 3
    for what in (FIGURES, ITS_SEARCHES):
        assert stop_by_link(db, box, id, known[what]) == what
    assert searches(db) == {"heat": True}
