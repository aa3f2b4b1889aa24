"""What a right belongs to is written as a whole, and read beside its row."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.operations.core.reader_names import names_in_chinese
from casework.operations.core.right_links import whose, with_links, write_owners, write_technologies
from tests.support.world import World


def _links(db: Connection, right: str) -> tuple[list[str], list[dict[str, str | None]]]:
    statement = text(f"SELECT {with_links('x')} FROM rights x WHERE x.id = CAST(:id AS uuid)")
    row = db.execute(statement, {"id": right}).one()
    return row.technologies, row.owners


def test_what_is_written_last_stands(world: World, db: Connection) -> None:
    right, (one, other) = world.rights[0], world.technologies[:2]
    bank = world.organisations["bank"]
    assert _links(db, right) == ([one], [])
    write_technologies(db, right, [one, other])
    write_owners(db, right, [{"organisation": bank, "share": "33.30"}])
    assert _links(db, right) == (sorted([one, other]), [{"organisation": bank, "share": "33.3"}])
    write_technologies(db, right, [])
    write_owners(db, right, [{"organisation": bank, "share": None}])
    assert _links(db, right) == ([], [{"organisation": bank, "share": None}])


def test_a_right_is_said_to_be_its_owners_on_record_in_the_readers_language(world: World, db: Connection) -> None:
    right, bank, lab = world.rights[0], world.organisations["bank"], world.organisations["lab"]
    statement = text(
        f"SELECT r.owner AS registered, {whose('r')} AS whose FROM rights r WHERE r.id = CAST(:id AS uuid)"
    )

    def said() -> object:
        return db.execute(statement, {"id": right}).one().whose

    # As long as nobody is on record, whom the register names.
    assert said() == db.execute(statement, {"id": right}).one().registered
    write_owners(db, right, [{"organisation": bank, "share": None}, {"organisation": lab, "share": "50"}])
    assert said() == "Chaoyang Green Bank; Haidian Assessment Lab"
    db.execute(text("UPDATE organisations SET name_zh = '朝阳绿色银行' WHERE id = CAST(:id AS uuid)"), {"id": bank})
    with names_in_chinese(db, chinese=True):
        assert said() == "朝阳绿色银行; Haidian Assessment Lab"
