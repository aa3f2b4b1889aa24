"""Records of a case's effect, and what was stated of its technology, as events add up to them. Nothing of them is ever taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from casework.engine.state.copies import replace
from casework.engine.state.events import Event
from casework.engine.state.impact_values import BASELINE, GivenImpact, GivenStatement, VerifiedValue

_NAMES = UUID("5f0c9d0e-3c1e-4a53-9a0e-6a1a6f3b7c11")


@dataclass(frozen=True, slots=True)
class Impact:
    """A value of one measure over a period: a baseline, or what came after at some level. What else is said of it stands in its event."""

    id: str
    #: The event that says it, and when.
    seq: int
    recorded_at: datetime
    track: str | None
    measure: str
    indicator: str
    unit: str
    level: str
    value: str
    from_on: str
    to_on: str
    method: str | None = None
    uncertainty: str | None = None
    factor: str | None = None
    factor_source: str | None = None
    conditions: str | None = None
    baseline: str | None = None
    evidence: tuple[str, ...] = ()
    by: str | None = None
    number: str | None = None
    #: The record that has taken its place.
    replaced_by: str | None = None

    @property
    def stands(self) -> bool:
        return self.replaced_by is None

    @property
    def is_baseline(self) -> bool:
        return self.level == BASELINE


@dataclass(frozen=True, slots=True)
class TechnologyStatement:
    """What an assessor stated of the technology: valid until a day, unless another has taken its place."""

    id: str
    seq: int
    recorded_at: datetime
    track: str | None
    technology: str | None
    number: str
    verdict: str
    issued_on: str
    valid_until: str
    values: tuple[VerifiedValue, ...] = ()
    replaced_by: str | None = None


Impacts = Mapping[str, Impact]
Statements = Mapping[str, TechnologyStatement]


def record_id(event: Event, what: str, n: int = 0) -> str:
    """A record is called by the event that says it: whoever folds the log again gets the same."""
    return str(uuid5(_NAMES, f"{event.log}:{event.seq}:{what}:{n}"))


def recorded(impacts: Impacts, given: list[GivenImpact], event: Event) -> Impacts:
    kept = dict(impacts)
    for n, one in enumerate(given):
        id = record_id(event, "impact", n)
        for old in one.get("replaces", ()):
            kept[old] = replace(kept[old], replaced_by=id)
        kept[id] = Impact(
            id=id,
            seq=event.seq,
            recorded_at=event.at,
            track=event.track,
            measure=one["measure"],
            indicator=one["indicator"],
            unit=one["unit"],
            level=one["level"],
            value=one["value"],
            from_on=one["from"],
            to_on=one["to"],
            method=one.get("method"),
            uncertainty=one.get("uncertainty"),
            factor=one.get("factor"),
            factor_source=one.get("factor_source"),
            conditions=one.get("conditions"),
            baseline=one.get("baseline"),
            evidence=tuple(one.get("evidence", ())),
            by=one.get("by"),
            number=one.get("number"),
        )
    return kept


def stated(statements: Statements, given: GivenStatement, event: Event) -> Statements:
    kept, id = dict(statements), record_id(event, "statement")
    for old in given.get("replaces", ()):
        kept[old] = replace(kept[old], replaced_by=id)
    kept[id] = TechnologyStatement(
        id=id,
        seq=event.seq,
        recorded_at=event.at,
        track=event.track,
        technology=given["technology"],
        number=given["number"],
        verdict=given["verdict"],
        issued_on=given["issued_on"],
        valid_until=given["valid_until"],
        values=tuple(given["values"]),
    )
    return kept
