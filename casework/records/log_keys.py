"""The files of the log beside the database: the key that signs its checkpoints, what others check them with, and the last one signed.

The key is the worker's alone: neither the pages nor the database have it. `keys.pub` holds a line for each key there ever was, the newest
last; `last` what was signed last, which a database that was put back to an earlier day does not have.
"""

from __future__ import annotations

import base64
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from casework import reasons
from casework.errors import LogUnusable
from casework.ledger.merkle import HASH_SIZE
from casework.ledger.signed_notes import (
    BadNote,
    PublicKey,
    SigningKey,
    key_from_seed,
    parse_public_key,
    parse_signing_key,
)
from casework.records.durable import make_folder, sync, written_beside
from casework.settings import Settings

_KEY, _NEXT, _PUBLIC, _LAST, _SETTLED = "key", "key.next", "keys.pub", "last", "settled"
#: What was signed is added line by line, and when it has grown so long the last one alone is kept.
_LONGEST = 1_000_000


class Kept(NamedTuple):
    """How long the tree was when it was last signed here, and its root then."""

    size: int
    root: bytes


def read_key(settings: Settings) -> SigningKey:
    """The key that signs. Raises LogUnusable."""
    return _read_key(settings.log_dir / _KEY)


def is_key_open(settings: Settings) -> bool:
    """Whether whoever runs this could read a key that signs."""
    return any(os.access(settings.log_dir / name, os.R_OK, effective_ids=True) for name in (_KEY, _NEXT))


def read_next_key(settings: Settings) -> SigningKey | None:
    """The key that is to follow, where a change was begun and not ended."""
    path = settings.log_dir / _NEXT
    return _read_key(path) if path.exists() else None


def _read_key(path: Path) -> SigningKey:
    try:
        return parse_signing_key(path.read_text("ascii").strip())
    except FileNotFoundError as fault:
        raise LogUnusable(reasons.tree.KEY_MISSING(file=str(path))) from fault
    except (OSError, UnicodeDecodeError, BadNote) as fault:
        raise LogUnusable(reasons.tree.UNREADABLE(file=str(path), fault=str(fault))) from fault


def ensure_key(settings: Settings) -> SigningKey:
    """The same; where there is none yet it is made. Of several that make one at once all get the same."""
    folder = settings.log_dir
    if not (folder / _KEY).exists():
        make_folder(folder)
        with written_beside(folder, new_key(settings).line + "\n", 0o400) as beside:
            _link(beside, folder / _KEY)
    key = read_key(settings)
    tell_key(settings, key.public)
    return key


def new_key(settings: Settings, name: str | None = None) -> SigningKey:
    return key_from_seed(name or _origin(settings), secrets.token_bytes(32))


def _origin(settings: Settings) -> str:
    """What the log is called for good: by the address that it is first known at, or by chance."""
    if settings.base_url:
        address = urlsplit(settings.base_url)
        return f"{address.netloc}{address.path.rstrip('/')}/log"
    return f"casework-{secrets.token_hex(8)}/log"


def keep_next_key(settings: Settings, key: SigningKey) -> None:
    """The key that is to follow lies beside the one that signs, until what both signed is kept."""
    with written_beside(settings.log_dir, key.line + "\n", 0o400) as beside:
        os.replace(beside, settings.log_dir / _NEXT)


def use_next_key(settings: Settings) -> None:
    """From here on it signs, and the one before is gone."""
    # The sequencer may have been faster: it ends what was begun, wherever it finds it.
    with suppress(FileNotFoundError):
        os.replace(settings.log_dir / _NEXT, settings.log_dir / _KEY)
        sync(settings.log_dir)
    tell_key(settings, read_key(settings).public)


def tell_key(settings: Settings, key: PublicKey) -> None:
    """Let `keys.pub` name it."""
    known = public_keys(settings)
    if key not in known:
        lines = "".join(f"{one.line}\n" for one in (*known, key))
        with written_beside(settings.log_dir, lines, 0o644) as beside:
            os.replace(beside, settings.log_dir / _PUBLIC)


def public_keys(settings: Settings) -> tuple[PublicKey, ...]:
    """What checkpoints are checked with, the newest last. Raises LogUnusable."""
    path = settings.log_dir / _PUBLIC
    try:
        return tuple(parse_public_key(line) for line in path.read_text("utf-8").splitlines())
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, BadNote) as fault:
        raise LogUnusable(reasons.tree.UNREADABLE(file=str(path), fault=str(fault))) from fault


def last_kept(settings: Settings) -> Kept | None:
    """What was signed last. A last line that was not written to its end counts for nothing. Raises LogUnusable, also where no line is
    whole: the first one is put there whole."""
    path = settings.log_dir / _LAST
    try:
        written = path.read_text("ascii")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as fault:
        raise LogUnusable(reasons.tree.UNREADABLE(file=str(path), fault=str(fault))) from fault
    lines = written[: written.rfind("\n") + 1].splitlines()
    try:
        size, root = lines[-1].split(" ")
        kept = Kept(int(size), base64.b64decode(root, validate=True))
    except (IndexError, ValueError) as fault:
        raise LogUnusable(reasons.tree.UNREADABLE(file=str(path), fault=str(fault))) from fault
    if len(kept.root) != HASH_SIZE:
        raise LogUnusable(reasons.tree.NO_ROOT(file=str(path)))
    return kept


def settled_alarms(settings: Settings) -> list[str]:
    """The alarms of witnesses with which whoever runs the installation goes on all the same. Raises LogUnusable."""
    path = settings.log_dir / _SETTLED
    try:
        return [line.strip() for line in path.read_text("ascii").splitlines()]
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as fault:
        raise LogUnusable(reasons.tree.UNREADABLE(file=str(path), fault=str(fault))) from fault


def keep_last(settings: Settings, kept: Kept) -> None:
    """Add what was signed."""
    path = settings.log_dir / _LAST
    line = f"{kept.size} {base64.b64encode(kept.root).decode()}\n"
    if not path.exists() or path.stat().st_size > _LONGEST:
        with written_beside(settings.log_dir, line, 0o644) as beside:
            os.replace(beside, path)
        return
    with path.open("a+b") as file:
        # What was cut off by a crash is ended first.
        if file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
            line = "\n" + line
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())


def _link(beside: Path, path: Path) -> None:
    with suppress(FileExistsError):
        os.link(beside, path)
