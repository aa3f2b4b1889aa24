"""Whether somebody may still do the rest of a case: four eyes, interests, providers and absences taken together.

What stands in the way is told as an obstacle: the actions that cannot be done, who holds a role for them, and why each of
these may not. Reads only; a sealed mediation is not judged, for its few people are named in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from casework import reasons
from casework.engine.analysis.remaining_work import Demand, Way, decisions, ways
from casework.engine.analysis.staffing import Hand, Rest, core, needed, survives
from casework.engine.definition.editions import Edition
from casework.engine.execution.context import By, Library
from casework.engine.parts import UNSENT
from casework.engine.roles import Role
from casework.engine.state.case import Case, Track
from casework.engine.state.events import (
    COMPLETED,
    FIRED,
    HANDED_OVER,
    INTEREST_DECLARED,
    PROPOSED,
    SYSTEM_ACTOR,
    Event,
)
from casework.errors import DutyInDoubt, NobodyLeft
from casework.permissions.actors import PROVIDER_ROLES, Actor
from casework.permissions.work import capacities, conflict
from casework.reasons import Reason
from casework.records.actors import find_members

#: Why somebody who holds a fitting role may not do it; codes, for the words are the reader's.
DID, INTERESTED, AWAY = "did", "interested", "away"


@dataclass(frozen=True)
class Excluded:
    """Somebody who holds a role for an action and may not do it: why, and of four eyes the text of what they did."""

    person: str
    name: str
    why: str
    did: str = ""


@dataclass(frozen=True)
class Obstacle:
    """The fewest actions that nobody can do, or that there are too few people for."""

    #: Each with its edition and the key of its words.
    actions: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]
    excluded: tuple[Excluded, ...]
    #: Of several actions: everybody who may do one of them.
    shared: tuple[str, ...]
    main: bool
    #: Only the case's team cannot; another officer could, if the case were handed over.
    hand_over: bool = False

    @property
    def at_provider(self) -> bool:
        """Whether it lies with a provider, whose people are nobody's business here."""
        return set(self.roles) <= PROVIDER_ROLES

    def same(self, other: Obstacle) -> bool:
        """Whether it is about the same actions."""
        return self.actions == other.actions and self.hand_over == other.hand_over


@dataclass(frozen=True)
class Prospect:
    """What stands in the way of a case's end, and how many absences of our own people its rest bears."""

    obstacles: tuple[Obstacle, ...]
    #: At most 2; None where the case cannot be finished, or is closed.
    survives: int | None = None
    #: Those without whom it cannot be finished.
    needed: tuple[tuple[str, str], ...] = ()

    @property
    def dead_end(self) -> bool:
        return any(obstacle.main and not obstacle.hand_over for obstacle in self.obstacles)


@dataclass
class Roster:
    """The people who may come into question, and who of them is away."""

    people: list[Actor]
    away: frozenset[str] = frozenset()
    _known: dict[Any, list[tuple[Actor, By]]] = field(default_factory=dict)

    def name(self, person: str) -> str:
        return next((actor.name for actor in self.people if actor.person == person), "")

    def of(self, case: Case, track: Track) -> list[tuple[Actor, By]]:
        """Everybody with every capacity in which that person may act on a track."""
        key = (case.log, track.id, track.states, track.barred, case.owner, case.team, case.interests)
        if key not in self._known:
            self._known[key] = [(person, by) for person in self.people for by in capacities(person, case, track)]
        return self._known[key]


def roster_of(db: Connection, case: Case) -> Roster:
    """Everybody with a role in the case's programme or at a provider that works on it, in one query."""
    providers = {track.provider for track in case.live_tracks() if track.provider}
    return Roster(find_members(db, programmes=[case.programme], organisations=providers))


def prospect(library: Library, case: Case, roster: Roster, *, absences: bool = True) -> Prospect:
    """What stands in the way of a case, its main track first."""
    if case.kind != "case" or case.closed_at is not None:
        return Prospect(())
    obstacles = [
        _on_main(library, case, roster),
        *(_beside(library, case, roster, track) for track in case.live_tracks()),
        *(_undecided(case, roster, decision) for decision in decisions(library, case)),
    ]
    outlook = Prospect(tuple(obstacle for obstacle in obstacles if obstacle is not None))
    return outlook if outlook.dead_end or not absences else _with_absences(outlook, library, case, roster)


