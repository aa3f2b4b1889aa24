"""What is not as it was signed is found in what was restored."""

from __future__ import annotations

import base64

import pytest
from sqlalchemy import Engine, text

from casework.operations.verification.proving import prove_backup
from casework.operations.verification.restored_judgement import _of_the_prefix
from casework.operations.verification.sequencer import sequence
from casework.records import tree_tiles
from casework.records.database import reader_transaction
from casework.settings import Settings
from tests.support.backed_up import Office
from tests.support.world import World


def test_a_backup_of_a_history_that_was_changed_is_not_good(office: Office, superuser_engine: Engine) -> None:
    with superuser_engine.begin() as db:
        db.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
        db.execute(
            text(
                "DELETE FROM events WHERE (log_id, seq) = (SELECT log_id, max(seq) FROM events GROUP BY 1 ORDER BY 2 DESC"
                " LIMIT 1)"
            )
        )
        db.execute(text("ALTER TABLE events ENABLE TRIGGER USER"))
    proved = prove_backup(office.settings, office.back_up())
    assert not proved.is_good
    assert "has a leaf, and is not there" in str(proved.proof)


@pytest.mark.parametrize(
    ("more", "root", "said"), [(0, None, ""), (1, None, "leaves, and"), (0, bytes(32), "are others")]
)
def test_what_was_signed_before_a_base_must_stand_in_it(
    engine: Engine, settings: Settings, world: World, more: int, root: bytes | None, said: str
) -> None:
    sequence(engine, settings)
    with reader_transaction(engine) as db:
        newest = tree_tiles.newest_checkpoint(db)
        assert newest is not None
        tree = {"size": newest.size + more, "root": base64.b64encode(root or newest.root).decode()}
        found = _of_the_prefix(db, newest.size, tree)
        assert _of_the_prefix(db, 0, None) == []
    assert (bool(found), said in " ".join(found)) == (bool(said), True)
