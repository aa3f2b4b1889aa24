"""A folder and a bucket are used the same way: what is written is there whole, and whoever is killed leaves nothing that looks so."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest
from obstore.store import LocalStore
from pydantic import SecretStr

from casework.errors import BackupUnusable, InvalidSettings
from casework.records.backup_shelves import WINDOW, Folder, Shelf, shelf_at
from casework.settings import load_settings
from tests.jobs.processes import wait_until
from tests.support.databases import ROOT
from tests.support.mailbox import free_port
from tests.support.s3_server import KEY_ID, SECRET, S3Server


@pytest.fixture(params=["folder", "bucket"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    if request.param == "folder":
        return Folder(tmp_path / "backups")
    return _bucket(request.getfixturevalue("s3"), tmp_path)


def _bucket(server: S3Server, tmp_path: Path, **more: object) -> Shelf:
    settings = server.settings(tmp_path / "var", f"{tmp_path.name}/backups", **more)
    return shelf_at(str(settings.backup_folder), settings)


def test_what_is_written_is_there_and_goes_when_it_is_taken_away(shelf: Shelf) -> None:
    assert (shelf.names(), shelf.names("2026"), shelf.has("2026/a")) == (set(), set(), False)
    shelf.write("2026/a", [b"some ", b"words"])
    shelf.write("2026/empty", [])
    shelf.write("wal/one/b", [b"b"])
    assert (shelf.names(), shelf.names("2026")) == ({"2026", "wal"}, {"a", "empty"})
    assert (shelf.size("2026/a"), b"".join(shelf.read("2026/a")), b"".join(shelf.read("2026/empty"))) == (
        10,
        b"some words",
        b"",
    )
    assert shelf.small(["2026/a", "2026/none", "wal/one/b"]) == [b"some words", None, b"b"]
    shelf.write("2026/a", [b"others"])
    assert shelf.small(["2026/a"]) == [b"others"]
    shelf.remove(["2026/a", "2026/none"])
    assert shelf.names("2026") == {"empty"}
    shelf.remove_below("2026", last="empty")
    assert (shelf.names(), shelf.names("2026")) == ({"wal"}, set())


def test_what_is_not_there_is_told_as_of_a_disk(shelf: Shelf) -> None:
    shelf.write("a", [b"x"])
    with pytest.raises(FileNotFoundError, match="No such file"):
        shelf.size("b")
    with pytest.raises(FileNotFoundError):
        next(shelf.read("b"))


def test_large_files_come_back_as_they_went(shelf: Shelf) -> None:
    """Over the length of one part, and of several windows, with a rest."""
    content = os.urandom(1 << 20) * 70 + b"rest"
    shelf.write("large", (content[at : at + 100_003] for at in range(0, len(content), 100_003)))
    assert shelf.size("large") == len(content) > 3 * WINDOW
    assert b"".join(shelf.read("large")) == content


@pytest.mark.parametrize("pieces", [3, 300])
def test_what_breaks_off_is_not_there(shelf: Shelf, s3: S3Server, pieces: int) -> None:
    """Its own fault is told, and what was uploaded of it is taken back."""

    def broken() -> Iterator[bytes]:
        yield from [bytes(1 << 17)] * pieces
        raise OSError(5, "of the other side")

    before = s3.unfinished()
    shelf.write("whole", [b"before"])
    for name in ("half", "whole"):
        with pytest.raises(OSError, match="of the other side"):
            shelf.write(name, broken())
    assert (shelf.has("half"), shelf.small(["whole"]), s3.unfinished()) == (False, [b"before"], before)


def test_one_is_alone_in_each_part(shelf: Shelf) -> None:
    with shelf.alone() as first, shelf.alone("wal") as other, shelf.alone() as second:
        assert (first, other, second) == (True, True, False)
    with shelf.alone() as again:
        assert again
    assert shelf.me == shelf.me


def test_a_folder_of_a_shelf_knows_where_it_lies(shelf: Shelf) -> None:
    parted = shelf.parted()
    assert parted is not None
    above, name = parted
    shelf.write("a", [b"x"])
    assert (name, above.small([f"{name}/a"])) == ("backups", [b"x"])


def test_what_is_read_from_a_bucket_may_go_into_a_store(s3: S3Server, tmp_path: Path) -> None:
    """Which is of the same library, and is inside of it while it reads."""
    shelf = _bucket(s3, tmp_path)
    shelf.write("a", [bytes(WINDOW), b"rest"])
    store = LocalStore(tmp_path)
    obstore.put(store, "b", shelf.read("a"))
    assert (tmp_path / "b").stat().st_size == WINDOW + 4


def test_nothing_beside_the_prefix_is_seen_or_taken(s3: S3Server, tmp_path: Path) -> None:
    shelf = _bucket(s3, tmp_path)
    for name in ("backups-of-others/2026/a", "others/2026/a", "b"):
        s3.place(f"{tmp_path.name}/{name}").parent.mkdir(parents=True, exist_ok=True)
        s3.place(f"{tmp_path.name}/{name}").write_bytes(b"x")
    shelf.write("2026/a", [b"x"])
    assert shelf.names() == {"2026"}
    shelf.remove_below("2026")
    shelf.clear(lambda name: True)
    assert len([one for one in s3.place(tmp_path.name).rglob("*") if one.is_file()]) == 3


_UPLOADS = """
import sys
from pathlib import Path
from casework.records.backup_shelves import shelf_at
from casework.settings import load_settings
settings = load_settings()
def pieces():
    for number in range(int(sys.argv[2])):
        yield bytes(1 << 20)
    print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0], flush=True)
    sys.stdin.read()
