"""Which IP rights a case is about: those of its technology when it opened, and what officers add or take out afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.case_rights import ADDED, ADDERS, ENTERED, MOST, REMOVED, REMOVERS
from casework.engine.execution.commands import ChangeRights, Command
from casework.engine.execution.context import By
from casework.engine.state.case import Case
from casework.errors import InvalidForm
from casework.json_values import JsonObject
from casework.operations.cases.case_capacities import case_answer, on_case
from casework.operations.core.access_queries import case_log
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.merged_records import OF_RIGHTS, in_its_place
from casework.operations.core.organisations import STANDING
from casework.operations.core.perform import Standing, perform
from casework.operations.core.right_links import whose
from casework.operations.core.right_numbers import find_rights
from casework.permissions.actors import Actor


def add_rights(
    db: Connection,
    actor: Actor,
    number: str,
    *,
    rights: Sequence[str],
    reason: str,
    revision: int | None,
    request: Request,
    other: str | None = None,
) -> Done:
    """Let a case be about these rights as well, and the one with the number `other`. Raises InvalidForm for one that the
    programme has not recorded, and for one whose record has expired."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = on_case(actor, standing, ADDERS, reasons.actions.ADD_RIGHTS, revision)
        named = list(rights)
        if other is not None:
            named.append(_find_by_number(db, standing.case, other))
        given = {"ids": named, "programme": standing.case.programme, "there": list(standing.case.rights)}
        known = {row.id: row for row in db.execute(_RECORDED, given)}
        if set(known) != set(named):
            raise InvalidForm(fields={"rights": reasons.catalogue.RIGHT_UNKNOWN})
        if any(row.there for row in known.values()):
            raise InvalidForm(fields={"rights": reasons.catalogue.RIGHT_IS_THERE})
        if any(row.expired for row in known.values()):
            raise InvalidForm(fields={"rights": reasons.catalogue.RIGHT_EXPIRED})
        return ChangeRights(tuple(known[id].stands for id in named), ADDED, reason), by

    return perform(db, actor, case_log(db, actor, number), "case", to_command, answer=case_answer, request=request)


def add_entered_right(
    db: Connection, actor: Actor, number: str, right: str, *, revision: int | None, request: Request
) -> Done:
    """Let a case be about a right that was entered for it in the same transaction."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = on_case(actor, standing, ADDERS, reasons.actions.ADD_RIGHTS, revision)
        return ChangeRights((right,), ENTERED), by

    return perform(db, actor, case_log(db, actor, number), "case", to_command, answer=case_answer, request=request)


def remove_rights(
    db: Connection,
    actor: Actor,
    number: str,
    *,
    rights: Sequence[str],
    reason: str,
    revision: int | None,
    request: Request,
) -> Done:
    """Take rights out of a case that has laid nothing on them, and no step of which names them; by a supervisor."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = on_case(actor, standing, REMOVERS, reasons.actions.REMOVE_RIGHTS, revision)
        return ChangeRights(tuple(rights), REMOVED, reason), by

    return perform(db, actor, case_log(db, actor, number), "case", to_command, answer=case_answer, request=request)


#: Which of some rights a programme has recorded, which stands in the place of each and whether its record has expired, and whether a
#: case is about that one already, perhaps by the id of another one that was merged.
_RECORDED = text(f"""
    SELECT g.id::text, r.id::text AS stands, r.expired_at IS NOT NULL AS expired, EXISTS (
        SELECT FROM rights h WHERE h.id = ANY(CAST(:there AS uuid[])) AND coalesce(h.merged_into, h.id) = r.id
    ) AS there FROM {OF_RIGHTS} WHERE g.id::text = ANY(CAST(:ids AS text[])) AND g.programme_id = CAST(:programme AS uuid)
""")


def list_addable(db: Connection, case: Case) -> list[JsonObject]:
    """Recorded rights of a case's technology or of its parties that it is not about yet: id, kind, office, number, owner."""
    given = {
        "technology": case.technology,
        "parties": sorted({party for party in case.parties.values() if party}),
        "programme": case.programme,
        "there": list(case.rights),
        "most": MOST,
    }
    return [dict(row._mapping) for row in db.execute(_ADDABLE, given)]


#: The rights of a technology, then those of organisations, that a case may still add, the newest first.
_ADDABLE = text(f"""
    SELECT r.id::text, r.kind, r.office, coalesce(r.number, r.application_number) AS number, {whose("r")} AS owner FROM rights r
    CROSS JOIN LATERAL (SELECT EXISTS (
        SELECT FROM right_technologies l WHERE l.right_id = r.id
        AND l.technology_id = {in_its_place("technologies", "CAST(:technology AS uuid)")}
    ) AS protects) AS own
    WHERE r.programme_id = CAST(:programme AS uuid) AND r.merged_into IS NULL AND r.expired_at IS NULL AND r.id NOT IN (
        SELECT coalesce(h.merged_into, h.id) FROM rights h WHERE h.id = ANY(CAST(:there AS uuid[]))
    ) AND (own.protects OR EXISTS (
        SELECT FROM right_owners o WHERE o.right_id = r.id AND o.organisation_id IN (
            SELECT o.id FROM {STANDING} WHERE g.id = ANY(CAST(:parties AS uuid[]))
        )
    )) ORDER BY own.protects DESC, r.created_at DESC, r.id LIMIT :most
""")


def _find_by_number(db: Connection, case: Case, number: str) -> str:
    """The right that the case's programme has recorded under a number. Raises InvalidForm for none, several, or one that is there."""
    found = find_rights(db, case.programme, number)
    if len(found) == 1 and found[0] not in case.rights:
        return found[0]
    known = reasons.catalogue.RIGHT_IS_THERE if len(found) == 1 else reasons.catalogue.SEVERAL_RIGHTS
    raise InvalidForm(fields={"number": known if found else reasons.catalogue.RIGHT_UNKNOWN})
