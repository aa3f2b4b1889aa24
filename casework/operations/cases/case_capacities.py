"""In which capacity somebody does something to a case or a track of it."""

from __future__ import annotations

from casework import reasons
from casework.engine.execution.context import By
from casework.engine.execution.effect_roles import accepted
from casework.engine.roles import Role
from casework.engine.state.case import Case, Track
from casework.engine.state.events import Event
from casework.errors import NotAllowed, NotFound
from casework.json_values import JsonObject
from casework.operations.core.perform import Standing, insist_revision
from casework.permissions.actors import Actor
from casework.permissions.visibility import MEDIATED, Sight, kept_as_mediator, own_tracks, sight
from casework.permissions.work import barred, capacities, choose
from casework.reasons import Why


def track_for(actor: Actor, case: Case, track: str) -> Track:
    """A track that the actor sees. Raises NotFound for one that is not there or not theirs to see."""
    track_now = case.tracks.get(track)
    level = sight(actor, case)
    if track_now is None or level < Sight.REFERRALS:
        raise NotFound("track")
    if level == Sight.REFERRALS and track_now not in own_tracks(actor, case):
        raise NotFound("track")
    return track_now


def capacity_on_track(actor: Actor, case: Case, track: Track, roles: tuple[Role, ...], action: Why) -> By:
    if (why := barred(actor, case)) is not None:
        raise NotAllowed(why=why)
    by = choose(capacities(actor, case, track), accepted(case, roles))
    if by is None and kept_as_mediator(actor, case):
        raise NotAllowed(why=MEDIATED)
    if by is None:
        raise NotAllowed(why=reasons.cases.ACTION_FOR_ROLES(action=action, roles=sorted(roles) or [Role.SYSTEM]))
    return by


def on_case(actor: Actor, standing: Standing, roles: tuple[Role, ...], action: Why, revision: int | None = None) -> By:
    """The capacity in which the actor does something to the case itself. Raises NotFound, NotAllowed or CaseHasMoved."""
    by = capacity_on_case(actor, standing.case, roles, action)
    insist_revision(revision, standing.case.revision)
    return by


def capacity_on_case(actor: Actor, case: Case, roles: tuple[Role, ...], action: Why) -> By:
    """The same for a case as it is read. Raises NotFound and NotAllowed."""
    if sight(actor, case) < Sight.ALL:
        raise NotFound("case")
    return capacity_on_track(actor, case, case.main, roles, action)


def case_answer(case: Case, events: list[Event]) -> JsonObject:
    return {"number": case.number, "revision": case.revision}
