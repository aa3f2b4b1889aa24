"""Batches of moves to another edition: which there are and how far, proposing one, agreeing to it, and stopping or taking it back."""

from __future__ import annotations

from casework.api.people import batch_schemas as schemas
from casework.api.protocol.fields import Paged
from casework.api.protocol.routes import Call, Route, get, post
from casework.engine.batches import BATCH_CANCELLED, BATCH_RESUMED, BATCH_SUSPENDED
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.people import case_batches
from casework.operations.people.case_migration_views import BatchRow, ShownBatch


def list_batches(call: Call) -> Page[BatchRow]:
    return case_batches.list_batches(call.db, call.actor, cursor=call.query.cursor, limit=call.query.limit)


def show_batch(call: Call) -> ShownBatch:
    asked = call.query
    return case_batches.show_batch(
        call.db, call.actor, call.path["batch"], state=asked.state, cursor=asked.cursor, limit=asked.limit
    )


def propose_batch(call: Call) -> Done:
    body = call.body
    return case_batches.propose_batch(
        call.db,
        call.actor,
        str(body.programme),
        (body.workflow, body.earlier, body.later),
        mapping={"states": body.states, "tasks": body.tasks},
        digest=body.plan,
        numbers=body.cases,
        reason=body.reason,
        seen=body.seen,
        request=call.request,
    )


def decide_batch(call: Call) -> Done:
    body = call.body
    return case_batches.decide_batch(
        call.db,
        call.actor,
        call.path["batch"],
        agree=body.agree,
        note=body.note,
        seen=body.seen,
        request=call.request,
    )


def suspend_batch(call: Call) -> Done:
    return _steer(call, BATCH_SUSPENDED)


def resume_batch(call: Call) -> Done:
    return _steer(call, BATCH_RESUMED)


def cancel_batch(call: Call) -> Done:
    return _steer(call, BATCH_CANCELLED)


def _steer(call: Call, step: str) -> Done:
    return case_batches.steer_batch(
        call.db, call.actor, call.path["batch"], step, reason=call.body.reason, request=call.request
    )


def revert_batch(call: Call) -> Done:
    body = call.body
    return case_batches.propose_revert(
        call.db, call.actor, call.path["batch"], reason=body.reason, seen=body.seen, request=call.request
    )


_ONE = "/batches/{batch}"

ROUTES: tuple[Route, ...] = (
    get("/batches", list_batches, "List the batches of moves to another edition in your programmes", schemas.BatchPage, query=Paged,
        noun="batch"),
    post("/batches", propose_batch, "Propose to move the cases that run by an edition to another one", schemas.BatchAsked,
        body=schemas.NewBatch, status=201, noun="programme"),
    get(_ONE, show_batch, "Show how far a batch is, and what became of each case", schemas.ShownBatch, query=schemas.BatchQuery,
        noun="batch"),
    post(f"{_ONE}/decision", decide_batch, "Agree to a batch as the second person, upon which it begins, or do not", schemas.BatchMoved,
        body=schemas.BatchDecision, noun="batch"),
    post(f"{_ONE}/suspend", suspend_batch, "Stop a batch for now", schemas.BatchMoved, body=schemas.BatchStep, noun="batch"),
    post(f"{_ONE}/resume", resume_batch, "Let a batch go on", schemas.BatchMoved, body=schemas.BatchStep, noun="batch"),
    post(f"{_ONE}/cancel", cancel_batch, "End a batch before it has come to all of its cases", schemas.BatchMoved,
        body=schemas.BatchStep, noun="batch"),
    post(f"{_ONE}/revert", revert_batch, "Propose to take a batch back, by a batch of its own", schemas.BatchAsked,
        body=schemas.RevertBatch, status=201, noun="batch"),
)  # fmt: skip
