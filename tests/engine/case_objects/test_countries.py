"""The codes of countries and regions: all of ISO 3166-1, and nothing that only looks like one."""

from __future__ import annotations

from itertools import product
from string import ascii_uppercase

import pytest
from babel import Locale

from casework.engine.case_objects.countries import COUNTRIES, is_country


def test_they_are_as_many_as_the_standard_has_each_once_and_in_order() -> None:
    assert len(COUNTRIES) == 249
    assert list(COUNTRIES) == sorted(set(COUNTRIES))
    assert sum(is_country(one + other) for one, other in product(ascii_uppercase, repeat=2)) == 249


def test_each_has_a_name_in_both_languages() -> None:
    for language in ("en", "zh_Hans"):
        assert set(COUNTRIES) <= set(map(str, Locale.parse(language).territories))


@pytest.mark.parametrize("code", ["UK", "EU", "UN", "XK", "ZZ", "AC", "EA", "cn", "", "C", "CHN", "China", "001"])
def test_what_only_looks_like_one_is_none(code: str) -> None:
    assert not is_country(code)
