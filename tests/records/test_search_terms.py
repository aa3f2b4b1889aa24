"""What indexes of words are asked misses nothing: whatever holds a word, by the expression that a search compares with, they find."""

from __future__ import annotations

import random
import re

import pytest
from sqlalchemy import Connection, text

from casework.operations.search.service import _pattern
from casework.records.field_encryption import MARK
from casework.records.search_terms import (
    holds_unspaced,
    of_programmes,
    rarest_terms,
    terms_of,
    terms_within,
    terms_within_plain,
)

HERE, THERE = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"
#: Pieces of texts: Latin, Chinese, both in one, numbers, signs within words, letters with marks, astral ones, and those of which the
#: small or large one is a plain letter.
PIECES = (
    "heat", "Heat", "HEATING", "pump_report", "BJ-2026-00017", "x", "5G", "基站", "5G基站", "余热锅炉", "水", "泥窑", "第17区",
    "カタカナ", "한국",
    "\U00020000\U00020001", "\U0002a6d6", "\U0001f600", "\U00010400\U00010428", "é", "É", "Straße", "STRASSE", "ſteam", "\u212aelvin",
    "kelvin", "İstanbul", "istanbul", "ısı", "ISI", "Σίσυφος", "ς", "Привет", "(", ")", "%", "_", "-", "\\", "'", '"', "/", ".", "·", "、",
    "（", "Ａｂ", "\u3000", "\u00a0", "e\u0301", "m", "\\m", "a" * 300, "b1" * 600,
)  # fmt: skip


def _texts(seed: int, many: int) -> list[tuple[str, str]]:
    """Texts, each with a word: mostly one that stands in it somehow, in other letters."""
    chance = random.Random(seed)
    pairs = []
    for _ in range(many):
        said = "".join(
            chance.choice(PIECES) + chance.choice(("", "", " ", " ", "-", "_", "，"))
            for _ in range(chance.randint(1, 7))
        )[:300]
        start = chance.randrange(len(said))
        word = said[start : start + chance.choice((1, 2, 3, 4, 6, 10, 20, 280))]
        if chance.random() < 0.2:
            word = chance.choice(PIECES)[: chance.randint(1, 300)]
        word = chance.choice((str, str.lower, str.upper, str.swapcase, str.casefold))(word)
        if word.strip():
            pairs.append((said, word))
    return pairs


@pytest.fixture
def collations(db: Connection) -> list[str]:
    known = set(db.execute(text("SELECT collname FROM pg_collation")).scalars())
    return [name for name in ("default", "C", "pg_c_utf8", "pg_unicode_fast", "und-x-icu", "tr-x-icu") if name in known]


@pytest.mark.parametrize("seed", range(4))
def test_what_a_search_finds_the_index_finds(db: Connection, collations: list[str], seed: int) -> None:
    asked = [(said, part) for said, word in _texts(seed, 1500) for part in word.split()[:1]]
    rows = [(said, _pattern(word), terms) for said, word in asked if (terms := terms_of(word)) is not None]
    assert len(rows) > 500
    for collation in collations:
        missed = db.execute(
            text(f"""
                SELECT x.said, x.pattern, x.terms FROM unnest(CAST(:said AS text[]), CAST(:pattern AS text[]), CAST(:terms AS text[]))
                    x(said, pattern, terms)
                WHERE x.said COLLATE "{collation}" ~* x.pattern AND NOT casework_terms(x.said) @@ CAST(x.terms AS tsquery)
            """),
            dict(zip(("said", "pattern", "terms"), map(list, zip(*rows, strict=True)), strict=True)),
        ).all()
        assert missed == []


@pytest.mark.parametrize("seed", range(4))
def test_what_a_list_finds_the_index_finds(db: Connection, collations: list[str], seed: int) -> None:
    asked = [
        (said, "%" + re.sub(r"([\\%_])", r"\\\1", word) + "%", terms_within(word)) for said, word in _texts(seed, 1500)
    ]
    rows = [
        (said, like, of_programmes(terms, [THERE, HERE]), of_programmes(terms, [THERE]))
        for said, like, terms in asked
        if terms is not None
    ]
    assert len(rows) > 400
    for collation in collations:
        missed = db.execute(
            text(f"""
                SELECT x.said, x.wanted, x.terms FROM unnest(
                    CAST(:said AS text[]), CAST(:wanted AS text[]), CAST(:terms AS text[]), CAST(:elsewhere AS text[])
                ) x(said, wanted, terms, elsewhere)
                WHERE x.said COLLATE "{collation}" ILIKE x.wanted AND (
                    NOT casework_case_terms(:here, 'L-1', x.said) @@ CAST(x.terms AS tsquery)
                    OR NOT casework_case_terms(:here, x.said, NULL) @@ CAST(x.terms AS tsquery)
                    OR casework_case_terms(:here, 'L-1', x.said) @@ CAST(x.elsewhere AS tsquery)
                )
            """),
            dict(zip(("said", "wanted", "terms", "elsewhere"), map(list, zip(*rows, strict=True)), strict=True))
            | {"here": HERE},
        ).all()
        assert missed == []


