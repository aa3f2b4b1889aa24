"""What a case is at one moment: frozen dataclasses, the fold of its log's events.

A sealed mediation is a case of its own kind in a log of its own, served by the same. Times are aware datetimes in UTC, ids UUID strings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from casework.engine.deadlines.calendars import Unit
from casework.engine.deadlines.deadlines import EscalationStep
from casework.engine.parts import REFERRAL, SENDS
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case_documents import Consent, Document, File, Grant
from casework.engine.state.case_values import Handed, ItemState, Receipt, StandingObjection, Waiting
from casework.engine.state.effects_schema import Given, Hold, WrittenJoin
from casework.engine.state.found_case import FoundCase
from casework.engine.state.impacts import Impact, TechnologyStatement
from casework.engine.state.party_links import PartyLink
from casework.engine.state.related_cases import RelatedCase
from casework.json_values import Answers

#: WS-HumanTask's states; a task in one of `OPEN` still waits for somebody.
CREATED, READY, RESERVED, IN_PROGRESS, SUSPENDED = "Created", "Ready", "Reserved", "InProgress", "Suspended"
COMPLETED, FAILED, ERROR, EXITED, OBSOLETE = "Completed", "Failed", "Error", "Exited", "Obsolete"
TASK_STATES = (CREATED, READY, RESERVED, IN_PROGRESS, SUSPENDED, COMPLETED, FAILED, ERROR, EXITED, OBSOLETE)
OPEN = frozenset({CREATED, READY, RESERVED, IN_PROGRESS, SUSPENDED})
HELD = frozenset({RESERVED, IN_PROGRESS})

#: Of a join: it waits, has what it waited for, or is waited for no longer.
OPEN_JOIN, MET_JOIN, GIVEN_UP_JOIN = "open", "met", "given_up"
RUNNING, PAUSED, STOPPED = "running", "paused", "stopped"


@dataclass(frozen=True, slots=True)
class Fired:
    """The last time that a transition fired on a track, and how often it has."""

    count: int
    at: datetime
    actor: str
    acting_for: str | None
    data: Answers


@dataclass(frozen=True, slots=True)
class Track:
    """A running state machine: the case's main one, a referral, or a service beside it."""

    id: str
    workflow: str
    edition: str
    #: Of a referral the service it is about ("pledge"); of any other track its workflow.
    kind: str
    parent: str | None
    #: Organisation that works on it; a service's track has its referral's.
    provider: str | None
    states: tuple[str, ...]
    entered_at: datetime
    opened_at: datetime
    #: Counts the events of this track; the ETag of its actions.
    revision: int = 0
    ended_at: datetime | None = None
    outcome: str | None = None
    #: It no longer counts: another provider has taken its place.
    replaced: bool = False
    #: state: the states from which it was last entered (for "=previous").
    came_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fired: Mapping[str, Fired] = field(default_factory=dict)
    #: What the opener gave along: question, wanted date.
    given: Given = field(default_factory=Given)
    #: People who worked on it and have been replaced: they see it no longer.
    barred: frozenset[str] = frozenset()
    #: The provider's named person, once there is one.
    named: str | None = None
    #: Of a referral: per transition, how often and when last the other side has signed for it.
    received: Mapping[str, Receipt] = field(default_factory=dict)
    #: Of a referral: what one side does not agree with, by id.
    objections: Mapping[str, StandingObjection] = field(default_factory=dict)
    #: What its workflow is to the engine, of `engine.parts`.
    part: str = ""
    #: By part what has played it on this track: a transition that fired, a state in which it ended.
    played: Mapping[str, str] = field(default_factory=dict)

    @property
    def live(self) -> bool:
        return self.ended_at is None

    @property
    def is_referral(self) -> bool:
        return self.part == REFERRAL

    @property
    def sent(self) -> bool:
        """Whether its provider was asked, and so sees it."""
        return SENDS in self.played

    def sent_by(self, moment: datetime) -> bool:
        """Whether its provider was asked at a moment or before; what came earlier is not its own, however late it is told."""
        sending = self.last_fired(SENDS)
        return sending is not None and sending.at <= moment

    def last_fired(self, part: str) -> Fired | None:
        """The last time that the transition of a part fired."""
        return self.fired.get(self.played.get(part, ""))


