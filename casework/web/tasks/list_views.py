"""Lists of tasks as pages show them: in groups, each under its heading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from casework.operations.tasks.my_work import MOST_COUNTED
from casework.operations.tasks.views import HeldCase, PlacedTask


@dataclass(frozen=True)
class Result:
    """What became of a task that something was done to, or tried."""

    done: bool
    words: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Tasks under one heading of a list."""

    id: str
    title: str
    rows: Sequence[PlacedTask]
    note: str = ""
    kind: str = ""
    #: None where a heading has no count.
    count: int | None = None
    most: int = MOST_COUNTED
    #: Cases on hold, which stand before the tasks.
    held: Sequence[HeldCase] = ()
    #: Where the rest is, and what leads there.
    url: str = ""
    more: str = ""
    #: By task, where something was done to several.
    results: Mapping[str, Result] = field(default_factory=dict)


def counted(count: int, most: int) -> str:
    """A count in words, of which nobody counts further."""
    return f"{most:,}+" if count >= most else str(count)


__all__ = ["Group", "Result", "counted"]
