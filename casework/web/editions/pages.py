"""The process map: every track of a case on the drawing of its edition, and the editions by themselves."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask_babel import force_locale

from casework.definitions import load_library
from casework.engine.definition.differences import differences
from casework.engine.definition.editions import Edition
from casework.engine.definition.validation import faults
from casework.engine.parts import REFERRAL
from casework.errors import NotFound
from casework.operations.history.track_path import find_edition, name_edition, read_ways
from casework.operations.history.views import TrackWay
from casework.web.editions.difference_drawing import draw_differences
from casework.web.editions.difference_words import tell_changes, tell_texts
from casework.web.editions.drawing import Drawing, Stop, draw, standing_of, tell
from casework.web.shell.i18n import edition_text, labelled, listed
from casework.web.shell.session import page_transaction
from casework.web.shell.values import service_name

blueprint = Blueprint("maps", __name__)
#: Texts of an edition on one page: all of them would weigh more than a page may.
TEXTS = 150
#: Differences of two editions on one page, and what was said otherwise on one, in two languages.
CHANGES, SAID = 150, 75


@dataclass(frozen=True)
class TrackMap:
    """One track on its map."""

    id: str
    name: str
    provider: str
    edition: Edition
    where: str
    live: bool
    drawing: Drawing
    #: Where it stands first.
    stops: tuple[Stop, ...]


@blueprint.get("/cases/<number>/map")
def show(number: str) -> str:
    with page_transaction() as (db, actor):
        ways = read_ways(db, actor, number)
    # What is still under way comes first.
    tracks = sorted(ways.tracks, key=lambda track: not track.live)
    asked = request.args.get("track") or ways.following or tracks[0].id
    track = next((track for track in tracks if track.id == asked), None)
    if track is None:
        raise NotFound("track")
    tabs = [
        (_name(other), url_for("maps.show", number=number, track=other.id), other.id == track.id) for other in tracks
    ]
    return render_template("editions/show.html", told=ways, tabs=tabs, map=_track_map(track))


def _name(track: TrackWay) -> str:
    edition = load_library()[track.edition]
    name = edition_text(edition, "title")
    return labelled(name, service_name(track.kind)) if edition.part == REFERRAL else name


def _track_map(track: TrackWay) -> TrackMap:
    edition = load_library()[track.edition]
    standing = standing_of(edition, track.states, track.moves, live=track.live)
    where = listed(edition_text(edition, f"states.{leaf}") for leaf in track.states)
    stops = tell(edition, standing)
    return TrackMap(
        track.id,
        _name(track),
        track.provider or "",
        edition,
        where,
        track.live,
        draw(edition, standing),
        tuple(sorted(stops, key=lambda stop: stop.kind != "here")),
    )


@blueprint.get("/workflows")
def workflows() -> str:
    with page_transaction():
        library = load_library()
        names = sorted(library.newest)
        rows = [
            (
                library[library.newest[name]],
                sorted(
                    (candidate for candidate in library.editions.values() if candidate.workflow == name),
                    key=lambda candidate: -candidate.number,
                ),
            )
            for name in names
        ]
    return render_template("editions/workflows.html", rows=rows)


@blueprint.get("/workflows/<workflow>/<int:edition>")
def edition(workflow: str, edition: int) -> str:
    with page_transaction() as (db, _):
        shown = find_edition(db, workflow, min(edition, 2**31))
    library = load_library()
    others = [library[fingerprint] for fingerprint in library.newest.values()]
    wrong = faults(shown, set(library.newest), others)
    first = request.args.get("texts", 0, type=int)
    part = sorted(shown.texts.items())[max(first, 0) :][:TEXTS]
    with force_locale("zh_Hans"):
        texts = [(key, words, edition_text(shown, key)) for key, words in part]
    return render_template(
        "editions/edition.html",
        edition=shown,
        drawing_=draw(shown),
        stops=tell(shown),
        faults=wrong,
        texts=texts,
        count=len(shown.texts),
        first=first,
        following=first + TEXTS if first + TEXTS < len(shown.texts) else None,
        newest=library.newest.get(workflow) == shown.fingerprint,
        others=_others(shown),
    )


def _others(edition: Edition) -> list[tuple[str, Edition, str]]:
    """What an edition can be compared with: each other one of its workflow, the earlier one first, and how that one is named."""
    of = [one for one in load_library().editions.values() if one.workflow == edition.workflow]
    numbers = [one.number for one in of]
    others = sorted((one for one in of if one != edition), key=lambda one: (one.number, one.fingerprint))
    names = {one.fingerprint: str(one.number) if numbers.count(one.number) == 1 else one.fingerprint for one in of}
    own = names.get(edition.fingerprint, edition.fingerprint)
    return [
        (
            url_for("maps.changes", workflow=edition.workflow, edition=first, other_edition=second),
            one,
            names[one.fingerprint] if one.number == edition.number else "",
        )
        for one in others
        for first, second in [
            (names[one.fingerprint], own) if one.number <= edition.number else (own, names[one.fingerprint])
        ]
    ]


@blueprint.get("/workflows/<workflow>/<edition>/changes/<other_edition>")
def changes(workflow: str, edition: str, other_edition: str) -> str:
    with page_transaction() as (db, _):
        earlier, later = (name_edition(db, workflow, said) for said in (edition, other_edition))
    found = differences(earlier, later)
    told, texts = tell_changes(found, earlier, later), tell_texts(found, earlier, later)
    first, said = (max(request.args.get(name, 0, type=int), 0) for name in ("first", "texts"))

    def at(first: int, said: int, place: str) -> str:
        address = url_for("maps.changes", workflow=workflow, edition=edition, other_edition=other_edition)
        return f"{address}?first={first}&texts={said}#{place}"

    return render_template(
        "editions/changes.html",
        earlier=earlier,
        later=later,
        drawing_=draw_differences(earlier, later, found),
        changes=told[first : first + CHANGES],
        texts=texts[said : said + SAID],
        counts=(len(told), len(texts)),
        beginning=(at(0, said, "changes") if first else "", at(first, 0, "texts") if said else ""),
        following=(
            at(first + CHANGES, said, "changes") if first + CHANGES < len(told) else "",
            at(first, said + SAID, "texts") if said + SAID < len(texts) else "",
        ),
        back=url_for("maps.changes", workflow=workflow, edition=other_edition, other_edition=edition),
    )
