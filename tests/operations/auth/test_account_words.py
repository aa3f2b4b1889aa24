"""Everything that is changed of an account, and of roles that decide, is said in a sentence of both languages."""

from __future__ import annotations

import pytest

from casework.operations.auth.account_log import WHAT
from casework.operations.auth.account_words import ROLE_SAYS, SAYS
from casework.operations.core.i18n import Speech
from casework.operations.core.register_log import GRANTED, ROLE_ASKED, ROLE_REFUSED


def test_whatever_is_noted_of_an_account_has_a_sentence_of_its_own() -> None:
    assert set(SAYS) == set(WHAT)
    assert len(set(SAYS.values())) == len(WHAT)


def test_a_role_that_decides_is_told_of_when_it_is_asked_for_given_and_refused() -> None:
    assert set(ROLE_SAYS) == {ROLE_ASKED, GRANTED, ROLE_REFUSED}


@pytest.mark.parametrize("words", [*SAYS.values(), *ROLE_SAYS.values()])
def test_it_is_a_whole_sentence_and_in_chinese_too(words: str) -> None:
    assert words[0].isupper()
    assert words.endswith(".")
    assert Speech(chinese=True).gettext(words).endswith("。")
