"""Stage reports: figures of a programme that are frozen, agreed to by two persons, published, and never changed.

What is frozen is written once. How far a report has come is an event of its programme's log, which says the digest of what was
frozen; so is each agreement, and that it was published.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import uuid_utils
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.engine.execution.context import By
from casework.engine.figures.cohorts import OPENED_TO, PHASE, Cohort, is_cohort
from casework.engine.figures.reports import (
    AGREED,
    FROZEN,
    PUBLISHED,
    REPORT_KINDS,
    REPORTERS,
    WORDED,
    Report,
    against,
    against_freezing,
    fold,
    last_published,
    persons_of,
    restated,
    without_hidden,
)
from casework.engine.figures.told import of_needs
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects, ReportMove
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused, UnknownName
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.canonical_json import canonical, digest, instant
from casework.operations.auth.step_up import sensitive
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.perform import calendar_of
from casework.operations.core.register_log import append
from casework.operations.oversight.figures import READ_BY, count_programme, show_counted
from casework.operations.oversight.outside_figures import last_quarter, tell_cohort_outside
from casework.operations.oversight.report_words import WORDS, check_words, words_of
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.records.database import transaction
from casework.records.event_log import Log, lock_log, register_event_of
from casework.records.register_entries import body_of
from casework.records.row_security import in_snapshot, whole

#: Of what is frozen: which parts it has.
FORM = 1
_TABLE = "reports"


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """The report that was published last: its number, the digest of what was frozen, and that."""

    number: int
    digest: str
    content: JsonMapping


def insist_reports(actor: Actor, programme: str) -> By:
    """In which capacity the actor freezes reports of a programme. Raises NotFound and NotAllowed."""
    if not actor.in_programme(programme, READ_BY):
        raise NotFound("programme")
    by = in_the_programme(actor, programme, REPORTERS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=REPORTERS))
    return by


def read_reports(db: Connection, programme: str) -> dict[int, Report]:
    """The reports of a programme by number, as its log tells them. For whoever reads all of it."""
    return fold(read_moves(db, programme))


def read_moves(db: Connection, programme: str) -> list[RegisterEvent]:
    """What the log of a programme says of its reports."""
    with whole(db):
        rows = db.execute(_EVENTS, {"log": programme, "kinds": list(REPORT_KINDS)}).all()
    return [register_event_of(row.header, row.effects, row.body) for row in rows]


#: What a programme's log says of its reports.
_EVENTS = text("""
    SELECT header, effects, body FROM events WHERE log_id = CAST(:log AS uuid) AND kind = ANY(:kinds) ORDER BY seq
""")


def read_content(db: Connection, programme: str, number: int) -> JsonObject:
    """What was frozen. Raises UnknownName."""
    content = db.execute(_CONTENT, {"programme": programme, "number": number}).scalar_one_or_none()
    if content is None:
        raise UnknownName("report", str(number))
    told: JsonObject = json.loads(bytes(content))
    return told


#: What was frozen of a report.
_CONTENT = text("SELECT content FROM reports WHERE programme_id = CAST(:programme AS uuid) AND number = :number")


# --- what is frozen --------------------------------------------------------------------------------------------------


def draft_content(
    db: Connection,
    programme: str,
    until: datetime | None = None,
    before: Earlier | None = None,
    among: Cohort | None = None,
) -> Callable[[int], JsonObject]:
    """What gives what a report of a number says: the figures of all cases, or of those that are `among` something, as they are counted up
    to an instant, and as they are told outside.

    That is as of the end of the last quarter by then: nobody outside chooses a moment. What is hidden there takes its time to find, and no
    transaction waits for it. Raises NotFound before the programme began.
    """
    cohort = among or {}
    counted = count_programme(db, programme, until, cohort)
    at, logs = counted.as_of.at, counted.as_of.logs or {}
    with whole(db):
        rows = db.execute(_HEADS, {"logs": json.dumps(dict(logs))}).all()
    inside = show_counted(counted)
    tell = tell_cohort_outside(db, programme, last_quarter(at, calendar_of(db, programme)), cohort)

    def content(number: int) -> JsonObject:
        outside = tell()
        told = {
            "form": FORM,
            "number": number,
            "inside": inside,
            "of_needs": of_needs(counted.figures),
            "heads": {row.log: row.hash for row in rows},
            "outside": outside,
            "before": None if before is None else {"number": before.number, "digest": before.digest},
            "restated": restated_from(before, inside, outside),
        }
        # As whoever reads it again finds it.
        plain: JsonObject = json.loads(json.dumps(told))
        return plain

    return content


#: The hash of the last event of each log that was read.
_HEADS = text("""
    SELECT e.log_id::text AS log, e.hash FROM jsonb_each_text(CAST(:logs AS jsonb)) x(log, seq)
    JOIN events e ON e.log_id = CAST(x.log AS uuid) AND e.seq = CAST(x.seq AS bigint) ORDER BY e.log_id
