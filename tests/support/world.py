"""A small world that tests share: two programmes, people in every role, needs, technologies and matches.

Everything in it is made by the operations, as it would be in a real installation.
"""

from __future__ import annotations

import io
import itertools
import uuid
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import IMPORTED, changed
from casework.engine.execution.context import By
from casework.engine.state.case import Case
from casework.engine.state.events import SYSTEM_ACTOR
from casework.engine.state.register_effects import RegisterEffects
from casework.operations.auth.tokens import make_token
from casework.operations.cases.handing_over import hand_over
from casework.operations.cases.opening import open_case
from casework.operations.cases.queries import describe_whole, find_case
from casework.operations.cases.transitions import fire_transition
from casework.operations.cases.views import WholeCase
from casework.operations.catalogue import ip_rights
from casework.operations.catalogue.matches import create_match
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.national_holidays import china
from casework.operations.core.perform import home_of
from casework.operations.core.record_log import (
    TABLES,
    Change,
    Kept,
    begin_record,
    lock_records,
    new_record_log,
    write_records,
)
from casework.operations.core.register_entries import note_entries
from casework.operations.core.register_log import append
from casework.operations.documents.service import hand_in
from casework.operations.documents.storage import DocumentStore, part_for
from casework.operations.documents.uploads import receive
from casework.operations.letters.service import Written, compose_letter, send_letter
from casework.operations.messages.service import send_message
from casework.operations.people import registry
from casework.operations.people.letterheads import has_letterhead, set_letterhead
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import Log, lock_log
from casework.records.register_entries import REGISTERS, key_of, rows_as_told
from tests.support.cast import CAST, ORGANISATIONS
from tests.support.file_makers import PDF

Json = Any

#: A hash says itself how costly it is to compare: everybody of the world signs in at no cost, and no test is about theirs.
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_keys = itertools.count(1)


