"""The archive: what became of cases whose class says `archived`, each in a sealed file that was judged before its contents went.

A sealed file is the whole file of a case, as `case_archive` writes it, with every document, encrypted with a key of its own, which the
installation's secret key opens. It is read back and judged by both verifiers; only then two persons' decision is carried out on the case
(`privacy.removing`), whose event names the file by the SHA-256 of its bytes. Whoever is killed before leaves a file that nobody names: the
next one takes it where it is of the same history, and takes it away where not.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from sqlalchemy import Connection, Engine, text

from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.document_effects_schema import SealedContents
from casework.errors import FileDamaged, FileMissing, InvalidSettings, NotFound
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.core.access_log import note_reading
from casework.operations.core.encryption import SecretBox
from casework.operations.documents.key_material import document_store_of, secret_box_of
from casework.operations.privacy.personal_data import Naming
from casework.operations.privacy.removing import NotYet, Sealed
from casework.operations.verification.case_archive import (
    CaseFile,
    check_case_file,
    insist_whole,
    texts_of,
    write_case,
)
from casework.operations.verification.file_checks import ENDED, MISSING, NOTE, UNREAD, WHOLE, check_own
from casework.operations.verification.rows import Finding
from casework.operations.verification.tree_judgement import KeptElsewhere
from casework.permissions.actors import Actor, Membership
from casework.records import log_keys
from casework.records.blob_store import new_key
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import Log, lock_logs
from casework.records.row_security import whole
from casework.records.sealed_files import SealedFile, find_sealed, list_sealed, read_sealed, write_sealed
from casework.settings import Settings

FORM = 1
#: So many seconds a judgement may take: a large case is no worse than a small one.
MOST_S = 1800
_PIECE = 1 << 17
#: Nobody: the worker reads a case as whoever reads all of it.
_WORKER = "00000000-0000-0000-0000-000000000000"


class NotSealedYet(NotYet):
    """A case cannot be sealed now, and may be later: not all of it is signed, or nobody is there to judge it."""


class NotJudged(NotSealedYet):
    """Whoever judges a sealed file did not come to an end with it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Archived:
    """A case whose contents are in the archive, by what its event says of them."""

    number: str
    log: str
    #: The event that says so, and when it was.
    seq: int
    at: str
    sealed: SealedContents
    #: When somebody was last erased whom it names still.
    names_erased: str | None


#: When each sealed file was found to name a person still who was erased.
_NAMING = text("""
    SELECT s.file, max(e.at) AS at FROM events e JOIN logs l ON l.id = e.log_id AND l.kind = 'erasure'
    CROSS JOIN LATERAL jsonb_array_elements_text(e.effects->'sealed') AS s(file)
    WHERE e.kind = 'erasure_done' AND e.effects ? 'sealed' GROUP BY s.file ORDER BY s.file
""")
#: The cases whose contents are in the archive, with what the event says that put them there; one alone where its number is given.
_ARCHIVED = text("""
    SELECT c.number, c.id::text AS log, e.seq, e.at, e.effects->'removal'->'sealed' AS sealed FROM cases c
    JOIN events e ON e.log_id = c.id AND e.kind = 'erased' AND e.effects->'removal' ? 'sealed'
    WHERE c.archived_as IS NOT NULL AND (CAST(:number AS text) IS NULL OR c.number = :number) ORDER BY c.number
""")


def list_archived(db: Connection, number: str | None = None) -> list[Archived]:
    """What is in the archive, by the numbers of the cases."""
    with whole(db):
        rows = db.execute(_ARCHIVED, {"number": number}).all()
        naming = {row.file: instant(row.at) for row in db.execute(_NAMING)} if rows else {}
    return [
        Archived(
            number=row.number,
            log=row.log,
            seq=row.seq,
            at=instant(row.at),
            sealed=row.sealed,
            names_erased=naming.get(row.sealed["file"]),
        )
        for row in rows
    ]


# --- sealing ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Archive:
    """Who writes into the archive of an installation, for `privacy.removing`."""

    engine: Engine
    settings: Settings

    def seal(self, log: str) -> Sealed:
        """Write the whole case of a log into a sealed file, read it back and judge it. Raises NotSealedYet, and StoreUnavailable or OSError
        where the documents cannot be read now, or the archive not be written to."""
        with transaction(self.engine) as db:
            db.execute(text("SET LOCAL statement_timeout = 0"))
            db.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            # Nothing is told of the case meanwhile, and nobody else writes this file, nor takes it away.
            held = lock_logs(db, [log])[log]
            case = load(db, log, "case")
            return Sealed(None) if case.removed_at is not None else _seal(db, self.engine, self.settings, held, case)

    def drop(self, log: str) -> None:
        """Take away what was written of a case that stays."""
        with transaction(self.engine) as db:
            lock_logs(db, [log])
            if load(db, log, "case").archived_as is None:
                for path in list_sealed(self.settings.archive_dir, log):
                    path.unlink(missing_ok=True)

    def look(self, named: Naming, seen: Collection[str]) -> dict[str, bool]:
        """By digest whether a sealed file names a person, or cannot be read so that nobody knows; those that were `seen` are left out."""
        with transaction(self.engine) as db:
            known = list_archived(db)
        return {
            one.sealed["file"]: _names(self.settings, one, named) for one in known if one.sealed["file"] not in seen
        }


