"""What stands behind a candidate on the match desk as it may be the same, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue.views import Match
from casework.operations.matching import runs
from casework.operations.matching.desk import CandidateFacts
from casework.operations.matching.runs import Kept
from casework.web.shell.i18n import name_of


@dataclass(frozen=True)
class Behind:
    """A technology that stands behind a candidate: `decision` and `case` as a card has them."""

    technology: str
    title: str
    decision: str
    case: str | None
    refusal: str


def behind(run: Kept | None, wanted: Collection[str]) -> list[str]:
    """What stands behind some candidates of a run."""
    listed = run.found["candidates"] if run else []
    return [twin for one in listed if one["technology"] in wanted for twin in runs.twins_of(one)]


def say_twins(
    listed: JsonMapping,
    facts: Mapping[str, CandidateFacts],
    decisions: Mapping[str, JsonObject],
    matches: Mapping[str, Match],
) -> list[Behind]:
    """What stands behind a candidate, by the title that it has now; `decisions` by technology, `matches` by id."""
    twins = []
    for id, title in runs.twins_of(listed).items():
        match = matches.get(decisions[id]["match"]) if id in decisions else None
        title = facts[id].title if id in facts else title
        twins.append(Behind(id, title, decision_of(match), match.case if match else None, refusal_of(match)))
    return twins


def decision_of(match: Match | None) -> str:
    """What became of a match, as cards name it."""
    if match is None:
        return ""
    if match.case:
        return "case"
    if match.refused_at:
        return "refuse"
    if match.expired_at or match.need.ended or match.technology.ended:
        return "ended"
    return "shortlist" if match.shortlisted_at else "open"


def refusal_of(match: Match | None) -> str:
    """Why it was refused."""
    named = match is not None and match.refusal_name
    return name_of({"name": match.refusal_name, "name_zh": match.refusal_name_zh}) if match and named else ""
