"""Whether the state that an index tells is the one that the history adds up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from casework_verify.faults import Fault
from casework_verify.replay.standing import Case
from casework_verify.replay.told_rows import (
    Row,
    consents_listed,
    documents_listed,
    grants_listed,
    orders_of,
    shared_listed,
    tables_of,
    title_of,
    versions_listed,
)

_INDEX = "index.json"
#: What an index says besides its tables that is held against something, here or elsewhere; of a case what this holds.
_LOOKED_AT = frozenset({"form", "log", "head", "case", "rows", "documents"})
_OF_CASE = frozenset({
    "number", "state", "outcome", "reasons", "opened_at", "closed_at", "owner", "hold", "title", "team", "consents", "grants",
})  # fmt: skip
#: Of a table with more rows their places are not counted so that they show an order: they are taken as told.
_MOST_PLACED = 999


def told_faults(case: Case, index: Mapping[str, Any], as_told: set[str]) -> Iterator[Fault]:
    """What an index says of the case that is not so: in its summary, in the rows of tracks, tasks, clocks and papers, and in its list of
    documents. What it says besides, and nobody looked at, goes into `as_told` by its name."""
    as_told |= {f"index.{name}" for name in index.keys() - _LOOKED_AT}
    about, rows = index["case"], index["rows"]
    # A file may leave out which limits a hold has paused: its rows say so too.
    told_all = isinstance(about["hold"], Mapping) and "paused" in about["hold"]
    held = case.hold and {name: one for name, one in case.hold.items() if told_all or name != "paused"}
    for name, value in (
        ("number", case.number),
        ("state", case.main.states[0]),
        ("outcome", case.outcome),
        ("reasons", case.reasons),
        ("opened_at", case.opened_at),
        ("closed_at", case.closed_at),
        ("owner", case.owner),
        ("hold", held),
        *title_of(case).items(),
    ):
        told = about[name]
        if name == "owner" and told is not None:
            told = told["id"]
        if not _same(told, value):
            yield Fault("told_case", {"name": name, "told": _word(told), "wanted": _word(value)}, _INDEX)
    if "team" in about and (team := [one["id"] for one in about["team"]]) != case.team:
        yield Fault("told_case", {"name": "team", "told": _word(team), "wanted": _word(case.team)}, _INDEX)
    as_told |= {f"case.{name}" for name in about.keys() - _OF_CASE}
    people = {"owner": [about["owner"]] if about["owner"] else [], "team": about.get("team", [])}
    as_told |= {f"case.{name}.{key}" for name, some in people.items() for one in some for key in one.keys() - {"id"}}
    yield from _tables(case, rows, as_told)
    for name, of_case in (("consents", consents_listed(case)), ("grants", grants_listed(case))):
        if name in about:
            yield from _rows(f"case.{name}", of_case, about[name])
            as_told |= _more(f"case.{name}", of_case, about[name])
    if "documents" in index:
        yield from _documents(case, index["documents"], as_told)


def _tables(case: Case, rows: Mapping[str, Sequence[Row]], as_told: set[str]) -> Iterator[Fault]:
    tables = tables_of(case)
    orders = {table: ids for table, ids in orders_of(case).items() if len(ids) <= _MOST_PLACED}
    as_told |= {table for table, told in rows.items() if table not in tables and told}
    for table, wanted in tables.items():
        told = rows.get(table, [])
        yield from _rows(table, wanted, told)
        as_told |= _more(table, wanted, told) - ({f"{table}.position"} if table in orders else set())
        yield from _order(table, orders.get(table, []), told)


def _order(table: str, ids: Sequence[str], rows: Sequence[Row]) -> Iterator[Fault]:
    """Rows lie in the order in which they were opened: by how much one lies after another, no event says."""
    places = {row["id"]: row["position"] for row in rows if "position" in row}
    placed = [id for id in ids if id in places]
    for before, after in pairwise(placed):
        if not places[before] < places[after]:
            yield Fault("told_order", {"table": table, "row": after}, _INDEX)
            return


def _documents(case: Case, listed: Sequence[Row], as_told: set[str]) -> Iterator[Fault]:
    """The list of documents, of their versions and of who sees them; by which name something is called only while that was not erased."""
    within = {"documents.versions", "documents.shared"}
    documents, versions, shared = documents_listed(case), versions_listed(case), shared_listed(case)
    yield from _rows("index.documents", documents, listed)
    as_told |= _more("documents", documents, listed) - within
    told = [{**one, "id": f"{document['id']} v{one['version']}"} for document in listed for one in document["versions"]]
    yield from _rows("index.documents", versions, told)
    as_told |= _more("documents", versions, told) - {"documents.path"}
    if all("shared" in document for document in listed):
        told = [{**one, "id": f"{document['id']} {one['id']}"} for document in listed for one in document["shared"]]
        yield from _rows("index.documents", shared, told)
        as_told |= _more("documents.shared", shared, told)


def _more(table: str, wanted: Mapping[str, Row], rows: Sequence[Row]) -> set[str]:
    """What rows say besides what they are held against."""
    return {
        f"{table}.{name}"
        for row in rows
        if row["id"] in wanted
        for name in row.keys() - wanted[row["id"]].keys() - {"id"}
    }


def _rows(table: str, wanted: Mapping[str, Row], rows: Sequence[Row]) -> Iterator[Fault]:
    told = {row["id"]: row for row in rows}
    for row in rows:
        if told[row["id"]] is not row:
            yield Fault("told_row_more", {"table": table, "row": row["id"]}, _INDEX)
    for id in [*wanted, *(one for one in told if one not in wanted)]:
        if id not in told:
            yield Fault("told_row_missing", {"table": table, "row": id}, _INDEX)
        elif id not in wanted:
            yield Fault("told_row_more", {"table": table, "row": id}, _INDEX)
        else:
            for name, value in wanted[id].items():
                if not _same(told[id].get(name), value):
                    values = {
                        "table": table,
                        "row": id,
                        "name": name,
                        "told": _word(told[id].get(name)),
                        "wanted": _word(value),
                    }
                    yield Fault("told_row", values, _INDEX)


def _same(told: Any, value: Any) -> bool:
    if isinstance(value, datetime):
        return isinstance(told, str) and datetime.fromisoformat(told) == value
    if isinstance(value, list):
        return isinstance(told, list) and len(told) == len(value) and all(map(_same, told, value))
    return bool(told == value) and isinstance(told, bool) == isinstance(value, bool)


def _word(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_word, value))}]"
    return "-" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)


__all__ = ["told_faults"]