@dataclass(frozen=True, slots=True)
class Task:
    """Something one person must do, in one queue: a role within a programme or an organisation."""

    id: str
    track: str
    name: str
    #: The edition that opened it; a task on the main track may come from a referral's or a service's.
    edition: str
    #: Its key in that edition's tasks; of a step task the state's path, of a decision the transition's name.
    rule: str
    #: "step" (one for each state that a person works in), "side", or "decision" (on a proposal).
    type: str
    queue: str
    #: The organisation of a provider's queue; None for queues of the programme.
    organisation: str | None
    state: str
    opened_at: datetime
    due_at: datetime | None
    holder: str | None = None
    #: What it is about when its kind comes several times: "need_owner", an item's index, a referral's id.
    about: str | None = None
    #: The track's state that a step task belongs to; the proposal that a decision task is about.
    of: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    acted_for: str | None = None
    result: Answers = field(default_factory=dict)
    #: The last step of its escalation has come: a mark for those who look after others' work, not the same as overdue.
    flagged: bool = False
    aftercare: bool = False
    #: Which body outside has the next word, of `grammar.BODIES`; of a party it is the one that the task is about.
    awaits: str | None = None
    #: The state before it was suspended.
    before: str | None = None
    #: Who asked for it, where the workflow lets people ask.
    initiator: str | None = None
    #: Higher comes first where dates do not say it; changed by a person, with a reason.
    priority: int = 0
    #: How it came to whom it is with: `how`, `by`, `to`, and the `seq` of the event whose body holds the note.
    handed: Handed | None = None
    #: While a person lets it wait: `for` whom, `until` which day, and the `seq` of the event that says why.
    wait: Waiting | None = None
    #: Of its checklist what somebody has ticked, unticked or added: by item, whether it is `done`, `by` whom and `at` when;
    #: of an added one the `seq` of the event whose body holds its words.
    items: Mapping[str, ItemState] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Clock:
    """A row of moments at which something happens by itself: (instant, what), `next` the first that has not fired.

    `what`: "remind", "due", "escalate", "flag", "activate", "expire", "end_access", or "fire:<transition>".
    A paused clock keeps what is left of each step instead: minutes, working ones when `unit` is "wd".
    """

    id: str
    track: str
    unit: Unit
    steps: tuple[EscalationStep, ...]
    #: Since when it is as it is: its steps count from here, or it stands still since then.
    start: datetime
    #: Digest of the calendar that they were counted with.
    calendar: str
    task: str | None = None
    consent: str | None = None
    grant: str | None = None
    #: The state of the track that it belongs to.
    of: str | None = None
    next: int = 0
    state: str = RUNNING
    left: tuple[int, ...] = ()

    @property
    def fires_at(self) -> datetime | None:
        return self.steps[self.next][0] if self.state == RUNNING and self.next < len(self.steps) else None


@dataclass(frozen=True, slots=True)
class Proposal:
    """An action that one person asked for and another one must confirm."""

    id: str
    track: str
    transition: str
    actor: str
    acting_for: str | None
    seq: int
    data: Answers
    task: str

    @property
    def askers(self) -> set[str | None]:
        """Who asked, and in whose place: neither of them confirms it."""
        return {self.actor, self.acting_for}


@dataclass(frozen=True, slots=True)
class Opening:
    """The log is open to one more reader until a moment: by two persons, or by the reader alone in an emergency."""

    id: str
    #: "unsealing" or "break_glass"; its state is asked, open, refused or ended.
    kind: str
    state: str
    reader: str
    asker: str
    #: The second person, who agrees; none where the glass was broken.
    decider: str | None
    asked_at: datetime
    #: How long it is to last once it was agreed to.
    days: int
    until: datetime | None = None
    decided_at: datetime | None = None
    ended_at: datetime | None = None
    #: The day on which the parties were told.
    told_on: str | None = None