""")


def restated_from(before: Earlier | None, inside: JsonMapping, outside: JsonMapping) -> JsonObject:
    """The months that an earlier report told, as it told them and as they are known today; outside nothing that is hidden there today."""
    told: Mapping[str, JsonMapping] = {"inside": inside, "outside": outside}
    lines = {
        name: [] if before is None else restated(before.content[name]["figures"], now["figures"])
        for name, now in told.items()
    }
    return {**lines, "outside": [without_hidden(line) for line in lines["outside"]]}


# --- how far it comes ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Drafted:
    """What is about to be frozen, and the reports that there were when it was counted."""

    content: JsonObject
    known: Mapping[int, Report]


def freeze_report(
    engine: Engine,
    actor: Actor,
    programme: str,
    *,
    until: datetime | None = None,
    among: Cohort | None = None,
    request: Request,
) -> Done:
    """Freeze the figures of a programme up to an instant: now, where none is named. Gives the id, the number and the digest.

    Raises what `count_report` and `keep_report` raise.
    """
    with in_snapshot(engine) as db:
        counted = count_report(db, actor, programme, until, among)
    drafted = counted()
    with transaction(engine) as db:
        return keep_report(db, actor, programme, drafted, request)


def count_report(
    db: Connection, actor: Actor, programme: str, until: datetime | None = None, among: Cohort | None = None
) -> Callable[[], Drafted]:
    """What gives the next report of a programme, of all cases or of a cohort; what is hidden in it takes its time to find, and no
    transaction waits for it.

    Raises NotFound, NotAllowed, InvalidForm for what is no cohort, and Refused where a later one of the same is published.
    """
    insist_reports(actor, programme)
    cohort = among or {}
    insist_cohort(db, programme, cohort)
    known = read_reports(db, programme)
    last = last_published(known, cohort)
    before = (
        None
        if last is None
        else Earlier(number=last.number, digest=last.digest, content=read_content(db, programme, last.number))
    )
    if until is not None:
        _insist_later(known, instant(until), cohort)
    made = draft_content(db, programme, until, before, cohort)
    return lambda: Drafted(content=made(max(known, default=0) + 1), known=known)


def insist_cohort(db: Connection, programme: str, among: Cohort) -> None:
    """Raises InvalidForm for what is neither nothing, nor a phase of the programme, nor a period of the opening."""
    if not is_cohort(among):
        both = PHASE in among
        why = reasons.reports.ONE_COHORT if both else reasons.fields.NOT_BEFORE_FIRST_DAY
        raise InvalidForm(fields={PHASE if both else OPENED_TO: why})
    if PHASE in among and not db.execute(_HAS_PHASE, {"programme": programme, "phase": among[PHASE]}).scalar_one():
        raise InvalidForm(fields={PHASE: reasons.reports.UNKNOWN_PHASE})


#: Whether a programme has a phase.
_HAS_PHASE = text("""
    SELECT EXISTS (SELECT FROM phases WHERE programme_id = CAST(:programme AS uuid) AND id::text = :phase)
""")


def keep_report(db: Connection, actor: Actor, programme: str, drafted: Drafted, request: Request) -> Done:
    """Freeze what was counted. Raises NotFound, NotAllowed, Refused, and RecordHasMoved where one was frozen or published meanwhile."""
    by = insist_reports(actor, programme)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log, reports = _in_turn(db, programme)
    if reports != drafted.known:
        raise RecordHasMoved
    content = drafted.content
    at, number, before = content["inside"]["as_of"]["at"], content["number"], content["before"]
    among = content["inside"]["as_of"]["among"]
    _insist_later(reports, at, among)
    id = str(uuid_utils.uuid7())
    given = {"id": id, "programme": programme, "number": number, "as_of": at, "content": canonical(content)}
    db.execute(_KEEP, given)
    move = ReportMove(
        number=number, digest=digest(content), as_of=at, before=None if before is None else before["number"]
    )
    if among:
        move["among"] = among
    _tell(db, log, by, (FROZEN, move), request=request, row=id)
    return finish(db, actor, request, Done({"id": id, "number": number, "digest": move["digest"], "as_of": at}))


def _insist_later(reports: Mapping[int, Report], at: str, among: Cohort) -> None:
    if (why := against_freezing(reports, at, among)) is not None:
        raise Refused(why)


#: Writes what was frozen.
_KEEP = text("""
    INSERT INTO reports (id, programme_id, number, as_of, content)
    VALUES (CAST(:id AS uuid), CAST(:programme AS uuid), :number, CAST(:as_of AS timestamptz), :content)
