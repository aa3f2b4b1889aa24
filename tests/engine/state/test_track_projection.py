"""What a track is after an event: where it stands, what has fired and played which part, who sees it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.engine.parts import FINAL_PARTS, GIVES_RESULT, SENDS
from casework.engine.state.events import FIRED
from casework.engine.state.revisions import KEEPS, TURNS
from casework.engine.state.track_projection import count_no_longer, moved, opened, work_at
from casework.ledger.canonical_json import instant
from tests.engine.pieces import NOW, event, fired, referral, track

GO: dict[str, Any] = {"transition": "go", "entered": True}


@pytest.mark.parametrize("kind", sorted(TURNS.keys() - {FIRED}))
def test_what_makes_a_form_stale_counts_a_revision(kind: str) -> None:
    assert moved(track(revision=4), event(kind, {"move": {"to": "b"}})).revision == 5


@pytest.mark.parametrize("kind", sorted(KEEPS))
def test_what_leaves_a_form_as_it_was_changes_nothing(kind: str) -> None:
    before = track(revision=4)
    assert moved(before, event(kind)) is before


def test_a_transition_moves_the_track_and_remembers_whence() -> None:
    after = moved(track(), event(FIRED, {**GO, "data": {"light": "green"}}, frm=("a",), to=("b",), acting_for="o"))
    at = event().at
    assert (after.states, after.entered_at, after.came_from) == (("b",), at, {"b": ("a",)})
    assert after.fired == {"go": fired(at=at, acting_for="o", data={"light": "green"})}
    assert after.revision == 1


def test_only_what_is_entered_anew_comes_from_there() -> None:
    before = track(states=("p.x", "q.y"), came_from={"q.y": ("start",)})
    after = moved(before, event(FIRED, GO, frm=("p.x", "q.y"), to=("p.z", "q.y")))
    assert after.came_from == {"q.y": ("start",), "p.z": ("p.x", "q.y")}


def test_the_way_back_is_no_way_from_there() -> None:
    after = moved(track(states=("held",)), event(FIRED, {"transition": "resume"}, frm=("held",), to=("a",)))
    assert (after.states, after.came_from) == (("a",), {})


def test_what_stays_where_it_is_has_not_entered() -> None:
    after = moved(track(entered_at=NOW), event(FIRED, {"transition": "note"}, frm=("a",), to=("a",)))
    assert (after.entered_at, after.states) == (NOW, ("a",))


def test_a_transition_that_fires_again_is_counted() -> None:
    after = moved(track(fired={"go": fired(count=2, data={"light": "red"})}), event(FIRED, GO, frm=("a",), to=("a",)))
    assert (after.fired["go"].count, after.fired["go"].data) == (3, {})


def test_an_end_has_its_moment_its_name_and_its_part() -> None:
    effects = {**GO, "ended": "approved", "came_to": GIVES_RESULT, "part": SENDS}
    after = moved(track(), event(FIRED, effects, frm=("a",), to=("approved",)))
    assert (after.ended_at, after.outcome) == (event().at, "approved")
    assert after.played == {SENDS: "go", GIVES_RESULT: "approved"}


def test_what_is_reopened_has_come_to_nothing_yet() -> None:
    ended = track(ended_at=NOW, outcome="approved", played={SENDS: "send", **dict.fromkeys(FINAL_PARTS, "approved")})
    after = moved(ended, event(FIRED, {**GO, "reopened": True}, frm=("approved",), to=("a",)))
    assert (after.ended_at, after.outcome, after.played) == (None, None, {SENDS: "send"})


def test_a_corrected_answer_stands_in_the_place_of_the_other_with_who_gave_it() -> None:
    before = track(fired={"go": fired(count=2, data={"light": "red"}), "note": fired()})
    after = moved(before, event("corrected", {"transition": "go", "data": {"light": "green"}}, actor="clerk"))
    assert after == replace(before, fired={"go": fired(count=2, data={"light": "green"}), "note": before.fired["note"]})
    assert moved(before, event("corrected", {"task": "k", "data": {}})) is before


def test_what_is_said_of_the_track_stands() -> None:
    said = {"named": "provider-1", "provider": "bank", "replaced": True}
    after = moved(
        referral(given={"question": "q"}, barred=frozenset({"x"})),
        event(
            "said",
            {
                **said,
                "given": {"documents": ["p"]},
                "barred": ["y"],
            },
        ),
    )
    assert {name: getattr(after, name) for name in said} == said
    assert after.given == {"question": "q", "documents": ["p"]}
    assert after.barred == {"x", "y"}


def test_a_receipt_covers_what_had_come_by_then() -> None:
    before = referral(received={"send": {"count": 1, "at": "then"}, "ask": {"count": 1, "at": "then"}})
    after = moved(before, event("received", {"received": {"send": 2}}))
    assert after.received == {"send": {"count": 2, "at": instant(event().at)}, "ask": {"count": 1, "at": "then"}}


def test_an_objection_keeps_who_raised_it_whoever_answers() -> None:
    raised = {"id": "o", "what": "raised", "side": "office", "to": "deliver"}
    once = moved(referral(), event("objected", {"objection": raised}, acting_for="officer-2"))
    assert once.objections == {
        "o": {"what": "raised", "side": "office", "to": "deliver", "by": "officer-1", "acting_for": "officer-2"}
    }
    twice = moved(once, event("objected", {"objection": raised | {"what": "answered"}}, actor="provider-1"))
    assert twice.objections == {"o": {**once.objections["o"], "what": "answered"}}


def test_a_track_is_opened_where_its_entry_says() -> None:
    entry: Any = {
        "id": "r",
        "workflow": "toy",
        "edition": "edition",
        "kind": "fix",
        "parent": "main",
        "provider": "lab",
        "states": ["a"],
        "part": "request",
        "given": {"question": "q"},
    }
    at = event().at
    wanted = referral("r", parent="main", played={}, given={"question": "q"}, entered_at=at, opened_at=at)
    assert opened({"main": track()}, [entry], event()) == {"main": track(), "r": wanted}


def test_what_is_replaced_counts_no_longer_and_the_rest_does() -> None:
    tracks = {id: track(id) for id in ("a", "b")}
    assert count_no_longer(tracks, ["a"], event()) == {"a": track("a", replaced=True), "b": track("b")}


def test_a_service_is_worked_on_by_whoever_has_its_referral() -> None:
    tracks = {one.id: one for one in (track(), referral("r"), track("s", parent="r"), track("other", parent="r2"))}
    after = work_at(tracks, "bank", event(track="r"))
    assert {id: one.provider for id, one in after.items()} == {"main": None, "r": "lab", "s": "bank", "other": None}
    assert work_at(tracks, "bank", event()) == tracks
