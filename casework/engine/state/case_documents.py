"""Consents to share documents, the documents themselves, and who was given them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.engine.parties import PARTIES
from casework.engine.state.document_effects_schema import LetterNumber


@dataclass(frozen=True, slots=True)
class Consent:
    """A party's permission to share documents with providers; None means all of them."""

    id: str
    party: str
    providers: tuple[str, ...] | None
    documents: tuple[str, ...] | None
    given_on: str
    expires_on: str | None
    ended_at: datetime | None = None
    how: str | None = None
    #: It lets them read a case sheet as well: figures of its party, without a document.
    sheet: bool = False
    #: The party has agreed that it reaches providers abroad.
    abroad: bool = False
    #: Those that it does not reach: they were abroad as it was given, and the party did not agree to that.
    not_to: tuple[str, ...] = ()

    def reaches(self, provider: str | None) -> bool:
        """Whether it was given for a provider, whatever it lets it see."""
        return (self.providers is None or provider in self.providers) and provider not in self.not_to

    def covers_sheet(self, provider: str | None) -> bool:
        """Whether it lets a provider read what a case sheet says of its party."""
        return self.sheet and self.ended_at is None and self.reaches(provider)

    def covers(self, document: Document, provider: str | None) -> bool:
        """Whether it lets a provider see a document that concerns its party."""
        if self.ended_at is not None or self.party not in document.concerns:
            return False
        return self.reaches(provider) and (self.documents is None or document.id in self.documents)


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the case: whose it is or whom it is about, and what kind. Its words stand in the event that entered it."""

    id: str
    party: str | None
    kind: str
    registered_at: datetime
    valid_until: str | None = None
    #: The referral whose provider handed it in, or was sent it as a letter; None for what the office entered.
    track: str | None = None
    withdrawn_at: datetime | None = None
    #: An officer has put down that it is the office's own and that nothing of a party is in it.
    own: bool = False
    #: Which letter of the office it is, as it was sent: to the party, or to the provider of the referral.
    letter: str | None = None
    #: Its number, where the office numbers its letters.
    numbered: LetterNumber | None = None
    #: How it went out to a party (mail, post or hand), and on which day.
    dispatched_how: str | None = None
    dispatched_on: str | None = None

    @property
    def concerns(self) -> tuple[str, ...]:
        """The parties without whose consent no provider sees it: its own, or both while nobody has said that it is neither's."""
        if self.party is not None:
            return (self.party,)
        return () if self.own else PARTIES


@dataclass(frozen=True, slots=True)
class File:
    """A version of a document, as it was filed. Its bytes are kept apart; an erased name or digest is the ledger's."""

    id: str
    document: str
    version: int
    type: str
    size: int
    filed_at: datetime
    filed_by: str
    name: Any
    digest: Any


@dataclass(frozen=True, slots=True)
class Grant:
    """A provider may see a document, by a referral, under the consent of each party that it concerns, until it ends."""

    id: str
    track: str
    document: str
    #: One of each party that the document concerns.
    consents: tuple[str, ...]
    given_at: datetime
    ended_at: datetime | None = None
    #: When the provider said that its copies were given back or destroyed.
    returned_at: datetime | None = None
    #: The last day of the access, where the office named one; with the referral or the consent it ends in any case.
    until: str | None = None
