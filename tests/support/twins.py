"""Two worlds that differ in a secret alone, and all that an outsider can do in both, compared byte by byte.

One world is built and copied, database and all, so that ids, times and sessions are equal. From then on everything that is no
secret is done in both: requests with the same keys, the clock, the worker's jobs, and mails through a real mail server. What is
drawn by lot in each world, as ids are, may differ in name alone: the same one stands wherever the other one stands.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import time_machine
from flask import Flask
from psycopg import sql
from sqlalchemy import Connection, Engine, text
from werkzeug.test import TestResponse

from casework.api import PREFIX
from casework.definitions import load_library
from casework.jobs.dispatcher import dispatch
from casework.jobs.job_app import make_app
from casework.jobs.job_registry import Hands
from casework.jobs.queue import CLOCKS, OTHERS
from casework.operations.auth.tokens import make_token
from casework.operations.integrations.webhook_signatures import new_secret
from casework.operations.people.registry import grant_role, register_organisation, register_person
from casework.operations.tasks.service import add_item
from casework.operations.verification.sequencer import sequence
from casework.records.database import transaction
from casework.settings import Settings
from casework.web.app import create_app
from tests.support.answers import Names, first_difference, plainly, told, written
from tests.support.databases import DatabaseServer
from tests.support.mailbox import Mailbox, mail_server, mailing
from tests.support.papers import words_of
from tests.support.questions import Act
from tests.support.scene import Scene, Things, set_scene
from tests.support.signed_worlds import log_of_its_own, of_the_tree, proven, sign_alike, tiles_of
from tests.support.web_client import Browser
from tests.support.world import World, new_request

Json = Any


#: One person's mails go one after the other: hands that find the next one locked leave it to the next round.
_WAITING = text(
    "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
)


@dataclass
class Twin:
    """One of two worlds: its application, a browser for each role, and the mails that left it."""

    app: Flask
    world: World
    browsers: Mapping[str, Browser]
    box: Mailbox
    settings: Settings
    #: As the owner of the database.
    url: str
    #: Of each role, what its forms have to show, and the API's token where the first one was ended.
    tokens: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def engine(self) -> Engine:
        engine: Engine = self.app.extensions["casework"]
        return engine

    def do(self, action: Callable[[Connection], Json]) -> Json:
        with transaction(self.engine) as db:
            return action(db)

    def open(self, role: str, path: str) -> TestResponse:
        return self.browsers[role].get(path, headers=self._token(role) if path.startswith(PREFIX) else {})

    def _token(self, role: str) -> dict[str, str]:
        return (
            {} if role == "anonymous" else {"Authorization": f"Bearer {self.keys.get(role, self.world.tokens[role])}"}
        )

    def send(self, role: str, act: Act, key: str, revision: str) -> TestResponse:
        flask = self.browsers[role].flask
        if not act.path.startswith(PREFIX):
            return flask.post(act.path, data={"csrf_token": self.tokens[role], "key": key, **act.body})
        head = self._token(role) | {"Idempotency-Key": key}
        return flask.post(act.path, json=act.body, headers=head | ({"If-Match": f'"{revision}"'} if revision else {}))

    def enter(self, role: str) -> None:
        """Sign in and take a token, unless one has them; what forms have to show is read from a page."""
        browser = self.browsers[role]
        page = browser.get("/sign-in" if role == "anonymous" else "/account")
        if page.status_code != 200:
            browser.sign_in(f"{role}@example.org", self.world.password)
            page = browser.get("/account")
        assert page.status_code == 200, f"{role} is not let in"
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        self.tokens[role] = found[1] if found else ""
        if role != "anonymous" and self.open(role, f"{PREFIX}/me").status_code == 401:
            scopes, person = ("read", "write", "import", "admin", "decide"), self.world.people[role]
            self.keys[role] = self.do(lambda db: make_token(db, person, name="again", scopes=scopes)[1])

    def work(self) -> None:
        """What a worker does until nothing is due: its dispatcher, and its hands for every job."""
        while dispatch(self.engine, mailing=True) or self.do(lambda db: db.execute(_WAITING).scalar_one()):
            asyncio.run(self._work())
        with psycopg.connect(self.url) as db:
            # The queue lives by the server's own clock, and the two worlds work one after the other.
            db.execute("UPDATE procrastinate_jobs SET scheduled_at = '2100-01-01' WHERE scheduled_at IS NOT NULL")

    async def _work(self) -> None:
        hands = Hands(self.engine, self.settings)
        async with make_app(self.settings).open_async() as queue:
            await queue.run_worker_async(
                queues=[CLOCKS, OTHERS],
                concurrency=1,
                wait=False,
                listen_notify=False,
                install_signal_handlers=False,
                delete_jobs="always",
                additional_context={"hands": hands},
            )


@dataclass
class Twins:
    """Both worlds: the first one without the secret, the second one with it."""

    one: Twin
    other: Twin
    moment: datetime
    #: What is different, and where.
    leaks: list[str] = field(default_factory=list)
    #: How much was compared, and what was answered: by kind of round and status.
    compared: Counter[str] = field(default_factory=Counter)
    names: Names = field(default_factory=Names)
    #: How many mails of each world were compared already.
    posted: tuple[int, int] = (0, 0)
    _keys: int = 0

    @property
    def both(self) -> tuple[Twin, Twin]:
        return self.one, self.other

    def compare(self, what: str, one: str, other: str) -> None:
        if not self.names.same(one, other):
            self.leaks.append(f"{what}: {first_difference(one, other)}")

    def pass_time(self, **more: float) -> None:
        """In both it is the same moment from now on, so that nothing differs by what has passed meanwhile."""
        self.moment += timedelta(**more)
        for twin in self.both:
            with psycopg.connect(twin.url) as db:
                db.execute(
                    sql.SQL(
                        "CREATE OR REPLACE FUNCTION casework_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS {}"
                    ).format(f"SELECT timestamptz '{self.moment.isoformat()}'")
                )

    @contextmanager
    def now(self) -> Iterator[None]:
        """The pages' own clock stands where the database's stands."""
        with time_machine.travel(self.moment, tick=False):
            yield

    def read(self, roles: Sequence[str], paths: Callable[[str], Sequence[str]], round: str = "read") -> None:
        """Open addresses in both worlds, as each of these roles."""
        with self.now():
            for role in roles:
                for twin in self.both:
                    twin.enter(role)
                for path in paths(role):
                    answers = self.one.open(role, path), self.other.open(role, path)
                    assert role == "anonymous" or answers[0].status_code != 401, f"{role} {path}: not let in"
                    self.compared[f"{round} {answers[0].status_code}"] += 1
                    self.compare(f"{round}: {role} {path}", *(_told(answer) for answer in answers))

    def act(self, roles: Sequence[str], acts: Callable[[str], Sequence[Act]], round: str = "act") -> None:
        """Send forms and calls in both worlds, as each of these roles, with the same keys."""
        with self.now():
            for role in roles:
                for twin in self.both:
                    twin.enter(role)
                for act in acts(role):
                    self._send(role, act, round)

    def _send(self, role: str, act: Act, round: str) -> None:
        self._keys += 1
        key, revision = f"the-key-of-both-{self._keys:08}", self._revision(act)
        answers = [twin.send(role, act, key, revision) for twin in self.both]
        assert act.leaves or b"belongs to another session" not in answers[0].data, (
            f"{role} {act.path}: the form was not taken"
        )
        self.compared[f"{round} {answers[0].status_code}"] += 1
        self.compare(f"{round}: {role} POST {act.path} {act.body}", *(_told(answer) for answer in answers))

    def _revision(self, act: Act) -> str:
        if act.if_match in ("", "stale"):
            return act.if_match and "99999"
        found = text("SELECT revision FROM tracks WHERE id = CAST(:id AS uuid)")
        return str(self.one.do(lambda db: db.execute(found, {"id": act.if_match}).scalar()) or 1)

    def work(self) -> None:
        for twin in self.both:
            twin.work()

    def sign(self) -> None:
        """What happened in both is signed and published: as much in each, which is all that the tree's size may say."""
        sign_alike({twin.url: twin.settings for twin in self.both}, [twin.url for twin in self.both])

    def published(self) -> list[str]:
        """The addresses at which the tree is published."""
        said = self.one.browsers["anonymous"].get("/log/checkpoint").text
        return ["/log/checkpoint", "/log/cosigned", "/log/handover", *tiles_of(int(said.split("\n")[1]))]

    def post(self, roles: Sequence[str], round: str = "mail") -> None:
        """Compare the mails that have left since, to each of these roles, and what the lab's system is owed."""
        new = [twin.box.taken[seen:] for twin, seen in zip(self.both, self.posted, strict=True)]
        self.posted = len(self.one.box.taken), len(self.other.box.taken)
        for role in roles:
            # Two that are due at one moment may leave in either order.
            mailed = [
                sorted(
                    (written(one) for one in mails if parseaddr(str(one["To"]))[1] == f"{role}@example.org"),
                    key=plainly,
                )
                for mails in new
            ]
            self.compared[round] += len(mailed[0])
            self.compare(f"{round}: {role}", "\n".join(mailed[0]), "\n".join(mailed[1]))

    def hooks(self, organisation: str, round: str = "hooks") -> None:
        """Compare what the systems of an organisation are told."""
        owed = [twin.do(lambda db: _owed(db, organisation)) for twin in self.both]
        self.compared[round] += len(owed[0])
        self.compare(f"{round}: {organisation}", "\n".join(owed[0]), "\n".join(owed[1]))


