"""Explanations: the parts add up to the score, and say which word stands for what."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from casework.matching.bm25 import Corpus, length_of, scorer
from casework.matching.dictionary import Glossary
from casework.matching.explanation import Kind, parts_of
from casework.matching.query import ask
from casework.matching.terms import counts_of
from tests.matching.test_dictionary import SMALL

GLOSSARY = Glossary("7", {"热泵": ["heat pump"]})
WORDS = ["heat", "pump", "pumps", "water", "热泵", "热水", "储能", "storage", "energy", "kiln", "the"]
SAID = st.lists(st.sampled_from(WORDS), max_size=15)


@given(SAID, SAID, SAID)
def test_the_parts_add_up_to_the_score(query: list[str], title: list[str], body: list[str]) -> None:
    asked = ask(" ".join(query), dictionary=SMALL, glossary=GLOSSARY, chinese=True)
    counts = counts_of(" ".join(title), " ".join(body))
    corpus = Corpus(records=9, length=200, frequencies=dict.fromkeys(counts, 2))
    scored = scorer([(one.term, one.weight) for one in asked], corpus)("a", counts, length_of(counts.values()))
    parts = parts_of(scored, asked, counts)
    assert abs(math.fsum(part.share for part in parts) - scored.score) < 1e-6
    assert parts == sorted(parts, key=lambda part: -part.share)
    assert len({(part.kind, part.text, part.source) for part in parts}) == len(parts)


def test_a_translation_says_the_pair_and_its_source() -> None:
    asked = ask("热泵", dictionary=SMALL, glossary=GLOSSARY)
    counts = counts_of("Heat pump", "for hot water")
    corpus = Corpus(records=9, length=60, frequencies={"heat": 2, "pump": 1})
    scored = scorer([(one.term, one.weight) for one in asked], corpus)("a", counts, 10)
    (part,) = parts_of(scored, asked, counts)
    assert (part.kind, part.text, part.source, part.title) == (Kind.TRANSLATION, "热泵 = heat pump", "glossary 7", True)
