"""Whatever a power cut must not take was waited for: each file that is made, and the folder that has its name.

No power is cut here: the system is asked what was waited for.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from uuid_utils import uuid7

from casework.operations.verification.restoring import put_log_back
from casework.records import durable, log_keys
from casework.records.blob_store import Store, new_key
from casework.records.key_ring import secret_key
from casework.records.log_keys import Kept
from casework.records.sealed_files import put_back, write_sealed
from casework.settings import Settings


def _settings(var: Path) -> Settings:
    return Settings(profile="test", var=var)


#: What makes files that cannot be made anew.
MADE: dict[str, Callable[[Path], object]] = {
    "the secret key": lambda var: secret_key(_settings(var)),
    "the key of the log": lambda var: log_keys.ensure_key(_settings(var)),
    "the next key of the log": lambda var: log_keys.keep_next_key(_settings(var), log_keys.new_key(_settings(var))),
    "what was signed": lambda var: log_keys.keep_last(_settings(var), Kept(1, b"r" * 32)),
    "a document": lambda var: Store(f"file://{var}/documents").put("log/ab/abcd", new_key(), [b"content"]),
    "a document that was backed up": lambda var: Store(f"file://{var}/documents").put_sealed(
        "log/ab/abcd", [b"sealed"]
    ),
    "what was restored of the log": lambda var: put_log_back(
        _settings(var), {"keys.pub": "key", "settled": "", "last": "1 root"}
    ),
    "what was restored of the archive": lambda var: put_back(
        var / "archive", f"{uuid7()}.{'0' * 64}.sealed", [b"content"]
    ),
    "an archived case": lambda var: write_sealed(var / "archive", "log", {}, new_key(), [b"content"]),
}


@pytest.mark.parametrize("what", sorted(MADE))
def test_each_file_and_its_folders_are_waited_for(tmp_path: Path, waited: set[int], what: str) -> None:
    var = tmp_path / "var"
    var.mkdir()
    MADE[what](var)
    files = [one for one in var.rglob("*") if one.is_file()]
    assert files
    for file in files:
        above = [one for one in file.parents if one.is_relative_to(var)]
        assert [one for one in (file, *above) if one.stat().st_ino not in waited] == []


def test_a_file_and_its_folders_up_to_the_root(tmp_path: Path, waited: set[int]) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_text("x")
    durable.sync_below(tmp_path / "a", tmp_path / "a" / "b" / "file")
    ways = ("a/b/file", "a/b", "a")
    assert waited == {(tmp_path / way).stat().st_ino for way in ways}


def test_a_folder_and_those_above_it_that_were_missing(tmp_path: Path, waited: set[int]) -> None:
    durable.make_folder(tmp_path / "a" / "b", 0o700)
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    assert waited == {(tmp_path / way).stat().st_ino for way in (".", "a")}
    waited.clear()
    durable.make_folder(tmp_path / "a" / "b")
    assert waited == set()


def test_a_file_is_put_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    durable.put_whole(path, "before", 0o644)

    def fail(number: int) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space"):
        durable.put_whole(path, "after", 0o600)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("before", 0o644)
