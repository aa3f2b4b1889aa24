"""What operations hand out of the assessments of what a city needs."""

from __future__ import annotations

from dataclasses import dataclass

from casework.json_values import JsonObject
from casework.operations.core.views import NamedInBoth


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far an assessment has come, in numbers."""

    #: Enterprises on its list.
    enterprises: int
    #: Those of them that were asked, whatever came of it.
    asked: int
    answered: int
    refused: int
    visits: int
    #: Needs that came of it, and those of them that were published.
    needs: int
    published: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessmentRow:
    """An assessment of what a city needs, in a list."""

    id: str
    programme: str
    title: str
    title_zh: str | None
    starts_on: str
    ends_on: str
    #: Codes of the programme's lists.
    sectors: list[str]
    districts: list[str]
    #: planned, under_way or concluded.
    status: str
    #: How many enterprises are to be asked, and how many needs are to be published.
    enterprises_target: int | None
    needs_target: int | None
    progress: Progress


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedEnterprise:
    """An enterprise that an assessment asks."""

    id: str
    #: The one that stands in the place of whom was put on the list.
    organisation: str
    name: str
    #: to_ask, asked, answered or refused.
    state: str
    #: The need that it was asked for last by a link.
    statement: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Participant:
    """Who came to a visit or an event from outside: an organisation, somebody from there, or somebody else."""

    organisation: str | None
    organisation_name: str | None
    name: str | None
    #: What the person does there.
    role: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """A visit or an event of an assessment."""

    id: str
    #: visit, interview, meeting or event.
    kind: str
    day: str
    title: str
    place: str | None
    #: A code of the programme's list.
    district: str | None
    notes: str | None
    participants: list[Participant]
    #: Who came from the office.
    staff: list[NamedInBoth]


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessedNeed:
    """A need that came of an assessment."""

    id: str
    title: str
    status: str
    #: The visit or event at which it was told.
    visit: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment(AssessmentRow):
    """An assessment with all that belongs to it."""

    conclusion: str | None
    enterprises: list[AskedEnterprise]
    visits: list[Visit]
    needs: list[AssessedNeed]


@dataclass(frozen=True, kw_only=True, slots=True)
class NeedOrigin:
    """The assessment that a need came of, and the visit or event at which it was told."""

    assessment: str
    title: str
    visit: str | None
    visit_title: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AssessmentEntry:
    """An event that tells of an assessment."""

    at: str
    kind: str
    #: The person's name; null for what happened by itself.
    who: str | None
    #: enterprises, visits or needs, where it is about one of those.
    what: str | None
    #: What those are called.
    about: list[str]
    #: By field what it said before and after, as a pair.
    changes: JsonObject
    #: Its words named somebody and were erased.
    erased: bool
    source: str | None
    reason: str | None
