"""What an import tells: how many rows were made, changed and refused, and each fault with its row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from casework.operations.catalogue.import_schemas import Kind
from casework.reasons import Why

#: Rows of which the report keeps what is wrong; all of them are told to `tell` as they are found.
MOST_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field of a row."""

    row: int
    field: str
    why: Why

    @property
    def reason(self) -> str:
        """In English, for programs and the command line."""
        return str(self.why)


@dataclass
class Report:
    """What came of an import: rows counted by what became of them, and what is wrong."""

    kind: Kind
    dry_run: bool
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    bad: int = 0
    #: Values that differ from what a person has confirmed, and were left out.
    kept: int = 0
    #: Texts that stand for one which nobody has written yet, such as "Technology Provider".
    marked: int = 0
    #: Records that came inside a match, and were new or changed.
    nested: int = 0
    #: Records that a complete file is without, and those that are back at their source.
    gone: int = 0
    back: int = 0
    #: Whether the file was read to its end.
    whole: bool = True
    left_out: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    kept_fields: list[Fault] = field(default_factory=list)
    marked_fields: list[Fault] = field(default_factory=list)

    @property
    def written(self) -> tuple[int, int, int]:
        """How many records were made and changed, and how many came inside others."""
        return self.created, self.updated, self.nested


def add_fault(to: list[Fault], fault: Fault) -> None:
    """Add a fault to a list that holds so many at most."""
    if len(to) < MOST_KEPT:
        to.append(fault)


@dataclass(frozen=True, slots=True)
class Resume:
    """Where an import goes on: after which row, with what came of it so far, and how that is noted, in the transaction of each batch."""

    after: int
    report: Report
    note: Callable[[Connection, int, Report], None]


Progress = Callable[[Report], None]
Tell = Callable[[Fault], None]