def today() -> date:
    """The day of both programmes, in whose zone forms are checked."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def new_request() -> Request:
    """A key that was never used."""
    return Request(f"test-{next(_keys)}-{uuid.uuid4()}", uuid.uuid4().hex)


@dataclass
class World:
    """Ids by the names that the tests use, and each person's token."""

    programmes: dict[str, str] = field(default_factory=dict)
    organisations: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    needs: list[str] = field(default_factory=list)
    technologies: list[str] = field(default_factory=list)
    rights: list[str] = field(default_factory=list)
    matches: list[str] = field(default_factory=list)
    #: Of everybody.
    password: str = "correct horse battery"

    def actor(self, db: Connection, name: str) -> Actor:
        found = find_actor(db, self.people[name])
        assert found is not None
        return found

    def add_person(self, db: Connection, name: str) -> str:
        """One more person with an account, the password of everybody and a token, and no role yet; gives the id."""
        hashed = text("SELECT password_hash FROM people WHERE id = CAST(:id AS uuid)")
        person = registry.register_person(
            db,
            email=f"{name}@example.org",
            name=name.replace("_", " ").title(),
            password_hash=db.execute(hashed, {"id": self.people["officer"]}).scalar_one(),
        )
        self.people[name], self.tokens[name] = person, new_token(db, person)
        return person

    # --- actions, for setting the scene ---

    def open_case(self, db: Connection, match: int = 0, by: str = "officer") -> str:
        """Open the case of a match; gives its number."""
        done = open_case(db, self.actor(db, by), self.matches[match], new_request())
        return str(done.answer["number"])

    def new_match(self, db: Connection) -> str:
        """One more match, of a need and a technology of its own; gives its id."""
        n = len(self.matches) + 1
        need = add_need(db, self.programmes["BJ"], f"need-{n}", self.organisations["need_owner"])
        technology = add_technology(
            db, self.programmes["BJ"], f"technology-{n}", self.organisations["technology_owner"]
        )
        self.needs.append(need)
        self.technologies.append(technology)
        self.matches.append(add_match(db, self.actor(db, "officer"), self.programmes["BJ"], need, technology))
        return self.matches[-1]

    def shared_party(self, db: Connection, name: str = "Shared Steam Works", **more: Any) -> str:
        """A party that no programme keeps, as the owner of a need of Beijing's; gives its id."""
        id = registry.register_organisation(db, name=name, country="CN", **more)
        add_need(db, self.programmes["BJ"], f"need of {id}", id)
        return id

    def new_case(self, db: Connection, by: str = "officer") -> str:
        """A case of a match of its own; gives its number."""
        self.new_match(db)
        return self.open_case(db, -1, by)

    def read_case(self, db: Connection, number: str, by: str = "officer") -> WholeCase:
        """A case as somebody reads it who sees all of it."""
        actor = self.actor(db, by)
        return describe_whole(db, actor, find_case(db, actor, number)[0])

    def main_track(self, db: Connection, number: str) -> str:
        return str(
            db.execute(
                text(
                    "SELECT t.id FROM tracks t JOIN cases c ON c.id = t.log_id AND t.workflow = 'case' WHERE c.number = :n"
                ),
                {"n": number},
            ).scalar_one()
        )

    def fire(
        self,
        db: Connection,
        by: str,
        number: str,
        transition: str,
        data: Mapping[str, Json] | None = None,
        *,
        track: str | None = None,
    ) -> Done:
        """Fire a transition of a case as it stands now."""
        chosen = track or self.main_track(db, number)
        revision = db.execute(
            text("SELECT revision FROM tracks WHERE id = CAST(:id AS uuid)"), {"id": chosen}
        ).scalar_one()
        return fire_transition(
            db,
            self.actor(db, by),
            home_of(db, number),
            "case",
            chosen,
            transition=transition,
            data=data or {},
            revision=revision,
            request=new_request(),
        )

    def hand_over(self, db: Connection, by: str, number: str, owner: str, *team: str) -> Done:
        """Give a case as it stands now to another owner and team."""
        case = load(db, home_of(db, number), "case")
        return hand_over(
            db,
            self.actor(db, by),
            number,
            owner=self.people[owner],
            team=[self.people[one] for one in team],
            note="For you.",
            revision=case.revision,
            request=new_request(),
        )

    def hot_case(self, db: Connection) -> str:
        """A case at triage on which both officers may work; gives its number."""
        number = self.new_case(db)
        self.fire(db, "officer", number, "take")
        self.hand_over(db, "officer", number, "officer", "other_officer")
        return number

    def send(self, db: Connection, number: str, referral: str, service: str) -> None:
        """Send a drafted referral to its provider."""
        provider = db.execute(
            text("SELECT provider_id FROM tracks WHERE id = CAST(:id AS uuid)"), {"id": referral}
        ).scalar_one()
        self.fire(
            db,
            "officer",
            number,
            "send",
            {
                "service": service,
                "provider": str(provider),
                "fee": "programme",
                "question": "Does it reach 180 degrees?",
                "wanted_on": (today() + timedelta(days=60)).isoformat(),
            }
            | FOR_THE_SHEET.get(service, {}),
            track=referral,
        )

    def accept(self, db: Connection, number: str, referral: str, planned_on: date | None = None) -> None:
        """The lab accepts a referral that was sent to it, free of charge; to be delivered in 30 days unless told."""
        service = db.execute(
            text("SELECT kind FROM tracks WHERE id = CAST(:id AS uuid)"), {"id": referral}
        ).scalar_one()
        self.fire(
            db,
            "provider",
            number,
            "accept",
            {
                "interest": False,
                "confidentiality": True,
                "service": service,
                "person": self.people["provider"],
                "charge": "free",
                "planned_on": (planned_on or today() + timedelta(days=30)).isoformat(),
            },
            track=referral,
        )

    def write(
        self,
        db: Connection,
        by: str,
        case: Case,
        referral: str | None = None,
        words: str = "Look.",
        *,
        tell: Iterable[str] = (),
        reply_to: str | None = None,
        documents: Iterable[str] = (),
        by_mail: bool = False,
    ) -> str:
        """Write an internal note, or in the thread of a referral; gives the message's id."""
        done = send_message(
            db,
            self.actor(db, by),
            case,
            audience="shared" if referral else "internal",
            referral=referral,
            words=words,
            mentions=[self.people[one] for one in tell],
            reply_to=reply_to,
            documents=documents,
            sure=True,
            by_mail=by_mail,
            request=new_request(),
        )
        return str(done.answer["id"])

    def hand_in(
        self,
        document_store: DocumentStore,
        number: str,
        by: str = "officer",
        *,
        title: str = "Test report",
        content: bytes = PDF,
        name: str = "report.pdf",
        kind: str = "report",
        party: str | None = None,
        referral: str | None = None,
    ) -> str:
        """Hand in a document with its file, in transactions of its own; gives the document's id."""
        with transaction(document_store.engine) as db:
            case = load(db, home_of(db, number), "case")
        with receive(io.BytesIO(content), name) as upload:
            kept = document_store.keep(case.log, part_for(party, referral), upload)
        with transaction(document_store.engine) as db:
            done = hand_in(
                db,
                self.actor(db, by),
                document_store,
                case,
                title=title,
                kind=kind,
                kept=kept,
                referral=referral,
                party=party,
                request=new_request(),
            )
        return str(done.answer["id"])

    def set_letterhead(self, db: Connection) -> None:
        """Let the programme's letters go, with its name above them and no number: without a letterhead none does."""
        if not has_letterhead(db, self.programmes["BJ"]):
            supervisor = self.actor(db, "supervisor")
            set_letterhead(db, supervisor, self.programmes["BJ"], fields={}, reason=None, request=new_request())

    def send_letter(
        self, document_store: DocumentStore, number: str, written: Written, by: str = "officer", *, sure: bool = False
    ) -> Done:
        """Compose a letter, print it and send it, in transactions of its own."""
        with transaction(document_store.engine) as db:
            self.set_letterhead(db)
            composed = compose_letter(db, self.actor(db, by), number, written)
        kept = composed.keep(document_store)
        with transaction(document_store.engine) as db:
            return send_letter(
                db, self.actor(db, by), document_store, composed, kept, request=replace(new_request(), sure=sure)
            )

    def referral(self, db: Connection, number: str, service: str) -> str:
        """The newest referral of a service in a case; gives its id."""
        return str(
            db.execute(
                text(
                    "SELECT t.id FROM tracks t JOIN cases c ON c.id = t.log_id WHERE c.number = :n AND t.workflow = 'referral'"
                    " AND t.kind = :service ORDER BY t.position DESC LIMIT 1"
                ),
                {"n": number, "service": service},
            ).scalar_one()
        )


