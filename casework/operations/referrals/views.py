"""A provider's inbox, and the contract of a referral, as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.operations.core.views import TaskKey
from casework.operations.deadlines.views import SideAccount

# --- the inbox -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxRow:
    """A referral that was sent to the reader's organisation."""

    id: str
    #: What is asked for.
    service: str
    edition: str
    states: list[str]
    #: None for a sealed one.
    number: str | None
    title: str | None
    opened_at: str
    #: How it ended.
    ended: str | None
    #: Names, by side.
    parties: dict[str, str | None]
    #: Who of the organisation holds what is due first.
    holder: str | None
    our_due: str | None
    their_due: str | None
    we_are_late: bool
    they_are_late: bool
    #: Where the service's own track stands.
    service_edition: str | None
    service_states: list[str]
    #: new or changed.
    mark: str | None


# --- one referral ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class SideToDo(SideAccount):
    """A side of a referral with the words of what it must do first."""

    first: TaskKey | None


# --- the contract ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class SideAction:
    """What a side has done."""

    transition: str
    #: In words.
    done: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What was said to an objection."""

    at: str
    #: provider or office.
    side: str
    #: raised, answered, settled, upheld or dismissed.
    what: str
    #: None once they are erased.
    words: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Objection:
    """What one side does not agree with."""

    id: str
    #: raised, answered, settled, upheld or dismissed.
    what: str
    #: Settled by whoever raised it, or decided.
    settled: bool
    #: By when it is decided.
    due_at: str | None
    #: Whose objection it is: provider or office.
    side: str
    mine: bool
    to: SideAction
    #: The first first.
    said: list[Statement]


@dataclass(frozen=True, kw_only=True, slots=True)
class Contract:
    """What has arrived on which side of a referral, and what the two do not agree about."""

    #: Something has come that the reader's side has not signed for.
    may_sign: bool
    may_object: bool
    #: The reader's side: provider or office.
    mine: str
    #: What the other side has done since the reader's signed.
    to_sign: list[SideAction]
    #: What the reader's side has done since the other one signed.
    not_signed: list[SideAction]
    #: When each side signed last.
    signed: dict[str, str | None]
    objections: list[Objection]
    #: What the other side has done: what one may object to.
    actions: list[SideAction]
