"""Whoever is offered is accepted: every list of people that the product offers, against what is then asked for.

In random worlds: teams, deputies, absences and declared interests are strewn over a case, and from each list each person is
named once, in a savepoint that is rolled back.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.execution import task_lifecycle
from casework.engine.state.case import Case, Task
from casework.errors import CaseworkError, InvalidForm, NobodyLeft
from casework.operations.cases.case_actions import declare_interest
from casework.operations.cases.form_choices import choices_of
from casework.operations.cases.handing_over import hand_over
from casework.operations.core.idempotency import Request
from casework.operations.core.perform import home_of
from casework.operations.messages.service import send_message
from casework.operations.messages.threads import describe_thread, thread_of
from casework.operations.people.absences import record_absence
from casework.operations.people.registry import grant_role
from casework.operations.tasks import service as tasks
from casework.operations.tasks.candidates import list_task_people, people_for, reviewers_for
from casework.permissions.actors import Actor
from casework.permissions.work import operations
from casework.records.case_loader import load
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request, today

PEOPLE = (
    "officer", "other_officer", "supervisor", "second_supervisor", "compliance", "second_compliance", "provider", "provider_lead",
)  # fmt: skip
DATA = {"held_on": "2026-01-05", "need_owner_present": True, "technology_owner_present": True, "note": "Short."}


def sure() -> Request:
    one = new_request()
    return Request(one.key, one.digest, sure=True)


def strew(world: World, db: Connection, number: str, dice: random.Random) -> None:
    """Deputies, absences, a team and interests, each as it comes; what is refused is left out."""
    officers, office = (
        ["officer", "other_officer"],
        ["supervisor", "second_supervisor", "compliance", "second_compliance"],
    )

    def attempt(action: Callable[[], Any]) -> None:
        part = db.begin_nested()
        try:
            action()
        except CaseworkError:
            part.rollback()
        else:
            part.commit()

    if dice.random() < 0.6:
        deputy, of = dice.choice([*office, "other_officer"]), dice.choice(officers)
        attempt(
            lambda: grant_role(
                db, world.people[deputy], "officer", programme=world.programmes["BJ"], deputy_for=world.people[of]
            )
        )
    if dice.random() < 0.5:
        attempt(
            lambda: hand_over(
                db,
                world.actor(db, "officer"),
                number,
                owner=world.people["officer"],
                team=[world.people["other_officer"]],
                note="Help me.",
                revision=load(db, home_of(db, number), "case").revision,
                request=sure(),
            )
        )
    for away, stands_in in (
        dice.sample(officers, 2),
        dice.sample(office[:2], 2),
        dice.sample(office[2:], 2),
        dice.sample(["provider", "provider_lead"], 2),
    ):
        if dice.random() < 0.4:
            scope = world.organisations["lab"] if away.startswith("provider") else world.programmes["BJ"]
            attempt(
                partial(
                    record_absence,
                    db,
                    world.actor(db, away),
                    scope=scope,
                    person=world.people[away],
                    substitute=world.people[stands_in],
                    first_day=today(),
                    last_day=today() + timedelta(days=3),
                    request=sure(),
                )
            )
    if dice.random() < 0.3:
        attempt(
            lambda: declare_interest(db, world.actor(db, dice.choice(PEOPLE)), number, nature="Shares", request=sure())
        )


class Asks:
    """Names each person whom a list offers, and says which were refused."""

    def __init__(self, world: World, db: Connection, number: str) -> None:
        self.world, self.db, self.number = world, db, number
        self.refused: list[str] = []
        self.asked = 0

    @property
    def case(self) -> Case:
        return load(self.db, home_of(self.db, self.number), "case")

    def name(self, what: str, people: list[str], action: Callable[[str], Any]) -> None:
        for person in people:
            self.asked += 1
            part = self.db.begin_nested()
            try:
                action(person)
            except NobodyLeft:
                # What the whole case needs afterwards is told with the action, and is not about who was named.
                pass
            except CaseworkError as refusal:
                self.refused.append(f"{what}: {person}: {refusal.message}")
            finally:
                part.rollback()

    def of_task(self, actor: Actor, task: Task) -> None:
        db, id = self.db, task.id
        edition = load_library()[task.edition]
        allowed = operations(actor, self.case, task, edition)
        offered = [one.id for one in people_for(db, actor, self.case, task)]
        actions: dict[str, Callable[[str], Any]] = {
            task_lifecycle.ASSIGN: lambda one: tasks.assign_task(
                db, actor, id, person=one, note="Please.", request=sure()
            ),
            task_lifecycle.DELEGATE: lambda one: tasks.delegate_task(
                db, actor, id, person=one, note="Please.", request=sure()
            ),
            task_lifecycle.FORWARD: lambda one: tasks.forward_task(
                db, actor, id, person=one, note="Please.", request=sure()
            ),
            task_lifecycle.NOMINATE: lambda one: tasks.nominate_task(
                db, actor, id, person=one, note="Please.", request=sure()
            ),
        }
        for operation, action in actions.items():
            if operation in allowed:
                self.name(f"{operation} {task.name}", offered, action)
        if (
            task_lifecycle.COMPLETE in allowed
            and task.type == "side"
            and task.name == "kick_off"
            and task_lifecycle.giver(task) is None
        ):
            self.name(
                "review",
                [one.id for one in reviewers_for(db, actor, self.case, task)],
                lambda one: self.review(actor, id, one),
            )

    def review(self, actor: Actor, task: str, person: str) -> None:
        """Asked for, and answered by whoever has it then."""
        tasks.ask_review(self.db, actor, task, person=person, data=DATA, request=sure())
        holder = self.case.tasks[task].holder
        by = next(name for name, id in self.world.people.items() if id == holder)
        tasks.answer_review(self.db, self.world.actor(self.db, by), task, approve=True, note=None, request=sure())


@pytest.mark.parametrize("seed", range(6))
def test_whoever_is_offered_is_accepted(world: World, db: Connection, seed: int) -> None:
    dice = random.Random(seed)
    number, referral = to_referral(world, db)
    strew(world, db, number, dice)
    asks = Asks(world, db, number)
    for name in PEOPLE:
        actor = world.actor(db, name)
        for task in list(asks.case.open_tasks()):
            try:
                list_task_people(db, actor, task.id)
            except CaseworkError:
                continue
            asks.of_task(actor, task)
    for name in ("officer", "supervisor"):
        _name_people_of_the_case(asks, world.actor(db, name), number)
    assert asks.asked > 20
    assert asks.refused == []


def _name_people_of_the_case(asks: Asks, actor: Actor, number: str) -> None:
    db, case = asks.db, asks.case
    rule = {"name": "owner", "type": "person", "role": "officer"}
    officers = [
        one.id for one in choices_of(db, actor, case, case.main, [rule])["owner"] if one.id not in case.interests
    ]
    told = [one.id for one in describe_thread(db, actor, thread_of(actor, case, "internal", None)).tell]

    def give(person: str) -> None:
        hand_over(db, actor, number, owner=person, team=[], note="Over to you.", revision=case.revision, request=sure())

    def mention(person: str) -> None:
        send_message(
            db,
            actor,
            case,
            audience="internal",
            referral=None,
            words="Look.",
            mentions=[person],
            sure=True,
            request=sure(),
        )

    if actor.person not in case.interests:
        asks.name("hand over", officers, give)
        asks.name("mention", told, mention)


def test_a_case_with_one_officer_is_reviewed_by_whoever_leads_its_queue(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    # Her deputy could only answer in her own name.
    grant_role(
        db,
        world.people["other_officer"],
        "officer",
        programme=world.programmes["BJ"],
        deputy_for=world.people["officer"],
    )
    actor = world.actor(db, "officer")
    case = load(db, home_of(db, number), "case")
    task = next(one for one in case.open_tasks() if one.name == "kick_off")
    offered = {one.id for one in list_task_people(db, actor, task.id).reviewers}
    assert world.people["other_officer"] not in offered
    assert world.people["supervisor"] in offered
    with pytest.raises(InvalidForm, match="choose another person"):
        tasks.ask_review(db, actor, task.id, person=world.people["other_officer"], data=DATA, request=new_request())
    tasks.ask_review(db, actor, task.id, person=world.people["supervisor"], data=DATA, request=new_request())
    tasks.answer_review(db, world.actor(db, "supervisor"), task.id, approve=True, note=None, request=new_request())
    tasks.complete_task(db, world.actor(db, "officer"), task.id, data=DATA, happened_on=None, request=new_request())
    assert (
        db.execute(text("SELECT state FROM tasks WHERE id = CAST(:id AS uuid)"), {"id": task.id}).scalar_one()
        == "Completed"
    )
