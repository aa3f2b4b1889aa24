"""A match is accepted: the hard filters are asked of its need and its technology as they are now, and whoever accepts it against one
says why. The reason stands in the history of the match and in the first entry of its case."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from casework import reasons
from casework.engine.case_objects.kept_records import REASON
from casework.engine.execution.guards import line
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.json_values import JsonMapping
from casework.matching.filters import ALWAYS, FILTERS, Verdict
from casework.operations.cases.opening import open_case
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.match_changes import AGAINST
from casework.operations.catalogue.matches import MATCH_ACCEPTED_AGAINST, show_match
from casework.operations.catalogue.service import read_seen
from casework.operations.catalogue.views import Match
from casework.operations.core.idempotency import Done, Request, find_done
from casework.operations.core.register_entries import note_entries
from casework.operations.matching.listing import judge_now
from casework.operations.matching.runs import Kept, facts_of, note_conflicts, read_run, wanted_by
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.reasons import Why
from casework.records.event_log import lock_log
from casework.records.row_security import whole


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What each hard filter says of a technology for a need, as both are now."""

    verdicts: Mapping[str, Verdict]
    #: What is known of the technology, and what stands between the two owners where that is known.
    kept: JsonMapping
    #: By filter why the run on whose list it was found left it out.
    left_out: Mapping[str, str]

    @property
    def failed(self) -> list[str]:
        """The filters that remove it, those included that were left out; what can never be accepted is not among them."""
        return [name for name, said in self.verdicts.items() if said is Verdict.REMOVED and name not in ALWAYS]

    @property
    def unanswered(self) -> list[str]:
        """The filters that remove it, and of which nobody has said yet why it is accepted all the same."""
        return [name for name in self.failed if name not in self.left_out]


def judge_pair(db: Connection, actor: Actor, need: str, technology: str, run: Kept | None = None) -> Judged:
    """Ask the filters of a need and a technology: what the need says now, and what `run` asked where it was found by one. Reads only."""
    return judge_pairs(db, actor, need, [technology], run)[technology]


def judge_pairs(
    db: Connection, actor: Actor, need: str, technologies: Collection[str], run: Kept | None = None
) -> dict[str, Judged]:
    """The same of several technologies, each by its id."""
    row = read_seen(db, actor, "need", need)
    facts = facts_of(db, str(row.programme_id), sorted(technologies))
    if row.owner_id is not None:
        note_conflicts(db, actor, row, facts)
    evidence: JsonMapping = run.evidence if run is not None else {"wanted": {}, "relaxed": {}}
    says = wanted_by(row, {})
    return {
        id: Judged(verdicts=judge_now(says, evidence["wanted"], one), kept=one, left_out=evidence["relaxed"])
        for id, one in facts.items()
    }


def judge_match_pair(db: Connection, actor: Actor, one: Match) -> Judged:
    """The same of a match, by the run on whose list it was found. Reads only."""
    return judge_pair(db, actor, one.need.id, one.technology.id, _run_of(db, actor, one))


def _run_of(db: Connection, actor: Actor, one: Match) -> Kept | None:
    """The run by which a match was found; none of a need that was merged into this one and that the actor does not see."""
    try:
        return read_run(db, actor, one.run) if one.run is not None else None
    except NotFound:
        return None


def accept_match(
    db: Connection,
    actor: Actor,
    match: str,
    *,
    run: Kept | None = None,
    relaxed: Mapping[str, str] | None = None,
    follows_from: str | None = None,
    request: Request,
) -> Done:
    """Open the case of a match; `relaxed` says by filter why it is accepted though that removes it, `run` by which list it is, and
    `follows_from` the number of the case that it follows from.

    Raises InvalidForm where a filter removes it and nobody says why it is accepted all the same.
    """
    one = show_match(db, actor, match)
    by = in_the_programme(actor, one.programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    said = _said(relaxed or {})
    # From here on nobody changes either record, and a request that was sent twice finds what the first has done.
    with whole(db):
        lock_log(db, one.programme)
    if find_done(db, actor, request) is not None or show_match(db, actor, match).is_over:
        return open_case(db, actor, match, request, follows_from=follows_from)
    pair = judge_pair(db, actor, one.need.id, one.technology.id, run) if run else judge_match_pair(db, actor, one)
    if silent := [name for name in pair.unanswered if name not in said]:
        raise InvalidForm(fields={f"relaxed.{name}": reasons.catalogue.REMOVED_BY_FILTER for name in silent})
    why = {**pair.left_out, **said}
    against = {f"{AGAINST}{name}": why[name] for name in pair.failed}
    if against:
        note_entries(
            db,
            "matches",
            one.programme,
            [match],
            kind=MATCH_ACCEPTED_AGAINST,
            by=by.person,
            role=by.role,
            words=against,
        )
    return open_case(db, actor, match, request, words=against, follows_from=follows_from)


def _said(relaxed: Mapping[str, str]) -> dict[str, str]:
    """The reasons that were given, by filter. Raises InvalidForm for what is no filter, or no reason."""
    faults: dict[str, Why] = {
        f"relaxed.{name}": reasons.fields.NOT_KNOWN for name in relaxed if name not in FILTERS or name in ALWAYS
    }
    if faults:
        raise InvalidForm(fields=faults)
    return {name: line(why, REASON) for name, why in relaxed.items()}
