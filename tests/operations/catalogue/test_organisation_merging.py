"""Two records of one organisation are made into one: what moves, what both histories tell, who is refused, and what is found again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import CORRECTED
from casework.engine.case_objects.organisations import MERGED
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.cases.about import show_about
from casework.operations.cases.queries import find_case
from casework.operations.catalogue import kept_records
from casework.operations.catalogue.import_links import owners_by_name
from casework.operations.catalogue.ip_rights import record_right
from casework.operations.catalogue.organisation_merging import list_doubles, merge_organisations, preview_merging
from casework.operations.catalogue.organisation_queries import (
    cases_of,
    list_organisations,
    read_entries,
    show_organisation,
)
from casework.operations.catalogue.organisations import confirm_organisation, keep_row, read_seq, record_organisation
from casework.operations.catalogue.right_names import organisations_named
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import IpRight, Need
from casework.operations.core.external_facts import outside
from casework.operations.search.service import search
from casework.operations.verification.organisation_judgement import merging_faults
from casework.operations.verification.service import verify_case
from casework.records.event_log import read_register
from tests.support.world import World, add_match, add_need, add_technology, new_request


def enter(db: Connection, world: World, name: str, **fields: Any) -> str:
    done = record_organisation(
        db,
        world.actor(db, "officer"),
        programme=world.programmes["BJ"],
        fields={"name": name, "country": "CN", **fields},
        source="Register",
        request=replace(new_request(), sure=True),
    )
    return str(done.answer["id"])


def merge(db: Connection, world: World, gone: str, into: str, by: str = "officer", **more: Any) -> None:
    given = {"reason": "Both have the same licence.", "request": new_request(), **more}
    merge_organisations(db, world.actor(db, by), gone, into=into, **given)


class Doubles:
    """A pair of doubles; what belongs to the one that goes: a need, a technology's right, a contact, a match and a case."""

    def __init__(self, db: Connection, world: World) -> None:
        programme = world.programmes["BJ"]
        officer = world.actor(db, "officer")
        self.gone = enter(db, world, "Kiln Works Co., Ltd.", address="1 Kiln Road", name_zh="窑炉有限公司")
        self.kept = enter(db, world, "Kiln Works")
        self.need = add_need(db, programme, "need-kiln", self.gone)
        technology = add_technology(db, programme, "technology-kiln", world.organisations["technology_owner"])
        self.match = add_match(db, officer, programme, self.need, technology)
        world.matches.append(self.match)
        self.number = world.open_case(db, -1)
        self.right = str(
            record_right(
                db,
                officer,
                programme=programme,
                kind="invention",
                fields={"number": "CN 77", "office": "CNIPA"},
                confirmed=False,
                owners=[{"organisation": self.gone, "share": "40"}, {"organisation": self.kept, "share": "20"}],
                technologies=[technology],
                request=new_request(),
            ).answer["id"]
        )
        keep_row(
            db, officer, self.gone, "contacts", None, fields={"name": "Li Wen"}, source="A call", request=new_request()
        )


def everything(pair: Doubles) -> list[str]:
    return [pair.gone, pair.kept, pair.need, pair.right]


@pytest.fixture
def pair(world: World, db: Connection) -> Doubles:
    return Doubles(db, world)


