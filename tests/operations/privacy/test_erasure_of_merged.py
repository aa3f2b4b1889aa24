"""Who is named in records that were merged or withdrawn is erased from them all: the one that went, the one that stays, and why."""

from __future__ import annotations

from typing import Any

from casework.engine.case_objects.organisations import KEPT
from casework.operations.catalogue.ip_rights import record_right
from casework.operations.catalogue.match_changes import correct_match, expire_match, read_match_entries
from casework.operations.catalogue.matches import show_match
from casework.operations.catalogue.organisation_merging import merge_organisations
from casework.operations.catalogue.organisation_queries import read_entries, show_organisation
from casework.operations.catalogue.organisations import keep_row, record_organisation
from casework.operations.catalogue.outside_burdens import enter_burden
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.catalogue.record_use import end_record
from casework.operations.catalogue.right_merging import merge_rights
from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import IpRight, Need
from casework.operations.core.organisations import contacts_of
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.privacy.erasure_scene import Scene
from tests.support.world import add_record, new_request

WHO = "Ottoline Bramble"
ERASE: dict[str, Any] = {"person": None, "words": [WHO], "reason": f"{WHO} left the firm."}


def test_a_contact_goes_from_both_organisations_and_from_why_they_are_one(scene: Scene) -> None:
    world = scene.world
    with transaction(scene.engine) as db:
        officer = world.actor(db, "officer")
        gone, kept = (
            str(
                record_organisation(
                    db,
                    officer,
                    programme=world.programmes["BJ"],
                    fields={"name": name},
                    source="Register",
                    request=new_request(),
                ).answer["id"]
            )
            for name in ("Kiln Works", "Weavers of Tongzhou")
        )
        contact = {"name": WHO, "email": "ottoline@kiln.example"}
        keep_row(db, officer, gone, "contacts", None, fields=contact, source="A call", request=new_request())
        merge_organisations(db, officer, gone, into=kept, reason=f"{WHO} said so.", request=new_request())
        assert [one.name for one in show_organisation(db, officer, kept).contacts] == [WHO]
    assert {"organisation_contacts", "events"} <= scene.found((WHO,))[WHO]
    scene.erase(**ERASE)
    assert scene.found((WHO, "ottoline@kiln")) == {}
    with transaction(scene.engine) as db:
        # Nobody is offered to be written to; that there was somebody the history tells.
        assert show_organisation(db, world.actor(db, "officer"), kept).contacts == []
        assert contacts_of(db, [kept], [world.programmes["BJ"]]) == {kept: []}
        assert [entry.kind for entry in read_entries(db, world.actor(db, "officer"), gone)].count(KEPT) == 1
        assert show_organisation(db, world.actor(db, "officer"), gone).merged_into == kept
    assert list(verify_all(scene.engine)) == []


def test_so_do_needs_that_were_merged_or_withdrawn_in_whose_words_somebody_stands(scene: Scene) -> None:
    world = scene.world
    with transaction(scene.engine) as db:
        officer, programme = world.actor(db, "officer"), world.programmes["BJ"]
        gone = add_record(db, programme, "need", "n-gone", {"title": "Steam", "problem": f"{WHO} burns coal."})
        kept = add_record(db, programme, "need", "n-kept", {"title": "Steam, too"})
        merge_records(db, officer, "need", gone, into=kept, reason=f"{WHO} said so.", request=new_request())
        end_record(db, officer, "need", kept, status="withdrawn", reason=f"{WHO} has left.", request=new_request())
    assert {"needs", "events"} <= scene.found((WHO,))[WHO]
    scene.erase(**ERASE)
    assert scene.found((WHO,)) == {}
    with transaction(scene.engine) as db:
        need = show_record(db, world.actor(db, "officer"), Need, gone)
        assert (need.merged_into, show_record(db, world.actor(db, "officer"), Need, kept).status) == (kept, "withdrawn")
    assert list(verify_all(scene.engine)) == []


def test_so_does_the_owner_of_a_right_that_was_merged_with_what_lay_on_it(scene: Scene) -> None:
    """The number of what lay on it stands in both histories, and so does the name of whoever owned it."""
    world = scene.world
    with transaction(scene.engine) as db:
        officer, programme = world.actor(db, "officer"), world.programmes["BJ"]
        gone, kept = (
            str(
                record_right(
                    db,
                    officer,
                    programme=programme,
                    kind="know_how",
                    fields={"owner": owner},
                    confirmed=False,
                    request=new_request(),
                ).answer["id"]
            )
            for owner in (WHO, None)
        )
        burden: dict[str, Any] = {"kind": "invalidation", "from": "2026-01-05"}
        number = f"{WHO} 7"
        enter_burden(db, officer, gone, values=burden, number=number, source="Register", request=new_request())
        merge_rights(db, officer, gone, into=kept, reason=f"{WHO} said so.", request=new_request())
        one = show_record(db, officer, IpRight, kept)
        assert (one.owner, one.encumbrances[0]["number"]) == (WHO, number)
    assert {"rights", "events"} <= scene.found((WHO,))[WHO]
    scene.erase(**ERASE)
    assert scene.found((WHO,)) == {}
    with transaction(scene.engine) as db:
        one = show_record(db, world.actor(db, "officer"), IpRight, kept)
        assert (one.owner, len(one.encumbrances)) == (None, 1)
        assert show_record(db, world.actor(db, "officer"), IpRight, gone).merged_into == kept
    assert list(verify_all(scene.engine)) == []


def test_so_does_a_match_that_was_put_right_and_has_expired(scene: Scene) -> None:
    """Of what it said before and why nobody follows it nothing is left, and it stays a match."""
    world = scene.world
    with transaction(scene.engine) as db:
        officer, match = world.actor(db, "officer"), world.matches[1]
        for fields, reason in (({"rationale": f"{WHO} knows both."}, None), ({"proposed_by": WHO}, f"{WHO} told us.")):
            correct_match(db, officer, match, fields=fields, reason=reason, request=new_request())
        expire_match(db, officer, match, reason=f"{WHO} has left.", request=new_request())
    assert {"matches", "events"} <= scene.found((WHO,))[WHO]
    scene.erase(**ERASE)
    assert scene.found((WHO,)) == {}
    with transaction(scene.engine) as db:
        officer = world.actor(db, "officer")
        assert show_match(db, officer, match).expired_at is not None
        told = read_match_entries(db, officer, match)
        assert [entry.kind for entry in told if entry.kind != "erased"] == [
            "match_expired",
            "match_corrected",
            "match_corrected",
            "match_entered",
        ]
        assert any(entry.erased for entry in told)
    assert list(verify_all(scene.engine)) == []
