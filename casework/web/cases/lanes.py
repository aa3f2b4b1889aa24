"""The tracks of a case as lanes on one axis of time: whose turn it was when, today, the limits, and whose turn it is in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from casework.definitions import load_library
from casework.engine import parts
from casework.engine.analysis.time_accounting import OFFICE, Interval
from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.editions import Edition
from casework.engine.definition.grammar import PREVIOUS_STEP
from casework.ledger.canonical_json import instant
from casework.operations.cases.views import CasePart, TrackView
from casework.operations.history.lanes import CaseLanes, TrackLane
from casework.web.cases.progress import step_name
from casework.web.shell import charts
from casework.web.shell.charts import Lane, Limit, Scale, Span
from casework.web.shell.dates import say_day
from casework.web.shell.i18n import edition_text, listed
from casework.web.shell.layout import clock
from casework.web.shell.navigation import has_page
from casework.web.shell.time_axis import time_scale, whole_hour
from casework.web.shell.values import body_name, service_name

#: Days within which an axis is not drawn any closer.
_SHORTEST = 21


@dataclass(frozen=True)
class LaneRow:
    """A track as a row: what it is, who works on it, its picture, and whose turn it is."""

    id: str
    #: The services that run inside it.
    inside: tuple[str, ...]
    name: str
    who: str
    url: str
    picture: Markup
    #: Whose turn, or how it ended.
    turn: str
    #: ours, theirs or nothing.
    side: str
    state: str
    due_at: str | None
    late: bool
    #: Its clock stands still.
    still: bool
    ended_at: str | None
    over: bool


@dataclass(frozen=True)
class LaneChart:
    """All rows on one axis, the key to their signs, and the same as a table."""

    axis: Markup
    rows: tuple[LaneRow, ...]
    key: tuple[tuple[Markup, str], ...]
    columns: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]


def track_name(track: TrackView, edition: Edition) -> str:
    """What a track is called: a referral by its service."""
    name = service_name(track.kind)
    if edition.part == parts.REFERRAL:
        name = gettext("Referral: %(service)s", service=name)
    if edition.part == parts.MAIN:
        name = gettext("The case")
    return name[:1].upper() + name[1:]


def services_of(case: CasePart) -> list[tuple[TrackView, list[TrackView]]]:
    """The tracks that have a row of their own, each with the services that run inside it."""
    known, main = {track.id for track in case.tracks}, case.tracks[0].id
    rows: dict[str, tuple[TrackView, list[TrackView]]] = {}
    for track in case.tracks:
        if track.parent in known and track.parent != main and track.parent in rows:
            rows[track.parent][1].append(track)
        else:
            rows[track.id] = (track, [])
    return list(rows.values())


def lane_chart(lanes: CaseLanes, case: CasePart, calendar: Calendar, owner: str) -> LaneChart:
    """The tracks of a case as lanes; `owner` is who works on the case itself."""
    lanes = replace(lanes, now=whole_hour(lanes.now))
    editions = load_library()
    by_track = {lane.track: lane for lane in lanes.lanes}
    scale = _scale(lanes, calendar)
    rows, table = [], []
    for track, inner in services_of(case):
        edition, lane = editions[track.edition], by_track[track.id]
        name, spans, at = track_name(track, edition), _spans(lane), track
        for service in inner:
            below = by_track[service.id]
            spans = _spliced(spans, _spans(below), lanes.now)
            if below.ended_at is None and not service.replaced:
                lane, at = _together(lane, below), service
        state = listed(edition_text(editions[at.edition], f"states.{leaf}") for leaf in at.states)
        who = (track.provider.name or "") if track.provider else owner
        awaits = _awaits(by_track[at.id].intervals[-1]) if by_track[at.id].intervals else ""
        inside, referral = tuple(service.id for service in inner), edition.part == parts.REFERRAL
        place = _Place(track, name, who, state, inside, referral, awaits)
        rows.append(_row(place, lane, spans, scale))
        table += [_cells(name, span, step, side) for span, step, side in spans]
    return LaneChart(
        charts.axis(scale),
        tuple(rows),
        key(lanes, off=bool(scale.off)),
        (gettext("Track"), gettext("Step"), gettext("Turn"), gettext("From"), gettext("Until")),
        tuple(table),
    )


def key(lanes: CaseLanes, *, off: bool) -> tuple[tuple[Markup, str], ...]:
    """What the signs mean, of those that are there."""
    live = [lane for lane in lanes.lanes if lane.ended_at is None]
    marks = [(charts.OURS, gettext("our turn")), (charts.THEIRS, gettext("their turn"))]
    marks += [(charts.STILL, gettext("stands still"))] if any(lane.still for lane in live) else []
    marks += [(charts.LATE, gettext("past the limit"))] if any(lane.late for lane in live) else []
    marks += [(charts.LEFT, gettext("time left")), ("limit", gettext("limit"))] if live else []
    marks += [("off", gettext("public holidays"))] if off else []
    return tuple((charts.sample(kind), words) for kind, words in marks)


# --- one row ---------------------------------------------------------------------------------------------------------

#: A stretch, the step that people read it as, and whose turn it was.
_Stretch = tuple[Interval, str, str]


def _spans(lane: TrackLane) -> list[_Stretch]:
    """The stretches of a track by step and side, those that follow each other alike as one."""
    stretches: list[_Stretch] = []
    for interval in lane.intervals:
        kind, step = _kind(interval), _step(interval)
        if stretches and stretches[-1][1:] == (step, kind) and stretches[-1][0].end == interval.start:
            before = stretches.pop()[0]
            interval = replace(interval, start=before.start)
        stretches.append((interval, step, kind))
    return stretches


def _edition(interval: Interval) -> Edition:
    """By which the track ran then: it may have moved to another since."""
    return load_library()[interval.edition]


def _kind(interval: Interval) -> str:
    edition = _edition(interval)
    if all(edition.states[leaf].step == PREVIOUS_STEP for leaf in interval.states):
        return charts.STILL
    return charts.OURS if interval.side == OFFICE and not _awaits(interval) else charts.THEIRS


def _awaits(interval: Interval) -> str:
    """Which body outside has the next word in the states of a stretch."""
    edition = _edition(interval)
    return next((body for leaf in interval.states if (body := edition.states[leaf].awaits)), "")


def _step(interval: Interval) -> str:
    """What a stretch is called: the step, of a side state and of one without a step its own name."""
    edition = _edition(interval)
    steps = [edition.states[leaf].step for leaf in interval.states]
    named = [step for step in steps if step and step != PREVIOUS_STEP]
    return step_name(named[0]) if named else listed(edition_text(edition, f"states.{leaf}") for leaf in interval.states)


def _spliced(outer: Sequence[_Stretch], inner: Sequence[_Stretch], now: datetime) -> list[_Stretch]:
    """The stretches of a referral with those of the service inside it in the place of its own."""
    if not inner:
        return list(outer)
    first, last = inner[0][0].start, inner[-1][0].end
    around: list[_Stretch] = []
    for interval, step, kind in outer:
        if interval.start < first:
            end = first if interval.end is None or interval.end > first else interval.end
            around.append((replace(interval, end=end), step, kind))
        if last is not None and (interval.end is None or interval.end > last):
            around.append((replace(interval, start=max(interval.start, last)), step, kind))
    return sorted([*around, *inner], key=lambda stretch: (stretch[0].start, stretch[0].end or now))


def _together(outer: TrackLane, inner: TrackLane) -> TrackLane:
    """A referral and the service inside it: the first of their days counts, and what is late in either."""
    days = sorted(day for day in (outer.due_at, inner.due_at) if day is not None)
    return replace(
        outer,
        due_at=days[0] if days else None,
        late=outer.late or inner.late,
        still=outer.still and inner.still,
        ahead=sorted({*days[1:], *outer.ahead, *inner.ahead}),
    )


@dataclass(frozen=True)
class _Place:
    """What a row is called, who works on it, where it stands, and which services run inside it."""

    track: TrackView
    name: str
    who: str
    state: str
    inside: tuple[str, ...]
    is_referral: bool
    #: Which body outside has the next word where it stands.
    awaits: str


def _row(place: _Place, lane: TrackLane, spans: Sequence[_Stretch], scale: Scale) -> LaneRow:
    track, state = place.track, place.state
    rests = bool(spans) and spans[-1][2] == charts.STILL
    turn, side = _turn(lane, state, rests=rests, replaced=track.replaced)
    if place.awaits and side == "ours":
        turn, side = gettext("Waits for: %(who)s", who=body_name(place.awaits)), "theirs"
    linked = place.is_referral and track.provider is not None and has_page("referrals.show")
    return LaneRow(
        track.id,
        place.inside,
        place.name,
        place.who,
        url_for("referrals.show", referral=track.id) if linked else "",
        charts.lane(scale, _lane(lane, spans, scale.now, says=_says(place.name, state, lane, turn))),
        turn,
        side,
        state,
        instant(lane.due_at) if lane.due_at and lane.ended_at is None else None,
        lane.late,
        lane.still,
        instant(lane.ended_at) if lane.ended_at else None,
        lane.ended_at is not None or track.replaced,
    )


def _turn(lane: TrackLane, state: str, *, rests: bool, replaced: bool) -> tuple[str, str]:
    """Whose turn it is in words, and as a class."""
    if lane.ended_at is not None:
        return (gettext("Replaced") if replaced else state), ""
    # What rests may yet wait for one side: a question of the provider's is ours to answer.
    if rests and (lane.still or lane.due_at is None):
        return gettext("Stands still"), ""
    return (gettext("Our turn"), "ours") if lane.side == OFFICE else (gettext("Their turn"), "theirs")


def _says(name: str, state: str, lane: TrackLane, turn: str) -> str:
    """The picture in a sentence."""
    if not lane.intervals:
        return name
    since = say_day(clock().day_of(lane.intervals[-1].start), clock())
    if lane.ended_at is not None:
        day = say_day(clock().day_of(lane.ended_at), clock())
        return gettext("%(track)s: ended on %(day)s at %(state)s", track=name, day=day, state=state)
    return gettext("%(track)s: %(state)s since %(day)s. %(turn)s.", track=name, state=state, day=since, turn=turn)


def _lane(lane: TrackLane, spans: Sequence[_Stretch], now: datetime, says: str) -> Lane:
    drawn, limits = [], [Limit(day, over=lane.late and day < now) for day in lane.ahead]
    live = lane.ended_at is None
    for interval, step, kind in spans:
        end = interval.end or now
        # What is late is late from its limit on, whatever happened since.
        passed = max(lane.due_at, interval.start) if live and lane.late and lane.due_at is not None else end
        if passed > interval.start:
            still = interval.end is None and lane.still
            drawn.append(Span(interval.start, min(passed, end), charts.STILL if still else kind, step))
        if passed < end:
            drawn.append(Span(passed, end, charts.LATE))
    if live and lane.due_at is not None:
        limits.append(Limit(lane.due_at, over=lane.late))
        if lane.due_at > now:
            drawn.append(Span(now, lane.due_at, charts.LEFT))
    reached = None if live or lane.ended_at is None else (lane.ended_at, charts.REACHED)
    return Lane(spans=tuple(drawn), limits=tuple(limits), ended=reached, says=says)


def _cells(name: str, interval: Interval, step: str, kind: str) -> tuple[str, ...]:
    turn = {charts.OURS: gettext("ours"), charts.THEIRS: gettext("theirs")}.get(kind, gettext("stands still"))
    reader = clock()
    until = say_day(reader.day_of(interval.end), reader) if interval.end else gettext("now")
    return name, step, turn, say_day(reader.day_of(interval.start), reader), until


# --- the axis --------------------------------------------------------------------------------------------------------


def _scale(lanes: CaseLanes, calendar: Calendar) -> Scale:
    """From the opening to the last limit; one that lies far off is not drawn, lest all that was become a line."""
    spent = max(lanes.now - lanes.start, timedelta(days=_SHORTEST))
    days = [
        day for lane in lanes.lanes if lane.ended_at is None for day in (lane.due_at, *lane.ahead) if day is not None
    ]
    ended = all(lane.ended_at is not None for lane in lanes.lanes)
    last = max([lane.ended_at for lane in lanes.lanes if lane.ended_at is not None], default=lanes.now)
    far = lanes.now + spent * 0.75
    end = max([lanes.now + spent * 0.08, *(day for day in days if day <= far)])
    if ended:
        end = max(last + spent * 0.04, min(lanes.now, last + spent * 0.2))
    return time_scale(lanes.start, end, lanes.now, calendar)


def names_of_tracks(case: CasePart) -> Mapping[str, str]:
    """What each track but the main one is called, by its id."""
    editions = load_library()
    return {track.id: track_name(track, editions[track.edition]) for track in case.tracks[1:]}
