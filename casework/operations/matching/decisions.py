"""What people decide on a run's candidates: each becomes a match, which is shortlisted, refused with a reason, or opens its case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm, NotAllowed, Refused
from casework.json_values import JsonMapping
from casework.matching.explanation import Kind
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.matches import MATCH_FOUND, create_match, judge_match
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import in_its_place, one_with
from casework.operations.core.register_entries import note_entries
from casework.operations.matching.acceptance import accept_match
from casework.operations.matching.run_decisions import COUNTS_FIRST
from casework.operations.matching.runs import Kept, find_listed, read_run
from casework.operations.matching.shortlist import set_shortlisted
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.records.event_log import lock_log
from casework.records.row_security import whole

Decision = Literal["accept", "shortlist", "take_off", "refuse"]
#: The match that a need and a technology, or the records in their places, have already; of several the one that counts.
_MATCHED = text(f"""
    SELECT m.id::text FROM matches m JOIN technologies t ON t.id = m.technology_id
    WHERE m.need_id IN {one_with("needs", "CAST(:need AS uuid)")}
    AND coalesce(t.merged_into, t.id) = {in_its_place("technologies", "CAST(:technology AS uuid)")} ORDER BY {COUNTS_FIRST} LIMIT 1
""")
#: Says of a match on which list it was found, where no list has it yet.
_FIND = text("""
    UPDATE matches SET run_id = CAST(:run AS uuid), run_rank = :rank
    WHERE id = CAST(:id AS uuid) AND run_id IS NULL AND refused_at IS NULL AND expired_at IS NULL AND case_id IS NULL
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
    relaxed: Mapping[str, str] | None = None,
    follows_from: str | None = None,
    request: Request,
) -> Done:
    """Accept a candidate, which opens its case, put it on the shortlist or take it off, or refuse it with a code and a reason.

    `relaxed` says by filter why it is accepted though that removes it by now, and `follows_from` the number of the case that it follows
    from.
    """
    row = read_run(db, actor, run)
    by = in_the_programme(actor, row.programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    found = find_listed(row, technology)
    if found is None:
        raise InvalidForm(fields={"technology": reasons.fields.NOT_KNOWN})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    # Two officers may decide at once: the second one finds the match of the first.
    with whole(db):
        lock_log(db, row.programme)
    match = db.execute(_MATCHED, {"need": row.need, "technology": technology}).scalar_one_or_none()
    if match is None and decision == "take_off":
        raise Refused(reasons.catalogue.NOT_SHORTLISTED)
    if match is None:
        match = _enter(db, actor, row, found, _part_of(request, "match"))
    elif db.execute(_FIND, {"id": match, "run": run, "rank": found["rank"]}).rowcount:
        note_entries(db, "matches", row.programme, [match], kind=MATCH_FOUND, by=by.person, role=by.role)
    answer = {"run": run, "technology": technology, "decision": decision, "match": match}
    if decision == "accept":
        opened = accept_match(
            db,
            actor,
            match,
            run=row,
            relaxed=relaxed,
            follows_from=follows_from,
            request=_part_of(request, "case"),
        )
        answer["case"] = opened.answer["number"]
    elif decision == "refuse":
        judge_match(db, actor, match, refused=True, code=code, reason=reason or "", request=_part_of(request, "judge"))
    else:
        set_shortlisted(db, actor, match, on=decision == "shortlist", request=_part_of(request, "shortlist"))
    return finish(db, actor, request, Done(answer))


def _enter(db: Connection, actor: Actor, run: Kept, found: JsonMapping, request: Request) -> str:
    """The match of a candidate of which nobody has made one."""
    words = [part["text"] for part in found["explanation"]["parts"] if part["kind"] in (Kind.WORD, Kind.TRANSLATION)]
    said = ", ".join(words[:5])
    made = create_match(
        db,
        actor,
        programme=run.programme,
        need=run.need,
        technology=found["technology"],
        source=FROM_RUN,
        external_id=f"{run.id}/{found['technology']}",
        proposed_on=None,
        proposed_by=None,
        score=format(found["score"], ".6f"),
        rationale=f"{said} ({FROM_RUN} {run.id}, rank {found['rank']}, digest {run.digest})",
        run=(run.id, found["rank"]),
        request=request,
    )
    return str(made.answer["id"])


def _part_of(request: Request, part: str) -> Request:
    """A request for one step of a decision: asked for again it is the same one."""
    return Request(f"{request.key}/{part}", request.digest)
