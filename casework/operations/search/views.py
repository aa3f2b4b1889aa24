"""What a search finds, as it is handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.operations.cases.views import CaseParties
from casework.operations.core.views import TaskKey
from casework.operations.mediations.views import MediationOutline


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundCase(CaseParties):
    """A case, by its number, title, owner or parties."""

    number: str
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundReferral(CaseParties):
    """A referral of the searcher's own organisation."""

    id: str
    service: str
    edition: str
    states: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundDocument:
    """A document, by its title or the names of its files, or a letter by its number."""

    id: str
    title: str | None
    kind: str
    number: str
    withdrawn: bool
    #: It is the letter whose number was written.
    named: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundMessage:
    """A message, by what it says now."""

    id: str
    at: str
    #: The part of it in which the first of the words stands.
    excerpt: str
    #: In whose shared thread it stands; null for an internal note.
    referral: str | None
    number: str
    #: Of its case.
    title: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundTask(TaskKey):
    """An open task of a case, by what is to be done or by the number of its case."""

    id: str
    #: What is to be done.
    do: str
    do_zh: str
    number: str
    #: Of its case.
    title: str | None
    track: str
    #: The searcher's own referral that it is done in; null for who reads the case.
    referral: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundRecord:
    """A need or a technology, by what it says in either language."""

    id: str
    #: What its source calls it.
    external_id: str
    title: str
    title_zh: str | None
    source: str
    #: published, or how it stands else.
    status: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundRight:
    """An IP right, by its numbers, office, kind or owners."""

    id: str
    kind: str
    office: str | None
    application_number: str | None
    #: Of the grant or the registration.
    number: str | None
    #: Whose it is, as the reader calls them.
    owner: str | None
    #: It is named in nothing new.
    expired: bool
    #: It has the number that was written, however that was.
    named: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundAssessment:
    """An assessment of needs, by its titles or its conclusion."""

    id: str
    title: str
    title_zh: str | None
    #: planned, under_way or concluded.
    status: str
    starts_on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundVisit:
    """A visit or an event of an assessment, by its title, place or notes."""

    id: str
    #: visit, interview, meeting or event.
    kind: str
    day: str
    title: str
    #: The id of its assessment, and what that is called.
    assessment: str
    assessment_title: str
    assessment_title_zh: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundProject:
    """A past project, by its titles, both owners or what its source calls it."""

    id: str
    external_id: str
    title: str
    title_zh: str | None
    #: Names, as the source writes them.
    need_owner: str | None
    technology_owner: str | None
    #: A code of the main workflow's outcomes.
    outcome: str
    ended_on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundOrganisation:
    """An organisation, by its names or its registration number."""

    id: str
    name: str
    name_zh: str | None
    country: str | None
    expired: bool
    #: It has the registration number that was written.
    named: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundPerson:
    """Somebody with whom the searcher works."""

    id: str
    name: str
    name_zh: str | None
    active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What the words name, of each kind."""

    #: What was searched for.
    words: str
    cases: list[FoundCase]
    referrals: list[FoundReferral]
    #: For which the searcher is named.
    mediations: list[MediationOutline]
    #: By their titles and the names of their files.
    documents: list[FoundDocument]
    #: By what they say now.
    messages: list[FoundMessage]
    #: Those that are open.
    tasks: list[FoundTask]
    needs: list[FoundRecord]
    technologies: list[FoundRecord]
    rights: list[FoundRight]
    assessments: list[FoundAssessment]
    visits: list[FoundVisit]
    past_projects: list[FoundProject]
    organisations: list[FoundOrganisation]
    #: Those that you work with.
    people: list[FoundPerson]
    #: There is more than is listed.
    more: bool
