"""The files of the log beside the database: made once, whole, and for those alone who need them."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from casework.errors import LogUnusable
from casework.records import log_keys
from casework.records.log_keys import Kept
from casework.settings import Settings


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    return Settings(profile="test", var=tmp_path)


def test_a_key_is_made_once_and_only_its_owner_reads_it(here: Settings) -> None:
    key = log_keys.ensure_key(here)
    assert log_keys.ensure_key(here) == log_keys.read_key(here) == key
    assert stat.S_IMODE((here.log_dir / "key").stat().st_mode) == 0o400
    assert stat.S_IMODE((here.log_dir / "keys.pub").stat().st_mode) & 0o444 == 0o444
    assert sorted(path.name for path in here.log_dir.iterdir()) == ["key", "keys.pub"]


def test_many_that_make_one_at_once_have_the_same(here: Settings) -> None:
    together = Barrier(6)

    def make(_: int) -> str:
        together.wait()
        return log_keys.ensure_key(here).line

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(make, range(6)))) == 1


def test_a_log_is_called_by_its_address(here: Settings) -> None:
    known = here.model_copy(update={"base_url": "https://casework.example.org/office/"})
    assert log_keys.ensure_key(known).name == "casework.example.org/office/log"


def test_a_log_without_an_address_is_called_by_chance(here: Settings) -> None:
    one, other = log_keys.new_key(here), log_keys.new_key(here)
    assert one.name != other.name
    assert one.name.startswith("casework-")


def test_it_may_lie_in_a_folder_of_its_own(here: Settings, tmp_path: Path) -> None:
    log_keys.ensure_key(here.model_copy(update={"log_folder": tmp_path / "elsewhere"}))
    assert (tmp_path / "elsewhere" / "key").exists()
    assert not (tmp_path / "log").exists()


def test_a_key_that_is_missing_or_spoilt_is_said(here: Settings) -> None:
    with pytest.raises(LogUnusable, match="no key in"):
        log_keys.read_key(here)
    here.log_dir.mkdir()
    (here.log_dir / "key").write_text("no key")
    with pytest.raises(LogUnusable, match="cannot be read"):
        log_keys.read_key(here)


def test_public_keys_that_are_spoilt_are_said(here: Settings) -> None:
    assert log_keys.public_keys(here) == ()
    log_keys.ensure_key(here)
    (here.log_dir / "keys.pub").write_text("no key\n")
    with pytest.raises(LogUnusable, match="cannot be read"):
        log_keys.public_keys(here)


def test_the_next_key_takes_the_place_of_the_one_before(here: Settings) -> None:
    before = log_keys.ensure_key(here)
    after = log_keys.new_key(here, before.name)
    assert log_keys.read_next_key(here) is None
    log_keys.keep_next_key(here, after)
    assert log_keys.read_key(here) == before
    assert log_keys.read_next_key(here) == after
    for _ in range(2):
        log_keys.use_next_key(here)
        assert log_keys.read_key(here) == after
    assert log_keys.public_keys(here) == (before.public, after.public)


def test_what_was_signed_last_is_kept(here: Settings) -> None:
    log_keys.ensure_key(here)
    assert log_keys.last_kept(here) is None
    for size in (1, 2, 3):
        log_keys.keep_last(here, Kept(size, bytes([size]) * 32))
    assert log_keys.last_kept(here) == Kept(3, b"\x03" * 32)
    assert len((here.log_dir / "last").read_text().splitlines()) == 3


def test_a_line_that_was_cut_off_counts_for_nothing(here: Settings) -> None:
    log_keys.ensure_key(here)
    log_keys.keep_last(here, Kept(1, bytes(32)))
    with (here.log_dir / "last").open("a") as file:
        file.write("2 AAA")
    assert log_keys.last_kept(here) == Kept(1, bytes(32))
    log_keys.keep_last(here, Kept(3, bytes(32)))
    assert log_keys.last_kept(here) == Kept(3, bytes(32))


def test_what_was_kept_for_long_is_made_short(here: Settings) -> None:
    log_keys.ensure_key(here)
    (here.log_dir / "last").write_text("1 x\n" * 300_000)
    log_keys.keep_last(here, Kept(7, bytes(32)))
    assert log_keys.last_kept(here) == Kept(7, bytes(32))
    assert len((here.log_dir / "last").read_text().splitlines()) == 1


@pytest.mark.parametrize("written", ["", "\n", "1\n", "x AAAA\n", "1 AAAA\n", "1 ?\n"])
def test_what_was_kept_and_spoilt_is_said(here: Settings, written: str) -> None:
    here.log_dir.mkdir()
    (here.log_dir / "last").write_text(written)
    with pytest.raises(LogUnusable, match="cannot be read"):
        log_keys.last_kept(here)


def test_where_there_is_no_key_nobody_could_read_it(here: Settings) -> None:
    assert not log_keys.is_key_open(here)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can ask as somebody else")
def test_the_key_is_open_to_its_owner_and_to_nobody_else(here: Settings, tmp_path: Path) -> None:
    log_keys.ensure_key(here)
    for folder in (here.log_dir, here.var, *here.var.parents):
        folder.chmod(folder.stat().st_mode | 0o011)
    assert log_keys.is_key_open(here)
    os.seteuid(65534)
    try:
        found = os.access(here.log_dir / "keys.pub", os.R_OK, effective_ids=True), log_keys.is_key_open(here)
    finally:
        os.seteuid(0)
    assert found == (True, False)
