"""Every kind of notice has its words, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from casework.engine.analysis.notification_rules import KINDS
from casework.operations.core.i18n import Speech
from casework.operations.core.notice_words import CHOICE, HAPPENED, KIND, SEALED
from casework.operations.core.notification_preferences import allowed


@pytest.mark.parametrize("words", [HAPPENED, KIND], ids=["what happened", "what one chooses about"])
def test_every_kind_of_notice_has_words_of_its_own(words: Mapping[str, str]) -> None:
    assert set(words) == set(KINDS)
    assert len(set(words.values())) == len(KINDS)


def test_every_choice_that_there_is_has_a_name() -> None:
    assert set(CHOICE) == {choice for kind in KINDS for choice in allowed(kind)}


@pytest.mark.parametrize("words", [*HAPPENED.values(), *KIND.values(), *CHOICE.values(), SEALED])
def test_all_of_it_is_said_in_chinese_too(words: str) -> None:
    assert any("\u4e00" <= letter <= "\u9fff" for letter in Speech(chinese=True).gettext(words))
