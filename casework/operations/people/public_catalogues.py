"""Whether a programme shows its catalogue to whoever has no account: off until its supervisor says so, and where its office is asked.

Each change is one event of the programme's log, which says what stands in the row then; the row comes after it.
"""

from __future__ import annotations

from sqlalchemy import Connection

from casework import reasons
from casework.engine.case_objects.public_catalogues import CATALOGUE_SET, FIELDS, cleaned
from casework.json_values import JsonMapping
from casework.operations.core.email_addresses import insist_address
from casework.operations.core.idempotency import Done, Request
from casework.operations.people.letterheads import insist_sets
from casework.operations.people.setting_changes import OwnRow, set_row
from casework.permissions.actors import Actor


def set_catalogue(
    db: Connection,
    actor: Actor,
    programme: str,
    *,
    fields: JsonMapping,
    reason: str | None,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Show what is published in a programme to whoever has no account, or do so no more; what is not said is empty.

    What stood there before is changed with a reason. Raises RecordHasMoved where it was set after it was `seen`.
    """
    by, values = insist_sets(actor, programme), cleaned(fields)
    if values["email"] is not None:
        values["email"] = insist_address(values["email"])
    return set_row(db, actor, by, programme, _ROW, values=values, reason=reason, request=request, seen=seen)


_ROW = OwnRow(
    table="public_catalogues",
    fields=FIELDS,
    kind=CATALOGUE_SET,
    moved_by=(CATALOGUE_SET,),
    same=reasons.catalogue.SHOWN_SO_ALREADY,
    say_why=reasons.catalogue.SAY_WHY_SHOWN,
)


__all__ = ["set_catalogue"]
