"""Files that were taken out of here once, or are said to be: checked for an auditor by the verifier that everybody has.

What is in a file is never read here. It lies in a file without a name, a process that ends with it says what is wrong, and nothing is kept.
What the process cannot know is added: whether the log that is here has the tree that was signed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from threading import BoundedSemaphore, Timer
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Connection, text

from casework.errors import AskedTooOften, NotFound
from casework.ledger.merkle import BadProof
from casework.operations.cases.queries import find_case
from casework.operations.documents.upload_limits import MEGABYTE, PIECE
from casework.operations.verification.verifier_process import VERIFIER
from casework.operations.verification.witnesses import NAMES, count_seen, insist_reader
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.records import tree_tiles

#: How large a file may be, how long it may take, and how much may be said of it.
MOST_BYTES, MOST_S, MOST_SAID = 200 * MEGABYTE, 30.0, 16 * MEGABYTE
#: Of that so long with a processor.
_CPU_S = 20
#: So many faults are shown; the first ones, and how many there are.
MOST_SHOWN = 100
#: So many are checked at once by one server process, so many more may wait for it, and so long.
_FREE, _ADMITTED, _PATIENCE_S = BoundedSemaphore(1), BoundedSemaphore(3), 15.0
#: When to come again, in seconds, for whom there was no room.
_LATER_S = 10
_PROCESS = "casework.operations.verification.verifier_process"
#: What the process calls the file that it is given.
_GIVEN = "stdin"

#: How it ended: nothing is wrong; something is; it could not be read or judged; the process was ended or broke off; there is no verifier.
WHOLE, WRONG, UNREAD, ENDED, MISSING = "whole", "wrong", "unread", "ended", "missing"
#: What the command's exit codes say.
_CODES = {0: WHOLE, 1: WRONG, 2: UNREAD}
#: How the tree that a file names stands to the one that is here: the same; of as many leaves another; larger than any here.
SAME, OTHER, LONGER = "same", "other", "longer"
#: What lists the rules that were taken as told, and what else is held against nothing.
_NAMES = frozenset({"replay_as_told_names", "told_unjudged"})
#: What says of which log a certificate is.
_SHOWS = "certificate_event"
#: What counts the witnesses of the tree: here more of them may be known than a file shows.
_COUNTS = frozenset({"witnessed", "witnessed_not"})
#: Only to be known, beside what is wrong and what could not be judged.
NOTE = "note"
#: What says that nobody of this house signed it.
_FOREIGN = frozenset({"note_key", "note_origin"})


@dataclass(frozen=True, slots=True)
class Speech:
    """In which language a verdict is said, and in which time zone its moments."""

    chinese: bool
    zone: str


#: To the programs and logs of an installation.
OUR_SPEECH = Speech(False, "UTC")


@dataclass(frozen=True, kw_only=True, slots=True)
class FileFault:
    """One thing that was found."""

    level: str
    sentence: str
    #: The event of the history, and the part of the file, where it is in one.
    event: int | None
    part: str | None
    #: The event is one of the history that the file is of.
    own: bool = True
    #: It names what was taken as told: for who wants to know which.
    names: bool = False
    #: It counts the witnesses that the file itself shows to have signed its tree.
    counts: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FileVerdict:
    """What was found of a file."""

    outcome: str
    #: Of a case, a certificate, the log; or none that is known.
    kind: str = "unread"
    #: Whether it was signed by nobody of this house.
    foreign: bool = False
    #: The first ones, and how many there are.
    faults: tuple[FileFault, ...] = ()
    total: int = 0
    #: How many events it has, and up to which they were signed; of a file of a case.
    events: int | None = None
    signed_up_to: int | None = None
    #: The tree that was signed: how many leaves, and its root.
    size: int | None = None
    root: bytes | None = None
    #: How it stands to the tree that is here, once somebody has looked.
    tree: str | None = None
    #: The witnesses that are named here, how many there are, and which of them signed this tree here or one that goes on from it; None
    #: where the tree is not the one that is here.
    witnesses: int | None = None
    seen_by: tuple[str, ...] = ()
    #: Of which log it is, as it says itself.
    log: str | None = None
    #: The case that has this log here, by its number, and how many entries it has; for who sees all of it.
    number: str | None = None
    entries: int = 0

    def entry(self, fault: FileFault) -> int | None:
        """The entry of the case that is here of which a fault tells, where there is one."""
        seq = fault.event if self.number is not None and fault.own else None
        return seq if seq is not None and 1 <= seq <= self.entries else None


def insist_checker(actor: Actor) -> None:
    """Raises NotFound for whom files are not checked here."""
    insist_reader(actor, NAMES)


def find_verifier() -> str | None:
    """The folder that has the verifier: where it is installed, or else beside the application."""
    spec = find_spec(VERIFIER)
    if spec is not None and spec.origin is not None:
        return str(Path(spec.origin).parents[1])
    beside = Path(__file__).parents[3] / "verifier"
    return str(beside) if (beside / VERIFIER).is_dir() else None


def check_file(content: IO[bytes], name: str, keys: Sequence[str], *, speech: Speech = OUR_SPEECH) -> FileVerdict:
    """What the verifier says of it, with the log's public keys and those of its witnesses; holds no connection meanwhile.

    Raises AskedTooOften where too many wait already.
    """
    if find_verifier() is None:
        return FileVerdict(outcome=MISSING)
    if not _ADMITTED.acquire(blocking=False):
        raise AskedTooOften(_LATER_S)
    try:
        if not _FREE.acquire(timeout=_PATIENCE_S):
            raise AskedTooOften(_LATER_S)
        try:
            return _check(content, name, keys, (MOST_S, _CPU_S), speech)
        finally:
            _FREE.release()
    finally:
        _ADMITTED.release()


def check_own(content: IO[bytes], name: str, keys: Sequence[str], seconds: int) -> FileVerdict:
    """The same of a file that was made here, however large it is: it waits for nobody, and may take so long."""
    return _check(content, name, keys, (seconds, seconds), OUR_SPEECH)


def _check(
    content: IO[bytes], name: str, keys: Sequence[str], limits: tuple[float, int], speech: Speech
) -> FileVerdict:
    folder = find_verifier()
    if folder is None:
        return FileVerdict(outcome=MISSING)
    code, said = _run(content, folder, keys, limits, speech)
    verdict = _read(code, said, name)
    # Whoever has no key of the log cannot tell who signed.
    return verdict if keys or verdict.outcome != WHOLE else replace(verdict, outcome=UNREAD)


def _run(
    content: IO[bytes], folder: str, keys: Sequence[str], limits: tuple[float, int], speech: Speech
) -> tuple[int, bytes]:
    seconds, cpu_s = limits
    with TemporaryFile() as file, TemporaryFile() as lines:
        while piece := content.read(PIECE):
            file.write(piece)
        lines.write("".join(f"{key}\n" for key in keys).encode())
        for one in (file, lines):
            one.flush()
            one.seek(0)
        child = subprocess.Popen(
            [
                *(sys.executable, "-I", "-B", "-m", _PROCESS, folder, str(cpu_s)),
                *(f"/dev/{_GIVEN}", "--json", "--language", "zh" if speech.chinese else "en", "--zone", speech.zone),
                *(("--key", f"/dev/fd/{lines.fileno()}") if keys else ()),
            ],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=[lines.fileno()],
            env={"LANG": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )
        end = Timer(seconds, child.kill)
        end.start()
        try:
            assert child.stdout is not None
            with child.stdout as from_it:
                said = from_it.read(MOST_SAID + 1)
            if len(said) <= MOST_SAID:
                child.wait()
        finally:
            end.cancel()
            child.kill()
            child.wait()
    return child.returncode, said


def _read(code: int, said: bytes, name: str) -> FileVerdict:
    """What the process said; that it was ended where it did not come so far."""
    if code not in _CODES or len(said) > MOST_SAID:
        return FileVerdict(outcome=ENDED)
    try:
        told = json.loads(said)["files"][0]
        faults, tree = told["faults"], told.get("checkpoint") or {}
        log = told.get("log") or next((one["values"]["log"] for one in faults if one["code"] == _SHOWS), None)
        return FileVerdict(
            outcome=_CODES[code],
            kind=told["kind"],
            foreign=any(one["code"] in _FOREIGN for one in faults),
            faults=tuple(_fault(one, name, log) for one in faults[:MOST_SHOWN]),
            total=len(faults),
            events=told.get("events"),
            signed_up_to=told.get("signed_up_to"),
            size=tree.get("size"),
            root=b64decode(tree["root"]) if tree else None,
            log=log,
        )
    except (ValueError, LookupError, TypeError):
        # A process that broke off says nothing whole.
        return FileVerdict(outcome=ENDED)


def _fault(told: Any, name: str, log: str | None) -> FileFault:
    sentence = told["sentence"]
    if told["values"].get("file") == _GIVEN:
        sentence = sentence.replace(_GIVEN, name, 1)
    own = told["log"] in (None, log)
    return FileFault(
        level=told["level"],
        sentence=sentence,
        event=told["seq"],
        part=told["file"],
        own=own,
        names=told["code"] in _NAMES,
        counts=told["code"] in _COUNTS,
    )


def hold_against(db: Connection, actor: Actor, verdict: FileVerdict) -> FileVerdict:
    """The same, with the case that it is of, and with how the tree that was signed stands to the one that is here; another one makes the
    file wrong."""
    insist_checker(actor)
    if verdict.foreign:
        return verdict
    verdict = _with_case(db, actor, verdict)
    if verdict.size is None or verdict.root is None:
        return verdict
    newest = tree_tiles.newest_checkpoint(db)
    if newest is None or verdict.size > newest.size:
        return replace(verdict, outcome=WRONG, tree=LONGER)
    try:
        same = tree_tiles.root_at(db, verdict.size) == verdict.root
    except BadProof:
        same = False
    return _with_witnesses(db, replace(verdict, tree=SAME)) if same else replace(verdict, outcome=WRONG, tree=OTHER)


def _with_witnesses(db: Connection, verdict: FileVerdict) -> FileVerdict:
    """With who signed this tree here, or one that goes on from it, instead of whom the file alone shows to have."""
    live, names = count_seen(db, verdict.size or 0)
    faults = tuple(one for one in verdict.faults if not one.counts)
    total = verdict.total - (len(verdict.faults) - len(faults))
    return replace(verdict, witnesses=live, seen_by=tuple(names), faults=faults, total=total)


def _with_case(db: Connection, actor: Actor, verdict: FileVerdict) -> FileVerdict:
    """With the number of the case that has this log here, where the actor sees all of it; of any other nothing is said."""
    try:
        log = str(UUID(verdict.log or ""))
    except ValueError:
        return verdict
    number = db.execute(_NUMBER, {"log": log}).scalar_one_or_none()
    if number is None:
        return verdict
    try:
        case, level = find_case(db, actor, number)
    except NotFound:
        return verdict
    return replace(verdict, number=number, entries=case.seq) if level == Sight.ALL else verdict


#: What the case of a log is called.
_NUMBER = text("SELECT number FROM cases WHERE id = CAST(:log AS uuid)")


__all__ = [
    "ENDED", "LONGER", "MISSING", "MOST_BYTES", "MOST_SHOWN", "NOTE", "OTHER", "SAME", "UNREAD", "WHOLE", "WRONG",
    "FileFault", "FileVerdict", "Speech", "check_file", "check_own", "find_verifier", "hold_against", "insist_checker",
]  # fmt: skip
