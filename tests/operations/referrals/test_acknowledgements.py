"""What passes between the two sides of a referral: receipts, and objections."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.state.projection import fold
from casework.errors import CaseworkError, InvalidForm, NotAllowed, NotFound, WrongState
from casework.operations.cases.case_events import list_events
from casework.operations.core.perform import home_of
from casework.operations.referrals import acknowledgements, fhir
from casework.operations.referrals.service import find_referral
from casework.operations.referrals.views import Contract, SideAction
from casework.operations.tasks.queries import show_task
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.event_log import read_events
from tests.support.way_to_referral import complete, to_referral
from tests.support.world import World, new_request


class Scene:
    def __init__(self, db: Connection, world: World) -> None:
        self.db, self.world = db, world
        self.number, self.referral = to_referral(world, db)

    def told(self, by: str) -> Contract:
        actor = self.world.actor(self.db, by)
        return acknowledgements.describe_contract(self.db, actor, *find_referral(self.db, actor, self.referral))

    def receive(self, by: str) -> None:
        acknowledgements.confirm_receipt(self.db, self.world.actor(self.db, by), self.referral, new_request())

    def disagree(self, by: str, to: str, words: str = "Not so.") -> str:
        done = acknowledgements.object_to(
            self.db, self.world.actor(self.db, by), self.referral, to=to, words=words, request=new_request()
        )
        return str(done.answer["objection"])

    def answer(self, by: str, objection: str) -> str:
        actor = self.world.actor(self.db, by)
        done = acknowledgements.answer_objection(
            self.db, actor, self.referral, objection, words="Well.", request=new_request()
        )
        return str(done.answer["state"])

    def fire(self, by: str, name: str, **data: Any) -> None:
        self.world.fire(self.db, by, self.number, name, data, track=self.referral)

    def status(self, by: str = "provider") -> tuple[str, str]:
        task = fhir.fhir_task(self.db, self.world.actor(self.db, by), self.referral)
        return task["status"], task["businessStatus"]["coding"][0]["code"]

    def insist_whole(self) -> None:
        log = home_of(self.db, self.number)
        assert fold(read_events(self.db, log)) == load(self.db, log, "case", every_task=True)
        assert verify_case(self.db, log) == []


@pytest.fixture
def scene(db: Connection, world: World) -> Scene:
    return Scene(db, world)


def done(actions: list[SideAction]) -> list[str]:
    return [action.transition for action in actions]


def test_what_was_sent_waits_for_the_providers_receipt(scene: Scene) -> None:
    assert done(scene.told("provider").to_sign) == ["send"]
    assert done(scene.told("officer").not_signed) == ["send"]
    scene.receive("provider")
    assert done(scene.told("provider").to_sign) == []
    assert done(scene.told("officer").not_signed) == []
    scene.insist_whole()


def test_the_office_signs_for_what_the_provider_does(scene: Scene) -> None:
    scene.world.accept(scene.db, scene.number, scene.referral)
    assert done(scene.told("officer").to_sign) == ["accept"]
    scene.receive("officer")
    assert done(scene.told("provider").not_signed) == []
    scene.insist_whole()


def test_nobody_signs_twice(scene: Scene) -> None:
    scene.receive("provider")
    with pytest.raises(WrongState, match="nothing has come"):
        scene.receive("provider_lead")


@pytest.mark.parametrize(
    ("who", "error"),
    [("auditor", NotAllowed), ("compliance", NotAllowed), ("foreign_provider", NotFound), ("observer", NotFound)],
)
def test_only_the_two_sides_sign(scene: Scene, who: str, error: type[CaseworkError]) -> None:
    with pytest.raises(error):
        scene.receive(who)


def test_an_objection_is_answered_and_settled_by_whoever_raised_it(scene: Scene) -> None:
    id = scene.disagree("provider", "send", "The wanted date is too early.")
    assert scene.answer("officer", id) == "answered"
    assert scene.answer("officer", id) == "answered"
    assert scene.answer("provider", id) == "settled"
    (one,) = scene.told("officer").objections
    assert [said.side for said in one.said] == ["provider", "office", "office", "provider"]
    assert one.settled
    with pytest.raises(WrongState, match="settled already"):
        scene.answer("officer", id)
    scene.insist_whole()


def test_one_objects_only_to_what_the_other_side_has_done(scene: Scene) -> None:
    for who, to in (("provider", "accept"), ("provider", "return"), ("officer", "send"), ("officer", "nonsense")):
        with pytest.raises(InvalidForm, match="to"):
            scene.disagree(who, to)


def test_an_objection_makes_no_open_form_stale(scene: Scene) -> None:
    before = scene.told("officer"), _revision(scene)
    scene.disagree("provider", "send")
    scene.receive("provider")
    assert _revision(scene) == before[1]


def _revision(scene: Scene) -> int:
    found = text("SELECT revision FROM tracks WHERE id = CAST(:id AS uuid)")
    return int(scene.db.execute(found, {"id": scene.referral}).scalar_one())


def decide(scene: Scene, by: str, outcome: str = "upheld") -> None:
    complete(
        scene.world,
        scene.db,
        by,
        scene.number,
        "decide_objection",
        data={"outcome": outcome, "reason": "The report was late."},
    )


@pytest.mark.parametrize(("side", "to"), [("provider", "send"), ("officer", "accept")])
def test_an_objection_of_either_side_opens_a_task_that_a_supervisor_decides_for_both(
    scene: Scene, side: str, to: str
) -> None:
    scene.world.accept(scene.db, scene.number, scene.referral)
    objection = scene.disagree(side, to)
    task = next(
        one
        for one in load(scene.db, home_of(scene.db, scene.number), "case").open_tasks()
        if one.name == "decide_objection"
    )
    assert (task.queue, task.about) == ("supervisor", objection)
    assert task.due_at is not None
    asked = show_task(scene.db, scene.world.actor(scene.db, "supervisor"), task.id).asked
    assert asked
    assert asked.body == {"words": "Not so."}
    decide(scene, "supervisor")
    for who in ("provider", "officer"):
        (one,) = scene.told(who).objections
        assert (one.what, one.settled, one.said[-1].words) == ("upheld", True, "The report was late.")
    with pytest.raises(WrongState, match="decided"):
        scene.answer(side, objection)
    scene.insist_whole()
    told = list_events(
        scene.db,
        scene.world.actor(scene.db, "provider"),
        find_referral(scene.db, scene.world.actor(scene.db, "provider"), scene.referral)[0],
    ).items
    assert [event.data["outcome"] for event in told if event.what == "decide_objection"] == ["upheld"]


def test_whoever_objected_does_not_decide(scene: Scene) -> None:
    scene.world.accept(scene.db, scene.number, scene.referral)
    scene.disagree("supervisor", "accept")
    with pytest.raises(NotAllowed, match="another person"):
        decide(scene, "supervisor")
    decide(scene, "second_supervisor", "dismissed")
    scene.insist_whole()


def test_an_objection_that_is_settled_needs_no_decision(scene: Scene) -> None:
    objection = scene.disagree("provider", "send")
    assert scene.answer("provider", objection) == "settled"
    assert not any(
        one.name == "decide_objection" for one in load(scene.db, home_of(scene.db, scene.number), "case").open_tasks()
    )
    scene.insist_whole()
