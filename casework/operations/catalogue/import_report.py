"""What an import tells: how many rows were made, changed and refused, and each fault with its row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from casework.json_values import JsonMapping
from casework.operations.catalogue.import_reader import MOST_COLUMNS
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


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is refused: everything that is wrong with it, and what the file has there, as far as that can be read."""

    row: int
    faults: Sequence[tuple[str, Why]]
    cells: JsonMapping


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
    #: How much of the file is read, of a hundred.
    share: int = 0
    #: The columns of its refused rows, as they come, and whether a cell of one holds what is no text: then they are no table.
    columns: list[str] = field(default_factory=list)
    nested_cells: bool = False
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


def name_columns(report: Report, cells: Mapping[str, object], most: int) -> None:
    """Keep which columns a refused row has, so that all of them can be given back as one table."""
    known = set(report.columns)
    if len(known) < most and not known.issuperset(cells):
        new = [name for name in cells if name not in known and name.isprintable()]
        report.columns += new[: most - len(known)]
    report.nested_cells |= not all(isinstance(cell, str) for cell in cells.values())


@dataclass(frozen=True, slots=True)
class Resume:
    """Where an import goes on: after which row, with what came of it so far, and how that is noted with the rows that were refused
    since: in the transaction of each batch, and of a trial in one of its own, since what a trial does is taken back batch by batch."""

    after: int
    report: Report
    note: Callable[[Connection, int, Report, Sequence[Refused]], None]


Progress = Callable[[Report], None]
Tell = Callable[[Fault], None]


class Telling:
    """Counts and keeps what is told of the rows of one file, and hands on what is refused of it."""

    def __init__(self, report: Report, tell: Tell | None, resume: Resume | None) -> None:
        self.report, self.tell, self.resume = report, tell, resume
        #: Rows that are told with the next batch, where anybody asks for it.
        self.refused: list[Refused] = []

    def refuse(self, row: int, faults: Iterable[tuple[str, Why]], cells: JsonMapping | None = None) -> None:
        self.report.bad += 1
        told = list(faults)
        for name, why in told:
            fault = Fault(row, name, why)
            add_fault(self.report.faults, fault)
            if self.tell is not None:
                self.tell(fault)
        if self.resume is not None:
            self.refused.append(Refused(row, told, cells or {}))
            name_columns(self.report, cells or {}, MOST_COLUMNS)

    def keep(self, row: int, name: str, why: Why) -> None:
        """A value that is left as it is."""
        self.report.kept += 1
        add_fault(self.report.kept_fields, Fault(row, name, why))

    def mark(self, row: int, name: str, why: Why) -> None:
        """A text that stands for one which nobody has written yet."""
        self.report.marked += 1
        add_fault(self.report.marked_fields, Fault(row, name, why))

    def note(self, db: Connection, row: int) -> None:
        """Say how far it came, to whoever may take it up again."""
        if self.resume is not None:
            self.resume.note(db, row, self.report, self.refused)
            self.refused = []
