"""Runs: kept with all that they are made of, so that the same list comes out whatever the catalogue has become."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.ledger.canonical_json import digest
from casework.operations.catalogue.kept_records import correct_record
from casework.operations.catalogue.organisation_use import expire_organisation
from casework.operations.catalogue.record_use import end_record
from casework.operations.matching import runs
from casework.operations.matching.ranking import gather
from casework.operations.matching.runs import read_run, replay_run, show_run, start_run
from casework.operations.people.programme_lists import set_entry
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.records.event_log import try_lock
from tests.operations.core.test_catalogue_index import enter
from tests.support.world import World, add_record, new_request


def put(world: World, db: Connection) -> dict[str, str]:
    """Some technologies by their names, and a need."""
    return {
        "pump": enter(
            world,
            db,
            "technology",
            title="Heat pump for dye houses",
            readiness_low=5,
            readiness_high=6,
            ipc=["F24D3/08"],
            cost="900000",
            cost_currency="CNY",
        ),
        "idea": enter(world, db, "technology", title="Heat pump idea", readiness_low=1, readiness_high=2),
        "unknown": enter(world, db, "technology", title="Another heat pump"),
        "need": enter(
            world,
            db,
            "need",
            title="热泵",
            problem="Heat of a dye house",
            readiness_low=5,
            readiness_high=9,
            ipc=["F24D"],
            budget="1200000",
            budget_currency="CNY",
        ),
    }


def run(world: World, db: Connection, need: str, by: str = "officer", **more: object) -> str:
    return str(start_run(db, world.actor(db, by), need, request=new_request(), **more).answer["id"])  # type: ignore[arg-type]  # as given


def test_a_run_says_what_was_found_what_was_removed_and_why(world: World, db: Connection) -> None:
    ids = put(world, db)
    shown = show_run(db, world.actor(db, "auditor"), run(world, db, ids["need"]))
    listed = [one["technology"] for one in shown.candidates]
    assert listed[0] == ids["pump"]
    assert ids["unknown"] in listed
    assert ids["idea"] not in listed
    assert shown.filters[0]["name"] == "readiness"
    assert shown.filters[0]["removed"] >= 1
    (pair,) = [part for part in shown.candidates[0]["explanation"]["parts"] if part["kind"] == "translation"]
    assert pair["text"] == "热泵 = heat pump"
    assert pair["source"] == f"glossary {shown.glossary}"
    (cost,) = [part for part in shown.candidates[0]["explanation"]["parts"] if part["kind"] == "cost"]
    assert (cost["text"], cost["closest"], cost["share"]) == ("900000 CNY", "1200000 CNY", 0)
    # One is compared where both are known in one currency alone.
    assert not [part for one in shown.candidates[1:] for part in one["explanation"]["parts"] if part["kind"] == "cost"]


def test_a_run_keeps_the_codes_that_need_and_technology_have_in_common(world: World, db: Connection) -> None:
    officer, more = world.actor(db, "officer"), {"title": "Heat pump for dye houses"}
    alike = enter(world, db, "technology", **more, ipc=["F24D3/08", "B01D"])
    other = enter(world, db, "technology", **more, ipc=["B01D"])
    need = enter(world, db, "need", title="Heat pump", ipc=["F24D"])
    made = run(world, db, need)
    shown = show_run(db, officer, made)
    codes = {
        one["technology"]: [part["text"] for part in one["explanation"]["parts"] if part["kind"] == "codes"]
        for one in shown.candidates
    }
    assert (codes[alike], codes[other]) == (["F24D"], [])
    # What is said otherwise since changes nothing of it.
    correct_record(
        db, officer, "technology", alike, fields={"ipc": []}, source=None, reason="None.", request=new_request()
    )
    assert replay_run(db, officer, made).equal
    assert set(read_run(db, officer, made).evidence["codes"]["said"]) == {alike}


def test_a_run_keeps_where_a_technology_was_deployed_and_developed(world: World, db: Connection) -> None:
    officer, more = world.actor(db, "officer"), {"developed_in": ["SE", "CN"], "deployed_in": ["DE"]}
    told = enter(world, db, "technology", title="Heat pump", **more)
    silent = enter(world, db, "technology", title="Heat pump of somewhere")
    made = run(world, db, enter(world, db, "need", title="Heat pump"), wanted={"countries": ["DE"]})
    shown = show_run(db, officer, made)
    parts = {
        one["technology"]: [part for part in one["explanation"]["parts"] if part["kind"] == "countries"]
        for one in shown.candidates
    }
    ((part,), none) = (parts[told], parts[silent])
    assert (part["text"], part["closest"], part["share"], none) == ("DE", "SE, CN", 0, [])
    correct_record(
        db, officer, "technology", told, fields={"deployed_in": []}, source=None, reason="No.", request=new_request()
    )
    assert replay_run(db, officer, made).equal


def test_a_need_asks_for_its_function_and_the_words_of_its_figures_and_for_nothing_told_to_few(
    world: World, db: Connection
) -> None:
    more = {"function": "Dry the sludge", "tried": "Centrifuges", "site": "Pinggu", "contact": "Zhao Liping"}
    figures = [{"parameter": "Moisture", "unit": "kg", "now": "80", "comparison": "at_most", "target": "30"}]
    told = {"title": "Steam", "problem": "Too wet", "figures": figures, **more}
    need = add_record(db, world.programmes["BJ"], "need", "N-told", told)
    drier = enter(
        world, db, "technology", title="Belt", problem="Sludge that is wet", advantage="Moisture falls twice as fast"
    )
    shown = show_run(db, world.actor(db, "officer"), run(world, db, need))
    assert shown.said == "Steam Dry the sludge Too wet Moisture kg"
    (found,) = [one for one in shown.candidates if one["technology"] == drier]
    assert {"sludge", "moisture"} <= {part["text"].casefold() for part in found["explanation"]["parts"]}


def test_whatever_a_record_says_by_then_a_run_tells_what_it_saw(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    made = run(world, db, ids["need"])
    fields = {"readiness_low": 1, "readiness_high": 2}
    correct_record(
        db, officer, "technology", ids["pump"], fields=fields, source=None, reason="So.", request=new_request()
    )
    correct_record(
        db, officer, "need", ids["need"], fields={"readiness_high": 7}, source=None, reason="So.", request=new_request()
    )
    (told,) = [one for one in show_run(db, officer, made).candidates if one["technology"] == ids["pump"]]
    assert told["explanation"]["filters"] == [
        {"name": "readiness", "verdict": "passed", "says": [5, 6], "wanted": [5, 9]},
        {"name": "restriction", "verdict": "unknown", "says": None, "wanted": ["CN"]},
    ]
    assert replay_run(db, officer, made).equal


def test_what_is_left_out_is_whoever_stands_in_its_place(world: World, db: Connection) -> None:
    ids, owner = put(world, db), world.organisations["technology_owner"]
    db.execute(
        text("UPDATE technologies SET owner_id = CAST(:owner AS uuid) WHERE id = CAST(:id AS uuid)"),
        {"owner": owner, "id": ids["pump"]},
    )
    gone = world.shared_party(db, "Old name")
    given = {"id": gone, "kept": owner}
    db.execute(text("UPDATE organisations SET merged_into = CAST(:kept AS uuid) WHERE id = CAST(:id AS uuid)"), given)
    shown = show_run(db, world.actor(db, "officer"), run(world, db, ids["need"], wanted={"excluded": [gone]}))
    assert ids["pump"] not in [one["technology"] for one in shown.candidates]


def test_a_filter_is_relaxed_with_a_reason_alone(world: World, db: Connection) -> None:
    ids = put(world, db)
    shown = show_run(
        db, world.actor(db, "officer"), run(world, db, ids["need"], relaxed={"readiness": "A pilot will do."})
    )
    assert ids["idea"] in [one["technology"] for one in shown.candidates]
    for relaxed in ({"readiness": " "}, {"no such filter": "Why not?"}):
        with pytest.raises(InvalidForm):
            run(world, db, ids["need"], relaxed=relaxed)


@pytest.mark.parametrize("wanted", [None, {"licence": False}])
def test_a_need_that_wants_a_licence_asks_for_one_by_itself(
    world: World, db: Connection, wanted: dict[str, Any] | None
) -> None:
    put(world, db)
    none = enter(world, db, "technology", title="Heat pump that is not licensed", licences=["none"])
    given = enter(world, db, "technology", title="Heat pump that is licensed", licences=["plain"])
    for form, listed in (("Licence ", {given}), ("purchase", {given, none})):
        need = enter(world, db, "need", title="Heat pump", wanted_form=form)
        shown = show_run(db, world.actor(db, "officer"), run(world, db, need, wanted=wanted))
        found = {one["technology"] for one in shown.candidates} & {given, none}
        assert (found, "licence" in {one["name"] for one in shown.filters}) == (listed, form == "Licence ")
    # An officer looks further with a reason, and the run made again gives the same.
    need = enter(world, db, "need", title="Heat pump", wanted_form="licence")
    made = run(world, db, need, relaxed={"licence": "It is bought with the machine."})
    shown = show_run(db, world.actor(db, "officer"), made)
    assert none in [one["technology"] for one in shown.candidates]
    assert replay_run(db, world.actor(db, "officer"), made).equal


def test_a_need_asks_by_itself_for_its_country_and_what_it_requires(world: World, db: Connection) -> None:
    put(world, db)
    told: dict[str, dict[str, Any]] = {
        "elsewhere": {"deployed_in": ["FR"]},
        "here": {"deployed_in": ["DE"], "standards": [{"name": "ISO 9001"}]},
        "lacks it": {"deployed_in": ["DE"], "standards": [{"name": "ISO 9001", "held": "no"}]},
        "says nothing": {},
    }
    ids = {name: enter(world, db, "technology", title=f"Heat pump, {name}", **says) for name, says in told.items()}
    need = enter(world, db, "need", title="Heat pump", country="DE", required_standards=["iso 9001"])
    officer = world.actor(db, "officer")

    def listed(**more: Any) -> set[str]:
        shown = show_run(db, officer, run(world, db, need, **more))
        assert replay_run(db, officer, shown.id).equal
        found = {one["technology"] for one in shown.candidates}
        return {name for name, id in ids.items() if id in found}

    assert listed() == {"here", "says nothing"}
    # What is asked now takes nothing away of what the need asks.
    assert listed(wanted={"countries": ["FR"], "standards": ["CE"]}) == {"here", "says nothing"}
    assert listed(relaxed={"country": "It is brought here."}) == {"here", "says nothing", "elsewhere"}
    assert listed(relaxed={"standard": "It is certified here."}) == {"here", "says nothing", "lacks it"}


def test_a_licence_and_a_standard_are_asked_for_and_what_is_not_known_stays(world: World, db: Connection) -> None:
    ids = put(world, db)
    told = {
        "has both": {"licences": ["plain"], "standards": [{"name": "ISO 9001"}, {"name": "CE"}]},
        "gives none": {"licences": ["none"], "standards": [{"name": "CE"}]},
        "ran out": {"licences": ["sole"], "standards": [{"name": "CE", "valid_until": "2020-01-01"}]},
        "lacks it": {"licences": ["plain"], "standards": [{"name": "CE", "held": "no"}]},
        "names another": {"licences": ["plain"], "standards": [{"name": "ISO 9001"}]},
    }
    ids |= {name: enter(world, db, "technology", title=f"Heat pump, {name}", **says) for name, says in told.items()}
    wanted = {"licence": True, "standards": [" ce "]}
    made = run(world, db, ids["need"], wanted=wanted)
    shown = show_run(db, world.actor(db, "officer"), made)
    verdicts = {
        one["technology"]: {said["name"]: said["verdict"] for said in one["explanation"]["filters"]}
        for one in shown.candidates
    }
    assert ids["gives none"] not in verdicts
    assert (verdicts[ids["has both"]]["licence"], verdicts[ids["has both"]]["standard"]) == ("passed", "passed")
    # What has run out is not known to be had, and what nobody has said is not no.
    assert (verdicts[ids["ran out"]]["licence"], verdicts[ids["ran out"]]["standard"]) == ("passed", "unknown")
    assert verdicts[ids["unknown"]]["licence"] == "unknown"
    counted = {one["name"]: (one["removed"], one["unknown"] >= 1) for one in shown.filters}
    assert counted["licence"] == (1, True)
    # What is said to be lacked is no; what is not named beside another is not.
    assert ids["lacks it"] not in verdicts
    assert verdicts[ids["names another"]]["standard"] == "unknown"
    assert counted["standard"] == (1, True)
    assert replay_run(db, world.actor(db, "officer"), made).equal


def test_a_legal_restriction_removes_where_the_need_is_and_an_officer_may_leave_the_filter_out(
    world: World, db: Connection
) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    told = {
        "free": [{"kind": "none"}],
        "elsewhere": [{"kind": "export_control", "countries": "RU, IR"}],
        "barred": [{"kind": "export_control", "countries": "CN", "words": "Annex I 2B350"}],
        "for_ships": [{"kind": "field_of_use", "words": "Ships alone"}],
    }
    ids |= {
        name: enter(world, db, "technology", title=f"Heat pump, {name}", restrictions=says)
        for name, says in told.items()
    }
    made = run(world, db, ids["need"])
    shown = show_run(db, officer, made)
    said = {
        one["technology"]: {each["name"]: (each["verdict"], each["says"]) for each in one["explanation"]["filters"]}
        for one in shown.candidates
    }
    assert ids["barred"] not in said
    assert said[ids["free"]]["restriction"] == ("passed", ["none"])
    assert said[ids["elsewhere"]]["restriction"] == ("passed", ["export_control RU IR"])
    assert said[ids["for_ships"]]["restriction"] == ("unknown", ["field_of_use"])
    assert said[ids["unknown"]]["restriction"] == ("unknown", None)
    (counted,) = [one for one in shown.filters if one["name"] == "restriction"]
    assert (counted["removed"], counted["unknown"] >= 2) == (1, True)
    # It is asked for where it is to be used; left out with a reason, and what is said since changes no run.
    abroad = show_run(db, officer, run(world, db, ids["need"], wanted={"territory": "RU"}))
    listed = {one["technology"] for one in abroad.candidates}
    assert (ids["barred"] in listed, ids["elsewhere"] in listed) == (True, False)
    relaxed = run(world, db, ids["need"], relaxed={"restriction": "A licence is granted."})
    assert ids["barred"] in {one["technology"] for one in show_run(db, officer, relaxed).candidates}
    for name in ("barred", "free"):
        fields = {"restrictions": [{"kind": "other", "words": "Sanctions"}]}
        correct_record(
            db, officer, "technology", ids[name], fields=fields, source=None, reason="So.", request=new_request()
        )
    assert replay_run(db, officer, made).equal
    assert replay_run(db, officer, relaxed).equal


def test_a_run_keeps_what_somebody_has_said_and_nothing_of_what_nobody_has(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    told = {"licences": ["none"], "standards": [{"name": "CE"}]}
    ids["told"] = enter(world, db, "technology", title="Heat pump with papers", **told)
    kept = read_run(db, officer, run(world, db, ids["need"])).evidence
    names = {"licence", "standards", "owner_expired", "verified"}
    said = {one["id"]: {name: one[name] for name in names & one.keys()} for one in kept["candidates"]}
    # That no licence is to be had is known, and kept.
    assert said[ids["told"]] == {"licence": False, "standards": ["ce"]}
    assert said[ids["pump"]] == {}


def test_whatever_the_catalogue_becomes_a_run_gives_the_same_list(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        ids = put(world, db)
        made = run(world, db, ids["need"])
        before = show_run(db, world.actor(db, "officer"), made)
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        correct_record(
            db,
            officer,
            "technology",
            ids["pump"],
            fields={"title": "A boiler"},
            source=None,
            reason="It is one.",
            request=new_request(),
        )
        end_record(db, officer, "technology", ids["unknown"], status="withdrawn", reason="Gone.", request=new_request())
        for n in range(20):
            enter(world, db, "technology", title=f"Heat pump {n}", description="dye house")
    with transaction(engine) as db:
        auditor = world.actor(db, "auditor")
        replay = replay_run(db, auditor, made)
        assert (replay.equal, replay.differences) == (True, [])
        assert replay.catalogue_now > replay.catalogue
        assert show_run(db, auditor, made) == before
    assert list(verify_all(engine)) == []


def test_a_run_that_was_changed_behind_our_backs_is_told(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        made = run(world, db, put(world, db)["need"])
        db.execute(
            text("UPDATE match_runs SET list = jsonb_set(CAST(list AS jsonb), '{candidates,0,score}', '99')::text")
        )
        replay = replay_run(db, world.actor(db, "auditor"), made)
        assert not replay.equal
        assert len(replay.differences) == 2
    assert list(verify_all(engine))


def test_only_who_sees_the_need_sees_its_runs_and_only_officers_start_them(world: World, db: Connection) -> None:
    ids = put(world, db)
    made = run(world, db, ids["need"])
    with pytest.raises(NotFound):
        show_run(db, world.actor(db, "foreign_officer"), made)
    with pytest.raises(NotFound):
        run(world, db, ids["need"], by="foreign_officer")
    with pytest.raises(NotAllowed):
        run(world, db, ids["need"], by="auditor")


def test_what_belongs_to_an_organisation_that_has_expired_is_removed_and_counted(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    owner = world.organisations["technology_owner"]
    db.execute(
        text("UPDATE technologies SET owner_id = CAST(:owner AS uuid) WHERE id = CAST(:id AS uuid)"),
        {"owner": owner, "id": ids["pump"]},
    )
    before = show_run(db, officer, run(world, db, ids["need"]))
    assert ids["pump"] in [one["technology"] for one in before.candidates]
    assert "owner" not in [one["name"] for one in before.filters]
    expire_organisation(db, officer, owner, reason="It has ceased.", request=new_request())
    made = run(world, db, ids["need"])
    shown = show_run(db, officer, made)
    assert ids["pump"] not in [one["technology"] for one in shown.candidates]
    (owners,) = [one for one in shown.filters if one["name"] == "owner"]
    assert owners["removed"] >= 1
    assert replay_run(db, officer, made).equal
    with pytest.raises(InvalidForm):
        run(world, db, ids["need"], relaxed={"owner": "Its heirs will do."})


def test_a_run_is_made_of_one_moment(world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction(engine) as db:
        need = put(world, db)["need"]
    free = list[bool]()

    def look(*given: Any, **more: Any) -> Any:
        with transaction(engine) as other:
            free.append(try_lock(other, world.programmes["BJ"]))
        return gather(*given, **more)

    monkeypatch.setattr(runs, "gather", look)
    with transaction(engine) as db:
        run(world, db, need)
    assert free == [False]


def test_a_run_says_by_which_version_of_the_glossary_it_was_made_whatever_was_changed_since(
    world: World, db: Connection
) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    before = run(world, db, ids["need"])
    fields = {"code": "heat_pump", "label": "warmth lifter", "label_zh": "热泵"}
    given: dict[str, Any] = {"fields": fields, "reason": "So it is called here.", "request": new_request()}
    set_entry(db, officer, world.programmes["BJ"], "glossary", **given)
    after = run(world, db, ids["need"])
    assert [show_run(db, officer, one).glossary for one in (before, after)] == ["1", "2"]
    assert [replay_run(db, officer, one).equal for one in (before, after)] == [True, True]


def test_a_run_from_before_versions_were_counted_keeps_its_digest_and_is_made_again(
    world: World, db: Connection
) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    one = run(world, db, ids["need"])
    kept = db.execute(text("SELECT evidence, list FROM match_runs WHERE id = CAST(:id AS uuid)"), {"id": one}).one()
    evidence = kept.evidence.replace('"glossary":"1"', '"glossary":"1a2b3c4d"').replace(
        "glossary 1", "glossary 1a2b3c4d"
    )
    found = kept.list.replace("glossary 1", "glossary 1a2b3c4d")
    assert (evidence, found) != (kept.evidence, kept.list)
    given = {"id": one, "evidence": evidence, "list": found, "digest": digest([evidence, found])}
    db.execute(
        text("UPDATE match_runs SET evidence = :evidence, list = :list, digest = :digest WHERE id = CAST(:id AS uuid)"),
        given,
    )
    shown = show_run(db, officer, one)
    assert shown.glossary == "1a2b3c4d"
    sources = {part["source"] for part in shown.candidates[0]["explanation"]["parts"]}
    assert "glossary 1a2b3c4d" in sources
    assert replay_run(db, officer, one).equal
