"""A test takes the policy away: to the application everybody may see everything, and the database still shows it to nobody
whom it does not concern. What is looked for are the bytes of a file, its name, everything of a sealed mediation, and the referral
of another provider."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.api import PREFIX, ROUTES
from casework.operations.auth.tokens import make_token
from casework.operations.documents.storage import DocumentStore
from casework.operations.referrals import inbox
from casework.operations.tasks.queue_counts import count_queues
from casework.records.case_loader import load
from casework.records.database import connect_engine, reader_transaction, transaction
from casework.records.policy_source import POLICIES
from casework.records.row_security import read_as
from tests.security.authorization_rows import Row
from tests.security.authorization_web import TABLE
from tests.support.databases import DatabaseServer
from tests.support.file_makers import PDF
from tests.support.open_policy import open_policy
from tests.support.scene import Scene, set_scene

BYTES, NAME, MEDIATED, SAID = "Canary-bytes-8B", "Canary-name-2N", "Canary-mediated-4M", "Canary-said-1S"
#: Of another programme, of another provider, and of none.
OUTSIDERS = ("foreign_officer", "foreign_provider", "observer", "administrator")
#: What is of a document or a mediation, and where they would be listed.
PAGES = [
    row
    for row in TABLE
    if row.method == "GET"
    and any(word in row.path for word in ("document", "mediation", "<number>", "search", "/cases"))
    # The history of a case has no row security yet: it names what was filed.
    and "history" not in row.path
    and "audit" not in row.path
]
#: The same over the API.
ANSWERS = sorted(
    route.path
    for route in ROUTES
    if route.method == "GET"
    and any(word in route.path for word in ("document", "mediation", "{number}", "/cases"))
    and not any(word in route.path for word in ("events", "history", "verify", "finding", "{clock}"))
) + ["/search?q=canary"]


@pytest.fixture(scope="module")
def scene(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    with set_scene(database_server, template_database, tmp_path_factory.mktemp("second")) as made:
        engine: Engine = made.app.extensions["casework"]
        here = dict(made.things["here"])
        document_store = DocumentStore(
            engine, made.app.extensions["casework.store"], made.app.extensions["casework.secret_box"]
        )
        here["document"] = made.world.hand_in(
            document_store, here["number"], content=PDF + b"%" + BYTES.encode(), name=f"{NAME}.pdf"
        )
        with transaction(engine) as db:
            db.execute(text("UPDATE mediations SET title = :title"), {"title": MEDIATED})
            made.world.write(db, "dispute_officer", load(db, here["mediation"], "mediation"), words=SAID)
        yield replace(made, things={**made.things, "here": here})


@pytest.fixture
def without_the_policy(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the application asks its own policy, the answer is yes."""
    open_policy(monkeypatch, scene.app.extensions["casework"])


def came_out(scene: Scene, role: str) -> dict[str, set[str]]:
    """Which canaries a person finds, and on which pages."""
    found: dict[str, set[str]] = {}
    for row in PAGES:
        said = _said(scene, row, role)
        for canary in (BYTES, NAME, MEDIATED, SAID):
            if canary.encode() in said:
                found.setdefault(canary, set()).add(row.name)
    for path in ANSWERS:
        said = _told(scene, path, role)
        for canary in (BYTES, NAME, MEDIATED, SAID):
            if canary.encode() in said:
                found.setdefault(canary, set()).add(path)
    return found


def _said(scene: Scene, row: Row, role: str) -> bytes:
    answer = scene.ask(row, role, "here")
    said: bytes = answer.get_data()
    return said


def _told(scene: Scene, path: str, role: str) -> bytes:
    """What the API answers."""
    with transaction(scene.app.extensions["casework"]) as db:
        _, secret = make_token(db, scene.world.people[role], name="canaries", scopes=("read",))
    answer = scene.app.test_client().get(
        PREFIX + path.format(**scene.things["here"]), headers={"Authorization": f"Bearer {secret}"}
    )
    said: bytes = answer.get_data()
    return said


#: Where a provider's people find referrals; the number is one of a case in which they have one themselves.
LISTS = ("/", "/search?q={number}", "/cases/{number}", f"{PREFIX}/referrals", f"{PREFIX}/cases/{{number}}")


def referred(scene: Scene, role: str) -> tuple[set[str], int]:
    """Where a person finds the referral of the lab, and how many offers the person's inbox counts."""
    here, engine = scene.things["here"], scene.app.extensions["casework"]
    with transaction(engine) as db:
        _, secret = make_token(db, scene.world.people[role], name="referrals", scopes=("read",))
        actor = scene.world.actor(db, role)
    found = set()
    for path in LISTS:
        address = path.format(**here)
        if path.startswith(PREFIX):
            answer = scene.app.test_client().get(address, headers={"Authorization": f"Bearer {secret}"})
        else:
            answer = scene.browsers[role].get(address)
        if here["referral"].encode() in answer.get_data():
            found.add(path)
    with reader_transaction(engine) as db:
        read_as(db, scene.world.people[role])
        return found, inbox.count_inbox(db, actor)["offers"]


def queued(scene: Scene, role: str) -> int:
    """How many tasks wait in the queue of the lab for a person whom the application takes for one of the lab's."""
    with reader_transaction(scene.app.extensions["casework"]) as db:
        read_as(db, scene.world.people[role])
        return sum(queue.count for queue in count_queues(db, scene.world.actor(db, "provider")))


@pytest.mark.parametrize("role", ["foreign_provider", "verifier"])
def test_without_the_policy_another_providers_referral_is_nowhere(
    scene: Scene, without_the_policy: None, role: str
) -> None:
    # The bank's own referral in the same case is counted; the inspectors have none.
    assert referred(scene, role) == (set(), int(role == "foreign_provider"))


@pytest.mark.parametrize(("role", "waiting"), [("provider", 1), ("foreign_provider", 0), ("verifier", 0)])
def test_the_queue_of_another_provider_is_empty(scene: Scene, role: str, waiting: int) -> None:
    assert queued(scene, role) == waiting


@pytest.mark.parametrize("role", OUTSIDERS)
def test_without_the_policy_row_security_holds(scene: Scene, without_the_policy: None, role: str) -> None:
    assert came_out(scene, role) == {}


def test_whom_it_concerns_still_finds_it(scene: Scene) -> None:
    assert set(came_out(scene, "officer")) == {BYTES, NAME}
    assert set(came_out(scene, "dispute_officer")) == {MEDIATED, SAID}


def test_without_policy_and_row_security_everything_comes_out(
    scene: Scene, without_the_policy: None, database_server: DatabaseServer
) -> None:
    # The last test of these: what it takes down stays down.
    name = str(scene.app.extensions["casework"].url.database)
    owner = connect_engine(database_server.settings(name, Path("var")), role="owner")
    with transaction(owner) as db:
        for table in POLICIES:
            db.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))
    owner.dispose()
    assert set(came_out(scene, "foreign_officer")) == {BYTES, NAME, MEDIATED, SAID}
    assert referred(scene, "foreign_provider") == (set(LISTS), 2)
    assert queued(scene, "foreign_provider") == 1
