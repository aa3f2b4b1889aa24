"""What an imported record leads to: its owner once and by name, and its rights unconfirmed and once."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine, event, text

from casework.engine.deadlines.calendars import Calendar
from casework.operations.catalogue.ip_rights import confirm_right
from casework.operations.people.registry import register_programme
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.catalogue.test_importer import _import, _rows
from tests.support.world import World, new_request, today


@pytest.fixture
def programme(engine: Engine) -> str:
    with transaction(engine) as db:
        calendar = Calendar(name="None", version=1, zone="Asia/Shanghai")
        return register_programme(db, code="BJ", name="Beijing", name_zh=None, calendar=calendar)


def test_an_owner_is_registered_once_and_kept_by_name(engine: Engine, programme: str) -> None:
    told = "external_id,title,owner,owner_country\nN1,A,Invented Works Ltd,CN\nN2,B,Invented Works Ltd,CN\n"
    _import(engine, "needs", told)
    made = _import(engine, "needs", told)
    assert made.unchanged == 2
    (owner,) = _rows(engine, "SELECT id, country FROM organisations")
    assert {row.owner_id for row in _rows(engine, "SELECT owner_id FROM needs")} == {owner.id}


def test_many_new_owners_are_registered_in_as_many_statements_as_few(engine: Engine, programme: str) -> None:
    sent: list[int] = []

    @event.listens_for(engine, "before_cursor_execute")
    def count(*_: object) -> None:
        sent[-1] += 1

    for begin, count_of in ((0, 1), (10, 3), (100, 60)):
        rows = "".join(f"N{n},Need {n},Works {n},CN\n" for n in range(begin, begin + count_of))
        sent.append(0)
        _import(engine, "needs", f"external_id,title,owner,owner_country\n{rows}")
    event.remove(engine, "before_cursor_execute", count)
    # The first one opens the source as well.
    assert sent[1] == sent[2]
    assert len(_rows(engine, "SELECT id FROM organisations")) == 64
    assert list(verify_all(engine)) == []


def test_rights_come_unconfirmed_and_once(engine: Engine, programme: str) -> None:
    right = {"kind": "invention", "office": "CNIPA", "number": "CN1", "status": "in_force", "expires_on": "2035-01-01"}
    one = {"external_id": "T1", "title": "A", "rights": [right, {"kind": "know_how"}]}
    told = json.dumps([one])
    _import(engine, "technologies", told)
    made = _import(engine, "technologies", told)
    assert made.unchanged == 1
    rows = _rows(engine, "SELECT kind, number, confirmed FROM rights ORDER BY kind")
    assert [tuple(row) for row in rows] == [("invention", "CN1", False), ("know_how", None, False)]
    taken = _import(engine, "technologies", json.dumps([one | {"external_id": "T2"}]))
    assert [fault.field for fault in taken.kept_fields] == ["rights"]


def test_a_number_that_was_corrected_does_not_come_back(engine: Engine, world: World) -> None:
    right = {"kind": "invention", "office": "CNIPA", "number": "CN 1O", "status": "in_force"}
    told = json.dumps([{"external_id": "T1", "title": "A", "rights": [right]}])
    _import(engine, "technologies", told)
    with transaction(engine) as db:
        [id] = db.execute(text("SELECT id FROM rights WHERE number = 'CN 1O'")).scalars()
        officer = world.actor(db, "officer")
        confirm_right(
            db,
            officer,
            str(id),
            checked_on=today(),
            fields={"number": "CN 10", "owner": "Kiln Works"},
            request=new_request(),
        )
    again = _import(engine, "technologies", told)
    assert [fault.field for fault in again.kept_fields] == ["rights"]
    assert [row.number for row in _rows(engine, "SELECT number FROM rights WHERE number LIKE 'CN 1_'")] == ["CN 10"]
