"""What the formatter leaves alone is a table: data at the top of a module, or a row of a definition, so that rows stay rows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.databases import ROOT

FOLDERS = ("casework", "workflows", "migrations", "tests", "docs", "benchmarks")
LITERALS = ast.Dict | ast.List | ast.Tuple | ast.Set


def marked(path: Path) -> set[int]:
    """The lines of a file that end in the mark, by number."""
    lines = path.read_text("utf-8").splitlines()
    return {number for number, line in enumerate(lines, 1) if line.rstrip().endswith("# fmt: " + "skip")}


def tables(path: Path) -> set[int]:
    """The last lines of its tables: of a literal given a name in a module, and in a definition of anything a class names."""
    tree = ast.parse(path.read_text("utf-8"))
    places: list[ast.stmt] = list(tree.body)
    if path.is_relative_to(ROOT / "workflows"):
        places += [part for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for part in node.body]
        literal: type | object = ast.expr
    else:
        literal = LITERALS
    return {
        part.end_lineno or 0
        for part in places
        if isinstance(part, ast.Assign | ast.AnnAssign) and isinstance(_data(part.value), literal)  # type: ignore[arg-type]
    }


def _data(value: ast.expr | None) -> ast.expr | None:
    """The literal itself, or the first one that a call such as `frozenset` is given."""
    return value.args[0] if isinstance(value, ast.Call) and value.args else value


@pytest.mark.parametrize("folder", FOLDERS)
def test_only_tables_are_left_unformatted(folder: str) -> None:
    elsewhere = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in (ROOT / folder).rglob("*.py")
        for line in sorted(marked(path) - tables(path))
    ]
    assert not elsewhere
