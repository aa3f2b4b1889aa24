"""Who acts, by which definitions, and when: what every command is decided in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
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
    #: By workflow and number those by which something may begin.
    offered: Mapping[str, Mapping[int, str]] = field(default_factory=dict)

    def choosing(self, chosen: Mapping[str, int]) -> Library:
        """The same where some workflows begin by the edition of a number, and not by their newest.

        A number that is not offered here is passed over: what was chosen once must not keep everything from going on.
        """
        key = tuple(sorted(chosen.items()))
        if key not in self._chosen:
            kept = {name: one for name, number in key if (one := self.offered.get(name, {}).get(number)) is not None}
            self._chosen[key] = replace(self, newest={**self.newest, **kept}) if kept else self
        return self._chosen[key]

    @cached_property
    def _chosen(self) -> dict[tuple[tuple[str, int], ...], Library]:
        """What was chosen before: a library knows much by heart that takes long to read."""
        return {}

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
