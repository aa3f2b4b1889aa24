"""The tree over all events, as RFC 6962 and RFC 9162 hash it: roots, proofs and how they are judged, and tiles of 256 hashes.

A leaf at index i of n stands for good: a later tree holds every earlier one, and a consistency proof shows it. Tiles are those of
C2SP tlog-tiles: level 0 holds hashes of leaves, 256 in each, and each level above the roots of full tiles below it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

HASH_SIZE = 32
#: Hashes of a full tile, as a power of two and as a number.
HEIGHT = 8
WIDTH = 1 << HEIGHT
EMPTY_ROOT = hashlib.sha256().digest()
#: No tree of ours is larger, and no proof longer.
MOST_LEVELS = 63

#: The root of a full subtree: of 2**level leaves, the one with this index among those of its size.
ReadNode = Callable[[int, int], bytes]


class BadProof(ValueError):
    """A proof that does not show what it is for; its words say why."""


class BadTile(ValueError):
    """A path that names no tile."""


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over hashes of leaves."""
    if not leaves:
        return EMPTY_ROOT
    level, spared = list(leaves), None
    # What has no neighbour on a level waits for the end: it is the left of nothing.
    while len(level) > 1 or spared is not None:
        if len(level) % 2:
            alone = level.pop()
            spared = alone if spared is None else node_hash(alone, spared)
            if not level:
                return spared
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


# --- proofs are made ---------------------------------------------------------------------------------------------------


