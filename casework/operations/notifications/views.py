"""Notifications and mails as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.json_values import JsonObject
from casework.operations.core.event_views import EventView


@dataclass(frozen=True, kw_only=True, slots=True)
class Notification:
    """What a person was told."""

    id: str
    kind: str
    at: str
    read: bool
    #: Of the case.
    number: str | None
    #: Of a sealed mediation.
    sealed: bool
    edition: str | None
    #: What names it: the key of a text of the edition, with its values.
    words: str | None
    due_at: str | None
    task: str | None
    step: bool
    #: The task has ended meanwhile.
    done: bool
    #: Of the own account.
    account: bool
    #: Of what is new in the catalogue: the need, or the saved search.
    catalogue: str | None
    #: Of a finding of the audit: which.
    finding: str | None
    log: str
    unsealing: str | None
    #: A role that decides was asked for, given or not: which request.
    role_request: str | None
    #: Who opened a case in an emergency, and who gave that role.
    opened: JsonObject | None
    referral: str | None
    inside: bool


#: So many of the newest are known to a page by name, of the others only how many they are.
MOST_KNOWN = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """What a person has not read: how many, and the newest of them."""

    count: int = 0
    #: The ids of the newest, the last first; up to `MOST_KNOWN`.
    newest: tuple[str, ...] = ()

    @property
    def known(self) -> str:
        """By what a page says that it knows this: the number and the ids."""
        return ".".join([str(self.count), *self.newest])


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """What a person was told, with the event by which it came."""

    told: Notification
    #: As far as the reader sees it; None of what the reader's history does not show.
    event: EventView | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertGroup:
    """What a person was told of one case, the newest first."""

    log: str
    #: None of what is no case, and of one that the reader does not read whole.
    title: str | None
    #: The reader follows it.
    followed: bool
    items: list[Alert]


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertCounts:
    """How much a person has not read."""

    unread: int
    #: In how many cases, and how many of no case: of the own account, of roles, of what is sealed.
    cases: int
    elsewhere: int
    to_do: int
    mentions: int
    late: int
    followed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MailRow:
    """A mail, and what became of it."""

    id: str
    kind: str
    #: queued, sent, failed or cancelled.
    state: str
    name: str
    name_zh: str | None
    email: str
    made_at: str
    send_at: str
    ended_at: str | None
    #: Each attempt: at, what.
    tries: list[JsonObject]
