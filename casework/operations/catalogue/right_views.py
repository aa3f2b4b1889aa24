"""What is told of a right beside its record, as it is handed out: the cases that are about it, and its history."""

from __future__ import annotations

from dataclasses import dataclass

from casework.engine.state.right_values import Amount
from casework.json_values import JsonObject


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseOfRight:
    """A case that is about a right."""

    id: str
    number: str
    title: str | None
    closed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RightEntry:
    """An event of a right's log: what was entered, confirmed, laid on it or ended."""

    at: str
    #: recorded, confirmed, encumbered, released, burden_entered, burden_corrected, burden_ended, burden_inscribed,
    #: burden_changed, fee_checked, evidence_filed, merged, took_over, expired or brought_back.
    kind: str
    #: The person's name; null for what happened by itself.
    who: str | None
    #: By field what it said before and after, as a pair.
    changes: JsonObject
    #: Fields whose words were erased.
    erased: list[str]
    #: Where it was looked up, and why it was corrected.
    source: str | None
    reason: str | None
    #: pledge, licence or transfer.
    burden: str | None
    #: Of a licence: exclusive, sole or plain.
    licence: str | None
    #: The number of the case that did it.
    case: str | None
    #: The file that was filed as evidence, and its name.
    evidence: str | None
    file: str | None
    #: Under which number it stands in its register, and since which day an office has the record of a case's.
    number: str | None
    inscribed_on: str | None
    #: With which right it was merged.
    other: str | None
    #: Of a pledge what it secures, and its last day, as far as that was said.
    amount: Amount | None
    until: str | None
