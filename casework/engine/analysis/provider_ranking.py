"""Whom to ask for a service: providers in an order that explains itself. Pure.

A provider that must not be asked is not hidden, but stands last with the reason. Every point of a score has its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

#: Why somebody stands where they stand; codes, for the words are the reader's.
FIELD, LANGUAGE, PLACE, FREE, IN_TIME, RATED = "field", "language", "place", "free", "in_time", "rated"
FULL, LATE, DECLINED, CLOSED, CONFLICT, AT_WORK = "full", "late", "declined", "closed", "conflict", "at_work"
NOBODY = "nobody"
#: What each reason counts; those that rule a provider out count nothing, for nothing makes up for them.
POINTS: Mapping[str, int] = {
    FIELD: 30,
    LANGUAGE: 15,
    PLACE: 10,
    FREE: 20,
    IN_TIME: 15,
    RATED: 10,
    LATE: -15,
    DECLINED: -10,
    FULL: -30,
}
RULED_OUT = frozenset({CLOSED, CONFLICT, AT_WORK, NOBODY})
#: From so many answers on, punctuality says something.
ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is known of a provider: its profile, how busy it is, and how it has answered."""

    id: str
    name: str
    fields: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    #: The most referrals that it works on at once; None where it has not said.
    capacity: int | None = None
    open: int = 0
    #: Days on which it takes nothing, first and last.
    closed: tuple[tuple[date, date], ...] = ()
    #: Names of those with whom it has a standing conflict, in small letters; so are those of the parties.
    conflicts: frozenset[str] = frozenset()
    answered: int = 0
    in_time: int = 0
    #: In this case: it declined before, or is at work on this service already.
    declined_here: bool = False
    at_work_here: bool = False
    rating: float | None = None
    #: Whether somebody of it can sign in and answer.
    staffed: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a case wants of a provider."""

    today: date
    fields: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A provider with its place: the reasons, and the points that they make."""

    candidate: Candidate
    reasons: tuple[str, ...] = ()
    points: int = 0
    possible: bool = field(default=True)


def suggest(candidates: Iterable[Candidate], wanted: Wanted) -> list[Suggestion]:
    """All candidates: those that can be asked by their points, then by how busy they are, then by name; the others last."""
    suggestions = [_judge(candidate, wanted) for candidate in candidates]
    return sorted(
        suggestions, key=lambda s: (not s.possible, -s.points, s.candidate.open, s.candidate.name, s.candidate.id)
    )


def _judge(candidate: Candidate, wanted: Wanted) -> Suggestion:
    reasons = tuple(code for code, holds in _reasons(candidate, wanted).items() if holds)
    possible = not RULED_OUT & set(reasons)
    return Suggestion(candidate, reasons, sum(POINTS.get(code, 0) for code in reasons), possible)


def _reasons(candidate: Candidate, wanted: Wanted) -> dict[str, bool]:
    punctual = candidate.answered >= ENOUGH and candidate.in_time * 10 >= candidate.answered * 9
    return {
        CONFLICT: bool(candidate.conflicts & wanted.parties),
        CLOSED: any(first <= wanted.today <= last for first, last in candidate.closed),
        AT_WORK: candidate.at_work_here,
        NOBODY: not candidate.staffed,
        FIELD: bool(candidate.fields & wanted.fields),
        LANGUAGE: bool(wanted.languages) and wanted.languages <= candidate.languages,
        PLACE: bool(candidate.places & wanted.places),
        FREE: candidate.capacity is not None and candidate.open < candidate.capacity,
        FULL: candidate.capacity is not None and candidate.open >= candidate.capacity,
        IN_TIME: punctual,
        LATE: candidate.answered >= ENOUGH and candidate.in_time * 10 < candidate.answered * 7,
        RATED: candidate.rating is not None and candidate.rating >= 4,
        DECLINED: candidate.declined_here,
    }
