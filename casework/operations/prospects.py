"""How cases stand if nobody comes and nobody comes back: what is in the way of their end, and who is needed for it.

Reads only. What it tells names people of the programme: it is for whoever reads the whole case.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.cases import Case
from casework.engine.commands import Library
from casework.engine.roles import SUPERVISOR
from casework.errors import NotFound
from casework.operations.duties import Prospect, Roster, prospect, say
from casework.operations.overview import find_case
from casework.permissions import Actor, Sight
from casework.records.cases import load_live
from casework.records.people import find_members

Json = Any

_AWAY = text("""
    SELECT DISTINCT person_id::text FROM absences WHERE scope_id = ANY(CAST(:scopes AS uuid[]))
    AND starts_at <= casework_now() AND ends_at > casework_now()
""")


def present_roster(db: Connection, cases: Sequence[Case]) -> Roster:
    """Everybody who comes into question for some cases, with who is away now; in two queries."""
    programmes = {one.programme for one in cases}
    providers = {track.provider for one in cases for track in one.live_tracks() if track.provider}
    people = find_members(db, programmes=programmes, organisations=providers)
    return Roster(people, frozenset(db.execute(_AWAY, {"scopes": sorted(programmes | providers)}).scalars()))


def read_prospect(db: Connection, case: Case) -> Prospect:
    """What stands in the way of a case now, whoever is away."""
    return prospect(load_library(), case, present_roster(db, [case]))


def show_case_prospect(db: Connection, actor: Actor, number: str) -> dict[str, Json]:
    """The same as the API tells it to whoever reads the whole case. Raises NotFound."""
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("case")
    return show_prospect(read_prospect(db, case), load_library())


#: So many live cases are looked at, the oldest first.
MOST = 200


def list_at_risk(db: Connection, actor: Actor) -> list[tuple[Case, Prospect]]:
    """The live cases of the programmes that the actor supervises that are at a dead end, or bear no absence."""
    programmes = {m.programme for m in actor.memberships if m.programme and m.role == SUPERVISOR}
    cases = load_live(db, programmes, MOST) if programmes else []
    if not cases:
        return []
    library, roster = load_library(), present_roster(db, cases)
    found = [(one, prospect(library, one, roster)) for one in cases]
    return [(one, told) for one, told in found if told.dead_end or told.survives == 0 or any(o.main for o in told.obstacles)]


def show_prospect(found: Prospect, library: Library) -> dict[str, Json]:
    """As the API tells it."""
    return {
        "possible": not found.dead_end,
        "survives": found.survives,
        "needed": [{"id": id, "name": name} for id, name in found.needed],
        "obstacles": [
            {
                "words": say(one, library), "hand_over": one.hand_over, "main": one.main,
                "deeds": [{"edition": edition, "key": key} for edition, key in one.deeds],
                "people": [{"id": who.person, "name": who.name, "why": who.why, "did": who.did} for who in one.excluded],
            }
            for one in found.obstacles
        ],
    }  # fmt: skip
