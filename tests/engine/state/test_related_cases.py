"""What is kept of a link is what an event told of it, but for where it was done; what has ended is kept no more."""

from __future__ import annotations

from dataclasses import replace

from casework.engine.state.events import CASES_LINKED, CASES_UNLINKED, Event
from casework.engine.state.projection import evolve
from casework.engine.state.related_cases import RelatedCase, ToldLink
from tests.engine.toy_case import begun

TOLD: ToldLink = {"id": "l", "case": "other", "number": "BJ-2026-0002", "kind": "parent", "done_in": "other"}


def test_a_link_is_there_until_it_ends() -> None:
    case = begun().case
    event = Event(case.log, case.seq + 1, case.last_at, CASES_LINKED, "somebody", effects={"related": TOLD})
    linked = evolve(case, event)
    (link,) = linked.related.values()
    assert link == RelatedCase("l", "other", "BJ-2026-0002", "parent")
    assert RelatedCase.read(link.written()) == link
    assert linked.revision == case.revision + 1
    over = replace(event, seq=event.seq + 1, kind=CASES_UNLINKED, effects={"related_ended": TOLD})
    assert evolve(linked, over).related == {}
