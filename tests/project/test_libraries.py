"""What is declared is used: each library of setup.cfg is imported by what it is declared for, or is a tool that a file of ours runs."""

from __future__ import annotations

import ast
import re
from configparser import ConfigParser
from importlib.metadata import packages_distributions

from tests.support.databases import ROOT

#: What is run and not imported, and the file that does so.
TOOLS = {
    "build": "tests/project/test_wheel.py", "mypy": "Makefile", "nanio": "tests/support/s3_server.py",
    "pytest-xdist": "Makefile", "ruff": "Makefile",
    "setuptools": "pyproject.toml",
    "types-jsonschema": "setup.cfg", "types-protobuf": "setup.cfg",
    "types-pyyaml": "setup.cfg", "types-requests": "setup.cfg",
    "weasyprint": "casework/operations/letters/pdf.py",
}  # fmt: skip
#: How it is called there, where that is not its own name.
CALLED = {"pytest-xdist": "-n auto"}


#: What is installed, and what works on it.
PACKAGES, WORKSHOP = ("casework", "workflows", "migrations"), ("tests", "docs", "benchmarks")


def declared(*, all_of: bool = True) -> set[str]:
    """The libraries of setup.cfg: all of them, or those alone without which nothing runs."""
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg")
    lists = [config["options"]["install_requires"], *(config["options.extras_require"].values() if all_of else ())]
    lines = [line.strip() for one in lists for line in one.splitlines()]
    return {re.split(r"[\[<>=~! ]", line)[0].lower() for line in lines if line and not line.startswith("#")}


def imported(folders: tuple[str, ...]) -> set[str]:
    """The libraries that the code of some folders imports, or looks for by name."""
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
    left = sorted(declared() - imported(PACKAGES + WORKSHOP) - set(TOOLS))
    assert left == [], "drop it from setup.cfg, or use it"


def test_what_only_the_tests_import_is_not_installed_with_the_package() -> None:
    left = sorted(declared(all_of=False) - imported(PACKAGES))
    assert left == [], "it belongs to the extra `dev`"


def test_each_tool_is_declared_and_run_where_it_is_said() -> None:
    assert set(TOOLS) <= declared()
    for tool, home in TOOLS.items():
        assert CALLED.get(tool, tool) in (ROOT / home).read_text("utf-8"), tool