def _told(answer: TestResponse) -> str:
    """All that an answer tells, but for what is new each time, and what is chance of the tree."""
    path = answer.request.path
    if path.startswith("/log/tile/"):
        return f"{answer.status} {len(answer.data)}"
    if answer.data[:4] == b"%PDF" and of_the_tree(path):
        return f"{answer.status} {proven(words_of(answer.data))}"
    proof = answer.data[:2] == b"PK" and b"proof.json" in answer.data
    return proven(told(answer)) if proof or of_the_tree(path) else told(answer)


_OWED = text("""
    SELECT m.type, m.payload, m.state, m.send_at FROM webhook_messages m JOIN webhook_endpoints e ON e.id = m.endpoint_id
    WHERE e.organisation_id = CAST(:id AS uuid) ORDER BY m.made_at, m.id
""")


def _owed(db: Connection, organisation: str) -> list[str]:
    return [str(tuple(row)) for row in db.execute(_OWED, {"id": organisation})]


# --- making them ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Base:
    """The world that both are copies of."""

    scene: Scene
    things: Things
    database: str
    var: Path
    ids: Sequence[str]


@contextmanager
def set_base(server: DatabaseServer, template: str, var: Path) -> Iterator[Base]:
    with set_scene(server, template, var) as scene:
        engine: Engine = scene.app.extensions["casework"]
        with transaction(engine) as db:
            world = scene.world
            world.organisations["other"] = register_organisation(
                db, name="Tianjin Second House", kind="provider", services=("assessment",)
            )
            # Whoever leads a mediation when its dispute officer leaves.
            world.people["second_dispute_officer"] = second = register_person(
                db, email="second@example.org", name="Second"
            )
            grant_role(db, second, "dispute_officer", programme=world.programmes["BJ"])
            things = _more_things(scene, db)
            # Whoever retries the job that fails waits a minute for the next try, which nobody does here.
            db.execute(text("UPDATE procrastinate_jobs SET args = args || '{\"tries\": 9}'"))
            secret_box = scene.app.extensions["casework.secret_box"]
            for hook in db.execute(text("SELECT id FROM webhook_endpoints")).scalars().all():
                db.execute(
                    text("UPDATE webhook_endpoints SET secret = :secret WHERE id = :id"),
                    {"secret": secret_box.seal(new_secret(), hook), "id": hook},
                )
        database = str(engine.url.database)
        sequence(engine, server.settings(database, var))
        engine.dispose()
        with psycopg.connect(server.url(database)) as owner:
            columns = owner.execute(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'uuid'"
            ).fetchall()
            asked = [
                sql.SQL("SELECT {}::text FROM {}").format(sql.Identifier(column), sql.Identifier(table))
                for table, column in columns
            ]
            ids = [one for (one,) in owner.execute(sql.SQL(" UNION ").join(asked)).fetchall() if one]
        yield Base(scene, things, database, var, ids)


