"""What stood at a past moment: who held which role, which calendar, and every edition that was ever in use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TypeVar, cast

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.batches import ALL, Batch, fold
from casework.engine.case_objects.letterheads import COPIED
from casework.engine.case_objects.programme_editions import EDITIONS_SET
from casework.engine.case_objects.programme_lists import AT_FIRST, LIST_SET, offered_after
from casework.engine.case_objects.programme_providers import PROVIDERS_SET, Asked
from casework.engine.deadlines.calendars import Calendar
from casework.engine.execution.context import Library
from casework.engine.roles import MEDIATION, Role
from casework.engine.state.effects_schema import RoleGiven
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.tasks.allocation import Rule
from casework.engine.tasks.standing_in import Absence
from casework.json_values import JsonObject
from casework.operations.core.editions import stored_editions
from casework.operations.core.register_log import AWAY, BACK, CHANGED, ENDED, GRANTED, REGISTERED, ROLE_ASKED
from casework.operations.integrations.service_account_rules import MADE
from casework.operations.tasks.skills import codes
from casework.permissions.actors import Actor, Membership
from casework.records.event_log import register_event_of

#: A person's roles are read before the log is locked, so that a role may have ended while the action waited for it.
GRACE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Held:
    """A role that a person was given within a programme or an organisation, and for how long."""

    id: str
    person: str
    role: Role
    deputy_for: str | None
    starts_at: datetime
    ends_at: datetime | None
    granted_at: datetime
    absence: str | None = None
    via: str | None = None
    #: Who gave it, and upon which request where a second person was asked.
    granted_by: str = ""
    request: str | None = None
    #: When it was ended by hand, and by whom.
    ended: tuple[datetime, str] | None = None

    def at(self, moment: datetime) -> bool:
        """Whether it was held, and known, at that moment or just before; a grant written later excuses nothing."""
        begun = self.starts_at <= moment and self.granted_at <= moment
        return begun and (self.ends_at is None or moment < self.ends_at + GRACE)

    def holds(self, moment: datetime) -> bool:
        """Whether it was held, and known, at that very moment: for whoever only might have done something."""
        return max(self.starts_at, self.granted_at) <= moment and (self.ends_at is None or moment < self.ends_at)

    def surely_at(self, moment: datetime) -> bool:
        """Whether it was held at that moment and had been for a while, so that whoever read it before saw it too."""
        begun = max(self.starts_at, self.granted_at) <= moment - GRACE
        return begun and (self.ends_at is None or moment < self.ends_at)


def memberships(events: Iterable[tuple[str, datetime, str, RegisterEffects]]) -> dict[str, Held]:
    """Memberships by id from what a scope's log tells: (kind, at, actor, effects) in order."""
    by_id: dict[str, Held] = {}
    for kind, at, actor, effects in events:
        if kind == GRANTED:
            by_id[effects["membership"]] = Held(
                effects["membership"],
                str(effects["person"]),
                # As it is written: what was forged need be none of them.
                cast(Role, effects["role"]),
                effects["deputy_for"],
                datetime.fromisoformat(str(effects["starts_at"])),
                _time(effects["ends_at"]),
                at,
                effects.get("absence"),
                effects.get("via"),
                actor,
                effects.get("request"),
            )
        elif kind == ENDED and effects["membership"] in by_id:
            membership = by_id[effects["membership"]]
            by_id[membership.id] = replace(membership, ends_at=_time(effects["ends_at"]), ended=(at, actor))
    return by_id


def absences(events: Iterable[tuple[str, RegisterEffects]]) -> dict[str, Absence]:
    """Absences by id from what a scope's log tells: (kind, effects) in order."""
    by_id: dict[str, Absence] = {}
    for kind, effects in events:
        if kind == AWAY:
            begin, end = (datetime.fromisoformat(str(day)) for day in (effects["starts_at"], effects["ends_at"]))
            by_id[effects["absence"]] = Absence(
                effects["absence"], str(effects["person"]), effects["substitute"], begin, end
            )
        elif kind == BACK and effects["absence"] in by_id:
            absence = by_id[effects["absence"]]
            by_id[absence.id] = replace(absence, ends_at=datetime.fromisoformat(str(effects["ends_at"])))
    return by_id


