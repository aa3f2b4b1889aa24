"""Who proposes a removal and who agrees to it, and what is asked of both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from casework import reasons
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.documents.storage import DocumentStore
from casework.operations.privacy.legal_holds import place_hold
from casework.operations.privacy.removals import read_removals, show_removals
from casework.operations.privacy.removing import carry_on
from casework.records.database import transaction
from casework.settings import Settings
from tests.operations.privacy.removal_scene import Scene, set_scene
from tests.support.world import World, new_request


@pytest.fixture
def scene(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World, document_store: DocumentStore
) -> Iterator[Scene]:
    made = set_scene(engine, superuser_engine, settings, world, document_store)
    yield made
    made.engine.dispose()


def test_the_list_is_what_was_due_and_stays_so(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        scene.propose(db)
        (one,) = read_removals(db, scene.programme)
        place_hold(
            db, scene.world.actor(db, "compliance"), programme=scene.programme, reason="A suit.", request=new_request()
        )
        (after,) = read_removals(db, scene.programme)
    assert one == after
    assert list(one.classes.values()) == ["other", "other"]


def test_what_is_held_is_not_proposed(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        by = scene.world.actor(db, "compliance")
        place_hold(db, by, programme=scene.programme, case=scene.numbers[0], reason="A suit.", request=new_request())
        scene.propose(db)
        assert len(read_removals(db, scene.programme)[-1].classes) == 1


def test_a_class_without_due_cases_is_not_proposed(scene: Scene) -> None:
    with transaction(scene.engine) as db, pytest.raises(Refused) as refusal:
        scene.propose(db, code="financing")
    assert list(refusal.value.reasons) == [reasons.retention.NOTHING_DUE]


@pytest.mark.parametrize(
    ("who", "error"), [("officer", NotFound), ("administrator", NotAllowed), ("compliance", NotFound)]
)
def test_a_supervisor_proposes(scene: Scene, who: str, error: type[Exception]) -> None:
    with transaction(scene.engine) as db, pytest.raises(error):
        scene.propose(db, who)


@pytest.mark.parametrize(
    ("who", "error"), [("supervisor", NotAllowed), ("officer", NotFound), ("compliance", NotFound)]
)
def test_another_supervisor_or_an_administrator_agrees(scene: Scene, who: str, error: type[Exception]) -> None:
    with transaction(scene.engine) as db:
        seen = scene.propose(db)
    with transaction(scene.engine) as db, pytest.raises(error):
        scene.decide(db, seen, who)


def test_whoever_agrees_confirms_that_it_cannot_be_undone(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        seen = scene.propose(db)
    with transaction(scene.engine) as db, pytest.raises(InvalidForm) as refusal:
        scene.decide(db, seen, confirmed=False)
    assert refusal.value.fields == {"confirmed": reasons.retention.CONFIRM}


def test_whoever_proposed_takes_it_back(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        scene.decide(db, scene.propose(db), "supervisor", agree=False, confirmed=False, note="Not yet.")
        assert [one.proposal.state for one in read_removals(db, scene.programme)] == ["refused"]


def test_nobody_agrees_to_what_they_have_not_seen(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        seen = scene.propose(db)
        scene.propose(db)
    with transaction(scene.engine) as db, pytest.raises(RecordHasMoved):
        scene.decide(db, seen)


def test_one_removal_is_carried_out_at_a_time(scene: Scene) -> None:
    scene.agree()
    with transaction(scene.engine) as db, pytest.raises(Refused) as refusal:
        scene.propose(db)
    assert list(refusal.value.reasons) == [reasons.retention.UNDER_WAY]


def test_the_list_says_how_far_a_removal_has_come(scene: Scene) -> None:
    decision = scene.agree()
    with transaction(scene.engine) as db:
        by = scene.world.actor(db, "compliance")
        place_hold(db, by, programme=scene.programme, case=scene.numbers[0], reason="A suit.", request=new_request())
    carry_on(scene.engine, scene.programme)
    with transaction(scene.engine) as db:
        shown = show_removals(db, scene.world.actor(db, "auditor"), scene.programme)
    (one,) = shown.removals
    assert (one.decision, one.state, one.cases, one.removed, one.left, one.waiting) == (decision, "agreed", 2, 1, 1, 0)
    assert [(case.number, case.state, case.why) for case in shown.cases] == [
        (scene.numbers[0], "left", ["held"]),
        (scene.numbers[1], "removed", []),
    ]
    assert (shown.mine, shown.decides, shown.own) == (False, False, False)


def test_the_list_says_who_may_agree(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        scene.propose(db)
        for who, may in (("supervisor", (True, False, True)), ("administrator", (False, True, False))):
            shown = show_removals(db, scene.world.actor(db, who), scene.programme)
            assert (shown.mine, shown.decides, shown.own) == may
        with pytest.raises(NotFound):
            show_removals(db, scene.world.actor(db, "officer"), scene.programme)
