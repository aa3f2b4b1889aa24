"""Names look like what they are: nothing unseen in them, single spaces, composed letters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.definition.names import LONGEST, insist_name, is_plain
from casework.errors import InvalidForm
from casework.reasons import Reason, fields

UNSEEN = {
    "a tab": "\t", "an escape": "\x1b", "no width": "\u200b", "right to left": "\u202e", "a surrogate": "\ud800",
    "private use": "\ue000", "end of line": "\u2028", "end of paragraph": "\u2029", "a Hangul filler": "\u3164",
    "half a filler": "\uffa0", "first filler": "\u115f", "second filler": "\u1160", "blank Braille": "\u2800",
    "grapheme joiner": "\u034f", "a Khmer vowel": "\u17b4", "another": "\u17b5",
}  # fmt: skip


def refusal(words: str, most: int = LONGEST) -> Reason:
    with pytest.raises(InvalidForm) as refused:
        insist_name(words, "title", most)
    return refused.value.fields["title"]  # type: ignore[return-value]  # one reason for one field


@pytest.mark.parametrize("letter", UNSEEN.values(), ids=UNSEEN)
def test_a_letter_that_nobody_sees_is_refused(letter: str) -> None:
    assert not is_plain(f"a{letter}b")
    assert refusal(f"a{letter}b") == fields.INVISIBLE


@pytest.mark.parametrize("name", ["Li Wei", "李伟", "Ångström & Co.", "№ 7 — “Ost”", "नमस्ते", "葛\U000e0100"])
def test_a_name_of_any_script_is_kept(name: str) -> None:
    assert insist_name(name) == unicodedata.normalize("NFC", name)


def test_spaces_are_single_and_letters_composed() -> None:
    assert insist_name("  Rene\u0301   \u3000 Li ") == "René Li"


@pytest.mark.parametrize("words", ["", "   ", "\u3000", "\n"])
def test_a_name_is_not_empty(words: str) -> None:
    assert refusal(words) == fields.REQUIRED


def test_a_name_may_be_as_long_as_is_said_and_no_longer() -> None:
    assert insist_name("x" * 5, most=5) == "xxxxx"
    assert insist_name(" e\u0301 " * 3, most=5) == "é é é"
    assert refusal("x" * 6, most=5) == fields.LONGEST(most=5)
    assert refusal("x" * 301) == fields.LONGEST(most=300)


@given(st.text(max_size=40))
def test_what_is_kept_is_plain_and_kept_again_as_it_is(words: str) -> None:
    try:
        name = insist_name(words)
    except InvalidForm:
        return
    assert is_plain(name)
    assert insist_name(name) == name == name.strip()
    assert "  " not in name


@pytest.mark.parametrize("letter", [chr(code) for code in range(128)])
def test_of_ascii_what_is_printed_is_plain(letter: str) -> None:
    assert is_plain(f"a{letter}") == (unicodedata.category(letter) != "Cc")
