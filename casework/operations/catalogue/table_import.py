"""Rights and organisations from a table: all its rows, or nothing and every fault by its row.

Each row is entered by the deeds of the pages, for whoever imports it, and counts as confirmed by nobody. What is on record stays as it
stands; what it lacks is added, and where it says otherwise the report names it. The same table again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import Any

import uuid_utils
from sqlalchemy import Connection, TextClause, text

from casework import reasons
from casework.engine.case_objects.ip_rights import FIELDS
from casework.engine.case_objects.organisations import EDITORS, plain_number
from casework.engine.definition.plain_text import visible
from casework.engine.execution.guards import line
from casework.errors import CaseworkError, InvalidForm, NotAllowed, OrganisationInDoubt
from casework.json_values import JsonObject
from casework.operations.catalogue.import_reader import Row, read_rows
from casework.operations.catalogue.ip_rights import record_right
from casework.operations.catalogue.organisations import (
    complete_organisation,
    keep_row,
    record_organisation,
    take_turn,
)
from casework.operations.catalogue.outside_burdens import enter_burden
from casework.operations.catalogue.table_log import note_table
from casework.operations.catalogue.table_rights import (
    COLUMN_OF,
    as_typed,
    burden_differs,
    lying,
    right_differs,
    same,
    standing_right,
)
from casework.operations.catalogue.table_schemas import (
    NEEDED,
    OF_CONTACT,
    OF_ORGANISATION,
    OF_OWNER,
    ROWS,
    OrganisationRow,
    RightRow,
    Table,
    parse_row,
)
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.organisations import KNOWN, STANDING
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.reasons import Reason, Why
from casework.records.database import savepoint, send_waiting
from casework.records.field_encryption import storable, texts_in

#: A table has so many rows at most, and a file so many bytes; what has more comes in parts.
MOST_ROWS, MOST_BYTES = 2_000, 2_000_000


@dataclass
class TableReport:
    """What came of a table: its rows by what became of them, and what is wrong. With a fault nothing was changed."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: int = 0
    dry_run: bool = False
    faults: list[JsonObject] = field(default_factory=list)
    #: What differs from the record, which was left as it is.
    kept: list[JsonObject] = field(default_factory=list)
    #: Columns that nobody reads.
    left_out: list[str] = field(default_factory=list)
    #: Row by row which record it made or changed; of a trial which it would change.
    records: list[JsonObject] = field(default_factory=list)
    #: The number of the entry in the programme's log; none where nothing was changed.
    entry: int | None = None


def import_table(
    db: Connection,
    actor: Actor,
    *,
    programme: str,
    table: Table,
    content: bytes,
    source: str,
    request: Request,
    name: str = "",
    dry_run: bool = False,
) -> Done:
    """Enter what the rows of a table say; `name` is that of its file. Raises NotAllowed for whoever may not, and InvalidForm for more
    than a table may hold."""
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    if "import" not in actor.scopes:
        raise NotAllowed(why=reasons.requests.SCOPE_MISSING(scope="import"))
    source, name = line(source, "source", 300), called(name)
    if len(content) > MOST_BYTES:
        raise InvalidForm(fields={"content": reasons.catalogue.TABLE_TOO_LARGE(most=MOST_BYTES)})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    take_turn(db, programme)
    task = _Import(db, actor, programme, table, source)
    with savepoint(db) as point:
        task.take(read_rows(BytesIO(content), NEEDED[table]))
        if task.report.faults or dry_run:
            # What waits would else be sent after it was taken back.
            send_waiting(db)
            point.rollback()
    report = task.report
    report.dry_run = dry_run
    if report.faults:
        report.created = report.changed = 0
        report.records = []
    elif not dry_run and report.records:
        key = request.key_hash
        report.entry = note_table(db, by, programme, table, report, span=task.span, name=name, source=source, key=key)
    return finish(db, actor, request, Done(dict(vars(report))))


