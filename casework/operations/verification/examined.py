"""What an auditor has examined, and what was found there by now: of which an attestation tells whether the auditor names it or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm, NotAllowed
from casework.json_values import JsonObject
from casework.ledger.canonical_json import digest, instant
from casework.operations.audit.finding_rows import CLOSED, STATES
from casework.operations.core.perform import calendar_of
from casework.operations.verification.kept_samples import FOUND, IN_ORDER, KeptSample, read_kept
from casework.operations.verification.verified_cases import STATE_OF, WRONG, last_night
from casework.operations.verification.verified_cases import STATES as VERIFIED
from casework.permissions.actors import Actor
from casework.permissions.visibility import MEDIATED
from casework.records.access_sql import mediated
from casework.records.event_log import now
from casework.records.row_security import whole

#: So many cases are named one by one; an attestation of more is of all of them.
MOST_CASES = 200
#: So many findings that are not closed, and so many cases with something wrong, are named; beside them stands how many there are.
MOST_NAMED = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What was examined: from which day to which, both included, and which cases by their numbers; all that had been opened by the end of
    the last day, where none is named."""

    since: date
    until: date
    cases: tuple[str, ...] = ()
    #: The kept sample of which the cases are, in the place of their numbers.
    sample: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What is known of what was examined, as the statement says it."""

    period: JsonObject
    cases: JsonObject
    findings: JsonObject
    verification: JsonObject

    @property
    def is_clean(self) -> bool:
        """Whether no finding is left open, and verification found nothing wrong."""
        told = self.verification
        return not (self.findings["not_closed"] or told["states"][WRONG] or told["night_wrong"] or told["alarms"])

    @property
    def seen(self) -> str:
        """The digest of what speaks against the cases: whoever has seen it has seen all of that."""
        told = self.verification
        wrong = {name: told[name] for name in ("wrong", "night_wrong", "alarms")}
        return digest({"not_closed": self.findings["not_closed"], "named": self.findings["named"], **wrong})


def examine(db: Connection, actor: Actor, programme: str, scope: Scope) -> Found:
    """What is known by now of what an auditor examined; the caller says who may ask.

    Raises InvalidForm for a period or a case that there is not, NotAllowed for a case that the auditor has worked on or mediates.
    """
    sample = _sample(db, programme, scope)
    numbers = scope.cases if sample is None else sample.cases
    moment = now(db)
    last = _end_of(scope.until, calendar_of(db, programme).zone)
    if scope.until < scope.since:
        raise InvalidForm(fields={"until": reasons.fields.NOT_BEFORE_FIRST_DAY})
    if len(scope.cases) > MOST_CASES:
        raise InvalidForm(fields={"cases": reasons.attestations.TOO_MANY(most=MOST_CASES)})
    given: dict[str, Any] = {
        "programme": programme,
        "person": actor.person,
        "numbers": [*numbers],
        "all": not numbers,
        "until": min(last, moment),
        "most": MOST_NAMED,
    }
    with whole(db):
        cases = db.execute(_CASES, given).one()
        _insist_each(db, actor, programme, numbers)
        found = db.execute(_FINDINGS, given).all()
        named = db.execute(_NOT_CLOSED, given).all()
        states = {row.state: row.n for row in db.execute(_VERIFIED, given)}
        wrong = list(db.execute(_WRONG, given).scalars())
        alarms = db.execute(_ALARMS).scalar_one()
    night = last_night(db, actor)
    counts = {state: sum(row.n for row in found if row.state == state) for state in STATES}
    return Found(
        period={"since": scope.since.isoformat(), "until": scope.until.isoformat()},
        cases={
            "all": not numbers,
            "numbers": [*numbers],
            "count": cases.n,
            "opened_by": instant(given["until"]),
            "sample": None if sample is None else _as_said(sample),
        },
        findings={
            **counts,
            "not_closed": sum(n for state, n in counts.items() if state != CLOSED),
            "named": [{"id": str(row.id), "number": row.number, "event": row.seq, "state": row.state} for row in named],
        },
        verification={
            "at": instant(moment),
            "states": dict.fromkeys(VERIFIED, 0) | states,
            "wrong": wrong,
            "night": None if night is None else night.at,
            "night_wrong": night is not None and not night.whole,
            "alarms": alarms,
        },
    )


def _sample(db: Connection, programme: str, scope: Scope) -> KeptSample | None:
    if scope.sample is None:
        return None
    sample = read_kept(db, programme).get(scope.sample)
    if sample is None or scope.cases:
        raise InvalidForm(fields={"sample": reasons.attestations.ONE_SAMPLE})
    return sample


def _as_said(sample: KeptSample) -> JsonObject:
    """How it was drawn, and how far it was looked at."""
    results = [look.result for look in sample.looks.values()]
    return {
        "number": sample.number,
        "seed": sample.seed,
        "as_of": sample.as_of,
        "population": sample.population,
        IN_ORDER: results.count(IN_ORDER),
        FOUND: results.count(FOUND),
    }


def _end_of(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.max, ZoneInfo(zone))


def _insist_each(db: Connection, actor: Actor, programme: str, numbers: Sequence[str]) -> None:
    """Raises InvalidForm for a number that is none of the cases that the auditor sees, NotAllowed where another auditor is to judge."""
    if not numbers:
        return
    rows = {row.number: row for row in db.execute(_EACH, _named(actor, programme, numbers))}
    for number in numbers:
        row = rows.get(number)
        if row is None:
            raise InvalidForm(fields={"cases": reasons.attestations.NO_CASE(number=number)})
        if row.acted:
            raise NotAllowed(why=reasons.attestations.WORKED_ON(number=number))
        if row.mediated:
            raise NotAllowed(why=MEDIATED)


def _named(actor: Actor, programme: str, numbers: Sequence[str]) -> dict[str, Any]:
    return {"programme": programme, "person": actor.person, "numbers": [*numbers]}


#: The cases that were examined: those named, or all that had been opened by a moment; none in which the auditor has declared an interest.
_EXAMINED = """
    c.programme_id = CAST(:programme AS uuid) AND NOT CAST(:person AS text) = ANY(c.interests)
    AND (:all AND c.opened_at <= :until OR c.number = ANY(CAST(:numbers AS text[])))
