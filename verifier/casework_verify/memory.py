"""What a checker knows from before: keys of the log, checkpoints that it has seen, and the hashes of events that it was shown.

Whoever remembers one checkpoint finds any later rewriting of what was before it; whoever remembers the hashes learns of which event.
"""

from __future__ import annotations

import json
import os
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
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
from casework_verify.integrity.tree import BadProof, check_consistency, roots_of
from casework_verify.reading import parse, read_file
from casework_verify.tiles import Tiles, Wanted
from casework_verify.witnesses import BadCosignature, Cosigned, Witness, cosigned, is_witness, parse_witness
from casework_verify.words import NOTE, level_of
from casework_verify.words.reasons import why_of

FORM = 1
_MOST_STATE, _MOST_KEYS = 128 * 2**20, 2**20
#: So many checkpoints are remembered: the newest ones.
_MOST_CHECKPOINTS = 1000
_HASH = 32
#: Where a log publishes what the key before and the one that took over signed together.
_HANDOVER = "/log/handover"
#: What a file of a state says, and what of each log.
_NAMES, _OF_LOG = {"form", "keys", "witnesses", "checkpoints", "logs"}, {"size", "hashes"}


@dataclass(slots=True)
class Memory:
    """What is known, and what was seen meanwhile."""

    keys: list[Key] = field(default_factory=list)
    #: By size, each with its note.
    seen: dict[int, tuple[Checkpoint, str]] = field(default_factory=dict)
    #: Of each log the hashes of its events, one behind the other, that are in the tree of so many leaves.
    logs: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    #: Whose cosignatures count, and how many must have signed.
    witnesses: list[Witness] = field(default_factory=list)
    quorum: int = 0
    #: What the checkpoint says that was opened last, until somebody has asked.
    opened: Checkpoint | None = None

    def open(self, note: Any, tiles: Tiles, offered: Any = None) -> tuple[Checkpoint | None, list[Fault]]:
        """What a note says, and what is wrong with it: its form, its signatures, or that it does not go on from what is remembered."""
        faults: list[Fault] = []
        try:
            if not isinstance(note, str):
                raise BadNote("it is no text")
            said, signed = open_checkpoint(note, self.keys) if self.keys else (parse_checkpoint(note)[0], ())
            seen_by = list(cosigned(note, self.witnesses)) if self.keys else []
        except BadCosignature as fault:
            return None, [Fault("witness_signature", {"name": fault.name})]
        except UnknownKey:
            return None, [Fault("note_key", {"found": ", ".join(_named(note)), "address": _HANDOVER})]
        except BadNote as fault:
            return None, [_of_note(fault)]
        if not self.keys:
            faults.append(Fault("key_none"))
        unknown = _unknown(note, said.origin, [key.id for key in signed]) if self.keys else ()
        faults += [Fault("key_unknown", {"found": found}) for found in unknown]
        ours = self._in_order(said.size, [key for key in signed if key.name == said.origin])
        faults += [
            Fault("key_followed", {"before": old.id.hex(), "after": new.id.hex()}) for old, new in pairwise(ours)
        ]
        self.opened = said
        faults += self._replaced(said, ours)
        faults += self._linked(said, tiles, offered)
        if all(level_of(fault) == NOTE for fault in faults):
            self._keep(said, note, signed, seen_by)
            faults += self._witnessed(said)
        return said, faults

    def take_opened(self) -> Checkpoint | None:
        """What the checkpoint says that was opened since it was asked for last."""
        said, self.opened = self.opened, None
        return said

    def _keep(self, said: Checkpoint, note: str, signed: Sequence[Key], seen_by: Sequence[Cosigned]) -> None:
        """What was checked of it, beside what was checked of the same before."""
        _, text, _ = parse_checkpoint(note)
        checked = _signed_part(note, signed) + "".join(one.line for one in seen_by)
        known = self.seen.get(said.size, (said, checked))[1]
        if known.startswith(text + "\n"):
            more = [line for line in checked[len(text) + 1 :].splitlines(keepends=True) if f"\n{line}" not in known]
            self.seen[said.size] = said, known + "".join(more)

    def _replaced(self, said: Checkpoint, signed: Sequence[Key]) -> Iterator[Fault]:
        """That it was signed by keys alone that others had taken over from when the tree was smaller: whoever has such a key can sign
        what they like, and no log does so."""
        followed = {
            before: (size, after)
            for size, keys in self._handovers()
            if size < said.size
            for before, after in pairwise(keys)
        }
        if signed and all(key in followed for key in signed):
            size, after = followed[signed[-1]]
            told = {"before": signed[-1].id.hex(), "after": after.id.hex(), "found": said.size, "known": size}
            yield Fault("key_replaced", told)

    def _handovers(self) -> list[tuple[int, list[Key]]]:
        """At which sizes keys of the log took over, and which from which."""
        both = [
            (size, self._signers_of(note, said.origin))
            for size, (said, note) in sorted(self.seen.items())
            if note.count(f"\n\u2014 {said.origin} ") > 1
        ]
        return [(size, self._in_order(size, keys)) for size, keys in both if len(keys) > 1]

    def _in_order(self, size: int, keys: Sequence[Key]) -> list[Key]:
        """Keys that signed one checkpoint together, the older first: the one that is known to have signed a smaller tree alone, or else the
        one that was handed out first. In which order they stand in the note nobody has signed."""
        if len(keys) < 2:
            return list(keys)
        before = [self._signers_of(note, said.origin) for then, (said, note) in self.seen.items() if then < size]
        alone = [one[0] for one in before if len(one) == 1]
        return sorted(keys, key=lambda key: (key not in alone, self.keys.index(key)))

    def _signers_of(self, note: str, origin: str) -> list[Key]:
        """Which known keys of the log have signed a note that was seen."""
        with suppress(BadNote):
            return [key for key in open_checkpoint(note, self.keys)[1] if key.name == origin]
        return []

    def newest(self) -> list[str]:
        """The checkpoints that are kept: those by which keys took over, and of the others the newest ones."""
        sizes = {*sorted(self.seen)[-_MOST_CHECKPOINTS:], *(size for size, _ in self._handovers())}
        return [self.seen[size][1] for size in sorted(sizes)]

    def _witnessed(self, said: Checkpoint) -> Iterator[Fault]:
        """Who of the known witnesses has signed this tree, or a later one that goes on from it."""
        if not self.witnesses:
            if self.quorum:
                yield Fault("witnesses_unknown", {"wanted": self.quorum})
            return
        later = [note for size, (_, note) in self.seen.items() if size >= said.size] if self.keys else []
        names = sorted({one.line: one.name for note in later for one in self._signers(note)}.values())
        told = {"count": len(names), "known": len(self.witnesses), "names": ", ".join(names), "size": said.size}
        yield Fault("witnessed" if names else "witnessed_not", told)
        if len(names) < self.quorum:
            yield Fault("witnesses_few", {"count": len(names), "wanted": self.quorum})

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
        told = {"found": said.size, "known": newest.size}
        brought = _offered(offered, old.size)
        if brought is not None and _goes_on(old, new, brought):
            return
        try:
            if _goes_on(old, new, tiles.consistency(old.size, new.size)):
                return
            roots = roots_of(old.size, new.size, tiles.path(old.size, new.size))
        except Wanted as wanted:
            if brought is not None:
                # Nobody signed it: that it shows nothing speaks against the proof, and not against the log.
                yield Fault("proof_earlier", told)
            yield Fault("state_unlinked", {**told, "tiles": " ".join(wanted.paths)})
        except BadProof:
            yield Fault("tiles_unfit", told)
        else:
            # What leads to the root that was signed is of that tree; and then what it says of the one before holds as well.
            rewritten = roots[1] == new.root and roots[0] != old.root
            yield Fault("tree_rewritten" if rewritten else "tiles_unfit", told)

    def _signers(self, note: str) -> Iterator[Witness]:
        # What is kept was checked when it was kept, by the witnesses of then.
        with suppress(BadCosignature):
            for one in cosigned(note, self.witnesses):
                yield one.witness

    def remembered(self, log: str, size: int) -> int:
        """How many events of a log are known to be in a tree of so many leaves."""
        then, known = self.logs.get(log, (0, b""))
        return len(known) // _HASH if size >= then else 0

    def compare(self, history: History, size: int, proven: int, *, before: int = 0) -> Iterator[Fault]:
        """The first event that is another than the one that was shown before, or that is missing though it was signed by then; `proven`
        events are in the tree of `size` leaves. Where nothing is wrong they are remembered. Of a history that begins after `before`
        others, these are the ones that are known; where they are not, nothing can be compared."""
        then, known = self.logs.get(history.log, (0, b""))
        if len(known) < before * _HASH:
            return
        hashes = known[: before * _HASH] + b"".join(bytes.fromhex(one) for one in history.hashes)
        proven += before
        shared = min(len(known), len(hashes))
        if known[:shared] != hashes[:shared]:
            n = next(n for n in range(0, shared, _HASH) if known[n : n + _HASH] != hashes[n : n + _HASH])
            yield Fault("event_other", {}, HISTORY, history.log, n // _HASH + 1)
        elif size >= then and len(hashes) < len(known):
            yield Fault("log_shorter", {"last": len(known) // _HASH}, HISTORY, history.log, len(hashes) // _HASH + 1)
        elif proven * _HASH > len(known) and not history.faults:
            self.logs[history.log] = size, hashes[: proven * _HASH]


def _of_note(fault: BadNote) -> Fault:
    if isinstance(fault, BadSignature):
        return Fault("note_signature")
    return Fault("note_form", {"why": why_of(fault)})


def _named(note: str) -> Iterator[str]:
    """By which keys a note says that it was signed: those that name themselves as its log does, or all where none does."""
    said, _, signatures = parse_checkpoint(note)
    ours = [one for one in signatures if one[0] == said.origin]
    yield from (f"{name}+{id.hex()}" for name, id, _ in (ours or signatures)[:5])


def _unknown(note: str, origin: str, known: Sequence[bytes]) -> Iterator[str]:
    """Keys of the log by which a note seems to be signed, and that are not known: of their signatures nothing can be told."""
    for name, id, _ in parse_checkpoint(note)[2]:
        if name == origin and id not in known:
            yield f"{name}+{id.hex()}"


def _signed_part(note: str, signed: Sequence[Key]) -> str:
    """A note without the signatures that were not checked."""
    _, text, signatures = parse_checkpoint(note)
    lines = note[len(text) + 1 : -1].split("\n")
    ours = {(key.name, key.id) for key in signed}
    kept = [line for line, (name, id, _) in zip(lines, signatures, strict=True) if (name, id) in ours or not ours]
    return "\n".join([text, *kept, ""])


def _goes_on(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> bool:
    try:
        check_consistency(old.size, new.size, proof, old.root, new.root)
    except BadProof:
        return False
    return True


def _offered(offered: Any, size: int) -> list[bytes] | None:
    """The proof that a file brings for the tree of this size, if it does."""
    for one in offered if isinstance(offered, list) else ():
        if isinstance(one, dict) and one.get("size") == size and isinstance(one.get("hashes"), list):
            with suppress(BadNote, TypeError):
                return [unbase64(each) for each in one["hashes"]]
    return None


def read_keys(path: Path) -> tuple[list[Key], list[Witness]]:
    """The keys of a file, one on each line: of the log, and of witnesses. Raises Unreadable."""
    try:
        lines = [line for line in read_file(path, _MOST_KEYS).decode("utf-8").splitlines() if line.strip()]
        keys = [parse_key(line) for line in lines if not is_witness(line)]
        witnesses = [parse_witness(line) for line in lines if is_witness(line)]
    except (UnicodeDecodeError, BadNote) as fault:
        raise Unreadable("key_unusable", why=why_of(fault)) from fault
    except Unreadable as fault:
        raise Unreadable("key_unusable", why=_why(fault)) from fault
    if not lines:
        raise Unreadable("key_unusable", why="there is none")
    return keys, witnesses


def read_memory(path: Path) -> Memory:
    """What was kept; nothing where the file is not there yet. Raises Unreadable."""
    if not path.exists():
        return Memory()
    try:
        told = parse(read_file(path, _MOST_STATE), path.name)
        if (
            not isinstance(told, dict)
            or told.get("form") != FORM
            or not _NAMES - {"witnesses"} <= told.keys() <= _NAMES
        ):
            raise ValueError("it is no state that casework-verify kept")
        if any(one.keys() != _OF_LOG for one in told["logs"].values()):
            raise ValueError("it is of another form")
        seen = [(parse_checkpoint(note)[0], note) for note in told["checkpoints"]]
        if any(before.size >= after.size for (before, _), (after, _) in pairwise(seen)):
            raise ValueError("its checkpoints are there twice, or out of order")
        logs = {log: (int(one["size"]), unbase64(one["hashes"])) for log, one in told["logs"].items()}
        if any(len(hashes) % _HASH for _, hashes in logs.values()):
            raise ValueError("a hash has 32 bytes")
        keys = [parse_key(line) for line in told["keys"]]
        witnesses = [parse_witness(line) for line in told.get("witnesses", ())]
    except (Unreadable, LookupError, TypeError, ValueError, AttributeError) as fault:
        raise Unreadable(
            "state_unusable", why=_why(fault) if isinstance(fault, Unreadable) else why_of(fault)
        ) from fault
    return Memory(keys, {said.size: (said, note) for said, note in seen}, logs, witnesses)


def _why(unread: Unreadable) -> str:
    return str(unread.fault.values.get("why", "it is larger than such a file is"))


def write_memory(memory: Memory, path: Path) -> None:
    """Keep it, whole or not at all. Raises Unreadable."""
    told = {
        "form": FORM,
        "keys": [key.line for key in memory.keys],
        **({"witnesses": [one.line for one in memory.witnesses]} if memory.witnesses else {}),
        "checkpoints": memory.newest(),
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
        raise Unreadable("state_unusable", why=why_of(fault)) from fault
