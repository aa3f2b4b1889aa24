"""A certificate of one entry of a case's history, as a file."""

from __future__ import annotations

from urllib.parse import urlencode

from casework import reasons
from casework.api.audit.certificate_schemas import CertificateQuery
from casework.api.documents.schemas import Bytes
from casework.api.protocol.routes import Call, Outgoing, Route, get
from casework.errors import InvalidForm, NotFound
from casework.operations.verification.certificates import Claim, Wish, take_certificate


def take_case_certificate(call: Call) -> Outgoing:
    query = call.query
    claim: Claim = query.claim or ("event" if query.field is None else "fact")
    if query.field is not None and claim != "fact":
        raise InvalidForm(fields={"field": reasons.certificates.ONLY_FACTS})
    fields = tuple(sorted({name for name in (query.field or "").split(",") if name}))
    wish = Wish(event=query.event, claim=claim, fields=fields, effects=query.effects, size=query.size)
    shown = {"field": ",".join(wish.fields), "effects": "true" if wish.effects else "false"}
    if wish.size is not None:
        shown["size"] = str(wish.size)
    asked = urlencode({"event": wish.event, "claim": wish.claim, **shown})
    address = f"/api/v1/cases/{call.path['number']}/certificate?{asked}"
    try:
        made = take_certificate(call.db, call.actor, call.path["number"], wish, address=address)
    except NotFound as missing:
        if missing.details["noun"] != "entry":
            raise
        # Whoever reads the case whole knows how many there are.
        raise InvalidForm(fields={"event": reasons.certificates.NO_ENTRY}) from None
    return Outgoing(f"{made.name}.json", len(made.data), iter([made.data]))


ROUTES: tuple[Route, ...] = (
    get("/cases/{number}/certificate", take_case_certificate, "Take out a certificate of one entry of the history; it is noted who did",
        Bytes, query=CertificateQuery, gives_file=True),
)  # fmt: skip
