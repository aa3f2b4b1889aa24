"""What groups change of what somebody holds: properties of every file and every set of groups, and the rules one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from casework.engine.roles import ORGANISATION_ROLES, PERSONAL_ROLES, Role
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.operations.core.register_log import ENDED, GRANTED, ROLE_ASKED
from casework.operations.people.group_file import ROLES, Line
from casework.operations.people.group_rules import Asked, Held, Place, Plan, come_of_groups, decide, find_wanted
from casework.permissions.actors import apart_from, takes_two

GROUPS = ("a", "b", "c")
SCOPES = {"BJ": "beijing", "SH": "shanghai", "o1": "one provider", "o2": "another provider"}


def line(group: str, role: Role, n: int) -> Line:
    if role in ORGANISATION_ROLES:
        return Line(2, group, role, organisation=("o1", "o2")[n])
    return Line(2, group, role, programme=("BJ", "SH")[n])


def place_of(role: Role, n: int) -> Place:
    one = line("a", role, n)
    return Place(SCOPES[one.programme or one.organisation], str(role))


LINES = st.lists(st.builds(line, st.sampled_from(GROUPS), st.sampled_from(ROLES), st.integers(0, 1)), max_size=8)
PLACES = st.builds(place_of, st.sampled_from(PERSONAL_ROLES), st.integers(0, 1))
MAYBE = st.none() | st.sampled_from(GROUPS)
HELD = st.lists(
    st.builds(Held, st.uuids().map(str), PLACES, MAYBE, st.booleans(), st.booleans()),
    max_size=4,
)
ASKED = st.lists(st.builds(Asked, st.uuids().map(str), PLACES, MAYBE, st.booleans()), max_size=3)
STATED = st.frozensets(st.sampled_from(GROUPS))


def after(plan: Plan, held: Sequence[Held], asked: Sequence[Asked]) -> tuple[list[Held], list[Asked]]:
    """What stands when the plan was carried out."""
    now = [one for one in held if one not in plan.ended]
    now += [Held(f"{place}", place, group) for place, group in plan.given]
    waits = [one for one in asked if one not in plan.withdrawn]
    return now, waits + [Asked(f"{place}", place, group) for place, group in plan.asked]


@given(LINES, STATED, HELD, ASKED)
def test_what_was_done_once_is_not_done_again(
    lines: list[Line], groups: frozenset[str], held: list[Held], asked: list[Asked]
) -> None:
    wanted = find_wanted(lines, SCOPES, groups)
    assert decide(wanted, *after(decide(wanted, held, asked), held, asked)).is_empty


@given(LINES, STATED, STATED)
def test_of_two_groups_one_gets_what_both_give(lines: list[Line], one: frozenset[str], two: frozenset[str]) -> None:
    both = find_wanted(lines, SCOPES, one | two)
    assert both.keys() == find_wanted(lines, SCOPES, one).keys() | find_wanted(lines, SCOPES, two).keys()
    assert set(both.values()) <= one | two


@given(LINES, STATED, HELD, ASKED)
def test_nothing_is_touched_that_came_of_a_person(
    lines: list[Line], groups: frozenset[str], held: list[Held], asked: list[Asked]
) -> None:
    wanted = find_wanted(lines, SCOPES, groups)
    plan = decide(wanted, held, asked)
    for one in plan.ended:
        assert one.group is not None
        assert not one.deputy
        assert not one.last
        assert one.place not in wanted
    for request in plan.withdrawn:
        assert request.group is not None
        assert request.waits
        assert request.place not in wanted


@given(LINES, STATED, HELD, ASKED)
def test_nothing_is_given_but_what_a_group_gives_and_one_person_may(
    lines: list[Line], groups: frozenset[str], held: list[Held], asked: list[Asked]
) -> None:
    wanted = find_wanted(lines, SCOPES, groups)
    plan = decide(wanted, held, asked)
    new = [*plan.given, *plan.asked]
    assert all(wanted[place] == group for place, group in new)
    assert all(not takes_two(place.role) for place, _ in plan.given)
    assert all(takes_two(place.role) for place, _ in plan.asked)
    stays = {one.place for one in held if one not in plan.ended}
    have = stays | {place for place, _ in new}
    for place, _ in new:
        beside = [one for one in have if one != place]
        assert not any(one.scope == place.scope and one.role in apart_from(place.role) for one in beside)
        assert not any(
            one.scope != place.scope and {one.role, place.role} & {str(role) for role in ORGANISATION_ROLES}
            for one in beside
        )
    assert not {place for place, _ in new} & {one.place for one in held if not one.deputy and one not in plan.ended}


def wanted(**roles: Role) -> Mapping[Place, str]:
    return {place_of(role, 0): group for group, role in roles.items()}


def test_of_two_roles_that_lie_apart_neither_is_given_and_what_is_held_stays() -> None:
    both = wanted(a=Role.AUDITOR, b=Role.OFFICER)
    plan = decide(both, [], [])
    assert plan.is_empty
    assert [(one.place.role, one.why.code) for one in plan.kept] == [
        ("auditor", "people.role_here"),
        ("officer", "people.role_here"),
    ]
    held = [Held("m", place_of(Role.OFFICER, 0), "b")]
    assert [one.place.role for one in decide(both, held, []).kept] == ["auditor"]
    waits = [Asked("r", place_of(Role.OFFICER, 0), "b")]
    assert decide(both, [], waits).is_empty


def test_nobody_gets_both_sides_by_groups() -> None:
    plan = decide(wanted(a=Role.OBSERVER, b=Role.PROVIDER), [], [])
    assert plan.is_empty
    assert {one.why.code for one in plan.kept} == {"people.role_elsewhere"}
    by_hand = [Held("m", place_of(Role.OBSERVER, 1))]
    assert decide(wanted(b=Role.PROVIDER), by_hand, []).is_empty


def test_what_a_person_refused_is_asked_for_no_more_and_the_last_one_stays() -> None:
    refused = [Asked("r", place_of(Role.OFFICER, 0), "a", waits=False)]
    assert decide(wanted(a=Role.OFFICER), [], refused) == Plan()
    last = Held("m", place_of(Role.SUPERVISOR, 0), "a", last=True)
    plan = decide({}, [last], [])
    assert plan.is_empty
    assert [one.why.code for one in plan.kept] == ["people.last_holder"]
    assert decide({}, [replace(last, last=False)], []).ended == (replace(last, last=False),)


def test_a_role_comes_of_a_group_by_its_grant_or_its_request() -> None:
    def event(kind: str, **effects: str) -> RegisterEvent:
        return RegisterEvent(
            log="l",
            seq=1,
            at=datetime(2026, 5, 1, tzinfo=UTC),
            kind=kind,
            actor="system",
            effects=cast(RegisterEffects, effects),
        )

    events = [
        event(GRANTED, membership="m1", group="a"),
        event(ROLE_ASKED, request="r1", group="b"),
        event(ROLE_ASKED, request="r2"),
        event(GRANTED, membership="m2", request="r1"),
        event(GRANTED, membership="m3", request="r2"),
        event(ENDED, membership="m4", group="a"),
    ]
    assert come_of_groups(events) == {"m1": "a", "r1": "b", "m2": "b"}
    assert come_of_groups(events[3:], {"r1": "b"}) == {"m2": "b"}
