"""What witnesses signed is held against their keys and what was signed here; and who named them is judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from casework.ledger.signed_notes import sign_note
from casework.operations.history.point_in_time import Past
from casework.operations.verification.service import verify_all
from casework.operations.verification.witness_judgement import check_witnesses
from casework.records import log_keys
from casework.records.database import transaction
from casework.records.row_security import in_snapshot
from tests.support import witnessed
from tests.support.witnessed import Witnessed

log = witnessed.log


def test_somebody_who_was_no_auditor_is_found(log: Witnessed) -> None:
    manager = log.world.people["officer"]
    with log.superuser.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text("UPDATE events SET actor_id = :by WHERE kind = 'witness_named'"), {"by": manager})
    assert any("auditors alone name" in one.sentence for one in verify_all(log.engine))


@pytest.mark.parametrize(
    "change",
    ["line = replace(line, 'w1', 'w2')", "signed_at = signed_at + interval '1 second'", "size = size + 1"],
    ids=["line", "time", "size"],
)
def test_a_signature_that_was_changed_is_found(log: Witnessed, change: str) -> None:
    log.take(log.signed())
    with log.superuser.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text(f"UPDATE cosignatures SET {change}"))
    assert [one.table for one in verify_all(log.engine)] == ["cosignatures"]
    with in_snapshot(log.engine) as db:
        now, past = datetime.now(UTC), Past(db)
        found = [len(list(check_witnesses(db, past, now + timedelta(hours=more)))) for more in (-1, 1)]
    assert found == [1, 0], "a night reads what was taken since"


def test_a_checkpoint_that_was_signed_anew_is_found_by_what_a_witness_signed(log: Witnessed) -> None:
    """Somebody with the database and the key puts another root in the place of the one that was signed."""
    log.take(log.signed())
    forged = sign_note(replace(log.said, root=bytes(32)).text, [log_keys.read_key(log.settings)])
    with log.superuser.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(text("UPDATE checkpoints SET root = :root, note = :note"), {"root": bytes(32), "note": forged})
    assert "cosignatures" in {one.table for one in verify_all(log.engine)}


def test_an_alarm_is_not_taken_away(log: Witnessed) -> None:
    with transaction(log.engine) as db, pytest.raises(Exception, match="permission denied"):
        db.execute(text("DELETE FROM witness_alarms"))
