"""Papers of the demo open and pass the checks of uploads; every provider says something of itself; people write in two languages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from importlib.resources import files

import pytest
from pypdf import PdfReader

from casework import reasons
from casework.demo import papers
from casework.demo.cast import PLAYERS, PROVIDERS
from casework.demo.furnishing import PLACES
from casework.demo.papers import About, write_paper
from casework.demo.talk import FINDINGS, PROFILES, TALK
from casework.engine.case_objects.programme_lists import LISTED, LISTS, in_both, table_of
from casework.errors import LettersUnavailable
from casework.operations.documents.uploads import receive

ABOUT = About(date(2026, 3, 2), "BJ-2026-0001", "Sludge drying <at> a “works”", "污泥低能耗干化")
CHINESE = re.compile("[一-龥]")
TITLES = ["Verification statement", "Brackets (and \\ strokes)", "验证声明", "A title that goes on " * 9]


def _read(content: bytes, title: str) -> str:
    with receive(io.BytesIO(content), f"{title}.pdf") as upload:
        assert upload.type == "pdf"
    (page,) = PdfReader(io.BytesIO(content), strict=True).pages
    return page.extract_text()


@pytest.mark.parametrize("title", TITLES)
def test_a_paper_opens_and_is_taken_and_is_in_both_languages(title: str) -> None:
    words = _read(write_paper(title, ABOUT), title)
    for said in ("BJ-2026-0001", "Sludge drying <at> a “works”", "污泥低能耗干化", "invented", "虚构"):
        assert said in words.replace("\n", " ")
    assert words.count("验证声明") == (title in ("Verification statement", "验证声明"))


@pytest.mark.parametrize("title", TITLES)
def test_where_nothing_can_be_printed_a_paper_opens_as_well(title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(html: str) -> bytes:
        raise LettersUnavailable(why=reasons.messages.NO_PANGO)

    monkeypatch.setattr(papers, "print_pdf", cannot)
    words = _read(write_paper(title, ABOUT), title)
    assert "BJ-2026-0001" in words
    assert "invented" in words


def test_every_provider_says_what_it_does_in_both_languages() -> None:
    assert PROFILES.keys() == PROVIDERS.keys()
    for said in PROFILES.values():
        for words in (said.fields, said.places):
            # Each word has both names, so that each reader is told the one in their language.
            named = [[bool(CHINESE.search(name)) for name in in_both(word)] for word in words]
            assert named == [[False, True]] * len(words) != []
        assert said.languages
        assert said.capacity


def _said() -> Iterator[str]:
    yield from (
        line.by(language) for talks in TALK.values() for talk in talks for line in talk for language in ("en", "zh")
    )
    yield from (words for finding in FINDINGS for words in finding if words)


def test_what_is_said_is_whole_sentences_in_both_languages() -> None:
    said = list(_said())
    assert all(
        words[-1] in "。？" if CHINESE.search(words) else words[0].isupper() and words[-1] in ".?" for words in said
    )
    assert {bool(CHINESE.search(words)) for words in said} == {True, False}
    assert {player.language for player in PLAYERS} == {"en", "zh-Hans"}


@pytest.mark.parametrize("field", sorted(LISTED["need"]))
def test_what_a_need_names_by_a_list_stands_there_in_both_languages(field: str) -> None:
    name = LISTED["need"][field]
    here = table_of(name, PLACES) if name == "districts" else []
    words = {one.code: one.label_zh for one in LISTS[name].start} | {one["code"]: one["label_zh"] for one in here}
    rows = csv.DictReader((files("casework.demo") / "needs.csv").read_text("utf-8").splitlines())
    named = {row[field] for row in rows} - {""}
    assert named <= words.keys()
    assert all(CHINESE.search(words[code]) for code in named)
