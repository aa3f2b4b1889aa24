"""Fusion: ranks alone count, and equal ones stand by id."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casework.matching.fusion import DEPTH, K, fuse

IDS = st.lists(st.text(alphabet="abcdefgh", min_size=1, max_size=2), unique=True, max_size=20)
CHANNELS = st.dictionaries(st.sampled_from(["words", "meaning", "codes"]), IDS)


@given(IDS)
def test_one_channel_stays_as_it_is(ids: list[str]) -> None:
    assert [one.id for one in fuse({"words": ids})] == ids


@given(CHANNELS)
def test_every_record_of_any_channel_stands_once_with_its_ranks(channels: dict[str, list[str]]) -> None:
    fused = fuse(channels)
    assert sorted(one.id for one in fused) == sorted({id for ids in channels.values() for id in ids})
    for one in fused:
        assert one.ranks == {name: ids.index(one.id) + 1 for name, ids in channels.items() if one.id in ids}
        assert abs(one.score - sum(1 / (K + rank) for rank in one.ranks.values())) < 1e-12


@given(CHANNELS)
def test_the_order_of_the_channels_changes_nothing(channels: dict[str, list[str]]) -> None:
    assert fuse(dict(reversed(channels.items()))) == fuse(channels)


@given(CHANNELS)
def test_who_stands_no_lower_in_any_channel_stands_no_lower_in_the_end(channels: dict[str, list[str]]) -> None:
    place = {one.id: at for at, one in enumerate(fuse(channels))}
    ranks = {one.id: one.ranks for one in fuse(channels)}
    for one, mine in ranks.items():
        for other, theirs in ranks.items():
            if all(name in mine and mine[name] < rank for name, rank in theirs.items()):
                assert place[one] < place[other]


def test_what_stands_deeper_than_is_looked_counts_nothing() -> None:
    assert len(fuse({"words": [f"{n:04}" for n in range(DEPTH + 50)]})) == DEPTH


def test_equal_ones_stand_by_id() -> None:
    assert [one.id for one in fuse({"words": ["b", "a"], "meaning": ["a", "b"]})] == ["a", "b"]
