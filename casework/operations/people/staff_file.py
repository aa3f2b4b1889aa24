"""The file of who works here: its rows, or what is wrong with each. Pure."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from casework import reasons
from casework.engine.definition.names import insist_name
from casework.engine.roles import ORGANISATION_ROLES, PERSONAL_ROLES, Role, role_of
from casework.errors import InvalidForm, Refused
from casework.operations.auth.preferences import LANGUAGES
from casework.operations.core.email_addresses import canonical, is_address
from casework.reasons import Why

MOST_BYTES, MOST_ROWS = 2_000_000, 10_000
NEEDED, OTHERS = ("email", "programme", "role"), ("name", "language", "left")
#: What a file may say: a provider's people belong to their leads, and who administers is named by a person.
ROLES = tuple(role for role in PERSONAL_ROLES if role not in (*ORGANISATION_ROLES, Role.ADMINISTRATOR))


@dataclass(frozen=True, slots=True)
class Line:
    """One row: somebody has a role in a programme, until the day on which they have left."""

    row: int
    email: str
    programme: str
    role: Role
    name: str = ""
    language: str = "en"
    left: date | None = None

    def is_over(self, today: date) -> bool:
        return self.left is not None and self.left <= today


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What is wrong in a row, by the column. The header is row 1."""

    row: int
    column: str
    why: Why

    def __str__(self) -> str:
        return f"row {self.row}, {self.column}: {self.why}"


def digest_of(content: bytes) -> str:
    """By which a file is named in the history."""
    return hashlib.sha256(content).hexdigest()


def read_rows(
    content: bytes, needed: Sequence[str], others: Sequence[str], columns: Callable[[str], Why]
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header and the rows of such a file, numbered. `columns` says of another header what is wanted.

    Raises Refused for a file that is none, or only a part of one.
    """
    if not content.strip() or not content.endswith(b"\n") or len(content) > MOST_BYTES:
        raise Refused(reasons.people.STAFF_CUT)
    try:
        table = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        # Cells may have several lines: a spreadsheet counts rows, those that are empty too.
        rows = [(row, cells) for row, cells in enumerate(table, 1) if any(cell.strip() for cell in cells)]
    except (UnicodeDecodeError, csv.Error):
        raise Refused(reasons.people.STAFF_NO_TABLE) from None
    header = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    if not set(needed) <= set(header) <= {*needed, *others} or len(set(header)) != len(header):
        raise Refused(columns(", ".join(header)[:200]))
    if not 1 < len(rows) <= MOST_ROWS + 1:
        raise Refused(reasons.people.STAFF_CUT)
    return header, rows[1:]


def read_lines(content: bytes) -> tuple[list[Line], list[Fault]]:
    """Every row, with what is wrong. Raises Refused for a file that is none, or only a part of one."""
    header, rows = read_rows(content, NEEDED, OTHERS, lambda line: reasons.people.STAFF_COLUMNS(line=line))
    lines: list[Line] = []
    faults: list[Fault] = []
    for row, cells in rows:
        read = list(_read_line(row, header, cells))
        lines += [one for one in read if isinstance(one, Line)]
        faults += [one for one in read if isinstance(one, Fault)]
    return lines, faults


def _read_line(row: int, header: Sequence[str], cells: Sequence[str]) -> Iterator[Line | Fault]:
    if len(cells) != len(header):
        yield Fault(row, "email", reasons.people.CELLS)
        return
    said = dict.fromkeys(OTHERS, "") | {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
    faults: dict[str, Why] = {}
    email, role, left = canonical(said["email"]), role_of(said["role"]), None
    if not is_address(email):
        faults["email"] = reasons.fields.NO_EMAIL
    if role == Role.ADMINISTRATOR:
        faults["role"] = reasons.people.BY_A_PERSON_ALONE
    elif role in ORGANISATION_ROLES:
        faults["role"] = reasons.people.HELD_WITHIN
    elif role is None or role not in ROLES:
        faults["role"] = reasons.fields.ONE_OF(choices=ROLES)
    if said["language"] and said["language"] not in LANGUAGES:
        faults["language"] = reasons.fields.ONE_OF(choices=LANGUAGES)
    try:
        name = insist_name(said["name"]) if said["name"] else ""
    except InvalidForm as fault:
        faults |= fault.fields
        name = ""
    try:
        left = _day(said["left"])
    except ValueError:
        faults["left"] = reasons.fields.DAY_FORM
    if faults or role is None:
        yield from (Fault(row, column, why) for column, why in faults.items())
        return
    yield Line(row, email, said["programme"], role, name, said["language"] or "en", left)


def _day(written: str) -> date | None:
    """YYYY-MM-DD and nothing else that Python would read as a day."""
    if not written:
        return None
    day = date.fromisoformat(written)
    if day.isoformat() != written:
        raise ValueError(written)
    return day


def twice(lines: Sequence[Line], today: date) -> Iterator[Fault]:
    """Rows that say what one before them says: of one role two hold today, or both were over on the same day.

    Whoever comes back has the row that is over and a new one.
    """
    seen: set[tuple[str, str, str, date | None]] = set()
    for line in lines:
        key = (line.email, line.programme, line.role, line.left if line.is_over(today) else None)
        if key in seen:
            yield Fault(line.row, "role", reasons.fields.COMES_TWICE)
        seen.add(key)


__all__ = ["MOST_BYTES", "MOST_ROWS", "ROLES", "Fault", "Line", "digest_of", "read_lines", "read_rows", "twice"]
