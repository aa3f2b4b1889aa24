"""What the formatter leaves alone is a table (data at the top of a module, or a row of a definition), and each silenced check
has its reason beside it."""

from __future__ import annotations

import ast
import re
import tokenize
from pathlib import Path

import pytest

from tests.support.databases import ROOT

FOLDERS = ("casework", "workflows", "migrations", "tests", "docs", "benchmarks", "verifier")
LITERALS = ast.Dict | ast.List | ast.Tuple | ast.Set
#: A comment by which a tool looks away; and with what is looked away from, and after it words that say why.
_SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore|mypy:|ruff:|pragma|nosec|pylint|pyright|fmt:\s*(off|on))\b")
_REASONED = re.compile(r"# (noqa: [A-Z0-9, ]+|type: ignore\[[a-z, -]+\])  (# )?\S+ \S+")


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
        if isinstance(part, ast.Assign | ast.AnnAssign) and isinstance(_data(part.value), literal)  # type: ignore[arg-type]  # one class, or a union of them
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


def test_each_silenced_check_says_which_it_is_and_why() -> None:
    bare = []
    for path in [*(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")), *ROOT.glob("*.py")]:
        with path.open("rb") as file:
            comments = [one for one in tokenize.tokenize(file.readline) if one.type == tokenize.COMMENT]
        bare += [
            f"{path.relative_to(ROOT)}:{one.start[0]}: {one.string}"
            for one in comments
            if _SILENCED.search(one.string) and not _REASONED.search(one.string)
        ]
    assert bare == []


def test_each_exception_of_the_linter_has_a_comment() -> None:
    """Ignored rules have theirs on the line, exceptions for files above; mypy has no exceptions at all."""
    lines = (ROOT / "ruff.toml").read_text("utf-8").splitlines()
    ignored = [line for line in lines if re.match(r'    "[A-Z]+\d+",', line)]
    assert [line for line in ignored if not re.search(r"# \w+", line)] == []
    for number, line in enumerate(lines):
        if re.match(r'"[^"]+" = \[', line):
            above = number
            while lines[above - 1].startswith('"'):
                above -= 1
            assert lines[above - 1].startswith("# "), line
    assert "ignore_missing_imports" not in (ROOT / "setup.cfg").read_text("utf-8")
