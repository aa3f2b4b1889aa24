"""`evolve`: the only code that changes a case's state; it serves a live case and a replay alike.

It reads an event's header and effects and treats the body's values as opaque. One table says which key of the effects
changes which field of the case, and how; what is done stands by its subject in the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

from casework.engine.state import case_projection as of_case
from casework.engine.state import document_projection as of_documents
from casework.engine.state import task_projection as of_tasks
from casework.engine.state import track_projection as of_tracks
from casework.engine.state.case import Case
from casework.engine.state.copies import replace
from casework.engine.state.events import OPENED, Event
from casework.engine.state.revisions import TURNS

#: A field's value before, what the effects say, and the event; gives its value afterwards and changes none of them.
Change = Callable[[Any, Any, Event], Any]

#: In this order and not the record's, for what a database gives back has an order of its own: the key of the effects, the
#: field of the case, and what becomes of it. What an event says of its own track is told by `of_tracks.moved`.
CHANGES: tuple[tuple[str, str, Change], ...] = (
    ("erased", "title", of_case.title_erased),
    ("erased", "files", of_documents.names_erased),
    ("tracks", "tracks", of_tracks.opened),
    ("replaced_tracks", "tracks", of_tracks.count_no_longer),
    ("provider", "tracks", of_tracks.work_at),
    ("tasks", "tasks", of_tasks.opened),
    ("task_states", "tasks", of_tasks.changed),
    ("clocks", "clocks", of_tasks.started),
    ("clock_states", "clocks", of_tasks.turned),
    ("proposal", "proposals", of_case.proposed),
    ("proposals_ended", "proposals", of_case.settled),
    ("consents", "consents", of_documents.consented),
    ("consents_ended", "consents", of_documents.consents_ended),
    ("documents", "documents", of_documents.registered),
    ("documents_withdrawn", "documents", of_documents.withdrawn),
    ("files", "files", of_documents.filed),
    ("grants", "grants", of_documents.granted),
    ("grant_days", "grants", of_documents.grant_days),
    ("grants_ended", "grants", of_documents.grants_ended),
    ("grants_returned", "grants", of_documents.grants_returned),
    ("openings", "openings", of_case.readers_asked),
    ("opening_states", "openings", of_case.readers_changed),
    ("interest", "interests", of_case.interested),
    ("interest_ended", "interests", of_case.interested_no_longer),
    ("join", "joins", of_case.joined),
    ("owner", "owner", of_case.owned),
    ("team", "team", of_case.staffed),
    ("hold", "hold", of_case.held),
    ("frozen", "frozen", of_case.frozen),
    ("outcome", "outcome", of_case.came_to),
    ("reasons", "reasons", of_case.came_to_it_by),
    ("closed", "closed_at", of_case.closed),
)


def fold(events: Iterable[Event]) -> Case | None:
    """The case that a log tells of."""
    return reduce(evolve, events, None)


def evolve(case: Case | None, event: Event) -> Case:
    """The case after an event."""
    effects: Mapping[str, Any] = event.effects
    if event.kind == OPENED:
        case = of_case.opened(event)
    if case is None:
        raise ValueError("a log begins with what opened it")
    changed: dict[str, Any] = {"seq": event.seq, "last_at": event.at}
    # Whoever fills in a form about owner and team must see first who names others, in whatever action.
    if event.track is None and event.kind in TURNS or "owner" in effects or "team" in effects:
        changed["revision"] = case.revision + 1
    if event.track is not None:
        track = case.tracks[event.track]
        moved = of_tracks.moved(track, event)
        if moved is not track:
            changed["tracks"] = {**case.tracks, event.track: moved}
    for key, field, change in CHANGES:
        if key in effects:
            changed[field] = change(changed[field] if field in changed else getattr(case, field), effects[key], event)
    return replace(case, **changed)
