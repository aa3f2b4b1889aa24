"""What was decided on the candidates of a run, as the page of the run says it: in the order of the list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from casework.engine.case_objects.programme_lists import Lists, find
from casework.json_values import JsonObject
from casework.operations.catalogue.matches import REFUSALS
from casework.operations.matching.runs import Kept, twins_of
from casework.web.shell.i18n import name_of


@dataclass(frozen=True)
class Decided:
    """A decision with the title that its technology had on the list."""

    technology: str
    title: str
    decision: str
    case: str | None
    #: Of a refusal: why, as the programme's list calls it, and in words.
    code: str
    reason: str
    #: "" of somebody who has no name.
    who: str
    at: str


def say_decisions(run: Kept, decisions: Iterable[JsonObject], lists: Lists) -> list[Decided]:
    titles: dict[str, str] = {}
    for one in run.found["candidates"]:
        titles |= {one["technology"]: one["title"]} | twins_of(one)
    told = {one["technology"]: one for one in decisions if one["decision"] != "open"}
    return [_said(title, told[id], lists) for id, title in titles.items() if id in told]


def _said(title: str, one: JsonObject, lists: Lists) -> Decided:
    code = find(lists[REFUSALS], one["code"]) if one["code"] else None
    return Decided(
        technology=one["technology"],
        title=title,
        decision=one["decision"],
        case=one["case"],
        code=name_of({"name": code.label, "name_zh": code.label_zh}) if code else "",
        reason=one["reason"] or "",
        who=(one["by"] or {}).get("name") or "",
        at=one["at"] or "",
    )
