"""What a checker knows from before: keys of the log, checkpoints that it has seen, and the hashes of events that it was shown.

Whoever remembers one checkpoint finds any later rewriting of what was before it; whoever remembers the hashes learns of which event.
"""

from __future__ import annotations

import json
import os
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casework_verify.faults import Fault, Unreadable
from casework_verify.histories import HISTORY, History
from casework_verify.integrity.notes import (
    BadNote,
    BadSignature,
    Checkpoint,
    Key,
    UnknownKey,
    open_checkpoint,
    parse_checkpoint,
    parse_key,
    unbase64,
)
from casework_verify.integrity.tree import BadProof, check_consistency
from casework_verify.reading import parse, read_file
from casework_verify.tiles import Tiles, Wanted

FORM = 1
_MOST_STATE, _MOST_KEYS = 128 * 2**20, 2**20
#: So many checkpoints are remembered: the newest ones.
_MOST_CHECKPOINTS = 1000
_HASH = 32


@dataclass(slots=True)
class Memory:
    """What is known, and what was seen meanwhile."""

    keys: list[Key] = field(default_factory=list)
    #: By size, each with its note.
    seen: dict[int, tuple[Checkpoint, str]] = field(default_factory=dict)
    #: Of each log the hashes of its events, one behind the other, that are in the tree of so many leaves.
    logs: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def open(self, note: Any, tiles: Tiles, offered: Any = None) -> tuple[Checkpoint | None, list[Fault]]:
        """What a note says, and what is wrong with it: its form, its signatures, or that it does not go on from what is remembered."""
        faults: list[Fault] = []
        try:
            if not isinstance(note, str):
                raise BadNote("it is no text")
            said, signed = open_checkpoint(note, self.keys) if self.keys else (parse_checkpoint(note)[0], ())
        except BadNote as fault:
            return None, [_of_note(fault)]
        if not self.keys:
            faults.append(Fault("key_none"))
        known = {key.id for key in signed}
        for name, id, _ in parse_checkpoint(note)[2] if self.keys else ():
            if name == said.origin and id not in known:
                faults.append(Fault("key_next", {"found": f"{name}+{id.hex()}"}))
        faults += self._linked(said, tiles, offered)
        if all(fault.code in ("key_next", "key_none") for fault in faults):
            self.seen.setdefault(said.size, (said, note))
        return said, faults

    def _linked(self, said: Checkpoint, tiles: Tiles, offered: Any) -> Iterator[Fault]:
        if not self.seen:
            return
        newest, _ = self.seen[max(self.seen)]
        if newest.origin != said.origin:
            yield Fault("note_origin", {"found": said.origin, "known": newest.origin})
            return
        if said.size in self.seen:
            if self.seen[said.size][0].root != said.root:
                yield Fault("tree_split", {"found": said.size})
            return
        old, new = sorted((newest, said), key=lambda one: one.size)
        if old.size == 0:
            return
        try:
            proof = _offered(offered, old.size) or tiles.consistency(old.size, new.size)
            check_consistency(old.size, new.size, proof, old.root, new.root)
        except Wanted as wanted:
            told = {"found": said.size, "known": newest.size, "tiles": " ".join(wanted.paths)}
            yield Fault("state_unlinked", told)
        except BadProof:
            yield Fault("tree_rewritten", {"found": said.size, "known": newest.size})

    def remembered(self, log: str, size: int) -> int:
        """How many events of a log are known to be in a tree of so many leaves."""
        then, known = self.logs.get(log, (0, b""))
        return len(known) // _HASH if size >= then else 0

    def compare(self, history: History, size: int, proven: int) -> Iterator[Fault]:
        """The first event that is another than the one that was shown before, or that is missing though it was signed by then; `proven`
        events are in the tree of `size` leaves. Where nothing is wrong they are remembered."""
        then, known = self.logs.get(history.log, (0, b""))
        hashes = b"".join(bytes.fromhex(one) for one in history.hashes)
        shared = min(len(known), len(hashes))
        if known[:shared] != hashes[:shared]:
            n = next(n for n in range(0, shared, _HASH) if known[n : n + _HASH] != hashes[n : n + _HASH])
            yield Fault("event_other", {}, HISTORY, history.log, n // _HASH + 1)
        elif size >= then and len(hashes) < len(known):
            yield Fault("log_shorter", {"last": len(known) // _HASH}, HISTORY, history.log, len(history.hashes) + 1)
        elif proven * _HASH > len(known) and not history.faults:
            self.logs[history.log] = size, hashes[: proven * _HASH]


def _of_note(fault: BadNote) -> Fault:
    if isinstance(fault, BadSignature):
        return Fault("note_signature")
    return Fault("note_key") if isinstance(fault, UnknownKey) else Fault("note_form", {"why": str(fault)})


def _offered(offered: Any, size: int) -> list[bytes] | None:
    """The proof that a file brings for the tree of this size, if it does."""
    for one in offered if isinstance(offered, list) else ():
        if isinstance(one, dict) and one.get("size") == size and isinstance(one.get("hashes"), list):
            with suppress(BadNote, TypeError):
                return [unbase64(each) for each in one["hashes"]]
    return None


def read_keys(path: Path) -> list[Key]:
    """The keys of a file, one on each line. Raises Unreadable."""
    try:
        lines = read_file(path, _MOST_KEYS).decode("utf-8").splitlines()
        keys = [parse_key(line) for line in lines if line.strip()]
    except (UnicodeDecodeError, BadNote) as fault:
        raise Unreadable("key_unusable", why=str(fault)) from fault
    except Unreadable as fault:
        raise Unreadable("key_unusable", why=fault.fault.values.get("why", path.name)) from fault
    if not keys:
        raise Unreadable("key_unusable", why="there is none")
    return keys


def read_memory(path: Path) -> Memory:
    """What was kept; nothing where the file is not there yet. Raises Unreadable."""
    if not path.exists():
        return Memory()
    try:
        told = parse(read_file(path, _MOST_STATE), path.name)
        if told["form"] != FORM:
            raise ValueError("it is of another form")
        seen = [(parse_checkpoint(note)[0], note) for note in told["checkpoints"]]
        logs = {log: (int(one["size"]), unbase64(one["hashes"])) for log, one in told["logs"].items()}
        if any(len(hashes) % _HASH for _, hashes in logs.values()):
            raise ValueError("a hash has 32 bytes")
        keys = [parse_key(line) for line in told["keys"]]
    except (Unreadable, LookupError, TypeError, ValueError, AttributeError) as fault:
        why = fault.fault.values.get("why", path.name) if isinstance(fault, Unreadable) else fault
        raise Unreadable("state_unusable", why=str(why)) from fault
    return Memory(keys, {said.size: (said, note) for said, note in seen}, logs)


def write_memory(memory: Memory, path: Path) -> None:
    """Keep it, whole or not at all. Raises Unreadable."""
    newest = sorted(memory.seen)[-_MOST_CHECKPOINTS:]
    told = {
        "form": FORM,
        "keys": [key.line for key in memory.keys],
        "checkpoints": [memory.seen[size][1] for size in newest],
        "logs": {
            log: {"size": size, "hashes": b64encode(hashes).decode()}
            for log, (size, hashes) in sorted(memory.logs.items())
        },
    }
    beside = None
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            beside = file.name
            json.dump(told, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as fault:
        if beside is not None:
            with suppress(OSError):
                os.unlink(beside)
        raise Unreadable("state_unusable", why=fault.strerror or str(fault)) from fault
