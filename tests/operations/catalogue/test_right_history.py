"""What the log of a right tells: each entry with what stood there before, its reason and where it was looked up."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from casework.errors import InvalidForm, NotFound, RecordHasMoved
from casework.operations.catalogue.ip_rights import confirm_right
from casework.operations.catalogue.right_history import cases_of, read_entries, read_seq, seen_programme
from tests.operations.catalogue.test_ip_rights import record
from tests.support.world import World, new_request, today


def test_what_was_confirmed_is_corrected_with_a_reason_and_by_who_saw_it(world: World, db: Connection) -> None:
    right, officer = record(db, world, confirmed=True), world.actor(db, "officer")

    def correct(**given: Any) -> None:
        confirm_right(db, officer, right, checked_on=today(), request=new_request(), **given)

    with pytest.raises(InvalidForm, match="reason"):
        correct(fields={"owner": "ACME"})
    seen = read_seq(db, right)
    correct(fields={"owner": "ACME"}, reason="Assigned.", seen=seen)
    with pytest.raises(RecordHasMoved):
        correct(fields={"number": "CN 2"}, reason="Misread.", seen=seen)
    [corrected, recorded] = read_entries(db, officer, right)
    assert (corrected.changes["owner"], corrected.reason) == (("Kiln Works", "ACME"), "Assigned.")
    assert recorded.changes["number"] == (None, "CN 1")


def test_only_whoever_reads_the_programme_is_told(world: World, db: Connection) -> None:
    number, right = world.open_case(db), world.rights[0]
    assert [case.number for case in cases_of(db, world.actor(db, "officer"), right)] == [number]
    assert cases_of(db, world.actor(db, "foreign_officer"), right) == []
    assert seen_programme(db, world.actor(db, "auditor"), right) == world.programmes["BJ"]
    for who in ("foreign_officer", "provider"):
        with pytest.raises(NotFound):
            read_entries(db, world.actor(db, who), right)
