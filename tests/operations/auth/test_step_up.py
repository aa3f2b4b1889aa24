"""What is sensitive asks for a fresh proof by what it is: every transition and every task of every edition, walked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.errors import CaseworkError, InvalidForm, NotAllowed, NotConfirmed
from casework.operations.auth.step_up import insist_proved, is_verdict
from casework.operations.auth.tokens import create_token
from casework.operations.cases.transitions import fire_transition
from casework.operations.core.perform import home_of
from casework.operations.tasks.service import complete_task
from casework.permissions.actors import Actor, Proof, with_proof
from tests.support.way_to_referral import to_request
from tests.support.world import World, new_request, today

Json = Any
EDITIONS = sorted(load_library().editions.values(), key=lambda one: (one.workflow, one.number))
#: Who answers for a case beside those who work on it.
DECIDERS = {"supervisor", "compliance"}


def _decides(rule: Mapping[str, Json]) -> bool:
    """As the written edition has it: decided by those alone, or by two, or not by whoever had a part in it."""
    by = set(rule["by"]) - {"system"}
    return bool(by) and (by <= DECIDERS or bool(rule["confirm_by"]) or bool(rule["not_by"]))


@pytest.mark.parametrize("proof", [Proof.OLD, Proof.NONE])
@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: f"{one.workflow}-{one.number}")
def test_every_decision_of_an_edition_asks_and_nothing_else_does(
    db: Connection, world: World, edition: Edition, proof: Proof
) -> None:
    number = world.open_case(db)
    track, log = world.main_track(db, number), home_of(db, number)
    actor = replace(world.actor(db, "officer"), proof=proof)
    wanted = NotConfirmed if proof == Proof.OLD else NotAllowed
    wrong = []
    for rule in edition.transitions:
        if not rule.by_people:
            continue
        told = {"by": rule.by, "confirm_by": rule.confirm_by, "not_by": rule.not_by}
        for place in rule.sources:
            # The track of a case stands for that of any workflow: what it is asked for is in its edition.
            db.execute(
                text(
                    "UPDATE tracks SET edition = :edition, states = ARRAY[CAST(:place AS text)] WHERE id = CAST(:id AS uuid)"
                ),
                {"edition": edition.fingerprint, "place": place, "id": track},
            )
            refused: CaseworkError | None = None
            with db.begin_nested() as attempt:
                try:
                    fire_transition(
                        db,
                        actor,
                        log,
                        "case",
                        track,
                        transition=rule.name,
                        data={},
                        revision=99_999,
                        request=new_request(),
                    )
                except CaseworkError as refusal:
                    refused = refusal
                attempt.rollback()
            asked = isinstance(refused, wanted) and (proof == Proof.OLD or refused.details.get("scope") == "decide")
            if asked != any(_decides(vars_of(one)) for one in edition.transitions if one.name == rule.name):
                wrong.append(f"{rule.name} from {place}: {told}: {refused!r}")
    assert not wrong, "\n".join(wrong)


def vars_of(rule: Any) -> dict[str, Json]:
    return {"by": rule.by, "confirm_by": rule.confirm_by, "not_by": rule.not_by}


def test_the_tasks_of_supervisors_and_compliance_are_verdicts() -> None:
    found = {f"{one.workflow}.{name}": is_verdict(one, name) for one in EDITIONS for name in one.tasks}
    for edition in EDITIONS:
        for name, rule in edition.tasks.items():
            assert found[f"{edition.workflow}.{name}"] == (rule.queue in DECIDERS or bool(rule.not_by)), name
    assert any(found.values())
    assert not all(found.values())


@pytest.mark.parametrize("answer", [{"decision": "confirm"}, {"decision": "refuse", "reason": "No."}])
def test_the_second_word_asks_the_person_who_says_it(db: Connection, world: World, answer: dict[str, str]) -> None:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    stop = {"reason": "regulation", "found_on": today().isoformat(), "source": "A list", "finding": "A hit"}
    world.fire(db, "compliance", number, "compliance_stop", stop)
    task = str(db.execute(text("SELECT id FROM tasks WHERE type = 'decision'")).scalar_one())
    for proof, refusal in ((Proof.OLD, NotConfirmed), (Proof.NONE, NotAllowed)):
        with pytest.raises(refusal):
            complete_task(
                db,
                replace(world.actor(db, "second_compliance"), proof=proof),
                task,
                data=answer,
                happened_on=None,
                request=new_request(),
            )
    complete_task(db, world.actor(db, "second_compliance"), task, data=answer, happened_on=None, request=new_request())


def test_a_screening_asks_and_a_task_of_the_officers_does_not(db: Connection, world: World) -> None:
    number, _ = to_request(world, db)
    found = db.execute(
        text(
            "SELECT id, name, queue FROM tasks WHERE type = 'side' AND state IN ('Ready', 'Reserved') AND organisation_id IS NULL"
        )
    ).all()
    for row in found:
        who = "officer" if row.queue in ("officer", "intake") else row.queue
        actor = replace(world.actor(db, who), proof=Proof.OLD)
        try:
            complete_task(db, actor, str(row.id), data={}, happened_on=None, request=new_request())
            asked = False
        except NotConfirmed:
            asked = True
        except CaseworkError:
            asked = False
        assert asked == (row.queue in DECIDERS), row.name


def test_a_session_a_token_and_a_program(db: Connection, world: World) -> None:
    within, actor = timedelta(minutes=10), world.actor(db, "supervisor")

    def of(**given: Any) -> Actor:
        return with_proof(replace(actor, **given), within)

    insist_proved(of(proved=timedelta(minutes=10)))
    with pytest.raises(NotConfirmed):
        insist_proved(of(proved=timedelta(minutes=10, seconds=1)))
    # A token that was not made for it decides nothing, whatever else its scopes say.
    with pytest.raises(NotAllowed):
        insist_proved(of(scopes=frozenset({"read", "write", "import", "admin"})))
    insist_proved(of(scopes=frozenset({"write", "decide"})))
    insist_proved(of(scopes=frozenset({"referrals.read"}), service=True))


def test_a_token_that_decides_is_short(db: Connection, world: World) -> None:
    actor = replace(world.actor(db, "supervisor"), proved=timedelta(0))

    def make(days: int) -> Any:
        return create_token(db, actor, name="decider", scopes=["write", "decide"], days=days, request=new_request())

    with pytest.raises(InvalidForm):
        make(31)
    assert make(30).answer["scopes"] == ["decide", "write"]
