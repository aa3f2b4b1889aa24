"""Files that show what a register says: filed with what they show, listed beside it, and taken out by who reads the record.

They lie in the store of documents. Of a right: for who reads it; of an organisation's screening: for who reads it, programme by programme.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.evidence import DEED, DIGEST, EVIDENCE_FILED, EXTRACT, NAME, SCREENING
from casework.engine.case_objects.organisations import SCREENERS
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import FileTold
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import FileBlocked, FilePending, InvalidForm, NotFound
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.ip_rights import editable
from casework.operations.catalogue.organisations import insist_home, lock_home
from casework.operations.catalogue.right_history import seen_programme
from casework.operations.catalogue.views import EvidenceRow
from casework.operations.core.access_log import note_document
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import one_with
from casework.operations.core.presenters import names_of
from casework.operations.core.register_log import append
from casework.operations.documents.downloads import while_seen
from casework.operations.documents.previews import NoPreview, has_preview
from casework.operations.documents.service import Opened, Taken
from casework.operations.documents.storage import BLOCKED, PENDING, DocumentStore, Kept
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.permissions.work import in_the_programme
from casework.records.event_log import Log, lock_log
from casework.records.row_security import whole

__all__ = [
    "DEED", "EXTRACT", "SCREENING", "Papers", "evidence_of", "file_for_burden", "file_for_screening", "file_papers",
    "insist_burden", "insist_screening", "list_of_right", "open_evidence",
]  # fmt: skip


@dataclass(frozen=True)
class Papers:
    """Files that lie in the store and wait for the entry that they show."""

    store: DocumentStore
    kept: Sequence[Kept]


# --- filing ------------------------------------------------------------------------------------------------------------


def insist_burden(db: Connection, actor: Actor, right: str, burden: str) -> tuple[str, By]:
    """The programme for which the actor files what shows an encumbrance from outside, standing or ended. Raises NotFound, NotAllowed."""
    programme, by = editable(db, actor, right)
    if not db.execute(_BURDEN, {"right": right, "burden": burden}).scalar_one():
        raise NotFound("encumbrance")
    return programme, by


def insist_screening(db: Connection, actor: Actor, organisation: str, screening: str) -> tuple[str, By]:
    """The same of a screening of an organisation, for the programme that made it. Raises NotFound and NotAllowed."""
    insist_home(db, actor, organisation, SCREENERS)
    given = {"organisation": organisation, "programmes": sorted(_screened_for(actor))}
    found = {row.id: row.programme for row in db.execute(_SCREENINGS, given)}
    if screening not in found:
        raise NotFound("entry")
    return found[screening], _screened_for(actor)[found[screening]]


def screenings_to_show(db: Connection, actor: Actor, organisation: str) -> frozenset[str]:
    """The screenings of an organisation for which the actor may file what shows them."""
    given = {"organisation": organisation, "programmes": sorted(_screened_for(actor))}
    return frozenset(row.id for row in db.execute(_SCREENINGS, given))


def _screened_for(actor: Actor) -> dict[str, By]:
    """The programmes for which the actor screens organisations, each with the capacity."""
    mine = {programme: in_the_programme(actor, programme, SCREENERS) for programme in reach(actor).all_of}
    return {programme: by for programme, by in mine.items() if by is not None}


def file_for_burden(db: Connection, actor: Actor, right: str, burden: str, *, papers: Papers, request: Request) -> Done:
    """File what shows an encumbrance that came of no case, beside what was filed before."""
    programme, by = insist_burden(db, actor, right, burden)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    ids = file_papers(db, by, right, programme, about=burden, kind=EXTRACT, papers=papers)
    return finish(db, actor, request, Done({"id": ids[0]}, 201))


def file_for_screening(
    db: Connection, actor: Actor, organisation: str, screening: str, *, papers: Papers, request: Request
) -> Done:
    """File what shows how an organisation was screened."""
    programme, by = insist_screening(db, actor, organisation, screening)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    lock_home(db, organisation)
    ids = file_papers(db, by, organisation, programme, about=screening, kind=SCREENING, papers=papers)
    return finish(db, actor, request, Done({"id": ids[0]}, 201))


def file_papers(
    db: Connection, by: By, home: str, programme: str, *, about: str, kind: str, papers: Papers | None
) -> list[str]:
    """Each file as an event of the log that it belongs to, in the transaction of what it shows.

    Raises InvalidForm for one that shows the same thing already.
    """
    if papers is None:
        return []
    digests = [kept.told.digest for kept in papers.kept]
    given = {"about": about, "kind": kind, "digests": digests}
    if len(set(digests)) < len(digests) or db.execute(_ON_RECORD, given).scalar_one():
        raise InvalidForm(fields={"evidence": reasons.files.EVIDENCE_ON_RECORD})
    ids = []
    for kept in papers.kept:
        with whole(db):
            log = lock_log(db, home)
        row = {
            "id": str(uuid_utils.uuid7()),
            "log": home,
            "programme": programme,
            "about": about,
            "kind": kind,
            "file": str(uuid_utils.uuid7()),
        }
        _enter(db, by, log, row, kept.told)
        papers.store.tie(db, row["file"], kept)
        ids.append(row["id"])
    return ids


def _enter(db: Connection, by: By, log: Log, row: Mapping[str, str], told: FileTold) -> None:
    """The event that tells of a file, and the rows that follow from it."""
    effects: RegisterEffects = {
        "programme": row["programme"],
        "evidence": {"id": row["id"], "about": row["about"], "kind": row["kind"]},
        "files": [{"id": row["file"], "document": row["id"], "version": 1, "type": told.type, "size": told.size}],
    }
    event = log.next_event(
        EVIDENCE_FILED,
        by.person,
        role=by.role,
        acting_for=by.acting_for,
        effects=effects,
        body={NAME: told.name, DIGEST: told.digest},
    )
    append(db, log, [event])
    db.execute(_ADD, row)
    said = {"type": told.type, "size": told.size, "name": told.name, "digest": told.digest}
    db.execute(_ADD_FILE, {**row, **said, "at": event.at, "by": by.person})


# --- reading -----------------------------------------------------------------------------------------------------------


def list_of_right(db: Connection, actor: Actor, right: str) -> list[EvidenceRow]:
    """What was filed of a right, and of those that were merged with it, the oldest first. Raises NotFound."""
    seen_programme(db, actor, right)
    return _rows(db, actor, f"x.log_id IN {one_with('rights', 'CAST(:right AS uuid)')}", {"right": right})


def evidence_of(db: Connection, actor: Actor, abouts: Iterable[str]) -> Mapping[str, list[EvidenceRow]]:
    """By encumbrance or screening what shows it, as far as the actor reads the records of its programme."""
    by_about = defaultdict[str, list[EvidenceRow]](list)
    ids = sorted(set(abouts))
    for row in _rows(db, actor, "x.about_id = ANY(CAST(:ids AS uuid[]))", {"ids": ids}) if ids else ():
        by_about[row.about].append(row)
    return by_about


def _rows(db: Connection, actor: Actor, where: str, given: Mapping[str, object]) -> list[EvidenceRow]:
    statement = text(
        f"{_FILED} WHERE {where} AND x.programme_id = ANY(CAST(:seen AS uuid[])) ORDER BY f.filed_at, f.id"
    )
    found = db.execute(statement, {**given, "seen": sorted(reach(actor).all_of)}).all()
    names = names_of(db, {row.filed_by for row in found})
    return [
        EvidenceRow(
            id=row.id,
            about=row.about,
            record=row.record,
            kind=row.kind,
            name=row.name,
            type=row.type,
            size=row.size,
            sha256=row.digest,
            filed_at=instant(row.filed_at),
            filed_by=names.get(row.filed_by),
            scan=row.scan,
        )
        for row in found
    ]


def show_evidence(db: Connection, actor: Actor, id: str) -> EvidenceRow:
    """One of them, for who reads the record that it belongs to. Raises NotFound."""
    rows = _rows(db, actor, "x.id = CAST(:id AS uuid)", {"id": id})
    if not rows:
        raise NotFound("evidence")
    return rows[0]


def open_evidence(db: Connection, actor: Actor, store: DocumentStore, id: str, *, address: str) -> Taken:
    """A file on its way out, for who reads the record that it belongs to; noted before anything of it is given.

    Raises NotFound, FilePending or FileBlocked, and what the store raises; later on, AccessEnded.
    """
    opened = _open(db, actor, store, id)
    if opened.scan == PENDING and opened.filed_by != actor.person:
        raise FilePending
    note_document(db, actor, address, None, id)
    return opened


def preview_evidence(
    db: Connection, actor: Actor, store: DocumentStore, id: str, *, address: str | None = None
) -> Opened:
    """The same to be drawn; noted where something of it is shown (`address`).

    Raises FilePending also to who filed it, as long as nobody has looked for what harms, and NoPreview.
    """
    opened = _open(db, actor, store, id)
    if opened.scan == PENDING:
        raise FilePending
    if not has_preview(opened.type):
        raise NoPreview
    if address is not None:
        note_document(db, actor, address, None, id)
    return opened


def _open(db: Connection, actor: Actor, store: DocumentStore, id: str) -> Opened:
    row = _find(db, actor, id)
    if row.scan == BLOCKED:
        raise FileBlocked
    pieces = while_seen(store.engine, actor.person, lambda db, actor: _find(db, actor, id), store.read(db, row.file))
    return Opened(
        name=row.name or f"{row.kind}.{row.type}",
        size=row.size,
        digest=row.digest,
        pieces=pieces,
        type=row.type,
        scan=row.scan,
        filed_by=str(row.filed_by),
        number=None,
    )


def _find(db: Connection, actor: Actor, id: str) -> Any:
    row = db.execute(_ONE, {"id": id, "seen": sorted(reach(actor).all_of)}).one_or_none()
    if row is None:
        raise NotFound("evidence")
    return row


#: What was filed, with its file and how the scan of it went.
_FILED = """
    SELECT x.id::text AS id, x.about_id::text AS about, x.log_id::text AS record,
    x.kind, f.id::text AS file, f.name, f.type, f.size, f.digest, f.filed_at,
    f.filed_by, b.scan FROM evidence x JOIN files f ON f.document_id = x.id LEFT JOIN contents k ON k.file_id = f.id
    LEFT JOIN blobs b ON b.id = k.blob_id
