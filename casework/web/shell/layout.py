"""What every template may use: the reader's language and clock, the rail, the assets' addresses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from babel import Locale
from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import Babel, get_locale, gettext
from jinja2 import StrictUndefined
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError

from casework.engine.case_objects.countries import is_country
from casework.engine.deadlines.calendars import Calendar
from casework.errors import CaseworkError, NotFound
from casework.operations.auth.views import Scope
from casework.operations.core.i18n import Speech
from casework.operations.notifications.queries import MOST_COUNTED, find_unread
from casework.operations.notifications.views import Unread
from casework.web.shell import dates, forms, i18n, navigation
from casework.web.shell.glossary import MEANINGS
from casework.web.shell.i18n import N_
from casework.web.shell.session import FOCUS, Person, cookie_named, focus, page_transaction, viewer

#: The locale of each language that a person may choose.
LOCALES = {"en": "en", "zh-Hans": "zh_Hans"}
LANGUAGE_COOKIE, THEME_COOKIE = "language", "theme"
#: The number of a case: its programme, the year, and which of them it is.
_NUMBER = re.compile(r"[A-Z]{2,8}-\d{4}-\d{4,}")
#: What a simulation tells its readers is set here by the settings.
OFFSET = "CLOCK_OFFSET"


def register(app: Flask) -> None:
    Babel(app, default_locale="en", locale_selector=_locale, timezone_selector=None)
    app.url_defaults(_link)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        role_name=i18n.role_name,
        name_of=i18n.name_of,
        listed=i18n.listed,
        say=i18n.say,
        sentences=i18n.sentences,
        places=place_names,
        time=time_element,
        due=due_element,
        initials=initials,
        zone=zone_words,
    )
    app.jinja_env.globals.update(
        gap=i18n.gap,
        asset=asset,
        case_number=_case_number,
        rail=_rail,
        has_page=navigation.has_page,
        reader=reader,
        language=language,
        theme=theme,
        role_name=i18n.role_name,
        name_of=i18n.name_of,
        country_name=country_name,
        labelled=i18n.labelled,
        edition_text=i18n.edition_text,
        say=i18n.say,
        meanings=MEANINGS,
        time=time_element,
        due=due_element,
        day=day_element,
        begins=begin_element,
        ends=end_element,
        new_key=forms.new_key,
        currencies=forms.CURRENCIES,
        simulated=_simulated,
        here=_here,
        unread=unread,
        say_unread=say_unread,
        focus=_chosen,
        stay=_stay,
    )


# --- the reader ------------------------------------------------------------------------------------------------------


def reader() -> Person | None:
    """The signed-in person, if there is one and the database can say so."""
    if g.get("_person_unknown"):
        return None
    try:
        return viewer()
    except (SQLAlchemyError, CaseworkError):
        g._person_unknown = True
        return None


def language() -> str:
    """The reader's language: what a page without an account was asked for in, the person's own, the cookie's, or the browser's."""
    if (asked := g.get("asked_language")) in LOCALES:
        return str(asked)
    if person := reader():
        return "zh-Hans" if person.language.lower().startswith("zh") else "en"
    chosen = request.cookies.get(cookie_named(LANGUAGE_COOKIE))
    if chosen in LOCALES:
        return chosen
    return "zh-Hans" if (request.accept_languages.best_match(["en", "zh"]) or "en") == "zh" else "en"


def _locale() -> Locale:
    return Locale.parse(LOCALES[language()])


#: Regions of China that the words of languages name without it.
_REGIONS = {"HK": N_("Hong Kong, China"), "MO": N_("Macao, China"), "TW": N_("Taiwan, China")}


def country_name(code: str) -> str:
    """What a country or region of ISO 3166-1 is called in the reader's language; the code where it is none."""
    code = code.upper()
    return gettext(_REGIONS[code]) if code in _REGIONS else str(_locale().territories.get(code, code))


def place_names(words: Iterable[str]) -> str:
    """Places of a record beside each other: a code of a country by its name, anything else as it was written."""
    return i18n.listed(country_name(word) if is_country(word) else word for word in words)


def unread() -> Unread:
    """What the reader has not read, for the top bar."""
    person = reader()
    if person is None or not person.viewer.unread:
        return Unread()
    if "unread" not in g:
        with page_transaction() as (db, actor):
            g.unread = find_unread(db, actor)
    found: Unread = g.unread
    return found


def say_unread(count: int) -> str:
    """How many are not read, as it stands in the top bar; nothing when there are none."""
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")


def initials(name: str) -> str:
    """Two letters that stand before a name: of the first and the last word, or the first of a Chinese one."""
    words = name.split()
    if not words:
        return "–"
    return (words[0][0] + words[-1][0] if len(words) > 1 and name.isascii() else words[0][0]).upper()


def theme() -> str:
    """auto, light or dark."""
    person = reader()
    chosen = person.theme if person else request.cookies.get(cookie_named(THEME_COOKIE))
    return chosen if chosen in ("light", "dark") else "auto"


def _rail() -> list[navigation.Link]:
    person = reader()
    return navigation.rail(person.roles) if person else []


#: The lists that show one programme or all; links between them stay with the one in the address.
LISTS = frozenset({
    "home.show", "agenda.show", "home.decisions", "home.team", "home.case_hygiene", "tasks.queue", "tasks.done", "cases.index", "cases.csv",
    "cases.xlsx", "matches.index", "desk.index", "rights.index", "past_projects.index", "needs.index", "technologies.index", "audit.home",
    "audit.answers", "audit.sample", "audit.findings", "audit_files.findings_csv", "audit_files.findings_xlsx", "audit_files.findings_json",
    "contract_values.index",
    "figures.index", "figures.cases", "figures.csv", "figures.xlsx", "figures.json", "process.index", "process.csv", "process.xlsx",
    "process.json", "reports.index", "outside_figures.index", "outside_figures.csv", "outside_figures.xlsx", "outside_figures.json",
})  # fmt: skip


