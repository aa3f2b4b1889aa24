"""What a referral was given of its case's documents, until when, and what became of it."""

from __future__ import annotations

from sqlalchemy import Connection

from casework import reasons
from casework.engine.case_objects import grant_commands
from casework.engine.case_objects.grant_commands import last_day
from casework.engine.execution.commands import Command
from casework.engine.execution.context import By
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.record_commands import (
    ChangeGrantDay,
    ReturnPapers,
    WithdrawGrant,
)
from casework.engine.roles import Role
from casework.engine.state.case import Case, Track
from casework.engine.state.events import Event
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.json_values import JsonMapping
from casework.ledger.canonical_json import instant
from casework.operations.cases.queries import titles_of
from casework.operations.core.access_queries import case_log
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import Standing, perform
from casework.operations.core.presenters import when
from casework.operations.documents.service import _referral
from casework.operations.documents.views import (
    GivenDocument,
    Package,
)
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.permissions.work import barred, capacities, choose


def list_package(db: Connection, actor: Actor, case: Case, referral: Track) -> Package:
    """Every document that a referral was given, until when, and what became of it; and whether the actor may say so now."""
    titles, mine = titles_of(db, case), [grant for grant in case.grants.values() if grant.track == referral.id]
    out = {grant.id for grant in case.copies_out(referral.id)}
    by = (
        None
        if barred(actor, case)
        else choose(capacities(actor, case, referral), accepted(case, grant_commands.RETURNERS))
    )
    return Package(
        items=[
            GivenDocument(
                id=grant.id,
                document=grant.document,
                title=titles.get(grant.document),
                given_at=instant(grant.given_at),
                ended_at=when(grant.ended_at),
                returned_at=when(grant.returned_at),
                last_day=last_day(case, grant),
                owed=grant.id in out,
            )
            for grant in mine
        ],
        owed=bool(out),
        may_confirm=bool(out) and by is not None,
    )


def may_end_grants(actor: Actor, case: Case) -> bool:
    """Whether the actor may take access to the case's documents away, or give it another last day."""
    return (
        barred(actor, case) is None
        and choose(capacities(actor, case, case.main), accepted(case, grant_commands.ENDERS)) is not None
    )


def end_grant(db: Connection, actor: Actor, number: str, grant: str, *, reason: str, request: Request) -> Done:
    """Let a provider see a document no longer, from this moment, also by links that it has."""
    if not reason.strip():
        raise InvalidForm(fields={"reason": reasons.fields.REQUIRED})

    def to_command(standing: Standing) -> tuple[Command, By]:
        return WithdrawGrant(grant, reason), _insist_may_end(actor, standing.case, grant)

    def answer(after: Case, _: list[Event]) -> JsonMapping:
        return {"id": grant, "ended_at": when(after.grants[grant].ended_at)}

    return perform(db, actor, case_log(db, actor, number), "case", to_command, answer=answer, request=request)


def change_grant_day(
    db: Connection, actor: Actor, number: str, grant: str, *, until: str | None, request: Request
) -> Done:
    """Give a provider's access to a document another last day, or None of its own: then it ends with referral or consent."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        return ChangeGrantDay(grant, until), _insist_may_end(actor, standing.case, grant)

    def answer(after: Case, _: list[Event]) -> JsonMapping:
        changed = after.grants[grant]
        return {"id": grant, "until": changed.until, "last_day": last_day(after, changed)}

    return perform(db, actor, case_log(db, actor, number), "case", to_command, answer=answer, request=request)


def _insist_may_end(actor: Actor, case: Case, grant: str) -> By:
    if sight(actor, case) < Sight.ALL or grant not in case.grants:
        raise NotFound("grant")
    return _insist_capacity(actor, case, case.tracks[case.grants[grant].track], grant_commands.ENDERS)


def insist_may_confirm(actor: Actor, case: Case, referral: str) -> None:
    """Before a form is read: that the actor answers for the provider's copies. Raises NotFound and NotAllowed."""
    track = _referral(actor, case, referral)
    assert track is not None
    _insist_capacity(actor, case, track, grant_commands.RETURNERS)


def confirm_return(
    db: Connection, actor: Actor, case: Case, referral: str, *, how: str, note: str | None, request: Request
) -> Done:
    """A provider says that every copy of what its referral was given is back, or destroyed."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        track = _referral(actor, standing.case, referral)
        assert track is not None
        return ReturnPapers(referral, how, note), _insist_capacity(
            actor, standing.case, track, grant_commands.RETURNERS
        )

    def answer(_: Case, events: list[Event]) -> JsonMapping:
        return {"id": referral, "how": how, "documents": len(events[0].effects["grants_returned"])}

    return perform(db, actor, case.log, case.kind, to_command, answer=answer, request=request)


def _insist_capacity(actor: Actor, case: Case, track: Track, roles: tuple[Role, ...]) -> By:
    if (why := barred(actor, case)) is not None:
        raise NotAllowed(why=why)
    by = choose(capacities(actor, case, track), accepted(case, roles))
    if by is None:
        raise NotAllowed()
    return by
