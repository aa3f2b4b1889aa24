"""The bonus: a small share of what a record says anyway, once, and none where nothing is verified."""

from __future__ import annotations

from casework.matching.bonus import bonus_of
from casework.matching.weights import SHIPPED


def test_a_record_gains_a_little_however_often_it_was_verified() -> None:
    share = SHIPPED.verified
    assert bonus_of(10.0, verified=1, share=share) == bonus_of(10.0, verified=9, share=share)
    assert 0 < bonus_of(10.0, verified=1, share=share) <= 0.5


def test_nothing_verified_and_a_share_of_nothing_gain_nothing() -> None:
    assert bonus_of(10.0, verified=0, share=SHIPPED.verified) == 0
    assert bonus_of(10.0, verified=3, share=0.0) == 0
