"""What a script is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any


@dataclass(frozen=True)
class Do:
    """Somebody fires `track.transition`, completes the task of a name, or with `+track.task` adds one.

    What the form asks and `data` does not say is filled in with something ordinary. Days are numbers: 0 is today.
    """

    who: str
    what: str
    data: Mapping[str, Json] = field(default_factory=dict)
    about: str | None = None


@dataclass(frozen=True)
class Wait:
    """So many days pass before the next step."""

    days: float


@dataclass(frozen=True)
class Until:
    """The next step is so many days before today; on exactly that day, a holiday or not, where it must be."""

    days: float
    exactly: bool = False


@dataclass(frozen=True)
class Call:
    """Another deed; `name` is a method of the performance."""

    name: str
    given: tuple[Json, ...] = ()


Step = Do | Wait | Until | Call


@dataclass(frozen=True)
class Script:
    """A case from its match on: when it begins, and what happens, a step every `pace` days."""

    name: str
    #: The need's and the technology's external ids.
    match: tuple[str, str]
    #: Days before today.
    begins: float
    steps: tuple[Step, ...]
    pace: float = 2.0
    #: Who the script calls so.
    cast: Mapping[str, str] = field(default_factory=dict)


def do(who: str, what: str, about: str | None = None, /, **data: Json) -> Do:
    return Do(who, what, data, about)
