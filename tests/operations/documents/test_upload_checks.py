"""What may be uploaded, and what is refused: by content, by name, and by what is inside."""

from __future__ import annotations

import io
import resource

import pytest

from casework.errors import UploadRefused
from casework.operations.documents import upload_checks, uploads
from casework.operations.documents.uploads import clean_name, receive
from tests.support.file_makers import OFFICE, PDF, jpeg, office, packed, pdf, png, relations
from tests.support.malice import Harm, harms

HARMS = list(harms())
GOOD = {
    "a.pdf": PDF, "a.png": png(40, 30), "a.jpg": jpeg(40, 30), "a.JPEG": jpeg(40, 30), "a.zip": packed({"b/c.txt": b"x", "报告.pdf": PDF}),
    "a.txt": "Hello, 你好\n".encode(), "b.txt": "你好".encode("gb18030"), "a.csv": b"a,b\n1,2\n",
    **{f"a.{one}": office(one) for one in OFFICE},
    "diagram.docx": office("docx", {"word/embeddings/table.xlsx": office("xlsx")}),
    "links.docx": office("docx", {"word/_rels/document.xml.rels": relations("hyperlink", "https://example.org/a")}),
    "own.docx": office("docx", {"word/_rels/document.xml.rels": relations("image", "media/a.svg", "Internal"),
        "word/media/a.svg": b"<svg/>"}),
    "link.pdf": pdf(b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>", b"<</Type/Annot/Subtype/Link/A<</S/URI/URI(https://example.org)>>>>"),
    "form.pdf": pdf(b"/AcroForm<</Fields[]>>/Lang(en)/Names<<>>"), "commented.pdf": PDF + b"%another",
}  # fmt: skip


def take(name: str, content: bytes) -> uploads.Upload:
    return receive(io.BytesIO(content), name)


@pytest.mark.parametrize("name", GOOD)
def test_what_people_send_is_taken_as_it_is(name: str) -> None:
    with take(name, GOOD[name]) as found:
        assert b"".join(found.pieces()) == GOOD[name]


def test_there_are_three_hundred_of_them() -> None:
    assert len(HARMS) >= 300


@pytest.mark.parametrize("harm", HARMS, ids=lambda one: f"{one.what}, {one.name[:40]!r}")
def test_what_means_harm_is_refused_or_gets_a_plain_name(harm: Harm) -> None:
    try:
        with take(harm.name, harm.content) as found:
            assert not harm.refused
            assert found.name == clean_name(found.name)
            assert found.type in upload_checks.TYPES
    except UploadRefused:
        return


def test_looking_at_them_all_takes_little_memory() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for harm in HARMS:
        try:
            take(harm.name, harm.content).file.close()
        except UploadRefused:
            continue
    # In kilobytes; the highest that it ever was.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000
