"""What two persons decided to move, how far the worker has come with it, and who stopped it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine import batches
from casework.engine.batches import (
    BATCH_AGREED,
    BATCH_ASKED,
    BATCH_CANCELLED,
    BATCH_CASE,
    BATCH_RESUMED,
    BATCH_SUSPENDED,
    CANCELLED,
    ENDED,
    MOVED,
    RUNNING,
    STAYED,
    STEERS,
    SUSPENDED,
    asked_for,
    came_to,
    fold,
    may_follow,
    of_plan,
    row_after,
    under_way,
    why_not_agreed,
    why_not_asked,
    why_not_carried,
    why_not_steered,
)
from casework.engine.definition.migration_plans import digest_of
from casework.engine.removals import digest_of_case
from casework.engine.state.events import RegisterEvent

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)
PLAN = of_plan("case", "old", "new", {}, digest_of("old", "new", {}))
BACK = of_plan("case", "new", "old", {}, PLAN["plan"])
ASKS = asked_for("id", PLAN, ["a", "b"])


def event(seq: int, kind: str, actor: str = "one", **effects: Any) -> RegisterEvent:
    told: Any = effects
    return RegisterEvent(log="p", seq=seq, at=AT + timedelta(minutes=seq), kind=kind, actor=actor, effects=told)


ASKED = event(1, BATCH_ASKED, batch_asked=ASKS)
AGREED = event(2, BATCH_AGREED, "two", batch_agreed={"asked": 1, "digest": ASKS["digest"]})


def come(seq: int, case: str, outcome: str = MOVED, **more: Any) -> RegisterEvent:
    said = {"event": 9} if outcome == MOVED else {"why": [{"code": "x"}]}
    case = digest_of_case(case)
    return event(
        seq, BATCH_CASE, "system", batch_case={"decision": 2, "case": case, "outcome": outcome, **said, **more}
    )


def steer(seq: int, kind: str) -> RegisterEvent:
    return event(seq, kind, batch=2)


def test_nothing_waits_before_somebody_agreed_and_all_of_it_after() -> None:
    assert (fold([ASKED])[0].waiting, row_after(fold([ASKED]))) == ([], {})
    (one,) = fold([ASKED, AGREED])
    assert one.waiting == sorted([digest_of_case("a"), digest_of_case("b")])
    assert row_after([one]) == {"decision": 2, "state": RUNNING}
    assert ASKS["plan"] == PLAN["plan"]


@given(st.lists(st.sampled_from([*STEERS, "a", "b"]), max_size=8))
def test_whatever_is_let_through_ends_as_it_is_told(steps: list[str]) -> None:
    """A case is come to once and while it goes on; what was ended or cancelled goes on no more."""
    events = [ASKED, AGREED]
    known = fold(events)
    for seq, step in enumerate(steps, 3):
        one = steer(seq, step) if step in STEERS else come(seq, step)
        before = known[0].state
        against = why_not_steered(known, one) if step in STEERS else why_not_carried(known, one)
        if step in STEERS:
            assert (against is None) is may_follow(known[0], step)
        else:
            assert (against is None) is (before == RUNNING and digest_of_case(step) in known[0].waiting)
        if against is None:
            events.append(one)
            assert step in STEERS or came_to(known, one) == fold(events)
            known = fold(events)
        if before in (CANCELLED, ENDED):
            assert (against is not None, known[0].state, under_way(known)) == (True, before, None)
    assert known[0].goes_on is bool(row_after(known))
    assert (known[0].state == ENDED) is (known[0].waiting == [])


def test_who_stops_it_lets_it_go_on_and_ends_it() -> None:
    events = [ASKED, AGREED, steer(3, BATCH_SUSPENDED)]
    assert fold(events)[0].state == SUSPENDED
    assert "suspended" in str(why_not_carried(fold(events), come(4, "a")))
    events.append(steer(4, BATCH_RESUMED))
    assert (fold(events)[0].state, why_not_carried(fold(events), come(5, "a"))) == (RUNNING, None)
    events += [come(5, "a"), steer(6, BATCH_CANCELLED)]
    assert (fold(events)[0].state, len(fold(events)[0].waiting)) == (CANCELLED, 1)
    assert "no second person" in str(why_not_steered(fold([ASKED]), steer(2, BATCH_SUSPENDED)))


def test_nobody_agrees_alone_to_another_one_or_beside_one_that_goes_on() -> None:
    assert why_not_agreed(fold([ASKED]), AGREED) is None
    assert "had proposed" in str(why_not_agreed([], AGREED))
    assert "also agreed" in str(
        why_not_agreed(fold([ASKED]), event(2, BATCH_AGREED, batch_agreed=AGREED.effects["batch_agreed"]))
    )
    other = event(2, BATCH_AGREED, "two", batch_agreed={"asked": 1, "digest": "other"})
    assert "another batch" in str(why_not_agreed(fold([ASKED]), other))
    again = event(4, BATCH_AGREED, "two", batch_agreed={"asked": 3, "digest": ASKS["digest"]})
    beside = [ASKED, AGREED, event(3, BATCH_ASKED, batch_asked=ASKS)]
    assert "to its end" in str(why_not_agreed(fold(beside), again))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (ASKS, None),
        (ASKS | {"cases": ["a"]}, "digest was made of"),
        (asked_for("id", PLAN, []), "names no case"),
        (asked_for("id", PLAN | {"plan": "0"}, ["a"]), "another digest"),
        (asked_for("id", BACK, ["a"], reverts=2), None),
        (asked_for("id", PLAN, ["a"], reverts=2), "another edition"),
        (asked_for("id", BACK, ["a", "b"], reverts=2), "has not moved"),
        (asked_for("id", BACK, ["a"], reverts=7), "there is not"),
        (asked_for("id", BACK | {"plan": "0"}, ["a"], reverts=2), "there is not"),
    ],
)
def test_what_is_proposed_is_of_one_plan_and_takes_back_what_moved(asked: Any, why: str | None) -> None:
    known = fold([ASKED, AGREED, come(3, "a"), come(4, "b", STAYED)])
    found = why_not_asked(known, event(5, BATCH_ASKED, batch_asked=asked))
    assert (found is None) if why is None else why in str(found)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (come(3, "c"), "does not name"),
        (come(3, "a", decision=1), "no second person"),
        (come(3, "a", why=["x"]), "what became"),
        (come(3, "a", STAYED, event=4), "what became"),
        (come(3, "a", STAYED, why=[]), "what became"),
        (event(3, BATCH_CASE, "system", batch_case="none"), "no second person"),
    ],
)
def test_the_worker_says_once_what_became_of_a_case_that_is_named(one: RegisterEvent, why: str) -> None:
    assert why in str(why_not_carried(fold([ASKED, AGREED]), one))
    assert "before" in str(why_not_carried(fold([ASKED, AGREED, come(3, "a")]), come(4, "a")))
    assert batches.outcome_of(None) is None


ODD: list[Any] = [None, True, 0, -1, 2, "", "a", [], [[]], [None], ["a", "a"], {}, {"a": {}}, [{"a": []}]]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_whatever_somebody_makes_of_it_a_sentence_says_what_is_wrong(odd: Any) -> None:
    """Of any part of any event of a batch that is of another form, or not there."""
    told = [ASKED, AGREED, come(3, "a"), steer(4, batches.BATCH_SUSPENDED)]
    back = asked_for("id", BACK, ["a"], reverts=2)
    for name in (*back, "batch_asked"):
        for of in ({**back, name: odd}, {key: value for key, value in back.items() if key != name}, odd):
            forged = event(5, BATCH_ASKED, batch_asked=of)
            why_not_asked(fold(told), forged)
            known = fold([*told, forged])
            odd_case = event(6, BATCH_CASE, "system", batch_case={"decision": 2, "case": odd})
            for later in (event(6, BATCH_AGREED, "two", batch_agreed=odd), come(6, "a", decision=odd), odd_case):
                assert isinstance(fold([*told, forged, later]), list)
            why_not_agreed(known, event(6, BATCH_AGREED, "two", batch_agreed=odd))
            why_not_asked(known, event(7, BATCH_ASKED, batch_asked=back))
            batches.why_not_steered(known, event(6, batches.BATCH_RESUMED, batch=odd))
            why_not_carried(known, come(6, "a", decision=odd))
            why_not_carried(known, odd_case)
    for name in back.keys() - {"id", "reverts"}:
        without = {key: value for key, value in back.items() if key != name}
        assert why_not_asked(fold(told), event(5, BATCH_ASKED, batch_asked=without)) is not None, name
