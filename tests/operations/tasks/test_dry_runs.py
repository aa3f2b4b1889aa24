"""What a dry run or a preview tells is what then happens, item by item, over random worlds; and trying changes nothing.

The worlds are those of the random walk of people: cases at all steps, people who are away, who have left, who stand in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.execution import task_lifecycle
from casework.engine.roles import Role
from casework.errors import CasesLeft, CaseworkError
from casework.operations.cases.queries import find_case
from casework.operations.people.offboarding import show_leaver, take_over
from casework.operations.people.service import deactivate_person
from casework.operations.people.views import LeaverCase
from casework.operations.tasks.bulk import NEEDS, do_to_tasks, show_chosen, tried
from casework.operations.tasks.bulk_cases import do_to_cases, show_chosen_cases
from casework.operations.tasks.queues import list_tasks
from casework.operations.tasks.request_context import what_was_asked
from casework.operations.tasks.service import complete_task
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.case_loader import load
from casework.settings import Settings
from tests.support.office_people import new_request
from tests.support.office_walk import Office
from tests.support.trials import everything

Json = Any


def refusal_of(db: Connection, action: Callable[[], object]) -> str | None:
    """Why it would be refused now; nothing of it is left."""
    with tried(db):
        try:
            with db.begin_nested():
                action()
        except CaseworkError as refusal:
            return str(refusal)
    return None


class Trials(Office):
    """Between its steps everything that can be tried is tried, done, and compared."""

    def __init__(self, settings: Settings, seed: int, cases: int) -> None:
        super().__init__(settings, seed, cases)
        self.compared = Counter[str]()

    def compare_all(self) -> None:
        for one in (self.many_tasks, self.many_tasks, self.many_cases, self.leaver, self.closing, self.extension):
            with self.action() as db:
                one(db)

    # --- the same action on several ---

    def many_tasks(self, db: Connection) -> None:
        actor, operation = self.dice.choice(self.people(db)), self.dice.choice(list(NEEDS))
        seen = [one.id for view in ("queue", "mine") for one in list_tasks(db, actor, view=view, limit=30).items]
        all_open = list(db.execute(text("SELECT id FROM tasks ORDER BY id DESC LIMIT 60")).scalars())
        chosen = [*self._some(seen, 8), *self._some(all_open, 4)]
        if not chosen:
            return
        told = {
            "person": self.dice.choice(self.people(db)).person,
            "note": "For you.",
            "priority": self.dice.choice(["high", "normal", "low"]),
            "reason": "They think.",
            "waits_for": "need_owner",
            "until": (self.stage.today + timedelta(days=self.dice.randint(-1, 30))).isoformat(),
        }
        given = {name: told[name] for name in NEEDS[operation]}
        shown = {one.id: one.may for one in show_chosen(db, actor, chosen).items}
        done = self._compare(
            db,
            "tasks",
            lambda dry: do_to_tasks(db, actor, chosen, operation, given, request=new_request(), dry_run=dry).answer,
        )
        for one in done:
            # What needs no more words is done exactly where it is offered.
            if operation in (task_lifecycle.CLAIM, task_lifecycle.RELEASE):
                assert one["done"] == (operation in shown.get(one["task"], ())), (operation, one)
            self.compared[f"task {operation} {'done' if one['done'] else 'refused'}"] += 1

    def many_cases(self, db: Connection) -> None:
        numbers = list(db.execute(text("SELECT number FROM cases ORDER BY number")).scalars())
        owner = db.execute(
            text("SELECT owner_id::text FROM cases WHERE number = :one"), {"one": self.dice.choice(numbers or [""])}
        ).scalar()
        actor = (find_actor(db, owner) if owner else None) or self.dice.choice(self.people(db))
        day = (self.stage.today + timedelta(days=self.dice.randint(-1, 60))).isoformat()
        data = {"reason": "budget", "waits_for": "need_owner", "waits_until": "day", "resume_by": day}
        chosen = [*self._some(numbers, 9), "BJ-1999-0001"]
        shown = {one.number: one.may for one in show_chosen_cases(db, actor, chosen).items}
        with db.begin_nested() as before:
            try:
                done = self._compare(
                    db,
                    "cases",
                    lambda dry: do_to_cases(db, actor, chosen, "hold", data, request=new_request(), dry_run=dry).answer,
                )
            except CaseworkError:
                done = []
            if self.dice.random() < 0.5:
                # Held cases would soon be all that there are.
                before.rollback()
        for one in done:
            assert one["done"] is False or "hold" in shown[one["case"]], one
            self.compared[f"case {'done' if one['done'] else 'refused'}"] += 1

    def _compare(
        self, db: Connection, name: str, action: Callable[[bool], Mapping[str, Json]]
    ) -> list[dict[str, Json]]:
        """Try it, and do it: the same answer, and only what was told of is touched."""
        before = everything(db)
        tell = self._refused(lambda: action(True))
        assert everything(db) == before, "trying it left something behind"
        heads = self._heads(db)
        done = self._refused(lambda: action(False))
        if isinstance(done, str) or isinstance(tell, str):
            assert tell == done
            self.compared[f"{name} refused as a whole"] += 1
            return []
        assert tell["items"] == done["items"]
        assert (tell["done"], tell["dry_run"], done["dry_run"]) == (done["done"], True, False)
        touched = {log for log, head in self._heads(db).items() if heads.get(log) != head}
        assert touched <= self._logs_of(db, [one for one in done["items"] if one["done"]])
        return list(done["items"])

    @staticmethod
    def _refused(action: Callable[[], Mapping[str, Json]]) -> Any:
        try:
            return action()
        except CaseworkError as refusal:
            return f"{refusal} {refusal.details}"

    @staticmethod
    def _heads(db: Connection) -> dict[str, str]:
        return {row.id: row.head for row in db.execute(text("SELECT id::text AS id, head FROM logs"))}

    @staticmethod
    def _logs_of(db: Connection, items: list[dict[str, Json]]) -> set[str]:
        rows = db.execute(
            text(
                "SELECT log_id::text FROM tasks WHERE id::text = ANY(:tasks) UNION SELECT id::text FROM cases WHERE number = ANY(:cases)"
            ),
            {"tasks": [str(one.get("task")) for one in items], "cases": [one.get("case") for one in items]},
        )
        return set(rows.scalars())

    def _some(self, among: list[str], most: int) -> list[str]:
        return self.dice.sample(among, min(len(among), self.dice.randint(0, most)))

    # --- who leaves ---

    def leaver(self, db: Connection) -> None:
        """Whom the page offers for a case can take it, nobody else can, and what is counted as held is let go."""
        chief = self.one_with(db, Role.SUPERVISOR, own=False)
        owners = list(
            db.execute(
                text(
                    "SELECT DISTINCT owner_id::text FROM cases WHERE closed_at IS NULL AND owner_id IS NOT NULL ORDER BY 1"
                )
            ).scalars()
        )
        if chief is None or not owners:
            return
        leaver, everybody = self.dice.choice(owners), self._everybody(db)
        told = show_leaver(db, chief, leaver)
        # In the office's walk everything is of one programme, so it is all there.
        assert told.count == len(told.cases)
        for case in self.dice.sample(told.cases, min(2, len(told.cases))):
            find_case(db, chief, case.number)
            offered = {one.id for one in case.successors}
            for other in {*self._some(everybody, 5), *offered}:
                why = refusal_of(db, partial(self._take, db, chief, leaver, case, other))
                able = case.why_not is None and (other in offered or not case.owned)
                assert (why is None) == able, (case.number, other, why)
                self.compared[f"leaver {'taken' if why is None else 'refused'}"] += 1
            if case.why_not is None and (offered or not case.owned):
                held = self._tasks_of(db, case.number, leaver)
                assert len(held) == case.held
                self._take(db, chief, leaver, case, self.dice.choice(sorted(offered)) if offered else None)
                assert self._tasks_of(db, case.number, leaver) == set()

    def _take(self, db: Connection, chief: Actor, leaver: str, case: LeaverCase, other: str | None) -> None:
        take_over(db, chief, case.number, leaver=leaver, successor=other, note="Yours.", request=new_request())

    @staticmethod
    def _everybody(db: Connection) -> list[str]:
        return [str(one) for one in db.execute(text("SELECT id FROM people ORDER BY email")).scalars()]

    @staticmethod
    def _tasks_of(db: Connection, number: str, person: str) -> set[str]:
        log = db.execute(text("SELECT id::text FROM cases WHERE number = :number"), {"number": number}).scalar_one()
        return {one.id for one in load(db, log, "case").open_tasks() if one.holder == person}

    def closing(self, db: Connection) -> None:
        """Whose cases are all handed over, as the supervisor's page has it, can have the account closed."""
        person, chief = self.dice.choice(self._everybody(db)), self.one_with(db, Role.SUPERVISOR, own=False)
        if chief is None or person in (chief.person, self._administrator(db).person):
            return
        try:
            left = show_leaver(db, chief, person).count
        except CaseworkError:
            return
        try:
            with tried(db), db.begin_nested():
                deactivate_person(db, self._administrator(db), person, new_request())
            refused = 0
        except CasesLeft as refusal:
            refused = sum(int(one) for one in re.findall(r": (\d+)", str(refusal)))
        except CaseworkError:
            return
        assert refused == left
        self.compared[f"closing {'refused' if left else 'done'}"] += 1

    # --- more time ---

    def extension(self, db: Connection) -> None:
        """What granting it would move is moved, to that day, and nothing else is."""
        row = db.execute(
            text(
                "SELECT t.id::text AS id, t.log_id::text AS log FROM tasks t JOIN "
                "cases c ON c.id = t.log_id WHERE t.name = 'decide_extension'"
                " AND t.state IN ('Ready', 'Reserved', 'InProgress') ORDER BY t.id LIMIT 1"
            )
        ).one_or_none()
        if row is None:
            return
        case = load(db, row.log, "case")
        task = case.tasks[row.id]
        actor = self.lives[0].whoever.worker(db, task) or self.one_with(db, Role.OFFICER)
        told = what_was_asked(db, actor, case, task) if actor is not None else None
        if actor is None or told is None:
            return
        day = told.data["new_date"]
        before = {one.id: one.due_at for one in case.open_tasks()}
        done = {"granted": True, "until_on": day}
        if refusal_of(
            db, lambda: complete_task(db, actor, task.id, data=done, happened_on=None, request=new_request())
        ):
            self.compared["extension refused"] += 1
            return
        complete_task(db, actor, task.id, data=done, happened_on=None, request=new_request())
        after = load(db, row.log, "case")
        moved = {
            one.id: self.stage.calendar.local_date(one.due_at).isoformat()
            for one in after.open_tasks()
            if one.id in before and one.due_at != before[one.id] and one.due_at is not None
        }
        assert moved == {one.task: one.until for one in told.moves if one.task in moved or one.task in after.tasks}
        self.compared["extension granted"] += 1


def play(settings: Settings, seed: int, *, cases: int, rounds: int, steps: int) -> Trials:
    office = Trials(settings, seed, cases)
    try:
        for _ in range(rounds):
            office.run(steps)
            office.compare_all()
    finally:
        office.close()
    return office


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_what_is_told_before_is_what_happens(settings: Settings, seed: int) -> None:
    compared = play(settings, seed, cases=12, rounds=6, steps=15).compared
    assert compared["case done"], compared
    assert compared["leaver taken"], compared


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 120))
def test_what_is_told_before_is_what_happens_in_many_worlds(settings: Settings, seed: int) -> None:
    play(settings, seed, cases=34, rounds=20, steps=15)
