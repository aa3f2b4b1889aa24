"""A case's likely end is told to its office, from what the programme's own cases took, and from too little not at all."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from casework.engine.forecast.past import NO_OTHER, OUTLASTED, THIN, UNSTEADY
from casework.errors import NotFound
from casework.operations.oversight.forecasts import show_forecast
from casework.operations.oversight.views import CaseForecast
from casework.records.event_log import now
from tests.support.past_cases import Way, add_past_cases, add_past_referrals
from tests.support.way_to_referral import complete, to_referral
from tests.support.world import World

#: Each some days in the first step, and in one more, from few to many again and again; each quicker than the one before.
#: Weekends and holidays of any season leave 77 to 90 of 100 forecasts of the former true: with half as many, 67 to 92.
WAYS: list[Way] = [[("proposed", 4 + n * 27 % 80 / 2), ("triage", 3 + n * 27 % 80 / 2)] for n in range(80)]
QUICKER: list[Way] = [[("proposed", 4 + n), ("triage", 3 + n)] for n in range(40)]


@pytest.fixture
def number(world: World, db: Connection) -> str:
    number = world.open_case(db)
    add_past_cases(db, world.programmes["BJ"], WAYS, until=now(db) - timedelta(days=1), apart=5)
    return number


def told(
    world: World, db: Connection, number: str, *, until: datetime | None = None, without: str | None = None
) -> CaseForecast:
    return show_forecast(db, world.actor(db, "officer"), number, until=until, without=without)


def test_a_case_ends_within_what_others_took(world: World, db: Connection, number: str) -> None:
    shown = told(world, db, number)
    today = date.fromisoformat(shown.at[:10])
    assert shown.case is not None
    assert shown.step is not None
    for end, longest in ((shown.step, 45), (shown.case, 90)):
        assert end.why_not is None
        assert (end.ended, end.cases) == (80, 80)
        assert end.half is not None
        assert end.most is not None
        assert end.half.last is not None
        assert end.most.last is not None
        assert today < date.fromisoformat(end.most.first) <= date.fromisoformat(end.half.first)
        assert date.fromisoformat(end.half.last) <= date.fromisoformat(end.most.last) <= today + timedelta(days=longest)
    assert shown.step.step.states == ["proposed"]
    assert shown.requests == []
    assert shown.providers == []
    assert shown.past_steps.forecasts >= 10
    assert shown.past_steps.percent is not None


def test_the_same_instant_tells_the_same_whatever_came_since(world: World, db: Connection, number: str) -> None:
    then = now(db)
    before = told(world, db, number, until=then)
    world.fire(db, "officer", number, "take")
    add_past_cases(db, world.programmes["BJ"], WAYS, until=then + timedelta(days=100))
    assert told(world, db, number, until=then) == before
    assert told(world, db, number).step != before.step
    with pytest.raises(NotFound):
        told(world, db, number, until=then - timedelta(days=9000))


def test_what_came_true_too_seldom_is_said_and_not_told(world: World, db: Connection) -> None:
    """Where each case is quicker than the one before: all of them come earlier than was told."""
    number = world.open_case(db)
    add_past_cases(db, world.programmes["BJ"], QUICKER, until=now(db) - timedelta(days=1), apart=5)
    shown = told(world, db, number)
    assert shown.step is not None
    assert shown.past_steps.percent is not None
    assert shown.past_steps.percent < 70
    assert (shown.step.half, shown.step.most, shown.step.why_not) == (None, None, UNSTEADY)
    assert shown.step.ended == 40


def test_too_little_is_said_to_be_too_little(world: World, db: Connection) -> None:
    number = world.open_case(db)
    for end in (told(world, db, number).case, told(world, db, number).step):
        assert end is not None
        assert (end.half, end.most, end.why_not) == (None, None, THIN)
        assert end.of is not None
        assert end.of.states == ["proposed"]
    assert told(world, db, number).past_cases.percent is None
    # Other programmes' cases tell nothing of this one's.
    add_past_cases(db, world.programmes["SH"], WAYS, until=now(db) - timedelta(days=1))
    assert told(world, db, number).case == told(world, db, number).case
    assert told(world, db, number).past_cases.forecasts == 0


def test_a_case_that_has_ended_is_not_told(world: World, db: Connection, number: str) -> None:
    world.fire(db, "officer", number, "take")
    checked = dict.fromkeys(("need_complete", "technology_complete", "duplicate_checked", "rationale_fits"), True)
    complete(world, db, "officer", number, "triage_check", data=checked | {"interest": "none"})
    closed = {"outcome": "dormant", "reason": "other/other"}
    world.fire(db, "officer", number, "propose_close", closed | {"statements": "No interest any more."})
    world.fire(db, "supervisor", number, "close", closed)
    shown = told(world, db, number)
    assert (shown.case, shown.step, shown.requests) == (None, None, [])
    assert shown.past_steps.forecasts >= 10


REFERRALS: list[Way] = [
    [("draft", 1), ("sent", 2 + n / 2), ("accepted", 1), ("in_progress", 5 + n), ("delivered", 2)] for n in range(30)
]


def test_a_referral_is_told_and_without_its_provider_begins_anew(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    programme, lab = world.programmes["BJ"], world.organisations["lab"]
    until = now(db) - timedelta(days=1)
    add_past_referrals(db, programme, lab, "assessment", REFERRALS, until=until)
    shown = told(world, db, number)
    assert [one.track for one in shown.requests] == [referral]
    assert shown.requests[0].end.why_not is None
    assert shown.requests[0].provider == next(one.name for one in shown.providers if one.id == lab)
    # Nobody else ever assessed anything.
    alone = told(world, db, number, without=lab)
    assert alone.without is not None
    assert alone.requests[0].end.why_not == NO_OTHER
    other = world.organisations["bank"]
    add_past_referrals(db, programme, other, "assessment", REFERRALS, until=until)
    anew = told(world, db, number, without=lab).requests[0].end
    assert anew.why_not is None
    assert anew.step.states == ["sent"]
    as_is = told(world, db, number).requests[0].end
    assert as_is.most is not None
    assert anew.most is not None
    # Each is drawn, from other stays and by another seed: a few days apart they say the same.
    assert date.fromisoformat(anew.most.first) >= date.fromisoformat(as_is.most.first) - timedelta(days=5)
    with pytest.raises(NotFound):
        told(world, db, number, without=world.organisations["need_owner"])


def test_while_nobody_of_the_office_is_there_nothing_ends(world: World, db: Connection, number: str) -> None:
    world.fire(db, "officer", number, "take")
    before = told(world, db, number).step
    assert before is not None
    assert before.most is not None
    away = timedelta(days=60)
    for person, substitute in (("officer", "other_officer"), ("other_officer", "second_supervisor")):
        db.execute(
            text(
                "INSERT INTO absences (id, scope_id, person_id, substitute_id, starts_at, ends_at) VALUES (gen_random_uuid(),"
                " CAST(:p AS uuid), CAST(:who AS uuid), CAST(:for AS uuid), :start, :end)"
            ),
            {
                "p": world.programmes["BJ"],
                "who": world.people[person],
                "for": world.people[substitute],
                "start": now(db) - timedelta(days=1),
                "end": now(db) + away,
            },
        )
    after = told(world, db, number).step
    assert after is not None
    assert after.most is not None
    assert date.fromisoformat(after.most.first) - date.fromisoformat(before.most.first) > timedelta(days=50)


@pytest.mark.parametrize(
    ("role", "reads"),
    [
        ("officer", True),
        ("supervisor", True),
        ("manager", True),
        ("auditor", False),
        ("compliance", False),
        ("observer", False),
        ("administrator", False),
        ("provider", False),
        ("provider_lead", False),
        ("dispute_officer", False),
    ],
)
def test_it_is_told_to_officers_supervisors_and_managers(world: World, db: Connection, role: str, reads: bool) -> None:
    number, _ = to_referral(world, db)
    if reads:
        assert show_forecast(db, world.actor(db, role), number).number == number
        return
    with pytest.raises(NotFound):
        show_forecast(db, world.actor(db, role), number)


def test_what_has_outlasted_nearly_all_is_not_told(world: World, db: Connection) -> None:
    number = world.open_case(db)
    short: list[Way] = [[("proposed", 0.001)] for _ in range(40)]
    add_past_cases(db, world.programmes["BJ"], short, until=now(db) - timedelta(days=1))
    end = told(world, db, number, until=now(db)).step
    assert end is not None
    assert end.why_not in (None, OUTLASTED)
