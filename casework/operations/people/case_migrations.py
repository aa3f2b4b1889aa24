"""Moving running cases to another edition of a workflow: the plan, what becomes of each case by it, the move and the way back.

One transaction for each case, under its lock, which is judged again there. Who was killed in between starts again: what has moved says
so. Many at once are a batch, which two persons decide and the worker carries out. Sealed mediations are in no list and no count; they keep
the edition by which they began.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.definition.migration_plans import EARLIER, LATER, WORKFLOW, MigrationPlan, plan_migration
from casework.engine.execution.context import By
from casework.engine.execution.migrations import Verdict, judge_case, way_back, why_not_back
from casework.engine.state.case import Case
from casework.engine.state.events import MIGRATED, Event
from casework.engine.state.migration_effects import Migration
from casework.engine.state.projection import evolve
from casework.errors import InvalidForm
from casework.operations.core.perform import Standing, stand, write
from casework.operations.people.case_migration_views import CaseVerdict, MovedCase
from casework.operations.people.letterheads import insist_sets
from casework.permissions.actors import Actor
from casework.records.case_loader import load, load_several
from casework.records.database import savepoint
from casework.records.event_log import event_of

#: What was done, of the kind MIGRATED.
MOVED, TAKEN_BACK = "moved", "taken_back"
#: What runs in sealed logs alone.
_SEALED = frozenset({"mediation"})


def make_plan(
    workflow: str, earlier: int, later: int, mapping: Mapping[str, Mapping[str, str]] | None = None
) -> MigrationPlan:
    """The plan between two editions of a workflow by their numbers. Raises InvalidForm."""
    if workflow in _SEALED:
        raise InvalidForm(fields={WORKFLOW: reasons.migration.SEALED})
    found: dict[str, Edition] = {}
    faults = {}
    for field, number in ((EARLIER, earlier), (LATER, later)):
        edition = next(
            (one for one in load_library().editions.values() if (one.workflow, one.number) == (workflow, number)), None
        )
        if edition is None:
            faults[field] = reasons.migration.NO_EDITION(workflow=workflow, number=str(number))
        else:
            found[field] = edition
    if not faults and earlier == later:
        faults[LATER] = reasons.migration.SAME
    if faults:
        raise InvalidForm(fields=faults)
    return plan_migration(found[EARLIER], found[LATER], mapping)


#: The cases of a programme of which something runs by an edition, but for those that a person keeps out of.
_ON_IT = text("""
    SELECT c.id::text AS id, c.number FROM cases c WHERE c.programme_id = CAST(:programme AS uuid) AND :person <> ALL(c.interests)
    AND EXISTS (SELECT FROM tracks t WHERE t.log_id = c.id AND t.edition = :edition AND t.ended_at IS NULL)
    AND c.number > :after AND (CAST(:numbers AS text[]) IS NULL OR c.number = ANY(:numbers)) ORDER BY c.number, c.id LIMIT :most
""")
#: The cases of a programme that a plan has moved and that have not gone back, each with the event of its last move.
_MOVED = text("""
    SELECT c.id::text AS id, c.number, e.seq AS event FROM cases c
    CROSS JOIN LATERAL (
        SELECT m.seq, m.effects->'migration' AS told FROM events m
        WHERE m.log_id = c.id AND m.kind = 'migrated' ORDER BY m.seq DESC LIMIT 1
    ) e
    WHERE c.programme_id = CAST(:programme AS uuid) AND :person <> ALL(c.interests)
    AND e.told->>'plan' = :plan AND NOT e.told ? 'back'
    ORDER BY c.number, c.id
""")
#: The last move of a case, and what came after it.
_SINCE = text("""
    SELECT header, effects, body FROM events WHERE log_id = CAST(:log AS uuid)
    AND seq >= (SELECT max(seq) FROM events WHERE log_id = CAST(:log AS uuid) AND kind = 'migrated') ORDER BY seq
