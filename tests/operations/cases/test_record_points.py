"""Who is about to act on rights sees what the record of each tells, and where it was looked up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.state.case import Case
from casework.operations.cases.record_points import record_points
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from tests.support.world import World


@pytest.fixture
def checking(world: World, db: Connection) -> Case:
    """A case whose main track stands where rights are checked for a pledge."""
    case = load(db, home_of(db, world.open_case(db)), "case")
    edition = load_library().latest("pledge")
    assert edition is not None
    main = replace(case.main, edition=edition.fingerprint, states=("pre_check",))
    return replace(case, tracks={**case.tracks, main.id: main})


def test_each_point_stands_beside_what_the_record_tells(world: World, db: Connection, checking: Case) -> None:
    [right] = record_points(db, world.actor(db, "officer"), checking, checking.main.id, "eligible")
    told = {point.guard: (point.told.holds, str(point.told.by)) for point in right.told.points}
    assert (right.id, right.kind, right.office) == (checking.rights[0], "invention", "CN")
    assert right.checked_on
    assert told["rights_are_not_pledged"] == (True, "nothing of this kind is on record")
    assert told["rights_can_be_pledged"] == (True, "kind: invention patent")
    assert told["twin_is_answered"][0] is None


def test_of_rights_that_are_one_by_merging_one_is_told_of(world: World, db: Connection, checking: Case) -> None:
    gone, kept = world.rights[:2]
    both = replace(checking, rights=(gone, kept))

    def told() -> list[str]:
        return [one.id for one in record_points(db, world.actor(db, "officer"), both, both.main.id, "eligible")]

    assert told() == [gone, kept]
    merged = text("UPDATE rights SET merged_into = CAST(:kept AS uuid) WHERE id = CAST(:gone AS uuid)")
    db.execute(merged, {"gone": gone, "kept": kept})
    assert told() == [kept]


def test_where_no_record_speaks_nothing_is_read(world: World, db: Connection, checking: Case) -> None:
    actor, main = world.actor(db, "officer"), checking.main.id
    assert record_points(db, actor, checking, main, "approved") == []
    assert record_points(db, actor, replace(checking, rights=()), main, "eligible") == []


def test_terms_that_reach_further_than_a_right_are_told_of(world: World, db: Connection, checking: Case) -> None:
    edition = load_library().latest("agreement")
    assert edition is not None
    main = replace(checking.main, edition=edition.fingerprint, states=("signing",))
    signing = replace(checking, tracks={**checking.tracks, main.id: main})
    for said, holds, words in (
        ({"territories": ["CN"]}, True, "by its office it holds in one country alone: China"),
        ({"territories": ["CN", "DE"]}, None, "of it the terms give nothing in: Germany"),
    ):
        [right] = record_points(db, world.actor(db, "officer"), signing, main.id, "sign_local", said=said)
        told = {point.guard: point.told for point in right.told.points}["rights_fit_the_kind"]
        assert told.holds is holds
        assert words in str(told.by)
