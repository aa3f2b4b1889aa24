"""What a service account may ask of the API: for every route the scope that its token must have, or that there is none.

Every route stands in `TABLE`; a test fails for one that does not.
"""

from __future__ import annotations

from collections.abc import Mapping

from casework import reasons
from casework.api.protocol.routes import Route
from casework.errors import NotAllowed
from casework.operations.integrations.service_account_scopes import (
    ANSWER,
    ASK,
    COSIGN,
    DELIVER,
    DOCUMENTS_READ,
    DOCUMENTS_WRITE,
    NONE,
    READ,
    WEBHOOKS,
    scope_of_transition,
)
from casework.permissions.actors import Actor

#: For every service account; by the transition that is asked for.
EVERY, BY_TRANSITION = "*", "transition"

#: What is about people, the office and its cases, by the first word of the path: for no service account.
FOR_PEOPLE = frozenset({
    "cases", "findings", "agenda", "case-hygiene", "jobs", "mails", "providers", "mediations", "mentions", "matches", "match-runs",
    "needs", "needs-assessments", "assessment-enterprises", "assessment-visits", "need-statements", "interest-requests",
    "technologies", "past-projects", "rights", "programmes", "organisations", "memberships", "invitations", "absences", "queues", "tokens",
    "sessions", "recoveries", "password-resets", "passwords", "service-accounts", "skills", "unsealings", "readings", "erasures",
    "role-requests", "links", "evidence", "contract-values", "twins", "sources", "proposals", "records-to-correct", "match-ranks",
    "audit", "figures", "process", "sample", "search", "verifications", "views", "notifications", "checkpoints",
    "witnesses", "reports", "stories", "legal-holds", "batches", "incoming-webhooks",
})  # fmt: skip
#: Everything else, route by route.
TABLE: Mapping[str, str] = {
    "GET /me": EVERY,
    "POST /me/password": NONE,
    "GET /workflows": EVERY,
    "GET /workflows/{name}/editions/{fingerprint}": EVERY,
    "GET /workflows/{name}/editions/{edition}/diff/{other_edition}": EVERY,
    # Who works there, for the person in charge of a referral.
    "GET /people": READ,
    "POST /people": NONE,
    "POST /people/{person}/deactivate": NONE,
    "POST /people/{person}/link": NONE,
    "POST /people/{person}/reopen": NONE,
    "POST /people/{person}/end-access": NONE,
    "GET /people/{person}/leaving": NONE,
    # --- referrals ---
    "GET /referrals": READ,
    "GET /referrals/figures": READ,
    "GET /referrals/{referral}": READ,
    "GET /referrals/{referral}/events": READ,
    "GET /referrals/{referral}/sheet": READ,
    "GET /referrals/{referral}/contract": READ,
    "GET /referrals/{referral}/fhir": READ,
    "GET /referrals/{referral}/messages": READ,
    "POST /referrals/{referral}/look": READ,
    # A system is told by webhooks.
    "GET /referrals/{referral}/follow": NONE,
    "POST /referrals/{referral}/follow": NONE,
    "POST /referrals/{referral}/unfollow": NONE,
    "POST /referrals/{referral}/transitions/{transition}": BY_TRANSITION,
    "POST /referrals/{referral}/transitions/{transition}/correction": NONE,
    "POST /referrals/{referral}/receipts": ANSWER,
    "POST /referrals/{referral}/messages": ASK,
    "POST /referrals/{referral}/messages/{message}/correct": ASK,
    "POST /referrals/{referral}/tasks": DELIVER,
    # Where the two sides do not agree, people speak.
    "POST /referrals/{referral}/objections": NONE,
    "POST /referrals/{referral}/objections/{objection}": NONE,
    # --- its tasks: taken, done and given back, and nothing that another person would answer for ---
    "GET /tasks": READ,
    "GET /tasks/{task}": READ,
    "GET /tasks/{task}/clock": READ,
    "POST /tasks/{task}/claim": DELIVER,
    "POST /tasks/{task}/release": DELIVER,
    "POST /tasks/{task}/start": DELIVER,
    "POST /tasks/{task}/stop": DELIVER,
    "POST /tasks/{task}/complete": DELIVER,
    "GET /tasks/{task}/people": NONE,
    "GET /tasks/{task}/links": NONE,
    "POST /tasks/{task}/links": NONE,
    "POST /tasks/{task}/correction": NONE,
    "POST /tasks/bulk": NONE,
    "POST /tasks/next": NONE,
    "POST /tasks/{task}/exit": NONE,
    "POST /tasks/{task}/suspend": NONE,
    "POST /tasks/{task}/resume": NONE,
    "POST /tasks/{task}/skip": NONE,
    "POST /tasks/{task}/delegate": NONE,
    "POST /tasks/{task}/forward": NONE,
    "POST /tasks/{task}/assign": NONE,
    "POST /tasks/{task}/fail": NONE,
    "POST /tasks/{task}/activate": NONE,
    "POST /tasks/{task}/nominate": NONE,
    "POST /tasks/{task}/review": NONE,
    "POST /tasks/{task}/review/answer": NONE,
    "POST /tasks/{task}/items": NONE,
    "POST /tasks/{task}/items/{item}": NONE,
    "POST /tasks/{task}/modify": NONE,
    # --- documents ---
    "GET /referrals/{referral}/documents": DOCUMENTS_READ,
    "GET /documents/{document}": DOCUMENTS_READ,
    "GET /documents/{document}/versions/{version}": DOCUMENTS_READ,
    "POST /referrals/{referral}/documents": DOCUMENTS_WRITE,
    "POST /documents/{document}/versions": DOCUMENTS_WRITE,
    "POST /documents/{document}/withdraw": DOCUMENTS_WRITE,
    "POST /referrals/{referral}/returned": DOCUMENTS_WRITE,
    # --- webhooks ---
    "GET /webhooks": WEBHOOKS,
    "POST /webhooks": WEBHOOKS,
    "POST /webhooks/{endpoint}/rotate": WEBHOOKS,
    "POST /webhooks/{endpoint}/end": WEBHOOKS,
    "GET /webhooks/{endpoint}/messages": WEBHOOKS,
    "POST /webhooks/messages/{message}/replay": WEBHOOKS,
    # --- the log of all events ---
    "POST /cosignatures": COSIGN,
}


def scope_of(method: str, path: str, given: Mapping[str, str]) -> str:
    """The scope that a request needs. Raises KeyError for a route that nobody has decided about."""
    if path.split("/")[1] in FOR_PEOPLE:
        return NONE
    scope = TABLE[f"{method} {path}"]
    return scope_of_transition(given["transition"]) if scope == BY_TRANSITION else scope


def insist_scope(actor: Actor, route: Route, given: Mapping[str, str]) -> None:
    """Raises NotAllowed with the scope that is missing."""
    try:
        scope = scope_of(route.method, route.path, given)
    except KeyError:
        scope = NONE
    if scope == NONE:
        raise NotAllowed(why=reasons.requests.FOR_PEOPLE)
    if scope != EVERY and scope not in actor.scopes:
        raise NotAllowed(why=reasons.requests.SCOPE_MISSING(scope=scope), scope=scope)


__all__ = ["BY_TRANSITION", "EVERY", "FOR_PEOPLE", "TABLE", "insist_scope", "scope_of"]
