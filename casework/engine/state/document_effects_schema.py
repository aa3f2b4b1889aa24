"""What an event does to consents, documents and who sees them."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict


class ConsentTerms(TypedDict):
    """To what a party agrees; None for providers or documents means all of them."""

    party: str
    providers: list[str] | None
    documents: list[str] | None
    given_on: str
    expires_on: str | None
    #: Whether they may read the case sheet.
    sheet: NotRequired[bool]
    #: Whether it reaches providers abroad; else those that it does not reach because they were abroad.
    abroad: NotRequired[bool]
    not_to: NotRequired[list[str]]


class GivenConsent(ConsentTerms):
    id: str


class EndedConsent(TypedDict):
    id: str
    #: withdrawn or expired.
    how: str


class LetterNumber(TypedDict):
    """The number of a letter (文号): of which year, the how many, and as it is written."""

    year: int
    n: int
    written: str


class RegisteredDocument(TypedDict):
    """A document that was entered; its words are in the body."""

    id: str
    party: str | None
    kind: str
    valid_until: str | None
    own: NotRequired[bool]
    letter: NotRequired[str]
    #: Of a letter of an office that numbers its letters.
    numbered: NotRequired[LetterNumber]


class Dispatch(TypedDict):
    """How a letter to a party went out, and on which day."""

    id: str
    #: mail, post or hand.
    how: str
    on: str


class SealedContents(TypedDict):
    """The sealed file of the archive that a case's contents went into: the SHA-256 of its bytes, how many these are, and that of the
    case file within."""

    file: str
    bytes: int
    content: str


class RemovedContents(TypedDict):
    """That the contents of a case were removed under retention: by which decision, by its number in the log of which programme."""

    programme: str
    decision: int
    #: Where they went into the archive.
    sealed: NotRequired[SealedContents]


class RemovalEffects(TypedDict, total=False):
    """What says so."""

    removal: RemovedContents


class FiledFile(TypedDict):
    """A version of a document; its name and digest are in the body."""

    id: str
    document: str
    version: int
    type: str
    size: int


class GivenGrant(TypedDict):
    """An access to a document, under consents, perhaps until a day."""

    id: str
    track: str
    document: str
    consents: list[str]
    until: NotRequired[str]


class GrantDay(TypedDict):
    """Another last day of an access; None: none of its own."""

    id: str
    until: str | None
