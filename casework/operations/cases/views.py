"""What a case consists of, as it is handed out: its tracks and its tasks."""

from __future__ import annotations

from dataclasses import dataclass

from casework.json_values import JsonMapping
from casework.operations.core.views import Named, TaskKey

# --- tracks ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackView:
    """Where a track stands, and where it has been."""

    id: str
    workflow: str
    #: Of a referral the service that it is about; of any other track its workflow.
    kind: str
    #: Fingerprint of its edition.
    edition: str
    edition_number: int | str
    #: What whoever acts on it has seen.
    revision: int
    states: list[str]
    #: The same in words.
    labels: list[str]
    #: The step that people read its state as.
    step: str | None
    #: The steps in which it has been, in their order.
    visited: list[str]
    parent: str | None
    provider: Named | None
    entered_at: str
    #: How it ended.
    ended: str | None
    #: Another one has taken its place.
    replaced: bool
    #: What was asked of a provider, as far as the reader may know it.
    given: JsonMapping


# --- tasks -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """How a task came to whom it is with."""

    how: str
    by: Named
    to: Named | None
    #: By which rule, where a queue allocated it.
    why: list[str] | None
    #: Of a review: which one it is.
    round: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """For whom a person lets a task wait, and until which day."""

    for_: str
    until: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskOutline(TaskKey):
    """What is to be done, by whom and by when."""

    edition: str
    id: str
    track: str
    name: str
    #: What is to be done, in the words of its edition.
    do: str
    queue: str
    #: Whose queue it is, where that is a provider's.
    organisation: str | None
    holder: Named | None
    due_at: str | None
    #: Its day has passed, and its clock does not stand still.
    overdue: bool
    #: The last step of its escalation has come.
    flagged: bool
    wait: Wait | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskView(TaskOutline):
    """A task as its case shows it."""

    state: str
    opened_at: str
    aftercare: bool
    #: The fields of its form, as its edition has them with their words; None for a step.
    form: list[JsonMapping] | None
    result: JsonMapping
    #: high, normal or low.
    priority: str
    #: Who asked for it, where the workflow lets people ask.
    initiator: Named | None
    handed: Handed | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenTask(TaskView):
    """An open task of a case, and whether the reader may take it or finish it."""

    may_work: bool
