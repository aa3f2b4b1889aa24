"""Files of strangers are read within limits: what comes out is a value or a sentence, never a traceback and never all the memory."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from casework_verify import reading
from casework_verify.faults import Unreadable
from casework_verify.reading import Archive, parse


@contextmanager
def bounded(megabytes: int = 60, seconds: float = 10) -> Iterator[None]:
    tracemalloc.start()
    began = time.monotonic()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < megabytes * 2**20
        assert time.monotonic() - began < seconds
    finally:
        tracemalloc.stop()


def packed(*parts: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    out.seek(0)
    return out


NOT_OURS = [
    b"NaN", b"Infinity", b"1.5", b"1e3", b'{"a": 1, "a": 2}', b'{"x": {"a": 1, "a": 1}}', b"[" * 100_000, b'{"a":' * 100_000,
    b"\xff", b"\xef\xbb\xbf{}", b"{", b"", b"9" * 10_000, b"{} {}", b"-", b'"\\u12"',
]  # fmt: skip


@pytest.mark.parametrize("written", NOT_OURS, ids=lambda written: written[:12].decode("latin-1"))
def test_json_that_we_would_not_write_is_not_read(written: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        parse(written, "index.json")
    assert refused.value.fault.code == "file_json"


def test_json_that_we_write_is_read() -> None:
    assert parse('{"a": [1, null, "技术"]}'.encode(), "x") == {"a": [1, None, "技术"]}


def hidden_between(whole: bytes) -> bytes:
    """With a part before the list that the list does not name: who unpacks part by part finds it."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        start = archive.start_dir
    with zipfile.ZipFile(more := packed(("index.json", b"{}"))) as archive:
        part = more.getvalue()[: archive.start_dir]
    made = bytearray(whole[:start] + part + whole[start:])
    struct.pack_into("<L", made, made.rindex(b"PK\x05\x06") + 16, start + len(part))
    return bytes(made)


def with_comment(whole: bytes) -> bytes:
    made = bytearray(whole)
    struct.pack_into("<H", made, made.rindex(b"PK\x05\x06") + 20, 5)
    return bytes(made) + b"hello"


HIDING: dict[str, Callable[[bytes], bytes]] = {
    "behind": lambda whole: whole + b"%PDF",
    "before": lambda whole: b"PK" + whole,
    "another_before": lambda whole: packed(("index.json", b"{}")).getvalue() + whole,
    "between": hidden_between,
    "comment": with_comment,
}


@pytest.mark.parametrize("how", sorted(HIDING))
def test_an_archive_has_nothing_beside_its_parts(how: str) -> None:
    whole = packed(("index.json", b'{"a": 1}' * 99), ("history.ndjson", b"{}\n")).getvalue()
    with pytest.raises(Unreadable) as refused:
        Archive(io.BytesIO(HIDING[how](whole)))
    assert refused.value.fault.code == "file_hidden"


def test_an_archive_that_was_written_in_one_go_or_for_large_files_is_filled() -> None:
    class Pipe(io.RawIOBase):
        """Nobody goes back in it: sizes stand behind each part."""

        def __init__(self) -> None:
            self.written = b""

        def writable(self) -> bool:
            return True

        def write(self, some: Any) -> int:
            self.written += bytes(some)
            return len(some)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, large in (("a", False), ("b", True)):
            with archive.open(name, "w", force_zip64=large) as part:
                part.write(b"content" * 100)
    for content in (pipe.written, packed(("a", b"")).getvalue(), packed().getvalue()):
        assert Archive(io.BytesIO(content)).names in (["a", "b"], ["a"], [])


def test_a_part_that_would_be_unpacked_as_a_link_is_named() -> None:
    link, file = zipfile.ZipInfo("README.txt"), zipfile.ZipInfo("index.json")
    link.external_attr, file.external_attr = 0o120777 << 16, 0o100644 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr(file, "{}")
    assert Archive(out).links == ["README.txt"]


def test_what_is_no_archive_is_damaged() -> None:
    for content in (b"", b"PK", b"hello" * 1000, packed(("a", b"b")).getvalue()[:-3], b"PK\x05\x06" + bytes(18)[:10]):
        with pytest.raises(Unreadable):
            Archive(io.BytesIO(content))


def test_each_cut_and_flipped_archive_is_read_or_refused() -> None:
    whole = packed(("index.json", b'{"a": 1}' * 3), ("history.ndjson", b"{}\n{}\n")).getvalue()
    for at in range(0, len(whole), 3):
        for content in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :]):
            try:
                archive = Archive(io.BytesIO(content))
                for name in archive.names:
                    archive.read(name)
                list(archive.lines("history.ndjson"))
            except Unreadable:
                continue


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = packed(("index.json", bytes(300 * 2**20)))
    with bounded(), pytest.raises(Unreadable) as refused:
        Archive(bomb)
    assert refused.value.fault.code == "file_large"


def test_a_bomb_that_lies_about_its_size_stops_where_it_said() -> None:
    content = bytearray(packed(("index.json", bytes(50 * 2**20))).getvalue())
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    with bounded(), pytest.raises(Unreadable):
        Archive(io.BytesIO(bytes(content))).read("index.json")


def test_a_part_of_json_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(packed(("index.json", b'"' + b"0123456789abcdef" * 1000 + b'"'), how=zipfile.ZIP_STORED))
    with pytest.raises(Unreadable):
        archive.json("index.json", 15_000)
    assert len(archive.json("index.json")) == 16_000


def test_an_endless_line_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(packed(("history.ndjson", b"[" + b" " * (9 * 2**20)), how=zipfile.ZIP_STORED))
    with bounded(), pytest.raises(Unreadable):
        list(archive.lines("history.ndjson"))


def test_a_list_of_very_many_parts_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(reading.MOST_PARTS + 1):
            archive.writestr(str(n), b"")
    with pytest.raises(Unreadable):
        Archive(out)


def test_a_file_is_read_to_its_end_without_saying_how_much_that_is() -> None:
    """As the zipfile of Python 3.11 looks for the list of parts; and no further than a list may reach."""
    source = reading._Source(io.BytesIO(b"x" * 10))
    source.seek(-4, io.SEEK_END)
    assert source.read() == b"xxxx"
    with bounded(), pytest.raises(ValueError, match="too long"):
        reading._Source(io.BytesIO(bytes(5 * 2**20))).read()


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_we_never_pack_with_is_refused(how: int) -> None:
    with pytest.raises(Unreadable):
        Archive(packed(("a", b"a" * 100), how=how))


def test_lines_are_split_wherever_pieces_end() -> None:
    lines = [b'{"n": %d, "x": "%s"}' % (n, b"y" * (n * 37 % 9000)) for n in range(60)]
    for end in (b"", b"\n"):
        archive = Archive(packed(("history.ndjson", b"\n".join(lines) + end)))
        assert [row["n"] for row in archive.lines("history.ndjson")] == list(range(60))


def test_a_part_that_is_not_there_is_said(tmp_path: object) -> None:
    archive = Archive(packed(("a", b"")))
    with pytest.raises(Unreadable, match="damaged"):
        archive.read("index.json")
    with pytest.raises(Unreadable, match="damaged"):
        list(archive.lines("history.ndjson"))
