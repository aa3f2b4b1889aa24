"""Whoever is or was a dispute officer decides in no case of the programme that was there; and reads no mediation without the role."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.operations.audit.findings import raise_finding
from casework.operations.cases.handing_over import hand_over
from casework.operations.cases.transitions import fire_transition
from casework.operations.core.perform import home_of
from casework.operations.history.timeline import tell
from casework.operations.mediations.service import find_mediation, list_mediations, open_mediation
from casework.operations.mediations.unsealing import decide_unsealing, end_unsealing, tell_parties, who_may
from casework.operations.oversight.case_hygiene import find_breaches
from casework.operations.people.offboarding import show_leaver, take_over
from casework.operations.people.registry import end_role, grant_role, register_organisation, register_person
from casework.operations.tasks.queue_counts import count_queues
from casework.operations.tasks.queues import list_tasks
from casework.operations.tasks.service import claim_task
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.event_log import now
from tests.operations.deadlines.test_timers import Scene
from tests.support.additions import add_unsealing
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request, today


def end(db: Connection, world: World, who: str) -> None:
    """End every role of a person now."""
    for one in (
        db.execute(text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)"), {"id": world.people[who]})
        .scalars()
        .all()
    ):
        end_role(db, one)


def become(db: Connection, world: World, role: str) -> str:
    """The dispute officer opens a mediation, leaves that role, and is given another: gives the mediation's id."""
    number = world.new_case(db)
    mediation = str(open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer["id"])
    end(db, world, "dispute_officer")
    grant_role(db, world.people["dispute_officer"], role, programme=world.programmes["BJ"])
    return mediation


@pytest.mark.parametrize("role", ["auditor", "observer", "manager", Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE])
def test_without_the_role_a_mediation_that_one_led_is_not_there(db: Connection, world: World, role: str) -> None:
    mediation = become(db, world, role)
    former = world.actor(db, "dispute_officer")
    with pytest.raises(NotFound):
        find_mediation(db, former, mediation)
    assert list_mediations(db, former).items == []


@pytest.mark.parametrize("held", [Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE])
def test_nobody_decides_in_cases_and_leads_mediations_at_once(db: Connection, world: World, held: Role) -> None:
    person = {
        Role.OFFICER: "other_officer",
        Role.SUPERVISOR: "second_supervisor",
        Role.COMPLIANCE: "second_compliance",
    }[held]
    with pytest.raises(InvalidForm):
        grant_role(db, world.people[person], Role.DISPUTE_OFFICER, programme=world.programmes["BJ"])
    with pytest.raises(InvalidForm):
        grant_role(db, world.people["dispute_officer"], held, programme=world.programmes["BJ"])
    # In another programme one may.
    grant_role(db, world.people["dispute_officer"], held, programme=world.programmes["SH"])


def test_a_case_of_then_is_given_to_no_former_dispute_officer(db: Connection, world: World) -> None:
    """Whether or not there is a mediation about it, the answer is the same."""
    world.new_match(db)
    before, with_mediation = world.open_case(db), world.new_case(db)
    open_mediation(db, world.actor(db, "dispute_officer"), with_mediation, new_request())
    for number in (before, with_mediation):
        world.fire(db, "officer", number, "take")
    end(db, world, "dispute_officer")
    grant_role(db, world.people["dispute_officer"], Role.OFFICER, programme=world.programmes["BJ"])
    after = world.new_case(db)
    world.fire(db, "officer", after, "take")
    said = []
    for number in (before, with_mediation):
        with pytest.raises(InvalidForm) as caught:
            give(db, world, number)
        said.append(caught.value.fields)
        with pytest.raises(InvalidForm):
            take_over(
                db,
                world.actor(db, "supervisor"),
                number,
                leaver=world.people["officer"],
                successor=world.people["dispute_officer"],
                note="Yours.",
                request=new_request(),
            )
    assert said[0] == said[1]
    successors = {
        one.number: {other.id for other in one.successors}
        for one in show_leaver(db, world.actor(db, "supervisor"), world.people["officer"]).cases
    }
    assert [world.people["dispute_officer"] in successors[one] for one in (before, with_mediation, after)] == [
        False,
        False,
        True,
    ]
    give(db, world, after)
    assert verify_case(db, home_of(db, after)) == []


def give(db: Connection, world: World, number: str, whom: str = "dispute_officer") -> None:
    revision = db.execute(text("SELECT revision FROM cases WHERE number = :n"), {"n": number}).scalar_one()
    hand_over(
        db,
        world.actor(db, "officer"),
        number,
        owner=world.people[whom],
        team=[],
        note="Yours.",
        revision=revision,
        request=new_request(),
    )


@pytest.mark.parametrize(
    ("role", "task"), [(Role.OFFICER, "proposed"), (Role.SUPERVISOR, "plan"), (Role.COMPLIANCE, "screening")]
)
def test_a_case_of_then_is_in_no_queue_of_theirs(db: Connection, world: World, role: str, task: str) -> None:
    world.new_case(db)
    to_referral(world, db)
    end(db, world, "dispute_officer")
    grant_role(db, world.people["dispute_officer"], role, programme=world.programmes["BJ"])
    former = world.actor(db, "dispute_officer")
    assert list_tasks(db, former, view="queue").items == []
    assert sum(one.count for one in count_queues(db, former)) == 0
    world.new_case(db)
    assert sum(one.count for one in count_queues(db, former)) == (role == Role.OFFICER)


