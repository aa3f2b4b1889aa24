"""A role is a member of `Role` wherever Python speaks of one, and one of its codes wherever SQL does."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from casework.engine.roles import PERSONAL_ROLES, QUEUE_ROLES, Role, role_of

ROOT = Path(__file__).parents[2]
#: Words that mean a role and nothing else; "provider" is also a field, "system" an actor, "manager" a player of the demo.
ROLES_ALONE = {
    Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE, Role.DISPUTE_OFFICER, Role.PROVIDER_LEAD, Role.AUDITOR, Role.OBSERVER,
    Role.ADMINISTRATOR,
}  # fmt: skip
#: Where such a word names something else: the players of the demo, the terms that people read, and the words for codes,
#: which know no engine.
ELSEWHERE = (
    "casework/engine/roles.py",
    "casework/demo/cast.py",
    "casework/demo/furnishing.py",
    "casework/demo/results.py",
    "casework/demo/scripts/",
    "casework/playbook/",
    "casework/reasons/terms.py",
    "casework/web/shell/glossary.py",
)
#: And the field of a form, by what a figure tells its lines apart, and what of the law a guard keeps.
OTHERWISE = {
    ("workflows/effects.py", "officer"), ("workflows/guards.py", "officer"), ("casework/engine/figures/workload.py", "officer"),
    ("casework/operations/oversight/figure_names.py", "officer"), ("casework/web/oversight/figure_shapes.py", "officer"),
    ("casework/web/oversight/figure_tables.py", "officer"), ("casework/engine/definition/registry.py", "compliance"),
}  # fmt: skip
SQL_ROLE = re.compile(r"\brole'? ?(?:=|<>|IN \(|NOT IN \()((?: ?'\w+',?)+)")


@cache
def sources() -> dict[str, ast.Module]:
    paths = [path for part in ("casework", "workflows") for path in sorted((ROOT / part).rglob("*.py"))]
    names = {path.relative_to(ROOT).as_posix(): path for path in paths}
    return {name: ast.parse(path.read_text("utf-8")) for name, path in names.items() if not name.startswith(ELSEWHERE)}


def is_translated(call: ast.AST) -> bool:
    return isinstance(call, ast.Call) and getattr(call.func, "id", "") in {"N_", "_", "gettext"}


def test_no_role_is_a_bare_string() -> None:
    bare = set()
    for name, tree in sources().items():
        words = {id(arg) for call in ast.walk(tree) if is_translated(call) for arg in getattr(call, "args", ())}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and node.value in ROLES_ALONE and id(node) not in words:
                bare.add((name, node.value))
    assert bare == OTHERWISE


def test_every_role_in_sql_is_one() -> None:
    written = [
        (name, code)
        for name, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for place in SQL_ROLE.findall(node.value)
        for code in re.findall(r"\w+", place)
    ]
    assert len(written) > 10
    assert [one for one in written if role_of(one[1]) is None] == []


@pytest.mark.parametrize("role", Role)
def test_a_code_gives_its_role(role: Role) -> None:
    assert role_of(role.value) is role
    assert f"{role}" == role.value


@pytest.mark.parametrize("code", ["", "Officer", "OFFICER", None, "none"])
def test_another_code_gives_none(code: str | None) -> None:
    assert role_of(code) is None


def test_a_person_has_every_role_but_a_partys_and_the_systems() -> None:
    assert {*Role} - {*PERSONAL_ROLES} == {Role.PARTY, Role.SYSTEM}
    assert Role.SYSTEM not in {role for roles in QUEUE_ROLES.values() for role in roles}
