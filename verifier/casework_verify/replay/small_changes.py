"""What an event makes of the small things of a case: who has a task, what was ticked, who objects, and records of its effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from casework_verify.replay.things import Event

#: By what records are called, which have no id of their own in an event.
_RECORDS = UUID("5f0c9d0e-3c1e-4a53-9a0e-6a1a6f3b7c11")


def record(records: dict[str, dict[str, Any]], what: str, n: int, one: dict[str, Any], event: Event) -> None:
    """One more, in the place of those that it replaces."""
    id = str(uuid5(_RECORDS, f"{event.log}:{event.seq}:{what}:{n}"))
    for old in one.get("replaces", ()):
        records[old]["replaced_by"] = id
    records[id] = {**one, "seq": event.seq, "recorded_at": event.at, "track": event.track, "replaced_by": None}


def about_of(about: Mapping[str, Any]) -> dict[str, str | None]:
    if about["kind"] == "mediation":
        return {"case_id": about.get("about")}
    return {f"{name}_id": about.get(name) for name in ("match", "need", "technology", "phase", "follows_from")}


def object_to(objections: dict[str, Any], objection: Mapping[str, Any], event: Event) -> None:
    """How what one side does not agree with stands, and who raised it."""
    raised = objections.get(objection["id"])
    who = {"by": event.actor, "acting_for": event.acting_for}
    if raised is not None:
        who = {name: raised[name] for name in who if name in raised}
    objections[objection["id"]] = {**{name: objection[name] for name in ("what", "side", "to")}, **who}


def handed_on(before: Mapping[str, Any] | None, to: str | None, event: Event) -> dict[str, Any]:
    """How a task came to somebody; of a review, which round it is, and where the words of its form stand."""
    handed = {"how": event.kind, "by": event.actor, "to": to, "seq": event.seq}
    if event.kind == "review_asked":
        handed |= {"round": (before or {}).get("round", 0) + 1, "form": event.seq}
    elif event.kind in ("approved", "changes_asked") and before is not None:
        handed |= {name: before[name] for name in ("round", "form") if name in before}
    if "allocation" in event.effects:
        handed["why"] = event.effects["allocation"]["reasons"]
    return handed


def ticked(before: Mapping[str, Any] | None, event: Event) -> dict[str, Any]:
    """An item of a checklist after it was added, ticked or unticked; an added one keeps where its words stand."""
    words = {"seq": event.seq} if event.kind == "item_added" else {}
    if not words and before is not None and "seq" in before:
        words = {"seq": before["seq"]}
    return {"done": event.kind == "ticked", "by": event.actor, "at": event.written_at, **words}


def done_elsewhere(event: Event) -> bool:
    """Whether it tells of a link that was made, or ended, in the other case."""
    if event.kind not in ("cases_linked", "cases_unlinked"):
        return False
    told = event.effects.get("related") or event.effects.get("related_ended") or {}
    return "case" in told and told.get("done_in") == told["case"]


def link_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """A link to another case as it is kept."""
    return {name: told[name] for name in ("id", "case", "number", "kind")}


__all__ = ["about_of", "done_elsewhere", "handed_on", "link_of", "object_to", "record", "ticked"]
