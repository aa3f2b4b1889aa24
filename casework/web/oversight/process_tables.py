"""How cases ran as sheets with tables: time in each state, waiting against work, ways, bottlenecks, and what left its definition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.figures.counting import percent
from casework.engine.mining.conformance import (
    CAME_ELSEWHERE,
    NO_SUCH_ACTION,
    NO_SUCH_EDITION,
    NOT_FROM_THERE,
    STOOD_ELSEWHERE,
    Conformance,
    Deviation,
)
from casework.engine.mining.process import MOST, Process
from casework.engine.mining.spans import IN_HAND, RESTING, WAITING
from casework.engine.mining.waits import Place, Work
from casework.engine.mining.ways import Arc, Variant
from casework.engine.parts import MAIN
from casework.web.oversight.figure_drafts import Cell, Column, FigureTable, Section
from casework.web.oversight.figure_words import say_length, say_minutes, say_percent
from casework.web.shell import charts
from casework.web.shell.i18n import N_, edition_text, labelled, listed
from casework.web.shell.task_links import kind_words

#: Of a table so many lines are shown, and the others once it is unfolded; not for the sake of a few.
FIRST, FEW = 8, 2
#: So many cases of one way are named.
MOST_CASES = 5
#: What a task does, and how that part of its time is drawn.
PARTS = (
    (WAITING, N_("Waiting"), charts.PLAIN),
    (IN_HAND, N_("In hand"), charts.OURS),
    (RESTING, N_("Snoozed"), charts.LEFT),
)
#: What is wrong with an action.
WRONG: Mapping[str, str] = {
    NO_SUCH_ACTION: N_("the edition has no such action"),
    NOT_FROM_THERE: N_("the action does not lead out of where the case stood"),
    STOOD_ELSEWHERE: N_("the case stood elsewhere before"),
    CAME_ELSEWHERE: N_("the case came where the action does not lead"),
    NO_SUCH_EDITION: N_("nobody has the edition any more"),
}


@dataclass(frozen=True, kw_only=True)
class Links:
    """The ways to the cases that went one way, and to those that stand in a state; "" where none does."""

    way: Callable[[Variant], str]
    state: Callable[[Place], str]


def sections(told: Process, edition: Edition, places: Mapping[str, Place], links: Links) -> list[Section]:
    """The sheets of the page; `places` are those of the edition that is looked at, by state."""
    mine = [places[state] for state in edition.states if state in places]
    shown = [
        _states(mine, links.state),
        _waiting(mine),
        _ways(told, links.way),
        _arcs(told.arcs),
        _bottlenecks(told.places),
        _tasks(told.works),
        _conformance(told),
    ]
    return [replace(one, tables=[part for table in one.tables for part in _folded(table)]) for one in shown]


def _folded(table: FigureTable) -> Iterator[FigureTable]:
    """The first lines of a table, and the others folded."""
    rest = table.rows[FIRST:]
    if len(rest) <= FEW:
        yield table
        return
    yield replace(table, rows=table.rows[:FIRST])
    caption = gettext("%(table)s: %(count)s more", table=table.caption, count=len(rest))
    yield replace(table, caption=caption, rows=rest, folded=True, marks=())


def edition_name(edition: Edition) -> str:
    return gettext("%(name)s, edition %(number)s", name=edition_text(edition, "title"), number=edition.number)


def _called(edition: Edition | None, key: str, code: str) -> str:
    """A text of an edition; a code that it does not know, as it is."""
    return edition_text(edition, key) if edition is not None and key in edition.texts else code.replace("_", " ")


def say_state(place: Place) -> str:
    return _called(load_library().editions.get(place.edition), f"states.{place.state}", place.state)


def say_action(edition: Edition | None, name: str) -> str:
    return _called(edition, f"transitions.{name}.do", name)


def say_way(actions: Sequence[str]) -> str:
    """Actions of the case's own track in their order."""
    edition = load_library().playing(MAIN)
    return " → ".join(say_action(edition, name) for name in actions) or gettext("no action yet")


def say_wrong(deviation: Deviation) -> str:
    action = say_action(load_library().latest(deviation.workflow), deviation.action)
    return labelled(action, gettext(WRONG[deviation.what]))


def say_task(work: Work) -> str:
    editions = [one for one in load_library().editions.values() if one.workflow == work.workflow]
    return kind_words(work.name, sorted(editions, key=lambda one: one.number, reverse=True))


