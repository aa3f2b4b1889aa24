"""What can be asked of the engine: one frozen dataclass per deed, and the context in which it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.editions import Edition
from casework.engine.state.events import SYSTEM_ACTOR
from casework.errors import EditionMissing

Json = Any


@dataclass(frozen=True)
class By:
    """Who does it, in which role, and for whom."""

    person: str = SYSTEM_ACTOR
    role: str = "system"
    organisation: str | None = None
    acting_for: str | None = None


@dataclass(frozen=True)
class Library:
    """The editions at hand: every one by fingerprint, and the newest of each workflow."""

    editions: Mapping[str, Edition]
    newest: Mapping[str, str]

    def __getitem__(self, fingerprint: str) -> Edition:
        found = self.editions.get(fingerprint)
        if found is None:
            raise EditionMissing(fingerprint)
        return found

    def latest(self, workflow: str) -> Edition | None:
        fingerprint = self.newest.get(workflow)
        return self.editions[fingerprint] if fingerprint else None


@dataclass(frozen=True)
class Context:
    """What a decision needs from outside: the actor, the time, the calendar, ids, and facts from outside the log."""

    by: By
    now: datetime
    calendar: Calendar
    new_id: Callable[[], str]
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Open:
    """Open a case from a match, or a mediation about a case."""

    log: str
    kind: str
    workflow: str
    case: Mapping[str, Json]
    title: str | None = None
    #: Of a mediation: its main track is a referral of this service.
    service: str | None = None
    provider: str | None = None


@dataclass(frozen=True)
class Fire:
    """Fire a transition of a track with a form's data; `happened_on` when it is recorded afterwards."""

    track: str
    transition: str
    data: Mapping[str, Json] = field(default_factory=dict)
    happened_on: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Claim:
    """Take a task from its queue."""

    task: str


@dataclass(frozen=True)
class Release:
    """Give a task back to its queue."""

    task: str
    note: str | None = None


@dataclass(frozen=True)
class Relieve:
    """Take a task from a person whose role has ended, and put it back into its queue."""

    task: str
    person: str


@dataclass(frozen=True)
class Allocate:
    """Give a task to whom the rule of its queue leads; `allocation` is what `engine.tasks.allocation.written` keeps of it."""

    task: str
    person: str
    allocation: Mapping[str, Json]


@dataclass(frozen=True)
class Complete:
    """Finish a side task, or decide on a proposal."""

    task: str
    data: Mapping[str, Json] = field(default_factory=dict)
    happened_on: str | None = None


@dataclass(frozen=True)
class Exit:
    """End a side task that is not needed any more, without a result."""

    task: str
    reason: str


@dataclass(frozen=True)
class Start:
    """Begin to work on a task; whoever has not taken it takes it so."""

    task: str


@dataclass(frozen=True)
class Stop:
    """Stop working on a task for now, and keep it."""

    task: str


@dataclass(frozen=True)
class Suspend:
    """Let a task wait for somebody until a day; a clock wakes it."""

    task: str
    until: str
    waits_for: str
    reason: str


@dataclass(frozen=True)
class Resume:
    """Go on with a task that waits."""

    task: str


@dataclass(frozen=True)
class Skip:
    """Leave out a task that nothing waits for."""

    task: str
    reason: str


@dataclass(frozen=True)
class Delegate:
    """Give a task to another person, who gives it back when it is prepared."""

    task: str
    person: str
    note: str


@dataclass(frozen=True)
class Forward:
    """Give a task up for others, or for one person to take."""

    task: str
    note: str
    person: str | None = None


@dataclass(frozen=True)
class Assign:
    """Give a task to another person for good."""

    task: str
    person: str
    note: str


@dataclass(frozen=True)
class Fail:
    """End a task that cannot be done."""

    task: str
    reason: str


@dataclass(frozen=True)
class Activate:
    """Let a task begin before its day."""

    task: str


@dataclass(frozen=True)
class Nominate:
    """Let a task begin, with the person who does it; with none it is for its whole queue."""

    task: str
    note: str
    person: str | None = None


@dataclass(frozen=True)
class Modify:
    """Give a task another priority."""

    task: str
    priority: int
    reason: str


@dataclass(frozen=True)
class Tick:
    """Tick an item of a task's checklist, or take the tick away."""

    task: str
    item: str
    done: bool = True


@dataclass(frozen=True)
class AddItem:
    """Add an item of one's own to a task's checklist."""

    task: str
    words: str


