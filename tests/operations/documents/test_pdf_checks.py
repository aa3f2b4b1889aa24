"""What a PDF does by itself, and what it brings along."""

from __future__ import annotations

import io

import pytest

from casework import reasons
from casework.operations.documents import pdf_checks
from casework.operations.documents.pdf_checks import LOOK_AT_PDF, look_into_pdf
from casework.reasons import Reason
from tests.support.file_makers import PDF, jpeg, packed, pdf


def judged(content: bytes) -> Reason | None:
    return look_into_pdf(io.BytesIO(content), len(content))


@pytest.mark.parametrize(
    "content",
    [
        PDF,
        pdf(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>"),
        pdf(b"", b"<</Type/Annot/Subtype/Link/A<</S/URI/URI(https://example.org)>>>>"),
        pdf(b"/AcroForm<</Fields[]>>"),
        pdf(b"/Lang(JavaScript)"),
    ],
)
def test_what_only_shows_and_leads_on_is_taken(content: bytes) -> None:
    assert judged(content) is None


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
        pdf(b"/OpenAction<</S/Launch/F(cmd.exe)>>"),
        pdf(b"/AA<</WC<</S/SubmitForm>>>>"),
        pdf(b"/AcroForm<</XFA(x)>>"),
        pdf(b"", b"<</S/GoToR/F(other.pdf)>>"),
        pdf(b"", b"[[<</S/ImportData>>]]"),
        # That nothing refers to it hides it from nobody.
        pdf(b"", b"<</Unused 1>>", b"<</JS(app.alert(1))>>"),
        pdf(trailer=b"/JavaScript(x)"),
    ],
)
def test_what_runs_is_refused_wherever_it_stands(content: bytes) -> None:
    assert judged(content) == pdf_checks.ACTS


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"/Names<</EmbeddedFiles<</Names[]>>>>"),
        pdf(b"", b"<</Type/Filespec/EF<</F 3 0 R>>>>"),
        pdf(b"", b"<</Type/EmbeddedFile>>"),
    ],
)
def test_what_brings_files_along_is_refused(content: bytes) -> None:
    assert judged(content) == pdf_checks.BRINGS


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"", b"%PDF-1.7\n" + b"\0" * 300, PDF[:60]])
def test_what_cannot_be_read_is_refused(content: bytes) -> None:
    assert judged(content) == pdf_checks.UNREADABLE


def test_more_objects_than_anybody_reads_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_checks, "MOST_OBJECTS", 2)
    assert judged(PDF) == pdf_checks.UNREADABLE


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (PDF, None),
        (jpeg(4, 3), reasons.files.OTHER),
        (b"\n" + PDF, reasons.files.OTHER),
        (PDF + packed({"a.txt": b"x"}), reasons.files.TWO_KINDS),
    ],
)
def test_it_begins_as_a_pdf_and_is_no_archive_besides(content: bytes, why: Reason | None) -> None:
    assert LOOK_AT_PDF(io.BytesIO(content), len(content)) == why
