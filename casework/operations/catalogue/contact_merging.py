"""Two contacts of an organisation that are one person made into one: what the one that stays did not say it takes over."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.organisations import CONTACT, EDITORS, REASON, ROW_MERGED
from casework.engine.execution.guards import line
from casework.errors import InvalidForm, NotFound
from casework.operations.catalogue.organisations import insist_home, lock_home, tell, write_columns
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.permissions.actors import Actor

_TABLE = "organisation_contacts"
#: Both contacts, of one organisation and entered by one programme.
_BOTH = text("""
    SELECT x.id::text AS id, x.name, x.role, x.email, x.telephone, x.language FROM organisation_contacts x
    WHERE x.id = ANY(CAST(:ids AS uuid[])) AND x.organisation_id = CAST(:organisation AS uuid)
    AND x.programme_id = CAST(:programme AS uuid)
""")
#: Takes one out.
_GONE = text("DELETE FROM organisation_contacts WHERE id = CAST(:id AS uuid)")


def merge_contacts(
    db: Connection,
    actor: Actor,
    organisation: str,
    gone: str,
    *,
    into: str,
    reason: str,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Merge a contact into another of the same organisation, with a reason. Raises what `confirm_organisation` raises.

    Raises InvalidForm where the other one is no contact there, or the same.
    """
    programme, by = insist_home(db, actor, organisation, EDITORS)
    if not into:
        raise InvalidForm(fields={"into": reasons.fields.REQUIRED})
    given = {"ids": [gone, into], "organisation": organisation, "programme": programme}
    if gone not in {row.id for row in db.execute(_BOTH, given)}:
        raise NotFound
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = lock_home(db, organisation, seen)
    rows = {row.id: row for row in db.execute(_BOTH, given)}
    if gone not in rows:
        raise NotFound
    if into == gone or into not in rows:
        raise InvalidForm(fields={"into": reasons.catalogue.ANOTHER_CONTACT})
    words = {REASON: line(reason, REASON)}
    taken = {name: value for name in CONTACT if not getattr(rows[into], name) and (value := getattr(rows[gone], name))}
    write_columns(db, _TABLE, into, taken)
    db.execute(_GONE, {"id": gone})
    tell(db, log, by, ROW_MERGED, programme=programme, entries={_TABLE: [gone, into]}, words=words)
    return finish(db, actor, request, Done({"id": into}))


__all__ = ["merge_contacts"]