def _names(settings: Settings, one: Archived, named: Naming) -> bool:
    try:
        with opened(secret_box_of(settings), find_of(settings, one)) as plain:
            return any(map(named.in_text, texts_of(plain)))
    except (FileMissing, FileDamaged, InvalidSettings):
        return True


def _seal(db: Connection, engine: Engine, settings: Settings, held: Log, case: Case) -> Sealed:
    one = _left_before(settings, held) or _write(db, engine, settings, held, case)
    if one is None or faults_of(settings, one):
        return Sealed(None)
    told = one.manifest["content"]
    assert isinstance(told, dict)
    contents: SealedContents = {"file": one.name, "bytes": one.path.stat().st_size, "content": str(told["sha256"])}
    return Sealed(contents, held.seq, held.head, one.path)


def _left_before(settings: Settings, held: Log) -> SealedFile | None:
    """The file of somebody who was killed after it was written, where it is of this very history; any other one is taken away."""
    found = None
    for path in list_sealed(settings.archive_dir, held.id):
        try:
            one = read_sealed(path)
            same = (one.manifest.get("events"), one.manifest.get("head")) == (held.seq, held.head)
            if found is None and same and not faults_of(settings, one):
                found = one
                continue
        except (FileMissing, FileDamaged):
            pass
        path.unlink(missing_ok=True)
    return found


def _write(db: Connection, engine: Engine, settings: Settings, held: Log, case: Case) -> SealedFile | None:
    """Write it; None where a document of it cannot go with it."""
    store = document_store_of(engine, settings)
    written = write_case(db, _worker(case), store, case)
    if written.waits:
        return None
    if written.unsigned and log_keys.public_keys(settings):
        raise NotSealedYet(f"{len(written.unsigned)} events of the case are not signed yet")
    key = new_key()
    with TemporaryFile() as plain:
        digest, size = hashlib.sha256(), 0
        try:
            for piece in CaseFile("", written.parts, written.at, lambda pieces: pieces).pieces():
                digest.update(piece)
                size += plain.write(piece)
        except (FileMissing, FileDamaged):
            return None
        plain.seek(0)
        manifest: JsonObject = {
            "form": FORM,
            "case": case.number,
            "log": held.id,
            "at": instant(written.at),
            "events": held.seq,
            "head": held.head,
            "checkpoint": written.checkpoint,
            "content": {"sha256": digest.hexdigest(), "bytes": size},
            "key": base64.b64encode(store.secret_box.seal(base64.b64encode(key).decode(), _owner(held.id))).decode(),
        }
        return write_sealed(settings.archive_dir, held.id, manifest, key, iter(lambda: plain.read(_PIECE), b""))


def _worker(case: Case) -> Actor:
    return Actor(_WORKER, "", (Membership(Role.AUDITOR, case.programme, None, None, case.opened_at, None),))


def _owner(log: str) -> str:
    return f"archive:{log}"


# --- judging ---------------------------------------------------------------------------------------------------------


@contextmanager
def opened(secret_box: SecretBox, one: SealedFile) -> Iterator[IO[bytes]]:
    """The case file within, in a file without a name. Raises FileMissing, FileDamaged, and InvalidSettings where no key opens it."""
    try:
        told: Any = one.manifest["content"]
        wanted = str(told["sha256"])
    except (KeyError, TypeError) as fault:
        raise FileDamaged from fault
    key, _ = _key_of(secret_box, one)
    with TemporaryFile() as plain:
        digest = hashlib.sha256()
        for piece in one.pieces(key):
            digest.update(piece)
            plain.write(piece)
        if digest.hexdigest() != wanted:
            raise FileDamaged
        plain.seek(0)
        yield plain


def _key_of(secret_box: SecretBox, one: SealedFile) -> tuple[bytes, bool]:
    """The key of a file, and whether a former secret key opens it. Raises FileDamaged, and InvalidSettings where no key does."""
    try:
        sealed = base64.b64decode(str(one.manifest["key"]), validate=True)
    except (KeyError, ValueError) as fault:
        raise FileDamaged from fault
    key, former = secret_box.open(sealed, _owner(one.log))
    return base64.b64decode(key), former


def faults_of(settings: Settings, one: SealedFile) -> list[str]:
    """What is wrong with a sealed file: its bytes, what is within, and what both verifiers say of that. Raises NotSealedYet where there is
    none that everybody has, or it does not come to an end."""
    try:
        if one.digest() != one.name:
            return ["it was changed or cut since it was written: its SHA-256 is another."]
        with opened(secret_box_of(settings), one) as plain:
            faults = check_case_file(plain)
            plain.seek(0)
            return faults or _judged(settings, plain, f"{one.manifest.get('case')}.zip")
    except FileMissing:
        return ["it is missing, or cannot be read."]
    except FileDamaged:
        return ["it cannot be opened: it is damaged, or the key in it is another's."]
    except InvalidSettings:
        return [
            "it cannot be opened: it was sealed with another CASEWORK_SECRET_KEY; name that one among the fallbacks."
        ]


