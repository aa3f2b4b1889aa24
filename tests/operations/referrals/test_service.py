"""What a provider sees of a referral, and the actions of those who know nothing but the referral."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotFound
from casework.operations.referrals.service import (
    find_referral,
    fire_in_referral,
    list_referral_events,
    list_referrals,
    show_referral,
)
from tests.support.way_to_referral import to_panel, to_referral, to_request
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_referral)


def service_of(db: Connection, referral: str) -> str:
    found = db.execute(text("SELECT id FROM tracks WHERE parent_id = CAST(:id AS uuid)"), {"id": referral})
    return str(found.scalar_one())


def states(db: Connection, track: str) -> list[str]:
    found = db.execute(text("SELECT states FROM tracks WHERE id = CAST(:id AS uuid)"), {"id": track})
    return list(found.scalar_one())


def fire(db: Connection, world: World, referral: str, transition: str, at: str, *, track: str | None = None) -> None:
    """What the provider does, having seen the track `at` as it stands."""
    revision = db.execute(text("SELECT revision FROM tracks WHERE id = CAST(:id AS uuid)"), {"id": at}).scalar_one()
    fire_in_referral(
        db,
        world.actor(db, "provider"),
        referral,
        transition,
        track=track,
        data={"items": "The test data."} if transition == "find_gaps" else {},
        revision=revision,
        request=new_request(),
    )


@pytest.mark.parametrize("who", ["foreign_provider", "foreign_officer", "observer", "dispute_officer"])
def test_a_referral_is_there_for_its_provider_and_who_reads_the_case(
    world: World, db: Connection, staged: tuple[str, str], who: str
) -> None:
    for reader in ("provider", "provider_lead", "officer", "auditor"):
        assert find_referral(db, world.actor(db, reader), staged[1])[1].id == staged[1]
    with pytest.raises(NotFound):
        find_referral(db, world.actor(db, who), staged[1])


def test_a_request_that_is_not_sent_is_not_there_for_its_provider(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    _, draft = to_request(world, db)
    with pytest.raises(NotFound):
        show_referral(db, world.actor(db, "provider"), draft)
    listed = {
        who: [row.id for row in list_referrals(db, world.actor(db, who)).items]
        for who in ("officer", "provider", "foreign_provider")
    }
    assert listed == {"officer": [draft, staged[1]], "provider": [staged[1]], "foreign_provider": []}
    first = list_referrals(db, world.actor(db, "officer"), limit=1)
    second = list_referrals(db, world.actor(db, "officer"), limit=1, cursor=first.next)
    assert [row.id for row in (*first.items, *second.items)] == [draft, staged[1]]


def test_a_provider_is_shown_none_of_the_offices_tasks(world: World, db: Connection, staged: tuple[str, str]) -> None:
    number, referral = staged
    (answer,) = show_referral(db, world.actor(db, "provider"), referral).tasks
    assert answer.organisation == world.organisations["lab"]
    suspension = {"reason": "fee", "note": "Your fee is open."}
    world.fire(db, "officer", number, "suspend", suspension, track=referral)
    assert len(show_referral(db, world.actor(db, "officer"), referral).tasks) == 1
    assert show_referral(db, world.actor(db, "provider"), referral).tasks == []


def test_the_provider_does_not_read_whom_else_the_office_asks(world: World, db: Connection) -> None:
    _, referral, other = to_panel(world, db)
    whole, part = (list_referral_events(db, world.actor(db, who), referral).items for who in ("officer", "provider"))
    assert other in str(whole)
    assert other not in str(part)
    assert [event.what for event in part] == ["send"]
    assert part[0].data["wanted_on"]
    assert "Xicheng" not in str(show_referral(db, world.actor(db, "provider"), referral))


def test_the_office_reads_who_was_asked_before_and_how_that_one_answered(world: World, db: Connection) -> None:
    number, referral, _ = to_panel(world, db)
    world.fire(db, "provider", number, "decline", {"reason": "no_capacity"}, track=referral)
    following = show_referral(db, world.actor(db, "officer"), world.referral(db, number, "assessment"))
    assert [(one.referral, one.provider, one.reason) for one in following.asked_before] == [
        (referral, "Haidian Assessment Lab", "no_capacity")
    ]
    assert following.question == "Does it reach 180 degrees?"


def test_an_action_is_fired_on_the_track_that_knows_it(world: World, db: Connection, staged: tuple[str, str]) -> None:
    number, referral = staged
    world.accept(db, number, referral)
    service = service_of(db, referral)
    fire(db, world, referral, "start", referral)
    fire(db, world, referral, "find_gaps", service)
    assert (states(db, referral), states(db, service)) == (["in_progress"], ["incomplete"])


def test_no_other_action_and_no_other_track_is_reached_by_a_referral(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    number, referral = staged
    main = world.main_track(db, number)
    with pytest.raises(NotFound):
        fire(db, world, referral, "fly", referral)
    with pytest.raises(NotFound):
        fire(db, world, referral, "hold", main, track=main)
