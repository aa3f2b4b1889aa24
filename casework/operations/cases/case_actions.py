"""Actions on the case itself: a document is registered, a consent withdrawn, an interest declared."""

from __future__ import annotations

from sqlalchemy import Connection

from casework import reasons
from casework.engine.execution.commands import Command, DeclareInterest, EndConsent
from casework.engine.execution.context import By
from casework.engine.execution.record_commands import RegisterDocument
from casework.engine.parties import PARTIES
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import Event
from casework.errors import InvalidForm, NotFound, WrongState
from casework.json_values import JsonObject
from casework.operations.cases.case_capacities import case_answer, on_case
from casework.operations.cases.relief import relieve_holders
from casework.operations.core.access_queries import case_log
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import Standing, perform
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.permissions.work import barred, capacities


def register_document(
    db: Connection,
    actor: Actor,
    number: str,
    *,
    title: str,
    kind: str,
    party: str | None,
    own: bool = False,
    language: str | None,
    valid_until: str | None,
    revision: int,
    request: Request,
) -> Done:
    """Enter a paper of the case, so that consents, referrals and grants can name it."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = on_case(
            actor,
            standing,
            (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE),
            reasons.actions.REGISTER_DOCUMENT,
            revision,
        )
        if party is not None and party not in PARTIES:
            raise InvalidForm(fields={"party": reasons.fields.PARTY})
        return RegisterDocument(title, kind, party, language, valid_until, own=own), by

    def answer(case: Case, events: list[Event]) -> JsonObject:
        return {"id": events[0].effects["documents"][0]["id"], "revision": case.revision}

    return perform(
        db, actor, case_log(db, actor, number), "case", to_command, answer=answer, request=request, status=201
    )


def withdraw_consent(
    db: Connection, actor: Actor, number: str, consent: str, *, reason: str, revision: int, request: Request
) -> Done:
    """A party takes its consent back: its grants end and its referrals are suspended in the same moment."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        by = on_case(actor, standing, (Role.OFFICER, Role.SUPERVISOR), reasons.actions.WITHDRAW_CONSENT, revision)
        return EndConsent(consent, "withdrawn", reason), by

    return perform(db, actor, case_log(db, actor, number), "case", to_command, answer=case_answer, request=request)


def declare_interest(db: Connection, actor: Actor, number: str, *, nature: str, request: Request) -> Done:
    """Say that one has an interest in the case, and from then on do nothing in it."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        if sight(actor, standing.case) < Sight.REFERRALS:
            raise NotFound("case")
        mine = [by for track in standing.case.tracks.values() for by in capacities(actor, standing.case, track)]
        programme = [m for m in actor.memberships if m.programme == standing.case.programme]
        by = (
            mine[0]
            if mine
            else By(actor.person, programme[0].role, None, programme[0].deputy_for)
            if programme
            else None
        )
        if by is None:
            raise NotFound("case")
        if (why := barred(actor, standing.case)) is not None:
            raise WrongState(action=reasons.actions.DECLARE_INTEREST, why=why)
        return DeclareInterest(actor.person, nature), by

    return relieve_holders(
        db,
        perform(db, actor, case_log(db, actor, number), "case", to_command, answer=case_answer, request=request),
        number,
    )
