"""Screenings of organisations and of their owners: recorded once, they hold for every case of the programme until they run out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import uuid_utils
from sqlalchemy import Connection, text

from casework.engine.case_objects.organisations import SCREENED, SCREENERS
from casework.engine.case_objects.screenings import HIT, LONGEST, RECORD_LIMIT, RESULTS, faults_of
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm
from casework.json_values import JsonMapping
from casework.ledger.redactable_bodies import ERASED_WORDS
from casework.operations.catalogue.evidence import SCREENING, Papers, file_papers
from casework.operations.catalogue.organisations import insist_home, lock_home
from casework.operations.catalogue.views import ScreeningRow
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.perform import calendar_of
from casework.operations.core.register_log import append
from casework.operations.core.screened_cases import running_cases, tell_cases
from casework.operations.core.screened_parties import COUNTS_UNTIL, enter_screening
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.event_log import lock_logs, now
from casework.records.row_security import whole


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnerToScreen:
    """An owner above 25 per cent who is looked for in the lists with the organisation."""

    id: str
    name: str


def list_screenings(db: Connection, actor: Actor, organisation: str) -> list[ScreeningRow]:
    """The screenings of an organisation in the programmes that the actor reads, the newest first."""
    rows = db.execute(_LISTED, {"id": organisation, "seen": sorted(reach(actor).all_of)})
    return [
        ScreeningRow(
            id=row.id,
            result=row.result,
            checked_on=row.checked_on.isoformat(),
            valid_until=row.valid_until.isoformat() if row.valid_until else None,
            counts_until=row.counts_until.isoformat() if row.counts_until else None,
            lists=row.lists,
            finding=row.finding,
            evidence=row.evidence,
            holds=row.holds,
        )
        for row in rows
    ]


#: The screenings of an organisation in some programmes, and whether they have not run out.
_LISTED = text(f"""
    SELECT s.*, s.id::text AS id, {COUNTS_UNTIL} AS counts_until, coalesce(
        {COUNTS_UNTIL} >= CAST(casework_now() AT TIME ZONE (y.calendar->>'zone') AS date), false
    ) AS holds FROM organisation_screenings s JOIN programmes y ON y.id = s.programme_id
    WHERE s.organisation_id = CAST(:id AS uuid) AND s.programme_id = ANY(CAST(:seen AS uuid[]))
    ORDER BY s.checked_on DESC, s.made_at DESC, s.id DESC LIMIT 50
""")


def record_screening(
    db: Connection,
    actor: Actor,
    organisation: str,
    *,
    fields: JsonMapping,
    owners: Mapping[str, str],
    request: Request,
    papers: Papers | None = None,
    seen: int | None = None,
) -> Done:
    """Record how an organisation was screened, and each of its owners by id: `clear` or `hit`.

    Raises InvalidForm where something is missing or an owner on record was left out, and RecordHasMoved where the log is longer than
    when it was `seen`.
    """
    programme, by = insist_home(db, actor, organisation, SCREENERS)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    cases = running_cases(db, organisation, programme)
    with whole(db):
        # Cases before the organisation, as an answer in a case does.
        lock_logs(db, cases)
    log = lock_home(db, organisation, seen)
    known = [owner.id for owner in _owners(db, organisation, programme)]
    today = calendar_of(db, programme).local_date(now(db))
    if faults := faults_of(fields, owners, known, today):
        raise InvalidForm(fields=faults)
    id = str(uuid_utils.uuid7())
    body = enter_screening(db, log, id, programme, fields=fields, owners={owner: owners[owner] for owner in known})
    told: RegisterEffects = {"programme": programme}
    event = log.next_event(SCREENED, by.person, role=by.role, acting_for=by.acting_for, effects=told, body=body)
    append(db, log, [event])
    file_papers(db, by, organisation, programme, about=id, kind=SCREENING, papers=papers)
    tell_cases(db, organisation, cases)
    return finish(db, actor, request, Done({"id": id}, 201))


def owners_to_screen(db: Connection, actor: Actor, organisation: str) -> list[OwnerToScreen]:
    """The owners whom a screening by the actor answers for: those that the same programme has entered. Raises NotFound, NotAllowed."""
    programme, _ = insist_home(db, actor, organisation, SCREENERS)
    return _owners(db, organisation, programme)


def _owners(db: Connection, organisation: str, programme: str) -> list[OwnerToScreen]:
    rows = db.execute(_OWNERS, {"organisation": organisation, "programme": programme, "erased": ERASED_WORDS})
    return [OwnerToScreen(id=row.id, name=row.name) for row in rows]


#: The owners of an organisation that a programme has entered and whose name is known, the largest first.
_OWNERS = text("""
    SELECT x.id::text, x.name FROM organisation_owners x WHERE x.organisation_id = CAST(:organisation AS uuid)
    AND x.programme_id = CAST(:programme AS uuid) AND x.name <> :erased ORDER BY x.share DESC NULLS LAST, x.name, x.id
""")


#: For how many days a screening holds where nobody says otherwise; ours, no law's.
USUAL = 90


def usual_end(checked_on: date, most: int = USUAL) -> date:
    """Until when it holds where nobody says otherwise. `most`: the programme's limit in days."""
    return checked_on + timedelta(days=min(USUAL, most))


def most_days(db: Connection, actor: Actor, organisation: str) -> int:
    """For how many days a screening by the actor counts at most, by the programme's limit. Raises NotFound, NotAllowed."""
    programme, _ = insist_home(db, actor, organisation, SCREENERS)
    return calendar_of(db, programme).limits.get(RECORD_LIMIT, LONGEST.days)


__all__ = [
    "HIT", "RESULTS", "USUAL", "OwnerToScreen", "list_screenings", "most_days", "owners_to_screen", "record_screening",
    "usual_end",
]  # fmt: skip
