"""What the verification says of assessments that were changed as they may not be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.engine.state.events import RegisterEvent
from casework.ledger.redactable_bodies import ERASED
from casework.operations.catalogue import assessment_parts as parts
from casework.operations.catalogue import needs_assessments as assessments
from casework.operations.catalogue.assessment_needs import ASSESSED, VISIT_KEPT, set_origin
from casework.operations.verification.assessment_judgement import assessment_faults
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.catalogue.test_needs_assessments import listed, planned
from tests.support.world import World, new_request


def _concluded(engine: Engine, world: World) -> tuple[str, str]:
    with transaction(engine) as db:
        id = planned(db, world)
        (enterprise,) = listed(db, world, id, "need_owner")
        fields = {"status": "concluded", "conclusion": "Six needs."}
        assessments.change_assessment(db, world.actor(db, "officer"), id, fields=fields, request=new_request())
    return id, enterprise


def test_what_is_concluded_is_changed_with_a_reason_and_its_needs_may_be_said_later(
    world: World, engine: Engine
) -> None:
    id, _ = _concluded(engine, world)
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        set_origin(db, officer, world.needs[0], origin=id, request=new_request())
        set_origin(db, officer, world.needs[0], origin=None, request=new_request())
        fields = {"needs_target": 7}
        assessments.change_assessment(db, officer, id, fields=fields, reason="So.", request=new_request())
    assert list(verify_all(engine)) == []


@pytest.mark.parametrize("reason", [True, False])
def test_a_change_of_what_was_concluded_without_a_reason_is_found(
    world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch, reason: bool
) -> None:
    id, _ = _concluded(engine, world)
    monkeypatch.setattr(assessments, "words_of", lambda *_, **__: {"reason": "So."} if reason else {})
    with transaction(engine) as db:
        fields = {"needs_target": 7}
        assessments.change_assessment(db, world.actor(db, "officer"), id, fields=fields, request=new_request())
    found = [one.sentence for one in verify_all(engine) if "does not say why" in one.sentence]
    assert bool(found) is not reason


def test_an_enterprise_that_is_changed_after_the_conclusion_is_found(
    world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, enterprise = _concluded(engine, world)
    monkeypatch.setattr(parts, "insist_open", lambda row: None)
    with transaction(engine) as db:
        given: dict[str, Any] = {"state": "asked", "source": None, "request": new_request()}
        assessments.set_enterprise(db, world.actor(db, "officer"), enterprise, **given)
    assert any("was concluded then" in one.sentence for one in verify_all(engine))


def test_a_change_by_somebody_who_could_not_make_it_is_found(
    world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "EDITORS", ("auditor",))
    with transaction(engine) as db:
        planned(db, world, who="auditor")
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM needs_assessments")).scalar_one() == 1
    assert any("assessment_kept" in one.sentence for one in verify_all(engine))


def test_where_what_was_told_is_erased_nobody_is_accused_until_it_is_told_again() -> None:
    begun, name = datetime(2026, 1, 5, 9, tzinfo=UTC), "needs_assessments/a"

    def event(seq: int, kind: str, **told: Any) -> RegisterEvent:
        return RegisterEvent("p", seq, begun + timedelta(days=seq), kind, "officer", body={name: {}, **told})

    ended = event(1, ASSESSED, **{name: {"status": "concluded", "conclusion": "Six needs."}})
    reopened = event(2, ASSESSED, **{name: ERASED, "reason": ERASED})
    assert list(assessment_faults([ended, reopened, event(3, VISIT_KEPT)])) == []
    again = event(4, "erased", **{name: {"status": "concluded", "conclusion": "[erased]"}})
    found = assessment_faults([ended, reopened, event(3, VISIT_KEPT), again, event(5, VISIT_KEPT)])
    assert [seq for seq, _ in found] == [5]
