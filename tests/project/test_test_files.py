"""Each module of these folders has its test file by its name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.databases import ROOT

#: The folders of casework in which every module has its test file.
HELD = ("engine", "records", "operations")
#: Modules that declare names, types or constants and do nothing.
DECLARE = frozenset({
    "engine/definition/consequences", "engine/execution/commands", "engine/execution/record_commands",
    "engine/execution/task_commands", "engine/state/case_values", "engine/state/found_case",
    "engine/state/document_effects_schema", "engine/state/events", "engine/state/register_effects",
    "engine/state/impact_values", "engine/state/message_effects", "engine/state/migration_effects", "engine/state/screening_values",
    "engine/state/party_links",
    "engine/state/right_values", "operations/audit/views", "operations/auth/views", "operations/cases/action_views",
    "operations/cases/event_views", "operations/cases/link_views", "operations/cases/move_views", "operations/cases/views",
    "operations/catalogue/assessment_views",
    "operations/catalogue/merging_views", "operations/catalogue/right_views",
    "operations/matching/published_views",
    "operations/deadlines/views", "operations/documents/views",
    "operations/history/views", "operations/integrations/views", "operations/letters/views", "operations/links/views",
    "operations/mediations/views", "operations/messages/views",
    "operations/oversight/views", "operations/people/case_migration_views",
    "operations/people/edition_choice_views", "operations/people/list_views",
    "operations/people/provider_list_views", "operations/people/retention_views",
    "operations/people/routing_views", "operations/people/views", "operations/people/weights_views",
    "operations/privacy/views",
    "operations/referrals/sheet_views", "operations/referrals/views", "operations/results/views",
    "operations/search/views", "operations/tasks/views", "operations/verification/views", "records/tables/accounts",
    "records/tables/assessments",
    "records/tables/cases", "records/tables/documents", "records/tables/history", "records/tables/links", "records/tables/matching",
    "records/tables/needs", "records/tables/notifications",
    "records/tables/people", "records/tables/sources", "records/tables/stories", "records/tables/transparency",
    "records/tables/verification",
})  # fmt: skip


def modules() -> list[str]:
    """The modules of the folders that are held, by their place in casework."""
    paths = [path for folder in HELD for path in (ROOT / "casework" / folder).rglob("*.py")]
    return sorted(str(path.relative_to(ROOT / "casework").with_suffix("")) for path in paths if path.stem != "__init__")


def own_file(module: str) -> Path:
    place = Path(module)
    return ROOT / "tests" / place.parent / f"test_{place.name}.py"


def names_of_tests(path: Path) -> list[str]:
    """The names of the tests that a file has."""
    functions = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef))
    return [function.name for function in functions if function.name.startswith("test_")]


def test_each_module_has_its_test_file() -> None:
    left = [module for module in modules() if not own_file(module).exists()]
    assert [module for module in left if module not in DECLARE] == []


@pytest.mark.parametrize("module", sorted(DECLARE))
def test_what_is_said_to_declare_only_has_nothing_to_test(module: str) -> None:
    tree = ast.parse((ROOT / "casework" / f"{module}.py").read_text("utf-8"))
    doing = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.comprehension | ast.If | ast.For
    assert not [node for node in ast.walk(tree) if isinstance(node, doing)]


def test_each_test_file_has_tests() -> None:
    held = [own_file(module) for module in modules() if own_file(module).exists()]
    assert [path for path in held if not names_of_tests(path)] == []
