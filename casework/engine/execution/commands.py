"""What may be asked of a case: commands are facts about what somebody wants, and decide nothing.

Those of tasks and of records stand in modules of their own; `Command` is any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from casework.engine.execution.record_commands import (
    AnswerByLink,
    AnswerObjection,
    AskUnsealing,
    BreakGlass,
    ChangeGrantDay,
    Correct,
    DecideUnsealing,
    DispatchLetter,
    FileDocument,
    GiveLink,
    Object,
    Receive,
    RegisterDocument,
    Reseal,
    ReturnPapers,
    RevokeLink,
    Say,
    SendLetter,
    TellParties,
    WithdrawDocument,
    WithdrawGrant,
)
from casework.engine.execution.task_commands import (
    Activate,
    Add,
    AddItem,
    Allocate,
    AnswerReview,
    AskReview,
    Assign,
    Claim,
    Complete,
    Delegate,
    Exit,
    Fail,
    Forward,
    HandBack,
    Modify,
    Nominate,
    Release,
    Relieve,
    Resume,
    Skip,
    Start,
    Stop,
    Suspend,
    Tick,
)
from casework.engine.state.effects_schema import CaseSubject
from casework.json_values import Answers
from casework.reasons import Why


@dataclass(frozen=True)
class Open:
    """Open a case from a match, or a mediation about a case."""

    log: str
    kind: str
    workflow: str
    case: CaseSubject
    title: str | None = None
    #: Of a mediation: its main track is a referral of this service.
    service: str | None = None
    provider: str | None = None
    #: What else is said with it, by its name.
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Fire:
    """Fire a transition of a track with a form's data; `happened_on` when it is recorded afterwards."""

    track: str
    transition: str
    data: Answers = field(default_factory=dict)
    happened_on: str | None = None
    reason: str | None = None
    #: What was found against fields outside the log, by field.
    against: Mapping[str, Why] = field(default_factory=dict)


@dataclass(frozen=True)
class FireTimer:
    """Let a clock do what is due."""

    clock: str


@dataclass(frozen=True)
class Recount:
    """Count the running clocks again that another version of the calendar moves; nothing happens where it moves none."""


@dataclass(frozen=True)
class HandOver:
    """Give the case to another owner and team."""

    owner: str
    team: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class ChangeRights:
    """Add IP rights to what the case is about, or take some out."""

    rights: tuple[str, ...]
    #: What of `engine.case_objects.case_rights` is done with them.
    what: str
    reason: str = ""


@dataclass(frozen=True)
class LinkCase:
    """Link the case to another one; what that is to this one is told by `engine.case_objects.case_links`."""

    id: str
    #: The log of the other case, and its number.
    case: str
    number: str
    kind: str
    #: The log of the case in which it is done.
    done_in: str


@dataclass(frozen=True)
class UnlinkCase:
    """End a link of the case to another one."""

    id: str
    reason: str
    done_in: str


@dataclass(frozen=True)
class EndConsent:
    """A consent is withdrawn, or has expired: its grants end, the referrals that lean on it are suspended."""

    consent: str
    how: str
    reason: str | None = None


@dataclass(frozen=True)
class DeclareInterest:
    """A person declares an interest in the case and from then on does nothing in it."""

    person: str
    nature: str = ""


@dataclass(frozen=True)
class HearScreening:
    """The organisation of a party was screened on its record: what is asked of it here is answered by that, or is to be asked again."""

    party: str


@dataclass(frozen=True)
class Notice:
    """Open the main track's task of a part, where it has one, because of something that happened outside this log."""

    part: str
    about: str | None = None


@dataclass(frozen=True)
class CorrectAnswer:
    """Put other answers in the place of those of an earlier action, by its `seq`: of a transition, or of a finished task."""

    of: int
    track: str
    data: Answers
    reason: str
    transition: str | None = None
    task: str | None = None
    #: The words of the form as they stand: they are kept in events alone.
    words: Answers = field(default_factory=dict)
    #: What was found against fields outside the log, by field.
    against: Mapping[str, Why] = field(default_factory=dict)


@dataclass(frozen=True)
class AskMove:
    """Ask that the case be moved to a state without the steps that lead there."""

    to: str
    reason: str


@dataclass(frozen=True)
class DecideMove:
    """Agree to such a move, or not."""

    agree: bool
    note: str | None = None


Command = (
    Open
    | Fire
    | Claim
    | Release
    | Relieve
    | Allocate
    | Complete
    | Exit
    | Start
    | Stop
    | Suspend
    | Resume
    | Skip
    | Delegate
    | Forward
    | Assign
    | Fail
    | Activate
    | Nominate
    | Modify
    | Tick
    | AskReview
    | AnswerReview
    | AddItem
    | HandBack
    | Add
    | FireTimer
    | Recount
    | HandOver
    | AskMove
    | DecideMove
    | ChangeRights
    | LinkCase
    | UnlinkCase
    | RegisterDocument
    | FileDocument
    | WithdrawDocument
    | SendLetter
    | DispatchLetter
    | WithdrawGrant
    | ChangeGrantDay
    | ReturnPapers
    | EndConsent
    | DeclareInterest
    | Notice
    | HearScreening
    | Say
    | Correct
    | CorrectAnswer
    | AskUnsealing
    | DecideUnsealing
    | Reseal
    | TellParties
    | BreakGlass
    | Receive
    | Object
    | AnswerObjection
    | GiveLink
    | RevokeLink
    | AnswerByLink
)
