"""Needs, technologies and rights: listed to those who read their programme, confirmed and given an owner by the office."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.errors import CaseworkError, InvalidForm, NotAllowed, NotFound
from casework.operations.catalogue.service import Noun, confirm_field, list_records, set_owner, show_record
from casework.operations.catalogue.views import IpRight, Need, Technology
from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.world import World, new_request

NOBODY = "00000000-0000-7000-8000-000000000000"


def needs(db: Connection, world: World, who: str, limit: int | None = None, cursor: str | None = None) -> list[str]:
    return [one.id for one in list_records(db, world.actor(db, who), Need, limit=limit, cursor=cursor).items]


def test_records_of_ones_programmes_are_listed_the_newest_first(world: World, db: Connection) -> None:
    for who in ("officer", "auditor"):
        assert needs(db, world, who) == world.needs[::-1]
    for who in ("foreign_officer", "provider", "observer"):
        assert needs(db, world, who) == []
    first = list_records(db, world.actor(db, "officer"), Need, limit=1)
    assert [one.id for one in first.items] == world.needs[:0:-1]
    assert needs(db, world, "officer", cursor=first.next) == world.needs[:1]


def test_rights_are_listed_by_their_technology(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    for technology, right in zip(world.technologies[:2], world.rights, strict=True):
        (listed,) = list_records(db, officer, IpRight, filters={"technology": technology}).items
        assert (listed.id, listed.technology, listed.programme) == (right, technology, world.programmes["BJ"])


def test_a_record_is_shown_with_its_decimals_and_days_as_they_are(world: World, db: Connection) -> None:
    db.execute(
        text("UPDATE needs SET budget = 1000000.10, wanted_by = '2026-10-15' WHERE id = CAST(:id AS uuid)"),
        {"id": world.needs[0]},
    )
    shown = show_record(db, world.actor(db, "officer"), Need, world.needs[0])
    assert (shown.budget, shown.wanted_by, shown.external_id) == ("1000000.10", "2026-10-15", "need-1")
    assert shown.owner == world.organisations["need_owner"]
    with pytest.raises(NotFound):
        show_record(db, world.actor(db, "foreign_officer"), Need, world.needs[0])
    # One is looked for among its own kind.
    with pytest.raises(NotFound):
        show_record(db, world.actor(db, "officer"), Technology, world.needs[0])


def test_an_officer_stands_for_a_field_that_says_something(world: World, db: Connection) -> None:
    officer, need = world.actor(db, "officer"), world.needs[0]

    def confirm(field: str) -> None:
        confirm_field(db, officer, "need", need, field=field, request=new_request())

    for field, why in (
        ("provenance", reasons.catalogue.NOT_CONFIRMABLE),
        ("no_such_field", reasons.catalogue.NOT_CONFIRMABLE),
        ("sector", reasons.catalogue.NOTHING_TO_CONFIRM),
    ):
        with pytest.raises(InvalidForm) as refused:
            confirm(field)
        assert refused.value.fields == {"field": why}
    confirm("title")
    told = show_record(db, officer, Need, need).provenance
    assert (told["title"]["source"], told["title"]["confirmed_by"]) == ("catalogue", officer.person)
    assert "confirmed_by" not in told["status"]


@pytest.mark.parametrize("noun", ["need", "technology"])
def test_what_an_officer_stands_for_is_in_the_history(world: World, engine: Engine, noun: Noun) -> None:
    id = (world.needs if noun == "need" else world.technologies)[0]
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        confirm_field(db, officer, noun, id, field="title", request=new_request())
        set_owner(db, officer, noun, id, organisation=world.organisations["bank"], request=new_request())
    with transaction(engine) as db:
        written = text(
            "SELECT kind FROM events WHERE log_id = CAST(:log AS uuid) AND actor_id = :who ORDER BY seq DESC LIMIT 2"
        )
        told = db.execute(written, {"log": world.programmes["BJ"], "who": officer.person}).scalars().all()
    assert told == ["owner_set", "field_confirmed"]
    assert list(verify_all(engine)) == []


def test_of_two_who_confirm_a_value_at_once_the_first_stands_for_it(world: World, engine: Engine) -> None:
    need, log = world.needs[0], {"log": world.programmes["BJ"]}
    with transaction(engine) as db:
        first, second = world.actor(db, "officer"), world.actor(db, "supervisor")

    def confirm_too() -> str:
        with transaction(engine) as db:
            done = confirm_field(db, second, "need", need, field="title", request=new_request())
            return str(done.answer["provenance"]["confirmed_by"])

    with ThreadPoolExecutor(1) as pool:
        with transaction(engine) as db:
            confirm_field(db, first, "need", need, field="title", request=new_request())
            waits = pool.submit(confirm_too)
            with pytest.raises(TimeoutError):
                waits.result(0.5)
        assert waits.result(10) == first.person
    with transaction(engine) as db:
        count = "SELECT count(*) FROM events WHERE log_id = CAST(:log AS uuid) AND kind = 'field_confirmed'"
        assert db.execute(text(count), log).scalar_one() == 1


def test_cases_that_are_opened_from_now_on_take_the_owner_as_their_party(world: World, db: Connection) -> None:
    officer, lab = world.actor(db, "officer"), world.organisations["lab"]
    with pytest.raises(InvalidForm):
        set_owner(db, officer, "technology", world.technologies[0], organisation=NOBODY, request=new_request())
    set_owner(db, officer, "technology", world.technologies[0], organisation=lab, request=new_request())
    shown = show_record(db, officer, Technology, world.technologies[0])
    assert (shown.owner, shown.provenance["owner_id"]["confirmed_by"]) == (lab, officer.person)
    parties = load(db, home_of(db, world.open_case(db)), "case").parties
    assert parties == {"need_owner": world.organisations["need_owner"], "technology_owner": lab}


@pytest.mark.parametrize(
    ("who", "refusal"), [("auditor", NotAllowed), ("foreign_officer", NotFound), ("provider", NotFound)]
)
def test_only_the_office_of_the_programme_writes_into_a_record(
    world: World, db: Connection, who: str, refusal: type[CaseworkError]
) -> None:
    actor, lab = world.actor(db, who), world.organisations["lab"]
    with pytest.raises(refusal):
        confirm_field(db, actor, "need", world.needs[0], field="title", request=new_request())
    with pytest.raises(refusal):
        set_owner(db, actor, "need", world.needs[0], organisation=lab, request=new_request())
