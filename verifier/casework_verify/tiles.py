"""Tiles of the published log, out of a folder or an archive, laid as they are served: tile/0/x001/234.p/17."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from casework_verify.integrity.tree import HASH_SIZE, TILE_HEIGHT, TILE_WIDTH, consistency_from, root_between

#: A name of a file in a folder, or a part of an archive, and its bytes; None where it is not there.
Read = Callable[[str], "bytes | None"]
_PATH = re.compile(r"(?:^|/)tile/(\d{1,2})/((?:x\d{3}/)*\d{3})(?:\.p/(\d{1,3}))?$", re.ASCII)


class Wanted(Exception):
    """Tiles that would be needed, and are not there."""

    def __init__(self, paths: list[str]) -> None:
        super().__init__(paths)
        self.paths = paths


class Tiles:
    """The tiles that somebody has."""

    def __init__(self, names: Iterable[str] = (), read: Read = lambda name: None) -> None:
        self._read = read
        #: By level and place, the longest first.
        self._named: dict[tuple[int, int], list[tuple[int, str]]] = {}
        #: So many of the files are none.
        self.others = 0
        for name in names:
            if (found := _PATH.search(name.replace("\\", "/"))) is not None:
                place = int(found[1]), int(found[2].replace("x", "").replace("/", ""))
                self._named.setdefault(place, []).append((int(found[3] or TILE_WIDTH), name))
            else:
                self.others += 1
        self._kept: dict[tuple[int, int], bytes] = {}

    def __len__(self) -> int:
        return len(self._named)

    def hashes(self, level: int, n: int) -> bytes:
        """The hashes of a tile as far as it is there."""
        if (level, n) not in self._kept:
            named = sorted(self._named.get((level, n), ()), reverse=True)
            self._kept[level, n] = (self._read(named[0][1]) or b"")[: TILE_WIDTH * HASH_SIZE] if named else b""
        return self._kept[level, n]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of `new` leaves begins with that of `old`, which tells nothing yet. Raises Wanted, BadProof."""
        self._insist(lambda read: consistency_from(read, old, new), new)
        return consistency_from(self.hashes, old, new)

    def path(self, old: int, new: int) -> list[bytes]:
        """The same, beginning with a hash of the tree of `old` leaves, which a proof leaves out where it is its root. Raises as above."""
        proof = self.consistency(old, new)
        return proof if old & (old - 1) else [self.root_within(old, new), *proof]

    def root_within(self, old: int, new: int) -> bytes:
        """The root over the first leaves, out of tiles of a tree of `new` leaves. Raises Wanted, BadProof."""
        self._insist(lambda read: root_between(read, 0, old), new)
        return root_between(self.hashes, 0, old)

    def root(self, size: int) -> bytes:
        """The root over the first leaves. Raises Wanted, BadProof."""
        return self.root_within(size, size)

    def _insist(self, ask: Callable[[Any], object], size: int) -> None:
        needed: set[tuple[int, int]] = set()

        def note(level: int, n: int) -> bytes:
            needed.add((level, n))
            return bytes(TILE_WIDTH * HASH_SIZE)

        ask(note)
        missing = [
            path_of(level, n, width)
            for level, n in sorted(needed)
            if len(self.hashes(level, n)) < (width := width_at(level, n, size)) * HASH_SIZE
        ]
        if missing:
            raise Wanted(missing)


def width_at(level: int, n: int, size: int) -> int:
    """How many hashes a tile has in a tree of so many leaves."""
    return max(0, min(TILE_WIDTH, (size >> (TILE_HEIGHT * level)) - n * TILE_WIDTH))


def path_of(level: int, n: int, width: int = TILE_WIDTH) -> str:
    """Where a tile is served, below /log/."""
    parts = [f"{n % 1000:03d}"]
    while n := n // 1000:
        parts.insert(0, f"x{n % 1000:03d}")
    return f"tile/{level}/{'/'.join(parts)}{'' if width == TILE_WIDTH else f'.p/{width}'}"
