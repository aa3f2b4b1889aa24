"""Whatever an index says is held against the history, or is said to be taken as told: every cell of it, one after the other."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casework.definitions import load_library
from casework.engine.state import impacts
from casework.engine.state.projection import evolve
from casework.records.case_writer import rows_of
from casework.records.event_log import event_of
from casework.records.impact_rows import impact_row, statement_row
from casework_verify.known_names import ROWS
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


@pytest.fixture
def furnished(case_file: Path) -> tuple[Case, dict[str, Any]]:
    """A case with a row of every table that the application adds up to of the same events, and these rows alone."""
    forged = Forgery(case_file)
    case, ours = Case(Event(forged.rows[0])), None
    for row in [*forged.rows, *_more(forged)]:
        case.take(Event(row))
        ours = evolve(ours, event_of(row["header"], row["effects"], row["body"]))
    assert ours is not None
    rows = {table: told for table, told in rows_of(ours, load_library()).items() if table in ROWS}
    # The database computes it.
    rows["cases"][0]["sealed"] = False
    index: dict[str, Any] = {"case": {**forged.index["case"], "owner": None, "hold": None}, "rows": rows}
    for name in ("consents", "grants", "team"):
        del index["case"][name]
    index["case"]["owner"] = ours.owner and {"id": ours.owner}
    return case, json.loads(json.dumps(index, default=str))


def _more(forged: Forgery) -> Iterator[Any]:
    """Events that nobody could have made so, with what else a case can have."""
    last, ids = forged.rows[-1]["header"], iter(f"00000000-0000-7000-8000-{n:012}" for n in range(1, 99))
    opened = [one for row in forged.rows for one in row["effects"].get("tracks", ())]
    main, referral = opened[0], next(one for one in opened if one["part"] == "request")
    task = next(one["id"] for row in forged.rows for one in row["effects"].get("tasks", ()))
    document, consent, grant, opening, link = (next(ids) for _ in range(5))
    given = {
        "party": "need_owner",
        "providers": None,
        "documents": [document],
        "given_on": "2026-01-01",
        "expires_on": None,
    }
    until = "2027-01-01T00:00:00.000000Z"
    effects = {
        "documents": [
            {
                "id": document,
                "party": "need_owner",
                "kind": "report",
                "valid_until": "2027-01-01",
                "letter": "reminder",
                "numbered": {"year": 2026, "n": 1, "written": "1"},
            }
        ],
        "dispatched": [{"id": document, "how": "post", "on": "2026-01-02"}],
        "files": [{"id": next(ids), "document": document, "version": 1, "type": "pdf", "size": 7}],
        "consents": [{"id": consent, **given, "sheet": True, "not_to": [next(ids)]}],
        "consents_ended": [{"id": consent, "how": "withdrawn"}],
        "grants": [
            {"id": grant, "track": referral["id"], "document": document, "consents": [consent], "until": "2026-09-01"}
        ],
        "grants_ended": [grant],
        "grants_returned": [grant],
        "openings": [
            {
                "id": opening,
                "kind": "unsealing",
                "reader": next(ids),
                "decider": next(ids),
                "days": 3,
                "state": "asked",
                "until": None,
            }
        ],
        "opening_states": [{"id": opening, "state": "open", "until": until, "told_on": "2026-09-02"}],
        "links": [
            {
                "id": link,
                "task": task,
                "party": "need_owner",
                "organisation": next(ids),
                "until": until,
                "language": "zh",
                "documents": [document],
                "providers": [next(ids)],
                "code": True,
                "mail": False,
            }
        ],
        "link_states": [{"id": link, "state": "used"}],
        "received": {"accept": 1},
        "objection": {"id": next(ids), "what": "accept", "side": "provider", "to": "open"},
        "proposal": {"id": next(ids), "transition": "approve", "task": task},
        "task_states": [{"id": task, "to": next(ids), "priority": 1}],
        "allocation": {"reasons": ["turn"]},
        "impacts": [IMPACT],
        "statement": STATEMENT,
    }
    words = {
        name: {"value": value, "salt": "0" * 32}
        for name, value in (("file", "a.pdf"), ("sha256", "0" * 64), ("title", "A"))
    }
    waits = {"id": task, "item": "seen", "wait": {"for": "us", "until": "2026-12-24"}}
    for kind, track, more in (
        ("document_registered", referral, effects),
        ("item_added", main, {"task_states": [waits], "data": {}}),
        ("handed_over", None, {"owner": next(ids)}),
    ):
        last = {**last, "seq": last["seq"] + 1, "kind": kind, "track": track and track["id"], "from": [], "to": []}
        yield {"header": last, "effects": more, "body": words}


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


def unseen_in(case: Case, index: dict[str, Any]) -> set[str]:
    """The cells that nobody looks at and nobody says to be taken as told; how far apart rows lie says nothing, their order does."""
    as_told: set[str] = set()
    assert list(told_faults(case, index, as_told)) == []
    unseen, tables = set(), {"rows", *index["rows"], "versions", "shared"}
    for within, key, name in list(cells(index)):
        if name.split(".")[-1] in tables or name in ("index.documents", "index.case", "case.owner"):
            continue
        known = {name, name.replace(".versions", "")} & as_told or any(name.startswith(f"{one}.") for one in as_told)
        # What is looked at before the history is.
        if (
            known
            or name.startswith(("index.form", "index.log", "index.head", "head."))
            or name.endswith((".path", ".position"))
        ):
            continue
        before = within[key]
        within[key] = other(before)
        try:
            if not list(told_faults(case, index, set())):
                unseen.add(name)
        except (LookupError, TypeError, ValueError, AttributeError):
            pass  # told as such
        within[key] = before
    return unseen


#: What no event of the case says: names and titles elsewhere, how a paper is kept now, and what lists and walls are found by.
AS_TOLD = frozenset({
    "index.at", "case.parties", "case.owner.name", "case.team.name", "case.consents.withheld_abroad", "documents.expired",
    "documents.filed_by", "documents.kept", "documents.language", "documents.may_change", "documents.provider", "documents.scan",
    "documents.title", "documents.name", "documents.sha256", "documents.shared.provider", "documents.shared.last_day", "files.name",
    "files.digest",
    "tracks.inbox", "tracks.inbox_at", "tracks.shown_to", "tracks.shut_out", "tasks.shown_to", "tasks.shut_out", "tasks.common",
    "tasks.turn_at",
})  # fmt: skip


def test_every_cell_is_held_against_the_history_or_said_to_be_taken_as_told(told: tuple[Case, dict[str, Any]]) -> None:
    case, index = told
    as_told: set[str] = set()
    list(told_faults(case, index, as_told))
    assert unseen_in(case, index) == set()
    assert as_told - AS_TOLD == set()
    assert not {
        one
        for one in as_told
        if one.startswith(("impacts.v", "statements.v", "files.name", "documents.name", "documents.title"))
    }


def test_each_column_is_what_the_application_adds_up_to(furnished: tuple[Case, dict[str, Any]]) -> None:
    """And another value in a row of any table is told."""
    case, index = furnished
    assert {table for table, rows in index["rows"].items() if not rows} == set()
    assert unseen_in(case, index) == set()


@pytest.mark.parametrize("table", ["tracks", "tasks", "impacts", "statements"])
def test_rows_in_another_order_are_told(table: str, told: tuple[Case, dict[str, Any]]) -> None:
    case, index = told
    rows = index["rows"][table]
    if table == "tracks":
        case.tracks["another"] = replace(case.main, id="another")
        rows.append({**rows[0], "id": "another", "position": rows[0]["position"] + 1})
    rows[0]["position"], rows[1]["position"] = rows[1]["position"], rows[0]["position"]
    found = list(told_faults(case, index, set()))
    assert [(one.code, one.values["table"]) for one in found] == [("told_order", table)]


def test_places_of_rows_too_many_to_show_an_order_are_taken_as_told(told: tuple[Case, dict[str, Any]]) -> None:
    case, index = told
    row = index["rows"]["tracks"][0]
    for n in range(1000):
        case.tracks[f"another {n}"] = replace(case.main, id=f"another {n}")
        index["rows"]["tracks"].append({**row, "id": f"another {n}", "position": 0})
    as_told: set[str] = set()
    assert list(told_faults(case, index, as_told)) == []
    assert "tracks.position" in as_told


@pytest.mark.parametrize("table", ["files", "impacts", "statements"])
@pytest.mark.parametrize("how", ["less", "more", "none"])
def test_a_record_that_is_left_out_or_made_up_is_told(table: str, how: str, told: tuple[Case, dict[str, Any]]) -> None:
    case, index = told
    rows = index["rows"]
    rows[table] = {"less": rows[table][1:], "more": [*rows[table], {**rows[table][0], "id": "0"}], "none": []}[how]
    found = list(told_faults(case, index, set()))
    assert found
    assert {one.values["table"] for one in found} == {table}