@dataclass(frozen=True)
class AskReview:
    """Have another person look at a side task's form before it is finished."""

    task: str
    person: str
    data: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class AnswerReview:
    """Approve what was proposed, or ask for changes, which are said in the note."""

    task: str
    approve: bool
    note: str | None = None


@dataclass(frozen=True)
class HandBack:
    """Give a delegated task back to whoever delegated it, with what was prepared."""

    task: str
    data: Mapping[str, Json] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True)
class Add:
    """Add a task from the list that the workflow allows; for one person, and until a day, where they are named."""

    track: str
    task: str
    about: str | None = None
    due: str | None = None
    person: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Ring:
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
class FileTold:
    """A file as the history tells of it: its name, its SHA-256, what it is and how large."""

    name: str
    digest: str
    type: str
    size: int


@dataclass(frozen=True)
class RegisterDocument:
    """Enter a document of the case: its title, kind and whose it is; of a referral, where its provider hands it in."""

    title: str
    kind: str
    party: str | None = None
    language: str | None = None
    valid_until: str | None = None
    referral: str | None = None
    file: FileTold | None = None
    #: The office's own, with nothing of a party in it.
    own: bool = False


@dataclass(frozen=True)
class FileDocument:
    """File a new version of a document."""

    document: str
    file: FileTold


@dataclass(frozen=True)
class WithdrawDocument:
    """Take a document out of use."""

    document: str
    reason: str


@dataclass(frozen=True)
class SendLetter:
    """File a letter to a party (by its side) or a provider (by its referral) as it is sent; `address` where it is mailed."""

    kind: str
    to: str
    language: str
    title: str
    file: FileTold
    address: str | None = None


@dataclass(frozen=True)
class WithdrawGrant:
    """Let a provider see a document no longer."""

    grant: str
    reason: str


@dataclass(frozen=True)
class ChangeGrantDay:
    """Another last day for a provider's access to a document; None: as long as referral and consent last."""

    grant: str
    until: str | None


@dataclass(frozen=True)
class ReturnPapers:
    """A provider says what became of the documents that its referral was given."""

    referral: str
    how: str
    note: str | None = None


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
class Notice:
    """Open a task of the main track by its name, because of something that happened outside this log."""

    task: str
    about: str | None = None


@dataclass(frozen=True)
class Say:
    """Write a message: an internal note, or a word in the thread of a referral, shared with its provider."""

    audience: str
    words: str
    referral: str | None = None
    #: People whom it tells of the message.
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """A message as the log has it: what a correction of it must know."""

    message: str
    seq: int
    kind: str
    track: str | None
    actor: str
    taken_back: bool = False


@dataclass(frozen=True)
class Correct:
    """Put other words in the place of one's own message, or with None take it back."""

    of: Said
    words: str | None


@dataclass(frozen=True)
class CorrectAnswer:
    """Put other answers in the place of those of an earlier deed, by its `seq`: of a transition, or of a finished task."""

    of: int
    track: str
    data: Mapping[str, Json]
    reason: str
    transition: str | None = None
    task: str | None = None
    #: The words of the form as they stand: they are kept in events alone.
    words: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class AskUnsealing:
    """Ask that a reader may read a sealed mediation for some days, once another person agrees."""

    reader: str
    decider: str
    days: int
    reason: str


@dataclass(frozen=True)
class DecideUnsealing:
    """Agree to an unsealing as the second person, or do not."""

    opening: str
    agree: bool
    note: str | None = None


@dataclass(frozen=True)
class Reseal:
    """End an unsealing before its time, or ask for it no more."""

    opening: str


@dataclass(frozen=True)
class TellParties:
    """Record on which day the parties were told of an unsealing."""

    opening: str
    on: str


@dataclass(frozen=True)
class BreakGlass:
    """Read a case in an emergency, for a few hours. `given`: who gave the reader the role by which it is done."""

    reason: str
    given: Mapping[str, Json] | None = None


@dataclass(frozen=True)
class Receive:
    """Sign for all that the other side of a referral has done until now."""

    referral: str


@dataclass(frozen=True)
class Object:
    """Put on record that one does not agree with a deed of the other side of a referral, a transition by name."""

    referral: str
    to: str
    words: str


@dataclass(frozen=True)
class AnswerObjection:
    """Answer an objection of the other side, or call one's own settled."""

    referral: str
    objection: str
    words: str


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
    | Ring
    | Recount
    | HandOver
    | RegisterDocument
    | FileDocument
    | WithdrawDocument
    | SendLetter
    | WithdrawGrant
    | ChangeGrantDay
    | ReturnPapers
    | EndConsent
    | DeclareInterest
    | Notice
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
)
