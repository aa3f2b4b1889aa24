"""Where a referral lies in its provider's inbox: under which tab, and which before the others.

It is kept with each referral (`tracks.inbox`, `tracks.inbox_at`), so that an inbox does not put it together from all referrals and
tasks of the provider. The same of many in a query is `operations.referrals.inbox.PLACES`; a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from casework.engine.execution.context import Library
from casework.engine.parts import ACCEPTS, HANDED_IN
from casework.engine.state.case import IN_PROGRESS, READY, RESERVED, Case, Track

#: Not answered yet; accepted and at work; handed in, or at its end.
OFFERS, WORKING, DELIVERED = "offers", "working", "delivered"
#: Of what the provider has nothing to do in: after all that has a day.
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Of one referral."""

    tab: str
    #: The first day of what its provider must do; of what was handed in or has ended, when it was opened.
    at: datetime


def place_of(library: Library, case: Case, track: Track) -> Place | None:
    """None of what is no referral, or was not sent yet."""
    if not (track.is_referral and track.sent and track.provider):
        return None
    edition = library.editions.get(track.edition)
    if not track.live or edition is not None and edition.stands(HANDED_IN, track.states):
        return Place(DELIVERED, track.opened_at)
    within = {track.id, *(child.id for child in case.children(track.id))}
    days = [
        task.due_at
        for task in case.tasks.values()
        if task.due_at is not None
        and task.organisation == track.provider
        and task.track in within
        and task.state in (READY, RESERVED, IN_PROGRESS)
    ]
    return Place(WORKING if ACCEPTS in track.played else OFFERS, min(days, default=NEVER))
