"""An organisation whose record has expired: it is named in nothing new, what runs goes on, and it is brought back."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.definitions import load_library
from casework.engine.case_objects.organisations import CONFIRMED
from casework.engine.case_objects.record_expiry import BROUGHT_BACK, EXPIRED
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused, WrongState
from casework.operations.cases.about import show_about
from casework.operations.cases.form_choices import choices_of
from casework.operations.cases.opening import open_case
from casework.operations.cases.queries import find_case
from casework.operations.catalogue import kept_records
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.ip_rights import set_belonging
from casework.operations.catalogue.matches import list_matches, show_match
from casework.operations.catalogue.organisation_merging import merge_organisations
from casework.operations.catalogue.organisation_queries import list_organisations, read_entries, show_organisation
from casework.operations.catalogue.organisation_use import bring_organisation_back, expire_organisation
from casework.operations.catalogue.organisations import read_seq, record_organisation
from casework.operations.catalogue.outside_burdens import enter_burden
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.references import reference_faults
from casework.operations.people.lists import list_organisations as list_for_programs
from casework.operations.verification.organisation_judgement import organisation_faults
from casework.operations.verification.service import verify_all, verify_case
from casework.records.database import transaction
from casework.records.event_log import read_register
from tests.support.world import World, add_match, add_need, add_record, new_request


def enter(db: Connection, world: World, name: str = "Kiln Works", by: str = "officer") -> str:
    programme = world.programmes["SH" if by == "foreign_officer" else "BJ"]
    done = record_organisation(
        db,
        world.actor(db, by),
        programme=programme,
        fields={"name": name, "country": "CN"},
        source="Register",
        request=new_request(),
    )
    return str(done.answer["id"])


def expire(db: Connection, world: World, organisation: str, by: str = "officer", **more: Any) -> None:
    given = {"reason": "Struck off the register.", "request": new_request(), **more}
    expire_organisation(db, world.actor(db, by), organisation, **given)


def revive(db: Connection, world: World, organisation: str, by: str = "officer", **more: Any) -> None:
    given = {"reason": "Entered again.", "request": new_request(), **more}
    bring_organisation_back(db, world.actor(db, by), organisation, **given)


def open_of(db: Connection, world: World, match: str) -> str:
    return str(open_case(db, world.actor(db, "officer"), match, new_request()).answer["number"])


def own_match(db: Connection, world: World, owner: str) -> tuple[str, str]:
    """A need of an organisation, and a match of it that is open."""
    need = add_need(db, world.programmes["BJ"], "need-own", owner)
    return need, add_match(db, world.actor(db, "officer"), world.programmes["BJ"], need, world.technologies[0])


def test_its_matches_open_no_case_until_it_is_brought_back(world: World, db: Connection) -> None:
    officer, owner = world.actor(db, "officer"), enter(db, world)
    need, match = own_match(db, world, owner)
    expire(db, world, owner)
    assert show_match(db, officer, match).need.ended == "owner_expired"
    assert match in [one.id for one in list_matches(db, officer, ended=True).items]
    assert match not in [one.id for one in list_matches(db, officer, ended=False).items]
    with pytest.raises(WrongState, match="organisation that its need or technology belongs to has expired"):
        open_of(db, world, match)
    with pytest.raises(InvalidForm, match="belongs to has expired"):
        other = add_record(db, world.programmes["BJ"], "technology", "t-x", {"title": "Steam"})
        add_match(db, officer, world.programmes["BJ"], need, other)
    revive(db, world, owner)
    assert open_of(db, world, match)
    assert not any(verify_case(db, id) for id in (owner, need, world.programmes["BJ"]))


def test_a_case_that_runs_goes_on_and_says_so(world: World, db: Connection) -> None:
    owner = enter(db, world)
    _, match = own_match(db, world, owner)
    number = open_of(db, world, match)
    officer = world.actor(db, "officer")
    case = find_case(db, officer, number)[0]
    about = show_about(db, officer, case)
    assert about.need
    assert not about.need.owner_expired
    expire(db, world, owner)
    about = show_about(db, officer, case)
    assert about.need
    assert about.need.owner_expired
    assert about.technology
    assert not about.technology.owner_expired
    world.fire(db, "officer", number, "take")
    assert verify_case(db, case.log) == []


def test_it_is_offered_and_taken_in_no_form(world: World, db: Connection) -> None:
    company, officer = enter(db, world), world.actor(db, "officer")
    case = find_case(db, officer, world.open_case(db))[0]
    forms = [edition.form(rule.form) for edition in load_library().editions.values() for rule in edition.transitions]
    form = [field for form in forms for field in form if field["type"] == "organisation"][:1]
    assert form, "no form asks for an organisation"
    field = form[0]["name"]

    def offered() -> bool:
        return company in [one.id for one in choices_of(db, officer, case, case.main, form)[field]]

    assert offered()
    assert reference_faults(db, case, form, {field: company}, case.main) == {}
    expire(db, world, company)
    assert not offered()
    assert "bring it back first" in str(reference_faults(db, case, form, {field: company}, case.main)[field])
    revive(db, world, company)
    assert offered()


def test_it_owns_and_holds_nothing_new(world: World, db: Connection) -> None:
    owner, officer, programme = enter(db, world), world.actor(db, "officer"), world.programmes["BJ"]
    need = add_need(db, programme, "need-own", owner)
    right, other = world.rights[:2]
    set_belonging(db, officer, right, owners=[{"organisation": owner, "share": "50"}], request=new_request())
    expire(db, world, owner)
    words: Any = {"source": "A call", "reason": "Asked.", "request": new_request()}
    with pytest.raises(InvalidForm, match="bring it back first"):
        kept_records.correct_record(db, officer, "need", world.needs[0], fields={"owner_id": owner}, **words)
    with pytest.raises(InvalidForm, match="bring it back first"):
        kept_records.set_owner(db, officer, "need", world.needs[0], organisation=owner, request=new_request())
    # What it has it keeps: another field is put right beside it, and its share.
    kept_records.correct_record(
        db, officer, "need", need, fields={"owner_id": owner, "title": "Steam"}, **(words | {"request": new_request()})
    )
    set_belonging(
        db, officer, right, owners=[{"organisation": owner, "share": "60"}], reason="Misread.", request=new_request()
    )
    with pytest.raises(InvalidForm, match="bring it back first"):
        set_belonging(db, officer, other, owners=[{"organisation": owner}], request=new_request())
    values = {"kind": "licence", "licence": "plain", "territories": ["CN"], "holder": owner, "from": "2026-01-05"}
    with pytest.raises(InvalidForm, match="holder: .*bring it back first"):
        enter_burden(db, officer, other, values=values, number="Y1", source="Register", request=new_request())


def test_an_import_gives_it_nothing_and_does_not_revive_it(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        owner = enter(db, world)
        need = add_need(db, world.programmes["BJ"], "need-own", owner)
        source = show_record(db, world.actor(db, "officer"), Need, need).source
        expire(db, world, owner)
    rows = f"external_id,title,source,owner\nneed-own,Steam,{source},Kiln Works\nneed-new,Heat,{source},Kiln Works\n"
    report = import_records(engine, "needs", io.BytesIO(rows.encode()), programme="BJ")
    assert (report.created, report.updated) == (1, 1)
    assert [(fault.row, fault.field) for fault in report.kept_fields] == [(3, "owner")]
    assert "the record of Kiln Works has expired" in report.kept_fields[0].reason
    with transaction(engine) as db:
        rows_now = db.execute(text("SELECT external_id, owner_id::text FROM needs WHERE external_id LIKE 'need-%'"))
        assert {("need-own", owner), ("need-new", None)} <= {tuple(row) for row in rows_now}
        assert show_organisation(db, world.actor(db, "officer"), owner).expired_at is not None
    assert list(verify_all(engine)) == []


def test_its_lists_and_its_history_say_so(world: World, db: Connection) -> None:
    organisation, auditor = enter(db, world), world.actor(db, "auditor")
    expire(db, world, organisation, "supervisor")
    assert [one.id for one in list_organisations(db, auditor, filters={"expired": True}).items] == [organisation]
    assert organisation not in [one.id for one in list_organisations(db, auditor, filters={"expired": False}).items]
    [row] = [one for one in list_for_programs(db, auditor).items if one.id == organisation]
    assert row.expired_at == show_organisation(db, auditor, organisation).expired_at is not None
    revive(db, world, organisation)
    assert show_organisation(db, auditor, organisation).expired_at is None
    entries = read_entries(db, auditor, organisation)
    assert [(entry.kind, entry.who, entry.reason) for entry in entries[:2]] == [
        ("brought_back", "Officer", "Entered again."),
        ("expired", "Supervisor", "Struck off the register."),
    ]


def test_who_may_and_what_is_refused(world: World, db: Connection) -> None:
    organisation, officer = enter(db, world), world.actor(db, "officer")
    refused = (
        ("auditor", NotAllowed),
        ("compliance", NotAllowed),
        ("foreign_officer", NotFound),
        ("provider", NotFound),
    )
    for who, refusal in refused:
        with pytest.raises(refusal):
            expire(db, world, organisation, who)
    with pytest.raises(InvalidForm, match="reason"):
        expire(db, world, organisation, reason=" ")
    with pytest.raises(Refused, match="has not expired"):
        revive(db, world, organisation)
    with pytest.raises(NotAllowed, match="administrators"):
        expire(db, world, world.organisations["bank"])
    # It occurs here, and no programme keeps it: others may rely on it.
    with pytest.raises(NotAllowed, match="No single programme"):
        expire(db, world, world.shared_party(db))
    seen = read_seq(db, organisation)
    expire(db, world, organisation, seen=seen)
    with pytest.raises(Refused, match="expired already"):
        expire(db, world, organisation)
    with pytest.raises(RecordHasMoved):
        revive(db, world, organisation, seen=seen)
    # The number of one that expired stays its own, and so its name is asked about.
    assert show_organisation(db, officer, organisation).expired_at is not None


def test_a_request_that_is_sent_twice_is_done_once(world: World, db: Connection) -> None:
    organisation, request = enter(db, world), new_request()
    expire(db, world, organisation, request=request)
    expire(db, world, organisation, request=request)
    assert [event.kind for event in read_register(db, organisation)].count(EXPIRED) == 1


def test_one_is_merged_away_and_nothing_is_merged_into_it(world: World, db: Connection) -> None:
    gone, stays, officer = enter(db, world), enter(db, world, "Steam House"), world.actor(db, "officer")
    need, match = own_match(db, world, gone)
    expire(db, world, gone)
    with pytest.raises(Refused, match="merge the other way round"):
        merge_organisations(db, officer, stays, into=gone, reason="One licence.", request=new_request())
    merge_organisations(db, officer, gone, into=stays, reason="One licence.", request=new_request())
    assert show_match(db, officer, match).need.ended is None
    expire(db, world, stays)
    assert show_match(db, officer, match).need.ended == "owner_expired"
    with pytest.raises(NotAllowed, match="merged"):
        revive(db, world, gone)
    assert not any(verify_case(db, id) for id in (gone, stays, need))


def test_what_somebody_changes_behind_it_or_says_without_a_reason_is_found(world: World, db: Connection) -> None:
    organisation = enter(db, world)
    expire(db, world, organisation)
    events = list(read_register(db, organisation))

    class Held:
        def held(self, *asked: object) -> bool:
            return True

    past: Any = Held()

    def faults(*last: Any) -> list[str]:
        return [why for _, why in organisation_faults(past, [*events[:-1], *last])]

    told = events[-1]
    assert (told.kind, faults(told)) == (EXPIRED, [])
    assert "the record expires by something else than saying so" in faults(replace(told, kind=CONFIRMED))
    assert faults(replace(told, kind=BROUGHT_BACK)) == [
        "the record had not expired",
        "what it says of how the record stands is not what was done",
    ]
    again = replace(told, seq=told.seq + 1)
    assert faults(told, again) == ["the record had expired before"]
    bare = {name: value for name, value in told.body.items() if name != "reason"}
    assert faults(replace(told, body=bare)) == ["it does not say why"]
    db.execute(text("UPDATE organisations SET expired_at = NULL WHERE id = CAST(:id AS uuid)"), {"id": organisation})
    assert any("expired_at" in finding.sentence for finding in verify_case(db, organisation))


def test_one_programme_says_nothing_of_what_another_keeps(world: World, db: Connection) -> None:
    mine, theirs = enter(db, world), enter(db, world, by="foreign_officer")
    expire(db, world, mine)
    assert show_organisation(db, world.actor(db, "foreign_officer"), theirs).expired_at is None
    assert show_record(db, world.actor(db, "officer"), Technology, world.technologies[0]).status == "published"
