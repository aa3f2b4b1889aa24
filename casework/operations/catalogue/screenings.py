"""Screenings of organisations and of their owners: recorded once, they hold for every case of the programme until they run out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import uuid_utils
from sqlalchemy import Connection, text

from casework.engine.case_objects.organisations import SCREENED, SCREENERS
from casework.engine.case_objects.screenings import HIT, RESULTS, faults_of
from casework.errors import InvalidForm
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue.evidence import SCREENING, Papers, file_papers
from casework.operations.catalogue.organisations import insist_home, lock_home, tell
from casework.operations.catalogue.views import ScreeningRow
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.perform import calendar_of
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.event_log import now


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
            lists=row.lists,
            finding=row.finding,
            evidence=row.evidence,
            holds=row.holds,
        )
        for row in rows
    ]


#: The screenings of an organisation in some programmes, and whether they have not run out.
_LISTED = text("""
    SELECT s.*, s.id::text AS id, coalesce(
        s.valid_until >= CAST(casework_now() AT TIME ZONE (p.calendar->>'zone') AS date), false
    ) AS holds FROM organisation_screenings s JOIN programmes p ON p.id = s.programme_id
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
    log = lock_home(db, organisation, seen)
    known = [owner.id for owner in _owners(db, organisation, programme)]
    today = calendar_of(db, programme).local_date(now(db))
    if faults := faults_of(fields, owners, known, today):
        raise InvalidForm(fields=faults)
    id = str(uuid_utils.uuid7())
    row: JsonObject = {
        "id": id,
        "organisation_id": organisation,
        "programme_id": programme,
        "made_at": log.now.isoformat(),
        **{
            name: fields.get(name) or None
            for name in ("result", "checked_on", "valid_until", "lists", "finding", "evidence")
        },
    }
    db.execute(_ADD, {"row": json.dumps(row)})
    for owner in known:
        stood = {"owner": owner, "screened": owners[owner], "on": fields["checked_on"], "lists": fields.get("lists")}
        db.execute(_SCREEN_OWNER, stood)
    entries = {"organisation_screenings": [id]} | ({"organisation_owners": known} if known else {})
    tell(db, log, by, SCREENED, programme=programme, entries=entries)
    file_papers(db, by, organisation, programme, about=id, kind=SCREENING, papers=papers)
    return finish(db, actor, request, Done({"id": id}, 201))


def owners_to_screen(db: Connection, actor: Actor, organisation: str) -> list[OwnerToScreen]:
    """The owners whom a screening by the actor answers for: those that the same programme has entered. Raises NotFound, NotAllowed."""
    programme, _ = insist_home(db, actor, organisation, SCREENERS)
    return _owners(db, organisation, programme)


def _owners(db: Connection, organisation: str, programme: str) -> list[OwnerToScreen]:
    rows = db.execute(_OWNERS, {"organisation": organisation, "programme": programme})
    return [OwnerToScreen(id=row.id, name=row.name) for row in rows]


#: The owners of an organisation that a programme has entered, the largest first.
_OWNERS = text("""
    SELECT x.id::text, x.name FROM organisation_owners x WHERE x.organisation_id = CAST(:organisation AS uuid)
    AND x.programme_id = CAST(:programme AS uuid) ORDER BY x.share DESC NULLS LAST, x.name, x.id
""")
#: Enters a screening.
_ADD = text("""
    INSERT INTO organisation_screenings (
        id, organisation_id, programme_id, result, checked_on, valid_until, lists, finding, evidence, made_at
    ) SELECT id, organisation_id, programme_id, result, checked_on, valid_until, lists, finding, evidence, made_at
    FROM jsonb_populate_record(NULL::organisation_screenings, CAST(:row AS jsonb))
""")
#: Says how an owner was screened last.
_SCREEN_OWNER = text("""
    UPDATE organisation_owners SET screened = :screened, screened_on = CAST(:on AS date), lists = :lists WHERE id = CAST(:owner AS uuid)
""")


def usual_end(checked_on: date) -> date:
    """Until when a screening holds where nobody says otherwise; ours, no law's."""
    return checked_on + timedelta(days=90)


__all__ = ["HIT", "RESULTS", "OwnerToScreen", "list_screenings", "owners_to_screen", "record_screening", "usual_end"]
