"""`evolve`: the only code that changes a case's state; it serves a live case and a replay alike.

It reads an event's header and effects and treats the body's values as opaque. One table says which key of the effects
changes which field of the case, and how; what is done stands by its subject in the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import Any

from casework.engine.state import (
    case_projection,
    document_projection,
    impacts,
    migration_projection,
    task_projection,
    track_projection,
)
from casework.engine.state.case import Case
from casework.engine.state.copies import replace
from casework.engine.state.events import OPENED, Event
from casework.engine.state.revisions import TURNS

#: A field's value before, what the effects say, and the event; gives its value afterwards and changes none of them.
Change = Callable[[Any, Any, Event], Any]

#: In this order and not the record's, for what a database gives back has an order of its own: the key of the effects, the
#: field of the case, and what becomes of it. What an event says of its own track is told by `of_tracks.moved`.
CHANGES: tuple[tuple[str, str, Change], ...] = (
    ("erased", "title", case_projection.title_erased),
    ("erased", "files", document_projection.names_erased),
    ("removal", "title", case_projection.title_removed),
    ("removal", "files", document_projection.contents_removed),
    ("removal", "removed_at", case_projection.removed),
    ("removal", "archived_as", case_projection.archived),
    ("tracks", "tracks", track_projection.opened),
    ("replaced_tracks", "tracks", track_projection.count_no_longer),
    ("provider", "tracks", track_projection.work_at),
    ("tasks", "tasks", task_projection.opened),
    ("task_states", "tasks", task_projection.changed),
    ("clocks", "clocks", task_projection.started),
    ("clock_states", "clocks", task_projection.turned),
    ("proposal", "proposals", case_projection.proposed),
    ("proposals_ended", "proposals", case_projection.settled),
    ("consents", "consents", document_projection.consented),
    ("consents_ended", "consents", document_projection.consents_ended),
    ("documents", "documents", document_projection.registered),
    ("documents_withdrawn", "documents", document_projection.withdrawn),
    ("dispatched", "documents", document_projection.dispatched),
    ("files", "files", document_projection.filed),
    ("grants", "grants", document_projection.granted),
    ("grant_days", "grants", document_projection.grant_days),
    ("grants_ended", "grants", document_projection.grants_ended),
    ("grants_returned", "grants", document_projection.grants_returned),
    ("openings", "openings", case_projection.readers_asked),
    ("opening_states", "openings", case_projection.readers_changed),
    ("links", "party_links", document_projection.links_given),
    ("link_states", "party_links", document_projection.links_changed),
    ("interest", "interests", case_projection.interested),
    ("interest_ended", "interests", case_projection.interested_no_longer),
    ("join", "joins", case_projection.joined),
    ("impacts", "impacts", impacts.recorded),
    ("statement", "statements", impacts.stated),
    ("owner", "owner", case_projection.owned),
    ("team", "team", case_projection.staffed),
    ("case_rights", "rights", case_projection.about_rights),
    ("related", "related", case_projection.linked),
    ("related_ended", "related", case_projection.unlinked),
    ("hold", "hold", case_projection.held),
    ("frozen", "frozen", case_projection.frozen),
    ("outcome", "outcome", case_projection.came_to),
    ("reasons", "reasons", case_projection.came_to_it_by),
    ("closed", "closed_at", case_projection.closed),
    ("migration", "tracks", migration_projection.tracks_moved),
    ("migration", "tasks", migration_projection.tasks_moved),
    ("migration", "clocks", migration_projection.clocks_moved),
)


def fold(events: Iterable[Event]) -> Case | None:
    """The case that a log tells of."""
    return reduce(evolve, events, None)


def evolve(case: Case | None, event: Event) -> Case:
    """The case after an event."""
    effects: Mapping[str, Any] = event.effects
    if event.kind == OPENED:
        case = case_projection.opened(event)
    if case is None:
        raise ValueError("a log begins with what opened it")
    changed: dict[str, Any] = {"seq": event.seq, "last_at": event.at}
    # Whoever fills in a form about owner and team must see first who names others, in whatever action.
    if event.track is None and event.kind in TURNS or "owner" in effects or "team" in effects:
        changed["revision"] = case.revision + 1
    if event.track is not None:
        track = case.tracks[event.track]
        moved = track_projection.moved(track, event)
        if moved is not track:
            changed["tracks"] = {**case.tracks, event.track: moved}
    for key, field, change in CHANGES:
        if key in effects:
            changed[field] = change(changed[field] if field in changed else getattr(case, field), effects[key], event)
    return replace(case, **changed)