def subtrees(start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The fewest full subtrees, as (level, index), that together are the leaves from `start` to before `stop`, from the left."""
    while start < stop:
        level = min((start & -start).bit_length() - 1 if start else MOST_LEVELS, (stop - start).bit_length() - 1)
        yield level, start >> level
        start += 1 << level


def root_between(read: ReadNode, start: int, stop: int) -> bytes:
    """The root over some leaves, where `start` is one that a subtree of the tree can begin with."""
    hashes = [read(level, index) for level, index in subtrees(start, stop)]
    if not hashes:
        return EMPTY_ROOT
    root = hashes.pop()
    while hashes:
        root = node_hash(hashes.pop(), root)
    return root


def prove_inclusion(read: ReadNode, index: int, size: int) -> list[bytes]:
    """PATH(m, D[n]) of RFC 6962: that the leaf at `index` is in the tree of `size` leaves."""
    if not 0 <= index < size:
        raise BadProof(f"There is no leaf {index} in a tree of {size}.")
    start, stop, proof = 0, size, []
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            proof.append(root_between(read, middle, stop))
            stop = middle
        else:
            proof.append(root_between(read, start, middle))
            start = middle
    return proof[::-1]


def prove_consistency(read: ReadNode, old: int, new: int) -> list[bytes]:
    """PROOF(m, D[n]) of RFC 6962: that the tree of `new` leaves begins with that of `old`."""
    if not 1 <= old <= new:
        raise BadProof(f"Nothing shows that a tree of {new} leaves begins with one of {old}.")
    start, stop, proof, inside = 0, new, [], False
    while stop != old:
        middle = start + _split(stop - start)
        if old <= middle:
            proof.append(root_between(read, middle, stop))
            stop = middle
        else:
            proof.append(root_between(read, start, middle))
            start, inside = middle, True
    if inside:
        proof.append(root_between(read, start, stop))
    return proof[::-1]


def _split(count: int) -> int:
    """The largest power of two below."""
    return 1 << ((count - 1).bit_length() - 1)


# --- and judged ----------------------------------------------------------------------------------------------------------


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises BadProof unless the proof shows that the tree with this root has this hash of a leaf there (RFC 9162, 2.1.3.2)."""
    _insist_hashes(leaf, root, *proof)
    if not 0 <= index < size:
        raise BadProof(f"There is no leaf {index} in a tree of {size}.")
    fn, sn, r = index, size - 1, leaf
    for part in proof:
        if sn == 0:
            raise BadProof("The proof is too long.")
        if fn & 1 or fn == sn:
            r = node_hash(part, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, part)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise BadProof("The proof is too short.")
    if r != root:
        raise BadProof("The proof leads to another root.")


def check_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raises BadProof unless the proof shows that the newer tree begins with the older one (RFC 9162, 2.1.4.2)."""
    if not 1 <= old <= new:
        raise BadProof(f"Nothing shows that a tree of {new} leaves begins with one of {old}.")
    if old == new:
        if proof:
            raise BadProof("The proof is too long.")
        if old_root != new_root:
            raise BadProof("Two trees of one size have different roots.")
        return
    _insist_hashes(old_root, new_root, *proof)
    if not proof:
        raise BadProof("The proof is too short.")
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    fn, sn = old - 1, new - 1
    below = (~fn & (fn + 1)).bit_length() - 1
    fn, sn = fn >> below, sn >> below
    fr = sr = path[0]
    for part in path[1:]:
        if sn == 0:
            raise BadProof("The proof is too long.")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(part, fr), node_hash(part, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, part)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise BadProof("The proof is too short.")
    if fr != old_root or sr != new_root:
        raise BadProof("The proof leads to another root.")


def _insist_hashes(*hashes: bytes) -> None:
    if any(len(one) != HASH_SIZE for one in hashes):
        raise BadProof(f"A hash has {HASH_SIZE} bytes.")
    if len(hashes) > 2 * MOST_LEVELS + 2:
        raise BadProof("The proof is too long.")


# --- tiles -----------------------------------------------------------------------------------------------------------------

_PATH = re.compile(r"(0|[1-9]\d?)/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile: so many hashes of a level, from its place on."""

    level: int
    n: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """As tlog-tiles names it, behind `tile/`: 0/x001/234.p/17."""
        parts = [f"{self.n % 1000:03d}"]
        rest = self.n // 1000
        while rest:
            parts.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        return f"{self.level}/{'/'.join(parts)}{'' if self.width == WIDTH else f'.p/{self.width}'}"


def parse_tile(path: str) -> Tile:
    """The tile that a path behind `tile/` names; raises BadTile for any but the one way to write it."""
    found = _PATH.fullmatch(path)
    if found is None or len(path) > 60:
        raise BadTile(path)
    tile = Tile(int(found[1]), int(found[2].replace("x", "").replace("/", "")), int(found[3] or WIDTH))
    if tile.level > MOST_LEVELS or (found[3] and tile.width >= WIDTH) or tile.path != path:
        raise BadTile(path)
    return tile


def width_at(level: int, n: int, size: int) -> int:
    """How many hashes a tile has in a tree of `size` leaves; 0 where it is not there."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - n * WIDTH))


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The tiles that are new or longer in the newer tree, lowest level first."""
    level = 0
    while new >> (HEIGHT * level):
        before, after = old >> (HEIGHT * level), new >> (HEIGHT * level)
        if before != after:
            for n in range(before // WIDTH, -(-after // WIDTH)):
                yield Tile(level, n, width_at(level, n, new))
        level += 1


def hashes_of(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]


@dataclass(frozen=True, slots=True)
class Growth:
    """What is written where a tree grows: by level and place, the hashes that a tile gets."""

    size: int
    root: bytes
    pieces: dict[tuple[int, int], bytes]


def grow(size: int, last: Callable[[int, int], bytes], leaves: Sequence[bytes]) -> Growth:
    """The tree of `size` leaves with more; `last` gives the hashes of a tile that is not full, by level and place, or nothing."""
    pieces: dict[tuple[int, int], bytes] = {}
    tails: dict[int, bytes] = {}
    new, level, begins, hashes = size + len(leaves), 0, size, list(leaves)
    while hashes or new >> (HEIGHT * level):
        place = begins // WIDTH
        whole = hashes_of(last(level, place) if begins % WIDTH else b"") + hashes
        at = begins % WIDTH
        above = []
        for tile in range(0, len(whole), WIDTH):
            part = whole[tile : tile + WIDTH]
            if fresh := part[at:]:
                pieces[level, place] = b"".join(fresh)
            if len(part) == WIDTH:
                above.append(root_of(part))
            else:
                tails[level] = b"".join(part)
            place, at = place + 1, 0
        level, begins, hashes = level + 1, begins >> HEIGHT, above
    ends = node_from(lambda level, n: tails.get(level, b""))
    return Growth(new, root_between(ends, 0, new), pieces)


def node_from(read_tile: Callable[[int, int], bytes]) -> ReadNode:
    """What reads nodes out of tiles; `read_tile` gives the hashes of one, by level and place, as far as it is filled."""

    def read(level: int, index: int) -> bytes:
        above, within = divmod(level, HEIGHT)
        first = index << within
        hashes = read_tile(above, first // WIDTH)
        start = (first % WIDTH) * HASH_SIZE
        part = hashes[start : start + (HASH_SIZE << within)]
        if len(part) != HASH_SIZE << within:
            raise BadProof(f"The tile {Tile(above, first // WIDTH).path} is too short.")
        return root_of(hashes_of(part))

    return read
