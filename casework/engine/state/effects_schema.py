"""What follows from an event: the declared type of each key of its effects.

They are JSON and stay it: a type for readers and the type checker. Who makes an event, folds it, judges it or tells it reads the same.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict

from casework.engine.deadlines.calendars import Unit
from casework.engine.deadlines.deadlines import Rule
from casework.engine.state.case_values import Routed
from casework.engine.state.document_effects_schema import (
    Dispatch,
    EndedConsent,
    FiledFile,
    GivenConsent,
    GivenGrant,
    GrantDay,
    RegisteredDocument,
    RemovalEffects,
)
from casework.engine.state.found_case import AsOpened, FollowingCase, FoundCase, RecordsThen, SideSaid
from casework.engine.state.impact_values import GivenImpact, GivenStatement
from casework.engine.state.message_effects import MessageEffects
from casework.engine.state.migration_effects import MigrationEffects
from casework.engine.state.related_cases import LinkEffects
from casework.engine.state.right_values import RightChange
from casework.engine.state.screening_values import ScreenedParty
from casework.json_values import Answers

#: A step of a clock: the instant, what happens then, and how the moment was counted. In JSON an array of three.
WrittenStep: TypeAlias = tuple[str, str, Rule]

#: The languages of a letter.
Language: TypeAlias = Literal["en", "zh", "both"]

# --- the case and its tracks -----------------------------------------------------------------------------------------


class CaseSubject(FollowingCase):
    """What a case, or a sealed mediation, is about."""

    programme: str
    number: NotRequired[str]
    match: NotRequired[str | None]
    need: NotRequired[str | None]
    technology: NotRequired[str | None]
    phase: NotRequired[str | None]
    #: The two parties' organisations, by side.
    parties: NotRequired[dict[str, str]]
    rights: NotRequired[list[str]]
    found: NotRequired[FoundCase]
    #: Of a match that no run has found; else `found` has them.
    records: NotRequired[RecordsThen]
    answers: NotRequired[list[SideSaid]]
    as_opened: NotRequired[AsOpened]
    #: Of a mediation: the case that it is about.
    about: NotRequired[str | None]
    owner: NotRequired[str | None]
    team: NotRequired[list[str]]


class OpenedCase(CaseSubject):
    """The same, and of which kind it is."""

    kind: str


#: What the opener of a track gave along; of a referral what is asked, shared, and with whom it is asked.
Given = TypedDict(
    "Given",
    {
        #: The question by its name, or whether one is asked in words.
        "question": str | bool,
        "documents": list[str],
        "wanted_on": str | None,
        #: By document the last day of its access.
        "shared_until": dict[str, str],
        #: The providers who are asked next, in their order.
        "panel": list[str],
        #: The referral before it in its panel, and the one beside which it was sent.
        "after": str,
        "with": str,
        #: Of a mediation: by what it was started.
        "door": str,
    },
    total=False,
)


class OpenedTrack(TypedDict):
    """A track that begins."""

    id: str
    workflow: str
    edition: str
    kind: str
    #: What its workflow is to the engine, of `engine.parts`.
    part: str
    parent: str | None
    provider: str | None
    states: list[str]
    given: NotRequired[Given]


class Hold(TypedDict, total=False):
    """Why a case waits, for whom, until when, and which clocks stand still for it."""

    reason: str
    resume_by: str | None
    waits_for: str
    paused: list[str]


class WrittenJoin(TypedDict):
    """How referrals side by side are waited for, as it is now."""

    id: str
    kind: str
    rule: str
    needed: int | None
    at: str | None
    referrals: list[str]
    state: str
    by: list[str]


class Objection(TypedDict):
    """What one side thinks of something that the other has done: raised, answered, settled, upheld or dismissed."""

    id: str
    what: str
    side: str
    #: The transition that it is about.
    to: str


# --- tasks and clocks ------------------------------------------------------------------------------------------------


class OpenedTask(TypedDict):
    """A task that begins."""

    id: str
    track: str
    name: str
    edition: str
    rule: str
    type: str
    queue: str
    organisation: str | None
    state: str
    due: str | None
    of: str | None
    about: str | None
    aftercare: bool
    #: Which body outside has the next word, where its rule says so.
    awaits: NotRequired[str]


#: For whom a person lets a task wait, and until which day.
Wait = TypedDict("Wait", {"for": str, "until": str})


class TaskValues(TypedDict, total=False):
    """What changes of a task."""

    state: str
    holder: str | None
    flagged: bool
    result: Answers
    priority: int
    #: To whom it was handed; None: to whoever works its queue.
    to: str | None
    #: The item of its checklist that was ticked, unticked or added.
    item: str
    wait: Wait | None
    due: str | None
    #: Of one that is suspended: its state before, where that is not the one it had.
    before: str
    #: Who ended it, where that is not the actor.
    by: str


class TaskChange(TaskValues):
    """A task that was there before, and what is new of it."""

    id: str


class ClockSpan(TypedDict):
    """Moments that were counted from now on, and by which calendar."""

    start: str
    #: Digest of the calendar.
    calendar: str
    steps: list[WrittenStep]


class ClockOwner(TypedDict, total=False):
    """What a clock belongs to."""

    task: str | None
    consent: str | None
    grant: str | None
    #: The state of its track.
    of: str | None


class StartedClock(ClockSpan, ClockOwner):
    """A clock that begins."""

    id: str
    track: str
    unit: Unit


class ClockValues(TypedDict, total=False):
    """What changes of a clock beside its state."""

    start: str
    calendar: str
    steps: list[WrittenStep]
    #: Minutes that a pause keeps of each step.
    left: list[int]
    next: int
    task: str


class ClockChange(ClockValues):
    """A clock that was there before, its state and what is new of it."""

    id: str
    state: str


class Allocation(TypedDict):
    """Why a queue's rule gave a task to whom it did, so that the choice can be made again."""

    strategy: str
    cap: int | None
    reasons: list[str]
    #: The skills that the task asks for, where the rule looks at them.
    asks: NotRequired[list[str]]
    #: What the programme's routing table said, where it has one.
    routed: NotRequired[Routed]
    among: list[AllocationCandidate]


