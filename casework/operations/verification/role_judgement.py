"""Whether each role in a programme or organisation was given and ended, and each absence entered, by somebody who could.

Who gives roles is an administrator, and of an organisation any; who ends them, a lead of the organisation too. What a
substitute gets is exactly what the absence passes on. Invitations are judged beside this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR, RegisterEvent
from casework.engine.tasks.standing_in import Absence
from casework.operations.core.register_log import AWAY, BACK, ENDED, GRANTED, REGISTERED, ROLE_ASKED, ROLE_REFUSED
from casework.operations.history.point_in_time import Held, Past, absences, memberships
from casework.operations.integrations.service_account_rules import MADE
from casework.operations.people.group_file import BY_PERSONS
from casework.operations.people.group_rules import come_of_groups
from casework.operations.people.role_requests import DECIDERS, fold, why_not_agreed
from casework.permissions.actors import COVERED, MANAGES, takes_two

Reasons = Iterator[str]


def role_faults(past: Past, scope: str, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What in a scope's log could not have happened so: the number of the event, and why."""
    judge = _Roles(past, scope)
    for event in events:
        for why in judge.reasons(event):
            yield event.seq, why
        judge.take(event)


class _Roles:
    """Reads a scope's log in order, with what stood before each event."""

    def __init__(self, past: Past, scope: str) -> None:
        self.past = past
        self.scope = scope
        self.held: dict[str, Held] = {}
        self.away: dict[str, Absence] = {}
        #: Who registered the programme, and the service accounts of an organisation.
        self.maker: str | None = None
        self.services: dict[str, str] = {}
        #: What was asked for, since roles that decide take two persons; before the first of them nobody knew of that.
        self.asked: list[RegisterEvent] = []
        #: The roles and requests that came of a group at the provider of sign-in, with that group.
        self.came: dict[str, str] = {}

    def take(self, event: RegisterEvent) -> None:
        self.came |= come_of_groups([event], self.came)
        if event.kind == REGISTERED:
            self.maker = event.actor
        elif event.kind == MADE:
            self.services[event.effects["account"]] = event.actor
        elif event.kind in (ROLE_ASKED, ROLE_REFUSED):
            self.asked.append(event)
        elif event.kind == GRANTED:
            if "request" in event.effects:
                self.asked.append(event)
            self.held |= memberships([(event.kind, event.at, event.actor, event.effects)])
        elif event.kind == ENDED and (membership := self.held.get(event.effects["membership"])) is not None:
            self.held[membership.id] = replace(
                membership, ends_at=datetime.fromisoformat(str(event.effects["ends_at"]))
            )
        elif event.kind == AWAY:
            self.away |= absences([(event.kind, event.effects)])
        elif event.kind == BACK and (gone := self.away.get(event.effects["absence"])) is not None:
            self.away[gone.id] = replace(gone, ends_at=datetime.fromisoformat(str(event.effects["ends_at"])))

    def reasons(self, event: RegisterEvent) -> Reasons:
        if "group" in event.effects:
            yield from self._by_group(event)
            return
        if event.actor == SYSTEM_ACTOR and event.kind == ROLE_REFUSED:
            yield from self._closed(event)
            return
        if event.actor == SYSTEM_ACTOR and not (event.kind == GRANTED and "request" in event.effects):
            # Whoever runs the installation gives roles on the command line, and is nobody of it; a second person is somebody.
            return
        if event.kind == GRANTED and "request" in event.effects:
            yield from self._agreed(event)
        elif event.kind == ROLE_ASKED and "invitation" not in event.effects:
            yield from self._asked(event)
        elif event.kind == ROLE_REFUSED:
            yield from self._refused(event)
        elif event.kind == GRANTED and "invitation" not in event.effects:
            yield from self._passed_on(event) if "absence" in event.effects else self._given(event)
        elif event.kind == ENDED:
            yield from self._ended(event)
        elif event.kind in (AWAY, BACK):
            yield from self._absence(event)

    # --- roles ---

    def _by_group(self, event: RegisterEvent) -> Reasons:
        """A group gives what one person may give, asks for the rest, and takes back what came of it alone."""
        effects, group = event.effects, event.effects["group"]
        if event.actor != SYSTEM_ACTOR:
            yield "what comes of a group is recorded by the installation itself"
        if event.kind in (GRANTED, ROLE_ASKED) and effects["role"] in BY_PERSONS:
            yield "a group gave a role that a person gives"
        elif event.kind == GRANTED and ("request" in effects or takes_two(effects["role"])):
            yield "no second person had agreed to this role"
        elif event.kind == ENDED and self.came.get(effects["membership"]) != group:
            yield "a group ended a role that had not come of it"
        elif event.kind == ROLE_REFUSED:
            request = fold(self.asked).get(effects["request"])
            if request is None or not request.matter.waits or self.came.get(request.id) != group:
                yield "a group took back a request that was not its own"

    def _asked(self, event: RegisterEvent) -> Reasons:
        if event.actor in (event.effects["person"], event.effects["deputy_for"]):
            yield "nobody asks for a role for themselves"
        elif not self.past.administers(self.scope, event.actor, event.at):
            yield "roles are asked for by administrators"

    def _agreed(self, event: RegisterEvent) -> Reasons:
        """A second person gives what was asked for, and nothing else."""
        request = fold(self.asked).get(event.effects["request"])
        if (why := why_not_agreed(request, event)) is not None:
            yield why
        if not self._holds(event, DECIDERS, own=True):
            yield "roles are agreed to by administrators and supervisors"

    def _closed(self, event: RegisterEvent) -> Reasons:
        """By itself a request ends with the account of whom the role is for, or in whose place it would be."""
        request = fold(self.asked).get(event.effects["request"])
        if request is None or not request.matter.waits:
            yield "nobody had asked for this role"
        elif not any(self.past.closed(who, event.at) for who in (request.person, request.deputy_for) if who):
            yield "a request ends by itself with an account, and none of its people's was closed"

    def _refused(self, event: RegisterEvent) -> Reasons:
        request = fold(self.asked).get(event.effects["request"])
        if request is None or not request.matter.waits:
            yield "nobody had asked for this role"
        if not self._holds(event, DECIDERS, own=True):
            yield "roles are agreed to by administrators and supervisors"

    def _given(self, event: RegisterEvent) -> Reasons:
        effects = event.effects
        if self.services.get(effects["person"] or "") == event.actor:
            if not self._holds(event, (Role.PROVIDER_LEAD,)):
                yield "a service account gets its role from a lead"
        elif (
            event.seq == 2 and self.maker == event.actor == effects["person"] and effects["role"] == Role.ADMINISTRATOR
        ):
            # Whoever makes a programme is its first administrator.
            if not self.past.administers_any(event.actor, event.at, but=self.scope):
                yield "whoever made the programme was no administrator"
        elif self.asked and takes_two(effects["role"]):
            yield "no second person had agreed to this role"
        elif event.actor in (effects["person"], effects["deputy_for"]):
            yield "nobody gives a role to themselves"
        elif not self.past.administers(self.scope, event.actor, event.at):
            yield "roles are given by administrators"

    def _passed_on(self, event: RegisterEvent) -> Reasons:
        """A substitute gets a role of whoever is away, in that one's name, for as long as both last."""
        effects, via, absence = (
            event.effects,
            self.held.get(event.effects["via"] or ""),
            self.away.get(event.effects["absence"]),
        )
        new = memberships([(event.kind, event.at, event.actor, effects)])[effects["membership"]]
        if via is None or absence is None or (via.person, new.person) != (absence.person, absence.substitute):
            yield "no absence passes this role on"
            return
        ends = min(via.ends_at or absence.ends_at, absence.ends_at)
        within = max(via.starts_at, absence.starts_at) <= new.starts_at
        if (
            not within
            or new.ends_at is None
            or new.ends_at > ends
            or (new.role, new.deputy_for) != (via.role, via.deputy_for or via.person)
            or new.role not in COVERED
        ):
            yield "it passes on another role than whoever is away held, or for longer"
        if not self._by_absence(event, new):
            yield "its actor could not pass this role on"

    def _ended(self, event: RegisterEvent) -> Reasons:
        membership = self.held.get(event.effects["membership"])
        if membership is None:
            yield "there was no such role to end"
        elif not (self._holds(event, (Role.PROVIDER_LEAD,)) or self._by_absence(event, membership)):
            yield "its actor could not end this role"

    def _by_absence(self, event: RegisterEvent, membership: Held) -> bool:
        """Whether it came of somebody's being away, or back, in the line of substitutes; or an administrator did it."""
        line, above = set[str](), membership.absence and membership
        while above and above.absence is not None:
            if (absence := self.away.get(above.absence)) is not None:
                line.add(absence.person)
            above = self.held.get(above.via or "")
        by_absence = membership.absence is not None and (event.actor in line or self._holds(event, MANAGES))
        return by_absence or self.past.administers(self.scope, event.actor, event.at)

    # --- absences ---

    def _absence(self, event: RegisterEvent) -> Reasons:
        """One enters the own, and whoever leads those of others; with an account end those that it had part in."""
        known = self.away.get(event.effects["absence"])
        if event.kind == BACK and known is None:
            yield "there was no such absence to end"
            return
        person = known.person if known else event.effects["person"]
        own = person == event.actor and self._holds(event, COVERED, own=True)
        closes = event.kind == BACK and self.past.administers_any(event.actor, event.at)
        if not (own or closes or self._holds(event, MANAGES)):
            yield "an absence is entered and ended by whoever is away and by those who lead"

    def _holds(self, event: RegisterEvent, roles: Iterable[str], *, own: bool = False) -> bool:
        return any(
            self.past.held(self.scope, event.actor, role, None, event.at, any_deputy=not own) for role in sorted(roles)
        )


__all__ = ["role_faults"]