def _judged(settings: Settings, plain: IO[bytes], name: str) -> list[str]:
    keys = [key.line for key in log_keys.public_keys(settings)]
    verdict = check_own(plain, name, keys, MOST_S)
    if verdict.outcome == MISSING:
        raise NotSealedYet("there is no casework-verify here: install it")
    # Where nothing was signed yet nobody can say who signed, and all else is judged.
    unsigned = verdict.outcome == UNREAD and not keys and all(one.level == NOTE for one in verdict.faults)
    if verdict.outcome == WHOLE or unsigned:
        return []
    if verdict.outcome == ENDED:
        raise NotJudged("casework-verify did not come to an end with it.")
    return [one.sentence for one in verdict.faults if one.level != NOTE] or ["casework-verify does not call it whole."]


def find_of(settings: Settings, one: Archived) -> SealedFile:
    """The sealed file that the event of a case names. Raises FileMissing, and FileDamaged where it is another case's."""
    found = find_sealed(settings.archive_dir, one.log, one.sealed["file"])
    told: Any = found.manifest.get("content")
    if (
        found.manifest.get("log") != one.log
        or not isinstance(told, dict)
        or told.get("sha256") != one.sealed["content"]
    ):
        raise FileDamaged
    return found


def check_archived(settings: Settings, one: Archived) -> list[str]:
    """What is wrong with the sealed file of a case, in sentences: whether it is there, is what the event names, opens, and is whole."""
    try:
        return faults_of(settings, find_of(settings, one))
    except NotJudged as fault:
        return [str(fault)]
    except FileMissing:
        return ["it is missing, or cannot be read."]
    except FileDamaged:
        return ["it was changed or cut since it was written, or is another case's."]


def changed_since(archive: Path, one: Archived, *, read: bool = True) -> str | None:
    """Whether the sealed file of a case is missing or has other bytes than its event says; it is not opened. Unless its bytes are `read`,
    whether it is there and as long."""
    try:
        found = find_sealed(archive, one.log, one.sealed["file"])
        same = found.path.stat().st_size == one.sealed["bytes"]
        return (
            None
            if same and (not read or found.digest() == one.sealed["file"])
            else "has other bytes than its event says"
        )
    except FileMissing:
        return "is missing"
    except FileDamaged:
        return "has other bytes than its event says"


def check_sealed(db: Connection, elsewhere: KeptElsewhere | None, *, read: bool = True) -> Iterator[Finding]:
    """Sealed files that are missing or have other bytes than their events say; all bytes of them are `read`, or how many there are."""
    if elsewhere is None or elsewhere.archive is None:
        return
    for one in list_archived(db):
        if (why := changed_since(elsewhere.archive, one, read=read)) is not None:
            sentence = f"The sealed file {one.sealed['file']} in {elsewhere.archive} {why}."
            yield Finding("archive", sentence, one.log, one.number, one.seq, "events")


def list_unnamed(settings: Settings, known: list[Archived]) -> list[str]:
    """Files of the archive that no event names: of a case that was left out meanwhile, or of somebody who was killed."""
    named = {f"{one.log}.{one.sealed['file']}" for one in known}
    return [path.name for path in list_sealed(settings.archive_dir) if path.stem not in named]


def keyed_otherwise(settings: Settings, known: Iterable[Archived]) -> tuple[list[str], list[str]]:
    """The cases whose sealed files a former secret key opens alone, and those whose none of the keys here does, by number. A file cannot be
    sealed anew: an event names its bytes. One that cannot be read is told elsewhere."""
    secret_box = secret_box_of(settings)
    former, closed = [], []
    for one in known:
        try:
            if _key_of(secret_box, find_of(settings, one))[1]:
                former.append(one.number)
        except InvalidSettings:
            closed.append(one.number)
        except (FileMissing, FileDamaged):
            continue
    return former, closed


# --- taking out ------------------------------------------------------------------------------------------------------


def open_archived(db: Connection, actor: Actor, settings: Settings, number: str, target: IO[bytes]) -> Archived:
    """Write the case file out of the archive, for whoever reads the case whole; noted as a reading of it. Raises NotFound, NotAllowed,
    FileMissing, FileDamaged, and InvalidSettings where no key opens it."""
    insist_whole(db, actor, number)
    one = next(iter(list_archived(db, number)), None)
    if one is None:
        raise NotFound("item")
    with opened(secret_box_of(settings), find_of(settings, one)) as plain:
        note_reading(db, actor, f"casework archive open {number}", number)
        while piece := plain.read(_PIECE):
            target.write(piece)
    return one


__all__ = [
    "Archive", "Archived", "NotSealedYet", "changed_since", "check_archived", "check_sealed", "faults_of", "keyed_otherwise",
    "list_archived", "list_unnamed",
    "open_archived",
]  # fmt: skip
