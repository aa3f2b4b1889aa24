"""The index that the file of each case of the demo would have: none is accused, and of each cell it is known what it is held against."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from casework.json_values import JsonObject
from casework.operations.documents.key_material import document_store_of
from casework.operations.verification.case_archive import HISTORY, INDEX, write_case
from casework.records.actors import find_actor
from casework.records.case_loader import load
from casework.records.database import transaction
from casework_verify.replay.standing import Case, Event
from casework_verify.replay.told import told_faults
from tests.demo.told import Told
from tests.verifier.test_told_cells import AS_TOLD, unseen_in

#: What some case of the demo has: each is looked at in one that has it.
TABLES = (
    "tracks", "tasks", "clocks", "consents", "documents", "files", "grants", "party_links", "impacts", "statements",
)  # fmt: skip


@pytest.fixture(scope="module")
def files(told: Told) -> dict[str, tuple[Case, JsonObject]]:
    """By number what the history of a case adds up to, and its index, as an auditor takes them out."""
    store = document_store_of(told.engine, told.settings)
    auditors = "SELECT programme_id::text AS id, person_id::text AS person FROM memberships WHERE role = 'auditor'"
    by_programme = {row.id: row.person for row in told.rows(auditors)}
    found = {}
    for row in told.rows("SELECT id::text, number, programme_id::text AS programme FROM cases ORDER BY number"):
        with transaction(told.engine) as db:
            actor = find_actor(db, by_programme[row.programme])
            assert actor is not None
            written = dict(write_case(db, actor, store, load(db, row.id, "case", every_task=True)).parts)
            parts = {name: b"".join(written[name]()).decode() for name in (INDEX, HISTORY)}
        found[row.number] = folded(parts[HISTORY]), json.loads(parts[INDEX])
    return found


def folded(history: str) -> Case:
    events = [Event(json.loads(line)) for line in history.splitlines()]
    case = Case(events[0])
    for event in events:
        case.take(event)
    return case


def test_no_index_of_an_honest_file_is_accused(files: dict[str, tuple[Case, JsonObject]]) -> None:
    as_told: set[str] = set()
    faults = {
        number: found for number, (case, index) in files.items() if (found := list(told_faults(case, index, as_told)))
    }
    assert faults == {}
    assert as_told - AS_TOLD == set()


def what_is_in(index: JsonObject) -> set[str]:
    """The tables of which it has rows, and whether a provider was given a document, or has handed one in."""
    listed = index["documents"]
    referred = {name for name in ("shared", "referral") if any(one[name] for one in listed)}
    return referred | {table for table, rows in index["rows"].items() if rows}


def covering(files: dict[str, tuple[Case, JsonObject]]) -> Iterator[str]:
    """Cases that together have a row of each table that a case of the demo has now, and papers of referrals."""
    missing = {*TABLES, "shared", "referral"}
    for number, (_, index) in files.items():
        if missing & (has := what_is_in(index)):
            missing -= has
            yield number
    assert missing == set()


def test_each_changed_cell_is_told(files: dict[str, tuple[Case, JsonObject]]) -> None:
    assert {number: unseen for number in covering(files) if (unseen := unseen_in(*files[number]))} == {}
