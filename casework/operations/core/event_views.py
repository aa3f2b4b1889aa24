"""What happened, as far as it is told in a sentence: an entry of a history, or what another list shows of an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from casework.engine.definition.editions import Edition
from casework.engine.execution.context import Library
from casework.engine.state.effects_schema import RoleGiven
from casework.json_values import Answers, JsonMapping
from casework.operations.core.views import Named, TaskKey


@dataclass(frozen=True, kw_only=True, slots=True)
class FormKey:
    """A form by the fingerprint of its edition and its name there."""

    edition: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FilledIn:
    """What was filled in or written, and what is needed to say it."""

    form: FormKey | None = None
    data: Answers = field(default_factory=dict)
    #: What the same form said before.
    before_data: Answers | None = None
    #: Words, by field; None where they are erased.
    body: JsonMapping = field(default_factory=dict)
    erased: Sequence[str] = ()
    #: Of people, organisations, rights and documents, by id.
    names: Mapping[str, str] = field(default_factory=dict)
    #: The tasks that are named in the answers, by id.
    tasks: Mapping[str, TaskKey] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class EventPaper:
    """A document that an event enters, sends, files or withdraws, or whose access it ends or changes."""

    kind: str
    #: None where it is erased, or not told to the reader.
    title: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PartyPaper(EventPaper):
    """One that is about a party."""

    party: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ByRows:
    """By which rows of which version of the programme's routing table a task went."""

    version: int
    rows: Sequence[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class EventView(FilledIn):
    """An event as a reader may know it; what a list does not say is as if there were none."""

    kind: str
    #: Which one, where a kind of event knows several.
    what: str | None = None
    transition: str | None = None
    #: Of the task.
    name: str | None = None
    task: TaskKey | None = None
    edition: str | None = None
    actor: Named | None = None
    role: str | None = None
    #: It happened by itself.
    by_system: bool = False
    #: A second person agreed by it.
    agreed: bool = False
    #: Whom else it concerned.
    whom: Named | None = None
    #: Of a checklist.
    item: str | None = None
    documents: Sequence[EventPaper] = ()
    version: int | None = None
    #: Of a task that the rule of its queue gave to somebody, why to that person.
    why: Sequence[str] | None = None
    by_rows: ByRows | None = None
    #: Of what a party did by a one-time link, the party's organisation; who did it is told by name alone.
    party: str | None = None
    #: Who gave the role by which it was done.
    given: RoleGiven | None = None


def task_key(task: Mapping[str, Any] | None) -> TaskKey | None:
    """Where the words of a task stand, from its row as JSON."""
    if not task:
        return None
    return TaskKey(**{key: task[key] for key in ("edition", "type", "rule", "about")})


def form_of_task(library: Library, task: TaskKey | None) -> FormKey | None:
    """The form by which a side task is finished; None for a step, a decision, and where its edition is not known."""
    home = library.editions.get(task.edition or "") if task is not None and task.type == "side" else None
    rule = home.tasks.get(task.rule) if home is not None and task is not None else None
    return FormKey(edition=home.fingerprint, name=rule.form) if home is not None and rule and rule.form else None


def data_of(effects: JsonMapping) -> JsonMapping:
    """What the form of an action said, or of the task that it finished."""
    results = (task["result"] for task in effects.get("task_states", ()) if "result" in task)
    data: JsonMapping = effects.get("data") or next(results, {})
    return data


def done_key(
    editions: Mapping[str, Edition], task: TaskKey | None, form: FormKey | None, data: Answers
) -> tuple[str, str] | None:
    """The text that says what somebody did by completing a task, with its edition: of the answer that was given, else of the task.

    None where neither says anything.
    """
    if form is not None and (edition := editions.get(form.edition)) is not None:
        for name, value in data.items():
            answer = ("yes" if value else "no") if isinstance(value, bool) else value if isinstance(value, str) else ""
            if (key := f"forms.{form.name}.{name}.done.{answer}") in edition.texts:
                return edition.fingerprint, key
    home = editions.get(task.edition or "") if task else None
    key = f"tasks.{task.rule}.done" if task else ""
    return (home.fingerprint, key) if home is not None and key in home.texts else None


def event_view(event: object, **more: Any) -> EventView:
    """What another list shows of an event, as far as it says the same; `more` says what it calls otherwise."""
    return EventView(
        **{name: getattr(event, name) for name in _NAMES if name not in more and hasattr(event, name)}, **more
    )


_NAMES = frozenset(part.name for part in fields(EventView))
