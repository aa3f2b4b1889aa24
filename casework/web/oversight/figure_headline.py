"""The few numbers that an office is asked for first: each with what it is among and the way to what stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from casework.engine.figures.counting import Figure, Row
from casework.web.oversight.figure_words import say_cases, say_money, say_percent

Figures = Mapping[str, Figure]
#: What is late of the tasks in hand, and all of these.
_LATE = ("up_to_5", "up_to_20", "over_20")
_IN_HAND = ("not_due", *_LATE)


@dataclass(frozen=True, kw_only=True)
class Headline:
    """A number that stands above the figures."""

    number: str
    words: str
    #: What it is among, and what is told beside.
    second: str
    #: The list behind it; "" where nothing is.
    url: str = ""
    #: Whether it is better the smaller it is.
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class Ways:
    """The ways to the cases behind a line, and behind all lines of a figure that tell one of some things; and to the matches."""

    line: Callable[[str, Row], str]
    all_of: Callable[[str, tuple[str, ...]], str]
    matches: str


def headline(figures: Figures, ways: Ways) -> list[Headline]:
    """What of this is told of these figures: of needs nothing to whoever reads none, and of some cases alone only what counts cases."""
    return [
        *_matches(figures, ways),
        *_live(figures, ways),
        *_late(figures, ways),
        *_answered(figures, ways),
        *_agreements(figures, ways),
        *_sites(figures, ways),
        *_verified(figures, ways),
    ]


def _row(figures: Figures, name: str, **of: str) -> Row | None:
    rows = figures[name].rows if name in figures else ()
    return next((row for row in rows if dict(row.of) == of), None)


def _beside(*words: str) -> str:
    return " · ".join(word for word in words if word)


def _matches(figures: Figures, ways: Ways) -> Iterator[Headline]:
    row, needs = (
        _row(figures, "funnel", step="match_not_refused", **more) for more in (dict[str, str](what="matches"), {})
    )
    if row is not None and needs is not None:
        said = gettext("%(count)s of %(all)s published needs have one", count=needs.numerator, all=needs.denominator)
        url = ways.matches if row.numerator else ""
        yield Headline(number=str(row.numerator), words=gettext("matches not refused"), second=said, url=url)


def _live(figures: Figures, ways: Ways) -> Iterator[Headline]:
    live = _row(figures, "conflicts", what="stops_refused")
    opened = next((row for row in _rows(figures, "conversion") if row.of.get("step") == "opened"), None)
    if live is not None and live.denominator is not None and opened is not None:
        url = ways.all_of("time_in_step", ("open",)) if live.denominator else ""
        said = gettext("of %(all)s opened", all=opened.denominator)
        yield Headline(number=str(live.denominator), words=gettext("live cases"), second=said, url=url)


def _rows(figures: Figures, name: str) -> tuple[Row, ...]:
    return figures[name].rows if name in figures else ()


def _late(figures: Figures, ways: Ways) -> Iterator[Headline]:
    """Of the tasks that somebody of the office holds."""
    if "workload" not in figures:
        return
    rows = [row for row in _rows(figures, "workload") if row.of["what"] in _IN_HAND]
    late = sum(row.numerator for row in rows if row.of["what"] in _LATE)
    yield Headline(
        number=str(late),
        words=gettext("tasks overdue"),
        second=gettext("of %(all)s in hand", all=sum(row.numerator for row in rows)),
        url=ways.all_of("workload", _LATE) if late else "",
        late=late > 0,
    )


def _answered(figures: Figures, ways: Ways) -> Iterator[Headline]:
    row = _row(figures, "referrals", what="answered_in_time")
    if row is not None:
        yield _among(
            ways, "referrals", row, gettext("referrals answered in time"), gettext("of %(all)s sent", all=_all(row))
        )


def _agreements(figures: Figures, ways: Ways) -> Iterator[Headline]:
    row = _row(figures, "agreements", what="signed")
    contracts = _row(figures, "agreements", what="technology_contracts")
    if row is None:
        return
    said = [gettext("in %(cases)s", cases=say_cases(row.behind)) if row.behind else gettext("none yet")]
    if contracts is not None and contracts.numerator:
        said += [gettext("%(count)s technology contracts", count=contracts.numerator), say_money(contracts.money)]
    yield Headline(
        number=str(row.numerator),
        words=gettext("agreements signed"),
        second=_beside(*said),
        url=ways.line("agreements", row),
    )


def _sites(figures: Figures, ways: Ways) -> Iterator[Headline]:
    row = _row(figures, "deployments", what="accepted")
    if row is not None:
        yield _among(ways, "deployments", row, gettext("sites accepted"), gettext("of %(all)s tested", all=_all(row)))


def _verified(figures: Figures, ways: Ways) -> Iterator[Headline]:
    row = _row(figures, "funnel", step="verified")
    if row is None:
        return
    measured = gettext("of %(all)s measured for a year", all=_all(row))
    other = row.parts.get("otherwise", 0)
    more = gettext("%(count)s more by another route", count=other) if other else ""
    yield _among(ways, "funnel", row, gettext("with a verified effect"), measured, more)


def _all(row: Row) -> int:
    return row.denominator or 0


def _among(ways: Ways, name: str, row: Row, words: str, *said: str) -> Headline:
    """A line of a figure with its share."""
    second = _beside(say_percent(row.percent), *said)
    return Headline(number=str(row.numerator), words=words, second=second, url=ways.line(name, row))
