"""Whether what was restored is whole: the database as it must be, its tree, every history and every document."""

from __future__ import annotations

import base64
from typing import Any

from sqlalchemy import Connection, Engine, text

from casework.errors import CaseworkError, LogUnusable
from casework.json_values import JsonObject
from casework.ledger.merkle import BadProof
from casework.operations.core.paging import FIRST_ID
from casework.operations.documents.key_material import document_store_of
from casework.operations.verification import backups, sequencer
from casework.operations.verification.restoring import open_engine
from casework.operations.verification.service import verify_each
from casework.operations.verification.tree_judgement import kept_here
from casework.records import log_keys, migrate, tree_tiles
from casework.records.backup_folders import Backup
from casework.records.database import connected
from casework.records.row_security import in_snapshot
from casework.settings import Settings

#: Files that are looked for at once.
_AT_ONCE = 500


def check_restored(there: Settings, backup: Backup, told: JsonObject) -> list[str]:
    """What is wrong in an installation into which this backup was restored; `told` gets what was read."""
    faults: list[str] = []
    with open_engine(there, "app") as engine:
        with connected(engine) as db:
            faults += migrate.check(db)
        faults += _of_the_tree(there, engine, backup)
        for checked in verify_each(engine, kept_here(there)):
            told["logs"] = int(str(told["logs"])) + (checked.log is not None)
            told["events"] = int(str(told["events"])) + checked.events
            faults += [f"{one.number or one.log or one.table}: {one.sentence}" for one in checked.findings]
        if backup.manifest["secret_key"] == backups.fingerprint_of(there):
            told["documents"] = _read_all(engine, there, faults)
        else:
            faults.append("CASEWORK_SECRET_KEY is not the one of this backup, so that no document could be read.")
    return faults


def _of_the_tree(there: Settings, engine: Engine, backup: Backup) -> list[str]:
    tree: Any = backup.manifest["tree"]
    try:
        with in_snapshot(engine) as db:
            sequencer.insist_not_older(there, db)
            newest = tree_tiles.newest_checkpoint(db)
            if backup.base is not None:
                return _of_the_prefix(db, newest.size if newest else 0, tree)
    except LogUnusable as fault:
        return [fault.message]
    kept = log_keys.last_kept(there)
    found = (newest.size if newest else 0, kept.size if kept else 0)
    size = tree["size"] if tree else 0
    return [] if found == (size, size) else [f"Its tree has {found[0]} leaves, and {size} were signed."]


def _of_the_prefix(db: Connection, size: int, tree: Any) -> list[str]:
    """Of a base more may be signed by its end; what was by its beginning stands in it as it was."""
    if tree is None:
        return []
    if size < tree["size"]:
        return [f"Its tree has {size} leaves, and {tree['size']} were signed."]
    try:
        root = tree_tiles.root_at(db, tree["size"])
    except BadProof:
        root = None
    same = root is not None and base64.b64encode(root).decode() == tree["root"]
    return [] if same else [f"The first {tree['size']} leaves of its tree are others than were signed."]


def _read_all(engine: Engine, there: Settings, faults: list[str]) -> int:
    """Open every file that a document has; gives how many."""
    store, count, last = document_store_of(engine, there), 0, FIRST_ID
    while True:
        with in_snapshot(engine) as db:
            blobs = list(db.execute(_BLOBS, {"last": last, "most": _AT_ONCE}).scalars())
            for blob in blobs:
                try:
                    for _ in store.read_blob(db, blob):
                        pass
                except CaseworkError as fault:
                    faults.append(f"The file {blob}: {fault.message}")
        if not blobs:
            return count
        count, last = count + len(blobs), blobs[-1]


#: The next files that documents have.
_BLOBS = text("""
    SELECT b.id::text FROM blobs b WHERE NOT b.loose AND b.id > CAST(:last AS uuid) ORDER BY b.id LIMIT :most
""")
