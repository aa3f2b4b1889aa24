"""The history for people: filtered, in pages, each entry with what it changed and who else could have done it.

Reads only. What an entry says of before and after is the fold of the log up to it, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, text

from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.execution.context import Library
from casework.engine.execution.corrections import answer_of
from casework.engine.state.case import Case, Task
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import CORRECTED, PARTY_ACTOR, SYSTEM_ACTOR
from casework.engine.state.projection import evolve
from casework.engine.tasks.party_answers import BY
from casework.errors import NotFound
from casework.json_values import Answers, JsonMapping
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import ERASED, values
from casework.operations.cases.answer_names import ids_in, names_for_provider, names_in_answers
from casework.operations.cases.case_events import (
    TITLE,
    by_rows_of,
    item_of,
    list_events,
    papers_of,
    untold_kinds,
    version_of,
    view_of,
    whom_of,
    why_of,
)
from casework.operations.cases.event_views import CaseEvent
from casework.operations.cases.queries import find_case
from casework.operations.core.event_views import FormKey, form_of_task
from casework.operations.core.paging import cursor_count, from_cursor, insist_limit, to_cursor
from casework.operations.core.reader_names import title_of
from casework.operations.core.views import Named, TaskKey, row_as, to_named
from casework.operations.history.eligible_actors import Candidates
from casework.operations.history.point_in_time import Past
from casework.operations.history.views import (
    Candidate,
    CaseHistory,
    ChangedColumn,
    EntryOfCase,
    EntryRule,
    HistoryEntry,
)
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.records.case_writer import FOLLOWING, difference, rows_of
from casework.records.event_log import event_of, read_rows

Chosen = Literal["all", "decisions", "documents", "referrals", "messages", "system"]

FILTERS: Mapping[str, str] = {
    "all": "true",
    "decisions": (
        "(kind IN ('proposed', 'refused') OR kind = 'fired' AND (effects ? 'proposed'"
        " OR header->>'role' IN ('supervisor', 'compliance')))"
    ),
    "documents": (
        "(kind IN ('document_registered', 'document_filed', 'document_withdrawn', 'letter_sent', 'grant_withdrawn', "
        "'grant_day_changed', 'papers_returned', 'consent_ended') OR effects ? 'grants' OR effects ? 'grants_ended'"
        " OR effects ? 'consents')"
    ),
    "referrals": "track_id IN (SELECT id FROM tracks t WHERE t.log_id = CAST(:log AS uuid) AND t.position > 0 AND t.part <> 'main')",
    "messages": "kind IN ('noted', 'said')",
    "system": "actor_id = 'system'",
}  # fmt: skip
#: Recorded later than this many working days after it happened: an auditor looks at it.
LATE_AFTER = 5
#: Columns of rows that say the same as others, or nothing to a reader.
_SILENT = frozenset(
    {
        "revision", "position", "log_id", "programme_id", "fired", "came_from", "entered_at", "id", "acted_for",
        # Not everybody who sees a case sees the one that it follows from; and of a link the sentence tells.
        "follows_from_id", "related", *FOLLOWING,
    }
)  # fmt: skip
#: Tables whose rows a reader knows by another column than the id.
_NAMED_BY = {
    "tracks": ("kind", "workflow"), "tasks": ("name", "about"), "consents": ("party",), "documents": ("kind",),
    "proposals": ("transition",), "clocks": ("unit",), "grants": ("document_id",),
}  # fmt: skip
#: What a changed row is shown for; clocks tell nothing that their tasks do not.
_SHOWN = ("cases", "mediations", "tracks", "tasks", "proposals", "consents", "documents", "grants")


def read_history(
    db: Connection,
    actor: Actor,
    number: str,
    *,
    chosen: str = "all",
    oldest_first: bool = False,
    cursor: str | None = None,
    limit: int | None = None,
) -> CaseHistory:
    """A page of a case's history. Who does not see the whole log gets positions of their own, and no more.

    Raises NotFound.
    """
    case, level = find_case(db, actor, number)
    if level < Sight.REFERRALS:
        raise NotFound("case")
    if level < Sight.ALL:
        return _part(db, actor, case, cursor, limit)
    most, seqs = insist_limit(limit), []
    keys = from_cursor(cursor, 1)
    after = cursor_count(keys[0]) if keys else None
    sign, order = (">", "ASC") if oldest_first else ("<", "DESC")
    query = (
        f"SELECT seq FROM events WHERE log_id = CAST(:log AS uuid) AND {FILTERS.get(chosen, 'true')}"
        " AND NOT kind = ANY(CAST(:without AS text[]))"
        f" AND (CAST(:after AS bigint) IS NULL OR seq {sign} :after) ORDER BY seq {order} LIMIT :most"
    )
    seqs = list(
        db.execute(
            text(query), {"log": case.log, "after": after, "most": most + 1, "without": untold_kinds(actor, case)}
        ).scalars()
    )
    following = to_cursor(seqs[most - 1]) if len(seqs) > most else None
    shown = seqs[:most]
    entries = {entry.seq: entry for entry in tell(db, case.log, set(shown))}
    return row_as(
        CaseHistory,
        case,
        title=title_of(db, actor, case),
        whole=True,
        last=case.seq,
        items=[entries[seq] for seq in shown],
        next=following,
    )


def read_entry(db: Connection, actor: Actor, number: str, seq: int) -> EntryOfCase:
    """One entry, for those who see the whole history. Raises NotFound."""
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("entry")
    entries = list(tell(db, case.log, {seq}))
    if not entries or entries[0].kind in untold_kinds(actor, case):
        raise NotFound("entry")
    return row_as(EntryOfCase, case, title=title_of(db, actor, case), entry=entries[0], last=case.seq)


def _part(db: Connection, actor: Actor, case: Case, cursor: str | None, limit: int | None) -> CaseHistory:
    """What somebody of a referral sees: their own positions, from the beginning."""
    listed = list_events(db, actor, case, cursor=cursor, limit=limit)
    named = ids_in([[event.data, event.body, getattr(event, "before_data", None)] for event in listed.items])
    names = names_for_provider(db, actor, case, named)
    items = [replace(_of_part(case, event), names=names) for event in listed.items]
    return row_as(
        CaseHistory, case, title=title_of(db, actor, case), whole=False, last=None, items=items, next=listed.next
    )


def _of_part(case: Case, event: CaseEvent) -> HistoryEntry:
    track = case.tracks.get(event.track or "")
    return row_as(
        HistoryEntry,
        view_of(case, event),
        position=event.position,
        at=event.at,
        track=event.track,
        track_kind=track.kind if track else None,
        from_=event.from_,
        to=event.to,
        happened_on=event.happened_on,
        **_UNTOLD,
    )


#: What an entry of a part does not tell.
_UNTOLD: JsonMapping = {
    "seq": None, "acting_for": None, "organisation": None, "because": None, "corrected_by": None, "late": 0, "candidates": (),
    "changes": (), "facts": {}, "rule": None, "found": None, "records": None, "answers": (), "hash": None, "prev": None,
}  # fmt: skip


# --- entries of a whole log ------------------------------------------------------------------------------------------


def tell(db: Connection, log: str, wanted: set[int]) -> Iterator[HistoryEntry]:
    """Entries of a log by their seqs, in order, each with before and after; read in one pass up to the last."""
    if not wanted:
        return
    past = Past(db)
    titles = {row.seq: row.title for row in db.execute(_TITLES, {"log": log, "wanted": sorted(wanted)})}
    before: Case | None = None
    entries: list[HistoryEntry] = []
    for row in read_rows(db, log):
        if row.seq > max(wanted):
            break
        event = event_of(row.header, row.effects, row.body)
        after = evolve(before, event)
        if row.seq in wanted:
            entries.append(
                _entry(
                    row,
                    before,
                    after,
                    past,
                    Candidates(past, past.library).of(before, event),
                    title=titles.get(row.seq),
                )
            )
        before = after
    names = names_in_answers(db, before, _ids_in(entries))
    corrections = {row.of: row.last for row in db.execute(_CORRECTIONS, {"log": log, "wanted": sorted(wanted)})}
    for entry in entries:
        yield replace(_named(entry, names), corrected_by=corrections.get(entry.seq))


def tell_if(db: Connection, log: str, keep: Callable[[HistoryEntry], bool]) -> list[HistoryEntry]:
    """The entries of a whole log that are to be kept, in order; of these nobody is told who else could have done it."""
    past, entries = Past(db), list[HistoryEntry]()
    case: Case | None = None
    for row in read_rows(db, log):
        before, case = case, evolve(case, event_of(row.header, row.effects, row.body))
        entry = _entry(row, before, case, past, [], title=None)
        if keep(entry):
            entries.append(entry)
    names = names_in_answers(db, case, _ids_in(entries))
    return [_named(entry, names) for entry in entries]


#: What the documents are called that some entries of a log file or withdraw.
_TITLES = text(f"""
    SELECT e.seq, {TITLE} AS title FROM events e
    WHERE e.log_id = CAST(:log AS uuid) AND e.seq = ANY(:wanted) AND e.effects ? 'paper'
