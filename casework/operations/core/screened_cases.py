"""The running cases of an organisation hear how it was screened on its record: one screening serves them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.execution.commands import HearScreening
from casework.engine.parts import SCREENS
from casework.engine.state.case import Case
from casework.json_values import Answers
from casework.operations.core.case_parties import OF_CASE
from casework.operations.core.external_facts import outside
from casework.operations.core.perform import by_system, stand
from casework.records.case_loader import load
from casework.records.row_security import whole


@dataclass(frozen=True)
class Beside:
    """What is screened by a task, and which other cases hear of it."""

    log: str
    organisation: str
    cases: list[str]


def running_cases(db: Connection, organisation: str, programme: str) -> list[str]:
    """The cases of a programme that run and of which an organisation is a party: to be locked before its own log is."""
    with whole(db):
        return list(db.execute(_RUNNING, {"id": organisation, "programme": programme}).scalars())


def cases_beside(db: Connection, task: str, data: Answers) -> Beside | None:
    """Where a task screens a party, the other running cases of its organisation; looked for before anything is locked."""
    if not _may_screen(data):
        return None
    with whole(db):
        row = db.execute(_TASK, {"id": task}).one_or_none()
        if row is None or load_library()[row.edition].tasks[row.rule].part != SCREENS:
            return None
        case = load(db, row.log, "case")
        organisation = _organisations(db, case).get(row.about)
    if organisation is None:
        return None
    cases = [id for id in running_cases(db, organisation, case.programme) if id != row.log]
    return Beside(row.log, organisation, cases)


def _may_screen(data: Answers) -> bool:
    """Whether the answers fit the form of a task that screens: of all others nothing need be looked for."""
    return bool(data) and any(
        rule.part == SCREENS and data.keys() <= {field["name"] for field in edition.form(rule.form)}
        for edition in load_library().editions.values()
        for rule in edition.tasks.values()
    )


def tell_cases(db: Connection, organisation: str, cases: Iterable[str]) -> None:
    """Let cases that are locked hear that an organisation was screened."""
    with whole(db):
        for log in cases:
            for party in sorted(_parties(db, stand(db, log, "case").case, organisation)):
                by_system(db, stand(db, log, "case"), HearScreening(party))


def _parties(db: Connection, case: Case, organisation: str) -> set[str]:
    return {party for party, id in _organisations(db, case).items() if id == organisation}


def _organisations(db: Connection, case: Case) -> dict[str, str]:
    """By party its organisation, as it stands."""
    told = outside(db, case, ("owners",))["owners"]
    return {party: str(one["organisation"]) for party, one in told.items()} if isinstance(told, Mapping) else {}


#: The running cases of which an organisation is a party now, also as the one in whose place it stands.
_RUNNING = text(f"""
    SELECT DISTINCT c.id::text AS id FROM cases c CROSS JOIN LATERAL {OF_CASE} JOIN organisations g ON g.id = p.id
    WHERE coalesce(g.merged_into, g.id) = CAST(:id AS uuid) AND c.programme_id = CAST(:programme AS uuid)
    AND c.closed_at IS NULL ORDER BY id
""")
#: A side task of a case that is open.
_TASK = text("""
    SELECT t.log_id::text AS log, t.about, t.edition, t.rule FROM tasks t JOIN cases c ON c.id = t.log_id
    WHERE t.id = CAST(:id AS uuid) AND t.type = 'side' AND t.closed_at IS NULL
""")


__all__ = ["Beside", "cases_beside", "running_cases", "tell_cases"]
