"""The file of an attestation: its event with the proof that it is in the tree, and that the tree goes on from the checkpoint it names."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import Refused
from casework.json_values import JsonObject
from casework.ledger.canonical_json import canonical
from casework.ledger.certificates import write_proof
from casework.operations.audit.views import AttestationDetails
from casework.operations.auth.step_up import sensitive
from casework.operations.verification.attestations import show_attestation
from casework.operations.verification.event_proofs import prove_events
from casework.permissions.actors import Actor
from casework.records.row_security import whole

FORM = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class AttestationFile:
    """One that was taken out, and what it is of."""

    data: bytes
    name: str
    shown: AttestationDetails


@sensitive
def take_attestation(db: Connection, actor: Actor, programme: str, number: int) -> AttestationFile:
    """The file, for those who read the attestation. Raises NotFound, NotAllowed, and Refused where it has no published proof yet."""
    shown = show_attestation(db, actor, programme, number)
    if shown.statement is None:
        raise Refused(reasons.attestations.ERASED)
    proofs = prove_events(db, programme, [shown.event])
    leaf = proofs.leaves.get(shown.event)
    if leaf is None or proofs.checkpoint is None:
        raise Refused(reasons.attestations.WAITS)
    size = shown.checkpoint["size"]
    grown = prove_events(db, programme, [], since=size).since
    with whole(db):
        event = db.execute(_EVENT, {"log": programme, "seq": shown.event}).one()
        code = db.execute(_CODE, {"programme": programme}).scalar_one()
    content: JsonObject = {
        "attestation": FORM,
        "event": {
            "header": event.header,
            "effects": event.effects,
            "body": event.body,
            "proof": write_proof(leaf.index, leaf.hashes, proofs.checkpoint),
        },
        "grown": [b64encode(one).decode() for one in (grown[1] if grown else ())],
    }
    return AttestationFile(data=canonical(content), name=attestation_name(code, number), shown=shown)


def attestation_name(code: str, number: int) -> str:
    """What its files are called, without their ending."""
    return f"attestation-{code}-{number}"


#: One event, as it is stored.
_EVENT = text("SELECT header, effects, body FROM events WHERE log_id = CAST(:log AS uuid) AND seq = :seq")
#: What a programme is called in files.
_CODE = text("SELECT code FROM programmes WHERE id = CAST(:programme AS uuid)")


__all__ = ["AttestationFile", "attestation_name", "take_attestation"]