def _more_things(scene: Scene, db: Connection) -> Things:
    """The things of the pages, under the names that the API has for them too; what is hidden is absent as yet."""
    case, world, here = load_library().latest("case"), scene.world, scene.things["here"]
    assert case is not None
    add_item(db, world.actor(db, "officer"), here["step_task"], words="Ask the owner", request=new_request())
    found = text("SELECT jsonb_object_keys(items) FROM tasks WHERE id = CAST(:id AS uuid)")
    clock = text(
        "SELECT k.id FROM clocks k JOIN cases c ON c.id = k.log_id WHERE c.number = :number ORDER BY k.id LIMIT 1"
    )
    more = {
        "need": world.needs[0],
        "technology": world.technologies[0],
        "right": world.rights[0],
        "fingerprint": case.fingerprint,
        "name": "case",
        "notification": str(uuid4()),
        "mention": str(uuid4()),
        "token": str(uuid4()),
        "session": "0" * 64,
        "item": str(db.execute(found, {"id": here["step_task"]}).scalars().first()),
        "clock": str(db.execute(clock, {"number": here["number"]}).scalar_one()),
        "spare_number": world.new_case(db),
        "referral_send": "send",
    }
    again = {
        "role_request": "role",
        "unsealing": "opening",
        "ended_unsealing": "ended_opening",
        "endpoint": "hook",
        "lab": "organisation",
        "away": "officer",
    }
    filled = {
        where: {**more, **some} | {new: some[old] for new, old in again.items()} for where, some in scene.things.items()
    }
    absent = {name: str(uuid4()) for name in more} | {
        "name": "case",
        "referral_send": "send",
        "spare_number": "BJ-2099-0001",
    }
    return {"here": filled["here"], "there": filled["there"], "hidden": filled["absent"] | absent}


