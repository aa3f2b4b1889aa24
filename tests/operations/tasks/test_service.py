"""The life cycle of a task, walked: 10 states, 16 operations of WS-HumanTask, `assign` and `tick`, 6 kinds of person.

The table stands here once more, written by hand from the standard, and every cell goes through the real operation.
What must refuse says why and changes nothing: no event, the same revision, the same rows.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.execution.task_lifecycle import OPERATIONS, who
from casework.engine.state.case import OPEN, TASK_STATES
from casework.errors import AlreadyTaken, CaseworkError, NotAllowed, NotFound, WrongState
from casework.operations.cases.handing_over import hand_over
from casework.operations.cases.side_tasks import add_task
from casework.operations.core.idempotency import Done
from casework.operations.core.perform import home_of, new_id
from casework.operations.people import registry
from casework.operations.tasks import service as tasks
from casework.operations.tasks.queries import show_task
from casework.permissions.actors import Actor
from casework.records.case_loader import load
from casework.records.case_writer import rows_of
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

Json = Any
#: potential owner, owner, business administrator, initiator, stakeholder, outsider.
KINDS = ("PO", "O", "BA", "I", "ST", "OUT")

#: From the standard: operation, then for each state who may, and where it leads. "complete" from Ready and Reserved is
#: ours: completing claims and starts by itself. A task is suspended from Ready here; from elsewhere see below.
STANDARD = """
    claim     Ready: PO BA > Reserved
    start     Ready: PO BA > InProgress     Reserved: O > InProgress
    stop      InProgress: O BA > Reserved
    release   Reserved: O BA > Ready        InProgress: O BA > Ready
    suspend   Ready: PO BA > Suspended      Reserved: O BA > Suspended      InProgress: O BA > Suspended
    resume    Suspended: PO BA > Ready
    skip      Created: I BA > Obsolete      Ready: PO BA > Obsolete         Reserved: O BA > Obsolete    InProgress: O BA > Obsolete
    delegate  Ready: PO BA > Reserved       Reserved: O BA > Reserved       InProgress: O BA > Reserved
    forward   Ready: PO BA > Ready          Reserved: O BA > Ready          InProgress: O BA > Ready
    complete  Ready: PO BA > Completed      Reserved: O > Completed         InProgress: O BA > Completed
    fail      InProgress: O BA > Failed
    activate  Created: BA > Ready
    nominate  Created: BA > Reserved
    exit      Created: BA > Exited          Ready: BA > Exited              Reserved: BA > Exited        InProgress: BA > Exited  Suspended: BA > Exited
    modify    Created: O BA I > Created     Ready: O BA I > Ready           Reserved: O BA I > Reserved  InProgress: O BA I > InProgress  Suspended: O BA I > Suspended
    tick      Ready: PO BA > Ready          Reserved: O > Reserved          InProgress: O BA > InProgress
    assign    Ready: BA > Reserved          Reserved: O BA > Reserved       InProgress: O BA > Reserved  Suspended: O BA > Suspended
"""  # noqa: E501  a table is read by its columns


def read(written: str) -> dict[str, dict[str, tuple[frozenset[str], str]]]:
    rows: dict[str, dict[str, tuple[frozenset[str], str]]] = {}
    for line in written.strip().splitlines():
        operation, *words = line.split()
        cells = rows.setdefault(operation, {})
        while words:
            end = words.index(">") + 2
            cells[words[0].rstrip(":")] = (frozenset(words[1 : end - 2]), words[end - 1])
            words = words[end:]
    return rows


TABLE = read(STANDARD)
WORDS = "It is Thursday."


@dataclass
class Scene:
    """A case with one side task that people may ask for, and somebody of each kind."""

    db: Connection
    log: str
    task: str
    people: Mapping[str, Actor]
    another: str

    def put(self, state: str, before: str | None = None) -> None:
        """Write the task's row in a state. The owner is its holder in every one, so that each kind is itself alone."""
        self.db.execute(
            text(
                "UPDATE tasks SET state = :state, holder_id = CAST(:holder AS uuid), before = :before, initiator = :initiator,"
                " closed_at = CASE WHEN :open THEN NULL ELSE opened_at END WHERE id = CAST(:id AS uuid)"
            ),
            {
                "state": state,
                "holder": self.people["O"].person,
                "id": self.task,
                "open": state in OPEN,
                "before": before or ("Ready" if state == "Suspended" else None),
                "initiator": self.people["I"].person,
            },
        )

    def snapshot(self) -> Json:
        counted = self.db.execute(
            text(
                "SELECT l.seq, l.head, (SELECT count(*) FROM events WHERE log_id = l.id), (SELECT count(*) FROM outbox"
                " WHERE log_id = l.id) FROM logs l WHERE l.id = CAST(:id AS uuid)"
            ),
            {"id": self.log},
        ).one()
        return tuple(counted), rows_of(load(self.db, self.log, "case", every_task=True), load_library())


