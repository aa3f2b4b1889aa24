"""The number of a right is the same wherever one wrote blanks or capitals, for whoever enters, finds and imports it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from casework.errors import InvalidForm
from casework.operations.catalogue.ip_rights import record_right
from casework.operations.core.right_numbers import find_rights, is_recorded, plain
from tests.support.world import World, new_request


def enter(world: World, db: Connection, number: str, office: str | None = "CNIPA") -> str:
    done = record_right(
        db,
        world.actor(db, "officer"),
        programme=world.programmes["BJ"],
        technologies=[],
        kind="invention",
        fields={"office": office, "number": number, "owner": "Kiln Works", "status": "in_force"},
        confirmed=office is not None,
        request=new_request(),
    )
    return str(done.answer["id"])


@pytest.mark.parametrize(
    "written",
    ["ZL 2020 1 7", "zl202017", "CNIPA ZL 2020 1 7", "cnipa zl202017", "CN ZL202017", "国家知识产权局 ZL202017"],
)
def test_it_is_found_however_it_is_written(world: World, db: Connection, written: str) -> None:
    right, programme = enter(world, db, "ZL 2020 1 7"), world.programmes["BJ"]
    assert find_rights(db, programme, written) == [right]
    assert find_rights(db, world.programmes["SH"], written) == []
    assert find_rights(db, programme, "ZL 2020") == []


def test_of_several_offices_the_office_before_it_tells_which(world: World, db: Connection) -> None:
    rights = [enter(world, db, "EP 1", office) for office in ("EPO", "DPMA")]
    assert sorted(find_rights(db, world.programmes["BJ"], "EP 1")) == sorted(rights)
    assert find_rights(db, world.programmes["BJ"], "DPMA EP 1") == [rights[1]]


def test_another_right_with_it_is_known(world: World, db: Connection) -> None:
    right, programme = enter(world, db, "ZL 9"), world.programmes["BJ"]
    for office in ("cnipa", "CN", "SIPO", "国家知识产权局"):
        assert is_recorded(db, programme, office, "zl9", but=None), office
    assert not is_recorded(db, programme, "USPTO", "zl9", but=None)
    assert not is_recorded(db, programme, "cnipa", "zl9", but=right)
    assert not is_recorded(db, programme, None, "zl9", but=None)
    assert not is_recorded(db, programme, "cnipa", None, but=None)


@pytest.mark.parametrize("office", ["cn", None])
def test_the_table_holds_what_the_functions_say(world: World, db: Connection, office: str | None) -> None:
    enter(world, db, "ZL 9", office and office.upper())
    again = text(
        "INSERT INTO rights (id, programme_id, kind, office, number)"
        " VALUES (gen_random_uuid(), CAST(:programme AS uuid), 'design', :office, 'z l9')"
    )
    with pytest.raises(IntegrityError, match="ux_rights_number"), db.begin_nested():
        db.execute(again, {"programme": world.programmes["BJ"], "office": office})


def test_one_patent_is_recorded_once_whatever_its_office_is_called(world: World, db: Connection) -> None:
    enter(world, db, "ZL 9", "国家知识产权局")
    assert db.execute(text("SELECT office FROM rights WHERE number = 'ZL 9'")).scalars().all() == ["CN"]
    for office in ("CN", "CNIPA", "china"):
        with pytest.raises(InvalidForm) as refused:
            enter(world, db, "ZL9", office)
        assert set(refused.value.fields) == {"number"}


def test_python_compares_as_the_table_does() -> None:
    assert plain("CNIPA", "ZL 9") == plain("国家知识产权局", "zl9") == ("zl9", "cn")
    assert plain("Epo", "EP 1") == ("ep1", "epo")
    assert plain(None, None) == ("", "")
