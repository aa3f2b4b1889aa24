"""What a guard or an effect may look at: the case, the track, the form's facts, and facts from outside the log."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.limits import GuardLimit
from casework.engine.definition.sheets import EFFECT, NOTHING_KEPT, KeptBack
from casework.engine.parts import NOTHING
from casework.engine.state.case import COMPLETED, GIVEN_UP_JOIN, Case, Fired, Join, Task, Track
from casework.engine.state.impacts import Impact
from casework.engine.state.join_count import members


class NotGiven(LookupError):
    """A guard asked for an outside fact that it had not named in `reads`."""


class FormNeeded(Exception):
    """A guard asked for the form before it was filled in; it cannot answer yet."""


class NotTold(FormNeeded):
    """A guard asked for what the case sheet keeps back from whoever acts: it says nothing to them, whatever the form says."""


class _Told(Mapping[str, Any]):
    """The records of rights, of which some are kept back from whoever acts."""

    def __init__(self, records: Mapping[str, Any], kept: Collection[str]) -> None:
        self._records, self._kept = records, kept

    def __getitem__(self, key: str) -> Any:
        if key in self._kept:
            raise NotTold(key)
        return self._records[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)


class _Unknown(Mapping[str, Any]):
    def __getitem__(self, key: str) -> Any:
        raise FormNeeded(key)

    def __iter__(self) -> Iterator[str]:
        raise FormNeeded

    def __len__(self) -> int:
        raise FormNeeded

    def get(self, key: str, default: Any = None) -> Any:
        raise FormNeeded(key)


#: The data of a form that nobody has filled in yet.
UNKNOWN: Mapping[str, Any] = _Unknown()


class Sound(_Unknown):
    """A form of which some fields are faulty: who asks for one of those, or for all, is told that it is not filled in."""

    def __init__(self, sound: Mapping[str, Any], faulty: Collection[str]) -> None:
        self._sound, self._faulty = sound, faulty

    def __getitem__(self, key: str) -> Any:
        if key in self._faulty:
            raise FormNeeded(key)
        return self._sound[key]

    def get(self, key: str, default: Any = None) -> Any:
        if key in self._faulty:
            raise FormNeeded(key)
        return self._sound.get(key, default)


@dataclass(frozen=True)
class Facts:
    """The facts of one action. Guards answer from these alone, so that a verifier can judge again."""

    case: Case
    track: Track
    now: datetime
    calendar: Calendar
    actor: str
    #: Facts of the form just given, by field; for a confirmed proposal those of the first person's form.
    data: Mapping[str, Any] = field(default_factory=dict)
    #: Facts from outside the log, by key, as the event keeps them.
    outside: Mapping[str, Any] = field(default_factory=dict)
    #: The side task that is being completed, if this is about one.
    task: Task | None = None
    #: workflow fingerprint: {milestone: states}, of every edition that the case uses.
    milestones: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    #: In whose name the actor does it.
    acting_for: str | None = None
    #: The party for which a task is to be opened, where a guard is asked whether it is.
    about: str | None = None
    #: What the case sheet keeps back from whoever acts. A guard that asks for it says nothing; effects are given none.
    kept: KeptBack = NOTHING_KEPT

    @property
    def today(self) -> date:
        return self.calendar.local_date(self.now)

    def limit(self, limit: GuardLimit) -> int:
        """What a guard compares with: as the programme has set it, else as the guard has it."""
        return self.calendar.limits.get(limit.what, limit.n)

    # --- this track ---

    def fired(self, transition: str, track: Track | None = None) -> Fired | None:
        """The last time the transition fired on the track (this one unless another is given)."""
        return (track or self.track).fired.get(transition)

    def count(self, transition: str) -> int:
        fired = self.fired(transition)
        return fired.count if fired else 0

    def said(self, where: str) -> Any:
        """A form's fact by "transition.field" of this track, or "task.field" of a completed task; None when unsaid."""
        name, _, wanted = where.partition(".")
        if (name, wanted) in self.kept.answers:
            raise NotTold(where)
        fired = self.fired(name)
        if fired is not None:
            return fired.data.get(wanted)
        done = self.result(name)
        return done.result.get(wanted) if done else None

    def said_at(self, name: str) -> datetime | None:
        """When the form of a transition of this track, or of a completed task, was given last; None where it was not."""
        fired = self.fired(name)
        if fired is not None:
            return fired.at
        done = self.result(name)
        return (done.closed_at or done.opened_at) if done else None

    # --- tasks ---

    def results(self, name: str) -> list[Task]:
        """Completed side tasks of a name in this case, the newest first."""
        done = [t for t in self.case.tasks.values() if t.name == name and t.type == "side" and t.state == COMPLETED]
        return sorted(done, key=lambda t: (t.closed_at or t.opened_at, t.id), reverse=True)

    def result(self, name: str, about: str | None = None) -> Task | None:
        return next((t for t in self.results(name) if about is None or t.about == about), None)

    # --- other tracks ---

    def current(self, workflow: str) -> Track | None:
        """The track of a workflow that counts now: the last opened that has not been replaced."""
        tracks = [t for t in self.case.tracks.values() if t.workflow == workflow and not t.replaced]
        return tracks[-1] if tracks else None

    def referrals(self, kind: str) -> list[Track]:
        """The referrals of a kind that have not come to nothing, in the order in which they were opened."""
        return [
            t
            for t in self.case.tracks.values()
            if t.is_referral and t.kind == kind and not t.replaced and not NOTHING & t.played.keys()
        ]

    def referral(self, kind: str) -> Track | None:
        """The last opened referral of a kind that has not come to nothing."""
        kept = self.referrals(kind)
        return kept[-1] if kept else None

    def service(self, kind: str) -> Track | None:
        """The service track of the referral that counts now."""
        above = self.referral(kind)
        below = [t for t in self.case.children(above.id) if not t.replaced] if above else []
        return below[-1] if below else None

    def join(self, kind: str) -> Join | None:
        """How referrals of a kind that run side by side are waited for, as long as none that came later counts instead."""
        joins = [join for join in self.case.joins.values() if join.kind == kind and join.state != GIVEN_UP_JOIN]
        if not joins:
            return None
        counts = self.referral(kind)
        return joins[-1] if counts is None or counts in members(self.case, joins[-1]) else None

    def at_milestone(self, track: Track | None, milestone: str) -> bool:
        if track is None:
            return False
        states = self.milestones.get(track.edition, {}).get(milestone, frozenset())
        return any(state in states for state in track.states)

    @property
    def child(self) -> Track | None:
        below = [t for t in self.case.children(self.track.id) if not t.replaced]
        return below[-1] if below else None

    # --- outside ---

    def from_outside(self, key: str) -> Any:
        try:
            known = self.outside[key]
        except KeyError:
            raise NotGiven(key) from None
        return _Told(known, self.kept.rights) if key == "rights" and self.kept.rights else known

    @property
    def effect(self) -> Collection[Impact]:
        """The records of the effect."""
        if EFFECT in self.kept.records:
            raise NotTold(EFFECT)
        return self.case.impacts.values()
