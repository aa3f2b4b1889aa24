"""The page of how a programme's cases ran: a map with its heat, ways, waits, bottlenecks, and what left its definition."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.mining.process import Process
from casework.engine.mining.waits import Place
from casework.engine.mining.ways import Variant
from casework.engine.parts import MAIN
from casework.errors import NotFound
from casework.operations.auth.step_up import insist_proved
from casework.operations.auth.views import Scope
from casework.operations.cases.list_queries import list_cases
from casework.operations.core.paging import Page
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.process import READ_BY, process_for_reader, show_process
from casework.permissions.actors import Actor
from casework.web.cases.list_page import row_of
from casework.web.editions.drawing import Drawing, draw
from casework.web.oversight.figure_pages import COLUMNS, DAY, as_file, end_of, programme_asked
from casework.web.oversight.process_files import head, lines
from casework.web.oversight.process_heat import COLOURS, Heat, beneath, heats
from casework.web.oversight.process_tables import edition_name, say_way, sections
from casework.web.shell.layout import use_calendar
from casework.web.shell.session import FOCUS, list_transaction, only
from casework.web.shell.spreadsheets import CSV, LONGEST, XLSX, to_csv, to_xlsx

blueprint = Blueprint("process", __name__)
readers = only(*READ_BY)

COLOUR, EDITION, WAY = "colour", "edition", "way"
#: Those that need the whole width of the page.
WIDE = frozenset({"states", "waiting", "bottlenecks", "tasks", "ways", "arcs"})


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for, and of which programme."""

    programme: Scope
    programmes: tuple[Scope, ...]
    day: str
    colour: str
    fault: str = ""

    @property
    def back(self) -> dict[str, str]:
        """For the address of the figures of the same programme and day."""
        code = {FOCUS: str(self.programme.code)} if len(self.programmes) > 1 else {}
        return {**code, **({DAY: self.day} if self.day else {})}

    @property
    def query(self) -> dict[str, str]:
        """For addresses that come back to the same programme, day and colour."""
        return {**self.back, COLOUR: self.colour}


@dataclass(frozen=True, kw_only=True)
class HeatMap:
    """The edition that is looked at, as drawn."""

    key: str
    name: str
    drawing: Drawing
    heats: Mapping[str, Heat]
    #: What its colours show.
    shows: str


@blueprint.get("/process")
@readers
def index() -> Response:
    with list_transaction() as (db, actor):
        asked, told = _tell(db, actor, whole_lists=False)
    shown = _editions(told.places) if told else []
    page = render_template(
        "oversight/process.html",
        asked=asked,
        told=told,
        colours=[(code, gettext(words)) for code, (words, _) in COLOURS.items()],
        wide=WIDE,
        **(_of_edition(asked, told, shown) if told and shown else {"map": None}),
    )
    return make_response(page, 422 if asked.fault else 200)


@blueprint.get("/process.csv", endpoint="csv")
@readers
def take_csv() -> Response:
    name, told = _taken_out()
    return as_file(f"{name}.csv", to_csv(head(), lines(told)), CSV)


@blueprint.get("/process.xlsx", endpoint="xlsx")
@readers
def take_xlsx() -> Response:
    name, told = _taken_out()
    return as_file(f"{name}.xlsx", to_xlsx(gettext("How cases ran"), head(), list(lines(told, LONGEST))), XLSX)


@blueprint.get("/process.json", endpoint="json")
@readers
def take_json() -> Response:
    """What the command tells."""
    name, told = _taken_out()
    content = json.dumps(show_process(told), ensure_ascii=False, indent=1).encode()
    return as_file(f"{name}.json", content, "application/json")


def _taken_out() -> tuple[str, Process]:
    """With the name of the file. Raises NotFound for what is no day."""
    with list_transaction() as (db, actor):
        asked, told = _tell(db, actor)
        # A file is taken out by whoever has proved lately who it is.
        insist_proved(actor)
        if told is None:
            raise NotFound("page")
        day = calendar_of(db, asked.programme.id).local_date(told.at)
    return f"process-{asked.programme.code}-{day}", told


