"""What the tests of row security look at: a case with its papers, a mediation, and who reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Engine, text

from casework.operations.mediations.service import open_mediation
from casework.operations.referrals.service import fire_in_referral
from casework.records.database import ENGINE
from casework.records.row_security import read_as
from tests.support.world import World, new_request, today

PAPERS = ("blobs", "compartments", "contents", "documents", "evidence", "files", "grants")
#: What a sealed mediation has, by the column that names its log.
SEALED = {
    "mediations": "id", "logs": "id", "events": "log_id", "tracks": "log_id", "tasks": "log_id", "clocks": "log_id",
    "proposals": "log_id", "consents": "log_id", "impacts": "log_id", "statements": "log_id",
    "mentions": "log_id", "outbox": "log_id", "documents": "log_id",
    "grants": "log_id", "webhook_messages": "log_id", "sealed_readings": "log_id",
}  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """A case with two documents of the office's, of which the lab was given one, and one that it handed in itself."""

    engine: Engine
    world: World
    number: str
    referral: str
    given: str
    own: str
    mediation: str
    #: How many rows each table has, and how many of these the mediation has.
    there: dict[str, int]
    sealed: dict[str, int]
    #: The tracks of the referral: its own and that of its service.
    tracks: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """One transaction on the scene, of which nothing stays."""

    db: Connection
    scene: Scene

    def seen(self, reader: str, table: str) -> int:
        """How many rows of a table the database shows to a person by name, or to the engine."""
        self.read(reader)
        return count(self.db, table)

    def sealed(self, reader: str, table: str) -> int:
        """The same of the mediation's own rows."""
        self.read(reader)
        return count(self.db, of_mediation(table, self.scene.mediation))

    def referred(self, reader: str, table: str) -> int:
        """The same of the rows of the case's referral."""
        self.read(reader)
        return count(self.db, of_referral(table, self.scene.tracks))

    def read(self, reader: str) -> None:
        read_as(self.db, self.scene.world.people.get(reader, reader))

    def change(self, statement: str) -> None:
        read_as(self.db, ENGINE)
        self.db.execute(text(statement))

    def person(self, name: str) -> str:
        return self.scene.world.people[name]


def count(db: Connection, table: str) -> int:
    return int(db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def of_mediation(table: str, mediation: str) -> str:
    return f"{table} WHERE {SEALED[table]} = '{mediation}'"


def of_referral(table: str, tracks: tuple[str, ...]) -> str:
    return f"{table} WHERE {'id' if table == 'tracks' else 'track_id'} = ANY ('{{{','.join(tracks)}}}')"


def mediate(world: World, db: Connection, number: str) -> str:
    """A sealed mediation that was sent to the lab, with a row in each table that it may have rows in."""
    opened = open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer
    mediation, track = str(opened["id"]), str(opened["track"])
    fire_in_referral(
        db,
        world.actor(db, "dispute_officer"),
        track,
        "send",
        track=None,
        revision=db.execute(text("SELECT revision FROM tracks WHERE id = :id"), {"id": track}).scalar_one(),
        data={
            "service": "mediation",
            "provider": world.organisations["lab"],
            "fee": "both",
            "wanted_on": (today() + timedelta(days=60)).isoformat(),
        },
        request=new_request(),
    )
    given = {
        "log": mediation,
        "track": track,
        "person": world.people["dispute_officer"],
        "programme": world.programmes["BJ"],
        "lab": world.organisations["lab"],
    }
    for statement in (
        "proposals (id, log_id, track_id, transition, actor_id, seq, data, task_id)"
        " VALUES (gen_random_uuid(), :log, :track, 'x', 'system', 1, '{}', gen_random_uuid())",
        "consents (id, log_id, party, given_on) VALUES (gen_random_uuid(), :log, 'need_owner', now())",
        "impacts (id, log_id, seq, recorded_at, measure, indicator, unit, level, value, from_on, to_on, evidence, position)"
        " VALUES (gen_random_uuid(), :log, 1, now(), 'water/m3', 'water', 'm3', 'claimed', '1', now(), now(), '{}', 1)",
        "statements (id, log_id, seq, recorded_at, number, verdict, issued_on, valid_until, values, position)"
        " VALUES (gen_random_uuid(), :log, 1, now(), 'S-1', 'verified', now(), now(), '[]', 1)",
        "mentions (id, programme_id, log_id, message_id, person_id, made_at)"
        " VALUES (gen_random_uuid(), :programme, :log, gen_random_uuid(), :person, now())",
        "documents (id, log_id, kind, registered_at) VALUES (gen_random_uuid(), :log, 'report', now())",
        "grants (id, log_id, track_id, document_id, consents, given_at)"
        " VALUES (gen_random_uuid(), :log, :track, gen_random_uuid(), '{}', now())",
        "party_links (id, log_id, task_id, party, organisation_id, given_by, given_at, until, language, documents,"
        " providers, code, mail, state)"
        " VALUES (:track, :log, gen_random_uuid(), 'need_owner', :lab, :person, now(), now(), 'zh', '{}', '{}', false, false, 'open')",
        "party_link_secrets (link_id, token, until) VALUES (:track, 'x', now())",
        "need_statements (id, programme_id, organisation_id, invited_by, invited_at, language, state)"
        " VALUES (:track, (SELECT programme_id FROM logs WHERE id = :log), :lab, :person, now(), 'en', 'draft')",
        "office_link_secrets (id, statement_id, token, until) VALUES (:track, :track, 'x', now())",
        "figure_facts (log_id, programme_id, sealed, seq, last_at, counted_by, facts)"
        " SELECT id, programme_id, false, 1, now(), 'x', 'null' FROM cases WHERE programme_id = :programme",
        "kept_figures (programme_id, at, looked_at, rules, events, told, followed, logs, process, ways)"
        " VALUES (:programme, now(), now(), 'x', 1, '{}', '[]', '{}', '{}', '[]')",
        "kept_figure_lines (programme_id, asked, figure, line, cases) VALUES (:programme, '', 'x', 'x', '{}')",
        "kept_figure_parts (programme_id, asked, asked_at) VALUES (:programme, '{}', now())",
        "verifications (log_id, seq, head, at, night, faults) VALUES (:log, 1, 'x', now(), now(), '[]')",
        "verified_leaves (log_id, seq, leaf) VALUES (:log, 1, '')",
        "webhook_endpoints (id, organisation_id, url, secret, made_by, made_at)"
        " VALUES (:track, :lab, 'https://receiver.example/hook', 'x', :person, now())",
        "webhook_messages (id, endpoint_id, log_id, seq, type, payload, state, made_at, send_at)"
        " VALUES (gen_random_uuid(), :track, :log, 1, 'referral.send', '{}', 'delivered', now(), now())",
        "sealed_readings (log_id, person_id, address) VALUES (:log, :person, '/mediations')",
        "notifications (id, person_id, log_id, seq, kind, about, at) VALUES (gen_random_uuid(), :person, :log, 1, 'task', '', now())",
        "follows (person_id, log_id) VALUES (:person, :log)",
        "mails (id, person_id, key, kind, sealed, made_at, send_at) VALUES (gen_random_uuid(), :person, 'x', 'task', true, now(), now())",
    ):
        db.execute(text(f"INSERT INTO {statement}"), given)
    return mediation
