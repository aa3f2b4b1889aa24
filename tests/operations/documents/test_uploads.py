"""A file on its way in: with a name that is only a name, and never read beyond its limit."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import UploadRefused
from casework.operations.documents import upload_limits, uploads
from casework.operations.documents.uploads import clean_name, receive
from tests.support.file_makers import PDF, SCRIPT


def take(name: str, content: bytes) -> uploads.Upload:
    return receive(io.BytesIO(content), name)


def test_a_file_over_the_limit_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 200_000)
    stream = io.BytesIO(PDF + b" " * 10_000_000)
    with pytest.raises(UploadRefused):
        receive(stream, "large.pdf")
    assert stream.tell() < 400_000


def test_a_refusal_names_the_file_and_says_why() -> None:
    with pytest.raises(UploadRefused, match=r"“x\.pdf” was not taken: its content is not what its name says\."):
        take("../x.pdf", SCRIPT)


@given(st.text(max_size=300))
def test_a_clean_name_is_one_line_without_folders_and_stays_as_it_is(name: str) -> None:
    made = clean_name(name)
    assert made == clean_name(made)
    assert 0 < len(made) <= upload_limits.LONGEST_NAME
    assert made.isprintable()
    assert not set(made) & set('/\\:*?"<>|')


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("C:\\b.pdf", "b.pdf"),
        ("con.pdf", "_con.pdf"),
        ("", "file"),
        ("报告（终稿）.docx", "报告（终稿）.docx"),
        ("a\r\nb.pdf", "a b.pdf"),
        (".pdf", "pdf"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_names_become_what_people_would_have_called_them(given: str, wanted: str) -> None:
    assert clean_name(given) == wanted
