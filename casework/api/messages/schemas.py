"""The schemas of messages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Id, Knowingly, Paged, SomeWords
from casework.api.protocol.schemas import Named

Audience = Annotated[
    Literal["internal", "shared"],
    Field(
        description=(
            "Who will read it, said once more: internal notes are for the "
            "office alone, shared messages for the referral's provider too"
        )
    ),
]


class NewMessage(Body):
    audience: Audience
    words: SomeWords
    mentions: Annotated[list[Id], Field(max_length=20, description="People who may read it and are told of it")] = []
    reply_to: Annotated[
        Id | None, Field(description="The message of the same thread that it answers; who wrote that one is told")
    ] = None
    documents: Annotated[
        list[Id], Field(max_length=20, description="Documents of the case that everybody sees who will read it")
    ] = []
    sure: Knowingly = False


class Correction(Body):
    audience: Audience
    words: Annotated[
        SomeWords | None, Field(description="Null takes the message back; what it said stays in the history")
    ]
    sure: Knowingly = False


class MessageMade(Answer):
    id: str
    audience: Literal["internal", "shared"]
    at: str


class MessageVersion(Answer):
    at: str
    what: Annotated[str, Field(description="written, corrected or taken_back")]
    words: Annotated[str | None, Field(description="Null once erased")]
    erased: bool


class AnsweredMessage(Answer):
    id: str
    at: str
    author: Annotated[Named, Field(description="On the other side of a referral the role, without an id")]


class AttachedDocument(Answer):
    id: Annotated[str | None, Field(description="Null where you see it no longer")] = None
    title: str | None = None


class Message(Answer):
    id: str
    at: str
    author: Annotated[Named, Field(description="On the other side of a referral the role, without an id")]
    acting_for: Named | None = None
    role: str | None = None
    words: Annotated[str | None, Field(description="Null once erased or taken back")]
    erased: bool
    corrected_at: str | None = None
    taken_back: bool
    earlier: Annotated[list[MessageVersion], Field(description="What it said before, the oldest first")] = []
    mentions: Annotated[list[Named], Field(description="Beside who is answered")] = []
    reply_to: AnsweredMessage | None = None
    documents: Annotated[list[AttachedDocument], Field(description="What it names")] = []
    by_mail: Annotated[bool, Field(description="It came as an answer to a mail")] = False
    may_correct: bool


class MessagePage(Answer):
    items: list[Message]
    next: str | None = None


class MentionQuery(Paged):
    unread: Annotated[Literal["yes"] | None, Field(description="Only those that you have not opened")] = None


class Mention(Answer):
    id: str
    message: str
    audience: Literal["internal", "shared"]
    number: Annotated[str | None, Field(description="Of the case; null in a sealed mediation")] = None
    title: str | None = None
    referral: str | None = None
    mediation: str | None = None
    service: str | None = None
    at: str
    read_at: str | None = None


class MentionPage(Answer):
    items: list[Mention]
    next: str | None = None


class MentionRead(Answer):
    id: str
    read_at: str
