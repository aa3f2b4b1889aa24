"""Queries: what a text asks, and by which of its terms candidates are found."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from casework.matching.dictionary import Glossary
from casework.matching.query import RAREST, Asked, ask, tellers
from tests.matching.test_dictionary import SMALL

GLOSSARY = Glossary("3", {"热泵": ["heat pump"]})


def test_a_term_that_is_said_more_often_weighs_more() -> None:
    assert {one.term: one.weight for one in ask("pump, pumps, boiler")} == {"pump": 2.0, "boiler": 1.0}


def test_chinese_asks_for_itself_and_for_its_english() -> None:
    asked = ask("热泵", dictionary=SMALL, glossary=GLOSSARY)
    assert [(one.term, one.weight, one.source) for one in asked] == [
        ("热泵", 1.0, ""),
        ("heat", 0.5, "glossary 3"),
        ("pump", 0.5, "glossary 3"),
    ]


def test_english_asks_for_its_chinese_where_it_is_wanted() -> None:
    assert {one.term for one in ask("heat pump", dictionary=SMALL, glossary=GLOSSARY)} == {"heat", "pump"}
    asked = ask("heat pump", dictionary=SMALL, glossary=GLOSSARY, chinese=True)
    assert {one.term for one in asked} == {"heat", "pump", "热泵"}


@given(st.text(alphabet="ab热泵 水c", max_size=80))
def test_what_a_text_says_itself_is_always_asked_for(said: str) -> None:
    alone = {one.term: one.weight for one in ask(said)}
    translated = {one.term: one.weight for one in ask(said, dictionary=SMALL, glossary=GLOSSARY, chinese=True)}
    assert all(translated[term] >= weight for term, weight in alone.items())


@given(
    st.dictionaries(st.text(alphabet="abc", min_size=1, max_size=3), st.integers(0, 50), max_size=30),
    st.randoms(),
)
def test_candidates_are_found_by_the_terms_that_tell_most(frequencies: dict[str, int], random: Random) -> None:
    asked = [Asked(term=term, weight=1.0, said=term) for term in frequencies]
    found = tellers(asked, frequencies, 50)
    random.shuffle(asked)
    assert tellers(asked, frequencies, 50) == found
    known = [term for term, often in frequencies.items() if often]
    assert found == sorted(known, key=lambda term: (frequencies[term], term))[:RAREST]