@pytest.fixture
def scene(world: World, db: Connection) -> Scene:
    number, _ = to_referral(world, db)
    another = registry.register_person(db, email="third@example.org", name="Third Officer")
    registry.grant_role(db, another, "officer", programme=world.programmes["BJ"])
    log = home_of(db, number)
    revision = load(db, log, "case").revision
    hand_over(
        db,
        world.actor(db, "officer"),
        number,
        owner=world.people["officer"],
        team=[world.people["other_officer"], another],
        note=WORDS,
        revision=revision,
        request=new_request(),
    )
    add_task(
        db,
        world.actor(db, "officer"),
        log,
        "case",
        world.main_track(db, number),
        task="consent_lost",
        about=None,
        request=new_request(),
    )
    task = next(one.id for one in load(db, log, "case").open_tasks() if one.name == "consent_lost")
    people = {
        "PO": world.actor(db, "other_officer"),
        "BA": world.actor(db, "supervisor"),
        # One holds it and one asked for it; neither works or leads the officers' queue.
        "O": world.actor(db, "second_compliance"),
        "I": world.actor(db, "compliance"),
        "ST": world.actor(db, "auditor"),
        "OUT": world.actor(db, "foreign_officer"),
    }
    return Scene(db, log, task, people, another)


ANSWER = {"decision": "without", "papers_returned": True}
#: How each operation is asked for: from the transaction, the actor, the task and another person who works its queue.
ASK: Mapping[str, Callable[[Connection, Actor, str, str], Done]] = {
    "claim": lambda db, by, task, _: tasks.claim_task(db, by, task, new_request()),
    "start": lambda db, by, task, _: tasks.start_task(db, by, task, new_request()),
    "stop": lambda db, by, task, _: tasks.stop_task(db, by, task, new_request()),
    "release": lambda db, by, task, _: tasks.release_task(db, by, task, note=None, request=new_request()),
    "suspend": lambda db, by, task, _: tasks.suspend_task(
        db, by, task, until="2099-01-05", waits_for="authority", reason=WORDS, request=new_request()
    ),
    "resume": lambda db, by, task, _: tasks.resume_task(db, by, task, new_request()),
    "skip": lambda db, by, task, _: tasks.skip_task(db, by, task, reason=WORDS, request=new_request()),
    "delegate": lambda db, by, task, to: tasks.delegate_task(
        db, by, task, person=to, note=WORDS, request=new_request()
    ),
    "forward": lambda db, by, task, to: tasks.forward_task(db, by, task, person=to, note=WORDS, request=new_request()),
    "complete": lambda db, by, task, _: tasks.complete_task(
        db, by, task, data=ANSWER, happened_on=None, request=new_request()
    ),
    "fail": lambda db, by, task, _: tasks.fail_task(db, by, task, reason=WORDS, request=new_request()),
    "activate": lambda db, by, task, _: tasks.activate_task(db, by, task, new_request()),
    "nominate": lambda db, by, task, to: tasks.nominate_task(
        db, by, task, person=to, note=WORDS, request=new_request()
    ),
    "exit": lambda db, by, task, _: tasks.exit_task(db, by, task, reason=WORDS, request=new_request()),
    "modify": lambda db, by, task, _: tasks.modify_task(
        db, by, task, priority="high", reason=WORDS, request=new_request()
    ),
    "tick": lambda db, by, task, _: tasks.add_item(db, by, task, words=WORDS, request=new_request()),
    "assign": lambda db, by, task, to: tasks.assign_task(db, by, task, person=to, note=WORDS, request=new_request()),
}


