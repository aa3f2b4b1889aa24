"""Where the files of documents are kept: sealed in the store, each compartment of a case with a key of its own.

What is put into the store is written down before, in a transaction of its own, and tied to a document in the transaction
of the action: whatever fails in between leaves a row that `sweep` finds, and no file that nobody knows.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from tempfile import SpooledTemporaryFile

import uuid_utils
from sqlalchemy import Connection, Engine, text

from casework.engine.execution.record_commands import FileTold
from casework.engine.state.case_documents import Document
from casework.errors import FileDamaged, FileMissing
from casework.operations.core.encryption import SecretBox
from casework.operations.core.paging import FIRST_ID
from casework.operations.documents.upload_limits import IN_MEMORY
from casework.operations.documents.uploads import Upload
from casework.records.blob_store import Store, name_of, new_key
from casework.records.database import transaction
from casework.records.row_security import whole

#: What no document names so long after it was last put into the store was left behind.
LEFT_AFTER = timedelta(days=1)
PENDING, CLEAN, BLOCKED = "pending", "clean", "blocked"


@dataclass(frozen=True)
class Kept:
    """A file that lies in the store and waits for the action that ties it to a document."""

    blob: str
    told: FileTold


def part_of(document: Document) -> str:
    """The compartment of a document: files of different parties and providers never share a key."""
    return part_for(document.party, document.track)


def told_of(upload: Upload) -> FileTold:
    """What the history tells of a file, whether it lies in the store yet or not."""
    return FileTold(upload.name, upload.digest, upload.type, upload.size)


def part_for(party: str | None, referral: str | None) -> str:
    return referral or party or "case"


class DocumentStore:
    """The store of an installation, with its keys; `scanned` where a scanner looks at what comes in."""

    def __init__(self, engine: Engine, store: Store, secret_box: SecretBox, *, scanned: bool = False) -> None:
        self.engine = engine
        self.store = store
        self.secret_box = secret_box
        self.scanned = scanned

    def keep(self, log: str, part: str, upload: Upload) -> Kept:
        """Put an upload into the store, in a short transaction before it. Raises StoreUnavailable."""
        with transaction(self.engine) as db:
            blob, place, key = self.announce(db, log, part, upload)
        self.store.put(place, key, upload.pieces())
        return Kept(blob, told_of(upload))

    def move(self, log: str, part: str, kept: Kept) -> Kept:
        """Put what waits in one compartment into another, once it is known whose it is. Raises what reading and keeping raise."""
        told = kept.told
        with Upload(told.name, told.type, told.size, told.digest, SpooledTemporaryFile(IN_MEMORY)) as upload:
            with transaction(self.engine) as db:
                pieces = self.read_blob(db, kept.blob)
            # Read to its end first: the store does not read while it writes.
            for piece in pieces:
                upload.file.write(piece)
            return self.keep(log, part, upload)

    def announce(self, db: Connection, log: str, part: str, upload: Upload) -> tuple[str, str, bytes]:
        """Write down what is about to be put into the store; gives its id, its place and the key for it."""
        compartment, key = self._key(db, log, part)
        name = name_of(key, upload.digest)
        given = {
            "id": str(uuid_utils.uuid7()),
            "compartment": compartment,
            "name": name,
            "scan": PENDING if self.scanned else None,
        }
        return db.execute(_PUT, given).scalar_one(), _place(compartment, name), key

    def tie(self, db: Connection, file: str, kept: Kept) -> None:
        """In the action's transaction: this version is what lies there."""
        with whole(db):
            db.execute(_TIE, {"file": file, "blob": kept.blob})

    def read(self, db: Connection, file: str) -> Iterator[bytes]:
        """What is in a version of a document. Raises FileMissing, FileDamaged and StoreUnavailable."""
        return self.opener(db, file)()

    def opener(self, db: Connection, file: str) -> Callable[[], Iterator[bytes]]:
        """The same for later: where it lies is found out now, and nothing is opened yet. Raises FileMissing, and FileDamaged
        where what lies there is not what the history says was filed."""
        row = db.execute(_FIND, {"file": file}).one_or_none()
        if row is None:
            raise FileMissing
        place, key = _place(row.compartment_id, row.name), self._open(row.sealed, row.log_id, row.part)
        if row.digest is not None and row.name != name_of(key, row.digest):
            raise FileDamaged
        return lambda: self.store.read(place, key)

    def read_blob(self, db: Connection, blob: str) -> Iterator[bytes]:
        """The same for what lies in the store, whether a document names it or not."""
        row = db.execute(_FIND_BLOB, {"blob": blob}).one_or_none()
        if row is None:
            raise FileMissing
        return self.store.read(_place(row.compartment_id, row.name), self._open(row.sealed, row.log_id, row.part))

    def sweep(self) -> int:
        """Take away what was put into the store and never tied to a document; gives how many files."""
        count = 0
        while True:
            # Row by row, and the row stays locked until the file is gone: who puts the same file there now waits.
            with transaction(self.engine) as db:
                row = db.execute(_LEFT, {"after": LEFT_AFTER}).one_or_none()
                if row is None:
                    return count
                self.store.delete(_place(row.compartment_id, row.name))
            count += 1

    def _key(self, db: Connection, log: str, part: str) -> tuple[str, bytes]:
        """The compartment and its key, made where there is none yet."""
        given = {"log": log, "part": part}
        row = db.execute(_KEY, given).one_or_none()
        if row is None:
            sealed = self.secret_box.seal(base64.b64encode(new_key()).decode(), _owner(log, part))
            db.execute(_NEW_KEY, given | {"id": str(uuid_utils.uuid7()), "sealed": sealed})
            # Of two who make one at once, the first one's counts.
            row = db.execute(_KEY, given).one()
        return row.id, self._open(row.sealed, log, part)

    def _open(self, sealed: bytes, log: str, part: str) -> bytes:
        """The key itself. Raises FileMissing where it was destroyed, with the contents of its case."""
        if not sealed:
            raise FileMissing
        return base64.b64decode(self.secret_box.open(sealed, _owner(log, part))[0])


