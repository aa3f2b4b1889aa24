"""The bonus: a small share of what a record says anyway, once, and none where a run knows of none."""

from __future__ import annotations

from casework.matching.bonus import VERIFIED_AT_A_SITE, VERSION, bonus_of


def test_a_record_gains_a_little_however_often_it_was_verified() -> None:
    assert bonus_of(10.0, verified=1, version=VERSION) == bonus_of(10.0, verified=9, version=VERSION)
    assert 0 < bonus_of(10.0, verified=1, version=VERSION) <= 0.5


def test_nothing_verified_and_a_run_without_a_bonus_gain_nothing() -> None:
    assert bonus_of(10.0, verified=0, version=VERSION) == 0
    assert bonus_of(10.0, verified=3, version=None) == 0


def test_the_version_that_holds_is_the_highest() -> None:
    assert max(VERIFIED_AT_A_SITE) == VERSION
