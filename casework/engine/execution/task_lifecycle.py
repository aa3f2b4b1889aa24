"""The life cycle of a task: who may do what with it in which state. The one source of behaviour, buttons, API and docs.

It is WS-HumanTask's table (10 states, 16 operations, 6 kinds of person), with `assign` and `tick` beside it. What stands here in
no cell is refused. Two of our own rules stand below it: what completing includes, and what a task's type does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casework import reasons
from casework.engine.definition.editions import Edition
from casework.engine.execution.context import By
from casework.engine.roles import INTAKE, ORGANISATION_QUEUES, QUEUE_ROLES, Role
from casework.engine.state.case import (
    COMPLETED,
    CREATED,
    EXITED,
    FAILED,
    HELD,
    IN_PROGRESS,
    OBSOLETE,
    READY,
    RESERVED,
    SUSPENDED,
    TASK_STATES,
    Case,
    Task,
)
from casework.engine.state.events import REVIEW_ASKED
from casework.engine.two_person import are_apart
from casework.errors import AlreadyTaken, CaseworkError, NotAllowed, WrongState
from casework.reasons import Reason

# --- the kinds of person ---------------------------------------------------------------------------------------------

POTENTIAL_OWNER, OWNER, ADMINISTRATOR, INITIATOR, STAKEHOLDER, OUTSIDER = (
    "potential owner", "owner", "business administrator", "initiator", "stakeholder", "outsider",
)  # fmt: skip
#: Who each of them is in Casework.
KINDS: Mapping[str, str] = {
    POTENTIAL_OWNER: "works the task's queue in this case, and did not ask for what the task decides",
    OWNER: "holds the task",
    ADMINISTRATOR: (
        "leads the task's queue: for officers' tasks a supervisor or the officer who owns the case; for supervisors' and"
        " compliance reviewers' a colleague; for a provider's its lead. To end, skip, awaken or rank any task of the"
        " case, the officer who owns it and the supervisors as well"
    ),
    INITIATOR: "asked for the task, where the workflow lets people ask for it",
    STAKEHOLDER: "sees the task, and is none of the others",
    OUTSIDER: "does not see the task; for them it does not exist",
}
#: Roles that lead a queue; the officer who owns a case leads the officers' tasks in it.
LEADERS: Mapping[str, frozenset[Role]] = {
    INTAKE: frozenset({Role.SUPERVISOR}),
    Role.OFFICER: frozenset({Role.SUPERVISOR}),
    Role.SUPERVISOR: frozenset({Role.SUPERVISOR}),
    Role.COMPLIANCE: frozenset({Role.COMPLIANCE}),
    Role.DISPUTE_OFFICER: frozenset(),
    Role.PROVIDER: frozenset({Role.PROVIDER_LEAD}),
    Role.PROVIDER_LEAD: frozenset({Role.PROVIDER_LEAD}),
}
_OWNERS_QUEUES = frozenset({INTAKE, Role.OFFICER, Role.DISPUTE_OFFICER})

# --- the table -------------------------------------------------------------------------------------------------------

CLAIM, START, STOP, RELEASE, SUSPEND, RESUME, SKIP, DELEGATE, FORWARD = (
    "claim", "start", "stop", "release", "suspend", "resume", "skip", "delegate", "forward",
)  # fmt: skip
COMPLETE, FAIL, ACTIVATE, NOMINATE, EXIT, MODIFY, VIEW, ASSIGN, TICK = (
    "complete", "fail", "activate", "nominate", "exit", "modify", "view", "assign", "tick",
)  # fmt: skip
#: What whoever leads the case does with any task of it, whatever queue it is in.
OF_THE_CASE = frozenset({SKIP, ACTIVATE, EXIT, MODIFY})

_PO, _O, _BA, _I = POTENTIAL_OWNER, OWNER, ADMINISTRATOR, INITIATOR
_OPEN = (CREATED, READY, RESERVED, IN_PROGRESS, SUSPENDED)
_WORKED = {READY: (_PO, _BA), RESERVED: (_O, _BA), IN_PROGRESS: (_O, _BA)}


@dataclass(frozen=True)
class Operation:
    """One row: its button, who may do it in which state, and the state it leads to (None: as it was)."""

    name: str
    do: Reason
    who: Mapping[str, frozenset[str]]
    to: str | None
    #: Of WS-HumanTask; the others are ours.
    standard: bool = True
    #: The words that must come with it: a reason, or a note for whoever has the task next.
    words: str | None = None
    #: Whether it names another person: must, may or (None) not.
    person: str | None = None


def _row(
    name: str,
    do: Reason,
    to: str | None,
    who: Mapping[str, Iterable[str]],
    *,
    standard: bool = True,
    words: str | None = None,
    person: str | None = None,
) -> Operation:
    return Operation(name, do, {state: frozenset(kinds) for state, kinds in who.items()}, to, standard, words, person)


_ALL = dict.fromkeys(TASK_STATES, (_PO, _O, _BA, _I, STAKEHOLDER))
OPERATIONS: Mapping[str, Operation] = {
    row.name: row
    for row in (
        _row(CLAIM, reasons.actions.TAKE, RESERVED, {READY: (_PO, _BA)}),
        _row(START, reasons.actions.START, IN_PROGRESS, {READY: (_PO, _BA), RESERVED: (_O,)}),
        _row(STOP, reasons.actions.STOP, RESERVED, {IN_PROGRESS: (_O, _BA)}),
        _row(RELEASE, reasons.actions.GIVE_BACK, READY, {RESERVED: (_O, _BA), IN_PROGRESS: (_O, _BA)}),
        _row(SUSPEND, reasons.actions.LET_WAIT, SUSPENDED, _WORKED, words="reason"),
        # Whoever may suspend a task in the state that it was suspended from: see `who`.
        _row(RESUME, reasons.actions.GO_ON, None, {SUSPENDED: (_PO, _O, _BA)}),
        _row(SKIP, reasons.actions.SKIP, OBSOLETE, {CREATED: (_I, _BA)} | _WORKED, words="reason"),
        _row(DELEGATE, reasons.actions.DELEGATE, RESERVED, _WORKED, words="note", person="must"),
        _row(FORWARD, reasons.actions.FORWARD, READY, _WORKED, words="note", person="may"),
        # Completing claims and starts by itself, for whoever may do that.
        _row(COMPLETE, reasons.actions.FINISH, COMPLETED, {READY: (_PO, _BA), RESERVED: (_O,), IN_PROGRESS: (_O, _BA)}),
        _row(FAIL, reasons.actions.FAIL, FAILED, {IN_PROGRESS: (_O, _BA)}, words="reason"),
        _row(ACTIVATE, reasons.actions.ACTIVATE, READY, {CREATED: (_BA,)}),
        _row(NOMINATE, reasons.actions.NOMINATE, RESERVED, {CREATED: (_BA,)}, words="note", person="may"),
        _row(EXIT, reasons.actions.END, EXITED, dict.fromkeys(_OPEN, (_BA,)), words="reason"),
        _row(MODIFY, reasons.actions.PRIORITISE, None, dict.fromkeys(_OPEN, (_O, _BA, _I)), words="reason"),
        _row(VIEW, reasons.actions.SHOW, None, _ALL),
        _row(
            ASSIGN,
            reasons.actions.ASSIGN,
            RESERVED,
            {READY: (_BA,), RESERVED: (_O, _BA), IN_PROGRESS: (_O, _BA), SUSPENDED: (_O, _BA)},
            standard=False,
            words="note",
            person="must",
        ),
        # Whoever may complete it: what is required is ticked first.
        _row(
            TICK,
            reasons.actions.WORK_ON_CHECKLIST,
            None,
            {READY: (_PO, _BA), RESERVED: (_O,), IN_PROGRESS: (_O, _BA)},
            standard=False,
        ),
    )
}

#: What a type of task does not know, whoever asks, and what happens instead.
NOT_FOR: Mapping[str, Mapping[str, Reason]] = {
    "step": dict.fromkeys((SKIP, FAIL, EXIT, COMPLETE), reasons.tasks.ENDS_BY_STEP),
    "decision": dict.fromkeys((SKIP, FAIL, EXIT), reasons.tasks.ENDS_BY_DECISION) | {
        TICK: reasons.tasks.NO_CHECKLIST,
        DELEGATE: reasons.tasks.OWN_WORD,
    },
    "side": {},
}  # fmt: skip
#: What takes a role that works the queue, where the task is a step or a decision.
_DOING = frozenset({CLAIM, START, DELEGATE, COMPLETE})

#: What somebody to whom a task was delegated does not do with it: it must come back.
_GIVES_UP = frozenset({DELEGATE, FORWARD, ASSIGN, SKIP, FAIL})

#: How soon a task is wanted beside its date; a person who changes it says why.
LOW, NORMAL, HIGH = -1, 0, 1
PRIORITIES: Mapping[str, int] = {"high": HIGH, "normal": NORMAL, "low": LOW}

#: For whom a task may be let wait.
WAITS_FOR = ("need_owner", "technology_owner", "provider", "authority", "other")


def who(operation: str, state: str, before: str | None = None) -> frozenset[str]:
    """The kinds of person who may do it in a state; `before` is the state that a task was suspended from."""
    if operation == RESUME and state == SUSPENDED and before is not None:
        return OPERATIONS[SUSPEND].who.get(before, frozenset())
    return OPERATIONS[operation].who.get(state, frozenset())


def ever(operation: str) -> frozenset[str]:
    """The kinds of person who may do it in some state."""
    return frozenset().union(*OPERATIONS[operation].who.values())


# --- applied to a task -----------------------------------------------------------------------------------------------


def works(case: Case, task: Task, by: By) -> bool:
    """Whether the task is in a queue that this capacity works, and it did not ask for what the task decides."""
    if by.role not in QUEUE_ROLES.get(task.queue, frozenset()):
        return False
    if task.queue in ORGANISATION_QUEUES and by.organisation != task.organisation:
        return False
    return not asked_for(case, task, by)


def asked_for(case: Case, task: Task, by: By) -> bool:
    """Whether they, or the person whose deputy they are, asked for what the task decides."""
    proposal = case.proposals.get(task.of or "") if task.type == "decision" else None
    return proposal is not None and not are_apart(proposal.askers, (by.person, by.acting_for))


def leads(case: Case, task: Task, by: By) -> bool:
    """Whether this capacity leads the task's queue."""
    if task.queue in ORGANISATION_QUEUES and by.organisation != task.organisation:
        return False
    if task.queue in _OWNERS_QUEUES and _owns(case, by):
        return True
    return by.role in LEADERS.get(task.queue, frozenset())


