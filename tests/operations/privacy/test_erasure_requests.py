"""Who asks for an erasure, who agrees to it, and what stands in its way."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from casework.errors import InvalidForm, NotAllowed, NotFound, Refused, WrongState
from casework.operations.people import registry
from casework.operations.privacy.erasure import carry_out
from casework.records.database import transaction
from tests.operations.privacy.erasure_scene import CANARIES, Scene


@pytest.mark.parametrize("who", ["supervisor", "officer", "compliance", "auditor"])
def test_nobody_but_an_administrator_asks(scene: Scene, who: str) -> None:
    with transaction(scene.engine) as db, pytest.raises((NotAllowed, NotFound)):
        scene.ask(db, who)


@pytest.mark.parametrize("who", ["administrator", "supervisor", "officer", "auditor"])
def test_nobody_but_compliance_or_a_manager_agrees(scene: Scene, who: str) -> None:
    with transaction(scene.engine) as db:
        erasure = scene.ask(db)
        with pytest.raises((NotAllowed, NotFound)):
            scene.decide(db, erasure, who)


def test_who_asks_does_not_agree_in_another_role(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        registry.grant_role(db, scene.world.people["administrator"], "manager", programme=scene.world.programmes["BJ"])
        erasure = scene.ask(db)
        with pytest.raises(NotAllowed):
            scene.decide(db, erasure, "administrator")


def test_without_agreement_nothing_is_erased(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        erasure = scene.ask(db)
        scene.decide(db, erasure, agree=False)
    carry_out(scene.engine, erasure)
    assert set(scene.found()) == set(CANARIES)
    with transaction(scene.engine) as db, pytest.raises(WrongState):
        scene.decide(db, erasure)


def test_an_open_account_is_closed_first(scene: Scene) -> None:
    with transaction(scene.engine) as db, pytest.raises(Refused, match="The account is open"):
        scene.ask(db, person=scene.world.people["provider"], words=[])


def test_what_must_be_kept_by_now_refuses_it_when_it_is_carried_out(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        erasure = scene.ask(db)
        scene.decide(db, erasure)
        db.execute(text("UPDATE people SET active = true WHERE id = CAST(:id AS uuid)"), {"id": scene.person})
    carry_out(scene.engine, erasure)
    assert scene.kinds(erasure)[-1] == "erasure_refused"
    assert set(scene.found()) == set(CANARIES)


@pytest.mark.parametrize("word", ["Li", "王", 'a"b', "-----"])
def test_a_word_that_names_everybody_is_refused(scene: Scene, word: str) -> None:
    with transaction(scene.engine) as db, pytest.raises(InvalidForm):
        scene.ask(db, words=[word])
