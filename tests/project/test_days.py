"""A day is taken of a moment in one place: elsewhere it would be UTC's, and before 08:00 in Beijing yesterday's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "casework").rglob("*.py"), *(ROOT / "workflows").rglob("*.py")])
TEMPLATES = sorted(one for one in (ROOT / "templates").rglob("*.*") if "__pycache__" not in one.parts)
#: The one place: file and function.
THE_PLACE = ("casework/engine/deadlines/calendars.py", "day_in")
#: What is held against that place and shares nothing with it, and days as somebody typed or wrote them.
APART = {
    "casework/demo/minutes.py",
    "casework/commands/simulate.py",
    "casework/operations/deadlines/calendar_import.py",
}

#: In SQL a day comes of a moment in a zone, of a value given as one, or of JSON, which holds days as they were written.
_SQL_DAY = re.compile(r"::\s*date\b|\bAS\s+date\s*\)", re.IGNORECASE)
_SQL_FINE = re.compile(r"AT TIME ZONE|->>|:\w+\s*(AS|::)\s*date", re.IGNORECASE)
_SQL_TODAY = re.compile(
    r"\bcurrent_date\b|\bnow\(\)\s*::\s*date|date_trunc\('(day|week|month|year)'|\blocaltime", re.IGNORECASE
)


def faults_of(source: str, name: str) -> Iterator[str]:
    """Where a source takes a day of a moment by itself."""
    tree = ast.parse(source)
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and (name, function.name) == THE_PLACE
        for node in ast.walk(function)
    }
    # An f-string is read as a whole, for what is put into it stands between the words of the statement.
    parts = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if node in inside or node in parts:
            continue
        match node:
            case ast.Call(func=ast.Attribute(attr="date" | "today" | "utcnow" as taken), args=[]):
                yield f"{name}:{node.lineno}: .{taken}()"
            case ast.Subscript(slice=ast.Slice(lower=None, upper=ast.Constant(value=10))):
                yield f"{name}:{node.lineno}: [:10]"
        if isinstance(node, ast.JoinedStr) or isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (f"{name}:{node.lineno}: {fault}" for fault in faults_of_sql(_words(node)))


def _words(node: ast.JoinedStr | ast.Constant) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def faults_of_sql(statement: str) -> Iterator[str]:
    for line in statement.splitlines():
        if _SQL_TODAY.search(line):
            yield line.strip()
        for found in _SQL_DAY.finditer(line):
            before = line[: found.end()]
            if not _SQL_FINE.search(before):
                yield line.strip()


def test_no_source_takes_a_day_of_a_moment_by_itself() -> None:
    assert [
        fault
        for one in SOURCES
        if str(one.relative_to(ROOT)) not in APART
        for fault in faults_of(one.read_text(), str(one.relative_to(ROOT)))
    ] == []


def test_no_template_cuts_a_day_out_of_a_moment() -> None:
    cut = re.compile(r"\[:\s*10\]|\.date\(\)|truncate\(10\)")
    assert [f"{one.name}: {found[0]}" for one in TEMPLATES for found in cut.finditer(one.read_text())] == []


@pytest.mark.parametrize(
    "source",
    [
        "now(db).date()",
        "date.today()",
        "datetime.utcnow()",
        "instant(moment)[:10]",
        "'WHERE starts_on <= casework_now()::date'",
        "'CAST(e.at AS date) - 5'",
        "'ends_on >= CURRENT_DATE'",
        "\"date_trunc('day', at)\"",
        "f'{x} AND y::date'",
    ],
)
def test_what_would_be_utcs_day_is_found(source: str) -> None:
    assert list(faults_of(source, "casework/some.py"))


@pytest.mark.parametrize(
    "source",
    [
        "calendar.local_date(moment)",
        "day_in(moment, zone)",
        "'(e.at AT TIME ZONE :zone)::date'",
        "\"CAST(e.effects->>'on' AS date)\"",
        "\"date_trunc('minute', at)\"",
        "rows[:10_000]",
    ],
)
def test_what_is_the_programmes_day_is_not(source: str) -> None:
    assert not list(faults_of(source, "casework/some.py"))