def _owns(case: Case, by: By) -> bool:
    return (
        case.owner is not None
        and (by.acting_for or by.person) == case.owner
        and by.role in (Role.OFFICER, Role.DISPUTE_OFFICER)
    )


def kinds(case: Case, task: Task, by: By, operation: str = VIEW) -> frozenset[str]:
    """What somebody who sees the task is to it, in one capacity and for one operation."""
    mine = set()
    # Whoever stands in for the holder has the task in the holder's name.
    if task.holder is not None and task.holder in (by.person, by.acting_for):
        mine.add(OWNER)
    if works(case, task, by):
        mine.add(POTENTIAL_OWNER)
    if leads(case, task, by) or operation in OF_THE_CASE and (by.role == Role.SUPERVISOR or _owns(case, by)):
        mine.add(ADMINISTRATOR)
    if task.initiator is not None and task.initiator in (by.person, by.acting_for):
        mine.add(INITIATOR)
    return frozenset(mine or {STAKEHOLDER})


def roles_for(case: Case, task: Task, operation: str) -> frozenset[Role]:
    """The roles in which somebody may be one of those who do it to the task as it stands."""
    named, roles = who(operation, task.state, task.before), frozenset[Role]()
    workers = QUEUE_ROLES.get(task.queue, frozenset())
    if operation in _DOING and task.type != "side":
        return workers
    if named & {POTENTIAL_OWNER, OWNER, INITIATOR}:
        roles |= workers
    if ADMINISTRATOR in named:
        roles |= LEADERS.get(task.queue, frozenset())
        if task.queue in _OWNERS_QUEUES or operation in OF_THE_CASE:
            roles |= {Role.DISPUTE_OFFICER if case.kind == "mediation" else Role.OFFICER}
        if operation in OF_THE_CASE:
            roles |= {Role.SUPERVISOR}
    return roles


