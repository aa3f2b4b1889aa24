"""Compares what texts mean: which lie closest, and which two sentences of two of them.

A direction is kept in whole numbers of one byte, so that closeness is counted exactly and is the same on every machine; of a sentence
the signs alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from casework.matching.dense import WIDTH, Model

#: So many bytes are the signs of a sentence.
_SIGNS = WIDTH // 8
#: So many directions are compared at once, as they stay in the processor's memory meanwhile.
_AT_ONCE = 512


@dataclass(frozen=True, kw_only=True, slots=True)
class Meaning:
    """What a text means, and which of its sentences say it."""

    #: WIDTH whole numbers of one byte.
    direction: bytes
    #: Of each sentence that was read the signs of its own direction, one after the other.
    sentences: bytes


def meaning_of(model: Model, sentences: Sequence[str]) -> Meaning:
    """What a text means that has these sentences."""
    whole, parts = model.floats(sentences)
    # The largest number is used fully; how long a direction is makes no difference.
    direction = np.rint(whole * (127 / np.abs(whole).max())).astype(np.int8)
    signs = np.packbits(np.array(parts) > 0, axis=-1)
    return Meaning(direction=direction.tobytes(), sentences=signs.tobytes())


class Directions:
    """The directions of many records, in the order of their ids; what it has is never changed, so that threads may share it."""

    def __init__(self, ids: np.ndarray, rows: np.ndarray, lengths: np.ndarray) -> None:
        self._ids, self._rows, self._lengths = ids, rows, lengths

    @classmethod
    def none(cls) -> Directions:
        """Of no record."""
        return cls(np.zeros(0, "<U36"), np.zeros((0, WIDTH), np.int8), np.zeros(0, np.float64))

    def __len__(self) -> int:
        return len(self._ids)

    def missing(self, ids: Sequence[str]) -> list[str]:
        """Those of some records of which it has no direction, in their order."""
        if not len(self._ids):
            return list(ids)
        asked = np.array(ids, "<U36")
        places = np.minimum(np.searchsorted(self._ids, asked), len(self._ids) - 1)
        return [id for id, known in zip(ids, self._ids[places] == asked, strict=True) if not known]

    def changed(self, told: Mapping[str, bytes | None]) -> Directions:
        """With other directions of some records; without those that have none any more."""
        left = ~np.isin(self._ids, np.array(list(told), "<U36"))
        new = sorted((id, direction) for id, direction in told.items() if direction is not None)
        rows = np.frombuffer(b"".join(direction for _, direction in new), np.int8).reshape(len(new), WIDTH)
        ids, stay = np.array([id for id, _ in new], "<U36"), self._ids[left]
        places = np.searchsorted(stay, ids)
        return Directions(
            np.insert(stay, places, ids),
            np.insert(self._rows[left], places, rows, axis=0),
            np.insert(self._lengths[left], places, _lengths_of(rows)),
        )

    def closest(self, direction: bytes, most: int) -> list[str]:
        """The records that lie closest to a direction, the closest first; of equal ones the smaller id. What lies away is left out."""
        asked = np.frombuffer(direction, np.int8).astype(np.float32)
        near = np.empty(len(self._ids), np.float64)
        for at in range(0, len(near), _AT_ONCE):
            # Sums of whole numbers that a float has exactly, in whatever order they are added up.
            near[at : at + _AT_ONCE] = self._rows[at : at + _AT_ONCE].astype(np.float32) @ asked
        near /= np.maximum(self._lengths, 1)
        least = np.partition(near, -most)[-most] if len(near) > most else 0.0
        found = np.flatnonzero((near >= least) & (near > 0))
        first = found[np.argsort(-near[found], kind="stable")][:most]
        ids: list[str] = self._ids[first].tolist()
        return ids


def _lengths_of(rows: np.ndarray) -> np.ndarray:
    squares = np.empty(len(rows), np.float64)
    for at in range(0, len(rows), _AT_ONCE):
        wide = rows[at : at + _AT_ONCE].astype(np.int32)
        squares[at : at + _AT_ONCE] = (wide * wide).sum(axis=1)
    lengths: np.ndarray = np.sqrt(squares)
    return lengths


def closest_sentences(one: bytes, other: bytes) -> tuple[int, int] | None:
    """Which sentence of one text lies closest to which of another, by how many signs are the same; of equal ones the first."""
    if not one or not other:
        return None
    ours = np.frombuffer(one, np.uint8).reshape(-1, 1, _SIGNS)
    theirs = np.frombuffer(other, np.uint8).reshape(1, -1, _SIGNS)
    apart = np.bitwise_count(ours ^ theirs).sum(axis=-1, dtype=np.int64)
    place = int(apart.argmin())
    return place // apart.shape[1], place % apart.shape[1]
