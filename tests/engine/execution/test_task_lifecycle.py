"""Who somebody is to a task, and what the table of operations lets them do with it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.definition.editions import Edition
from casework.engine.execution.context import By
from casework.engine.execution.task_lifecycle import (
    ADMINISTRATOR,
    ASSIGN,
    CLAIM,
    COMPLETE,
    DELEGATE,
    EXIT,
    FAIL,
    FORWARD,
    INITIATOR,
    KINDS,
    LEADERS,
    MODIFY,
    OF_THE_CASE,
    OPERATIONS,
    OUTSIDER,
    OWNER,
    POTENTIAL_OWNER,
    RELEASE,
    RESUME,
    SKIP,
    STAKEHOLDER,
    START,
    SUSPEND,
    TICK,
    VIEW,
    asked_for,
    giver,
    kinds,
    leads,
    refusal,
    review_for,
    roles_for,
    skippable,
    who,
    works,
)
from casework.engine.roles import INTAKE, ORGANISATION_QUEUES, QUEUE_ROLES, Role
from casework.engine.state.case import (
    CREATED,
    IN_PROGRESS,
    READY,
    RESERVED,
    SUSPENDED,
    TASK_STATES,
    Case,
    Task,
)
from casework.engine.state.events import REVIEW_ASKED
from casework.errors import AlreadyTaken, NotAllowed, WrongState
from tests.engine.pieces import case, proposal, task
from tests.engine.toy_case import Toy
from tests.engine.toys import COMPLIANCE, LEAD, OFFICER, PROVIDER, SECOND_OFFICER, SUPERVISOR, library

EDITION = next(iter(library(Toy).editions.values()))
CASE = case()
THEIRS = task(queue="provider", organisation="lab")
DECISION = task(type="decision", of="proposal", rule="stop")
ASKED = case(proposals={"proposal": proposal(acting_for="officer-9")}, tasks=(DECISION,))


def as_deputy(by: By, of: str) -> By:
    return replace(by, acting_for=of)


# --- queues ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("queue", "role"), list(product(QUEUE_ROLES, Role)))
def test_a_role_works_its_queues_and_those_of_a_provider_in_its_own_organisation_alone(queue: str, role: Role) -> None:
    organisation = "lab" if queue in ORGANISATION_QUEUES else None
    lies = task(queue=queue, organisation=organisation)
    assert works(CASE, lies, By("x", role, organisation)) is (role in QUEUE_ROLES[queue])
    assert leads(CASE, lies, By("x", role, organisation)) is (role in LEADERS[queue])
    if organisation:
        assert not works(CASE, lies, By("x", role, "bank"))
        assert not leads(CASE, lies, By("x", role, "bank"))


@pytest.mark.parametrize("queue", QUEUE_ROLES)
def test_the_owner_of_a_case_leads_the_officers_tasks_in_it(queue: str) -> None:
    owned = case(owner=OFFICER.person)
    led = queue in (INTAKE, Role.OFFICER, Role.DISPUTE_OFFICER)
    lies = task(queue=queue)
    assert leads(owned, lies, OFFICER) is led
    assert leads(owned, lies, as_deputy(SECOND_OFFICER, OFFICER.person)) is led
    assert not leads(owned, lies, as_deputy(OFFICER, SECOND_OFFICER.person))
    assert not leads(owned, lies, SECOND_OFFICER)
    assert not leads(CASE, lies, OFFICER)


@pytest.mark.parametrize(
    ("by", "asked"),
    [
        (By("officer-1", Role.OFFICER), True),
        (By("officer-9", Role.OFFICER), True),
        (By("officer-2", Role.OFFICER, None, "officer-1"), True),
        (By("officer-2", Role.OFFICER, None, "officer-9"), True),
        (By("officer-2", Role.OFFICER), False),
        (By("officer-2", Role.OFFICER, None, "officer-3"), False),
    ],
)
def test_whoever_asked_in_whoevers_name_does_not_decide(by: By, asked: bool) -> None:
    assert asked_for(ASKED, DECISION, by) is asked
    assert works(ASKED, DECISION, by) is not asked
    assert not asked_for(ASKED, task(of="proposal"), by)


# --- kinds of person ---------------------------------------------------------------------------------------------------

#: Of a task of the officers that the first one holds and the compliance reviewer asked for: who each is to it.
HELD = task(state=RESERVED, holder="officer-1", initiator="compliance-1")
WHO: dict[str, tuple[By, set[str]]] = {
    "holds it": (OFFICER, {OWNER, POTENTIAL_OWNER}),
    "in the holder's place": (as_deputy(COMPLIANCE, "officer-1"), {OWNER, INITIATOR}),
    "a colleague": (SECOND_OFFICER, {POTENTIAL_OWNER}),
    "leads the queue": (SUPERVISOR, {ADMINISTRATOR}),
    "asked for it": (COMPLIANCE, {INITIATOR}),
    "in the place of who asked": (By("other", Role.COMPLIANCE, None, "compliance-1"), {INITIATOR}),
    "none of these": (By("auditor-1", Role.AUDITOR), {STAKEHOLDER}),
}


@pytest.mark.parametrize("name", WHO)
def test_who_somebody_is_to_a_task(name: str) -> None:
    by, wanted = WHO[name]
    assert kinds(CASE, HELD, by) == wanted


@pytest.mark.parametrize("operation", OPERATIONS)
def test_whoever_leads_the_case_ends_and_ranks_any_task_of_it(operation: str) -> None:
    owned = case(owner=OFFICER.person)
    for by in (OFFICER, SUPERVISOR):
        assert (ADMINISTRATOR in kinds(owned, THEIRS, by, operation)) is (operation in OF_THE_CASE)
    assert ADMINISTRATOR not in kinds(owned, THEIRS, SECOND_OFFICER, operation)


# --- the table ---------------------------------------------------------------------------------------------------------


def test_each_kind_of_person_of_the_table_is_explained_and_nobody_outside_does_anything() -> None:
    named = {kind for row in OPERATIONS.values() for kinds_ in row.who.values() for kind in kinds_}
    assert named == KINDS.keys() - {OUTSIDER}
    assert {state for row in OPERATIONS.values() for state in row.who} == set(TASK_STATES)


@pytest.mark.parametrize("before", [READY, RESERVED, IN_PROGRESS])
def test_whoever_may_suspend_a_task_goes_on_with_it(before: str) -> None:
    assert who(RESUME, SUSPENDED, before) == who(SUSPEND, before)


def test_what_was_suspended_before_it_began_is_gone_on_with_by_nobody() -> None:
    assert who(RESUME, SUSPENDED, CREATED) == frozenset()
    assert who(CLAIM, CREATED) == frozenset()


REFUSED: dict[str, tuple[Task, By, str, type[Exception] | None]] = {
    "a free task is taken": (task(), OFFICER, CLAIM, None),
    "by no other queue": (task(), COMPLIANCE, CLAIM, NotAllowed),
    "a held one is taken": (HELD, SECOND_OFFICER, CLAIM, AlreadyTaken),
    "a held one is finished by its holder": (HELD, OFFICER, COMPLETE, None),
    "a held one is another's": (HELD, SECOND_OFFICER, COMPLETE, AlreadyTaken),
    "a held one is another's to give back": (HELD, SECOND_OFFICER, RELEASE, NotAllowed),
    "its leader gives it back": (HELD, SUPERVISOR, RELEASE, None),
    "a finished one is over": (task(state="Completed"), OFFICER, CLAIM, WrongState),
    "what has not begun is not done": (task(state=CREATED), OFFICER, COMPLETE, WrongState),
    "a step ends by its step": (task(type="step", rule="a"), SUPERVISOR, EXIT, WrongState),
    "a decision is one's own word": (DECISION, SECOND_OFFICER, DELEGATE, WrongState),
    "a decision has no checklist": (DECISION, SECOND_OFFICER, TICK, WrongState),
    "who asked does not decide": (DECISION, OFFICER, COMPLETE, NotAllowed),
    "a supervisor delegates no officer's step": (task(type="step", rule="a"), SUPERVISOR, DELEGATE, NotAllowed),
    "a lead finishes a member's task": (THEIRS, LEAD, COMPLETE, None),
    "nobody of another provider": (replace(THEIRS, organisation="bank"), PROVIDER, COMPLETE, NotAllowed),
    "what may be asked for again is left out": (task(), SUPERVISOR, SKIP, None),
    "what the case needs is not": (task(rule="look", name="look"), SUPERVISOR, SKIP, WrongState),
    "all see it": (HELD, By("auditor-1", Role.AUDITOR), VIEW, None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    lies, by, operation, wanted = REFUSED[name]
    why = refusal(EDITION, ASKED, lies, by, operation)
    assert (type(why) if why else None) == wanted


def handed(how: str, **said: Any) -> Task:
    """A task that the supervisor gave to the first officer."""
    return task(
        state=IN_PROGRESS,
        holder="officer-1",
        handed={"how": how, "by": "supervisor-1", "to": "officer-1", "seq": 2},
        **said,
    )


@pytest.mark.parametrize("operation", [DELEGATE, FORWARD, ASSIGN, FAIL, RELEASE])
def test_what_was_delegated_must_come_back(operation: str) -> None:
    refused = operation != RELEASE
    assert bool(refusal(EDITION, CASE, handed("delegated"), OFFICER, operation)) is refused
    assert refusal(EDITION, CASE, handed("delegated"), SUPERVISOR, operation) is None
    assert refusal(EDITION, CASE, handed("assigned"), OFFICER, operation) is None


@pytest.mark.parametrize("operation", [DELEGATE, FORWARD, ASSIGN, FAIL, RELEASE])
def test_what_is_to_be_reviewed_is_answered(operation: str) -> None:
    assert isinstance(refusal(EDITION, CASE, handed(REVIEW_ASKED), OFFICER, operation), WrongState)
    assert refusal(EDITION, CASE, handed(REVIEW_ASKED), SUPERVISOR, operation) is None


def test_a_delegated_step_is_completed_by_giving_it_back() -> None:
    assert refusal(EDITION, CASE, handed("delegated", type="step", rule="a"), OFFICER, COMPLETE) is None
    assert isinstance(refusal(EDITION, CASE, handed("assigned", type="step", rule="a"), OFFICER, COMPLETE), WrongState)


@pytest.mark.parametrize("how", ["delegated", "assigned", REVIEW_ASKED])
def test_what_comes_back_comes_back_from_whom_it_was_given_to(how: str) -> None:
    assert giver(handed(how)) == ("supervisor-1" if how == "delegated" else None)
    assert review_for(handed(how)) == ("supervisor-1" if how == REVIEW_ASKED else None)
    gone_on = replace(handed(how), holder="officer-2")
    assert giver(gone_on) is review_for(gone_on) is None
    assert giver(task()) is review_for(task()) is None


@pytest.mark.parametrize(
    ("rule", "type", "wanted"),
    [("check", "side", True), ("look", "side", False), ("check", "step", False)],
)
def test_only_what_people_may_ask_for_is_left_out(rule: str, type: str, wanted: bool) -> None:
    assert skippable(EDITION, task(rule=rule, type=type)) is wanted


# --- who might ---------------------------------------------------------------------------------------------------------

ANYBODY = st.builds(
    By,
    st.sampled_from(["officer-1", "officer-2", "supervisor-1"]),
    st.sampled_from([role for role in Role if role is not Role.SYSTEM]),
    st.sampled_from([None, "lab"]),
)
TASKS = st.builds(
    task,
    queue=st.sampled_from(sorted(QUEUE_ROLES)),
    organisation=st.just("lab"),
    state=st.sampled_from([READY, CREATED]),
    type=st.sampled_from(["side", "decision", "step"]),
    rule=st.just("check"),
)
CASES = st.sampled_from([CASE, case(owner="officer-1"), case(kind="mediation", owner="officer-1")])


@given(CASES, TASKS, ANYBODY, st.sampled_from(sorted(OPERATIONS.keys() - {VIEW})))
def test_whoever_may_do_it_has_a_role_that_was_named_for_it(stands: Case, lies: Task, by: By, operation: str) -> None:
    """Nobody holds these tasks or asked for them: what is left is the role."""
    sealed = stands.kind == "mediation"
    if sealed and by.role == Role.OFFICER or not sealed and by.role == Role.DISPUTE_OFFICER:
        return
    edition: Edition = EDITION
    if refusal(edition, stands, lies, by, operation) is None:
        assert by.role in roles_for(stands, lies, operation)


def test_the_owner_and_supervisors_may_end_what_is_a_providers() -> None:
    assert roles_for(CASE, THEIRS, EXIT) == {Role.PROVIDER_LEAD, Role.OFFICER, Role.SUPERVISOR}
    assert roles_for(CASE, THEIRS, CLAIM) == {*QUEUE_ROLES[Role.PROVIDER]}
    assert roles_for(CASE, task(queue=Role.COMPLIANCE), MODIFY) == {Role.COMPLIANCE, Role.OFFICER, Role.SUPERVISOR}
    assert roles_for(case(kind="mediation"), task(queue=Role.DISPUTE_OFFICER), START) == {Role.DISPUTE_OFFICER}
