"""Golden truth tables of the services' guards and effects: a published one never changes its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis.strategies import dates, frozensets, integers

from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.publisher import publish
from casework.engine.definition.registry import EFFECTS, Guard
from casework.engine.state.case import COMPLETED, Case, Fired, Task, Track
from workflows import DEFINITIONS
from workflows import service_effects as effects
from workflows import service_guards as guards
from workflows.codes import ABOUT_RIGHTS

NOW = datetime(2026, 3, 16, 4, tzinfo=UTC)
TODAY, YESTERDAY, TOMORROW = "2026-03-16", "2026-03-15", "2026-03-17"
OUR_CASE, OTHER_CASE = "our-case", "other-case"
RIGHT = "right-1"
PLEDGE = {"kind": "pledge", "case": OTHER_CASE, "from": "2026-01-10", "to": None}
REGISTERED = PLEDGE | {"kind": "pledge_registration"}
ENDED_PLEDGE = PLEDGE | {"to": "2026-02-01"}


def right(**change: Any) -> dict[str, Any]:
    sound: dict[str, Any] = {
        "confirmed": True,
        "kind": "invention",
        "status": "in_force",
        "expires_on": None,
        "fee_paid_to": TOMORROW,
        "encumbrances": [],
    }
    return {RIGHT: sound | change}


def facts(
    data: Mapping[str, Any] | None = None,
    *,
    fired: Mapping[str, Mapping[str, Any]] | None = None,
    rights: Mapping[str, Any] | None = None,
    counts: Mapping[str, int] | None = None,
    tasks: tuple[Task, ...] = (),
) -> Facts:
    """Facts of a small case; of `fired`, each transition came an hour after the one before."""
    told = {
        name: Fired((counts or {}).get(name, 1), NOW - timedelta(days=1) + timedelta(hours=n), "somebody", None, said)
        for n, (name, said) in enumerate((fired or {}).items())
    }
    track = Track("track", "any", "edition", "any", None, None, ("state",), NOW, NOW, fired=told)
    case = Case(
        OUR_CASE,
        "case",
        "programme",
        1,
        NOW,
        NOW,
        parties={"need_owner": "buyer", "technology_owner": "maker"},
        rights=(RIGHT,),
        tracks={"track": track},
        tasks={task.id: task for task in tasks},
    )
    outside = {"rights": rights if rights is not None else right(), "abroad": {"parties": [], "providers": []}}
    return Facts(case, track, NOW, Calendar("Beijing"), "actor", data or {}, outside)


def done(name: str, result: Mapping[str, Any]) -> Task:
    return Task(
        id="task",
        track="track",
        name=name,
        edition="e",
        rule=name,
        type="side",
        queue="officer",
        organisation=None,
        state=COMPLETED,
        opened_at=NOW - timedelta(days=2),
        due_at=None,
        closed_at=NOW - timedelta(days=1),
        result=result,
    )


def named(**change: Any) -> dict[str, Any]:
    return {"rights": [RIGHT]} | change


def licence(**change: Any) -> list[dict[str, Any]]:
    held = {"kind": "licence", "case": OTHER_CASE, "licence": "exclusive", "territories": ["CN"], "to": None}
    return [held | change]


RIGHTS_TABLE: list[tuple[Guard, dict[str, Any], dict[str, Any], bool]] = [
    (guards.rights_are_confirmed, named(), right(), True),
    (guards.rights_are_confirmed, named(), right(confirmed=False), False),
    (guards.rights_are_confirmed, named(), {}, False),
    (guards.rights_are_confirmed, {}, right(confirmed=False), True),
    (guards.rights_are_in_force, named(), right(), True),
    (guards.rights_are_in_force, named(), right(status="lapsed"), False),
    (guards.rights_are_in_force, named(), right(status=None), False),
    (guards.rights_are_in_force, named(), right(confirmed=False), False),
    (guards.rights_are_in_force, named(), right(expires_on=TODAY), True),
    (guards.rights_are_in_force, named(), right(expires_on=YESTERDAY), False),
    (guards.rights_are_in_force, named(), right(kind="idea"), False),
    (guards.rights_are_in_force, named(), right(kind="know_how", status=None), True),
    (guards.rights_are_in_force, named(), right(kind="know_how", status="disclosed"), False),
    (guards.rights_are_in_force, named(), right(kind="application", status="pending"), True),
    (guards.rights_are_in_force, named(), right(kind="application", status="in_force"), False),
    (guards.rights_are_in_force, named(), right(kind="application", status="refused"), False),
    (guards.rights_are_in_force, named(), right(kind="software", status=None), True),
    (guards.rights_are_in_force, named(), {}, False),
    (guards.fees_are_paid, named(), right(kind="know_how", fee_paid_to=None), True),
    (guards.fees_are_paid, named(), right(kind="application", fee_paid_to=None), True),
    (guards.fees_are_paid, named(), right(kind="application", fee_paid_to=YESTERDAY), False),
    (guards.fees_are_paid, named(), right(kind="plant_variety", fee_paid_to=None), True),
    (guards.fees_are_paid, named(), {}, False),
    (guards.rights_can_be_pledged, named(), right(), True),
    (guards.rights_can_be_pledged, named(), right(kind="application"), False),
    (guards.rights_can_be_pledged, named(), right(kind="know_how"), False),
    (guards.rights_can_be_pledged, named(), right(confirmed=False), False),
    (guards.rights_can_be_pledged, named(), {}, False),
    (guards.fees_are_paid, named(), right(fee_paid_to=TODAY), True),
    (guards.fees_are_paid, named(), right(fee_paid_to=YESTERDAY), False),
    (guards.fees_are_paid, named(), right(fee_paid_to=None), False),
    (guards.fees_are_paid, named(), right(confirmed=False), False),
    (guards.pledged_rights_have_consent, named(pledge="none"), right(), True),
    (guards.pledged_rights_have_consent, named(pledge="none"), right(encumbrances=[PLEDGE]), False),
    (guards.pledged_rights_have_consent, named(pledge="consent_on_file"), right(encumbrances=[PLEDGE]), True),
    (guards.pledged_rights_have_consent, named(pledge="none"), right(encumbrances=[ENDED_PLEDGE]), True),
    (guards.rights_are_not_pledged, named(), right(), True),
    (guards.rights_are_not_pledged, named(), right(encumbrances=[PLEDGE]), False),
    (guards.rights_are_not_pledged, named(), right(encumbrances=[PLEDGE | {"case": OUR_CASE}]), False),
    (guards.rights_are_not_pledged, named(), right(encumbrances=[ENDED_PLEDGE]), True),
    # Its debt is paid, and the register has not cancelled it.
    (guards.rights_are_not_pledged, named(), right(encumbrances=[ENDED_PLEDGE, REGISTERED]), False),
]  # fmt: skip


@pytest.mark.parametrize(("guard", "data", "rights", "holds"), RIGHTS_TABLE)
def test_what_is_known_of_rights_decides(
    guard: Guard, data: dict[str, Any], rights: dict[str, Any], holds: bool
) -> None:
    assert guard.holds(facts(data, rights=rights)) is holds


FORM_TABLE: list[tuple[Guard, dict[str, Any], bool]] = [
    (guards.statement_ends_after_issue, {"issued_on": TODAY, "valid_until": TOMORROW}, True),
    (guards.statement_ends_after_issue, {"issued_on": TODAY, "valid_until": TODAY}, False),
    (guards.last_duty_comes_after_the_first, {}, True),
    (guards.last_duty_comes_after_the_first, {"first_duty_on": TODAY}, True),
    (guards.last_duty_comes_after_the_first, {"first_duty_on": TODAY, "last_duty_on": TODAY}, False),
    (guards.last_duty_comes_after_the_first, {"first_duty_on": TODAY, "last_duty_on": TOMORROW}, True),
    (guards.there_is_a_last_duty, {}, False),
    (guards.there_is_a_last_duty, {"last_duty_on": TOMORROW}, True),
    (guards.extension_goes_beyond_today, {"until_day": TODAY}, False),
    (guards.extension_goes_beyond_today, {"until_day": TOMORROW}, True),
]  # fmt: skip


@pytest.mark.parametrize(("guard", "data", "holds"), FORM_TABLE)
def test_what_a_form_says_decides(guard: Guard, data: dict[str, Any], holds: bool) -> None:
    assert guard.holds(facts(data)) is holds


@pytest.mark.parametrize(
    ("first", "second", "today", "holds"),
    [
        ("2026-02-20", "2026-03-02", "2026-03-16", False),
        # The fifteenth day, a Tuesday, still belongs to the period.
        ("2026-02-20", "2026-03-02", "2026-03-17", False),
        ("2026-02-20", "2026-03-02", "2026-03-18", True),
        # It ends on a Saturday, and so on the Monday after it.
        ("2026-02-20", "2026-02-27", "2026-03-15", False),
        ("2026-02-20", "2026-02-27", "2026-03-16", False),
        ("2026-02-20", "2026-02-27", "2026-03-17", True),
        # On a holiday of two days, and so on the third; a Sunday of make-up work is a day like any other.
        ("2026-04-01", "2026-04-15", "2026-05-02", False),
        ("2026-04-01", "2026-04-15", "2026-05-03", False),
        ("2026-04-01", "2026-04-15", "2026-05-04", True),
        ("2026-02-20", "2026-02-20", "2026-04-16", False),
        ("2026-02-21", "2026-02-20", "2026-04-16", False),
    ],
)
def test_a_request_is_withdrawn_only_after_the_last_day_to_pay(
    first: str, second: str, today: str, holds: bool
) -> None:
    calendar = Calendar(
        "Beijing",
        holidays=frozenset({date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 2)}),
        make_up=frozenset({date(2026, 5, 3)}),
    )
    now = datetime.combine(date.fromisoformat(today), time(12), tzinfo=ZoneInfo(calendar.zone))
    said = facts({"first_reminder_on": first, "second_reminder_on": second})
    assert guards.fifteen_days_since_second_reminder.holds(replace(said, now=now, calendar=calendar)) is holds


@given(
    second=dates(date(2026, 1, 1), date(2027, 12, 31)),
    later=integers(0, 40),
    holidays=frozensets(dates(date(2026, 1, 1), date(2028, 2, 28)), max_size=60),
)
def test_the_last_day_to_pay_is_worked_on_and_no_earlier_than_the_fifteenth(
    second: date, later: int, holidays: frozenset[date]
) -> None:
    calendar = Calendar("Beijing", holidays=holidays)
    today = second + timedelta(days=later)
    now = datetime.combine(today, time(12), tzinfo=ZoneInfo(calendar.zone))
    said = facts({"first_reminder_on": "2025-12-01", "second_reminder_on": second.isoformat()})
    over = guards.fifteen_days_since_second_reminder.holds(replace(said, now=now, calendar=calendar))
    passed = (second + timedelta(days=n) for n in range(15, later))
    assert over is any(calendar.is_working_day(day) for day in passed)


@pytest.mark.parametrize(
    ("rechecked", "pledged", "told", "holds"),
    [
        (False, True, None, True),
        (True, False, None, True),
        (True, True, None, False),
        (True, True, False, False),
        (True, True, True, True),
    ],
)
def test_a_bank_with_a_pledge_is_told_of_a_recheck(
    rechecked: bool, pledged: bool, told: bool | None, holds: bool
) -> None:
    known = right(encumbrances=[PLEDGE] if pledged else [])
    fired: dict[str, Any] = {"recheck": {}} if rechecked else {}
    assert guards.pledgee_knows_of_recheck.holds(facts(named(pledgee_told=told), fired=fired, rights=known)) is holds


@pytest.mark.parametrize(
    ("kind", "pledged", "answer", "on_file", "holds"),
    [
        ("patent_licence", False, None, None, True),
        ("patent_licence", True, None, None, False),
        ("patent_licence", True, None, [], False),
        ("patent_licence", True, None, ["letter"], True),
        ("patent_licence", True, {"consented": True, "answered_on": "2026-01-10"}, None, True),
        ("patent_licence", True, {"consented": True, "answered_on": "2026-01-09"}, ["letter"], False),
        ("patent_licence", True, {"consented": False, "answered_on": "2026-02-01"}, ["letter"], False),
        ("nda", True, None, None, True),
    ],
)
def test_a_pledgee_consents_before_a_pledged_right_is_given_away(
    kind: str, pledged: bool, answer: dict[str, Any] | None, on_file: list[str] | None, holds: bool
) -> None:
    known = right(encumbrances=[PLEDGE] if pledged else [])
    tasks = (done("ask_pledgee", {"right": RIGHT} | answer),) if answer else ()
    now = facts(named(kind=kind, pledgee_consent=on_file), rights=known, tasks=tasks)
    assert guards.pledgees_have_consented.holds(now) is holds
    # Whoever answered of a right that was merged since has answered of the one in its place.
    merged = {one: known[RIGHT] | {"record": "kept"} for one in (RIGHT, "kept")}
    now = facts(named(kind=kind, pledgee_consent=on_file) | {"rights": ["kept"]}, rights=merged, tasks=tasks)
    assert guards.pledgees_have_consented.holds(now) is holds
    assert guards.pledgee_is_asked.holds(now) is (kind in ABOUT_RIGHTS and pledged and not answer)


@pytest.mark.parametrize(
    ("retests", "refused", "another", "final"),
    [(0, False, True, False), (0, True, True, True), (1, False, True, False), (2, False, False, True)],
)
def test_a_site_has_two_retests(retests: int, refused: bool, another: bool, final: bool) -> None:
    fired: dict[str, Any] = {"retest": {}} if retests else {}
    now = facts({"correction_refused": refused}, fired=fired, counts={"retest": retests})
    assert guards.retest_is_left.holds(now) is another
    assert guards.retests_failed_or_correction_refused.holds(now) is final


# --- effects ---------------------------------------------------------------------------------------------------------


def test_a_replaced_service_no_longer_counts() -> None:
    assert effects.service_is_replaced.follows(facts()) == {"replaced": True}


def test_who_opens_the_options_owns_the_dispute() -> None:
    assert effects.dispute_officer_takes_it.follows(facts()) == {"owner": "actor"}


@pytest.mark.parametrize(
    ("action", "door"),
    [
        ("clause_applies", "clause"),
        ("signed_submission", "joint"),
        ("ask_unilateral", "unilateral"),
        ("court_refers", "court"),
        ("talk_solved", None),
    ],
)
def test_each_door_of_a_mediation_is_written_by_its_action_and_asked_nowhere(action: str, door: str | None) -> None:
    mediation = next(publish(one) for one in DEFINITIONS if one.workflow == "mediation")
    rules = [one for one in mediation.transitions if one.name == action]
    assert rules
    for rule in rules:
        asked = {field["name"] for field in mediation.form(rule.form)}
        assert "door" not in asked
        # Only where the parties or a court turn to the center something is filed.
        assert ("filed" in asked) is (door in ("clause", "unilateral", "court"))
        written = [EFFECTS[name].follows(facts()).get("given") for name in rule.effects]
        assert [one for one in written if one] == ([{"door": door}] if door else [])


# --- the definitions -------------------------------------------------------------------------------------------------


def test_no_form_of_a_mediation_has_room_for_words_names_or_papers() -> None:
    mediation = next(publish(one) for one in DEFINITIONS if one.workflow == "mediation")
    kinds = {field["type"] for name in mediation.rules["forms"] for field in mediation.form(name)}
    assert kinds <= {"choice", "many", "date", "yes_no", "money"}


def test_a_mediation_does_not_tell_who_ended_it() -> None:
    mediation = next(publish(one) for one in DEFINITIONS if one.workflow == "mediation")
    ends = next(one for one in mediation.transitions if one.name == "party_ends")
    assert [field["name"] for field in mediation.form(ends.form)] == ["on"]
