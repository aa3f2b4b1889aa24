"""Papers that open: small PDFs of two pages, written without any library."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

_WIDTH, _HEIGHT, _MARGIN = 595, 842, 64
_LETTERS = 84


def write_paper(title: str, about: str, paragraphs: Sequence[str]) -> bytes:
    """A title, what it is about, and paragraphs; the second page says how it was made up."""
    first = [line for words in paragraphs for line in (*textwrap.wrap(words, _LETTERS), "")]
    second = ("This paper belongs to a demo. Its people, organisations, figures and dates are invented.",)
    return _pdf([_page(title, about, first, 1), _page(title, about, second, 2)])


def _page(title: str, about: str, lines: Sequence[str], number: int) -> bytes:
    top = _HEIGHT - _MARGIN
    parts = [
        f"BT /F2 17 Tf {_MARGIN} {top} Td {_text(title[:60])} Tj ET",
        f"BT /F1 10 Tf {_MARGIN} {top - 20} Td {_text(about)} Tj ET",
        f"0.5 w {_MARGIN} {top - 30} m {_WIDTH - _MARGIN} {top - 30} l S",
        f"BT /F1 11 Tf 16 TL {_MARGIN} {top - 58} Td",
        *(f"{_text(line)} Tj T*" for line in lines),
        "ET",
        f"BT /F1 9 Tf {_WIDTH - _MARGIN - 30} {_MARGIN - 20} Td {_text(f'{number} / 2')} Tj ET",
    ]
    return "\n".join(parts).encode("latin-1", "replace")


def _text(words: str) -> str:
    escaped = words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"({escaped})"


def _pdf(pages: Sequence[bytes]) -> bytes:
    """A whole file: its catalogue, its pages each with its content, two fonts that every reader has, and where each object is."""
    fonts = "<</Font<</F1 3 0 R/F2 4 0 R>>>>"
    first = 5
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}/MediaBox[0 0 {_WIDTH} {_HEIGHT}]/Resources{fonts}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
    ]
    for n, content in enumerate(pages):
        objects.append(f"<</Type/Page/Parent 2 0 R/Contents {first + 2 * n + 1} 0 R>>".encode())
        objects.append(b"<</Length %d>>\nstream\n%s\nendstream" % (len(content), content))
    made, places = b"%PDF-1.7\n", []
    for n, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (n, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(places) + 1, table)
    return made + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start)
