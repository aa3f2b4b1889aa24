"""Rows of the API about cases, their tasks and referrals, and mediations."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from tests.security.authorization_rows import (
    ADMINISTRATOR,
    BANK,
    CLERKS,
    DECIDERS,
    DIRECTORY,
    EVERYBODY,
    FOREIGN,
    LAB,
    LEADERS,
    NOBODY,
    OFFICERS,
    READERS,
    WRITERS,
    Json,
    Row,
    get,
    post,
)

#: Who agrees to the move of a case to a state; a supervisor proposes it.
MOVERS = frozenset({"supervisor", "compliance"})
#: Who sees a case as it was.
LOOKS_BACK = READERS - DECIDERS
#: Who reads the stage reports of a programme, and who freezes, agrees to and publishes them.
ANSWERABLE, REPORTERS = frozenset({"supervisor", "manager", "auditor"}), frozenset({"supervisor", "manager"})
HOLD = {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "The budget is decided"}


def _handing(on: Mapping[str, str]) -> Json:
    """To nobody that there is."""
    return {"person": str(uuid4()), "note": "Please."}


CASES: tuple[Row, ...] = (
    # --- cases ---
    get("/cases", EVERYBODY, lists="number", finds=READERS | LAB | BANK | {"observer"}),
    get("/contract-values", EVERYBODY),
    get("/cases/{number}", READERS | LAB | BANK | {"observer"}, there=FOREIGN),
    post("/cases/{number}/look", READERS, there=FOREIGN),
    get("/cases/{number}/follow", READERS, there=FOREIGN),
    post("/cases/{number}/follow", READERS, there=FOREIGN),
    post("/cases/{number}/unfollow", READERS, there=FOREIGN),
    *(
        get(
            f"/cases/{{number}}{part}", LOOKS_BACK, READERS - LOOKS_BACK, there_refused=FOREIGN, query="?as_of=2199-01-01T00:00:00Z",
            status=422, about="as of the future",
        )
        for part in ("", "/clocks", "/events")
    ),
    get("/cases/{number}/sight/{who}", LOOKS_BACK, READERS - LOOKS_BACK, there_refused=FOREIGN, things={"who": "person"}),
    get("/cases/{number}/prospect", READERS, there=FOREIGN),
    get("/cases/{number}/forecast", DECIDERS | {"manager"}, there=FOREIGN),
    get("/cases/{number}/clocks", READERS | LAB | BANK, there=FOREIGN),
    get("/cases/{number}/clocks/{clock}", READERS, there=FOREIGN),
    get("/cases/{number}/events", READERS | LAB | BANK, there=FOREIGN),
    post(
        "/cases/{number}/tracks/{track}/transitions/{transition}", {"officer"}, READERS - {"officer"},
        body=lambda on: {"data": {}}, if_match="track", there=FOREIGN,
    ),
    post(
        "/cases/{number}/tracks/{track}/tasks", {"officer"}, READERS - {"officer"}, body=lambda on: {"task": "renew_consent"},
        there=FOREIGN,
    ),
    post(
        "/cases/{number}/events/{seq}/correction", {"officer"}, READERS - {"officer"},
        body=lambda on: {"data": {}, "reason": "A typing mistake."},
    ),
    post(
        "/cases/{number}/hand-over", {"officer", "supervisor"}, READERS - {"officer", "supervisor"},
        body=lambda on: {"owner": on["person"], "note": "On leave"}, if_match="stale", there=FOREIGN,
    ),
    # It stands there already, nobody has proposed anything, and a foreign officer may do neither.
    get("/cases/{number}/move", MOVERS, READERS - MOVERS, there_refused=FOREIGN),
    post(
        "/cases/{number}/move", {"supervisor"}, READERS - {"supervisor"}, there_refused=FOREIGN, status=412,
        body=lambda on: {"to": "consent", "reason": "It is stuck."}, if_match="stale",
    ),
    post(
        "/cases/{number}/move/decision", MOVERS, READERS - MOVERS, there_refused=FOREIGN, status=409,
        body=lambda on: {"asked": 1, "agree": True},
    ),
    get("/cases/{number}/links", READERS, there=FOREIGN),
    # The other case is one of here, and the link as well.
    post(
        "/cases/{number}/links", {"officer", "supervisor"}, READERS - {"officer", "supervisor"}, there=FOREIGN,
        body=lambda on: {"other": on["number"], "kind": "related"}, if_match="stale",
    ),
    post(
        "/cases/{number}/links/{case_link}/end", {"officer", "supervisor"}, READERS - {"officer", "supervisor"},
        body=lambda on: {"reason": "Mixed up."}, if_match="stale",
    ),
    *(
        post(
            f"/cases/{{number}}/rights/{do}", may, READERS - may, there=there, there_refused=FOREIGN - there,
            body=lambda on: {"rights": [on["right"]], "reason": "It protects the kiln."}, if_match="stale",
        )
        for do, may, there in (("add", {"officer", "supervisor"}, FOREIGN), ("remove", {"supervisor"}, frozenset[str]()))
    ),
    post(
        "/cases/{number}/documents", {"officer", "supervisor", "compliance"}, READERS - {"officer", "supervisor", "compliance"},
        body=lambda on: {"title": "Letter", "kind": "letter"}, if_match="stale", there=FOREIGN,
    ),
    get("/cases/{number}/documents", READERS, there=FOREIGN),
    get("/cases/{number}/file", READERS, there=FOREIGN),
    # Nothing is published before the worker has signed it.
    get("/cases/{number}/certificate", READERS, there=FOREIGN, query="?event=1", status=409),
    get("/cases/{number}/letters", READERS, there=FOREIGN),
    post(
        "/cases/{number}/letters/sent", {"officer", "supervisor"}, READERS - {"officer", "supervisor"}, there=FOREIGN,
        body=lambda on: {"letter": on["document"], "how": "post", "on": "2026-01-05"},
    ),
    # While the case is open none goes at the end.
    get(
        "/cases/{number}/letters/preview", {"officer", "supervisor"}, READERS - {"officer", "supervisor"}, there=FOREIGN,
        query="?kind=closing&to=need_owner&language=en", status=409,
    ),
    post(
        "/cases/{number}/letters", {"officer", "supervisor"}, READERS - {"officer", "supervisor"}, there=FOREIGN,
        body=lambda on: {"kind": "closing", "to": "need_owner", "language": "en"},
    ),
    get("/tasks/{task}/links", {"officer", "supervisor"}, READERS - {"officer", "supervisor"}, things={"task": "link_task"}),
    post(
        "/tasks/{task}/links", {"officer", "supervisor"}, READERS - {"officer", "supervisor"}, things={"task": "link_task"},
        body=lambda on: {"party": "need_owner", "language": "en"},
    ),
    post("/links/{link}/revoke", {"officer", "supervisor"}, READERS - {"officer", "supervisor"}),
    # Of a grant there is none before a referral is accepted: `test_documents.py` ends one.
    post("/cases/{number}/grants/{grant}/end", NOBODY, body=lambda on: {"reason": "Why not"}, things={"grant": "document"}),
    post("/cases/{number}/grants/{grant}/day", NOBODY, body=lambda on: {"until": None}, things={"grant": "document"}),
    get("/documents/{document}", READERS, there=FOREIGN),
    get("/documents/{document}/versions/{version}", READERS, there=FOREIGN),
    post("/documents/{document}/withdraw", CLERKS, READERS - CLERKS, body=lambda on: {"reason": "Wrong"}, there=FOREIGN),
    post("/documents/{document}/versions", CLERKS, READERS - CLERKS, there=FOREIGN, query="?name=a.pdf"),
    get("/referrals/{referral}/documents", READERS | LAB, there=READERS | BANK),
    # Nothing is handed in, and nothing given back, before the referral is accepted.
    post("/referrals/{referral}/documents", LAB, READERS, body=lambda on: {"title": "Report", "kind": "report"}, there=BANK,
        there_refused=READERS),
    post("/referrals/{referral}/returned", LAB, READERS, body=lambda on: {"how": "destroyed"}, there=BANK, there_refused=READERS),
    post(
        "/cases/{number}/consents/{consent}/withdraw", {"officer", "supervisor"}, READERS - {"officer", "supervisor"},
        body=lambda on: {"reason": "As told"}, if_match="stale", there=FOREIGN,
    ),
    # What is in every case of a programme, before anybody declares an interest in one of them.
    get("/reports/{report}/file", frozenset({"supervisor", "auditor"}), {"manager"}),
    get("/reports/{report}/verification", frozenset({"supervisor", "auditor"}), {"manager"}),
    post(
        "/cases/{number}/interests", READERS, body=lambda on: {"nature": "Family"}, things={"number": "spare_number"},
        there=FOREIGN,
    ),
    # --- auditors ---
    get("/cases/{number}/verify", READERS, there=FOREIGN),
    get("/cases/{number}/findings", READERS, there=FOREIGN, lists="finding", finds=READERS),
    post(
        "/cases/{number}/findings", {"auditor"}, READERS - {"auditor"}, there_refused=FOREIGN,
        body=lambda on: {"event": 1, "words": "Why?"},
    ),
    get("/findings", EVERYBODY, lists="finding", finds=READERS),
    get("/findings/{finding}", READERS, there=FOREIGN),
    post(
        "/findings/{finding}/answer", {"officer", "supervisor", "compliance"}, READERS - {"officer", "supervisor", "compliance"},
        body=lambda on: {"words": "So."}, if_match="stale", there=FOREIGN,
    ),
    post(
        "/findings/{finding}/assign", {"auditor", "supervisor"}, READERS - {"auditor", "supervisor"},
        body=lambda on: {"owner": on["person"], "due_on": "2099-01-01"}, if_match="stale", there_refused=FOREIGN,
    ),
    post(
        "/findings/{finding}/ask-again", {"auditor"}, READERS - {"auditor"}, body=lambda on: {"words": "So?"},
        if_match="stale", there_refused=FOREIGN,
    ),
    post(
        "/findings/{finding}/close", {"auditor"}, READERS - {"auditor"}, body=lambda on: {"words": "Fine."}, if_match="stale",
        there_refused=FOREIGN,
    ),
    # --- messages: internal notes are for those who read the whole case, a thread for its provider besides ---
    get("/cases/{number}/messages", READERS, there=FOREIGN, lists="note", finds=READERS),
    post(
        "/cases/{number}/messages", CLERKS, READERS - CLERKS, there=FOREIGN,
        body=lambda on: {
            "audience": "internal", "words": "Look at this.", "reply_to": on.get("note"),
            "documents": [on["document"]] if "document" in on else [],
        },
    ),
    post(
        "/cases/{number}/messages/{message}/correct", {"officer"}, READERS - {"officer"}, there=FOREIGN, things={"message": "note"},
        body=lambda on: {"audience": "internal", "words": "Look at that."},
    ),
    get("/referrals/{referral}/messages", READERS | LAB, there=READERS | BANK),
    post(
        "/referrals/{referral}/messages", WRITERS, READERS - WRITERS, there={"officer", "supervisor"} | BANK,
        there_refused=READERS - WRITERS, body=lambda on: {"audience": "shared", "words": "When?", "reply_to": on.get("shared")},
    ),
    post(
        "/referrals/{referral}/messages/{message}/correct", {"provider"}, READERS | LAB - {"provider"}, there=BANK,
        there_refused=READERS, things={"message": "shared"}, body=lambda on: {"audience": "shared", "words": "When, please?"},
    ),
    get("/mediations/{mediation}/messages", {"dispute_officer"}),
    post(
        "/mediations/{mediation}/messages", {"dispute_officer"}, body=lambda on: {"audience": "internal", "words": "Sealed."}
    ),
    post(
        "/mediations/{mediation}/messages/{message}/correct", {"dispute_officer"}, things={"message": "sealed"},
        body=lambda on: {"audience": "internal", "words": "Still sealed."},
    ),
    # --- what one was told, and what one looks for ---
    get("/notifications", EVERYBODY),
    post("/notifications/read", EVERYBODY),
    # Nobody's but one's own, and here nobody has one.
    post("/notifications/{notification}/read", NOBODY),
    get("/search", EVERYBODY, query="?q=20"),
    get("/views", EVERYBODY),
    post("/views", EVERYBODY, there=EVERYBODY, absent=EVERYBODY, body=lambda on: {"name": "Mine", "query": "state=closed"}),
    post("/views/{view}", NOBODY, body=lambda on: {"name": "Mine"}),
    post("/views/{view}/drop", NOBODY),
    get("/audit", frozenset({"auditor"})),
    get("/audit/{question}", frozenset({"auditor"}), there=frozenset({"auditor"})),
    get("/sample", frozenset({"auditor"}), query="?seed=dice"),
    get("/verifications", frozenset({"auditor"})),
    # --- witnesses belong to no programme ---
    get("/checkpoints", frozenset({"auditor", "manager"})),
    get("/witnesses", frozenset({"auditor", "manager"})),
    post(
        "/witnesses", frozenset({"auditor"}), there=frozenset({"auditor"}), absent=frozenset({"auditor"}), body=lambda on: {"key": "none"},
        status=422,
    ),
    post("/witnesses/{witness}/end", frozenset({"auditor"}), there=frozenset({"auditor"})),
    post(
        "/cosignatures", frozenset({"auditor", "manager"}), there=frozenset({"auditor", "manager"}),
        absent=frozenset({"auditor", "manager"}), body=lambda on: {"note": "none"}, status=409,
    ),
    get("/mentions", EVERYBODY, lists="mention", finds={"supervisor"}),
    post("/mentions/{mention}/read", {"supervisor"}, there=FOREIGN),
    # --- tasks ---
    get("/tasks", EVERYBODY),
    # Of what one does not see the answer says the same as of what is not there.
    post(
        "/cases/bulk", EVERYBODY, there=EVERYBODY, absent=EVERYBODY,
        body=lambda on: {"cases": [on["number"]], "action": "hold", "data": HOLD, "dry_run": True},
    ),
    post("/tasks/bulk", EVERYBODY, there=EVERYBODY, absent=EVERYBODY,
        body=lambda on: {"tasks": [on["task"]], "operation": "claim", "dry_run": True}),
    get("/agenda", EVERYBODY),
    get("/tasks/{task}", READERS, there=FOREIGN),
    get("/tasks/{task}", READERS | LAB, there=READERS | BANK, things={"task": "referral_task"}),
    get("/tasks/{task}/clock", READERS, there=FOREIGN),
    get("/tasks/{task}/clock", READERS | LAB, there=READERS | BANK, things={"task": "referral_task"}),
    post("/tasks/{task}/claim", {"officer"}, READERS - {"officer"}, there=FOREIGN),
    post("/tasks/{task}/claim", LAB, READERS, there=BANK, there_refused=READERS, things={"task": "referral_task"}),
    post("/tasks/{task}/release", LEADERS, READERS - LEADERS, there=FOREIGN, body=lambda on: {}),
    post("/tasks/{task}/complete", {"officer"}, READERS - {"officer"}, there=FOREIGN, body=lambda on: {"data": {}}),
    post(
        # A case that nobody owns yet is led by the supervisors alone.
        "/tasks/{task}/exit", LEADERS, READERS - LEADERS, there_refused=FOREIGN,
        body=lambda on: {"reason": "not needed"},
    ),
    get("/tasks/{task}/people", LEADERS, READERS - LEADERS, there=FOREIGN),
    post("/tasks/{task}/start", {"officer"}, READERS - {"officer"}, there=FOREIGN),
    post("/tasks/{task}/delegate", {"officer"}, READERS - {"officer"}, there=FOREIGN, body=_handing),
    post("/tasks/{task}/forward", LEADERS, READERS - LEADERS, there=FOREIGN, body=_handing),
    post("/tasks/{task}/assign", LEADERS, READERS - LEADERS, there=FOREIGN, body=_handing),
    post("/tasks/{task}/nominate", LEADERS, READERS - LEADERS, there_refused=FOREIGN, body=_handing),
    post(
        "/tasks/{task}/suspend", LEADERS, READERS - LEADERS, there=FOREIGN,
        body=lambda on: {"until": "2020-01-01", "waits_for": "provider", "reason": "They are away."},
    ),
    post(
        "/tasks/{task}/modify", LEADERS, READERS - LEADERS, there=FOREIGN,
        body=lambda on: {"priority": "normal", "reason": "As it was."},
    ),
    post(
        "/tasks/{task}/review", {"officer"}, READERS - {"officer"}, there=FOREIGN,
        body=lambda on: {"person": on["person"], "data": {}},
    ),
    post("/tasks/{task}/review/answer", {"officer"}, READERS - {"officer"}, there=FOREIGN, body=lambda on: {"approve": True}),
    post("/tasks/{task}/items", LEADERS, READERS - LEADERS, there=FOREIGN, body=lambda on: {"words": "One thing more"}),
    post(
        "/tasks/{task}/items/{item}", LEADERS, READERS - LEADERS, there=FOREIGN,
        body=lambda on: {"done": True},
    ),
    post("/tasks/{task}/stop", LEADERS, READERS - LEADERS, there=FOREIGN),
    post("/tasks/{task}/resume", LEADERS, READERS - LEADERS, there=FOREIGN),
    post("/tasks/{task}/activate", LEADERS, READERS - LEADERS, there_refused=FOREIGN),
    post("/tasks/{task}/skip", LEADERS, READERS - LEADERS, there=FOREIGN, body=lambda on: {"reason": "not needed"}),
    post("/tasks/{task}/fail", LEADERS, READERS - LEADERS, there=FOREIGN, body=lambda on: {"reason": "not possible"}),
    # --- case hygiene ---
    get("/readings", frozenset({"auditor", "manager"})),
    get("/case-hygiene", frozenset({"supervisor"})),
    # Everybody those of a programme of their own.
    get("/case-hygiene/nights", frozenset({"officer", "other_officer", "foreign_officer", "supervisor", "manager", "auditor"})),
    get("/figures", frozenset({"officer", "other_officer", "foreign_officer", "supervisor", "manager", "auditor"})),
    get(
        "/figures/mails",
        frozenset({"officer", "other_officer", "foreign_officer", "supervisor", "manager", "auditor", "observer"}),
    ),
    post("/figures/views/{view}/mail", NOBODY, body=lambda on: {"rhythm": "monthly"}),
    post("/figures/mails/{subscription}/stop", NOBODY),
    get("/process", frozenset({"supervisor", "manager", "auditor"})),
    get("/process/xes", frozenset({"supervisor", "manager", "auditor"})),
    get("/process/ocel", frozenset({"supervisor", "manager", "auditor"})),
    get(
        "/figures/outside",
        frozenset({"officer", "other_officer", "foreign_officer", "supervisor", "manager", "auditor", "observer"}),
    ),
    # --- stage reports and success stories ---
    get("/reports", frozenset({"supervisor", "manager", "auditor"})),
    get("/reports/{report}", ANSWERABLE),
    get("/reports/{report}/content", frozenset({"supervisor", "auditor"}), {"manager"}),
    get("/programmes/{programme}/attestations", ANSWERABLE),
    get("/programmes/{programme}/attestations/{attestation}", ANSWERABLE),
    get("/programmes/{programme}/attestations/{attestation}/file", ANSWERABLE, status=409),
    get("/programmes/{programme}/samples", frozenset({"auditor"})),
    # Of a moment at which no case had been opened, nothing is drawn.
    post("/programmes/{programme}/samples", frozenset({"auditor"}), body=lambda on: {"seed": "a", "size": 1,
        "as_of": "1999-01-01T00:00:00Z"}),
    get("/programmes/{programme}/samples/{kept}", frozenset({"auditor"})),
    post("/programmes/{programme}/samples/{kept}/looks", frozenset({"auditor"}), body=lambda on: {"case": on["number"],
        "result": "in_order", "finding": on["finding"]}),
    post("/programmes/{programme}/reports", REPORTERS, OFFICERS | {"auditor"}, there_refused=FOREIGN),
    post("/reports/{report}/words", REPORTERS, {"auditor"}, body=lambda on: {"words": {"title": "What came of it"}}),
    post("/reports/{report}/agree", REPORTERS, {"auditor"}),
    post("/reports/{report}/publish", REPORTERS, {"auditor"}),
    get("/stories", DECIDERS | FOREIGN),
    get("/cases/{number}/story", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    # --- referrals ---
    get("/referrals", EVERYBODY, lists="referral", finds=READERS | LAB),
    get("/referrals/figures", LAB | BANK | {"verifier"}),
    get("/referrals/{referral}", READERS | LAB, there=READERS | BANK),
    # Its provider reads the sheet from the acceptance on: `tests/operations/referrals/test_sheet.py`.
    get("/referrals/{referral}/sheet", READERS, there=READERS),
    post("/referrals/{referral}/look", READERS | LAB, there=READERS | BANK),
    get("/referrals/{referral}/follow", READERS | LAB, there=READERS | BANK),
    post("/referrals/{referral}/follow", READERS | LAB, there=READERS | BANK),
    post("/referrals/{referral}/unfollow", READERS | LAB, there=READERS | BANK),
    get("/referrals/{referral}/events", READERS | LAB, there=READERS | BANK),
    post(
        "/referrals/{referral}/transitions/{transition}", LAB, READERS, there=BANK, there_refused=READERS,
        body=lambda on: {"data": {}}, things={"transition": "referral_transition"}, if_match="referral",
    ),
    post(
        "/referrals/{referral}/transitions/{transition}/correction", {"officer"}, READERS - {"officer"} | LAB,
        there={"officer"}, there_refused=READERS - {"officer"} | BANK, things={"transition": "referral_send"},
        body=lambda on: {"data": {}, "reason": "A typing mistake."},
    ),
    # Nothing was answered in this one.
    post(
        "/mediations/{mediation}/tracks/{track}/transitions/{transition}/correction", NOBODY,
        things={"track": "mediation_track", "transition": "mediation_transition"},
        body=lambda on: {"data": {}, "reason": "A typing mistake."},
    ),
    post(
        "/tasks/{task}/correction", {"officer"}, READERS - {"officer"}, things={"task": "answered_task"},
        body=lambda on: {"data": {}, "reason": "A typing mistake."},
    ),
    post(
        "/referrals/{referral}/objections", WRITERS, READERS - WRITERS, there={"officer", "supervisor"} | BANK,
        there_refused=READERS - WRITERS, body=lambda on: {"to": "send", "words": "Not so."},
    ),
    post(
        "/referrals/{referral}/objections/{objection}", WRITERS, READERS - WRITERS, there={"officer", "supervisor"} | BANK,
        there_refused=READERS - WRITERS, body=lambda on: {"words": "Well."},
    ),
    get("/providers", EVERYBODY),
    get("/providers/{provider}", DIRECTORY | LAB, there=DIRECTORY | BANK),
    post(
        "/providers/{provider}/profile", {"provider_lead", "administrator"}, DIRECTORY - ADMINISTRATOR | {"provider"},
        there=ADMINISTRATOR, there_refused=DIRECTORY - ADMINISTRATOR | BANK, body=lambda on: {"fields": ["steam"]},
    ),
    get("/cases/{number}/suggestions/{service}", READERS, there=FOREIGN),
    get("/referrals/{referral}/contract", READERS | LAB, there=READERS | BANK),
    get("/referrals/{referral}/fhir", READERS | LAB, there=READERS | BANK),
    post("/referrals/{referral}/receipts", WRITERS, READERS - WRITERS, there={"officer", "supervisor"} | BANK,
        there_refused=READERS - WRITERS),
    post(
        "/referrals/{referral}/tasks", NOBODY, body=lambda on: {"task": "renew_consent"},
    ),
    # --- mediations: for everybody else they are not there ---
    get("/mediations", EVERYBODY, lists="mediation", finds={"dispute_officer"}),
    get("/mediations/case/{number}", {"dispute_officer"}),
    post("/mediations", {"dispute_officer"}, body=lambda on: {"case": on["number"]}),
    get("/mediations/{mediation}", {"dispute_officer"}),
    get("/mediations/{mediation}/events", {"dispute_officer"}),
    post(
        "/mediations/{mediation}/tracks/{track}/transitions/{transition}", {"dispute_officer"},
        body=lambda on: {"data": {}}, things={"track": "mediation_track", "transition": "mediation_transition"},
        if_match="mediation_track",
    ),
    get("/mediations/{mediation}/leaders", {"dispute_officer"}),
    post(
        "/mediations/{mediation}/hand-over", {"dispute_officer"}, body=lambda on: {"owner": on["person"], "note": "On leave"},
        if_match="stale",
    ),
    get("/mediations/{mediation}/readers", {"dispute_officer"}),
    post(
        "/mediations/{mediation}/unsealings", {"dispute_officer"},
        body=lambda on: {"reader": str(uuid4()), "decider": str(uuid4()), "days": 1, "reason": "Why."},
    ),
    get("/unsealings", EVERYBODY, lists="unsealing", finds={"compliance"}),
    post("/unsealings/{unsealing}/told", {"dispute_officer"}, body=lambda on: {"on": "2020-01-01"}),
    post(
        "/unsealings/{unsealing}/decide", {"compliance"}, body=lambda on: {"agree": False, "note": "No."},
        things={"unsealing": "ended_unsealing"},
    ),
    post("/unsealings/{unsealing}/end", {"dispute_officer", "compliance"}, things={"unsealing": "ended_unsealing"}),
    # A case of its own: from then on an administrator reads it.
    post("/cases/{number}/emergency", ADMINISTRATOR, body=lambda on: {"reason": "Why."}, things={"number": "spare_number"}),
    post("/mediations/{mediation}/tracks/{track}/tasks", NOBODY, body=lambda on: {"task": "renew_consent"}),
)  # fmt: skip
