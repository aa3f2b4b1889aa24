"""What must hold of the lines that are told outside the office, of mediations, and of what a report tells anew of earlier months.

Outside a number under three is told as "<3" or not at all, and more are hidden so that nobody subtracts. Which more these are is not looked
for here: what is told is held against what was counted, and that nothing is told that is under three.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .every import MEDIATIONS
from .rows import called, plain
from .rows import row as line_of

LEAST, FEW = 3, "<3"
#: Of mediations no number under it is told, and no two that differ by less.
LEAST_OF_MEDIATIONS, UNDER = 5, "<5"
#: What never leaves the office: a figure, and what is a part of some lines.
INSIDE, UNTOLD = "workload", {"funnel": {"otherwise"}}
#: What of a line is told outside beside its numbers.
TOLD = ("percent", "median", "p90", "amount", "unripe")


def quarter_before(at: datetime, zone: ZoneInfo) -> datetime:
    """The last instant of the quarter that ended last."""
    today = at.astimezone(zone).date()
    first = date(today.year, today.month - (today.month - 1) % 3, 1)
    return datetime.combine(first, time(), zone) - timedelta(microseconds=1)


# --- outside ---------------------------------------------------------------------------------------------------------


def against_hiding(name: str, said: dict[str, Any], found: dict[str, Any]) -> Iterator[str]:
    """Where a line that is told outside is not what was counted, with what is under three hidden."""
    numbers = {"numerator": found["numerator"], "denominator": found["denominator"]}
    told = {"numerator": said["numerator"], "denominator": said["denominator"]}
    parts = {part: n for part, n in found["parts"].items() if part not in UNTOLD.get(name, ())}
    if said["parts"].keys() != parts.keys():
        yield f"of parts the report says {sorted(said['parts'])}, the logs {sorted(parts)}"
    for cell, number in [*numbers.items(), *parts.items()]:
        shown = told.get(cell, said["parts"].get(cell))
        if not _hides(shown, number):
            yield f"of {cell} the report says {shown}, the logs {number}"
    whole = isinstance(said["numerator"], int)
    wanted = {name: found[name] for name in TOLD}
    if not whole or not isinstance(said["denominator"], int):
        wanted["percent"] = None
    if not whole:
        wanted |= {"median": None, "p90": None, "amount": None}
    shown_amount = said["amount"]
    for key, value in plain(wanted).items():
        mine = plain({key: said[key]})[key]
        # An amount is left out, too, where it would follow from those of other lines.
        if mine != value and not (key == "amount" and shown_amount is None):
            yield f"of {key} the report says {mine}, the logs {value}"


def _hides(shown: Any, number: int | None) -> bool:
    """Whether a number may be told so: as it is from three on, under three by name, or not at all."""
    if number is None or shown is None:
        return shown is None
    if shown == FEW:
        return number < LEAST
    return bool(shown == number and number >= LEAST)


# --- mediations ------------------------------------------------------------------------------------------------------


def against_telling(rows: list[dict[str, Any]], until: datetime, zone: ZoneInfo) -> Iterator[str]:
    """Where the lines of mediations tell what may not be told: numbers under five, two that differ by less, or no end of a quarter."""
    lines = [("referred", None), ("settled", "referred"), ("settled", "ripe"), ("settled", "appointed")]
    lines.append(("resolved_by_talks", "referred"))
    if [(row["of"]["what"], row["of"].get("among")) for row in rows] != lines:
        yield f"{MEDIATIONS}: there are other lines than there should be"
        return
    known: dict[str, set[int]] = {}
    for row, (what, among) in zip(rows, lines, strict=True):
        mine = None if row["numerator"] == UNDER else row["numerator"]
        known.setdefault(what, set()).update([] if mine is None else [mine])
        known.setdefault(among or what, set()).update([] if row["denominator"] is None else [row["denominator"]])
        # Inside it is said beside the number that there is none.
        if "under" in row and row["under"] != (LEAST_OF_MEDIATIONS if mine is None else None):
            yield f"{MEDIATIONS} {called(row)}: it is not told as under {LEAST_OF_MEDIATIONS}"
        if row["percent"] != _share(mine, row["denominator"]):
            yield f"{MEDIATIONS} {called(row)}: the share is not what its numbers say"
    if any(len(values) > 1 for values in known.values()):
        yield f"{MEDIATIONS}: one number is told as two"
    numbers = sorted({n for values in known.values() for n in values})
    if any(n - before < LEAST_OF_MEDIATIONS for before, n in zip([0, *numbers], numbers, strict=False)):
        yield f"{MEDIATIONS}: of the numbers {numbers} some are under five, or too near to each other"
    yield from _ends(rows, until, zone)


def _share(numerator: int | None, denominator: int | None) -> Any:
    return line_of({}, numerator, denominator)["percent"]


def _ends(rows: list[dict[str, Any]], until: datetime, zone: ZoneInfo) -> Iterator[str]:
    """All lines are as of one end of a quarter that has passed."""
    days = {row["of"]["until"] for row in rows}
    day = next(iter(days))
    if len(days) > 1 or (day is None and any(isinstance(row["numerator"], int) for row in rows)):
        yield f"{MEDIATIONS}: they are as of {sorted(map(str, days))}"
    elif day is not None:
        after = date.fromisoformat(day) + timedelta(days=1)
        if after.day != 1 or after.month % 3 != 1 or after > until.astimezone(zone).date():
            yield f"{MEDIATIONS}: {day} is no end of a quarter that had passed"


# --- what is told anew -----------------------------------------------------------------------------------------------

_NUMBERS = ("numerator", "under", "denominator", "percent", "parts", "median", "p90", "money", "amount", "unripe")
_DERIVED = ("percent", "median", "p90", "amount")


def told_anew(before: dict[str, Any] | None, content: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The months that the report before told, as it told them and as this one does; outside without what is hidden there now."""
    found: dict[str, list[dict[str, Any]]] = {"inside": [], "outside": []}
    if before is None:
        return found
    for side, lines in found.items():
        then, now = before[side]["figures"], content[side]["figures"]
        months = [row["of"]["month"] for figure in then.values() for row in figure["rows"] if row["of"].get("month")]
        for name, figure in then.items():
            said = {_of(row): row for row in figure["rows"]}
            today = {_of(row): row for row in now.get(name, {"rows": []})["rows"]}
            for key, row in said.items():
                if row["of"].get("month") is not None:
                    lines.append(_line(name, row, _numbers(row), _numbers(today.get(key)), outside=side == "outside"))
            for key, row in today.items():
                if (
                    key not in said
                    and row["of"].get("month") is not None
                    and row["of"]["month"] <= max(months, default="")
                ):
                    lines.append(_line(name, row, None, _numbers(row), outside=side == "outside"))
    return found


def _of(row: dict[str, Any]) -> str:
    return called({"of": {name: value or "" for name, value in row["of"].items()}})


def _numbers(row: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if row is None else {name: row[name] for name in _NUMBERS if name in row}


def _line(name: str, row: dict[str, Any], then: Any, now: Any, *, outside: bool) -> dict[str, Any]:
    if outside and then is not None and now is not None:
        hidden = {cell: None for cell in ("numerator", "denominator") if now[cell] is None}
        parts = {part: None if now["parts"].get(part, 0) is None else n for part, n in then["parts"].items()}
        bare = {**then, **hidden, "parts": parts}
        then = bare if bare == then else {**bare, **dict.fromkeys(_DERIVED)}
    return {"figure": name, "of": row["of"], "then": then, "now": now}
