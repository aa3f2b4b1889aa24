"""Where the workflows come from: packages that announce themselves, their definitions and their published editions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable

from casework.engine.definition.compared_guards import lacking
from casework.engine.definition.editions import Edition, load, workflow_name
from casework.engine.definition.grammar import Workflow
from casework.engine.definition.publisher import Audited, audited
from casework.engine.execution.context import Library
from casework.engine.figures.names import FigureNames
from casework.engine.parts import WORKFLOW_PARTS
from casework.errors import NotFound

#: A package of workflows names itself in this group; its DEFINITIONS and its folder `published` are what counts.
GROUP = "casework.workflows"
PUBLISHED = "published"
#: Beside its editions: the scenarios of each definition, a file of its name.
SCENARIOS = "scenarios"
#: What a package may say beside them: by what figures know its actions, and how much of a definition scenarios must have seen
#: before it is published, in percent of its states, transitions and guards.
FIGURES, COVERAGE = "FIGURES", "COVERAGE"


@cache
def load_definitions() -> tuple[type[Workflow], ...]:
    """Every definition of every installed package; importing them registers their guards and effects."""
    return tuple(definition for point in _points() for definition in point.load().DEFINITIONS)


@cache
def load_audited() -> tuple[Audited, ...]:
    """What every installed definition says to an auditor, in order."""
    return tuple(sorted({entry for definition in load_definitions() for entry in audited(definition)}, key=repr))


@cache
def load_figure_names() -> FigureNames:
    """By what figures know the actions of the installed workflows. Raises LookupError unless one package says it."""
    told = (getattr(point.load(), FIGURES, None) for point in _points())
    said = [names for names in told if isinstance(names, FigureNames)]
    if len(said) != 1:
        raise LookupError(f"{len(said)} packages of workflows say what figures count")
    return said[0]


#: What a database holds besides, by fingerprint; see `add_stored`.
_stored: dict[str, Edition] = {}


@cache
def load_library() -> Library:
    """Every published edition; the newest of a workflow is the one with the highest number.

    Raises LookupError where two workflows play the same part.
    """
    load_definitions()
    files = (edition for folder in published_folders() for edition in read_published(folder))
    library = library_of(files, _stored.values())
    for part in WORKFLOW_PARTS:
        library.playing(part)
    return library


def codes_offered(name: str) -> frozenset[str]:
    """All codes that a form of any edition offers under a field's name: what a record says in such words is met by terms of cases."""
    forms = (form for edition in load_library().editions.values() for form in edition.rules["forms"].values())
    return frozenset(
        code for form in forms for field in form if field["name"] == name for code in field.get("choices", ())
    )


def add_stored(editions: Iterable[Edition]) -> None:
    """Let this process know the editions that a database holds: its cases run by them, whatever the files say."""
    known, before = load_library().editions, len(_stored)
    _stored.update((edition.fingerprint, edition) for edition in editions if edition.fingerprint not in known)
    if len(_stored) > before:
        load_library.cache_clear()


def published_folders() -> list[Traversable]:
    return [files(point.value).joinpath(PUBLISHED) for point in _points()]


def published_folder(definition: type[Workflow]) -> Traversable:
    """Where the editions of a definition lie: in the package that announces it."""
    point = _point_of(definition)
    if point is None:
        raise LookupError(f"no package announces {definition.__name__}")
    return files(point.value).joinpath(PUBLISHED)


def scenario_file(definition: type[Workflow]) -> Traversable | None:
    """Where the scenarios of a definition stand, or are to be written; None for one that no package announces."""
    point = _point_of(definition)
    return files(point.value).joinpath(SCENARIOS, f"{workflow_name(definition)}.toml") if point else None


def coverage_floor(definition: type[Workflow]) -> Mapping[str, int]:
    """How much scenarios must have seen before it is published, as its package says; nothing where it says nothing."""
    point = _point_of(definition)
    return dict(getattr(point.load(), COVERAGE, {})) if point else {}


def _point_of(definition: type[Workflow]) -> EntryPoint | None:
    return next((point for point in _points() if definition in point.load().DEFINITIONS), None)


def read_published(folder: Traversable) -> Iterator[Edition]:
    """The frozen editions in a folder; raises ValueError for a file that does not fit its fingerprint or its name."""
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".json"):
            continue
        edition = load(json.loads(file.read_text("utf-8")))
        if file.name != file_name(edition):
            raise ValueError(f"{file.name} holds the edition {edition.workflow} {edition.number}")
        yield edition


def library_of(editions: Iterable[Edition], stored: Iterable[Edition] = ()) -> Library:
    """A library of editions, whatever order they come in, and of what a database stored.

    What was published is frozen: where another edition is stored under the same number, that one is in force. An
    edition that is stored alone serves the cases that run by it, and begins none; so does one that lacks a guard of
    the newest, as nobody takes back by a choice what was mended.
    """
    kept: dict[str, Edition] = {edition.fingerprint: edition for edition in stored}
    in_force = {(edition.workflow, edition.number): edition for edition in kept.values()}
    newest: dict[str, Edition] = {}
    offered: dict[str, dict[int, str]] = {}
    for edition in editions:
        kept[edition.fingerprint] = edition
        begins = in_force.get((edition.workflow, edition.number), edition)
        offered.setdefault(edition.workflow, {})[edition.number] = begins.fingerprint
        if edition.workflow not in newest or newest[edition.workflow].number < edition.number:
            newest[edition.workflow] = in_force.get((edition.workflow, edition.number), edition)
    begin = {
        name: {number: one for number, one in numbers.items() if not lacking(kept[one], newest[name])}
        for name, numbers in offered.items()
    }
    return Library(kept, {name: edition.fingerprint for name, edition in newest.items()}, begin)


def playing(part: str) -> Edition:
    """The newest edition of the workflow that plays a part. Raises NotFound where no package has one."""
    edition = load_library().playing(part)
    if edition is None:
        raise NotFound("workflow")
    return edition


def names_of_part(part: str) -> list[str]:
    """What plays a part in any edition, by name: states, transitions and tasks."""
    editions = load_library().editions.values()
    states = {state.path for edition in editions for state in edition.states.values() if state.part == part}
    transitions = {
        transition.name for edition in editions for transition in edition.transitions if transition.part == part
    }
    tasks = {task.name for edition in editions for task in edition.tasks.values() if task.part == part}
    return sorted(states | transitions | tasks)


def side_states_of(part: str) -> dict[str, list[str]]:
    """Of each edition of the workflow that plays a part the states in which it rests until it goes on where it was."""
    editions = load_library().editions.values()
    return {one.fingerprint: sorted(one.side_states) for one in editions if one.part == part}


def file_name(edition: Edition) -> str:
    return f"{edition.workflow}-{edition.number}.json"


def file_text(edition: Edition) -> str:
    """What is written into a file: sorted and indented, so that a change shows in a diff."""
    return json.dumps(edition.as_file(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _points() -> list[EntryPoint]:
    return sorted(entry_points(group=GROUP), key=lambda point: point.name)
