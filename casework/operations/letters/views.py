"""Letters of a case as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.operations.core.organisations import Contact
from casework.operations.documents.views import DocumentRow


@dataclass(frozen=True, kw_only=True, slots=True)
class PossibleLetter:
    """A letter that may be sent now."""

    #: invitation, referral, reminder or closing.
    kind: str
    #: need_owner, technology_owner, or the id of a referral.
    to: str
    name: str
    name_zh: str | None
    #: need_owner, technology_owner or provider.
    side: str
    service: str | None
    #: That its recipient reads.
    language: str
    #: When what is waited for is due.
    by: str | None
    #: Of a party: whom one writes to there.
    contacts: list[Contact]


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterRow(DocumentRow):
    """A letter that was sent: a document of the case, with to whom it went."""

    to: str
    #: That the office gave it; none where it numbers no letters.
    number: str | None
    #: How it went out to a party (mail, post or hand), and on which day; none where nobody has put that down.
    how: str | None
    dispatched_on: str | None
    #: Whether the reader puts that down.
    may_dispatch: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Letters:
    """The letters of a case."""

    #: What was sent, the newest first.
    items: list[LetterRow]
    #: What may be sent now.
    possible: list[PossibleLetter]
    #: Whether the programme has one: none is sent before.
    letterhead: bool
