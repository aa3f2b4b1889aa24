"""The tree over all events, as RFC 6962 hashes it, and how proofs are judged (RFC 9162, 2.1.3.2 and 2.1.4.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

HASH_SIZE, TILE_WIDTH, TILE_HEIGHT = 32, 256, 8
LARGEST_TREE = 2**63


class BadProof(ValueError):
    """A proof that does not show what it is for."""


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes of leaves."""
    peaks: list[tuple[int, bytes]] = []
    for one in hashes:
        count = 1
        while peaks and peaks[-1][0] == count:
            count, one = count * 2, node_hash(peaks.pop()[1], one)
        peaks.append((count, one))
    return root_of_peaks([one for _, one in peaks])


def root_of_peaks(peaks: Sequence[bytes]) -> bytes:
    """The root over full subtrees, the largest first."""
    if not peaks:
        return hashlib.sha256().digest()
    root = peaks[-1]
    for left in peaks[-2::-1]:
        root = node_hash(left, root)
    return root


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raises BadProof unless the tree of `size` leaves with this root has this leaf at this index."""
    _insist(leaf, root, *proof)
    if not 0 <= index < size <= LARGEST_TREE:
        raise BadProof("no such leaf")
    place, last, found = index, size - 1, leaf
    for part in proof:
        if last == 0:
            raise BadProof("too long")
        if place & 1 or place == last:
            found = node_hash(part, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, part)
        place, last = place >> 1, last >> 1
    if last or found != root:
        raise BadProof("too short" if last else "another root")


def check_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raises BadProof unless the tree of `new` leaves begins with that of `old`."""
    if not 1 <= old <= new <= LARGEST_TREE:
        raise BadProof("no such trees")
    if old == new:
        if proof or old_root != new_root:
            raise BadProof("too long" if proof else "another root")
        return
    _insist(old_root, new_root, *proof)
    if not proof:
        raise BadProof("too short")
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if roots_of(old, new, path) != (old_root, new_root):
        raise BadProof("another root")


def roots_of(old: int, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of two trees, out of hashes of the one of `new` leaves: the first is of the leaves that both have."""
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = path[0]
    for part in path[1:]:
        if last == 0:
            raise BadProof("too long")
        if place & 1 or place == last:
            first, second = node_hash(part, first), node_hash(part, second)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, part)
        place, last = place >> 1, last >> 1
    if last:
        raise BadProof("too short")
    return first, second


def _insist(*hashes: bytes) -> None:
    if len(hashes) > 130 or any(len(one) != HASH_SIZE for one in hashes):
        raise BadProof("a proof has at most 128 hashes of 32 bytes")


def peaks_of(start: int, stop: int) -> list[tuple[int, int]]:
    """The full subtrees, as (level, index), that are the leaves from `start` to before `stop`."""
    found = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        found.append((level, start >> level))
        start += 1 << level
    return found


def tile_of(level: int, index: int) -> tuple[int, int]:
    """The tile, as (level, place), out of which the root of a subtree is worked out."""
    above, within = divmod(level, TILE_HEIGHT)
    return above, (index << within) // TILE_WIDTH


def root_between(read: Callable[[int, int], bytes], start: int, stop: int) -> bytes:
    """The root over some leaves, where `read` gives the hashes of a tile. Raises BadProof where a tile is too short."""
    return root_of_peaks([_node(read, level, index) for level, index in peaks_of(start, stop)])


def _node(read: Callable[[int, int], bytes], level: int, index: int) -> bytes:
    within = level % TILE_HEIGHT
    at = (index << within) % TILE_WIDTH * HASH_SIZE
    part = read(*tile_of(level, index))[at : at + (HASH_SIZE << within)]
    if len(part) != HASH_SIZE << within:
        raise BadProof("a tile is too short")
    return root_of([part[i : i + HASH_SIZE] for i in range(0, len(part), HASH_SIZE)])


def consistency_from(read: Callable[[int, int], bytes], old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962, worked out of tiles."""
    start, stop, proof, inside = 0, new, [], False
    while stop != old:
        middle = start + (1 << ((stop - start - 1).bit_length() - 1))
        if old <= middle:
            proof.append(root_between(read, middle, stop))
            stop = middle
        else:
            proof.append(root_between(read, start, middle))
            start, inside = middle, True
    return ([root_between(read, start, stop)] if inside else []) + proof[::-1]
