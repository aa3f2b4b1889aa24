"""Whatever an index says is held against the history, or is said to be taken as told: every cell of it, one after the other."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from casework.engine.state import impacts
from casework.engine.state.projection import evolve
from casework.records.event_log import event_of
from casework.records.impact_rows import impact_row, statement_row
from casework_verify.replay.standing import Case, Event
from casework_verify.replay.told import told_faults
from tests.verifier.forging import Forgery

IMPACT = {
    "measure": "energy/MWh", "indicator": "energy", "unit": "MWh", "level": "baseline", "value": "1280", "from": "2024-11-23",
    "to": "2025-02-20", "method": "metered", "evidence": ["01a23652-2bf9-76e4-881a-ff3852d41515"], "conditions": None,
}  # fmt: skip
STATEMENT = {
    "technology": "01a23652-15a3-73f7-998b-67e96df927f4", "number": "VS-1", "verdict": "verified", "issued_on": "2024-08-05",
    "valid_until": "2027-05-02", "values": [{"parameter": "p", "unit": "kWh/t", "value": "310"}],
}  # fmt: skip


@pytest.fixture
def told(case_file: Path) -> tuple[Case, dict[str, Any]]:
    """A case, to which effects were recorded twice and something was stated of its technology, and what its index says."""
    forged = Forgery(case_file)
    case, last = Case(Event(forged.rows[0])), copy.deepcopy(forged.rows[-1])
    for row in forged.rows:
        case.take(Event(row))
    ours: Any = None
    for row in forged.rows:
        ours = evolve(ours, event_of(row["header"], row["effects"], row["body"]))
    kept: Any = {}
    stated: Any = {}
    for given in (IMPACT, {**IMPACT, "value": "1290", "replaces": [case_record(last, "impact")]}):
        last["header"]["seq"] = last["seq"] = last["seq"] + 1
        last["effects"] = {"impacts": [given], "statement": STATEMENT}
        case.take(Event(last))
        event = event_of(last["header"], last["effects"], last["body"])
        kept = impacts.recorded(kept, last["effects"]["impacts"], event)
        stated = impacts.stated(stated, last["effects"]["statement"], event)
    rows = forged.index["rows"]
    rows["impacts"] = [impact_row(ours, one, n) for n, one in enumerate(kept.values())]
    rows["statements"] = [statement_row(ours, one, n) for n, one in enumerate(stated.values())]
    return case, json.loads(json.dumps(forged.index, default=str))


def case_record(last: Any, what: str) -> str:
    """By what the record of the event after this one is called."""
    header = {**last["header"], "seq": last["seq"] + 1}
    return impacts.record_id(event_of(header, {}, {}), what)


def cells(value: Any, name: str = "index") -> Iterator[tuple[Any, Any, str]]:
    """What may be changed: in what it stands, at which place, and what of the case it is."""
    if isinstance(value, dict):
        for key in sorted(value):
            within = key if name in ("index", "index.rows", "rows") else f"{name}.{key}"
            yield value, key, f"index.{key}" if name == "index" else within
            yield from cells(value[key], within)
    elif isinstance(value, list):
        for one in value[:1]:
            yield from cells(one, name)


def other(value: Any) -> Any:
    """Another value of the kind."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case str():
            return value[:-1] + ("1" if value[-1:] != "1" else "2")
        case None:
            return "another"
        case _:
            return [*value, "another"] if isinstance(value, list) else {**value, "another": 1}


def test_every_cell_is_held_against_the_history_or_said_to_be_taken_as_told(told: tuple[Case, dict[str, Any]]) -> None:
    case, index = told
    as_told: set[str] = set()
    assert list(told_faults(case, index, as_told)) == []
    unseen, tables = set(), {"rows", *index["rows"], "documents.versions"}
    for within, key, name in list(cells(index)):
        if name.split(".")[-1] in tables or name in ("index.documents", "index.case", "case.owner"):
            continue
        known = {name, name.replace(".versions", "")} & as_told or any(name.startswith(f"{one}.") for one in as_told)
        # What is looked at before the history is.
        if known or name.startswith(("index.form", "index.log", "index.head", "head.")) or name.endswith(".path"):
            continue
        before = within[key]
        within[key] = other(before)
        try:
            if not list(told_faults(case, index, set())):
                unseen.add(name)
        except (LookupError, TypeError, ValueError, AttributeError):
            pass  # told as such
        within[key] = before
    assert unseen == set()
    assert not {one for one in as_told if one.startswith(("impacts.v", "statements.v", "files.name", "documents.name"))}


@pytest.mark.parametrize("table", ["files", "impacts", "statements"])
@pytest.mark.parametrize("how", ["less", "more", "none"])
def test_a_record_that_is_left_out_or_made_up_is_told(table: str, how: str, told: tuple[Case, dict[str, Any]]) -> None:
    case, index = told
    rows = index["rows"]
    rows[table] = {"less": rows[table][1:], "more": [*rows[table], {**rows[table][0], "id": "0"}], "none": []}[how]
    found = list(told_faults(case, index, set()))
    assert found
    assert {one.values["table"] for one in found} == {table}