def new_token(db: Connection, person: str) -> str:
    """A token for everything."""
    return make_token(db, person, name="test", scopes=("read", "write", "import", "admin", "decide"), lasts=None)[1]


def build_world(db: Connection) -> World:
    """Make the world, in the caller's transaction."""
    world = World()
    year = today().year
    calendar = china(range(year - 2, year + 2))
    for code, name in (("BJ", "Beijing pilot"), ("SH", "Shanghai pilot")):
        world.programmes[code] = registry.register_programme(db, code=code, name=name, name_zh=None, calendar=calendar)
    for key, (name, kind, services) in ORGANISATIONS.items():
        world.organisations[key] = registry.register_organisation(
            db,
            name=name,
            kind=kind,
            services=services,
            country="CN",
            programme=None if services else world.programmes["BJ"],
        )
    hashed = QUICK_HASHER.hash(world.password)
    for name, role, scope in CAST:
        person = registry.register_person(
            db, email=f"{name}@example.org", name=name.replace("_", " ").title(), password_hash=hashed
        )
        where = "programme" if scope in world.programmes else "organisation"
        registry.grant_role(
            db,
            person,
            role,
            programme=world.programmes[scope] if where == "programme" else None,
            organisation=world.organisations[scope] if where == "organisation" else None,
        )
        world.people[name] = person
        world.tokens[name] = new_token(db, person)
    for _ in range(2):
        world.new_match(db)
    for number in ("CN 1234567 B", "CN 7654321 B"):
        technology = world.technologies[len(world.rights)]
        done = ip_rights.record_right(
            db,
            world.actor(db, "officer"),
            programme=world.programmes["BJ"],
            technologies=[technology],
            kind="invention",
            fields={
                "office": "CNIPA",
                "number": number,
                "owner": "Nordwind Boilers",
                "status": "in_force",
                "expires_on": (today() + timedelta(days=3000)).isoformat(),
                "fee_paid_to": (today() + timedelta(days=300)).isoformat(),
                "checked_on": today().isoformat(),
            },
            confirmed=True,
            request=new_request(),
        )
        world.rights.append(str(done.answer["id"]))
    return world


