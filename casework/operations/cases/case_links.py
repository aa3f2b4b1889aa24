"""Cases of a programme that belong together: linking two of them, ending a link, and showing how the linked ones stand.

Both histories tell of a link in one transaction. It is told to those who read all cases of the programme; to everybody else,
also to whoever reads one of the two alone, there is none.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.case_links import (
    CHILD,
    FROM_THERE,
    KIND,
    LINKERS,
    OTHER,
    PARENT,
    against_parent,
)
from casework.engine.execution.commands import Command, LinkCase, UnlinkCase
from casework.engine.execution.context import By
from casework.engine.state.case import Case
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.operations.cases.case_capacities import capacity_on_case, case_answer, on_case
from casework.operations.cases.link_views import LinkedCase
from casework.operations.cases.opening import case_of_programme
from casework.operations.cases.queries import find_case
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import Standing, follow, new_id, perform, stand
from casework.operations.core.reader_names import titled
from casework.operations.core.views import Items
from casework.permissions.actors import DECIDES, Actor
from casework.permissions.visibility import MEDIATED, mediated_since, sees_links
from casework.records.event_log import lock_log


def link_cases(
    db: Connection, actor: Actor, number: str, *, other: str, kind: str, revision: int | None, request: Request
) -> Done:
    """Link a case to another one of its programme, by its number; what that is to this one is the `kind`.

    Raises InvalidForm where either of the two speaks against it, or a line of parents.
    """
    case = _linkable(db, actor, number)
    capacity_on_case(actor, case, LINKERS, reasons.actions.LINK_CASE)
    there = case_of_programme(db, actor, case.programme, other, field=OTHER)
    if kind not in FROM_THERE:
        raise InvalidForm(fields={KIND: reasons.fields.NOT_A_CHOICE})
    if there == case.log:
        raise InvalidForm(fields={OTHER: reasons.cases.LINK_TO_ITSELF})
    id, done_by = new_id(), list[By]()

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = on_case(actor, standing, LINKERS, reasons.actions.LINK_CASE, revision)
        done_by.append(by)
        if kind in (PARENT, CHILD):
            # The programme's turn: no line of parents changes meanwhile.
            lock_log(db, standing.case.programme)
            child, parent = (case.log, there) if kind == PARENT else (there, case.log)
            if (why := against_parent(_parents_around(db, child, parent), child, parent)) is not None:
                raise InvalidForm(fields={OTHER: why})
        return LinkCase(id, there, other, kind, case.log), by

    tell = _teller(db, actor, LinkCase(id, case.log, number, FROM_THERE[kind], case.log), done_by)
    return perform(
        db, actor, case.log, "case", to_command, answer=case_answer, request=request, beside=[there], tell=tell
    )


def end_case_link(
    db: Connection, actor: Actor, number: str, link: str, *, reason: str, revision: int | None, request: Request
) -> Done:
    """End a link of a case to another one, with a reason. Raises NotFound for one that it does not have."""
    case = _linkable(db, actor, number)
    standing_link, done_by = case.related.get(link), list[By]()
    # Of one that has ended it is asked under the lock, where the request may be one that was done.
    beside = [standing_link.case] if standing_link is not None else []

    def to_command(standing: Standing) -> tuple[Command, By]:
        if standing_link is None:
            raise NotFound("link")
        by = on_case(actor, standing, LINKERS, reasons.actions.UNLINK_CASE, revision)
        done_by.append(by)
        return UnlinkCase(link, reason, case.log), by

    tell = _teller(db, actor, UnlinkCase(link, reason, case.log), done_by)
    return perform(
        db, actor, case.log, "case", to_command, answer=case_answer, request=request, beside=beside, tell=tell
    )


def list_case_links(db: Connection, actor: Actor, number: str) -> Items[LinkedCase]:
    """The cases to which one is linked, as they stand. Raises NotFound for whoever is told of none."""
    return Items(items=linked_cases(db, actor, _linkable(db, actor, number)))


def linked_cases(db: Connection, actor: Actor, case: Case) -> list[LinkedCase]:
    """The same of a case that was found."""
    links = {link.case: link for link in case.related.values()} if sees_links(actor, case) else {}
    rows = db.execute(_LINKED, {"cases": sorted(links)}).all() if links else ()
    return [
        LinkedCase(
            id=links[row.log].id,
            number=row.number,
            kind=links[row.log].kind,
            title=row.title,
            edition=row.edition,
            state=row.state,
            outcome=row.outcome,
            waits_for=row.waits_for,
            removed=row.removed,
        )
        for row in rows
    ]


def _linkable(db: Connection, actor: Actor, number: str) -> Case:
    case, _ = find_case(db, actor, number)
    if not sees_links(actor, case):
        raise NotFound("case")
    return case


def _teller(db: Connection, actor: Actor, command: Command, done_by: list[By]) -> Callable[[str], None]:
    """What has the other log say the same, in the name of whoever did it in the first one."""

    def tell(log: str) -> None:
        standing = stand(db, log, "case")
        if standing.case.removed_at is not None:
            raise Refused(reasons.cases.LINKED_WAS_REMOVED)
        _insist_may_tell(actor, standing.case, done_by[0])
        follow(db, standing, command, done_by[0])

    return tell


def _insist_may_tell(actor: Actor, case: Case, by: By) -> None:
    """Who may not act in the other case at all writes nothing into its history either, in whoever's name."""
    if {by.person, by.acting_for} & case.interests:
        raise NotAllowed(why=reasons.cases.INTEREST_DECLARED)
    if by.role in DECIDES and mediated_since(actor, case.programme, case.opened_at):
        raise NotAllowed(why=MEDIATED)


def _parents_around(db: Connection, child: str, parent: str) -> dict[str, str]:
    """Of each case above one and below another one its parent."""
    return {row.child: row.parent for row in db.execute(_AROUND, {"child": child, "parent": parent})}


#: Of the cases above one and below another one, each with its parent. Their number is bounded by how many links a case has, and how
#: deep a line is; a ring that was forged is gone round no more often than that.
_AROUND = text("""
    WITH RECURSIVE line(id, way, steps) AS (
        SELECT CAST(:parent AS uuid), 'parent', 0
        UNION SELECT CAST(:child AS uuid), 'child', 0
        UNION SELECT CAST(r->>'case' AS uuid), l.way, l.steps + 1
        FROM line l JOIN cases c ON c.id = l.id CROSS JOIN jsonb_array_elements(c.related) r
        WHERE r->>'kind' = l.way AND l.steps < 10
    )
    SELECT c.id::text AS child, r->>'case' AS parent FROM cases c CROSS JOIN jsonb_array_elements(c.related) r
    WHERE c.id IN (SELECT id FROM line) AND r->>'kind' = 'parent'
""")
#: How linked cases stand, in the order of their numbers: where, and for whom they wait.
_LINKED = text(f"""
    SELECT c.id::text AS log, c.number, {titled("c")} AS title, m.edition, c.state, c.outcome, d.waits_for,
        c.removed_at IS NOT NULL AS removed
    FROM cases c JOIN case_dates d ON d.id = c.id
    JOIN LATERAL (
        SELECT t.edition FROM tracks t WHERE t.log_id = c.id AND t.part = 'main' ORDER BY t.position LIMIT 1
    ) m ON true
    WHERE c.id = ANY(CAST(:cases AS uuid[])) ORDER BY c.number
""")


__all__ = ["end_case_link", "link_cases", "linked_cases", "list_case_links"]
