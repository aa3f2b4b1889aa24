"""What auditors look for across their programmes: exceptional events, question by question, and cases drawn at random."""

from __future__ import annotations

from casework.api.audit import schemas
from casework.api.protocol.routes import Call, Route, get
from casework.json_values import JsonObject
from casework.operations.audit import questions
from casework.operations.audit.views import AuditEvent, Sample
from casework.operations.core.paging import Page
from casework.operations.verification import verified_cases
from casework.operations.verification.views import VerifiedCase


def count_audit_questions(call: Call) -> JsonObject:
    return {
        "items": [
            {"question": name, "count": count} for name, count in questions.count_questions(call.db, call.actor).items()
        ]
    }


def list_audit_answers(call: Call) -> Page[AuditEvent]:
    return questions.list_answers(
        call.db, call.actor, call.path["question"], cursor=call.query.cursor, limit=call.query.limit
    )


def draw_sample(call: Call) -> Sample:
    asked = call.query
    return questions.draw_sample(call.db, call.actor, seed=asked.seed, size=asked.size, as_of=asked.as_of)


def list_verified_cases(call: Call) -> Page[VerifiedCase]:
    return verified_cases.list_verified(
        call.db, call.actor, state=call.query.state, cursor=call.query.cursor, limit=call.query.limit
    )


ROUTES: tuple[Route, ...] = (
    get("/audit", count_audit_questions, "Count the exceptional events in your programmes by question; for auditors",
        schemas.AuditQuestions, noun="page", for_some=True),
    get("/audit/{question}", list_audit_answers, "List the events that answer a question, the newest first; for auditors",
        schemas.AuditPage, query=schemas.AuditQuery, noun="question"),
    get("/sample", draw_sample, "Draw cases at random: the same seed and moment draw the same cases again; for auditors", schemas.Sample,
        query=schemas.SampleQuery, noun="page", for_some=True),
    get("/verifications", list_verified_cases, "List how far the history of each case is verified, the last opened first; for auditors",
        schemas.VerifiedCases, query=schemas.VerifiedQuery, noun="page", for_some=True),
)  # fmt: skip
