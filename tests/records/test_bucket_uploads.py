"""Uploads that nobody ended are found and aborted, by requests that are signed as the protocol says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casework.records.backup_shelves import shelf_at
from casework.records.bucket_uploads import Access, abort, signed_headers
from tests.support.s3_server import BUCKET, KEY_ID, SECRET, S3Server


def test_a_signature_is_the_one_that_amazon_gives_as_an_example() -> None:
    """Of its documentation of Signature Version 4: a list of a bucket's objects."""
    access = Access(
        endpoint="https://examplebucket.s3.amazonaws.com",
        base="",
        region="us-east-1",
        key_id="AKIAIOSFODNN7EXAMPLE",
        secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    )
    headers = signed_headers(access, "GET", "/", "max-keys=2&prefix=J", datetime(2013, 5, 24, tzinfo=UTC))
    assert headers["authorization"].endswith(
        "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    )
    assert access.secret not in repr(access)


def _access(server: S3Server, secret: str = SECRET) -> Access:
    return Access(endpoint=server.endpoint, base=f"/{BUCKET}", region="us-east-1", key_id=KEY_ID, secret=secret)


def test_only_those_of_the_prefix_that_are_meant_are_aborted(s3: S3Server, tmp_path: Path) -> None:
    """Begun by the library that uploads, and looked at while it is at it."""
    settings = s3.settings(tmp_path, f"{tmp_path.name}/ours")
    shelf, before = shelf_at(str(settings.backup_folder), settings), s3.unfinished()
    seen: list[int] = []

    def pieces() -> list[bytes]:
        return [bytes(1 << 20)] * 40

    def watched() -> Iterator[bytes]:
        yield from pieces()
        seen.append(s3.unfinished() - before)
        prefix = f"{tmp_path.name}/ours/"
        seen.append(abort(_access(s3), f"{tmp_path.name}/others/", lambda key: True))
        seen.append(abort(_access(s3), prefix, lambda key: key.endswith("/b")))
        seen.append(abort(_access(s3, "another"), prefix, lambda key: True))
        seen.append(abort(_access(s3), prefix, lambda key: key == f"{prefix}2026/a name"))
        raise KeyError

    with pytest.raises(KeyError):
        shelf.write("2026/a name", watched())
    assert seen == [1, 0, 0, 0, 1]
    assert s3.unfinished() == before
