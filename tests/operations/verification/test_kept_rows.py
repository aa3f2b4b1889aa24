"""What the tables hold of several logs, read at once: the same as of each alone."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.operations.verification.kept_rows import PARTS, read_kept
from tests.operations.verification.forger import Scene, sql

_NOBODY = "00000000-0000-7000-8000-000000000000"


def test_of_several_logs_each_has_its_own(scene: Scene, attack: Connection) -> None:
    """Also where a right, a mention and a word are not as the events have them."""
    sql(attack, "UPDATE files SET name = 'another.pdf'")
    mention = "INSERT INTO mentions (id, message_id, person_id, programme_id, log_id, made_at) VALUES (:id, :id, :id, :id, :log, now())"
    sql(attack, mention, id=_NOBODY, log=scene.log)
    sql(
        attack,
        "UPDATE events SET effects = effects || CAST(:rights AS jsonb) WHERE log_id = CAST(:log AS uuid) AND seq = 5",
        log=scene.log,
        rights=f'{{"rights": [{{"right": "{_NOBODY}"}}], "case_rights": ["{_NOBODY}", "{scene.world.rights[0]}"]}}',
    )
    logs = list(attack.execute(text("SELECT id FROM logs WHERE kind IN ('case', 'mediation') ORDER BY id")).scalars())
    kept = read_kept(attack, logs)
    assert kept == {log: read_kept(attack, [log])[log] for log in reversed(logs)}
    assert len(logs) > 1
    assert read_kept(attack, []) == {}
    assert kept[scene.log].rights == [(5, _NOBODY)]
    assert kept[scene.log].unknown_rights == [(5, _NOBODY)]
    assert kept[scene.log].mentions == [(_NOBODY, _NOBODY)]
    assert all(
        not (kept[log].rights or kept[log].unknown_rights or kept[log].mentions) for log in logs if log != scene.log
    )


def test_rows_are_those_of_the_tables(scene: Scene, attack: Connection) -> None:
    (kept,) = read_kept(attack, [scene.log]).values()
    assert kept.rows.keys() == {*PARTS, "cases", "mediations", "case_dates"}
    for table, rows in kept.rows.items():
        column = "log_id" if table in PARTS else "id"
        there = attack.execute(
            text(f"SELECT to_jsonb(x) FROM {table} x WHERE {column} = CAST(:log AS uuid) ORDER BY id"),
            {"log": scene.log},
        ).scalars()
        assert sorted(rows, key=lambda row: row["id"]) == list(there)
    assert [row["position"] for row in kept.rows["tracks"]] == sorted(row["position"] for row in kept.rows["tracks"])
    assert len(kept.rows["cases"]) == len(kept.rows["case_dates"]) == 1
    assert (kept.rights, kept.unknown_rights, kept.mentions, kept.words) == ([], [], [], [])
