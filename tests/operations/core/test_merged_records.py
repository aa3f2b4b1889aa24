"""Which record stands in the place of one, and which are one with it: each alone, and after two mergings one after the other."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.operations.catalogue.ip_rights import record_right
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.core.merged_records import called_once, in_its_place, one_with
from tests.support.world import World, add_record, new_request


def test_whoever_was_merged_is_one_with_the_one_in_its_place_and_with_nobody_else(world: World, db: Connection) -> None:
    programme, officer = world.programmes["BJ"], world.actor(db, "officer")
    first, second, third = (add_record(db, programme, "need", f"n-{n}", {"title": "Steam"}) for n in range(3))
    stands = text(f"SELECT CAST({in_its_place('needs', 'CAST(:id AS uuid)')} AS text)")
    ones = text(f"SELECT x.id::text FROM needs x WHERE x.id IN {one_with('needs', 'CAST(:id AS uuid)')}")
    assert set(db.execute(ones, {"id": first}).scalars()) == {first}
    merge_records(db, officer, "need", first, into=second, reason="One call.", request=new_request())
    assert set(db.execute(ones, {"id": third}).scalars()) == {third}
    merge_records(db, officer, "need", second, into=third, reason="One call.", request=new_request())
    for one in (first, second, third):
        assert db.execute(stands, {"id": one}).scalar_one() == third
        assert set(db.execute(ones, {"id": one}).scalars()) == {first, second, third}
    assert set(db.execute(ones, {"id": world.needs[0]}).scalars()) == {world.needs[0]}


def _entered(world: World, db: Connection, number: str) -> str:
    done = record_right(
        db,
        world.actor(db, "officer"),
        programme=world.programmes["BJ"],
        kind="invention",
        confirmed=True,
        fields={
            "office": "CNIPA",
            "owner": "Köhlerei",
            "number": number,
            "status": "in_force",
            "expires_on": "2038-05-05",
        },
        request=new_request(),
    )
    return str(done.answer["id"])


def test_of_rights_that_are_one_by_merging_the_one_that_stays_is_named(world: World, db: Connection) -> None:
    gone, kept = world.rights
    other, away = (_entered(world, db, number) for number in ("1", "2"))
    assert called_once(db, [gone]) == {}
    assert called_once(db, [gone, kept]) == {gone: gone, kept: kept}
    merged = text("UPDATE rights SET merged_into = CAST(:kept AS uuid) WHERE id = CAST(:gone AS uuid)")
    db.execute(merged, {"gone": gone, "kept": kept})
    assert called_once(db, [gone, kept, other]) == {gone: kept, kept: kept, other: other}
    assert called_once(db, [gone, other]) == {gone: gone, other: other}
    # Of two that were merged into one that is not there either stands for both, and always the same.
    db.execute(merged, {"gone": away, "kept": kept})
    first = min(gone, away)
    assert called_once(db, [gone, away]) == called_once(db, [away, gone]) == {gone: first, away: first}
