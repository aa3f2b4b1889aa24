"""The file of a case as one archive: an index, the history as it is sealed, every document, and a checksum of each part.

It is written as it is sent, so that its size costs no memory. Whoever gets it can check it without us:
`sha256sum -c SHA256SUMS` for the parts, `casework verify --file` for the history and whether each document is what the
history says was filed.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.state.case import Case
from casework.engine.state.projection import evolve
from casework.errors import NotAllowed, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.hash_chain import genesis
from casework.ledger.integrity import Head, StoredEvent, check_log
from casework.ledger.leaves import leaf_of
from casework.ledger.merkle import BadProof, check_inclusion
from casework.ledger.redactable_bodies import Erased, values
from casework.ledger.signed_notes import parse_checkpoint, parse_note
from casework.operations.auth.step_up import sensitive
from casework.operations.cases.queries import describe_whole, find_case
from casework.operations.cases.views import ConsentView, GrantView
from casework.operations.core.access_log import note_document, note_reading
from casework.operations.core.views import Named, row_as
from casework.operations.documents.downloads import while_seen
from casework.operations.documents.service import list_documents
from casework.operations.documents.storage import BLOCKED, PENDING, DocumentStore
from casework.operations.documents.uploads import clean_name
from casework.operations.privacy.personal_data import texts_within
from casework.operations.verification.case_evidence import (
    CALENDARS,
    EDITIONS,
    gather_judging,
)
from casework.operations.verification.event_proofs import prove_growth, prove_logs, told_event
from casework.operations.verification.kept_rows import PARTS
from casework.operations.verification.rows import HOMES, compare, rows_kept
from casework.operations.verification.witnesses import cosigned_up_to
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, takes_out
from casework.permissions.work import conflict
from casework.records.case_writer import FOLLOWING, rows_of
from casework.records.event_log import event_of, now, read_rows
from casework.records.row_security import whole

INDEX, HISTORY, PROOF, SUMS, READ_ME = "index.json", "history.ndjson", "proof.json", "SHA256SUMS", "README.txt"
_PIECE = 65_536
#: Of the index. Since 2 it names the head of the history and holds the state that the history adds up to; since 3 `proof.json` lies
#: beside the history. Files of both are read.
FORM, FORMS = 3, (2, 3)

_WORDS = """{called}
As of {at}.

index.json       the case and its documents
history.ndjson   its history, one sealed event on each line
editions/        the rules of each workflow that it ran by; the SHA-256 of each is its name, which the history has
calendars/       the working days by which its due days were counted, in the same way
roles.json       the roles in which people acted in it, as they were given and ended; who decided that its contents are removed
proof.json       what was signed of the log of all events, and that the history is in it
documents/       every version of every document that may be given out
SHA256SUMS       a checksum of each part

To check the parts:            sha256sum -c SHA256SUMS
To check the history as well:  casework-verify THIS.zip --key KEYS, which needs nothing of the office,
                               or  casework verify --file THIS.zip
"""


@dataclass(frozen=True)
class CaseFile:
    """What goes into an archive: its name, and its parts in their order."""

    name: str
    parts: tuple[tuple[str, Callable[[], Iterator[bytes]]], ...]
    at: datetime
    #: Lets pieces through while its taker reads the case.
    guard: Callable[[Iterator[bytes]], Iterator[bytes]]

    def pieces(self) -> Iterator[bytes]:
        """The archive, as it is written. Raises AccessEnded where its taker reads the case no more."""
        return self.guard(self._pieces())

    def _pieces(self) -> Iterator[bytes]:
        # No file of the standard library's kinds: an archive that cannot be walked back in is written in one go.
        out: Any = _Out()
        sums: list[str] = []
        with zipfile.ZipFile(out, "w") as archive:
            for name, read in self.parts:
                yield from self._write(archive, out, name, read(), sums)
            yield from self._write(archive, out, SUMS, iter(["".join(sums).encode()]), [])
        yield out.taken()

    def _write(
        self, archive: zipfile.ZipFile, out: Any, name: str, pieces: Iterator[bytes], sums: list[str]
    ) -> Iterator[bytes]:
        digest, info = hashlib.sha256(), zipfile.ZipInfo(name, self.at.timetuple()[:6])
        # What people send is packed already.
        info.compress_type = zipfile.ZIP_STORED if name.startswith("documents/") else zipfile.ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as part:
            for piece in pieces:
                digest.update(piece)
                part.write(piece)
                yield out.taken()
        sums.append(f"{digest.hexdigest()}  {name}\n")
        yield out.taken()


class _Out:
    """Where an archive is written to, and taken away again at once."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, some: bytes, /) -> int:
        self._held += some
        return len(some)

    def flush(self) -> None:
        """Nothing waits here."""

    def taken(self) -> bytes:
        some = bytes(self._held)
        self._held.clear()
        return some


