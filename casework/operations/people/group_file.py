"""The file that says which group at the provider of sign-in gives which role: its rows, or what is wrong with each. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casework import reasons
from casework.engine.definition.names import is_plain
from casework.engine.roles import ORGANISATION_ROLES, PERSONAL_ROLES, Role, role_of
from casework.operations.people.staff_file import Fault, read_rows
from casework.reasons import Why

NEEDED, OTHERS = ("group", "role"), ("programme", "organisation")
#: Roles by which others get roles: who has one is named by a person.
BY_PERSONS = frozenset({Role.ADMINISTRATOR, Role.PROVIDER_LEAD})
ROLES = tuple(role for role in PERSONAL_ROLES if role not in BY_PERSONS)
LONGEST = 255


@dataclass(frozen=True, slots=True)
class Line:
    """One row: whoever is in the group gets the role in a programme, by its code, or in an organisation, by its id."""

    row: int
    group: str
    role: Role
    programme: str = ""
    organisation: str = ""


def read_lines(content: bytes) -> tuple[list[Line], list[Fault]]:
    """Every row, with what is wrong. Raises Refused for a file that is none, or only a part of one."""
    header, rows = read_rows(content, NEEDED, OTHERS, lambda line: reasons.people.GROUPS_COLUMNS(line=line))
    read = [one for row, cells in rows for one in _read_line(row, header, cells)]
    lines = [one for one in read if isinstance(one, Line)]
    return lines, [*(one for one in read if isinstance(one, Fault)), *_twice(lines)]


def _read_line(row: int, header: Sequence[str], cells: Sequence[str]) -> Iterator[Line | Fault]:
    if len(cells) != len(header):
        yield Fault(row, "group", reasons.people.CELLS)
        return
    said = dict.fromkeys(OTHERS, "") | {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
    faults: dict[str, Why] = {}
    group, role = said["group"], role_of(said["role"])
    if not group:
        faults["group"] = reasons.fields.REQUIRED
    elif len(group) > LONGEST:
        faults["group"] = reasons.fields.LONGEST(most=LONGEST)
    elif not is_plain(group):
        faults["group"] = reasons.fields.INVISIBLE
    if role in BY_PERSONS:
        faults["role"] = reasons.people.BY_A_PERSON_ALONE
    elif role is None or role not in ROLES:
        faults["role"] = reasons.fields.ONE_OF(choices=ROLES)
    else:
        place, other = ("organisation", "programme") if role in ORGANISATION_ROLES else ("programme", "organisation")
        if not said[place]:
            faults[place] = reasons.fields.REQUIRED
        if said[other]:
            faults[other] = reasons.people.HELD_WITHIN
    if faults or role is None:
        yield from (Fault(row, column, why) for column, why in faults.items())
        return
    yield Line(row, group, role, said["programme"], said["organisation"])


def _twice(lines: Sequence[Line]) -> Iterator[Fault]:
    seen: set[tuple[str, ...]] = set()
    for line in lines:
        if (key := (line.group, line.role, line.programme, line.organisation)) in seen:
            yield Fault(line.row, "role", reasons.fields.COMES_TWICE)
        seen.add(key)


__all__ = ["BY_PERSONS", "LONGEST", "ROLES", "Line", "read_lines"]
