"""Each kind of event either makes an open form stale or leaves it as it was, for a reason that is said."""

from __future__ import annotations

from casework.engine.state import events
from casework.engine.state.revisions import KEEPS, TURNS

KINDS = {value for name, value in vars(events).items() if name.isupper() and isinstance(value, str)}
KINDS -= events.NO_PERSONS


def test_each_kind_is_decided_once() -> None:
    assert not TURNS.keys() & KEEPS.keys()
    assert TURNS.keys() | KEEPS.keys() == KINDS


def test_each_is_decided_for_a_reason() -> None:
    assert all(len(why.split()) > 3 for why in (*TURNS.values(), *KEEPS.values()))


def test_what_moves_a_track_or_names_its_people_makes_a_form_stale() -> None:
    assert {events.FIRED, events.PROPOSED, events.REFUSED, events.HANDED_OVER, events.CONSENT_ENDED} <= TURNS.keys()


def test_a_task_or_a_message_does_not() -> None:
    assert {events.CLAIMED, events.COMPLETED, events.SAID, events.TICKED, events.TIMER_FIRED} <= KEEPS.keys()
