"""In which capacity somebody acts on a track, and who may take, have, hold or review a task."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework import reasons
from casework.engine.execution.context import By
from casework.engine.execution.task_lifecycle import CLAIM, EXIT, OPERATIONS, VIEW
from casework.engine.roles import ORGANISATION_ROLES, PERSONAL_ROLES, QUEUE_ROLES, Role
from casework.errors import NotAllowed
from casework.permissions.actors import COVERED, MANAGES, READS_ONLY, Actor
from casework.permissions.visibility import MEDIATED
from casework.permissions.work import (
    asked,
    capacities,
    choose,
    conflict,
    ends_roles,
    in_the_programme,
    led_scopes,
    may_have,
    may_hold,
    may_review,
    may_work,
    operate,
    operations,
)
from tests.engine.pieces import case, fired, proposal, referral, task, track
from tests.engine.toy_case import Toy
from tests.engine.toys import library
from tests.permissions.people import BANK, LAB, PROGRAMME, member, somebody

EDITION = next(iter(library(Toy).editions.values()))
STANDS = case(track(), referral(), track("service", parent="referral"), programme=PROGRAMME)
SEALED = case(referral(), programme=PROGRAMME, kind="mediation", owner="owner", team=("named",))
OFFICE = set(PERSONAL_ROLES) - READS_ONLY - ORGANISATION_ROLES - {Role.DISPUTE_OFFICER}


def roles_on(actor: Actor, of: str = "main", stands: Any = STANDS) -> list[Role | None]:
    return [by.role for by in capacities(actor, stands, stands.tracks[of])]


# --- capacities --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", PERSONAL_ROLES)
def test_in_which_role_somebody_acts_where(role: Role) -> None:
    actor = somebody(role)
    assert roles_on(actor) == ([role] if role in OFFICE else [])
    for of in ("referral", "service"):
        assert roles_on(actor, of) == ([role] if role in OFFICE | ORGANISATION_ROLES else [])
    assert roles_on(somebody(member(role, "elsewhere")), "referral") == []


def test_nobody_judges_on_one_side_of_a_referral_and_works_on_the_other() -> None:
    both = somebody(Role.OFFICER, Role.PROVIDER)
    assert roles_on(both) == [Role.OFFICER]
    assert roles_on(both, "referral") == roles_on(both, "service") == [Role.PROVIDER]


@pytest.mark.parametrize("said", [{"played": {}}, {"provider": BANK}, {"barred": frozenset({"x"})}])
def test_a_provider_acts_on_what_was_sent_to_it(said: dict[str, Any]) -> None:
    stands = case(track(), referral(**said), programme=PROGRAMME)
    assert roles_on(somebody(Role.PROVIDER), "referral", stands) == []


def test_a_deputy_does_nothing_for_somebody_who_may_not() -> None:
    deputy = somebody(member(Role.PROVIDER, deputy_for="y"))
    assert roles_on(deputy, "referral") == [Role.PROVIDER]
    barred = case(track(), referral(barred=frozenset({"y"})), programme=PROGRAMME)
    assert roles_on(deputy, "referral", barred) == []
    for role in (Role.OFFICER, Role.PROVIDER):
        interested = replace(STANDS, interests=frozenset({"y"}))
        assert roles_on(somebody(member(role, deputy_for="y")), "referral", interested) == []


@pytest.mark.parametrize("role", sorted(OFFICE))
def test_in_a_case_that_somebody_owns_the_officers_named_for_it_act(role: Role) -> None:
    owned = replace(STANDS, owner="owner", team=("named",))
    for person, named in (("owner", True), ("named", True), ("x", False)):
        acts = named or role != Role.OFFICER
        assert roles_on(somebody(role, person=person), stands=owned) == ([role] if acts else [])
        assert roles_on(somebody(member(role, deputy_for=person)), stands=owned) == ([role] if acts else [])


@pytest.mark.parametrize("role", PERSONAL_ROLES)
def test_in_a_mediation_dispute_officers_act_who_are_named_for_it_and_its_provider(role: Role) -> None:
    for person in ("owner", "named", "x"):
        acts = role in ORGANISATION_ROLES or role == Role.DISPUTE_OFFICER and person != "x"
        assert roles_on(somebody(role, person=person), "referral", SEALED) == ([role] if acts else [])
    assert roles_on(somebody(member(Role.DISPUTE_OFFICER, deputy_for="owner")), "referral", SEALED) == []


def test_whoever_mediated_decides_in_no_case_of_then() -> None:
    mediated: Any = {"mediated": {PROGRAMME: None}}
    assert roles_on(somebody(Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE, **mediated)) == []
    assert roles_on(somebody(Role.ADMINISTRATOR, **mediated)) == [Role.ADMINISTRATOR]


def test_ones_own_name_comes_first() -> None:
    actor = somebody(member(Role.OFFICER, deputy_for="y"), Role.SUPERVISOR)
    assert [(by.role, by.acting_for) for by in capacities(actor, STANDS, STANDS.main)] == [
        (Role.SUPERVISOR, None),
        (Role.OFFICER, "y"),
    ]
    twice = somebody(member(Role.OFFICER, deputy_for="y"), Role.OFFICER)
    assert in_the_programme(twice, PROGRAMME, [Role.OFFICER]) == By("x", Role.OFFICER)
    assert in_the_programme(twice, PROGRAMME, [Role.SUPERVISOR]) is None
    assert in_the_programme(twice, "elsewhere", [Role.OFFICER]) is None


def test_the_first_capacity_that_fits_is_chosen() -> None:
    mine = [By("x", Role.SUPERVISOR), By("x", Role.OFFICER), By("x", Role.OFFICER, None, "y")]
    assert choose(mine, [Role.OFFICER, Role.COMPLIANCE]) == By("x", Role.OFFICER)
    assert choose(mine, [Role.COMPLIANCE]) is None


def test_supervisors_lead_a_programme_and_leads_an_organisation() -> None:
    actor = somebody(
        member(Role.SUPERVISOR, deputy_for="y"),
        Role.SUPERVISOR,
        Role.PROVIDER_LEAD,
        member(Role.OFFICER, "other"),
        member(Role.PROVIDER, BANK),
        member(Role.SUPERVISOR, "third", "y"),
    )
    assert led_scopes(actor) == {
        PROGRAMME: By("x", Role.SUPERVISOR),
        LAB: By("x", Role.PROVIDER_LEAD, LAB),
        "third": By("x", Role.SUPERVISOR, None, "y"),
    }


@pytest.mark.parametrize("role", PERSONAL_ROLES)
def test_who_ends_roles(role: Role) -> None:
    for within in (True, False):
        at_home = (role in ORGANISATION_ROLES) is within
        for another in (True, False):
            wanted = role == Role.ADMINISTRATOR or at_home and (role in MANAGES or role in COVERED and not another)
            assert ends_roles(role, within_organisation=within, for_another=another) is wanted


# --- tasks -------------------------------------------------------------------------------------------------------------

DECISION = task(type="decision", of="proposal", queue="supervisor")
ASKED = replace(STANDS, proposals={"proposal": proposal(actor="a", acting_for="b")})


@pytest.mark.parametrize("queue", sorted({*QUEUE_ROLES} - {Role.DISPUTE_OFFICER}))
@pytest.mark.parametrize("role", PERSONAL_ROLES)
def test_who_takes_a_task_of_a_queue(queue: str, role: Role) -> None:
    inside = queue in ORGANISATION_ROLES
    lies = task(queue=queue, track="referral" if inside else "main", organisation=LAB if inside else None)
    by = may_work(somebody(role), STANDS, lies)
    assert (by is not None) is (role in QUEUE_ROLES[queue])
    if inside:
        assert may_work(somebody(role), STANDS, replace(lies, organisation=BANK)) is None


def test_whoever_asked_in_whoevers_name_does_not_decide_and_no_program_does() -> None:
    for person, may in (("a", False), ("b", False), ("x", True)):
        actor = somebody(Role.SUPERVISOR, person=person)
        assert (may_work(actor, ASKED, DECISION) is not None) is may
        assert asked(actor, ASKED, DECISION) is not may
        deputy = somebody(member(Role.SUPERVISOR, deputy_for=person), person="z")
        assert (may_work(deputy, ASKED, DECISION) is not None) is may
        assert asked(deputy, ASKED, DECISION) is not may
    assert may_work(somebody(Role.SUPERVISOR, service=True), ASKED, DECISION) is None
    assert not asked(somebody(person="a"), STANDS, DECISION)


def test_whoever_declared_an_interest_takes_holds_and_reviews_nothing() -> None:
    interested, actor = replace(STANDS, interests=frozenset({"x"})), somebody(Role.OFFICER)
    assert conflict(actor, interested) == reasons.cases.INTEREST_DECLARED
    assert conflict(actor, STANDS) is None
    assert may_work(actor, interested, task()) is None
    assert not may_hold(actor, interested, task())
    assert may_review(actor, interested, task(), ()) is None
    with pytest.raises(NotAllowed):
        operate(actor, interested, task(), EDITION, VIEW)


@pytest.mark.parametrize(("named", "may"), [(None, True), ("x", True), ("y", False)])
def test_a_rule_gives_a_providers_task_to_whom_its_referral_names(named: str | None, may: bool) -> None:
    stands = case(track(), referral(named=named), programme=PROGRAMME)
    lies = task(queue="provider", organisation=LAB, track="referral")
    assert may_have(somebody(Role.PROVIDER), stands, lies, EDITION) is may
    assert may_work(somebody(Role.PROVIDER), stands, lies)


@pytest.mark.parametrize(("person", "may"), [("x", True), ("a", False), ("b", False)])
def test_a_rule_gives_nobody_what_judges_their_own_work(person: str, may: bool) -> None:
    """A check is not by whoever went on before; and whoever went on does not finish the step after."""
    for states, lies in ((("a",), task()), (("b",), task(type="step", rule="b", of="b", queue="supervisor"))):
        went = track(states=states, fired={"go": fired(actor="a", acting_for="b")})
        stands = replace(STANDS, tracks={**STANDS.tracks, "main": went})
        assert may_have(somebody(Role.OFFICER, Role.SUPERVISOR, person=person), stands, lies, EDITION) is may


def test_who_works_a_queue_or_leads_it_may_hold_its_tasks() -> None:
    may = {role for role in PERSONAL_ROLES if may_hold(somebody(role), STANDS, task())}
    assert may == {Role.OFFICER, Role.SUPERVISOR}


@pytest.mark.parametrize("role", PERSONAL_ROLES)
def test_a_review_is_answered_by_who_works_the_queue_or_leads_it(role: Role) -> None:
    by = may_review(somebody(role), STANDS, task(), {"a", None})
    assert (by and by.role) == (role if role in (Role.OFFICER, Role.SUPERVISOR) else None)
    assert may_review(somebody(role, service=True), STANDS, task(), {"a"}) is None


def test_nobody_reviews_what_they_asked_for_in_whoevers_name() -> None:
    asked_by = {"a", "b"}
    for person in ("a", "b"):
        assert may_review(somebody(Role.OFFICER, person=person), STANDS, task(), asked_by) is None
        deputy = member(Role.OFFICER, deputy_for=person)
        assert may_review(somebody(deputy), STANDS, task(), asked_by) is None
        assert may_review(somebody(deputy, Role.SUPERVISOR), STANDS, task(), asked_by) == By("x", Role.SUPERVISOR)
    both = somebody(Role.SUPERVISOR, Role.OFFICER)
    assert may_review(both, STANDS, task(), asked_by) == By("x", Role.OFFICER)


# --- operations --------------------------------------------------------------------------------------------------------


def test_who_works_a_queue_does_it_as_that_rather_than_as_its_lead() -> None:
    both = somebody(Role.SUPERVISOR, Role.OFFICER)
    assert operate(both, STANDS, task(), EDITION, CLAIM) == By("x", Role.OFFICER)
    assert operate(both, STANDS, task(), EDITION, EXIT) == By("x", Role.SUPERVISOR)


def test_what_is_offered_is_what_may_be_done_and_all_who_see_a_task_look_at_it() -> None:
    for role in PERSONAL_ROLES:
        offered = operations(somebody(role), STANDS, task(), EDITION)
        assert VIEW in offered
        assert offered == [name for name in OPERATIONS if name in offered]
        assert (CLAIM in offered) is (role in (Role.OFFICER, Role.SUPERVISOR))


def test_whoever_mediated_is_told_what_is_said_to_all_of_them() -> None:
    kept = somebody(Role.OFFICER, mediated={PROGRAMME: None})
    with pytest.raises(NotAllowed) as refused:
        operate(kept, STANDS, task(), EDITION, CLAIM)
    assert refused.value.reason.values["why"] == MEDIATED
    assert operate(kept, STANDS, task(), EDITION, VIEW) == By("x", None)
