"""The command `casework-witness`: whoever is a witness of a log signs what it has seen of it, with a key of its own.

It signs a checkpoint only after it has checked who signed it and that it goes on from the last one that it signed, which a file of its
own keeps; and it keeps that before it gives its signature away.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from casework_verify.faults import Fault, Unreadable
from casework_verify.integrity.notes import BadNote
from casework_verify.logs import note_of, tiles_in_folder
from casework_verify.memory import Memory, read_keys, read_memory, write_memory
from casework_verify.published import Published, read_token
from casework_verify.reading import read_file
from casework_verify.tiles import Tiles
from casework_verify.witnesses import Secret, cosigned, new_secret, parse_secret
from casework_verify.words import NOTE, UNREAD, WRONG, level_of, sentence
from casework_verify.words.reasons import why_of

if sys.platform != "win32":
    import fcntl

SIGNED, SOMETHING_WRONG, NOT_READ = 0, 1, 2
#: How a remembered tree is shown to be begun with, out of tiles that are there or can be had.
FindTiles = Callable[[Sequence[str]], Tiles]


def main(arguments: Sequence[str] | None = None) -> int:
    """Gives the exit code: 0 where it signed, 1 where something is wrong with the log, 2 where it could not tell."""
    asked = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        code: int = asked.run(asked)
    except Unreadable as unread:
        return _tell([unread.fault], asked.language)
    except KeyboardInterrupt:
        return SIGNED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="casework-witness",
        description="Be a witness of a log of Casework: sign each checkpoint that goes on from what was seen before.",
        epilog="Exits with 0 where it signed, 1 where something is wrong with the log, 2 where it could not tell.",
    )
    _take_language(parser, "en")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    key = commands.add_parser("key", help="make a key, and print what others check its signatures with")
    key.add_argument("name", metavar="NAME", help="what the witness is called, such as audit.example.org/witness")
    key.add_argument("file", type=Path, metavar="FILE", help="where the key is kept; it must not be there yet")
    key.set_defaults(run=_make_key)
    public = commands.add_parser("public", help="print what others check the signatures of a key with")
    public.add_argument("file", type=Path, metavar="FILE")
    public.set_defaults(run=_show_key)
    cosign = commands.add_parser("cosign", help="sign one checkpoint, and print it with the signature")
    cosign.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    cosign.add_argument("--tiles", type=Path, metavar="DIR", help="tiles of the log, to show that it went on")
    cosign.set_defaults(run=_cosign)
    watch = commands.add_parser("watch", help="look at the published log again and again, and sign what it shows")
    watch.add_argument("address", metavar="ADDRESS", help="of the installation, such as https://casework.example.org")
    watch.add_argument("--every", type=float, default=3600.0, metavar="SECONDS", help="3600 where it is left out")
    watch.add_argument("--once", action="store_true", help="look once")
    watch.add_argument(
        "--token", type=Path, metavar="FILE", help="a token of the API: what was signed is sent to the installation"
    )
    watch.set_defaults(run=_watch)
    for one in (key, public, cosign, watch):
        # It may stand before the command or behind it.
        _take_language(one, argparse.SUPPRESS)
    for one in (cosign, watch):
        one.add_argument("--key", type=Path, required=True, metavar="FILE", help="the key of the witness")
        one.add_argument(
            "--log", type=Path, required=True, metavar="FILE", help="public keys of the log, as handed out"
        )
        one.add_argument("--state", type=Path, required=True, metavar="FILE", help="what was seen before; kept anew")
    return parser


def _take_language(parser: argparse.ArgumentParser, default: str) -> None:
    parser.add_argument("--language", choices=["en", "zh"], default=default, help="English, or Chinese [en]")


def _make_key(asked: Any) -> int:
    try:
        secret = new_secret(asked.name, secrets.token_bytes(32))
        number = os.open(asked.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(f"{secret.line}\n")
            file.flush()
            os.fsync(file.fileno())
    except BadNote as fault:
        raise Unreadable("witness_key", why=why_of(fault)) from fault
    except OSError as fault:
        raise Unreadable("witness_key", why=why_of(fault)) from fault
    sys.stdout.write(f"{secret.witness.line}\n")
    return SIGNED


def _show_key(asked: Any) -> int:
    sys.stdout.write(f"{_secret(asked.file).witness.line}\n")
    return SIGNED


def _secret(path: Path) -> Secret:
    try:
        return parse_secret(read_file(path, 2**12).decode("utf-8").strip())
    except (UnicodeDecodeError, BadNote) as fault:
        raise Unreadable("witness_key", why=why_of(fault)) from fault


def _cosign(asked: Any) -> int:
    tiles = tiles_in_folder(asked.tiles) if asked.tiles else Tiles()
    secret = _secret(asked.key)
    signed, faults = _see(asked, secret, _text_of(note_of(asked.checkpoint)), lambda wanted: tiles)
    if signed is not None:
        sys.stdout.write(signed)
    return _tell(faults, asked.language)


def _text_of(note: bytes) -> str:
    try:
        return note.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Unreadable("file_kind") from fault


def _see(asked: Any, secret: Secret, note: str, find: FindTiles) -> tuple[str | None, list[Fault]]:
    """The checkpoint with the signature, where it goes on from all that was seen before; it is kept before it is told."""
    with _alone(asked.state):
        memory = _memory(asked, secret)
        newest = max(memory.seen, default=0)
        said, faults = memory.open(note, Tiles())
        wanted = [path for one in faults if one.code == "state_unlinked" for path in one.values["tiles"].split(" ")]
        if said is not None and said.size < newest:
            # Whether it is of the same tree is no matter: what was said once is not taken back.
            told = Fault("checkpoint_old", {"found": said.size, "known": newest})
            faults = [told, *(one for one in faults if one.code != "state_unlinked")]
        elif wanted:
            said, faults = memory.open(note, find(wanted))
        faults = [one for one in faults if one.code not in ("witnessed", "witnessed_not")]
        if said is None or any(level_of(one) != NOTE for one in faults):
            return None, faults
        # Its own signature is kept: it shows it again where the log should ever tell another tale.
        kept = memory.seen[said.size][1]
        for before in cosigned(kept, [secret.witness]):
            kept = kept.replace(before.line, "")
        signed = kept + secret.cosign(note, int(time.time()))
        memory.seen[said.size] = said, signed
        write_memory(memory, asked.state)
        return signed, faults


def _memory(asked: Any, secret: Secret) -> Memory:
    memory = read_memory(asked.state)
    keys, _ = read_keys(asked.log)
    memory.keys += [key for key in dict.fromkeys(keys) if key not in memory.keys]
    if not memory.keys:
        raise Unreadable("key_unusable", why="none of them is a key of the log")
    if secret.witness not in memory.witnesses:
        memory.witnesses.append(secret.witness)
    return memory


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Nobody else signs by this state meanwhile: two at once could sign what does not go on from each other."""
    if sys.platform == "win32":
        yield
        return
    try:
        with Path(f"{state}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as fault:
        raise Unreadable("state_unusable", why=why_of(fault)) from fault


def _watch(asked: Any) -> int:
    secret = _secret(asked.key)
    published = Published(asked.address, read_token(asked.token) if asked.token else None)
    while True:
        code = _look(asked, secret, published)
        if asked.once:
            return code
        sys.stdout.flush()
        time.sleep(max(asked.every, 1.0))


def _look(asked: Any, secret: Secret, published: Published) -> int:
    """One look at the published log. What is wrong with it is told, and the last true signature sent, which shows it there."""
    try:
        signed, faults = _see(asked, secret, published.checkpoint(), published.tiles)
        # What everybody is shown never gets shorter.
        faults = [Fault("log_behind", one.values) if one.code == "checkpoint_old" else one for one in faults]
        if signed is not None:
            sys.stdout.write(signed)
        elif any(level_of(one) == WRONG for one in faults):
            signed = _last(asked, secret)
        if signed is not None and published.token is not None:
            published.send(signed)
    except Unreadable as unread:
        faults = [unread.fault]
    return _tell(faults, asked.language)


def _last(asked: Any, secret: Secret) -> str | None:
    memory = _memory(asked, secret)
    own = [note for _, (_, note) in sorted(memory.seen.items()) if f"\u2014 {secret.name} " in note]
    return own[-1] if own else None


def _tell(faults: Sequence[Fault], language: str) -> int:
    for fault in faults:
        mark = {NOTE: "·", UNREAD: "?", WRONG: "!"}[level_of(fault)]
        sys.stderr.write(f"{mark} {sentence(fault, language)}\n")
    levels = {level_of(fault) for fault in faults}
    if WRONG in levels:
        return SOMETHING_WRONG
    return NOT_READ if UNREAD in levels else SIGNED
