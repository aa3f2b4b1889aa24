"""Whether a routing table said of a task what an event keeps of it: the table stands in the log of the programme, and is asked again.

A row holds where each of its cells does. A cell is a dash, a value, a comparison, a range, several of them with commas between, or
`not(...)` of that; a comparison with what is lacking holds neither so nor under `not`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from casework_verify.replay.context import Context, Found, say
from casework_verify.replay.roles import GRACE
from casework_verify.replay.standing import Case, Event, Task

#: The row names nobody.
_ANYBODY = "anybody"
_NUMBERS = frozenset({"amount", "age"})
_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?"
_TEST = re.compile(
    rf"""\s*(?:
      (?P<text>"(?:[^"\\]|\\.)*") | (?P<null>null) | (?P<by><=|>=|<|>)\s*(?P<end>{_NUMBER})
    | (?P<opens>[\[(])\s*(?P<low>{_NUMBER})\s*\.\.\s*(?P<high>{_NUMBER})\s*(?P<closes>[\])]) | (?P<number>{_NUMBER})
    )\s*(?P<more>,|$)""",
    re.VERBOSE,
)


def routed_faults(context: Context, case: Case, event: Event, task: Task) -> Found:
    """What speaks against what an allocation says of the table, and against whom it gave the task to by it."""
    allocation = event.effects["allocation"]
    routed = allocation.get("routed")
    if routed is None:
        return
    tables = context.roles.tables if context.roles is not None else {}
    found = tables.get((case.programme, routed["version"]))
    if found is None or found[0] > event.at + GRACE or task.organisation is not None:
        yield say("routing_missing", name=task.name, version=routed["version"])
        return
    try:
        said = _ask(found[1], _facts(case, task))
    except (LookupError, TypeError, ValueError, InvalidOperation, AttributeError):
        yield say("routing_unreadable", name=task.name, version=routed["version"])
        return
    if said != {name: routed[name] for name in said}:
        yield say("routing_other", name=task.name, version=routed["version"])
    named = {one.get("to") for one in said["outputs"]} - {None, _ANYBODY}
    cap = allocation["cap"]
    free = {one["person"] for one in allocation["among"] if cap is None or one["load"] < cap}
    holder = next((one.get("holder") for one in event.effects.get("task_states", ())), None)
    if named & free and holder not in named:
        yield say("routing_passed_over", name=task.name)


def _facts(case: Case, task: Task) -> dict[str, str | None]:
    """What is known of a task and its case."""
    track = case.tracks[task.track]
    referral = case.referral_of(track)
    asked = referral.fired.get(referral.played.get("sends", "")) if referral is not None else None
    opened = case.as_opened
    return {
        "queue": task.queue,
        "service": track.kind,
        "kind": task.type,
        "technology_field": opened.get("technology_field"),
        "sector": opened.get("sector"),
        "district": opened.get("district"),
        "amount": _amount(asked.data.get("amount")) if asked is not None else None,
        "age": str(max((task.opened_at - case.opened_at).days, 0)),
    }


def _amount(wanted: Any) -> str | None:
    if not isinstance(wanted, Mapping) or wanted.get("currency") != "CNY":
        return None
    if re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,15})?", str(wanted.get("amount"))) is None:
        return None
    said = format(Decimal(wanted["amount"]), "f")
    return said.rstrip("0").rstrip(".") if "." in said else said


def _ask(table: Mapping[str, Any], facts: Mapping[str, str | None]) -> dict[str, Any]:
    """What was asked, which rows hold, and what these decide."""
    columns = [one["name"] for one in table["inputs"]]
    policy, hits, outputs = table["hit_policy"], [], []
    for n, rule in enumerate(table["rules"], 1):
        if all(_holds(cell, name, facts[name]) for name, cell in zip(columns, rule["inputs"], strict=True)):
            hits.append(n)
            outputs.append({"to": _said(rule["outputs"][0])})
            if policy == "first":
                break
    if not hits and policy != "collect":
        outputs.append({"to": _said(table["outputs"][0]["default"])})
    return {"inputs": {name: facts[name] for name in columns}, "hits": hits, "outputs": outputs}


def _said(cell: str) -> str | None:
    """The text that an output is; nothing written decides nothing."""
    return str(json.loads(cell)) if cell else None


def _holds(cell: str, name: str, value: str | None) -> bool:
    if cell == "-":
        return True
    negated = cell.startswith("not(") and cell.endswith(")")
    found = list(_tests(cell[4:-1] if negated else cell, Decimal(value) if name in _NUMBERS and value else value))
    return all(one is False for one in found) if negated else True in found


def _tests(cell: str, value: Any) -> Iterator[bool | None]:
    """Of each test whether it holds; None where nothing can be said."""
    at, more = 0, True
    while more:
        test = _TEST.match(cell, at)
        if test is None:
            raise ValueError(cell)
        at, more = test.end(), test["more"] == ","
        yield _test(test, value)


def _test(test: re.Match[str], value: Any) -> bool | None:
    if test["null"]:
        return value is None
    if test["text"]:
        return bool(value == re.sub(r"\\(.)", r"\1", test["text"][1:-1]))
    if test["number"]:
        return bool(value == Decimal(test["number"]))
    if value is None:
        return None
    if test["by"]:
        return _compare(test["by"], value, Decimal(test["end"]))
    above = _compare(">=" if test["opens"] == "[" else ">", value, Decimal(test["low"]))
    return above and _compare("<=" if test["closes"] == "]" else "<", value, Decimal(test["high"]))


def _compare(by: str, value: Decimal, end: Decimal) -> bool:
    return {"<": value < end, "<=": value <= end, ">": value > end, ">=": value >= end}[by]


__all__ = ["routed_faults"]
