"""The file of a case as an archive: what is in it, for whom, and that it can be checked without us."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.errors import NotFound
from casework.operations.documents.storage import DocumentStore
from casework.operations.verification.case_archive import (
    HISTORY,
    INDEX,
    PROOF,
    SUMS,
    check_case_file,
    make_case_file,
    unsigned,
)
from casework.records.case_writer import FOLLOWING
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.file_makers import PDF
from tests.support.published import sign_and_publish
from tests.support.world import World

Make = Callable[[str], Path]


@pytest.fixture
def number(engine: Engine, world: World, document_store: DocumentStore) -> str:
    with transaction(engine) as db:
        number = world.open_case(db)
    world.hand_in(document_store, number, name="报告.pdf")
    world.hand_in(document_store, number, name="letter.pdf", content=PDF + b"%2")
    return number


@pytest.fixture
def make(engine: Engine, world: World, document_store: DocumentStore, number: str, tmp_path: Path) -> Make:
    def made(by: str) -> Path:
        with transaction(engine) as db:
            file = make_case_file(db, world.actor(db, by), document_store, number, f"/cases/{number}/file")
        path = tmp_path / "case.zip"
        with path.open("wb") as out:
            out.writelines(file.pieces())
        return path

    return made


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def changed(path: Path, name: str, content: bytes, *, sums: bool = False) -> Path:
    """The same archive with one part replaced, and with `sums` its checksum too."""
    after = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(after, "w") as new:
        for one in old.namelist():
            kept = content if one == name else old.read(one)
            if sums and one == SUMS:
                lines = [line for line in kept.decode().splitlines() if not line.endswith(f"  {name}")]
                kept = "\n".join([*lines, f"{hashlib.sha256(content).hexdigest()}  {name}", ""]).encode()
            new.writestr(one, kept)
    return after


def test_it_has_an_index_the_history_every_document_and_checksums(make: Make) -> None:
    judging = ("editions/", "calendars/", "roles.json")
    assert [name for name in names(make("officer")) if not name.startswith(judging)] == [
        "README.txt",
        INDEX,
        HISTORY,
        PROOF,
        "documents/001-v1-报告.pdf",
        "documents/002-v1-letter.pdf",
        SUMS,
    ]


def test_a_whole_one_has_no_fault(make: Make) -> None:
    assert check_case_file(make("auditor")) == []


@pytest.fixture
def signed(engine: Engine, number: str, superuser_engine: Engine, settings: Settings) -> None:
    sign_and_publish(engine, superuser_engine, settings)


def test_every_event_has_its_proof(signed: None, make: Make) -> None:
    path = make("officer")
    assert check_case_file(path) == []
    assert unsigned(path) == 0


def test_what_was_not_signed_yet_is_counted(make: Make) -> None:
    assert (unsigned(make("officer")) or 0) >= 3


def altered(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    with zipfile.ZipFile(path) as archive:
        proof = json.loads(archive.read(PROOF))
    change(proof)
    return changed(path, PROOF, json.dumps(proof).encode(), sums=True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda proof: proof["leaves"].pop(1), "Event 2 has no proof"),
        (lambda proof: proof["leaves"][1].update(index=0), "Event 2 is not in the tree"),
        (lambda proof: proof["leaves"][2]["hashes"].pop(), "Event 3 is not in the tree"),
        (lambda proof: proof.update(checkpoint="x"), "no file of a case"),
    ],
)
def test_a_proof_that_was_changed_is_found(
    signed: None, make: Make, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    assert any(said in one for one in check_case_file(altered(make("officer"), change)))


def test_a_file_of_the_form_before_is_read_and_has_no_proof(make: Make) -> None:
    path = make("officer")
    with zipfile.ZipFile(path) as archive:
        index = json.loads(archive.read(INDEX))
    earlier = changed(path, INDEX, json.dumps({**index, "form": 2}).encode(), sums=True).rename(path.with_name("2.zip"))
    with zipfile.ZipFile(earlier) as old, zipfile.ZipFile(path, "w") as new:
        for one in old.namelist():
            if one != PROOF:
                kept = old.read(one).decode("utf-8", "surrogateescape")
                kept = "".join(line for line in kept.splitlines(True) if PROOF not in line) if one == SUMS else kept
                new.writestr(one, kept.encode("utf-8", "surrogateescape"))
    assert check_case_file(path) == []
    assert unsigned(path) is None


def test_plain_tools_check_its_parts(make: Make, tmp_path: Path) -> None:
    with zipfile.ZipFile(make("officer")) as archive:
        archive.extractall(tmp_path / "out")
    assert subprocess.run(["sha256sum", "--quiet", "-c", SUMS], cwd=tmp_path / "out", check=False).returncode == 0


def test_a_document_that_was_replaced_is_found_even_with_a_new_checksum(make: Make) -> None:
    forged = changed(make("officer"), "documents/002-v1-letter.pdf", b"another letter", sums=True)
    assert check_case_file(forged) == ["documents/002-v1-letter.pdf is not what the history says was filed."]


def test_an_event_that_was_changed_is_found_even_with_a_new_checksum(make: Make) -> None:
    path = make("officer")
    with zipfile.ZipFile(path) as archive:
        rows = [json.loads(line) for line in archive.read(HISTORY).decode().splitlines()]
    rows[0]["header"]["role"] = "supervisor"
    forged = changed(path, HISTORY, "".join(json.dumps(row) + "\n" for row in rows).encode(), sums=True)
    assert check_case_file(forged) != []


def cut(
    path: Path, count: int, change: Callable[[dict[str, Any], list[dict[str, Any]]], None] = lambda index, rows: None
) -> Path:
    """The same archive without its last events, whose index was changed to fit, and with checksums that are right again."""
    with zipfile.ZipFile(path) as archive:
        rows = [json.loads(line) for line in archive.read(HISTORY).decode().splitlines()]
        index = json.loads(archive.read(INDEX))
    rows = rows[:-count]
    change(index, rows)
    cut = changed(path, HISTORY, "".join(json.dumps(row) + "\n" for row in rows).encode(), sums=True)
    again = cut.rename(cut.with_name("cut.zip"))
    return changed(again, INDEX, json.dumps(index).encode(), sums=True)


def test_a_history_that_was_cut_off_is_found_even_with_new_checksums(make: Make) -> None:
    assert any("missing at the end" in one for one in check_case_file(cut(make("officer"), 2)))


def test_a_history_that_was_cut_off_does_not_add_up_to_the_state(make: Make) -> None:
    def set_back(index: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        index["head"] = {"seq": rows[-1]["seq"], "hash": rows[-1]["hash"]}

    found = check_case_file(cut(make("officer"), 2, set_back))
    assert found
    assert not any("missing at the end" in one for one in found)


def test_an_index_of_the_form_without_a_head_is_not_taken_for_whole(make: Make) -> None:
    def earlier(index: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        index["form"] = 1
        del index["head"], index["rows"]

    assert any("names no head" in one for one in check_case_file(cut(make("officer"), 2, earlier)))


@pytest.mark.parametrize(
    ("name", "value"), [("state", "closed"), ("title", "Another case"), ("outcome", "implemented")]
)
def test_what_the_index_says_of_the_case_is_what_the_history_adds_up_to(make: Make, name: str, value: str) -> None:
    path = make("officer")
    with zipfile.ZipFile(path) as archive:
        index = json.loads(archive.read(INDEX))
    index["case"][name] = value
    assert check_case_file(changed(path, INDEX, json.dumps(index).encode(), sums=True)) != []


def test_what_only_serves_lists_and_walls_is_no_part_of_it(make: Make) -> None:
    """A file that was taken out before there was such a column is whole."""
    path = make("officer")
    with zipfile.ZipFile(path) as archive:
        index = json.loads(archive.read(INDEX))
    for table in ("tracks", "tasks"):
        assert index["rows"][table]
        index["rows"][table] = [
            {name: value for name, value in row.items() if name not in {*FOLLOWING, "programme_id"}}
            for row in index["rows"][table]
        ]
    assert check_case_file(changed(path, INDEX, json.dumps(index).encode(), sums=True)) == []


def test_a_part_that_was_changed_is_named(make: Make) -> None:
    assert check_case_file(changed(make("officer"), "README.txt", b"x")) == [
        "README.txt is not what it was: its checksum differs."
    ]


def test_a_part_that_no_checksum_names_is_named_and_one_that_is_missing(make: Make) -> None:
    path = make("officer")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("documents/003-v1-more.pdf", PDF)
    assert check_case_file(path) == ["documents/003-v1-more.pdf is not in the list of checksums."]
    missing = path.with_name("missing.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(missing, "w") as new:
        for one in old.namelist():
            if one not in ("README.txt", "documents/003-v1-more.pdf"):
                new.writestr(one, old.read(one))
    assert check_case_file(missing) == ["README.txt is missing."]


def test_what_is_no_archive_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"no archive")
    (fault,) = check_case_file(path)
    assert "no file of a case" in fault
    assert "Error" not in fault
    assert "BadZipFile" not in fault


@pytest.mark.parametrize("outsider", ["provider", "observer", "foreign_officer", "administrator", "dispute_officer"])
def test_only_who_reads_the_whole_case_gets_it(make: Make, outsider: str) -> None:
    with pytest.raises(NotFound):
        make(outsider)


def test_it_is_noted_for_each_document(engine: Engine, make: Make) -> None:
    make("manager")
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(DISTINCT document_id) FROM readings")).scalar_one() == 2


def test_what_is_being_checked_is_left_out(engine: Engine, make: Make) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE blobs SET scan = 'pending'"))
    assert [one for one in names(make("officer")) if one.startswith("documents/")] == []