class AllocationCandidate(TypedDict):
    """Somebody among whom a rule chose."""

    person: str
    load: int
    turn: int
    actions: int
    skills: NotRequired[list[str]]


class OpenedProposal(TypedDict):
    """What one person asks for, and the task of who decides it."""

    id: str
    transition: str
    task: str


# --- consents, documents and who sees them ---------------------------------------------------------------------------


class StartedOpening(TypedDict):
    """What opens the log to one more reader, or asks for it."""

    id: str
    kind: str
    reader: str
    decider: str | None
    days: int
    state: str
    until: str | None


class OpeningChange(TypedDict):
    """What became of it."""

    id: str
    state: NotRequired[str]
    until: NotRequired[str]
    #: The day on which the parties were told.
    told_on: NotRequired[str]


class RoleGiven(TypedDict):
    """Who gave the role in which somebody broke the glass, and who agreed."""

    by: str
    agreed_by: str | None


# --- words that were taken out --------------------------------------------------------------------------------------


class ErasedWords(TypedDict):
    """Which words of earlier events are gone."""

    #: The `seq` of the event and the field of its body.
    fields: list[tuple[int, str]]
    #: Whether the case's title was among them.
    title: bool
    #: Files of which the name is gone.
    names: list[str]


class GivenLink(TypedDict):
    """A one-time link that a party was given for a task, until a moment; what it shows and lets choose."""

    id: str
    task: str
    party: str
    organisation: str
    until: str
    language: str
    #: The documents that it shows, and the providers that it asks about.
    documents: list[str]
    providers: list[str]
    #: Whether a code is told beside it, and whether it was mailed.
    code: bool
    mail: bool


