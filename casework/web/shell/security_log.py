"""The security log: who was let in, who was refused, and by which rule; one line for each such request."""

from __future__ import annotations

import re

from flask import Flask, Response, g, request

from casework.api.protocol.requests import client_address
from casework.logs import security

SIGNING_IN = frozenset(
    {"accounts.enter", "accounts.enter_code", "passkeys.enter", "provider.come_back", "api.start_session"}
)
CONFIRMING = frozenset({"confirm.answer"})
TAKING_IN = (
    "documents.hand_in",
    "documents.file_version",
    "api.register_document",
    "api.enter_referral_document",
    "api.file_document_version",
    "rights.add_burden",
    "rights.correct_burden",
    "rights.end_burden",
    "rights.show_burden",
    "party_screenings.",
    "files_in.",
    "file_checks.",
    "tables.",
    "api.show_burden",
    "api.show_screening",
    "api.import_table",
    "api.hand_in_import",
)
#: Parts of addresses that belong to sealed mediations.
SEALED_PATTERN = re.compile(r"mediation|unsealing|emergency")
#: What somebody was let do; all else that is noted was refused.
ALLOWED = frozenset({
    "signed_in", "signed_out", "confirmed", "identity_linked", "signed_out_by_provider", "access_changed", "taken_out",
})  # fmt: skip
#: Addresses at which keys, secrets, links, roles and accounts are made, changed and ended.
GIVING_ACCESS = re.compile(
    r"(/api/v1|/administration|/checkpoints)?/(account/(passkeys|password|provider/remove|second-factor|sessions|tokens)"
    r"|end-access|incoming-webhooks|invitations?|links"
    r"|me/password|members|memberships|passwords?|password-resets?|people|recoveries|roles|role-requests|service-accounts|sessions|tokens"
    r"|webhooks|witnesses)(/(?!options)|$)|.*/(invite|links?)$"
)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def register(app: Flask) -> None:
    app.after_request(_note)


def note(event: str) -> None:
    """Say what this request was, or by which rule it was refused, where its address and status do not tell."""
    g.security_event = event


def _note(response: Response) -> Response:
    event = event_of(request.endpoint or "", response.status_code) or _allowed(response)
    if event is not None:
        security(
            event,
            decision="allowed" if event in ALLOWED else "refused",
            status=response.status_code,
            request=g.get("request_id"),
            actor=_actor(),
            address=client_address(request),
            method=request.method if request.endpoint else "",
            endpoint=request.endpoint or "",
            account=g.get("tried_account"),
        )
    return response


def event_of(endpoint: str, status: int) -> str | None:
    """What happened, in a word; nothing where nobody's access was decided on."""
    if status == 429:
        return "throttled"
    if event := g.get("security_event"):
        return str(event)
    if endpoint in SIGNING_IN:
        return "signed_in" if g.get("signed_in") or status == 201 else "sign_in_failed"
    if endpoint in CONFIRMING:
        return "confirmed" if status in (303, 307) else "confirmation_failed"
    if endpoint == "accounts.leave":
        return "signed_out"
    if endpoint.startswith(TAKING_IN) and status in (413, 422):
        return "upload_refused"
    if status in (401, 403) or status == 404 and request.view_args:
        return "refused"
    return None


def _allowed(response: Response) -> str | None:
    """What was done with keys and access, and what left the house as a file. Never of what is sealed: a line would betray that it is
    there."""
    rule = request.url_rule.rule if request.url_rule is not None else ""
    if response.status_code >= 400 or not rule or SEALED_PATTERN.search(rule):
        return None
    if request.method not in _SAFE:
        return "access_changed" if GIVING_ACCESS.match(rule) else None
    taken = response.status_code == 200 and response.headers.get("Content-Disposition", "").startswith("attachment")
    return "taken_out" if taken and request.method == "GET" else None


def _actor() -> str | None:
    """Who asked, as far as the request itself has found out."""
    asker, person = g.get("asker"), g.get("_person")
    return asker.person if asker is not None else person.id if person is not None else None


__all__ = ["event_of", "note", "register"]
