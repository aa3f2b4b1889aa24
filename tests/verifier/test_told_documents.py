"""What the index says of documents, consents, accesses and who works on a case is held against the history; also what it leaves out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casework_verify.case_files import check_case_file
from casework_verify.faults import Fault
from casework_verify.memory import Memory
from casework_verify.reading import Archive
from casework_verify.tiles import Tiles
from casework_verify.words import NOTE, level_of
from tests.verifier.forging import Forgery


def faults_of(path: Path) -> list[Fault]:
    with path.open("rb") as file:
        return check_case_file(Archive(file), Memory(), Tiles()).faults


def wrong(path: Path) -> list[str]:
    return [fault.code for fault in faults_of(path) if level_of(fault) != NOTE]


def drop_bytes(forged: Forgery, version: Any) -> None:
    del forged.parts[version.pop("path")]


def test_a_document_that_the_index_leaves_out_is_missed(case_file: Path, tmp_path: Path) -> None:
    forged = Forgery(case_file)
    document = forged.index["documents"].pop()
    for version in document["versions"]:
        drop_bytes(forged, version)
    found = faults_of(forged.write(tmp_path / "a.zip"))
    (missing,) = [fault for fault in found if fault.code == "document_missing"]
    assert missing.values == {"document": document["id"], "version": 1}
    assert level_of(missing) == "wrong"


def test_a_version_that_the_index_leaves_out_is_missed(case_file: Path, tmp_path: Path) -> None:
    forged = Forgery(case_file)
    drop_bytes(forged, forged.index["documents"][-1]["versions"].pop())
    assert "document_missing" in wrong(forged.write(tmp_path / "a.zip"))


def test_without_roles_a_missing_document_is_missed_too(case_file: Path, tmp_path: Path) -> None:
    forged = Forgery(case_file)
    drop_bytes(forged, forged.index["documents"][-1]["versions"].pop())
    del forged.parts["roles.json"]
    assert "document_missing" in wrong(forged.write(tmp_path / "a.zip"))


def test_bytes_that_the_index_lists_and_the_file_lacks_are_missed(case_file: Path, tmp_path: Path) -> None:
    forged = Forgery(case_file)
    path = forged.index["documents"][0]["versions"][0]["path"]
    del forged.parts[path]
    found = [fault for fault in faults_of(forged.write(tmp_path / "a.zip")) if level_of(fault) != NOTE]
    assert [(fault.code, fault.file) for fault in found] == [("document_absent", path)]


@pytest.mark.parametrize("n", [1, 4, -2])
def test_of_an_event_that_was_taken_out_nothing_else_is_told(n: int, case_file: Path, tmp_path: Path) -> None:
    """All others are there: none of them is called missing, and the end is where it should be."""
    forged = Forgery(case_file)
    gone = forged.rows.pop(n)["seq"]
    found = [fault for fault in faults_of(forged.write(tmp_path / "a.zip")) if fault.code.startswith(("event", "log"))]
    assert [(fault.code, fault.seq) for fault in found] == [("event_missing", gone), ("event_link", gone + 1)]


def test_events_in_another_order_are_told_where_they_stand(case_file: Path, tmp_path: Path) -> None:
    forged = Forgery(case_file)
    forged.rows[3], forged.rows[4] = forged.rows[4], forged.rows[3]
    found = {(fault.code, fault.seq) for fault in faults_of(forged.write(tmp_path / "a.zip"))}
    assert {("event_missing", 4), ("event_again", 4)} <= found
    assert not {seq for code, seq in found if code in ("event_missing", "log_head", "log_cut")} - {4}


def test_versions_without_their_bytes_are_counted(case_file: Path, tmp_path: Path) -> None:
    assert "document_without" not in [fault.code for fault in faults_of(case_file)]
    forged = Forgery(case_file)
    drop_bytes(forged, forged.index["documents"][-1]["versions"][0])
    path = forged.write(tmp_path / "a.zip")
    (told,) = [fault for fault in faults_of(path) if fault.code == "document_without"]
    assert (told.values, level_of(told)) == ({"count": 1}, NOTE)
    assert wrong(path) == []


LIES: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("told_row", lambda index: index["documents"][-1].update(kind="another")),
    ("told_row", lambda index: index["documents"][-1].update(party="technology_owner")),
    ("told_row", lambda index: index["documents"][-1].update(valid_until="2020-01-01")),
    ("told_row", lambda index: index["documents"][-1].update(registered_at="2020-01-01T00:00:00.000000Z")),
    ("told_row", lambda index: index["documents"][-1].update(withdrawn_at="2020-01-01T00:00:00.000000Z")),
    ("told_row", lambda index: index["documents"][-1]["versions"][0].update(size=1)),
    ("told_row", lambda index: index["documents"][-1]["versions"][0].update(sha256="0" * 64)),
    ("told_row_more", lambda index: index["documents"].append({**index["documents"][-1], "id": "x", "versions": []})),
    ("told_row_more", lambda index: index["documents"].insert(0, {**index["documents"][-1], "versions": []})),
    ("told_row_missing", lambda index: index["case"]["consents"].pop()),
    ("told_row", lambda index: index["case"]["consents"][0].update(ended_at="2020-01-01T00:00:00.000000Z")),
    ("told_row", lambda index: index["case"]["consents"][0].update(providers=["x"])),
    ("told_row_more", lambda index: index["case"]["grants"].append({"id": "x"})),
    ("told_case", lambda index: index["case"]["team"].append({"id": "x", "name": "Somebody"})),
]


@pytest.mark.parametrize("n", range(len(LIES)))
def test_what_the_index_says_otherwise_is_found(n: int, case_file: Path, tmp_path: Path) -> None:
    code, lie = LIES[n]
    forged = Forgery(case_file)
    lie(forged.index)
    assert code in wrong(forged.write(tmp_path / "a.zip"))
