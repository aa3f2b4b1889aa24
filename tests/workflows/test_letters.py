"""What a letter tells a party of where its case stands, in both languages: from the first step to the closing."""

from __future__ import annotations

import pytest

from casework.definitions import load_library
from casework.operations.core.i18n import Speech

LIBRARY = load_library()
EDITION = LIBRARY[LIBRARY.newest["case"]]
#: After the end it has the letter at the end. In every other step the letter of how the case stands can go, and has to say so.
OTHER_LETTERS = {"closed"}


@pytest.mark.parametrize("state", sorted(set(EDITION.states) - OTHER_LETTERS))
def test_every_step_has_words_for_a_party_in_both_languages(state: str) -> None:
    key = f"states.{state}.letter"
    english, chinese = (Speech(in_chinese).edition_text(EDITION.fingerprint, key) for in_chinese in (False, True))
    assert english.endswith(".")
    assert chinese.endswith("。")
    assert english == EDITION.text(key)
    assert not {"need owner", "technology owner"} & {english.lower()}


@pytest.mark.parametrize("state", sorted(OTHER_LETTERS))
def test_a_step_with_another_letter_has_none(state: str) -> None:
    assert state in EDITION.states
    assert f"states.{state}.letter" not in EDITION.texts
