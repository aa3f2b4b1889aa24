"""What may be asked of documents, letters, messages, unsealings, emergencies and acknowledgements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from casework.engine.state.document_effects_schema import LetterNumber
from casework.engine.state.effects_schema import RoleGiven
from casework.json_values import Answers
from casework.reasons import Why


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
    #: Where the office numbers its letters.
    numbered: LetterNumber | None = None


@dataclass(frozen=True)
class DispatchLetter:
    """Put down how a letter to a party went out, and on which day."""

    document: str
    how: str
    on: str


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
class Said:
    """A message as the log has it: what a correction of it, or a reply to it, must know."""

    message: str
    seq: int
    kind: str
    track: str | None
    actor: str
    taken_back: bool = False


@dataclass(frozen=True)
class Say:
    """Write a message: an internal note, or a word in the thread of a referral, shared with its provider."""

    audience: str
    words: str
    referral: str | None = None
    #: People whom it tells of the message.
    mentions: tuple[str, ...] = ()
    #: The message that it answers, and who wrote that one, where that person is told.
    reply_to: Said | None = None
    answered: str | None = None
    #: Documents of the case that all its readers see.
    documents: tuple[str, ...] = ()
    #: It came as an answer to a mail.
    by_mail: bool = False


@dataclass(frozen=True)
class Correct:
    """Put other words in the place of one's own message, or with None take it back."""

    of: Said
    words: str | None


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
    given: RoleGiven | None = None


@dataclass(frozen=True)
class Receive:
    """Sign for all that the other side of a referral has done until now."""

    referral: str


@dataclass(frozen=True)
class Object:
    """Put on record that one does not agree with an action of the other side of a referral, a transition by name."""

    referral: str
    to: str
    words: str


@dataclass(frozen=True)
class AnswerObjection:
    """Answer an objection of the other side, or call one's own settled."""

    referral: str
    objection: str
    words: str


@dataclass(frozen=True)
class GiveLink:
    """Give a party a one-time link for a task: what it shows and asks about, in which language and for how many days.

    `address` where it is mailed, `name` of whom it is for where that is known; `organisation` is who the party is by the record now,
    where that is not by whom the case was opened.
    """

    task: str
    party: str
    days: int
    language: str
    documents: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    code: bool = True
    address: str | None = None
    name: str = ""
    organisation: str | None = None


@dataclass(frozen=True)
class RevokeLink:
    """Withdraw a link that was not used."""

    link: str


@dataclass(frozen=True)
class AnswerByLink:
    """A party's answer to the task of a link: who answered, as what, and with which files."""

    link: str
    name: str
    position: str
    data: Answers = field(default_factory=dict)
    files: tuple[FileTold, ...] = ()
    #: What was found against fields outside the log, by field.
    against: Mapping[str, Why] = field(default_factory=dict)
