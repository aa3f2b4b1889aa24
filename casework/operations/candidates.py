"""Who held the role at the moment of an event, and who of them could have done it in the actor's place.

Answered from the record alone: the memberships as they stood, the edition's rule, and the case as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from casework.engine.cases import HELD, Case, Task, Track
from casework.engine.checks import duty_reasons
from casework.engine.commands import Library
from casework.engine.contract import side_of
from casework.engine.draft import accepted
from casework.engine.events import (
    ADDED,
    CLAIMED,
    COMPLETED,
    CONSENT_ENDED,
    DOCUMENT_REGISTERED,
    EXITED,
    FIRED,
    HANDED_OVER,
    NOTED,
    OBJECTED,
    PROPOSED,
    RECEIVED,
    REFUSED,
    RELEASED,
    SAID,
    SYSTEM_ACTOR,
    Event,
)  # fmt: skip
from casework.engine.messages import INTERNAL, SHARED, WRITERS
from casework.engine.roles import COMPLIANCE, DISPUTE_OFFICER, OFFICER, QUEUE_ROLES, SUPERVISOR
from casework.operations.past import Held, Past
from casework.permissions import PROVIDER_ROLES

Json = Any

#: Why somebody who held the role could not have done it; codes, for the words are the reader's.
DID_IT, INTERESTED, NOT_NAMED, SHUT_OUT, PREPARED_IT, PROPOSED_IT, HELD_BY_OTHER = (
    "did_it", "interested", "not_named", "shut_out", "prepared_it", "proposed_it", "held_by_other",
)  # fmt: skip
#: On the case itself: the roles that do each kind of deed.
_ON_THE_CASE = {
    HANDED_OVER: (OFFICER, SUPERVISOR), CONSENT_ENDED: (OFFICER, SUPERVISOR),
    DOCUMENT_REGISTERED: (OFFICER, SUPERVISOR, COMPLIANCE), NOTED: WRITERS[INTERNAL],
}  # fmt: skip
_TASK_KINDS = frozenset({CLAIMED, RELEASED, COMPLETED, EXITED, REFUSED})


@dataclass(frozen=True)
class _Asked:
    """What an event asks of whoever does it."""

    roles: frozenset[str]
    track: Track | None = None
    not_by: tuple[str, ...] = ()
    proposer: frozenset[str] = frozenset()
    task: Task | None = None


class Candidates:
    """Answers for one event after another, with the registers read once."""

    def __init__(self, past: Past, library: Library) -> None:
        self.past = past
        self.library = library

    def of(self, before: Case | None, event: Event) -> list[dict[str, Json]]:
        """Everybody who held a fitting role then: the person, the role, for whom, and why not ("" where possible)."""
        if event.actor == SYSTEM_ACTOR:
            return []
        asked = self._asked(before, event)
        if asked is None:
            return []
        found = [
            {"person": one.person, "role": one.role, "deputy_for": one.deputy_for, "why_not": self._why_not(before, event, asked, one)}
            for scope in self._scopes(before, event, asked)
            for one in self.past.memberships(scope).values()
            if one.role in asked.roles and one.at(event.at)
        ]
        order = {DID_IT: 0, "": 1}
        return sorted(found, key=lambda one: (order.get(one["why_not"], 2), one["role"], one["person"]))

    # --- what was asked for ---

    def _asked(self, before: Case | None, event: Event) -> _Asked | None:
        if before is None:
            kind = event.effects["case"]["kind"]
            return _Asked(frozenset({DISPUTE_OFFICER} if kind == "mediation" else {OFFICER, SUPERVISOR}))
        if event.kind in _ON_THE_CASE:
            return _Asked(accepted(before, _ON_THE_CASE[event.kind]))
        track = before.tracks.get(event.track or "")
        edition = self.library.editions.get(track.edition) if track else None
        if track is None or edition is None:
            return None
        if event.kind in (FIRED, PROPOSED):
            found = edition.find(event.effects["transition"], event.frm)
            if found is None:
                return None
            rule = found[0]
            if "proposed" in event.effects:
                pending = before.proposal_for(track.id, rule.name)
                proposer = _people(pending.actor, pending.acting_for) if pending else frozenset()
                return _Asked(accepted(before, rule.confirm_by), track, rule.not_by, proposer)
            return _Asked(accepted(before, rule.by_people), track, rule.not_by, task=self._step(before, track, event))
        if event.kind in (SAID, RECEIVED, OBJECTED):
            mine = accepted(before, WRITERS[SHARED])
            return _Asked(frozenset(role for role in mine if event.kind == SAID or side_of(role) == side_of(event.role)), track)
        if event.kind in _TASK_KINDS:
            return self._of_task(before, event, track)
        if event.kind == ADDED:
            offers = [one for one in edition.rules["on_request"] if edition.tasks[one["task"]].name == event.effects["name"]]
            return _Asked(accepted(before, {role for one in offers for role in one["by"]}), track)
        return None

    @staticmethod
    def _step(before: Case, track: Track, event: Event) -> Task | None:
        return next((one for one in before.step_tasks(track.id) if one.state in HELD), None)

    def _of_task(self, before: Case, event: Event, track: Track) -> _Asked | None:
        if event.kind == REFUSED:
            pending = before.proposal_for(track.id, event.effects["transition"])
            task = before.tasks.get(pending.task) if pending else None
            proposer = _people(pending.actor, pending.acting_for) if pending else frozenset()
            return None if task is None else _Asked(QUEUE_ROLES.get(task.queue, frozenset()), track, (), proposer)
        task = before.tasks.get(event.effects["task"])
        if task is None:
            return None
        edition = self.library.editions.get(task.edition)
        rule = edition.tasks.get(task.rule) if edition and task.type == "side" else None
        not_by = rule.not_by if rule and event.kind == COMPLETED else ()
        roles = QUEUE_ROLES.get(task.queue, frozenset())
        if event.kind == EXITED:
            roles = accepted(before, (OFFICER, SUPERVISOR))
        return _Asked(roles, track, not_by, task=task if task.state in HELD else None)

    # --- who ---

    def _scopes(self, before: Case | None, event: Event, asked: _Asked) -> Iterable[str]:
        if before is None:
            return (event.effects["case"]["programme"],)
        above = before.referral_of(asked.track) if asked.track else None
        own = [above.provider] if above is not None and above.provider and asked.roles & PROVIDER_ROLES else []
        return (before.programme, *own)

    def _why_not(self, before: Case | None, event: Event, asked: _Asked, one: Held) -> str:
        people = _people(one.person, one.deputy_for)
        if one.person == event.actor and one.role == event.role and one.deputy_for == event.acting_for:
            return DID_IT
        if before is None:
            return ""
        if people & before.interests:
            return INTERESTED
        above = before.referral_of(asked.track) if asked.track else None
        if one.role in PROVIDER_ROLES:
            if above is not None and people & above.barred:
                return SHUT_OUT
        elif one.role in (OFFICER, DISPUTE_OFFICER) and before.owner and not people & {before.owner, *before.team}:
            return NOT_NAMED
        if people & asked.proposer:
            return PROPOSED_IT
        if asked.track is not None and duty_reasons(before, asked.not_by, set(people), asked.track):
            return PREPARED_IT
        if asked.task is not None and asked.task.holder not in (None, one.person):
            return HELD_BY_OTHER
        return ""


def _people(*ids: str | None) -> frozenset[str]:
    return frozenset(one for one in ids if one)


__all__ = ["Candidates"]
