"""Texts of catalogues without marks and doubled sentences, and those that say nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.operations.catalogue.catalogue_text import is_placeholder, says_nothing, undoubled, without_marks


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("<p>One<br/>two &amp; three</p>", "\nOne\ntwo & three\n"),
        ("CO<sub>2</sub> at x < 5 and y > 3", "CO2 at x < 5 and y > 3"),
        ("a <b and c> d", "a <b and c> d"),
        ('<a href="javascript:evil()">see</a>', "see"),
        ("<script>evil()</script>ok<!-- not this --><style>p {}</style>", "ok"),
        ("&lt;p&gt;told twice&lt;/p&gt; &amp;amp;", "\ntold twice\n &"),
        ("R&D ?a=1&copy=2 &nosuch;", "R&D ?a=1&copy=2 &nosuch;"),
        ("<script>never ends", "never ends"),
        ("m&sup3;/h, 5&nbsp;&#8364;", "m\u00b3/h, 5\u00a0\u20ac"),
        ("<o:p></o:p><INPUT disabled>Steam", "Steam"),
    ],
)
def test_of_html_the_words_are_read(told: str, read: str) -> None:
    assert without_marks(told) == read


@given(st.text(st.characters(exclude_characters="<&")))
def test_a_text_without_marks_stays_as_it_is(words: str) -> None:
    assert without_marks(words) == words


@given(
    st.lists(
        st.sampled_from(["<p>", "<b", ">", "&lt;", "&amp;", "script>", "</", "<!--", "-->", "a", " "]), max_size=40
    )
)
def test_no_element_of_a_page_is_left_in_what_was_written_once(parts: list[str]) -> None:
    read = without_marks("".join(parts))
    assert "<p>" not in read
    assert "<script>" not in read


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("The EU is moving to The EU is moving to a secure system.", "The EU is moving to a secure system."),
        ("It leaks. It leaks. It leaks. Badly.", "It leaks. Badly."),
        ("能耗降低。能耗降低。运行成本下降。", "能耗降低。运行成本下降。"),
        ("It leaks. Badly. It leaks.", "It leaks. Badly. It leaks."),
        ("very very good", "very very good"),
    ],
)
def test_what_is_said_twice_in_a_row_is_kept_once(told: str, read: str) -> None:
    assert undoubled(told) == read


@given(st.lists(st.sampled_from(["one", "two", "three", "four", "five", "six.", "seven."]), max_size=60))
def test_no_word_is_lost_that_was_not_said_before(words: list[str]) -> None:
    read = undoubled(" ".join(words))
    assert set(read.split()) == set(words)


@given(st.lists(st.integers(0, 10_000), unique=True, max_size=60))
def test_what_is_said_once_stays_as_it_is(numbers: list[int]) -> None:
    words = " ".join(f"word{n}" for n in numbers)
    assert undoubled(words) == words


@pytest.mark.parametrize(
    "piece",
    [
        "<p ",
        "<!--",
        "<script>",
        "a ",
        "&amp;",
        "<b a=",
        "one two three four ",
        ". ",
        "<b a='",
        "<",
        "&#",
        "。",
        "</script ",
    ],
)
def test_it_takes_time_in_proportion_to_the_text_whatever_is_in_it(piece: str) -> None:
    def spent(length: int) -> float:
        words, best = piece * (length // len(piece)), 9.0
        for _ in range(3):
            begin = time.process_time()
            undoubled(without_marks(words))
            is_placeholder(words)
            says_nothing(words)
            best = min(best, time.process_time() - begin)
        return best

    assert spent(160_000) < 8 * 3 * spent(20_000) + 0.1


@pytest.mark.parametrize("cell", ["", " N/A ", "-", "none", "Unknown", "\u2014", "无", "NA"])
def test_a_cell_may_say_that_nothing_is_known(cell: str) -> None:
    assert says_nothing(cell)


def test_a_cell_that_says_something_is_read() -> None:
    assert not any(map(says_nothing, ["0", "no", "None of these", "x" * 1_000]))
    assert not says_nothing("NA", place=True)


@pytest.mark.parametrize(
    "words",
    [
        "Technology Provider",
        "test",
        "TEST 2",
        "Lorem ipsum dolor sit amet",
        "[Insert title here]",
        "xxx",
        "测试",
        "TBD.",
    ],
)
def test_a_text_may_stand_for_one_that_nobody_has_written(words: str) -> None:
    assert is_placeholder(words)


@pytest.mark.parametrize("words", ["Test bench for pumps", "Heat pump", "Steam", "A provider of heat", "热泵"])
def test_a_text_that_somebody_wrote_is_none(words: str) -> None:
    assert not is_placeholder(words)
