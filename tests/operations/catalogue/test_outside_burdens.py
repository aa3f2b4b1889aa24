"""What lies on a right and came of no case: entered with its source, corrected in place, ended by a deed, and verified."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.catalogue.ip_rights import write_row
from casework.operations.catalogue.outside_burdens import correct_burden, end_burden, enter_burden
from casework.operations.catalogue.right_history import read_entries, read_seq
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import IpRight
from casework.operations.verification.service import verify_case
from tests.support.world import World, new_request, today

LICENCE = {"kind": "licence", "licence": "exclusive", "territories": ["CN"], "from": "2026-01-05"}


def enter(db: Connection, world: World, by: str = "officer", **other: Any) -> str:
    given: dict[str, Any] = {
        "values": LICENCE | {"holder": world.organisations["lab"]},
        "number": "X 1",
        "source": "Register",
    } | other
    done = enter_burden(db, world.actor(db, by), world.rights[0], **given, request=new_request())
    return str(done.answer["id"])


def correct(db: Connection, world: World, burden: str, by: str = "officer", **other: Any) -> None:
    given: dict[str, Any] = {
        "values": LICENCE | {"holder": world.organisations["lab"], "licence": "sole"},
        "number": "X 1",
        "source": "Register",
        "reason": "Read again",
    } | other
    correct_burden(db, world.actor(db, by), world.rights[0], burden, **given, request=new_request())


def end(db: Connection, world: World, burden: str, by: str = "officer", **other: Any) -> None:
    given: dict[str, Any] = {"ended_on": today(), "source": "Deed of release", "reason": "Released"} | other
    end_burden(db, world.actor(db, by), world.rights[0], burden, **given, request=new_request())


def lying(db: Connection, world: World) -> list[dict[str, Any]]:
    return list(show_record(db, world.actor(db, "officer"), IpRight, world.rights[0]).encumbrances)


def test_it_is_entered_corrected_in_place_and_ended(world: World, db: Connection) -> None:
    burden = enter(db, world)
    (one,) = lying(db, world)
    assert (one["case"], one["licence"], one["number"], one["to"]) == (None, "exclusive", "X 1", None)
    correct(db, world, burden)
    assert [(one["id"], one["licence"]) for one in lying(db, world)] == [(burden, "sole")]
    end(db, world, burden)
    assert [one["to"] for one in lying(db, world)] == [today().isoformat()]
    entries = read_entries(db, world.actor(db, "officer"), world.rights[0])
    assert [entry.kind for entry in entries[:3]] == ["burden_ended", "burden_corrected", "burden_entered"]
    assert [(entry.source, entry.reason) for entry in entries[:2]] == [
        ("Deed of release", "Released"),
        ("Register", "Read again"),
    ]
    assert (entries[2].burden, entries[2].licence) == ("licence", "exclusive")
    assert verify_case(db, world.rights[0]) == []


def test_a_pledge_says_what_it_secures(world: World, db: Connection) -> None:
    secured = {"amount": "3000000.50", "currency": "CNY"}
    pledge = {"kind": "pledge", "holder": world.organisations["lab"], "from": "2026-01-05"}
    burden = enter(db, world, values=pledge | {"amount": secured})
    assert [one["amount"] for one in lying(db, world)] == [secured]
    correct(db, world, burden, values=pledge)
    assert [one["amount"] for one in lying(db, world)] == [None]
    entries = read_entries(db, world.actor(db, "officer"), world.rights[0])
    assert [entry.amount for entry in entries[:2]] == [None, secured]
    assert verify_case(db, world.rights[0]) == []
    for wrong in ({"amount": "1.005", "currency": "CNY"}, {"amount": "-1", "currency": "CNY"}, {"amount": "1"}, "1"):
        with pytest.raises(InvalidForm, match="amount"):
            enter(db, world, values=pledge | {"amount": wrong})
    with pytest.raises(InvalidForm, match="amount"):
        enter(db, world, values=LICENCE | {"holder": world.organisations["lab"], "amount": secured})


@pytest.mark.parametrize("ended_after", [0, -3])
def test_a_licence_that_begins_later_can_end_before_it_begins(world: World, db: Connection, ended_after: int) -> None:
    later = {"holder": world.organisations["lab"], "from": (today() + timedelta(days=20)).isoformat()}
    burden, day = enter(db, world, values=LICENCE | later), today() + timedelta(days=ended_after)
    end(db, world, burden, ended_on=day)
    assert [one["to"] for one in lying(db, world)] == [day.isoformat()]
    assert verify_case(db, world.rights[0]) == []


@pytest.mark.parametrize(
    ("who", "refusal"), [("auditor", NotAllowed), ("foreign_officer", NotFound), ("provider", NotFound)]
)
def test_nobody_but_the_office_does_it(world: World, db: Connection, who: str, refusal: type[Exception]) -> None:
    burden = enter(db, world)
    with pytest.raises(refusal):
        enter(db, world, who)
    with pytest.raises(refusal):
        correct(db, world, burden, who)
    with pytest.raises(refusal):
        end(db, world, burden, who)


def test_what_cannot_be_is_refused(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm, match="holder"):
        enter(db, world, values=LICENCE)
    with pytest.raises(InvalidForm, match="holder"):
        enter(db, world, values=LICENCE | {"holder": world.rights[0]})
    # One of another programme is none here, and one that stands already may stay.
    db.execute(
        text("UPDATE organisations SET programme_id = CAST(:there AS uuid) WHERE id = CAST(:id AS uuid)"),
        {"there": world.programmes["SH"], "id": world.organisations["lab"]},
    )
    with pytest.raises(InvalidForm, match="holder"):
        enter(db, world, values=LICENCE | {"holder": world.organisations["lab"]})
    db.execute(
        text("UPDATE organisations SET programme_id = NULL WHERE id = CAST(:id AS uuid)"),
        {"id": world.organisations["lab"]},
    )
    tomorrow = (today() + timedelta(days=1)).isoformat()
    with pytest.raises(InvalidForm, match="from"):
        enter(db, world, values={"kind": "seizure", "from": tomorrow})
    burden = enter(db, world)
    with pytest.raises(InvalidForm, match="ended_on"):
        end(db, world, burden, ended_on=tomorrow)
    with pytest.raises(InvalidForm, match="ended_on"):
        end(db, world, burden, ended_on="2026-01-04")
    with pytest.raises(InvalidForm, match="reason"):
        end(db, world, burden, reason=" ")
    with pytest.raises(InvalidForm, match="reason"):
        correct(db, world, burden, reason="")
    with pytest.raises(InvalidForm, match="kind"):
        correct(db, world, burden, values=LICENCE | {"holder": world.organisations["lab"]})
    with pytest.raises(RecordHasMoved):
        end(db, world, burden, seen=read_seq(db, world.rights[0]) - 1)
    with pytest.raises(NotFound):
        end(db, world, world.rights[0])
    end(db, world, burden)
    with pytest.raises(Refused, match="it has ended"):
        correct(db, world, burden)


def test_what_a_case_recorded_is_its_own(world: World, db: Connection) -> None:
    burden = enter(db, world)
    db.execute(
        text(
            "UPDATE rights SET encumbrances = jsonb_set(encumbrances, '{0,case}', to_jsonb(CAST(:case AS text)))"
            " WHERE id = CAST(:id AS uuid)"
        ),
        {"id": world.rights[0], "case": world.rights[0]},
    )
    with pytest.raises(Refused, match="only that case"):
        end(db, world, burden)


def test_the_row_follows_the_log(world: World, db: Connection) -> None:
    enter(db, world)
    before = lying(db, world)
    db.execute(text("UPDATE rights SET encumbrances = '[]' WHERE id = CAST(:id AS uuid)"), {"id": world.rights[0]})
    assert verify_case(db, world.rights[0]) != []
    write_row(db, world.rights[0])
    assert lying(db, world) == before
    assert verify_case(db, world.rights[0]) == []
