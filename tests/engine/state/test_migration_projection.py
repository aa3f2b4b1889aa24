"""What a move makes of a case, told as JSON gives it back: edition and names change, and nothing else does."""

from __future__ import annotations

import json

from casework.engine.definition.migration_plans import plan_migration
from casework.engine.execution.migrations import judge_case, way_back
from tests.engine.migrations import OLD, after, other, played, renamed, without_counts

NEW = other(lambda rules: renamed(rules, "b", "bee"))


def test_a_move_folds_alike_after_a_database_and_is_undone_by_its_way_back() -> None:
    case = played(["check", "go", "hold"]).case
    verdict = judge_case(plan_migration(OLD, NEW, {"states": {"b": "bee"}}), case)
    assert verdict.migration is not None
    moved, event = after(case, verdict.migration)
    assert after(case, json.loads(json.dumps(verdict.migration)))[0] == moved
    assert moved.main.states == ("held",)
    assert moved.main.came_from["held"] == ("bee",)
    assert moved.main.revision == case.main.revision + 1
    assert {task.edition for task in moved.open_tasks()} == {NEW.fingerprint}
    assert {clock.of for clock in moved.clocks.values()} >= {"bee"}
    back = after(moved, way_back(verdict.migration, event.seq))[0]
    assert without_counts(back) == without_counts(case)
