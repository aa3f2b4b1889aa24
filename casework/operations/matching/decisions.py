"""What people decide on a run's candidates: each becomes a match, which is kept, refused with a reason, or opens its case."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm, NotAllowed, Refused
from casework.matching.explanation import Kind
from casework.operations.cases.opening import open_case
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.matches import LOCKED, create_match, judge_match
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import in_its_place, one_with
from casework.operations.matching.runs import COUNTS_FIRST, read_run
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.records.event_log import lock_log
from casework.records.row_security import whole

Decision = Literal["accept", "shortlist", "refuse"]
#: The match that a need and a technology, or the records in their places, have already; of several the one that counts.
_MATCHED = text(f"""
    SELECT m.id::text FROM matches m JOIN technologies t ON t.id = m.technology_id
    WHERE m.need_id IN {one_with("needs", "CAST(:need AS uuid)")}
    AND coalesce(t.merged_into, t.id) = {in_its_place("technologies", "CAST(:technology AS uuid)")} ORDER BY {COUNTS_FIRST} LIMIT 1
""")
#: Where a match says that it comes from.
FROM_RUN = "match run"


def decide(
    db: Connection,
    actor: Actor,
    run: str,
    *,
    technology: str,
    decision: Decision,
    code: str | None = None,
    reason: str | None = None,
    request: Request,
) -> Done:
    """Accept a candidate, which opens its case, keep it on the short list, or refuse it with a code and a reason."""
    row = read_run(db, actor, run)
    if in_the_programme(actor, row.programme, EDITORS) is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    found = next((one for one in row.found["candidates"] if one["technology"] == technology), None)
    if found is None:
        raise InvalidForm(fields={"technology": reasons.fields.NOT_KNOWN})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    # Two officers may decide at once: the second one finds the match of the first.
    with whole(db):
        lock_log(db, row.programme)
    match = db.execute(_MATCHED, {"need": row.need, "technology": technology}).scalar_one_or_none()
    if match is not None and decision == "shortlist":
        _insist_open(db, match)
    if match is None:
        words = [part["text"] for part in found["explanation"]["parts"] if part["kind"] != Kind.DEPLOYED]
        said = ", ".join(words[:5])
        made = create_match(
            db,
            actor,
            programme=row.programme,
            need=row.need,
            technology=technology,
            source=FROM_RUN,
            external_id=f"{run}/{technology}",
            proposed_on=None,
            proposed_by=None,
            score=format(found["score"], ".6f"),
            rationale=f"{said} ({FROM_RUN} {run}, rank {found['rank']}, digest {row.digest})",
            request=_part_of(request, "match"),
        )
        match = str(made.answer["id"])
    answer = {"run": run, "technology": technology, "decision": decision, "match": match}
    if decision == "accept":
        opened = open_case(db, actor, match, _part_of(request, "case"))
        answer["case"] = opened.answer["number"]
    elif decision == "refuse":
        judge_match(db, actor, match, refused=True, code=code, reason=reason or "", request=_part_of(request, "judge"))
    return finish(db, actor, request, Done(answer))


def _insist_open(db: Connection, match: str) -> None:
    """Raises Refused for a match that cannot stand on a short list."""
    row = db.execute(LOCKED, {"id": match}).one()
    if row.case_id is not None:
        raise Refused(reasons.catalogue.MATCH_HAS_CASE)
    if row.refused or row.expired:
        raise Refused(reasons.catalogue.MATCH_REFUSED if row.refused else reasons.catalogue.MATCH_EXPIRED)


def _part_of(request: Request, part: str) -> Request:
    """A request for one step of a decision: asked for again it is the same one."""
    return Request(f"{request.key}/{part}", request.digest)
