"""The file of a stage report: what was frozen, and the events by which anybody counts its figures again.

Of each event it has the header and what follows from it, and of its words those alone that a figure reads: of all others the salted hash,
so that the chain of each log holds still. Of mediations it has nothing, so that their figure alone is not counted again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import NEED, TECHNOLOGY
from casework.engine.figures.counting import without_needs
from casework.engine.figures.data_quality import TOLD_BY
from casework.engine.figures.names import DEFINITIONS, written
from casework.engine.figures.register_facts import BESIDE, MATCHES, NIGHTS
from casework.engine.figures.reports import differences, fold
from casework.engine.figures.told import of_needs
from casework.engine.figures.world import World
from casework.engine.state.events import ERASED
from casework.errors import CaseworkError, NotFound, UnknownName
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.canonical_json import digest, instant, parse_instant
from casework.ledger.integrity import Head, StoredEvent, check_log
from casework.ledger.redactable_bodies import Body, erase
from casework.operations.oversight.figure_scope import figures_among
from casework.operations.oversight.figures import fold_world, show_figure
from casework.operations.oversight.outside_figures import told_of_cohort, told_outside
from casework.operations.oversight.report_words import words_of
from casework.operations.oversight.reports import FORM, Earlier, read_content, read_moves, read_reports, restated_from
from casework.records.event_log import register_event_of
from casework.records.row_security import whole

#: What is not counted again, as nothing of what it is counted by leaves the database.
LEFT = ("mediations",)
_PROGRAMME = "programme"
#: By kind of log the fields of bodies that figures read; of a programme those that begin so.
_READ: Mapping[str, tuple[str, ...]] = {
    NEED: ("status",),
    TECHNOLOGY: ("status", *(name for names in TOLD_BY.values() for name in names)),
}
_READ_OF_PROGRAMME = (MATCHES, NIGHTS, *(f"{table}/" for table in BESIDE))


def export_report(db: Connection, programme: str, number: int) -> Iterator[str]:
    """The file of a report, piece by piece. For whoever reads all of a programme. Raises UnknownName."""
    report = read_reports(db, programme).get(number)
    if report is None:
        raise UnknownName("report", str(number))
    content = read_content(db, programme, number)
    before = None if report.before is None else read_content(db, programme, report.before)
    words = words_of(read_moves(db, programme), number)
    yield from write_file(db, programme, content, state=report.state, before=before, words=words)


def write_file(
    db: Connection,
    programme: str,
    content: JsonMapping,
    *,
    state: str | None,
    before: JsonMapping | None = None,
    words: JsonMapping | None = None,
) -> Iterator[str]:
    """The same from what was frozen; without a state from what is not frozen yet."""
    head = {
        "form": FORM,
        "state": state,
        "digest": digest(content),
        "words": words or {},
        "content": content,
        "before": before,
    }
    yield f'{json.dumps(head, ensure_ascii=False)[:-1]}, "logs": [\n'
    counted = content["inside"]["as_of"]["logs"]
    lasts: JsonObject = dict(counted)
    with whole(db):
        # Its own log goes on to where it says that the report was frozen, agreed to and published.
        lasts[programme] = db.execute(_LENGTH, {"log": programme}).scalar_one()
        rows = db.execute(_EVENTS, {"lasts": json.dumps(lasts)})
        for n, (_, events) in enumerate(groupby(rows, key=attrgetter("log"))):
            yield f"{',' if n else ''}{json.dumps(_log(list(events), counted), ensure_ascii=False)}\n"
    yield "]}\n"


#: How many events a log has.
_LENGTH = text("SELECT seq FROM logs WHERE id = CAST(:log AS uuid)")
#: The events of some logs, each up to one of them, in the order in which figures are counted.
_EVENTS = text("""
    SELECT l.kind, e.log_id::text AS log, e.seq, e.at, e.header, e.effects, e.body, e.hash
    FROM jsonb_each_text(CAST(:lasts AS jsonb)) x(log, seq) JOIN logs l ON l.id = CAST(x.log AS uuid)
    JOIN events e ON e.log_id = l.id AND e.seq <= CAST(x.seq AS bigint)
    ORDER BY l.kind <> 'programme', l.kind, e.log_id, e.seq
