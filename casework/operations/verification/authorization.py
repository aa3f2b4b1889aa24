"""Whether each event of a case was allowed when it was recorded: by its edition, its facts, and the roles of then.

Due dates are not judged again: an event does not say by which version of the calendar they were counted.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from casework.engine.case_objects import disclosures, document_access, documents, letters
from casework.engine.case_objects.acknowledgements import faults_of, objectors
from casework.engine.case_objects.messages import TAKEN_BACK, WRITTEN, audience_of, refusal
from casework.engine.definition.editions import Edition, TransitionRule, ancestors
from casework.engine.definition.facts import Facts, NotGiven
from casework.engine.definition.registry import EFFECTS, GUARDS
from casework.engine.definition.required_documents import THERE, papers_for
from casework.engine.execution import corrections
from casework.engine.execution.checklists import steps_unticked
from casework.engine.execution.context import By, Library
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.guards import duty_reasons
from casework.engine.execution.joins import RELEASE, TOO_FEW
from casework.engine.execution.sequential_requests import asked_by, same_request
from casework.engine.execution.state_machine import move
from casework.engine.execution.timers import END_ACCESS
from casework.engine.roles import ADMINISTRATOR, DISPUTE_OFFICER, OFFICER, QUEUE_ROLES, SYSTEM
from casework.engine.state.case import HELD, MET_JOIN, OPEN_JOIN, Case, Join, Task, Track
from casework.engine.state.events import (
    ACTIVATED,
    ADDED,
    ASSIGNED,
    COMPLETED,
    CONSENT_ENDED,
    CORRECTED,
    DOCUMENT_FILED,
    DOCUMENT_REGISTERED,
    DOCUMENT_WITHDRAWN,
    ERASED,
    FIRED,
    GLASS_BROKEN,
    GRANT_DAY_CHANGED,
    GRANT_EXPIRED,
    GRANT_WITHDRAWN,
    HANDED_OVER,
    INTEREST_DECLARED,
    JOINED,
    LETTER_SENT,
    NOTED,
    OBJECTED,
    OPENED,
    PAPERS_RETURNED,
    PARTIES_TOLD,
    PROPOSED,
    RANG,
    RECEIVED,
    RECOUNTED,
    REFUSED,
    RELIEVED,
    RESEALED,
    SAID,
    SYSTEM_ACTOR,
    UNSEALED,
    UNSEALING_ASKED,
    UNSEALING_REFUSED,
    Event,
)
from casework.engine.state.join_count import ENOUGH, SHORT, Tally, members, tally
from casework.operations.history.point_in_time import Past
from casework.operations.history.task_judgement import OPERATION_OF, task_reasons
from casework.operations.integrations.scopes import NONE, scope_of_event
from casework.permissions.actors import DECIDES, PROVIDER_ROLES, READS_ALL, READS_ONLY
from casework.permissions.work import ends_roles, may_hold

Json = Any
Reasons = Iterator[str]

#: Effects that an event holds as the rule's functions gave them: they must come out the same again.
_AS_GIVEN = ("grants_returned", "owner", "team", "outcome", "reasons", "named", "replaced", "provider", "rights", "join", "objection")
#: What a rule may do by itself.
BY_ITSELF = frozenset({FIRED, JOINED, RANG, RECOUNTED, ACTIVATED, ADDED, ASSIGNED, CONSENT_ENDED, GRANT_EXPIRED, RELIEVED, ERASED, HANDED_OVER})


@dataclass(frozen=True, slots=True)
class _Told:
    """What an earlier event did, for those that name it as their cause."""

    kind: str
    track: str | None
    actor: str
    rule: TransitionRule | None
    #: The id of the message that it wrote or took back.
    message: str | None = None
    what: str | None = None


class Judge:
    """Reads a log's events in order and says of each what speaks against it."""

    def __init__(self, library: Library, past: Past) -> None:
        self.library = library
        self.past = past
        self._told: dict[int, _Told] = {}

    def reasons(self, before: Case | None, event: Event) -> list[str]:
        """Everything that speaks against an event, in sentences; nothing when it was allowed."""
        if before is None:
            found = list(self._opening(event))
        else:
            found = [*self._actor(before, event), *self._deed(before, event)]
            if any(one.get("by") not in (None, event.actor) for one in event.effects.get("task_states", ())):
                found.append("it says that somebody else finished a task")
            found += self._new_grants(before, event)
        found += self._new_tracks(event)
        self._told[event.seq] = self._remember(event)
        return found

    def _remember(self, event: Event) -> _Told:
        edition = self.library.editions.get(event.edition or "")
        found = edition.find(event.effects["transition"], event.frm) if edition and event.kind == FIRED else None
        message, what = event.effects.get("message"), event.effects.get("what")
        return _Told(event.kind, event.track, event.actor, found[0] if found else None, message, what)

    def _deed(self, before: Case, event: Event) -> Reasons:
        judge = _KINDS.get(event.kind)
        if judge is None:
            yield f"nothing is called “{event.kind}” in a case"
            return
        if event.kind in _ON_TRACKS or event.kind in _ON_SOME and event.track is not None:
            track = before.tracks.get(event.track or "")
            if track is None:
                yield "it names a track that the case does not have"
                return
            if event.edition != track.edition:
                yield "it names another edition than its track is pinned to"
            if event.frm != track.states:
                yield f"it starts from {_list(event.frm)}, but the track stood at {_list(track.states)}"
            if event.kind != FIRED and event.to != event.frm:
                yield f"it moves the track to {_list(event.to)}, which only a transition may"
            if track.edition not in self.library.editions:
                yield f"the edition {track.edition[:12]} is unknown"
                return
        yield from judge(self, before, event)

    def _edition(self, track: Track) -> Edition:
        return self.library[track.edition]

    # --- who ---

    def _opening(self, event: Event) -> Reasons:
        if event.kind != OPENED:
            yield "a log begins with what opened it"
            return
        case = event.effects["case"]
        roles = (DISPUTE_OFFICER,) if case["kind"] == "mediation" else ("officer", "supervisor")
        if event.role not in roles:
            yield f"a {case['kind']} is opened by {_list(roles)}, not by {event.role}"
        yield from self._held(case["programme"], event, any_deputy=True)

    def _actor(self, before: Case, event: Event) -> Reasons:
        if event.actor == SYSTEM_ACTOR or event.role == SYSTEM:
            if event.actor != SYSTEM_ACTOR or event.role != SYSTEM:
                yield "a person and the system cannot act as one another"
            if event.kind not in BY_ITSELF:
                yield f"what is “{event.kind}” does not happen by itself"
            return
        if event.kind == RELIEVED:
            yield from self._ended_a_role(before, event)
            return
        if event.actor in before.interests and event.kind != INTEREST_DECLARED:
            yield "its actor had declared an interest in the case"
        if event.acting_for in before.interests and event.kind != INTEREST_DECLARED:
            yield "it was done for somebody who had declared an interest in the case"
        if event.role in READS_ONLY and event.kind != INTEREST_DECLARED:
            yield f"the role {event.role} only reads"
        if event.role in PROVIDER_ROLES:
            yield from self._service(event)
            yield from self._provider(before, event)
            return
        yield from self._not_theirs(before, event)
        yield from self._held(before.programme, event, any_deputy=event.kind == INTEREST_DECLARED)
        if self._mediated(before, event, event.actor) and event.role in DECIDES and event.kind != INTEREST_DECLARED:
            yield "its actor was a dispute officer of the programme, or of a provider that mediates, while the case was there"
        named = {before.owner, *before.team}
        wanted = event.role == DISPUTE_OFFICER or event.role == OFFICER and before.owner is not None
        if wanted and event.kind != INTEREST_DECLARED and (event.acting_for or event.actor) not in named:
            yield f"its {str(event.role).replace('_', ' ')} was not named for the case"

    def _mediated(self, before: Case, event: Event, person: str) -> bool:
        return before.kind == "case" and self.past.mediated(person, before.programme, before.opened_at, event.at)

    def _ended_a_role(self, before: Case, event: Event) -> Reasons:
        """Whoever ended a role of whoever held it need have none in the case; the scope's own log tells whether they could."""
        task = self._on_task(before, event)
        inside = task is not None and task.organisation is not None
        scope, role = str(task.organisation) if task and inside else before.programme, str(event.role)
        if not ends_roles(role, within_organisation=inside, for_another=event.acting_for is not None):
            yield f"roles are not ended by the role {role}"
        elif role == ADMINISTRATOR and not self.past.administers(scope, event.actor, event.at):
            yield "its actor was no administrator at that moment"
        elif role != ADMINISTRATOR:
            yield from self._held(scope, event)
        if not self.past.ended_by(scope, event.effects["person"], event.actor, event.at):
            yield "its actor had not ended a role of whoever held the task"

    def _service(self, event: Event) -> Reasons:
        """A provider's own system does what its account was made for, and is nobody's second person."""
        scopes = self.past.service_scopes(event.organisation, event.actor) if event.organisation else None
        if scopes is None or event.because is not None:
            return
        needed = scope_of_event(event)
        if needed == NONE:
            yield "it was done by a service account, and is for people alone"
        elif needed not in scopes:
            yield f"its service account did not have the scope {needed}"

    def _provider(self, before: Case, event: Event) -> Reasons:
        if event.kind == INTEREST_DECLARED:
            if event.organisation:
                yield from self._held(event.organisation, event)
            return
        track = before.tracks.get(event.track or "")
        above = before.referral_of(track) if track else None
        if above is None or above.provider is None or above.provider != event.organisation:
            yield "its actor's organisation did not have the referral"
            return
        if event.actor in above.barred:
            yield "its actor was shut out of the referral"
        if event.acting_for in above.barred:
            yield "it was done for somebody who was shut out of the referral"
        yield from self._held(above.provider, event)

    def _not_theirs(self, before: Case, event: Event) -> Reasons:
        """Whoever belongs to a referral's provider does nothing in it for the office."""
        track = before.tracks.get(event.track or "")
        above = before.referral_of(track) if track else None
        if above is not None and above.provider and self.past.of_organisation(event.actor, above.provider, event.at):
            yield "its actor belonged to the provider of the referral"

    def _held(self, scope: str, event: Event, *, any_deputy: bool = False) -> Reasons:
        role = str(event.role)
        if not self.past.held(scope, event.actor, role, event.acting_for, event.at, any_deputy=any_deputy):
            deputy = " as a deputy" if event.acting_for else ""
            yield f"its actor did not hold the role {role}{deputy} at that moment"

    def _role_in(self, before: Case, event: Event, roles: Iterable[str]) -> Reasons:
        wanted = tuple(roles)
        if event.role not in accepted(before, wanted):
            yield f"it is for {_list(wanted)}, not for {event.role}"

    def _works(self, event: Event, task: Task) -> Reasons:
        if event.role not in QUEUE_ROLES.get(task.queue, frozenset()):
            yield f"the task was in the queue {task.queue}, which {event.role} does not work"
        if task.organisation is not None and task.organisation != event.organisation:
            yield "the task was another organisation's"

    # --- what the rules say ---

    def _facts(self, before: Case, track: Track, event: Event, data: Mapping[str, Json], task: Task | None = None) -> Facts:  # fmt: skip
        milestones = {
            one.edition: self.library[one.edition].milestones
            for one in before.tracks.values() if one.edition in self.library.editions
        }  # fmt: skip
        calendar = self.past.calendar(before.programme, event.at)
        outside = event.effects.get("facts", {})
        return Facts(before, track, event.at, calendar, event.actor, data, outside, task, milestones, event.acting_for)

    def _guards(self, names: Iterable[str], facts: Facts) -> Reasons:
        for name in names:
            if name not in GUARDS:
                yield f"its guard “{name}” is unknown"
                continue
            try:
                holds = GUARDS[name].holds(facts)
            except NotGiven as missing:
                yield f"it does not keep the facts that “{name}” reads: {missing}"
                continue
            if not holds:
                yield f"its guard “{name}” refuses: {GUARDS[name].refusal}"

    def _follows(self, names: Iterable[str], facts: Facts, event: Event) -> Reasons:
        """What the rule's effects give, given the same facts, is what the event says, and nothing beside it."""
        wanted: dict[str, Json] = {}
        for name in names:
            try:
                wanted |= EFFECTS[name].follows(facts) if name in EFFECTS else {}
            except NotGiven as missing:
                yield f"it does not keep the facts that “{name}” reads: {missing}"
        for key in _AS_GIVEN:
            given, told = _plain(wanted.get(key)), _plain(event.effects.get(key))
            # An earlier release gave the case to the deputy who took it.
            as_before = key == "owner" and given is not None and given == event.acting_for and told == event.actor
            if told != given and not as_before:
                yield f"its effect on {key} is not what the rule gives"

    def _new_tracks(self, event: Event) -> Reasons:
        for one in event.effects.get("tracks", ()):
            edition = self.library.editions.get(one["edition"])
            if edition is None:
                yield f"it opens a track by the edition {one['edition'][:12]}, which is unknown"
            elif edition.workflow != one["workflow"]:
                yield f"it opens a track of {one['workflow']} by an edition of {edition.workflow}"
            elif tuple(one["states"]) != edition.initial:
                yield f"it opens a track of {one['workflow']} elsewhere than at its beginning"

    def _new_grants(self, before: Case, event: Event) -> Reasons:
        """Nothing leaves to a provider without a consent of each party that it concerns, to this provider."""
        for one in event.effects.get("grants", ()):
            document, track = before.documents.get(one["document"]), before.tracks.get(one["track"])
            under = [found for id in one["consents"] if (found := before.consents.get(id)) is not None]
            if document is None or track is None or document.withdrawn_at is not None:
                yield "it shares a document that the case does not have"
                continue
            for party in document.concerns:
                if not any(found.party == party and found.covers(document, track.provider) for found in under):
                    yield f"it shares a document without a consent of the {party.replace('_', ' ')} that covers it"

    # --- transitions ---

    def _fired(self, before: Case, event: Event) -> Reasons:
        track = before.tracks[event.track or ""]
        edition, name = self._edition(track), event.effects["transition"]
        found = edition.find(name, track.states)
        if found is None:
            yield f"{edition.workflow} has no transition “{name}” from {_list(track.states)}"
            return
        rule, place = found
        yield from self._target(before, track, edition, rule, place, event)
        data = event.effects.get("data", {})
        yield from self._papers(before, track, rule, event)
        if event.actor == SYSTEM_ACTOR:
            yield from self._by_itself(before, track, edition, rule, place, event)
        elif "proposed" in event.effects:
            yield from self._confirmed(before, track, rule, event)
        elif event.because is not None:
            yield from self._first_step(before, track, rule, event)
        else:
            yield from self._by_person(before, track, rule, event)
            if rule.confirm_by:
                yield f"“{name}” needs a second person's word"
        # The person whose deed drew this one with it is not told here, and some effects name that person.
        if event.actor != SYSTEM_ACTOR:
            yield from self._follows(rule.effects, self._facts(before, track, event, data), event)

    def _papers(self, before: Case, track: Track, rule: TransitionRule, event: Event) -> Reasons:
        """Every paper that it asks for was on file, and it rests on those."""
        try:
            papers = papers_for(self._facts(before, track, event, event.effects.get("data", {})), rule)
        except NotGiven as missing:
            yield f"it does not keep the facts by which papers count: {missing}"
            return
        for one in papers:
            if one.state != THERE:
                yield f"a paper that it asks for was {one.state}: {one.rule.kind}"
        if event.effects.get("papers", {}) != {one.rule.kind: one.document for one in papers}:
            yield "it rests on other papers than those that count"

    def _target(
        self, before: Case, track: Track, edition: Edition, rule: TransitionRule, place: str, event: Event
    ) -> Reasons:
        back_to = track.came_from.get(place, ()) if rule.target == "=previous" else ()
        try:
            to = move(edition, track.states, rule, place, back_to)
        except Exception as fault:  # whatever the machine says, it says no
            yield f"“{rule.name}” cannot leave {_list(track.states)}: {fault}"
            return
        if event.to != to:
            yield f"“{rule.name}” leads to {_list(to)}, not to {_list(event.to)}"
        ends = edition.ended(to) and track.live and to != track.states
        ended = (to[0] if len(to) == 1 else "ended") if ends else None
        if event.effects.get("ended") != ended:
            yield f"“{rule.name}” {'ends the track' if ended else 'does not end the track'}"
        main = track.id == before.main.id
        closed = False if rule.reopens and main else True if ended and main else None
        if event.effects.get("closed") is not closed:
            yield f"“{rule.name}” does not close or reopen the case as it says"
        if bool(event.effects.get("reopened")) != rule.reopens:
            yield f"“{rule.name}” does not reopen the track as it says"
        if bool(event.effects.get("entered")) == rule.target.startswith("="):
            yield f"“{rule.name}” does not enter a state as it says"

    def _by_person(self, before: Case, track: Track, rule: TransitionRule, event: Event) -> Reasons:
        yield from self._role_in(before, event, rule.by_people)
        yield from duty_reasons(before, rule.not_by, {event.actor, event.acting_for}, track)
        if before.frozen and event.role in PROVIDER_ROLES:
            yield "the case stood still while a stop was being decided"
        if rule.target != "=same":
            for task in before.step_tasks(track.id):
                left = any(task.of == place or str(task.of).startswith(place + ".") for place in rule.sources)
                same_queue = event.role in QUEUE_ROLES.get(task.queue, frozenset())
                if left and same_queue and task.state in HELD and task.holder != event.actor:
                    yield "somebody else held the step's task"
        yield from self._guards(rule.guards, self._facts(before, track, event, event.effects.get("data", {})))
        yield from self._ticked(before, track, rule)

    def _ticked(self, before: Case, track: Track, rule: TransitionRule) -> Reasons:
        if steps_unticked(self._edition(track), before, track, rule):
            yield "something that its step's checklist requires was not ticked"

    def _confirmed(self, before: Case, track: Track, rule: TransitionRule, event: Event) -> Reasons:
        pending = before.proposal_for(track.id, rule.name)
        if pending is None or pending.id not in event.effects.get("proposals_ended", ()):
            yield f"nobody had proposed “{rule.name}”"
            return
        yield from self._role_in(before, event, rule.confirm_by)
        if {pending.actor, pending.acting_for} & ({event.actor, event.acting_for} - {None}):
            yield "the person who proposed it also confirmed it"
        if event.effects.get("data", {}) != pending.data:
            yield "it confirms something else than what was proposed"
        yield from self._guards(rule.guards, self._facts(before, track, event, pending.data))
        yield from self._ticked(before, track, rule)

    def _first_step(self, before: Case, track: Track, rule: TransitionRule, event: Event) -> Reasons:
        """The first step of a service starts its referral, in the name of the same person."""
        cause = self._told.get(event.because or 0)
        below = before.tracks.get(cause.track or "") if cause else None
        drawn = cause is not None and below is not None and cause.kind == FIRED and below.parent == track.id
        if not (drawn and self._begins(below, rule) and cause and cause.actor == event.actor):
            yield "what it names as its cause did not bring it about"

    def _begins(self, below: Track | None, rule: TransitionRule) -> bool:
        return below is not None and self._edition(below).rules["first_step_fires"] == rule.name

    def _by_itself(
        self, before: Case, track: Track, edition: Edition, rule: TransitionRule, place: str, event: Event
    ) -> Reasons:
        if event.because is None:
            stopped = {one["id"] for one in event.effects.get("clock_states", ()) if one["state"] == "stopped"}
            if rule.after is None or not any(
                clock.track == track.id and clock.id in stopped and _due(clock, event, f"fire:{rule.name}")
                for clock in before.clocks.values()
            ):
                yield f"no clock was due for “{rule.name}”"
            return
        if rule.automatic:
            whole = edition.states[place].type in ("stage", "parallel")
            if whole and not edition.place_ended(place, track.states):
                yield f"“{place}” had not ended"
            yield from self._guards(rule.guards, self._facts(before, track, event, {}))
            return
        cause = self._told.get(event.because)
        if cause is not None and (asked := self._asked_with(before, track, rule, cause)) is not None:
            yield from self._asked_next(before, asked, track, rule, event)
        elif cause is None or not self._drawn(before, track, rule, cause):
            yield f"what it names as its cause did not bring “{rule.name}” about"

    @staticmethod
    def _asked_with(before: Case, track: Track, rule: TransitionRule, cause: _Told) -> Track | None:
        """Whose request this one gets, where its cause is that the next of a panel, or others beside, are asked."""
        at = before.tracks.get(cause.track or "")
        if at is None or cause.rule is None:
            return None
        return next(
            (asked for asked, one, name in asked_by(before, at, cause.rule) if (one.id, name) == (track.id, rule.name)), None
        )

    def _asked_next(self, before: Case, asked: Track, track: Track, rule: TransitionRule, event: Event) -> Reasons:
        """The next provider of a panel, or one beside, gets the request of the one before, under the same guards."""
        data = event.effects.get("data", {})
        sent, calendar = asked.fired.get(rule.name), self.past.calendar(before.programme, event.at)
        if sent is None:
            yield "nobody had been asked before"
            return
        days = calendar.local_date(event.at), calendar.local_date(sent.at)
        if data != same_request(asked, track, rule.name, *days):
            yield "it asks the next provider for something else than the one before"
        yield from self._guards(rule.guards, self._facts(before, track, event, data))

    @staticmethod
    def _drawn(before: Case, track: Track, rule: TransitionRule, cause: _Told) -> bool:
        if cause.kind == CONSENT_ENDED:
            return rule.name == "suspend"
        if cause.kind == JOINED:
            met = [one for one in before.joins.values() if (one.kind, one.state) == (cause.what, MET_JOIN)]
            return rule.name == RELEASE and any(track in members(before, one) and track.id not in one.by for one in met)
        if cause.rule is None or cause.track is None:
            return False
        source = before.tracks[cause.track]
        related = {"child": track.parent == source.id, "parent": source.parent == track.id}
        return any(
            name == rule.name and related.get(where, track.workflow == "referral") for where, name in cause.rule.also
        )

    def _proposed(self, before: Case, event: Event) -> Reasons:
        track = before.tracks[event.track or ""]
        edition, name = self._edition(track), event.effects["transition"]
        found = edition.find(name, track.states)
        if found is None or not found[0].confirm_by:
            yield f"{edition.workflow} asks for no second person for “{name}” at {_list(track.states)}"
            return
        if before.proposal_for(track.id, name) is not None:
            yield f"“{name}” had been proposed already"
        yield from self._by_person(before, track, found[0], event)
        facts = self._facts(before, track, event, event.effects.get("data", {}))
        yield from self._follows(found[0].proposal_effects, facts, event)

    def _refused(self, before: Case, event: Event) -> Reasons:
        pending = before.proposal_for(event.track or "", event.effects["transition"])
        if pending is None or pending.id not in event.effects.get("proposals_ended", ()):
            yield f"nobody had proposed “{event.effects['transition']}”"
            return
        if {pending.actor, pending.acting_for} & ({event.actor, event.acting_for} - {None}):
            yield "the person who proposed it also decided on it"
        yield from self._works(event, before.tasks[pending.task])

    # --- tasks ---

    def _on_task(self, before: Case, event: Event) -> Task | None:
        return before.tasks.get(event.effects["task"])

    def _operated(self, before: Case, event: Event) -> Reasons:
        yield from task_reasons(self.library, self.past, before, event)

    def _relieved(self, before: Case, event: Event) -> Reasons:
        task, person = self._on_task(before, event), event.effects["person"]
        if task is None or not task.open or task.holder != person:
            yield "the person whom it takes the task from did not hold it"
            return
        scopes = {before.programme} | ({task.organisation} if task.organisation else set())
        if may_hold(self.past.actor(person, scopes, event.at, surely=True), before, task):
            yield "it takes a task from somebody who could still work it"

    def _completed(self, before: Case, event: Event) -> Reasons:
        yield from task_reasons(self.library, self.past, before, event)
        task = self._on_task(before, event)
        if task is None:
            return
        edition = self.library.editions.get(task.edition)
        if task.type != "side" or edition is None or task.rule not in edition.tasks:
            yield "no rule lets this task be finished so"
            return
        rule, track = edition.tasks[task.rule], before.tracks[task.track]
        if before.frozen and event.role in PROVIDER_ROLES:
            yield "the case stood still while a stop was being decided"
        yield from duty_reasons(before, rule.not_by, {event.actor, event.acting_for}, track)
        if objectors(before, task) & {event.actor, event.acting_for}:
            yield "whoever objected decided on the objection"
        states = {one["id"]: one for one in event.effects.get("task_states", ())}
        facts = self._facts(before, track, event, states.get(task.id, {}).get("result", {}), task)
        yield from self._guards(rule.guards, facts)
        yield from self._follows(rule.effects, facts, event)

    def _activated(self, before: Case, event: Event) -> Reasons:
        """By its clock, or before its day by a person."""
        yield from self._rang(before, event) if event.actor == SYSTEM_ACTOR else self._operated(before, event)

    def _added(self, before: Case, event: Event) -> Reasons:
        track, name = before.tracks[event.track or ""], event.effects["name"]
        edition = self._edition(track)
        if event.actor == SYSTEM_ACTOR:
            if not any(rule.name == name for rule in edition.tasks.values()):
                yield f"{edition.workflow} has no task “{name}”"
            if name == TOO_FEW and not any(
                (join := before.joins.get(one["about"])) and self._counted(before, join).verdict(join) == SHORT
                for one in event.effects.get("tasks", ())
            ):
                yield "as many results could still come as the case waited for"
            return
        places = {place for leaf in track.states for place in ancestors(leaf)}
        for offer in edition.rules["on_request"]:
            if edition.tasks[offer["task"]].name == name and places & set(offer["from"]):
                yield from self._role_in(before, event, offer["by"])
                return
        yield f"the task “{name}” is not asked for at {_list(track.states)}"

    def _counted(self, before: Case, join: Join) -> Tally:
        editions = {one.edition for one in before.tracks.values()} & set(self.library.editions)
        return tally(before, join, {one: self.library[one].milestones for one in editions})

    def _joined(self, before: Case, event: Event) -> Reasons:
        """By itself, once, when exactly these results were there and sufficed."""
        told = Join.read(event.effects["join"])
        join = before.joins.get(told.id)
        if join is None or join.state != OPEN_JOIN:
            yield "nothing waited for these results"
            return
        counted = self._counted(before, join)
        if counted.verdict(join) != ENOUGH:
            yield f"of the results {len(counted.results)} were there and {counted.needed(join)} were waited for"
        if told != replace(join, state=MET_JOIN, by=counted.results):
            yield "it counts other results than there were"

    def _rang(self, before: Case, event: Event) -> Reasons:
        if event.actor != SYSTEM_ACTOR:
            yield "clocks ring by themselves"
        clock, what = before.clocks.get(event.effects["clock"]), event.effects["what"]
        if what == "stopped" and clock is not None and clock.fires_at is not None:
            what = clock.rungs[clock.next][1]
        if clock is None or not _due(clock, event, what):
            yield f"no clock was due for “{what}”"

    def _recounted(self, before: Case, event: Event) -> Reasons:
        if event.actor != SYSTEM_ACTOR:
            yield "clocks are counted again by themselves"
        if not self.past.knows_calendar(before.programme, event.effects["calendar"], event.at):
            yield "the programme had no such calendar"
        if set(event.effects) - {"calendar", "clock_states", "task_states"}:
            yield "it did more than count clocks again"

    # --- the case itself ---

    def _handed_over(self, before: Case, event: Event) -> Reasons:
        if event.role == SYSTEM:
            yield from self._passed_on(before, event)
        else:
            yield from self._role_in(before, event, ("officer", "supervisor"))
        if before.owner is None:
            yield "nobody owned the case yet"
        wanted = DISPUTE_OFFICER if before.kind == "mediation" else OFFICER
        # Who was named before stays named, also after their role has ended.
        for person in {event.effects["owner"], *event.effects["team"]} - {before.owner, *before.team}:
            if not self.past.held(before.programme, person, wanted, None, event.at, any_deputy=wanted == OFFICER):
                yield f"it gives the {before.kind} to somebody who was no {wanted.replace('_', ' ')}"
            if self._mediated(before, event, person):
                yield (
                    "it gives the case to somebody who was a dispute officer of the programme, or of a provider that mediates,"
                    " while it was there"
                )
        staying = {event.effects["owner"], *event.effects["team"]}
        yield from self._freed(before, event, ({before.owner, *before.team} - staying) | ({before.owner} - {event.effects["owner"]}))

    def _passed_on(self, before: Case, event: Event) -> Reasons:
        """By itself only a mediation goes on, when whoever led it is a dispute officer no more."""
        if before.kind != "mediation":
            yield "a case is handed over by people"
        elif self.past.leads(before.programme, before.owner, event.at):
            yield "whoever led it was a dispute officer still"

    @staticmethod
    def _freed(before: Case, event: Event, people: Collection[str | None]) -> Reasons:
        """Whoever leaves the case holds nothing in it any more, and what others hold is left to them."""
        held = {task.id for task in before.open_tasks() if task.holder is not None and task.holder in people}
        freed = {one["id"] for one in event.effects.get("task_states", ()) if one.get("holder", "") is None}
        if held != freed:
            yield "it does not free exactly what those held who leave the case"

    def _document(self, before: Case, event: Event) -> Reasons:
        """Entered, filed or withdrawn by those whose document it is; versions count on without a gap."""
        referral = before.tracks.get(event.track) if event.track else None
        if why := documents.refusal(before, event.role, referral):
            yield f"a document could not be handed in so: {why}"
        if before.kind != "case" and "files" in event.effects:
            yield f"a file could not be kept so: {documents.SEALED}"
        fresh = {one["id"]: one for one in event.effects.get("documents", ())}
        for id, one in fresh.items():
            if id in before.documents:
                yield f"there was a document {id} already"
            if referral is not None and one["party"] is not None:
                yield "what a provider hands in is no party's"
            if one.get("own") and (referral is not None or one["party"] is not None):
                yield "it calls a paper the office's own that is not"
        for one in event.effects.get("files", ()):
            last = max((file.version for file in before.files.values() if file.document == one["document"]), default=0)
            if one["id"] in before.files or one["version"] != last + 1:
                yield f"it files version {one['version']} after version {last}"
            if one["document"] not in fresh:
                yield from self._own_document(before, event, one["document"])
        gone = event.effects.get("documents_withdrawn", ())
        for id in gone:
            yield from self._own_document(before, event, id)
        shared = {one.id for one in before.grants.values() if one.document in gone and one.ended_at is None}
        if shared != set(event.effects.get("grants_ended", ())):
            yield "it does not end exactly what let providers see the document"

    def _letter(self, before: Case, event: Event) -> Reasons:
        yield from letters.faults_of(before, event.effects, event.role, event.track)

    def _grant_withdrawn(self, before: Case, event: Event) -> Reasons:
        yield from self._role_in(before, event, document_access.ENDERS)
        yield from self._grant(before, event, event.effects.get("grants_ended", ()))

    def _grant_expired(self, before: Case, event: Event) -> Reasons:
        gone = event.effects.get("grants_ended", ())
        yield from self._grant(before, event, gone)
        if not any(clock.grant in gone and _due(clock, event, END_ACCESS) for clock in before.clocks.values()):
            yield "the last day of the access was not over"

    def _grant_day_changed(self, before: Case, event: Event) -> Reasons:
        yield from self._role_in(before, event, document_access.ENDERS)
        days = {one["id"]: one["until"] for one in event.effects.get("grant_days", ())}
        yield from self._grant(before, event, days)
        today = self.past.calendar(before.programme, event.at).local_date(event.at).isoformat()
        if any(day is not None and day < today for day in days.values()):
            yield "it lets an access end on a day that had passed"

    @staticmethod
    def _grant(before: Case, event: Event, ids: Collection[str]) -> Reasons:
        """Exactly one access, of this referral, which the provider still had."""
        found = [before.grants.get(id) for id in ids]
        if len(found) != 1 or any(one is None or one.ended_at is not None or one.track != event.track for one in found):
            yield "there was no such access to end"

    def _papers_returned(self, before: Case, event: Event) -> Reasons:
        yield from self._role_in(before, event, document_access.RETURNERS)
        had = {one.id for one in before.copies_out(event.track or "")}
        if not had or had != set(event.effects["grants_returned"]):
            yield "it does not speak of exactly what the provider had and saw no longer"

    def _own_document(self, before: Case, event: Event, id: str) -> Reasons:
        document = before.documents.get(id)
        if document is None or document.withdrawn_at is not None:
            yield "there was no such document to change"
        elif document.letter is not None:
            yield f"it changes what was sent: {documents.SENT}"
        elif document.track != event.track:
            yield "the document was another side's"

    def _consent_ended(self, before: Case, event: Event) -> Reasons:
        for one in event.effects["consents_ended"]:
            consent = before.consents.get(one["id"])
            if consent is None or consent.ended_at is not None:
                yield "there was no such consent to end"
            elif event.actor != SYSTEM_ACTOR:
                yield from self._role_in(before, event, ("officer", "supervisor"))
            elif not any(c.consent == consent.id and _due(c, event, "expire") for c in before.clocks.values()):
                yield "the consent had not expired"

    def _message(self, before: Case, event: Event) -> Reasons:
        """What is written: in the right place, by who may, for those who may read it."""
        track = before.tracks.get(event.track) if event.track else None
        if why := refusal(before, event.role, audience_of(event.kind), track):
            yield f"a message could not be written so: {why}"
        id, what = event.effects.get("message"), event.effects.get("what")
        earlier = [one for one in self._told.values() if one.message is not None and one.message == id]
        if what == WRITTEN:
            if earlier:
                yield "there was a message of this id already"
        else:
            cause = self._told.get(event.because or 0)
            if cause is None or (cause.message, cause.what, cause.kind, cause.track) != (id, WRITTEN, event.kind, event.track):
                yield "it corrects a message that was never written there"
            elif cause.actor != event.actor:
                yield "it corrects somebody else's message"
            if any(one.what == TAKEN_BACK for one in earlier):
                yield "it corrects a message that was taken back"
        for person in event.effects.get("mentions", ()):
            if not self._reads(before, event, track, person):
                yield "it mentions somebody who could not read it"

    def _contract(self, before: Case, event: Event) -> Reasons:
        track = before.tracks[event.track or ""]
        yield from faults_of(before, self._edition(track), track, event.kind, event.role, event.effects)

    def _corrected(self, before: Case, event: Event) -> Reasons:
        """Another answer in the place of one that stood, from which nothing else had followed."""
        effects, cause = event.effects, self._told.get(event.because or 0)
        if cause is None or cause.kind not in (FIRED, COMPLETED) or cause.track != event.track or effects["of"] != event.because:
            yield "it corrects no answer that was given there"
        by = By(event.actor, event.role or "", event.organisation, event.acting_for)
        yield from corrections.faults_of(
            self.library.editions, before, str(event.track), effects, by,
            lambda answer, data: self._facts(before, answer.track, event, data, answer.task),
        )
        task = effects.get("task")
        wanted = [{"id": task, "result": dict(effects["data"])}] if task else []
        if _plain(effects.get("task_states", [])) != _plain(wanted):
            yield "it changes something else than the answer"
        if set(effects) - {"of", "before", "data", "facts", "transition", "task", "name", "task_states"}:
            yield "it did more than correct an answer"

    def _opening_of(self, before: Case, event: Event) -> Reasons:
        """By two persons or in an emergency, each in the role for it and for somebody who could be given it."""
        yield from disclosures.faults_of(before, event)
        if event.kind in _OPENED_BY and event.role not in _OPENED_BY[event.kind]:
            yield f"it is for {_list(_OPENED_BY[event.kind])}, not for {event.role}"
        if event.kind == UNSEALED and event.track != before.main.id:
            yield "the center of the mediation was not told"
        # Earlier releases did not keep it.
        if "role_given" in event.effects and _plain(event.effects["role_given"]) not in self.past.givers(
            before.programme, event.actor, str(event.role), event.at
        ):
            yield "it names somebody else than gave its actor the role, or than agreed to it"
        for one in event.effects.get("openings", ()):
            for person, roles in ((one["reader"], disclosures.READERS), (one["decider"], disclosures.DECIDERS)):
                if one["kind"] == disclosures.UNSEALING and not self._held_any(before.programme, person, roles, event):
                    yield f"it names somebody who was none of: {_list(roles)}"

    def _held_any(self, scope: str, person: str, roles: Iterable[str], event: Event) -> bool:
        return any(self.past.held(scope, person, role, None, event.at) for role in roles)

    def _reads(self, before: Case, event: Event, track: Track | None, person: str) -> bool:
        def held(scope: str, roles: Iterable[str]) -> bool:
            return any(self.past.held(scope, person, role, None, event.at, any_deputy=True) for role in sorted(roles))

        if before.kind == "mediation":
            inside = person in (before.owner, *before.team)
        else:
            inside = held(before.programme, READS_ALL)
        if inside or track is None or track.provider is None or person in track.barred or person in before.interests:
            return inside
        return held(track.provider, PROVIDER_ROLES)

    def _erased(self, before: Case, event: Event) -> Reasons:
        """Two persons' erasure it must be, which is asked of every log alike; here, that a person did not do it."""
        if event.actor != SYSTEM_ACTOR:
            yield "words are taken out by an erasure, and not by a person"

    def _interest(self, before: Case, event: Event) -> Reasons:
        if event.effects["interest"] != [event.actor]:
            yield "an interest is declared by the person who has it"
        yield from self._freed(before, event, {event.actor})


