"""What an imported record leads to: its owner by name, and the rights that came with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.execution.context import By
from casework.operations.catalogue.import_schemas import Right
from casework.operations.catalogue.ip_rights import enter_right
from casework.operations.core.organisations import KNOWN, STANDING
from casework.operations.core.right_numbers import EVER_RECORDED, OF_NUMBERS, plain
from casework.operations.people.registry import register_owners
from casework.reasons import Why
from casework.records.row_security import whole

#: Source and external id of a record.
Key = tuple[str, str]


def owners_by_name(
    db: Connection, programme: str, countries: Mapping[str, str | None], *, source: str, by: str, stamp: str
) -> dict[str, str]:
    """The ids of owners, told by name with their country; one that the programme does not know yet is registered for it."""
    if not countries:
        return {}
    rows = db.execute(_CALLED, {"names": list(countries), "seen": [programme]})
    # Of several with one name the oldest is meant.
    known: dict[str, str] = {row.name: row.id for row in rows}
    new = {name: country for name, country in countries.items() if name not in known}
    return known | register_owners(db, new, origin={"source": source, "at": stamp}, programme=programme, by=by)


#: Organisations that a programme knows by some names: of one that was merged the one in its place.
_CALLED = text(f"""
    SELECT o.id, g.name FROM {STANDING} WHERE g.name = ANY(:names) AND {KNOWN} ORDER BY g.created_at DESC, g.id DESC
""")


def leave_expired_owners(
    db: Connection,
    incoming: Sequence[tuple[int, Key, dict[str, Any]]],
    known: Mapping[Key, Any],
    keep: Callable[[int, str, Why], None],
) -> None:
    """Of columns that name an owner whose record has expired the owner is left out, unless the record says so already; `keep` is told.

    `incoming` has the row of each record, its key and its columns.
    """
    owners = {str(columns["owner_id"]) for _, _, columns in incoming if "owner_id" in columns}
    expired = {row.id: row.name for row in db.execute(_EXPIRED, {"ids": sorted(owners)})} if owners else {}
    for row_number, key, columns in incoming:
        owner = str(columns.get("owner_id"))
        if owner in expired and (key not in known or str(known[key].owner_id) != owner):
            del columns["owner_id"]
            keep(row_number, "owner", reasons.imports.OWNER_EXPIRED(name=expired[owner][:100]))


#: Which of some organisations have expired.
_EXPIRED = text(
    "SELECT id::text, name FROM organisations WHERE id = ANY(CAST(:ids AS uuid[])) AND expired_at IS NOT NULL"
)


def rights_not_on_record(
    db: Connection,
    programme: str,
    incoming: Mapping[Key, tuple[int, Sequence[Right]]],
    known: Mapping[Key, Any],
    keep: Callable[[int, str, Why], None],
) -> dict[Key, list[Right]]:
    """Of the rights that came with technologies those that are new.

    `incoming` has the row of each technology and its rights, `known` the technologies on record. What belongs to another
    technology, or stood under that number until somebody corrected it, is left out, and `keep` is told of it: row, field, why.
    """
    numbers = [right for _, rights in incoming.values() for right in rights if _number(right)]
    given = {
        "programme": programme,
        "ids": [known[key].id for key in incoming if key in known],
        "numbers": [plain(right.office, _number(right))[0] for right in numbers],
        "offices": [plain(right.office, _number(right))[1] for right in numbers],
    }
    rows = db.execute(OF_NUMBERS, given).all()
    with whole(db):
        ever = {
            (row.technology_id, plain(None, row.number)) for row in db.execute(EVER_RECORDED, {"ids": given["ids"]})
        }
    owners: dict[tuple[str, str], set[Any]] = {}
    for row in rows:
        if row.number is not None:
            owners.setdefault(plain(row.office, row.number), set()).add(row.technology_id)
    nameless = {(row.technology_id, row.kind) for row in rows if row.number is None}
    new: dict[Key, list[Right]] = {}
    for key, (row_number, rights) in incoming.items():
        technology = known[key].id if key in known else key
        for right in rights:
            number = _number(right)
            name = plain(right.office, number)
            if number is None:
                if (technology, right.kind) in nameless:
                    continue
                nameless.add((technology, right.kind))
            elif name in owners:
                if technology not in owners[name]:
                    keep(row_number, "rights", reasons.imports.RIGHT_ELSEWHERE(number=number))
                continue
            elif (technology, plain(None, number)) in ever:
                keep(row_number, "rights", reasons.imports.RIGHT_CORRECTED(number=number))
                continue
            else:
                owners[name] = {technology}
            new.setdefault(key, []).append(right)
    return new


def enter_rights(db: Connection, by: By, programme: str, technology: str, rights: Iterable[Right]) -> None:
    """Record rights that came with a technology; nobody has confirmed them."""
    for right in rights:
        fields = right.model_dump(mode="json", exclude={"kind"}, exclude_none=True)
        id = str(uuid_utils.uuid7())
        enter_right(db, by, id, programme, [technology], kind=right.kind, fields=fields, confirmed=False)


def _number(right: Right) -> str | None:
    """By which a right is known: the number of its grant, or of its application."""
    return right.number or right.application_number
