"""The page of a case as it stood at an instant, for those who audit it: to read alone, from entry to entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection

from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.editions import Edition
from casework.engine.state.case import Case
from casework.errors import NotFound
from casework.json_values import is_id
from casework.ledger.canonical_json import parse_instant
from casework.operations.cases.case_events import last_events
from casework.operations.cases.queries import outline_of
from casework.operations.cases.views import TrackView
from casework.operations.core.perform import calendar_of
from casework.operations.history.past_cases import CaseThen, case_then, describe_then, find_audited, library_of
from casework.operations.history.past_sight import sight_then, those_then
from casework.operations.history.views import PastCase
from casework.permissions.actors import Actor
from casework.records.event_log import now as read_now
from casework.web.cases.detail_page import side_of
from casework.web.cases.lanes import names_of_tracks
from casework.web.cases.link_pages import say_links
from casework.web.cases.list_page import say_outcome
from casework.web.cases.next_step import next_of, task_lines, waits_of
from casework.web.cases.past_picker import Picker, picker_of, read_moment, say_then
from casework.web.cases.progress import steps_of
from casework.web.history.sentences import say_entry, say_join
from casework.web.shell.i18n import edition_text, listed
from casework.web.shell.layout import use_calendar
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import queue_name
from casework.web.shell.values import paper_name, party_name

#: So many of the last entries of the history by then stand on the page.
ENTRIES = 5


@dataclass(frozen=True)
class TrackLine:
    """Where a track stood."""

    name: str
    provider: str
    state: str
    since: str
    ended: bool


@dataclass(frozen=True)
class Seen:
    """What somebody could see: in a sentence, and of a provider's people which referrals and documents."""

    words: str
    tracks: list[str]
    documents: list[str]


@dataclass(frozen=True)
class PaperLine:
    """A document, and who of the other side could see it then."""

    title: str
    kind: str
    seen_by: str


def show(number: str) -> Response:
    asked, who = request.args.get("as_of", "").strip(), request.args.get("who", "")
    with page_transaction() as (db, actor):
        case = find_audited(db, actor, number)
        calendar, moment = calendar_of(db, case.programme), max(read_now(db), case.last_at)
        use_calendar(calendar)
        at = read_moment(asked, calendar, moment) if asked else moment
        fault = _fault(at, case, moment, calendar)
        picker = picker_of(case.opened_at, calendar, None if fault else at)
        if at is None or fault:
            title = outline_of(db, actor, case).title
            page = render_template(
                "cases/past.html", number=number, name_now=title, case=None, picker=picker, fault=fault, typed=asked
            )
            return make_response(page, 422)
        return make_response(
            _page(db, actor, case_then(db, case, at), calendar=calendar, picker=picker, entries=case.seq, who=who)
        )


def _fault(at: datetime | None, case: Case, moment: datetime, calendar: Calendar) -> str:
    if at is None:
        return gettext("Enter a day and a time, such as 2026-03-02 09:30.")
    if at > moment:
        return gettext("This moment lies in the future: a case is shown as it was, not as it will be.")
    if at < case.opened_at:
        return gettext(
            "The case was opened at %(when)s: choose a later moment.", when=say_then(case.opened_at, calendar)
        )
    return ""


def _page(
    db: Connection, actor: Actor, then: CaseThen, *, calendar: Calendar, picker: Picker, entries: int, who: str
) -> str:
    case, shown = then.case, describe_then(db, actor, then)
    events, library = last_events(db, actor, case, limit=ENTRIES), library_of(db, case)
    main = shown.tracks[0]
    edition, names = library[main.edition], names_of_tracks(shown)
    return render_template(
        "cases/past.html",
        number=shown.number,
        case=shown,
        picker=picker,
        fault="",
        when=say_then(then.at, calendar),
        at_event=gettext("Entry %(seq)d of %(all)d", seq=case.seq, all=entries),
        erased=_erased(shown, calendar),
        back=_step(shown, shown.previous_at, who),
        onward=_step(shown, shown.next_at, who),
        events=[
            (
                event.at,
                _who(event.actor.name if event.actor else None),
                side_of(event),
                say_entry(event, library.editions),
            )
            for event in events
        ],
        state=listed(edition_text(edition, f"states.{leaf}") for leaf in main.states),
        since=main.entered_at,
        outcome=say_outcome(edition, shown.outcome, main.states[0]),
        steps=steps_of(edition, main),
        next=next_of(shown, names, actor.person),
        waits=waits_of(shown, edition),
        joins=[words for join in shown.joins if (words := say_join(join))],
        tasks=task_lines(shown, actor.person, names),
        tracks=[_track(track, library[track.edition], names.get(track.id, "")) for track in shown.tracks[1:]],
        papers=_papers(shown),
        linked=say_links(shown.links),
        those=those_then(db, then),
        who=who,
        seen=_seen(db, then, who, names),
        party_name=party_name,
        queue_name=queue_name,
    )


def _who(name: str | None) -> str:
    return name or gettext("system")


def _erased(shown: PastCase, calendar: Calendar) -> str:
    if not shown.erased_at:
        return ""
    days = listed(say_then(parse_instant(moment), calendar) for moment in shown.erased_at)
    return gettext(
        "Words that stood here then were erased later, at %(days)s: they are gone from this page, too.", days=days
    )


def _seen(db: Connection, then: CaseThen, who: str, names: Mapping[str, str]) -> Seen | None:
    """What somebody could see, in words; None where nobody is asked about."""
    if not who:
        return None
    if not is_id(who):
        raise NotFound("person")
    told = sight_then(db, then, who)
    name = told.who.name or gettext("somebody")
    levels = {
        "nothing": gettext("%(name)s could see nothing: the case was not there for them.", name=name),
        "outline": gettext("%(name)s could see number, title, step and outcome.", name=name),
        "referrals": gettext("%(name)s could see these referrals, and what was shared with them.", name=name),
        "all": gettext("%(name)s could see the whole case.", name=name),
    }
    parts = told.level == "referrals"
    return Seen(
        levels[told.level],
        [names.get(track, track) for track in told.tracks] if parts else [],
        [document.title or gettext("erased") for document in told.documents] if parts else [],
    )


def _step(shown: PastCase, moment: str | None, who: str) -> str:
    return url_for("cases.past", number=shown.number, as_of=moment, who=who or None) if moment else ""


def _track(track: TrackView, edition: Edition, name: str) -> TrackLine:
    states = listed(edition_text(edition, f"states.{leaf}") for leaf in track.states)
    return TrackLine(
        name, (track.provider and track.provider.name) or "", states, track.entered_at, track.ended is not None
    )


def _papers(shown: PastCase) -> list[PaperLine]:
    tracks = {track.id: (track.provider.name if track.provider else None) or "" for track in shown.tracks}
    lines = []
    for document in shown.documents:
        seen = {
            tracks.get(grant.track, "")
            for grant in shown.grants
            if grant.document == document.id and not grant.ended_at
        }
        words = document.title or gettext("erased")
        lines.append(PaperLine(words, paper_name(document.kind), listed(sorted(seen - {""}))))
    return lines
