"""What compares two worlds finds what it is there for: each leak that is let in here is found, and without it nothing is.

A leak is as real as can be: a policy or row security taken away, a count that takes sealed mediations in, somebody told of what
is not theirs. Each is looked for with the few addresses and forms that would show it, as `test_twins.py` looks with all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from casework.api import PREFIX
from casework.operations.core.perform import home_of
from casework.operations.deadlines import calendars
from casework.records.case_loader import load
from casework.records.database import connect_engine, transaction
from casework.records.policy_source import POLICIES
from tests.security.test_noninterference_over_time import SECRETS, Story
from tests.support.databases import DatabaseServer
from tests.support.open_policy import open_policy
from tests.support.questions import Act
from tests.support.twins import Base, Twins, copy_twice, set_base

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Base]:
    with set_base(database_server, template_database, tmp_path_factory.mktemp("leaks")) as made:
        yield made


@pytest.fixture
def twins(base: Base, database_server: DatabaseServer) -> Iterator[Twins]:
    with copy_twice(database_server, base) as made:
        yield made


@pytest.fixture
def story(base: Base, twins: Twins) -> Story:
    """A mediation is opened in the second world."""
    made = Story(twins, SECRETS["a mediation"], base.things, whole=False)
    made.step(0)
    return made


def _look(story: Story) -> None:
    """As an administrator and the officer of the case look, after the worker worked."""
    twins, here = story.twins, story.things["here"]
    twins.work()
    twins.post(["administrator", "supervisor", "officer"])
    paths = [
        "/",
        "/agenda",
        "/notifications",
        f"/cases/{here['number']}",
        f"{PREFIX}/tasks",
        "/administration/mails",
        f"{PREFIX}/mails",
    ]
    twins.read(["administrator", "officer"], lambda role: paths)


def test_a_secret_alone_is_no_leak(story: Story) -> None:
    _look(story)
    assert story.twins.leaks == []


@pytest.mark.parametrize("name", SECRETS)
def test_an_insider_learns_of_it(base: Base, twins: Twins, name: str) -> None:
    """The worlds do differ: whom the secret is told to reads of it, on pages and by mail."""
    story = Story(twins, SECRETS[name], base.things, whole=False)
    story.step(0)
    if name == "what others are told":
        # Of what is said only the digest tells, of what is asked a mail at once.
        story.step(1)
    twins.work()
    twins.read([story.secret.insider], lambda role: story.asked.lively())
    assert twins.leaks
    mailed = {"a mediation": "provider", "what others are told": "officer"}
    if name in mailed:
        twins.leaks.clear()
        twins.post([mailed[name]])
        assert twins.leaks


@dataclass(frozen=True)
class Leak:
    """What is let into the second world alone, and where it is found."""

    let_in: Callable[[Story, Connection], object]
    found: str


def _tell(story: Story, db: Connection) -> None:
    number = story.things["here"]["number"]
    story.twins.other.world.write(db, "compliance", load(db, home_of(db, number), "case"), tell=("supervisor",))


def _ask(story: Story, db: Connection) -> None:
    number, track = story.things["here"]["number"], story.things["there"]["referral"]
    story.twins.other.world.fire(db, "foreign_provider", number, "ask_info", {"items": "More papers."}, track=track)


def _later(story: Story, db: Connection) -> None:
    db.execute(text("UPDATE tasks SET due_at = due_at + interval '1 day' WHERE closed_at IS NULL"))


def _notify(story: Story, db: Connection) -> None:
    db.execute(
        text(
            "INSERT INTO notifications (id, person_id, log_id, seq, kind, about, at) "
            "SELECT gen_random_uuid(), :who, l.id, 1, 'task', '', casework_now()"
            " FROM logs l JOIN cases c ON c.id = l.id WHERE c.number = :number"
        ),
        {"who": story.twins.other.world.people["officer"], "number": story.things["here"]["number"]},
    )


LEAKS = {
    "a note": Leak(_tell, "read: officer /cases/"),
    "a mail": Leak(_ask, "mail: officer"),
    "a day": Leak(_later, "read: officer /"),
    "a notice": Leak(_notify, "read: officer /notifications"),
    "a sealed mail": Leak(
        lambda _, db: db.execute(text("UPDATE mails SET sealed = false")), "read: administrator /administration/mails"
    ),
}


@pytest.mark.parametrize("name", LEAKS)
def test_what_is_let_into_one_world_is_found(story: Story, name: str) -> None:
    story.twins.work()
    story.twins.other.do(lambda db: LEAKS[name].let_in(story, db))
    _look(story)
    assert any(one.startswith(LEAKS[name].found) for one in story.twins.leaks), story.twins.leaks


def test_a_preview_that_counts_sealed_mediations_is_found(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer to a call, of a programme whose pages are all the same."""
    path = f"{PREFIX}/programmes/{story.things['here']['programme']}/calendar/preview"
    slots = {"0": [["09:00", "12:00"]]}
    trying = [Act(path, {"calendar": {"zone": "Asia/Shanghai", "slots": slots, "holidays": [], "make_up": []}})]
    story.twins.act(["administrator"], lambda role: trying)
    assert story.twins.leaks == []
    every = (
        "(SELECT id, number, programme_id FROM cases UNION ALL SELECT m.id, h.number, "
        "m.programme_id FROM mediations m JOIN cases h ON h.id = m.case_id)"
    )
    monkeypatch.setattr(calendars, "_RUNNING", text(str(calendars._RUNNING).replace("JOIN cases c", f"JOIN {every} c")))
    story.twins.act(["administrator"], lambda role: trying)
    assert [one.partition(":")[0] for one in story.twins.leaks] == ["act"]
    assert story.twins.compared["act 200"] == 2


def test_without_policy_and_row_security_a_mediation_is_found(
    story: Story, database_server: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By looking for it, and by writing into it."""
    open_policy(monkeypatch, story.twins.one.engine)
    for twin in story.twins.both:
        owner = connect_engine(database_server.settings(str(twin.engine.url.database), Path("var")), role="owner")
        with transaction(owner) as db:
            for table in POLICIES:
                db.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
        owner.dispose()
    hidden = story.things["hidden"]["mediation"]
    story.twins.read(["foreign_officer"], lambda role: ["/mediations", f"/mediations/{hidden}", f"{PREFIX}/mediations"])
    story.twins.act(
        ["foreign_officer"],
        lambda role: [Act(f"/mediations/{hidden}/messages", {"audience": "internal", "f-words": "So."})],
    )
    places = [one.partition(" ")[2].partition(":")[0] for one in story.twins.leaks]
    assert f"foreign_officer /mediations/{hidden}" in places, story.twins.leaks
    assert any(one.startswith("act: foreign_officer POST") for one in story.twins.leaks), story.twins.leaks