@pytest.mark.parametrize("seed", range(4))
def test_what_stands_in_a_name_in_chinese_its_index_finds(db: Connection, collations: list[str], seed: int) -> None:
    rows = [
        (said, "%" + re.sub(r"([\\%_])", r"\\\1", word) + "%", terms_within_plain(word))
        for said, word in _texts(seed, 1500)
        if terms_within(word) is not None and holds_unspaced(word)
    ]
    assert len(rows) > 200
    for collation in collations:
        missed = db.execute(
            text(f"""
                SELECT x.said, x.wanted, x.terms FROM unnest(CAST(:said AS text[]), CAST(:wanted AS text[]), CAST(:terms AS text[]))
                    x(said, wanted, terms)
                WHERE x.said COLLATE "{collation}" ILIKE x.wanted
                AND NOT coalesce(casework_terms_of_both('heat', x.said) @@ CAST(x.terms AS tsquery), false)
            """),
            dict(zip(("said", "wanted", "terms"), map(list, zip(*rows, strict=True)), strict=True)),
        ).all()
        assert missed == []


@pytest.mark.parametrize(
    ("words", "asked"),
    [("余热", "'余热'"), ("NG 余热", "'余热'"), ("余热 for", "'余热' & 'for':*"), ("heat", None), ("ſ余热", None)],
)
def test_what_is_asked_of_a_name_in_both_languages(words: str, asked: str | None) -> None:
    assert terms_within_plain(words) == asked
    assert holds_unspaced(words) is (words != "heat")


@pytest.mark.parametrize(
    ("word", "within", "asked"),
    [
        ("heat", False, "'heat':*"),
        ("Pump_Rep", False, "'pump' & 'rep':*"),
        ("5G基站", False, "'5g' & '基站'"),
        ("余热锅炉", False, "'余热' & '热锅' & '锅炉'"),
        ("水", False, "'水'"),
        ("é", False, None),
        ("ſteam", False, None),
        ("heat", True, "'~hea' & '~eat'"),
        ("ea", True, None),
        ("eat for d", True, "'~eat' & 'for' & 'd':*"),
        ("热 x", True, "'热' & 'x':*"),
    ],
)
def test_what_is_asked(word: str, within: bool, asked: str | None) -> None:
    assert (terms_within if within else terms_of)(word) == asked


def test_nothing_is_found_of_no_programme(db: Connection) -> None:
    statement = text("SELECT casework_case_terms(:here, 'L-1', 'heat') @@ CAST(:asked AS tsquery)")
    for programmes, found in (([], False), ([THERE], False), ([HERE], True)):
        given = {"here": HERE, "asked": of_programmes("'heat'", programmes)}
        assert db.execute(statement, given).scalar_one() is found


def test_what_lies_sealed_has_no_words(db: Connection) -> None:
    words = db.execute(text("SELECT casework_terms(:said)"), {"said": f"{MARK}{HERE}:bGVhZA=="}).scalar_one()
    assert words == ""


def test_terms_are_the_same_whatever_a_database_sorts_by(db: Connection, collations: list[str]) -> None:
    for said in PIECES:
        terms = {
            db.execute(text(f'SELECT casework_terms(:said COLLATE "{one}")'), {"said": said}).scalar_one()
            for one in collations
        }
        assert len(terms) == 1


def test_the_longest_words_that_an_index_knows_are_asked_for_first() -> None:
    words = ["heat", "é", "boilers", "heat", "余热锅炉厂"]
    assert rarest_terms(words, 2) == [terms_of("boilers"), terms_of("余热锅炉厂")]
    assert rarest_terms(["é"], 3) == []