def cell(scene: Scene, operation: str, state: str, kind: str, before: str | None, wanted: str | None) -> str:
    """What is wrong with one cell; nothing where it does what it should. Undone afterwards."""
    named = f"{operation} of a task that is {state}{f' from {before}' if before else ''}, by {kind}"
    with scene.db.begin_nested() as trial:
        scene.put(state, before)
        had = scene.snapshot()
        wrong = ""
        try:
            answer = ASK[operation](scene.db, scene.people[kind], scene.task, scene.another).answer
        except CaseworkError as refusal:
            if wanted is not None:
                wrong = f"{named}: refused: {refusal}"
            elif not isinstance(refusal, NotFound if kind == "OUT" else (NotAllowed, WrongState, AlreadyTaken)):
                wrong = f"{named}: refused by {type(refusal).__name__}"
            elif len(refusal.message) < 20 or "…" in refusal.message:
                wrong = f"{named}: does not say why: {refusal}"
            elif scene.snapshot() != had:
                wrong = f"{named}: refused, and changed something"
        else:
            if wanted is None:
                wrong = f"{named}: was done"
            elif answer["state"] != wanted:
                wrong = f"{named}: leads to {answer['state']}, not to {wanted}"
            elif scene.snapshot()[0][0] != had[0][0] + 1:
                wrong = f"{named}: is not one event"
        trial.rollback()
    return wrong


@pytest.mark.parametrize("state", TASK_STATES)
def test_every_cell_of_a_state_does_what_the_standard_says(scene: Scene, state: str) -> None:
    wrong = []
    for operation in TABLE:
        allowed, to = TABLE[operation].get(state, (frozenset(), ""))
        for kind in KINDS:
            wrong.append(cell(scene, operation, state, kind, None, to if kind in allowed else None))
    assert not any(wrong), "\n".join(one for one in wrong if one)


def test_what_was_suspended_while_somebody_held_it_is_resumed_by_its_owner(scene: Scene) -> None:
    wrong = [
        cell(scene, "resume", "Suspended", kind, before, before if kind in ("O", "BA") else None)
        for before in ("Reserved", "InProgress")
        for kind in KINDS
    ]
    assert not any(wrong), "\n".join(one for one in wrong if one)


def test_a_task_is_shown_in_every_state_to_all_but_an_outsider(scene: Scene) -> None:
    for state, kind in itertools.product(TASK_STATES, KINDS):
        scene.put(state)
        if kind == "OUT":
            with pytest.raises(NotFound):
                show_task(scene.db, scene.people[kind], scene.task)
        else:
            assert show_task(scene.db, scene.people[kind], scene.task).state == state


def test_what_is_offered_is_what_the_table_allows(scene: Scene) -> None:
    for state, kind in itertools.product(TASK_STATES, KINDS[:-1]):
        scene.put(state)
        wanted = {one for one in TABLE if kind in TABLE[one].get(state, ((), ""))[0]} | {"view"}
        assert set(show_task(scene.db, scene.people[kind], scene.task).operations) == wanted, (state, kind)


def test_the_table_of_the_code_has_no_other_cells() -> None:
    short = {
        "potential owner": "PO",
        "owner": "O",
        "business administrator": "BA",
        "initiator": "I",
        "stakeholder": "ST",
    }
    for operation in set(OPERATIONS) - {"view"}:
        for state in TASK_STATES:
            before = "Ready" if state == "Suspended" else None
            wanted = TABLE[operation].get(state, (frozenset(), ""))[0]
            assert {short[one] for one in who(operation, state, before)} == wanted, (operation, state)
    assert len(TASK_STATES) * (len(OPERATIONS) - 1) * len(KINDS) == 1020


def test_a_task_that_there_is_not_is_refused_like_one_that_is_unseen(scene: Scene) -> None:
    for operation in ASK:
        with pytest.raises(NotFound) as absent, scene.db.begin_nested():
            ASK[operation](scene.db, scene.people["BA"], new_id(), scene.another)
        with pytest.raises(NotFound) as unseen, scene.db.begin_nested():
            ASK[operation](scene.db, scene.people["OUT"], scene.task, scene.another)
        assert absent.value.message == unseen.value.message