def on_main(library: Library, case: Case, roster: Roster) -> Obstacle | None:
    """What keeps everybody from finishing the case, a hand-over allowed; None where nothing does."""
    obstacle = _on_main(library, case, roster)
    return None if obstacle is None or obstacle.hand_over else obstacle


def _on_main(library: Library, case: Case, roster: Roster) -> Obstacle | None:
    narrow = _obstacle(library, case, roster, case.main)
    if narrow is None or not _may_hand_over(case, roster):
        return narrow
    wide = _obstacle(library, anybody(case), roster, case.main)
    return wide or replace(narrow, hand_over=True)


def _beside(library: Library, case: Case, roster: Roster, track: Track) -> Obstacle | None:
    if track.id == case.main.id or track.replaced or library[track.edition].stands(UNSENT, track.states):
        return None
    # That the team itself cannot is said of the main track.
    return _obstacle(library, anybody(case) if _may_hand_over(case, roster) else case, roster, track)


def _undecided(case: Case, roster: Roster, demand: Demand) -> Obstacle | None:
    """A proposal that waits for a second person whom there is not."""
    way = Way((demand,), frozenset())
    stuck = core(_rest(case, roster, way), roster.away)
    return replace(_tell(case, roster, way, stuck), main=False) if stuck else None


def anybody(case: Case) -> Case:
    """The case as if it could be handed over to any officer."""
    return replace(case, owner=None, team=())


def _may_hand_over(case: Case, roster: Roster) -> bool:
    return case.owner is not None and any(
        by.role in (Role.OFFICER, Role.SUPERVISOR) and not conflict(actor, case) and actor.person not in roster.away
        for actor, by in roster.of(case, case.main)
    )


def _obstacle(library: Library, case: Case, roster: Roster, track: Track) -> Obstacle | None:
    for leaf in track.states:
        blocked: list[tuple[Way, tuple[int, ...]]] = []
        for way in ways(library, case, track, leaf):
            stuck = core(_rest(case, roster, way), roster.away)
            if not stuck:
                break
            blocked.append((way, stuck))
        else:
            if blocked:
                return _tell(case, roster, *min(blocked, key=lambda pair: len(pair[1])))
    return None


def _rest(case: Case, roster: Roster, way: Way) -> Rest:
    return Rest(tuple(tuple(_hands(case, roster, demand)) for demand in way.demands), way.apart)


def _hands(case: Case, roster: Roster, demand: Demand) -> Iterable[Hand]:
    for actor, by in _holders(case, roster, demand):
        if not conflict(actor, case) and not {by.person, by.acting_for} & demand.shut_out.keys():
            yield Hand(by.person, by.acting_for)


def _holders(case: Case, roster: Roster, demand: Demand) -> Iterable[tuple[Actor, By]]:
    for actor, by in roster.of(case, case.tracks[demand.track]):
        if by.role in demand.roles and demand.organisation in (None, by.organisation):
            yield actor, by


def _tell(case: Case, roster: Roster, way: Way, stuck: tuple[int, ...]) -> Obstacle:
    demands = [way.demands[n] for n in stuck]
    excluded: dict[str, Excluded] = {}
    shared: dict[str, None] = {}
    for demand in demands:
        for actor, by in _holders(case, roster, demand):
            exclusion = _why(case, roster, demand, actor, by)
            if exclusion is None:
                shared[actor.name] = None
            else:
                excluded.setdefault(actor.person, exclusion)
    actions = tuple(dict.fromkeys((demand.edition, demand.key) for demand in demands))
    roles = tuple(sorted({role for demand in demands for role in demand.roles}))
    main = demands[0].track == case.main.id
    if set(roles) <= PROVIDER_ROLES:
        return Obstacle(actions, roles, (), (), main)
    kept = tuple(person for person in excluded.values() if person.name not in shared)
    return Obstacle(actions, roles, kept, tuple(shared), main)


def _why(case: Case, roster: Roster, demand: Demand, actor: Actor, by: By) -> Excluded | None:
    if conflict(actor, case):
        return Excluded(actor.person, actor.name, INTERESTED)
    did = next((demand.shut_out[who] for who in (by.person, by.acting_for) if who and who in demand.shut_out), None)
    if did is not None:
        return Excluded(actor.person, actor.name, DID, did)
    return Excluded(actor.person, actor.name, AWAY) if actor.person in roster.away else None


