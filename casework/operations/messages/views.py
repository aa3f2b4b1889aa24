"""Messages, threads and mentions as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from casework.operations.core.views import Named, NamedInBoth
from casework.reasons import Why


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageVersion:
    """What a message said at a time."""

    at: str
    #: written, corrected or taken_back.
    what: str
    #: Null once erased.
    words: str | None
    erased: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class AnsweredMessage:
    """Which message another one answers: never what it says."""

    id: str
    at: str
    #: On the other side of a referral the role, without an id.
    author: Named | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AttachedDocument:
    """A document that a message names; of one that its reader sees no longer neither id nor title."""

    id: str | None
    title: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A message, as far as its reader knows who wrote it."""

    id: str
    at: str
    #: On the other side of a referral the role, without an id.
    author: Named | None
    acting_for: Named | None
    role: str
    #: Null once erased or taken back.
    words: str | None
    erased: bool
    corrected_at: str | None
    taken_back: bool
    #: What it said before, the oldest first.
    earlier: list[MessageVersion]
    #: Beside who is answered.
    mentions: list[Named]
    #: Null where it answers none.
    reply_to: AnsweredMessage | None
    documents: list[AttachedDocument]
    #: It came as an answer to a mail.
    by_mail: bool
    may_correct: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A message that mentions the reader."""

    id: str
    message: str
    #: internal or shared.
    audience: str
    #: Of the case; null in a sealed mediation.
    number: str | None
    title: str | None
    referral: str | None
    mediation: str | None
    service: str | None
    at: str
    read_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadRow:
    """A thread of a case: how much stands there."""

    #: internal or shared.
    audience: str
    #: Of a shared one: whose, for which service, and with whom it is shared.
    referral: str | None
    service: str | None
    provider: str | None
    count: int
    last_at: str | None
    #: How many messages mention the reader and were not opened.
    unread: int
    #: The reader sees the whole case.
    whole: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ThreadDetails:
    """A thread for its page."""

    #: internal or shared.
    audience: str
    referral: str | None
    service: str | None
    #: Of the case; a sealed mediation has none.
    number: str | None
    title: str | None
    log: str
    #: case or mediation.
    kind: str
    programme: str
    provider: str | None
    #: The reader sees the whole case.
    whole: bool
    #: Why the reader does not write here now; "" for those who only read, None where it is possible.
    why_not: Why | Literal[""] | None
    #: Whom one may tell.
    tell: list[NamedInBoth]
