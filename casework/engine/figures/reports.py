"""A stage report: how far it has come by the log of its programme, what it tells anew of months of an earlier one, and what differs in two.

What was frozen is bound by its digest, which each of its events says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from casework import reasons
from casework.engine.figures.cohorts import Cohort
from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.json_values import JsonMapping, JsonObject
from casework.reasons import Why

#: What a programme's log says of its reports.
FROZEN, WORDED, AGREED, PUBLISHED = REPORT_KINDS = (
    "report_frozen",
    "report_worded",
    "report_agreed",
    "report_published",
)  # fmt: skip
#: Who freezes, agrees and publishes.
REPORTERS = (Role.SUPERVISOR, Role.MANAGER)
#: So many persons agree before a report is published.
PERSONS = 2
#: How far a report has come.
IS_DRAFT, IS_AGREED, IS_PUBLISHED = "draft", "agreed", "published"


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A report as the log of its programme tells of it."""

    number: int
    digest: str
    #: Up to when its figures were counted, as an instant is written.
    as_of: str
    #: The report whose months it tells anew; None where none was published before.
    before: int | None
    #: Of which cases alone it is.
    among: Cohort = field(default_factory=dict)
    #: The digest of its own words, "" where it has none, and how often these were written.
    words: str = ""
    worded: int = 0
    #: Of each agreement who it was, and for whom: no two have anybody in common.
    agreed: tuple[frozenset[str], ...] = ()
    published: bool = False

    @property
    def state(self) -> str:
        if self.published:
            return IS_PUBLISHED
        return IS_AGREED if len(self.agreed) >= PERSONS else IS_DRAFT


def fold(events: Iterable[RegisterEvent]) -> dict[int, Report]:
    """The reports of a programme by number, from the events of its log."""
    reports: dict[int, Report] = {}
    for event in events:
        reports = evolve(reports, event)
    return reports


def evolve(reports: Mapping[int, Report], event: RegisterEvent) -> dict[int, Report]:
    """The reports after one more event."""
    after = dict(reports)
    told = event.effects.get("report")
    if told is None:
        return after
    number = told["number"]
    if event.kind == FROZEN:
        after[number] = Report(
            number=number,
            digest=told["digest"],
            as_of=told["as_of"],
            before=told["before"],
            among=told.get("among", {}),
        )
    elif number in after and event.kind == WORDED:
        # Whoever had agreed had read other words.
        worded = after[number].worded + 1
        after[number] = replace(after[number], words=told.get("words", ""), worded=worded, agreed=())
    elif number in after and event.kind == AGREED:
        who, report = persons_of(event.actor, event.acting_for), after[number]
        if not any(who & others for others in report.agreed):
            after[number] = replace(report, agreed=(*report.agreed, who))
    elif number in after and event.kind == PUBLISHED:
        after[number] = replace(after[number], published=True)
    return after


def persons_of(actor: str, acting_for: str | None) -> frozenset[str]:
    """Who somebody is where two persons are needed: oneself, and whoever one stands in for."""
    return frozenset({actor} if acting_for is None else {actor, acting_for})


def last_published(reports: Mapping[int, Report], among: Cohort) -> Report | None:
    """The one of these cases that was published last."""
    mine = (one for one in reports.values() if one.published and one.among == among)
    return max(mine, key=lambda one: one.number, default=None)


def against_freezing(reports: Mapping[int, Report], as_of: str, among: Cohort) -> Why | None:
    """Why no report of these cases is frozen up to an instant; nothing where one may be."""
    last = last_published(reports, among)
    if last is not None and as_of <= last.as_of:
        return reasons.reports.EARLIER(number=last.number, at=last.as_of)
    return None


def against(reports: Mapping[int, Report], kind: str, number: int, who: Collection[str]) -> Why | None:
    """Why these persons do not word a report that there is, agree to it, or publish it; nothing where they may."""
    report = reports[number]
    last = last_published(reports, report.among)
    if report.published:
        return reasons.reports.NEVER_CHANGED(number=number)
    if kind == WORDED:
        return None
    if kind == AGREED:
        twice = any(others & frozenset(who) for others in report.agreed)
        return reasons.reports.AGREED_ALREADY(number=number) if twice else None
    if report.state != IS_AGREED:
        return reasons.reports.NOT_AGREED(number=number)
    if last is not None and report.before != last.number:
        return reasons.reports.OVERTAKEN(number=number, last=last.number)
    return None


