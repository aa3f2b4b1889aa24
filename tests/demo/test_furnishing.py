"""Papers of the demo open and pass the checks of uploads; every provider says something of itself."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from casework.demo.cast import PROVIDERS
from casework.demo.furnishing import FINDINGS, PROFILES, TALK
from casework.demo.papers import write_paper
from casework.operations.documents.uploads import receive


@pytest.mark.parametrize("title", ["Report", "Brackets (and \\ strokes)", "验证声明", "A title that goes on " * 9])
def test_a_paper_opens_and_is_taken(title: str) -> None:
    content = write_paper(title, "BJ-2026-0001   2026-03-02", ["What was asked.", "word " * 200])
    with receive(io.BytesIO(content), f"{title}.pdf") as upload:
        assert upload.type == "pdf"
    pages = PdfReader(io.BytesIO(content), strict=True).pages
    assert len(pages) == 2
    assert "BJ-2026-0001" in pages[0].extract_text()
    assert "invented" in pages[1].extract_text()


def test_every_provider_says_what_it_does() -> None:
    assert PROFILES.keys() == PROVIDERS.keys()
    assert all(
        fields and languages and places and capacity for fields, languages, places, capacity in PROFILES.values()
    )


def test_what_is_said_is_whole_sentences() -> None:
    said = [words for lines in TALK.values() for _, _, words in lines] + [w for one in FINDINGS for w in one if w]
    assert all(words[0].isupper() and words[-1] in ".?" for words in said)
