"""Retention classes that were forged: by somebody without the role, by one person alone, others than were proposed."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.engine.retention import RETENTION_ASKED, RETENTION_SET, SHIPPED
from casework.operations.history.point_in_time import Past
from casework.operations.verification.retention_judgement import retention_faults
from casework.operations.verification.service import verify_case
from casework.records.event_log import read_register
from tests.operations.people.test_programme_retention import CLASSES, set_to
from tests.operations.verification.forger import Json, Scene, Stored, not_allowed, rebuild, sql


def _kept(scene: Scene, attack: Connection) -> str:
    """A programme for which a supervisor proposed classes, to which an administrator agreed."""
    sql(attack, "SET LOCAL session_replication_role = origin")
    set_to(attack, scene.world, *CLASSES)
    sql(attack, "SET LOCAL session_replication_role = replica")
    return scene.world.programmes["BJ"]


def test_classes_that_two_people_set_are_not_spoken_against(scene: Scene, attack: Connection) -> None:
    programme = _kept(scene, attack)
    assert list(retention_faults(Past(attack), programme, list(read_register(attack, programme)))) == []
    assert verify_case(attack, programme) == []


@pytest.mark.parametrize(
    ("kind", "header", "effects", "words"),
    [
        (RETENTION_SET, {"role": "officer"}, {}, "done by supervisor or administrator, not by officer"),
        (RETENTION_SET, {"actor_of": "supervisor", "role": "supervisor"}, {}, "also agreed to them"),
        (RETENTION_SET, {"actor_of": "officer"}, {}, "did not hold the role administrator"),
        (RETENTION_SET, {}, {"retention": {"version": 2, "classes": []}}, "other retention classes were set"),
        (RETENTION_SET, {}, {"retention": None}, "other retention classes were set"),
        (RETENTION_SET, {"kind": "changed"}, {}, "by an event of their own"),
        (RETENTION_ASKED, {"kind": "retention_refused"}, {}, "nobody had proposed these retention classes"),
        (RETENTION_ASKED, {"role": "administrator"}, {}, "done by supervisor, not by administrator"),
        (RETENTION_ASKED, {}, {"retention_asked": [SHIPPED[0].as_json()]}, "other retention classes were set"),
    ],
)
def test_classes_that_were_forged_are_found(
    scene: Scene, attack: Connection, kind: str, header: dict[str, str], effects: Json, words: str
) -> None:
    programme = _kept(scene, attack)

    def forge(rows: list[Stored]) -> None:
        row = next(row for row in rows if row["header"]["kind"] == kind)
        row["header"] |= {key: value for key, value in header.items() if key != "actor_of"}
        if "actor_of" in header:
            row["header"]["actor"] = scene.world.people[header["actor_of"]]
        row["effects"] |= effects

    rebuild(attack, programme, forge)
    assert any(words in sentence for _, sentence in not_allowed(verify_case(attack, programme)))


def test_a_proposal_without_its_reason_is_found(scene: Scene, attack: Connection) -> None:
    programme = _kept(scene, attack)

    def forge(rows: list[Stored]) -> None:
        del next(row for row in rows if row["header"]["kind"] == RETENTION_ASKED)["body"]["reason"]

    rebuild(attack, programme, forge)
    assert any("does not say why" in sentence for _, sentence in not_allowed(verify_case(attack, programme)))
