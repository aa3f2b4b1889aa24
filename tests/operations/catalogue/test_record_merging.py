"""Two records of one need or technology are made into one: what moves, what both histories tell, who is refused, what cases show."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.case_objects.kept_records import MERGED
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.cases.about import show_about
from casework.operations.cases.queries import find_case
from casework.operations.catalogue import kept_records
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.ip_rights import record_right
from casework.operations.catalogue.matches import create_match, judge_match, show_match
from casework.operations.catalogue.record_merging import list_doubles, merge_records, preview_merging
from casework.operations.catalogue.right_names import technologies_named
from casework.operations.catalogue.service import list_records, show_record
from casework.operations.catalogue.views import IpRight, Need, Technology
from casework.operations.core.external_facts import outside
from casework.operations.core.record_log import Kept
from casework.operations.search.service import search
from casework.operations.verification.organisation_judgement import merging_faults
from casework.operations.verification.record_judgement import record_faults
from casework.operations.verification.service import verify_all, verify_case
from casework.records.database import transaction
from casework.records.event_log import read_register
from tests.support.world import World, add_match, add_record, new_request

NEED = {"title": "Steam without coal", "budget": "90", "budget_currency": "CNY"}
TECHNOLOGY = {"title": "Heat pump boiler", "website": "https://example.org"}


def merge(db: Connection, world: World, noun: Kept, gone: str, into: str, by: str = "officer", **more: Any) -> None:
    given = {"reason": "Both name the same works.", "request": new_request(), **more}
    merge_records(db, world.actor(db, by), noun, gone, into=into, **given)


FIGURES = [{"parameter": "Steam", "unit": "t/h", "comparison": "at_least", "target": "5"}]


class Doubles:
    """A need and a technology that were entered twice, a match and a case of those that go, and a right of the technology."""

    def __init__(self, db: Connection, world: World) -> None:
        programme, officer = world.programmes["BJ"], world.actor(db, "officer")
        self.officer, self.programme = officer, programme
        mine, theirs = world.organisations["need_owner"], world.organisations["technology_owner"]
        self.need = add_record(
            db,
            programme,
            "need",
            "n-gone",
            NEED | {"owner_id": mine, "sector": "Dairy", "title_zh": "无煤蒸汽", "figures": FIGURES, "ipc": ["F22B"]},
        )
        self.need_kept = add_record(db, programme, "need", "n-kept", NEED | {"budget": "80"}, source="fair")
        self.technology = add_record(db, programme, "technology", "t-gone", TECHNOLOGY | {"owner_id": theirs})
        self.technology_kept = add_record(
            db, programme, "technology", "t-kept", {"title": "Heat pump boilers"}, source="fair"
        )
        self.match = add_match(db, officer, programme, self.need, self.technology)
        world.matches.append(self.match)
        self.number = world.open_case(db, -1)
        self.right = str(
            record_right(
                db,
                officer,
                programme=programme,
                kind="invention",
                fields={"number": "CN 88", "office": "CNIPA"},
                confirmed=False,
                owners=[{"organisation": theirs}],
                technologies=[self.technology],
                request=new_request(),
            ).answer["id"]
        )

    def everything(self) -> list[str]:
        return [self.need, self.need_kept, self.technology, self.technology_kept, self.right, self.programme]


@pytest.fixture
def pair(world: World, db: Connection) -> Doubles:
    return Doubles(db, world)


def test_likely_doubles_are_offered_and_others_are_found(world: World, db: Connection, pair: Doubles) -> None:
    offered = [row.id for row in list_doubles(db, pair.officer, "technology", pair.technology)]
    assert offered == [pair.technology_kept]
    assert pair.need_kept in [row.id for row in list_doubles(db, pair.officer, "need", pair.need)]
    assert [row.id for row in list_doubles(db, pair.officer, "need", pair.need, "n-kept")] == [pair.need_kept]
    assert list_doubles(db, pair.officer, "need", pair.need, "of nobody") == []
    for who, refusal in (("auditor", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refusal):
            list_doubles(db, world.actor(db, who), "need", pair.need)


def test_the_preview_says_what_moves_and_in_what_they_differ(world: World, db: Connection, pair: Doubles) -> None:
    need = preview_merging(db, pair.officer, "need", pair.need, pair.need_kept)
    assert ([match.name for match in need.matches], need.doubles) == (["Heat pump boiler"], [])
    assert [case.name for case in need.cases] == [pair.number]
    assert need.differing == ["budget"]
    assert need.taken == {
        "owner_id": world.organisations["need_owner"],
        "sector": "Dairy",
        "title_zh": "无煤蒸汽",
        "figures": FIGURES,
        "ipc": ["F22B"],
    }
    assert (need.rights, need.statements, need.refused) == ([], 0, [])
    technology = preview_merging(db, pair.officer, "technology", pair.technology, pair.technology_kept)
    assert [right["number"] for right in technology.rights] == ["CN 88"]
    assert technology.differing == ["title"]


def test_what_is_of_the_one_is_of_the_other_and_it_holds(world: World, db: Connection, pair: Doubles) -> None:
    kept_records.confirm_field(db, pair.officer, "need", pair.need, field="sector", request=new_request())
    merge(db, world, "need", pair.need, pair.need_kept, chosen=["budget"])
    merge(db, world, "technology", pair.technology, pair.technology_kept)
    need = show_record(db, pair.officer, Need, pair.need_kept)
    assert (need.budget, need.sector, need.title_zh) == ("90", "Dairy", "无煤蒸汽")
    # Rows are filled in where the one that stays has none.
    assert need.figures == FIGURES
    # What is chosen is stood for, and what somebody stood for; the rest is claimed by its source still.
    stood = {name for name, origin in need.provenance.items() if origin.get("confirmed_by")}
    assert stood == {"budget", "sector"}
    assert need.provenance["title_zh"]["source"] == "catalogue"
    assert show_record(db, pair.officer, Need, pair.need).merged_into == pair.need_kept
    match = show_match(db, pair.officer, pair.match)
    assert (match.need.id, match.technology.id) == (pair.need_kept, pair.technology_kept)
    assert show_record(db, pair.officer, IpRight, pair.right).technologies == [pair.technology_kept]
    assert not any(verify_case(db, id) for id in pair.everything())


def test_both_histories_and_each_moved_rights_tell_of_it(world: World, db: Connection, pair: Doubles) -> None:
    merge(db, world, "technology", pair.technology, pair.technology_kept)
    gone, kept = (
        kept_records.read_entries(db, pair.officer, "technology", id)[0]
        for id in (pair.technology, pair.technology_kept)
    )
    assert (gone.kind, kept.kind) == ("merged", "took_over")
    assert gone.other is not None
    assert gone.other.name == "Heat pump boilers"
    assert kept.other is not None
    assert kept.other.name == "Heat pump boiler"
    assert gone.reason == kept.reason == "Both name the same works."
    assert kept.changes["website"] == (None, "https://example.org")
    with_merger = [event for event in read_register(db, pair.right) if "merger" in event.effects]
    assert [event.effects["technologies"] for event in with_merger] == [[pair.technology_kept]]


def test_a_case_keeps_its_records_and_shows_those_in_their_place(world: World, db: Connection, pair: Doubles) -> None:
    confirm = {"field": "website", "request": new_request()}
    kept_records.confirm_field(db, pair.officer, "technology", pair.technology, **cast(Any, confirm))
    merge(db, world, "need", pair.need, pair.need_kept, chosen=["budget"])
    merge(db, world, "technology", pair.technology, pair.technology_kept)
    case = find_case(db, pair.officer, pair.number)[0]
    assert (case.need, case.technology) == (pair.need, pair.technology)
    about = show_about(db, pair.officer, case)
    assert about.technology is not None
    assert about.technology.title.name == "Heat pump boilers"
    facts: Any = outside(db, case, ("technology", "need", "siblings"))
    assert facts["technology"]["confirmed"] == {"website": True}
    assert facts["siblings"] == []
    for words in ("pump boilers", "无煤蒸汽"):
        assert pair.number in [found.number for found in search(db, pair.officer, words).cases]
    assert verify_case(db, case.log) == []


def test_cases_of_both_are_cases_of_one_need(world: World, db: Connection, pair: Doubles) -> None:
    other = add_record(db, pair.programme, "technology", "t-other", {"title": "Another"})
    world.matches.append(add_match(db, pair.officer, pair.programme, pair.need_kept, other))
    second = world.open_case(db, -1)
    merge(db, world, "need", pair.need, pair.need_kept)
    for number, sibling in ((pair.number, second), (second, pair.number)):
        facts: Any = outside(db, find_case(db, pair.officer, number)[0], ("siblings",))
        assert [one["number"] for one in facts["siblings"]] == [sibling]


def test_the_one_that_went_is_offered_and_changed_no_more(world: World, db: Connection, pair: Doubles) -> None:
    merge(db, world, "need", pair.need, pair.need_kept)
    merge(db, world, "technology", pair.technology, pair.technology_kept)
    assert pair.need not in [one.id for one in list_records(db, pair.officer, Need).items]
    assert pair.technology not in [one.id for one in list_records(db, pair.officer, Technology).items]
    assert list_doubles(db, pair.officer, "need", pair.need_kept, "n-gone") == []
    assert technologies_named(db, pair.programme, ["t-gone"]) == [pair.technology_kept]
    with pytest.raises(NotAllowed, match="merged"):
        kept_records.confirm_field(db, pair.officer, "need", pair.need, field="title", request=new_request())
    with pytest.raises(InvalidForm, match="technologies"):
        record_right(
            db,
            pair.officer,
            programme=pair.programme,
            kind="know_how",
            fields={},
            confirmed=False,
            technologies=[pair.technology],
            request=new_request(),
        )
    # Whoever still names the one that went means the one in its place.
    other = add_record(db, pair.programme, "technology", "t-other", {"title": "Another"})
    match = add_match(db, pair.officer, pair.programme, pair.need, other)
    assert show_match(db, pair.officer, match).need.id == pair.need_kept
    with pytest.raises(Refused, match="matched already"):
        create_match(
            db,
            pair.officer,
            programme=pair.programme,
            need="n-gone",
            technology="t-gone",
            source="x",
            external_id=None,
            proposed_on=None,
            proposed_by=None,
            score=None,
            rationale=None,
            request=new_request(),
        )


def test_an_import_of_the_one_that_went_changes_nothing(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        pair = Doubles(db, world)
        merge(db, world, "need", pair.need, pair.need_kept)
    rows = b"external_id,title,sector,source\nn-gone,Another title,Brewing,catalogue\n"
    report = import_records(engine, "needs", io.BytesIO(rows), programme="BJ")
    assert (report.unchanged, report.updated, report.created, report.kept) == (1, 0, 0, 1)
    assert "merged into another one" in report.kept_fields[0].reason
    rows = b"external_id,need,technology,source\nm-new,n-gone,t-kept,catalogue\n"
    with transaction(engine) as db:
        for id in (pair.need, pair.need_kept):
            assert show_record(db, pair.officer, Need, id).title == NEED["title"]
    assert list(verify_all(engine)) == []


def test_one_that_stands_for_another_is_merged_itself(world: World, db: Connection, pair: Doubles) -> None:
    third = add_record(db, pair.programme, "need", "n-third", {"title": "Steam, no coal"})
    merge(db, world, "need", pair.need, pair.need_kept)
    merge(db, world, "need", pair.need_kept, third)
    for id in (pair.need, pair.need_kept):
        assert show_record(db, pair.officer, Need, id).merged_into == third
    assert [case.name for case in preview_merging(db, pair.officer, "need", third, pair.need).cases] == [pair.number]
    about = show_about(db, pair.officer, find_case(db, pair.officer, pair.number)[0])
    assert about.need is not None
    assert about.need.title.name == "Steam, no coal"
    assert not any(verify_case(db, id) for id in (*pair.everything(), third))


def test_of_two_matches_of_one_pair_one_is_refused_and_two_running_cases_stand_against_it(
    world: World, db: Connection, pair: Doubles
) -> None:
    double = add_match(db, pair.officer, pair.programme, pair.need_kept, pair.technology)
    preview = preview_merging(db, pair.officer, "need", pair.need, pair.need_kept)
    assert (preview.matches, [match.name for match in preview.doubles]) == ([], ["Heat pump boiler"])
    world.matches.append(double)
    with db.begin_nested() as before:
        number = world.open_case(db, -1)
        with pytest.raises(Refused, match=number):
            merge(db, world, "need", pair.need, pair.need_kept)
        before.rollback()
    merge(db, world, "need", pair.need, pair.need_kept)
    assert show_match(db, pair.officer, double).refusal == "Both name the same works."
    # The pair has its case: the double does not become another.
    with pytest.raises(Refused, match="matched"):
        judge_match(db, pair.officer, double, refused=False, reason="Not the same after all.", request=new_request())
    assert show_match(db, pair.officer, pair.match).case == pair.number
    assert not any(verify_case(db, id) for id in pair.everything())


def test_what_cannot_be_one_is_refused_with_the_reason(world: World, db: Connection, pair: Doubles) -> None:
    with pytest.raises(Refused, match="this one is the one to go"):
        merge(db, world, "need", pair.need, pair.need)
    with pytest.raises(Refused, match="two organisations"):
        owned = {"title": "Steam", "owner_id": world.organisations["technology_owner"]}
        merge(db, world, "need", pair.need, add_record(db, pair.programme, "need", "n-x", owned))
    with pytest.raises(InvalidForm, match="chosen"):
        merge(db, world, "need", pair.need, pair.need_kept, chosen=["sector"])
    foreign = add_record(db, world.programmes["SH"], "need", "n-sh", NEED)
    for nobody in (foreign, pair.technology, "00000000-0000-7000-8000-000000000000"):
        with pytest.raises(InvalidForm, match="into"):
            merge(db, world, "need", pair.need, nobody)
    merge(db, world, "need", pair.need, pair.need_kept)
    with pytest.raises(NotAllowed, match="merged"):
        merge(db, world, "need", pair.need, pair.need_kept)
    with pytest.raises(Refused, match="merged"):
        merge(db, world, "need", pair.need_kept, pair.need)


def test_who_may_merge_and_on_what_was_seen(world: World, db: Connection, pair: Doubles) -> None:
    for who, refusal in (("auditor", NotAllowed), ("compliance", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refusal):
            merge(db, world, "need", pair.need, pair.need_kept, who)
    with pytest.raises(InvalidForm, match="reason"):
        merge(db, world, "need", pair.need, pair.need_kept, reason=" ")
    seen = kept_records.read_seq(db, pair.need)
    kept_records.confirm_field(db, pair.officer, "need", pair.need, field="title", request=new_request())
    with pytest.raises(RecordHasMoved):
        merge(db, world, "need", pair.need, pair.need_kept, seen=seen)
    merge(db, world, "need", pair.need, pair.need_kept, "supervisor")


@pytest.mark.parametrize(
    ("log", "change", "words"),
    [
        ("need", "UPDATE needs SET merged_into = NULL WHERE id = CAST(:need AS uuid)", "merged_into"),
        ("kept", "UPDATE needs SET sector = 'Brewing' WHERE id = CAST(:kept AS uuid)", "sector"),
        ("programme", "UPDATE matches SET need_id = CAST(:need AS uuid) WHERE id = CAST(:match AS uuid)", "matches"),
    ],
)
def test_what_somebody_changes_behind_it_is_found(
    world: World, db: Connection, pair: Doubles, log: str, change: str, words: str
) -> None:
    merge(db, world, "need", pair.need, pair.need_kept)
    ids = {"need": pair.need, "kept": pair.need_kept, "match": pair.match, "programme": pair.programme}
    assert not any(verify_case(db, id) for id in pair.everything())
    db.execute(text(change), ids)
    assert words in " ".join(finding.sentence for finding in verify_case(db, ids[log]))


def test_a_record_that_changes_after_it_was_merged_or_without_a_reason_is_found(
    world: World, db: Connection, pair: Doubles
) -> None:
    merge(db, world, "need", pair.need, pair.need_kept)
    events = list(read_register(db, pair.need))
    *earlier, told = events
    assert told.kind == MERGED
    past: Any = None

    class Held:
        def held(self, *asked: object) -> bool:
            return True

    past = Held()

    def faults(*more: Any) -> list[str]:
        return [why for _, why in record_faults(db, past, "need", pair.programme, [*earlier, *more])]

    assert faults(told) == []
    assert faults(replace(told, body={})) == ["it does not say why the two are one"]
    assert faults(told, replace(told, kind="confirmed", effects={"confirmed": ["title"]})) == [
        "another record stood in its place by then"
    ]
    alone = replace(told, effects=cast(Any, {"merger": {"gone": pair.need, "kept": pair.technology}}))
    assert len([*merging_faults(db, pair.need, [alone])]) == 2
