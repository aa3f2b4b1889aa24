"""What any file is looked at for first: the virus that is none, and what its name ends with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.operations.documents.upload_limits import (
    IN_MEMORY,
    MOST_AT_ONCE,
    MOST_BYTES,
    MOST_UNPACKED,
    PIECE,
    VirusWatch,
    extension_of,
)
from tests.support.file_makers import EICAR


@given(st.binary(max_size=80), st.binary(max_size=80), st.lists(st.integers(0, 230), max_size=6))
def test_the_virus_is_seen_wherever_the_pieces_part(before: bytes, after: bytes, cuts: list[int]) -> None:
    content, watch = before + EICAR + after, VirusWatch()
    places = [0, *sorted(cut for cut in cuts if cut < len(content)), len(content)]
    assert any(watch.sees(content[start:end]) for start, end in zip(places, places[1:], strict=False))


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_nothing_else_is_taken_for_it(pieces: list[bytes]) -> None:
    watch = VirusWatch()
    assert not any(watch.sees(piece) for piece in [*pieces, EICAR[:60], b"x", EICAR[60:]])


@pytest.mark.parametrize(
    ("name", "extension"),
    [
        ("a.pdf", "pdf"),
        ("a.PDF", "pdf"),
        ("a.tar.gz", "gz"),
        ("报告.docx", "docx"),
        ("pdf", ""),
        ("a.", ""),
        (".pdf", "pdf"),
    ],
)
def test_the_last_part_of_a_name_says_what_it_is(name: str, extension: str) -> None:
    assert extension_of(name) == extension


def test_one_file_fits_into_a_request_and_no_file_into_memory() -> None:
    assert PIECE < IN_MEMORY < MOST_BYTES <= MOST_AT_ONCE
    assert MOST_BYTES <= MOST_UNPACKED
