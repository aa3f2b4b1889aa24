"""What is handed out of one-time links: to the office, and to the party that holds one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.engine.definition.edition_schema import WrittenField
from casework.json_values import JsonObject
from casework.operations.core.organisations import Contact
from casework.operations.core.views import Named, NamedInBoth


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkRow:
    """A link that was given for a task, as the office sees it."""

    id: str
    party: str
    organisation: NamedInBoth
    given_by: Named
    given_at: str
    until: str
    #: open, used, revoked, or over: by its day, or because the task was done otherwise; former: its organisation is the party no more.
    state: str
    mail: bool
    code: bool
    #: Where it was mailed; None where it was not, or that is erased.
    address: str | None
    #: What became of its mail.
    mailed: str | None
    #: When it was answered, by whom and as what, as typed; None where it was not, or that is erased.
    answered_at: str | None
    answered_by: str | None
    answered_as: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """What the office may ask a party by a link for a task: whom, with what shown, about whom."""

    parties: Sequence[tuple[str, NamedInBoth]]
    #: By party the documents that its link may show.
    documents: Sequence[tuple[str, NamedInBoth]]
    providers: Sequence[NamedInBoth]
    #: Whether the task's form asks for documents, or for providers, to be chosen.
    asks_documents: bool
    asks_providers: bool
    #: The language of each party's organisation.
    languages: Mapping[str, str]
    #: By party whom one writes to there.
    contacts: Mapping[str, Sequence[Contact]]
    #: For how many days it is offered, and the last day of the task.
    days: int
    due: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Askable:
    """A party that may be asked for a task now, and its language."""

    party: str
    organisation: NamedInBoth
    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskLinks:
    """The links of a task, as a program reads them."""

    items: Sequence[LinkRow]
    possible: Sequence[Askable]
    #: Why nobody can be asked now.
    why: str | None
    next: None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownDocument:
    """A document that a link shows, with its newest file."""

    id: str
    title: str
    name: str
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What a link shows to whoever has opened it, and nothing else of the case."""

    link: str
    log: str
    party: str
    organisation: NamedInBoth
    office: NamedInBoth
    number: str
    need: NamedInBoth
    technology: NamedInBoth
    #: The edition and the task's key there: what is asked, in its words.
    edition: str
    rule: str
    fields: Sequence[WrittenField]
    documents: Sequence[ShownDocument]
    providers: Sequence[NamedInBoth]
    #: Of providers and documents what it asks a consent for and names none of.
    unnamed: frozenset[str]
    language: str
    until: datetime
    draft: JsonObject


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """What was recorded of a party's answer."""

    position: int
    at: str
    files: Sequence[str]