""")


def judge_cases(
    db: Connection, actor: Actor, programme: str, plan: MigrationPlan, *, after: str = "", most: int | None = None
) -> list[CaseVerdict]:
    """What would become of each case of a programme that runs by the earlier edition; `after` one of a number, and so many at `most`.

    Raises NotFound, NotAllowed.
    """
    insist_sets(actor, programme)
    on_it = list_on(db, actor, programme, plan.old.fingerprint, after=after, most=most)
    cases = load_several(db, on_it.values()) if on_it else {}
    return [_said(id, number, judge_case(plan, cases[id])) for number, id in on_it.items()]


def list_on(
    db: Connection,
    actor: Actor,
    programme: str,
    edition: str,
    *,
    after: str = "",
    most: int | None = None,
    numbers: Collection[str] | None = None,
) -> dict[str, str]:
    """By number the logs of the cases that run by an edition, but for those that the actor keeps out of; of these `numbers` alone."""
    asked = {"programme": programme, "person": actor.person, "edition": edition, "after": after, "most": most}
    rows = db.execute(_ON_IT, {**asked, "numbers": None if numbers is None else sorted(numbers)}).all()
    return {row.number: row.id for row in rows}


def list_moved(db: Connection, actor: Actor, programme: str, digest: str) -> list[MovedCase]:
    """The cases that a plan has moved and that have not gone back. Raises NotFound, NotAllowed."""
    insist_sets(actor, programme)
    rows = db.execute(_MOVED, {"programme": programme, "person": actor.person, "plan": digest}).all()
    return [MovedCase(id=row.id, number=row.number, event=row.event) for row in rows]


def move_case(db: Connection, actor: Actor, case: str, plan: MigrationPlan) -> CaseVerdict:
    """Move a case by a plan, in the caller's transaction; what the plan does not answer leaves it as it is.

    It is judged again under its lock, so that what happened since somebody looked counts.
    """
    standing = stand(db, case, "case")
    return move_standing(db, standing, insist_sets(actor, standing.case.programme), plan)


def move_standing(
    db: Connection, standing: Standing, by: By, plan: MigrationPlan, *, batch: int | None = None
) -> CaseVerdict:
    """The same with a case under its lock, for whoever may; of a `batch` its decision is told."""
    verdict = judge_case(plan, standing.case)
    said = _said(standing.log.id, str(standing.case.number), verdict)
    if verdict.migration is None:
        return said
    event = _tell(db, standing, by, what=MOVED, migration=verdict.migration, batch=batch)
    return replace(said, event=event.seq)


def take_back_case(db: Connection, actor: Actor, case: str, digest: str) -> CaseVerdict:
    """Let a case that a plan has moved go back, while nothing came of the later edition."""
    standing = stand(db, case, "case")
    return take_back_standing(db, standing, insist_sets(actor, standing.case.programme), digest)


def take_back_standing(
    db: Connection, standing: Standing, by: By, digest: str, *, batch: int | None = None
) -> CaseVerdict:
    """The same with a case under its lock, for whoever may; of a `batch` its decision is told."""
    case = standing.log.id
    events = [event_of(row.header, row.effects, row.body) for row in db.execute(_SINCE, {"log": case})]
    migration = events[0].effects["migration"] if events else None
    if migration is None or migration["plan"] != digest or "back" in migration:
        why = [reasons.migration.NOT_MOVED]
    else:
        why = why_not_back(standing.case, migration, events[1:])
    number = str(standing.case.number)
    if migration is None or why:
        return CaseVerdict(id=case, number=number, outcome="stays", why=tuple(why))
    back = way_back(migration, events[0].seq)
    event = _tell(db, standing, by, what=TAKEN_BACK, migration=back, batch=batch)
    return CaseVerdict(id=case, number=number, outcome="moves", why=(), event=event.seq)


def try_case(db: Connection, actor: Actor, case: str, plan: MigrationPlan) -> tuple[CaseVerdict, bool]:
    """Move a case, let it go back, and undo both; gives whether all that runs in it was then as before."""
    with savepoint(db) as point:
        before = load(db, case, "case")
        verdict = move_case(db, actor, case, plan)
        same = True
        if verdict.event is not None:
            take_back_case(db, actor, case, plan.digest)
            same = stands_alike(before, load(db, case, "case"))
        point.rollback()
    return replace(verdict, event=None), same


def stands_alike(one: Case, other: Case) -> bool:
    """Whether two cases are the same but for what counts and dates their events."""
    return _uncounted(one) == _uncounted(other)


def _uncounted(case: Case) -> Case:
    tracks = {id: replace(track, revision=0) for id, track in case.tracks.items()}
    return replace(case, tracks=tracks, seq=0, revision=0, last_at=case.opened_at)


def _tell(db: Connection, standing: Standing, by: By, *, what: str, migration: Migration, batch: int | None) -> Event:
    """Write down in the log of a case that it moved, and bring its rows there."""
    log, case = standing.log, standing.case
    if batch is not None:
        migration = {**migration, "batch": batch}
    event = Event(
        log=case.log,
        seq=log.seq + 1,
        at=log.now,
        kind=MIGRATED,
        actor=by.person,
        acting_for=by.acting_for,
        role=by.role,
        effects={"what": what, "migration": migration},
    )
    write(db, log, case, evolve(case, event), [event])
    return event


def _said(id: str, number: str, verdict: Verdict) -> CaseVerdict:
    return CaseVerdict(id=id, number=number, outcome=verdict.outcome, why=verdict.why)


__all__ = [
    "MOVED", "TAKEN_BACK", "judge_cases", "list_moved", "list_on", "make_plan", "move_case", "move_standing", "stands_alike",
    "take_back_case", "take_back_standing", "try_case",
]  # fmt: skip
