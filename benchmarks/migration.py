"""Cases at mixed steps move to another edition and go back, and both times everything verifies."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from statistics import median
from typing import Any, cast

from benchmarks import ours
from benchmarks.figures import Figure, Scale, ms, timed
from benchmarks.world import STEPS, World, teach_standard
from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.definition.migration_plans import MigrationPlan, plan_migration
from casework.engine.state.case import Case
from casework.ledger.canonical_json import digest
from casework.operations.core.editions import store_editions
from casework.operations.people.case_migrations import judge_cases, move_case, stands_alike, take_back_case
from casework.operations.verification.service import verify_all
from casework.permissions.actors import Actor
from casework.records.case_loader import load
from casework.records.database import connect_engine, transaction

#: The step that goes, and the one that takes its place.
_GONE, _COMES = "step3", "step3_anew"


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    mine = ours.Ours(world)
    logs = [_case(mine, match, n % (STEPS - 1)) for n, match in enumerate(world.make_matches(mine.engine, scale.moved))]
    plan = plan_migration(teach_standard(), _publish(world), {"states": {_GONE: _COMES}})
    supervisor = world.actor(mine.engine, world.supervisor)
    with transaction(mine.engine) as db:
        before = {log: load(db, log, "case") for log in logs}
        judged = {one.id: one.outcome for one in judge_cases(db, supervisor, world.programme, plan)}
    there = [timed(_move, mine, supervisor, log, plan) for log in logs]
    moved = _loaded(mine, logs)
    yield Figure(
        "cases moved to another edition",
        sum(case.main.edition == plan.new.fingerprint for case in moved.values()),
        "cases",
        len(logs),
        detail=f"{ms(median(there))} each; {sum(judged[log] == 'moves_with_mapping' for log in logs)} with the mapping",
    )
    kept = sum(_open(before[log]) == _open(moved[log]) for log in logs)
    yield Figure("of these whose tasks, clocks and accesses stayed", kept, "cases", len(logs))
    wrong = {fault.log for fault in verify_all(mine.engine)}
    yield Figure("of these that verify", len(set(logs) - wrong), "cases", len(logs))
    back = [timed(_take_back, mine, supervisor, log, plan.digest) for log in logs]
    after = _loaded(mine, logs)
    alike = sum(stands_alike(before[log], after[log]) for log in logs)
    yield Figure("cases as before after the way back", alike, "cases", len(logs), detail=f"{ms(median(back))} each")
    wrong = {fault.log for fault in verify_all(mine.engine)}
    yield Figure("of these that verify after it", len(set(logs) - wrong), "cases", len(logs))
    mine.close()


def _case(mine: ours.Ours, match: str, steps: int) -> str:
    """A case that has come so far; every third has somebody at work on its next step."""
    hand = mine.open(match)
    for _ in range(steps):
        mine.find_task(hand)
        mine.claim(hand)
        mine.complete(hand)
    if steps % 3 == 0:
        mine.find_task(hand)
        mine.claim(hand)
    return hand.log


def _publish(world: World) -> Edition:
    """The next edition: a step less and another in its place, one more, another form, and a shorter limit."""
    first = teach_standard()
    rules: Any = deepcopy(first.rules)
    rules["edition"] += 1
    rules["states"][_COMES] = rules["states"].pop(_GONE)
    rules["states"]["step_more"] = deepcopy(rules["states"]["step1"])
    rules["states"]["step5"]["due"]["n"] = 2
    rules["order"] = [_COMES if path == _GONE else path for path in rules["order"]] + ["step_more"]
    for way in rules["transitions"]:
        way["from"] = [_COMES if path == _GONE else path for path in way["from"]]
        way["to"] = {_GONE: _COMES, "step8": "step_more"}.get(way["to"], way["to"])
    like = next(way for way in rules["transitions"] if way["name"] == "finish8")
    rules["transitions"].append(deepcopy(like) | {"name": "finish_more", "from": ["step_more"], "to": "step8"})
    form = next(iter(rules["forms"].values()))
    form.append({"name": "more", "type": "note", "required": False, "fact": False})
    edition = Edition(rules, first.texts, digest(rules))
    cast(dict[str, Edition], load_library().editions)[edition.fingerprint] = edition
    owner = connect_engine(world.settings, role="owner")
    with transaction(owner) as db:
        store_editions(db)
    owner.dispose()
    return edition


def _move(mine: ours.Ours, supervisor: Actor, log: str, plan: MigrationPlan) -> None:
    with transaction(mine.engine) as db:
        move_case(db, supervisor, log, plan)


def _take_back(mine: ours.Ours, supervisor: Actor, log: str, plan: str) -> None:
    with transaction(mine.engine) as db:
        take_back_case(db, supervisor, log, plan)


def _loaded(mine: ours.Ours, logs: list[str]) -> dict[str, Case]:
    with transaction(mine.engine) as db:
        return {log: load(db, log, "case") for log in logs}


def _open(case: Case) -> Any:
    """What is open in a case: tasks with who has them and until when, clocks with their moments, accesses."""
    return (
        {task.id: (task.state, task.holder, task.due_at) for task in case.open_tasks()},
        {clock.id: (clock.steps, clock.next, clock.state, clock.left) for clock in case.clocks.values()},
        case.grants,
        case.consents,
    )
