"""Needs, technologies, rights, matches and past projects as they are handed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casework.engine.case_objects.need_figures import NeedFigure
from casework.engine.case_objects.technology_details import ReferenceSite, Restriction, Standard
from casework.engine.state.right_values import OwnerOfRight
from casework.json_values import JsonObject
from casework.operations.core.organisations import Contact
from casework.operations.core.views import NamedInBoth


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
    #: The record of that organisation has expired: its matches open no case.
    owner_expired: bool
    #: The record that stands in its place, once it was merged.
    merged_into: str | None
    #: Since when its source has it no more.
    gone_since: str | None
    #: What is wanted to be done, by whatever technology.
    function: str | None
    sector: str | None
    district: str | None
    site: str | None
    problem: str | None
    #: How it is today, in which process, and what has been tried.
    baseline: str | None
    process: str | None
    tried: str | None
    target: str | None
    constraints: str | None
    contact: str | None
    #: What is now and what is wanted, row by row.
    figures: list[NeedFigure]
    #: Codes of the patent classification of what would do.
    ipc: list[str]
    #: As decimals.
    budget: str | None
    budget_currency: str | None
    readiness_text: str | None
    readiness_low: int | None
    readiness_high: int | None
    wanted_form: str | None
    wanted_by: str | None
    #: Where it is to be used, and names of certificates and standards that what comes must have.
    country: str | None
    required_standards: list[str]
    #: draft, published, matched, met, expired or withdrawn.
    status: str
    #: public, on_request or closed.
    publication: str
    valid_until: str | None
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
    #: The record of that organisation has expired: its matches open no case.
    owner_expired: bool
    #: The record that stands in its place, once it was merged.
    merged_into: str | None
    #: Since when its source has it no more.
    gone_since: str | None
    #: published, expired or withdrawn.
    status: str
    description: str | None
    developed_in: list[str]
    deployed_in: list[str]
    benefits: list[str]
    #: What it solves, what it does better than what there is, and what it costs beside that; to put in place as decimals.
    problem: str | None
    advantage: str | None
    cost_compared: str | None
    cost: str | None
    cost_currency: str | None
    #: Codes of the patent classification, topics, and Sustainable Development Goals.
    ipc: list[str]
    green_topics: list[str]
    sdgs: list[str]
    reference_sites: list[ReferenceSite]
    #: exclusive, sole, plain, or none; empty where nobody has said.
    licences: list[str]
    #: Certificates and standards, and what law or contract lays on it, row by row.
    standards: list[Standard]
    restrictions: list[Restriction]
    #: At its source.
    published_on: str | None
    last_confirmed_on: str | None
    website: str | None
    readiness_text: str | None
    readiness_low: int | None
    readiness_high: int | None
    ip_text: str | None
    #: public, on_request or closed.
    publication: str
    #: Of the statement: number, verdict, valid_until; counts only once confirmed.
    verification: JsonObject | None
    #: Of its papers.
    languages: list[str]
    #: Through whom one reaches its owner.
    contact: str | None
    #: Its own page at its source.
    source_page: str | None
    #: Of the project that it came of; the cost as decimals.
    acronym: str | None
    partner_countries: list[str]
    total_cost: str | None
    total_cost_currency: str | None
    start_date: str | None
    end_date: str | None
    #: By column: source and moment, and who confirmed it and when.
    provenance: dict[str, JsonObject]
    created_at: str
    updated_at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class IpRight:
    """An IP right and what lies on it."""

    id: str
    programme: str
    #: Ids of the technologies that it protects; a company's own may protect none on record.
    technologies: list[str]
    #: Organisations that it belongs to, each with its share in per cent where it is known.
    owners: list[OwnerOfRight]
    #: A kind of `engine.case_objects.right_kinds`.
    kind: str
    office: str | None
    application_number: str | None
    #: Of the grant or the registration.
    number: str | None
    #: As the register says it.
    owner: str | None
    filed_on: str | None
    granted_on: str | None
    status: str | None
    expires_on: str | None
    fee_paid_to: str | None
    family: str | None
    twin: str | None
    checked_on: str | None
    #: Where it was looked up last.
    source: str | None
    #: A person has confirmed the imported record.
    confirmed: bool
    #: Pledges, licences, transfers.
    encumbrances: list[JsonObject]
    #: Since when it is named in nothing new.
    expired_at: str | None
    created_at: str
    merged_into: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordEntry:
    """An event of the log of a need or a technology."""

    at: str
    #: recorded, imported, corrected, confirmed, merged, took_over, followed or erased.
    kind: str
    #: The person's name; null for what happened by itself.
    who: str | None
    imported: bool
    #: By field what it said before and after, as a pair.
    changes: JsonObject
    #: Fields that somebody stands for from then on as they were.
    confirmed: list[str]
    #: Fields whose words were erased.
    erased: list[str]
    #: Where it comes from, and why it was corrected.
    source: str | None
    reason: str | None
    #: Of a merging the other record, be it in its place or it in that one's; of what follows from a case its number, for who sees it.
    other: NamedInBoth | None = None
    case: str | None = None
    #: In which role, and whether by a question to its enterprise; for who reads statements who said so, as what, and by which question.
    role: str | None = None
    by_question: bool = False
    by_link: str | None = None
    as_what: str | None = None
    statement: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchSide:
    """The need or the technology of a match, in outline."""

    id: str
    title: str
    #: How many values were imported.
    values: int
    #: How many of them a person has confirmed.
    confirmed: int
    #: expired, withdrawn, owner_expired; null for one in use.
    ended: str | None = None


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
    #: Since when it is refused, and why; null for one that is not.
    refused_at: str | None
    refusal: str | None
    #: Why, as the programme's list has it, and what that calls it; null where its records were merged.
    refusal_code: str | None
    refusal_name: str | None
    refusal_name_zh: str | None
    #: Since when nobody follows it any more, and why; null for one that is followed.
    expired_at: str | None
    expiry: str | None
    #: Whether a person of the office stands for what it says.
    confirmed: bool
    #: The run on whose list it was found, and where it stood there.
    run: str | None
    rank: int | None
    #: Since when it is on its need's short list.
    shortlisted_at: str | None

    @property
    def is_over(self) -> bool:
        """Whether it becomes no case any more, whatever filters say, or has one."""
        ended = self.need.ended or self.technology.ended or self.expired_at
        return bool(self.case or self.refused_at or ended)


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchEntry:
    """One entry of a match's history."""

    at: str
    #: The kind of its event.
    kind: str
    who: str | None
    imported: bool
    #: By field what it said before and says since.
    changes: Mapping[str, tuple[str | None, str | None]]
    erased: list[str]
    reason: str | None
    #: Why it was refused, as the programme's list has it.
    code: str | None
    #: By filter, as `AGAINST` names it, why it was accepted though that removes it; None where this was erased.
    against: Mapping[str, str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class PastProject:
    """A project that was closed before the programme kept its cases here, as its file was imported."""

    id: str
    programme: str
    #: From where it was imported, and what it is called there.
    source: str
    external_id: str
    title: str
    title_zh: str | None
    #: Names, as the source writes them.
    need_owner: str | None
    technology_owner: str | None
    district: str | None
    started_on: str | None
    ended_on: str
    #: A code of the main workflow's outcomes.
    outcome: str
    #: As decimals.
    contract_value: str | None
    contract_currency: str | None
    #: As the source says it: claimed, verified by nobody here.
    effect: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PastProjects:
    """A part of the list, and how many there are of each outcome."""

    items: list[PastProject]
    next: str | None
    counts: dict[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationRow(NamedInBoth):
    """An organisation in a list."""

    country: str | None
    kind: str
    register_number: str | None
    #: A person of its programme stands for what it says.
    confirmed: bool
    #: The programme that keeps it; None where administrators do.
    programme: str | None
    #: Since when it is named in nothing new.
    expired_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """Who owns more than 25 % of an organisation."""

    id: str
    name: str
    #: person or organisation.
    kind: str
    country: str | None
    #: In per cent, as decimals.
    share: str | None
    #: How the newest screening ended: clear or hit.
    screened: str | None
    screened_on: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationRecord(OrganisationRow):
    """An organisation with what its programme keeps of it."""

    language: str
    address: str | None
    #: micro, small, medium or large.
    size: str | None
    state_owned: bool | None
    services: list[str]
    #: The one that stands in its place.
    merged_into: str | None
    contacts: list[Contact]
    owners: list[Owner]


@dataclass(frozen=True, kw_only=True, slots=True)
class ScreeningRow:
    """How an organisation was screened."""

    id: str
    #: clear or hit.
    result: str
    checked_on: str
    #: As it was recorded.
    valid_until: str | None
    #: The same, and no longer than the programme lets a screening count.
    counts_until: str | None
    lists: str | None
    finding: str | None
    #: Where the extract of the lists is filed, or what it says.
    evidence: str | None
    #: It has not run out.
    holds: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceRow:
    """A file that shows what a register says."""

    id: str
    #: The encumbrance or the screening that it shows.
    about: str
    #: The right, or the organisation, to whose record it belongs.
    record: str
    #: register_extract, deed or screening_extract.
    kind: str
    #: Null once erased.
    name: str | None
    type: str
    size: int
    sha256: str | None
    filed_at: str
    filed_by: str | None
    #: pending, clean or blocked; null where no scanner looked at it.
    scan: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationEntry:
    """An event of an organisation's log: what was entered, corrected, taken out, screened or merged."""

    at: str
    kind: str
    #: The person's name; null for what happened by itself.
    who: str | None
    #: contacts or owners, where it is about one of those.
    what: str | None
    #: Of a merging: the one that stands in its place, or the one in whose place it stands.
    other: NamedInBoth | None
    #: What moved by it, by kind: what each is called.
    moved: dict[str, list[str]]
    #: By field what it said before and after, as a pair.
    changes: JsonObject
    #: Its words named somebody and were erased.
    erased: bool
    #: The number of the case that brought it about, where the reader sees it.
    case: str | None
    source: str | None
    reason: str | None
