"""The command `casework-verify`: what it is given, in which order it looks, and what it says."""

from __future__ import annotations

import argparse
import json
import os
import sys
import zipfile
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, NamedTuple, TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from casework_verify import attestations, certificates, exports
from casework_verify.case_files import Checked, check_case_file, is_case_file, is_whole
from casework_verify.faults import Fault, Unreadable
from casework_verify.integrity.notes import Key
from casework_verify.linked_cases import linked_faults
from casework_verify.logs import CHECKPOINT, check_log, checkpoint_in, note_of, tiles_in_archive, tiles_in_folder
from casework_verify.memory import Memory, read_keys, read_memory, write_memory
from casework_verify.reading import MOST_JSON, Archive
from casework_verify.tiles import Tiles
from casework_verify.witnesses import Witness
from casework_verify.words import NOTE, UNREAD, WRONG, fill, level_of, sentence
from casework_verify.words.reasons import why_of

#: What begins the line of a signature: a text without one is no checkpoint.
_SIGNATURE = "\n— ".encode()
WHOLE, SOMETHING_WRONG, NOT_READ = 0, 1, 2
_SAID = {
    "en": {
        "ok": "{file}: nothing is wrong.",
        WRONG: "{file}: {count} wrong.",
        UNREAD: "{file}: cannot be judged.",
        "case": "Case: {number}. Events: {events}.",
        "signed": "Signed: up to event {signed_up_to}.",
        "tree": "Checkpoint: {origin}, {size} {size:entry|entries}.",
        "folded": "Names of what was taken as told, or held against nothing: --notes prints them, in {count} {count:line|lines}.",
    },
    "zh": {
        "ok": "{file}：未发现问题。",
        WRONG: "{file}：{count} 处有误。",
        UNREAD: "{file}：无法判断。",
        "case": "案件：{number}。事件：{events} 个。",
        "signed": "签名：至第 {signed_up_to} 号事件。",
        "tree": "检查点：{origin}，{size} 个条目。",
        "folded": "按所述采信或未作比对的名称：加 --notes 列出，共 {count} 行。",
    },
}
#: Long lists of names, which people are told where they ask for them.
_FOLDED = frozenset({"replay_as_told_names", "told_unjudged"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Gives the exit code: 0 where everything holds, 1 where something is wrong, 2 where a file cannot be read or judged."""
    asked = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        # What a terminal cannot show must not end the check.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    found: list[tuple[str, Checked]] = []
    given: Path | None = None
    try:
        # In this order, so that what cannot be read is told of the file that it is.
        memory = read_memory(given) if (given := asked.state) else Memory()
        _learn_keys(memory, asked, read_keys(given) if (given := asked.key) else ([], []))
        tiles = tiles_in_folder(given) if (given := asked.tiles) else Tiles()
    except Unreadable as unread:
        found.append((str(given or asked.state), Checked("state", [unread.fault])))
    else:
        found += [(str(path), check(path, memory, tiles)) for path in asked.files]
        for _, checked in found:
            checked.faults += linked_faults(checked.links, [one.links for _, one in found if one.links is not None])
        if asked.state and all(is_whole(checked.faults) for _, checked in found):
            found += _keep(memory, asked.state)
    code = _code_of([fault for _, checked in found for fault in checked.faults])
    try:
        (_tell_programs if asked.json else _tell_people)(
            found, _Speech(asked.language, asked.zone, asked.notes), sys.stdout
        )
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has read enough, such as `head`; what the interpreter writes at its end goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="casework-verify",
        description="Check files of Casework: a case (ZIP), a certificate, an attestation, an export with its proof, or the published log."
        " No network is used.",
        epilog="Exits with 0 where everything holds, 1 where something is wrong, 2 where a file cannot be read or judged.",
    )
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="a file, or a folder with a checkpoint and its tiles"
    )
    parser.add_argument(
        "--key",
        type=Path,
        help="public keys of the log, and of witnesses that you trust, one on each line, as you were handed them",
    )
    parser.add_argument(
        "--witnesses",
        type=_count,
        default=0,
        metavar="N",
        help="insist that so many of these witnesses have signed what is checked",
    )
    parser.add_argument("--state", type=Path, help="what was seen before; kept anew where everything holds")
    parser.add_argument("--tiles", type=Path, metavar="DIR", help="tiles of the published log, to show that it went on")
    parser.add_argument(
        "--notes", action="store_true", help="print every note, also the long lists of what was taken as told"
    )
    parser.add_argument("--json", action="store_true", help="say it to programs, with every note")
    parser.add_argument("--language", choices=["en", "zh"], default="en", help="English, or Chinese [en]")
    parser.add_argument(
        "--zone",
        type=_zone,
        default=UTC,
        metavar="NAME",
        help="say moments in this time zone, such as Asia/Shanghai [UTC]",
    )
    return parser


def _zone(written: str) -> tzinfo:
    try:
        return UTC if written == "UTC" else ZoneInfo(written)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise argparse.ArgumentTypeError("a time zone that this machine knows, such as Asia/Shanghai") from fault


def _count(written: str) -> int:
    if not written.isascii() or not written.isdecimal() or len(written) > 3:
        raise argparse.ArgumentTypeError("a whole number up to 999")
    return int(written)


def _learn_keys(memory: Memory, asked: Any, told: tuple[list[Key], list[Witness]]) -> None:
    keys, witnesses = told
    memory.keys += [key for key in dict.fromkeys(keys) if key not in memory.keys]
    memory.witnesses += [one for one in dict.fromkeys(witnesses) if one not in memory.witnesses]
    memory.quorum = asked.witnesses
    if memory.witnesses and not memory.keys:
        raise Unreadable("key_unusable", why="none of them is a key of the log")
    if asked.state and not memory.keys:
        raise Unreadable("state_keyless")


def check(path: Path, memory: Memory, tiles: Tiles) -> Checked:
    """What is found of one file, whatever it is."""
    checked = _look(path, memory, tiles)
    if (said := memory.take_opened()) is not None:
        tree = {"origin": said.origin, "size": said.size, "root": b64encode(said.root).decode()}
        checked.facts = {**checked.facts, "checkpoint": tree}
    return checked


def _look(path: Path, memory: Memory, tiles: Tiles) -> Checked:
    try:
        if path.is_dir():
            note = path / CHECKPOINT
            if not note.is_file():
                raise Unreadable("folder_kind")
            return check_log(note_of(note), memory, tiles_in_folder(path), together=True)
        with path.open("rb") as file:
            if file.read(4)[:2] != b"PK":
                return _check_text(path, memory, tiles)
            file.seek(0)
            archive = Archive(file)
            if is_case_file(archive):
                return check_case_file(archive, memory, tiles)
            if (name := checkpoint_in(archive.names)) is not None:
                return check_log(archive.read(name, 2**16), memory, tiles_in_archive(archive), together=True)
            raise Unreadable("file_kind")
    except Unreadable as unread:
        return Checked("unread", [unread.fault])
    except (OSError, ValueError) as fault:
        return Checked("unread", [Fault("file_missing", {"why": why_of(fault)})])
    except (RecursionError, MemoryError) as fault:
        return Checked("unread", [Fault("file_damaged", {"why": why_of(fault)})])


def _check_text(path: Path, memory: Memory, tiles: Tiles) -> Checked:
    """A file that is no archive: a certificate, an attestation or an export, which are JSON, or a checkpoint alone."""
    with path.open("rb") as file:
        first = file.read(len(exports.BEGINS))
    if first[:1] == b"{":
        content, written = certificates.read_json(path, MOST_JSON if first == exports.BEGINS else certificates.MOST)
        if exports.is_export(content):
            return exports.check_export(content, written, memory, tiles)
        if attestations.is_attestation(content):
            return Checked("attestation", attestations.check_attestation(content, written, memory, tiles))
        return Checked("certificate", certificates.check_certificate(content, written, memory, tiles))
    if zipfile.is_zipfile(path):
        # An archive begins with its first part.
        raise Unreadable("file_hidden")
    note = note_of(path)
    if _SIGNATURE not in note:
        raise Unreadable("file_kind")
    return check_log(note, memory, tiles)


def _keep(memory: Memory, path: Path) -> list[tuple[str, Checked]]:
    try:
        write_memory(memory, path)
    except Unreadable as unread:
        return [(str(path), Checked("state", [unread.fault]))]
    return []


def _code_of(faults: list[Fault]) -> int:
    levels = {level_of(fault) for fault in faults}
    if WRONG in levels:
        return SOMETHING_WRONG
    return NOT_READ if UNREAD in levels else WHOLE


class _Speech(NamedTuple):
    """How somebody is spoken to."""

    language: str
    zone: tzinfo
    notes: bool = True

    def say(self, what: str, **values: Any) -> str:
        return fill(_SAID[self.language][what], values)

    def of(self, fault: Fault) -> str:
        return sentence(fault, self.language, self.zone)


def _tell_people(found: list[tuple[str, Checked]], speech: _Speech, out: TextIO) -> None:
    for name, checked in found:
        worst = UNREAD if any(level_of(one) == UNREAD for one in checked.faults) else "ok"
        count = sum(level_of(one) == WRONG for one in checked.faults)
        out.write(speech.say(WRONG if count else worst, file=name, count=count) + "\n")
        for about in _about(checked, speech):
            out.write(f"  {about}\n")
        told = [fault for fault in checked.faults if speech.notes or fault.code not in _FOLDED]
        for fault in told:
            mark = {NOTE: "·", UNREAD: "?", WRONG: "!"}[level_of(fault)]
            out.write(f"  {mark} {speech.of(fault)}\n")
        if folded := len(checked.faults) - len(told):
            out.write(f"  · {speech.say('folded', count=folded)}\n")


def _about(checked: Checked, speech: _Speech) -> Iterator[str]:
    """What was judged: of which case or log, and how much of it."""
    facts = checked.facts
    if checked.kind == "case" and "events" in facts:
        yield speech.say("case", number=facts.get("number") or facts["log"], events=facts["events"])
        if "signed_up_to" in facts:
            yield speech.say("signed", signed_up_to=facts["signed_up_to"])
    if tree := facts.get("checkpoint") or ("origin" in facts and facts):
        yield speech.say("tree", origin=tree["origin"], size=tree["size"])


def _tell_programs(found: list[tuple[str, Checked]], speech: _Speech, out: TextIO) -> None:
    files = [
        {
            "file": name,
            "kind": checked.kind,
            "whole": is_whole(checked.faults),
            **checked.facts,
            "faults": [
                {**asdict(fault), "level": level_of(fault), "sentence": speech.of(fault)} for fault in checked.faults
            ],
        }
        for name, checked in found
    ]
    faults = [fault for _, checked in found for fault in checked.faults]
    # What a terminal cannot show is written as JSON has it, and not as Python does.
    legible = (out.encoding or "").lower().replace("-", "") == "utf8"
    json.dump({"exit": _code_of(faults), "files": files}, out, ensure_ascii=not legible, indent=1)
    out.write("\n")