def test_likely_doubles_are_offered_and_others_are_found(world: World, db: Connection, pair: Doubles) -> None:
    officer = world.actor(db, "officer")
    assert [row.id for row in list_doubles(db, officer, pair.gone)] == [pair.kept]
    numbered = enter(db, world, "Something Else", register_number="HRB 9", country="DE")
    assert list_doubles(db, officer, numbered) == []
    found = list_doubles(db, officer, numbered, "kiln w")
    assert {row.id for row in found} == {pair.gone, pair.kept}
    for who, refusal in (("auditor", NotAllowed), ("compliance", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refusal):
            list_doubles(db, world.actor(db, who), pair.gone)


def test_what_belongs_to_the_one_becomes_the_others(world: World, db: Connection, pair: Doubles) -> None:
    officer = world.actor(db, "officer")
    preview = preview_merging(db, officer, pair.gone, pair.kept)
    assert (preview.refused, preview.cases, preview.matches) == ([], [pair.number], 1)
    assert preview.contacts == ["Li Wen"]
    assert preview.taken == {"name_zh": "窑炉有限公司", "address": "1 Kiln Road"}
    merge(db, world, pair.gone, pair.kept)
    kept = show_organisation(db, officer, pair.kept)
    assert [contact.name for contact in kept.contacts] == ["Li Wen"]
    assert (kept.address, kept.name_zh) == ("1 Kiln Road", "窑炉有限公司")
    assert show_organisation(db, officer, pair.gone).merged_into == pair.kept
    assert show_record(db, officer, Need, pair.need).owner == pair.kept
    assert show_record(db, officer, IpRight, pair.right).owners == [{"organisation": pair.kept, "share": "60"}]
    assert [case.number for case in cases_of(db, officer, pair.kept)] == [pair.number]
    assert not any(verify_case(db, id) for id in everything(pair))


def test_both_histories_and_each_moved_ones_tell_of_it(world: World, db: Connection, pair: Doubles) -> None:
    officer = world.actor(db, "officer")
    merge(db, world, pair.gone, pair.kept)
    gone, kept = (read_entries(db, officer, id)[0] for id in (pair.gone, pair.kept))
    assert (gone.kind, kept.kind) == ("merged", "took_over")
    assert gone.other is not None
    assert gone.other.name == "Kiln Works"
    assert kept.other is not None
    assert kept.other.name == "Kiln Works Co., Ltd."
    assert gone.reason == kept.reason == "Both have the same licence."
    assert gone.moved == kept.moved
    assert gone.moved["contacts"] == ["Li Wen"]
    assert gone.moved["cases"] == [pair.number]
    assert gone.moved["rights"] == ["CN CN 77"]
    assert kept.changes["organisations.address"] == (None, "1 Kiln Road")
    need = kept_records.read_entries(db, officer, "need", pair.need)[0]
    assert need.changes["owner_id"] == (pair.gone, pair.kept)
    assert need.reason == "Both have the same licence."


def test_a_case_keeps_its_party_and_names_the_one_that_stands_for_it(
    world: World, db: Connection, pair: Doubles
) -> None:
    officer = world.actor(db, "officer")
    merge(db, world, pair.gone, pair.kept)
    case = find_case(db, officer, pair.number)[0]
    assert case.parties["need_owner"] == pair.gone
    assert world.read_case(db, pair.number).parties["need_owner"] == "Kiln Works"
    need = show_about(db, officer, case).need
    assert need is not None
    assert need.owner is not None
    assert need.owner.name == "Kiln Works"
    for words in ("kiln works", "co., ltd. kiln"):
        assert pair.number in [found.number for found in search(db, officer, words).cases]
    assert verify_case(db, case.log) == []


def test_guards_see_a_right_of_the_one_that_stays_as_the_partys(world: World, db: Connection, pair: Doubles) -> None:
    merge(db, world, pair.gone, pair.kept)
    case = find_case(db, world.actor(db, "officer"), pair.number)[0]
    facts: Any = outside(db, case, ("rights", "parties"))
    # It was entered after the case was opened, so that it is asked for as one that is added.
    assert facts["parties"]["need_owner"]["country"] == "CN"
    seen: Any = outside(db, replace(case, rights=(pair.right,)), ("rights",))
    assert seen["rights"][pair.right]["owners"] == [{"organisation": pair.gone, "share": "60"}]


def test_the_one_that_went_is_offered_and_found_no_more(world: World, db: Connection, pair: Doubles) -> None:
    officer, programme = world.actor(db, "officer"), world.programmes["BJ"]
    merge(db, world, pair.gone, pair.kept)
    assert pair.gone not in [row.id for row in list_organisations(db, officer).items]
    assert list_doubles(db, officer, pair.kept) == []
    assert kept_records.find_owner(db, programme, "Kiln Works Co., Ltd.") == pair.kept
    assert organisations_named(db, programme, ["kiln works co., ltd."]) == [pair.kept]
    known = owners_by_name(db, programme, {"Kiln Works Co., Ltd.": None}, source="s", by="x", stamp="2026-01-01")
    assert known == {"Kiln Works Co., Ltd.": pair.kept}
    with pytest.raises(InvalidForm, match="owners"):
        record_right(
            db,
            officer,
            programme=programme,
            kind="know_how",
            fields={},
            confirmed=False,
            owners=[{"organisation": pair.gone}],
            request=new_request(),
        )
    with pytest.raises(NotAllowed, match="merged"):
        confirm_organisation(db, officer, pair.gone, fields={"size": "small"}, source="x", request=new_request())


def test_one_that_stands_for_another_is_merged_itself(world: World, db: Connection, pair: Doubles) -> None:
    third = enter(db, world, "Kiln Works Group")
    merge(db, world, pair.gone, pair.kept)
    merge(db, world, pair.kept, third)
    officer = world.actor(db, "officer")
    assert {show_organisation(db, officer, id).merged_into for id in (pair.gone, pair.kept)} == {third}
    assert world.read_case(db, pair.number).parties["need_owner"] == "Kiln Works Group"
    assert [case.number for case in cases_of(db, officer, third)] == [pair.number]
    assert not any(verify_case(db, id) for id in (*everything(pair), third))


def test_what_cannot_be_one_is_refused_with_the_reason(world: World, db: Connection, pair: Doubles) -> None:
    officer = world.actor(db, "officer")
    other = enter(db, world, "Kiln Partner")
    need = add_need(db, world.programmes["BJ"], "need-x", pair.gone)
    technology = add_technology(db, world.programmes["BJ"], "technology-x", other)
    world.matches.append(add_match(db, officer, world.programmes["BJ"], need, technology))
    number = world.open_case(db, -1)
    with pytest.raises(Refused, match=number):
        merge(db, world, pair.gone, other)
    assert [why.code for why in preview_merging(db, officer, pair.gone, other).refused] == [
        "catalogue.merge_both_parties"
    ]
    with pytest.raises(Refused, match="administrators"):
        merge(db, world, pair.gone, world.organisations["bank"])
    with pytest.raises(Refused, match="this one is the one to go"):
        merge(db, world, pair.gone, pair.gone)
    # What no programme keeps stays as it is, and takes nothing over: another programme may know it as well.
    shared = world.shared_party(db)
    with pytest.raises(NotAllowed, match="No single programme"):
        merge(db, world, shared, pair.kept)
    with pytest.raises(Refused, match="same programme"):
        merge(db, world, pair.gone, shared)
    foreign = record_organisation(
        db,
        world.actor(db, "foreign_officer"),
        programme=world.programmes["SH"],
        fields={"name": "Kiln Works"},
        source="x",
        request=new_request(),
    ).answer["id"]
    for nobody in (foreign, "00000000-0000-7000-8000-000000000000"):
        with pytest.raises(InvalidForm, match="into"):
            merge(db, world, pair.gone, nobody)
    merge(db, world, pair.gone, pair.kept)
    with pytest.raises(NotAllowed, match="merged"):
        merge(db, world, pair.gone, pair.kept)
    with pytest.raises(Refused, match="merged"):
        merge(db, world, other, pair.gone)


def test_who_may_merge_and_on_what_was_seen(world: World, db: Connection, pair: Doubles) -> None:
    for who, refusal in (("auditor", NotAllowed), ("compliance", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refusal):
            merge(db, world, pair.gone, pair.kept, who)
    with pytest.raises(InvalidForm, match="reason"):
        merge(db, world, pair.gone, pair.kept, reason=" ")
    seen = read_seq(db, pair.gone)
    confirm_organisation(
        db,
        world.actor(db, "officer"),
        pair.gone,
        fields={"size": "small"},
        source="x",
        reason="Seen.",
        request=new_request(),
    )
    with pytest.raises(RecordHasMoved):
        merge(db, world, pair.gone, pair.kept, seen=seen)
    merge(db, world, pair.gone, pair.kept, "supervisor")


@pytest.mark.parametrize(
    ("log", "change", "words"),
    [
        ("gone", "UPDATE organisations SET merged_into = NULL WHERE id = CAST(:gone AS uuid)", "merged_into"),
        ("need", "UPDATE needs SET owner_id = CAST(:gone AS uuid) WHERE id = CAST(:need AS uuid)", "owner_id"),
        (
            "kept",
            "DELETE FROM organisation_contacts WHERE organisation_id = CAST(:kept AS uuid)",
            "organisation_contacts",
        ),
    ],
)
def test_what_somebody_changes_behind_it_is_found(
    world: World, db: Connection, pair: Doubles, log: str, change: str, words: str
) -> None:
    merge(db, world, pair.gone, pair.kept)
    ids = {"need": pair.need, "gone": pair.gone, "kept": pair.kept}
    db.execute(text(change), ids)
    assert words in " ".join(finding.sentence for finding in verify_case(db, ids[log]))


def test_a_merging_of_which_only_one_log_tells_is_found(world: World, db: Connection, pair: Doubles) -> None:
    merge(db, world, pair.gone, pair.kept)
    [told] = [event for event in read_register(db, pair.gone) if event.kind == MERGED]
    merger: Any = told.effects["merger"]

    def faults(log: str, kind: str, **other: Any) -> list[str]:
        event = replace(told, kind=kind, effects=cast(Any, told.effects | {"merger": {**merger, **other}}))
        return [why for _, why in merging_faults(db, log, [event])]

    assert faults(pair.gone, MERGED) == []
    assert len(faults(pair.gone, MERGED, kept=pair.need)) == 2 + 2
    assert faults(pair.gone, MERGED, needs=[world.needs[0]]) == [
        f"it says that {world.needs[0]} moved, and that one's log does not"
    ]
    both: dict[str, list[str]] = {"needs": [], "technologies": [], "rights": []}
    assert faults(pair.need, CORRECTED, **both) == []
    assert faults(world.needs[0], CORRECTED, **both) == ["it moved by a merging that does not name it"]
