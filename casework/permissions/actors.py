"""Who somebody is: the roles that a person has, since when, and which of them lie apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum

from casework.engine.roles import Role
from casework.permissions.token_scopes import DECIDE, TOKEN_SCOPES

#: Roles that read every case of their programme in full.
READS_ALL = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE, Role.MANAGER, Role.AUDITOR})
#: Roles that read the closed needs of their programme: who keeps them, and who judges that.
READS_CLOSED = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR})
#: Roles that never change anything in a case.
READS_ONLY = frozenset({Role.MANAGER, Role.AUDITOR, Role.OBSERVER})
PROVIDER_ROLES = frozenset({Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER})
#: What a substitute can do for somebody who is away. A sealed mediation is there for those named for it alone, and whoever
#: gives roles does not pass that on.
COVERED = (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE, Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER)
#: Who enters and ends absences of others, each in the own programme or organisation.
MANAGES = (Role.SUPERVISOR, Role.PROVIDER_LEAD)
#: Roles that work on the cases of a programme and decide in them. No dispute officer of it has one.
DECIDES = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE})
#: Roles in a programme by which people read its cases, decide in them, or give roles: two persons give each of them.
TAKES_TWO = READS_ALL | {Role.DISPUTE_OFFICER, Role.ADMINISTRATOR}
#: Beside the first of each, nobody has one of the others in the same programme: whoever judges the work of others does
#: none of it, and whoever works on sealed mediations works on no case.
APART = (
    (Role.AUDITOR, frozenset({Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE, Role.DISPUTE_OFFICER, Role.ADMINISTRATOR})),
    (Role.DISPUTE_OFFICER, DECIDES | {Role.AUDITOR}),
)  # fmt: skip


def takes_two(role: str) -> bool:
    """Whether a second person must agree before the role is given."""
    return role in TAKES_TWO


def apart_from(role: str) -> frozenset[Role]:
    """The roles that nobody has beside this one in the same programme."""
    return frozenset().union(
        *(others for held, others in APART if held == role), *({held} for held, others in APART if role in others)
    )


@dataclass(frozen=True, slots=True)
class Membership:
    """A role within a programme or an organisation, for a time; as a deputy where `deputy_for` is set."""

    role: Role
    programme: str | None
    organisation: str | None
    deputy_for: str | None
    starts_at: datetime
    ends_at: datetime | None

    def holds(self, now: datetime) -> bool:
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


def in_force(memberships: Iterable[Membership]) -> tuple[Membership, ...]:
    """Those that count: beside the dispute officer's role nobody decides in the cases of the same programme.

    So it is never a mediation that makes somebody unfit for a case, and nobody learns of one by being refused. And whoever
    decides in a programme is no auditor there, as a deputy neither.
    """
    given = tuple(memberships)
    apart = {membership.programme for membership in given if membership.role == Role.DISPUTE_OFFICER}
    judged = {membership.programme for membership in given if membership.role in apart_from(Role.AUDITOR)}
    return tuple(
        membership
        for membership in given
        if not (
            membership.role in DECIDES
            and membership.programme in apart
            or membership.role == Role.AUDITOR
            and membership.programme in judged
        )
    )


class Proof(IntEnum):
    """Whether it is known that it is the person who asks, and not somebody at an open session or with a stray token."""

    #: Proved lately; or somebody of whom nobody need ask, such as who runs the installation.
    FRESH = 0
    #: Of a session, too long ago.
    OLD = 1
    #: A token that was not made for deciding.
    NONE = 2


@dataclass(frozen=True)
class Actor:
    """A person who asks for something, with what that person is at this moment."""

    person: str
    name: str
    memberships: tuple[Membership, ...]
    language: str = "en"
    #: Of the token that was used; a session has all of them.
    scopes: frozenset[str] = frozenset(TOKEN_SCOPES)
    #: How long ago the person of a session showed who that is; none of a token, which proves it by itself.
    proved: timedelta | None = None
    #: What follows from that for an action that is sensitive.
    proof: Proof = Proof.FRESH
    #: The one programme that lists show; none: every one of the person's.
    focus: str | None = None
    #: A provider's own system, and no person: it is nobody's second pair of eyes.
    service: bool = False
    #: By programme until when the person is or was one of those who mediate; None while no end is said.
    mediated: Mapping[str, datetime | None] = field(default_factory=dict)
    #: Logs that two persons unsealed for this one to read, or that this one opened in an emergency, at this moment.
    opened: frozenset[str] = frozenset()

    def roles(self, programme: str | None = None) -> set[Role]:
        return {m.role for m in self.memberships if programme is None or m.programme == programme}

    def in_programme(self, programme: str, roles: Iterable[Role]) -> bool:
        wanted = frozenset(roles)
        return any(m.programme == programme and m.role in wanted for m in self.memberships)

    def led(self) -> list[str]:
        """The organisations that the person leads, in the order of their ids."""
        return sorted({m.organisation for m in self.memberships if m.organisation and m.role == Role.PROVIDER_LEAD})

    def own_role(self, programme: str, roles: Iterable[Role]) -> Role | None:
        """The first of these that the person holds in a programme, and not as a deputy: who would be the second for the first."""
        own = {m.role for m in self.memberships if m.programme == programme and m.deputy_for is None}
        return next((role for role in roles if role in own), None)


def with_proof(actor: Actor, within: timedelta) -> Actor:
    """Whoever asks by a session or with a token, and whether that may do what is sensitive.

    A service account's scopes say all that it may do, and none of them is a decision.
    """
    if actor.proved is not None:
        return replace(actor, proof=Proof.FRESH if actor.proved <= within else Proof.OLD)
    return replace(actor, proof=Proof.FRESH if actor.service or DECIDE in actor.scopes else Proof.NONE)


def focused(actor: Actor, programme: str | None) -> Actor:
    """The actor for lists of one programme: with the memberships in it, and those in organisations. Never more."""
    if programme is None:
        return actor
    kept = tuple(membership for membership in actor.memberships if membership.programme in (programme, None))
    return replace(actor, memberships=kept, focus=programme)


def programmes_read(actor: Actor) -> list[str]:
    """Of which programmes somebody reads the findings of the audit."""
    return sorted({m.programme for m in actor.memberships if m.programme and m.role in READS_ALL})
