"""Links between cases of a programme: related ones, parent and child, and a case that is a duplicate of another one.

A link stands in both logs, each time from that case's side, and ends in both. A case has one parent at most; parents make a line
that is short and never comes back to where it began.
"""

from __future__ import annotations

from collections.abc import Mapping

from casework import reasons
from casework.engine.execution.commands import LinkCase, UnlinkCase
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.task_changes import commit
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import CASES_LINKED, CASES_UNLINKED, LINKINGS, Event
from casework.engine.state.related_cases import ToldLink
from casework.errors import InvalidForm, NotFound
from casework.reasons import Why

#: What the other case is to the one whose link it is. Of the original this case is a duplicate; the duplicate is one of this case.
RELATED, PARENT, CHILD, ORIGINAL, DUPLICATE = "related", "parent", "child", "original", "duplicate"
#: What a link is as the other case has it.
FROM_THERE: Mapping[str, str] = {
    RELATED: RELATED,
    PARENT: CHILD,
    CHILD: PARENT,
    ORIGINAL: DUPLICATE,
    DUPLICATE: ORIGINAL,
}
#: A case has one of each at most.
ONCE = frozenset({PARENT, ORIGINAL})
#: Who links a case that they work on, and ends a link of it.
LINKERS = (Role.OFFICER, Role.SUPERVISOR)
#: A case has so many links at most, and so many cases stand in one line of parents.
MOST, DEEPEST = 20, 5
#: The fields of its form.
OTHER, KIND, REASON = "other", "kind", "reason"


def link(builder: EventBuilder, command: LinkCase) -> None:
    """Link the case to another one. Raises InvalidForm where this side of it speaks against that."""
    case = builder.case
    if command.kind not in FROM_THERE:
        raise InvalidForm(fields={KIND: reasons.fields.NOT_A_CHOICE})
    told: ToldLink = {
        "id": command.id,
        "case": command.case,
        "number": command.number,
        "kind": command.kind,
        "done_in": command.done_in,
    }
    if (why := why_not(case, told)) is not None:
        raise InvalidForm(fields={OTHER: why})
    builder.begin(CASES_LINKED, None, {"what": command.kind, "name": command.number, "related": told})
    commit(builder)


def why_not(case: Case, told: ToldLink) -> Why | None:
    """What of a case speaks against a link: on either side."""
    links = case.related.values()
    if told["case"] == case.log:
        return reasons.cases.LINK_TO_ITSELF
    if any(one.case == told["case"] for one in links):
        return reasons.cases.LINKED_ALREADY(number=told["number"])
    if len(links) >= MOST:
        return reasons.cases.MOST_LINKS(number=str(case.number), most=MOST)
    same = next((one for one in links if one.kind == told["kind"]), None)
    if told["kind"] in ONCE and same is not None:
        words = reasons.cases.HAS_PARENT if told["kind"] == PARENT else reasons.cases.IS_DUPLICATE
        return words(number=str(case.number), other=same.number)
    return None


def unlink(builder: EventBuilder, command: UnlinkCase) -> None:
    """End a link of the case. Raises NotFound for one that it does not have."""
    standing = builder.case.related.get(command.id)
    if standing is None:
        raise NotFound("link")
    told: ToldLink = {**standing.written(), "done_in": command.done_in}
    body = {REASON: line(command.reason, REASON)}
    effects: Effects = {"what": standing.kind, "name": standing.number, "related_ended": told}
    builder.begin(CASES_UNLINKED, None, effects, body)
    commit(builder)


def link_told(event: Event) -> ToldLink | None:
    """What an event tells of a link."""
    return event.effects.get("related") or event.effects.get("related_ended")


def done_elsewhere(event: Event) -> bool:
    """Whether it was done in the other case, by somebody who need not work on this one."""
    told = link_told(event) if event.kind in LINKINGS else None
    return told is not None and told["done_in"] == told["case"]


# --- lines of parents ------------------------------------------------------------------------------------------------


def against_parent(parents: Mapping[str, str], child: str, parent: str) -> Why | None:
    """What speaks against one case being the parent of another, where `parents` says of each child which is its parent."""
    above = line_above(parents, parent)
    if child in above:
        return reasons.cases.RING_OF_PARENTS
    if len(above) + depth_below(parents, child) > DEEPEST:
        return reasons.cases.LINE_TOO_DEEP(most=DEEPEST)
    return None


def line_above(parents: Mapping[str, str], case: str) -> list[str]:
    """The line from a case to the one above all, itself included; of a ring each case once."""
    above = [case]
    while (parent := parents.get(above[-1])) is not None and parent not in above:
        above.append(parent)
    return above


def depth_below(parents: Mapping[str, str], case: str) -> int:
    """How many cases stand in the longest line that begins at a case and goes down, itself included."""
    lines = (line_above(parents, one) for one in {case, *parents})
    return max(above.index(case) + 1 for above in lines if case in above)


__all__ = [
    "CHILD", "DEEPEST", "DUPLICATE", "FROM_THERE", "KIND", "LINKERS", "MOST", "ONCE", "ORIGINAL", "OTHER", "PARENT", "REASON",
    "RELATED", "against_parent", "depth_below", "done_elsewhere", "line_above", "link", "link_told", "unlink", "why_not",
]  # fmt: skip
