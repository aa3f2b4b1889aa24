"""The file of a case: its parts, its history, that the history was signed, its documents, and that each event was allowed."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from casework_verify.batches import batches_of
from casework_verify.earlier_witnesses import check_earlier
from casework_verify.faults import Fault, Unreadable
from casework_verify.histories import HISTORY, History, read_history
from casework_verify.integrity.chain import values
from casework_verify.known_names import index_faults, proof_faults, roles_faults
from casework_verify.linked_cases import CaseLinks, links_in
from casework_verify.memory import Memory
from casework_verify.orders import order_faults
from casework_verify.proofs import PROOF, check_proofs, more_leaves
from casework_verify.read_me import READ_ME, read_me_of
from casework_verify.reading import Archive
from casework_verify.register_proofs import ROLES, check_registers, has_events, logs_of, more_registers
from casework_verify.removals import removals_of
from casework_verify.replay import MISSING, replay
from casework_verify.tiles import Tiles
from casework_verify.words import NOTE, level_of

INDEX, SUMS = "index.json", "SHA256SUMS"
#: Forms of the index that are read; the first of them has no proof.
FORMS = (2, 3)
_EDITIONS, _CALENDARS, _DOCUMENTS = "editions/", "calendars/", "documents/"
#: What a file may have besides; who reads on finds nothing in it that nobody has looked at.
_PARTS = frozenset({INDEX, SUMS, HISTORY, PROOF, ROLES, READ_ME})


@dataclass(slots=True)
class Checked:
    """What was found of one file."""

    kind: str
    faults: list[Fault] = field(default_factory=list)
    #: What the file is about, for programs.
    facts: dict[str, Any] = field(default_factory=dict)
    #: What a case tells of its links to others.
    links: CaseLinks | None = None


def is_case_file(archive: Archive) -> bool:
    return INDEX in archive and HISTORY in archive


def check_case_file(archive: Archive, memory: Memory, tiles: Tiles) -> Checked:
    """Everything that is wrong with such a file, the first wrong event first. Raises Unreadable."""
    checked = Checked("case")
    digests = _check_parts(archive, checked.faults)
    index = archive.json(INDEX)
    log, head, taken_at = _head_of(index)
    roles = archive.json(ROLES) if ROLES in archive else None
    checked.faults += [*index_faults(index), *roles_faults(roles), *_read_me_faults(archive, index)]
    checked.faults += order_faults({INDEX: index, ROLES: roles})
    history = read_history(archive.lines(HISTORY), log, head)
    checked.facts = {"log": log, "events": len(history.rows), "at": taken_at}
    if number := _number_of(index):
        checked.facts["number"] = number
    if memory.keys:
        checked.facts["signed_up_to"] = 0
    checked.links = links_in(history, taken_at)
    checked.faults += history.faults
    # Without the roles, which is told, no decision can be found.
    removed = list(removals_of(history, roles)) if has_events(roles) else []
    checked.faults += [*removed, *(batches_of(history, roles) if has_events(roles) else ())]
    if others := history.erased - sum(
        fault.values["count"] for fault in removed if fault.code in ("removed", "archived")
    ):
        checked.faults.append(Fault("erased", {"count": others}))
    if index["form"] >= 3 or PROOF in archive:
        # Whoever takes them out of a file would have its events judged by nothing.
        needed = {PROOF, ROLES}.difference(archive.names, _missing(checked.faults))
        checked.faults += [Fault("part_missing", file=name) for name in sorted(needed)]
    checked.faults += _signed(archive, index, history, memory, tiles=tiles, facts=checked.facts)
    checked.faults += _document_faults(index, history, digests)
    if not history.faults:
        told = _missing(checked.faults)
        found = replay(history.rows, _evidence(archive, index))
        checked.faults += [fault for fault in found if fault.code not in MISSING or fault.file not in told]
    if is_whole(checked.faults) and PROOF in archive and ROLES in archive:
        # Of what is wrong these would only say the same once more.
        proof = archive.json(PROOF)
        checked.faults += [*more_leaves(history, proof), *more_registers(roles, proof)]
    return checked


def _missing(faults: Sequence[Fault]) -> set[str | None]:
    """The parts of which it is told that they are missing."""
    return {fault.file for fault in faults if fault.code == "part_missing"}


def _head_of(index: Any) -> tuple[str, Any, str]:
    if not isinstance(index, dict) or not isinstance(index.get("log"), str) or not isinstance(index.get("at"), str):
        raise Unreadable("file_json", file=INDEX, why="it has another form")
    if index.get("form") == 1:
        raise Unreadable("file_without_head")
    if index.get("form") not in FORMS:
        raise Unreadable("file_form", form=index.get("form"))
    return index["log"], index.get("head"), index["at"]


def _number_of(index: Any) -> str | None:
    """The number of the case, which a sealed one has not; the replay holds it against the history."""
    about = index.get("case")
    number = about.get("number") if isinstance(about, dict) else None
    return number if isinstance(number, str) and number else None


def _check_parts(archive: Archive, faults: list[Fault]) -> dict[str, str]:
    """The digest of each part, held against the list."""
    faults += [Fault("part_twice", file=name) for name, count in sorted(Counter(archive.names).items()) if count > 1]
    names = sorted(set(archive.names))
    faults += [Fault("part_name", file=name) for name in names if not _is_plain(name) or name in archive.links]
    faults += [Fault("part_unknown", file=name) for name in names if not _is_ours(name)]
    listed = [line.partition("  ") for line in archive.read(SUMS).decode("utf-8", "replace").splitlines()]
    sums = {name: digest for digest, _, name in listed}
    twice = [name for name, count in Counter(name for _, _, name in listed).items() if count > 1]
    faults += [Fault("sums_twice", {"name": name}, SUMS) for name in twice]
    digests = {name: _digest(archive, name) for name in dict.fromkeys(archive.names) if name != SUMS}
    faults += [Fault("part_missing", file=name) for name in sorted({*sums, READ_ME} - digests.keys())]
    faults += [Fault("part_unlisted", file=name) for name in sorted(digests.keys() - sums.keys())]
    faults += [
        Fault("part_changed", file=name) for name in sorted(sums.keys() & digests.keys()) if sums[name] != digests[name]
    ]
    return digests


def _read_me_faults(archive: Archive, index: Any) -> Iterator[Fault]:
    """What people read first is signed by nobody: it says what follows from the index, or somebody changed it."""
    if READ_ME in archive and archive.read(READ_ME) != read_me_of(index):
        yield Fault("read_me_other", file=READ_ME)


def _is_plain(name: str) -> bool:
    """Whether a part would be unpacked where it seems to be."""
    parts = name.split("/")
    return name.isprintable() and "\\" not in name and ":" not in parts[0] and not {"", ".", ".."} & set(parts)


def _is_ours(name: str) -> bool:
    """Whether a file of a case has such a part; which documents it has is told elsewhere."""
    judging = name.startswith((_EDITIONS, _CALENDARS)) and name.endswith(".json")
    return name in _PARTS or judging or name.startswith(_DOCUMENTS)


def _digest(archive: Archive, name: str) -> str:
    digest = hashlib.sha256()
    for some in archive.pieces(name):
        digest.update(some)
    return digest.hexdigest()


def _signed(
    archive: Archive, index: Any, history: History, memory: Memory, *, tiles: Tiles, facts: dict[str, Any]
) -> Iterator[Fault]:
    """Whether the history is in a tree that goes on from what is remembered; up to which event is noted among the facts."""
    if index["form"] >= 3 and PROOF not in archive:
        return
    proof = archive.json(PROOF) if PROOF in archive else {}
    if not isinstance(proof, dict):
        raise Unreadable("file_json", file=PROOF, why="it has another form")
    roles = archive.json(ROLES) if ROLES in archive else None
    registers = logs_of(roles) if has_events(roles) else proof.get("registers") or ()
    yield from [*proof_faults(proof, registers), *order_faults({PROOF: proof})]
    if proof.get("checkpoint") is None:
        # Whoever gave a key asks who signed: without a proof that cannot be told.
        yield Fault("proof_needed" if memory.keys else "proof_none")
        return
    said, faults = memory.open(proof["checkpoint"], tiles, proof.get("earlier"))
    yield from faults
    if said is None:
        return
    yield from check_earlier(proof, said, memory, facts)
    if roles is not None:
        yield from check_registers(roles, said, proof)
    found = check_proofs(history, said, proof, memory.remembered(history.log, said.size))
    if memory.keys:
        facts["signed_up_to"] = found.count
    for fault in found.faults:
        # Anybody can write more events at the end of a true file: whoever asks who signed them must not take them for true.
        yield replace(fault, code="leaf_unsigned") if memory.keys and fault.code == "leaf_waiting" else fault
    yield from memory.compare(history, said.size, found.count)


def _document_faults(index: Any, history: History, digests: dict[str, str]) -> Iterator[Fault]:
    """Documents that are not what the history says was filed, or of which it says nothing."""
    try:
        filed = {
            (file["document"], file["version"]): values(row["body"]).get("sha256")
            for row in history.rows
            for file in row["effects"].get("files", ())
        }
        listed = {
            (document["id"], version["version"]): version.get("path")
            for document in index["documents"]
            for version in document["versions"]
        }
        told = [(path, filed.get(key)) for key, path in listed.items() if path is not None]
        wanted = dict(told)
    except (LookupError, TypeError, AttributeError) as fault:
        raise Unreadable("file_json", file=INDEX, why="it has another form") from fault
    for document, version in filed:
        if (document, version) not in listed:
            yield Fault("document_missing", {"document": document, "version": version}, INDEX)
    for path, digest in told:
        if path not in digests:
            yield Fault("document_absent", file=str(path))
        elif digest is None or digests[path] != digest:
            yield Fault("document_other", file=str(path))
    for name in digests:
        if name.startswith(_DOCUMENTS) and name not in wanted:
            yield Fault("document_unknown", file=name)
    if without := sum(path is None for path in listed.values()):
        yield Fault("document_without", {"count": without})


def _evidence(archive: Archive, index: Any) -> dict[str, Any]:
    """What a history is judged by."""
    evidence: dict[str, Any] = {"index": index}
    if ROLES in archive:
        evidence["roles"] = archive.json(ROLES)
    for folder, kind in ((_EDITIONS, "editions"), (_CALENDARS, "calendars")):
        names = [name for name in dict.fromkeys(archive.names) if name.startswith(folder) and name.endswith(".json")]
        evidence[kind] = {name.removeprefix(folder).removesuffix(".json"): archive.json(name) for name in names}
    return evidence


def is_whole(faults: list[Fault]) -> bool:
    """Whether nothing is wrong and everything could be told."""
    return all(level_of(fault) == NOTE for fault in faults)
