"""Who may do what over the API: every route with every role, on objects of here, of elsewhere, and of nowhere.

`here` is what lies in the programme BJ, in the case that `officer` owns, and was asked of the organisation `lab`.
`there` is the same kind of thing in the programme SH, or asked of the organisation `bank`. `absent` exists nowhere.
Of each row: who is allowed, and who sees the thing but may not do this (403); for everybody else it does not exist
(404), and nobody without a token gets in (401).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

Json = Any

#: Everybody who asks. `other_officer` is an officer of the programme who is not in the case's team.
ROLES = (
    "anonymous", "officer", "other_officer", "foreign_officer", "supervisor", "compliance", "dispute_officer", "provider",
    "foreign_provider", "provider_lead", "verifier", "auditor", "manager", "observer", "administrator",
)  # fmt: skip
HOLD = {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "The budget is decided"}
CALENDAR = {
    "zone": "Asia/Shanghai",
    "slots": {"0": [["09:00", "12:00"], ["12:00", "17:00"]]},
    "holidays": [],
    "make_up": [],
}
EVERYBODY = frozenset(ROLES) - {"anonymous"}

OFFICERS = frozenset({"officer", "other_officer"})
DECIDERS = OFFICERS | {"supervisor"}
READERS = DECIDERS | {"compliance", "auditor", "manager"}
LAB = frozenset({"provider", "provider_lead"})
LEAD = frozenset({"provider_lead"})
FOREIGN = frozenset({"foreign_officer"})
CLERKS = frozenset({"officer", "supervisor", "compliance"})
WRITERS = frozenset({"officer", "supervisor"}) | LAB
BANK = frozenset({"foreign_provider"})
#: Who leads an officers' task of the case.
LEADERS = frozenset({"officer", "supervisor"})
NOBODY: frozenset[str] = frozenset()
ADMINISTRATOR = frozenset({"administrator"})
DIRECTORY = READERS | FOREIGN | ADMINISTRATOR
#: Who agrees to an erasure.
AGREE = frozenset({"compliance", "manager"})
NO_ADMINISTRATOR = EVERYBODY - ADMINISTRATOR
#: Who looks after those who have lost the password or the second factor.
LETTING_IN = frozenset({"administrator", "supervisor", "compliance", "manager"})

Who = frozenset[str] | set[str]
#: From the names of things (and `here`, `there` or `absent`) to a body that is well-formed, and as harmless as can be.
Body = Callable[[Mapping[str, str]], Json]


@dataclass(frozen=True)
class Row:
    """One route, and what each role gets from it."""

    method: str
    path: str
    allowed: Who
    refused: Who = NOBODY
    there: Who = NOBODY
    there_refused: Who = NOBODY
    absent: Who = NOBODY
    absent_refused: Who = NOBODY
    body: Body | None = None
    #: Which of the scene's things stands for a parameter of the path, where it is not the one of that name.
    things: Mapping[str, str] = field(default_factory=dict)
    #: The thing whose revision goes into If-Match: a track's or a case's; "stale" where the refusal comes later.
    if_match: str = ""
    #: A list: who finds `lists` of here in it.
    lists: str = ""
    finds: Who = NOBODY
    #: What those allowed get, where it is one certain status.
    status: int | None = None
    #: What follows the path.
    query: str = ""
    #: For those without a token too.
    open: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}" + "".join(f" ({thing})" for thing in self.things.values())

    @property
    def has_object(self) -> bool:
        # What is open to everybody is about nothing; guessing there is slowed down besides.
        return "{" in self.path or (self.body is not None and not self.open)


def get(path: str, allowed: Who, refused: Who = NOBODY, **more: Any) -> Row:
    return Row("GET", path, allowed, refused, **({"status": 200} | more))


def post(path: str, allowed: Who, refused: Who = NOBODY, **more: Any) -> Row:
    return Row("POST", path, allowed, refused, **more)


def admin(path: str, allowed: Who = ADMINISTRATOR, **more: Any) -> Row:
    return post(
        path,
        allowed,
        EVERYBODY - allowed,
        **({"there_refused": NO_ADMINISTRATOR, "absent_refused": NO_ADMINISTRATOR} | more),
    )


def _handing(on: Mapping[str, str]) -> Json:
    """To nobody that there is."""
    return {"person": str(uuid4()), "note": "Please."}


TABLE: tuple[Row, ...] = (
    # --- cases ---
    get("/cases", EVERYBODY, lists="number", finds=READERS | LAB | BANK | {"observer"}),
    get("/cases/{number}", READERS | LAB | BANK | {"observer"}, there=FOREIGN),
    post("/cases/{number}/look", READERS, there=FOREIGN),
    get("/cases/{number}/prospect", READERS, there=FOREIGN),
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
    post(
        "/cases/{number}/documents", {"officer", "supervisor", "compliance"}, READERS - {"officer", "supervisor", "compliance"},
        body=lambda on: {"title": "Letter", "kind": "letter"}, if_match="stale", there=FOREIGN,
    ),
    get("/cases/{number}/documents", READERS, there=FOREIGN),
    get("/cases/{number}/file", READERS, there=FOREIGN),
    get("/cases/{number}/letters", READERS, there=FOREIGN),
    # While the case is open none goes at the end.
    get(
        "/cases/{number}/letters/preview", {"officer", "supervisor"}, READERS - {"officer", "supervisor"}, there=FOREIGN,
        query="?kind=closing&to=need_owner&language=en", status=409,
    ),
    post(
        "/cases/{number}/letters", {"officer", "supervisor"}, READERS - {"officer", "supervisor"}, there=FOREIGN,
        body=lambda on: {"kind": "closing", "to": "need_owner", "language": "en"},
    ),
    # Of a grant there is none before a referral is accepted: `test_documents.py` ends one.
    post("/cases/{number}/grants/{grant}/end", NOBODY, body=lambda on: {"reason": "Why not"}, things={"grant": "document"}),
    post("/cases/{number}/grants/{grant}/day", NOBODY, body=lambda on: {"until": None}, things={"grant": "document"}),
    get("/documents/{document}", READERS, there=FOREIGN),
    get("/documents/{document}/versions/{version}", READERS, there=FOREIGN),
    post("/documents/{document}/withdraw", CLERKS, READERS - CLERKS, body=lambda on: {"reason": "Wrong"}, there=FOREIGN),
    post("/documents/{document}/versions", CLERKS, READERS - CLERKS, there=FOREIGN, query="?name=a.pdf"),
    get("/referrals/{referral}/documents", READERS | LAB, there=READERS | BANK),
    # Nothing is handed in, and nothing given back, before the referral is accepted.
    post("/referrals/{referral}/documents", LAB, READERS, body=lambda on: {"title": "Report", "kind": "report"}, there=BANK, there_refused=READERS),
    post("/referrals/{referral}/returned", LAB, READERS, body=lambda on: {"how": "destroyed"}, there=BANK, there_refused=READERS),
    post(
        "/cases/{number}/consents/{consent}/withdraw", {"officer", "supervisor"}, READERS - {"officer", "supervisor"},
        body=lambda on: {"reason": "As told"}, if_match="stale", there=FOREIGN,
    ),
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
        body=lambda on: {"audience": "internal", "words": "Look at this."},
    ),
    post(
        "/cases/{number}/messages/{message}/correct", {"officer"}, READERS - {"officer"}, there=FOREIGN, things={"message": "note"},
        body=lambda on: {"audience": "internal", "words": "Look at that."},
    ),
    get("/referrals/{referral}/messages", READERS | LAB, there=READERS | BANK),
    post(
        "/referrals/{referral}/messages", WRITERS, READERS - WRITERS, there={"officer", "supervisor"} | BANK,
        there_refused=READERS - WRITERS, body=lambda on: {"audience": "shared", "words": "When?"},
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
    get("/search", EVERYBODY, query="?words=20"),
    get("/filters", EVERYBODY),
    post("/filters", EVERYBODY, there=EVERYBODY, absent=EVERYBODY, body=lambda on: {"name": "Mine", "query": "state=closed"}),
    post("/filters/{filter}/drop", NOBODY),
    get("/audit", frozenset({"auditor"})),
    get("/audit/{question}", frozenset({"auditor"}), there=frozenset({"auditor"})),
    get("/sample", frozenset({"auditor"}), query="?seed=dice"),
    get("/mentions", EVERYBODY, lists="mention", finds={"supervisor"}),
    post("/mentions/{mention}/read", {"supervisor"}, there=FOREIGN),
    # --- tasks ---
    get("/tasks", EVERYBODY),
    # Of what one does not see the answer says the same as of what is not there.
    post(
        "/cases/bulk", EVERYBODY, there=EVERYBODY, absent=EVERYBODY,
        body=lambda on: {"cases": [on["number"]], "deed": "hold", "data": HOLD, "dry_run": True},
    ),
    post("/tasks/bulk", EVERYBODY, there=EVERYBODY, absent=EVERYBODY, body=lambda on: {"tasks": [on["task"]], "operation": "claim", "dry_run": True}),
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
    # --- the house rule ---
    get("/readings", frozenset({"auditor", "manager"})),
    get("/house-rule", frozenset({"supervisor"})),
    # --- referrals ---
    get("/referrals", EVERYBODY, lists="referral", finds=READERS | LAB),
    get("/referrals/{referral}", READERS | LAB, there=READERS | BANK),
    post("/referrals/{referral}/look", READERS | LAB, there=READERS | BANK),
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
        things={"track": "mediation_track", "transition": "mediation_transition"}, body=lambda on: {"data": {}, "reason": "A typing mistake."},
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
    post("/referrals/{referral}/receipts", WRITERS, READERS - WRITERS, there={"officer", "supervisor"} | BANK, there_refused=READERS - WRITERS),
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
    post("/unsealings/{unsealing}/decide", {"compliance"}, body=lambda on: {"agree": False}, things={"unsealing": "ended_unsealing"}),
    post("/unsealings/{unsealing}/end", {"dispute_officer", "compliance"}, things={"unsealing": "ended_unsealing"}),
    # A case of its own: from then on an administrator reads it.
    post("/cases/{number}/emergency", ADMINISTRATOR, body=lambda on: {"reason": "Why."}, things={"number": "spare_number"}),
    post("/mediations/{mediation}/tracks/{track}/tasks", NOBODY, body=lambda on: {"task": "renew_consent"}),
    # --- what is matched ---
    get("/matches", EVERYBODY, lists="match", finds=READERS),
    get("/matches/{match}", READERS, there=FOREIGN),
    post(
        "/matches", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"programme": on["programme"], "need": "unknown", "technology": "unknown"},
    ),
    post("/matches/{match}/open", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/needs", EVERYBODY, lists="need", finds=READERS),
    get("/needs/{need}", READERS, there=FOREIGN),
    post("/needs/{need}/confirm", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"field": "nothing"}),
    post("/needs/{need}/owner", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"organisation": on["person"]}),
    get("/technologies", EVERYBODY, lists="technology", finds=READERS),
    get("/technologies/{technology}", READERS, there=FOREIGN),
    post("/technologies/{technology}/confirm", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"field": "nothing"}),
    post("/technologies/{technology}/owner", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"organisation": on["person"]}),
    get("/rights", EVERYBODY, lists="right", finds=READERS),
    get("/rights/{right}", READERS, there=FOREIGN),
    # Whether the programme exists is not told: the answer is 403 for every one that is not one's own.
    post(
        "/rights", DECIDERS, EVERYBODY - DECIDERS, there=FOREIGN, there_refused=EVERYBODY - FOREIGN, absent_refused=EVERYBODY,
        body=lambda on: {"programme": on["programme"], "kind": "no_such_kind"},
    ),
    post(
        "/rights/{right}/confirm", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"checked_on": "2026-01-05"},
    ),
    # --- registers ---
    get("/programmes", EVERYBODY, lists="programme", finds=READERS | {"dispute_officer", "observer", "administrator"}),
    admin("/programmes", there=ADMINISTRATOR, absent=ADMINISTRATOR, body=lambda on: {"code": "BJ", "name": "Again"}),
    get(
        "/programmes/{programme}/calendar", ADMINISTRATOR, NO_ADMINISTRATOR, there=ADMINISTRATOR, there_refused=NO_ADMINISTRATOR,
        absent_refused=NO_ADMINISTRATOR,
    ),
    admin("/programmes/{programme}/calendar/preview", body=lambda on: {"calendar": CALENDAR}),
    admin("/programmes/{programme}/calendar", body=lambda on: {"calendar": CALENDAR, "seen": "another"}),
    admin("/programmes/{programme}/phases", body=lambda on: {"name": "Late", "starts_on": "2026-02-01", "ends_on": "2026-01-01"}),
    get("/organisations", EVERYBODY, lists="lab", finds=READERS | LAB | {"foreign_officer", "dispute_officer", "administrator"}),
    admin("/organisations", there=ADMINISTRATOR, absent=ADMINISTRATOR, body=lambda on: {"name": "One more"}),
    get("/people", EVERYBODY, lists="officer", finds=READERS | {"dispute_officer", "administrator"}),
    admin("/people", there=ADMINISTRATOR, absent=ADMINISTRATOR, body=lambda on: {"email": "officer@example.org", "name": "Again"}),
    # Whoever also works elsewhere is not this administrator's to shut out.
    admin("/people/{person}/link", there=ADMINISTRATOR),
    admin("/people/{person}/reopen", there=ADMINISTRATOR),
    admin("/people/{person}/end-access", things={"person": "idle"}, there=ADMINISTRATOR),
    admin("/people/{person}/deactivate", things={"person": "leaver"}, there_refused=EVERYBODY),
    admin("/memberships", body=lambda on: {"person": on["person"], "role": "no_such_role", "programme": on["programme"]}),
    admin("/memberships/{membership}/end"),
    # --- invitations: the administrators' of the programme or of every organisation, and the lead's ---
    get("/invitations", EVERYBODY, lists="invitation", finds=LEAD | ADMINISTRATOR),
    post(
        "/invitations", ADMINISTRATOR, EVERYBODY - ADMINISTRATOR - LEAD, there_refused=EVERYBODY - ADMINISTRATOR - LEAD,
        absent_refused=EVERYBODY - ADMINISTRATOR - LEAD,
        body=lambda on: {"email": "nobody", "name": "Nobody", "roles": ["auditor"], "programme": on["programme"]},
    ),
    post("/invitations/{invitation}/resend", LEAD | ADMINISTRATOR, there=ADMINISTRATOR, body=lambda on: {}),
    post("/invitations/{invitation}/revoke", LEAD | ADMINISTRATOR, there=ADMINISTRATOR),
    # --- roles that decide: an administrator asks, another one or a supervisor agrees, an auditor reads it ---
    get("/role-requests", EVERYBODY, lists="role_request", finds=ADMINISTRATOR | {"supervisor", "auditor"}),
    get("/role-requests/{role_request}", ADMINISTRATOR | {"supervisor", "auditor"}),
    post(
        "/role-requests/{role_request}/decide", ADMINISTRATOR | {"supervisor"}, {"auditor"},
        body=lambda on: {"agree": False, "note": ""},
    ),
    # --- erasures: administrators ask, compliance officers and managers agree ---
    get("/erasures", EVERYBODY, lists="erasure", finds=ADMINISTRATOR | AGREE),
    get("/erasures/{erasure}", ADMINISTRATOR | AGREE),
    post(
        "/erasures", ADMINISTRATOR, AGREE,
        body=lambda on: {"programme": on["programme"], "words": ["Nobody whosoever"], "basis": "request", "reason": "Why not."},
    ),
    post("/erasures/{erasure}/decide", AGREE, ADMINISTRATOR, body=lambda on: {"agree": False, "note": "No."}),
    # --- absences and leavers ---
    get("/people/{person}/leaving", {"supervisor"}, things={"person": "officer"}, there={"supervisor"}),
    post(
        "/cases/{number}/take-over", {"supervisor"}, READERS - {"supervisor"}, there_refused=FOREIGN,
        body=lambda on: {"leaver": on["person"], "note": "On leave"},
    ),
    get("/absences/work", EVERYBODY),
    get("/absences", EVERYBODY, lists="absence", finds={"officer", "other_officer", "supervisor"}),
    post(
        "/absences", {"officer", "supervisor"}, there=FOREIGN,
        body=lambda on: {
            "scope": on["programme"], "person": on["away"], "substitute": on["person"], "first_day": "2020-01-01",
            "last_day": "2020-01-01",
        },
    ),
    post("/absences/{absence}/end", {"officer", "supervisor"}, there=FOREIGN),
    # --- how queues give tasks to people ---
    get("/queues/allocation", LEAD | {"supervisor"}),
    post(
        "/queues/allocation", {"supervisor"},
        body=lambda on: {"scope": on["programme"], "queue": "no_such_queue", "strategy": "none"},
    ),
    get("/skills", LEAD | {"supervisor"}),
    post("/skills", {"supervisor"}, body=lambda on: {"scope": on["programme"], "person": on["officer"], "services": ["no_such_service"]}),
    # --- workflows: for everybody with an account ---
    get("/workflows", EVERYBODY),
    get("/workflows/{name}/editions/{fingerprint}", EVERYBODY, there=EVERYBODY),
    # --- what happens by itself: administrators', in every programme ---
    get("/jobs", ADMINISTRATOR),
    post("/jobs/{job}/retry", ADMINISTRATOR, there=ADMINISTRATOR),
    get("/mails", ADMINISTRATOR, lists="mail", finds=ADMINISTRATOR),
    post("/mails/{mail}/resend", ADMINISTRATOR, there=ADMINISTRATOR),
    # --- webhooks: the lead's of the provider ---
    get("/webhooks", LEAD, lists="endpoint", finds=LEAD),
    # The organisation is the one of here, wherever it is asked for.
    post(
        "/webhooks", LEAD, there=LEAD, body=lambda on: {"organisation": on["lab"], "url": "https://localhost/"}, status=422,
    ),
    post("/webhooks/{endpoint}/rotate", LEAD),
    get("/webhooks/{endpoint}/messages", LEAD),
    post("/webhooks/messages/{message}/replay", LEAD, things={"message": "hook_message"}),
    post("/webhooks/{endpoint}/end", LEAD),
    # --- service accounts: the lead's of the provider ---
    get("/service-accounts", EVERYBODY, lists="account", finds=LEAD),
    post(
        "/service-accounts", LEAD, there=NOBODY,
        body=lambda on: {"organisation": on["provider"], "name": " ", "scopes": ["referrals.read"]}, status=422,
    ),
    post("/service-accounts/{account}/rotate", LEAD),
    post("/service-accounts/{account}/end", LEAD),
    # --- oneself ---
    get("/me", EVERYBODY),
    get("/tokens", EVERYBODY, lists="token", finds={"officer"}),
    # A token, such as asks here, makes no other and changes no password.
    post("/tokens", NOBODY, EVERYBODY, body=lambda on: {"name": "one more", "scopes": ["read"]}, there_refused=EVERYBODY, absent_refused=EVERYBODY),
    post("/tokens/end-all", EVERYBODY, status=422),
    post(
        "/me/password", NOBODY, EVERYBODY, body=lambda on: {"present": "x", "password": "y"}, there_refused=EVERYBODY,
        absent_refused=EVERYBODY,
    ),
    post("/tokens/{token}/revoke", {"officer"}, there=FOREIGN),
    get("/sessions", EVERYBODY, lists="session", finds={"officer"}),
    post("/sessions/{session}/end", {"officer"}, there=FOREIGN),
    post("/sessions/end-all", EVERYBODY),
    post("/sessions/end-of-everybody", ADMINISTRATOR, EVERYBODY - ADMINISTRATOR),
    Row("POST", "/password-resets", frozenset(ROLES), body=lambda on: {"email": f"{uuid4()}@example.org"}, status=409, open=True),
    Row("POST", "/passwords", frozenset(ROLES), body=lambda on: {"secret": "x" * 43, "password": "a long enough password"}, status=404, open=True),
    # --- who has lost the password or the second factor ---
    get("/recoveries", LETTING_IN, lists="recovery", finds=LETTING_IN),
    post(
        "/recoveries", ADMINISTRATOR, NO_ADMINISTRATOR, there=ADMINISTRATOR, there_refused=NO_ADMINISTRATOR,
        absent_refused=NO_ADMINISTRATOR, body=lambda on: {"person": on["idle"], "means": ["password"], "reason": "She called."},
    ),
    post("/recoveries/{recovery}/decide", LETTING_IN, there=ADMINISTRATOR, body=lambda on: {"decision": "refuse"}),
    Row(
        "POST", "/recoveries/use", frozenset(ROLES), body=lambda on: {"email": f"{uuid4()}@example.org", "first": "a", "second": "b"},
        status=401, open=True,
    ),
    Row("POST", "/sessions", frozenset(ROLES), body=lambda on: {"email": f"{uuid4()}@example.org", "password": "wrong"}, status=401, open=True),
    # --- the documentation ---
    get("/openapi.json", frozenset(ROLES), open=True),
    get("/docs", frozenset(ROLES), open=True),
    # Last, for it takes what others are about.
    post("/tasks/next", EVERYBODY),
)  # fmt: skip


def sees(path: str, role: str, where: str) -> bool:
    """Whether a role sees the thing that an address begins with: then it tells nothing new that something of it is missing."""
    whole = re.compile(rf"/{path.split('/')[1]}/\{{\w+\}}")
    rows = (row for row in TABLE if row.method == "GET" and whole.fullmatch(row.path))
    return any(role in (row.allowed if where == "here" else row.there) for row in rows)
