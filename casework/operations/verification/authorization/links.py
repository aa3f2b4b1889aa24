"""Whether one-time links were given and withdrawn as they may be, and what a party did was done by one."""

from __future__ import annotations

from sqlalchemy import text

from casework.engine.case_objects.party_links import given_against, used_against
from casework.engine.execution.context import By
from casework.engine.roles import Role, role_of
from casework.engine.state.case import Case
from casework.engine.state.events import COMPLETED, DOCUMENT_REGISTERED, LINK_GIVEN, LINK_REVOKED, PARTY_ACTOR, Event
from casework.operations.verification.authorization.answered_by_record import ONE_BY_THEN, party_by_then
from casework.operations.verification.authorization.evidence import Evidence, Reasons
from casework.records.row_security import whole

#: What a party does by a link.
BY_LINK = frozenset({COMPLETED, DOCUMENT_REGISTERED})
_SAYS = frozenset({"link", "links", "link_states", "handed_in"})


def is_party(event: Event) -> bool:
    """Whether it was done, or is said to have been done, by a party."""
    return event.actor == PARTY_ACTOR or event.role == Role.PARTY


def party_against(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """A party holds no role: it was allowed because a link for that task and party was given, unused and not ended."""
    if event.actor != PARTY_ACTOR or event.role != Role.PARTY:
        yield "a person and a party cannot act as one another"
    if event.kind not in BY_LINK:
        yield f"what is “{event.kind}” is not done by a link"
        return
    link = before.party_links.get(event.effects.get("link", ""))
    task = before.tasks.get(link.task) if link is not None else None
    edition = evidence.library.editions.get(task.edition) if task is not None else None
    results = [state["result"] for state in event.effects.get("task_states", ()) if "result" in state]
    yield from used_against(edition, before, event, results)


def links_against(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """Nothing else gives, uses or ends a link."""
    if _SAYS & set(event.effects) and not is_party(event) and event.kind not in (LINK_GIVEN, LINK_REVOKED):
        yield "only what says so gives, uses or withdraws a link"


def judge_link(evidence: Evidence, before: Case, event: Event) -> Reasons:
    task = before.tasks.get(event.effects["task"])
    edition = evidence.library.editions.get(task.edition) if task is not None else None
    if edition is None:
        yield "its task, or the edition of it, is unknown"
        return
    by = By(event.actor, role_of(event.role), event.organisation, event.acting_for)
    yield from given_against(edition, before, event, by, _known(evidence, before, event))


def _known(evidence: Evidence, before: Case, event: Event) -> frozenset[str]:
    """Who the party of a link that is given has been by the record, by then."""
    party = next((link["party"] for link in event.effects.get("links", ())), None)
    if party is None:
        return frozenset()
    with whole(evidence.past.db):
        return frozenset(evidence.past.db.execute(_KNOWN, party_by_then(before, party, event)).scalars())


#: Who a party of a case was by a moment, and the organisations that are one with them by merging.
_KNOWN = text(f"SELECT x.id::text FROM ({ONE_BY_THEN}) x")
