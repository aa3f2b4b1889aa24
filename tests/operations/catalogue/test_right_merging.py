"""Two records of one IP right are made into one: what moves, what both histories tell, who is refused, and how cases go on."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.state.events import Event
from casework.engine.state.right_values import RightChange
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.cases.answer_names import names_in_answers
from casework.operations.cases.case_rights import add_rights, list_addable
from casework.operations.cases.related_records import show_papers
from casework.operations.catalogue.ip_rights import confirm_right, record_right, set_belonging
from casework.operations.catalogue.outside_burdens import end_burden, enter_burden
from casework.operations.catalogue.right_history import cases_of, read_entries
from casework.operations.catalogue.right_merging import list_doubles, merge_rights, preview_merging
from casework.operations.catalogue.service import list_records, show_record
from casework.operations.catalogue.table_import import import_table
from casework.operations.catalogue.views import IpRight
from casework.operations.core.encumbrances import encumber_all
from casework.operations.core.external_facts import outside
from casework.operations.core.perform import home_of, new_id
from casework.operations.core.right_numbers import find_rights, is_recorded
from casework.operations.verification.right_judgement import taken_faults
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.event_log import now, read_register
from tests.support.world import World, new_request, today

LICENCE = {"kind": "licence", "licence": "exclusive", "territories": ["CN"], "from": "2026-01-05"}
GRANTED = {"office": "CNIPA", "owner": "Köhlerei", "status": "in_force", "expires_on": "2038-05-05"}


def entered(db: Connection, world: World, number: str, confirmed: bool = True, **other: Any) -> str:
    given: dict[str, Any] = {"fields": {**GRANTED, "number": number, **other.pop("fields", {})}} | other
    done = record_right(
        db,
        world.actor(db, "officer"),
        programme=world.programmes["BJ"],
        kind="invention",
        confirmed=confirmed,
        request=new_request(),
        **given,
    )
    return str(done.answer["id"])


def merge(db: Connection, world: World, gone: str, into: str, by: str = "officer", **more: Any) -> None:
    given = {"reason": "Both name one patent.", "request": new_request(), **more}
    merge_rights(db, world.actor(db, by), gone, into=into, **given)


def licensed(db: Connection, world: World, right: str, number: str = "X 1", **other: Any) -> str:
    done = enter_burden(
        db,
        world.actor(db, "officer"),
        right,
        values=LICENCE | {"holder": world.organisations["lab"]} | other,
        number=number,
        source="Register",
        request=new_request(),
    )
    return str(done.answer["id"])


def shown(db: Connection, world: World, right: str) -> IpRight:
    return show_record(db, world.actor(db, "officer"), IpRight, right)


class Doubles:
    """One patent under two spellings of its number, the one that goes with a licence on it and in a case."""

    def __init__(self, db: Connection, world: World) -> None:
        self.number = world.new_case(db)
        self.technology = world.technologies[-1]
        self.gone = entered(
            db, world, "ZL201910123456.7", technologies=[self.technology], fields={"fee_paid_to": "2030-01-01"}
        )
        self.kept = entered(db, world, "201910123456", owners=[{"organisation": world.organisations["need_owner"]}])
        given = {"rights": [self.gone], "reason": "It protects the kiln.", "revision": None}
        add_rights(db, world.actor(db, "officer"), self.number, request=new_request(), **given)  # type: ignore[arg-type]  # as they are named
        self.burden = licensed(db, world, self.gone)
        self.log = home_of(db, self.number)

    def verified(self, db: Connection) -> bool:
        return not any(verify_case(db, id) for id in (self.gone, self.kept, self.log))


@pytest.fixture
def pair(world: World, db: Connection) -> Doubles:
    return Doubles(db, world)


def test_likely_doubles_are_offered_and_others_are_found(world: World, db: Connection, pair: Doubles) -> None:
    officer = world.actor(db, "officer")
    assert [row.id for row in list_doubles(db, officer, pair.gone)] == [pair.kept]
    assert [row.id for row in list_doubles(db, officer, pair.kept)] == [pair.gone]
    assert pair.kept in [row.id for row in list_doubles(db, officer, pair.gone, "20191012")]
    assert list_doubles(db, officer, pair.gone, "of nobody") == []
    for who, refusal in (("auditor", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refusal):
            list_doubles(db, world.actor(db, who), pair.gone)


def test_the_preview_says_what_moves_and_in_what_they_differ(world: World, db: Connection, pair: Doubles) -> None:
    other = licensed(db, world, pair.kept, "X 2", licence="sole")
    told = preview_merging(db, world.actor(db, "officer"), pair.gone, pair.kept)
    assert ([one.id for one in told.technologies], [one.name for one in told.cases]) == (
        [pair.technology],
        [pair.number],
    )
    assert [one["id"] for one in told.encumbrances] == [pair.burden]
    assert told.taken == {"fee_paid_to": "2030-01-01"}
    assert told.differing == ["number"]
    assert [(clash.gone["id"], clash.kept["id"]) for clash in told.clashes] == [(pair.burden, other)]
    assert (told.confirmed, told.refused, told.evidence) == (True, [], 0)


def test_what_is_of_the_one_is_of_the_other_and_it_holds(world: World, db: Connection, pair: Doubles) -> None:
    merge(db, world, pair.gone, pair.kept, chosen=["number"])
    one = shown(db, world, pair.kept)
    assert (one.number, one.fee_paid_to, one.technologies) == ("ZL201910123456.7", "2030-01-01", [pair.technology])
    assert [(burden["id"], burden["number"]) for burden in one.encumbrances] == [(pair.burden, "X 1")]
    left = shown(db, world, pair.gone)
    assert (left.merged_into, left.technologies, left.owners, left.encumbrances) == (pair.kept, [], [], [])
    assert pair.gone not in [row.id for row in list_records(db, world.actor(db, "officer"), IpRight).items]
    assert pair.verified(db)


def test_both_histories_tell_of_it_and_what_lies_on_it_goes_on(world: World, db: Connection, pair: Doubles) -> None:
    merge(db, world, pair.gone, pair.kept)
    officer = world.actor(db, "officer")
    gone, kept = (read_entries(db, officer, id)[0] for id in (pair.gone, pair.kept))
    assert [(one.kind, one.other, one.reason) for one in (gone, kept)] == [
        ("merged", pair.kept, "Both name one patent."),
        ("took_over", pair.gone, "Both name one patent."),
    ]
    assert kept.changes["fee_paid_to"] == (None, "2030-01-01")
    end = {"ended_on": today(), "source": "Deed", "reason": "Released"}
    end_burden(db, officer, pair.kept, pair.burden, request=new_request(), **end)  # type: ignore[arg-type]  # as they are named
    assert shown(db, world, pair.kept).encumbrances[0]["to"] == today().isoformat()
    assert pair.verified(db)


def test_what_was_merged_is_changed_no_more(world: World, db: Connection, pair: Doubles) -> None:
    merge(db, world, pair.gone, pair.kept)
    officer = world.actor(db, "officer")
    with pytest.raises(NotAllowed):
        confirm_right(db, officer, pair.gone, checked_on=today(), fields={}, request=new_request())
    with pytest.raises(NotAllowed):
        set_belonging(db, officer, pair.gone, technologies=[pair.technology], request=new_request())
    with pytest.raises(NotAllowed):
        licensed(db, world, pair.gone)
    for gone, kept in ((pair.kept, pair.gone), (pair.kept, pair.kept)):
        with pytest.raises(Refused):
            merge(db, world, gone, kept)
    with pytest.raises(NotAllowed):
        merge(db, world, pair.gone, pair.kept)
    with pytest.raises(NotAllowed):
        list_doubles(db, officer, pair.gone)
    with pytest.raises(NotAllowed):
        preview_merging(db, officer, pair.gone, pair.kept)


def test_the_same_request_again_is_answered_as_before(world: World, db: Connection, pair: Doubles) -> None:
    request = new_request()
    merge(db, world, pair.gone, pair.kept, request=request)
    merge(db, world, pair.gone, pair.kept, request=request)
    assert [entry.kind for entry in read_entries(db, world.actor(db, "officer"), pair.kept)].count("took_over") == 1


def test_a_case_keeps_its_right_and_is_judged_by_the_one_in_its_place(
    world: World, db: Connection, pair: Doubles
) -> None:
    merge(db, world, pair.gone, pair.kept)
    officer, case = world.actor(db, "officer"), load(db, pair.log, "case")
    assert pair.gone in case.rights
    told: Any = outside(db, case, ["rights"])["rights"]
    assert told[pair.gone]["number"] == "201910123456"
    assert [one["id"] for one in told[pair.gone]["encumbrances"]] == [pair.burden]
    assert "201910123456" in [right.number for right in show_papers(db, officer, case).rights]
    assert names_in_answers(db, case, [pair.gone]) == {pair.gone: "CN 201910123456"}
    for id in (pair.gone, pair.kept):
        assert [one.number for one in cases_of(db, officer, id)] == [pair.number]
    # The case is about it: neither of the two ids is added beside.
    assert not {pair.gone, pair.kept} & {one["id"] for one in list_addable(db, case)}
    for id in (pair.gone, pair.kept):
        with pytest.raises(InvalidForm):
            add_rights(db, officer, pair.number, rights=[id], reason="Why.", revision=None, request=new_request())


def test_whoever_names_the_one_that_went_adds_the_one_that_stays(world: World, db: Connection, pair: Doubles) -> None:
    merge(db, world, pair.gone, pair.kept)
    other = world.new_case(db)
    given: dict[str, Any] = {"rights": [pair.gone], "reason": "It protects the kiln.", "revision": None}
    add_rights(db, world.actor(db, "officer"), other, request=new_request(), **given)
    case = load(db, home_of(db, other), "case")
    assert pair.kept in case.rights
    assert pair.gone not in case.rights
    assert verify_case(db, case.log) == []


@pytest.mark.parametrize("both", [False, True])
def test_what_a_case_lays_on_it_lies_on_the_one_that_stays_once(
    world: World, db: Connection, pair: Doubles, both: bool
) -> None:
    merge(db, world, pair.gone, pair.kept)
    named = [pair.gone, pair.kept] if both else [pair.gone]
    add: RightChange = {"right": pair.gone, "add": {"kind": "pledge", "from": "2026-02-01"}}

    def caused(seq: int, change: RightChange) -> Event:
        changes = [{**change, "right": right} for right in named]
        return Event(
            log=pair.log,
            seq=seq,
            at=now(db),
            kind="fired",
            actor=world.people["officer"],
            role="officer",
            effects={"rights": changes},  # type: ignore[typeddict-item]  # as a rule gives them
        )

    encumber_all(db, caused(98, add), new_id)
    pledges = [one for one in shown(db, world, pair.kept).encumbrances if one["kind"] == "pledge"]
    assert [(one["case"], one["to"]) for one in pledges] == [(pair.log, None)]
    encumber_all(db, caused(99, {"right": pair.gone, "end": {"kind": "pledge", "from": "2026-02-01"}}), new_id)
    pledges = [one for one in shown(db, world, pair.kept).encumbrances if one["kind"] == "pledge"]
    assert all(one["to"] for one in pledges)
    assert shown(db, world, pair.gone).encumbrances == []


def test_both_numbers_lead_to_the_one_that_stays(world: World, db: Connection, pair: Doubles) -> None:
    merge(db, world, pair.gone, pair.kept)
    programme, officer = world.programmes["BJ"], world.actor(db, "officer")
    for number in ("ZL201910123456.7", "CNIPA zl 201910123456.7", "201910123456"):
        assert find_rights(db, programme, number) == [pair.kept]
    assert [row.id for row in list_records(db, officer, IpRight, filters={"words": "zl2019"}).items] == [pair.kept]
    # It is recorded, but of itself it may be the number.
    with pytest.raises(InvalidForm, match="number"):
        entered(db, world, "ZL 201910123456.7")
    assert not is_recorded(db, programme, "CNIPA", "ZL201910123456.7", but=pair.kept)
    fields = {"number": "ZL201910123456.7"}
    given: dict[str, Any] = {"checked_on": today(), "fields": fields, "reason": "Read again."}
    confirm_right(db, officer, pair.kept, request=new_request(), **given)
    rows = "kind,office,number,owner,status\ninvention,CNIPA,ZL201910123456.7,Köhlerei,in_force\n"
    before = db.execute(text("SELECT count(*) FROM rights")).scalar_one()
    content = rows.encode()
    import_table(
        db, officer, programme=programme, table="rights", content=content, source="fair", request=new_request()
    )
    assert db.execute(text("SELECT count(*) FROM rights")).scalar_one() == before
    assert pair.verified(db)


def test_a_chain_of_them_leads_to_the_last(world: World, db: Connection, pair: Doubles) -> None:
    last = entered(db, world, "CN 77")
    merge(db, world, pair.gone, pair.kept)
    merge(db, world, pair.kept, last)
    assert [shown(db, world, id).merged_into for id in (pair.gone, pair.kept, last)] == [last, last, None]
    assert [burden["id"] for burden in shown(db, world, last).encumbrances] == [pair.burden]
    told: Any = outside(db, load(db, pair.log, "case"), ["rights"])["rights"]
    assert told[pair.gone]["number"] == "CN 77"
    assert pair.verified(db)
    assert verify_case(db, last) == []


def test_what_nobody_confirmed_completes_nothing_by_itself(world: World, db: Connection, pair: Doubles) -> None:
    claimed = entered(db, world, "CN 78", confirmed=False, fields={"family": "F 1", "expires_on": None})
    told = preview_merging(db, world.actor(db, "officer"), claimed, pair.kept)
    assert (told.taken, told.differing) == ({}, ["number", "family"])
    # What rules rely on becomes a claim again, unless it says just what somebody stood for.
    assert not preview_merging(db, world.actor(db, "officer"), pair.gone, claimed).confirmed
    same = entered(db, world, "CN 79", fields={"family": "F 9"})
    empty = entered(db, world, "CN 80", confirmed=False)
    merge(db, world, same, empty, chosen=["number"])
    one = shown(db, world, empty)
    assert (one.confirmed, one.number, one.family) == (True, "CN 79", "F 9")
    assert verify_case(db, empty) == []


def test_who_may_not_and_what_cannot_be_is_refused(world: World, db: Connection, pair: Doubles) -> None:
    for who, refusal in (("auditor", NotAllowed), ("compliance", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refusal):
            merge(db, world, pair.gone, pair.kept, by=who)
    with pytest.raises(InvalidForm, match="into"):
        merge(db, world, pair.gone, "00000000-0000-7000-8000-000000000000")
    with pytest.raises(InvalidForm, match="chosen"):
        merge(db, world, pair.gone, pair.kept, chosen=["family"])
    with pytest.raises(InvalidForm, match="reason"):
        merge(db, world, pair.gone, pair.kept, reason=" ")
    with pytest.raises(RecordHasMoved):
        merge(db, world, pair.gone, pair.kept, seen=1)
    twin = entered(db, world, "CN 90", fields={"twin": "201910123456"})
    with pytest.raises(Refused, match="twin"):
        merge(db, world, twin, pair.kept)
    # What the one that stays would say cannot be: it would have ended before it was filed for.
    late = entered(db, world, "CN 91", fields={"filed_on": "2025-01-05", "expires_on": None})
    early = entered(db, world, "CN 92", fields={"expires_on": "2024-01-01", "status": "expired"})
    with pytest.raises(InvalidForm, match="expires_on"):
        merge(db, world, late, early)


def test_a_history_that_was_tampered_with_is_found(world: World, db: Connection, pair: Doubles) -> None:
    merge(db, world, pair.gone, pair.kept)
    db.execute(text("UPDATE rights SET merged_into = NULL WHERE id = CAST(:id AS uuid)"), {"id": pair.gone})
    assert "merged_into" in {finding.column for finding in verify_case(db, pair.gone)}
    db.execute(text("UPDATE rights SET encumbrances = '[]' WHERE id = CAST(:id AS uuid)"), {"id": pair.kept})
    assert "encumbrances" in {finding.column for finding in verify_case(db, pair.kept)}


def test_it_says_what_lay_on_the_one_that_went(world: World, db: Connection, pair: Doubles) -> None:
    merge(db, world, pair.gone, pair.kept)
    events = list(read_register(db, pair.kept))
    assert list(taken_faults(db, events)) == []
    events[-1].effects["burdens"] = []
    assert [seq for seq, _ in taken_faults(db, events)] == [events[-1].seq]