def skippable(edition: Edition, task: Task) -> bool:
    """Nothing waits for a side task that people may ask for: it can be asked for again."""
    return task.type == "side" and any(
        request["task"] == task.rule and request["by"] for request in edition.rules["on_request"]
    )


def refusal(edition: Edition, case: Case, task: Task, by: By, operation: str) -> CaseworkError | None:
    """Why somebody who sees the task may not do this to it; None when they may."""
    if by.role == Role.PARTY:
        return _refusal_of_party(edition, case, task, by, operation)
    row, named = OPERATIONS[operation], who(operation, task.state, task.before)
    mine = kinds(case, task, by, operation)
    if operation in _DOING and task.type != "side" and not works(case, task, by):
        # Its actions are there for the roles of its queue alone.
        return NotAllowed(
            why=reasons.cases.ANOTHER_DECIDES if asked_for(case, task, by) else reasons.tasks.IN_QUEUE(queue=task.queue)
        )
    if not mine & ever(operation):
        return _only_for(row, ever(operation))
    if not named:
        if operation in (CLAIM, START) and task.state in HELD:
            return AlreadyTaken(holder=task.holder)
        return WrongState(action=row.do, why=reasons.tasks.IN_STATE(state=task.state))
    if why := _not_for(edition, task, operation):
        return WrongState(action=row.do, why=why)
    if not mine & named:
        if POTENTIAL_OWNER in mine and task.holder not in (None, by.person) and operation in (START, COMPLETE):
            return AlreadyTaken(holder=task.holder)
        return _only_for(row, named)
    if operation in _GIVES_UP | {RELEASE} and review_for(task) is not None and ADMINISTRATOR not in mine:
        return WrongState(action=row.do, why=reasons.tasks.UNDER_REVIEW)
    if operation in _GIVES_UP and giver(task) is not None and ADMINISTRATOR not in mine:
        return WrongState(action=row.do, why=reasons.tasks.DELEGATED)
    return None