def insist_whole(db: Connection, actor: Actor, number: str) -> tuple[Case, Sight]:
    """The case, for whoever takes something of it out. Raises NotFound for who reads it in part or in an emergency, NotAllowed for a
    declared interest."""
    case, level = find_case(db, actor, number)
    if not takes_out(actor, case):
        raise NotFound("case")
    if (why := conflict(actor, case)) is not None:
        raise NotAllowed(why=why)
    return case, level


@sensitive
def make_case_file(
    db: Connection, actor: Actor, document_store: DocumentStore, number: str, address: str, *, since: int | None = None
) -> CaseFile:
    """The file of a case, for those who read it whole; noted as a reading of it and of each document. With `since` it proves, too, that the
    tree over all events goes on from one of so many leaves, which its taker remembers.

    Raises NotFound, InvalidForm, and NotAllowed for whoever declared an interest: nobody with one takes anything out.
    """
    case, _ = insist_whole(db, actor, number)
    written = write_case(db, actor, document_store, case, since=since)
    for id in written.documents:
        note_document(db, actor, address, case.number, id)
    note_reading(db, actor, address, case.number)

    def guard(pieces: Iterator[bytes]) -> Iterator[bytes]:
        return while_seen(
            document_store.engine, actor.person, lambda db, actor: insist_whole(db, actor, number), pieces
        )

    return CaseFile(f"{case.number}.zip", written.parts, written.at, guard)


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenCase:
    """A whole case as the parts of its file."""

    parts: tuple[tuple[str, Callable[[], Iterator[bytes]]], ...]
    at: datetime
    #: The documents of which a version is among them.
    documents: list[str]
    #: Whether a version of one still waits for the scanner, and so is not.
    waits: bool
    #: How many events there are, the hash of the last one, the checkpoint that proves them, and those that it does not.
    events: int
    head: str
    checkpoint: str | None
    unsigned: list[int]


def write_case(
    db: Connection, actor: Actor, document_store: DocumentStore, case: Case, *, since: int | None = None
) -> WrittenCase:
    """The same for whoever was asked before whether they read it, and notes that they did."""
    at = now(db)
    listed = [asdict(document) for document in list_documents(db, actor, case)]
    ids = {(file.document, file.version): file.id for file in case.files.values()}
    parts: list[tuple[str, Callable[[], Iterator[bytes]]]] = []
    taken: list[str] = []
    for n, document in enumerate(listed, 1):
        for version in document["versions"]:
            if not version["kept"] or version["scan"] in (PENDING, BLOCKED):
                continue
            name = clean_name(version["name"] or f"{document['kind']}.{version['type']}")
            version["path"] = f"documents/{n:03}-v{version['version']}-{name}"
            parts.append((version["path"], document_store.opener(db, ids[document["id"], version["version"]])))
        if any("path" in version for version in document["versions"]):
            taken.append(document["id"])
    # As it stands now, beside what it adds up to: so that a history that was cut off betrays itself.
    with whole(db):
        rows = list(read_rows(db, case.log))
        kept = rows_kept(db, case.log, HOMES[case.kind])
    judging = gather_judging(db, case, rows)
    proofs = prove_logs(db, {**judging.registers, case.log: [row.seq for row in rows]}, since)
    registers = {log: proofs[log].told()["leaves"] for log in judging.registers}
    proof = {**proofs[case.log].told(), "registers": registers}
    proof |= _witnessed(db, proofs[case.log].size)
    history = "".join(_line(row) for row in rows).encode()
    about = row_as(_AboutCase, describe_whole(db, actor, case))
    index = {
        "form": FORM,
        "at": instant(at),
        "log": case.log,
        "case": asdict(about),
        "documents": listed,
        "head": {"seq": rows[-1].seq, "hash": rows[-1].hash} if rows else {"seq": 0, "hash": genesis(case.log)},
        "rows": kept,
    }
    called = " ".join(filter(None, (about.number, about.title))) or case.log
    words = _WORDS.format(called=called, at=instant(at))
    first = {
        READ_ME: words.encode(),
        INDEX: _json(index).encode(),
        HISTORY: history,
        PROOF: _json(proof).encode(),
        **judging.parts,
    }
    return WrittenCase(
        parts=(*((name, _given(some)) for name, some in first.items()), *parts),
        at=at,
        documents=taken,
        waits=any(version["scan"] == PENDING for document in listed for version in document["versions"]),
        events=len(rows),
        head=rows[-1].hash if rows else genesis(case.log),
        checkpoint=proof["checkpoint"],
        unsigned=proofs[case.log].waiting,
    )


