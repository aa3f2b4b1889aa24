"""Where a referral lies in its provider's inbox."""

from __future__ import annotations

from typing import Any

import pytest

from casework.definitions import load_library
from casework.engine.case_objects.inbox import DELIVERED, NEVER, OFFERS, WORKING, Place, place_of
from casework.engine.parts import ACCEPTS, ASKED, AT_WORK, HANDED_IN, REFERRAL, SENDS, UNSENT
from casework.engine.state.case import OPEN, SUSPENDED, TASK_STATES, Task
from tests.engine.pieces import DAY, NOW, case, referral, task, track

LIBRARY = load_library()
EDITION = next(edition for edition in LIBRARY.editions.values() if edition.part == REFERRAL)
STATES = {state.part: state.path for state in EDITION.states.values()}
ACCEPTED = {SENDS: "send", ACCEPTS: "accept"}


def place(*tasks: Task, at: str = ASKED, **said: Any) -> Place | None:
    """Of a referral at a state of some part, with the service inside it and another referral beside it."""
    own = referral(edition=EDITION.fingerprint, states=(STATES[at],), opened_at=NOW - DAY, **said)
    inside, other = track("service", parent="referral"), referral("other", edition=EDITION.fingerprint)
    return place_of(LIBRARY, case(track(), own, inside, other, tasks=tasks), own)


def theirs(on: str = "referral", **said: Any) -> Task:
    return task(**{"track": on, "organisation": "lab", "due_at": NOW, **said})


def test_what_is_not_sent_or_no_referral_lies_in_none() -> None:
    assert place(at=UNSENT, played={}) is None
    assert place(provider=None) is None
    assert place_of(LIBRARY, case(), track()) is None


def test_a_referral_goes_from_tab_to_tab() -> None:
    assert place() == Place(OFFERS, NEVER)
    assert place(at=AT_WORK, played=ACCEPTED) == Place(WORKING, NEVER)
    # From then on by when it was opened: whatever is due meanwhile.
    assert place(theirs(), at=HANDED_IN, played=ACCEPTED) == Place(DELIVERED, NOW - DAY)
    assert place(theirs(), ended_at=NOW) == Place(DELIVERED, NOW - DAY)


@pytest.mark.parametrize("on", ["referral", "service"])
def test_it_lies_by_the_first_day_of_what_its_provider_must_do(on: str) -> None:
    later = theirs(on, id="later", due_at=NOW + DAY)
    assert place(later) == Place(OFFERS, NOW + DAY)
    assert place(later, theirs(on)) == Place(OFFERS, NOW)


@pytest.mark.parametrize("other", [{"on": "other"}, {"on": "main"}, {"organisation": None}, {"organisation": "bank"}])
def test_what_others_must_do_says_nothing(other: dict[str, Any]) -> None:
    assert place(theirs(**other)) == Place(OFFERS, NEVER)


@pytest.mark.parametrize("state", TASK_STATES)
def test_what_can_be_done_counts(state: str) -> None:
    counts = state in OPEN - {SUSPENDED, "Created"}
    assert place(theirs(state=state)) == Place(OFFERS, NOW if counts else NEVER)
