"""The page of how a programme's cases ran: a map with its heat, ways, waits, bottlenecks, and what left its definition."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, make_response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.figures.case_facts import DIMENSIONS
from casework.engine.figures.cohorts import OPENED_FROM, OPENED_TO
from casework.engine.mining.process import Process
from casework.engine.mining.waits import Place
from casework.engine.parts import MAIN
from casework.errors import InvalidForm, NotFound
from casework.operations.auth.step_up import insist_proved
from casework.operations.auth.views import Scope
from casework.operations.cases.list_queries import list_cases
from casework.operations.core.paging import Page
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.figure_names import names_told
from casework.operations.oversight.figure_scope import EVENT
from casework.operations.oversight.process import (
    CHOSEN_BY,
    ONE_CASE,
    READ_BY,
    cases_standing,
    process_for_reader,
    read_chosen,
    show_process,
)
from casework.permissions.actors import Actor
from casework.web.cases.list_page import row_of
from casework.web.editions.drawing import Drawing, draw
from casework.web.oversight.figure_pages import COLUMNS, DAY, end_of, programme_asked
from casework.web.oversight.figure_words import LABELS, Sayer
from casework.web.oversight.process_files import head, lines
from casework.web.oversight.process_heat import COLOURS, Heat, beneath, heats
from casework.web.oversight.process_tables import Links, edition_name, is_end, say_state, say_way, sections
from casework.web.shell.downloads import as_file
from casework.web.shell.i18n import labelled
from casework.web.shell.layout import use_calendar
from casework.web.shell.session import FOCUS, list_transaction, only
from casework.web.shell.spreadsheets import CSV, LONGEST, XLSX, to_csv, to_xlsx

blueprint = Blueprint("process", __name__)
readers = only(*READ_BY)

COLOUR, EDITION, WAY, STATE = "colour", "edition", "way", "state"
#: Those that need the whole width of the page.
WIDE = frozenset({"states", "waiting", "bottlenecks", "tasks", "ways", "arcs"})


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address asks for, and of which programme."""

    programme: Scope
    programmes: tuple[Scope, ...]
    day: str
    colour: str
    #: As the address has it: one case, and between which days they were opened.
    chosen: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""
    #: What the cases were when they were opened, in words.
    were: tuple[str, ...] = ()
    #: Whether the address asks for an event as well, by which it is not told how cases ran.
    with_event: bool = False

    @property
    def back(self) -> dict[str, str]:
        """For the address of the figures of the same programme and day."""
        code = {FOCUS: str(self.programme.code)} if len(self.programmes) > 1 else {}
        return {**code, **({DAY: self.day} if self.day else {})}

    @property
    def to_figures(self) -> dict[str, str]:
        """The same with the filters that figures have as well."""
        return {**self.back, **{name: said for name, said in self.chosen.items() if name != ONE_CASE}}

    @property
    def same(self) -> dict[str, str]:
        """For the addresses of the same as files."""
        return {**self.back, **self.chosen}

    @property
    def query(self) -> dict[str, str]:
        """For addresses that come back to the same programme, day, cases and colour."""
        return {**self.same, COLOUR: self.colour}


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
        kept={name: asked.chosen[name] for name in DIMENSIONS if name in asked.chosen},
        opened=[(name, gettext(LABELS[name]), asked.chosen.get(name, "")) for name in (OPENED_FROM, OPENED_TO)],
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


def asked_for(actor: Actor) -> Asked:
    """What the address asks for. Raises NotFound for who does not read how cases ran."""
    programme, programmes = programme_asked(actor, READ_BY)
    colour = request.args.get(COLOUR, "")
    return Asked(
        programme=programme,
        programmes=programmes,
        day=request.args.get(DAY, "").strip()[:100],
        colour=colour if colour in COLOURS else next(iter(COLOURS)),
        chosen={name: said for name in CHOSEN_BY if (said := request.args.get(name, "").strip()[:100])},
        with_event=bool(request.args.get(EVENT)),
    )


