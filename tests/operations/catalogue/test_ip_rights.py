"""IP rights: entered and confirmed by the office, looked up and not in the future, with what lies on them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved
from casework.operations.catalogue.ip_rights import confirm_right, record_right, set_belonging
from casework.operations.catalogue.outside_burdens import correct_burden, enter_burden
from casework.operations.catalogue.right_history import read_entries, read_seq
from casework.operations.catalogue.service import list_records, show_record
from casework.operations.catalogue.views import IpRight
from casework.operations.verification.service import verify_case
from tests.support.world import World, add_technology, new_request, today

FIELDS = {"office": "CNIPA", "number": "CN 1", "owner": "Kiln Works", "status": "in_force", "checked_on": "2026-01-05"}


def record(db: Connection, world: World, by: str = "officer", **other: Any) -> str:
    usual = {"kind": "invention", "fields": FIELDS, "confirmed": False, "technologies": [world.technologies[0]]}
    given: dict[str, Any] = usual | other
    done = record_right(
        db,
        world.actor(db, by),
        programme=world.programmes["BJ"],
        **given,
        request=new_request(),
    )
    return str(done.answer["id"])


def test_a_right_is_entered_by_the_office_and_verifies(world: World, db: Connection) -> None:
    right = record(db, world)
    assert verify_case(db, right) == []
    for who in ("foreign_officer", "auditor", "provider"):
        with pytest.raises(NotAllowed):
            record(db, world, who)


def test_what_is_no_kind_or_was_looked_up_tomorrow_is_refused(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm, match="kind"):
        record(db, world, kind="idea")
    with pytest.raises(InvalidForm, match="checked_on"):
        record(db, world, fields=FIELDS | {"checked_on": (today() + timedelta(days=1)).isoformat()})


def test_an_officer_stands_for_what_was_looked_up(world: World, db: Connection) -> None:
    right = record(db, world)

    def confirm(who: str) -> None:
        confirm_right(
            db, world.actor(db, who), right, checked_on=today(), fields={"number": "CN 2"}, request=new_request()
        )

    for who, refusal in (("auditor", NotAllowed), ("foreign_officer", NotFound), ("provider", NotFound)):
        with pytest.raises(refusal):
            confirm(who)
    confirm("officer")
    row = db.execute(
        text("SELECT confirmed, number, office, checked_on FROM rights WHERE id = CAST(:id AS uuid)"), {"id": right}
    ).one()
    assert tuple(row) == (True, "CN 2", "CN", today())
    assert verify_case(db, right) == []


def test_a_field_that_is_none_is_emptied_and_one_that_is_not_named_stays(world: World, db: Connection) -> None:
    right = record(db, world)
    officer = world.actor(db, "officer")
    confirm_right(
        db, officer, right, checked_on=today(), fields={"expires_on": None, "family": "F 1"}, request=new_request()
    )
    row = db.execute(text("SELECT * FROM rights WHERE id = CAST(:id AS uuid)"), {"id": right}).one()
    assert (row.expires_on, row.number) == (None, "CN 1")


@pytest.mark.parametrize("number", ["CN 1", "cn1", "C N 1"])
def test_a_number_is_recorded_once_however_its_blanks_are_written(world: World, db: Connection, number: str) -> None:
    record(db, world)
    with pytest.raises(InvalidForm, match="number"):
        record(db, world, fields=FIELDS | {"number": number, "office": "cnipa"})
    other = record(db, world, fields=FIELDS | {"number": "CN 2"})
    with pytest.raises(InvalidForm, match="number"):
        confirm_right(
            db, world.actor(db, "officer"), other, checked_on=today(), fields={"number": number}, request=new_request()
        )


def test_a_technology_of_another_programme_is_not_known(world: World, db: Connection) -> None:
    foreign = add_technology(db, world.programmes["SH"], "t-9", None)
    with pytest.raises(InvalidForm, match="technologies"):
        record_right(
            db,
            world.actor(db, "officer"),
            programme=world.programmes["BJ"],
            technologies=[foreign],
            kind="design",
            fields={},
            confirmed=True,
            request=new_request(),
        )


def test_what_is_needed_and_what_may_be_said_depends_on_the_kind(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm, match="number"):
        record(db, world, kind="know_how")
    with pytest.raises(InvalidForm, match="application_number"):
        record(
            db, world, kind="application", confirmed=True, fields={"office": "CNIPA", "owner": "A", "status": "pending"}
        )
    with pytest.raises(InvalidForm, match="status"):
        record(db, world, fields=FIELDS | {"status": "pending"})
    with pytest.raises(InvalidForm, match="granted_on"):
        record(db, world, fields=FIELDS | {"filed_on": "2020-02-01", "granted_on": "2020-01-01"})
    for field, day in (("expires_on", "2050-02-02"), ("fee_paid_to", "2050-02-02"), ("filed_on", "2150-01-01")):
        with pytest.raises(InvalidForm, match=field):
            record(db, world, fields=FIELDS | {"filed_on": "2020-02-01", field: day})
    know_how = record(db, world, kind="know_how", confirmed=True, fields={"owner": "Kiln Works"})
    assert verify_case(db, know_how) == []


def test_what_lies_on_a_right_and_its_days_fit_each_other(world: World, db: Connection) -> None:
    right = record(db, world, fields=FIELDS | {"filed_on": "2020-02-01", "granted_on": "2022-02-01"}, confirmed=True)
    officer, lab = world.actor(db, "officer"), world.organisations["lab"]

    def burden(**values: str) -> str:
        given = {"holder": lab, **values}
        done = enter_burden(db, officer, right, values=given, source="Register", request=new_request())
        return str(done.answer["id"])

    for kind, day in (("pledge", "2022-01-31"), ("licence", "2020-01-31")):
        with pytest.raises(InvalidForm, match="from"):
            burden(kind=kind, licence="plain" if kind == "licence" else "", **{"from": day})
    licence: dict[str, Any] = {"kind": "licence", "licence": "plain", "holder": lab}
    lying = burden(**licence | {"from": "2021-01-01"})
    with pytest.raises(InvalidForm, match="from"):
        correct_burden(
            db,
            officer,
            right,
            lying,
            values=licence | {"from": "2020-01-01"},
            source="Register",
            reason="Read again",
            request=new_request(),
        )
    with pytest.raises(InvalidForm, match="filed_on"):
        confirm_right(
            db,
            officer,
            right,
            checked_on=today(),
            fields={"filed_on": "2021-01-02"},
            reason="Read again",
            request=new_request(),
        )
    assert verify_case(db, right) == []


def test_an_application_that_is_granted_becomes_a_patent(world: World, db: Connection) -> None:
    fields = {"office": "CNIPA", "application_number": "CN2022 1", "owner": "A", "status": "pending"}
    right = record(db, world, kind="application", confirmed=True, fields=fields)
    granted = {"number": "ZL 2022 1", "status": "in_force", "granted_on": "2025-05-01"}

    def grant(**more: Any) -> None:
        officer = world.actor(db, "officer")
        confirm_right(db, officer, right, checked_on=today(), fields=granted, request=new_request(), **more)

    with pytest.raises(InvalidForm, match="number"):
        grant(reason="Granted.")
    grant(kind="invention", reason="Granted.")
    row = db.execute(text("SELECT * FROM rights WHERE id = CAST(:id AS uuid)"), {"id": right}).one()
    assert (row.kind, row.number, row.application_number, row.status) == (
        "invention",
        "ZL 2022 1",
        "CN2022 1",
        "in_force",
    )
    assert verify_case(db, right) == []
    with pytest.raises(InvalidForm, match="application_number"):
        record(db, world, kind="application", confirmed=True, fields=fields)


def test_a_company_has_a_right_of_no_technology(world: World, db: Connection) -> None:
    bank, lab = (world.organisations[name] for name in ("bank", "lab"))
    owners = [{"organisation": bank, "share": "60.0"}, {"organisation": lab, "share": None}]
    right = record(db, world, technologies=[], owners=owners, confirmed=True, fields=FIELDS | {"owner": None})
    for organisation, found in ((bank, [right]), (lab, [right])):
        filters = {"organisation": organisation}
        assert [one.id for one in list_records(db, world.actor(db, "officer"), IpRight, filters=filters).items] == found
    shown = show_record(db, world.actor(db, "officer"), IpRight, right)
    assert shown.technologies == []
    assert {owner["organisation"]: owner["share"] for owner in shown.owners} == {bank: "60", lab: None}
    assert verify_case(db, right) == []
    for wrong in (
        [{"organisation": bank, "share": "60"}, {"organisation": lab, "share": "41"}],
        [{"organisation": bank, "share": None}] * 2,
        [{"organisation": world.technologies[0], "share": None}],
        [{"organisation": bank, "share": "most"}],
    ):
        with pytest.raises(InvalidForm, match="owners"):
            record(db, world, owners=wrong, fields=FIELDS | {"number": "CN 9"})


def test_what_a_right_belongs_to_changes_and_is_told(world: World, db: Connection) -> None:
    right, officer = record(db, world, confirmed=True), world.actor(db, "officer")
    one, other = world.technologies[:2]
    bank, lab = (world.organisations[name] for name in ("bank", "lab"))

    def say(by: str = "officer", **given: Any) -> None:
        set_belonging(db, world.actor(db, by), right, request=new_request(), **given)

    say(technologies=[one, other])
    say(owners=[{"organisation": bank, "share": "100"}])
    with pytest.raises(InvalidForm, match="reason"):
        say(owners=[{"organisation": lab, "share": "100"}])
    with pytest.raises(InvalidForm, match="owners"):
        say(technologies=[other, one])
    say(owners=[{"organisation": lab, "share": "100"}], reason="Assigned.", source="Register", seen=read_seq(db, right))
    with pytest.raises(RecordHasMoved):
        say(technologies=[], seen=1)
    for who, refusal in (("auditor", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refusal):
            say(who, technologies=[])
    last = read_entries(db, officer, right)[0]
    assert last.changes["owners"] == ([{"organisation": bank, "share": "100"}], [{"organisation": lab, "share": "100"}])
    assert (last.reason, last.source) == ("Assigned.", "Register")
    shown = show_record(db, officer, IpRight, right)
    assert (shown.technologies, shown.owners) == (sorted([one, other]), [{"organisation": lab, "share": "100"}])
    for technology in (one, other):
        listed = list_records(db, officer, IpRight, filters={"technology": technology}).items
        assert right in {found.id for found in listed}
    assert verify_case(db, right) == []
