"""What the verifier calls steps, states and fields is what the editions and the catalogue call them."""

from __future__ import annotations

from casework_verify.words.titles import choice_title, field_title, titled
from docs.verifier_titles import TITLES, titles


def test_the_titles_are_those_of_the_editions() -> None:
    assert TITLES.read_text("utf-8") == titles(), "run `make docs`"


def test_what_is_no_name_of_an_edition_stays_as_it_is() -> None:
    for edition in (None, 7, "5e" * 32, {"a": 1}):
        assert titled("came", ["sent", 3, None], edition, chinese=True) == ["sent", 3, None]
        assert titled("taken", "accept", edition, chinese=False) == "accept"
        assert field_title("charge", edition, chinese=True) == "charge"
        assert choice_title("charge", ["free", {"a": 1}], edition, chinese=True) == ["free", {"a": 1}]
