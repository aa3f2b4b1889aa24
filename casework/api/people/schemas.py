"""The schemas of registers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import (
    Answer,
    Body,
    Code,
    Day,
    Id,
    Instant,
    Knowingly,
    Language,
    Line,
    Paged,
    Said,
    SomeWords,
)
from casework.api.protocol.schemas import NamedInBoth
from casework.json_values import JsonObject

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="Country or region, ISO 3166-1 alpha-2")]


class OrganisationQuery(Paged):
    service: Annotated[Code | None, Field(description="Only those that take referrals of this kind")] = None
    words: Annotated[
        Line | None, Field(description="A part of a name, of a Chinese name or of a registration number")
    ] = None


class NewProgramme(Body):
    code: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,8}$")]
    name: Line
    name_zh: Line | None = None
    calendar: Literal["china", "monday_to_friday"] = "china"


class CopiedProgramme(Body):
    code: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,8}$")]
    name: Line
    name_zh: Line | None = None


class NewPhase(Body):
    name: Line
    name_zh: Line | None = None
    starts_on: Day
    ends_on: Day | None = None


class NewLetterhead(Body):
    office: Annotated[
        Line | None, Field(description="That writes the letters; null: the programme's name stands there")
    ] = None
    office_zh: Line | None = None
    number_form: Annotated[
        Line | None,
        Field(description="With {year} and {n}, such as 京绿技〔{year}〕{n}号; null: letters have no number"),
    ] = None
    seal: Annotated[bool, Field(description="Leave a place for the seal")] = True
    signatory: Annotated[Line | None, Field(description="The line of who signs")] = None
    signatory_zh: Line | None = None
    reason: Annotated[SomeWords | None, Field(description="Needed where something else stood there before")] = None
    seen: Annotated[int | None, Field(description="`version` of the settings that were seen")] = None


class LetterheadMade(Answer):
    id: str
    version: int


class Letterhead(Answer):
    office: str | None
    office_zh: str | None
    number_form: str | None
    seal: bool
    signatory: str | None
    signatory_zh: str | None


class NewCatalogue(Body):
    open: Annotated[bool, Field(description="Show what is published to whoever has no account")]
    results: Annotated[bool, Field(description="Show success stories to which both parties consent to them")] = False
    contact: Annotated[
        SomeWords | None, Field(description="Where the office is asked: needed, or an e-mail, to show the catalogue")
    ] = None
    contact_zh: SomeWords | None = None
    email: Line | None = None
    reason: Annotated[SomeWords | None, Field(description="Needed where something else stood there before")] = None
    seen: Annotated[int | None, Field(description="`catalogue.version` of the settings that were seen")] = None


class PublicCatalogue(Answer):
    open: Annotated[bool, Field(description="What is published is shown to whoever has no account")]
    results: Annotated[bool, Field(description="Success stories to which both parties consent are shown to them")]
    contact: str | None
    contact_zh: str | None
    email: str | None
    version: Annotated[int, Field(description="What a change sends back as `seen`")]


class SettingsEntry(Answer):
    at: str
    seq: int
    who: str | None
    kind: str
    changes: Annotated[JsonObject, Field(description="By field what it said before and after, as a pair")]
    reason: str | None
    erased: Annotated[bool, Field(description="Its words named somebody and were erased")]
    lists: Annotated[dict[str, int], Field(description="By list that it changed the version that the list has since")]


class ProgrammeSettings(Answer):
    id: str
    code: str
    name: str
    name_zh: str | None
    letterhead: Letterhead
    letterhead_is_set: Annotated[bool, Field(description="Somebody has set it; before that no letter goes")]
    catalogue: PublicCatalogue
    next_number: Annotated[str | None, Field(description="That the next letter gets")]
    version: Annotated[int, Field(description="What a change sends back as `seen`")]
    entries: Annotated[list[SettingsEntry], Field(description="What was done, the newest first")]
    mine: Annotated[bool, Field(description="You may change it")]


class NewOrganisation(Body):
    name: Line
    name_zh: Line | None = None
    country: Country | None = None
    kind: Literal["company", "institution", "government", "association", "provider", "other"] = "company"
    services: Annotated[list[Code], Field(max_length=20)] = []
    register_number: Line | None = None
    language: Language = "en"
    programme: Annotated[
        Id | None,
        Field(
            description="Which keeps it; of a provider none. Whoever administers one programme alone need not say it"
        ),
    ] = None


class NewPerson(Body):
    email: Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[!-~]+@[!-~]+$")]
    name: Line
    name_zh: Line | None = None
    language: Language = "en"


class AccountMade(Answer):
    id: str
    active: bool | None = None
    link: Annotated[
        str | None,
        Field(description="Where its person sets the password; in the first answer only, and only where no mail goes"),
    ] = None


class NewMembership(Body):
    person: Id
    role: Code
    programme: Id | None = None
    organisation: Id | None = None
    deputy_for: Annotated[Id | None, Field(description="Acts in the role while that person is away")] = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None


class MembershipMade(Answer):
    id: Annotated[str, Field(description="Of the role; or, where a second person must agree, of what was asked for")]
    state: Literal["given", "asked"]


class Leaving(Body):
    at_once: Annotated[bool, Field(description="Also while live cases are left for a supervisor to hand over")] = False
    sure: Knowingly = False


class Ending(Body):
    sure: Knowingly = False


class Programme(Answer):
    id: str
    code: str
    name: str
    name_zh: str | None = None
    phases: list[JsonObject]


class ProgrammePage(Answer):
    items: list[Programme]
    next: str | None = None


class Organisation(Answer):
    id: str
    name: str
    name_zh: str | None = None
    country: str | None = None
    kind: str
    services: Annotated[list[str], Field(description="Kinds of referrals that it takes")]
    register_number: str | None = None
    language: str | None = None
    programme: Annotated[str | None, Field(description="The one that keeps it; null where administrators do")] = None
    expired_at: Annotated[str | None, Field(description="Since when it is named in nothing new")] = None


class OrganisationPage(Answer):
    items: list[Organisation]
    next: str | None = None


class Membership(Answer):
    id: str
    role: str
    programme: str | None = None
    organisation: str | None = None
    deputy_for: str | None = None
    starts_at: str | None = None
    ends_at: str | None = None


class Person(Answer):
    id: str
    name: str
    name_zh: str | None = None
    email: Annotated[str | None, Field(description="For administrators")] = None
    active: bool | None = None
    memberships: list[Membership]


class PersonPage(Answer):
    items: list[Person]
    next: str | None = None


class Successor(NamedInBoth):
    cases: Annotated[int, Field(description="How many that officer has already")]


class LeaverCase(Answer):
    number: str
    title: str | None
    state: str
    owned: Annotated[bool, Field(description="Or only on the team")]
    held: Annotated[int, Field(description="Tasks that the person holds in it")]
    programme: NamedInBoth
    due_at: str | None
    successors: Annotated[
        list[Successor], Field(description="Officers who could own it, those with the fewest cases first")
    ]
    why_not: Annotated[Said | None, Field(description="Why you do not hand it over, where you may not")]


class Leaver(Answer):
    id: str
    name: str
    name_zh: str | None
    active: bool
    count: Annotated[int, Field(description="Of live cases; of these the first 100 are listed")]
    tasks: int
    proposals: int
    stands_in: Annotated[int, Field(description="Absences in which the person is the substitute")]
    deputies: int
    roles: int
    cases: list[LeaverCase]