def _time(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)


def _library(db: Connection) -> Library:
    known = load_library()
    return Library(
        {**{edition.fingerprint: edition for edition in stored_editions(db)}, **known.editions},
        known.newest,
        known.offered,
    )


class Past:
    """The editions, and the registers' logs, each read once and again only where it may have grown since."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self._held: dict[str, dict[str, Held]] = {}
        self._calendars: dict[str, list[tuple[datetime, Calendar]]] = {}
        self._rules: dict[str, list[tuple[datetime, str, Rule]]] = {}
        self._skills: dict[str, list[tuple[datetime, str, frozenset[str]]]] = {}
        self._services: dict[str, dict[str, frozenset[str]]] = {}
        self._lists: dict[str, list[tuple[datetime | None, Mapping[str, frozenset[str]]]]] = {}
        self._providers: dict[str, list[tuple[datetime | None, Asked]]] = {}
        self._editions: dict[str, list[tuple[datetime | None, Mapping[str, int]]]] = {}
        self._batches: dict[str, list[Batch]] = {}
        #: By programme its routing tables, as `past_routing` reads them.
        self.routing: dict[str, list[tuple[datetime | None, JsonObject]]] = {}
        self._fresh: set[str] = set()
        self._fresh_rules: set[str] = set()
        self._programmes: frozenset[str] | None = None
        self._centres: frozenset[str] | None = None

    @cached_property
    def library(self) -> Library:
        """Every edition that was ever published here: those whose files are gone are in the database still."""
        return _library(self.db)

    def seen_by(self, db: Connection) -> Past:
        """Go on in another transaction: what was read before may have grown."""
        self.db = db
        self._fresh.clear()
        self._fresh_rules.clear()
        self._programmes = self._centres = None
        for read in (self._services, self._lists, self._providers, self._editions, self._batches, self.routing):
            read.clear()
        return self

    def batches(self, programme: str) -> list[Batch]:
        """The batches of a programme, in order, each with what became of its cases."""
        if programme not in self._batches:
            rows = self.db.execute(_OF_BATCHES, {"log": programme, "kinds": list(ALL)}).all()
            self._batches[programme] = fold(register_event_of(row.header, row.effects, row.body) for row in rows)
        return self._batches[programme]

    def held(
        self, scope: str, person: str, role: str, acting_for: str | None, at: datetime, *, any_deputy: bool = False
    ) -> bool:
        """Whether the person held the role in the scope at that moment, as the deputy of `acting_for` where it is set."""

        def among(by_id: dict[str, Held]) -> bool:
            return any(
                membership.person == person
                and membership.role == role
                and (any_deputy or membership.deputy_for == acting_for)
                and membership.at(at)
                for membership in by_id.values()
            )

        # What was read in an earlier transaction still holds, though it may not be everything.
        return among(self._held.get(scope, {})) or among(self.memberships(scope))

    def actor(self, person: str, scopes: Iterable[str], at: datetime, *, surely: bool = False) -> Actor:
        """What a person was in some programmes and organisations to whoever looked at a moment or just before.

        That excuses; what accuses is asked with `surely`, which leaves out a role that had just been given.
        """
        programmes = self.programmes()
        roles = [
            Membership(
                membership.role,
                scope if scope in programmes else None,
                None if scope in programmes else scope,
                membership.deputy_for,
                membership.starts_at,
                membership.ends_at,
            )
            for scope in scopes
            for membership in self.memberships(scope).values()
            if membership.person == person and (membership.surely_at(at) if surely else membership.at(at))
        ]
        return Actor(person, "", tuple(roles))

    def ended_by(self, scope: str, person: str, actor: str, at: datetime) -> bool:
        """Whether somebody had by then ended a role of a person there by hand."""
        return any(
            membership.person == person
            and membership.ended is not None
            and membership.ended[1] == actor
            and membership.ended[0] <= at
            for membership in self.memberships(scope).values()
        )

    def givers(self, programme: str, person: str, role: str, at: datetime) -> list[RoleGiven]:
        """Of each time that a role was given that the person held then in the own name: who asked for it, and who agreed."""
        rows = self.db.execute(_OF_KINDS, {"log": programme, "kinds": [ROLE_ASKED]})
        asked = {row.effects["request"]: row.effects.get("asked_by") or row.actor_id for row in rows}
        return [
            {
                "by": asked.get(membership.request, membership.granted_by),
                "agreed_by": membership.granted_by if membership.request in asked else None,
            }
            for membership in self.memberships(programme).values()
            if (membership.person, membership.role, membership.deputy_for) == (person, role, None) and membership.at(at)
        ]

    def closed(self, person: str, at: datetime) -> bool:
        """Whether somebody's account was closed at that moment."""
        rows = self.db.execute(_OF_KINDS, {"log": person, "kinds": ["account_closed", "account_reopened"]})
        changes = [row.kind for row in rows if row.at <= at]
        return changes[-1:] == ["account_closed"]

    def leads(self, programme: str, person: str | None, at: datetime) -> bool:
        """Whether a person was a dispute officer of the programme in that very moment, in the own name."""
        return any(
            membership.person == person
            and membership.role == Role.DISPUTE_OFFICER
            and membership.deputy_for is None
            and max(membership.starts_at, membership.granted_at) <= at
            and (membership.ends_at is None or membership.ends_at > at)
            for membership in self.memberships(programme).values()
        )

    def mediated(self, person: str, programme: str, opened_at: datetime, at: datetime) -> bool:
        """Whether the person surely was one of those who mediate by then, after a case was opened."""
        return any(
            membership.person == person
            and (membership.role == Role.DISPUTE_OFFICER or scope != programme)
            and max(membership.starts_at, membership.granted_at) <= at - GRACE
            and membership.ends_at != membership.starts_at
            and (membership.ends_at is None or membership.ends_at > opened_at)
            for scope in (programme, *self._mediators())
            for membership in self.memberships(scope).values()
        )

    def _mediators(self) -> frozenset[str]:
        """The providers that mediate. What a provider offers is said when it is registered, and stays."""
        if self._centres is None:
            centres = self.db.execute(
                text("SELECT id::text FROM organisations WHERE :service = ANY(services)"), {"service": MEDIATION}
            )
            self._centres = frozenset(centres.scalars())
        return self._centres

    def partial(self, person: str, case: str, at: datetime) -> str | None:
        """What speaks against a person's judging a case then: they had worked on it, or were one of those who mediate."""
        row = self.db.execute(_PART_IN, {"log": case, "person": person, "at": at}).one_or_none()
        if row is None:
            return None
        if row.acted:
            return "its actor had worked on the case"
        if self.mediated(person, row.programme, row.opened_at, at):
            return "its actor was a dispute officer of the programme, or of a provider that mediates, while the case was there"
        return None

    def of_organisation(self, person: str, organisation: str, at: datetime) -> bool:
        """Whether the person surely belonged to the organisation; a role given in that very moment says nothing."""
        return bool(self.actor(person, [organisation], at, surely=True).memberships)

    def administers(self, scope: str, person: str, at: datetime) -> bool:
        """Whether the person gave and ended roles there as an administrator: in an organisation those of any programme do."""
        if scope in self.programmes():
            return self.held(scope, person, Role.ADMINISTRATOR, None, at, any_deputy=True)
        return self.administers_any(person, at)

    def administers_any(self, person: str, at: datetime, *, but: str | None = None) -> bool:
        """Whether the person was an administrator of some programme, or of another one."""
        within = sorted(self.programmes() - {but})
        return any(self.held(programme, person, Role.ADMINISTRATOR, None, at, any_deputy=True) for programme in within)

    def service_scopes(self, organisation: str, actor: str) -> frozenset[str] | None:
        """What an organisation's service account may do, as it was made; None for everybody who is none."""
        if organisation not in self._services:
            rows = self.db.execute(_OF_KINDS, {"log": organisation, "kinds": [MADE]})
            self._services[organisation] = {row.effects["account"]: frozenset(row.effects["scopes"]) for row in rows}
        return self._services[organisation].get(actor)

    def programmes(self) -> frozenset[str]:
        if self._programmes is None:
            self._programmes = frozenset(self.db.execute(text("SELECT id::text FROM programmes")).scalars())
        return self._programmes

    def memberships(self, scope: str) -> dict[str, Held]:
        """Every membership that the scope's log has ever told of, by id; read once in a transaction."""
        if scope not in self._fresh:
            rows = self.db.execute(_OF_KINDS, {"log": scope, "kinds": [GRANTED, ENDED]})
            self._held[scope] = memberships((row.kind, row.at, row.actor_id, row.effects) for row in rows)
            self._fresh.add(scope)
        return self._held[scope]

    def why_not_erased(self, erasure: str, at: datetime) -> str | None:
        """What speaks against values being erased at that moment: two persons must have agreed, in their roles of then."""
        rows = self.db.execute(_OF_ERASURE, {"log": erasure}).all()
        asked = next((row for row in rows if row.kind == "erasure_asked"), None)
        agreed = next((row for row in rows if row.kind == "erasure_agreed" and row.at <= at), None)
        if asked is None or agreed is None:
            return "no second person had agreed"
        scope = asked.effects["programme"]
        if asked.actor_id == agreed.actor_id:
            return "one person asked for it and agreed"
        if not self.held(scope, asked.actor_id, Role.ADMINISTRATOR, None, asked.at):
            return "whoever asked for it was no administrator"
        if not any(
            self.held(scope, agreed.actor_id, role, None, agreed.at) for role in (Role.COMPLIANCE, Role.MANAGER)
        ):
            return "whoever agreed was no compliance officer or manager"
        return None

    def knows_calendar(self, programme: str, digest: str, at: datetime) -> bool:
        """Whether the programme's calendar had a version of this digest at that moment, or before it."""
        return self.calendar_of(programme, digest, at) is not None

    def calendar_of(self, programme: str, digest: str, at: datetime) -> Calendar | None:
        """The version of the programme's calendar that has this digest; None where it had no such one by then."""
        for again in (False, True):
            if again:
                self._calendars.pop(programme, None)
                self.calendar(programme, at)
            for moment, calendar in self._calendars.get(programme, ()):
                if moment <= at and calendar.digest == digest:
                    return calendar
        return None

    def allocation(self, scope: str, queue: str, at: datetime) -> Rule | None:
        """How a queue allocated at that moment; None where nobody had said so."""
        self._read_changes(scope)
        return next(
            (rule for moment, of_queue, rule in reversed(self._rules[scope]) if of_queue == queue and moment <= at),
            None,
        )

    def skills(self, scope: str, person: str, at: datetime) -> list[frozenset[str]]:
        """What a person could do within a scope at that moment, and what was said of it about then."""
        self._read_changes(scope)
        changes = [(moment, codes) for moment, of_person, codes in self._skills[scope] if of_person == person]
        before = [codes for moment, codes in changes if moment <= at - GRACE]
        return [
            before[-1] if before else frozenset(),
            *(codes for moment, codes in changes if at - GRACE < moment <= at + GRACE),
        ]

    def listed(self, programme: str, name: str, at: datetime, *, surely: bool = False) -> frozenset[str]:
        """What a list of the programme offered at that moment or about then, or `surely` all that time: it is read before the log is
        locked."""
        if programme not in self._lists:
            rows = self.db.execute(_OF_KINDS, {"log": programme, "kinds": [LIST_SET, COPIED]})
            told = [(row.at, change) for row in rows for change in row.effects.get("lists", ())]
            self._lists[programme] = [(None, AT_FIRST)]
            for moment, change in told:
                self._lists[programme].append((moment, offered_after(change, self._lists[programme][-1][1])))
        stood = about_then([(moment, lists[name]) for moment, lists in self._lists[programme]], at)
        return stood[0].intersection(*stood) if surely else frozenset().union(*stood)

    def asks(self, programme: str, provider: str, at: datetime) -> bool:
        """Whether the programme asked a provider at that moment or about then: its list is read before the log is locked."""
        if programme not in self._providers:
            rows = self.db.execute(_OF_KINDS, {"log": programme, "kinds": [PROVIDERS_SET, COPIED]})
            told = [(row.at, row.effects["providers"]) for row in rows if "providers" in row.effects]
            self._providers[programme] = [(None, None), *told]
        return any(one is None or provider in one for one in about_then(self._providers[programme], at))

    def begins_by(self, programme: str, workflow: str, at: datetime) -> frozenset[int]:
        """The editions of a workflow that the programme had chosen at that moment or about then; nothing where it was its newest."""
        if programme not in self._editions:
            rows = self.db.execute(_OF_KINDS, {"log": programme, "kinds": [EDITIONS_SET, COPIED]})
            told = [(row.at, row.effects["editions"]) for row in rows if "editions" in row.effects]
            self._editions[programme] = [(None, {}), *told]
        said = [one.get(workflow) for one in about_then(self._editions[programme], at)]
        return frozenset() if None in said else frozenset(number for number in said if number is not None)

    def _read_changes(self, scope: str) -> None:
        if scope in self._fresh_rules:
            return
        rows = self.db.execute(_OF_KINDS, {"log": scope, "kinds": [CHANGED]}).all()
        rules = [(row.at, row.effects["allocation"]) for row in rows if "allocation" in row.effects]
        self._rules[scope] = [
            (moment, change["queue"], Rule(change["strategy"], change["cap"])) for moment, change in rules
        ]
        skills = [(row.at, row.effects["skills"]) for row in rows if "skills" in row.effects]
        self._skills[scope] = [
            (moment, change["person"], codes(change["fields"], change["languages"], change["services"]))
            for moment, change in skills
        ]
        self._fresh_rules.add(scope)

    def calendar(self, programme: str, at: datetime) -> Calendar:
        """The programme's working days as they stood at that moment."""
        if programme not in self._calendars:
            rows = self.db.execute(_OF_KINDS, {"log": programme, "kinds": [REGISTERED, CHANGED]})
            versions = [(row.at, row.effects["calendar"]) for row in rows if "calendar" in row.effects]
            self._calendars[programme] = [(moment, Calendar.from_json(version)) for moment, version in versions]
        known = self._calendars[programme]
        return next(
            (calendar for moment, calendar in reversed(known) if moment <= at),
            known[0][1] if known else Calendar("none"),
        )


