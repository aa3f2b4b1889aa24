"""What the record of a need is told of a question whether it still holds: put right as its enterprise says it, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from casework import reasons
from casework.engine.execution.context import By
from casework.errors import Refused
from casework.json_values import JsonMapping
from casework.operations.catalogue.kept_records import correct_record
from casework.operations.core.idempotency import Request
from casework.operations.core.record_log import Change, lock_records, write_records
from casework.permissions.actors import Actor
from casework.records.event_log import lock_log
from casework.records.row_security import whole

#: What the record of a need calls its source.
ENTERPRISE = "enterprise"


def put_right(
    db: Connection, actor: Actor, need: str, said: JsonMapping, *, seen: int | None, by: tuple[str, str]
) -> str:
    """The record of a need says what its enterprise says otherwise, `by` a statement as it was sent then, and whoever accepts it stands
    for that."""
    correct_record(
        db,
        actor,
        "need",
        need,
        fields=said.get("fields", {}),
        source=ENTERPRISE,
        reason=None,
        seen=seen,
        statement=by[0],
        request=Request(f"need statement {by[0]} {by[1]}", "put right"),
    )
    return need


def note_in_need(
    db: Connection, by: By, about: tuple[str, str, str], kind: str, words: Mapping[str, str | None] | None = None
) -> None:
    """Tell in the history of a need what became of a question, `about` programme, need and question; one that was merged has its history
    behind it. Raises Refused where somebody changed it from outside."""
    programme, need, statement = about
    with whole(db):
        lock_log(db, programme)
        standing = lock_records(db, "need", [need])[need]
        if standing.altered:
            raise Refused(reasons.catalogue.RECORD_ALTERED)
        if standing.state.get("merged_into") is None:
            write_records(db, by, [(standing, Change(kind, words=words or {}, effects={"statement": statement}))])


__all__ = ["ENTERPRISE", "note_in_need", "put_right"]