class _Import:
    """One table on its way into the database."""

    def __init__(self, db: Connection, actor: Actor, programme: str, table: Table, source: str) -> None:
        self.db, self.actor, self.programme, self.table, self.source = db, actor, programme, table, source
        self.report = TableReport()
        #: The first row and the last.
        self.span = (0, 0)
        #: Of rights without a number the first row, by what they are known by.
        self.numberless: dict[object, int] = {}

    def take(self, rows: Iterator[Row]) -> None:
        known = {*ROWS[self.table].model_fields}
        left_out: set[str] = set()
        for row in islice(rows, MOST_ROWS + 1):
            self.report.rows += 1
            self.span = (self.span[0] or row.number, row.number)
            if self.report.rows > MOST_ROWS:
                self._fault(row.number, "file", reasons.imports.TOO_MANY_ROWS(most=f"{MOST_ROWS:,}"))
                break
            if storable(texts_in(row.values)):
                left_out |= {str(name)[:60] for name in row.values if name and name not in known}
            else:
                row = Row(row.number, {}, row.faults or (("row", reasons.fields.UNSTORABLE),))
            self._row(row)
        if not self.report.rows:
            self._fault(1, "file", reasons.imports.NO_ROWS)
        self.report.left_out = sorted(left_out)[:50]

    def _row(self, row: Row) -> None:
        faults = list(row.faults)
        read = None
        if not faults:
            read, faults = parse_row(self.table, row.values, semicolons=row.semicolons)
        if read is None or faults:
            self.report.bad += 1
            for name, why in faults:
                self._fault(row.number, name, why)
            return
        before = len(self.report.faults)
        try:
            id, done = (
                self._right(row.number, read) if isinstance(read, RightRow) else self._organisation(row.number, read)
            )
        except InvalidForm as refusal:
            for name, reason in refusal.fields.items():
                self._fault(row.number, COLUMN_OF.get(name, name), reason)
        except CaseworkError as refusal:
            self._fault(row.number, "row", refusal.reason)
        else:
            if len(self.report.faults) == before:
                setattr(self.report, done, getattr(self.report, done) + 1)
                if done != "unchanged":
                    self.report.records.append({"row": row.number, "id": id, "done": done})
        self.report.bad += len(self.report.faults) > before

    def _fault(self, row: int, name: str, why: Why) -> None:
        self.report.faults.append(_told(row, name, why))

    def _keep(self, row: int, name: str, why: Why) -> None:
        self.report.kept.append(_told(row, name, why))

    def _request(self, *, sure: bool = False) -> Request:
        return Request(str(uuid_utils.uuid7()), self.table, sure)

    # --- rights ---

    def _right(self, number: int, row: RightRow) -> tuple[str, str]:
        owners = self._owners(row)
        technologies = sorted({self._technology(one) for one in row.technologies or ()})
        source = row.source or self.source
        given = {name: getattr(row, name) for name in FIELDS}
        said = {name: as_typed(value) for name, value in given.items() if value is not None}
        if not (row.number or row.application_number):
            self._insist_other(number, row, (row.kind, *technologies, *(str(one["organisation"]) for one in owners)))
        stands, done = standing_right(self.db, self.programme, row, technologies, owners), "unchanged"
        if stands is not None:
            right = str(stands.id)
            for name, why in right_differs(stands, row, said, technologies, owners):
                self._keep(number, name, why)
        else:
            made = record_right(
                self.db,
                self.actor,
                programme=self.programme,
                kind=row.kind,
                fields=said,
                confirmed=False,
                technologies=technologies,
                owners=owners,
                source=source,
                request=self._request(),
            )
            right, done = str(made.answer["id"]), "created"
        # Of one whose record has expired nothing more is entered.
        followed = stands is None or stands.expired_at is None
        if row.encumbrance is not None and followed and self._burden(number, right, row, source):
            done = "created" if done == "created" else "changed"
        return right, done

    def _insist_other(self, number: int, row: RightRow, key: object) -> None:
        """Of one right without a number a further row adds an encumbrance; two of these cannot be told apart. Raises InvalidForm."""
        first = self.numberless.setdefault(key, number)
        if first == number:
            return
        if row.encumbrance is None:
            raise InvalidForm(fields={"number": reasons.imports.SAME_AS_ROW(row=first)})
        self._keep(number, "number", reasons.imports.TAKEN_FOR_ROW(row=first))

    def _burden(self, number: int, right: str, row: RightRow, source: str) -> bool:
        """Whether it was not on record: by its kind, holder and first day."""
        values = row.burden()
        values["holder"] = self._named(row.holder, "holder") if row.holder else None
        if (stands := lying(self.db, right, values, row.encumbrance_number)) is not None:
            if differing := burden_differs(stands, values, row.encumbrance_number):
                self._keep(number, differing[0], reasons.imports.KEPT_OTHERWISE(names=", ".join(differing)))
            return False
        enter_burden(
            self.db,
            self.actor,
            right,
            values=values,
            number=row.encumbrance_number,
            source=source,
            request=self._request(),
        )
        return True

    def _owners(self, row: RightRow) -> list[JsonObject]:
        told = [{"organisation": self._named(name, "owners"), "share": share} for name, share in row.owners or ()]
        return sorted(told, key=lambda one: str(one["organisation"]))

    def _named(self, name: str, column: str) -> str:
        """The organisation that the programme knows by a name, in either language, or by its number. Raises InvalidForm."""
        given = {"name": name, "number": plain_number(name), "seen": [self.programme]}
        return self._only([row.id for row in self.db.execute(_CALLED, given)], name, column)

    def _technology(self, external_id: str) -> str:
        given = {"id": external_id, "programme": self.programme}
        return self._only([row.id for row in self.db.execute(_TECHNOLOGY, given)], external_id, "technologies")

    def _only(self, found: list[object], called: str, column: str) -> str:
        if len(found) != 1:
            why = reasons.catalogue.IMPORT_UNKNOWN if not found else reasons.catalogue.IMPORT_SEVERAL
            raise InvalidForm(fields={column: why(name=called[:100])})
        return str(found[0])

    # --- organisations ---

    def _organisation(self, number: int, row: OrganisationRow) -> tuple[str, str]:
        said = {name: value for name in OF_ORGANISATION if (value := getattr(row, name)) is not None}
        source = row.source or self.source
        stands, done = self._known(row), "unchanged"
        if stands is not None:
            id = str(stands.id)
            differing = [
                name for name, value in said.items() if as_typed(getattr(stands, name)) not in (value, None, "")
            ]
            # What it is and in which language it reads begin as something.
            if not stands.confirmed:
                differing = [name for name in differing if name not in ("kind", "language")]
            if differing:
                self._keep(number, differing[0], reasons.imports.KEPT_OTHERWISE(names=", ".join(differing)))
            fresh = {name: value for name, value in said.items() if as_typed(getattr(stands, name)) in (None, "")}
            if fresh and stands.confirmed:
                self._keep(number, next(iter(fresh)), reasons.imports.KEPT_CONFIRMED)
            elif fresh:
                complete_organisation(self.db, self.actor, id, fields=fresh, source=source)
                done = "changed"
        else:
            id, done = self._recorded(row, said, source), "created"
        added = [
            self._row_of(id, what, row.row_of(what, names), source, row_source=number)
            for what, names in (("contact", OF_CONTACT), ("owner", OF_OWNER))
        ]
        return id, "changed" if any(added) and done == "unchanged" else done

    def _recorded(self, row: OrganisationRow, said: JsonObject, source: str) -> str:
        try:
            # A number of its own makes it another one, whatever it is called.
            request = self._request(sure=row.register_number is not None)
            made = record_organisation(
                self.db,
                self.actor,
                programme=self.programme,
                fields=said,
                source=source,
                request=request,
                confirmed=False,
            )
        except OrganisationInDoubt as doubt:
            raise InvalidForm(
                fields={"name": reasons.catalogue.IMPORT_IN_DOUBT(names=", ".join(doubt.names))}
            ) from None
        return str(made.answer["id"])

    def _row_of(self, organisation: str, what: str, values: JsonObject, source: str, *, row_source: int) -> bool:
        """Whether a contact or an owner was added; one of that name stays as it stands."""
        if not values:
            return False
        stands = self.db.execute(_ROWS[what], {"organisation": organisation, "name": values["name"]}).first()
        if stands is not None:
            differing = [name for name, value in values.items() if not same(name, getattr(stands, name), value)]
            if differing:
                self._keep(row_source, f"{what}_{differing[0]}", reasons.imports.KEPT_ROW)
            return False
        try:
            keep_row(
                self.db,
                self.actor,
                organisation,
                f"{what}s",
                None,
                fields=values,
                source=source,
                request=self._request(),
            )
        except InvalidForm as refusal:
            raise InvalidForm(fields={f"{what}_{name}": why for name, why in refusal.fields.items()}) from None
        return True

    def _known(self, row: OrganisationRow) -> Any:
        """The one that the programme knows by its number; by its name where it has none, or none is said."""
        given = {
            "name": row.name,
            "number": plain_number(row.register_number) if row.register_number else None,
            "seen": [self.programme],
        }
        found = self.db.execute(_ORGANISATIONS, given).all()
        if len(found) > 1 and found[0].numbered is not True:
            raise InvalidForm(fields={"name": reasons.catalogue.IMPORT_SEVERAL(name=row.name[:100])})
        return found[0] if found else None


