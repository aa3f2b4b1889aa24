"""What names a person, and whether a text does: as somebody may have written it, and never a part of another word."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import reasons
from casework.errors import InvalidForm
from casework.operations.privacy.personal_data import LONGEST, MOST_WORDS, Naming, checked_words

#: What may be a name, and is a word of its own.
NAMES = st.from_regex(r"[A-Za-zÀ-ÖØ-öø-ɏ]{4,12}( [A-Za-z]{1,8})?", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Li Wen was there", True),
        ("we asked LI  WEN, who agreed", True),
        ("Li\nWen", True),
        ("(Li Wen)", True),
        ("Li Weng was there", False),
        ("Ali Wen", False),
        ("LiWen", False),
        ("Li Wen2", False),
        ("Öli Wen", False),
    ],
)
def test_a_name_is_found_as_words_of_their_own(text: str, named: bool) -> None:
    assert Naming(("Li Wen",)).in_text(text) is named


@pytest.mark.parametrize(
    ("text", "named"), [("昨天李文来过", True), ("李 文", False), ("李", False), ("王李文生", True)]
)
def test_within_chinese_there_is_nothing_between_words(text: str, named: bool) -> None:
    assert Naming(("李文",)).in_text(text) is named


@given(NAMES, st.sampled_from([".", ", ", " (", "\n", "，"]))
def test_whatever_stands_beside_it_a_name_is_found(name: str, mark: str) -> None:
    naming = Naming((name,))
    assert naming.in_text(f"We asked{mark if mark != '.' else ' '}{name}{mark}and went")
    assert not naming.in_text(f"We asked x{name}y and went")


@given(st.text(st.characters(categories=("P", "S", "L", "N")), min_size=1, max_size=20))
def test_no_sign_of_a_pattern_means_anything_in_a_name(word: str) -> None:
    # Some signs are written as others once they are composed, as words are when they are checked.
    naming = Naming((unicodedata.normalize("NFC", word),))
    assert naming.in_text(word)
    re.compile(naming.everywhere)


def test_nobodys_name_is_found_nowhere() -> None:
    assert not Naming(()).in_text("anything")
    assert not Naming(()).in_text("")


def test_a_value_of_any_shape_is_looked_through() -> None:
    naming = Naming(("Li Wen", "李文"))
    assert naming.in_value({"people": [{"name": "李文"}]})
    assert naming.in_value(["x", "by Li Wen"])
    assert not naming.in_value({"people": [7, None, "Weng Li"]})


@given(
    NAMES,
    st.sampled_from(["\n", "\r\n", "\t", '"', "\\", ' "', "，\n"]),
    st.sampled_from(["\n", "\t", '"', "\\", "\n\n"]),
)
def test_however_json_writes_what_stands_beside_it_a_name_is_found(name: str, before: str, after: str) -> None:
    naming, written = Naming((name,)), f"Dear{before}{name.replace(' ', after if after.isspace() else ' ')}{after}yours"
    for value in ({"note": [written]}, {written: 1}, [[written]]):
        assert naming.in_value(value)
        # As the database looks through a row.
        if before != "\\":
            assert naming.in_text(json.dumps(value, ensure_ascii=False))


def test_in_an_address_it_stands_encoded() -> None:
    naming = Naming(("Li Wen", "李文"))
    for address in ("/people?q=Li%20Wen", "/people?q=Li+Wen", "/people?q=%E6%9D%8E%E6%96%87"):
        assert re.search(naming.everywhere, address, re.IGNORECASE)
        assert not naming.in_text(address)


def test_the_letters_of_one_name_may_be_put_together_in_two_ways() -> None:
    assert Naming(tuple(checked_words(["Mu\u0308ller"]))).in_text("Frau M\u00fcller")
    assert Naming(("M\u00fcller",)).in_text("Frau Mu\u0308ller")


def test_words_are_looked_for_once_each_and_without_odd_blanks() -> None:
    assert checked_words(["  Li   Wen ", "Li Wen", "", " ", "李文"]) == ["Li Wen", "李文"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["Wen"], reasons.privacy.TOO_SHORT),
        (["L. W. -"], reasons.privacy.TOO_SHORT),
        (["李"], reasons.privacy.TOO_SHORT),
        (['Li "W" Wen'], reasons.privacy.NO_NAME),
        (["Li\\Wen"], reasons.privacy.NO_NAME),
        (["Li\u200bWen"], reasons.privacy.NO_NAME),
        (["x" * (LONGEST + 1)], reasons.privacy.NO_NAME),
        ([f"name {n}" for n in range(MOST_WORDS + 1)], reasons.fields.AT_MOST(value=str(MOST_WORDS))),
    ],
)
def test_what_would_be_found_everywhere_or_nowhere_is_refused(words: list[str], why: object) -> None:
    with pytest.raises(InvalidForm) as refused:
        checked_words(words, "names")
    assert refused.value.fields == {"names": why}