shelf_at(settings.backup_folder, settings).write(sys.argv[1], pieces())
"""


def _uploading(server: S3Server, tmp_path: Path, megabytes: int) -> subprocess.Popen[str]:
    """A process that uploads so much, tells the most memory that it had in kB, and waits."""
    return subprocess.Popen(
        [sys.executable, "-c", _UPLOADS, "2026/large", str(megabytes)],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "CASEWORK_VAR": str(tmp_path / "var"),
            **server.environment(f"{tmp_path.name}/backups"),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_whoever_is_killed_while_uploading_leaves_nothing_for_long(s3: S3Server, tmp_path: Path) -> None:
    """What was sent shows in no list, and is there until somebody clears it away; memory holds a few parts of it, and no more."""
    shelf, before = _bucket(s3, tmp_path), s3.unfinished()
    with _uploading(s3, tmp_path, 400) as one:
        assert one.stdout is not None
        most = int(one.stdout.readline())
        one.send_signal(signal.SIGKILL)
    assert most < 300_000, "so many kB for 400 MB"
    wait_until(lambda: s3.unfinished() == before + 1, "an upload that nobody ends")
    assert (shelf.has("2026/large"), shelf.names()) == (False, set())
    shelf.clear(lambda name: name.startswith("wal/"))
    assert s3.unfinished() == before + 1
    shelf.clear(lambda name: name.startswith("2"))
    assert s3.unfinished() == before


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"backup_folder": "s3://nobodys/backups"}, "there is no such bucket: make it"),
        ({"backup_s3_access_key_id": "AKANOTHER"}, "the access key is not known there"),
        ({"backup_s3_secret_access_key": SecretStr("another-secret-4567")}, "does not belong to the access key"),
        ({"backup_s3_endpoint": f"http://127.0.0.1:{free_port()}"}, "it cannot be reached"),
        ({"backup_s3_endpoint": "http://nobody.invalid"}, "no machine of that name is known"),
        ({"backup_s3_access_key_id": None}, "needs an access key"),
        ({"backup_s3_secret_access_key": None}, "needs an access key"),
    ],
)
def test_what_is_refused_is_told_without_the_secret(
    s3: S3Server, tmp_path: Path, more: dict[str, object], said: str
) -> None:
    settings = s3.settings(tmp_path, f"{tmp_path.name}/backups").model_copy(update=more)
    secrets = [SECRET, "another-secret-4567", KEY_ID, "AKANOTHER"]

    def write(shelf: Shelf) -> None:
        shelf.write("a", [bytes(1 << 20)] * 40)

    for ask in (
        lambda one: one.names(),
        lambda one: one.has("a"),
        lambda one: one.small(["a"]),
        write,
        lambda one: one.remove_below("a"),
    ):
        with pytest.raises(BackupUnusable, match=said) as refused:
            ask(shelf_at(str(settings.backup_folder), settings, hurried=True))
        assert not [one for one in secrets if one in refused.value.message]


@pytest.mark.parametrize(
    "address", ["s3://", "s3:/bucket", "s3://Bucket", "s3://b", "s3://bucket/ä", "s3://bucket?x=1"]
)
def test_what_is_no_address_of_a_bucket_is_refused_at_once(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("CASEWORK_BACKUP_FOLDER", address)
    with pytest.raises(InvalidSettings, match="s3://bucket/prefix"):
        load_settings()
