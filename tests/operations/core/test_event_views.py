"""What happened as a sentence needs it: taken over from what another list shows, as far as the two say the same."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from casework.operations.cases.event_views import CaseEvent
from casework.operations.core.event_views import EventPaper, EventView, event_view
from casework.operations.core.views import Named

EVENT = CaseEvent(
    position=3,
    at="2026-03-02T02:00:00.000000Z",
    kind="fired",
    what="send",
    done="sent the request",
    track="track",
    from_=["draft"],
    to=["sent"],
    actor=Named(id="a", name="Anna"),
    role="officer",
    documents=[EventPaper(kind="report")],
    version=None,
    data={"fee": "programme"},
    happened_on=None,
    body={"question": "Does it reach 180 degrees?"},
    erased=["note"],
)


def test_what_both_say_is_taken_over_and_the_rest_is_as_if_there_were_none() -> None:
    assert event_view(EVENT) == EventView(
        kind="fired",
        what="send",
        actor=Named(id="a", name="Anna"),
        role="officer",
        documents=[EventPaper(kind="report")],
        data={"fee": "programme"},
        body={"question": "Does it reach 180 degrees?"},
        erased=["note"],
    )


def test_what_is_said_beside_it_counts_whatever_the_event_says() -> None:
    view = event_view(EVENT, what=None, edition="print", by_system=True)
    assert (view.what, view.edition, view.by_system, view.role) == (None, "print", True, "officer")


def test_of_an_event_its_kind_must_be_known_and_no_more() -> None:
    assert event_view(SimpleNamespace(kind="claimed")) == EventView(kind="claimed")
    with pytest.raises(TypeError):
        event_view(SimpleNamespace(what="send"))
    with pytest.raises(TypeError):
        event_view(EVENT, colour="red")