def note_rows(db: Connection, *tables: str) -> None:
    """Say in the logs what stands in these tables: after a test wrote into them behind the actions."""
    for table in tables:
        if table in TABLES.values():
            note_records(db, table)
            continue
        home = REGISTERS[table].home
        rows = db.execute(
            text(f"SELECT x.{home} AS home, array_agg({key_of(table)}) AS keys FROM {table} x GROUP BY 1")
        ).all()
        for row in rows:
            note_entries(db, table, row.home, row.keys, kind="changed")


def note_records(db: Connection, table: str) -> None:
    """Bring the logs of needs or technologies after their rows, as a part of an import that brought what a test wrote."""
    noun: Kept = "need" if table == "needs" else "technology"
    for programme in db.execute(text(f"SELECT DISTINCT programme_id FROM {table} ORDER BY 1")).scalars().all():
        ids = db.execute(text(f"SELECT id FROM {table} WHERE programme_id = :programme"), {"programme": programme})
        rows = rows_as_told(db, table, ids.scalars().all())
        log = lock_log(db, programme)
        cause: RegisterEffects = {"cause": {"log": programme, "seq": log.seq + 1}}
        changes = []
        for id, standing in lock_records(db, noun, rows).items():
            if fields := changed(noun, standing.state, rows[id]):
                changes.append((standing, Change(IMPORTED, fields, {"source": "test"}, cause)))
        write_records(db, By(SYSTEM_ACTOR, None), changes)
        _note_import(db, log, len(changes))


def add_record(
    db: Connection,
    programme: str,
    noun: Kept,
    external_id: str,
    fields: Mapping[str, Any],
    *,
    source: str = "catalogue",
) -> str:
    """A need or a technology as an import leaves it, a need for everybody to read."""
    fields = {**({"publication": "public"} if noun == "need" else {}), **fields}
    # The importing operations read files and belong to tests of their own.
    log = lock_log(db, programme)
    id = str(uuid.uuid4())
    cause: RegisterEffects = {"cause": {"log": programme, "seq": log.seq + 1}}
    new = begin_record(
        noun, new_record_log(id, noun, log), source=source, external_id=external_id, fields=fields, effects=cause
    )
    write_records(db, By(SYSTEM_ACTOR, None), [new])
    _note_import(db, log, 1)
    return id


def _note_import(db: Connection, log: Log, records: int) -> None:
    if records:
        append(db, log, [log.next_event(IMPORTED, SYSTEM_ACTOR, effects={"records": records})])


def add_need(db: Connection, programme: str, external_id: str, owner: str | None) -> str:
    """A need as an import leaves it."""
    fields = {"title": f"Steam without coal, {external_id}", "status": "published"} | (
        {"owner_id": owner} if owner else {}
    )
    return add_record(db, programme, "need", external_id, fields)


def add_technology(db: Connection, programme: str, external_id: str, owner: str | None) -> str:
    """A technology as an import leaves it."""
    fields = {"title": f"Heat pump boiler, {external_id}", "website": "https://example.org"}
    return add_record(db, programme, "technology", external_id, fields | ({"owner_id": owner} if owner else {}))


def add_match(db: Connection, actor: Actor, programme: str, need: str, technology: str) -> str:
    done = create_match(
        db,
        actor,
        programme=programme,
        need=need,
        technology=technology,
        source="catalogue",
        external_id=None,
        proposed_on=today(),
        proposed_by="matching day",
        score="0.8",
        rationale="The need asks for steam at 180 degrees; the boiler gives it.",
        request=new_request(),
    )
    return str(done.answer["id"])


#: By service what its request says for the case sheet.
FOR_THE_SHEET: dict[str, dict[str, Any]] = {
    "assessment": {
        "claim": [{"parameter": "Steam temperature", "value": "180", "unit": "degC", "conditions": "full load"}]
    },
    "pledge": {
        "amount": {"amount": "2400000.00", "currency": "CNY"}, "borrower": "need_owner", "pledgor": "technology_owner",
    },
    "finance": {"amount": {"amount": "8000000.00", "currency": "CNY"}},
}  # fmt: skip


# --- forms of the way to a referral -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class WorldTemplate:
    """A database with the small world in it, which nobody connects to: copy it."""

    database: str
    _world: World

    def world(self) -> World:
        """What is in it. One of one's own: what a test does to its copy of the database it notes in its world."""
        return deepcopy(self._world)
