"""What many operations hand out alike: somebody by name, and how a statement's rows become what is handed out."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Generic, TypeVar, cast, overload

Kind = TypeVar("Kind")


@dataclass(frozen=True, kw_only=True, slots=True)
class Items(Generic[Kind]):
    """A list that is given whole."""

    items: list[Kind]


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A person or an organisation, as far as it is told who that is."""

    id: str | None
    name: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What somebody or something is called, in both scripts."""

    name: str
    name_zh: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedInBoth(Names):
    """The same with what it is known by."""

    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskKey:
    """Where the words of a task stand, and which party it is about."""

    #: Fingerprint of its edition; None where that is not installed.
    edition: str | None
    #: Its key in the edition.
    rule: str
    #: step, side or decision.
    type: str
    #: need_owner or technology_owner.
    about: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedPerson(Named):
    """Somebody whom one may choose."""

    id: str
    name: str


@overload
def to_named(id: str, names: Mapping[str, str]) -> Named: ...
@overload
def to_named(id: str | None, names: Mapping[str, str]) -> Named | None: ...
def to_named(id: str | None, names: Mapping[str, str]) -> Named | None:
    """A person or an organisation with the name that `names_of` found; None where there is none."""
    return None if id is None else Named(id=id, name=names.get(id))


def row_as(kind: type[Kind], row: object, /, **more: Any) -> Kind:
    """A row as `kind`, whose fields bear the names of the row's columns; `more` says what is not as it stands there.

    What is handed out in outline becomes in the same way what says more.
    """
    return kind(**{name: getattr(row, name) for name in _names_of(cast(Hashable, kind)) if name not in more}, **more)


def rows_as(kind: type[Kind], rows: Iterable[object]) -> list[Kind]:
    """Each row as `kind`."""
    return [row_as(kind, row) for row in rows]


def fields_of(view: object) -> dict[str, Any]:
    """The fields of what is handed out, for what says more about the same thing in a form of its own."""
    return {name: getattr(view, name) for name in _names_of(cast(Hashable, type(view)))}


@cache
def _names_of(kind: Hashable) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cast(Any, kind)))