# --- where the time goes ---------------------------------------------------------------------------------------------


def _states(places: Sequence[Place], link: Callable[[Place], str]) -> Section:
    return Section(
        name="states",
        title=gettext("Time in each state"),
        about=gettext(
            "The median is of the stays that ended. Late are tasks of the state that ended after their day, or are open beyond it."
        ),
        tables=[
            FigureTable(
                caption=gettext("Time in each state"),
                columns=[
                    ("what", gettext("State"), "head"),
                    ("count", gettext("How often cases came there"), "num"),
                    ("now", gettext("There now"), "num"),
                    ("median", gettext("Median working time"), "num"),
                    ("late", gettext("Late"), "num"),
                ],
                rows=[
                    {
                        "what": Cell(words=say_state(one)),
                        "count": Cell(words=str(one.count)),
                        "now": Cell(words=str(one.now), url=link(one)),
                        "median": Cell(words=say_minutes(one.median)),
                        "late": _late(one),
                    }
                    for one in places
                ],
            )
        ],
    )


def _late(place: Place) -> Cell:
    if not place.dated:
        return Cell()
    return Cell(
        words=gettext("%(count)s of %(all)s", count=place.overdue, all=place.dated),
        second=say_percent(percent(place.overdue, place.dated)),
        bar=charts.share_of_cell(place.overdue, place.dated, charts.LATE),
    )


def _waiting(places: Iterable[Place]) -> Section:
    rows = [(say_state(one), one.minutes) for one in places if any(one.minutes.values())]
    return Section(
        name="waiting",
        title=gettext("Waiting and work"),
        about=gettext(
            "How long the task of each state waited for somebody, was in hand, or was snoozed: working hours."
        ),
        tables=[_parts(gettext("Waiting and work"), gettext("State"), rows)] if rows else [],
    )


def _parts(caption: str, head: str, rows: Iterable[tuple[str, Mapping[str, int]]]) -> FigureTable:
    """A bar of each line's minutes in three parts, and each part as a number."""
    parts = [(what, gettext(words), kind) for what, words, kind in PARTS]
    columns: list[Column] = [("what", head, "head"), *((what, words, "num") for what, words, _ in parts)]
    return FigureTable(
        caption=caption,
        columns=columns,
        rows=[
            {
                "what": Cell(
                    words=called,
                    bar=charts.bar_share(
                        [charts.Share(minutes[what], kind, words) for what, words, kind in parts], "", 14
                    ),
                ),
                **{what: Cell(words=say_minutes(minutes[what])) for what, _, _ in parts},
            }
            for called, minutes in rows
        ],
        marks=[(charts.sample(kind), words) for _, words, kind in parts],
    )


def _bottlenecks(places: Sequence[Place]) -> Section:
    """Of all editions together; the places come with the most time first."""
    passed = [one for one in places if not is_end(one)]
    whole = sum(one.total for one in passed)
    shown = [one for one in passed if one.total][:MOST]
    table = FigureTable(
        caption=gettext("Bottlenecks"),
        columns=[
            ("what", gettext("State"), "head"),
            ("time", gettext("All stays together"), "num"),
            ("share", gettext("Share"), "num"),
            ("now", gettext("There now"), "num"),
        ],
        rows=[
            {
                "what": Cell(
                    words=say_state(one), second=say_edition(one), bar=charts.share_of_cell(one.total, shown[0].total)
                ),
                "time": Cell(words=say_minutes(one.total)),
                "share": Cell(words=say_percent(percent(one.total, whole))),
                "now": Cell(words=str(one.now)),
            }
            for one in shown
        ],
    )
    return Section(
        name="bottlenecks",
        title=gettext("Bottlenecks"),
        about=gettext(
            "The states of all workflows in which the most working time went by, up to now where a case is still there; "
            "ends are none of them."
        ),
        tables=[table] if shown else [],
    )


def is_end(place: Place) -> bool:
    """Whether nothing waits there: a case that is closed stands in an end for as long as it is not opened again."""
    edition = load_library().editions.get(place.edition)
    state = None if edition is None else edition.states.get(place.state)
    return state is not None and state.final


def say_edition(place: Place) -> str:
    edition = load_library().editions.get(place.edition)
    return place.workflow if edition is None else edition_name(edition)


