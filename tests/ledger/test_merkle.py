"""Roots, proofs and tiles of the tree over all events, held against the definitions of RFC 6962 written down word for word."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.ledger.merkle import (
    EMPTY_ROOT,
    WIDTH,
    BadProof,
    BadTile,
    Tile,
    check_consistency,
    check_inclusion,
    grow,
    hashes_of,
    leaf_hash,
    node_from,
    node_hash,
    parse_tile,
    prove_consistency,
    prove_inclusion,
    root_between,
    root_of,
    subtrees,
    tiles_between,
    width_at,
)

MOST = 130
LEAVES = [leaf_hash(b"%d" % n) for n in range(MOST)]
#: The leaves that Certificate Transparency's own tests use, and the roots over the first 1 to 8 of them.
EIGHT = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def mth(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, over hashes of leaves."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node_hash(mth(leaves[:k]), mth(leaves[k:]))


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


ALL_ROOTS = [mth(LEAVES[:n]) for n in range(MOST + 1)]


def read(level: int, index: int) -> bytes:
    return mth(LEAVES[index << level : (index + 1) << level])


def judged(check: object, *values: object) -> bool:
    try:
        check(*values)  # type: ignore[operator]  # one of the two checks
    except BadProof:
        return False
    return True


@pytest.mark.parametrize("n", range(1, 9))
def test_the_roots_over_the_known_leaves_are_the_known_ones(n: int) -> None:
    assert root_of([leaf_hash(data) for data in EIGHT[:n]]).hex() == ROOTS[n - 1]


def test_an_empty_tree_has_the_hash_of_nothing_as_its_root() -> None:
    assert root_of([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()


def test_roots_are_those_of_the_definition() -> None:
    assert [root_of(LEAVES[:n]) for n in range(MOST + 1)] == ALL_ROOTS


def test_every_leaf_of_every_tree_is_proven_as_the_definition_says() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            proof = prove_inclusion(read_kept, index, size)
            assert proof == path(index, LEAVES[:size])
            check_inclusion(LEAVES[index], index, size, proof, ALL_ROOTS[size])


def test_every_tree_is_shown_to_begin_with_every_earlier_one() -> None:
    for new in range(1, MOST + 1):
        for old in range(1, new + 1):
            proof = prove_consistency(read_kept, old, new)
            assert proof == subproof(old, LEAVES[:new], True)
            check_consistency(old, new, proof, ALL_ROOTS[old], ALL_ROOTS[new])


_KEPT: dict[tuple[int, int], bytes] = {}


def read_kept(level: int, index: int) -> bytes:
    if (level, index) not in _KEPT:
        _KEPT[level, index] = read(level, index)
    return _KEPT[level, index]


def spoilt(proof: list[bytes], roots: list[bytes]) -> Iterator[list[bytes]]:
    """What a proof can become by one change: a bit, a part less or more, cut short, two swapped, or a root in it."""
    for at in range(len(proof)):
        yield [*proof[:at], bytes([proof[at][0] ^ 1]) + proof[at][1:], *proof[at + 1 :]]
        yield [*proof[:at], proof[at][:-1], *proof[at + 1 :]]
        yield proof[:at] + proof[at + 1 :]
        yield [*proof[:at], b"", *proof[at:]]
        if at and proof[at] != proof[at - 1]:
            yield [*proof[: at - 1], proof[at], proof[at - 1], *proof[at + 1 :]]
    for more in (*roots, bytes(32)):
        yield [*proof, more]
        yield [more, *proof]


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 8), (5, 8), (2, 3), (1, 5), (6, 7), (129, 130), (64, 129)])
def test_a_spoilt_proof_of_a_leaf_shows_nothing(index: int, size: int) -> None:
    leaf, root, proof = LEAVES[index], ALL_ROOTS[size], path(index, LEAVES[:size])
    cases = [
        *((leaf, index, size, wrong, root) for wrong in spoilt(proof, [root, leaf])),
        *((leaf, other, size, proof, root) for other in (index - 1, index + 1, index ^ 2, size, -1) if other != index),
        *((leaf, index, size, proof, wrong) for wrong in (b"", EMPTY_ROOT, root[:-1], ALL_ROOTS[size - 1])),
        *((wrong, index, size, proof, root) for wrong in (b"", EMPTY_ROOT, leaf[:-1], LEAVES[(index + 1) % MOST])),
        (leaf, index, 0, proof, root),
        (leaf, index, size * 2, proof, root),
        (leaf, index, 1 << 62, proof, root),
    ]
    assert [case for case in cases if judged(check_inclusion, *case)] == []


@pytest.mark.parametrize(("old", "new"), [(1, 1), (1, 8), (2, 5), (6, 8), (4, 8), (3, 7), (127, 130), (64, 128)])
def test_a_spoilt_proof_of_growth_shows_nothing(old: int, new: int) -> None:
    one, two, proof = ALL_ROOTS[old], ALL_ROOTS[new], subproof(old, LEAVES[:new], True)
    cases = [
        *((old, new, wrong, one, two) for wrong in spoilt(proof, [one, two])),
        *((old, new, proof, wrong, two) for wrong in (b"", one[:-1], EMPTY_ROOT, ALL_ROOTS[old - 1])),
        *((old, new, proof, one, wrong) for wrong in (b"", two[:-1], EMPTY_ROOT, ALL_ROOTS[new - 1]) if wrong != two),
        *((old - 1, new, proof, one, two), (new, old, proof, two, one), (0, new, proof, EMPTY_ROOT, two))[
            : 3 if old != new else 1
        ],
        (0, new, [], EMPTY_ROOT, two),
        (-1, new, proof, one, two),
        (old, new * 2, proof, one, two),
    ]
    assert [case for case in cases if judged(check_consistency, *case)] == []


def test_no_proof_is_made_of_what_is_not_there() -> None:
    for index, size in ((0, 0), (5, 5), (-1, 3)):
        with pytest.raises(BadProof):
            prove_inclusion(read, index, size)
    for old, new in ((0, 3), (4, 3)):
        with pytest.raises(BadProof):
            prove_consistency(read, old, new)


@given(st.integers(0, MOST), st.integers(0, MOST))
def test_subtrees_cover_what_they_are_asked_for_once(one: int, other: int) -> None:
    start, stop = sorted((one, other))
    covered = [leaf for level, index in subtrees(start, stop) for leaf in range(index << level, (index + 1) << level)]
    assert covered == list(range(start, stop))


@given(st.integers(0, MOST))
def test_a_root_is_that_of_its_subtrees(size: int) -> None:
    assert root_between(read_kept, 0, size) == ALL_ROOTS[size]


@given(st.lists(st.integers(1, 700), max_size=5), st.data())
def test_tiles_written_as_a_tree_grows_prove_all_that_it_holds(steps: list[int], data: st.DataObject) -> None:
    leaves: list[bytes] = []
    tiles: dict[tuple[int, int], bytes] = {}
    for step in steps:
        before = len(leaves)
        leaves += [hashlib.sha256(b"%d" % n).digest() for n in range(before, before + step)]
        for tile in tiles_between(before, len(leaves)):
            first = tile.n * WIDTH
            hashes = [
                leaves[at] if tile.level == 0 else root_of(hashes_of(tiles[tile.level - 1, at]))
                for at in range(first, first + tile.width)
            ]
            tiles[tile.level, tile.n] = b"".join(hashes)
    size = len(leaves)
    assert {key: len(hashes) // 32 for key, hashes in tiles.items()} == {
        (level, n): width_at(level, n, size) for level, n in tiles
    }
    reads = node_from(lambda level, n: tiles[level, n])
    root = root_between(reads, 0, size)
    assert root == root_of(leaves)
    if size:
        index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
        check_inclusion(leaves[index], index, size, prove_inclusion(reads, index, size), root)
        check_consistency(old, size, prove_consistency(reads, old, size), root_of(leaves[:old]), root)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "0/000"),
        (Tile(0, 1_234_067), "0/x001/x234/067"),
        (Tile(0, 1_234_067, 17), "0/x001/x234/067.p/17"),
        (Tile(2, 999, 255), "2/999.p/255"),
        (Tile(63, 1000), "63/x001/000"),
    ],
)
def test_a_tile_has_one_path(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_tile(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/",
        "0/0",
        "0/00",
        "0/0000",
        "00/000",
        "64/000",
        "-1/000",
        "0/000/000",
        "0/x000/000",
        "0/x000/x001/000",
        "0/x001",
        "0/000.p",
        "0/000.p/",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/1/",
        "/0/000",
        "0/000 ",
        "0/000\n",
        "0/٠٠٠",
        "entries/000",
        "0/x001/../000",
        "0/" + "x001/" * 12 + "000",
    ],
)
def test_any_other_path_names_none(path: str) -> None:
    with pytest.raises(BadTile):
        parse_tile(path)


def test_a_tile_that_was_cut_short_gives_no_node() -> None:
    with pytest.raises(BadProof, match="too short"):
        node_from(lambda level, n: bytes(33))(1, 0)


@given(st.lists(st.integers(0, 800), max_size=4))
def test_a_tree_that_grows_writes_each_hash_once_and_in_its_tile(steps: list[int]) -> None:
    leaves: list[bytes] = []
    tiles: dict[tuple[int, int], bytes] = {}
    for step in steps:
        more = [hashlib.sha256(b"%d" % n).digest() for n in range(len(leaves), len(leaves) + step)]
        growth = grow(len(leaves), lambda level, n: tiles[level, n], more)
        leaves += more
        for key, piece in growth.pieces.items():
            tiles[key] = tiles.get(key, b"") + piece
        assert growth.size == len(leaves)
        assert growth.root == root_of(leaves)
        assert {key: len(hashes) // 32 for key, hashes in tiles.items()} == {
            (tile.level, tile.n): tile.width for tile in tiles_between(0, len(leaves))
        }
    assert b"".join(tiles[0, n] for n in range(-(-len(leaves) // WIDTH))) == b"".join(leaves)


def test_a_tree_grows_over_its_levels() -> None:
    leaves = [b"%032d" % n for n in range(256 * 256 + 300)]
    half = grow(0, lambda level, n: b"", leaves[: 256 * 256 - 1])
    whole = grow(half.size, lambda level, n: half.pieces[level, n], leaves[256 * 256 - 1 :])
    assert whole.root == root_of(leaves)
    assert set(whole.pieces) == {(0, 255), (0, 256), (0, 257), (1, 0), (1, 1), (2, 0)}
