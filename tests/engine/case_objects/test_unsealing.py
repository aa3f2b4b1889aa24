"""A sealed mediation is unsealed by two persons, for a third one and for a time; who asks, who agrees and when it is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casework import reasons
from casework.engine.case_objects.unsealing import ENDED, MOST_DAYS, OPEN, faults_of
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import AskUnsealing, DecideUnsealing, Reseal, TellParties
from casework.engine.roles import Role
from casework.engine.state.case import Case, Opening
from casework.engine.state.events import Event
from casework.engine.two_person import REFUSED
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.reasons import Reason
from tests.engine.toy_case import begun
from tests.engine.toys import COMPLIANCE, DAY, SECOND_COMPLIANCE, SUPERVISOR, Play

ASKER = By("dispute-1", Role.DISPUTE_OFFICER)
READER, DECIDER = "auditor-1", COMPLIANCE.person


def mediation(**more: Any) -> Play:
    play = begun()
    play._case = replace(play.case, **({"kind": "mediation", "owner": "owner-1", "team": ("helper-1",)} | more))
    return play


def ask(play: Play, by: By = ASKER, **more: Any) -> str:
    asked: dict[str, Any] = {"reader": READER, "decider": DECIDER, "days": 5, "reason": "A court asks."}
    return play.do(AskUnsealing(**(asked | more)), by)[0].effects["openings"][0]["id"]


def decide(play: Play, by: By = COMPLIANCE, *, agree: bool = True, note: str | None = None) -> Event:
    (opening,) = play.case.openings
    return play.do(DecideUnsealing(opening, agree, note), by)[0]


def opening(play: Play) -> Opening:
    (one,) = play.case.openings.values()
    return one


def opened() -> Play:
    play = mediation()
    ask(play)
    decide(play)
    return play


# --- asking ----------------------------------------------------------------------------------------------------------


def test_only_a_mediation_is_asked_for_and_only_by_whoever_works_on_it() -> None:
    with pytest.raises(NotFound):
        ask(begun())
    for role in set(Role) - {Role.DISPUTE_OFFICER}:
        with pytest.raises(NotAllowed):
            ask(mediation(), By("somebody", role))


@pytest.mark.parametrize(
    ("days", "possible"), [(0, False), (1, True), (MOST_DAYS, True), (MOST_DAYS + 1, False), (-1, False)]
)
def test_it_lasts_between_a_day_and_a_month(days: int, possible: bool) -> None:
    play = mediation()
    if possible:
        ask(play, days=days)
        assert opening(play).days == days
        return
    with pytest.raises(InvalidForm) as refused:
        ask(play, days=days)
    assert list(refused.value.fields) == ["days"]


@pytest.mark.parametrize(
    ("more", "field", "why"),
    [
        ({"reader": ASKER.person}, "reader", reasons.mediations.READS_ALREADY),
        ({"reader": "owner-1"}, "reader", reasons.mediations.READS_ALREADY),
        ({"reader": "helper-1"}, "reader", reasons.mediations.READS_ALREADY),
        ({"reader": "interested-1"}, "reader", reasons.cases.DECLARED_INTEREST),
        ({"decider": READER}, "decider", reasons.mediations.ANOTHER_THAN_READER),
        ({"decider": ASKER.person}, "decider", reasons.mediations.ANOTHER_THAN_READER),
        ({"decider": "owner-1"}, "decider", reasons.mediations.ANOTHER_THAN_READER),
        ({"decider": "interested-1"}, "decider", reasons.cases.DECLARED_INTEREST),
    ],
)
def test_asker_reader_and_decider_are_three_and_the_last_two_are_new_to_it(more: Any, field: str, why: Reason) -> None:
    with pytest.raises(InvalidForm) as refused:
        ask(mediation(interests=frozenset({"interested-1"})), **more)
    assert refused.value.fields == {field: why}


def test_a_reader_is_asked_for_again_only_when_nothing_waits_or_is_open() -> None:
    play = mediation()
    ask(play)
    ask(play, reader="another")
    with pytest.raises(InvalidForm) as waits:
        ask(play)
    assert waits.value.fields == {"reader": reasons.mediations.NAMED_ALREADY}
    play = opened()
    with pytest.raises(InvalidForm):
        ask(play)
    play.now = opening(play).until or play.now
    ask(play)


# --- deciding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "by",
    [
        SECOND_COMPLIANCE,
        By(DECIDER, Role.OFFICER),
        By(READER, Role.COMPLIANCE),
        By(ASKER.person, Role.COMPLIANCE),
        replace(COMPLIANCE, acting_for=SECOND_COMPLIANCE.person),
        SUPERVISOR,
    ],
)
def test_only_the_second_person_who_was_named_decides_and_nobody_for_them(by: By) -> None:
    play = mediation()
    ask(play)
    with pytest.raises(NotAllowed):
        decide(play, by)


def test_what_is_agreed_to_is_open_for_as_long_as_was_asked_and_decided_once() -> None:
    play = mediation()
    ask(play, days=3)
    event = decide(play)
    assert event.track == play.case.main.id
    assert (opening(play).state, opening(play).until) == (OPEN, event.at + timedelta(days=3))
    for agree in (True, False):
        with pytest.raises(WrongState):
            decide(play, agree=agree)


def test_what_is_refused_opens_nothing_and_tells_the_case_alone() -> None:
    play = mediation()
    ask(play)
    event = decide(play, agree=False, note="Not now.")
    assert (event.track, event.body) == (None, {"note": "Not now."})
    assert (opening(play).state, opening(play).until) == (REFUSED, None)


# --- ending and telling ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "may"), [(ASKER, True), (COMPLIANCE, True), (SECOND_COMPLIANCE, False), (SUPERVISOR, False)]
)
def test_the_two_end_it_before_its_time(by: By, may: bool) -> None:
    play = opened()
    if not may:
        with pytest.raises(NotAllowed):
            play.do(Reseal(opening(play).id), by)
        return
    assert play.do(Reseal(opening(play).id), by)[0].track == play.case.main.id
    assert opening(play).state == ENDED
    with pytest.raises(WrongState):
        play.do(Reseal(opening(play).id), by)


def test_what_has_run_out_is_not_ended_again_and_what_was_not_agreed_to_ends_quietly() -> None:
    play = opened()
    play.now = opening(play).until or play.now
    with pytest.raises(WrongState):
        play.do(Reseal(opening(play).id), ASKER)
    play = mediation()
    ask(play)
    assert play.do(Reseal(opening(play).id), ASKER)[0].track is None


def test_the_parties_are_told_once_on_a_day_between_the_decision_and_today() -> None:
    play = opened()
    decided = play.calendar.local_date(play.now)
    play.now += 2 * DAY

    def tell(days: int) -> TellParties:
        return TellParties(opening(play).id, (decided + days * DAY).isoformat())

    for outside in (-1, 3):
        with pytest.raises(InvalidForm):
            play.do(tell(outside), ASKER)
    with pytest.raises(NotAllowed):
        play.do(tell(1), COMPLIANCE)
    play.do(tell(2), ASKER)
    assert opening(play).told_on == (decided + 2 * DAY).isoformat()
    with pytest.raises(WrongState):
        play.do(tell(2), ASKER)


@pytest.mark.parametrize("agree", [None, False])
def test_of_what_was_never_open_nothing_is_told(agree: bool | None) -> None:
    play = mediation()
    ask(play)
    if agree is not None:
        decide(play, agree=agree)
    with pytest.raises(WrongState):
        play.do(TellParties(opening(play).id, "2026-03-02"), ASKER)


@pytest.mark.parametrize("command", [DecideUnsealing("x", True), Reseal("x"), TellParties("x", "2026-03-02")])
def test_an_opening_of_another_kind_is_not_found(command: Any) -> None:
    play = opened()
    glass = replace(opening(play), id="x", kind="break_glass")
    play._case = replace(play.case, openings={"x": glass})
    with pytest.raises(NotFound):
        play.do(command, ASKER)


# --- judged again ----------------------------------------------------------------------------------------------------


def recorded() -> dict[str, tuple[Case, Event]]:
    """Each kind of event of an unsealing with the case before it."""
    play, kept = mediation(), {}
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("asked", lambda: ask(play)),
        ("unsealed", lambda: decide(play)),
        ("told", lambda: play.do(TellParties(opening(play).id, "2026-03-02"), ASKER)),
        ("resealed", lambda: play.do(Reseal(opening(play).id), ASKER)),
    ]
    for name, step in steps:
        before = play.case
        step()
        kept[name] = (before, play.events[-1])
    play = mediation()
    ask(play)
    before = play.case
    kept["refused"] = (before, decide(play, agree=False))
    return kept


RECORDED = recorded()


def forged(name: str, **change: Any) -> list[str]:
    """What is wrong with a recorded event once this was changed in its opening."""
    before, event = RECORDED[name]
    key = "openings" if name == "asked" else "opening_states"
    effects: Any = dict(event.effects)
    return list(faults_of(before, replace(event, effects=effects | {key: [effects[key][0] | change]})))


@pytest.mark.parametrize("name", RECORDED)
def test_what_was_done_as_it_must_be_has_no_faults(name: str) -> None:
    assert forged(name) == []


@pytest.mark.parametrize("name", RECORDED)
def test_nothing_of_it_is_done_in_somebody_elses_place_or_with_something_else(name: str) -> None:
    before, event = RECORDED[name]
    more: Any = {**event.effects, "frozen": True}
    assert list(faults_of(before, replace(event, acting_for="x"))) == ["it was done in somebody else's place"]
    assert list(faults_of(before, replace(event, effects=more))) == ["it did more than open or seal"]


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("asked", {"kind": "break_glass"}, "by itself"),
        ("asked", {"state": OPEN}, "by itself"),
        ("asked", {"until": "2026-03-09T00:00:00Z"}, "by itself"),
        ("asked", {"reader": ASKER.person}, "not two other persons"),
        ("asked", {"reader": "helper-1"}, "not two other persons"),
        ("asked", {"decider": READER}, "not two other persons"),
        ("asked", {"decider": ASKER.person}, "not two other persons"),
        ("asked", {"days": MOST_DAYS + 1}, "longer than 30 days"),
        ("asked", {"days": 0}, "longer than 30 days"),
        ("unsealed", {"state": REFUSED}, "something else than it says"),
        ("unsealed", {"until": "2026-03-31T00:00:00.000000Z"}, "longer than was asked for"),
        ("unsealed", {"id": "nothing"}, "nobody had asked"),
        ("refused", {"state": OPEN}, "something else than it says"),
        ("resealed", {"state": OPEN}, "nothing to seal again"),
        ("told", {"state": ENDED}, "nothing that the parties"),
    ],
)
def test_what_was_recorded_otherwise_is_found(name: str, change: Any, told: str) -> None:
    assert [told in fault for fault in forged(name, **change)] == [True]


def test_a_step_in_the_wrong_state_or_by_somebody_else_is_found() -> None:
    def told(name: str, opening_change: dict[str, Any], **event: Any) -> list[str]:
        before, kept = RECORDED[name]
        openings = {id: replace(one, **opening_change) for id, one in before.openings.items()}
        return list(faults_of(replace(before, openings=openings), replace(kept, **event)))

    assert told("unsealed", {"state": OPEN}) == ["it had been decided already"]
    assert told("unsealed", {}, actor="another") == ["it was not decided by the second person who was named for it"]
    assert told("unsealed", {"reader": DECIDER}) == ["it was not decided by the second person who was named for it"]
    assert told("resealed", {"state": REFUSED}) == ["there was nothing to seal again"]
    assert told("resealed", {}, role=Role.SUPERVISOR) == ["it was ended by somebody who had no part in it"]
    assert told("resealed", {}, role=Role.COMPLIANCE, actor=DECIDER) == []
    for change in ({"decided_at": None}, {"state": REFUSED}, {"told_on": "2026-03-02"}):
        assert told("told", change) == ["there was nothing that the parties had to be told"]


def test_only_of_a_mediation_it_is_asked() -> None:
    before, event = RECORDED["asked"]
    (told,) = faults_of(replace(before, kind="case"), event)
    assert "by itself" in told