"""
#: One of them, of some programmes.
_ONE = text(f"{_FILED} WHERE x.id = CAST(:id AS uuid) AND x.programme_id = ANY(CAST(:seen AS uuid[]))")
#: Whether one of some files shows something already.
_ON_RECORD = text(
    "SELECT EXISTS (SELECT FROM evidence x JOIN files f ON f.document_id = x.id"
    " WHERE x.about_id = CAST(:about AS uuid) AND x.kind = :kind AND f.digest = ANY(:digests))"
)
#: Whether something on a right has this id and came of no case.
_BURDEN = text("""
    SELECT EXISTS (
        SELECT FROM rights r CROSS JOIN LATERAL jsonb_array_elements(r.encumbrances) x
        WHERE r.id = CAST(:right AS uuid) AND x->>'id' = CAST(:burden AS text) AND x->>'case' IS NULL
    )
""")
#: The screenings of an organisation in some programmes.
_SCREENINGS = text("""
    SELECT s.id::text AS id, s.programme_id::text AS programme FROM organisation_screenings s
    WHERE s.organisation_id = CAST(:organisation AS uuid) AND s.programme_id = ANY(CAST(:programmes AS uuid[]))
""")
#: Enters a paper of a register.
_ADD = text("""
    INSERT INTO evidence (id, log_id, programme_id, about_id, kind)
    VALUES (CAST(:id AS uuid), CAST(:log AS uuid), CAST(:programme AS uuid), CAST(:about AS uuid), :kind)
""")
#: Enters its file.
_ADD_FILE = text("""
    INSERT INTO files (id, log_id, document_id, version, type, size, filed_at, filed_by, name, digest)
    VALUES (CAST(:file AS uuid), CAST(:log AS uuid), CAST(:id AS uuid), 1, :type, :size, :at, :by, :name, :digest)
""")
