"""What a programme's log tells of attestations, one event after the other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from casework.engine.state.events import RegisterEvent
from casework.ledger.redactable_bodies import ERASED
from casework.operations.verification.attested import ATTESTED, fold

TREE: Any = {"origin": "log.example", "size": 7, "root": "AAAA"}


def event(number: int, *, kind: str = ATTESTED, words: Any = "So.", **told: Any) -> tuple[RegisterEvent, str]:
    effects: Any = {"attestation": {"number": number, "checkpoint": TREE, **told}}
    at = datetime(2026, 1, number, tzinfo=UTC)
    body = {"words": words, "statement": {"form": 1}}
    return RegisterEvent("p", number, at, kind, "lin", effects=effects, body=body), f"hash {number}"


def test_each_stands_with_its_words_and_the_hash_of_its_event() -> None:
    one = fold([event(1)])[1]
    assert (one.words, one.hash, one.checkpoint, one.superseded_by) == ("So.", "hash 1", TREE, None)


def test_a_later_one_stands_in_the_place_of_the_one_that_it_names() -> None:
    signed = fold([event(1), event(2), event(3, supersedes=1)])
    assert [one.superseded_by for one in signed.values()] == [3, None, None]


def test_words_that_were_erased_are_none() -> None:
    assert fold([event(1, words=ERASED)])[1].words is None


def test_other_events_say_nothing_of_it() -> None:
    assert fold([event(1, kind="list_set")]) == {}
