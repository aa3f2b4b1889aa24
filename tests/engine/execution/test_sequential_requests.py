"""One request to several providers: what the next one is asked, and with whose request its words stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from casework.engine.definition.editions import TransitionRule
from casework.engine.execution.sequential_requests import asked_by, line_of, request_of, same_request, still_asked
from tests.engine.pieces import HOUR, NOW, case, fired, referral, track
from tests.engine.toy_case import ToyReferral
from tests.engine.toys import library

LATEST = library(ToyReferral).latest("referral")
assert LATEST is not None
SEND = next(rule for rule in LATEST.transitions if rule.name == "send")

DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
FIRST = {"provider": "lab", "wanted_on": "2026-03-20", "question": "Does it hold?", "panel": ["x"], "beside": ["y"],
         "join": "first", "needed": 2}  # fmt: skip


@given(DAYS, DAYS, st.integers(0, 400))
def test_the_next_one_has_as_much_time_as_the_first(today: date, sent: date, days: int) -> None:
    first = FIRST | {"wanted_on": (sent + timedelta(days=days)).isoformat()}
    asked = same_request(referral(), referral("next", provider="bank"), first, today, sent)
    assert asked["wanted_on"] == (today + timedelta(days=days)).isoformat()


def test_it_is_asked_the_same_and_not_who_else_is_asked() -> None:
    before = referral(given={"documents": ["p1"], "panel": ["bank", "mill"]})
    following = referral("next", provider="bank", given={"panel": ["mill"]})
    day = date(2026, 3, 2)
    assert same_request(before, following, FIRST, day, day) == {
        "provider": "bank",
        "wanted_on": "2026-03-20",
        "question": "Does it hold?",
        "documents": ["p1"],
        "panel": ["mill"],
    }


def test_what_was_not_shared_and_who_is_not_left_is_not_said() -> None:
    day = date(2026, 3, 2)
    asked = same_request(referral(), referral("next"), FIRST, day, day)
    assert not asked.keys() & {"documents", "panel", "beside", "join", "needed"}


#: r1 was asked, then r2 and r3 of its panel; r4 beside r1, and r5 of r4's panel.
TRACKS = [
    track(),
    referral("r1"),
    *(referral(id, given=given) for id, given in (
        ("r2", {"after": "r1"}), ("r3", {"after": "r2"}), ("r4", {"with": "r1"}), ("r5", {"after": "r4"}),
    )),
]  # fmt: skip
STANDS = case(*TRACKS)


def _ids(found: list[Any]) -> list[str]:
    return [one.id for one in found]


def test_a_panel_is_a_line_and_who_is_asked_beside_is_alone() -> None:
    lines = {id: _ids(line_of(STANDS, STANDS.tracks[id])) for id in ("r1", "r3", "r4", "r5")}
    assert lines == {"r1": ["r1"], "r3": ["r1", "r2", "r3"], "r4": ["r4"], "r5": ["r4", "r5"]}


def test_the_words_stand_with_those_before_and_with_the_first_at_once() -> None:
    requests = {id: _ids(request_of(STANDS, STANDS.tracks[id])) for id in ("r1", "r3", "r4", "r5")}
    assert requests == {"r1": ["r1"], "r3": ["r1", "r2", "r3"], "r4": ["r1", "r4"], "r5": ["r1", "r4", "r5"]}


def _rule(*opens: str) -> TransitionRule:
    return replace(SEND, opens=cast(Any, tuple({"open": one} for one in opens)))


def test_whom_a_transition_asks_next_was_opened_with_it_and_has_done_nothing() -> None:
    main = track(fired={"send": fired(at=NOW)})
    new = {"opened_at": NOW, "fired": {}}
    after, beside = referral("a", given={"after": "r1"}, **new), referral("b", given={"with": "r1"}, **new)
    others = (
        referral("sent", given={"after": "r1"}, opened_at=NOW, fired={"send": fired()}),
        referral("earlier", given={"after": "r1"}, opened_at=NOW - HOUR, fired={}),
        referral("alone", **new),
    )
    first = referral("r1", fired={"send": fired()})
    stands = case(main, first, after, beside, *others)
    for opening in ("next_provider", "beside"):
        assert asked_by(stands, main, _rule("task", opening)) == [(first, after), (first, beside)]
    assert asked_by(stands, main, _rule("task", "referral")) == []
    assert asked_by(stands, track(), _rule("beside")) == []


def test_a_panel_keeps_its_order_without_those_whom_the_programme_asks_no_more() -> None:
    assert still_asked(["c", "a", "b"], {"providers": ["a", "c"]}) == ["c", "a"]
    assert still_asked(["c", "a"], {"providers": None}) == still_asked(["c", "a"], {}) == ["c", "a"]
    assert still_asked(["c", "a"], {"providers": []}) == []
