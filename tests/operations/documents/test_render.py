"""Pages as pictures: what stands on them, how large they are, and that a picture brings nothing but its pixels."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import Any

import pytest
from PIL import Image

from casework.operations.documents import render
from tests.support.file_makers import PDF, png

RED, WHITE = (255, 0, 0), (255, 255, 255)


def picture(mode: str, size: tuple[int, int], kind: str = "PNG", color: Any = "red", **more: Any) -> bytes:
    made = io.BytesIO()
    Image.new(mode, size, color).save(made, kind, **more)
    return made.getvalue()


def paper(*colors: str, size: tuple[int, int] = (600, 300)) -> bytes:
    """A PDF with a page of each colour."""
    made = io.BytesIO()
    first, *others = [Image.new("RGB", size, color) for color in colors]
    first.save(made, "PDF", save_all=True, append_images=others)
    return made.getvalue()


def seen(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def near(found: Any, wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 8 for one, other in zip(found, wanted, strict=True))


def test_each_page_of_a_pdf_is_drawn_as_it_stands() -> None:
    content = paper("red", "white")
    assert render.measure(content, "pdf") == (2, [(1400, 700), (1400, 700)])
    for page, color in ((1, RED), (2, WHITE)):
        drawn = seen(render.draw(content, "pdf", page))
        assert drawn.size == (1400, 700)
        assert near(drawn.getpixel((700, 350)), color)


@pytest.mark.parametrize("page", [0, 3, -1])
def test_a_page_that_is_not_there_is_not_drawn(page: int) -> None:
    with pytest.raises(IndexError):
        render.draw(paper("red", "white"), "pdf", page)


def test_no_more_than_the_first_pages_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "MOST_PAGES", 2)
    content = paper("red", "red", "red")
    total, sizes = render.measure(content, "pdf")
    assert (total, len(sizes)) == (3, 2)
    with pytest.raises(IndexError):
        render.draw(content, "pdf", 3)


def test_a_page_like_a_stamp_is_not_blown_up() -> None:
    assert render.measure(PDF, "pdf") == (1, [(36, 36)])


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("png", picture("RGB", (30, 20))),
        ("png", picture("P", (30, 20), color=0, transparency=0)),
        ("png", picture("I;16", (30, 20), color=9)),
        ("png", picture("RGB", (30, 20), save_all=True, append_images=[Image.new("RGB", (30, 20), "blue")])),
        ("jpg", picture("RGB", (30, 20), "JPEG")),
        ("jpeg", picture("CMYK", (30, 20), "JPEG", color=(0, 255, 255, 0))),
        ("jpg", picture("RGB", (30, 20), "JPEG", progressive=True)),
        ("jpg", picture("L", (30, 20), "JPEG", color=7)),
    ],
    ids=["plain", "palette", "16 bit", "moving", "jpeg", "cmyk", "progressive", "grey"],
)
def test_every_kind_of_picture_is_drawn(kind: str, content: bytes) -> None:
    assert render.measure(content, kind) == (1, [(30, 20)])
    drawn = seen(render.draw(content, kind, 1))
    assert (drawn.format, drawn.mode, drawn.size) == ("PNG", "RGB", (30, 20))


def test_what_shows_through_lies_on_white() -> None:
    drawn = seen(render.draw(picture("RGBA", (9, 9), color=(255, 0, 0, 0)), "png", 1))
    assert drawn.getpixel((4, 4)) == WHITE


def test_a_picture_brings_its_pixels_and_neither_place_nor_comment() -> None:
    told = Image.Exif()
    told[0x010E] = "taken at the site"
    told[0x0112] = 6
    content = picture("RGB", (60, 20), "JPEG", exif=told, comment=b"a comment", icc_profile=b"a profile")
    assert b"taken at the site" in content
    drawn = render.draw(content, "jpg", 1)
    assert not [words for words in (b"taken", b"comment", b"profile", b"eXIf", b"iCCP", b"tEXt") if words in drawn]
    # It stands as it was taken.
    assert seen(drawn).size == (20, 60)
    assert render.measure(content, "jpg") == (1, [(20, 60)])


def test_what_is_large_is_drawn_smaller() -> None:
    content = picture("L", (5_600, 2_800), "JPEG", color=3)
    assert seen(render.draw(content, "jpg", 1)).size == render.measure(content, "jpg")[1][0] == (1_400, 700)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("png", png(29_000, 3_000)),
        ("png", picture("RGB", (9, 9), "JPEG")),
        ("jpg", picture("RGB", (9, 9))),
        ("png", png(9, 9)[:40]),
        ("pdf", b"%PDF-1.7 and nothing"),
        ("pdf", picture("RGB", (9, 9))),
        ("docx", PDF),
    ],
    ids=[
        "too many pixels",
        "a jpeg called png",
        "a png called jpeg",
        "cut off",
        "no pdf",
        "a picture called pdf",
        "docx",
    ],
)
def test_what_cannot_be_drawn_ends_the_process_in_silence(kind: str, content: bytes) -> None:
    for page in ("0", "1"):
        given = io.BytesIO()
        assert render.main([kind, page], io.BytesIO(content), given) == 1
        assert given.getvalue() == b""


@pytest.mark.parametrize(
    "deed",
    ["bytearray(1 << 30)", "open('/tmp/written', 'wb', 0).write(b'x')", "[open('/dev/null') for _ in range(40)]"],
)
def test_the_process_may_use_little_and_writes_nothing(deed: str) -> None:
    code = f"from casework.operations.documents.render import limit; limit(); print('limited', flush=True); {deed}"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, timeout=60, check=False)
    assert done.stdout == b"limited\n"
    assert done.returncode != 0
