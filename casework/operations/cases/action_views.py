"""What may be done in a case, as it is handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.json_values import Answers, JsonMapping
from casework.operations.core.views import NamedInBoth
from casework.reasons import Why


@dataclass(frozen=True, kw_only=True, slots=True)
class NeededPaper:
    """A paper that an action asks for, and how it stands with it."""

    kind: str
    name: str
    #: there, missing, expired, pending or blocked.
    state: str
    #: The one that counts, or that would if it were in order.
    document: str | None
    valid_until: str | None
    #: The service whose provider must hand it in.
    of: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionView:
    """An action where a track stands, and whether its reader may do it now."""

    track: str
    transition: str
    label: str
    #: main, return or exception.
    kind: str
    #: Roles.
    by: list[str]
    #: Roles of the second person; the first one proposes.
    confirm_by: list[str]
    #: It waits for a second person, who fires it without a form.
    proposed: bool
    #: The reader's role does this, now or later.
    yours: bool
    allowed: bool
    why_not: list[Why]
    #: The fields of its form, as its edition has them with their words.
    form: list[JsonMapping]
    papers: list[NeededPaper]
    #: What is known already, by the form's fields.
    prefill: Answers


@dataclass(frozen=True, kw_only=True, slots=True)
class AddableTask:
    """A side task that may be added now, or why not."""

    track: str
    task: str
    #: Its key in the edition.
    rule: str
    label: str
    #: party, where it is about one of them.
    about: str | None
    why_not: list[Why]


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskChoice(NamedInBoth):
    """An open task that a form offers to choose."""

    edition: str
    #: Of its words in the edition's texts.
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RightChoice(NamedInBoth):
    """A right that a form offers to choose; its name is its office and number, or the code of its kind."""

    kind: str
    #: Of one without a number, which nothing else tells from another; for whoever sees the case whole.
    owner: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ImpactChoice(NamedInBoth):
    """A record of the effect that a form offers to choose; its name is the code of its measure."""

    level: str
    value: str
    from_on: str
    to_on: str
