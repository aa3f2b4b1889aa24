"""The schemas of rights."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from casework.api.catalogue.record_schemas import RecordMerging
from casework.api.protocol.fields import Answer, Body, Code, Day, Id, Line, Paged, Said
from casework.api.protocol.schemas import NamedInBoth


class RecordQuery(Paged):
    programme: Id | None = None


def _narrowing(what: str) -> Any:
    return Field(max_length=200, description=f"{what}; `unknown`: those that do not say")


_SECTION = _narrowing("A section of the patent classification, from A to H")
_Searched = Annotated[
    str | None,
    Field(max_length=10_000, description="Words, in English or Chinese; of more than 200 letters the rest is not read"),
]


class NeedQuery(RecordQuery):
    q: _Searched = None
    readiness: Annotated[str | None, _narrowing("A level, from 1 to 9")] = None
    sector: Annotated[str | None, _narrowing("As the record has it")] = None
    district: Annotated[str | None, _narrowing("As the record has it")] = None
    source: Annotated[str | None, _narrowing("The name of the source")] = None
    ipc: Annotated[str | None, _SECTION] = None
    stands: Annotated[str | None, Field(max_length=200, description="confirmed or claimed")] = None
    status: Annotated[str | None, Field(max_length=200)] = None


class TechnologyQuery(RecordQuery):
    q: _Searched = None
    readiness: Annotated[str | None, _narrowing("A level, from 1 to 9")] = None
    country: Annotated[str | None, _narrowing("Where it was developed or deployed")] = None
    source: Annotated[str | None, _narrowing("The name of the source")] = None
    ipc: Annotated[str | None, _SECTION] = None
    topic: Annotated[str | None, _narrowing("A green topic")] = None
    licence: Annotated[str | None, _narrowing("A kind of licence that is to be had, or none")] = None
    standard: Annotated[str | None, _narrowing("A certificate that it has, or a standard that it meets")] = None
    stands: Annotated[str | None, Field(max_length=200, description="confirmed or claimed")] = None
    status: Annotated[str | None, Field(max_length=200)] = None


class FacetChoice(Answer):
    value: Annotated[str, Field(description="Empty where the record does not say")]
    records: int


class _Found(Answer):
    next: str | None = None
    records: Annotated[int, Field(description="How many are found; the 300 that fit a search best are listed")]
    listed: Annotated[
        int, Field(description="How many of them all parts of the list have; a narrower search shows others")
    ]
    at_least: Annotated[bool, Field(description="More are found: no more are counted, here and in `facets`")]
    facets: Annotated[dict[str, list[FacetChoice]], Field(description="What the list may be narrowed to")]
    some: Annotated[bool, Field(description="No record says all of the words: these say some of them")]
    terms: Annotated[
        list[str],
        Field(description="What was searched for: the words' stems, and what they are called in the other language"),
    ]


class RightQuery(RecordQuery):
    technology: Id | None = None
    organisation: Annotated[Id | None, Field(description="Whose they are")] = None


class OwnerOfRight(Body):
    organisation: Id
    share: Annotated[Line | None, Field(description="In per cent, where it is known")] = None


class RightFields(Body):
    office: Line | None = None
    application_number: Line | None = None
    number: Annotated[Line | None, Field(description="Of the grant or the registration")] = None
    owner: Annotated[Line | None, Field(description="As the register says it")] = None
    filed_on: Day | None = None
    granted_on: Day | None = None
    status: Code | None = None
    expires_on: Day | None = None
    fee_paid_to: Day | None = None
    family: Line | None = None
    twin: Line | None = None
    source: Annotated[Line | None, Field(description="Where it was looked up")] = None


class NewRight(RightFields):
    programme: Id
    technologies: Annotated[
        list[Id], Field(max_length=50, description="What it protects; none for a company's own")
    ] = []
    owners: Annotated[list[OwnerOfRight], Field(max_length=50)] = []
    kind: Code
    checked_on: Day | None = None


class CheckedRight(RightFields):
    """A field that is null is emptied; one that is not sent stays."""

    kind: Code | None = None
    checked_on: Day
    reason: Annotated[
        Line | None, Field(description="Why it says something else now; needed where it was confirmed before")
    ] = None


class Belonging(Body):
    """What is not sent stays."""

    technologies: Annotated[list[Id] | None, Field(max_length=50)] = None
    owners: Annotated[list[OwnerOfRight] | None, Field(max_length=50)] = None
    source: Annotated[Line | None, Field(description="Where it was looked up")] = None
    reason: Annotated[Line | None, Field(description="Why; needed where owners on record change")] = None


class AmountSecured(Body):
    amount: Annotated[Line, Field(description="As decimals, no finer than the currency is")]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


#: As the forms of cases have it: in small letters it would be another one, and bar nothing there.
Territory = Annotated[str, Field(pattern=r"^([A-Z]{2}|WORLD)$")]


class Burden(Body):
    """What lies on a right and came of no case here."""

    kind: Annotated[
        Code,
        Field(
            description="pledge, licence, assignment (not registered), transfer, invalidation, seizure or open_licence"
        ),
    ]
    holder: Annotated[Id | None, Field(description="Of a register of organisations; needed but of the last three")] = (
        None
    )
    licence: Annotated[Code | None, Field(description="exclusive, sole or plain")] = None
    territories: Annotated[
        list[Territory], Field(max_length=60, description="ISO codes of countries, or WORLD; none for everywhere")
    ] = []
    fields: Annotated[list[Code], Field(max_length=20, description="Uses; none for every use")] = []
    sublicence: Annotated[bool, Field(description="Of a licence: whether its holder may give licences itself")] = False
    since: Annotated[Day, Field(description="The day of its registration, or on which it takes effect")]
    until: Day | None = None
    amount: Annotated[AmountSecured | None, Field(description="Of a pledge: what it secures")] = None
    number: Annotated[Line | None, Field(description="In its register")] = None
    source: Annotated[Line, Field(description="Where it was read: the register, its extract, or the deed")]


class BurdenCorrected(Burden):
    """What stands in its place from now on."""

    reason: Annotated[Line, Field(description="Why it says something else now")]


class BurdenEnded(Body):
    ended_on: Day
    source: Annotated[Line, Field(description="Where it was read")]
    reason: Annotated[Line, Field(description="By which deed it ended")]


class ConfirmedField(Body):
    field: Code


class OwnerNamed(Body):
    organisation: Id
    reason: Annotated[Line | None, Field(description="Why; needed where another owner was confirmed before")] = None


class FigureOfNeed(Answer):
    """What is now and what is wanted of one parameter."""

    parameter: str
    unit: str | None = None
    now: Annotated[str | None, Field(description="As decimals")] = None
    comparison: Annotated[str | None, Field(description="at_most, at_least, below, above or equal")] = None
    target: Annotated[str | None, Field(description="As decimals")] = None
    condition: Annotated[str | None, Field(description="Under which the value holds")] = None


OwnerExpired = Annotated[
    bool, Field(description="The record of that organisation has expired: its matches open no case")
]


class NeedRecord(Answer):
    """What somebody looks for, as far as it is known."""

    id: str
    programme: str
    source: Annotated[str, Field(description="From where it was imported, and what it is called there")]
    external_id: str
    title: str
    title_zh: str | None
    owner: Annotated[str | None, Field(description="Id of the organisation")]
    owner_expired: OwnerExpired
    merged_into: Annotated[str | None, Field(description="The record that stands in its place")]
    gone_since: Annotated[str | None, Field(description="Since when its source has it no more")]
    function: Annotated[str | None, Field(description="What is wanted to be done, by whatever technology")]
    sector: str | None
    district: str | None
    site: str | None
    problem: str | None
    baseline: Annotated[str | None, Field(description="How it is today, as what comes is measured against it")]
    process: str | None
    tried: Annotated[str | None, Field(description="What has been tried")]
    target: str | None
    constraints: str | None
    contact: Annotated[str | None, Field(description="The person to ask about it")]
    figures: list[FigureOfNeed]
    ipc: Annotated[list[str], Field(description="Codes of the patent classification of what would do")]
    budget: Annotated[str | None, Field(description="As decimals")]
    budget_currency: str | None
    readiness_text: str | None
    readiness_low: int | None
    readiness_high: int | None
    wanted_form: str | None
    wanted_by: str | None
    country: Annotated[str | None, Field(description="Where it is to be used")]
    required_standards: Annotated[list[str], Field(description="Certificates and standards that what comes must have")]
    status: Annotated[str, Field(description="draft, published, matched, met, expired or withdrawn")]
    publication: Annotated[str, Field(description="public, on_request or closed: who else may read of it")]
    valid_until: str | None
    provenance: Annotated[
        dict[str, dict[str, Any]], Field(description="By column: source and moment, and who confirmed it and when")
    ]
    created_at: str
    updated_at: str


class NeedPage(_Found):
    items: list[NeedRecord]


class SiteOfTechnology(Answer):
    """Where a technology runs."""

    site: str
    year: Annotated[str | None, Field(description="Since when, such as 2024")] = None
    size: str | None = None


class StandardOfTechnology(Answer):
    """A certificate that it has, or a standard that it meets."""

    name: str
    number: str | None = None
    body: Annotated[str | None, Field(description="Who gave it")] = None
    valid_until: str | None = None
    held: Annotated[str | None, Field(description="no: it is known to lack it; null: it has it")] = None


class RestrictionOfTechnology(Answer):
    """What law or contract lays on it."""

    kind: Annotated[str, Field(description="none, export_control, territory, field_of_use or other")]
    countries: Annotated[str | None, Field(description="By their codes with commas between")] = None
    words: str | None = None


class TechnologyRecord(Answer):
    """What somebody has developed, as far as it is known."""

    id: str
    programme: str
    source: Annotated[str, Field(description="From where it was imported, and what it is called there")]
    external_id: str
    title: str
    title_zh: str | None
    owner: Annotated[str | None, Field(description="Id of the organisation")]
    owner_expired: OwnerExpired
    merged_into: Annotated[str | None, Field(description="The record that stands in its place")]
    gone_since: Annotated[str | None, Field(description="Since when its source has it no more")]
    status: Annotated[str, Field(description="published, expired or withdrawn")]
    description: str | None
    developed_in: list[str]
    deployed_in: list[str]
    benefits: list[str]
    problem: Annotated[str | None, Field(description="What it solves")]
    advantage: Annotated[str | None, Field(description="Over what there is")]
    cost_compared: str | None
    cost: Annotated[str | None, Field(description="What it costs to put in place, as decimals")]
    cost_currency: str | None
    ipc: Annotated[list[str], Field(description="Codes of the patent classification, such as F24D3/08")]
    green_topics: list[str]
    sdgs: Annotated[list[str], Field(description="Sustainable Development Goals: 7 or 7.2")]
    reference_sites: list[SiteOfTechnology]
    licences: Annotated[list[str], Field(description="exclusive, sole, plain or none; empty where nobody has said")]
    standards: list[StandardOfTechnology]
    restrictions: Annotated[
        list[RestrictionOfTechnology],
        Field(description="One row of kind `none` where none is known; empty where nobody has said"),
    ]
    published_on: Annotated[str | None, Field(description="At its source")]
    last_confirmed_on: Annotated[str | None, Field(description="At its source")]
    website: str | None
    readiness_text: str | None
    readiness_low: int | None
    readiness_high: int | None
    ip_text: str | None
    publication: Annotated[
        str, Field(description="public, on_request or closed: who outside of the programme may read of it")
    ]
    verification: Annotated[
        dict[str, Any] | None,
        Field(description="Of the statement: number, verdict, valid_until; counts only once confirmed"),
    ]
    languages: Annotated[list[str], Field(description="Of its papers")]
    contact: Annotated[str | None, Field(description="Through whom one reaches its owner")]
    source_page: Annotated[str | None, Field(description="Its own page at its source")]
    acronym: Annotated[str | None, Field(description="Of the project that it came of")]
    partner_countries: list[str]
    total_cost: Annotated[str | None, Field(description="Of that project, as decimals")]
    total_cost_currency: str | None
    start_date: str | None
    end_date: str | None
    provenance: Annotated[
        dict[str, dict[str, Any]], Field(description="By column: source and moment, and who confirmed it and when")
    ]
    created_at: str
    updated_at: str


class TechnologyPage(_Found):
    items: list[TechnologyRecord]


class OwnerOnRecord(Answer):
    organisation: Annotated[str, Field(description="Id of the organisation")]
    share: str | None


class RightRecord(Answer):
    """An IP right and what lies on it."""

    id: str
    programme: str
    technologies: Annotated[list[str], Field(description="Ids of the technologies that it protects")]
    owners: Annotated[list[OwnerOnRecord], Field(description="Organisations, each with its share in per cent")]
    kind: Annotated[
        str,
        Field(
            description="invention, utility_model, design, software, know_how, trade_secret, plant_variety, application or other"
        ),
    ]
    office: str | None
    application_number: str | None
    number: Annotated[str | None, Field(description="Of the grant or the registration")]
    owner: Annotated[str | None, Field(description="As the register says it")]
    filed_on: str | None
    granted_on: str | None
    status: Annotated[
        str | None,
        Field(
            description="in_force, lapsed, expired or invalid; of an application pending, refused or withdrawn;"
            " of know-how kept or disclosed"
        ),
    ]
    expires_on: str | None
    fee_paid_to: str | None
    family: str | None
    twin: str | None
    checked_on: str | None
    source: Annotated[str | None, Field(description="Where it was looked up last")]
    confirmed: Annotated[bool, Field(description="A person has confirmed the imported record")]
    encumbrances: Annotated[
        list[dict[str, Any]],
        Field(
            description="Pledges, licences, transfers, each with its terms, of a pledge with its amount; `case` is null for what"
            " an officer entered"
        ),
    ]
    expired_at: Annotated[str | None, Field(description="Since when it is named in nothing new")]
    created_at: str
    merged_into: Annotated[str | None, Field(description="The right that stands in its place")]


class RightPage(Answer):
    items: list[RightRecord]
    next: str | None = None


class RightMerging(RecordMerging):
    """Fields are those of a right, and `owners`."""


class RightDouble(Answer):
    id: str
    kind: str
    office: str | None
    number: str | None
    owner: str | None
    confirmed: bool


class RightDoubles(Answer):
    items: list[RightDouble]


class RightClash(Answer):
    gone: Annotated[dict[str, Any], Field(description="What stands on the one that goes")]
    kept: Annotated[dict[str, Any], Field(description="What stands on the one that stays")]


class RightMergePreview(Answer):
    """What would become of a right that is merged into another one."""

    technologies: Annotated[list[NamedInBoth], Field(description="What the one that stays would protect as well")]
    cases: Annotated[list[NamedInBoth], Field(description="Those that are about it, by number")]
    encumbrances: Annotated[list[dict[str, Any]], Field(description="What stands on it and moves")]
    evidence: Annotated[int, Field(description="How many files show what lies on it")]
    taken: Annotated[dict[str, Any], Field(description="What the one that stays takes over, as it says nothing there")]
    differing: Annotated[list[str], Field(description="The fields of which one chooses: `chosen` names of these")]
    clashes: Annotated[
        list[RightClash], Field(description="What stands on both and cannot stand on one right together")
    ]
    confirmed: Annotated[bool, Field(description="Whether rules may rely on the one that stays if nothing is chosen")]
    refused: Annotated[list[Said], Field(description="What speaks against it")]


class Evidence(Answer):
    """A file that shows what a register says."""

    id: str
    about: Annotated[str, Field(description="Id of the encumbrance or the screening that it shows")]
    record: Annotated[str, Field(description="Id of the right or the organisation to whose record it belongs")]
    kind: Annotated[str, Field(description="register_extract, deed or screening_extract")]
    name: Annotated[str | None, Field(description="Null once erased")]
    type: str
    size: int
    sha256: str | None
    filed_at: str
    filed_by: str | None
    scan: Annotated[str | None, Field(description="pending, clean or blocked; null where no scanner looked at it")]


class EvidenceList(Answer):
    items: list[Evidence]
