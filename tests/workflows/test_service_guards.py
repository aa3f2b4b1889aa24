"""Golden truth tables of the services' guards and effects: a published one never changes its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.publisher import publish
from casework.engine.definition.registry import Guard
from casework.engine.state.case import COMPLETED, Case, Fired, Task, Track
from workflows import DEFINITIONS
from workflows import service_effects as effects
from workflows import service_guards as guards

NOW = datetime(2026, 3, 16, 4, tzinfo=UTC)
TODAY, YESTERDAY, TOMORROW = "2026-03-16", "2026-03-15", "2026-03-17"
OUR_CASE, OTHER_CASE = "our-case", "other-case"
RIGHT = "right-1"
PLEDGE = {"kind": "pledge", "case": OTHER_CASE, "from": "2026-01-10", "to": None}
ENDED_PLEDGE = PLEDGE | {"to": "2026-02-01"}


def right(**change: Any) -> dict[str, Any]:
    sound: dict[str, Any] = {
        "confirmed": True,
        "in_force": True,
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
    outside = {"rights": rights if rights is not None else right()}
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
    held = {"kind": "licence", "case": OTHER_CASE, "exclusive": True, "territory": "CN", "to": None}
    return [held | change]


RIGHTS_TABLE: list[tuple[Guard, dict[str, Any], dict[str, Any], bool]] = [
    (guards.rights_are_confirmed, named(), right(), True),
    (guards.rights_are_confirmed, named(), right(confirmed=False), False),
    (guards.rights_are_confirmed, named(), {}, False),
    (guards.rights_are_confirmed, {}, right(confirmed=False), True),
    (guards.rights_are_in_force, named(), right(), True),
    (guards.rights_are_in_force, named(), right(in_force=False), False),
    (guards.rights_are_in_force, named(), right(in_force=None), False),
    (guards.rights_are_in_force, named(), right(confirmed=False), False),
    (guards.rights_are_in_force, named(), right(expires_on=TODAY), True),
    (guards.rights_are_in_force, named(), right(expires_on=YESTERDAY), False),
    (guards.fees_are_paid, named(), right(fee_paid_to=TODAY), True),
    (guards.fees_are_paid, named(), right(fee_paid_to=YESTERDAY), False),
    (guards.fees_are_paid, named(), right(fee_paid_to=None), False),
    (guards.fees_are_paid, named(), right(confirmed=False), False),
    (guards.no_exclusive_licence_elsewhere, named(territory="CN"), right(), True),
    (guards.no_exclusive_licence_elsewhere, named(territory="CN"), right(encumbrances=licence()), False),
    (guards.no_exclusive_licence_elsewhere, named(territory="DE"), right(encumbrances=licence()), True),
    (guards.no_exclusive_licence_elsewhere, named(territory="WORLD"), right(encumbrances=licence()), False),
    (
        guards.no_exclusive_licence_elsewhere, named(territory="DE"),
        right(encumbrances=licence(territory="WORLD")), False,
    ),
    (
        guards.no_exclusive_licence_elsewhere, named(territory="DE"),
        right(encumbrances=licence(territory=None)), False,
    ),
    (guards.no_exclusive_licence_elsewhere, named(), right(encumbrances=licence()), False),
    (guards.no_exclusive_licence_elsewhere, named(territory="CN"), right(encumbrances=licence(exclusive=False)), True),
    (guards.no_exclusive_licence_elsewhere, named(territory="CN"), right(encumbrances=licence(case=OUR_CASE)), True),
    (guards.no_exclusive_licence_elsewhere, named(territory="CN"), right(encumbrances=licence(to=YESTERDAY)), True),
    (guards.pledged_rights_have_consent, named(pledge="none"), right(), True),
    (guards.pledged_rights_have_consent, named(pledge="none"), right(encumbrances=[PLEDGE]), False),
    (guards.pledged_rights_have_consent, named(pledge="consent_on_file"), right(encumbrances=[PLEDGE]), True),
    (guards.pledged_rights_have_consent, named(pledge="none"), right(encumbrances=[ENDED_PLEDGE]), True),
    (guards.rights_are_not_pledged, named(), right(), True),
    (guards.rights_are_not_pledged, named(), right(encumbrances=[PLEDGE]), False),
    (guards.rights_are_not_pledged, named(), right(encumbrances=[PLEDGE | {"case": OUR_CASE}]), False),
    (guards.rights_are_not_pledged, named(), right(encumbrances=[ENDED_PLEDGE]), True),
]  # fmt: skip


@pytest.mark.parametrize(("guard", "data", "rights", "holds"), RIGHTS_TABLE)
def test_what_is_known_of_rights_decides(
    guard: Guard, data: dict[str, Any], rights: dict[str, Any], holds: bool
) -> None:
    assert guard.holds(facts(data, rights=rights)) is holds


FORM_TABLE: list[tuple[Guard, dict[str, Any], bool]] = [
    (guards.statement_ends_after_issue, {"issued_on": TODAY, "valid_until": TOMORROW}, True),
    (guards.statement_ends_after_issue, {"issued_on": TODAY, "valid_until": TODAY}, False),
    (
        guards.fifteen_days_since_second_reminder,
        {"first_reminder_on": "2026-02-20", "second_reminder_on": "2026-03-01"}, True,
    ),
    (
        guards.fifteen_days_since_second_reminder,
        {"first_reminder_on": "2026-02-20", "second_reminder_on": "2026-03-02"}, False,
    ),
    (
        guards.fifteen_days_since_second_reminder,
        {"first_reminder_on": "2026-02-20", "second_reminder_on": "2026-02-20"}, False,
    ),
    (guards.extension_goes_beyond_today, {"until_day": TODAY}, False),
    (guards.extension_goes_beyond_today, {"until_day": TOMORROW}, True),
    (guards.no_register_point_fails, {}, True),
    (guards.no_register_point_fails, {"points_failing": ["fee"]}, False),
    (guards.shares_make_a_hundred, {"bank_share": "100"}, True),
    (guards.shares_make_a_hundred, {"bank_share": "20", "pool_share": "50", "insurer_share": "30"}, True),
    (guards.shares_make_a_hundred, {"bank_share": "33.3", "pool_share": "33.3", "guarantor_share": "33.3"}, False),
    (guards.shares_make_a_hundred, {"bank_share": "60", "pool_share": "50"}, False),
    (guards.catalogue_lets_it_pass, {"crosses_border": False}, True),
    (guards.catalogue_lets_it_pass, {"catalogue_class": "free"}, True),
    (guards.catalogue_lets_it_pass, {"catalogue_class": "restricted", "licence_letter": True}, True),
    (guards.catalogue_lets_it_pass, {"catalogue_class": "restricted", "licence_letter": False}, False),
    (guards.catalogue_lets_it_pass, {"catalogue_class": "restricted"}, False),
    (guards.catalogue_lets_it_pass, {"catalogue_class": "prohibited", "licence_letter": True}, False),
    (guards.agreement_dates_in_order, {"effective_on": TODAY, "expires_on": TOMORROW}, True),
    (guards.agreement_dates_in_order, {"effective_on": TODAY, "expires_on": TODAY}, False),
    (guards.baseline_period_in_order, {}, True),
    (guards.baseline_period_in_order, {"baseline_from": YESTERDAY, "baseline_to": TODAY}, True),
    (guards.baseline_period_in_order, {"baseline_from": TODAY, "baseline_to": TODAY}, False),
]  # fmt: skip


@pytest.mark.parametrize(("guard", "data", "holds"), FORM_TABLE)
def test_what_a_form_says_decides(guard: Guard, data: dict[str, Any], holds: bool) -> None:
    assert guard.holds(facts(data)) is holds


WAYS = {
    "repaid": guards.way_in_was_repayment, "disposed": guards.way_in_was_disposal,
    "no_value": guards.way_in_was_no_value, "not_paid": guards.way_in_was_not_paid,
    "withdraw": guards.way_in_was_withdrawal,
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_pledge_clears_only_as_what_led_there(way: str) -> None:
    assert [name for name, guard in WAYS.items() if guard.holds(facts(fired={way: {}}))] == [way]


def test_the_last_way_into_deregistration_counts() -> None:
    assert [n for n, guard in WAYS.items() if guard.holds(facts(fired={"not_paid": {}, "repaid": {}}))] == ["repaid"]


def test_no_pledge_clears_before_something_led_there() -> None:
    assert not any(guard.holds(facts()) for guard in WAYS.values())


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
    ("known", "confirmed", "free"),
    [
        (right(), True, True),
        (right(confirmed=False), False, True),
        (right(encumbrances=[PLEDGE]), True, False),
        (right(encumbrances=[ENDED_PLEDGE]), True, True),
    ],
)
def test_registration_looks_at_the_rights_of_the_application(
    known: dict[str, Any], confirmed: bool, free: bool
) -> None:
    now = facts(fired={"apply": named()}, rights=known)
    assert guards.applied_rights_are_confirmed.holds(now) is confirmed
    assert guards.applied_rights_are_not_pledged.holds(now) is free


@pytest.mark.parametrize(
    ("crosses", "local", "cross"), [(True, False, True), (False, True, False), (None, True, False)]
)
def test_how_an_agreement_is_signed_depends_on_its_clearance(crosses: bool | None, local: bool, cross: bool) -> None:
    now = facts(fired={"cleared": {"crosses_border": crosses}})
    assert guards.stays_inside_the_border.holds(now) is local
    assert guards.cleared_for_the_border.holds(now) is cross


@pytest.mark.parametrize(
    ("kind", "rights", "holds"),
    [
        ("licence", [RIGHT], True),
        ("licence", [], False),
        ("sale", [], False),
        ("assignment", [], False),
        ("jv", [], False),
        ("nda", [], True),
        ("mou", [], True),
        ("loi", [], True),
        ("pilot", [], True),
        ("service", [], True),
    ],
)
def test_an_agreement_that_disposes_of_rights_names_them(kind: str, rights: list[str], holds: bool) -> None:
    assert guards.rights_are_named.holds(facts({"rights": rights}, fired={"propose": {"kind": kind}})) is holds


@pytest.mark.parametrize(
    ("kind", "pledged", "answer", "on_file", "holds"),
    [
        ("licence", False, None, None, True),
        ("licence", True, None, None, False),
        ("licence", True, None, True, True),
        ("licence", True, {"consented": True, "answered_on": "2026-01-10"}, None, True),
        ("licence", True, {"consented": True, "answered_on": "2026-01-09"}, True, False),
        ("licence", True, {"consented": False, "answered_on": "2026-02-01"}, True, False),
        ("nda", True, None, None, True),
    ],
)
def test_a_pledgee_consents_before_a_pledged_right_is_given_away(
    kind: str, pledged: bool, answer: dict[str, Any] | None, on_file: bool | None, holds: bool
) -> None:
    known = right(encumbrances=[PLEDGE] if pledged else [])
    tasks = (done("ask_pledgee", {"right": RIGHT} | answer),) if answer else ()
    now = facts(named(pledgee_consent=on_file), fired={"propose": {"kind": kind}}, rights=known, tasks=tasks)
    assert guards.pledgees_have_consented.holds(now) is holds


@pytest.mark.parametrize(
    ("planned", "task", "now", "holds"),
    [
        (True, False, None, True),
        (False, True, None, True),
        (False, False, True, True),
        (False, False, False, False),
        (False, False, None, False),
    ],
)
def test_a_site_is_tested_only_with_a_baseline(planned: bool, task: bool, now: bool | None, holds: bool) -> None:
    tasks = (done("record_baseline", {}),) if task else ()
    fired = {"plan_set": {"baseline_recorded": planned}}
    assert guards.baseline_is_recorded.holds(facts({"baseline_recorded": now}, fired=fired, tasks=tasks)) is holds


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


def test_a_registered_pledge_stands_on_the_rights_of_the_application() -> None:
    followed = effects.pledge_stands.follows(facts({"registered_on": TODAY}, fired={"apply": named()}))
    burden = {
        "kind": "pledge",
        "holder": None,
        "territory": "CN",
        "exclusive": False,
        "from": TODAY,
        "to": None,
    }
    assert followed == {"rights": [{"right": RIGHT, "add": burden}]}


def test_a_cancelled_pledge_leaves_the_rights_of_the_application() -> None:
    now = facts(fired={"apply": named(), "registered": {"registered_on": YESTERDAY}})
    assert effects.pledge_ends.follows(now) == {
        "rights": [{"right": RIGHT, "end": {"kind": "pledge", "from": YESTERDAY}}]
    }


@pytest.mark.parametrize(
    ("kind", "exclusive", "burden", "alone"),
    [
        ("licence", False, "licence", False),
        ("licence", True, "licence", True),
        ("sale", False, "transfer", True),
        ("assignment", False, "transfer", True),
    ],
)
def test_a_signed_agreement_stands_on_its_rights(kind: str, exclusive: bool, burden: str, alone: bool) -> None:
    said = named(territory="CN", exclusive=exclusive, effective_on=TODAY)
    (one,) = effects.agreement_burdens_rights.follows(facts(said, fired={"propose": {"kind": kind}}))["rights"]
    assert one == {
        "right": RIGHT,
        "add": {
            "kind": burden,
            "holder": "buyer",
            "territory": "CN",
            "exclusive": alone,
            "from": TODAY,
            "to": None,
        },
    }


@pytest.mark.parametrize("kind", ["nda", "mou", "loi", "pilot", "service", "jv"])
def test_other_agreements_put_nothing_on_rights(kind: str) -> None:
    assert effects.agreement_burdens_rights.follows(facts(named(), fired={"propose": {"kind": kind}})) == {}


@pytest.mark.parametrize("signing", ["sign_local", "sign_cross"])
def test_an_ended_agreement_frees_the_rights_that_it_licensed(signing: str) -> None:
    now = facts(fired={"propose": {"kind": "licence"}, signing: named(effective_on=YESTERDAY)})
    assert effects.agreement_frees_rights.follows(now) == {
        "rights": [{"right": RIGHT, "end": {"kind": "licence", "from": YESTERDAY}}]
    }


# --- the definitions -------------------------------------------------------------------------------------------------


def test_no_form_of_a_mediation_has_room_for_words_names_or_papers() -> None:
    mediation = next(publish(one) for one in DEFINITIONS if one.workflow == "mediation")
    kinds = {field["type"] for name in mediation.rules["forms"] for field in mediation.form(name)}
    assert kinds <= {"choice", "many", "date", "yes_no", "money"}


def test_a_mediation_does_not_tell_who_ended_it() -> None:
    mediation = next(publish(one) for one in DEFINITIONS if one.workflow == "mediation")
    ends = next(one for one in mediation.transitions if one.name == "party_ends")
    assert [field["name"] for field in mediation.form(ends.form)] == ["on"]
