"""Rows of the API about what is matched, about registers, people and their accounts, and about what happens by itself."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.security.authorization_rows import (
    ADMINISTRATOR,
    AGREE,
    BANK,
    DECIDERS,
    EVERYBODY,
    FOREIGN,
    HOLD_READERS,
    HOLDERS,
    LAB,
    LEAD,
    LETTING_IN,
    NO_ADMINISTRATOR,
    NOBODY,
    READERS,
    ROLES,
    Row,
    Who,
    get,
    post,
)

CALENDAR = {
    "zone": "Asia/Shanghai",
    "slots": {"0": [["09:00", "12:00"], ["12:00", "17:00"]]},
    "holidays": [],
    "make_up": [],
}


AUDITOR = frozenset({"auditor"})
SUPERVISOR = frozenset({"supervisor"})


def ask_owner(on: Any) -> dict[str, Any]:
    return {
        "side": "technology_owner",
        "matches": [on["listed_match"]],
        "address": "zhou@campus.example",
        "language": "en",
    }


def admin(path: str, allowed: Who = ADMINISTRATOR, **more: Any) -> Row:
    return post(
        path,
        allowed,
        EVERYBODY - allowed,
        **({"there_refused": NO_ADMINISTRATOR, "absent_refused": NO_ADMINISTRATOR} | more),
    )


REGISTERS: tuple[Row, ...] = (
    # --- what is matched ---
    get("/matches", EVERYBODY, lists="match", finds=READERS),
    get("/matches/{match}", READERS, there=FOREIGN),
    post(
        "/matches", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"programme": on["programme"], "need": "unknown", "technology": "unknown"},
    ),
    post("/matches/{match}/open", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/matches/{match}/judge", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"refused": True, "code": "other", "reason": "It needs no steam."}),
    post("/matches/{match}/correct", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"score": "0.5"}),
    post("/matches/{match}/expire", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"reason": "Nobody answers."}),
    post("/matches/{match}/bring-back", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"reason": "They ask."}),
    post("/needs/{need}/match-runs", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {}),
    get("/match-runs/{run}", READERS, there=FOREIGN),
    post("/match-runs/{run}/replay", READERS, there=FOREIGN),
    post("/match-runs/{run}/decisions", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"technology": on["technology"], "decision": "shortlist"}),
    get("/needs/{need}/match-runs", READERS, there=FOREIGN),
    get("/proposals", EVERYBODY, lists="proposal", finds=READERS),
    get("/proposals/{proposal}", READERS, there=FOREIGN),
    post("/proposals/{proposal}/match", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/proposals/{proposal}/dismiss", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"reason": "Another size."}),
    get("/records-to-correct", EVERYBODY),
    get("/match-ranks", EVERYBODY),
    get("/sources", EVERYBODY, lists="source", finds=READERS),
    get("/sources/{source}", READERS, there=FOREIGN),
    get("/sources/{source}/gone", READERS, there=FOREIGN),
    post("/sources/{source}/mapping", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"records": "needs", "fields": {}}),
    get("/programmes/{programme}/imports", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/programmes/{programme}/imports", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"records": "needs", "source": "A call", "content": "title"}),
    get("/programmes/{programme}/imports/{handed}", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/programmes/{programme}/imports/{handed}/refused", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/programmes/{programme}/imports/{handed}/fields", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"fields": {}}),
    post("/programmes/{programme}/imports/{handed}/try", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/programmes/{programme}/imports/{handed}/take-over", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {}),
    get("/needs/{need}/interest-requests", READERS, there=FOREIGN),
    post("/needs/{need}/interest-requests", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=ask_owner),
    post("/interest-requests/{interest_request}/withdraw", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/needs-assessments", DECIDERS | FOREIGN | AUDITOR),
    get("/needs-assessments/{needs_assessment}", DECIDERS | AUDITOR, there=FOREIGN),
    post("/needs-assessments", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {
        "programme": on["programme"], "title": "Heat", "starts_on": "2026-01-01", "ends_on": "2026-06-30"}),
    post("/needs-assessments/{needs_assessment}/change", DECIDERS, AUDITOR, there=FOREIGN, body=lambda on: {"title_zh": "供热"}),
    post("/needs-assessments/{needs_assessment}/enterprises", DECIDERS, AUDITOR, there=FOREIGN,
        body=lambda on: {"organisations": [on["party"]]}),
    post("/needs-assessments/{needs_assessment}/visits", DECIDERS, AUDITOR, there=FOREIGN,
        body=lambda on: {"kind": "visit", "day": "2026-02-02", "title": "Boilers"}),
    post("/assessment-enterprises/{enterprise}/state", DECIDERS, AUDITOR, there=FOREIGN, body=lambda on: {"state": "asked"}),
    post("/assessment-enterprises/{enterprise}/ask", DECIDERS, AUDITOR, there=FOREIGN, body=lambda on: {"language": "en"}),
    post("/assessment-enterprises/{enterprise}/remove", DECIDERS, AUDITOR, there=FOREIGN, body=lambda on: {"reason": "Moved."}),
    post("/assessment-visits/{visit}/change", DECIDERS, AUDITOR, there=FOREIGN,
        body=lambda on: {"title": "Kilns", "reason": "Not boilers."}),
    post("/assessment-visits/{visit}/remove", DECIDERS, AUDITOR, there=FOREIGN, body=lambda on: {"reason": "Moved."}),
    post("/needs/{need}/origin", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"origin": on["visit"]}),
    get("/need-statements", DECIDERS | FOREIGN | AUDITOR),
    get("/need-statements/{statement}", DECIDERS | AUDITOR, there=FOREIGN),
    get("/need-statements/{statement}/files/{file}", DECIDERS | AUDITOR, there=FOREIGN, things={"file": "need_file"}),
    post("/need-statements/{statement}/ask", DECIDERS, AUDITOR, there=FOREIGN, body=lambda on: {"question": "How hot?"}),
    post("/need-statements/{statement}/refuse", DECIDERS, AUDITOR, there=FOREIGN, body=lambda on: {"reason": "Not ours."}),
    post("/need-statements/{statement}/accept", DECIDERS, AUDITOR, there=FOREIGN),
    post("/need-statements/{statement}/take-back", DECIDERS, AUDITOR, there=FOREIGN),
    get("/needs/{need}/renewals", READERS, there=FOREIGN),
    post("/needs/{need}/renewals", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"address": "zhou@campus.example", "language": "en"}),
    get("/needs", EVERYBODY, lists="need", finds=READERS),
    get("/needs/{need}", READERS, there=FOREIGN),
    post("/needs/{need}/confirm", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"field": "title"}),
    post("/needs/{need}/owner", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"organisation": on["person"]}),
    post("/needs", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"programme": on["programme"], "title": "Ice", "source": "A call", "confirmed": False}),
    post("/needs/{need}/correct", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"title": "Ice"}),
    post("/needs/{need}/confirm-source", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"source": "catalogue"}),
    post("/needs/{need}/publish", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/technologies", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"programme": on["programme"], "title": "A kiln", "source": "A call", "confirmed": False}),
    post("/technologies/{technology}/correct", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"title": "A kiln"}),
    post("/technologies/{technology}/confirm-source", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"source": "catalogue"}),
    *(
        row
        for noun, plural in (("need", "needs"), ("technology", "technologies"))
        for row in (
            post(f"/{plural}/{{{noun}}}/withdraw", DECIDERS, READERS - DECIDERS, there=FOREIGN,
                body=lambda on: {"status": "nothing_so", "reason": "Why."}),
            post(f"/{plural}/{{{noun}}}/bring-back", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"reason": "Why."}),
            # No record was merged, and nothing else is there to be another one: whoever may is told so.
            post(f"/{plural}/{{{noun}}}/unmerge", DECIDERS, READERS - DECIDERS, there=FOREIGN, status=409,
                body=lambda on: {"reason": "Two."}),
            post(f"/{plural}/{{{noun}}}/apart", DECIDERS, READERS - DECIDERS, there=FOREIGN,
                body=lambda on, noun=noun: {"other": on[noun], "reason": "Two."}),
            get(f"/{plural}/{{{noun}}}/similar", READERS, there=FOREIGN),
            get(f"/{plural}/{{{noun}}}/outcomes", READERS, there=FOREIGN),
            get(f"/{plural}/{{{noun}}}/history", READERS, there=FOREIGN),
            get(f"/{plural}/{{{noun}}}/source-row", READERS, there=FOREIGN),
            get(f"/{plural}/{{{noun}}}/doubles", DECIDERS, READERS - DECIDERS, there=FOREIGN),
            # The other record is nobody's, and whoever may merge is told so.
            get(f"/{plural}/{{{noun}}}/merge", DECIDERS, READERS - DECIDERS, there=FOREIGN, status=404,
                query="?into=00000000-0000-7000-8000-000000000000"),
            post(f"/{plural}/{{{noun}}}/merge", DECIDERS, READERS - DECIDERS, there=FOREIGN,
                body=lambda on, noun=noun: {"into": on[noun], "reason": "One works."}),
        )
    ),
    get("/twins", DECIDERS | FOREIGN, READERS - DECIDERS),
    get("/technologies", EVERYBODY, lists="technology", finds=READERS),
    get("/technologies/{technology}", READERS, there=FOREIGN),
    post("/technologies/{technology}/confirm", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"field": "title"}),
    post("/technologies/{technology}/owner", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"organisation": on["person"]}),
    get("/past-projects", EVERYBODY),
    get("/rights", EVERYBODY, lists="right", finds=READERS),
    get("/rights/{right}", READERS, there=FOREIGN),
    get("/rights/{right}/doubles", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/rights/{right}/merge", DECIDERS, READERS - DECIDERS, there=FOREIGN, status=404,
        query="?into=00000000-0000-7000-8000-000000000000"),
    post("/rights/{right}/merge", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"into": on["right"], "reason": "One patent."}),
    *(
        post(f"/rights/{{right}}/{deed}", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"reason": "Given up."})
        for deed in ("expire", "bring-back")
    ),
    # Whether the programme exists is not told: the answer is 403 for every one that is not one's own.
    post(
        "/rights", DECIDERS, EVERYBODY - DECIDERS, there=FOREIGN, there_refused=EVERYBODY - FOREIGN, absent_refused=EVERYBODY,
        body=lambda on: {"programme": on["programme"], "kind": "no_such_kind"},
    ),
    post(
        "/rights/{right}/confirm", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"checked_on": "2026-01-05"},
    ),
    post(
        "/rights/{right}/encumbrances", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"kind": "no_such_kind", "since": "2026-01-05", "source": "Register"},
    ),
    post(
        "/rights/{right}/encumbrances/{burden}/correct", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"kind": "no_such_kind", "since": "2026-01-05", "source": "Register", "reason": "Misread."},
    ),
    post(
        "/rights/{right}/encumbrances/{burden}/end", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"ended_on": "2025-01-05", "source": "Register", "reason": "Paid."},
    ),
    post(
        "/rights/{right}/encumbrances/{burden}/evidence", DECIDERS, READERS - DECIDERS, there=FOREIGN, query="?name=a.pdf",
    ),
    get("/rights/{right}/evidence", READERS, there=FOREIGN),
    get("/evidence/{evidence}", READERS, there=FOREIGN),
    get("/organisations/{party}/evidence", READERS, there=FOREIGN),
    post(
        "/organisations/{party}/screenings/{entry}/evidence", frozenset({"compliance"}), READERS - {"compliance"},
        there_refused=FOREIGN, query="?name=a.pdf",
    ),
    post("/rights/{right}/belongs", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"technologies": []}),
    # --- organisations that programmes keep ---
    get("/organisations/{party}", READERS, there=FOREIGN),
    get("/organisations/{party}/history", READERS, there=FOREIGN),
    get("/organisations/{party}/screenings", READERS, there=FOREIGN),
    post("/organisations/{party}/screenings", frozenset({"compliance"}), READERS - {"compliance"}, there_refused=FOREIGN,
        body=lambda on: {"result": "clear", "checked_on": "2026-01-01", "valid_until": "2026-02-01", "lists": "UN", "evidence": "x"}),
    get("/organisations/{party}/doubles", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    *(
        post(f"/organisations/{{party}}/{deed}", DECIDERS, READERS - DECIDERS, there=FOREIGN,
            body=lambda on: {"reason": "Struck off."})
        for deed in ("expire", "bring-back")
    ),
    post("/organisations/{party}/merge", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"into": on["party"], "reason": "One licence."}),
    post(
        "/programmes/{programme}/organisations", DECIDERS, EVERYBODY - DECIDERS, there=FOREIGN, there_refused=EVERYBODY - FOREIGN,
        absent_refused=EVERYBODY, body=lambda on: {"name": "Other", "source": "Register", "country": "CN", "register_number": "1"},
    ),
    post(
        "/organisations/{party}/confirm", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"source": "Register", "country": "CN", "register_number": "1"},
    ),
    *(
        post(f"/organisations/{{party}}/{what}{path}", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on, body=body: body)
        for what, one in (("contacts", "contact"), ("owners", "owner"))
        for path, body in (
            ("", {"name": " ", "source": "A call"}),
            (f"/{{{one}}}", {"name": None, "reason": "Why."}),
            (f"/{{{one}}}/remove", {"reason": "-"}),
        )
    ),
    post(
        "/organisations/{party}/contacts/{contact}/merge", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"into": on["contact"], "reason": "One person."},
    ),
    # --- registers ---
    get("/programmes", EVERYBODY, lists="programme", finds=READERS | {"dispute_officer", "observer", "administrator"}),
    admin("/programmes", there=ADMINISTRATOR, absent=ADMINISTRATOR, body=lambda on: {"code": "BJ", "name": "Again"}),
    get(
        "/programmes/{programme}/calendar", ADMINISTRATOR, NO_ADMINISTRATOR, there=ADMINISTRATOR, there_refused=NO_ADMINISTRATOR,
        absent_refused=NO_ADMINISTRATOR,
    ),
    get("/programmes/{programme}/settings", SUPERVISOR | ADMINISTRATOR),
    post("/programmes/{programme}/settings/letterhead", SUPERVISOR, ADMINISTRATOR, body=lambda on: {"number_form": "no place"}),
    post("/programmes/{programme}/settings/catalogue", SUPERVISOR, ADMINISTRATOR, body=lambda on: {"open": True}),
    get("/programmes/{programme}/settings/limits", SUPERVISOR | ADMINISTRATOR),
    post("/programmes/{programme}/settings/limits", SUPERVISOR, ADMINISTRATOR, body=lambda on: {"what": "case.states.triage", "n": 10,
        "reason": "None."}),
    get("/programmes/{programme}/settings/retention", SUPERVISOR | ADMINISTRATOR),
    post("/programmes/{programme}/settings/retention", SUPERVISOR, ADMINISTRATOR, body=lambda on: {"classes": [], "reason": "None."}),
    post("/programmes/{programme}/settings/retention/decision", SUPERVISOR | ADMINISTRATOR, body=lambda on: {"agree": False, "seen": 0}),
    get("/programmes/{programme}/settings/weights", SUPERVISOR | ADMINISTRATOR),
    post("/programmes/{programme}/settings/weights", SUPERVISOR, ADMINISTRATOR, body=lambda on: {"values": {"title": "0"},
        "reason": "None."}),
    post("/programmes/{programme}/settings/weights/decision", SUPERVISOR | ADMINISTRATOR, body=lambda on: {"agree": False, "seen": 0}),
    get("/programmes/{programme}/settings/routing", SUPERVISOR | ADMINISTRATOR),
    post("/programmes/{programme}/settings/routing", SUPERVISOR, ADMINISTRATOR, body=lambda on: {"table": {}, "reason": "None."}),
    post("/programmes/{programme}/settings/routing/decision", SUPERVISOR | ADMINISTRATOR, body=lambda on: {"agree": False, "seen": 0}),
    get("/programmes/{programme}/settings/routing/trial", SUPERVISOR, ADMINISTRATOR),
    get("/programmes/{programme}/settings/editions", SUPERVISOR | ADMINISTRATOR),
    post("/programmes/{programme}/settings/editions", SUPERVISOR, ADMINISTRATOR, body=lambda on: {"editions": {"case": 99},
        "reason": "None."}),
    get("/programmes/{programme}/settings/providers", SUPERVISOR | ADMINISTRATOR),
    post("/programmes/{programme}/settings/providers", SUPERVISOR, ADMINISTRATOR, body=lambda on: {"providers": [], "seen": 9}),
    get(
        # Of the providers those who were asked for something in it.
        "/programmes/{programme}/lists", READERS | LAB | BANK | {"dispute_officer", "administrator"}, there=FOREIGN,
    ),
    post("/programmes/{programme}/lists", SUPERVISOR | ADMINISTRATOR, body=lambda on: {"list": "sectors", "code": "-", "label": "-",
        "label_zh": "-"}),
    post("/programmes/{programme}/lists/import", SUPERVISOR | ADMINISTRATOR, body=lambda on: {"list": "sectors", "content": "code",
        "reason": "None."}),
    # The words that matching asks for in another language are the officers', too.
    post("/programmes/{programme}/lists", DECIDERS | ADMINISTRATOR, there=FOREIGN, about="glossary",
        body=lambda on: {"list": "glossary", "code": "-", "label": "-", "label_zh": "-"}),
    post("/programmes/{programme}/lists/import", DECIDERS | ADMINISTRATOR, there=FOREIGN, about="glossary",
        body=lambda on: {"list": "glossary", "content": "code", "reason": "None."}),
    # Whether the programme exists is not told here either.
    post(
        "/programmes/{programme}/tables", DECIDERS, EVERYBODY - DECIDERS, there=FOREIGN, there_refused=EVERYBODY - FOREIGN,
        absent_refused=EVERYBODY, body=lambda on: {"table": "rights", "content": "kind", "source": "-"},
    ),
    admin("/programmes/{programme}/calendar/preview", body=lambda on: {"calendar": CALENDAR}),
    admin("/programmes/{programme}/calendar", body=lambda on: {"calendar": CALENDAR, "seen": "another"}),
    admin("/programmes/{programme}/copy", body=lambda on: {"code": "BJ", "name": "Again"}),
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
    # --- removals under retention: a supervisor proposes, another one or an administrator agrees ---
    get("/programmes/{programme}/settings/removals", HOLD_READERS | ADMINISTRATOR),
    post("/programmes/{programme}/settings/removals", SUPERVISOR, ADMINISTRATOR, body=lambda on: {"reason": "None."}),
    post("/programmes/{programme}/settings/removals/decision", SUPERVISOR | ADMINISTRATOR, body=lambda on: {"agree": False, "seen": 0}),
    # --- batches of moves: a supervisor proposes, another one or an administrator agrees, and either stops it ---
    get("/batches", EVERYBODY, lists="batch", finds=SUPERVISOR | ADMINISTRATOR),
    get("/batches/{batch}", SUPERVISOR | ADMINISTRATOR),
    post("/batches", SUPERVISOR, ADMINISTRATOR, about="programme",
        body=lambda on: {"programme": on["programme"], "workflow": "case", "earlier": 1, "later": 1, "reason": "None."}),
    post("/batches/{batch}/decision", SUPERVISOR | ADMINISTRATOR, body=lambda on: {"agree": False, "seen": 0}),
    *(post(f"/batches/{{batch}}/{step}", SUPERVISOR | ADMINISTRATOR, body=lambda on: {}) for step in ("suspend", "resume", "cancel")),
    post("/batches/{batch}/revert", SUPERVISOR, ADMINISTRATOR, body=lambda on: {"reason": "None."}),
    # --- legal holds: compliance officers and supervisors place them, and end each other's ---
    get("/programmes/{programme}/retention", HOLD_READERS),
    get("/legal-holds", EVERYBODY, lists="hold", finds=HOLD_READERS),
    get("/legal-holds/{hold}", HOLD_READERS),
    post("/legal-holds", HOLDERS, HOLD_READERS - HOLDERS, body=lambda on: {"programme": on["programme"], "reason": " "},
        about="programme"),
    post("/legal-holds/{hold}/end", HOLDERS, HOLD_READERS - HOLDERS, body=lambda on: {"reason": " "}),
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
    get("/workflows/{name}/editions/{edition}/diff/{other_edition}", EVERYBODY, there=EVERYBODY),
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
    # --- webhooks that come in: the lead's of the provider; administrators see that messages came ---
    get("/incoming-webhooks", LEAD | ADMINISTRATOR, lists="incoming", finds=LEAD | ADMINISTRATOR),
    post("/incoming-webhooks", LEAD, body=lambda on: {"account": on["account"]}),
    post("/incoming-webhooks/{incoming}/rotate", LEAD),
    get("/incoming-webhooks/{incoming}/messages", LEAD | ADMINISTRATOR, there=ADMINISTRATOR),
    post("/incoming-webhooks/{incoming}/end", LEAD),
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
    post("/tokens", NOBODY, EVERYBODY, body=lambda on: {"name": "one more", "scopes": ["read"]}, there_refused=EVERYBODY,
        absent_refused=EVERYBODY),
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
    post("/password-resets", frozenset(ROLES), body=lambda on: {"email": f"{uuid4()}@example.org"}, status=409, open=True),
    post("/passwords", frozenset(ROLES), body=lambda on: {"secret": "x" * 43, "password": "a long enough password"}, status=404, open=True),
    # --- who has lost the password or the second factor ---
    get("/recoveries", LETTING_IN, lists="recovery", finds=LETTING_IN),
    post(
        "/recoveries", ADMINISTRATOR, NO_ADMINISTRATOR, there=ADMINISTRATOR, there_refused=NO_ADMINISTRATOR,
        absent_refused=NO_ADMINISTRATOR, body=lambda on: {"person": on["idle"], "means": ["password"], "reason": "She called."},
    ),
    post("/recoveries/{recovery}/decide", LETTING_IN, there=ADMINISTRATOR,
        body=lambda on: {"decision": "refuse", "reason": "Nobody called."}),
    post(
        "/recoveries/use", frozenset(ROLES), body=lambda on: {"email": f"{uuid4()}@example.org", "first": "a", "second": "b"},
        status=401, open=True,
    ),
    post("/sessions", frozenset(ROLES), body=lambda on: {"email": f"{uuid4()}@example.org", "password": "wrong"}, status=401, open=True),
    # --- the documentation ---
    get("/openapi.json", frozenset(ROLES), open=True),
    get("/docs", frozenset(ROLES), open=True),
    # Last, for it takes what others are about.
    post("/tasks/next", EVERYBODY),
)  # fmt: skip
