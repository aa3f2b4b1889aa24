"""Who is told what, as a table: of each event the kinds, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.definitions import load_library
from casework.engine.analysis.notification_rules import (
    AT_ONCE,
    DECISION,
    DUE,
    FACTS,
    FINDING,
    KINDS,
    MENTION,
    MOVED,
    OVERDUE,
    STOP,
    TASK,
    Notice,
    first_of,
    for_follower,
    notices,
    owes,
)
from casework.engine.definition.editions import TransitionRule
from casework.engine.state.case import READY, Case, Fired, Opening, Task, Track
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import (
    ACTIVATED,
    ADDED,
    CLAIMED,
    COMPLETED,
    FIRED,
    GLASS_BROKEN,
    HANDED_OVER,
    LETTER_SENT,
    MOVE_ASKED,
    PARTY_ACTOR,
    PROPOSED,
    REFUSED,
    RELEASED,
    RESEALED,
    TIMER_FIRED,
    UNSEALED,
    UNSEALING_ASKED,
    UNSEALING_REFUSED,
    Event,
)
from casework.engine.state.events import MOVED as MADE
from tests.support.parts import played

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SENT = Fired(1, NOW, "owner", None, {})
OWNER, PROVIDERS, SUPERVISORS = "owner", "provider@lab", "supervisor@"


def track(id: str, workflow: str, **more: Any) -> Track:
    fixed: dict[str, Any] = {
        "kind": workflow,
        "parent": None,
        "provider": None,
        "states": ("here",),
        "entered_at": NOW,
        "opened_at": NOW,
    }
    more |= played(workflow, more.get("fired", ()))
    return Track(id=id, workflow=workflow, edition=f"{workflow}-1", **fixed | more)


def task(id: str, on: str, queue: str, **more: Any) -> Task:
    given = {
        "name": id,
        "edition": "case-1",
        "rule": id,
        "type": "side",
        "organisation": "lab" if queue == "provider" else None,
        "state": READY,
        "opened_at": NOW,
        "due_at": NOW,
    }
    return Task(id=id, track=on, queue=queue, **given | more)


MAIN = track("main", "case")
REFERRAL = track("asked", "referral", provider="lab", fired={"send": SENT})
DRAFT = track("draft", "referral", provider="bank")
TASKS = {
    one.id: one
    for one in (
        task("check", "main", "officer"),
        task("decide", "main", "supervisor"),
        task("stop", "main", "compliance", type="decision"),
        task("answer", "asked", "provider", type="step"),
        task("mine", "main", "officer", state="Reserved", holder="helper"),
        task("done", "main", "supervisor", state="Completed"),
    )
}
CASE = Case(
    log="log",
    kind="case",
    programme="BJ",
    seq=9,
    last_at=NOW,
    opened_at=NOW,
    owner="owner",
    team=("helper",),
    tracks={one.id: one for one in (MAIN, REFERRAL, DRAFT)},
    tasks=TASKS,
)


def event(kind: str, on: str | None = "main", actor: str = "somebody", **effects: Any) -> Event:
    return Event(log="log", seq=9, at=NOW, kind=kind, actor=actor, track=on, effects=cast(Effects, effects))


def fired(name: str, on: str = "asked", **effects: Any) -> Event:
    return event(FIRED, on, transition=name, **effects)


def rule_of(one: Event) -> TransitionRule | None:
    """By which rule of the pilot a transition of that name fires."""
    edition = load_library().latest(CASE.tracks[one.track or "main"].workflow)
    assert edition is not None
    return next((rule for rule in edition.transitions if rule.name == one.effects.get("transition")), None)


def opened(*ids: str) -> list[dict[str, Any]]:
    return [{"id": id, "state": READY} for id in ids]


def said(one: Event, case: Case = CASE) -> set[tuple[str, str]]:
    """Kind and audience of each notice: a person, or queue@organisation."""
    return {
        (notice.kind, who)
        for notice in notices(one, case, rule_of(one))
        for who in [*notice.people, *(f"{queue}@{organisation or ''}" for queue, organisation in notice.queues)]
    }


TABLE: list[tuple[str, Event, set[tuple[str, str]]]] = [
    ("an offer", fired("send"), {("offer", PROVIDERS), ("moved", OWNER)}),
    ("a question", fired("ask_info"), {("question", OWNER)}),
    ("an answer", fired("supply_info"), {("moved", PROVIDERS), ("moved", OWNER)}),
    ("a return", fired("return"), {("return", PROVIDERS), ("moved", OWNER)}),
    ("a cancellation", fired("cancel"), {("cancellation", PROVIDERS), ("moved", OWNER)}),
    ("a draft that is cancelled", fired("cancel", "draft"), {("moved", OWNER)}),
    ("a delivery", fired("deliver"), {("delivery", OWNER)}),
    ("a part", fired("deliver_part"), {("delivery", OWNER)}),
    ("a refusal", fired("decline"), {("moved", OWNER)}),
    ("a step of the case", fired("pass_triage", "main"), {("moved", OWNER)}),
    ("a decision", event(ADDED, tasks=opened("decide")), {("decision", SUPERVISORS)}),
    (
        "a move to a state", event(MOVE_ASKED, move={"to": "triage"}),
        {("decision", SUPERVISORS), ("decision", "compliance@")},
    ),
    ("a move that was made", event(MADE, move={"to": "triage"}), {("moved", OWNER)}),
    ("a second person", event(PROPOSED, tasks=opened("stop")), {("decision", "compliance@")}),
    ("a proposal that is refused", event(REFUSED), {("return", OWNER)}),
    ("a plan that comes back", event(COMPLETED, task="done", tasks=opened("check")), {("return", OWNER)}),
    ("a new task", event(COMPLETED, task="other", tasks=opened("check")), {("task", OWNER)}),
    ("a task that is given", event("delegated", task_states=[{"id": "mine", "holder": "helper"}]), {("task", "helper")}),
    ("a task that is taken", event(CLAIMED, actor="helper", task_states=[{"id": "mine", "holder": "helper"}]), set()),
    ("a task given back", event(RELEASED, task_states=[{"id": "mine", "holder": None}]), set()),
    ("a task whose day has come", event(ACTIVATED, task="check"), {("task", OWNER)}),
    ("a reminder", event(TIMER_FIRED, what="remind", task="check"), {("reminder", OWNER)}),
    ("a holder is reminded", event(TIMER_FIRED, what="remind", task="mine"), {("reminder", "helper")}),
    ("due", event(TIMER_FIRED, what="due", task="answer"), {("due", PROVIDERS)}),
    ("escalated", event(TIMER_FIRED, what="escalate", task="answer"),
        {("overdue", PROVIDERS), ("overdue", OWNER), ("overdue", SUPERVISORS)}),
    ("flagged", event(TIMER_FIRED, what="flag", task="mine"), {("overdue", "helper"), ("overdue", OWNER), ("overdue", SUPERVISORS)}),
    ("due though done", event(TIMER_FIRED, what="due", task="done"), set()),
    (
        "a stop", event(PROPOSED, frozen=True, transition="compliance_stop"),
        {("stop", OWNER), ("stop", "helper"), ("stop", SUPERVISORS), ("stop", PROVIDERS)},
    ),
    ("handed over", event(HANDED_OVER, None, owner="next"), {("ownership", "next")}),
    ("a letter to the provider", event(LETTER_SENT, "asked"), {("letter", PROVIDERS)}),
    ("an emergency", event(GLASS_BROKEN, None), {("emergency", OWNER), ("emergency", SUPERVISORS), ("emergency", "auditor@")}),
    ("a party answers by its link", event(COMPLETED, actor=PARTY_ACTOR, task="mine"), {("answer", "helper"), ("answer", OWNER)}),
    ("a mention", event("commented", mentions=["helper"]), {("mention", "helper")}),
]  # fmt: skip


@pytest.mark.parametrize(("one", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_who_is_told_what(one: Event, expected: set[tuple[str, str]]) -> None:
    assert said(one) == expected
    # The outbox may hold too much, and never too little.
    assert owes(one) or not expected


def test_every_kind_that_is_said_at_once_stands_in_the_table() -> None:
    # Of who reads what, and of findings, no event of a case tells.
    assert set(AT_ONCE) - {"readers", FINDING} <= {kind for _, one, _ in TABLE for kind, _ in said(one)}
    told = {
        kind
        for edition in load_library().editions.values()
        for rule in edition.transitions
        for kind in (rule.tells_provider, rule.tells_officers)
    }
    assert told - {""} <= set(KINDS)


UNSEALING = Opening("o", "unsealing", "asked", "reader", "owner", "second", NOW, 2)


@pytest.mark.parametrize(
    ("kind", "one", "expected"),
    [
        (UNSEALING_ASKED, UNSEALING, {("decision", "second")}),
        (
            UNSEALED,
            replace(UNSEALING, state="open", decided_at=NOW),
            {("readers", who) for who in ("owner", "helper", "second", "reader", PROVIDERS)},
        ),
        (UNSEALING_REFUSED, replace(UNSEALING, state="refused", decided_at=NOW), {("readers", "owner")}),
        (
            RESEALED,
            replace(UNSEALING, state="ended", decided_at=NOW),
            {("readers", who) for who in ("owner", "helper", "second", PROVIDERS)},
        ),
        (RESEALED, replace(UNSEALING, state="ended"), {("readers", "owner")}),
    ],
)
def test_who_hears_of_an_unsealing(kind: str, one: Opening, expected: set[tuple[str, str]]) -> None:
    case = replace(CASE, kind="mediation", tracks={"asked": REFERRAL}, openings={"o": one})
    assert said(event(kind, None, opening_states=[{"id": "o"}]), case) == expected


def test_a_provider_hears_of_nothing_before_its_sending_however_late_it_is_told() -> None:
    before = replace(fired("cancel"), at=NOW - timedelta(microseconds=1))
    assert said(before) == {("moved", OWNER)}


def test_a_named_person_stands_for_the_organisation() -> None:
    case = replace(CASE, tracks={**CASE.tracks, "asked": replace(REFERRAL, named="expert")})
    assert ("return", "expert") in said(fired("return"), case)
    assert ("due", "expert") in said(event(TIMER_FIRED, what="due", task="answer"), case)


def test_a_case_without_an_owner_is_looked_after_by_the_intake() -> None:
    assert said(fired("pass_triage", "main"), replace(CASE, owner=None)) == {("moved", "intake@")}


SHARES = st.lists(st.builds(Notice, kind=st.sampled_from(KINDS), task=st.sampled_from(["a", "b", None])), max_size=6)


@given(SHARES)
def test_one_person_is_told_what_matters_most(owed: list[Notice]) -> None:
    share = first_of(owed)
    assert bool(share) == bool(owed)
    if any(one.kind in AT_ONCE for one in owed):
        assert all(one.kind in AT_ONCE for one in share)
    assert all(one in owed for one in share)


@given(SHARES)
def test_a_follower_is_told_one_thing_that_asks_nobody(owed: list[Notice]) -> None:
    notice = for_follower(owed)
    assert notice is None or notice.kind in (MOVED, *FACTS)
    assert notice is None or notice.kind in FACTS or notice.task is None


@pytest.mark.parametrize(
    ("owed", "told"),
    [
        ([MENTION, DUE], None),
        ([TASK, MOVED], MOVED),
        ([DECISION], MOVED),
        ([TASK, OVERDUE], OVERDUE),
        ([OVERDUE, STOP], STOP),
        ([], None),
    ],
)
def test_what_a_follower_is_told(owed: list[str], told: str | None) -> None:
    notice = for_follower([Notice(kind, frozenset({"somebody"}), task="task") for kind in owed])
    assert (notice.kind if notice else None) == told