""")
#: Of some entries of a log by which one each was corrected last.
_CORRECTIONS = text("""
    SELECT CAST(header->>'because' AS bigint) AS of, max(seq) AS last FROM events
    WHERE log_id = CAST(:log AS uuid) AND kind = 'corrected' AND CAST(header->>'because' AS bigint) = ANY(:wanted) GROUP BY 1
""")


def _entry(
    row: Any, before: Case | None, after: Case, past: Past, candidates: list[Candidate], *, title: str | None
) -> HistoryEntry:
    """An entry whose people and organisations have no names yet."""
    header = row.header
    effects: Effects = row.effects
    edition = past.library.editions.get(header["edition"] or "")
    track = after.tracks.get(row.track_id or "")
    task = after.tasks.get(effects.get("task") or "")
    opened = effects.get("case", {})
    said = values(row.body)
    data = effects.get("data") or _result(effects, task)
    rule, corrected = None, row.kind == CORRECTED
    # A correction is no transition: nothing moved by it.
    if edition and effects.get("transition") and not corrected:
        rule = edition.find(effects["transition"], tuple(header["from"]))
    return HistoryEntry(
        seq=row.seq,
        position=row.seq,
        at=instant(row.at),
        kind=row.kind,
        track=row.track_id,
        track_kind=track.kind if track else None,
        transition=effects.get("transition"),
        what=effects.get("what"),
        name=effects.get("name") or (task.name if task else None),
        task=row_as(TaskKey, task) if task else None,
        tasks={id: row_as(TaskKey, after.tasks[id]) for id in after.tasks.keys() & ids_in(data)},
        from_=header["from"],
        to=header["to"],
        actor=Named(id=header["actor"], name=None),
        acting_for=_unnamed(header["acting_for"]),
        role=header["role"],
        organisation=_unnamed(header["organisation"]),
        because=header["because"],
        edition=header["edition"],
        data=data,
        before_data=effects["before"] if corrected else _earlier(before, row),
        body={name: None if value is ERASED else value for name, value in said.items()},
        erased=sorted(name for name, value in said.items() if value is ERASED),
        happened_on=effects.get("happened_on"),
        late=_late(effects.get("happened_on"), past.calendar(after.programme, row.at), row.at),
        agreed="proposed" in effects,
        candidates=candidates,
        changes=list(_changes(before, after, past.library)),
        facts=effects.get("facts") or {},
        rule=_rule(rule[0]) if rule else None,
        found=opened.get("found"),
        # Of what a run has found its run says it.
        records=opened.get("records") or opened.get("found"),
        answers=opened.get("answers", ()),
        hash=row.hash,
        prev=header["prev"],
        form=_corrected_form(past, before, row) if corrected else _form(edition, rule, task, past),
        whom=_unnamed(whom_of(row.kind, effects)),
        by_system=header["actor"] == SYSTEM_ACTOR,
        item=item_of(effects),
        documents=papers_of(effects, row.body, title),
        version=version_of(effects),
        why=why_of(effects),
        by_rows=by_rows_of(effects),
        given=effects.get("role_given"),
    )


def _unnamed(id: str | None) -> Named | None:
    return None if id is None else Named(id=id, name=None)


def _late(happened: str | None, calendar: Calendar, at: datetime) -> int:
    """How many working days later something was recorded, where that is many."""
    recorded = calendar.local_date(at)
    if happened is None or (day := date.fromisoformat(happened)) >= recorded:
        return 0
    late = _working_days(calendar, day, recorded)
    return late if late > LATE_AFTER else 0


def _working_days(calendar: Calendar, after: date, until: date) -> int:
    """Working days after the one day up to the other; what is years late need not be counted to the day."""
    days = (after + timedelta(days=n) for n in range(1, min((until - after).days, 400) + 1))
    return sum(calendar.is_working_day(day) for day in days)


def _result(effects: Effects, task: Task | None) -> Answers:
    results = {change["id"]: change.get("result", {}) for change in effects.get("task_states", ())}
    return results.get(task.id, {}) if task is not None else {}


def _earlier(before: Case | None, row: Any) -> Answers | None:
    """What the same form said the last time on this track."""
    effects: Effects = row.effects
    name, track = effects.get("transition"), row.track_id
    if before is None or name is None or track not in before.tracks:
        return None
    fired = before.tracks[track].fired.get(name)
    return dict(fired.data) if fired else None


def _form(
    edition: Edition | None, rule: tuple[TransitionRule, str] | None, task: Task | None, past: Past
) -> FormKey | None:
    """The edition and the name of the form whose fields were filled in."""
    if rule is not None and edition is not None and rule[0].form:
        return FormKey(edition=edition.fingerprint, name=rule[0].form)
    return form_of_task(past.library, row_as(TaskKey, task)) if task is not None else None


def _corrected_form(past: Past, before: Case | None, row: Any) -> FormKey | None:
    """The form of which an answer was corrected."""
    effects: Effects = row.effects
    named = effects.get("transition"), effects.get("task")
    answer = answer_of(past.library.editions, before, row.track_id, *named) if before is not None else None
    if answer is None or answer.rule.form is None:
        return None
    return FormKey(edition=answer.edition.fingerprint, name=answer.rule.form)


def _rule(rule: TransitionRule) -> EntryRule:
    return row_as(EntryRule, rule, papers=[need.kind for need in rule.needs])


def _changes(before: Case | None, after: Case, library: Library) -> Iterator[ChangedColumn]:
    """Every column of a row that this event changed: where, what it was, what it is."""
    rows, gone = difference(before, after, library)
    old = rows_of(before, library) if before is not None else {}
    for table in _SHOWN:
        known = {row["id"]: row for row in old.get(table, ())}
        for row in rows.get(table, ()):
            was = known.get(row["id"], {})
            for column, value in row.items():
                if column in _SILENT or value == was.get(column) or (not was and value in (None, [], {}, False)):
                    continue
                yield ChangedColumn(
                    table=table,
                    id=row["id"],
                    # Of a row that was there before, what changed alone is told: what it is called may not be among that.
                    row=_row_name(table, {**was, **row}),
                    column=column,
                    before=was.get(column),
                    after=value,
                    new=not was,
                )
        for id in gone.get(table, ()):
            name = _row_name(table, known.get(id, {}))
            yield ChangedColumn(table=table, id=id, row=name, column="", before=name, after=None, new=False)


def _row_name(table: str, row: JsonMapping) -> str:
    return " ".join(str(row[column]) for column in _NAMED_BY.get(table, ()) if row.get(column))


# --- names -----------------------------------------------------------------------------------------------------------


def _ids_in(entries: Iterable[HistoryEntry]) -> set[str]:
    """Of everybody and everything that entries name."""
    ids: set[str] = set()
    for entry in entries:
        people = [entry.actor, entry.acting_for, entry.whom, entry.organisation]
        people += [candidate.deputy_for for candidate in entry.candidates]
        ids |= ids_in([person.id for person in people if person] + [candidate.person for candidate in entry.candidates])
        given = [entry.given.get("by"), entry.given.get("agreed_by")] if entry.given else []
        changes = [value for change in entry.changes for value in (change.row, change.before, change.after)]
        ids |= ids_in([given, changes, entry.data, entry.before_data, entry.facts])
    return ids


def _named(entry: HistoryEntry, names: Mapping[str, str]) -> HistoryEntry:
    def name(who: Named | None) -> Named | None:
        return who and to_named(who.id, names)

    by_party = entry.actor.id == PARTY_ACTOR
    typed = entry.body.get(BY)
    return replace(
        entry,
        actor=Named(
            id=entry.actor.id, name=(str(typed) if typed else None) if by_party else names.get(entry.actor.id or "")
        ),
        party=names.get(entry.organisation.id or "") if by_party and entry.organisation else None,
        acting_for=name(entry.acting_for),
        whom=name(entry.whom),
        organisation=name(entry.organisation),
        names=names,
        candidates=[
            replace(candidate, name=names.get(candidate.person), deputy_for=name(candidate.deputy_for))
            for candidate in entry.candidates
        ],
    )


__all__ = ["FILTERS", "LATE_AFTER", "read_entry", "read_history", "tell", "tell_if"]
