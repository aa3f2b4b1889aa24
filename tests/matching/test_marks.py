"""Where a text says what was searched for."""

from __future__ import annotations

import pytest

from casework.matching.marks import pieces_of, telling_sentence

#: What a text says, what is searched for, and the pieces it is shown in.
PIECES = [
    ("Two heat pumps.", {"heat", "pump"}, [("Two ", False), ("heat", True), (" ", False), ("pumps", True), (".", False)]),
    ("高温热泵机", {"热泵"}, [("高温", False), ("热泵", True), ("机", False)]),
    ("高温热泵", {"高温", "温热", "热泵"}, [("高温热泵", True)]),
    ("NOx <b>", {"nox"}, [("NOx", True), (" <b>", False)]),
    ("Nothing", set(), [("Nothing", False)]),
    ("", {"heat"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("said", "terms", "pieces"), PIECES)
def test_each_word_that_says_it_is_a_piece(said: str, terms: set[str], pieces: list[tuple[str, bool]]) -> None:
    assert pieces_of(said, terms) == pieces
    assert "".join(piece for piece, _ in pieces_of(said, terms)) == said


@pytest.mark.parametrize(
    ("said", "terms", "sentence"),
    [
        (
            "It is new. Two heat pumps dry it; heat is kept. Heat pumps.",
            {"heat", "pump", "dri"},
            "Two heat pumps dry it;",
        ),
        ("新型设备。高温热泵机组！热泵。", {"热泵", "高温"}, "高温热泵机组！"),
        ("It is new.", {"heat"}, ""),
        ("", {"heat"}, ""),
    ],
)
def test_the_sentence_that_says_most_of_it_is_found(said: str, terms: set[str], sentence: str) -> None:
    assert telling_sentence(said, terms) == sentence
