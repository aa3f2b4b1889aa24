"""Mediations, and who may read them for a time, as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.operations.people.views import GivenRole


@dataclass(frozen=True, kw_only=True, slots=True)
class MediationOutline:
    """A mediation to who is named for it, by its title and its parties."""

    id: str
    title: str | None
    #: Names, by side.
    parties: dict[str, str | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class MediationRow(MediationOutline):
    """Where a mediation stands."""

    edition: str
    states: list[str]
    opened_at: str
    ended: str | None
    #: When the first of its open tasks is due.
    due_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """That a log is open to somebody for a time, or was asked to be."""

    id: str
    #: unsealing or break_glass.
    kind: str
    #: asked, open, refused or ended; what has run out is ended.
    state: str
    reader: str | None
    asker: str | None
    decider: str | None
    asked_at: str
    days: int
    until: str | None
    decided_at: str | None
    ended_at: str | None
    #: When the parties were told.
    told_on: str | None
    #: Null once erased.
    reason: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsealing:
    """What somebody is to agree to, or may read now."""

    id: str
    #: asked, open, refused or ended; what has run out is ended.
    state: str
    #: The number of the case that the mediation is about.
    case: str
    title: str | None
    parties: dict[str, str | None]
    asker: str | None
    reader: str | None
    asked_at: str
    days: int
    until: str | None
    reason: str | None
    #: Whether you are the second person.
    decides: bool
    #: Its id, for who may read it now.
    mediation: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsealingDetails(Unsealing):
    """The same with who gave its people their roles."""

    asker_roles: list[GivenRole]
    reader_roles: list[GivenRole]


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseToOpen:
    """A case that an administrator may open in an emergency."""

    number: str
    #: It is open to the administrator already.
    open: bool
