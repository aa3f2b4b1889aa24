"""What a search asks: each of its words in either language, in quoted terms only."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.matching.dictionary import Glossary, cc_cedict
from casework.matching.facets import Facet
from casework.matching.wanted import MOST_WORDS, narrowed, query_of, quoted, ways_of

GLOSSARY = Glossary("7", {"热泵": ["heat pump"]})


def ways(said: str) -> list[list[tuple[str, ...]]]:
    return ways_of(said, cc_cedict(), GLOSSARY)


def test_a_word_is_asked_for_in_both_languages() -> None:
    assert ways("heat pumps") == [[("heat", "pump"), ("热泵",)]]
    (pump,) = ways("热泵")
    assert pump[:2] == [("热泵",), ("heat", "pump")]
    assert ways("Wärmepumpe für Gebäude")[0] == [("warmepump",)]


def test_words_that_stand_together_are_each_asked_for() -> None:
    steam, pump = ways("蒸汽热泵")
    assert steam[:2] == [("蒸汽",), ("steam",)]
    assert pump[0] == ("热泵",)
    assert [way[0] for way in ways("steam NOx")] == [("steam",), ("nox",)]


def test_letters_that_are_no_word_are_asked_for_by_twos() -> None:
    assert ways("垚喆") == [[("垚喆",)]]
    assert ways("氢") == [[("氢",), *ways("氢")[0][1:]]]


def test_what_says_nothing_asks_nothing() -> None:
    for said in ("", "the of", "%_\\ '\"", "\x00\x1f"):
        assert query_of(ways(said)) == ""
    assert len(ways("boiler " * 1_000)) == MOST_WORDS


def test_a_query_narrowed_asks_for_both() -> None:
    assert query_of([[("heat", "pump"), ("热泵",)], [("nox",)]]) == "(('heat' & 'pump') | ('热泵')) & (('nox'))"
    assert query_of([[("heat",)], [("nox",)]], mark="^", every=False) == "(('^heat')) | (('^nox'))"
    assert narrowed("('a')", [Facet("country", "DE")]) == "(('a')) & '=country=DE'"
    assert narrowed("", [Facet("country", "")]) == "'=country='"
    assert narrowed("", []) == ""


@pytest.mark.parametrize("value", ["'", "\\", "a'b\\c", "x' | 'y", "a:*", "  ", "能源 & 水"])
def test_the_database_reads_a_quoted_term_as_it_is(db: Connection, value: str) -> None:
    said = "SELECT array_to_tsvector(ARRAY[CAST(:value AS text)]) @@ CAST(:asked AS tsquery)"
    assert db.execute(text(said), {"value": value, "asked": quoted(value)}).scalar_one()
    assert not db.execute(text(said), {"value": f"{value}-", "asked": quoted(value)}).scalar_one()