@contextmanager
def copy_twice(server: DatabaseServer, base: Base) -> Iterator[Twins]:
    """Both worlds, alike to the last byte, at a moment that has just passed."""
    with ExitStack() as stack:
        one, other = (_copy(server, base, stack) for _ in range(2))
        with psycopg.connect(one.url) as db:
            (moment,) = db.execute("SELECT date_trunc('minute', casework_now()) + interval '2 minutes'").fetchone() or (
                None,
            )
        assert moment is not None
        twins = Twins(one, other, moment)
        twins.names.know(base.ids)
        twins.pass_time()
        yield twins


def _copy(server: DatabaseServer, base: Base, stack: ExitStack) -> Twin:
    name = server.create(base.database)
    stack.callback(server.drop, name)
    box = stack.enter_context(mail_server())
    settings = mailing(log_of_its_own(server.settings(name, base.var), name), box.port, base_url="http://localhost")
    app = create_app(settings)
    stack.callback(app.extensions["casework"].dispose)
    browsers = {}
    for role, before in base.scene.browsers.items():
        browsers[role] = Browser(app.test_client())
        for cookie in (before.flask._cookies or {}).values():  # the jar of a test client is not public
            browsers[role].flask.set_cookie(cookie.key, cookie.value, path=cookie.path)
    return Twin(app, base.scene.world, browsers, box, settings, server.owner_url(name))
