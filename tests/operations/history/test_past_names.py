"""What people, organisations and entries of lists were called at a moment is what their logs had told by then."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, text

from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import names_in_chinese
from casework.operations.core.register_entries import note_entries
from casework.operations.history.past_names import listed_then, names_then
from casework.operations.people.programme_lists import set_entry
from casework.records.event_log import now
from tests.support.world import World, new_request

LAB = "Haidian Assessment Lab"


def call(db: Connection, table: str, id: str, **columns: object) -> datetime:
    """Give a row other columns, as its log tells it; gives a moment just before that."""
    before = now(db)
    given = ", ".join(f"{name} = :{name}" for name in columns)
    db.execute(text(f"UPDATE {table} SET {given} WHERE id = CAST(:id AS uuid)"), {"id": id, **columns})
    note_entries(db, table, id, [id], kind="changed", columns=list(columns))
    return before


def test_whoever_is_called_otherwise_now_has_the_name_of_then(world: World, db: Connection) -> None:
    person, lab = world.people["officer"], world.organisations["lab"]
    first = call(db, "people", person, name="Li Wei", name_zh="李伟")
    second = call(db, "organisations", lab, name="Laboratory of Then")
    last = call(db, "organisations", lab, name="Laboratory of Now")

    def names(at: datetime) -> tuple[str, str]:
        told = names_then(db, {person, None}, {lab}, at)
        return told[person], told[lab]

    assert names(first) == ("Officer", LAB)
    assert names(second) == ("Li Wei", LAB)
    assert names(last) == ("Li Wei", "Laboratory of Then")
    assert names(now(db)) == ("Li Wei", "Laboratory of Now")
    with names_in_chinese(db, True):
        assert names(last) == ("李伟", "Laboratory of Then")


def test_an_organisation_is_called_as_the_one_that_stood_in_its_place_then(world: World, db: Connection) -> None:
    lab, bank = world.organisations["lab"], world.organisations["bank"]
    before = call(db, "organisations", lab, merged_into=bank)
    assert names_then(db, set(), {lab}, before) == {lab: LAB}
    assert list(names_then(db, set(), {lab}, now(db)).values()) == list(names_of(db, set(), {bank}).values())


def test_nobody_is_called_by_what_is_no_id(db: Connection) -> None:
    assert names_then(db, {"system", "party", None}, {None}, now(db)) == {}


def test_an_entry_of_a_list_is_called_as_it_was(world: World, db: Connection) -> None:
    programme, actor = world.programmes["BJ"], world.actor(db, "administrator")
    at_first = now(db)

    def call_it(label: str) -> datetime:
        fields = {"code": "MWh", "version": "energy", "label": label, "label_zh": "能量"}
        set_entry(db, actor, programme, "indicators", fields=fields, reason="It is clearer.", request=new_request())
        return now(db)

    def called(at: datetime) -> list[str]:
        return [entry.label for entry in listed_then(db, programme, ["energy/MWh", "no entry", None], at).values()]

    once, again = call_it("Energy (MWh)"), call_it("All energy (MWh)")
    assert [called(at) for at in (at_first, once, again)] == [
        ["Energy used (MWh)"],
        ["Energy (MWh)"],
        ["All energy (MWh)"],
    ]
    assert listed_then(db, programme, ["no entry"], again) == {}
