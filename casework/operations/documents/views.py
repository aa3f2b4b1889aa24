"""Documents, their versions and who has them, as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionRow:
    """A version of a document."""

    version: int
    #: Null once erased.
    name: str | None
    #: What its content was found to be, such as pdf.
    type: str
    size: int
    #: Null once erased.
    sha256: str | None
    filed_at: str
    #: Null for a person of the other side.
    filed_by: str | None
    #: pending, clean or blocked; null where no scanner looked at it.
    scan: str | None
    #: Whether its bytes are still there.
    kept: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentShare:
    """Which provider sees or saw a document."""

    id: str
    provider: str | None
    referral: str
    given_at: str
    ended_at: str | None
    #: When the provider said that its copies are back or destroyed.
    returned_at: str | None
    #: The last day that the office named.
    until: str | None
    #: The one named, or the consent's if that is earlier; null: it ends with the referral.
    last_day: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentRow:
    """A document with its versions, as far as its reader sees them."""

    id: str
    title: str | None
    kind: str
    #: Whose paper it is, or whom it is about; null: both, unless it is `own`.
    party: str | None
    #: The office's own, with nothing of a party in it.
    own: bool
    language: str | None
    valid_until: str | None
    #: By today's day in the programme's calendar.
    expired: bool
    registered_at: str
    withdrawn_at: str | None
    #: With which it was handed in by its provider, or as a letter sent to it.
    referral: str | None
    #: Which letter of the office it is, as it was sent to the party or the provider.
    letter: str | None
    provider: str | None
    #: Whether you may file a version or withdraw it.
    may_change: bool
    #: The newest first.
    versions: list[VersionRow]
    #: Which providers see or saw it; for those who read the whole case.
    shared: list[DocumentShare]


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenDocument:
    """What a referral was given of a document, and what became of it."""

    id: str
    document: str
    title: str | None
    given_at: str
    ended_at: str | None
    returned_at: str | None
    #: The one named, or the consent's if that is earlier; null: it ends with the referral.
    last_day: str | None
    #: The access has ended, and the provider has not said what became of its copies.
    owed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Taking:
    """That somebody took a file out."""

    at: str
    person: str
    #: Null where the whole file of the case was taken out.
    version: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentDetails(DocumentRow):
    """A document with who took it out."""

    #: By whom, the last first; for those who read the whole case.
    taken_out: list[Taking]


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """Every document that a referral was given."""

    items: list[GivenDocument]
    #: Of at least one the access has ended, and nobody has said what became of its copies.
    owed: bool
    #: The reader may say so now.
    may_confirm: bool
