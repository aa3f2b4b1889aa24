"""Where a thing lies, for those who may see it: the policy of `permissions`, in a form that a query can use.

Asked before anything of a case is read: what is not one's own and what is not there cost the same one statement, so
that nobody can tell them apart by the time that the answer takes.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from casework.errors import NotFound
from casework.ledger.canonical_json import instant
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.reasons.terms import Noun
from casework.records.access_sql import (
    ME,
    is_referral,
    named_for,
    opened_case,
    opened_mediation,
    own_paper,
    own_referral,
    own_row,
    reads_case,
)
from casework.records.database import run

#: `a` is a referral, `h` the case or mediation that it belongs to.
_OWN = own_referral("a", "h.interests", ME)
#: Whether a home `h` has a referral to the person's own organisation.
_REFERRED = f"EXISTS (SELECT FROM tracks a WHERE a.log_id = h.id AND {_OWN})"
#: Who reads the whole of a case, and of a mediation.
_WHOLE = f"({reads_case('h', ME)} OR {opened_case('h', ME)})"
_NAMED = f"({named_for('h', ME)} OR {opened_mediation('h', ME)})"


def _asking(select: str, person: int = 2, reaches: int = 3) -> str:
    """A statement whose value `person` is who asks, and whose values from `reaches` on are what that person reaches."""
    return (
        f"WITH me AS (SELECT ${person}::text AS person, ${reaches}::uuid[] AS all_of,"
        f" ${reaches + 1}::uuid[] AS outlines_of, ${reaches + 2}::uuid[] AS organisations,"
        f" ${reaches + 3}::uuid[] AS opened, ${reaches + 4}::uuid[] AS breakers, ${reaches + 5}::uuid[] AS readers,"
        f" ${reaches + 6}::uuid[] AS disputes) {select}"
    )


def _part_of(table: str, theirs: str, where: str = "true") -> str:
    """The log and its kind of a row `t`, for those who read the whole of it and for those for whom `theirs` holds."""
    return " UNION ALL ".join(
        f"SELECT h.id, '{kind}' AS kind FROM me CROSS JOIN {table} t JOIN {homes} h ON h.id = t.log_id"
        f" WHERE t.id = $1::uuid AND {where} AND ({whole} OR {theirs})"
        for kind, homes, whole in (("case", "cases", _WHOLE), ("mediation", "mediations", _NAMED))
    )


#: Who reads a task whole, by what its row says of whom it is shown to. More than that is asked of rare tasks alone: of mediations,
#: and of opened cases.
_WHOLE_TASK = f"""CASE WHEN t.sealed THEN EXISTS (SELECT FROM mediations h WHERE h.id = t.log_id AND {_NAMED})
    ELSE {reads_case("t", ME)}
        OR t.log_id = ANY(me.opened) AND EXISTS (SELECT FROM cases h WHERE h.id = t.log_id AND {opened_case("h", ME)}) END"""


def _task(which: int) -> str:
    return (
        "SELECT t.log_id AS id, CASE WHEN t.sealed THEN 'mediation' ELSE 'case' END AS kind FROM me CROSS JOIN tasks t"
        f" WHERE t.id = ${which}::uuid AND ({_WHOLE_TASK} OR t.organisation_id IS NOT NULL AND {own_row('t', ME)})"
    )


def seen_task(which: int = 1, person: int = 2, reaches: int = 3) -> str:
    """The statement that finds the log of a task; the numbers are those of its values."""
    return _asking(_task(which), person, reaches)


def _case(which: int) -> str:
    return (
        f"SELECT h.id FROM me CROSS JOIN cases h WHERE h.number = ${which}"
        f" AND ({_WHOLE} OR h.programme_id = ANY(me.outlines_of) OR {_REFERRED})"
    )


def seen_case(which: int = 1, person: int = 2, reaches: int = 3) -> str:
    """The statement that finds the log of a case by its number, for whoever may see anything of it; the numbers are those of its values."""
    return _asking(_case(which), person, reaches)


_CASE = seen_case()
#: The id of a mediation, for whoever reads all of it or got a referral of it.
_MEDIATION = _asking(f"SELECT h.id FROM me CROSS JOIN mediations h WHERE h.id = $1::uuid AND ({_NAMED} OR {_REFERRED})")
#: The home of a referral, for whoever may see it.
_REFERRAL = _asking(_part_of("tracks", f"EXISTS (SELECT FROM tracks a WHERE a.id = t.id AND {_OWN})", is_referral("t")))
_TASK = seen_task()
_DOCUMENT = _asking(_part_of("documents", own_paper("t", "h.interests", ME), "NOT me.person = ANY(h.interests)"))


#: So many cases that follow from one are told at most.
_MOST_KIN = 20
#: Of a case the one that it follows from (`above`), and those that follow from it, the oldest first: those that somebody reads whole, and
#: that had been opened by an instant, where one is given.
_KIN = _asking(
    f"""SELECT h.number, k.above FROM me CROSS JOIN LATERAL (
        SELECT o.follows_from_id AS id, true AS above FROM cases o WHERE o.id = $1::uuid AND o.follows_from_id IS NOT NULL
        UNION ALL SELECT x.id, false FROM cases x WHERE x.follows_from_id = $1::uuid
    ) k JOIN cases h ON h.id = k.id WHERE {_WHOLE} AND ($10::timestamptz IS NULL OR h.opened_at <= $10)
    ORDER BY k.above DESC, h.opened_at, h.id LIMIT {_MOST_KIN + 1}"""
)


def reaches(actor: Actor) -> tuple[str, ...]:
    """What somebody reaches, as the values of a statement: programmes, those of outlines, organisations, opened logs, and
    the programmes of opened cases, of opened mediations and of one's own."""
    mine = reach(actor)
    every = (mine.all_of, mine.outlines_of, mine.organisations, mine.opened, mine.breakers, mine.readers, mine.disputes)
    return tuple(_array(ids) for ids in every)