def _told(row: int, name: str, why: Why) -> JsonObject:
    values = why.as_json()["values"] if isinstance(why, Reason) else {}
    return {"row": row, "field": name, "reason": str(why), "code": why.code, "values": values}


def called(name: str) -> str:
    """The name of a file as a log keeps it: its last part, without what nobody sees."""
    return " ".join(visible(re.split(r"[/\\]", name)[-1]).split())[:200]


#: Organisations that a programme knows by a name or a number; of one that was merged the one in its place.
_CALLED = text(f"""
    SELECT DISTINCT o.id FROM {STANDING}
    WHERE (g.name = :name OR g.name_zh = :name OR replace(upper(g.register_number), ' ', '') = :number) AND {KNOWN} LIMIT 2
""")
#: The technologies of a programme with an external id; of one that was merged the one in its place.
_TECHNOLOGY = text("""
    SELECT DISTINCT coalesce(merged_into, id) AS id FROM technologies WHERE external_id = :id
    AND programme_id = CAST(:programme AS uuid) LIMIT 2
""")
#: Organisations that a programme knows with a number; without one those of a name, unless both have a number.
_ORGANISATIONS = text(f"""
    SELECT o.*, replace(upper(o.register_number), ' ', '') = CAST(:number AS text) AS numbered FROM organisations o
    WHERE o.merged_into IS NULL AND {KNOWN}
    AND (replace(upper(o.register_number), ' ', '') = CAST(:number AS text)
        OR o.name = :name AND (o.register_number IS NULL OR CAST(:number AS text) IS NULL))
    ORDER BY numbered DESC NULLS LAST LIMIT 2
""")
#: A contact or an owner of an organisation by its name.
_ROWS: Mapping[str, TextClause] = {
    "contact": text(
        "SELECT * FROM organisation_contacts WHERE organisation_id = CAST(:organisation AS uuid) AND name = :name LIMIT 1"
    ),
    "owner": text(
        "SELECT * FROM organisation_owners WHERE organisation_id = CAST(:organisation AS uuid) AND name = :name LIMIT 1"
    ),
}
