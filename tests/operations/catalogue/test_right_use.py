"""An IP right whose record has expired: it is named in nothing new, cases that hold it keep it, and it is brought back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.definitions import load_library
from casework.engine.case_objects.record_expiry import BROUGHT_BACK, EXPIRED
from casework.engine.state.case import Case
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.cases.case_rights import add_rights, list_addable
from casework.operations.cases.form_choices import choices_of
from casework.operations.cases.queries import find_case
from casework.operations.cases.related_records import show_papers
from casework.operations.catalogue.ip_rights import confirm_right
from casework.operations.catalogue.outside_burdens import enter_burden
from casework.operations.catalogue.right_history import read_entries, read_seq
from casework.operations.catalogue.right_merging import merge_rights
from casework.operations.catalogue.right_use import bring_right_back, expire_right
from casework.operations.catalogue.service import list_records, show_record
from casework.operations.catalogue.table_import import import_table
from casework.operations.catalogue.views import IpRight
from casework.operations.core.references import reference_faults
from casework.operations.verification.right_judgement import right_faults
from casework.operations.verification.service import verify_all, verify_case
from casework.records.database import transaction
from casework.records.event_log import read_register
from tests.operations.catalogue.test_right_merging import entered
from tests.support.world import World, new_request, today


def expire(db: Connection, world: World, right: str, by: str = "officer", **more: Any) -> None:
    given = {"reason": "Given up.", "request": new_request(), **more}
    expire_right(db, world.actor(db, by), right, **given)


def revive(db: Connection, world: World, right: str, by: str = "officer", **more: Any) -> None:
    given = {"reason": "Its owner keeps it.", "request": new_request(), **more}
    bring_right_back(db, world.actor(db, by), right, **given)


def shown(db: Connection, world: World, right: str) -> IpRight:
    return show_record(db, world.actor(db, "officer"), IpRight, right)


def opened(db: Connection, world: World) -> Case:
    return find_case(db, world.actor(db, "officer"), world.open_case(db))[0]


def add(db: Connection, world: World, case: Case, right: str, **more: Any) -> None:
    officer = world.actor(db, "officer")
    given: dict[str, Any] = {"rights": [right], "reason": "Asked.", "revision": None, "request": new_request()} | more
    add_rights(db, officer, str(case.number), **given)


def test_a_case_that_opens_is_not_about_it(world: World, db: Connection) -> None:
    gone = entered(db, world, "CN 9", technologies=[world.technologies[0]])
    stays = entered(db, world, "CN 8", technologies=[world.technologies[0]])
    expire(db, world, gone)
    case = opened(db, world)
    assert stays in case.rights
    assert gone not in case.rights
    assert not any(verify_case(db, id) for id in (case.log, gone, world.programmes["BJ"]))


def test_it_is_offered_and_added_to_no_case(world: World, db: Connection) -> None:
    case = opened(db, world)
    right = entered(db, world, "CN 9", technologies=[world.technologies[0]])
    assert right in [one["id"] for one in list_addable(db, case)]
    expire(db, world, right)
    assert right not in [one["id"] for one in list_addable(db, case)]
    with pytest.raises(InvalidForm, match="bring it back first"):
        add(db, world, case, right)
    with pytest.raises(InvalidForm, match="bring it back first"):
        add(db, world, case, right, rights=[], other="CN 9")
    revive(db, world, right)
    add(db, world, case, right)
    assert right in find_case(db, world.actor(db, "officer"), str(case.number))[0].rights


def test_a_case_that_runs_keeps_it_and_says_so(world: World, db: Connection) -> None:
    case, officer = opened(db, world), world.actor(db, "officer")
    right = case.rights[0]
    assert not any(one.expired for one in show_papers(db, officer, case).rights)
    expire(db, world, right)
    case = find_case(db, officer, str(case.number))[0]
    assert right in case.rights
    assert [one.id for one in show_papers(db, officer, case).rights if one.expired] == [right]
    world.fire(db, "officer", str(case.number), "take")
    assert verify_case(db, case.log) == []


def test_no_form_offers_or_takes_it_but_where_the_case_named_it_before(world: World, db: Connection) -> None:
    case, officer = opened(db, world), world.actor(db, "officer")
    right = case.rights[0]
    forms = [edition.form(rule.form) for edition in load_library().editions.values() for rule in edition.transitions]
    form = [field for form in forms for field in form if field["type"] == "rights"][:1]
    assert form, "no form asks for rights"
    field = form[0]["name"]

    def offered(case: Case) -> bool:
        return right in [one.id for one in choices_of(db, officer, case, case.main, form)[field]]

    def faults(case: Case) -> dict[str, Any]:
        return dict(reference_faults(db, case, form, {field: list(case.rights)}, case.main))

    assert (offered(case), faults(case)) == (True, {})
    expire(db, world, right)
    assert not offered(case)
    assert "bring it back first" in str(faults(case)[field])
    # As where an agreement named it while it was followed.
    fired = next(iter(case.main.fired.values()), None)
    if fired is None:
        world.fire(db, "officer", str(case.number), "take")
        case = find_case(db, officer, str(case.number))[0]
        fired = next(iter(case.main.fired.values()))
    main = replace(case.main, fired={**case.main.fired, "signed": replace(fired, data={"rights": [right]})})
    named = replace(case, tracks={**case.tracks, main.id: main})
    assert (offered(named), faults(named)) == (True, {})
    revive(db, world, right)
    assert (offered(case), faults(case)) == (True, {})


def test_it_is_confirmed_and_what_lies_on_it_stays_known(world: World, db: Connection) -> None:
    right, officer = entered(db, world, "CN 9"), world.actor(db, "officer")
    expire(db, world, right)
    confirm_right(
        db, officer, right, checked_on=today(), fields={"owner": "ACME"}, reason="Sold.", request=new_request()
    )
    values = {"kind": "seizure", "from": "2026-01-05"}
    enter_burden(db, officer, right, values=values, source="Register", request=new_request())
    one = shown(db, world, right)
    assert (one.owner, len(one.encumbrances)) == ("ACME", 1)
    assert one.expired_at is not None
    assert verify_case(db, right) == []


def test_a_table_neither_revives_it_nor_gives_it_anything(world: World, engine: Engine) -> None:
    head = "kind,office,number,family,encumbrance,begins_on\n"
    rows = "".join(f"invention,CNIPA,CN 9,F 1,{kind},2026-01-05\n" for kind in ("seizure", "invalidation"))
    with transaction(engine) as db:
        right = entered(db, world, "CN 9", confirmed=False)
        expire(db, world, right)
        report = import_table(
            db,
            world.actor(db, "officer"),
            programme=world.programmes["BJ"],
            table="rights",
            content=(head + rows).encode(),
            source="Register",
            request=new_request(),
        ).answer
        assert (report["created"], report["changed"], report["unchanged"], report["faults"]) == (0, 0, 2, [])
        assert "imports.kept_expired" in [one["code"] for one in report["kept"]]
        one = shown(db, world, right)
        assert (one.encumbrances, one.family) == ([], None)
        assert one.expired_at is not None
    assert list(verify_all(engine)) == []


def test_its_list_and_its_history_say_so(world: World, db: Connection) -> None:
    right, auditor = entered(db, world, "CN 9"), world.actor(db, "auditor")
    expire(db, world, right, "supervisor")
    assert [one.id for one in list_records(db, auditor, IpRight, filters={"expired": True}).items] == [right]
    assert right not in [one.id for one in list_records(db, auditor, IpRight, filters={"expired": False}).items]
    assert right in [one.id for one in list_records(db, auditor, IpRight, filters={"confirmed": True}).items]
    assert right not in [one.id for one in list_records(db, auditor, IpRight, filters={"confirmed": False}).items]
    revive(db, world, right)
    assert shown(db, world, right).expired_at is None
    assert [(entry.kind, entry.who, entry.reason) for entry in read_entries(db, auditor, right)[:2]] == [
        (BROUGHT_BACK, "Officer", "Its owner keeps it."),
        (EXPIRED, "Supervisor", "Given up."),
    ]


def test_who_may_and_what_is_refused(world: World, db: Connection) -> None:
    right = entered(db, world, "CN 9")
    for who, refusal in (
        ("auditor", NotAllowed),
        ("compliance", NotAllowed),
        ("foreign_officer", NotFound),
        ("provider", NotFound),
    ):
        with pytest.raises(refusal):
            expire(db, world, right, who)
    with pytest.raises(InvalidForm, match="reason"):
        expire(db, world, right, reason=" ")
    with pytest.raises(Refused, match="has not expired"):
        revive(db, world, right)
    seen = read_seq(db, right)
    expire(db, world, right, seen=seen)
    with pytest.raises(Refused, match="expired already"):
        expire(db, world, right)
    with pytest.raises(RecordHasMoved):
        revive(db, world, right, seen=seen)
    # Its number stays its own: the same patent is brought back, and not entered once more.
    with pytest.raises(InvalidForm, match="number"):
        entered(db, world, "CN 9")


def test_a_request_that_is_sent_twice_is_done_once(world: World, db: Connection) -> None:
    right, request = entered(db, world, "CN 9"), new_request()
    expire(db, world, right, request=request)
    expire(db, world, right, request=request)
    assert [event.kind for event in read_register(db, right)].count(EXPIRED) == 1


def test_one_is_merged_away_and_nothing_is_merged_into_it(world: World, db: Connection) -> None:
    gone, stays, officer = entered(db, world, "CN 9"), entered(db, world, "CN 8"), world.actor(db, "officer")
    expire(db, world, gone)
    with pytest.raises(Refused, match="merge the other way round"):
        merge_rights(db, officer, stays, into=gone, reason="One patent.", request=new_request())
    merge_rights(db, officer, gone, into=stays, reason="One patent.", request=new_request())
    assert shown(db, world, stays).expired_at is None
    with pytest.raises(NotAllowed, match="merged"):
        revive(db, world, gone)
    assert not any(verify_case(db, id) for id in (gone, stays))


def test_what_somebody_changes_behind_it_or_says_without_a_reason_is_found(world: World, db: Connection) -> None:
    right, programme = entered(db, world, "CN 9"), world.programmes["BJ"]
    expire(db, world, right)
    events = list(read_register(db, right))
    past: Any = _Held()

    def faults(*last: Any) -> list[str]:
        return [why for _, why in right_faults(past, programme, [*events[:-1], *last])]

    told = events[-1]
    assert (told.kind, faults(told)) == (EXPIRED, [])
    assert faults(replace(told, kind=BROUGHT_BACK)) == ["the record had not expired"]
    assert faults(told, replace(told, seq=told.seq + 1)) == ["the record had expired before"]
    assert faults(replace(told, body={})) == ["it does not say why"]
    assert faults(replace(told, role="auditor")) == ["a right is kept by officer or supervisor, not by auditor"]
    db.execute(text("UPDATE rights SET expired_at = NULL WHERE id = CAST(:id AS uuid)"), {"id": right})
    assert any("expired_at" in finding.sentence for finding in verify_case(db, right))


class _Held:
    """A past in which everybody held every role."""

    def held(self, *asked: object) -> bool:
        return True

    def calendar(self, *asked: object) -> Any:
        return self

    def local_date(self, at: Any) -> Any:
        return at.date()
