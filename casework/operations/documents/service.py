"""Documents of a case and their versions: list them, hand one in, replace and withdraw it, and take a file out.

Who may not see a document does not find it, its titles, versions or number. Whoever takes a file out is noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.documents import CLERKS, DELIVERERS, home, refusal
from casework.engine.case_objects.grant_commands import last_day
from casework.engine.execution.commands import Command
from casework.engine.execution.context import By
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.record_commands import (
    FileDocument,
    RegisterDocument,
    WithdrawDocument,
)
from casework.engine.state.case import Case, Track
from casework.engine.state.case_documents import Document
from casework.engine.state.events import Event
from casework.errors import FileBlocked, FilePending, InvalidForm, NotAllowed, NotFound
from casework.json_values import JsonMapping
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import values
from casework.operations.core.access_log import note_document
from casework.operations.core.access_queries import document_log
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import Choose, Standing, calendar_of, perform
from casework.operations.core.presenters import names_of, when
from casework.operations.core.reader_names import called
from casework.operations.core.views import row_as
from casework.operations.documents.downloads import while_seen
from casework.operations.documents.storage import BLOCKED, PENDING, DocumentStore, Kept
from casework.operations.documents.views import (
    DocumentDetails,
    DocumentRow,
    DocumentShare,
    Taking,
    VersionRow,
)
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, reads_document, sight
from casework.permissions.work import barred, capacities, choose
from casework.reasons import Why
from casework.records.actors import find_members
from casework.records.case_loader import load
from casework.records.event_log import now

# --- reading ---------------------------------------------------------------------------------------------------------

#: What was entered with each document of a log.
_DETAILS = text("""
    SELECT effects->'documents'->0->>'id' AS id, body FROM events
    WHERE log_id = CAST(:log AS uuid) AND kind IN ('document_registered', 'letter_sent') ORDER BY seq
""")
#: How the scan of some files went.
_SCANS = text("""
    SELECT k.file_id, b.scan FROM contents k JOIN blobs b ON b.id = k.blob_id WHERE k.file_id = ANY(CAST(:files AS uuid[]))
""")


def list_documents(db: Connection, actor: Actor, case: Case, referral: str | None = None) -> list[DocumentRow]:
    """The documents that the actor sees, of a case or of one of its referrals, each with its versions, the newest first."""
    seen = [
        document
        for document in case.documents.values()
        if reads_document(actor, case, document) and _belongs(case, document, referral)
    ]
    if not seen:
        return []
    ids = {document.id for document in seen}
    files = [file for file in case.files.values() if file.document in ids]
    words = {row.id: values(row.body) for row in db.execute(_DETAILS, {"log": case.log})}
    scans = {row.file_id: row.scan for row in db.execute(_SCANS, {"files": [file.id for file in files]})}
    grants = [grant for grant in case.grants.values() if grant.document in ids]
    names = names_of(
        db, {file.filed_by for file in files}, {track.provider for track in case.tracks.values() if track.provider}
    )
    whole = sight(actor, case) == Sight.ALL
    today = calendar_of(db, case.programme).local_date(now(db)).isoformat()
    ours = None if whole else _colleagues(db, actor, case)
    rows = []
    for document in seen:
        title, language = words.get(document.id, {}).get("title"), words.get(document.id, {}).get("language")
        above = home(case, document)
        mine = [file for file in files if file.document == document.id]
        rows.append(
            DocumentRow(
                id=document.id,
                title=title if isinstance(title, str) else None,
                kind=document.kind,
                party=document.party,
                own=document.own,
                language=language if isinstance(language, str) else None,
                valid_until=document.valid_until,
                expired=document.valid_until is not None and document.valid_until < today,
                registered_at=instant(document.registered_at),
                withdrawn_at=when(document.withdrawn_at),
                referral=document.track,
                provider=names.get(above.provider or "") if above else None,
                letter=document.letter,
                may_change=document.withdrawn_at is None
                and document.letter is None
                and _by(actor, case, above) is not None,
                versions=[
                    VersionRow(
                        version=file.version,
                        name=file.name,
                        type=file.type,
                        size=file.size,
                        sha256=file.digest,
                        filed_at=instant(file.filed_at),
                        scan=scans.get(file.id),
                        kept=file.id in scans,
                        filed_by=names.get(file.filed_by) if ours is None or file.filed_by in ours else None,
                    )
                    for file in sorted(mine, key=lambda file: -file.version)
                ],
                shared=[
                    DocumentShare(
                        provider=names.get((case.tracks[grant.track].provider) or ""),
                        referral=grant.track,
                        id=grant.id,
                        given_at=instant(grant.given_at),
                        ended_at=when(grant.ended_at),
                        returned_at=when(grant.returned_at),
                        until=grant.until,
                        last_day=last_day(case, grant),
                    )
                    for grant in grants
                    if grant.document == document.id and whole
                ],
            )
        )
    return rows


def _belongs(case: Case, document: Document, referral: str | None) -> bool:
    """Whether a document was handed in with a referral, or is granted to it."""
    if referral is None or document.track == referral:
        return True
    return any(g.track == referral and g.document == document.id and g.ended_at is None for g in case.grants.values())


def _colleagues(db: Connection, actor: Actor, case: Case) -> set[str]:
    mine = {track.provider for track in own_tracks(actor, case) if track.provider}
    return {member.person for member in find_members(db, organisations=mine, services=True)} if mine else set()


def find_document(db: Connection, actor: Actor, id: str) -> tuple[Case, Document]:
    """A document that the actor sees. Raises NotFound."""
    case = load(db, *document_log(db, actor, id))
    document = case.documents[id]
    if not reads_document(actor, case, document):
        raise NotFound("document")
    return case, document


def show_document(db: Connection, actor: Actor, id: str) -> DocumentDetails:
    """A document with its versions, and for those who read the whole case with who took it out. Raises NotFound."""
    case, _ = find_document(db, actor, id)
    row = next(document for document in list_documents(db, actor, case) if document.id == id)
    takings = list_takings(db, actor, id) if sight(actor, case) == Sight.ALL else []
    return row_as(DocumentDetails, row, taken_out=takings)


@dataclass(frozen=True)
class Taken:
    """A file on its way out."""

    name: str
    size: int
    digest: str | None
    pieces: Iterator[bytes]


@dataclass(frozen=True, kw_only=True)
class Opened(Taken):
    """A version's file with what it was found to be, how its scan went, and the number of its case."""

    type: str
    scan: str | None
    filed_by: str
    number: str | None


