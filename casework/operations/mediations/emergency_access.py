"""A case opened in an emergency: who may, by which role, and that it is."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.engine.execution.commands import Command
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import BreakGlass
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.effects_schema import RoleGiven
from casework.engine.state.events import Event
from casework.errors import NotAllowed, NotFound
from casework.json_values import JsonObject
from casework.operations.auth.step_up import sensitive
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import Standing, home_of, perform
from casework.operations.core.presenters import when
from casework.operations.mediations.views import CaseToOpen
from casework.operations.people.role_requests import given_by, roles_given
from casework.operations.people.views import GivenRole
from casework.permissions.actors import Actor
from casework.permissions.work import conflict


@sensitive
def break_glass(db: Connection, actor: Actor, number: str, *, reason: str, request: Request) -> Done:
    """Read a case in an emergency, for a few hours; supervisors and auditors are told at once. Raises NotFound."""
    insist_may_break(db, actor, number)
    given = _made_administrator(db, actor, number)

    def to_command(standing: Standing) -> tuple[Command, By]:
        if (why := conflict(actor, standing.case)) is not None:
            raise NotAllowed(why=why)
        return BreakGlass(reason, given), By(actor.person, Role.ADMINISTRATOR)

    def answer(after: Case, events: list[Event]) -> JsonObject:
        opening = after.openings[events[0].effects["openings"][0]["id"]]
        return {"id": opening.id, "number": number, "until": when(opening.until)}

    return perform(db, actor, home_of(db, number), "case", to_command, answer=answer, request=request, status=201)


def insist_may_break(db: Connection, actor: Actor, number: str) -> CaseToOpen:
    """The number of a case in a programme that the actor administers, and whether it is open. Raises NotFound."""
    mine = [
        m.programme for m in actor.memberships if m.role == Role.ADMINISTRATOR and m.programme and m.deputy_for is None
    ]
    row = db.execute(
        text("SELECT id, number FROM cases WHERE number = :number AND programme_id = ANY(CAST(:mine AS uuid[]))"),
        {"number": number, "mine": mine},
    ).one_or_none()
    if row is None:
        raise NotFound("case")
    return CaseToOpen(
        number=row.number,
        open=row.id in actor.opened,
    )


def roles_of_breaker(db: Connection, actor: Actor, number: str) -> list[GivenRole]:
    """The roles by which the actor may break the glass of a case, with who gave them."""
    roles = given_by(db, _programme_of(db, number), {actor.person})[actor.person]
    return [given for given in roles if given.role == Role.ADMINISTRATOR]


def _made_administrator(db: Connection, actor: Actor, number: str) -> RoleGiven | None:
    """Who asked for the role, and who agreed: it stands in the history beside who opened the case."""
    roles = roles_given(db, _programme_of(db, number), {actor.person})[actor.person]
    return next(
        (RoleGiven(by=given.by, agreed_by=given.agreed_by) for given in roles if given.role == Role.ADMINISTRATOR), None
    )


def _programme_of(db: Connection, number: str) -> str:
    return str(
        db.execute(text("SELECT programme_id FROM cases WHERE number = :number"), {"number": number}).scalar_one()
    )
