"""What is looked for in archives and office documents: by reason, each refused for what is wrong with it."""

from __future__ import annotations

import io

import pytest

from casework import reasons
from casework.operations.documents import archive_checks
from casework.operations.documents.archive_checks import archive_of
from casework.operations.documents.upload_limits import MOST_ENTRIES
from casework.reasons import Reason
from tests.support.file_makers import EICAR, OFFICE, PDF, SCRIPT, office, packed, pdf, relations

XML = b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"
ELF, OLE = b"\x7fELF" + bytes(60), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(60)
PART = "word/_rels/document.xml.rels"


def judged(content: bytes, kind: str = "zip") -> Reason | None:
    return archive_of(kind)(io.BytesIO(content), len(content))


@pytest.mark.parametrize("kind", OFFICE)
def test_each_kind_of_document_is_that_kind_alone(kind: str) -> None:
    assert judged(office(kind), kind) is None
    for other in (*OFFICE, "zip"):
        if other != kind:
            assert judged(office(kind), other) == reasons.files.OTHER


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (packed({"b/c.txt": b"x", "报告.pdf": PDF, "d/": b""}), None),
        (b"", reasons.files.OTHER),
        (PDF, reasons.files.OTHER),
        (packed({"a.txt": b"x"})[:-4], reasons.files.OTHER),
        (packed({"a.txt": b"x"}) + b"more", reasons.files.DAMAGED),
        (packed({"META-INF/MANIFEST.MF": b"x"}), reasons.files.OTHER),
        (packed({"a.zip": b"x"}), reasons.files.NESTED),
        (packed({"a.txt": b"PK\x03\x04"}), reasons.files.NESTED),
        (packed({"a.exe": b"x"}), reasons.files.PROGRAM),
        (packed({"a.svg": b"<svg/>"}), reasons.files.PROGRAM),
        (packed({"a.txt": ELF}), reasons.files.PROGRAM),
        (packed({"a.txt": OLE}), reasons.files.OLD_OFFICE),
        (packed({"a.txt": EICAR}), reasons.files.VIRUS),
        (packed({"../a.txt": b"x"}), reasons.files.LEADS_ELSEWHERE),
        (packed({"/etc/passwd": b"x"}), reasons.files.LEADS_ELSEWHERE),
        (packed({"c:\\a.txt": b"x"}), reasons.files.LEADS_ELSEWHERE),
        (packed({"a\u202etxt": b"x"}), reasons.files.LEADS_ELSEWHERE),
        (packed({"a.txt": b"x"}, link="b.txt"), reasons.files.LINK),
        (packed({"a.xml": XML}), reasons.files.DTD),
        (packed({"a.xml": b"no markup"}), reasons.files.DAMAGED),
        (packed({"a.pdf": pdf(b"/OpenAction<</S/JavaScript/JS(x)>>")}), reasons.files.RUNS_SCRIPT),
        (packed({"a.pdf": SCRIPT}), reasons.files.OTHER),
        (packed({"zeros": bytes(3_000_000)}), archive_checks.TOO_MUCH),
        (packed({str(n): b"" for n in range(MOST_ENTRIES + 1)}), reasons.files.ENTRIES(most=MOST_ENTRIES)),
    ],
)
def test_an_archive_of_documents_is_taken_or_it_is_said_what_is_wrong(content: bytes, why: Reason | None) -> None:
    assert judged(content) == why


def test_a_name_stands_in_it_once() -> None:
    content = packed({"a.txt": b"1", "b.txt": b"2"}).replace(b"b.txt", b"a.txt")
    assert judged(content) == reasons.files.SAME_NAME


def test_what_is_locked_is_not_looked_into_and_not_taken() -> None:
    content = bytearray(packed({"a.txt": b"1"}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert judged(bytes(content)) == reasons.files.LOCKED


def test_entries_that_share_their_bytes_are_refused() -> None:
    content = bytearray(packed({"a.txt": b"1", "b.txt": b"2"}))
    second = content.rindex(b"PK\x01\x02")
    content[second + 42 : second + 46] = bytes(4)
    assert judged(bytes(content)) == reasons.files.DAMAGED


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"word/embeddings/table.xlsx": office("xlsx")}, None),
        ({"word/media/a.svg": b"<svg/>"}, None),
        ({PART: relations("hyperlink", "https://example.org/a")}, None),
        ({PART: relations("image", "media/a.svg", "Internal")}, None),
        ({PART: relations("image", "https://example.org/a")}, reasons.files.FETCHES),
        ({PART: relations("hyperlink", "file:///etc/passwd")}, reasons.files.FETCHES),
        ({PART: relations("attachedTemplate", "https://example.org/a")}, reasons.files.FETCHES),
        ({PART: b"<Relationships>"}, reasons.files.DAMAGED),
        ({"word/vbaProject.bin": b"x"}, reasons.files.MACROS),
        ({"word/activeX/a.xml": b"<a/>"}, reasons.files.MACROS),
        ({"word/a.xml": b"<a>DDEAUTO cmd</a>"}, reasons.files.MACROS),
        ({"word/a.xml": XML}, reasons.files.DTD),
        ({"word/embeddings/a.bin": OLE}, reasons.files.OLD_OFFICE),
        ({"word/table.xlsx": office("xlsx")}, reasons.files.NESTED),
        ({"word/embeddings/a.docx": office("docx", {"word/embeddings/b.xlsx": office("xlsx")})}, reasons.files.NESTED),
        ({"word/run.exe": b"x"}, reasons.files.PROGRAM),
    ],
)
def test_a_document_is_its_parts_and_runs_and_fetches_nothing(more: dict[str, bytes], why: Reason | None) -> None:
    assert judged(office("docx", more), "docx") == why


@pytest.mark.parametrize("cut", [20, 60, 100, 140])
def test_half_an_archive_brings_nothing_down(cut: int) -> None:
    whole = packed({"a.txt": b"x" * 50}, stored=True)
    assert judged(whole[:cut]) is not None
    assert judged(whole[cut:]) is not None