def _tasks(works: Iterable[Work]) -> Section:
    rows = [(say_task(one), one.minutes) for one in works if one.minutes[WAITING]][:MOST]
    title = gettext("Tasks that waited the longest")
    return Section(
        name="tasks",
        title=title,
        about=gettext("Tasks of one name together, by how long they waited for somebody: working hours."),
        tables=[_parts(title, gettext("Task"), rows)] if rows else [],
    )


# --- which ways cases went, and whether they may -----------------------------------------------------------------------


def _ways(told: Process, link: Callable[[Variant], str]) -> Section:
    total, shown = told.cases, told.variants[:MOST]
    table = FigureTable(
        caption=gettext("Ways that cases went"),
        columns=[
            ("what", gettext("Actions in their order"), "head"),
            ("count", gettext("Cases"), "num"),
            ("share", gettext("Share"), "num"),
            ("time", gettext("Median until closing"), "num"),
        ],
        rows=[
            {
                "what": Cell(
                    words=say_way(one.actions),
                    second=_cases(one.cases),
                    bar=charts.share_of_cell(len(one.cases), total),
                ),
                "count": Cell(words=str(len(one.cases)), url=link(one)),
                "share": Cell(words=say_percent(percent(len(one.cases), total))),
                "time": Cell(words=_days(one.takes)),
            }
            for one in shown
        ],
    )
    return Section(
        name="ways",
        title=gettext("Ways that cases went"),
        about=gettext("Cases in which the same actions were taken in the same order, the most frequent first."),
        tables=[table] if shown else [],
        beside=_more(told.ways - len(shown)),
    )


def _arcs(arcs: Sequence[Arc]) -> Section:
    edition = load_library().playing(MAIN)
    shown = arcs[:MOST]
    title = gettext("What followed what")
    table = FigureTable(
        caption=title,
        columns=[
            ("what", gettext("Action"), "head"),
            ("then", gettext("Right after it"), ""),
            ("count", gettext("Count"), "num"),
            ("time", gettext("Median until then"), "num"),
        ],
        rows=[
            {
                "what": Cell(words=say_action(edition, one.source)),
                "then": Cell(words=say_action(edition, one.target)),
                "count": Cell(words=str(one.count), bar=charts.share_of_cell(one.count, shown[0].count)),
                "time": Cell(words=_days(one.wait)),
            }
            for one in shown
        ],
    )
    return Section(
        name="arcs",
        title=title,
        about=gettext("Which action of the case came right after which, the most frequent first."),
        tables=[table] if shown else [],
        beside=_more(len(arcs) - len(shown)),
    )


def _days(time: timedelta | None) -> str:
    if time is None:
        return ""
    return say_length(Decimal(str(round(time.total_seconds() / 86_400, 1))), "days")


def _cases(numbers: Sequence[str]) -> str:
    """The first cases, each with the way to it, and how many more there are."""
    return listed([*map(_case, numbers[:MOST_CASES]), *_more(len(numbers) - MOST_CASES)])


def _case(number: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url_for("cases.show", number=number), number)


def _more(count: int) -> list[str]:
    return [gettext("%(count)s more", count=count)] if count > 0 else []


def _conformance(told: Process) -> Section:
    shown = [one for one in told.conformance if one.deviations][:MOST]
    table = FigureTable(
        caption=gettext("Cases that left their definition"),
        columns=[
            ("what", gettext("Case"), "head"),
            ("count", gettext("Actions that deviate"), "num"),
            ("first", gettext("The first of them"), ""),
        ],
        rows=[
            {
                "what": Cell(words=one.case, url=url_for("cases.show", number=one.case)),
                "count": Cell(
                    words=gettext("%(count)s of %(all)s", count=len(one.deviations), all=one.actions),
                ),
                "first": _deviation(one),
            }
            for one in shown
        ],
    )
    return Section(
        name="conformance",
        title=gettext("Cases that left their definition"),
        about=gettext("Each action was tried again on the edition by which its case ran."),
        tables=[table] if shown else [],
        beside=[
            gettext("%(count)s cases, %(actions)s actions", count=told.judged, actions=told.actions),
            *_more(told.deviating - len(shown)),
        ],
        nothing=gettext("Every action was taken as its edition says."),
    )


def _deviation(one: Conformance) -> Cell:
    first = one.deviations[0]
    return Cell(words=say_wrong(first), second=gettext("event %(number)s", number=first.seq))
