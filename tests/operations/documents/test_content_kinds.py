"""What kind of file a content is, by how it begins and ends."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.operations.documents.content_kinds import HEAD, OTHER, TAIL, TWO_AT_ONCE, begins_as, ends_of, kinds_of
from casework.reasons import Reason
from tests.support.file_makers import PDF, jpeg, packed, png

PNG = b"\x89PNG\r\n\x1a\n"
look = begins_as("png", PNG)


def judged(content: bytes) -> Reason | None:
    return look(io.BytesIO(content), len(content))


@given(st.integers(0, 3 * TAIL))
def test_both_ends_of_a_file_are_read_and_no_more(size: int) -> None:
    content = bytes(n % 251 for n in range(size))
    file = io.BytesIO(content)
    file.seek(size)
    assert ends_of(file, size) == (content[:HEAD], content[-TAIL:])
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, "pdf"), (png(4, 3), "png"), (jpeg(4, 3), "jpg"), (packed({"a.txt": b"x"}), "zip")]
)
def test_a_content_is_known_by_how_it_begins(content: bytes, kind: str) -> None:
    assert kind in kinds_of(content[:HEAD])


@pytest.mark.parametrize("content", [b"", b"Hello", "你好".encode()])
def test_what_begins_as_nothing_known_is_of_no_kind_that_we_take(content: bytes) -> None:
    assert not kinds_of(content) & {"pdf", "png", "jpg", "zip"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (png(4, 3), None),
        (b"", OTHER),
        (b"x" + png(4, 3), OTHER),
        (jpeg(4, 3), OTHER),
        (PDF, OTHER),
        (png(4, 3) + packed({"a.txt": b"x"}), TWO_AT_ONCE),
        (png(4, 3) + bytes(HEAD) + packed({"a.txt": b"x"}), TWO_AT_ONCE),
    ],
)
def test_a_file_begins_as_its_kind_and_is_no_archive_besides(content: bytes, why: Reason | None) -> None:
    assert judged(content) == why


def test_a_known_kind_that_begins_otherwise_is_another() -> None:
    content = jpeg(4, 3)
    assert begins_as("jpg", content[:4])(io.BytesIO(content), len(content)) is None
    assert begins_as("jpg", content[:3] + b"\xe1")(io.BytesIO(content), len(content)) == OTHER


def test_what_else_is_asked_of_a_kind_is_asked_of_what_begins_so_alone() -> None:
    asked: list[int] = []

    def more(_: io.BytesIO, size: int) -> Reason:
        asked.append(size)
        return OTHER

    strict = begins_as("png", PNG, more)  # type: ignore[arg-type]  # what it is given here is in memory
    assert strict(io.BytesIO(PDF), len(PDF)) == OTHER
    assert asked == []
    assert strict(io.BytesIO(png(4, 3)), len(png(4, 3))) == OTHER
    assert asked == [len(png(4, 3))]
