"""Terms: one text gives the same terms however it is written, and no text takes long or gives more than it says."""

from __future__ import annotations

import time
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.matching.terms import (
    LONGEST_WORD,
    MOST_LETTERS,
    counts_of,
    language_of,
    pairs_of,
    runs_of,
    tally,
    terms_of,
    words_of,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Heat pumps", "heat pump"),
        ("ＨＥＡＴ　ＰＵＭＰ", "heat pump"),
        ("recovering heat", "heat is recovered"[8:] + " heat"),
        ("CO₂", "co2"),
        ("Die Wärmepumpen und der Kessel", "Die Wärmepumpe und der Kessel"),
        ("热泵，热泵", "热泵 热泵"),
    ],
)
def test_the_same_said_in_another_way_has_the_same_terms(one: str, other: str) -> None:
    assert terms_of(one) == terms_of(other)


def test_chinese_is_taken_by_twos_and_a_letter_alone_stands_for_itself() -> None:
    assert terms_of("余热回收") == ["余热", "热回", "回收"]
    assert terms_of("水") == ["水"]
    assert terms_of("LNG储罐2台") == ["lng", "储罐", "2", "台"]


def test_words_that_say_nothing_are_left_out() -> None:
    assert terms_of("of the heat in a boiler") == terms_of("heat boiler")
    assert terms_of("das Abwasser und der Schlamm") == terms_of("Abwasser Schlamm", "german")


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Heat recovery for the cement kiln", "english"),
        ("Rückgewinnung von Wärme für den Ofen", "german"),
        ("Wärmerückgewinnung", "german"),
        ("", "english"),
        ("热泵", "english"),
    ],
)
def test_the_language_is_told_by_its_little_words(said: str, language: str) -> None:
    assert language_of(said) == language


def test_each_term_comes_with_the_word_it_is_of() -> None:
    assert [tuple(word) for word in words_of("Membranes 热泵")] == [("membran", "membranes"), ("热泵", "热泵")]


def test_a_record_counts_its_title_by_itself() -> None:
    counts = counts_of("Heat pump", "A heat pump that heats water")
    assert counts["heat"] == (1, 2)
    assert counts["water"] == (0, 1)


@given(st.text(max_size=300))
def test_any_text_gives_bounded_terms_without_signs(said: str) -> None:
    for term in terms_of(said):
        assert 0 < len(term) <= LONGEST_WORD
        assert not any(letter.isspace() or letter in "'\"\\&|!:*()<>" or letter == "\x00" for letter in term)


@given(st.text(max_size=200))
def test_wide_and_composed_letters_change_nothing(said: str) -> None:
    assert terms_of(unicodedata.normalize("NFKC", said), "english") == terms_of(said, "english")


@given(st.text(max_size=200), st.text(max_size=200))
def test_counts_add_up_to_the_terms(title: str, body: str) -> None:
    language = language_of(f"{title} {body}")
    counts = counts_of(title, body)
    assert sum(count.title for count in counts.values()) == len(terms_of(title, language))
    assert sum(count.body for count in counts.values()) == len(terms_of(body, language))
    assert all(count.title + count.body > 0 for count in counts.values())


@given(st.text(alphabet="热泵储能水电网", min_size=1, max_size=40))
def test_pairs_hold_each_letter_and_nothing_else(run: str) -> None:
    pairs = pairs_of(run)
    assert len(pairs) == max(1, len(run) - 1)
    assert "".join(pair[0] for pair in pairs) + (pairs[-1][1:]) == run
    assert runs_of(f"a {run}, b") == [run]


@pytest.mark.parametrize(
    "said", ["a" * 10_000_000, "热" * 10_000_000, "a " * 5_000_000, "\ufdfa" * 5_000_000, "ä\u0308" * 10**6]
)
def test_ten_megabytes_take_a_moment(said: str) -> None:
    began = time.process_time()
    terms = terms_of(said)
    assert time.process_time() - began < 2
    assert len(terms) <= MOST_LETTERS


#: Words of both languages, of either case, with signs and controls between them; and the same beyond ASCII.
_PLAIN = st.lists(
    st.sampled_from(["The", "und", "der", "HEAT", "pumps", "co2", "x_y", "\x1f", "12", "a" * 70, "\n"]), max_size=12
)
_WIDE = st.lists(st.sampled_from(["für", "ＨＥＡＴ", "热泵装置", "İ", "ß", "and"]), max_size=2)


@given(_PLAIN, _PLAIN, _WIDE)
def test_an_index_counts_the_terms_that_a_text_has(title: list[str], body: list[str], more: list[str]) -> None:
    """Most texts are in ASCII, and their words are found once for all; the others are read letter by letter."""
    said = (" ".join(title), " ".join(body + more))
    language = language_of(" ".join(said))
    each = [Counter(terms_of(text, language)) for text in said]
    assert tally(*said) == {term: [each[0][term], each[1][term]] for term in each[0] | each[1]}