def _due(clock: Any, event: Event, what: str) -> bool:
    fires_at = clock.fires_at
    return fires_at is not None and fires_at <= event.at and clock.rungs[clock.next][1] == what


def _plain(value: Json) -> Json:
    """A value as JSON gives it back."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _list(words: Iterable[str]) -> str:
    return ", ".join(words) or "nowhere"


_KINDS: Mapping[str, Callable[[Judge, Case, Event], Reasons]] = {
    **dict.fromkeys(OPERATION_OF, Judge._operated),
    COMPLETED: Judge._completed,
    FIRED: Judge._fired,
    PROPOSED: Judge._proposed,
    REFUSED: Judge._refused,
    RELIEVED: Judge._relieved,
    ADDED: Judge._added,
    RANG: Judge._rang,
    RECOUNTED: Judge._recounted,
    ACTIVATED: Judge._activated,
    HANDED_OVER: Judge._handed_over,
    DOCUMENT_REGISTERED: Judge._document,
    DOCUMENT_FILED: Judge._document,
    DOCUMENT_WITHDRAWN: Judge._document,
    LETTER_SENT: Judge._letter,
    GRANT_WITHDRAWN: Judge._grant_withdrawn,
    GRANT_EXPIRED: Judge._grant_expired,
    GRANT_DAY_CHANGED: Judge._grant_day_changed,
    PAPERS_RETURNED: Judge._papers_returned,
    CONSENT_ENDED: Judge._consent_ended,
    INTEREST_DECLARED: Judge._interest,
    NOTED: Judge._message,
    SAID: Judge._message,
    CORRECTED: Judge._corrected,
    **dict.fromkeys(
        (UNSEALING_ASKED, UNSEALED, UNSEALING_REFUSED, RESEALED, PARTIES_TOLD, GLASS_BROKEN), Judge._opening_of
    ),
    RECEIVED: Judge._contract,
    JOINED: Judge._joined,
    OBJECTED: Judge._contract,
    ERASED: Judge._erased,
}
#: Every kind of event that can be judged.
KNOWN = frozenset({OPENED, *_KINDS})
#: Kinds that happen on a track; the others are the case's own.
_ON_TRACKS = frozenset({
    CORRECTED, FIRED, PROPOSED, REFUSED, RELIEVED, ADDED, RANG, GRANT_WITHDRAWN, GRANT_EXPIRED, GRANT_DAY_CHANGED, PAPERS_RETURNED, SAID,
    RECEIVED, OBJECTED, *OPERATION_OF,
})  # fmt: skip
#: Those that may be a referral's or the case's own.
_ON_SOME = frozenset({DOCUMENT_REGISTERED, DOCUMENT_FILED, DOCUMENT_WITHDRAWN, UNSEALED, RESEALED, LETTER_SENT})
_OPENED_BY: Mapping[str, tuple[str, ...]] = {
    UNSEALING_ASKED: disclosures.ASKERS, PARTIES_TOLD: disclosures.ASKERS, UNSEALED: disclosures.DECIDERS,
    UNSEALING_REFUSED: disclosures.DECIDERS, GLASS_BROKEN: disclosures.BREAKERS,
}  # fmt: skip
