"""A certificate of one entry of a case's history, as a file."""

from __future__ import annotations

from urllib.parse import urlencode

from casework.api.audit.certificate_schemas import CertificateQuery
from casework.api.documents.schemas import Bytes
from casework.api.protocol.routes import Call, Outgoing, Route, get
from casework.operations.verification.certificates import Claim, Wish, take_certificate


def take_case_certificate(call: Call) -> Outgoing:
    query = call.query
    fields = tuple(sorted({name for name in (query.field or "").split(",") if name}))
    claim: Claim = query.claim or ("fact" if fields else "event")
    wish = Wish(event=query.event, claim=claim, fields=fields if claim == "fact" else (), effects=query.effects)
    shown = {"field": ",".join(wish.fields), "effects": "true" if wish.effects else "false"}
    asked = urlencode({"event": wish.event, "claim": wish.claim, **shown})
    address = f"/api/v1/cases/{call.path['number']}/certificate?{asked}"
    made = take_certificate(call.db, call.actor, call.path["number"], wish, address=address)
    return Outgoing(f"{made.name}.json", len(made.data), iter([made.data]))


ROUTES: tuple[Route, ...] = (
    get("/cases/{number}/certificate", take_case_certificate, "Take out a certificate of one entry of the history; it is noted who did",
        Bytes, query=CertificateQuery, gives_file=True),
)  # fmt: skip
