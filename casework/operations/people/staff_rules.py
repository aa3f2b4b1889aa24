"""What a file of people changes, of what stands: who is invited, gets or loses a role, and leaves. Pure.

The file rules over what came of it: a role that somebody gave by hand stays, until its person leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from casework import reasons
from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.operations.core.register_log import GRANTED, ROLE_ASKED
from casework.operations.people.invitation_rules import INVITED
from casework.operations.people.staff_file import Fault, Line, twice
from casework.permissions.actors import apart_from

#: More people than both lose nothing by a file that nobody looked at.
MOST_AT_ONCE, MOST_SHARE = 5, 0.2
#: Without one of each in a programme nobody there could give the role again.
KEEPERS = (Role.ADMINISTRATOR, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Held:
    """A role of somebody in a programme, or in an organisation; whether it came of a file."""

    membership: str
    programme: str | None
    role: str
    by_file: bool = False
    deputy: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody with an account."""

    person: str
    email: str
    active: bool = True
    service: bool = False
    held: tuple[Held, ...] = ()

    @property
    def is_elsewhere(self) -> bool:
        """Whether they have roles of organisations alone, so that no file of the office closes their account."""
        return bool(self.held) and not any(one.programme for one in self.held)


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation to a programme, whatever became of it; whether it came of a file, and whether a file withdrew it."""

    id: str
    email: str
    programme: str
    roles: frozenset[str]
    open: bool = True
    by_file: bool = False
    taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands: programmes by code, accounts by address, invitations, and roles that wait for a second word or got a no."""

    programmes: frozenset[str] = frozenset()
    people: Mapping[str, Known] = field(default_factory=dict)
    invited: tuple[Invited, ...] = ()
    #: By person, programme and role.
    asked: frozenset[tuple[str, str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Joiner:
    """Somebody to invite to a programme."""

    line: Line
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A role to give, or to ask for; or to end, which has a membership."""

    line: Line
    person: str
    programme: str
    role: str
    membership: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done."""

    joiners: tuple[Joiner, ...] = ()
    given: tuple[Change, ...] = ()
    ended: tuple[Change, ...] = ()
    leavers: tuple[tuple[Line, Known], ...] = ()
    withdrawn: tuple[Invited, ...] = ()
    faults: tuple[Fault, ...] = ()
    #: Whoever a person must look after: their account was closed by hand.
    closed: tuple[Line, ...] = ()
    #: Of how many people, whom such a file looks after, how many lose something.
    losing: int = 0
    of: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.joiners or self.given or self.ended or self.leavers or self.withdrawn)

    @property
    def too_many(self) -> bool:
        return self.losing > MOST_AT_ONCE and self.losing > MOST_SHARE * self.of


def decide(lines: Sequence[Line], standing: Standing, today: date) -> Plan:
    """What the file changes today. With any fault nothing of it counts."""
    by_email: dict[str, list[Line]] = {}
    for line in lines:
        by_email.setdefault(line.email, []).append(line)
    plan = _Planning(standing)
    plan.faults += twice(lines, today)
    for email, said in by_email.items():
        plan.take(email, said, [line for line in said if not line.is_over(today)])
    plan.keep_last()
    return plan.made()


class _Planning:
    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self.joiners: list[Joiner] = []
        self.given: list[Change] = []
        self.ended: list[Change] = []
        self.leavers: list[tuple[Line, Known]] = []
        self.withdrawn: list[Invited] = []
        self.faults: list[Fault] = []
        self.closed: list[Line] = []

    def take(self, email: str, said: Sequence[Line], now: Sequence[Line]) -> None:
        """What becomes of one person: all their rows, and those that are not over."""
        unknown = [line for line in said if line.programme not in self.standing.programmes]
        self.faults += [Fault(line.row, "programme", reasons.fields.NOT_KNOWN) for line in unknown]
        known = self.standing.people.get(email)
        if known is not None and known.service:
            self.faults.append(Fault(said[0].row, "email", reasons.fields.OF_ANOTHER(noun="service account")))
            return
        wanted = {(line.programme, str(line.role)) for line in now}
        open_ones = [one for one in self.standing.invited if one.open and one.email == email]
        self.withdrawn += [
            one
            for one in open_ones
            if not now or one.by_file and not {(one.programme, role) for role in one.roles} <= wanted
        ]
        if known is None:
            self._apart(now, ())
            self._invite(email, now)
        elif not known.active:
            self.closed += now[:1]
        elif not now:
            if known.is_elsewhere:
                return
            self.leavers.append((said[0], known))
        else:
            self._move(said[0], known, now, wanted)

    def _invite(self, email: str, now: Sequence[Line]) -> None:
        # Once for each role. What a file took back counts for nothing: a row that was over by mistake invites anew.
        before = {
            (one.programme, role)
            for one in self.standing.invited
            if one.email == email and not one.taken_back and one not in self.withdrawn
            for role in one.roles
        }
        for programme in dict.fromkeys(line.programme for line in now):
            rows = [line for line in now if line.programme == programme]
            new = [line for line in rows if (programme, str(line.role)) not in before]
            if not new or any(
                one.open and one.programme == programme and one.email == email and one not in self.withdrawn
                for one in self.standing.invited
            ):
                continue
            if not any(line.name for line in rows):
                self.faults.append(Fault(new[0].row, "name", reasons.fields.REQUIRED))
            named = next((line for line in rows if line.name), new[0])
            self.joiners.append(Joiner(named, tuple(line.role for line in new)))

    def _move(self, first: Line, known: Known, now: Sequence[Line], wanted: set[tuple[str, str]]) -> None:
        ended = [
            one
            for one in known.held
            if one.by_file and not one.deputy and one.programme is not None and (one.programme, one.role) not in wanted
        ]
        stays = [one for one in known.held if one not in ended]
        own = {(one.programme, one.role) for one in stays if not one.deputy}
        self._apart(now, stays)
        self.ended += [Change(first, known.person, str(one.programme), one.role, one.membership) for one in ended]
        # Who was invited by hand, or has an account since, accepts what waits; nobody is asked twice.
        waits = {
            (one.programme, role)
            for one in self.standing.invited
            if one.open and one.email == known.email and one not in self.withdrawn
            for role in one.roles
        }
        for line in now:
            key = (line.programme, str(line.role))
            if key not in own | waits and (known.person, *key) not in self.standing.asked:
                self.given.append(Change(line, known.person, line.programme, line.role))

    def _apart(self, now: Sequence[Line], stays: Sequence[Held]) -> None:
        """Nobody has roles that lie apart, by this file or beside what stays."""
        have = [(one.programme, one.role) for one in stays] + [(line.programme, str(line.role)) for line in now]
        for line in now:
            others = sorted(
                role for programme, role in have if programme == line.programme and role in apart_from(line.role)
            )
            if others:
                self.faults.append(Fault(line.row, "role", reasons.people.ROLE_HERE(role=others[0])))

    def keep_last(self) -> None:
        """Nobody goes who is the last one by whom a programme is kept."""
        gone = {held.membership for _, known in self.leavers for held in known.held} | {
            change.membership for change in self.ended
        }
        for role in KEEPERS:
            for programme in sorted(self.standing.programmes):
                held = [
                    (known, one)
                    for known in self.standing.people.values()
                    if known.active and not known.service
                    for one in known.held
                    if (one.programme, one.role, one.deputy) == (programme, role, False)
                ]
                if held and all(one.membership in gone for _, one in held):
                    people = {known.person for known, _ in held}
                    self.faults += [
                        Fault(row, "left", reasons.people.LAST_HOLDER(role=role)) for row in self._rows_of(people)
                    ]

    def _rows_of(self, people: set[str]) -> Iterator[int]:
        yield from (line.row for line, known in self.leavers if known.person in people)
        yield from (change.line.row for change in self.ended if change.person in people)

    def made(self) -> Plan:
        losing = {known.person for _, known in self.leavers} | {change.person for change in self.ended}
        # Whoever loses an account without any role is one of them, too.
        of = losing | {
            known.person
            for known in self.standing.people.values()
            if known.active and not known.service and any(one.programme for one in known.held)
        }
        return Plan(
            tuple(self.joiners),
            tuple(self.given),
            tuple(self.ended),
            tuple(self.leavers),
            tuple(self.withdrawn),
            tuple(sorted(set(self.faults), key=lambda fault: (fault.row, fault.column, str(fault.why)))),
            tuple(self.closed),
            len(losing),
            len(of),
        )


def given_by_file(events: Iterable[RegisterEvent]) -> frozenset[str]:
    """The memberships that came of a file: given by it, asked for by it, or by an invitation of its."""
    from_file: set[str] = set()
    given: set[str] = set()
    for event in events:
        effects = event.effects
        came = "file" in effects or bool({effects.get("invitation"), effects.get("request")} & from_file)
        if not came:
            continue
        if event.kind == INVITED:
            from_file.add(effects["invitation"])
        elif event.kind == ROLE_ASKED:
            from_file.add(effects["request"])
        elif event.kind == GRANTED:
            given.add(effects["membership"])
    return frozenset(given)


__all__ = [
    "KEEPERS", "MOST_AT_ONCE", "MOST_SHARE", "Change", "Held", "Invited", "Joiner", "Known", "Plan", "Standing", "decide",
    "given_by_file",
]  # fmt: skip
