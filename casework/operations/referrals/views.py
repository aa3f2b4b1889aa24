"""Referrals, a provider's inbox, and the contract of a referral, as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.json_values import JsonMapping
from casework.operations.cases.action_views import ActionView, AddableTask
from casework.operations.cases.views import TaskView, TrackView
from casework.operations.core.views import Names, TaskKey
from casework.operations.deadlines.views import SideAccount, Sides

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
class ReferralView(TrackView):
    """A referral with the case that it belongs to, and the service below it."""

    #: Its number; a mediation has none.
    case: str | None
    title: str | None
    #: Names, by side.
    parties: dict[str, str | None]
    #: The service's own tracks.
    service: list[TrackView]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralRow(ReferralView):
    """A referral in a list."""

    #: new or changed.
    mark: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedBefore:
    """Whom the panel asked before, and how that one answered."""

    referral: str
    #: By name.
    provider: str | None
    outcome: str | None
    edition: str
    #: The code of the reason given for declining.
    reason: str | None
    #: The same in words.
    why: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedBeside:
    """Who is asked at the same time, and where that referral stands."""

    referral: str
    #: By name.
    provider: str | None
    edition: str
    states: list[str]
    #: The same in words.
    labels: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class GrantedDocument:
    """A document that the provider may see."""

    document: str
    #: None once erased.
    title: str | None
    #: Of the access, if it is known.
    last_day: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralDetails(ReferralView):
    """One referral, as far as its reader sees it."""

    #: When the contents of its case were removed under retention, after which nothing is done in it any more.
    removed_at: str | None
    question: str | None
    #: These three are empty for providers.
    asked_before: list[AskedBefore]
    asked_beside: list[AskedBeside]
    #: By name.
    asked_next: list[str | None]
    #: Titles of what was shared.
    documents: list[str | None]
    granted: list[GrantedDocument]
    tasks: list[TaskView]
    actions: list[ActionView]
    #: Tasks that the reader may add.
    requests: list[AddableTask]
    sides: Sides


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferralOnPage(ReferralDetails):
    """The same with what was agreed, who asks, and both sides' clocks."""

    log: str
    #: The reader works for its provider.
    ours: bool
    #: Who bears it: a code of the request's form.
    fee: str | None
    wanted_on: str | None
    accepted_at: str | None
    planned_on: str | None
    #: A code of the acceptance's form.
    charge: str | None
    #: amount and currency.
    price: JsonMapping | None
    #: Who does it, and who looks after the case, by name.
    named: str | None
    officer: str | None
    programme: Names
    provider_side: SideToDo
    office_side: SideToDo


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
