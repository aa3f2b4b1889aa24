"""Needs, technologies, rights and matches as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.json_values import JsonObject, JsonValue


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What somebody looks for, as far as it is known."""

    id: str
    programme: str
    #: From where it was imported, and what it is called there.
    source: str
    external_id: str
    title: str
    title_zh: str | None
    #: Id of the organisation.
    owner: str | None
    sector: str | None
    district: str | None
    problem: str | None
    target: str | None
    #: As decimals.
    budget: str | None
    budget_currency: str | None
    readiness_low: int | None
    readiness_high: int | None
    wanted_form: str | None
    wanted_by: str | None
    #: draft, published, matched, met or expired.
    status: str
    valid_until: str | None
    #: Process, baseline, site, constraints, contacts.
    more: JsonObject
    #: By column: source and moment, and who confirmed it and when.
    provenance: dict[str, JsonObject]
    created_at: str
    updated_at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Technology:
    """What somebody has developed, as far as it is known."""

    id: str
    programme: str
    #: From where it was imported, and what it is called there.
    source: str
    external_id: str
    title: str
    title_zh: str | None
    #: Id of the organisation.
    owner: str | None
    description: str | None
    developed_in: list[str]
    deployed_in: list[str]
    benefits: list[str]
    website: str | None
    readiness_text: str | None
    readiness_low: int | None
    readiness_high: int | None
    ip_text: str | None
    #: Of the statement: number, verdict, valid_until; counts only once confirmed.
    verification: JsonObject | None
    more: JsonObject
    #: By column: source and moment, and who confirmed it and when.
    provenance: dict[str, JsonObject]
    created_at: str
    updated_at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class IpRight:
    """An IP right and what lies on it."""

    id: str
    programme: str
    #: Id of the technology that it protects.
    technology: str | None
    #: invention, utility_model, design, software, trade_secret or know_how.
    kind: str
    office: str | None
    number: str | None
    owner: str | None
    in_force: bool | None
    expires_on: str | None
    fee_paid_to: str | None
    checked_on: str | None
    #: A person has confirmed the imported record.
    confirmed: bool
    #: Pledges, licences, transfers.
    encumbrances: list[JsonObject]
    created_at: str


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
    #: recorded, confirmed, encumbered or released.
    kind: str
    #: The person's name; null for what happened by itself.
    who: str | None
    #: By field what it said before and after.
    changes: dict[str, tuple[JsonValue, JsonValue]]
    #: Fields whose words were erased.
    erased: list[str]
    #: Where it was looked up, and why it was corrected.
    source: str | None
    reason: str | None
    #: pledge, licence or transfer.
    burden: str | None
    #: The number of the case that did it.
    case: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchSide:
    """The need or the technology of a match, in outline."""

    id: str
    title: str
    #: How many values were imported.
    values: int
    #: How many of them a person has confirmed.
    confirmed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """A need and a technology that somebody thinks fit together."""

    id: str
    programme: str
    source: str
    external_id: str
    need: MatchSide
    technology: MatchSide
    proposed_on: str | None
    proposed_by: str | None
    #: As decimals.
    score: str | None
    rationale: str | None
    created_at: str
    #: The number of its case.
    case: str | None
