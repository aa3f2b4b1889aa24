"""Groups of twins among some records: as people see them, with what they said, and of one programme alone."""

from __future__ import annotations

import json

from sqlalchemy import Connection, text

from casework.operations.matching.twin_groups import documented_of, groups_among
from tests.operations.core.test_catalogue_index import enter
from tests.support.world import World


def alike(db: Connection, programme: str, *pairs: tuple[str, str], apart: bool = False) -> None:
    """What the job has proposed, or somebody has said of two."""
    for pair in pairs:
        one, other = sorted(pair)
        db.execute(
            text("""
                INSERT INTO twin_pairs (one_id, other_id, programme_id, likeness, titles, in_order, apart)
                VALUES (CAST(:one AS uuid), CAST(:other AS uuid), CAST(:programme AS uuid), 0.9, 0.9, 0.9, :apart)
                ON CONFLICT (one_id, other_id) DO UPDATE SET apart = excluded.apart
            """),
            {"one": one, "other": other, "programme": programme, "apart": apart},
        )


def several(world: World, db: Connection, count: int) -> list[str]:
    return sorted(enter(world, db, "technology", title=f"Heat pump {n}") for n in range(count))


def test_what_hangs_together_is_a_group_also_by_a_record_that_is_not_among_them(world: World, db: Connection) -> None:
    programme, ids = world.programmes["BJ"], several(world, db, 6)
    alike(db, programme, (ids[0], ids[1]), (ids[2], ids[5]), (ids[3], ids[5]))
    assert groups_among(db, programme, ids[:5]) == {"groups": [ids[:2], ids[2:4]], "apart": []}
    assert groups_among(db, programme, [ids[0], ids[4]]) == {}


def test_who_is_said_to_be_two_is_told_inside_a_group_alone(world: World, db: Connection) -> None:
    programme, ids = world.programmes["BJ"], several(world, db, 4)
    alike(db, programme, (ids[0], ids[1]), (ids[1], ids[2]))
    alike(db, programme, (ids[0], ids[2]), (ids[2], ids[3]), apart=True)
    assert groups_among(db, programme, ids) == {"groups": [ids[:3]], "apart": [[ids[0], ids[2]]]}


def test_of_another_programme_nothing_is_told(world: World, db: Connection) -> None:
    ids = several(world, db, 2)
    alike(db, world.programmes["SH"], (ids[0], ids[1]))
    assert groups_among(db, world.programmes["BJ"], ids) == {}


def test_what_is_said_counts_more_than_who_stands_for_it_and_a_verification_most(world: World, db: Connection) -> None:
    first, second, third, fourth = several(world, db, 4)
    stood = {"confirmed_by": "somebody", "confirmed_at": "2026-01-02T00:00:00Z"}
    typed = {"title": stood, "title_zh": {**stood, "confirmed_at": "2026-03-02T00:00:00Z"}}
    imported = {"title": {"source": "A fair", "at": "2027-01-01T00:00:00Z"}}
    for id, benefits, verification, provenance in (
        (first, [], None, typed),
        (second, ["Energy"], None, imported),
        (third, ["Energy", "Water"], "Measured", {**imported, "verification": stood}),
        # Nobody stands for that.
        (fourth, [], "Measured", imported),
    ):
        db.execute(
            text(
                "UPDATE technologies SET benefits = :benefits, verification = :verification, provenance = :provenance WHERE id = :id"
            ),
            {
                "id": id,
                "benefits": benefits,
                "verification": json.dumps(verification),
                "provenance": json.dumps(provenance),
            },
        )
    told = documented_of(db, [first, second, third, fourth])
    assert told[first] == [0, told[second][1] - 1, 2, "2026-03-02T00:00:00Z"]
    assert told[second][2:] == [0, ""]
    assert told[third] == [1, told[second][1] + 1, 1, "2026-01-02T00:00:00Z"]
    assert told[fourth] == [0, told[second][1], 0, ""]
    assert told[first] < told[second] < told[third]