def hold(db: Connection, blobs: Sequence[str]) -> None:
    """What somebody has sent and no document holds yet stays in the store, until it is let go."""
    with whole(db):
        db.execute(_HOLD, {"blobs": list(blobs)})


def let_go(db: Connection, blobs: Sequence[str]) -> None:
    """It goes with the next sweep."""
    with whole(db):
        db.execute(_LET_GO, {"blobs": list(blobs), "after": LEFT_AFTER})


def list_pending(db: Connection, *, but: str, most: int) -> list[str]:
    """What waits for the scanner, the longest first, `but` for what this condition on blobs `b` leaves out."""
    more = f" AND {but}" if but else ""
    query = f"SELECT b.id FROM blobs b WHERE b.scan = 'pending'{more} ORDER BY b.touched_at, b.id LIMIT :most"
    return list(db.execute(text(query), {"most": most}).scalars())


def ask_for_scans(engine: Engine) -> int:
    """Let the scanner look at what was taken before there was one; until it has, nobody but who filed it gets it. Gives how many."""
    count, last = 0, FIRST_ID
    while True:
        # In small transactions: who hands something in meanwhile does not wait.
        with transaction(engine) as db:
            blobs = sorted(str(row) for row in db.execute(_UNSCANNED, {"last": last, "most": _AT_ONCE}).scalars())
        if not blobs:
            return count
        count, last = count + len(blobs), blobs[-1]


def note_scan(db: Connection, blob: str, virus: str | None) -> None:
    """What the scanner called what it found in a file; None where it found nothing."""
    given = {"blob": blob, "scan": CLEAN if virus is None else BLOCKED, "found": virus}
    db.execute(_SCANNED, given)


def any_left(db: Connection) -> bool:
    """Whether something lies in the store that no document names and that is old enough to be taken away."""
    left: bool = db.execute(_ANY_LEFT, {"after": LEFT_AFTER}).scalar_one()
    return left


def _owner(log: str, part: str) -> str:
    return f"compartment:{log}:{part}"


