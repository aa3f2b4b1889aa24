"""Who may have a task next, or review it: one answer for whom is offered and for what is then accepted. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from casework import reasons
from casework.definitions import load_library
from casework.engine.execution.context import By
from casework.engine.execution.task_lifecycle import COMPLETE, OPERATIONS
from casework.engine.state.case import Case, Task
from casework.errors import NotAllowed
from casework.operations.people.absences import substitutes_of
from casework.operations.tasks.queries import find_task
from casework.operations.tasks.views import TaskPeople, TaskPerson
from casework.permissions.actors import Actor
from casework.permissions.work import may_review, may_work, operate, operations
from casework.records.actors import find_members

#: Operations that name another person.
HANDS_ON = frozenset(name for name, row in OPERATIONS.items() if row.person)


@dataclass(frozen=True)
class Receivers:
    """Everybody where a task is at home, and who stands in for whom."""

    case: Case
    task: Task
    members: Mapping[str, Actor]
    away: Mapping[str, str]

    @classmethod
    def read(cls, db: Connection, case: Case, task: Task) -> Receivers:
        """A sealed mediation knows no substitutes."""
        if task.organisation:
            members, scope = find_members(db, organisations=[task.organisation]), task.organisation
        else:
            members, scope = find_members(db, programmes=[case.programme]), case.programme
        away = {} if case.kind == "mediation" else substitutes_of(db, [scope])
        return cls(case, task, {member.person: member for member in members}, away)

    def next(self, person: str, but: Collection[str | None]) -> str | None:
        """Who has the task where this person is named, or None: the substitute of who is away, and the person where the
        substitute cannot have it."""
        return self._first(
            person, lambda member: member.person not in but and may_work(member, self.case, self.task) is not None
        )

    def reviewer(self, person: str, asker: By) -> str | None:
        """The same of whom the asker would have review it."""
        asked_by = {asker.person, asker.acting_for, self.task.holder}
        return self._first(person, lambda member: may_review(member, self.case, self.task, asked_by) is not None)

    def _first(self, person: str, fits: Callable[[Actor], bool]) -> str | None:
        for fromkey in dict.fromkeys((self.away.get(person, person), person)):
            member = self.members.get(fromkey)
            if member is not None and fits(member):
                return fromkey
        return None

    def shown(self, chosen: Callable[[str], str | None]) -> list[TaskPerson]:
        """Those who may be named, by name, and how many tasks of the case each holds."""
        return [
            TaskPerson(
                id=member.person,
                name=member.name,
                holds=sum(1 for other in self.case.open_tasks() if other.holder == member.person),
            )
            for member in self.members.values()
            if chosen(member.person) is not None
        ]


def list_task_people(db: Connection, actor: Actor, task: str) -> TaskPeople:
    """Everybody else who may take a task, by name, for whoever may hand it on, and who may review it, for whoever finishes
    it. Raises NotFound and NotAllowed."""
    case, _ = find_task(db, actor, task)
    open_task = case.tasks.get(task)
    allowed = (
        set(operations(actor, case, open_task, load_library()[open_task.edition])) if open_task is not None else set()
    )
    if open_task is None or not allowed & {*HANDS_ON, COMPLETE}:
        raise NotAllowed(why=reasons.tasks.CANDIDATES_FOR)
    return TaskPeople(
        items=people_for(db, actor, case, open_task) if allowed & HANDS_ON else [],
        reviewers=reviewers_for(db, actor, case, open_task) if COMPLETE in allowed else [],
    )


def people_for(db: Connection, actor: Actor, case: Case, task: Task) -> list[TaskPerson]:
    """Everybody but the actor and the holder to whom a task may be given."""
    return receivers(actor, Receivers.read(db, case, task))


def receivers(actor: Actor, among: Receivers) -> list[TaskPerson]:
    """The same among those who were read."""
    out = {actor.person, among.task.holder}
    return among.shown(lambda person: None if person in out else among.next(person, out))


def reviewers_for(db: Connection, actor: Actor, case: Case, task: Task) -> list[TaskPerson]:
    """Everybody who may be asked to review a task before the actor finishes it."""
    if task.type != "side":
        return []
    among, asker = Receivers.read(db, case, task), operate(actor, case, task, load_library()[task.edition], COMPLETE)
    return among.shown(lambda person: among.reviewer(person, asker))
