"""Rows of a register that hold all the words of a search, without reading every one: reads only.

An index of words says which rows may hold them all. Of these the first ones, in the order in which they are listed, are compared with the
words themselves, so that what is found does not depend on what an index keeps. Where an index knows none of the words, as of signs
alone, the newest rows are looked through. What an index is asked stands in a sub-select: the server looks into it whether it knows the
words when it plans or not, and reads no whole table for a word that every row says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, TextClause

from casework.records.search_terms import terms_of_all

#: So many rows are compared with the words at most: of a word that many say, the first ones.
COMPARED = 2_000


@dataclass(frozen=True)
class Ways:
    """Two statements that show what holds all the words: of what an index names for `:asked`, and of the newest."""

    named: TextClause
    newest: TextClause


def found_by_words(db: Connection, ways: Ways, words: Sequence[str], given: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """The first `most` rows that hold all the words."""
    if (asked := terms_of_all(words)) is None:
        return db.execute(ways.newest, {**given, "compared": COMPARED}).all()
    return db.execute(ways.named, {**given, "asked": asked, "compared": COMPARED}).all()
