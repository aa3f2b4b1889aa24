"""Whoever leaves a case holds nothing in it any more, and no forged owner hides what the true one held; rights that a case is
about are added and taken out as they may be."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.engine.state.events import HANDED_OVER, RELIEVED
from casework.json_values import JsonObject
from casework.operations.cases.case_rights import add_rights, remove_rights
from casework.operations.catalogue.ip_rights import record_right
from casework.operations.core.perform import home_of
from casework.operations.tasks.service import claim_task
from casework.operations.verification.service import verify_case
from tests.operations.verification.forger import Scene, Stored, not_allowed, rebuild, sql, the
from tests.support.world import new_request


def test_a_hand_over_by_a_forged_owner_is_found(scene: Scene, attack: Connection) -> None:
    """The row named another owner for one action, which did not free what the true one held; what came after it did."""
    people = scene.world.people
    sql(attack, "SET LOCAL session_replication_role = origin")
    number = scene.world.new_case(attack)
    log = home_of(attack, number)
    scene.world.fire(attack, "officer", number, "take")
    task = (
        sql(attack, "SELECT id FROM tasks WHERE log_id = CAST(:log AS uuid) AND state = 'Ready'", log=log)
        .scalars()
        .first()
    )
    claim_task(attack, scene.world.actor(attack, "officer"), str(task), new_request())
    sql(
        attack,
        "UPDATE cases SET owner_id = CAST(:it AS uuid) WHERE id = CAST(:log AS uuid)",
        it=people["other_officer"],
        log=log,
    )
    scene.world.hand_over(attack, "supervisor", number, "other_officer")
    freed = sql(
        attack,
        "SELECT header->>'kind' AS kind, effects FROM events WHERE log_id = CAST(:log AS uuid) ORDER BY seq DESC LIMIT 2",
        log=log,
    ).all()
    assert [(one.kind, [state["id"] for state in one.effects.get("task_states", ())]) for one in freed] == [
        (RELIEVED, [str(task)]),
        (HANDED_OVER, []),
    ]
    assert ["does not free exactly" in sentence for _, sentence in not_allowed(verify_case(attack, log))] == [True]


def _another_right(attack: Connection, scene: Scene) -> str:
    who, programme = scene.world.actor(attack, "officer"), scene.world.programmes["BJ"]
    fields = {"office": "CNIPA", "number": "CN 9", "owner": "A", "status": "in_force"}
    done = record_right(
        attack,
        who,
        programme=programme,
        technologies=[],
        kind="design",
        fields=fields,
        confirmed=True,
        request=new_request(),
    )
    return str(done.answer["id"])


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        ({"what": "removed"}, "not those that follow"),
        ({"what": "other"}, "neither adds nor takes out"),
        ({"case_rights": []}, "not those that follow"),
        ({"data": {"rights": []}}, "not those that follow"),
    ],
)
def test_other_rights_than_those_that_follow_are_found(
    scene: Scene, attack: Connection, forged: JsonObject, why: str
) -> None:
    sql(attack, "SET LOCAL session_replication_role = origin")
    number = scene.world.new_case(attack)
    log = home_of(attack, number)
    scene.world.fire(attack, "officer", number, "take")
    right, who = _another_right(attack, scene), scene.world.actor(attack, "officer")
    add_rights(attack, who, number, rights=[right], reason="As in the contract.", revision=None, request=new_request())
    assert verify_case(attack, log) == []
    sql(attack, "SET LOCAL session_replication_role = replica")
    rebuild(attack, log, lambda rows: the(rows, "rights_changed")["effects"].update(forged))
    assert [why in sentence for _, sentence in not_allowed(verify_case(attack, log))].count(True) == 1


def test_a_burdened_right_does_not_leave_by_another_word_or_another_event(scene: Scene, attack: Connection) -> None:
    sql(attack, "SET LOCAL session_replication_role = origin")
    number = scene.world.new_case(attack)
    log, who = home_of(attack, number), scene.world.actor(attack, "officer")
    right = _another_right(attack, scene)
    scene.world.fire(attack, "officer", number, "take")
    add_rights(attack, who, number, rights=[right], reason="As in the contract.", revision=None, request=new_request())
    chief = scene.world.actor(attack, "supervisor")
    remove_rights(attack, chief, number, rights=[right], reason="Another one.", revision=None, request=new_request())
    assert verify_case(attack, log) == []
    sql(attack, "SET LOCAL session_replication_role = replica")

    def forge(rows: list[Stored]) -> None:
        the(rows, "fired", "take")["effects"] |= {
            "rights": [{"right": right, "add": {"kind": "pledge", "from": None}}],
            "case_rights": [],
        }

    rebuild(attack, log, forge)
    told = [sentence for _, sentence in not_allowed(verify_case(attack, log))]
    assert any("on which this case has laid something" in sentence for sentence in told)
    assert any("only what says so changes the rights" in sentence for sentence in told)