def _refusal_of_party(edition: Edition, case: Case, task: Task, by: By, operation: str) -> CaseworkError | None:
    """Beside the table: a party finishes a task by a link that it was given for it, whoever holds the task, and does nothing else."""
    mine = any(
        (link.task, link.organisation, link.state) == (task.id, by.organisation, "open")
        for link in case.party_links.values()
    )
    if (
        operation == COMPLETE
        and mine
        and task.type == "side"
        and task.open
        and edition.tasks[task.rule].by_link is not None
    ):
        return None
    return NotAllowed(why=reasons.tasks.IN_QUEUE(queue=task.queue))


def _only_for(row: Operation, named: frozenset[str]) -> NotAllowed:
    return NotAllowed(why=reasons.tasks.FOR_HANDS(action=row.do, whom=tuple(kind for kind in KINDS if kind in named)))


def _not_for(edition: Edition, task: Task, operation: str) -> Reason | None:
    if operation == COMPLETE and task.type == "step" and giver(task) is not None:
        # A step that was delegated comes back as every delegated task does.
        return None
    if operation == SKIP and task.type == "side" and not skippable(edition, task):
        return reasons.tasks.NEEDED
    return NOT_FOR[task.type].get(operation)


def review_for(task: Task) -> str | None:
    """Who asked for the review of a task, while whoever was asked for it holds it."""
    handed = task.handed
    return str(handed["by"]) if handed and handed["how"] == REVIEW_ASKED and task.holder == handed["to"] else None


def giver(task: Task) -> str | None:
    """To whom a delegated task comes back."""
    handed = task.handed
    return str(handed["by"]) if handed and handed["how"] == "delegated" and task.holder == handed["to"] else None
