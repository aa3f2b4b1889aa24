"""A transition goes where its edition leads, by its own roles, with another pair of eyes where it wants one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.execution.commands import Recount
from casework.engine.execution.context import By
from casework.engine.state.case import Case
from casework.engine.state.events import FIRED, Event
from casework.engine.state.projection import fold
from casework.operations.history.point_in_time import Past
from casework.operations.verification.authorization.evidence import EarlierEvent, Evidence
from casework.operations.verification.authorization.transitions import judge_recounted, judge_transition
from tests.engine.toy_case import accept, begun
from tests.engine.toys import DAY, Play
from tests.operations.verification.forger import Forgery, Scene, Stored, finished, insist_told, the

Judge = Callable[[Evidence, Case, Event], Iterator[str]]


def _elsewhere(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["header"]["to"] = ["scoping"]


def _unknown_transition(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["effects"]["transition"] = "sign"


def _wrong_role(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "approve_plan")["header"] |= {"role": "officer", "actor": scene.world.people["officer"]}


def _four_eyes(scene: Scene, rows: list[Stored]) -> None:
    supervisor = scene.world.people["supervisor"]
    the(rows, "completed", "service_plan")["header"] |= {"actor": supervisor, "role": "supervisor"}
    finished(rows, "service_plan")["by"] = supervisor


def _own_confirmation(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "compliance_stop")["header"]["actor"] = scene.world.people["compliance"]


def _other_than_proposed(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "compliance_stop")["effects"]["data"]["reason"] = "export_control"


def _by_itself(scene: Scene, rows: list[Stored]) -> None:
    the(rows, "fired", "take")["header"] |= {"actor": "system", "role": "system"}


ILLEGAL: dict[str, Forgery] = {
    "a state that it does not lead to": (_elsewhere, ("fired", "take"), "leads to triage, not to scoping"),
    "a transition that is not there": (_unknown_transition, ("fired", "sign"), "has no transition “sign”"),
    "a role that may not": (_wrong_role, ("fired", "approve_plan"), "is for supervisor, not for officer"),
    "one pair of eyes": (_four_eyes, ("fired", "approve_plan"), "another person must do this"),
    "one's own proposal": (_own_confirmation, ("fired", "compliance_stop"), "also confirmed it"),
    "another form than proposed": (_other_than_proposed, ("fired", "compliance_stop"), "than what was proposed"),
    "nobody's action": (_by_itself, ("fired", "take"), "no clock was due"),
}  # fmt: skip


@pytest.mark.parametrize("name", ILLEGAL)
def test_what_no_transition_leads_to_is_found(name: str, scene: Scene, attack: Connection) -> None:
    insist_told(attack, scene, ILLEGAL[name])


# --- of the toy case, which no log of the database knows -----------------------------------------------------------------


@pytest.fixture
def resumed() -> Play:
    """A case that a clock has just taken off hold."""
    play = begun()
    play.fire("hold", data={"day": "2026-03-20"})
    play.wait(20 * DAY)
    assert play.names()[-1] == "resume_due"
    return play


def _judged(db: Connection, play: Play, judge: Judge, **changed: Any) -> list[str]:
    """What is said of the last event, with something of it changed."""
    before = fold(play.events[:-1])
    assert before is not None
    return list(judge(Evidence(play.library, Past(db)), before, replace(play.events[-1], **changed)))


def test_what_a_clock_fires_stops_that_clock_and_comes_when_it_is_due(resumed: Play, db: Connection) -> None:
    event, refused = resumed.events[-1], ["no clock was due for “resume_due”"]
    assert _judged(db, resumed, judge_transition) == []
    goes_on = [{**change, "state": "running"} for change in event.effects["clock_states"]]
    assert _judged(db, resumed, judge_transition, effects={**event.effects, "clock_states": []}) == refused
    assert _judged(db, resumed, judge_transition, effects={**event.effects, "clock_states": goes_on}) == refused
    assert _judged(db, resumed, judge_transition, at=event.at - 2 * DAY) == refused


def test_clocks_are_counted_again_by_a_calendar_that_the_programme_had(db: Connection) -> None:
    play = begun()
    play.calendar = replace(play.calendar, version=2, holidays=frozenset({date(2026, 3, 4)}))
    play.do(Recount(), By())
    assert _judged(db, play, judge_recounted) == ["the programme had no such calendar"]
    named = {"actor": "officer-1", "effects": {**play.events[-1].effects, "owner": "officer-1"}}
    assert len(_judged(db, play, judge_recounted, **named)) == 3


def _cancelled(db: Connection, play: Play, *also: tuple[str, str]) -> list[str]:
    """What is said of a referral's cancelling by itself, where what drew it draws this."""
    play.fire("call_off")
    n, event = next((n, one) for n, one in enumerate(play.events) if one.effects.get("transition") == "cancel")
    before, cause = fold(play.events[:n]), play.events[n - 1]
    assert before is not None
    (rule,) = [one for one in play.library[str(cause.edition)].transitions if one.name == "call_off"]
    earlier = EarlierEvent(FIRED, cause.track, cause.actor, replace(rule, also=also))
    return list(judge_transition(Evidence(play.library, Past(db), {cause.seq: earlier}), before, event))


def test_what_cancels_the_drafts_of_a_case_cancels_no_request_that_was_sent(db: Connection) -> None:
    refused = ["what it names as its cause did not bring “cancel” about"]
    draft = begun()
    draft.fire("refer")
    assert _cancelled(db, draft, ("unsent", "cancel")) == []
    sent = begun()
    accept(sent)
    assert _cancelled(db, sent, ("unsent", "cancel")) == refused


@pytest.mark.parametrize(("also", "drawn"), [("referrals", True), ("child", False), ("anything", False)])
def test_what_is_drawn_stands_where_what_drew_it_says(db: Connection, also: str, drawn: bool) -> None:
    sent = begun()
    accept(sent)
    assert (_cancelled(db, sent, (also, "cancel")) == []) is drawn
