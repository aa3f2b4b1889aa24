"""The schemas of organisations as records that people keep."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Decimals, Line, SomeWords

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="Country or region, ISO 3166-1 alpha-2")]
Kind = Literal["company", "institution", "government", "association", "other"]
Name = Annotated[str, Field(min_length=1, max_length=300)]
Address = Annotated[str, Field(min_length=1, max_length=500)]
WrittenIn = Annotated[Literal["zh", "en"], Field(description="Of letters and mails")]
Source = Annotated[Line, Field(description="Where it was looked up")]
Sure = Annotated[bool, Field(description="It is another one than those of like names that you were told of")]

ExpiredAt = Annotated[str | None, Field(description="Since when it is named in nothing new")]


class OrganisationFields(Body):
    name_zh: Name | None = None
    country: Country | None = None
    register_number: Annotated[
        Line | None, Field(description="In China the unified social credit code, whose last character is checked")
    ] = None
    address: Address | None = None
    size: Literal["micro", "small", "medium", "large"] | None = None
    state_owned: bool | None = None
    source: Source


class NewOrganisationRecord(OrganisationFields):
    name: Name
    kind: Kind = "company"
    language: WrittenIn = "en"
    sure: Sure = False


class LookedUp(OrganisationFields):
    """A field that is null is emptied; one that is not sent stays."""

    name: Name | None = None
    kind: Kind | None = None
    language: WrittenIn | None = None
    reason: Annotated[
        SomeWords | None, Field(description="Why it says something else now; needed where it was confirmed before")
    ] = None


class ContactFields(Body):
    role: Annotated[Line | None, Field(description="What the person does there")] = None
    email: Line | None = None
    telephone: Line | None = None


class NewContact(ContactFields):
    name: Name
    language: WrittenIn = "en"
    source: Source


class ChangedContact(ContactFields):
    """A field that is null is emptied; one that is not sent stays."""

    name: Name | None = None
    language: WrittenIn | None = None
    reason: SomeWords


class MergingContact(Body):
    into: Annotated[UUID, Field(description="The contact that stays")]
    reason: Annotated[SomeWords, Field(description="Why they are one person")]


class OwnerFields(Body):
    country: Country | None = None
    share: Annotated[Decimals | None, Field(description="In per cent, above 25")] = None


class NewOwner(OwnerFields):
    name: Name
    kind: Literal["person", "organisation"] = "organisation"
    source: Source


class ChangedOwner(OwnerFields):
    """A field that is null is emptied; one that is not sent stays."""

    name: Name | None = None
    kind: Literal["person", "organisation"] | None = None
    reason: SomeWords


class Contact(Answer):
    id: str
    name: str
    role: str | None
    email: str | None
    telephone: str | None
    language: str


class Owner(Answer):
    id: str
    name: str
    kind: Annotated[str, Field(description="person or organisation")]
    country: str | None
    share: Annotated[str | None, Field(description="In per cent, as decimals")]
    screened: Annotated[str | None, Field(description="How the newest screening ended: clear or hit")]
    screened_on: str | None


class OrganisationRecord(Answer):
    """An organisation with what its programme keeps of it."""

    id: str
    name: str
    name_zh: str | None
    country: str | None
    kind: str
    register_number: str | None
    confirmed: Annotated[bool, Field(description="A person of its programme stands for what it says")]
    programme: Annotated[str | None, Field(description="The one that keeps it; null where administrators do")]
    expired_at: ExpiredAt
    language: str
    address: str | None
    size: str | None
    state_owned: bool | None
    services: list[str]
    merged_into: Annotated[str | None, Field(description="The one that stands in its place")]
    contacts: list[Contact]
    owners: list[Owner]


class NewScreening(Body):
    result: Annotated[Literal["clear", "hit"], Field(description="Of the organisation itself")]
    checked_on: date
    valid_until: Annotated[date, Field(description="Its last day; a year after the check at most")]
    lists: Annotated[Line, Field(description="The lists that were looked through, with their versions")]
    evidence: Annotated[Line, Field(description="Where the extract is filed, or what it says")]
    finding: Annotated[SomeWords | None, Field(description="Needed where somebody stands on a list")] = None
    owners: Annotated[
        dict[UUID, Literal["clear", "hit"]],
        Field(description="By the id of each owner on record how that one was screened"),
    ] = {}


class Screening(Answer):
    """How an organisation was screened."""

    id: str
    result: str
    checked_on: str
    valid_until: Annotated[str | None, Field(description="As it was recorded")]
    counts_until: Annotated[
        str | None, Field(description="The same, and no longer than the programme lets a screening count")
    ]
    lists: str | None
    finding: str | None
    evidence: str | None
    holds: Annotated[bool, Field(description="It has not run out")]


class Screenings(Answer):
    items: list[Screening]


class OrganisationDouble(Answer):
    """A record that may be the same organisation."""

    id: str
    name: str
    name_zh: str | None
    country: str | None
    kind: str
    register_number: str | None
    confirmed: bool
    programme: str | None
    expired_at: ExpiredAt


class Doubles(Answer):
    items: list[OrganisationDouble]


class Merging(Body):
    into: Annotated[UUID, Field(description="The record that stays")]
    reason: Annotated[SomeWords, Field(description="Why they are the same")]


class Other(Answer):
    """The other organisation of a merging."""

    id: str
    name: str
    name_zh: str | None


class OrganisationEntry(Answer):
    """Something that was done with an organisation."""

    at: str
    kind: str
    who: str | None
    what: Annotated[str | None, Field(description="contacts or owners, where it is about one of those")]
    other: Annotated[Other | None, Field(description="Of a merging the other organisation")]
    moved: Annotated[dict[str, list[str]], Field(description="By kind what moved by a merging, by name")]
    changes: Annotated[dict[str, Any], Field(description="By table and field what it said before and after")]
    erased: bool
    case: Annotated[str | None, Field(description="The number of the case that brought it about")]
    source: str | None
    reason: str | None


class OrganisationHistory(Answer):
    items: list[OrganisationEntry]
