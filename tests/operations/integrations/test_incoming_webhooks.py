"""Addresses for the messages of a provider's own system: who opens, changes, ends and sees them, and what a message means."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from casework.errors import InvalidForm, NotFound, Refused
from casework.operations.integrations.incoming_webhooks import (
    MOST_INCOMING,
    create_incoming,
    end_incoming,
    find_meant,
    list_incoming,
    list_incoming_messages,
    rotate_incoming,
)
from casework.operations.integrations.service_accounts import end_service_account
from tests.support.additions import add_incoming
from tests.support.incoming import open_incoming
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request


def test_an_address_says_its_secret_once_and_stands_in_the_list(app: Flask, db: Connection, world: World) -> None:
    box, lead = app.extensions["casework.secret_box"], world.actor(db, "provider_lead")
    sender = open_incoming(app, db, world)
    key = new_request()
    first = create_incoming(db, lead, box, account=sender.account, request=key)
    again = create_incoming(db, lead, box, account=sender.account, request=key)
    assert first.answer["secret"].startswith("whsec_")
    assert "secret" not in again.answer
    assert (again.repeated, len(list_incoming(db, lead).items)) == (True, 2)
    kept = db.execute(text("SELECT string_agg(secret::text, ' ') FROM incoming_webhooks")).scalar_one()
    assert sender.secret not in kept


def test_an_organisation_has_few_addresses_and_none_for_an_account_that_ended(
    app: Flask, db: Connection, world: World
) -> None:
    box, lead = app.extensions["casework.secret_box"], world.actor(db, "provider_lead")
    sender = open_incoming(app, db, world)
    for _ in range(MOST_INCOMING - 1):
        create_incoming(db, lead, box, account=sender.account, request=new_request())
    with pytest.raises(Refused):
        create_incoming(db, lead, box, account=sender.account, request=new_request())
    end_incoming(db, lead, sender.incoming, new_request())
    with pytest.raises(Refused):
        rotate_incoming(db, lead, box, sender.incoming, new_request())
    end_service_account(db, lead, sender.account, new_request())
    with pytest.raises(Refused):
        create_incoming(db, lead, box, account=sender.account, request=new_request())
    assert not any(one.live for one in list_incoming(db, lead).items)


def test_only_the_lead_of_its_organisation_finds_an_address(app: Flask, db: Connection, world: World) -> None:
    box, sender = app.extensions["casework.secret_box"], open_incoming(app, db, world)
    for name in ("provider", "foreign_provider", "officer", "auditor"):
        other = world.actor(db, name)
        with pytest.raises(NotFound):
            create_incoming(db, other, box, account=sender.account, request=new_request())
        with pytest.raises(NotFound):
            rotate_incoming(db, other, box, sender.incoming, new_request())
        with pytest.raises(NotFound):
            list_incoming_messages(db, other, sender.incoming)
    # Not even the account itself: an address for another account may do more than this one.
    with pytest.raises(NotFound):
        create_incoming(db, world.actor(db, "provider"), box, account=sender.account, request=new_request())


def test_an_administrator_sees_that_messages_came_and_not_of_what(app: Flask, db: Connection, world: World) -> None:
    account = open_incoming(app, db, world).account
    incoming = add_incoming(db, world.organisations["lab"], account, world.people["provider_lead"])
    db.execute(text("UPDATE incoming_messages SET referral_id = gen_random_uuid(), reference = 'LIMS-1'"))
    (seen,) = list_incoming_messages(db, world.actor(db, "administrator"), incoming).items
    (ours,) = list_incoming_messages(db, world.actor(db, "provider_lead"), incoming).items
    assert (seen.type, seen.referral, seen.reference) == ("message.write", None, None)
    assert ours.referral is not None
    assert ours.reference == "LIMS-1"


def test_a_message_means_a_referral_by_id_by_case_or_by_its_own_reference(
    app: Flask, db: Connection, world: World
) -> None:
    number, referral = to_referral(world, db)
    sender, actor = open_incoming(app, db, world), world.actor(db, "provider")

    def meant(referral: str | None = None, number: str | None = None, reference: str | None = None) -> str:
        return find_meant(db, actor, sender.incoming, referral=referral, number=number, reference=reference)

    assert meant(referral=referral) == meant(number=number) == meant(referral=referral, reference="LIMS-1") == referral
    for unknown in ({}, {"number": "BJ-1999-0001"}, {"reference": "LIMS-1"}):
        with pytest.raises(NotFound):
            meant(**unknown)
    for odd in ("", "x" * 101, "a\u202eb"):
        with pytest.raises(InvalidForm):
            meant(referral=referral, reference=odd)