def test_who_is_kept_from_a_case_is_told_what_is_possible(db: Connection, world: World) -> None:
    number = world.new_case(db)
    end(db, world, "dispute_officer")
    grant_role(db, world.people["dispute_officer"], Role.OFFICER, programme=world.programmes["BJ"])
    former = world.actor(db, "dispute_officer")
    task = next(iter(load(db, home_of(db, number), "case").open_tasks())).id
    with pytest.raises(NotAllowed, match="opened after that"):
        claim_task(db, former, task, new_request())
    with pytest.raises(NotAllowed, match="opened after that"):
        world.fire(db, "dispute_officer", number, "take")
    world.fire(db, "dispute_officer", world.new_case(db), "take")


def _take_forgotten(db: Connection, world: World, who: str, number: str) -> None:
    """Take a case as if the policy had forgotten that this is one of those who mediate."""
    forgotten = replace(world.actor(db, who), mediated={})
    track, revision = db.execute(
        text("SELECT t.id, t.revision FROM tracks t JOIN cases c ON c.id = t.log_id WHERE c.number = :n"), {"n": number}
    ).one()
    fire_transition(
        db,
        forgotten,
        home_of(db, number),
        "case",
        track,
        transition="take",
        data={},
        revision=revision,
        request=new_request(),
    )


def test_what_they_did_all_the_same_is_found(db: Connection, world: World) -> None:
    number = world.new_case(db)
    end(db, world, "dispute_officer")
    grant_role(db, world.people["dispute_officer"], Role.OFFICER, programme=world.programmes["BJ"])
    Scene(db, world).set_clock(now(db) + timedelta(hours=1))
    _take_forgotten(db, world, "dispute_officer", number)
    assert any("was a dispute officer of the programme" in one.sentence for one in verify_case(db, home_of(db, number)))


def test_whoever_mediated_reads_no_unsealed_mediation_of_then(db: Connection, world: World) -> None:
    number = world.new_case(db)
    mediation = str(open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer["id"])
    grant_role(db, world.people["second_compliance"], Role.DISPUTE_OFFICER, programme=world.programmes["SH"])
    found = who_may(db, load(db, mediation, "mediation"))
    assert world.people["second_compliance"] in {one for one, _ in found["reader"]}
    end(db, world, "second_compliance")
    grant_role(db, world.people["second_compliance"], Role.DISPUTE_OFFICER, programme=world.programmes["BJ"])
    end(db, world, "second_compliance")
    grant_role(db, world.people["second_compliance"], Role.COMPLIANCE, programme=world.programmes["BJ"])
    found = who_may(db, load(db, mediation, "mediation"))
    assert world.people["second_compliance"] not in {one for one, _ in (*found["reader"], *found["decider"])}


def test_the_house_counts_nobody_who_is_kept_from_a_case(db: Connection, world: World) -> None:
    """A task that only a former dispute officer's role would work is one that nobody may do."""
    number, _ = to_referral(world, db)
    for who in ("compliance", "second_compliance"):
        end(db, world, who)
    end(db, world, "dispute_officer")
    grant_role(db, world.people["dispute_officer"], Role.COMPLIANCE, programme=world.programmes["BJ"])
    db.execute(
        text(
            "UPDATE tasks SET queue = 'compliance' WHERE id = (SELECT t.id FROM tasks t JOIN cases c ON c.id = t.log_id"
            " WHERE c.number = :n AND t.state = 'Ready' AND t.queue = 'officer' LIMIT 1)"
        ),
        {"n": number},
    )
    assert "nobody_may" in {one.kind for one in find_breaches(db) if one.number == number}


def test_a_case_of_then_is_given_to_nobody_of_a_provider_that_mediates(db: Connection, world: World) -> None:
    """Whether or not there is a mediation about it, and whether or not that provider has it."""
    world.new_match(db)
    numbers = [world.open_case(db), world.new_case(db)]
    open_mediation(db, world.actor(db, "dispute_officer"), numbers[1], new_request())
    for number in numbers:
        world.fire(db, "officer", number, "take")
    grant_role(db, world.people["provider"], Role.OFFICER, programme=world.programmes["BJ"])
    said = []
    for number in numbers:
        with pytest.raises(InvalidForm) as caught:
            give(db, world, number, "provider")
        said.append(caught.value.fields)
    assert said[0] == said[1]
    end(db, world, "provider")
    grant_role(db, world.people["provider"], Role.OFFICER, programme=world.programmes["BJ"])
    with pytest.raises(InvalidForm):
        give(db, world, numbers[0], "provider")
    after = world.new_case(db)
    world.fire(db, "officer", after, "take")
    give(db, world, after, "provider")
    assert verify_case(db, home_of(db, after)) == []


