"""What auditors ask of a case: is its history whole and allowed, and what did they find in it."""

from __future__ import annotations

from typing import Any

from casework.api.audit import finding_schemas as schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.audit import finding_owners, findings
from casework.operations.audit.views import FindingDetails, FindingRow
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.verification.case_verdict import examine_case
from casework.operations.verification.views import Verdict


def verify_case(call: Call) -> Verdict:
    return examine_case(call.db, call.actor, call.path["number"])


def list_case_findings(call: Call) -> Page[FindingRow]:
    return findings.list_findings(
        call.db,
        call.actor,
        number=call.path["number"],
        **_asked(call),
    )


def list_findings(call: Call) -> Page[FindingRow]:
    return findings.list_findings(call.db, call.actor, **_asked(call))


def _asked(call: Call) -> dict[str, Any]:
    query = call.query
    return {
        "state": query.state,
        "owner": str(query.owner) if query.owner else None,
        "late": query.late,
        "cursor": query.cursor,
        "limit": query.limit,
    }


def show_finding(call: Call) -> FindingDetails:
    return findings.show_finding(call.db, call.actor, call.path["finding"])


def raise_finding(call: Call) -> Done:
    return findings.raise_finding(
        call.db, call.actor, call.path["number"], event=call.body.event, words=call.body.words, request=call.request
    )


def answer_finding(call: Call) -> Done:
    return findings.answer_finding(
        call.db, call.actor, call.path["finding"], words=call.body.words, request=call.request, revision=call.revision
    )


def assign_finding(call: Call) -> Done:
    return finding_owners.assign_finding(
        call.db,
        call.actor,
        call.path["finding"],
        owner=str(call.body.owner),
        due_on=call.body.due_on,
        request=call.request,
        revision=call.revision,
    )


def ask_again(call: Call) -> Done:
    return findings.ask_again(
        call.db, call.actor, call.path["finding"], words=call.body.words, request=call.request, revision=call.revision
    )


def close_finding(call: Call) -> Done:
    return findings.close_finding(
        call.db, call.actor, call.path["finding"], words=call.body.words, request=call.request, revision=call.revision
    )


_CASE, _ONE = "/cases/{number}", "/findings/{finding}"

ROUTES: tuple[Route, ...] = (
    get(f"{_CASE}/verify", verify_case, "Verify the history of a case: whole, and every event allowed", schemas.Verdict),
    get(f"{_CASE}/findings", list_case_findings, "List what auditors found in a case", schemas.FindingPage, query=schemas.FindingQuery),
    post(
        f"{_CASE}/findings", raise_finding, "Raise a finding at an event of a case", schemas.FindingDone,
        body=schemas.NewFinding, status=201,
    ),
    get("/findings", list_findings, "List the findings in your programmes", schemas.FindingPage, query=schemas.FindingQuery),
    get(_ONE, show_finding, "Show a finding and what was said about it", schemas.FindingShown),
    post(f"{_ONE}/answer", answer_finding, "Answer a finding", schemas.FindingDone, body=schemas.FindingWords, if_match="the finding"),
    post(f"{_ONE}/assign", assign_finding, "Say who is to answer a finding, and by when", schemas.FindingDone, body=schemas.FindingOwner,
        if_match="the finding"),
    post(f"{_ONE}/ask-again", ask_again, "Open an answered finding again", schemas.FindingDone, body=schemas.FindingWords,
        if_match="the finding"),
    post(f"{_ONE}/close", close_finding, "Close an answered finding", schemas.FindingDone, body=schemas.FindingWords,
        if_match="the finding"),
)  # fmt: skip
