"""Texts come in without what nobody sees, and with all that can be read, in every kind of field that takes words."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casework.engine.definition import plain_text
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form, Items, Note, Rows, Text
from casework.engine.definition.plain_text import visible

UNSEEN = {
    "turned right to left": "\u202e", "turned left to right": "\u202d", "embedded": "\u202a", "popped": "\u202c", "isolated": "\u2066",
    "end of it": "\u2069", "mark of the left": "\u200e", "mark of the right": "\u200f", "mark of Arabic": "\u061c",
    "no width": "\u200b", "word joiner": "\u2060", "byte order": "\ufeff", "soft hyphen": "\u00ad", "a bell": "\x07",
    "an escape": "\x1b", "delete": "\x7f", "a control of eight bits": "\x9b", "an annotation": "\ufff9", "a tag": "\U000e0041",
    "a Hangul filler": "\u3164", "grapheme joiner": "\u034f", "joiner": "\u200d", "non-joiner": "\u200c",
}  # fmt: skip
#: Whose letters or pictures need what has no width of its own.
READ = [
    "需求方：创蓝联盟（北京）", "葛\U000e0100城", "👩\u200d🔬", "👨\u200d👩\u200d👧", "❤\ufe0f\u200d🔥", "👩🏽\u200d🚒", "🏳\ufe0f\u200d🌈",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "می\u200cخواهم", "ක්\u200dෂ", "नमस्ते", "Ångström & Co.", "tab\there",
    "two\nlines", "½ m³ · 85 °C — “so”", "\u3000全角　空格",
]  # fmt: skip


@pytest.mark.parametrize("letter", UNSEEN.values(), ids=UNSEEN)
def test_what_nobody_sees_is_dropped(letter: str) -> None:
    assert visible(f"invoice{letter}fdp.exe") == "invoicefdp.exe"
    assert visible(f"技术{letter}需求") == "技术需求"
    assert visible(letter * 3) == ""


@pytest.mark.parametrize("words", READ)
def test_what_can_be_read_stays(words: str) -> None:
    assert visible(words) == unicodedata.normalize("NFC", words)


def test_lines_end_in_one_way_and_letters_are_composed() -> None:
    assert visible("a\r\nb\rc\u2028d\u2029e") == "a\nb\nc\nd\ne"
    assert visible("Rene\u0301") == "René"
    assert visible("Re\u200bne\u200b\u0301") == "René"


def test_a_joiner_or_a_variant_says_nothing_twice() -> None:
    assert visible("👩\u200d\u200d\u200d🔬") == "👩\u200d🔬"
    assert visible("❤\ufe0f\ufe0f\ufe0e") == "❤\ufe0f"
    assert visible("\ufe0f \ufe0fa") == " a"


ODD = st.text(
    st.characters(codec="utf-8") | st.sampled_from("".join(UNSEEN.values())) | st.sampled_from("".join(READ)),
    max_size=40,
)
HIDING = set("".join(UNSEEN.values())) - set("\u200c\u200d")


@given(ODD)
@example("\u0958")
def test_no_text_keeps_what_hides_or_loses_what_is_read_and_a_second_look_changes_nothing(words: str) -> None:
    seen = visible(words)
    assert HIDING.isdisjoint(seen) or "\U0001f3f4" in seen
    assert visible(seen) == seen
    assert readable(words) == readable(seen)


def readable(words: str) -> list[str]:
    """The letters, digits and signs that a text has, each apart from its marks; some are composed and some never are."""
    apart = unicodedata.normalize("NFD", words)
    return [letter for letter in apart if unicodedata.category(letter)[0] in "LNP" and letter not in "\u3164\uffa0"]


class _Row(Form):
    cell = Text(label="Cell", required=False)


class _Every(Form):
    """A field of each type that takes words as they are typed."""

    line = Text(label="Line", required=False)
    note = Note(label="Note", required=False)
    items = Items(label="Items", required=False)
    rows = Rows(label="Rows", row=_Row, required=False)


@given(ODD.filter(lambda words: visible(words).strip() and "\0" not in words))
def test_no_field_of_a_form_keeps_what_hides(words: str) -> None:
    rules = _Every.rule()
    given: dict[str, Any] = {
        "line": words,
        "note": words,
        "items": [{"what": words, "by": "2026-05-01"}],
        "rows": [{"cell": words}],
    }
    kept = check(build_model("Every", rules), rules, given, date(2026, 3, 16))
    plain = visible(words).strip()
    assert (kept["line"], kept["note"], kept["items"][0]["what"], kept["rows"][0]["cell"]) == (plain,) * 4


@pytest.mark.parametrize(
    "odd", ["\u200d", "\ufe0f", "\U0001f3fb\u200d", "👩\u200d", "\U000e0067", "🏴\U000e0067", "م\u200c"]
)
def test_a_text_of_odd_letters_is_read_as_soon_as_any_other(odd: str) -> None:
    """A quarter of a million of them, which strangers may send: whoever looks through the rest for each would need hours."""
    assert len(visible(f"a{odd * 125_000}b")) <= 125_000 * len(odd) + 2


def test_all_that_is_dropped_or_written_otherwise_is_looked_for_first() -> None:
    every = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    found = [pattern.findall(every) for pattern in (plain_text._DROPPED, plain_text._ENDS_OF_LINES, plain_text._MARKS)]
    assert set(plain_text._ODD.findall(every)) == {letter for some in found for letter in some}
