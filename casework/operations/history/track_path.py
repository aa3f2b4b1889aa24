"""The way that each track of a case has gone, for drawing it on the map of its edition. Reads only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.parts import SENDS
from casework.engine.state.case import Case
from casework.errors import NotFound
from casework.operations.cases.queries import find_case
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import title_of
from casework.operations.core.views import row_as
from casework.operations.history.point_in_time import Past
from casework.operations.history.views import CaseWays, Move, TrackWay
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks

#: From where to where some tracks moved, in order.
_MOVES = text("""
    SELECT track_id, at, header->'from' AS from_, header->'to' AS to, effects->>'transition' AS name FROM events
    WHERE log_id = CAST(:log AS uuid) AND kind IN ('fired', 'moved') AND track_id = ANY(CAST(:tracks AS uuid[])) ORDER BY seq
""")


def read_ways(db: Connection, actor: Actor, number: str) -> CaseWays:
    """Every track that the actor sees: its edition, where it stands, and the moves that it has made. Raises NotFound."""
    case, level = find_case(db, actor, number)
    if level < Sight.REFERRALS:
        raise NotFound("case")
    seen = list(case.tracks.values()) if level == Sight.ALL else own_tracks(actor, case)
    moves: dict[str, list[Move]] = {track.id: [] for track in seen}
    for row in db.execute(_MOVES, {"log": case.log, "tracks": list(moves)}):
        # What was before a request was sent is not its provider's, nor where it was sent from.
        if level == Sight.ALL or _sent_before(case, row.track_id, row.at):
            moves[row.track_id].append(row_as(Move, row))
    names = names_of(db, set(), {track.provider for track in seen})
    following = case.next_task()
    return CaseWays(
        number=case.number,
        title=title_of(db, actor, case),
        whole=level == Sight.ALL,
        # Whose turn it is on a track of others is not told.
        following=following.track if following is not None and following.track in moves else None,
        tracks=[
            row_as(TrackWay, track, provider=names.get(track.provider or ""), moves=moves[track.id]) for track in seen
        ],
    )


def _sent_before(case: Case, track: str, moment: datetime) -> bool:
    above = case.referral_of(case.tracks[track])
    sending = above.last_fired(SENDS) if above else None
    return sending is not None and sending.at < moment


def find_edition(db: Connection, workflow: str, number: int) -> Edition:
    """An edition by its workflow and number, whether its file is still here or only the database keeps it.

    Raises NotFound.
    """
    return _find(db, lambda one: (one.workflow, one.number) == (workflow, number))


def name_edition(db: Connection, workflow: str, said: str) -> Edition:
    """An edition of a workflow by its number or, as two may have had one number, by its fingerprint. Raises NotFound."""
    if said.isascii() and said.isdecimal():
        # No edition has a number of ten digits, nor 0.
        return find_edition(db, workflow, int(said) if len(said) < 10 else 0)
    return _find(db, lambda one: (one.workflow, one.fingerprint) == (workflow, said))


def _find(db: Connection, fits: Callable[[Edition], bool]) -> Edition:
    known = load_library().editions.values()
    edition = next(filter(fits, known), None) or next(filter(fits, Past(db).library.editions.values()), None)
    if edition is None:
        raise NotFound("edition")
    return edition