#: How the scan of a file went.
_SCAN_OF = text("SELECT b.scan FROM contents k JOIN blobs b ON b.id = k.blob_id WHERE k.file_id = CAST(:file AS uuid)")


def open_version(db: Connection, actor: Actor, document_store: DocumentStore, id: str, version: int) -> Opened:
    """A version's file, for who sees the document; nothing of it is given yet, and nothing noted.

    Raises NotFound, FileBlocked, and what the store raises; later on, AccessEnded where that person sees the document no more.
    """
    case, document = find_document(db, actor, id)
    file = next((file for file in case.files.values() if (file.document, file.version) == (id, version)), None)
    if file is None:
        raise NotFound("document")
    scan = db.execute(_SCAN_OF, {"file": file.id}).scalar_one_or_none()
    if scan == BLOCKED:
        raise FileBlocked
    pieces = while_seen(
        document_store.engine,
        actor.person,
        lambda db, actor: find_document(db, actor, id),
        document_store.read(db, file.id),
    )
    return Opened(
        name=file.name if isinstance(file.name, str) else f"{document.kind}.{file.type}",
        size=file.size,
        digest=file.digest if isinstance(file.digest, str) else None,
        pieces=pieces,
        type=file.type,
        scan=scan,
        filed_by=file.filed_by,
        number=case.number,
    )


def take_out(
    db: Connection, actor: Actor, document_store: DocumentStore, id: str, version: int, *, address: str
) -> Taken:
    """A version's file, for who sees the document; noted before anything of it is given.

    Raises NotFound, FilePending or FileBlocked while nobody but who filed it may have it, and what the store raises; later on,
    AccessEnded where that person sees the document no more.
    """
    opened = open_version(db, actor, document_store, id, version)
    if opened.scan == PENDING and opened.filed_by != actor.person:
        raise FilePending
    note_document(db, actor, address, opened.number, id)
    return opened


#: Who took out a document or looked at pages of it, the newest first; what one looks at within a minute is one look.
_READERS = text(f"""
    SELECT max(r.at) AS at, {called("p")} AS name, split_part(r.address, '/preview/', 1) AS address
    FROM readings r JOIN people p ON p.id = r.person_id WHERE r.document_id = CAST(:id AS uuid)
    GROUP BY p.id, 3, date_trunc('minute', r.at) ORDER BY max(r.id) DESC LIMIT :most
""")


def list_takings(db: Connection, actor: Actor, id: str, *, most: int = 50) -> list[Taking]:
    """Who took a document's files out, the last first; for those who read the whole case."""
    case, _ = find_document(db, actor, id)
    if sight(actor, case) < Sight.ALL:
        raise NotFound("document")
    rows = db.execute(_READERS, {"id": id, "most": most})
    return [
        Taking(
            at=instant(row.at),
            person=row.name,
            version=_version(row.address),
        )
        for row in rows
    ]


def _version(address: str) -> int | None:
    last = address.split("?")[0].rstrip("/").rpartition("/")[2]
    return int(last) if last.isdigit() else None


# --- who -------------------------------------------------------------------------------------------------------------


def _by(actor: Actor, case: Case, referral: Track | None) -> By | None:
    """The capacity in which the actor hands something in here, whatever stands against it now."""
    if barred(actor, case) is not None:
        return None
    roles = CLERKS if referral is None else DELIVERERS
    by = choose(capacities(actor, case, referral or case.main), accepted(case, roles))
    return None if by is None or refusal(case, by.role, referral) is not None else by


def why_not(actor: Actor, case: Case, referral: Track | None) -> Why | Literal[""] | None:
    """Why the actor hands nothing in here now; "" for those who only read, None where it is possible."""
    if (why := barred(actor, case)) is not None:
        return why
    roles = CLERKS if referral is None else DELIVERERS
    by = choose(capacities(actor, case, referral or case.main), accepted(case, roles))
    if by is None:
        return ""
    return refusal(case, by.role, referral)