""").execution_options(stream_results=True)


def _log(events: list[Any], counted: Mapping[str, int]) -> JsonObject:
    kind, last = events[0].kind, counted.get(events[0].log, 0)
    return {
        "log": events[0].log,
        "kind": kind,
        "events": [
            {
                "seq": one.seq,
                "at": instant(one.at),
                "header": one.header,
                "effects": one.effects,
                "body": _without_words(kind, one.body, read=one.seq <= last or _retold(kind, one)),
                "hash": one.hash,
            }
            for one in events
        ],
    }


def _without_words(kind: str, body: Body, *, read: bool) -> Body:
    """`read`: a figure reads of it. What was put down after the report was frozen is nothing of it."""
    if not read:
        return erase(body, body)
    if kind == _PROGRAMME:
        return erase(body, [name for name in body if not name.startswith(_READ_OF_PROGRAMME)])
    return erase(body, [name for name in body if name not in _READ.get(kind, ())])


# --- checking --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CheckedReport:
    """What was looked at in a file, and what is wrong with it, in sentences."""

    number: int | None
    logs: int
    events: int
    #: How many figures were counted again.
    figures: int
    faults: tuple[str, ...]
    #: By which version of the definitions it was made; where that is another one than this release has, no figure is counted again, which
    #: is one of the faults.
    definitions: int | None = None

    @property
    def is_left(self) -> bool:
        """Whether all that could be looked at holds, and its figures were not counted, as they were made by other definitions."""
        return self.definitions not in (None, DEFINITIONS) and len(self.faults) == 1


@dataclass(frozen=True, slots=True)
class _Row:
    """An event of a file, as the fold of figures and the check of a chain read it."""

    log: str
    seq: int
    at: datetime
    header: Any
    effects: Any
    body: Any
    hash: str
    #: Of a file all is read.
    facts: None = None


@dataclass(frozen=True, kw_only=True)
class _File:
    """A file that was read: its parts, and by log the kind and the events."""

    said: JsonMapping
    content: JsonMapping
    logs: Mapping[str, tuple[str, list[_Row]]]

    @property
    def programme(self) -> str:
        return str(self.content["inside"]["as_of"]["programme"])

    @property
    def definitions(self) -> int:
        """By which version of them it was made, inside and outside."""
        return int(self.content["inside"]["definitions"]["version"])

    @property
    def among(self) -> JsonMapping:
        """Of which cases alone it is."""
        among: JsonMapping = self.content["inside"]["as_of"]["among"]
        return among

    def frozen(self, until: datetime) -> Iterator[tuple[str, list[_Row]]]:
        """What was counted up to an instant: of each log the kind, and its events; and what erasures have told anew since."""
        lasts = self.content["inside"]["as_of"]["logs"]
        for log, (kind, rows) in self.logs.items():
            counted = [row for row in rows if row.seq <= lasts.get(log, 0) and row.at <= until or _retold(kind, row)]
            if counted:
                yield kind, counted


def _retold(kind: str, row: _Row) -> bool:
    return kind == _PROGRAMME and row.header["kind"] == ERASED


def check_report_file(path: Path) -> CheckedReport:
    """Count a report again from its file alone; no database is asked."""
    number, logs, events, figures, version = None, 0, 0, 0, None
    faults: list[str] = []
    try:
        file = _read(path)
        number, logs = int(file.content["number"]), len(file.logs)
        events = sum(len(rows) for _, rows in file.logs.values())
        version = file.definitions
        figures = len(file.content["inside"]["figures"].keys() - {*LEFT}) if version == DEFINITIONS else 0
        for check in _CHECKS:
            faults.extend(check(file))
    except (
        ValueError,
        ArithmeticError,
        LookupError,
        TypeError,
        AttributeError,
        AssertionError,
        RecursionError,
        CaseworkError,
    ) as fault:
        faults.append(f"This is no file of a report, or it is damaged: {fault or type(fault).__name__}")
    return CheckedReport(
        number=number, logs=logs, events=events, figures=figures, faults=tuple(faults), definitions=version
    )


def _read(path: Path) -> _File:
    said = json.loads(path.read_text("utf-8"))
    if said["form"] != FORM:
        raise ValueError(f"its form is {said['form']}, and this release reads {FORM}.")
    return _File(said=said, content=said["content"], logs={one["log"]: _rows(one) for one in said["logs"]})


def _rows(log: JsonMapping) -> tuple[str, list[_Row]]:
    names = ("header", "effects", "body", "hash")
    return log["kind"], [
        _Row(log["log"], one["seq"], parse_instant(one["at"]), *(one[name] for name in names)) for one in log["events"]
    ]


def _digest(file: _File) -> Iterator[str]:
    if digest(file.content) != file.said["digest"]:
        yield "What was frozen is not what its digest is of."


def _chains(file: _File) -> Iterator[str]:
    """Each log is whole as far as it was counted, and no other is there."""
    lasts, heads = file.content["inside"]["as_of"]["logs"], file.content["heads"]
    yield from (f"The log {log} is missing." for log in sorted(lasts.keys() - file.logs.keys()))
    for log, (_, rows) in file.logs.items():
        if log not in lasts:
            yield f"The log {log} was not counted."
            continue
        if not rows:
            yield f"The log {log} has no events."
            continue
        stored = (StoredEvent(one.log, one.seq, one.at, one.header, one.effects, one.body, one.hash) for one in rows)
        end = Head(log, rows[-1].seq, rows[-1].hash)
        yield from (f"In the log {log}: {fault.sentence}" for fault in check_log(stored, end))
        if heads.get(log) not in [one.hash for one in rows if one.seq == lasts[log]]:
            yield f"The log {log} does not have as event {lasts[log]} what it had when the report was frozen."


def _course(file: _File) -> Iterator[str]:
    """The programme's log says that this was frozen, and how far it came."""
    if file.said["state"] is None:
        return
    _, own = file.logs.get(file.programme, ("", []))
    number = file.content["number"]
    report = fold(register_event_of(one.header, one.effects, one.body) for one in own).get(number)
    if report is None:
        yield f"The programme's log does not say that report {number} was frozen."
        return
    if report.digest != file.said["digest"]:
        yield f"The programme's log says that another report {number} was frozen: its digest is {report.digest}."
    if report.among != file.among:
        yield f"The programme's log says that report {number} is of other cases."
    if report.words != (digest(words) if (words := file.said["words"]) else ""):
        yield "The programme's log says that the report has other words."
    if report.state != file.said["state"]:
        yield f"The programme's log says that the report is {report.state}, and not {file.said['state']}."


