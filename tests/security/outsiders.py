"""What outsiders must not learn: a word planted in everything that is secret, and the ids of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from uuid import uuid4

from sqlalchemy import Connection, Engine, text

from casework.definitions import load_library
from casework.operations.audit.findings import raise_finding
from casework.operations.core.encryption import SecretBox
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.integrations.service_accounts import create_service_account
from casework.operations.integrations.webhooks import create_endpoint
from casework.operations.mediations.unsealing import ask_unsealing
from casework.operations.people.invitations import Scope, invite
from casework.operations.referrals.service import fire_in_referral
from casework.operations.tasks.service import claim_task
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.file_makers import PDF
from tests.support.scene import Scene
from tests.support.world import World, new_request, today

Things = Mapping[str, str]


@dataclass
class Secret:
    """What somebody must not learn: words that stand nowhere else, and ids."""

    words: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)

    def word(self, what: str) -> str:
        self.words.add(f"Canary-{what}")
        return f"Canary-{what}"


@dataclass
class Stage:
    """The scene with a word planted in everything that is secret."""

    scene: Scene
    engine: Engine
    #: Of the mediation; within the office; of the case itself; between the office and the lab; the lab's own; who is to work for it.
    secrets: dict[str, Secret]
    #: Of here and of nowhere, by the names that the tables of the pages and of the API have for them.
    things: dict[str, Things]
    #: A case of the same age without a mediation.
    bare: str

    @property
    def world(self) -> World:
        return self.scene.world


#: What is secret.
EVERYTHING = ("sealed", "office", "case", "shared", "lab", "people")


def plant(scene: Scene, engine: Engine) -> dict[str, Secret]:
    """Say something secret wherever something can be said; nobody says it elsewhere."""
    world, here = scene.world, scene.things["here"]
    secret_box: SecretBox = scene.app.extensions["casework.secret_box"]
    secrets = {name: Secret() for name in EVERYTHING}
    sealed, office, shared, lab, people = (secrets[name] for name in ("sealed", "office", "shared", "lab", "people"))
    with transaction(engine) as db:
        log, number, referral = here["mediation"], here["number"], here["referral"]
        _mediate(world, db, log, here["mediation_track"], sealed)
        case = load(db, home_of(db, number), "case")
        office.ids.add(world.write(db, "officer", case, words=office.word("office-note"), tell=("supervisor",)))
        by = world.actor(db, "auditor")
        office.ids.add(
            str(
                raise_finding(db, by, number, event=1, words=office.word("finding"), request=new_request()).answer["id"]
            )
        )
        asked = world.write(db, "officer", case, referral, shared.word("question"), tell=("provider",))
        reply = world.write(db, "provider", load(db, case.log, "case"), referral, shared.word("answer"), reply_to=asked)
        shared.ids |= {asked, reply}
        world.fire(db, "provider", number, "ask_info", {"items": shared.word("form")}, track=referral)
        world.fire(db, "officer", number, "supply_info", {"answer": shared.word("reply")}, track=referral)
        lead, organisation = world.actor(db, "provider_lead"), world.organisations["lab"]
        hook = f"https://receiver.example/{lab.word('hook')}"
        made = create_endpoint(
            db, lead, secret_box, organisation=organisation, url=hook, inside=(), request=new_request()
        )
        lab.ids.add(str(made.answer["id"]))
        made = create_service_account(
            db,
            lead,
            organisation=organisation,
            name=people.word("account"),
            scopes=["referrals.read"],
            days=30,
            request=new_request(),
        )
        people.ids.add(str(made.answer["id"]))
        made = invite(
            db,
            lead,
            secret_box,
            scope=Scope(organisation=organisation),
            email="canary@example.org",
            name=people.word("guest"),
            roles=["provider"],
            request=new_request(),
        )
        people.ids.add(str(made.answer["id"]))
        # Or whoever takes the next task takes it in the walk.
        claim_task(db, world.actor(db, "foreign_provider"), scene.things["there"]["referral_task"], new_request())
        secrets["case"].words.add(
            str(db.execute(text("SELECT title FROM cases WHERE number = :n"), {"n": number}).scalar_one())
        )
    document_store = DocumentStore(engine, scene.app.extensions["casework.store"], secret_box)
    content = PDF + b"%" + office.word("bytes").encode()
    office.ids.add(
        world.hand_in(
            document_store, number, title=office.word("title"), name=f"{office.word('file')}.pdf", content=content
        )
    )
    return secrets


def _mediate(world: World, db: Connection, log: str, track: str, sealed: Secret) -> None:
    """The mediation is sent to the lab, talked about and nearly unsealed."""
    by = world.actor(db, "dispute_officer")
    revision = db.execute(text("SELECT revision FROM tracks WHERE id = CAST(:id AS uuid)"), {"id": track}).scalar_one()
    fire_in_referral(
        db,
        by,
        track,
        "send",
        track=None,
        revision=revision,
        request=new_request(),
        data={
            "service": "mediation",
            "provider": world.organisations["lab"],
            "fee": "both",
            "wanted_on": today().replace(year=today().year + 1, day=1).isoformat(),
        },
    )
    world.write(db, "dispute_officer", load(db, log, "mediation"), words=sealed.word("sealed-note"))
    world.write(db, "dispute_officer", load(db, log, "mediation"), track, sealed.word("thread"), tell=("provider",))
    ask_unsealing(
        db,
        by,
        log,
        reader=world.people["manager"],
        decider=world.people["second_compliance"],
        days=1,
        reason=sealed.word("unsealing"),
        request=new_request(),
    )


def gather_ids(db: Connection, here: Things, secrets: Mapping[str, Secret]) -> None:
    """Every id of the sealed log, of the lab's referral, and of what is the lab's own."""
    secrets["sealed"].ids |= {
        here["mediation"],
        here["opening"],
        here["ended_opening"],
        here["mediation_track"],
        here["sealed"],
    }
    for table in ("tracks", "tasks", "clocks", "openings"):
        found = db.execute(
            text(f"SELECT id::text FROM {table} WHERE log_id = CAST(:log AS uuid)"), {"log": here["mediation"]}
        )
        secrets["sealed"].ids |= set(found.scalars())
    secrets["shared"].ids |= {here["referral"], here["referral_task"], here["shared"], here["objection"]}
    secrets["office"].ids |= {here["note"], here["document"], here["finding"]}
    secrets["case"].ids |= {here["track"], here["task"]}
    secrets["lab"].ids |= {here["hook"], here["hook_message"]}
    secrets["people"].ids |= {here["account"], here["invitation"]}
    assert all(one.words for one in secrets.values())


def of_the_api(db: Connection, scene: Scene) -> dict[str, dict[str, str]]:
    """The things that the table of the API alone asks for."""
    world, here = scene.world, scene.things["here"]

    def one(statement: str) -> str:
        return str(db.execute(text(statement), {"n": here["number"], "p": world.people["officer"]}).scalar_one())

    within = "JOIN cases c ON c.id = x.log_id WHERE c.number = :n"
    edition = load_library().latest("case")
    assert edition is not None
    found = {
        "mention": one(f"SELECT x.id FROM mentions x {within} ORDER BY x.id LIMIT 1"),
        "clock": one(f"SELECT x.id FROM clocks x {within} ORDER BY x.id LIMIT 1"),
        "need": one("SELECT m.need_id FROM matches m JOIN cases c ON c.match_id = m.id WHERE c.number = :n"),
        "technology": one(
            "SELECT m.technology_id FROM matches m JOIN cases c ON c.match_id = m.id WHERE c.number = :n"
        ),
        "token": one("SELECT id FROM tokens WHERE person_id = CAST(:p AS uuid) ORDER BY id LIMIT 1"),
        "session": one(
            "SELECT encode(hash, 'hex') FROM sessions WHERE person_id = CAST(:p AS uuid) ORDER BY hash LIMIT 1"
        ),
        "right": world.rights[0],
    }
    same = {
        "item": str(uuid4()),
        "notification": str(uuid4()),
        "name": "case",
        "fingerprint": edition.fingerprint,
        "referral_send": "send",
        "spare_number": scene.things["there"]["number"],
    }
    names = {
        "role_request": "role",
        "endpoint": "hook",
        "unsealing": "opening",
        "ended_unsealing": "ended_opening",
        "lab": "organisation",
        "away": "officer",
    }
    return {
        "here": found | same | {name: here[other] for name, other in names.items()},
        "absent": {name: str(uuid4()) for name in found}
        | same
        | {name: scene.things["absent"][other] for name, other in names.items()}
        | {"session": "0" * 64},
    }


def words_in(data: bytes) -> str:
    """All that bytes say, also within sheets and archives."""
    parts = [data]
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            parts += [part for name in file.namelist() for part in (name.encode(), file.read(name))]
    return unescape("\n".join(part.decode("utf-8", "replace") for part in parts))
