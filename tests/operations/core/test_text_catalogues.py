"""Words are told in both languages, and a word that nobody has translated as it is."""

from __future__ import annotations

from casework.operations.core.text_catalogues import catalogue


def test_a_word_is_told_in_the_language_that_is_asked_for() -> None:
    said = [catalogue("messages", chinese).gettext("Case %(number)s") for chinese in (False, True)]
    assert said[0] == "Case %(number)s" != said[1]
    assert "%(number)s" in said[1]
    assert catalogue("messages", True).gettext("A word of nobody's") == "A word of nobody's"