_Said = TypeVar("_Said")


def about_then(said: Iterable[tuple[datetime | None, _Said]], at: datetime) -> list[_Said]:
    """What stood since it was surely known, and what was said of it about then; said in order, from the beginning on."""
    stood = [(moment, one) for moment, one in said if moment is None or moment <= at + GRACE]
    last = max((n for n, (moment, _) in enumerate(stood) if moment is None or moment <= at - GRACE), default=0)
    return [one for _, one in stood[last:]]


#: Who asked for an erasure, and who agreed to it.
_OF_ERASURE = text("""
    SELECT e.kind, e.at, e.actor_id, e.effects FROM events e JOIN logs l ON l.id = e.log_id AND l.kind = 'erasure'
    WHERE e.log_id = CAST(:log AS uuid) AND e.kind IN ('erasure_asked', 'erasure_agreed') ORDER BY e.seq
""")
#: When and in which programme a case was opened, and whether a person had acted in it before a moment.
_PART_IN = text("""
    SELECT o.at AS opened_at, o.effects->'case'->>'programme' AS programme, EXISTS (
        SELECT FROM events e WHERE e.log_id = o.log_id AND e.at < :at
        AND (e.actor_id = CAST(:person AS text) OR e.header->>'acting_for' = CAST(:person AS text))
    ) AS acted FROM events o WHERE o.log_id = CAST(:log AS uuid) AND o.seq = 1
""")
#: The events of some kinds in a log, in order.
_OF_KINDS = text(
    "SELECT kind, at, actor_id, effects FROM events WHERE log_id = CAST(:log AS uuid) AND kind = ANY(:kinds) ORDER BY seq"
)
#: What a programme's log tells of its batches, in order.
_OF_BATCHES = text("""
    SELECT e.header, e.effects, e.body FROM events e JOIN logs l ON l.id = e.log_id AND l.kind = 'programme'
    WHERE e.log_id = CAST(:log AS uuid) AND e.kind = ANY(:kinds) ORDER BY e.seq""")
