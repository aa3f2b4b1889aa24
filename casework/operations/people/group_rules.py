"""What the groups of somebody at the provider of sign-in change of their roles: given, asked for and ended. Pure.

Groups rule over what came of a group alone: a role that a person gave, or a file of people, stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from casework import reasons
from casework.engine.roles import ORGANISATION_ROLES, Role
from casework.engine.state.events import RegisterEvent
from casework.operations.core.register_log import GRANTED, ROLE_ASKED
from casework.operations.people.group_file import Line
from casework.permissions.actors import apart_from, takes_two
from casework.reasons import Why

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A role in a programme or an organisation, by its id."""

    scope: str
    role: str


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds, and of which group it came, if of one."""

    membership: str
    place: Place
    group: str | None = None
    deputy: bool = False
    #: By nobody else the programme is kept.
    last: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A role that was asked for, for somebody, and waits; or a person refused it."""

    request: str
    place: Place
    group: str | None = None
    waits: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """A role that stays as it is, against what groups say, and why."""

    place: Place
    group: str
    why: Why


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done."""

    #: With the group that gives each.
    given: tuple[tuple[Place, str], ...] = ()
    #: The same of roles to which a second person must agree.
    asked: tuple[tuple[Place, str], ...] = ()
    ended: tuple[Held, ...] = ()
    withdrawn: tuple[Asked, ...] = ()
    kept: tuple[Kept, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.given or self.asked or self.ended or self.withdrawn)


def find_wanted(lines: Iterable[Line], scopes: Mapping[str, str], groups: frozenset[str]) -> dict[Place, str]:
    """The roles that some groups give, each with the first of the groups that give it. `scopes`: ids by code or id."""
    wanted: dict[Place, str] = {}
    for line in lines:
        if line.group in groups:
            place = Place(scopes[line.programme or line.organisation], str(line.role))
            wanted[place] = min(line.group, wanted.get(place, line.group))
    return wanted


def decide(wanted: Mapping[Place, str], held: Sequence[Held], asked: Sequence[Asked]) -> Plan:
    """What changes for one person."""
    over = [one for one in held if one.group is not None and not one.deputy and one.place not in wanted]
    ended = [one for one in over if not one.last]
    withdrawn = [one for one in asked if one.waits and one.group is not None and one.place not in wanted]
    stays = [one for one in held if one not in ended]
    known = {one.place for one in stays if not one.deputy} | {one.place for one in asked if one not in withdrawn}
    have = {one.place for one in stays} | {one.place for one in asked if one.waits and one not in withdrawn}
    new = {place: group for place, group in sorted(wanted.items()) if place not in known}
    against = {place: why for place in new if (why := _against(place, have | new.keys())) is not None}
    fits = [(place, group) for place, group in new.items() if place not in against]
    return Plan(
        tuple((place, group) for place, group in fits if not takes_two(place.role)),
        tuple((place, group) for place, group in fits if takes_two(place.role)),
        tuple(ended),
        tuple(withdrawn),
        (
            *(Kept(place, new[place], why) for place, why in against.items()),
            *(
                Kept(one.place, one.group, reasons.people.LAST_HOLDER(role=one.place.role))
                for one in over
                if one.last and one.group is not None
            ),
        ),
    )


def _against(place: Place, have: Iterable[Place]) -> Why | None:
    """Why a role is not given beside others, which are held, waited for or given with it: of two that lie apart neither is."""
    others = sorted(
        one.role for one in have if one.scope == place.scope and Role(one.role) in apart_from(Role(place.role))
    )
    if others:
        return reasons.people.ROLE_HERE(role=others[0])
    # Nobody works on both sides without an administrator.
    within = place.role in ORGANISATION_ROLES
    if any(one.scope != place.scope and (within or one.role in ORGANISATION_ROLES) for one in have):
        return reasons.people.ROLE_ELSEWHERE
    return None


def come_of_groups(events: Iterable[RegisterEvent], before: Mapping[str, str] = _NONE) -> dict[str, str]:
    """The memberships and requests that came of a group, with that group: given by it, or asked for by it.

    `before`: those of events before.
    """
    groups: dict[str, str] = {}
    for event in events:
        effects = event.effects
        request = effects.get("request") or ""
        group = effects.get("group") or groups.get(request) or before.get(request)
        if group is None:
            continue
        if event.kind == ROLE_ASKED:
            groups[request] = group
        elif event.kind == GRANTED:
            groups[effects["membership"]] = group
    return groups


__all__ = ["Asked", "Held", "Kept", "Place", "Plan", "come_of_groups", "decide", "find_wanted"]
