"""The schemas of documents."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Day, Language, Line, Query, Words


class NewDelivery(Body):
    title: Line
    kind: Line
    language: Language | None = None
    valid_until: Day | None = None


class Returning(Body):
    how: Annotated[Literal["returned", "destroyed"], Field(description="What became of every copy")]
    note: Words | None = None


class DeliveryMade(Answer):
    id: str


class DocumentVersion(Answer):
    version: int
    name: Annotated[str | None, Field(description="Null once erased")] = None
    type: Annotated[str, Field(description="What its content was found to be, such as pdf")]
    size: int
    sha256: Annotated[str | None, Field(description="Null once erased")] = None
    filed_at: str
    filed_by: Annotated[str | None, Field(description="Null for a person of the other side")] = None
    scan: Annotated[
        Literal["pending", "clean", "blocked"] | None, Field(description="Null where no scanner looked at it")
    ] = None
    kept: Annotated[bool, Field(description="Whether its bytes are still there")]


LastDay = Annotated[
    str | None,
    Field(
        description="Its last day: the one named, or the consent's if that is earlier; null: it ends with the referral"
    ),
]


class DocumentShare(Answer):
    id: str
    provider: str | None = None
    referral: str
    given_at: str
    ended_at: str | None = None
    returned_at: Annotated[
        str | None, Field(description="When the provider said that its copies are back or destroyed")
    ] = None
    until: Annotated[str | None, Field(description="The last day that the office named")] = None
    last_day: LastDay = None


class DocumentTold(Answer):
    id: str
    title: str | None = None
    kind: str
    party: Annotated[
        str | None, Field(description="Whose paper it is, or whom it is about; null: both, unless it is `own`")
    ] = None
    own: Annotated[bool, Field(description="The office's own, with nothing of a party in it")] = False
    language: str | None = None
    valid_until: str | None = None
    expired: Annotated[bool, Field(description="By today's day in the programme's calendar")] = False
    registered_at: str
    withdrawn_at: str | None = None
    referral: Annotated[
        str | None, Field(description="With which it was handed in by its provider, or as a letter sent to it")
    ] = None
    letter: Annotated[
        str | None, Field(description="Which letter of the office it is, as it was sent to the party or the provider")
    ] = None
    provider: str | None = None
    may_change: Annotated[bool, Field(description="Whether you may file a version or withdraw it")]
    versions: Annotated[list[DocumentVersion], Field(description="The newest first")]
    shared: Annotated[
        list[DocumentShare], Field(description="Which providers see or saw it; for those who read the whole case")
    ] = []


class DocumentPage(Answer):
    items: list[DocumentTold]
    next: str | None = None


class Given(Answer):
    id: str
    document: str
    title: str | None = None
    given_at: str
    ended_at: str | None = None
    returned_at: str | None = None
    last_day: LastDay = None
    owed: Annotated[
        bool, Field(description="The access has ended, and the provider has not said what became of its copies")
    ] = False


class PackagePage(DocumentPage):
    package: Annotated[list[Given], Field(description="Everything that the referral was ever given")] = []


class Taking(Answer):
    at: str
    person: str
    version: Annotated[int | None, Field(description="Null where the whole file of the case was taken out")] = None


class DocumentShown(DocumentTold):
    taken_out: Annotated[
        list[Taking], Field(description="By whom, the last first; for those who read the whole case")
    ] = []


class VersionQuery(Query):
    name: Annotated[str, Field(min_length=1, max_length=300, description="The name of the file, with its ending")]


class CaseFileQuery(Query):
    since: Annotated[
        int | None,
        Field(
            ge=1,
            le=2**53,
            description="Leaves of a checkpoint that you remember: the file proves that the tree goes on from it",
        ),
    ] = None


class VersionFiled(Answer):
    id: str
    file: str
    version: int


class DocumentWithdrawn(Answer):
    id: str
    withdrawn_at: str | None = None


class GrantEnded(Answer):
    id: str
    ended_at: str | None = None


class GrantDay(Body):
    until: Annotated[Day | None, Field(description="The last day; null: as long as referral and consent last")]


class GrantDayChanged(Answer):
    id: str
    until: str | None = None
    last_day: LastDay = None


class PapersReturned(Answer):
    id: str
    how: str
    documents: Annotated[int, Field(description="How many")]


class Bytes(Answer):
    """A file; no JSON."""
