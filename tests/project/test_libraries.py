"""What is declared is used: each library of setup.cfg is imported somewhere, or is a tool that a file of ours runs."""

from __future__ import annotations

import ast
import re
from configparser import ConfigParser
from importlib.metadata import packages_distributions

from tests.support.databases import ROOT

#: What is run and not imported, and the file that does so.
TOOLS = {
    "build": "tests/project/test_wheel.py", "mypy": "Makefile", "pytest-xdist": "Makefile", "ruff": "Makefile",
    "setuptools": "pyproject.toml",
    "types-jsonschema": "setup.cfg", "types-pyyaml": "setup.cfg", "types-requests": "setup.cfg",
    "weasyprint": "casework/operations/letters/pdf.py",
}  # fmt: skip
#: How it is called there, where that is not its own name.
CALLED = {"pytest-xdist": "-n auto"}


def declared() -> set[str]:
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg")
    lists = [config["options"]["install_requires"], *config["options.extras_require"].values()]
    lines = [line.strip() for one in lists for line in one.splitlines()]
    return {re.split(r"[\[<>=~! ]", line)[0].lower() for line in lines if line and not line.startswith("#")}


def imported() -> set[str]:
    """The libraries that our code imports, or looks for by name."""
    folders = ("casework", "workflows", "migrations", "tests", "docs", "benchmarks")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.py")] + [ROOT / "wsgi.py"]
    names: set[str] = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
            elif (
                isinstance(node, ast.Call)
                and ast.unparse(node.func).endswith("find_spec")
                and isinstance(node.args[0], ast.Constant)
            ):
                names.add(str(node.args[0].value))
    homes = packages_distributions()
    return {library.lower().replace("_", "-") for name in names for library in homes.get(name.split(".")[0], ())}


def test_each_declared_library_is_imported_or_run() -> None:
    left = sorted(declared() - imported() - set(TOOLS))
    assert left == [], "drop it from setup.cfg, or use it"


def test_each_tool_is_declared_and_run_where_it_is_said() -> None:
    assert set(TOOLS) <= declared()
    for tool, home in TOOLS.items():
        assert CALLED.get(tool, tool) in (ROOT / home).read_text("utf-8"), tool
