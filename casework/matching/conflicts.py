"""Whether whoever has a technology has an interest in the need itself: what is on record of the two organisations, and nothing beside it.

That there is a mediation between two is told to nobody, and so is asked of nowhere.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

PERSON, ORGANISATION = "person", "organisation"


class Conflict(StrEnum):
    """What stands between the owner of a need and the owner of a technology."""

    #: One organisation has both.
    SAME = "same"
    #: One owns more than a quarter of the other.
    OWNED = "owned"
    #: An organisation owns more than a quarter of each.
    OWNER = "owner"
    #: One of them says in the directory of providers that it has a standing conflict with the other.
    STANDING = "standing"
    #: An owner of each is called the same, and may be one person or two.
    NAMESAKE = "namesake"
    #: Whoever searches has declared an interest in a case of the technology's owner; with which of its parties no record says.
    INTEREST = "interest"
    #: The owners of both are on record, and nothing stands between them.
    NONE = "none"


#: What is known to be one; of the other two it is not known whether they are.
CERTAIN = frozenset({Conflict.SAME, Conflict.OWNED, Conflict.OWNER, Conflict.STANDING})


@dataclass(frozen=True, kw_only=True, slots=True)
class Owner:
    """Who owns more than a quarter of an organisation."""

    kind: str
    name: str
    country: str | None = None

    def like(self, other: Owner) -> bool:
        """Whether both may be one: they are called the same, and are not known to be of two countries."""
        apart = self.country and other.country and self.country != other.country
        return self.kind == other.kind and plain(self.name) == plain(other.name) and not apart


@dataclass(frozen=True, kw_only=True)
class Party:
    """An organisation as far as it may have an interest in another one."""

    id: str
    names: Collection[str]
    register_number: str | None = None
    owners: Collection[Owner] = ()
    #: With whom it has a standing conflict, by name.
    conflicts: Collection[str] = ()
    #: Whether whoever searches has declared an interest in a case of its.
    interest: bool = False

    # One need is compared with hundreds: what is compared is made once.
    @cached_property
    def called(self) -> set[str]:
        """Its names, as names are compared."""
        return _plain(self.names)

    @cached_property
    def owning(self) -> set[str]:
        """The names of the organisations that own it."""
        return _plain([one.name for one in self.owners if one.kind == ORGANISATION])

    @cached_property
    def standing(self) -> set[str]:
        """The names of those with whom it has a standing conflict."""
        return _plain(self.conflicts)

    @cached_property
    def number(self) -> str:
        """Its number in a register, as numbers are compared; empty where there is none."""
        return "".join((self.register_number or "").upper().split())


def conflict_of(need: Party, technology: Party) -> Conflict | None:
    """What stands between the two; None where that is not known, as of one of them nobody has said who owns it."""
    if need.id == technology.id or (need.number and need.number == technology.number):
        return Conflict.SAME
    if need.called & technology.owning or technology.called & need.owning:
        return Conflict.OWNED
    alike = {one.kind for one in need.owners for other in technology.owners if one.like(other)}
    if ORGANISATION in alike:
        return Conflict.OWNER
    if need.called & technology.standing or technology.called & need.standing:
        return Conflict.STANDING
    if alike:
        return Conflict.NAMESAKE
    if technology.interest:
        return Conflict.INTEREST
    return Conflict.NONE if need.owners and technology.owners else None


def is_conflict(told: str | None) -> bool | None:
    """Whether what is told of a candidate is a conflict; None where that is not known."""
    if told is None:
        return None
    return True if told in CERTAIN else False if told == Conflict.NONE else None


def plain(name: str) -> str:
    """A name as names are compared, however its letters and blanks are written."""
    return " ".join(name.split()).casefold()


def _plain(names: Collection[str]) -> set[str]:
    return {plain(name) for name in names} - {""}
