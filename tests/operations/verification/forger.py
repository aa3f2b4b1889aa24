"""What somebody with all power over the database knows and does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from casework.ledger.hash_chain import SAID_FIELDS, genesis, seal_event
from casework.operations.verification.rows import Finding
from casework.operations.verification.service import verify_case
from casework.settings import Settings
from tests.support.world import World

Json = Any
Stored = dict[str, Json]
LAST = "(SELECT max(seq) FROM events WHERE log_id = CAST(:log AS uuid))"


@dataclass(frozen=True)
class Scene:
    """A whole database, and what an attacker knows of it."""

    settings: Settings
    superuser: Engine
    world: World
    number: str
    log: str
    referral: str


#: What is done to a log, at which event (its kind, and a word of it) it is found, and with which words.
Forgery = tuple[Callable[[Scene, list[Stored]], None], tuple[str, str], str]


def sql(db: Connection, statement: str, **values: Json) -> Any:
    return db.execute(text(statement), values)


def seq_of(db: Connection, scene: Scene, kind: str, word: str = "") -> int:
    """The first event of a kind whose effects name a transition or a task so."""
    return int(
        sql(
            db,
            "SELECT min(seq) FROM events WHERE log_id = CAST(:log AS uuid) AND kind = :kind"
            " AND (:word = '' OR coalesce(effects->>'transition', effects->>'name') = :word)",
            log=scene.log,
            kind=kind,
            word=word,
        ).scalar_one()
    )


def rebuild(db: Connection, log: str, change: Callable[[list[Stored]], None]) -> None:
    """Change a log's events as one likes, and give every hash and the head what it then must be."""
    rows = [
        {"header": row.header, "effects": row.effects, "body": row.body}
        for row in sql(db, "SELECT * FROM events WHERE log_id = CAST(:log AS uuid) ORDER BY seq", log=log)
    ]
    change(rows)
    sql(db, "DELETE FROM events WHERE log_id = CAST(:log AS uuid)", log=log)
    head = genesis(log)
    for seq, row in enumerate(rows, 1):
        said = {name: row["header"][name] for name in SAID_FIELDS} | {"seq": seq}
        sealed = seal_event(said, row["effects"], row["body"], head)
        head = sealed.hash
        values = {
            "log_id": log,
            "seq": seq,
            "at": said["at"],
            "kind": said["kind"],
            "track_id": said["track"],
            "actor_id": said["actor"],
            "header": sealed.header,
            "effects": sealed.effects,
            "body": sealed.body,
            "hash": head,
        }
        sql(
            db,
            "INSERT INTO events SELECT * FROM jsonb_populate_record(NULL::events, CAST(:row AS jsonb))",
            row=json.dumps(values),
        )
    sql(
        db,
        "UPDATE logs SET head = :head, seq = :seq, last_at = (SELECT max(at) FROM events"
        " WHERE log_id = CAST(:log AS uuid)) WHERE id = CAST(:log AS uuid)",
        head=head,
        seq=len(rows),
        log=log,
    )


def not_allowed(found: list[Finding]) -> list[tuple[int | None, str]]:
    assert not [one for one in found if one.kind.startswith("chain")], "the attacker made the chain whole"
    return [(one.seq, one.sentence) for one in found if one.kind == "allowed"]


def the(rows: list[Stored], kind: str, word: str = "") -> Stored:
    return next(
        row
        for row in rows
        if row["header"]["kind"] == kind and word in ("", row["effects"].get("transition"), row["effects"].get("name"))
    )


def finished(rows: list[Stored], task: str) -> Stored:
    """How a task came out, in the event that finished it."""
    done = the(rows, "completed", task)
    state: Stored = next(one for one in done["effects"]["task_states"] if one["id"] == done["effects"]["task"])
    return state


def insist_told(db: Connection, scene: Scene, forgery: Forgery) -> None:
    """The chain is made whole again after the forgery, and the verifier says of the right event what is wrong with it."""
    change, where, words = forgery
    rebuild(db, scene.log, lambda rows: change(scene, rows))
    told = not_allowed(verify_case(db, scene.log))
    assert (seq_of(db, scene, *where), True) in [(seq, words in sentence) for seq, sentence in told], told
