"""The schemas of letters."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.documents.schemas import DocumentTold
from casework.api.protocol.fields import Answer, Body, Day, Id, Line, Query

Kind = Literal["invitation", "question", "progress", "referral", "reminder", "closing"]
Told = Literal["en", "zh", "both"]
Way = Literal["mail", "post", "hand"]
To = Annotated[Line, Field(description="need_owner, technology_owner, or the id of a provider's referral")]
By = Annotated[Day | None, Field(description="The day that the letter names")]
Own = Annotated[str | None, Field(max_length=4000, description="A paragraph of one's own")]


Attention = Annotated[
    Line | None, Field(description="Of a party: who there is to read it; the letter names the person")
]


class LetterOut(Body):
    letter: Annotated[Id, Field(description="Of the document")]
    how: Way
    on: Annotated[Day, Field(description="The day on which it went out; not before it was filed")]


class LetterDispatched(Answer):
    id: str
    how: Way
    on: str


class NewLetter(Body):
    kind: Kind
    to: To
    language: Annotated[Told, Field(description="both: English and Chinese side by side")]
    by: By = None
    words: Own = None
    attention: Attention = None
    address: Annotated[Line | None, Field(description="Of a party: the e-mail that it goes to, attached")] = None
    sure: Annotated[bool, Field(description="Send it although the same recipient has this letter already")] = False


class LetterWritten(Query):
    kind: Kind
    to: To
    language: Told
    by: By = None
    words: Own = None
    attention: Attention = None


class LetterContact(Answer):
    """Whom one writes to at a party."""

    id: str
    name: str
    role: str | None
    email: str | None
    telephone: str | None
    language: str


class PossibleLetter(Answer):
    kind: Kind
    to: To
    name: str
    name_zh: str | None = None
    side: Literal["need_owner", "technology_owner", "provider"]
    service: str | None = None
    language: Annotated[Told, Field(description="That its recipient reads")]
    by: Annotated[str | None, Field(description="When what is waited for is due")] = None
    contacts: Annotated[list[LetterContact], Field(description="Of a party: whom one writes to there")] = []


class LetterTold(DocumentTold):
    to: str
    number: Annotated[str | None, Field(description="That the office gave it, such as 京绿技〔2026〕12号")] = None
    how: Annotated[Way | None, Field(description="How it went out to a party; null where nobody has put that down")] = (
        None
    )
    dispatched_on: Annotated[str | None, Field(description="On which day it went out")] = None
    may_dispatch: Annotated[bool, Field(description="Whether you put that down")]


class LetterPage(Answer):
    items: Annotated[list[LetterTold], Field(description="What was sent, the newest first")]
    possible: Annotated[list[PossibleLetter], Field(description="What you may send now")]
    letterhead: Annotated[bool, Field(description="The programme has one; before that no letter goes")]
    next: str | None = None


class LetterSent(Answer):
    id: Annotated[str, Field(description="Of the document")]
    file: str
    sha256: str
