"""What a start does not load: large libraries that few requests need are imported when one comes."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.databases import ROOT

#: What ruff lets functions alone import.
BANNED: list[str] = tomllib.loads((ROOT / "ruff.toml").read_text("utf-8"))["lint"]["flake8-tidy-imports"][
    "banned-module-level-imports"
]
#: What came with it.
BEHIND = (
    "OpenSSL",
    "PIL",
    "casework.jobs",
    "cbor2",
    "croniter",
    "dateutil",
    "fontTools",
    "mako",
    "procrastinate",
    "pyasn1",
)
#: What the command line's help has no need of at all.
NOT_FOR_HELP = (
    "asyncio",
    "casework.operations",
    "casework.records",
    "flask",
    "gunicorn",
    "pydantic",
    "psycopg",
    "rich",
    "sqlalchemy",
)


def said(program: str, *arguments: str) -> list[str]:
    """The last line of a program in an interpreter of its own, word by word."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout.splitlines()[-1].split()


def loaded(program: str) -> set[str]:
    """The modules that are there after a program."""
    return set(said(f"import sys; {program}; print(*sys.modules)"))


def test_to_serve_loads_nothing_that_few_requests_need() -> None:
    modules = loaded("import casework.commands.serve")
    assert "casework.web.app" in modules
    assert sorted(modules & {*BANNED, *BEHIND, "rich"}) == []


def test_what_is_loaded_late_is_what_is_looked_for() -> None:
    """Each name is of a module that exists, and comes with those that are imported where they are used."""
    modules = loaded(f"import importlib; [importlib.import_module(name) for name in {BANNED!r}]")
    assert sorted({*BANNED, *BEHIND} - modules) == []


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_the_help_loads_neither_pages_nor_database(arguments: list[str]) -> None:
    modules = loaded(f"from casework.cli import main; main({arguments!r}, standalone_mode=False)")
    assert "casework.cli" in modules
    assert sorted(modules & set(NOT_FOR_HELP)) == []


def test_a_start_makes_no_document_of_the_api(tmp_path: Path) -> None:
    """It is made when somebody first asks for it."""
    program = """
import sys
import casework.api
from casework.settings import Settings
from casework.web.app import create_app
create_app(Settings(profile="test", var=sys.argv[1], database_url="postgresql://nobody@127.0.0.1:1/nothing"))
print(casework.api._document.cache_info().misses)
"""
    assert said(program, str(tmp_path)) == ["0"]