def _tell(db: Connection, actor: Actor, *, whole_lists: bool = True) -> tuple[Asked, Process | None]:
    """Raises NotFound for who does not read it."""
    asked = asked_for(actor)
    programme = asked.programme
    calendar = calendar_of(db, programme.id)
    use_calendar(calendar)
    try:
        until, chosen = end_of(asked.day, calendar), read_chosen(asked.chosen)
    except ValueError:
        return replace(asked, fault=gettext("Write the day as YYYY-MM-DD.")), None
    except InvalidForm:
        return replace(asked, fault=gettext("The last day comes before the first. Change one of them.")), None
    asked = replace(asked, were=tuple(_were(db, programme.id, chosen)))
    return asked, process_for_reader(db, actor, programme.id, until, chosen, whole_lists=whole_lists)


def _were(db: Connection, programme: str, chosen: Mapping[str, str]) -> Iterator[str]:
    among = {name: chosen[name] for name in DIMENSIONS if name in chosen}
    if among:
        sayer = Sayer(names_told(db, programme, {"": {"rows": [{"of": among}]}}))
        for name, code in among.items():
            yield labelled(gettext(LABELS[name]), sayer.say("", name, code))


def _links(asked: Asked, edition: Edition) -> Links:
    """The ways to the cases of a way that cases went, and to those that stand in a state."""
    query: dict[str, Any] = dict(asked.query)
    return Links(
        way=lambda one: url_for("process.cases", way=one.key, **query),
        state=lambda one: url_for("process.cases", state=one.state, edition=_key(edition), **query) if one.now else "",
    )


@blueprint.get("/process/cases")
@readers
def cases() -> str:
    """The cases that went one way, or stand in one state, as a list of cases has them: those that the reader sees.

    They are folded again: none of them is kept.
    """
    wanted = {name: request.args.get(name, "") for name in (WAY, STATE, EDITION) if name in request.args}
    cursor = request.args.get("cursor")
    with list_transaction() as (db, actor):
        asked, told = _tell(db, actor, whole_lists=WAY in wanted)
        if told is None:
            raise NotFound("page")
        # Whoever comes back later may find none: a case that has gone on went another way, and stands elsewhere.
        behind = _behind(db, actor, asked, told, wanted)
        filters = {"numbers": " ".join(behind.cases), "programme": asked.programme.id}
        listed = (
            list_cases(db, actor, filters=filters, sort="number", cursor=cursor) if behind.cases else Page(items=[])
        )
    query: dict[str, Any] = dict(asked.query) | wanted
    return render_template(
        "oversight/way_cases.html",
        at=told.at,
        title=behind.title,
        way=behind.words,
        count=len(behind.cases),
        rows=[row_of(case) for case in listed.items],
        columns=[(key, gettext(words)) for key, words in COLUMNS.items()],
        next_url=url_for("process.cases", cursor=listed.next, **query) if listed.next else "",
        first_url=url_for("process.cases", **query) if cursor else "",
        back=url_for("process.index", _anchor=behind.sheet, **dict[str, Any](asked.query)),
    )


@dataclass(frozen=True, kw_only=True)
class Behind:
    """The cases behind a number of the page: what they have in common, in words, and the sheet that the number stands on."""

    title: str
    words: str
    sheet: str
    cases: tuple[str, ...]


def _behind(db: Connection, actor: Actor, asked: Asked, told: Process, wanted: Mapping[str, str]) -> Behind:
    if WAY in wanted:
        way = next((one for one in told.variants if one.key == wanted[WAY]), None)
        words, cases = (say_way(way.actions), way.cases) if way else ("", ())
        return Behind(title=gettext("Cases that went this way"), words=words, sheet="ways", cases=cases)
    key, state = wanted.get(EDITION), wanted.get(STATE)
    editions = {one.fingerprint: one for one in _editions(told.places) if _key(one) == key}
    place = next((one for one in told.places if one.edition in editions and one.state == state), None)
    title = gettext("Cases that stand there now")
    if place is None:
        return Behind(title=title, words="", sheet="states", cases=())
    cases = cases_standing(
        db, actor, asked.programme.id, told.at, place=(place.edition, place.state), chosen=read_chosen(asked.chosen)
    )
    words = f"{edition_name(editions[place.edition])} · {say_state(place)}"
    return Behind(title=title, words=words, sheet="states", cases=cases)


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
        there_now[place.edition] += 0 if is_end(place) else place.now
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
    return {"tabs": tabs, "map": map, "sections": sections(told, edition, places, _links(asked, edition))}


def _key(edition: Edition) -> str:
    """What an address calls an edition."""
    return f"{edition.workflow}-{edition.number}"
