"""Rights and organisations from a table: all or nothing, unconfirmed, never twice, and every fault by its row and column."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.case_objects.licence_conflicts import Terms, conflict, terms_of
from casework.errors import InvalidForm, NotAllowed
from casework.operations.cases.case_rights import add_rights
from casework.operations.catalogue import table_import
from casework.operations.catalogue.ip_rights import record_right
from casework.operations.catalogue.table_import import import_table
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.world import World, new_request

ORGANISATIONS = """name,name_zh,country,register_number,size,contact_name,contact_email,owner_name,owner_kind,owner_share
Beijing Heat Works,北京热力厂,CN,91110108551385082Q,small,Li Na,li@example.org,Zhang Wei,person,60%
Beijing Heat Works,,,91110108551385082Q,,Wang Tao,wang@example.org,City Fund,organisation,30
Nordlicht GmbH,,DE,HRB 1234,medium,,,,,
"""
#: As a file of JSON lines; in CSV the same columns.
PATENT = {
    "kind": "invention", "office": "CN", "number": "ZL 2021 1 0000001.2", "status": "in_force", "filed_on": "2021-01-04",
    "granted_on": "2023-05-30", "expires_on": "2041-01-04", "fee_paid_to": "2027-01-04",
    "owners": "Beijing Heat Works 60%; Nordlicht GmbH 40%", "technologies": "technology-1", "encumbrance": "pledge",
    "holder": "Nordlicht GmbH", "begins_on": "2025-02-03", "ends_on": "2028-02-02", "amount": "3000000", "amount_currency": "CNY",
    "encumbrance_number": "Y2025-1", "source": "CNIPA register",
}  # fmt: skip
LICENSED = {
    "kind": "invention", "office": "CN", "number": "ZL202110000001.2", "encumbrance": "licence", "holder": "Beijing Heat Works",
    "begins_on": "2025-03-01", "licence": "plain", "territories": "CN", "sublicence": "yes",
}  # fmt: skip
SECRET = {"kind": "know_how", "status": "kept", "owners": "Beijing Heat Works"}
RIGHTS = "\n".join(json.dumps(row) for row in (PATENT, LICENSED, SECRET))


def bring(db: Connection, world: World, table: Any, content: str | bytes, who: str = "officer", **more: Any) -> Any:
    content = content.encode() if isinstance(content, str) else content
    given = {"programme": world.programmes["BJ"], "source": "The city's list of 2026"} | more
    done = import_table(db, world.actor(db, who), table=table, content=content, request=new_request(), **given)
    return done.answer


def counted(done: Any) -> tuple[int, int, int, int]:
    return done["created"], done["changed"], done["unchanged"], done["bad"]


def rows(db: Connection, statement: str) -> list[Any]:
    return list(db.execute(text(statement)))


def faults(done: Any) -> list[tuple[int, str]]:
    return [(fault["row"], fault["field"]) for fault in done["faults"]]


def test_organisations_come_with_contacts_and_owners_and_never_twice(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        done = bring(db, world, "organisations", ORGANISATIONS)
        assert (counted(done), done["faults"], done["kept"]) == ((2, 1, 0, 0), [], [])
    with transaction(engine) as db:
        (heat,) = rows(db, "SELECT * FROM organisations WHERE name = 'Beijing Heat Works'")
        assert (heat.name_zh, heat.register_number, heat.size) == ("北京热力厂", "91110108551385082Q", "small")
        assert heat.confirmed is False, "nothing that is imported counts as confirmed"
        assert {row.name for row in rows(db, "SELECT name FROM organisation_contacts")} == {"Li Na", "Wang Tao"}
        assert [str(row.share) for row in rows(db, "SELECT share FROM organisation_owners ORDER BY share")] == [
            "30",
            "60",
        ]
    with transaction(engine) as db:
        again = bring(db, world, "organisations", ORGANISATIONS)
        assert (counted(again), again["kept"]) == ((0, 0, 3, 0), [])
    assert list(verify_all(engine)) == []


def test_what_a_record_lacks_is_added_and_what_it_says_stays(engine: Engine, world: World) -> None:
    head = "name,country,address,kind\n"
    with transaction(engine) as db:
        bring(db, world, "organisations", head + "Nordlicht GmbH,DE,,company\n")
    with transaction(engine) as db:
        done = bring(db, world, "organisations", head + "Nordlicht GmbH,AT,Hafen 1,\n")
        assert counted(done) == (0, 1, 0, 0)
        assert [(one["row"], one["field"]) for one in done["kept"]] == [(2, "country")]
        (row,) = rows(db, "SELECT * FROM organisations WHERE name = 'Nordlicht GmbH'")
        assert (row.country, row.address, row.confirmed) == ("DE", "Hafen 1", False)
    assert list(verify_all(engine)) == []


def test_rights_come_with_owners_technologies_and_what_lies_on_them(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        bring(db, world, "organisations", ORGANISATIONS)
    with transaction(engine) as db:
        done = bring(db, world, "rights", RIGHTS)
        assert (counted(done), done["faults"], done["kept"]) == ((2, 1, 0, 0), [], [])
    with transaction(engine) as db:
        (patent,) = rows(db, "SELECT * FROM rights WHERE kind = 'invention' AND number = 'ZL 2021 1 0000001.2'")
        assert (patent.confirmed, patent.source, str(patent.fee_paid_to)) == (False, "CNIPA register", "2027-01-04")
        assert [(one["kind"], one["number"], one["licence"]) for one in patent.encumbrances] == [
            ("pledge", "Y2025-1", None),
            ("licence", None, "plain"),
        ]
        assert patent.encumbrances[0]["amount"] == {"amount": "3000000.00", "currency": "CNY"}
        shares = rows(db, f"SELECT share FROM right_owners WHERE right_id = '{patent.id}' ORDER BY share")
        assert [str(row.share.normalize()) for row in shares] == ["4E+1", "6E+1"]
        assert rows(db, f"SELECT 1 FROM right_technologies WHERE right_id = '{patent.id}'")
    with transaction(engine) as db:
        again = bring(db, world, "rights", RIGHTS)
        assert (counted(again), again["kept"]) == ((0, 0, 3, 0), [])
        other = bring(db, world, "rights", RIGHTS.replace("2041-01-04", "2041-01-05"))
        assert [(one["row"], one["field"]) for one in other["kept"]] == [(1, "expires_on")]
    assert list(verify_all(engine)) == []


def test_an_imported_right_can_be_added_to_a_running_case(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
        world.fire(db, "officer", number, "take")
        bring(db, world, "organisations", ORGANISATIONS)
        bring(db, world, "rights", RIGHTS)
        (patent,) = rows(db, "SELECT id FROM rights WHERE number = 'ZL 2021 1 0000001.2'")
        case = world.read_case(db, number)
        add_rights(
            db,
            world.actor(db, "officer"),
            number,
            rights=[str(patent.id)],
            reason="It came with the city's list.",
            revision=case.revision,
            request=new_request(),
        )
        assert str(patent.id) in world.read_case(db, number).rights


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("patent,CN,1,,,,,,", "kind"),
        ("invention,CN,1,granted,,,,,", "status"),
        ("invention,CN,1,,2021-02-30,,,,", "filed_on"),
        ("invention,CN,1,,2022-01-01,2021-01-01,,,", "granted_on"),
        ("know_how,CN,,,,,,Hebei Steam Works,", "office"),
        ("know_how,,,,,,,,", "number"),
        ("invention,CN,1,,,,,Nobody Ltd 50%,", "owners"),
        ("invention,CN,1,,,,,Hebei Steam Works 80%; Hebei Steam Works 30%,", "owners"),
        ("invention,CN,1,,,,,,technology-99", "technologies"),
        ("invention,CN,1\u202e2,,,,,,", "number"),
    ],
)
def test_a_wrong_row_is_told_and_nothing_is_changed(engine: Engine, world: World, row: str, field: str) -> None:
    head = "kind,office,number,status,filed_on,granted_on,expires_on,owners,technologies\n"
    good = "invention,CN,ZL 7,in_force,,,,,technology-1\n"
    with transaction(engine) as db:
        before = rows(db, "SELECT count(*) AS n FROM rights")[0].n
        done = bring(db, world, "rights", head + good + row + "\n")
        assert (faults(done)[0], counted(done)) == ((3, field), (0, 0, 0, 1))
    with transaction(engine) as db:
        assert rows(db, "SELECT count(*) AS n FROM rights")[0].n == before
        assert rows(db, "SELECT 1 FROM rights WHERE number = 'ZL 7'") == []
    assert list(verify_all(engine)) == []


def told(done: Any) -> list[tuple[int, str, str]]:
    return [(one["row"], one["field"], one["code"]) for one in done["kept"]]


def enter_secret(db: Connection, world: World) -> None:
    record_right(
        db,
        world.actor(db, "officer"),
        programme=world.programmes["BJ"],
        kind="know_how",
        fields={"status": "kept"},
        confirmed=False,
        technologies=[],
        owners=[{"organisation": world.organisations["need_owner"], "share": None}],
        source="Officer",
        request=new_request(),
    )


def test_two_rights_without_a_number_are_not_taken_for_one(db: Connection, world: World) -> None:
    secret = {"kind": "know_how", "status": "kept", "owners": "Hebei Steam Works"}
    two = json.dumps([secret | {"source": "Recipe A"}, secret | {"source": "Recipe B"}])
    done = bring(db, world, "rights", two)
    assert (faults(done), counted(done)) == ([(2, "number")], (0, 0, 0, 1))
    assert done["faults"][0]["values"] == {"row": 1}
    # Of other owners, or of another kind, it is another one.
    other = secret | {"owners": "Nordwind Boilers"}
    assert counted(bring(db, world, "rights", json.dumps([secret, other, secret | {"kind": "trade_secret"}])))[0] == 3


def test_a_further_row_of_a_right_without_a_number_adds_what_lies_on_it_and_is_told(
    db: Connection, world: World
) -> None:
    secret = {"kind": "know_how", "status": "kept", "owners": "Hebei Steam Works"}
    licence = {"encumbrance": "licence", "licence": "plain", "begins_on": "2025-03-01", "holder": "Nordwind Boilers"}
    table = json.dumps([secret, secret | licence])
    done = bring(db, world, "rights", table)
    assert (counted(done), told(done)) == ((1, 1, 0, 0), [(2, "number", "imports.taken_for_row")])
    again = bring(db, world, "rights", table)
    assert (counted(again), told(again)) == ((0, 0, 2, 0), [(2, "number", "imports.taken_for_row")])


def test_of_two_on_record_without_a_number_none_is_taken(db: Connection, world: World) -> None:
    enter_secret(db, world)
    secret = json.dumps([{"kind": "know_how", "status": "kept", "owners": "Hebei Steam Works"}])
    assert counted(bring(db, world, "rights", secret)) == (0, 0, 1, 0)
    enter_secret(db, world)
    done = bring(db, world, "rights", secret)
    assert (faults(done), counted(done)) == ([(1, "number")], (0, 0, 0, 1))


def test_a_further_row_that_says_otherwise_is_told(db: Connection, world: World) -> None:
    patent = {"kind": "invention", "office": "CN", "number": "ZL 8", "status": "in_force", "filed_on": "2021-01-04"}
    pledge = {
        "encumbrance": "pledge",
        "holder": "Nordwind Boilers",
        "begins_on": "2025-02-03",
        "encumbrance_number": "Y1",
    }
    secured = pledge | {"amount": "1000", "amount_currency": "CNY"}
    done = bring(
        db,
        world,
        "rights",
        json.dumps(
            [
                patent | secured,
                patent | secured,
                patent | {"filed_on": "2021-01-05"},
                patent | secured | {"amount": "2000"},
            ]
        ),
    )
    otherwise = "imports.kept_otherwise"
    assert counted(done) == (1, 0, 3, 0)
    assert told(done) == [(3, "filed_on", otherwise), (4, "amount", otherwise)]
    organisations = "name,country,address\nNordlicht GmbH,DE,\nNordlicht GmbH,AT,Hafen 1\n"
    done = bring(db, world, "organisations", organisations)
    assert (counted(done), told(done)) == ((1, 1, 0, 0), [(3, "country", otherwise)])
    (row,) = rows(db, "SELECT country, address FROM organisations WHERE name = 'Nordlicht GmbH'")
    assert (row.country, row.address) == ("DE", "Hafen 1")


def test_one_patent_is_one_right_whatever_its_office_is_called(engine: Engine, world: World) -> None:
    patent = {"kind": "invention", "number": "ZL202110000001.2", "owners": "Hebei Steam Works"}
    with transaction(engine) as db:
        names = ("国家知识产权局", "CN", "CNIPA", "China")
        done = bring(db, world, "rights", json.dumps([patent | {"office": office} for office in names]))
        assert (counted(done), done["kept"]) == ((1, 0, 3, 0), [])
        assert counted(bring(db, world, "rights", json.dumps([patent | {"office": "sipo"}]))) == (0, 0, 1, 0)
        assert [row.office for row in rows(db, "SELECT office FROM rights WHERE number = 'ZL202110000001.2'")] == ["CN"]
        # Of another office it is another one.
        assert counted(bring(db, world, "rights", json.dumps([patent | {"office": "USPTO"}]))) == (1, 0, 0, 0)
    assert list(verify_all(engine)) == []


#: A licence that bars others, as a table tells it.
EXCLUSIVE = {
    "kind": "invention", "office": "CN", "number": "ZL 8", "encumbrance": "licence", "holder": "Hebei Steam Works",
    "begins_on": "2025-03-01", "licence": "exclusive",
}  # fmt: skip


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"territories": "China"}, "territories"),
        ({"territories": "ZZ"}, "territories"),
        ({"territories": "CN;Mars"}, "territories"),
        ({"uses": "nonsense"}, "uses"),
        ({"uses": "water;nonsense"}, "uses"),
    ],
)
def test_a_licence_that_would_meet_no_terms_is_refused(
    db: Connection, world: World, said: dict[str, str], column: str
) -> None:
    done = bring(db, world, "rights", json.dumps([EXCLUSIVE | said]))
    assert (faults(done), counted(done)) == ([(1, column)], (0, 0, 0, 1))


def test_territories_and_uses_are_recorded_as_terms_name_them(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        bring(db, world, "rights", json.dumps([EXCLUSIVE | {"territories": "cn; CN;de", "uses": "Water"}]))
        ((burdens,),) = rows(db, "SELECT encumbrances FROM rights WHERE number = 'ZL 8'")
        assert [(one["territories"], one["fields"]) for one in burdens] == [(["CN", "DE"], ["water"])]
        cn = Terms("licence", "plain", frozenset({"CN"}), frozenset({"water"}))
        assert conflict(cn, terms_of(burdens[0]))
    assert list(verify_all(engine)) == []


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("X,Q1,,,,,", [(2, "country")]),
        ("X,CN,12345678,,,,", [(2, "register_number")]),
        ("X,CN,,Li Na,no address,,", [(2, "contact_email")]),
        ("X,CN,,,li@example.org,,", [(2, "contact_name")]),
        ("X,CN,,,,Zhang Wei,120", [(2, "owner_share")]),
        ("X,CN,,,,Zhang Wei,much", [(2, "owner_share")]),
        ("X,CN,,,,,20", [(2, "owner_name")]),
        (",CN,,,,,", [(2, "name")]),
        (",Q1,,,,,", [(2, "name"), (2, "country")]),
    ],
)
def test_a_wrong_organisation_is_told(db: Connection, world: World, row: str, told: list[tuple[int, str]]) -> None:
    head = "name,country,register_number,contact_name,contact_email,owner_name,owner_share\n"
    done = bring(db, world, "organisations", head + row + "\n")
    assert (faults(done), counted(done)) == (told, (0, 0, 0, 1))
    assert rows(db, "SELECT 1 FROM organisations WHERE name = 'X'") == []


def test_a_row_of_commas_is_no_row(db: Connection, world: World) -> None:
    done = bring(db, world, "organisations", "name,country\n,\nX AG,\n")
    assert (done["rows"], counted(done)) == (1, (1, 0, 0, 0))
    done = bring(db, world, "organisations", "name,country\n,\n")
    assert (done["rows"], faults(done)) == (0, [(1, "file")])


def test_one_that_looks_like_another_waits_for_a_word(db: Connection, world: World) -> None:
    done = bring(db, world, "organisations", "name\nHebei Steam Works Ltd\n")
    assert faults(done) == [(2, "name")]
    assert "Hebei Steam Works" in done["faults"][0]["reason"]


def test_hostile_files_are_refused_or_kept_as_words(db: Connection, world: World) -> None:
    formula = bring(db, world, "organisations", 'name,address\nFormel GmbH,"=HYPERLINK(""http://x"")"\n')
    assert counted(formula) == (1, 0, 0, 0)
    assert rows(db, "SELECT address FROM organisations WHERE name = 'Formel GmbH'")[0].address.startswith("=HYPER")
    for content in ("name\nŻółć\n".encode("cp1250"), b"\xff\xfen\x00", b"PK\x03\x04", b"", b'name\n"open\n'):
        done = bring(db, world, "organisations", content)
        assert done["faults"], content
        assert done["created"] == 0
    huge = bring(db, world, "organisations", "name,address\nA," + "x" * 250_000 + "\n")
    assert faults(huge) == [(2, "address")]
    long = bring(db, world, "organisations", "name,address\nA," + "x" * 400 + "\n")
    assert faults(long) == [(2, "address")]
    with pytest.raises(InvalidForm):
        bring(db, world, "organisations", b"x" * (table_import.MOST_BYTES + 1))


def test_a_table_has_so_many_rows_at_most(db: Connection, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_import, "MOST_ROWS", 1)
    done = bring(db, world, "organisations", "name\nFirst AG\nSecond Oy\n")
    assert (faults(done), done["created"]) == ([(3, "file")], 0)


def test_a_trial_changes_nothing_and_names_what_nobody_reads(db: Connection, world: World) -> None:
    content = json.dumps([{"name": "Trial SA", "colour": "green"}])
    done = bring(db, world, "organisations", content, dry_run=True)
    assert (done["created"], done["dry_run"], done["left_out"]) == (1, True, ["colour"])
    assert rows(db, "SELECT 1 FROM organisations WHERE name = 'Trial SA'") == []


def test_only_who_keeps_records_brings_them_in(db: Connection, world: World) -> None:
    for who in ("manager", "auditor", "compliance", "foreign_officer", "provider", "administrator"):
        with pytest.raises(NotAllowed):
            bring(db, world, "organisations", "name\nX AG\n", who=who)
    assert bring(db, world, "organisations", "name\nX AG\n", who="supervisor")["created"] == 1


@pytest.mark.parametrize("odd", ["\\u0000", "\\ud800", "a\\u0000b"])
@pytest.mark.parametrize(
    "row", ['{"name": "Kiln Works", "x%s": "red"}', '{"name": "Kiln Works", "x": "%s"}', '{"name": "%s"}']
)
def test_what_cannot_be_stored_refuses_its_row(world: World, db: Connection, row: str, odd: str) -> None:
    done = bring(db, world, "organisations", f"[{row % odd}]", dry_run=True)
    assert [(one["row"], one["field"]) for one in done["faults"]] == [(1, "row")]
    json.dumps(done).encode()
