"""What auditors attested of a programme: read, and taken out with its proof. It is signed on its page alone, by a person."""

from __future__ import annotations

from casework.api.audit import attestation_schemas as schemas
from casework.api.documents.schemas import Bytes
from casework.api.protocol.routes import Call, Outgoing, Route, get
from casework.errors import NotFound
from casework.operations.audit.views import AttestationDetails, AttestationRow
from casework.operations.core.views import Items
from casework.operations.verification import attestations
from casework.operations.verification.attestation_files import take_attestation


def list_attestations(call: Call) -> Items[AttestationRow]:
    return attestations.list_attestations(call.db, call.actor, call.path["programme"])


def show_attestation(call: Call) -> AttestationDetails:
    return attestations.show_attestation(call.db, call.actor, call.path["programme"], _number(call))


def take_attestation_file(call: Call) -> Outgoing:
    made = take_attestation(call.db, call.actor, call.path["programme"], _number(call))
    return Outgoing(f"{made.name}.json", len(made.data), iter([made.data]))


def _number(call: Call) -> int:
    given = call.path["attestation"]
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise NotFound("attestation")
    return int(given)


_ALL = "/programmes/{programme}/attestations"
_ONE = f"{_ALL}/{{attestation}}"

ROUTES: tuple[Route, ...] = (
    get(_ALL, list_attestations, "List what auditors attested of a programme; for its auditors, supervisors and managers",
        schemas.Attestations, noun="programme"),
    get(_ONE, show_attestation, "Show an attestation: its statement, the auditor's words, and the checkpoint on which it rests",
        schemas.AttestationShown, noun="attestation"),
    get(f"{_ONE}/file", take_attestation_file,
        "Take out an attestation with the proof of its event, as casework-verify checks it", Bytes, noun="attestation", gives_file=True),
)  # fmt: skip