def _array(ids: Collection[str]) -> str:
    return f"{{{','.join(sorted(ids))}}}"


def case_log(db: Connection, actor: Actor, number: str) -> str:
    """The log of a case by its number. Raises NotFound where there is none that the actor sees anything of."""
    return _find(db, actor, _CASE, number, "case")[0]


def kin_of(db: Connection, actor: Actor, log: str, until: datetime | None = None) -> tuple[str | None, list[str]]:
    """The number of the case that one follows from, and those of the first that follow from it, of which the actor reads all; as of an
    instant, where one is given.

    One that somebody does not read is not there: nothing says that there is any.
    """
    rows = run(db, _KIN, (log, actor.person, *reaches(actor), instant(until) if until else None))
    above = next((number for number, is_above in rows if is_above), None)
    return above, [number for number, is_above in rows if not is_above][:_MOST_KIN]


def mediation_log(db: Connection, actor: Actor, id: str) -> str:
    """The log of a sealed mediation. Raises NotFound."""
    return _find(db, actor, _MEDIATION, id, "mediation")[0]


def referral_log(db: Connection, actor: Actor, id: str) -> tuple[str, str]:
    """The log of a referral, and its kind. Raises NotFound."""
    return _find(db, actor, _REFERRAL, id, "referral")


def task_log(db: Connection, actor: Actor, id: str) -> tuple[str, str]:
    """The log of a task, and its kind. Raises NotFound."""
    return _find(db, actor, _TASK, id, "task")


def document_log(db: Connection, actor: Actor, id: str) -> tuple[str, str]:
    """The log of a document, and its kind. Raises NotFound."""
    return _find(db, actor, _DOCUMENT, id, "document")


def _find(db: Connection, actor: Actor, statement: str, which: str, noun: Noun) -> tuple[str, str]:
    rows = run(db, statement, (which, actor.person, *reaches(actor)))
    if not rows:
        raise NotFound(noun)
    return rows[0][0], rows[0][-1]
