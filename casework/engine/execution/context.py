"""Who acts, by which definitions, and when: what every command is decided in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.editions import Edition
from casework.engine.definition.registry import GUARDS
from casework.engine.parts import SENDS
from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR
from casework.errors import EditionMissing


@dataclass(frozen=True)
class By:
    """Who does it, in which role, and for whom."""

    person: str = SYSTEM_ACTOR
    role: Role | None = Role.SYSTEM
    organisation: str | None = None
    acting_for: str | None = None


@dataclass(frozen=True)
class Library:
    """The editions at hand: every one by fingerprint, and the newest of each workflow."""

    editions: Mapping[str, Edition]
    newest: Mapping[str, str]

    def __getitem__(self, fingerprint: str) -> Edition:
        edition = self.editions.get(fingerprint)
        if edition is None:
            raise EditionMissing(fingerprint)
        return edition

    def latest(self, workflow: str) -> Edition | None:
        fingerprint = self.newest.get(workflow)
        return self.editions[fingerprint] if fingerprint else None

    def playing(self, part: str) -> Edition | None:
        """The newest edition of the workflow that plays a part. Raises LookupError where several play it."""
        playing = [edition for name in sorted(self.newest) if (edition := self.latest(name)) and edition.part == part]
        if len(playing) > 1:
            raise LookupError(f"{' and '.join(edition.workflow for edition in playing)} all play the part {part!r}")
        return playing[0] if playing else None

    @cached_property
    def reads_of_sending(self) -> frozenset[str]:
        """Outside facts that are read where a referral goes out in the action that opens it."""
        sending = (rule for edition in self.editions.values() for rule in edition.transitions if rule.part == SENDS)
        return frozenset(key for rule in sending for name in rule.guards for key in GUARDS[name].reads)


@dataclass(frozen=True)
class Context:
    """What a decision needs from outside: the actor, the time, the calendar, ids, and facts from outside the log."""

    by: By
    now: datetime
    calendar: Calendar
    new_id: Callable[[], str]
    facts: Mapping[str, Any] = field(default_factory=dict)
