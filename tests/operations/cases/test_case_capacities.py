"""In which capacity one acts in a case: on what one sees, in a role that fits, and never with an interest."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from casework import reasons
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.errors import CaseHasMoved, NotAllowed, NotFound
from casework.operations.cases.case_capacities import capacity_on_case, capacity_on_track, on_case, track_for
from casework.operations.core.perform import home_of, stand
from casework.operations.people.registry import grant_role
from casework.records.case_loader import load
from tests.support.way_to_referral import to_both
from tests.support.world import World

ACTION = reasons.actions.HAND_OVER

pytestmark = pytest.mark.stage(play=to_both)


@pytest.fixture
def case(db: Connection, staged: tuple[str, str, str]) -> Case:
    return load(db, home_of(db, staged[0]), "case")


def test_a_track_is_there_for_those_who_see_it(
    world: World, db: Connection, staged: tuple[str, str, str], case: Case
) -> None:
    _, lab, bank = staged
    main = case.main.id
    seen = {
        who: {id for id in (main, lab, bank) if sees(db, world, who, case, id)}
        for who in ("auditor", "provider", "foreign_provider", "observer", "foreign_officer")
    }
    assert seen == {
        "auditor": {main, lab, bank},
        "provider": {lab},
        "foreign_provider": {bank},
        "observer": set(),
        "foreign_officer": set(),
    }
    assert not sees(db, world, "officer", case, "nowhere")


def sees(db: Connection, world: World, who: str, case: Case, track: str) -> bool:
    try:
        return track_for(world.actor(db, who), case, track).id == track
    except NotFound:
        return False


def test_one_acts_in_the_role_that_an_action_is_for(
    world: World, db: Connection, staged: tuple[str, str, str], case: Case
) -> None:
    roles = (Role.OFFICER, Role.SUPERVISOR)
    for who in ("officer", "supervisor"):
        by = capacity_on_case(world.actor(db, who), case, roles, ACTION)
        assert by == By(world.people[who], Role(who))
    with pytest.raises(NotAllowed) as refused:
        capacity_on_case(world.actor(db, "compliance"), case, roles, ACTION)
    assert refused.value.code == "cases.action_for_roles"
    # A lead does what a member does, and not the other way round.
    lab = world.organisations["lab"]
    referral = case.tracks[staged[1]]
    lead = capacity_on_track(world.actor(db, "provider_lead"), case, referral, (Role.PROVIDER,), ACTION)
    assert lead == By(world.people["provider_lead"], Role.PROVIDER_LEAD, lab)
    with pytest.raises(NotAllowed):
        capacity_on_track(world.actor(db, "provider"), case, referral, (Role.PROVIDER_LEAD,), ACTION)


def test_whoever_sees_a_part_of_a_case_learns_nothing_of_what_is_done_to_the_whole(
    world: World, db: Connection, case: Case
) -> None:
    for who in ("provider", "observer"):
        with pytest.raises(NotFound):
            capacity_on_case(world.actor(db, who), case, (Role.PROVIDER,), ACTION)


def test_an_interest_and_a_part_in_mediations_are_told_as_the_reason(world: World, db: Connection, case: Case) -> None:
    officer = world.people["officer"]
    with pytest.raises(NotAllowed) as interested:
        capacity_on_case(
            world.actor(db, "officer"), replace(case, interests=frozenset({officer})), (Role.OFFICER,), ACTION
        )
    assert interested.value.code == "cases.interest_declared"
    # The lab mediates.
    grant_role(db, officer, "provider", organisation=world.organisations["lab"])
    with pytest.raises(NotAllowed) as mediates:
        capacity_on_case(world.actor(db, "officer"), case, (Role.OFFICER,), ACTION)
    assert mediates.value.code == "cases.mediated"


def test_whoever_saw_another_revision_of_the_case_is_refused(world: World, db: Connection, case: Case) -> None:
    standing, officer = stand(db, case.log, "case"), world.actor(db, "officer")
    for seen in (None, case.revision):
        assert on_case(officer, standing, (Role.OFFICER,), ACTION, seen).role == Role.OFFICER
    with pytest.raises(CaseHasMoved):
        on_case(officer, standing, (Role.OFFICER,), ACTION, case.revision - 1)
