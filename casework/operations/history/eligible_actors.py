"""Who held the role at the moment of an event, and who of them could have done it in the actor's place.

Answered from the record alone: the memberships as they stood, the edition's rule, and the case as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from casework.engine.case_objects import (
    case_links,
    case_rights,
    documents,
    emergency_access,
    grant_commands,
    letters,
    unsealing,
)
from casework.engine.case_objects.acknowledgements import side_of
from casework.engine.case_objects.letterheads import SETTERS
from casework.engine.case_objects.messages import INTERNAL, SHARED, WRITERS, WRITTEN
from casework.engine.definition.editions import Edition
from casework.engine.execution import case_moves, task_lifecycle
from casework.engine.execution.context import By, Library
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.guards import duty_reasons
from casework.engine.roles import QUEUE_ROLES, Role
from casework.engine.state.case import HELD, Case, Task, Track
from casework.engine.state.events import (
    ADDED,
    APPROVED,
    CHANGES_ASKED,
    COMPLETED,
    CONSENT_ENDED,
    CORRECTED,
    DELEGATED,
    DOCUMENT_FILED,
    DOCUMENT_REGISTERED,
    DOCUMENT_WITHDRAWN,
    ERASED,
    FIRED,
    FORWARDED,
    GLASS_BROKEN,
    GRANT_DAY_CHANGED,
    GRANT_EXPIRED,
    GRANT_WITHDRAWN,
    HANDED_BACK,
    HANDED_OVER,
    INTEREST_DECLARED,
    JOINED,
    LETTER_DISPATCHED,
    LETTER_SENT,
    LINK_GIVEN,
    LINK_REVOKED,
    LINKINGS,
    MIGRATED,
    MOVE_ASKED,
    MOVE_REFUSED,
    MOVED,
    NO_PERSONS,
    NOTED,
    OBJECTED,
    OPENED,
    PAPERS_RETURNED,
    PARTIES_TOLD,
    PROPOSED,
    RECEIVED,
    RECOUNTED,
    REFUSED,
    RELIEVED,
    RESEALED,
    REVIEW_ASKED,
    RIGHTS_CHANGED,
    SAID,
    TIMER_FIRED,
    UNSEALED,
    UNSEALING_ASKED,
    UNSEALING_REFUSED,
    Event,
)
from casework.engine.state.moves import asked_move
from casework.operations.core.views import Named
from casework.operations.history.point_in_time import Held, Past
from casework.operations.history.task_judgement import OPERATION_OF
from casework.operations.history.views import Candidate
from casework.permissions.actors import DECIDES, PROVIDER_ROLES

#: Why somebody who held the role could not have done it; codes, for the words are the reader's.
DID_IT, INTERESTED, NOT_NAMED, SHUT_OUT, THEIRS, PREPARED_IT, PROPOSED_IT, HELD_BY_OTHER, NOT_IN_CHARGE, KEPT = (
    "did_it", "interested", "not_named", "shut_out", "theirs", "prepared_it", "proposed_it", "held_by_other", "not_in_charge", "kept",
)  # fmt: skip
#: What nobody does in another's place: what happens by itself or to somebody, and what one says of oneself.
NOBODYS = frozenset(
    {
        JOINED,
        TIMER_FIRED,
        RECOUNTED,
        RELIEVED,
        INTEREST_DECLARED,
        GRANT_EXPIRED,
        UNSEALED,
        UNSEALING_REFUSED,
        RESEALED,
        ERASED,
    }
)
#: The roles that do each kind of action, whatever the edition says.
_BY_ROLE = {
    **dict.fromkeys((HANDED_OVER, CONSENT_ENDED), (Role.OFFICER, Role.SUPERVISOR)),
    MOVE_ASKED: case_moves.ASKERS, **dict.fromkeys((MOVE_REFUSED, MOVED), case_moves.DECIDERS),
    **dict.fromkeys(LINKINGS, case_links.LINKERS),
    MIGRATED: SETTERS, RIGHTS_CHANGED: case_rights.ADDERS, NOTED: WRITERS[INTERNAL],
    GRANT_WITHDRAWN: grant_commands.ENDERS, LETTER_SENT: letters.SENDERS, LETTER_DISPATCHED: letters.SENDERS,
    GRANT_DAY_CHANGED: grant_commands.ENDERS,
    PAPERS_RETURNED: grant_commands.RETURNERS,
    CORRECTED: (Role.OFFICER,), UNSEALING_ASKED: unsealing.ASKERS, PARTIES_TOLD: unsealing.ASKERS, GLASS_BROKEN: emergency_access.BREAKERS,
}  # fmt: skip
#: Actions on a task by which another person gets it, and those that only whoever holds it does, whoever leads its queue.
_HANDING_ON = frozenset({DELEGATED, FORWARDED, REVIEW_ASKED})
_OF_THE_HOLDER = frozenset({APPROVED, CHANGES_ASKED, HANDED_BACK})
_OF_DOCUMENTS = (DOCUMENT_REGISTERED, DOCUMENT_FILED, DOCUMENT_WITHDRAWN)


@dataclass(frozen=True)
class _Asked:
    """What an event asks of whoever does it."""

    roles: frozenset[Role]
    track: Track | None = None
    not_by: tuple[str, ...] = ()
    proposer: frozenset[str] = frozenset()
    task: Task | None = None
    #: The operation on the task, where the table of tasks says who may do it.
    operation: str | None = None


class Candidates:
    """Answers for one event after another, with the registers read once."""

    def __init__(self, past: Past, library: Library) -> None:
        self.past = past
        self.library = library

    def of(self, before: Case | None, event: Event) -> list[Candidate]:
        """Everybody who held a fitting role then: the person, the role, for whom, and why not ("" where possible)."""
        if event.actor in NO_PERSONS:
            return []
        asked = self._asked(before, event)
        if asked is None:
            return []
        candidates = [
            Candidate(
                person=membership.person,
                role=membership.role,
                deputy_for=Named(id=membership.deputy_for, name=None) if membership.deputy_for else None,
                why_not=self._why_not(before, event, asked, membership, scope),
            )
            for scope in self._scopes(before, event, asked)
            for membership in self.past.memberships(scope).values()
            if membership.role in asked.roles
            # Who did it may have held the role a moment before; of others none counts that had ended.
            and (membership.at(event.at) if membership.person == event.actor else membership.holds(event.at))
            and self._comes_into_question(event, membership, scope)
        ]
        order = {DID_IT: 0, "": 1}
        return sorted(
            candidates,
            key=lambda candidate: (order.get(candidate.why_not, 2), candidate.role, candidate.person),
        )

    def _comes_into_question(self, event: Event, membership: Held, scope: str) -> bool:
        """Not a provider's own system, which is no person; nor whom it was handed to, for nobody hands on to oneself."""
        if membership.person == event.actor:
            return True
        to = (
            {change.get("to") for change in event.effects.get("task_states", ())}
            if event.kind in _HANDING_ON
            else set()
        )
        return membership.person not in to and self.past.service_scopes(scope, membership.person) is None

    # --- what was asked for ---

    def _asked(self, before: Case | None, event: Event) -> _Asked | None:
        if before is None:
            kind = event.effects["case"]["kind"]
            return _Asked(frozenset({Role.DISPUTE_OFFICER} if kind == "mediation" else {Role.OFFICER, Role.SUPERVISOR}))
        track = before.tracks.get(event.track or "")
        if event.kind in (NOTED, SAID) and event.effects.get("what") != WRITTEN:
            # Nobody corrects or takes back what another wrote.
            return None
        if event.kind == RIGHTS_CHANGED and event.effects.get("what") == case_rights.REMOVED:
            return _Asked(accepted(before, case_rights.REMOVERS), track)
        if event.kind in _BY_ROLE:
            waiting = asked_move(track) if track is not None and event.kind == MOVED else None
            proposer = _people(waiting.actor, waiting.acting_for) if waiting else frozenset()
            return _Asked(accepted(before, _BY_ROLE[event.kind]), track, proposer=proposer)
        if event.kind in _OF_DOCUMENTS:
            return _Asked(accepted(before, documents.DELIVERERS if track else documents.CLERKS), track)
        edition = self.library.editions.get(track.edition) if track else None
        asks = _ASKS.get(event.kind)
        return asks(self, before, event, track, edition) if asks and track is not None and edition is not None else None

    def _of_transition(self, before: Case, event: Event, track: Track, edition: Edition) -> _Asked | None:
        match = edition.find(event.effects["transition"], event.frm)
        if match is None:
            return None
        rule = match[0]
        if "proposed" in event.effects:
            pending = before.proposal_for(track.id, rule.name)
            proposer = _people(pending.actor, pending.acting_for) if pending else frozenset()
            return _Asked(accepted(before, rule.confirm_by), track, rule.not_by, proposer)
        step = next((task for task in before.step_tasks(track.id) if task.state in HELD), None)
        return _Asked(accepted(before, rule.by_people), track, rule.not_by, task=step)

    def _of_refusal(self, before: Case, event: Event, track: Track, _: Edition) -> _Asked | None:
        pending = before.proposal_for(track.id, event.effects["transition"])
        task = before.tasks.get(pending.task) if pending else None
        proposer = _people(pending.actor, pending.acting_for) if pending else frozenset()
        return None if task is None else _Asked(QUEUE_ROLES.get(task.queue, frozenset()), track, (), proposer)

    def _of_message(self, before: Case, event: Event, track: Track, _: Edition) -> _Asked:
        mine = accepted(before, WRITERS[SHARED])
        return _Asked(
            frozenset(role for role in mine if event.kind == SAID or side_of(role) == side_of(event.role)), track
        )

    def _of_request(self, before: Case, event: Event, track: Track, edition: Edition) -> _Asked:
        offers = [
            entry for entry in edition.rules["on_request"] if edition.tasks[entry["task"]].name == event.effects["name"]
        ]
        return _Asked(accepted(before, {Role(code) for offer in offers for code in offer["by"]}), track)

    def _of_link(self, before: Case, event: Event, track: Track, _: Edition) -> _Asked | None:
        """Whoever may do the task themselves, or leads its queue."""
        task = before.tasks.get(event.effects["task"])
        return None if task is None else _Asked(task_lifecycle.roles_for(before, task, task_lifecycle.CLAIM), track)

    def _of_task(self, before: Case, event: Event, track: Track, _: Edition) -> _Asked | None:
        task = before.tasks.get(event.effects["task"])
        edition = self.library.editions.get(task.edition) if task else None
        if task is None or edition is None:
            return None
        rule = edition.tasks.get(task.rule) if task.type == "side" else None
        not_by = rule.not_by if rule and event.kind == COMPLETED else ()
        operation = OPERATION_OF[event.kind]
        return _Asked(task_lifecycle.roles_for(before, task, operation), track, not_by, task=task, operation=operation)

    # --- who ---

    def _scopes(self, before: Case | None, event: Event, asked: _Asked) -> Iterable[str]:
        if before is None:
            return (event.effects["case"]["programme"],)
        above = before.referral_of(asked.track) if asked.track else None
        own = [above.provider] if above is not None and above.provider and asked.roles & PROVIDER_ROLES else []
        return (before.programme, *own)

    def _why_not(self, before: Case | None, event: Event, asked: _Asked, membership: Held, scope: str) -> str:
        people = _people(membership.person, membership.deputy_for)
        if (
            membership.person == event.actor
            and membership.role == event.role
            and membership.deputy_for == event.acting_for
        ):
            return DID_IT
        if before is None:
            return ""
        if people & before.interests:
            return INTERESTED
        if (
            membership.role in DECIDES
            and before.kind == "case"
            and self.past.mediated(membership.person, before.programme, before.opened_at, event.at)
        ):
            return KEPT
        return self._outside(before, event, asked, membership) or self._by_duty(before, event, asked, membership, scope)

    def _outside(self, before: Case, event: Event, asked: _Asked, membership: Held) -> str:
        """Whether somebody has no part in what is asked, for what they are."""
        above = before.referral_of(asked.track) if asked.track else None
        if membership.role in PROVIDER_ROLES:
            if above is not None and _people(membership.person, membership.deputy_for) & above.barred:
                return SHUT_OUT
        elif (
            above is not None
            and above.provider
            and self.past.of_organisation(membership.person, above.provider, event.at)
        ):
            return THEIRS
        elif membership.role in (Role.OFFICER, Role.DISPUTE_OFFICER) and not self._named(before, membership):
            return NOT_NAMED
        return ""

    def _by_duty(self, before: Case, event: Event, asked: _Asked, membership: Held, scope: str) -> str:
        """Whether somebody else must do it, for what this person has done or does not hold."""
        people = _people(membership.person, membership.deputy_for)
        if people & asked.proposer:
            return PROPOSED_IT
        if asked.track is not None and duty_reasons(before, asked.not_by, set(people), asked.track):
            return PREPARED_IT
        if asked.task is None:
            return ""
        if asked.operation is not None:
            if event.kind in _OF_THE_HOLDER and membership.person != asked.task.holder:
                return HELD_BY_OTHER
            by = By(
                membership.person,
                membership.role,
                scope if membership.role in PROVIDER_ROLES else None,
                membership.deputy_for,
            )
            return self._by_table(before, asked.task, by, asked.operation)
        return "" if asked.task.holder in (None, membership.person) else HELD_BY_OTHER

    @staticmethod
    def _named(before: Case, membership: Held) -> bool:
        """Whether an officer, or whom the officer stood in for, was named for the case; in a mediation nobody stands in."""
        if before.kind == "mediation" and membership.deputy_for is not None:
            return False
        return before.owner is None or (membership.deputy_for or membership.person) in {before.owner, *before.team}

    def _by_table(self, before: Case, task: Task, by: By, operation: str) -> str:
        """What the table of tasks says against it: never the state of the task, for it was done."""
        if task_lifecycle.refusal(self.library[task.edition], before, task, by, operation) is None:
            return ""
        if task_lifecycle.asked_for(before, task, by):
            return PROPOSED_IT
        return NOT_IN_CHARGE if task.holder in (None, by.person) else HELD_BY_OTHER


def _people(*ids: str | None) -> frozenset[str]:
    return frozenset(id_ for id_ in ids if id_)


_ASKS: Mapping[str, Callable[[Candidates, Case, Event, Track, Edition], _Asked | None]] = {
    **dict.fromkeys(OPERATION_OF, Candidates._of_task),
    **dict.fromkeys((FIRED, PROPOSED), Candidates._of_transition),
    **dict.fromkeys((SAID, RECEIVED, OBJECTED), Candidates._of_message),
    REFUSED: Candidates._of_refusal,
    ADDED: Candidates._of_request,
    **dict.fromkeys((LINK_GIVEN, LINK_REVOKED), Candidates._of_link),
}
#: Every kind of event that somebody else could have done, or nobody.
KNOWN = frozenset({OPENED, *_BY_ROLE, *_OF_DOCUMENTS, *_ASKS, *NOBODYS})

__all__ = ["KNOWN", "Candidates"]
