"""Witnesses of the log of all events: who they are, what they signed, and what each has seen."""

from __future__ import annotations

from flask import current_app

from casework.api.audit import witness_schemas as schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.core.views import Items
from casework.operations.verification import witnesses
from casework.operations.verification.views import SeenCheckpoint, WitnessRow


def list_checkpoints(call: Call) -> Page[SeenCheckpoint]:
    return witnesses.list_seen(call.db, call.actor, cursor=call.query.cursor, limit=call.query.limit)


def list_witnesses(call: Call) -> Items[WitnessRow]:
    return witnesses.list_witnesses(call.db, call.actor)


def name_witness(call: Call) -> Done:
    return witnesses.name_witness(call.db, call.actor, call.body.key, call.request)


def end_witness(call: Call) -> Done:
    return witnesses.end_witness(call.db, call.actor, call.path["witness"], call.request)


def take_cosignature(call: Call) -> Done:
    keys = current_app.extensions["casework.log_keys"]()
    mailing = bool(current_app.config["MAILING"])
    return witnesses.take_cosignature(call.db, call.actor, call.body.note, call.request, keys=keys, mailing=mailing)


ROUTES: tuple[Route, ...] = (
    get("/checkpoints", list_checkpoints,
        "List the published checkpoint and those that witnesses have signed, the newest first; for auditors and managers",
        schemas.CheckpointPage, query=schemas.CheckpointQuery, noun="page", for_some=True),
    get("/witnesses", list_witnesses, "List the witnesses of the log and what each has seen last; for auditors and managers",
        schemas.WitnessList, noun="page", for_some=True),
    post("/witnesses", name_witness, "Name a witness by its key; for auditors", schemas.WitnessNamed, body=schemas.NewWitness,
        status=201, noun="page", for_some=True),
    post("/witnesses/{witness}/end", end_witness, "End a witness: nothing that it signs is taken any more; for auditors",
        schemas.WitnessEnded, noun="witness"),
    post("/cosignatures", take_cosignature, "Hand in what a witness signed of a checkpoint", schemas.CosignatureTaken,
        body=schemas.NewCosignature, status=201, noun="page", for_some=True),
)  # fmt: skip