""")


def word_report(
    db: Connection,
    actor: Actor,
    programme: str,
    number: int,
    *,
    words: JsonMapping,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Write the own words of a report that is not published: its title, what it concludes, and something to each figure, in both languages.

    Whoever had agreed agrees anew. Raises NotFound, NotAllowed, UnknownName, InvalidForm, Refused, and RecordHasMoved where they were
    written after they were `seen`.
    """
    by, told = insist_reports(actor, programme), check_words(words)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log, reports = _in_turn(db, programme)
    report = _insist(reports, WORDED, number, by)
    if seen not in (None, report.worded):
        raise RecordHasMoved
    answer = {"number": number, "digest": report.digest, "as_of": report.as_of}
    # The same words again take nobody's agreement back.
    if told != _words_now(db, programme, number):
        move = ReportMove(number=number, digest=report.digest)
        if told:
            move["words"] = digest(told)
        with whole(db):
            effects: RegisterEffects = {"report": move}
            event = log.next_event(
                WORDED, by.person, role=by.role, acting_for=by.acting_for, effects=effects, body={WORDS: told}
            )
            append(db, log, [event], request.key_hash)
    return finish(db, actor, request, Done(answer))


def _words_now(db: Connection, programme: str, number: int) -> JsonMapping:
    return words_of(read_moves(db, programme), number)


@sensitive
def agree_report(
    db: Connection, actor: Actor, programme: str, number: int, request: Request, *, words: str | None = None
) -> Done:
    """Agree to a report that was frozen: two persons do, and whoever froze it may be one. `words`: the digest of those that were read.

    Raises NotFound, NotAllowed, UnknownName, and Refused where one has agreed already, or to other words than it has.
    """
    return _move_on(db, actor, programme, (AGREED, number), request, words=words)


@sensitive
def publish_report(db: Connection, actor: Actor, programme: str, number: int, request: Request) -> Done:
    """Publish a report that two persons have agreed to; from then on it is never changed.

    Raises NotFound, NotAllowed, UnknownName, and Refused where two have not, or another was published after it was frozen.
    """
    return _move_on(db, actor, programme, (PUBLISHED, number), request)


def _move_on(
    db: Connection, actor: Actor, programme: str, move: tuple[str, int], request: Request, *, words: str | None = None
) -> Done:
    by, (kind, number) = insist_reports(actor, programme), move
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log, reports = _in_turn(db, programme)
    report = _insist(reports, kind, number, by)
    if words not in (None, report.words):
        raise Refused(reasons.reports.WORDS_CHANGED(number=number))
    done = ReportMove(number=number, digest=report.digest)
    if report.words:
        done["words"] = report.words
    _tell(db, log, by, (kind, done), request=request)
    return finish(db, actor, request, Done({"number": number, "digest": report.digest, "as_of": report.as_of}))


def _insist(reports: Mapping[int, Report], kind: str, number: int, by: By) -> Report:
    if number not in reports:
        raise UnknownName("report", str(number))
    if (why := against(reports, kind, number, persons_of(by.person, by.acting_for))) is not None:
        raise Refused(why)
    return reports[number]


def _in_turn(db: Connection, programme: str) -> tuple[Log, dict[int, Report]]:
    """The log of a programme, held, and its reports as they are then."""
    with whole(db):
        log = lock_log(db, programme)
    return log, read_reports(db, programme)


def _tell(
    db: Connection, log: Log, by: By, told: tuple[str, ReportMove], *, request: Request, row: str | None = None
) -> None:
    kind, move = told
    with whole(db):
        body = {} if row is None else body_of(db, _TABLE, log.id, [row])
        effects: RegisterEffects = {"report": move}
        event = log.next_event(kind, by.person, role=by.role, acting_for=by.acting_for, effects=effects, body=body)
        append(db, log, [event], request.key_hash)


__all__ = [
    "FORM", "Drafted", "Earlier", "agree_report", "count_report", "draft_content", "freeze_report", "insist_cohort", "insist_reports",
    "keep_report", "publish_report", "read_content", "read_moves", "read_reports", "restated_from", "word_report",
]  # fmt: skip
