"""A right is confirmed and corrected by whom and how it may be: what is forged, made to fit in chain, head and row, is found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from casework.operations.catalogue.ip_rights import confirm_right, record_right, write_row
from casework.operations.history.point_in_time import Past
from casework.operations.verification.right_judgement import right_faults
from casework.operations.verification.service import verify_case
from casework.records.event_log import read_register
from tests.operations.verification.forger import Json, Scene, not_allowed, rebuild, sql, the
from tests.support.world import new_request, today


def _corrected(scene: Scene, attack: Connection) -> str:
    """A right that was entered without a technology, and corrected."""
    sql(attack, "SET LOCAL session_replication_role = origin")
    who, programme = scene.world.actor(attack, "officer"), scene.world.programmes["BJ"]
    fields = {
        "office": "CNIPA",
        "number": "CN 77",
        "owner": "Kiln Works",
        "status": "in_force",
        "checked_on": today().isoformat(),
    }
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
    right = str(done.answer["id"])
    confirm_right(
        attack, who, right, checked_on=today(), fields={"owner": "ACME"}, reason="Assigned.", request=new_request()
    )
    sql(attack, "SET LOCAL session_replication_role = replica")
    return right


def test_what_officers_do_is_not_spoken_against(scene: Scene, attack: Connection) -> None:
    right = _corrected(scene, attack)
    assert list(right_faults(Past(attack), scene.world.programmes["BJ"], read_register(attack, right))) == []
    assert verify_case(attack, right) == []


@pytest.mark.parametrize(
    ("of", "header", "effects", "gone", "words"),
    [
        ("confirmed", {"role": "auditor"}, {}, "", "kept by officer or supervisor, not by auditor"),
        ("confirmed", {"role": "supervisor"}, {}, "", "did not hold the role supervisor"),
        ("recorded", {"actor_of": "provider"}, {}, "", "did not hold the role officer"),
        ("confirmed", {}, {"checked_on": (today() + timedelta(days=9)).isoformat()}, "", "on a day that was to come"),
        ("confirmed", {}, {}, "reason", "does not say why"),
    ],
)
def test_a_forged_confirmation_is_found(
    scene: Scene, attack: Connection, of: str, header: dict[str, str], effects: dict[str, Json], gone: str, words: str
) -> None:
    right = _corrected(scene, attack)

    def forge(rows: list[dict[str, Json]]) -> None:
        row = the(rows, of)
        row["header"] |= {key: value for key, value in header.items() if key != "actor_of"}
        if "actor_of" in header:
            row["header"]["actor"] = scene.world.people[header["actor_of"]]
        row["effects"] |= effects
        if gone:
            del row["body"][gone]

    rebuild(attack, right, forge)
    write_row(attack, right)
    assert any(words in sentence for _, sentence in not_allowed(verify_case(attack, right)))
