"""Nobody does with a task what the table of tasks refuses."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.engine.execution.context import By
from casework.engine.execution.task_commands import Relieve
from casework.engine.roles import Role
from casework.operations.history.point_in_time import Past
from casework.operations.verification.authorization.evidence import Evidence
from casework.operations.verification.authorization.tasks import judge_relieved
from casework.records.event_log import now
from tests.engine.toy_case import Toy
from tests.engine.toys import DAY, SUPERVISOR, Play
from tests.operations.verification.forger import Forgery, Scene, Stored, insist_told, the
from tests.support.world import World


def _not_held(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "released")["header"]["actor"] = scene.world.people["provider_lead"]


ILLEGAL: dict[str, Forgery] = {
    "a task not held": (_not_held, ("released", ""), "the table of tasks refuses it"),
}  # fmt: skip


@pytest.mark.parametrize("name", ILLEGAL)
def test_what_could_not_be_done_with_a_task_is_found(name: str, scene: Scene, attack: Connection) -> None:
    insist_told(attack, scene, ILLEGAL[name])


@pytest.mark.parametrize(
    ("holder", "wanted"), [("officer", ["it takes a task from somebody who could still work it"]), ("observer", [])]
)
def test_a_task_is_taken_from_who_can_work_it_no_more(
    holder: str, wanted: list[str], world: World, db: Connection
) -> None:
    """A toy case of a programme that is there: only one of the two works its officers' queue."""
    person = world.people[holder]
    play = Play(Toy, now=now(db) + DAY).start(programme=world.programmes["BJ"])
    play.claim("a", By(person, Role.OFFICER))
    before = play.case
    (event,) = play.do(Relieve(play.task("a").id, person), SUPERVISOR)
    evidence = Evidence(play.library, Past(db))
    assert list(judge_relieved(evidence, before, event)) == wanted
    assert list(judge_relieved(evidence, play.case, event)) == [
        "the person whom it takes the task from did not hold it"
    ]