def _place(compartment: str, name: str) -> str:
    return f"{compartment}/{name[:2]}/{name}"


#: The sealed key of a compartment.
_KEY = text("SELECT id, sealed FROM compartments WHERE log_id = CAST(:log AS uuid) AND part = :part")
#: Keeps the sealed key of a compartment that has none.
_NEW_KEY = text(
    "INSERT INTO compartments (id, log_id, part, sealed) VALUES (CAST(:id AS uuid), CAST(:log AS uuid), :part, :sealed)"
    " ON CONFLICT DO NOTHING"
)
#: Notes a stored content in its compartment; of the same content there is one.
_PUT = text("""
    INSERT INTO blobs (id, compartment_id, name, scan) VALUES (CAST(:id AS uuid), CAST(:compartment AS uuid), :name, :scan)
    ON CONFLICT (compartment_id, name) DO UPDATE SET touched_at = clock_timestamp(), scan = coalesce(blobs.scan, EXCLUDED.scan)
    RETURNING id
""")
#: Ties a file to its content, which then is not loose any more.
_TIE = text("""
    WITH b AS (UPDATE blobs SET loose = false WHERE id = CAST(:blob AS uuid) AND loose)
    INSERT INTO contents (file_id, blob_id) VALUES (CAST(:file AS uuid), CAST(:blob AS uuid))
""")
#: Keeps contents though no file is tied to them.
_HOLD = text("UPDATE blobs SET loose = false WHERE id = ANY(CAST(:blobs AS uuid[]))")
#: Keeps them no more, and waits no longer for somebody to tie them.
_LET_GO = text("""
    UPDATE blobs b SET loose = true, touched_at = b.touched_at - CAST(:after AS interval) WHERE b.id = ANY(CAST(:blobs AS uuid[]))
    AND NOT EXISTS (SELECT FROM contents k WHERE k.blob_id = b.id)
""")
#: Where a file's content lies, and what opens it.
_FIND = text("""
    SELECT b.compartment_id, b.name, c.sealed, c.log_id, c.part, f.digest FROM contents k JOIN blobs b ON b.id = k.blob_id
    JOIN compartments c ON c.id = b.compartment_id JOIN files f ON f.id = k.file_id WHERE k.file_id = CAST(:file AS uuid)
""")
#: Where a content lies, and what opens it.
_FIND_BLOB = text("""
    SELECT b.compartment_id, b.name, c.sealed, c.log_id, c.part FROM blobs b JOIN compartments c ON c.id = b.compartment_id
    WHERE b.id = CAST(:blob AS uuid)
""")
#: How many files become pending in one transaction.
_AT_ONCE = 500
#: Marks the next contents that nobody has scanned as ones to scan.
_UNSCANNED = text("""
    UPDATE blobs SET scan = 'pending' WHERE scan IS NULL AND id IN (
        SELECT id FROM blobs WHERE id > CAST(:last AS uuid) AND scan IS NULL ORDER BY id LIMIT :most
    ) RETURNING id
""")
#: Keeps how a scan went, where one was waited for.
_SCANNED = text(
    "UPDATE blobs SET scan = :scan, found = :found, scanned_at = clock_timestamp()"
    " WHERE id = CAST(:blob AS uuid) AND scan = 'pending'"
)
#: Whether there are contents that no file was tied to for long.
_ANY_LEFT = text("""
    SELECT EXISTS (
        SELECT FROM blobs b WHERE b.loose AND b.touched_at < clock_timestamp() - CAST(:after AS interval)
        AND NOT EXISTS (SELECT FROM contents k WHERE k.blob_id = b.id)
    )
""")
#: Takes out one content that no file was tied to for long.
_LEFT = text("""
    DELETE FROM blobs WHERE id = (
        SELECT b.id FROM blobs b WHERE b.loose AND b.touched_at < clock_timestamp() - CAST(:after AS interval)
        AND NOT EXISTS (SELECT FROM contents k WHERE k.blob_id = b.id)
        ORDER BY b.touched_at, b.id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING compartment_id, name
""")
