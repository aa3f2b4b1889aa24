"""What is published of the tree over all events, so that it can be compared between worlds that differ in a secret alone.

How many leaves there are in all is published, and argued in the documentation; so in each world as many things have happened, and what is
compared is all the rest: how the answers look, and that nothing follows from hashes but what follows from chance.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg

from casework.ledger.merkle import WIDTH
from casework.operations.verification.sequencer import sequence
from casework.records.database import connect_engine
from casework.settings import Settings

#: Hashes and signatures in hex, in base64, and as paper breaks them; and which leaf an event has. From that follows how many hashes its
#: proof has.
_HASH = re.compile(r"[0-9a-f]{64}|[A-Za-z0-9+/]{42,}={0,2}|(?:\b[0-9a-f]{4,8}\b[ \n]*){8,}")
_INDEX = re.compile(r'("index": ?)\d+')
_HASHES = re.compile(r'("hashes": ?)\[[^]]*\]')


def proven(said: str) -> str:
    """What is told of the tree, but for what is chance: two worlds that are alike in all else have other hashes, and other leaves."""
    return _HASHES.sub(r"\1[]", _INDEX.sub(r"\1", _HASH.sub("-", said)))


def of_the_tree(path: str) -> bool:
    return (
        path.startswith("/log/")
        or "/certificate" in path
        or "/attestations/" in path
        or path.endswith(("/history.pdf", "/checkpoints", "/findings.json", "/readings.json"))
    )


def tiles_of(size: int) -> list[str]:
    """The addresses of the leaves of a tree: full tiles, the last one, and the first one as far as it was filled once."""
    full, width = divmod(size, WIDTH)
    whole = [f"/log/tile/0/{n:03}" for n in range(full)]
    last = [f"/log/tile/0/{full:03}.p/{width}"] if width else []
    return [*whole, *last, f"/log/tile/0/000.p/{min(size, WIDTH - 1)}"]


def log_of_its_own(settings: Settings, name: str) -> Settings:
    """A copy's settings, with the key of the log that it was copied from, and what was signed last."""
    folder: Path = settings.var / f"log-{name}"
    shutil.copytree(settings.var / "log", folder)
    return settings.model_copy(update={"log_folder": folder})


def sign_alike(worlds: Mapping[str, Settings], owners: Sequence[str]) -> int:
    """What waits for its leaf gets it, in each world among as many; what was signed is published, at one moment in all. Gives how many
    leaves each has got."""
    awaited: dict[str, int] = {}
    for name, owner in zip(worlds, owners, strict=True):
        with psycopg.connect(owner) as db:
            (awaited[name],) = db.execute("SELECT count(*) FROM awaited_leaves").fetchone() or (0,)
    most = max(awaited.values())
    for (name, settings), owner in zip(worlds.items(), owners, strict=True):
        with psycopg.connect(owner) as db:
            db.execute(
                "INSERT INTO awaited_leaves (log_id, seq, hash) SELECT gen_random_uuid(), 1, sha256(uuid_send(gen_random_uuid()))"
                " FROM generate_series(1, %s)",
                (most - awaited[name],),
            )
        engine = connect_engine(settings)
        grown = sequence(engine, settings)
        engine.dispose()
        assert grown is not None
        assert grown.events == most
        with psycopg.connect(owner) as db:
            db.execute("ALTER TABLE checkpoints DISABLE TRIGGER USER")
            db.execute("UPDATE checkpoints SET made_at = timestamptz '2026-01-01' + n * interval '1 minute'")
            db.execute("ALTER TABLE checkpoints ENABLE TRIGGER USER")
    return most
