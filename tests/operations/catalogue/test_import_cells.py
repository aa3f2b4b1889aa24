"""A text of a cell is looked at as a whole first, and letter by letter only where that tells too little."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casework.operations.catalogue.import_cells import _words


class Slow(str):
    """A text that is looked at letter by letter, whatever is in it."""


@given(
    st.one_of(
        st.text(), st.text(st.characters(max_codepoint=0x9F)), st.sampled_from(["\x7f", "\t", "a\rb", "\ufeffa", ""])
    )
)
def test_a_short_look_at_a_text_tells_what_a_long_one_does(words: str) -> None:
    outcomes = []
    for given_words in (words, Slow(words)):
        try:
            outcomes.append(_words(given_words))
        except ValueError as fault:
            outcomes.append(f"refused: {fault}")
    assert outcomes[0] == outcomes[1]