class LinkChange(TypedDict):
    """That a link is used or revoked."""

    id: str
    state: str


class FoldedEffects(RemovalEffects, MigrationEffects, LinkEffects, total=False):
    """What changes the case: for each of them the projection knows what."""

    #: With the first event: what the case is about.
    case: OpenedCase
    tracks: list[OpenedTrack]
    #: Tracks that count no longer, for another provider has taken their place; `replaced`: the event's own does.
    replaced_tracks: list[str]
    replaced: bool
    #: Who works on the event's track and those below it, and the person named there.
    provider: str | None
    named: str
    #: What is new of what the track's opener gave along.
    given: Given
    #: People whom the track shuts out.
    barred: list[str]
    #: The transition that fired, was proposed, refused or corrected, and the form's facts.
    transition: str
    data: Answers
    #: What the transition plays, and the state in which the track has ended, of `engine.parts`.
    part: str
    came_to: str
    #: A state was entered, so that "=previous" knows the way back.
    entered: bool
    #: How the track ended; that it goes on again.
    ended: str
    reopened: bool
    #: By transition, how often it had fired when the other side signed for it.
    received: dict[str, int]
    objection: Objection
    tasks: list[OpenedTask]
    task_states: list[TaskChange]
    allocation: Allocation
    clocks: list[StartedClock]
    clock_states: list[ClockChange]
    proposal: OpenedProposal
    #: Proposals that were confirmed, refused or lapsed.
    proposals_ended: list[str]
    consents: list[GivenConsent]
    consents_ended: list[EndedConsent]
    documents: list[RegisteredDocument]
    documents_withdrawn: list[str]
    dispatched: list[Dispatch]
    files: list[FiledFile]
    grants: list[GivenGrant]
    grant_days: list[GrantDay]
    grants_ended: list[str]
    #: Accesses of which the provider gave back or destroyed what it had.
    grants_returned: list[str]
    openings: list[StartedOpening]
    opening_states: list[OpeningChange]
    #: People with a declared interest, and those who have it no longer.
    interest: list[str]
    interest_ended: list[str]
    links: list[GivenLink]
    link_states: list[LinkChange]
    join: WrittenJoin
    #: Records of the effect, and what an assessor states of the technology.
    impacts: list[GivenImpact]
    statement: GivenStatement
    owner: str
    team: list[str]
    #: The IP rights that it is about from then on.
    case_rights: list[str]
    hold: Hold | None
    frozen: bool
    outcome: str | None
    reasons: list[str]
    #: True: the case is closed; False: it is open again.
    closed: bool
    erased: ErasedWords


class Effects(FoldedEffects, MessageEffects, total=False):
    """All keys of an event in the log of a case or a mediation."""

    #: The task that was worked on, its name, and who held it where that was somebody; of a link the number of the other case.
    task: str
    name: str
    held_by: str
    #: A provider hears of the task's result.
    answers: bool
    screened: ScreenedParty
    #: The one-time link by which a party did it, and the documents that it handed in with its answer.
    link: str
    handed_in: list[str]
    #: Who was relieved of it.
    person: str
    #: Which one, where a kind of event knows several: of a step, a message, a letter, an objection, a join, the state of a move.
    what: str
    clock: str
    #: Digest of the calendar by which clocks were counted again.
    calendar: str
    #: Facts from outside the log that guards and effects read, and by kind the papers that counted.
    facts: dict[str, Any]
    papers: dict[str, str | None]
    #: The `seq` of the proposal that was confirmed.
    proposed: int
    #: The day on which it took place, where that was put down afterwards.
    happened_on: str
    #: Of a corrected answer: the `seq` of the event that gave it, and what it said.
    of: int
    before: Answers
    #: Of a letter its language; of a document that is filed, withdrawn or shared no longer its kind.
    language: Language
    paper: str
    role_given: RoleGiven
    rights: list[RightChange]
    #: The erasure by which words were taken out.
    erasure: str
