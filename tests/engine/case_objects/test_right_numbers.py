"""The number of a right is one however somebody writes it, and another's is another."""

from __future__ import annotations

import pytest

from casework.engine.case_objects.right_numbers import number_forms, plain_number


@pytest.mark.parametrize(
    ("office", "number", "plain"),
    [
        ("CN", "ZL 2021 1 0123456.7", "202110123456"),
        ("CN", "202110123456.X", "202110123456"),
        ("CN", "2021101234567", "202110123456"),
        ("CN", "20211012345６Ｘ", "202110123456"),
        ("CN", "CN 113456789 B", "113456789"),
        ("CN", "CN113456789B2", "113456789"),
        ("CN", "98 1 02345.6", "98102345"),
        ("CN", "113456789", "113456789"),
        (None, "zl98102345.6", "98102345"),
        ("US", "US 10,123,456 B2", "10123456"),
        ("EPO", "EP 3 123 456 B1", "3123456"),
        ("EPO", "US 3123456 B2", "US3123456"),
        ("US", "RE12345", "RE12345"),
        ("CN", "软著登字第1234567号", "1234567"),
        ("CN", "2021SR0123456", "2021SR0123456"),
        ("CN", "secret", None),
        ("CN", "", None),
        (None, None, None),
    ],
)
def test_a_number_is_compared_without_what_stands_around_it(
    office: str | None, number: str | None, plain: str | None
) -> None:
    assert plain_number(office, number) == plain


@pytest.mark.parametrize(
    ("words", "forms"),
    [
        ("ZL202110123456.7", [("202110123456", "CN")]),
        ("cn 202110123456", [("202110123456", "CN")]),
        ("2021 1 0123456.7", [("202110123456", "")]),
        ("981023456", [("981023456", ""), ("98102345", "CN")]),
        ("EP3123456B1", [("EP3123456", ""), ("3123456", "EP"), ("3123456", "EPO")]),
        ("国家知识产权局 ZL202110123456.7", [("202110123456", "CN")]),
        ("BJ-2026-0001", [("BJ20260001", ""), ("20260001", "BJ")]),
        ("steam", []),
        ("热泵", []),
    ],
)
def test_words_are_a_number_of_some_office(words: str, forms: list[tuple[str, str]]) -> None:
    assert number_forms(words) == forms
