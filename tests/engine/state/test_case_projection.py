"""What a case is after an event about the case itself: who opens it, who may read it for a time, whose it is, how it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from casework.engine.state import case_projection as fold
from casework.engine.state.case import MET_JOIN, Join, Opening
from casework.engine.state.effects_schema import StartedOpening
from casework.ledger.canonical_json import instant
from tests.engine.pieces import DAY, HOUR, NOW, event, proposal

EVENT = event()
ASKED = cast(
    StartedOpening,
    {"id": "o", "kind": "unsealing", "state": "asked", "reader": "r", "decider": "d", "days": 7, "until": None},
)


def test_a_case_begins_with_what_its_first_event_says() -> None:
    about = {
        "kind": "case",
        "programme": "p",
        "number": "N-1",
        "parties": {"need_owner": "n"},
        "rights": ["r1"],
        "owner": "o",
        "team": ["a", "b"],
        "match": "m",
        "need": "need",
        "technology": "t",
        "phase": "f",
        "about": "other",
    }
    opened = fold.opened(event("opened", {"case": about}, body={"title": "A pump"}))
    assert (opened.seq, opened.opened_at, opened.title, opened.log) == (0, EVENT.at, "A pump", "log")
    assert {name: getattr(opened, name) for name in about} == about | {"rights": ("r1",), "team": ("a", "b")}


def test_what_it_does_not_say_is_empty() -> None:
    opened = fold.opened(event("opened", {"case": {"kind": "mediation", "programme": "p"}}))
    assert (opened.title, opened.owner, opened.team, opened.rights, opened.parties) == (None, None, (), (), {})


def test_a_proposal_keeps_who_asked_in_whose_name_and_for_what() -> None:
    asked = event("proposed", {"data": {"light": "red"}}, track="main", acting_for="officer-2")
    after = fold.proposed({}, {"id": "p", "transition": "stop", "task": "k"}, asked)
    assert after == {"p": proposal("p", seq=3, acting_for="officer-2", data={"light": "red"}, task="k")}


def test_what_was_decided_waits_no_more_and_the_rest_does() -> None:
    before = {id: proposal(id) for id in ("p", "q")}
    assert list(fold.settled(before, ["p"], EVENT)) == ["q"]


def test_what_is_asked_for_is_decided_by_nobody_yet() -> None:
    asked = fold.readers_asked({}, [ASKED], EVENT)["o"]
    assert asked == Opening("o", "unsealing", "asked", "r", "officer-1", "d", EVENT.at, 7)


def test_what_opens_at_once_is_decided_with_it() -> None:
    until = instant(NOW + DAY)
    opened = fold.readers_asked({}, [{**ASKED, "state": "open", "until": until}], EVENT)["o"]
    assert (opened.until, opened.decided_at) == (NOW + DAY, EVENT.at)


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"state": "open", "until": instant(NOW + DAY)}, {"state": "open", "decided_at": EVENT.at, "until": NOW + DAY}),
        ({"state": "refused"}, {"state": "refused", "decided_at": EVENT.at}),
        ({"state": "ended"}, {"state": "ended", "ended_at": EVENT.at}),
        ({"told_on": "2026-03-05"}, {"told_on": "2026-03-05"}),
    ],
)
def test_what_becomes_of_an_opening(change: dict[str, Any], wanted: dict[str, Any]) -> None:
    before = fold.readers_asked({}, [ASKED], EVENT)
    after = fold.readers_changed(before, [cast(Any, {"id": "o", **change})], EVENT)
    assert after["o"] == replace(before["o"], **wanted)


def test_interests_are_added_and_taken_away() -> None:
    some = fold.interested(frozenset("a"), ["b"], EVENT)
    assert some == {"a", "b"}
    assert fold.interested_no_longer(some, ["a", "c"], EVENT) == {"b"}


def test_a_join_takes_the_place_of_the_same_one() -> None:
    join = Join("r1", "fix", "first", None, None, ("r1",))
    met = replace(join, state=MET_JOIN, by=("r1",))
    assert fold.joined({"r1": join, "r2": join}, met.written(), EVENT) == {"r1": met, "r2": join}


def test_the_last_word_stands() -> None:
    assert fold.owned("a", "b", EVENT) == "b"
    assert fold.staffed(("a",), ["b", "c"], EVENT) == ("b", "c")
    assert fold.held({"reason": "other"}, None, EVENT) is None
    assert [fold.frozen(not now, now, EVENT) for now in (True, False)] == [True, False]
    assert fold.came_to("signed", None, EVENT) is None
    assert fold.came_to_it_by(("a",), ["b"], EVENT) == ("b",)


def test_a_case_is_closed_at_the_moment_of_the_event_and_reopened_at_none() -> None:
    assert fold.closed(None, True, EVENT) == NOW + HOUR
    assert fold.closed(NOW, False, EVENT) is None


@pytest.mark.parametrize("erased", [True, False])
def test_a_title_is_erased_where_the_erasure_names_it(erased: bool) -> None:
    assert fold.title_erased("A pump", cast(Any, {"title": erased}), EVENT) == (None if erased else "A pump")