def _with_absences(outlook: Prospect, library: Library, case: Case, roster: Roster) -> Prospect:
    """How many absences the best way to the end bears, the case handed over where it must be."""
    free = anybody(case) if _may_hand_over(case, roster) else case
    best: tuple[int, Rest] | None = None
    for leaf in case.main.states:
        for way in ways(library, free, free.main, leaf):
            rest = _present(_rest(free, roster, way), roster.away)
            margin = survives(rest)
            if best is None or margin > best[0]:
                best = (margin, rest)
    if best is None or best[0] < 0:
        return outlook
    people = tuple((person, roster.name(person)) for person in needed(best[1])) if best[0] == 0 else ()
    return replace(outlook, survives=best[0], needed=people)


def _present(rest: Rest, away: Collection[str]) -> Rest:
    return replace(rest, hands=tuple(tuple(hand for hand in hands if hand.person not in away) for hands in rest.hands))


# --- before an action -----------------------------------------------------------------------------------------------------


def insist_goes_on(
    db: Connection, library: Library, before: Case, after: Case, events: Iterable[Event], *, sure: bool
) -> None:
    """Raises NobodyLeft for an action after which nobody could finish the case, and DutyInDoubt, unless `sure`, for one
    after which it must be handed over first, or a proposal, a referral or a track beside it goes no further.

    Whoever declares an interest is only warned, and a provider is told nothing: what is in the way is ours to see.
    """
    if before.kind != "case" or not any(_counts(library, before, event) for event in events):
        return
    roster = roster_of(db, after)
    known = prospect(library, before, roster, absences=False)
    fresh = [
        obstacle
        for obstacle in prospect(library, after, roster, absences=False).obstacles
        # What nobody could finish before is not made worse.
        if not (known.dead_end and obstacle.main) and not any(obstacle.same(two) for two in known.obstacles)
    ]
    words = [say(obstacle, library) for obstacle in fresh]
    conscience = any(event.kind == INTEREST_DECLARED for event in events)
    if any(obstacle.main and not obstacle.hand_over for obstacle in fresh) and not conscience:
        raise NobodyLeft(words)
    if fresh and not sure:
        raise DutyInDoubt(words)


def _counts(library: Library, case: Case, event: Event) -> bool:
    """Whether somebody may be shut out of something by an event."""
    if event.kind in (HANDED_OVER, INTEREST_DECLARED):
        return True
    if event.actor == SYSTEM_ACTOR or event.role in PROVIDER_ROLES or event.kind not in (FIRED, PROPOSED, COMPLETED):
        return False
    action = event.effects.get("transition") or event.effects.get("name")
    return event.kind == PROPOSED or action in library[case.tracks[str(event.track)].edition].four_eyes


# --- as reasons ----------------------------------------------------------------------------------------------------------


def say(obstacle: Obstacle, library: Library) -> Reason:
    """The actions that nobody may do, who holds a role for them, and why each may not."""
    why = _say(obstacle, library)
    return reasons.staffing.HAND_OVER(obstacle=why) if obstacle.hand_over else why


def _say(obstacle: Obstacle, library: Library) -> Reason:
    actions = [reasons.staffing.DO(do=library[edition].as_reason(key)) for edition, key in obstacle.actions]
    names = list(obstacle.shared) or reasons.staffing.NOBODY
    if obstacle.at_provider:
        return reasons.staffing.AT_PROVIDER(actions=actions)
    if len(actions) > 1:
        return reasons.staffing.DIFFERENT_PERSONS(actions=actions, names=names)
    if obstacle.shared:
        return reasons.staffing.TWO_PERSONS(actions=actions, names=names)
    if not obstacle.excluded:
        return reasons.staffing.FOR_ROLES(actions=actions, roles=obstacle.roles)
    edition = library[obstacle.actions[0][0]]
    if len(obstacle.excluded) == 1:
        (only,) = obstacle.excluded
        return reasons.staffing.ONLY(name=only.name, actions=actions, why=_reason(only, edition))
    excluded = [reasons.staffing.PERSON(name=person.name, why=_reason(person, edition)) for person in obstacle.excluded]
    return reasons.staffing.EXCLUDED(actions=actions, why=excluded)


def _reason(excluded: Excluded, edition: Edition) -> Reason:
    if excluded.why == DID:
        return reasons.staffing.DID(do=edition.as_reason(excluded.did))
    return {INTERESTED: reasons.cases.DECLARED_INTEREST, AWAY: reasons.staffing.AWAY}[excluded.why]
