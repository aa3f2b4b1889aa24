"""News of the catalogue: each person once until it is read, by mail as the person wants it, and whoever is not there is not told."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.engine.analysis.notification_rules import CATALOGUE
from casework.operations.core.notification_preferences import NONE, NOW, set_telling
from casework.operations.notifications.catalogue_news import SEARCH, tell
from casework.operations.notifications.queries import list_notifications, mark_read
from casework.records.actors import find_actor
from tests.support.world import World

ABOUT = "00000000-0000-7000-8000-0000000000aa"


def news(world: World, db: Connection, *people: str) -> list[str | None]:
    """Tells people, and gives of each mail its kind, none where there is no mail."""
    whom = [(world.people[name], ABOUT) for name in people]
    tell(db, world.programmes["BJ"], whom, SEARCH, mailing=True)
    query = "SELECT m.kind FROM notifications n LEFT JOIN mails m ON m.id = n.mail_id WHERE n.kind = 'catalogue' ORDER BY n.id"
    return list(db.execute(text(query)).scalars())


def test_one_is_told_once_until_it_is_read(world: World, db: Connection) -> None:
    assert news(world, db, "officer") == ["digest"]
    assert news(world, db, "officer") == ["digest"]
    officer = world.actor(db, "officer")
    (told,) = [one for one in list_notifications(db, officer).items if one.kind == CATALOGUE]
    assert (told.catalogue, told.words, told.account) == (ABOUT, SEARCH, False)
    mark_read(db, officer, told.id)
    assert news(world, db, "officer") == ["digest", "digest"]


def test_each_is_told_as_that_person_wants_it(world: World, db: Connection) -> None:
    set_telling(db, world.actor(db, "officer"), {CATALOGUE: NOW}, quiet=False)
    set_telling(db, world.actor(db, "supervisor"), {CATALOGUE: NONE}, quiet=False)
    assert sorted(map(str, news(world, db, "officer", "supervisor", "other_officer"))) == [
        "None",
        "catalogue",
        "digest",
    ]


def test_whoever_has_left_is_told_nothing(world: World, db: Connection) -> None:
    db.execute(text("UPDATE people SET active = false WHERE id = CAST(:id AS uuid)"), {"id": world.people["officer"]})
    assert find_actor(db, world.people["officer"]) is None
    assert news(world, db, "officer") == []