def _tell(db: Connection, actor: Actor, *, whole_lists: bool = True) -> tuple[Asked, Process | None]:
    """Raises NotFound for who does not read it."""
    programme, programmes = programme_asked(actor, READ_BY)
    colour = request.args.get(COLOUR, "")
    asked = Asked(
        programme=programme,
        programmes=programmes,
        day=request.args.get(DAY, "").strip()[:100],
        colour=colour if colour in COLOURS else next(iter(COLOURS)),
    )
    calendar = calendar_of(db, programme.id)
    use_calendar(calendar)
    try:
        until = end_of(asked.day, calendar)
    except ValueError:
        return replace(asked, fault=gettext("Write the day as YYYY-MM-DD.")), None
    return asked, process_for_reader(db, actor, programme.id, until, whole_lists=whole_lists)


def _link(asked: Asked) -> Callable[[Variant], str]:
    """The way to the cases of a way that cases went."""
    query: dict[str, Any] = dict(asked.query)
    return lambda one: url_for("process.cases", way=one.key, **query)


@blueprint.get("/process/cases")
@readers
def cases() -> str:
    """The cases that went one way, as a list of cases has them: those that the reader sees. They are folded again: none of them is kept."""
    way, cursor = request.args.get(WAY, ""), request.args.get("cursor")
    with list_transaction() as (db, actor):
        asked, told = _tell(db, actor)
        if told is None:
            raise NotFound("page")
        # Whoever comes back later may find none: a case that has gone on went another way.
        variant = next((one for one in told.variants if one.key == way), None)
        filters = {"numbers": " ".join(variant.cases), "programme": asked.programme.id} if variant else {}
        listed = list_cases(db, actor, filters=filters, sort="number", cursor=cursor) if variant else Page(items=[])
    query: dict[str, Any] = dict(asked.query) | {WAY: way}
    return render_template(
        "oversight/way_cases.html",
        at=told.at,
        way=say_way(variant.actions) if variant else "",
        count=len(variant.cases) if variant else 0,
        rows=[row_of(case) for case in listed.items],
        columns=[(key, gettext(words)) for key, words in COLUMNS.items()],
        next_url=url_for("process.cases", cursor=listed.next, **query) if listed.next else "",
        first_url=url_for("process.cases", **query) if cursor else "",
        back=url_for("process.index", _anchor="ways", **dict[str, Any](asked.query)),
    )


def _editions(places: Iterable[Place]) -> list[Edition]:
    """Those by which cases ran, as far as they are known: the case's own first, then by name, of each the newest first."""
    known = load_library().editions
    ran = {one.edition: known[one.edition] for one in places if one.edition in known}
    return sorted(ran.values(), key=lambda one: (one.part != MAIN, one.workflow, -one.number, one.fingerprint))


def _of_edition(asked: Asked, told: Process, shown: list[Edition]) -> dict[str, object]:
    """What the page has of the edition that the address names, or of the first one."""
    edition = next((one for one in shown if _key(one) == request.args.get(EDITION)), shown[0])
    places = {one.state: one for one in told.places if one.edition == edition.fingerprint}
    there_now = Counter[str]()
    for place in told.places:
        there_now[place.edition] += place.now
    query: dict[str, Any] = dict(asked.query)
    tabs = [
        (
            edition_name(one),
            url_for("process.index", edition=_key(one), **query),
            one is edition,
            there_now[one.fingerprint],
        )
        for one in shown
    ]
    map = HeatMap(
        key=_key(edition),
        name=edition_name(edition),
        drawing=draw(edition, told={state: beneath(place) for state, place in places.items()}),
        heats=heats(places, asked.colour),
        shows=gettext(COLOURS[asked.colour][0]),
    )
    return {"tabs": tabs, "map": map, "sections": sections(told, edition, places, _link(asked))}


def _key(edition: Edition) -> str:
    """What an address calls an edition."""
    return f"{edition.workflow}-{edition.number}"
