"""The scopes of service accounts: what each lets a provider's own system do, in the API and in the history of a case."""

from __future__ import annotations

from collections.abc import Mapping

from casework.definitions import load_library
from casework.engine.definition.editions import TransitionRule
from casework.engine.parts import ANSWERING, ASKING, PEOPLE_ONLY, REFERRAL
from casework.engine.state.events import (
    ADDED,
    CLAIMED,
    COMPLETED,
    DOCUMENT_FILED,
    DOCUMENT_REGISTERED,
    DOCUMENT_WITHDRAWN,
    FIRED,
    PAPERS_RETURNED,
    RECEIVED,
    RELEASED,
    SAID,
    STARTED,
    STOPPED,
    Event,
)

READ, ANSWER, ASK, DELIVER = "referrals.read", "referrals.answer", "referrals.ask", "referrals.deliver"
DOCUMENTS_READ, DOCUMENTS_WRITE, WEBHOOKS = "documents.read", "documents.write", "webhooks.manage"
COSIGN = "checkpoints.cosign"
#: What an account may be let do, by the code of the scope.
SCOPES: Mapping[str, str] = {
    READ: "read the organisation's referrals, their tasks, their history and their messages",
    ANSWER: "accept and decline referrals, and sign for what the other side did",
    ASK: "ask for information and for more time, and write messages",
    DELIVER: "start, work step by step, deliver in part and whole, and give up",
    DOCUMENTS_READ: "take out the documents that a referral was given",
    DOCUMENTS_WRITE: "hand in documents and their files",
    WEBHOOKS: "say where the organisation's own system is told, and look at what was sent",
    COSIGN: "hand in what a witness signed of the log of all events",
}
#: For people alone.
NONE = ""

#: By what a definition says of a transition; of the others the scope is that of the work.
_TRANSITIONS: Mapping[str, str] = {ANSWERING: ANSWER, ASKING: ASK, PEOPLE_ONLY: NONE}
#: Of the other actions in a case; what is not here is done by people alone, and whatever takes a second person is not.
ACTIONS: Mapping[str, str] = {
    CLAIMED: DELIVER, RELEASED: DELIVER, STARTED: DELIVER, STOPPED: DELIVER, COMPLETED: DELIVER, ADDED: DELIVER,
    DOCUMENT_REGISTERED: DOCUMENTS_WRITE, DOCUMENT_FILED: DOCUMENTS_WRITE, DOCUMENT_WITHDRAWN: DOCUMENTS_WRITE,
    PAPERS_RETURNED: DOCUMENTS_WRITE, SAID: ASK, RECEIVED: ANSWER,
}  # fmt: skip


def scope_of_transition(name: str) -> str:
    """The scope that firing a transition of a referral, or of its service's track, needs.

    A request does not say by which edition its referral runs: where these do not agree, it is for people alone.
    """
    editions = (edition for edition in load_library().editions.values() if edition.part == REFERRAL)
    scopes = {_scope_of_rule(rule) for edition in editions for rule in edition.transitions if rule.name == name}
    if not scopes:
        return DELIVER
    return scopes.pop() if len(scopes) == 1 else NONE


def scope_of_event(event: Event, rule: TransitionRule | None) -> str:
    """The scope that an event in a case needs of whoever did it; NONE where a service account never does it.

    `rule` is the one of the event's own edition by which a transition fired.
    """
    if event.kind == FIRED:
        return NONE if rule is None else _scope_of_rule(rule)
    return ACTIONS.get(event.kind, NONE)


def _scope_of_rule(rule: TransitionRule) -> str:
    return _TRANSITIONS.get(rule.scope, DELIVER)


__all__ = [
    "ANSWER", "ASK", "ACTIONS", "COSIGN", "DELIVER", "DOCUMENTS_READ", "DOCUMENTS_WRITE", "NONE", "READ", "SCOPES", "WEBHOOKS",
    "scope_of_event", "scope_of_transition",
]  # fmt: skip
