"""Referrals side by side, as each side is told of them."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.operations.cases.joins import JoinView
from casework.operations.cases.queries import show_case
from casework.operations.core.perform import home_of
from casework.operations.people.registry import register_organisation
from casework.operations.referrals.service import show_referral
from casework.operations.verification.service import verify_case
from tests.support.way_to_referral import to_referral
from tests.support.world import World


@pytest.fixture
def joined(world: World, db: Connection) -> tuple[str, str, str]:
    """A case that waits for two assessments: its number, the lab's referral and the other's."""
    number, mine = to_referral(world, db)
    other = register_organisation(db, name="Tianjin Second House", kind="provider", services=("assessment",))
    world.fire(db, "officer", number, "ask_beside", {"service": "assessment", "beside": [other], "join": "all"})
    return number, mine, world.referral(db, number, "assessment")


def test_the_office_reads_how_many_results_it_waits_for(
    world: World, db: Connection, joined: tuple[str, str, str]
) -> None:
    number, mine, other = joined
    (join,) = world.read_case(db, number).joins
    assert join == JoinView(
        id=mine,
        service="assessment",
        rule="all",
        state="open",
        needed=2,
        results=0,
        running=2,
        asked=2,
        short=False,
        referrals=[mine, other],
    )


def test_the_office_reads_of_a_referral_who_else_is_asked(
    world: World, db: Connection, joined: tuple[str, str, str]
) -> None:
    _, mine, other = joined
    (beside,) = show_referral(db, world.actor(db, "officer"), mine).asked_beside
    assert (beside.referral, beside.provider, beside.states) == (other, "Tianjin Second House", ["sent"])


def test_a_provider_reads_of_no_other(world: World, db: Connection, joined: tuple[str, str, str]) -> None:
    number, mine, other = joined
    told = str(show_referral(db, world.actor(db, "provider"), mine)) + str(
        show_case(db, world.actor(db, "provider"), number)
    )
    assert "Tianjin" not in told
    assert other not in told
    assert "AskedBeside(" not in told


def test_the_same_question_is_asked(world: World, db: Connection, joined: tuple[str, str, str]) -> None:
    _, mine, other = joined
    officer = world.actor(db, "officer")
    assert (
        show_referral(db, officer, other).question
        == show_referral(db, officer, mine).question
        == "Does it reach 180 degrees?"
    )


def test_the_history_of_it_is_whole(world: World, db: Connection, joined: tuple[str, str, str]) -> None:
    assert verify_case(db, home_of(db, joined[0])) == []
