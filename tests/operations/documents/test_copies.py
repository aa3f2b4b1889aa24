"""What becomes of a provider's copies: asked when its access ends, chased, confirmed, and found where nobody confirms it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.state.case import Task
from casework.errors import WrongState
from casework.operations.cases.case_actions import withdraw_consent
from casework.operations.core.perform import home_of
from casework.operations.documents import grants
from casework.operations.oversight.case_hygiene import find_breaches
from casework.operations.tasks.service import complete_task
from casework.operations.verification.service import verify_case
from casework.records.event_log import read_events
from tests.operations.documents.test_grants import Scene
from tests.support.way_to_referral import to_accepted
from tests.support.world import World, new_request, today

Json = Any
CANCELLED = {"reason": "not_needed", "fees_settled": True}


pytestmark = pytest.mark.stage(play=to_accepted)


@pytest.fixture
def scene(db: Connection, world: World, staged: tuple[str, str]) -> Scene:
    return Scene(db, world, *staged)


def asked(scene: Scene) -> list[Task]:
    return [one for one in scene.case().open_tasks() if one.name == "return_papers"]


def confirm(scene: Scene) -> None:
    grants.confirm_return(
        scene.db,
        scene.world.actor(scene.db, "provider"),
        scene.case(),
        scene.referral,
        how="returned",
        note=None,
        request=new_request(),
    )


def end_by_consent(scene: Scene) -> None:
    case = scene.case()
    (consent,) = [one.id for one in case.consents.values() if one.party == "need_owner" and one.ended_at is None]
    withdraw_consent(
        scene.db,
        scene.world.actor(scene.db, "officer"),
        scene.number,
        consent,
        reason="By letter",
        revision=case.revision,
        request=new_request(),
    )


def end_by_word(scene: Scene) -> None:
    grants.end_grant(
        scene.db,
        scene.world.actor(scene.db, "officer"),
        scene.number,
        scene.grant().id,
        reason="Too much.",
        request=new_request(),
    )


def give_up(scene: Scene) -> None:
    scene.fire("provider", "start", {})
    scene.fire("provider", "give_up", {"reason": "Too much."})


ENDS: dict[str, Callable[[Scene], object]] = {
    "cancelled": lambda scene: scene.fire("officer", "cancel", CANCELLED),
    "given up": give_up,
    "consent withdrawn": end_by_consent,
    "ended by the office": end_by_word,
    "its day is over": lambda scene: scene.pass_days(6),
}


@pytest.mark.parametrize("how", ENDS)
def test_whose_access_ends_is_asked_at_once(scene: Scene, how: str) -> None:
    scene.share(today() + timedelta(days=5))
    assert asked(scene) == []
    ENDS[how](scene)
    (task,) = asked(scene)
    assert (task.queue, task.organisation, task.aftercare) == ("provider", scene.world.organisations["lab"], True)
    assert task.due_at is not None


def test_who_had_nothing_is_asked_nothing(scene: Scene) -> None:
    scene.fire("officer", "cancel", CANCELLED)
    assert asked(scene) == []


def test_the_words_of_the_page_finish_the_task(scene: Scene) -> None:
    scene.share()
    scene.fire("officer", "cancel", CANCELLED)
    confirm(scene)
    assert (asked(scene), scene.case().copies_out(scene.referral)) == ([], [])


def test_the_task_says_it_of_the_copies(scene: Scene) -> None:
    scene.share()
    scene.fire("officer", "cancel", CANCELLED)
    (task,) = asked(scene)
    complete_task(
        scene.db,
        scene.world.actor(scene.db, "provider"),
        task.id,
        data={"how": "destroyed"},
        happened_on=None,
        request=new_request(),
    )
    assert scene.grant().returned_at is not None
    with pytest.raises(WrongState):
        confirm(scene)


def test_what_is_shared_again_is_not_asked_for_meanwhile(scene: Scene) -> None:
    id = scene.share()
    end_by_word(scene)
    scene.fire("provider", "ask_info", {"items": "It is needed after all"})
    scene.fire("officer", "supply_info", {"documents": [id], "answer": "Here."})
    assert asked(scene) == []
    scene.fire("officer", "cancel", CANCELLED)
    confirm(scene)
    assert all(one.returned_at for one in scene.case().grants.values())


def test_only_what_has_ended_is_given_back(scene: Scene) -> None:
    scene.share()
    end_by_word(scene)
    kept = scene.share()
    confirm(scene)
    assert [one.returned_at is None for one in scene.case().grants.values()] == [False, True]
    assert scene.sees("provider", kept)


def test_the_escalation_goes_on_when_the_referral_is_over(scene: Scene) -> None:
    scene.share()
    scene.fire("officer", "cancel", CANCELLED)
    (task,) = asked(scene)
    scene.pass_days(40)
    fired = [
        one.effects["what"]
        for one in read_events(scene.db, home_of(scene.db, scene.number))
        if one.kind == "timer_fired" and one.effects.get("task") == task.id
    ]
    assert fired == ["remind", "due", "escalate", "flag"]
    assert asked(scene)[0].flagged


def test_case_hygiene_finds_what_nobody_confirms(scene: Scene) -> None:
    scene.share()
    scene.fire("officer", "cancel", CANCELLED)
    found = []
    for days in (20, 15):
        scene.pass_days(days)
        found.append([one.task and one.task.name for one in find_breaches(scene.db) if one.kind == "copies_out"])
    confirm(scene)
    found.append([one.kind for one in find_breaches(scene.db) if one.kind == "copies_out"])
    assert found == [[], ["return_papers"], []]


@pytest.mark.parametrize("reader", ["officer", "provider"])
def test_both_sides_see_what_is_owed_and_what_came_back(scene: Scene, reader: str) -> None:
    scene.share()
    seen = [scene.package(reader)[0].owed]
    scene.fire("officer", "cancel", CANCELLED)
    seen.append(scene.package(reader)[0].owed)
    confirm(scene)
    seen.append(scene.package(reader)[0].owed)
    assert seen == [False, True, False]


def test_all_of_it_verifies(scene: Scene) -> None:
    id = scene.share()
    end_by_word(scene)
    scene.fire("provider", "ask_info", {"items": "It is needed after all"})
    scene.fire("officer", "supply_info", {"documents": [id], "answer": "Here."})
    scene.fire("officer", "cancel", CANCELLED)
    (task,) = asked(scene)
    complete_task(
        scene.db,
        scene.world.actor(scene.db, "provider"),
        task.id,
        data={"how": "destroyed"},
        happened_on=None,
        request=new_request(),
    )
    assert list(verify_case(scene.db, home_of(scene.db, scene.number))) == []