def _counted(file: _File) -> Iterator[str]:
    """Every figure is what the events add up to."""
    inside = file.content["inside"]
    if file.definitions != DEFINITIONS:
        yield (
            f"This report was made with other definitions: version {file.definitions}, and this release knows version {DEFINITIONS}. "
            "No figure was counted again: take the one that froze it."
        )
        return
    if file.content["outside"]["definitions"] != DEFINITIONS:
        yield "Outside it says another version of the definitions than inside."
    as_of = inside["as_of"]
    until = parse_instant(as_of["at"])
    world, logs = fold_world(file.frozen(until), file.programme, until)
    yield from (f"{words} not what the report says." for words in _otherwise(world, logs, inside))
    told = figures_among(world, file.among)
    figures = {name: show_figure(figure) for name, figure in told.items()}
    yield from differences(inside["figures"], _plain(figures), left=LEFT)
    if file.content["of_needs"] != _plain(of_needs(told)):
        yield "Which lines count needs is not what the report says."
    yield from (f"Outside, {why}" for why in _outside_differs(file))


def _otherwise(world: World, logs: Mapping[str, int], inside: JsonMapping) -> Iterator[str]:
    as_of = inside["as_of"]
    editions = {track.edition for case in world.cases for track in case.case.tracks.values()}
    for words, same in (
        ("The last event of each log is", logs == as_of["logs"]),
        ("The calendar is", world.calendar.digest == as_of["calendar"]),
        ("The editions are", editions == as_of["editions"].keys()),
        ("What the installed workflows call their steps is", _names(world) == inside["definitions"]["names"]),
    ):
        if not same:
            yield words


def _names(world: World) -> str:
    return digest(dict(written(world.names)))


def _outside_differs(file: _File) -> Iterator[str]:
    outside = file.content["outside"]
    end = parse_instant(outside["as_of"]["at"])
    world: World | None = None
    # Where the programme began later nothing was told.
    with suppress(NotFound):
        world, _ = fold_world(file.frozen(end), file.programme, end)
    if file.among:
        told = told_of_cohort(world, file.programme, end, file.among)
    else:
        figures = {} if world is None else figures_among(world, {})
        told = told_outside({name: without_needs(one) for name, one in figures.items()}, file.programme, end)
    yield from differences(outside["figures"], _plain(told)["figures"], left=LEFT)


def _restated(file: _File) -> Iterator[str]:
    """What it tells anew is what the report before told, and what this one tells."""
    content, told = file.content, file.said["before"]
    named, before = content["before"], None
    if named is not None:
        if told is None or digest(told) != named["digest"]:
            yield f"The report {named['number']} that it tells anew is not the one that was frozen."
            return
        if told["inside"]["as_of"]["among"] != file.among:
            yield f"The report {named['number']} that it tells anew is of other cases."
        before = Earlier(number=named["number"], digest=named["digest"], content=told)
    if file.definitions != DEFINITIONS:
        # How it is told anew follows from the definitions, too.
        return
    if _plain(restated_from(before, content["inside"], content["outside"])) != content["restated"]:
        yield "What it tells anew of earlier months is not what the two reports say."


def _plain(told: object) -> JsonObject:
    """As it is read from a file."""
    plain: JsonObject = json.loads(json.dumps(told))
    return plain


_CHECKS: Iterable[Callable[[_File], Iterator[str]]] = (_digest, _chains, _course, _counted, _restated)


__all__ = ["LEFT", "CheckedReport", "check_report_file", "export_report", "write_file"]
