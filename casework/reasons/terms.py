"""Codes that stand as values in sentences, and what each is called."""

from __future__ import annotations

from typing import Literal

from casework.reasons.base import N_, Terms

Noun = Literal[
    "absence",
    "account",
    "action",
    "agenda",
    "answer",
    "attestation",
    "batch",
    "case",
    "case or answer",
    "case or clock",
    "case or consent",
    "case or grant",
    "case or link",
    "case or message",
    "case or person",
    "case, track or action",
    "case, track or task",
    "clock",
    "consent",
    "document",
    "edition",
    "encumbrance",
    "endpoint",
    "entry",
    "erasure",
    "evidence",
    "view",
    "finding",
    "grant",
    "guide",
    "history",
    "invitation",
    "item",
    "job",
    "letter",
    "link",
    "log",
    "mail",
    "match",
    "mediation",
    "mediation or message",
    "mediation, track or action",
    "mediation, track or answer",
    "mediation, track or task",
    "membership",
    "mention",
    "message",
    "need",
    "needs assessment",
    "notification",
    "objection",
    "organisation",
    "page",
    "passkey",
    "person",
    "phase",
    "programme",
    "programme or organisation",
    "programme or person",
    "provider",
    "question",
    "queue",
    "recovery",
    "referral",
    "referral or action",
    "referral or answer",
    "referral or message",
    "referral or objection",
    "referral or task",
    "report",
    "right",
    "role request",
    "sample",
    "service account",
    "session",
    "sheet",
    "skill",
    "task",
    "task or answer",
    "technology",
    "thread",
    "token",
    "track",
    "unsealing",
    "webhook",
    "witness",
    "workflow",
]

#: What is not there, or not to be seen.
NOUNS: dict[Noun, str] = {
    "absence": N_("absence"), "account": N_("account"), "action": N_("action"), "agenda": N_("agenda"),
    "answer": N_("answer"), "case": N_("case"), "case or answer": N_("case or answer"),
    "case or clock": N_("case or clock"), "case or consent": N_("case or consent"),
    "case or grant": N_("case or grant"), "case or link": N_("case or link"),
    "case or message": N_("case or message"), "case or person": N_("case or person"),
    "case, track or action": N_("case, track or action"), "case, track or task": N_("case, track or task"),
    "clock": N_("clock"), "consent": N_("consent"), "document": N_("document"), "edition": N_("edition"),
    "encumbrance": N_("encumbrance"), "endpoint": N_("endpoint"), "entry": N_("entry"), "erasure": N_("erasure"),
    "evidence": N_("evidence"),
    "view": N_("view"),
    "attestation": N_("attestation"), "batch": N_("batch"),
    "finding": N_("finding"), "grant": N_("grant"), "guide": N_("guide"), "history": N_("history"),
    "invitation": N_("invitation"), "item": N_("item"), "job": N_("job"), "letter": N_("letter"), "link": N_("link"),
    "log": N_("log"), "mail": N_("mail"), "match": N_("match"), "mediation": N_("mediation"),
    "mediation or message": N_("mediation or message"),
    "mediation, track or action": N_("mediation, track or action"),
    "mediation, track or answer": N_("mediation, track or answer"),
    "mediation, track or task": N_("mediation, track or task"), "membership": N_("membership"),
    "mention": N_("mention"), "message": N_("message"), "need": N_("need"),
    "needs assessment": N_("needs assessment"), "notification": N_("notification"),
    "objection": N_("objection"), "organisation": N_("organisation"), "page": N_("page"), "passkey": N_("passkey"),
    "person": N_("person"), "phase": N_("phase"), "programme": N_("programme"),
    "programme or organisation": N_("programme or organisation"),
    "programme or person": N_("programme or person"), "provider": N_("provider"), "question": N_("question"),
    "queue": N_("queue"), "recovery": N_("recovery"), "referral": N_("referral"),
    "referral or action": N_("referral or action"), "referral or answer": N_("referral or answer"),
    "referral or message": N_("referral or message"), "referral or objection": N_("referral or objection"),
    "referral or task": N_("referral or task"), "report": N_("report"), "right": N_("right"), "role request": N_("role request"),
    "sample": N_("sample"),
    "service account": N_("service account"), "session": N_("session"), "sheet": N_("case sheet"), "skill": N_("skill"), "task": N_("task"),
    "task or answer": N_("task or answer"), "technology": N_("technology"), "thread": N_("thread"),
    "token": N_("token"), "track": N_("track"), "unsealing": N_("unsealing"), "webhook": N_("webhook"),
    "witness": N_("witness"),
    "workflow": N_("workflow"),
}  # fmt: skip
NOUN = Terms({str(noun): words for noun, words in NOUNS.items()})

#: The roles that people have, and the queues that are named after them.
ROLES = Terms({
    "officer": N_("case officer"), "supervisor": N_("supervisor"), "compliance": N_("compliance officer"),
    "dispute_officer": N_("dispute officer"), "provider": N_("provider's agent"), "provider_lead": N_("provider's lead"),
    "verifier": N_("verifier"), "auditor": N_("auditor"), "manager": N_("programme manager"),
    "observer": N_("observer"), "administrator": N_("administrator"), "system": N_("the system"), "party": N_("party"),
}, spelt=False)  # fmt: skip

#: What a task's state is called.
TASK_STATES = Terms({
    "Created": N_("not begun"), "Ready": N_("not taken yet"), "Reserved": N_("taken"), "InProgress": N_("in progress"),
    "Suspended": N_("snoozed"), "Completed": N_("done"), "Failed": N_("could not be done"), "Error": N_("in error"),
    "Exited": N_("ended"), "Obsolete": N_("not needed any more"),
}, spelt=False)  # fmt: skip

#: What somebody is to a task.
HANDS = Terms({
    "potential owner": N_("those who work its queue"), "owner": N_("whoever holds it"),
    "business administrator": N_("those who lead its queue or its case"), "initiator": N_("whoever asked for it"),
    "stakeholder": N_("those who see it"),
})  # fmt: skip

#: How far something is that is asked, answered and decided: a finding, a request for a role, an erasure.
STATES = Terms({
    "open": N_("open"), "answered": N_("answered"), "closed": N_("closed by an auditor"), "asked": N_("asked for"),
    "agreed": N_("agreed to"), "refused": N_("refused"), "withdrawn": N_("withdrawn"), "ended": N_("ended"),
    "done": N_("done"), "running": N_("running"), "erased": N_("erased"),
}, spelt=False)  # fmt: skip

#: Texts of editions, one after the other: states where something stands, items of a checklist.
STATES_OF_EDITION = Terms({})
ITEMS = Terms({}, joint=N_("; "))
#: Several actions that must all be done, and people.
ACTIONS = Terms({}, joint=N_(" and "))
NAMES = Terms({})
