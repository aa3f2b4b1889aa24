"""Whether a case was linked to another one, or a link ended, as this history alone can tell; of both histories `linked_cases` tells."""

from __future__ import annotations

from casework_verify.replay.actors import role_not_among
from casework_verify.replay.context import Context, Found, say
from casework_verify.replay.small_changes import link_of
from casework_verify.replay.standing import Case, Event

#: The kinds of events of a link, each with the effect that tells of it.
LINKINGS = {"cases_linked": "related", "cases_unlinked": "related_ended"}
#: What a link is on the other side.
FROM_THERE = {
    "related": "related", "parent": "child", "child": "parent", "original": "duplicate", "duplicate": "original",
}  # fmt: skip
_LINKERS, _ONCE, _MOST = ("officer", "supervisor"), ("parent", "original"), 20


def link_faults(context: Context, case: Case, event: Event) -> Found:
    """What speaks against a link, or against the end of one."""
    yield from role_not_among(case, event, _LINKERS)
    told = event.effects[LINKINGS[event.kind]]
    if case.sealed or told["done_in"] not in (case.log, told["case"]) or event.effects.get("name") != told["number"]:
        yield say("case_link_other")
    if event.kind == "cases_unlinked":
        if case.related.get(told["id"]) != link_of(told):
            yield say("case_link_none")
        if "reason" not in event.body:
            yield say("case_link_why")
        return
    links = case.related.values()
    twice = any(one["case"] == told["case"] or one["id"] == told["id"] for one in links)
    second = told["kind"] in _ONCE and any(one["kind"] == told["kind"] for one in links)
    if told["kind"] not in FROM_THERE or told["case"] == case.log or twice or second or len(links) >= _MOST:
        yield say("case_link_other")


__all__ = ["FROM_THERE", "LINKINGS", "link_faults"]