# --- what two reports tell -------------------------------------------------------------------------------------------

#: What tells the lines of a cohort apart: the month of opening, or that of the fact.
_MONTH = "month"
#: What of a line is a number.
_NUMBERS = ("numerator", "under", "denominator", "percent", "parts", "median", "p90", "money", "amount", "unripe")


def restated(then: JsonMapping, now: JsonMapping) -> list[JsonObject]:
    """Each line of a month that figures told then, with what the same line tells now, None where there is none any more; and lines of
    such months that are told now alone, with None then."""
    found: list[JsonObject] = []
    last = max((month for figure in then.values() for month in _months(figure)), default="")
    for name, figure in then.items():
        said, lines = _lines(figure), _lines(now.get(name))
        found += [
            {"figure": name, "of": row["of"], "then": _numbers(row), "now": _numbers(lines.get(key))}
            for key, row in said.items()
            if row["of"].get(_MONTH) is not None
        ]
        found += [
            {"figure": name, "of": row["of"], "then": None, "now": _numbers(row)}
            for key, row in lines.items()
            if key not in said and row["of"].get(_MONTH) is not None and row["of"][_MONTH] <= last
        ]
    return found


def _months(figure: JsonMapping) -> Iterator[str]:
    return (month for row in figure["rows"] if (month := row["of"].get(_MONTH)) is not None)


#: What of a line that is told outside follows from its numbers, or tells of them.
_DERIVED = ("percent", "median", "p90", "amount")


def without_hidden(line: JsonMapping) -> JsonObject:
    """A line that is told outside, without what a number was then that is hidden now: with it a small one beside could be worked out."""
    then, now = line["then"], line["now"]
    if then is None or now is None:
        return dict(line)
    hidden = {name: None for name in ("numerator", "denominator") if now[name] is None}
    parts = {part: None if now["parts"].get(part, 0) is None else value for part, value in then["parts"].items()}
    bare = {**then, **hidden, "parts": parts}
    return {**line, "then": bare if bare == then else {**bare, **dict.fromkeys(_DERIVED)}}


def _numbers(row: JsonMapping | None) -> JsonObject | None:
    return None if row is None else {name: row[name] for name in _NUMBERS if name in row}


def differences(said: JsonMapping, found: JsonMapping, *, left: Collection[str] = ()) -> Iterator[str]:
    """What some figures say otherwise than others, in sentences; but for those that are left out."""
    for name in sorted({*said, *found} - {*left}):
        one, other = said.get(name), found.get(name)
        if one is None or other is None:
            yield f"{name}: {_ONLY_LOGS if one is None else _ONLY_REPORT}."
            continue
        for key in sorted((one.keys() | other.keys()) - {"rows"}):
            if one.get(key) != other.get(key):
                yield f"{name}: of {key} the report says {one.get(key)}, the logs {other.get(key)}."
        rows, lines = _lines(one), _lines(other)
        for line in sorted(rows.keys() | lines.keys()):
            yield from (f"{name}, {_called(line)}: {why}." for why in _between(rows.get(line), lines.get(line)))


_ONLY_REPORT, _ONLY_LOGS = "the logs do not tell it", "the report does not tell it"


def _between(said: JsonMapping | None, found: JsonMapping | None) -> Iterator[str]:
    if said is None or found is None:
        yield _ONLY_LOGS if said is None else _ONLY_REPORT
        return
    for key in sorted(said.keys() | found.keys()):
        if said.get(key) != found.get(key):
            yield f"of {key} the report says {said.get(key)}, the logs {found.get(key)}"


#: A line by what it is of: each name with its value.
_Line = tuple[tuple[str, str], ...]


def _lines(figure: JsonMapping | None) -> dict[_Line, JsonMapping]:
    rows = () if figure is None else figure["rows"]
    return {tuple(sorted((name, value or "") for name, value in row["of"].items())): row for row in rows}


def _called(line: _Line) -> str:
    return ", ".join(f"{name} {value or 'not said'}" for name, value in line) or "all"
