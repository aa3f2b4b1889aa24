"""Whether what a programme's log says of its stage reports was done as it may be: by whom, by two persons, and never after publication."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from casework.engine.figures.cohorts import is_cohort
from casework.engine.figures.reports import (
    FROZEN,
    REPORT_KINDS,
    REPORTERS,
    WORDED,
    Report,
    against,
    against_freezing,
    evolve,
    last_published,
    persons_of,
)
from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.ledger.canonical_json import digest
from casework.operations.history.point_in_time import Past
from casework.operations.oversight.report_words import WORDS
from casework.records.register_entries import MARK


def report_faults(past: Past, programme: str, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What of its reports could not have been done so: the number of the event, and why."""
    reports: dict[int, Report] = {}
    for event in events:
        if event.kind in REPORT_KINDS:
            whys = [*_by_whom(past, programme, event), *_against(reports, event)]
            yield from ((event.seq, why) for why in whys)
        elif "report" in event.effects or _rows(event):
            yield event.seq, "it changes a report, which is done by an event of its own"
        reports = evolve(reports, event) if event.kind in REPORT_KINDS else reports


def _by_whom(past: Past, programme: str, event: RegisterEvent) -> Iterator[str]:
    if event.role not in REPORTERS:
        yield f"it is done by {' or '.join(REPORTERS)}, not by {event.role}"
    elif not past.held(programme, event.actor, Role(event.role), event.acting_for, event.at):
        yield f"its actor did not hold the role {event.role} at that moment"


def _against(reports: Mapping[int, Report], event: RegisterEvent) -> Iterator[str]:
    told = event.effects.get("report")
    if told is None:
        yield "it does not say of which report"
        return
    number = told["number"]
    if event.kind == FROZEN:
        among = told.get("among", {})
        last = last_published(reports, among)
        if not is_cohort(among):
            yield "it is of cases of which no report is"
        if number != max(reports, default=0) + 1:
            yield f"report {number} was not the next one"
        if (why := against_freezing(reports, told["as_of"], among)) is not None:
            yield str(why).rstrip(".")
        if told["before"] != (None if last is None else last.number):
            yield "it tells the months of another report than that which was published last"
        if any(isinstance(row, Mapping) and row.get("content") != told["digest"] for row in _rows(event)):
            yield "what it says was frozen has another digest"
        return
    if _rows(event):
        yield "it changes what was frozen"
    if number not in reports:
        yield f"no report {number} was frozen before"
        return
    if told["digest"] != reports[number].digest:
        yield "it names another digest than was frozen"
    yield from _of_words(reports[number], event)
    if (why := against(reports, event.kind, number, persons_of(event.actor, event.acting_for))) is not None:
        yield str(why).rstrip(".")


def _of_words(report: Report, event: RegisterEvent) -> Iterator[str]:
    """Whether it says the digest of the words that it writes, or of those that there were."""
    said = event.effects["report"].get("words", "")
    if event.kind != WORDED:
        if said != report.words:
            yield "it is of other words than the report had"
    elif WORDS in event.body and said != (digest(event.body[WORDS]) if event.body[WORDS] else ""):
        yield "what it says was written has another digest"


def _rows(event: RegisterEvent) -> list[object]:
    """What it says stands in rows of reports."""
    return [row for name, row in event.body.items() if name.startswith(f"reports{MARK}")]