"""
#: How many they are.
_CASES = text(f"SELECT count(*) AS n FROM cases c WHERE {_EXAMINED}")
#: Of some cases that are named: whether the auditor has acted there, or is among those who mediate it.
_EACH = text(f"""
    SELECT c.number, EXISTS (
        SELECT FROM events e WHERE e.log_id = c.id
        AND (e.actor_id = CAST(:person AS text) OR e.header->>'acting_for' = CAST(:person AS text))
    ) AS acted, {mediated("CAST(:person AS uuid)", "c.programme_id", "c.opened_at")} AS mediated
    FROM cases c WHERE c.programme_id = CAST(:programme AS uuid) AND c.number = ANY(CAST(:numbers AS text[]))
    AND NOT CAST(:person AS text) = ANY(c.interests)
""")
#: How many findings about them are in each state.
_FINDINGS = text(f"""
    SELECT f.state, count(*) AS n FROM findings f JOIN cases c ON c.id = f.case_id WHERE {_EXAMINED} GROUP BY f.state
""")
#: The findings about them that are not closed, the first raised before the rest.
_NOT_CLOSED = text(f"""
    SELECT f.id, c.number, f.seq, f.state FROM findings f JOIN cases c ON c.id = f.case_id
    WHERE {_EXAMINED} AND f.state <> '{CLOSED}' ORDER BY f.raised_at, f.id LIMIT :most
""")
#: They, each with what verification found of it last.
_JUDGED = f"FROM cases c JOIN logs l ON l.id = c.id LEFT JOIN verifications v ON v.log_id = c.id WHERE {_EXAMINED}"
#: How far their histories are verified.
_VERIFIED = text(f"SELECT {STATE_OF} AS state, count(*) AS n {_JUDGED} GROUP BY 1")
#: Those in which something is wrong.
_WRONG = text(f"SELECT c.number {_JUDGED} AND {STATE_OF} = '{WRONG}' ORDER BY c.number LIMIT :most")
#: How often a witness signed another tree than the one that is here.
_ALARMS = text("SELECT count(*) FROM witness_alarms")


__all__ = ["MOST_CASES", "MOST_NAMED", "Found", "Scope", "examine"]
