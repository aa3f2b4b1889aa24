"""The worker's part of a file that was handed in: it is tried, or brought in, batch by batch, and what came of it is noted.

How far it came stands in the transaction of each batch: a worker that dies loses none and doubles none.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DataError, SQLAlchemyError

from casework import reasons
from casework.errors import CaseworkError, DatabaseUnavailable, RolesMissing
from casework.json_values import JsonObject
from casework.operations.catalogue.file_imports import DONE, FAILED, TRYING
from casework.operations.catalogue.import_content import copy_content
from casework.operations.catalogue.import_report import Fault, Refused, Report, Resume
from casework.operations.catalogue.import_schemas import Kind
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.refused_rows import drop_refused, keep_refused, storable_of
from casework.permissions.actors import Actor
from casework.reasons.base import from_json
from casework.records.actors import find_actor
from casework.records.database import transaction

#: What a worker needs of a file that waits for it.
_TO_DO = text("""
    SELECT i.*, p.code FROM imports i JOIN programmes p ON p.id = i.programme_id WHERE i.id = CAST(:id AS uuid)
    AND i.state IN ('waiting', 'trying')
""")
#: Whether a worker is still at what it was given: nobody has taken it away, or has it read otherwise since.
_SAME = text("""
    SELECT id FROM imports WHERE id = CAST(:id AS uuid) AND state = :state
    AND tried_at IS NOT DISTINCT FROM CAST(:tried_at AS timestamptz) FOR UPDATE
""")
#: What came of one so far.
_NOTED = text("SELECT report FROM imports WHERE id = CAST(:id AS uuid)")
#: How far one came.
_NOTE = text("""
    UPDATE imports SET rows_read = :row, report = CAST(:report AS jsonb) WHERE id = CAST(:id AS uuid) AND state IN ('waiting', 'trying')
""")
#: That a trial has ended: the file stays, to be taken over.
_TRIED = text("""
    UPDATE imports SET state = 'looked_at', report = CAST(:report AS jsonb) WHERE id = CAST(:id AS uuid) AND state = 'trying'
    AND tried_at = CAST(:tried_at AS timestamptz)
""")
#: That one has ended, upon which the file goes.
_END = text("""
    WITH ended AS (
        UPDATE imports SET state = :state, report = CAST(:report AS jsonb), ended_at = casework_now()
        WHERE id = CAST(:id AS uuid) AND state = 'waiting' RETURNING id
    )
    DELETE FROM import_pieces p USING ended WHERE p.import_id = ended.id
""")


def list_waiting(db: Connection, *, but: str, most: int) -> list[tuple[str, str]]:
    """Files that wait for a worker, to be tried or brought in, each with its programme; `but` leaves some out, of `i`."""
    statement = (
        f"SELECT i.id::text, i.programme_id::text FROM imports i WHERE i.state IN ('waiting', 'trying') AND {but}"
        " ORDER BY i.created_at, i.id LIMIT :most"
    )
    return [(id, programme) for id, programme in db.execute(text(statement), {"most": most})]


def carry_on(engine: Engine, id: str) -> None:
    """Bring a file in or try it, from where it was left; what is refused as a whole is told in its report."""
    with transaction(engine) as db:
        row = db.execute(_TO_DO, {"id": id}).one_or_none()
        actor = find_actor(db, str(row.person_id)) if row is not None else None
    if row is None:
        return
    with TemporaryFile() as content:
        with transaction(engine) as db:
            copy_content(db, id, content)
        _carry_on(engine, row, actor, content)


def _carry_on(engine: Engine, row: Any, actor: Actor | None, content: BinaryIO) -> None:
    id, trial = str(row.id), row.state == TRYING
    report = _report_of(row.kind, row.report, dry_run=trial)
    state, fault = FAILED, None

    def note(db: Connection, at: int, so_far: Report, refused: Sequence[Refused]) -> None:
        if not db.execute(_SAME, _same(row)).first():
            raise _TakenAway
        so_far.share = content.tell() * 100 // max(row.size, 1)
        _note(db, id, at, so_far)
        keep_refused(db, id, refused)

    if actor is not None:
        try:
            report = import_records(
                engine,
                row.kind,
                content,
                programme=row.code,
                source=row.source,
                name=row.name,
                dry_run=trial,
                actor=actor,
                complete=row.complete,
                fields=row.fields,
                resume=Resume(row.rows_read, report, note),
            )
            state, report.share = DONE, 100
        except (DatabaseUnavailable, RolesMissing, SQLAlchemyError) as trouble:
            # The database's trouble is not the file's: it is tried again. But what it cannot hold it will not hold later.
            if not isinstance(trouble, DataError):
                raise
            fault = Fault(1, "file", reasons.imports.NOT_TAKEN)
        except _TakenAway:
            return
        except CaseworkError as refusal:
            fault = Fault(1, "file", refusal.reason)
        except Exception:
            logging.getLogger(__name__).exception("a file could not be brought in")
            fault = Fault(1, "file", reasons.imports.NOT_TAKEN)
    with transaction(engine) as db:
        if not db.execute(_SAME, _same(row)).first():
            return
        if fault is not None:
            # The rows of a part that was rolled back were counted, and are not there: what was noted with its part is.
            report = _report_of(row.kind, db.execute(_NOTED, {"id": id}).scalar_one(), dry_run=trial)
            report.faults.append(fault)
            keep_refused(db, id, [Refused(fault.row, [(fault.field, fault.why)], {})])
        db.execute(_TRIED if trial else _END, {**_same(row), "state": state, "report": _written(report)})


def _same(row: Any) -> dict[str, Any]:
    return {"id": str(row.id), "state": row.state, "tried_at": row.tried_at}


class _TakenAway(Exception):
    """The file is gone, since it names somebody who is erased; or it is to be read otherwise."""


def _note(db: Connection, id: str, row: int, report: Report) -> None:
    if not db.execute(_NOTE, {"id": id, "row": row, "report": _written(report)}).rowcount:
        raise _TakenAway


# --- what is told of it ----------------------------------------------------------------------------------------------


#: Of a report the lists of what is wrong.
_FAULTS = ("faults", "kept_fields", "marked_fields")


def _written(report: Report) -> str:
    told = {name: [_told(one) for one in getattr(report, name)] for name in _FAULTS}
    return json.dumps(storable_of(vars(report) | told | {"left_out": sorted(report.left_out)}))


def _told(fault: Fault) -> JsonObject:
    return {"row": fault.row, "field": fault.field, "why": fault.why.as_json()}


def faults_of(told: Mapping[str, Any], name: str) -> list[Fault]:
    """What is wrong by a report as it was kept."""
    return [Fault(one["row"], one["field"], from_json(one["why"])) for one in told.get(name, ())]


def end_naming(db: Connection, id: str, kind: Kind, told: Mapping[str, Any], why: Fault) -> None:
    """End one on its way that names somebody; its refused rows may name them too."""
    report = _report_of(kind, told, dry_run=False)
    report.faults.append(why)
    drop_refused(db, id)
    keep_refused(db, id, [Refused(why.row, [(why.field, why.why)], {})])
    db.execute(_END, {"id": id, "state": FAILED, "report": _written(report)})


def _report_of(kind: Kind, told: Mapping[str, Any], *, dry_run: bool) -> Report:
    """What came of it so far, as it was noted."""
    report = Report(kind, dry_run=dry_run)
    for name, value in told.items():
        if name in _FAULTS:
            value = faults_of(told, name)
        elif name == "left_out":
            value = set(value)
        setattr(report, name, value)
    return report
