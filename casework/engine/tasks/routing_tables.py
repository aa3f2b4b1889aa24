"""How a programme comes to another routing table: one person proposes it with a reason, and a second one agrees.

What was proposed stands in the programme's own log, and the versions are what its events add up to.
"""

from __future__ import annotations

from collections.abc import Iterable

from casework.engine import setting_proposals
from casework.engine.decision_tables.tables import Table, TableFault
from casework.engine.setting_proposals import Proposal
from casework.engine.state.events import RegisterEvent
from casework.engine.tasks.routing import EMPTY, fitted, unsound, with_words
from casework.json_values import JsonObject

#: What the log of a programme says was done.
ROUTING_ASKED, ROUTING_SET, ROUTING_REFUSED = "routing_asked", "routing_set", "routing_refused"
OF_ROUTING = (ROUTING_ASKED, ROUTING_SET, ROUTING_REFUSED)
#: In the body of what is proposed, the notes of its rows.
NOTES = "notes"
#: The number of the table that a programme begins with, which has no rows.
FIRST_VERSION = 1


def table_in(proposal: Proposal) -> Table:
    """The table that somebody proposed; what was forged and is none counts as one without rows."""
    try:
        return with_words(proposal.asked.effects.get("routing_asked", {}), proposal.asked.body.get(NOTES))
    except TableFault:
        return EMPTY


def fold(events: Iterable[RegisterEvent]) -> list[Proposal]:
    """The proposals that a programme's log adds up to, in order; only the last one can wait for the second person."""
    return setting_proposals.fold(events, OF_ROUTING)


def written(version: int, proposal: Proposal) -> JsonObject:
    """What is in force once a proposal is agreed to, as the row and the event hold it; its notes stand with the proposal."""
    return {
        "version": version,
        "asked": proposal.asked.seq,
        "table": dict(proposal.asked.effects.get("routing_asked", {})),
    }


def why_not_agreed(proposal: Proposal | None, before: int, event: RegisterEvent) -> str | None:
    """What speaks against an event that sets a table, where the version `before` was in force; None where it may be."""
    if proposal is None or not proposal.matter.waits:
        return "nobody had proposed this routing table"
    said = event.effects.get("routing")
    if said != written(before + 1, proposal):
        return "another routing table was set than the one that was proposed, or with another number"
    if proposal.matter.is_party(event.actor):
        return "the person who proposed the routing table also agreed to it"
    try:
        wrong = unsound(fitted(with_words(said["table"], None)))
    except TableFault:
        return "a routing table was set that cannot be read"
    return "a routing table was set that decides some tasks twice, or not at all" if wrong else None


__all__ = [
    "FIRST_VERSION", "NOTES", "OF_ROUTING", "ROUTING_ASKED", "ROUTING_REFUSED", "ROUTING_SET",
    "fold", "table_in", "why_not_agreed", "written",
]  # fmt: skip