def insist_may_hand_in(actor: Actor, case: Case, referral: str | None) -> Track | None:
    """Before a file is read at all: that the actor may hand something in. Raises NotFound and NotAllowed."""
    track = _referral(actor, case, referral)
    if (why := why_not(actor, case, track)) is not None:
        raise NotAllowed(why=why or reasons.documents.HANDED_IN_BY)
    return track


def _referral(actor: Actor, case: Case, referral: str | None) -> Track | None:
    level = sight(actor, case)
    if referral is None:
        if level < Sight.ALL:
            raise NotFound("case")
        return None
    track = case.tracks.get(referral)
    if track is None or not track.is_referral or level < Sight.REFERRALS:
        raise NotFound("referral")
    if level == Sight.REFERRALS and track not in own_tracks(actor, case):
        raise NotFound("referral")
    return track


def _insist_by(actor: Actor, case: Case, referral: Track | None) -> By:
    """The capacity in which it is done; what stands against it now, the engine says."""
    if (why := barred(actor, case)) is not None:
        raise NotAllowed(why=why)
    roles = CLERKS if referral is None else DELIVERERS
    by = choose(capacities(actor, case, referral or case.main), accepted(case, roles))
    if by is None:
        raise NotAllowed(why=reasons.documents.HANDED_IN_BY)
    return by


# --- actions -----------------------------------------------------------------------------------------------------------


def hand_in(
    db: Connection,
    actor: Actor,
    document_store: DocumentStore,
    case: Case,
    *,
    title: str,
    kind: str,
    kept: Kept,
    referral: str | None = None,
    party: str | None = None,
    own: bool = False,
    language: str | None = None,
    valid_until: str | None = None,
    request: Request,
) -> Done:
    """Enter a document with its first file, of the case or, by a provider, of its referral."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = _insist_by(actor, standing.case, _referral(actor, standing.case, referral))
        return RegisterDocument(title, kind, party, language, valid_until, referral, kept.told, own), by

    return _filed(db, actor, document_store, case, to_command, kept=kept, request=request)


def enter(
    db: Connection,
    actor: Actor,
    case: Case,
    *,
    title: str,
    kind: str,
    referral: str | None,
    language: str | None,
    valid_until: str | None,
    request: Request,
) -> Done:
    """Enter a document without a file yet, of a referral by its provider; its versions follow."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = _insist_by(actor, standing.case, _referral(actor, standing.case, referral))
        return RegisterDocument(title, kind, None, language, valid_until, referral), by

    def answer(_: Case, events: list[Event]) -> JsonMapping:
        return {"id": events[0].effects["documents"][0]["id"]}

    return perform(db, actor, case.log, case.kind, to_command, answer=answer, request=request, status=201)


def file_version(
    db: Connection, actor: Actor, document_store: DocumentStore, id: str, kept: Kept, *, request: Request
) -> Done:
    """A new version of a document, by whoever handed the document in or works for them."""
    case, _ = find_document(db, actor, id)

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = _insist_by(actor, standing.case, home(standing.case, _document(actor, standing.case, id)))
        return FileDocument(id, kept.told), by

    return _filed(db, actor, document_store, case, to_command, kept=kept, request=request)


def insist_may_withdraw(actor: Actor, case: Case, document: Document) -> None:
    """Before a form is read: that the actor may take the document out of use. Raises NotAllowed."""
    _insist_by(actor, case, home(case, document))


def withdraw(db: Connection, actor: Actor, id: str, *, reason: str, request: Request) -> Done:
    """Take a document out of use: who it was shared with loses it at once."""
    case, document = find_document(db, actor, id)
    insist_may_withdraw(actor, case, document)
    if not reason.strip():
        raise InvalidForm(fields={"reason": reasons.fields.REQUIRED})

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = _insist_by(actor, standing.case, home(standing.case, _document(actor, standing.case, id)))
        return WithdrawDocument(id, reason), by

    def answer(after: Case, _: list[Event]) -> JsonMapping:
        return {"id": id, "withdrawn_at": when(after.documents[id].withdrawn_at)}

    return perform(db, actor, case.log, case.kind, to_command, answer=answer, request=request)


def _document(actor: Actor, case: Case, id: str) -> Document:
    document = case.documents.get(id)
    if document is None or not reads_document(actor, case, document):
        raise NotFound("document")
    return document


def _filed(
    db: Connection,
    actor: Actor,
    document_store: DocumentStore,
    case: Case,
    to_command: Choose,
    *,
    kept: Kept,
    request: Request,
) -> Done:
    def answer(_: Case, events: list[Event]) -> JsonMapping:
        (file,) = events[0].effects["files"]
        return {"id": file["document"], "file": file["id"], "version": file["version"]}

    done = perform(db, actor, case.log, case.kind, to_command, answer=answer, request=request, status=201)
    if not done.repeated:
        document_store.tie(db, done.answer["file"], kept)
    return done
