"""What a file changes of what stands: properties of every file, and the rules one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.operations.core.register_log import GRANTED, ROLE_ASKED
from casework.operations.people.invitation_rules import INVITED
from casework.operations.people.staff_file import ROLES, Line
from casework.operations.people.staff_rules import (
    KEEPERS,
    MOST_AT_ONCE,
    Held,
    Invited,
    Known,
    Plan,
    Standing,
    decide,
    given_by_file,
)
from casework.permissions.actors import apart_from

TODAY = date(2026, 5, 1)
BEFORE, AFTER = date(2026, 4, 30), date(2026, 5, 2)
PROGRAMMES = frozenset({"BJ", "SH"})
EMAILS = tuple(f"p{number}@example.org" for number in range(4))


def line(email: str = EMAILS[0], role: Role = Role.OFFICER, programme: str = "BJ", **more: Any) -> Line:
    return Line(more.pop("row", 2), email, programme, role, more.pop("name", "Li"), **more)


def known(email: str, *held: Held, **more: Any) -> Known:
    return Known(f"person of {email}", email, held=held, **more)


def standing(*people: Known, **more: Any) -> Standing:
    return Standing(PROGRAMMES, {one.email: one for one in people}, **more)


def after(before: Standing, plan: Plan) -> Standing:
    """What stands when the plan was carried out: roles are given as if a second person had agreed, invitations wait."""
    people = dict(before.people)
    for _, one in plan.leavers:
        people[one.email] = replace(one, active=False, held=())
    for change in plan.ended:
        one = people[change.line.email]
        people[one.email] = replace(one, held=tuple(each for each in one.held if each.membership != change.membership))
    for change in plan.given:
        one = people[change.line.email]
        new = Held(f"{one.person} {change.programme} {change.role}", change.programme, change.role, by_file=True)
        people[one.email] = replace(one, held=(*one.held, new))
    invited = [replace(one, open=False, taken_back=True) if one in plan.withdrawn else one for one in before.invited]
    for number, joiner in enumerate(plan.joiners, len(invited)):
        roles = frozenset(str(role) for role in joiner.roles)
        invited.append(Invited(f"new {number}", joiner.line.email, joiner.line.programme, roles, by_file=True))
    return replace(before, people=people, invited=tuple(invited))


def unique(lines: Sequence[Line]) -> list[Line]:
    """Without rows that come twice; whoever came back has one that is over, too."""
    seen = {(one.email, one.programme, one.role, one.left if one.is_over(TODAY) else None): one for one in lines}
    return [replace(one, row=row) for row, one in enumerate(seen.values(), 2)]


LINES = st.lists(
    st.builds(
        line,
        st.sampled_from(EMAILS),
        st.sampled_from(ROLES),
        st.sampled_from(sorted(PROGRAMMES)),
        left=st.sampled_from((None, BEFORE, TODAY, AFTER)),
    ),
    max_size=8,
).map(unique)
HELD = st.builds(
    Held,
    st.uuids().map(str),
    st.sampled_from((*sorted(PROGRAMMES), None)),
    st.sampled_from((*map(str, ROLES), str(Role.ADMINISTRATOR))),
    st.booleans(),
    st.booleans(),
)


@st.composite
def worlds(draw: st.DrawFn) -> Standing:
    people = [
        known(email, *draw(st.lists(HELD, max_size=3)), active=draw(st.booleans()))
        for email in draw(st.sets(st.sampled_from(EMAILS)).map(sorted))
    ]
    invited = [
        Invited(
            f"i{number}",
            email,
            draw(st.sampled_from(sorted(PROGRAMMES))),
            frozenset(draw(st.sets(st.sampled_from(tuple(map(str, ROLES))), min_size=1, max_size=2))),
            open=(state := draw(st.sampled_from(("open", "over", "taken back")))) == "open",
            by_file=draw(st.booleans()),
            taken_back=state == "taken back",
        )
        for number, email in enumerate(draw(st.sets(st.sampled_from(EMAILS)).map(sorted)))
    ]
    return standing(*people, invited=tuple(invited))


@given(LINES, worlds())
def test_what_was_done_once_is_not_done_again(lines: list[Line], before: Standing) -> None:
    plan = decide(lines, before, TODAY)
    if not plan.faults:
        assert decide(lines, after(before, plan), TODAY).is_empty


@given(LINES, worlds())
def test_a_file_that_took_invitations_back_by_mistake_gives_them_anew(lines: list[Line], before: Standing) -> None:
    lines = unique([replace(one, left=None) for one in lines if one.email not in before.people])
    plan = decide(lines, before, TODAY)
    if plan.faults:
        return
    mistaken = [replace(one, left=BEFORE) for one in lines]
    over = after(after(before, plan), decide(mistaken, after(before, plan), TODAY))
    assert not [one for one in over.invited if one.open and one.email in {line.email for line in lines}]
    again = decide(lines, over, TODAY)
    given_again = {(one.line.email, one.line.programme, role) for one in again.joiners for role in one.roles}
    assert {(one.line.email, one.line.programme, role) for one in plan.joiners for role in one.roles} <= given_again
    assert decide(lines, after(over, again), TODAY).is_empty


def test_what_a_person_took_back_no_file_gives_anew() -> None:
    mine = Invited("i", EMAILS[0], "BJ", frozenset({"officer"}), open=False, by_file=True)
    assert decide([line()], standing(invited=(mine,)), TODAY).is_empty
    assert decide([line()], standing(invited=(replace(mine, taken_back=True),)), TODAY).joiners


@given(LINES, worlds())
def test_a_file_takes_nothing_from_whom_it_does_not_name_nor_what_was_given_by_hand(
    lines: list[Line], before: Standing
) -> None:
    plan = decide(lines, before, TODAY)
    named = {one.email for one in lines}
    stays = {one.email for one in lines if not one.is_over(TODAY)}
    held = {one.membership: one for person in before.people.values() for one in person.held}
    assert {one.email for _, one in plan.leavers} <= named - stays
    for change in plan.ended:
        ended = held[str(change.membership)]
        assert change.line.email in stays
        assert ended.by_file
        assert not ended.deputy
        assert ended.programme is not None
    assert all(one.email in named for one in plan.withdrawn)


@given(LINES, worlds())
def test_nobody_gets_roles_that_lie_apart_and_every_programme_keeps_its_keepers(
    lines: list[Line], before: Standing
) -> None:
    plan = decide(lines, before, TODAY)
    if plan.faults:
        return
    new = after(before, plan)
    for change in plan.given:
        roles = {one.role for one in new.people[change.line.email].held if one.programme == change.programme}
        assert not roles & apart_from(change.role)
    for role in KEEPERS:
        for programme in PROGRAMMES:
            kept = [
                any(
                    one.active and (held.programme, held.role, held.deputy) == (programme, role, False)
                    for one in world.people.values()
                    for held in one.held
                )
                for world in (before, new)
            ]
            assert kept != [True, False]


@given(LINES, worlds())
def test_everybody_who_left_has_nothing_that_opens(lines: list[Line], before: Standing) -> None:
    plan = decide(lines, before, TODAY)
    gone = {one.email for one in lines} - {one.email for one in lines if not one.is_over(TODAY)}
    if plan.faults:
        return
    new = after(before, plan)
    assert not [one for one in new.invited if one.open and one.email in gone]
    # But for whoever has roles of a provider alone: their leads look after them.
    open_ones = {email for email, one in new.people.items() if email in gone and one.active}
    assert open_ones == {
        email
        for email in gone & before.people.keys()
        if before.people[email].active and {one.programme for one in before.people[email].held} == {None}
    }
    assert all(new.people[email] == before.people[email] for email in open_ones)


@given(LINES, worlds())
def test_of_those_whom_a_file_looks_after_no_more_lose_something_than_there_are(
    lines: list[Line], before: Standing
) -> None:
    plan = decide(lines, before, TODAY)
    assert plan.losing <= plan.of <= len(before.people)
    elsewhere = {
        email: replace(
            one, held=tuple(replace(held, programme=None) for held in one.held) or (Held("m", None, "provider"),)
        )
        for email, one in before.people.items()
    }
    moved = decide(lines, replace(before, people=elsewhere), TODAY)
    assert (moved.losing, moved.of, moved.leavers) == (0, 0, ())


def test_who_leads_a_provider_stays_and_counts_for_nothing() -> None:
    lead = known(EMAILS[0], Held("m", None, "provider_lead"))
    gone = decide([line(left=BEFORE)], standing(lead), TODAY)
    assert (gone.is_empty, gone.losing, gone.of) == (True, 0, 0)
    # With a role in the office they are of the office.
    both = known(EMAILS[0], Held("m", None, "provider_lead"), Held("n", "BJ", "observer"))
    assert [one for _, one in decide([line(left=BEFORE)], standing(both), TODAY).leavers] == [both]


def test_the_day_of_leaving_is_the_first_without() -> None:
    someone = standing(known(EMAILS[0], Held("m", "BJ", "officer")))
    assert not decide([line(left=AFTER)], someone, TODAY).leavers
    assert decide([line(left=TODAY)], someone, TODAY).leavers
    # With another row that stands they move.
    both = [line(left=BEFORE), line(role=Role.MANAGER, row=3)]
    assert not decide(both, someone, TODAY).leavers


def test_who_comes_back_has_the_old_row_and_a_new_one() -> None:
    old, new = line(left=BEFORE), line(row=3)
    assert [one.line.row for one in decide([old, new], standing(), TODAY).joiners] == [3]
    back = standing(known(EMAILS[0]))
    for lines in ([old, new], [new, old]):
        assert [change.line.row for change in decide(lines, back, TODAY).given] == [3]
    # Gone again, and their account is closed as ever.
    assert decide([old, replace(new, left=TODAY)], back, TODAY).leavers


@pytest.mark.parametrize(("one", "other"), [(None, None), (None, AFTER), (AFTER, date(2026, 6, 1)), (BEFORE, BEFORE)])
def test_two_rows_of_a_role_that_hold_at_once_come_twice(one: date | None, other: date | None) -> None:
    for first, second in ((one, other), (other, one)):
        [fault] = decide([line(left=first), line(left=second, row=3)], standing(), TODAY).faults
        assert (fault.row, fault.column, fault.why.code) == (3, "role", "fields.comes_twice")


def test_the_last_supervisor_is_named_by_the_row() -> None:
    last = known(EMAILS[0], Held("m", "BJ", "supervisor"))
    [fault] = decide([line(role=Role.SUPERVISOR, left=BEFORE, row=7)], standing(last), TODAY).faults
    assert (fault.row, fault.column, fault.why.code) == (7, "left", "people.last_holder")
    second = known(EMAILS[1], Held("n", "BJ", "supervisor"))
    assert not decide([line(role=Role.SUPERVISOR, left=BEFORE)], standing(last, second), TODAY).faults
    deputy = known(EMAILS[1], Held("n", "BJ", "supervisor", deputy=True))
    assert decide([line(role=Role.SUPERVISOR, left=BEFORE)], standing(last, deputy), TODAY).faults


def test_more_than_a_fifth_and_more_than_five_are_many() -> None:
    people = [known(f"q{number}@example.org", Held(f"m{number}", "BJ", "officer")) for number in range(28)]
    leaving = [line(one.email, left=BEFORE, row=row) for row, one in enumerate(people, 2)]
    assert not decide(leaving[:MOST_AT_ONCE], standing(*people[:6]), TODAY).too_many
    assert decide(leaving[:6], standing(*people), TODAY).too_many
    assert not decide(
        leaving[:6],
        standing(*people, *(known(f"r{n}@example.org", Held(f"r{n}", "BJ", "officer")) for n in range(2))),
        TODAY,
    ).too_many


def test_what_no_file_may_change_is_told() -> None:
    service = known(EMAILS[0], service=True)
    [fault] = decide([line()], standing(service), TODAY).faults
    assert fault.column == "email"
    [fault] = decide([line(programme="XX")], standing(), TODAY).faults
    assert fault.column == "programme"
    [fault] = decide([line(name="")], standing(), TODAY).faults
    assert fault.column == "name"
    closed = decide([line()], standing(known(EMAILS[0], active=False)), TODAY)
    assert (closed.is_empty, [one.row for one in closed.closed]) == (True, [2])


def test_a_role_that_a_person_refused_is_not_asked_for_again() -> None:
    someone, key = known(EMAILS[0]), (f"person of {EMAILS[0]}", "BJ", "officer")
    assert decide([line()], standing(someone), TODAY).given
    assert decide([line()], standing(someone, asked=frozenset({key})), TODAY).is_empty


def test_what_came_of_a_file_is_known_by_the_events() -> None:
    told: list[tuple[str, dict[str, str]]] = [
        (INVITED, {"invitation": "i", "file": "d"}),
        (INVITED, {"invitation": "by hand"}),
        (ROLE_ASKED, {"request": "r", "invitation": "i"}),
        (ROLE_ASKED, {"request": "s", "file": "d"}),
        (GRANTED, {"membership": "1", "request": "r"}),
        (GRANTED, {"membership": "2", "request": "s"}),
        (GRANTED, {"membership": "3", "invitation": "i"}),
        (GRANTED, {"membership": "4", "file": "d"}),
        (GRANTED, {"membership": "5", "invitation": "by hand"}),
        (GRANTED, {"membership": "6"}),
    ]
    events = [
        RegisterEvent(
            log="p",
            seq=seq,
            at=datetime(2026, 5, 1, tzinfo=UTC),
            kind=kind,
            actor="system",
            effects=cast(RegisterEffects, effects),
        )
        for seq, (kind, effects) in enumerate(told, 1)
    ]
    assert given_by_file(events) == {"1", "2", "3", "4"}
