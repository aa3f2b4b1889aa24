"""How cases stand if nobody comes and nobody comes back: what is in the way of their end, and who is needed for it.

Reads only. What it tells names people of the programme: it is for whoever reads the whole case.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.execution.context import Library
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.errors import CasesStranded, NotFound
from casework.operations.cases.queries import find_case
from casework.operations.core.idempotency import Request
from casework.operations.core.staffing import Prospect, Roster, on_main, prospect, say
from casework.operations.core.views import Named
from casework.operations.oversight.views import ActionLeft, CaseProspect, ExcludedPerson, ProspectObstacle
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.records.actors import find_members
from casework.records.case_loader import load_live

#: Who is away now in some programmes and organisations.
_AWAY = text("""
    SELECT DISTINCT person_id::text FROM absences WHERE scope_id = ANY(CAST(:scopes AS uuid[]))
    AND starts_at <= casework_now() AND ends_at > casework_now()
""")


def present_roster(db: Connection, cases: Sequence[Case]) -> Roster:
    """Everybody who comes into question for some cases, with who is away now; in two queries."""
    programmes = {case.programme for case in cases}
    providers = {track.provider for case in cases for track in case.live_tracks() if track.provider}
    people = find_members(db, programmes=programmes, organisations=providers)
    return Roster(people, frozenset(db.execute(_AWAY, {"scopes": sorted(programmes | providers)}).scalars()))


def read_prospect(db: Connection, case: Case) -> Prospect:
    """What stands in the way of a case now, whoever is away."""
    return prospect(load_library(), case, present_roster(db, [case]))


def show_case_prospect(db: Connection, actor: Actor, number: str) -> CaseProspect:
    """The same as the API tells it to whoever reads the whole case. Raises NotFound."""
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("case")
    return show_prospect(read_prospect(db, case), load_library())


#: So many live cases are looked at, the oldest first.
MOST = 200


def list_at_risk(db: Connection, actor: Actor) -> list[tuple[Case, Prospect]]:
    """The live cases of the programmes that the actor supervises that are at a dead end, or bear no absence."""
    programmes = {m.programme for m in actor.memberships if m.programme and m.role == Role.SUPERVISOR}
    cases = load_live(db, programmes, MOST) if programmes else []
    if not cases:
        return []
    library, roster = load_library(), present_roster(db, cases)
    prospects = [(case, prospect(library, case, roster)) for case in cases]
    return [
        (case, outlook)
        for case, outlook in prospects
        if outlook.dead_end or outlook.survives == 0 or any(o.main for o in outlook.obstacles)
    ]


# --- before somebody goes ----------------------------------------------------------------------------------------------

#: So many live cases of a programme are looked at before a role in it ends.
MOST_LOOKED_AT = 1000
#: So many are named.
_NAMED = 5


@dataclass(frozen=True)
class Before:
    """The live cases of some programmes, and those of them that nobody can finish as things stand."""

    cases: list[Case]
    stuck: frozenset[str]


def look_before(db: Connection, programmes: Collection[str]) -> Before:
    """How cases stand before people of these programmes go."""
    cases = load_live(db, programmes, MOST_LOOKED_AT) if programmes else []
    return Before(cases, _stuck(cases, _here(db, cases)))


def insist_others_go_on(
    db: Connection, before: Before, request: Request, *, names: bool, away: tuple[str, str] | None = None
) -> None:
    """Raises CasesStranded, unless who asks is sure, for cases that only the people who go now could finish.

    `away` is somebody who goes for a time, and the substitute. Whoever may not see the cases is told their number alone.
    """
    if request.sure or not before.cases:
        return
    roster = _here(db, before.cases)
    stranded = sorted(_stuck(before.cases, standing_in(roster, *away) if away else roster) - before.stuck)
    if stranded:
        sentence = (
            f"{len(stranded)} ({', '.join(stranded[:_NAMED])}{', …' if len(stranded) > _NAMED else ''})"
            if names
            else str(len(stranded))
        )
        raise CasesStranded(sentence)


def standing_in(roster: Roster, person: str, substitute: str) -> Roster:
    """The same people while one is away, and another one holds that one's roles as a deputy."""
    own = [m for member in roster.people if member.person == person for m in member.memberships]
    lent = tuple(replace(m, deputy_for=m.deputy_for or person) for m in own)
    people = [
        replace(person, memberships=(*person.memberships, *lent)) if person.person == substitute else person
        for person in roster.people
    ]
    return Roster(people, roster.away | {person})


def _here(db: Connection, cases: Sequence[Case]) -> Roster:
    """Everybody in the programmes; who is away comes back, and leaves no case to nobody."""
    return Roster(find_members(db, programmes={case.programme for case in cases}))


def _stuck(cases: Sequence[Case], roster: Roster) -> frozenset[str]:
    library = load_library()
    return frozenset(str(case.number) for case in cases if on_main(library, case, roster))


def show_prospect(outlook: Prospect, library: Library) -> CaseProspect:
    """As the API tells it."""
    return CaseProspect(
        possible=not outlook.dead_end,
        survives=outlook.survives,
        needed=[Named(id=id, name=name) for id, name in outlook.needed],
        obstacles=[
            ProspectObstacle(
                words=str(say(obstacle, library)),
                hand_over=obstacle.hand_over,
                main=obstacle.main,
                actions=[
                    ActionLeft(
                        edition=edition,
                        key=key,
                    )
                    for edition, key in obstacle.actions
                ],
                people=[
                    ExcludedPerson(
                        id=who.person,
                        name=who.name,
                        why=who.why,
                        did=who.did,
                    )
                    for who in obstacle.excluded
                ],
            )
            for obstacle in outlook.obstacles
        ],
    )
