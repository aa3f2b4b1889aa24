"""The schemas of notifications."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from casework.api.protocol.fields import Answer, Paged


class NotificationQuery(Paged):
    unread: Annotated[bool | None, Field(description="Only those that you have not read")] = None


class Notification(Answer):
    id: str
    kind: str
    at: str
    read: bool
    number: Annotated[str | None, Field(description="Of the case")]
    sealed: Annotated[bool, Field(description="Of a sealed mediation")]
    account: Annotated[bool, Field(description="Of your own account")]
    finding: Annotated[str | None, Field(description="Of a finding of the audit: which")]
    catalogue: Annotated[
        str | None, Field(description="Of what is new in the catalogue: the need, or the saved search")
    ]
    edition: str | None
    words: Annotated[Any, Field(description="What names it: the key of a text of the edition, with its values")]
    due_at: str | None
    task: str | None
    step: bool
    done: Annotated[bool, Field(description="The task has ended meanwhile")]
    log: str
    unsealing: str | None
    role_request: Annotated[
        str | None, Field(description="A role that decides was asked for, given or not: which request")
    ]
    opened: Annotated[
        dict[str, Any] | None, Field(description="Who opened a case in an emergency, and who gave that role")
    ]
    referral: str | None
    inside: bool


class NotificationPage(Answer):
    items: list[Notification]
    next: str | None = None


class NotificationsRead(Answer):
    count: Annotated[int, Field(description="How many were new")]


class Followed(Answer):
    id: Annotated[str, Field(description="Of the case")]
    follows: Annotated[bool, Field(description="Whether you are told of what happens there; without a part in it, too")]