@pytest.mark.parametrize(
    ("role", "task"), [(Role.OFFICER, "proposed"), (Role.SUPERVISOR, "plan"), (Role.COMPLIANCE, "screening")]
)
def test_nobody_of_a_provider_that_mediates_decides_in_a_case(
    db: Connection, world: World, role: str, task: str
) -> None:
    number = world.new_case(db)
    to_referral(world, db)
    grant_role(db, world.people["provider_lead"], role, programme=world.programmes["BJ"])
    both = world.actor(db, "provider_lead")
    offered = [one for one in list_tasks(db, both, view="queue").items if one.name in (task, "proposed")]
    assert offered == []
    waiting = next(iter(load(db, home_of(db, number), "case").open_tasks())).id
    with pytest.raises(NotAllowed, match="provider that mediates" if role == Role.OFFICER else None):
        claim_task(db, both, waiting, new_request())
    # One of a provider that does not mediate may, but for the referrals of that provider.
    grant_role(db, world.people["foreign_provider"], Role.OFFICER, programme=world.programmes["BJ"])
    claim_task(db, world.actor(db, "foreign_provider"), waiting, new_request())


def test_what_somebody_of_a_provider_that_mediates_did_all_the_same_is_found(db: Connection, world: World) -> None:
    number = world.new_case(db)
    grant_role(db, world.people["provider"], Role.OFFICER, programme=world.programmes["BJ"])
    Scene(db, world).set_clock(now(db) + timedelta(hours=1))
    _take_forgotten(db, world, "provider", number)
    assert any("of a provider that mediates" in one.sentence for one in verify_case(db, home_of(db, number)))


@pytest.mark.parametrize("former", ["dispute_officer", "provider"])
def test_whoever_mediated_judges_no_case_of_then_as_an_auditor(db: Connection, world: World, former: str) -> None:
    """With a mediation about it and without one, in the same words."""
    numbers = [world.new_case(db), world.new_case(db)]
    open_mediation(db, world.actor(db, "dispute_officer"), numbers[1], new_request())
    end(db, world, former)
    grant_role(db, world.people[former], "auditor", programme=world.programmes["BJ"])
    said = []
    for number in numbers:
        with pytest.raises(NotAllowed) as caught:
            raise_finding(db, world.actor(db, former), number, event=1, words="Why?", request=new_request())
        said.append(str(caught.value))
    assert said[0] == said[1]
    raise_finding(db, world.actor(db, former), world.new_case(db), event=1, words="Why?", request=new_request())


@pytest.mark.parametrize("role", [None, "auditor", Role.OFFICER])
def test_without_the_role_an_unsealing_that_one_asked_for_is_not_there(
    db: Connection, world: World, role: str | None
) -> None:
    """Named for the mediation still, and told no more than of an unsealing that there never was."""
    number = world.new_case(db)
    mediation = str(open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer["id"])
    opening = add_unsealing(db, world, mediation, "manager")
    end(db, world, "dispute_officer")
    if role is not None:
        grant_role(db, world.people["dispute_officer"], role, programme=world.programmes["BJ"])
    former = world.actor(db, "dispute_officer")
    for one in (opening, str(uuid4())):
        with pytest.raises(NotFound):
            tell_parties(db, former, one, on=today().isoformat(), request=new_request())
        with pytest.raises(NotFound):
            end_unsealing(db, former, one, request=new_request())


def test_whoever_agreed_and_decides_no_more_finds_no_unsealing(db: Connection, world: World) -> None:
    number = world.new_case(db)
    mediation = str(open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer["id"])
    opening = add_unsealing(db, world, mediation, "manager")
    end(db, world, "compliance")
    former = world.actor(db, "compliance")
    with pytest.raises(NotFound):
        decide_unsealing(db, former, opening, agree=True, note=None, request=new_request())
    with pytest.raises(NotFound):
        end_unsealing(db, former, opening, request=new_request())


@pytest.mark.parametrize("former", ["dispute_officer", "mediator"])
def test_whoever_mediates_could_not_have_done_it_and_the_history_says_the_same_of_every_case(
    db: Connection, world: World, former: str
) -> None:
    numbers = [world.new_case(db), world.new_case(db)]
    open_mediation(db, world.actor(db, "dispute_officer"), numbers[0], new_request())
    if former == "mediator":
        centre = register_organisation(db, name="Centre", services=["mediation"])
        world.people[former] = register_person(db, email="mediator@example.org", name="Mediator")
        grant_role(db, world.people[former], "provider", organisation=centre)
    end(db, world, former)
    grant_role(db, world.people[former], Role.OFFICER, programme=world.programmes["BJ"])
    # That somebody was one for a moment nobody is sure of at once.
    db.execute(text("SELECT set_config('casework.clock_offset', '60', true)"))
    numbers.append(world.new_case(db))
    for number in numbers:
        world.fire(db, "officer", number, "take")
    told = []
    for number in numbers:
        case = load(db, home_of(db, number), "case")
        (entry,) = tell(db, case.log, {case.seq})
        told.append({one.person: one.why_not for one in entry.candidates})
    assert [one[world.people[former]] for one in told] == ["kept", "kept", ""]
    assert {one[world.people["other_officer"]] for one in told} == {""}