def _witnessed(db: Connection, size: int) -> JsonObject:
    """Beside the log's own signature those of the witnesses that have seen this very checkpoint; where none has, the newest earlier one
    that they signed, and the proof that the tree goes on from it."""
    if size == 0 or (cosigned := cosigned_up_to(db, size)) is None:
        return {}
    seen = parse_checkpoint(parse_note(cosigned).text).size
    if seen == size:
        return {"checkpoint": cosigned}
    return {"witnessed": {"checkpoint": cosigned, "hashes": prove_growth(db, seen, size)}}


def _given(some: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: iter([some])


@dataclass(frozen=True, kw_only=True, slots=True)
class _AboutCase:
    """What the index of an archive says of the case itself."""

    number: str | None
    title: str | None
    parties: dict[str, str | None]
    state: str
    outcome: str | None
    reasons: list[str]
    owner: Named | None
    team: list[Named]
    opened_at: str
    closed_at: str | None
    hold: JsonMapping | None
    consents: list[ConsentView]
    grants: list[GrantView]


def _line(row: Any) -> str:
    return json.dumps(told_event(row), ensure_ascii=False, sort_keys=True) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


# --- checking --------------------------------------------------------------------------------------------------------


def check_case_file(path: Path | IO[bytes]) -> list[str]:
    """What is wrong with such an archive, in sentences; no database is asked. Empty for a whole one."""
    try:
        with zipfile.ZipFile(path) as archive:
            return list(_faults(archive))
    except (zipfile.BadZipFile, OSError, LookupError, ValueError, TypeError, AttributeError, AssertionError) as fault:
        return [f"This is no file of a case, or it is damaged: {fault or type(fault).__name__}"]


def _faults(archive: zipfile.ZipFile) -> Iterator[str]:
    listed = [line.partition("  ") for line in archive.read(SUMS).decode().splitlines()]
    sums = {name: digest for digest, _, name in listed}
    names = set(archive.namelist()) - {SUMS}
    for name in sorted(names ^ sums.keys()):
        yield f"{name} is {'not in the list of checksums' if name in names else 'missing'}."
    digests = {name: _digest(archive, name) for name in sorted(names & sums.keys())}
    for name, digest in digests.items():
        if digest != sums[name]:
            yield f"{name} is not what it was: its checksum differs."
    for name, digest in digests.items():
        if name.startswith((EDITIONS, CALENDARS)) and Path(name).stem != digest:
            yield f"{name} is not what the history names by this digest."
    index = json.loads(archive.read(INDEX))
    rows = [json.loads(line) for line in archive.read(HISTORY).decode().splitlines()]
    stored = [_stored(row) for row in rows]
    if index["form"] not in FORMS:
        yield f"{INDEX} names no head, so whether the history ends where it did cannot be told. Take the file out anew."
        return
    faults = check_log(iter(stored), Head(index["log"], index["head"]["seq"], index["head"]["hash"]))
    for fault in faults:
        yield fault.sentence
    if not faults:
        yield from _state_faults(index, rows)
        if index["form"] == FORM:
            yield from _proof_faults(json.loads(archive.read(PROOF)), rows)
    yield from _document_faults(index, rows, digests)


def _document_faults(index: JsonMapping, rows: list[JsonMapping], digests: Mapping[str, str]) -> Iterator[str]:
    """Documents that are not what the history says was filed."""
    filed = {
        (file["document"], file["version"]): values(row["body"]).get("sha256")
        for row in rows
        for file in row["effects"].get("files", ())
    }
    for document in index["documents"]:
        for version in document["versions"]:
            if "path" in version and digests.get(version["path"]) != filed.get((document["id"], version["version"])):
                yield f"{version['path']} is not what the history says was filed."


def _state_faults(index: JsonMapping, rows: list[JsonMapping]) -> Iterator[str]:
    """Where the state in the index is not what the history adds up to."""
    case: Case | None = None
    for row in rows:
        case = evolve(case, event_of(row["header"], row["effects"], row["body"]))
    assert case is not None, "a log without events has a fault already"
    wanted = rows_of(case, load_library())
    for table in (HOMES[case.kind], *PARTS):
        # A part lies in the programme of its case.
        left = FOLLOWING | {"programme_id"} if table in PARTS else FOLLOWING
        told = [{name: value for name, value in row.items() if name not in left} for row in wanted[table]]
        for _, _, sentence in compare(table, told, index["rows"].get(table, [])):
            yield sentence
    expected = wanted[HOMES[case.kind]][0]
    for name in ("number", "title", "state", "outcome"):
        if index["case"][name] != (None if isinstance(expected[name], Erased) else expected[name]):
            yield f"The {name} in {INDEX} is not what the history adds up to."


def _proof_faults(proof: JsonMapping, rows: list[JsonMapping]) -> Iterator[str]:
    """Events that are not under the root that was signed. By whom it was, a key tells, which is not asked for here."""
    proven, waiting = {leaf["seq"]: leaf for leaf in proof["leaves"]}, set(proof["waiting"])
    said = None if proof["checkpoint"] is None else parse_checkpoint(parse_note(proof["checkpoint"]).text)
    for row in rows:
        leaf = proven.get(row["seq"])
        if said is None or leaf is None:
            if row["seq"] not in waiting:
                yield f"Event {row['seq']} has no proof that it was signed."
            continue
        hashes = [b64decode(one) for one in leaf["hashes"]]
        try:
            check_inclusion(leaf_of(bytes.fromhex(row["hash"])), leaf["index"], said.size, hashes, said.root)
        except BadProof:
            yield f"Event {row['seq']} is not in the tree that was signed."


def texts_of(file: IO[bytes]) -> Iterator[str]:
    """The words in such an archive: its index, each entry of its history, and what its parts are called; not what is within documents."""
    with zipfile.ZipFile(file) as archive:
        yield from archive.namelist()
        yield from texts_within(json.loads(archive.read(INDEX)))
        with archive.open(HISTORY) as lines:
            for line in lines:
                yield from texts_within(json.loads(line))


def unsigned(path: Path) -> int | None:
    """How many events of such an archive, a whole one, were not signed yet when it was taken out; None where no proof is within."""
    with zipfile.ZipFile(path) as archive:
        if PROOF not in archive.namelist():
            return None
        return len(json.loads(archive.read(PROOF))["waiting"])


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as part:
        stream: IO[bytes] = part
        while some := stream.read(_PIECE):
            digest.update(some)
    return digest.hexdigest()


def _stored(row: JsonMapping) -> StoredEvent:
    moment = datetime.fromisoformat(row["at"])
    return StoredEvent(row["log"], row["seq"], moment, row["header"], row["effects"], row["body"], row["hash"])
