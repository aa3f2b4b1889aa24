"""Whether a case was linked to another one, or a link ended, as it may be; whether both logs say the same is asked beside."""

from __future__ import annotations

from casework.engine.case_objects.case_links import LINKERS, REASON, why_not
from casework.engine.state.case import Case
from casework.engine.state.events import CASES_LINKED, CASES_UNLINKED, Event
from casework.engine.state.related_cases import RelatedCase
from casework.operations.verification.authorization.actors import role_not_among
from casework.operations.verification.authorization.evidence import Evidence, Reasons

#: By kind of event the effect that it alone has.
TELLS = {CASES_LINKED: "related", CASES_UNLINKED: "related_ended"}


def judge_case_link(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """It is done by who works on one of the two, and in this case nothing speaks against it."""
    yield from role_not_among(before, event, LINKERS)
    if before.kind != "case":
        yield "only cases are linked"
    told = event.effects["related"] if event.kind == CASES_LINKED else event.effects["related_ended"]
    if told["done_in"] not in (before.log, told["case"]):
        yield "it was done in neither of the two cases"
    if (event.effects.get("what"), event.effects.get("name")) != (told["kind"], told["number"]):
        yield "it says two things of one link"
    if event.kind == CASES_LINKED:
        if told["id"] in before.related or why_not(before, told) is not None:
            yield "it makes a link that the case could not have"
        return
    if before.related.get(told["id"]) != RelatedCase.read(told):
        yield "it ends a link that the case did not have"
    if REASON not in event.body:
        yield "it does not say why"


def case_links_against(event: Event) -> Reasons:
    """Only what says so links cases, or ends a link."""
    for kind, key in TELLS.items():
        if key in event.effects and event.kind != kind:
            yield "only what says so links cases, or ends a link"


__all__ = ["case_links_against", "judge_case_link"]
