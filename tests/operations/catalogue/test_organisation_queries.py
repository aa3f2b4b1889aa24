"""Organisations as their readers see them: what one has no reason to know is not there, and contacts are of one programme."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from casework.errors import NotFound
from casework.operations.catalogue.organisation_queries import list_organisations, read_entries, show_organisation
from casework.operations.catalogue.organisations import keep_row, record_organisation
from casework.operations.people import lists
from casework.operations.people.registry import register_organisation
from tests.operations.catalogue.test_organisations import FIELDS, LI, record
from tests.support.world import World, add_need, add_record, new_request


def test_only_the_programme_that_entered_a_contact_reads_it(world: World, db: Connection) -> None:
    """A party that no programme keeps and that has needs in both."""
    party = world.shared_party(db)
    add_need(db, world.programmes["SH"], "n-there", party)
    keep_row(db, world.actor(db, "officer"), party, "contacts", None, fields=LI, source="A call", request=new_request())
    foreign = world.actor(db, "foreign_officer")
    assert show_organisation(db, foreign, party).contacts == []
    assert all("Li Wen" not in str(entry) for entry in read_entries(db, foreign, party))
    assert [one.name for one in show_organisation(db, world.actor(db, "auditor"), party).contacts] == ["Li Wen"]


def test_what_one_has_no_reason_to_know_is_not_there(world: World, db: Connection) -> None:
    organisation = record(db, world)
    for who in ("foreign_officer", "provider", "administrator", "dispute_officer"):
        actor = world.actor(db, who)
        with pytest.raises(NotFound):
            show_organisation(db, actor, organisation)
        with pytest.raises(NotFound):
            read_entries(db, actor, organisation)
        assert organisation not in {one.id for one in list_organisations(db, actor).items}
    # The same number is free elsewhere, and nobody learns of it here.
    done = record_organisation(
        db,
        world.actor(db, "foreign_officer"),
        programme=world.programmes["SH"],
        fields=FIELDS,
        source="Company register",
        request=new_request(),
    )
    assert done.status == 201


def _found(db: Connection, world: World, **filters: Any) -> set[str]:
    return {one.name for one in list_organisations(db, world.actor(db, "officer"), filters=filters).items}


def test_the_list_finds_by_names_number_and_what_they_are(world: World, db: Connection) -> None:
    record(db, world)

    def find(**filters: Any) -> set[str]:
        return _found(db, world, **filters)

    for words in ("kiln", "窑炉", "1210 0000 4", "624d"):
        assert find(words=words) == {"Kiln Works"}
    assert find(words="no such") == set()
    assert find(country="CN", confirmed=True) == {"Kiln Works"}
    assert "Chaoyang Green Bank" in find(kind="provider", confirmed=False)
    assert {"Hebei Steam Works", "Nordwind Boilers"} <= find(kind="company", confirmed=False)


def test_one_that_a_closed_need_alone_names_is_there_for_who_reads_that(world: World, db: Connection) -> None:
    party = register_organisation(db, name="Quiet Works", country="CN")
    told = {"title": "A secret", "owner_id": party, "publication": "closed"}
    add_record(db, world.programmes["BJ"], "need", "n-closed", told)
    for who in ("officer", "auditor"):
        actor = world.actor(db, who)
        assert show_organisation(db, actor, party).name == "Quiet Works"
        for listed in (list_organisations(db, actor), lists.list_organisations(db, actor)):
            assert party in {str(one.id) for one in listed.items}
    for who in ("manager", "compliance"):
        actor = world.actor(db, who)
        with pytest.raises(NotFound):
            show_organisation(db, actor, party)
        for listed in (list_organisations(db, actor), lists.list_organisations(db, actor)):
            assert party not in {str(one.id) for one in listed.items}