@dataclass(frozen=True, slots=True)
class Join:
    """Referrals of a kind that run side by side, and how many of their results the case waits for."""

    #: That of the referral with which it began.
    id: str
    kind: str
    #: "first", "all", or "some": as many as `needed`.
    rule: str
    needed: int | None
    #: The milestone of the service that counts as a result; None where only the approval does.
    at: str | None
    #: Those named in it; whoever was asked beside or after them is found by that.
    referrals: tuple[str, ...]
    state: str = OPEN_JOIN
    #: Once it has what it waited for: the referrals with a result.
    by: tuple[str, ...] = ()

    def written(self) -> WrittenJoin:
        return {
            "id": self.id,
            "kind": self.kind,
            "rule": self.rule,
            "needed": self.needed,
            "at": self.at,
            "referrals": list(self.referrals),
            "state": self.state,
            "by": list(self.by),
        }

    @classmethod
    def read(cls, written: WrittenJoin) -> Join:
        return cls(
            written["id"],
            written["kind"],
            written["rule"],
            written["needed"],
            written["at"],
            tuple(written["referrals"]),
            written["state"],
            tuple(written["by"]),
        )


@dataclass(frozen=True, slots=True)
class Case:
    """A case, or a sealed mediation, as its log tells it."""

    log: str
    kind: str
    programme: str
    seq: int
    last_at: datetime
    opened_at: datetime
    title: Any = None
    number: str | None = None
    match: str | None = None
    need: str | None = None
    technology: str | None = None
    phase: str | None = None
    parties: Mapping[str, str] = field(default_factory=dict)
    rights: tuple[str, ...] = ()
    #: The run that found its match, and both records as they were; and the log of the earlier case from which it follows.
    found: FoundCase | None = None
    follows_from: str | None = None
    #: Of a mediation: the case that it is about.
    about: str | None = None
    owner: str | None = None
    team: tuple[str, ...] = ()
    #: Counts the events of the case itself (not of other tracks); the ETag of case-level actions.
    revision: int = 0
    tracks: Mapping[str, Track] = field(default_factory=dict)
    tasks: Mapping[str, Task] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    consents: Mapping[str, Consent] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    files: Mapping[str, File] = field(default_factory=dict)
    grants: Mapping[str, Grant] = field(default_factory=dict)
    openings: Mapping[str, Opening] = field(default_factory=dict)
    party_links: Mapping[str, PartyLink] = field(default_factory=dict)
    #: Records of its effect, and what was stated of its technology.
    impacts: Mapping[str, Impact] = field(default_factory=dict)
    statements: Mapping[str, TechnologyStatement] = field(default_factory=dict)
    #: People with a declared interest in this case; they may do nothing in it, and a provider's see nothing of it.
    interests: frozenset[str] = frozenset()
    #: How referrals that run side by side are waited for.
    joins: Mapping[str, Join] = field(default_factory=dict)
    #: Other cases that it is linked to, by the link.
    related: Mapping[str, RelatedCase] = field(default_factory=dict)
    hold: Hold | None = None
    #: A stop was proposed or made: outward tasks stand still.
    frozen: bool = False
    outcome: str | None = None
    reasons: tuple[str, ...] = ()
    closed_at: datetime | None = None
    removed_at: datetime | None = None
    archived_as: str | None = None  # the sealed file of the archive that has its contents, by its SHA-256

    @property
    def main(self) -> Track:
        return next(iter(self.tracks.values()))

    def live_tracks(self) -> Iterator[Track]:
        return (track for track in self.tracks.values() if track.live)

    def copies_out(self, referral: str) -> list[Grant]:
        """What a referral's provider had and may see no longer, and has not said to have given back or destroyed.

        What was shared with the same referral again is needed, and comes back later.
        """
        mine = [grant for grant in self.grants.values() if grant.track == referral]
        seen = {grant.document for grant in mine if grant.ended_at is None}
        return [
            grant
            for grant in mine
            if grant.ended_at is not None and grant.returned_at is None and grant.document not in seen
        ]

    def children(self, track: str) -> list[Track]:
        return [child for child in self.tracks.values() if child.parent == track]

    def usable_documents(self) -> set[str]:
        """What a form may name: everything that was not withdrawn."""
        return {document.id for document in self.documents.values() if document.withdrawn_at is None}

    def open_tasks(self) -> Iterator[Task]:
        return (task for task in self.tasks.values() if task.open)

    def step_tasks(self, track: str) -> list[Task]:
        """The open step tasks of a track: one, or one for each region of a parallel."""
        return [t for t in self.tasks.values() if t.track == track and t.type == "step" and t.open]

    def overdue(self, task: Task, now: datetime) -> bool:
        """Whether a task should be done by now: its day has passed, and its clock does not stand still."""
        if task.state not in (READY, RESERVED, IN_PROGRESS) or task.due_at is None or task.due_at >= now:
            return False
        return not any(clock.task == task.id and clock.state == PAUSED for clock in self.clocks.values())

    def stands_still(self, task: Task) -> bool:
        """Whether the day of an open task does not count: its clock is paused, or the case is on hold and none of its clocks goes on."""
        states = {clock.state for clock in self.clocks.values() if clock.task == task.id}
        held = self.hold is not None and task.organisation is None and RUNNING not in states
        return task.open and (PAUSED in states or held)

    @property
    def held_clocks(self) -> frozenset[str]:
        """The clocks that stand still because the case is on hold."""
        return frozenset() if self.hold is None else frozenset(self.hold.get("paused", ()))

    def as_unheld(self) -> Case:
        """The case as though it were not on hold: what the hold paused goes on to its day."""
        if self.hold is None:
            return self
        going = {
            clock.id: replace(clock, state=RUNNING)
            for clock in self.clocks.values()
            if clock.id in self.held_clocks and clock.state == PAUSED and not self._suspended(clock)
        }
        return replace(self, hold=None, clocks={**self.clocks, **going})

    def _suspended(self, clock: Clock) -> bool:
        task = self.tasks.get(clock.task or "")
        return task is not None and task.state == SUSPENDED

    def late(self, now: datetime) -> bool:
        """Whether anything that the case waits for is overdue, on whichever side."""
        return any(self.overdue(task, now) for task in self._waited_for())

    def _waited_for(self) -> list[Task]:
        waiting = [
            task for task in self.open_tasks() if task.state != CREATED and not (task.aftercare and not self.closed_at)
        ]
        if self.hold is not None:
            waiting = [task for task in waiting if task.type == "step" and task.track == self.main.id]
        return waiting

    def next_task(self) -> Task | None:
        """What our side must do first; of what only others can do, the first of that. On hold, what the hold asks for.

        What somebody lets wait comes after all that can be worked on, and a step after what is asked in it for the same day. What
        is asked after closing counts once the case is closed.
        """
        waiting = self._waited_for()
        ours = [task for task in waiting if task.queue not in ORGANISATION_QUEUES] or waiting
        return min(
            ours,
            key=lambda task: (task.state == SUSPENDED, task.due_at or task.opened_at, task.type == "step", task.id),
            default=None,
        )

    def proposal_for(self, track: str, transition: str) -> Proposal | None:
        return next((p for p in self.proposals.values() if (p.track, p.transition) == (track, transition)), None)

    def referral_of(self, track: Track) -> Track | None:
        """The referral that a track is, or runs inside."""
        if track.is_referral:
            return track
        return self.tracks.get(track.parent) if track.parent else None