def _chosen() -> Scope | None:
    """The programme that lists show; on the page that says that there is no such one, none."""
    try:
        return focus()
    except NotFound:
        return None


def _stay() -> str | None:
    """The programme that the address of this list names, for the forms and links on it."""
    return request.args.get(FOCUS) if has_request_context() and request.endpoint in LISTS else None


def _link(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint in LISTS and (programme := _stay()) is not None:
        values.setdefault(FOCUS, programme)


def _case_number(crumbs: Sequence[tuple[str, str]] = ()) -> str:
    """The number of the case that this page is about, as its address or the way to it says, for its title."""
    named = (request.view_args or {}).get("number")
    return str(named or next((words for words, _ in crumbs if _NUMBER.fullmatch(str(words))), ""))


def _here() -> str:
    """The address of this page, for coming back to it."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


# --- time ------------------------------------------------------------------------------------------------------------


def use_calendar(calendar: Calendar) -> None:
    """Count working days by this programme's calendar on the rest of this page."""
    g.calendar = calendar


def use_paper(calendar: Calendar) -> None:
    """What follows is printed: by the clock of this programme, and each day with its year, whoever reads it and when."""
    use_calendar(calendar)
    g.on_paper = True


def zone_words(zone: str) -> str:
    """Whose time a zone is, in the reader's language: Beijing time."""
    return Speech(clock().chinese).zone(zone)


def clock() -> dates.Clock:
    """The reader's clock."""
    person = reader()
    zone = person.zone if person else "Asia/Shanghai"
    moment = datetime.now(UTC) + timedelta(seconds=current_app.config[OFFSET])
    if g.get("on_paper"):
        return replace(dates.clock(moment, g.calendar.zone, str(get_locale()), g.calendar), years=True)
    return dates.clock(moment, zone, str(get_locale()), g.get("calendar"))


def _simulated() -> str | None:
    """The time that is pretended, where it is."""
    reader_clock = clock()
    return dates.say_moment(reader_clock.now, reader_clock) if current_app.config[OFFSET] else None


def _element(words: str, exactly: str, machine: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(machine, exactly, words)


def time_element(moment: datetime | str | None) -> Markup:
    """Mon 24 Nov 10:02, exact when hovered."""
    if moment is None:
        return Markup("")
    reader_clock = clock()
    return _element(dates.say_moment(moment, reader_clock), dates.say_exactly(moment, reader_clock), _machine(moment))


def due_element(
    moment: datetime | str | None, *, short: bool = False, late: bool | None = None, still: bool = False
) -> Markup:
    """in 3 working days · Fri 5 Dec; only the first part with `short`.

    Whether it is `late`, where that is known; what stands `still` is due at no day, and says at which it was.
    """
    if moment is None:
        return Markup("")
    reader_clock = clock()
    day = dates.say_day(reader_clock.day_of(moment), reader_clock)
    if still or late is False and dates.is_late(moment, reader_clock):
        was = _element(gettext("was %(day)s", day=day), dates.say_exactly(moment, reader_clock), _machine(moment))
        stands = gettext("stands still")
        return Markup('<span class="muted">{}</span>').format(
            stands if short else Markup("{} · {}").format(stands, was)
        )
    distance = dates.say_due(moment, reader_clock)
    element = _element(
        distance if short or day in distance else f"{distance} · {day}",
        dates.say_exactly(moment, reader_clock),
        _machine(moment),
    )
    if dates.is_late(moment, reader_clock):
        return Markup('<span class="danger">{}</span>').format(element)
    return element


def day_element(day: Any) -> Markup:
    """Fri 5 Dec, of a calendar day, or of the day in which a moment lies for the reader."""
    if day is None:
        return Markup("")
    reader_clock = clock()
    is_moment = isinstance(day, datetime) or isinstance(day, str) and len(day) > len("2025-12-05")
    read = reader_clock.day_of(day) if is_moment else dates.read_day(day)
    return _element(dates.say_day(read, reader_clock), read.isoformat(), read.isoformat())


def begin_element(moment: datetime | str) -> Markup:
    """When something begins: the day, where it is the whole of it on the reader's wall, else the moment."""
    return day_element(moment) if _at_midnight(moment) else time_element(moment)


def end_element(moment: datetime | str) -> Markup:
    """When something ends: the last day of it, where that is whole on the reader's wall, else the moment."""
    if not _at_midnight(moment):
        return time_element(moment)
    return day_element(dates.read_moment(moment) - timedelta(minutes=1))


def _at_midnight(moment: datetime | str) -> bool:
    return dates.read_moment(moment).astimezone(clock().zone).time() == time()


def _machine(moment: datetime | str) -> str:
    return f"{dates.read_moment(moment).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


# --- assets ----------------------------------------------------------------------------------------------------------


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(files("casework.web").joinpath("static", name).read_bytes()).hexdigest()[:16]


def asset(name: str) -> str:
    """The address of a file of ours; it changes with the file, so that browsers may keep it for a year."""
    return url_for("static", filename=name, v=_digest(name))


__all__ = ["asset", "clock", "language", "reader", "register", "say_unread", "theme", "use_calendar"]
