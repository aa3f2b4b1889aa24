"""Who may open which page and send which form: every route of the pages with every role, here, elsewhere and nowhere.

What a row says is told in `authorization_rows`; who is not signed in is asked to sign in (303).
"""

from __future__ import annotations

from collections.abc import Mapping

from casework.engine.mining.ways import way_key
from tests.security.authorization_rows import (
    ADMINISTRATOR,
    AGREE,
    BANK,
    DECIDERS,
    EVERYBODY,
    FOREIGN,
    LAB,
    NOBODY,
    READERS,
    Row,
    get,
    post,
)

SCREENERS = frozenset({"compliance"})
AUDITOR = frozenset({"auditor"})
ERASERS = ADMINISTRATOR | AGREE
ANSWERERS = frozenset({"officer", "supervisor", "compliance"})
FINDERS = READERS | FOREIGN
LISTERS = READERS | FOREIGN | {"dispute_officer", "observer"}
OFFICES = frozenset({"officer", "other_officer", "foreign_officer", "supervisor", "compliance", "dispute_officer"})
OWNERS = frozenset({"officer", "supervisor"})
CLERKS = OWNERS | {"compliance"}


def letter(on: Mapping[str, str]) -> Mapping[str, str]:
    return {"kind": "reminder", "to": "need_owner", "f-language": "en"}


#: One's own sessions, factors, passkeys, preferences, drafts and notifications have no rows here: `tests/web/auth/test_pages.py`,
#: `test_passkey_pages.py`, `test_step_up_pages.py`, `tests/web/notifications/test_pages.py` and, for who was invited,
#: `tests/web/people/test_invitation_pages.py`, and for a party with a link `tests/web/links/test_answer_pages.py`, and for an enterprise
#: with one `tests/web/catalogue/test_need_link_pages.py`, `test_need_renewal_link_pages.py` beside it
#: and `tests/web/matching/test_interest_link_pages.py` and `tests/web/results/test_story_link_pages.py`, and for whoever stops
#: a mail `tests/web/notifications/test_mail_stop_pages.py`, and for the log of all events, which everybody may read,
#: `tests/web/audit/test_log_pages.py`, walk through them.
OWN = (
    "accounts.",
    "passkeys.",
    "passwords.",
    "tokens.",
    "confirm.",
    "notifications.",
    "acceptance.",
    "answers.",
    "stated.",
    "renewed.",
    "interest.",
    "public.",
    "public_json.",
    "log.",
    "results.",
    "story.",
    "mail_stops.",
)
CANDIDATE = {"technology": "candidate"}
LISTED = {"match": "listed_match"}
ASKED_BY_LINK = {"party": "need_owner", "way": "hand", "language": "en", "days": "7"}
PROVIDERS = LAB | BANK | {"verifier"}
DISPUTES = frozenset({"dispute_officer"})
LEADS = frozenset({"provider_lead"})
HOLD = {"f-reason": "budget", "f-waits_for": "need_owner", "f-waits_until": "event", "f-event": "The budget is decided"}
SUPERVISORS = frozenset({"supervisor"})
ANSWERABLE = frozenset({"supervisor", "manager", "auditor"})
COUNTERS = frozenset({"officer", "other_officer", "foreign_officer", "supervisor", "manager", "auditor"})
REPORTERS = frozenset({"supervisor", "manager"})
AWAY = PROVIDERS | OWNERS | FOREIGN | {"other_officer", "compliance"}

DIRECTORY = FINDERS | ADMINISTRATOR

TABLE: tuple[Row, ...] = (
    # --- one's own work, and what supervisors look after ---
    get("/", EVERYBODY, moved={"auditor", "manager", "observer", "administrator"}),
    post("/account/tour", EVERYBODY),
    post("/preferences/columns", EVERYBODY, body=lambda on: {"list": "queues", "column": "due"}),
    get("/queues", EVERYBODY),
    get("/agenda", OFFICES),
    get("/done", EVERYBODY),
    get("/search", EVERYBODY),
    get("/components", ADMINISTRATOR),
    get("/go", EVERYBODY),
    get("/news", EVERYBODY),
    get("/keys", EVERYBODY),
    get("/decisions", SUPERVISORS | {"compliance"}),
    get("/team", SUPERVISORS),
    post(
        "/queues/allocation", SUPERVISORS,
        body=lambda on: {"scope": on["programme"], "queue": "intake", "strategy": "none"},
    ),
    get("/skills/<scope>/<person>", SUPERVISORS, things={"scope": "programme", "person": "officer"}),
    post("/skills/<scope>/<person>", SUPERVISORS, things={"scope": "programme", "person": "officer"},
        body=lambda on: {"f-fields_": "Boilers"}),
    get("/case-hygiene", SUPERVISORS),
    get("/team/<person>", SUPERVISORS, things={"person": "leaver"}),
    post("/team/<person>", SUPERVISORS, things={"person": "leaver"}),
    get("/away", AWAY),
    post("/away", AWAY, body=lambda on: {"whom": on["person"]}),
    post("/away/<absence>/end", {"officer", "supervisor"}, there=FOREIGN),
    # --- tasks ---
    get("/cases/bulk", EVERYBODY),
    post("/cases/bulk", EVERYBODY, body=lambda on: {"case": on["number"]} | HOLD),
    get("/tasks/bulk", EVERYBODY),
    post("/tasks/bulk", EVERYBODY, body=lambda on: {"task": on["task"], "operation": "claim"}),
    post("/tasks/next", EVERYBODY),
    get("/tasks/<task>", READERS, there=FOREIGN, things={"task": "step_task"}, status=303),
    get("/tasks/<task>", READERS | LAB, there=READERS | BANK, things={"task": "referral_task"}, status=303),
    get("/tasks/<task>", READERS, things={"task": "decision"}, status=303),
    get("/decisions/<task>", READERS, things={"task": "decision"}),
    post("/decisions/<task>", SUPERVISORS, READERS - SUPERVISORS, things={"task": "decision"}),
    get("/tasks/<task>/preview", READERS, there=FOREIGN),
    get("/tasks/<task>/preview", READERS | LAB, there=READERS | BANK, things={"task": "referral_task"}),
    get("/tasks/<task>/due", READERS, there=FOREIGN),
    get("/tasks/<task>/due", READERS | LAB, there=READERS | BANK, things={"task": "referral_task"}),
    post("/tasks/<task>/claim", OWNERS, READERS - OWNERS, there=FOREIGN),
    post("/tasks/<task>/claim", LAB, READERS, there=BANK, there_refused=READERS, things={"task": "referral_task"}),
    post("/tasks/<task>/release", OWNERS, READERS - OWNERS, there=FOREIGN),
    post("/tasks/<task>/complete", OWNERS, READERS - OWNERS),
    post("/tasks/<task>/review", OWNERS, READERS - OWNERS, body=lambda on: {"reviewer": on["person"]}),
    post("/tasks/<task>/review/answer", OWNERS, READERS - OWNERS, there=FOREIGN, body=lambda on: {"answer": "approve"}),
    post("/tasks/<task>/items", OWNERS, READERS - OWNERS, there=FOREIGN, body=lambda on: {"own": "One thing more"}),
    get("/tasks/<task>/link", OWNERS, READERS - OWNERS, things={"task": "link_task"}),
    post("/tasks/<task>/link", OWNERS, READERS - OWNERS, things={"task": "link_task"}, body=lambda on: ASKED_BY_LINK),
    post("/links/<link>/revoke", OWNERS, READERS - OWNERS),
    get("/tasks/<task>/operations", READERS, there=FOREIGN),
    get("/tasks/<task>/operations", READERS | LAB, there=READERS | BANK, things={"task": "referral_task"}),
    get("/tasks/<task>/operations/<operation>", OWNERS, READERS - OWNERS, there_refused=FOREIGN),
    post("/tasks/<task>/operations/<operation>", OWNERS, READERS - OWNERS, there_refused=FOREIGN),
    # --- referrals ---
    get("/referrals/working", PROVIDERS),
    get("/referrals/delivered", PROVIDERS),
    get("/referrals/figures", PROVIDERS),
    get("/referrals/figures/behind", PROVIDERS, query="?line=what:sent"),
    get("/referrals/figures.csv", PROVIDERS),
    get("/referrals/figures.xlsx", PROVIDERS),
    get("/referrals/figures.json", PROVIDERS),
    get("/referrals/<referral>", READERS | LAB, there=READERS | BANK),
    # Its provider reads the sheet from the acceptance on: `tests/operations/referrals/test_sheet.py`.
    get("/referrals/<referral>/sheet", READERS, there=READERS),
    get(
        "/referrals/<referral>/<track>/<name>", READERS | LAB, there=READERS | BANK,
        things={"track": "referral", "name": "referral_transition"},
    ),
    post(
        "/referrals/<referral>/<track>/<name>", LAB, READERS, there=BANK, there_refused=READERS,
        things={"track": "referral", "name": "referral_transition"}, body=lambda on: {"revision": on["referral_revision"]},
    ),
    # The scene's referrals stand where their workflow lets nothing be added: tests/web/referrals/test_task_pages.py adds.
    get("/referrals/<referral>/tasks/<track>/<kind>", NOBODY, EVERYBODY - EVERYBODY),
    post("/referrals/<referral>/tasks/<track>/<kind>", NOBODY, EVERYBODY - EVERYBODY),
    post("/referrals/<referral>/follow", READERS | LAB, there=READERS | BANK),
    post("/referrals/<referral>/unfollow", READERS | LAB, there=READERS | BANK),
    get("/referrals/<referral>/contract", READERS | LAB, there=READERS | BANK),
    post("/referrals/<referral>/receipts", OWNERS | LAB, READERS - OWNERS, there=OWNERS | BANK, there_refused=READERS - OWNERS),
    post(
        "/referrals/<referral>/objections", OWNERS | LAB, READERS - OWNERS, there=OWNERS | BANK, there_refused=READERS - OWNERS,
        body=lambda on: {"f-to": "send", "f-words": "Not so."},
    ),
    post(
        "/referrals/<referral>/objections/<objection>", OWNERS | LAB, READERS - OWNERS, there=OWNERS | BANK,
        there_refused=READERS - OWNERS, body=lambda on: {"f-words": "Well."},
    ),
    # --- the directory: all of it for those who read cases, their own for providers ---
    get("/providers", EVERYBODY),
    get("/providers/<provider>", DIRECTORY | LAB, there=DIRECTORY | BANK),
    get("/providers/<provider>/profile", LEADS | ADMINISTRATOR, DIRECTORY - ADMINISTRATOR | {"provider"}, there=ADMINISTRATOR,
        there_refused=DIRECTORY - ADMINISTRATOR | BANK),
    post("/providers/<provider>/profile", LEADS | ADMINISTRATOR, DIRECTORY - ADMINISTRATOR | {"provider"}, there=ADMINISTRATOR,
        there_refused=DIRECTORY - ADMINISTRATOR | BANK),
    # The words of a guide are the workflow's own, which everybody may read.
    get("/guides/<service>", EVERYBODY, there=EVERYBODY),
    get("/members", LEADS),
    get("/roles", ADMINISTRATOR | SUPERVISORS | AUDITOR),
    get("/roles/<role>", ADMINISTRATOR | SUPERVISORS | AUDITOR),
    post("/roles/<role>/decide", ADMINISTRATOR | SUPERVISORS, AUDITOR, body=lambda on: {"decision": "refuse", "note": ""}),
    get("/erasures", ERASERS),
    get("/erasures/new", ADMINISTRATOR),
    post("/erasures", ADMINISTRATOR),
    get("/erasures/<erasure>", ERASERS),
    post("/erasures/<erasure>/decide", AGREE, ADMINISTRATOR, body=lambda on: {"decision": "refuse", "note": "No."}),
    get("/invitations", LEADS | ADMINISTRATOR),
    get("/invitations/new", LEADS | ADMINISTRATOR),
    post("/invitations", LEADS | ADMINISTRATOR),
    post("/invitations/<invitation>/resend", LEADS | ADMINISTRATOR, there=ADMINISTRATOR),
    post("/invitations/<invitation>/revoke", LEADS | ADMINISTRATOR, there=ADMINISTRATOR),
    post("/members/<membership>/end", LEADS, things={"membership": "member"}),
    get("/service-accounts", LEADS),
    post("/service-accounts", LEADS, body=lambda on: {"organisation": on["organisation"]}),
    post("/service-accounts/<account>/rotate", LEADS),
    post("/service-accounts/<account>/end", LEADS),
    get("/webhooks", LEADS),
    post("/webhooks", LEADS, body=lambda on: {"organisation": on["organisation"], "url": "https://localhost/"}),
    get("/webhooks/<hook>", LEADS),
    post("/webhooks/<hook>/rotate", LEADS),
    post("/webhooks/messages/<message>/replay", LEADS, things={"message": "hook_message"}),
    post("/webhooks/<hook>/end", LEADS),
    # --- mediations: for everybody who is not named they are not there ---
    get("/mediations", DISPUTES),
    get("/mediations/new", DISPUTES),
    get("/mediations/<mediation>", DISPUTES),
    get("/mediations/<mediation>/<track>/<name>", DISPUTES, things={"track": "mediation_track", "name": "mediation_transition"}),
    post("/mediations/<mediation>/<track>/<name>", DISPUTES, things={"track": "mediation_track", "name": "mediation_transition"}),
    post("/mediations", DISPUTES, body=lambda on: {"case": on["number"]}),
    get("/mediations/<mediation>/hand-over", DISPUTES),
    post("/mediations/<mediation>/hand-over", DISPUTES, body=lambda on: {"revision": "99"}),
    get("/mediations/<mediation>/unsealing", DISPUTES),
    post("/mediations/<mediation>/unsealing", DISPUTES),
    # --- unsealings: for the one second person who was named, and those named for the mediation ---
    get("/unsealings/<opening>", {"compliance"}),
    post("/unsealings/<opening>", {"compliance"}),
    post("/unsealings/<opening>/told", DISPUTES),
    post("/unsealings/<opening>/end", DISPUTES | {"compliance"}, things={"opening": "ended_opening"}),
    get("/emergency", ADMINISTRATOR),
    post("/emergency", ADMINISTRATOR, body=lambda on: {"case": on["number"]}),
    # --- the history of a case, its map, its verification ---
    get("/cases/<number>/history", READERS | LAB | BANK, there=FOREIGN),
    get("/cases/<number>/history/<seq>", READERS, there=FOREIGN),
    get("/cases/<number>/history.pdf", READERS, there=FOREIGN),
    get("/cases/<number>/field", READERS, there=FOREIGN, query="?c=cases.state"),
    get("/cases/<number>/history/<seq>/certificate", READERS, there=FOREIGN),
    # Nothing is published before the worker has signed it.
    get("/cases/<number>/history/<seq>/certificate.json", READERS, there=FOREIGN, status=409),
    get("/cases/<number>/history/<seq>/certificate.pdf", READERS, there=FOREIGN, status=409),
    get("/cases/<number>/history/<seq>/correct", {"officer"}, READERS - {"officer"}, things={"seq": "answered"}),
    post(
        "/cases/<number>/history/<seq>/correct", {"officer"}, READERS - {"officer"}, things={"seq": "answered"},
        body=lambda on: {"f-correction_reason": "A typing mistake.", "revision": "1"},
    ),
    get(
        "/referrals/<referral>/<track>/<name>/correct", {"officer"}, READERS - {"officer"} | LAB, there={"officer"},
        there_refused=READERS - {"officer"} | BANK, things={"track": "referral", "name": "referral_send"},
    ),
    post(
        "/referrals/<referral>/<track>/<name>/correct", {"officer"}, READERS - {"officer"} | LAB, there={"officer"},
        there_refused=READERS - {"officer"} | BANK, things={"track": "referral", "name": "referral_send"},
        body=lambda on: {"f-correction_reason": "A typing mistake.", "revision": "1"},
    ),
    # Nothing was answered in this one.
    get("/mediations/<mediation>/<track>/<name>/correct", NOBODY, things={"track": "mediation_track", "name": "mediation_transition"}),
    post("/mediations/<mediation>/<track>/<name>/correct", NOBODY, things={"track": "mediation_track", "name": "mediation_transition"}),
    get("/tasks/<task>/correct", {"officer"}, READERS - {"officer"}, things={"task": "answered_task"}),
    post(
        "/tasks/<task>/correct", {"officer"}, READERS - {"officer"}, things={"task": "answered_task"},
        body=lambda on: {"f-correction_reason": "A typing mistake.", "revision": "1"},
    ),
    get("/cases/<number>/map", READERS | LAB | BANK, there=FOREIGN),
    get("/cases/<number>/clocks", READERS | LAB | BANK, there=FOREIGN),
    get("/cases/<number>/past", READERS - DECIDERS, DECIDERS, there_refused=FOREIGN),
    get("/cases/<number>/forecast", DECIDERS | {"manager"}, there=FOREIGN),
    get("/cases/<number>/verify", READERS, there=FOREIGN),
    # --- messages ---
    get("/cases/<number>/messages", READERS, there=FOREIGN),
    post(
        "/cases/<number>/messages", CLERKS, READERS - CLERKS, there=FOREIGN,
        body=lambda on: {
            "audience": "internal", "f-words": "Look.", "reply_to": on.get("note", ""), "f-documents": on.get("document", ""),
        },
    ),
    get("/cases/<number>/messages/<message>", {"officer"}, there=FOREIGN, things={"message": "note"}),
    post(
        "/cases/<number>/messages/<message>", {"officer"}, READERS - {"officer"}, there=FOREIGN, things={"message": "note"},
        body=lambda on: {"audience": "internal", "f-words": "Look there."},
    ),
    get("/referrals/<referral>/messages", READERS | LAB, there=READERS | BANK),
    post(
        "/referrals/<referral>/messages", OWNERS | LAB, READERS - OWNERS, there=OWNERS | BANK, there_refused=READERS - OWNERS,
        body=lambda on: {"audience": "shared", "f-words": "When?", "reply_to": on.get("shared", "")},
    ),
    get("/referrals/<referral>/messages/<message>", {"provider"}, there=BANK, things={"message": "shared"}),
    post(
        "/referrals/<referral>/messages/<message>", {"provider"}, READERS | LAB - {"provider"}, there=BANK, there_refused=READERS,
        things={"message": "shared"}, body=lambda on: {"audience": "shared", "f-words": "When, please?"},
    ),
    get("/mediations/<mediation>/messages", DISPUTES),
    post("/mediations/<mediation>/messages", DISPUTES, body=lambda on: {"audience": "internal", "f-words": "Sealed."}),
    get("/mediations/<mediation>/messages/<message>", DISPUTES, things={"message": "sealed"}),
    post(
        "/mediations/<mediation>/messages/<message>", DISPUTES, things={"message": "sealed"},
        body=lambda on: {"audience": "internal", "f-words": "Still sealed."},
    ),
    # --- documents; what a referral shares is walked through in `tests/web/documents/test_pages.py` ---
    get("/cases/<number>/documents", READERS, there=FOREIGN),
    post("/cases/<number>/documents", CLERKS, READERS - CLERKS, there=FOREIGN, body=lambda on: {"f-kind": "report", "f-whose": "both"}),
    get("/cases/<number>/file", READERS, there=FOREIGN),
    get("/referrals/<referral>/documents", READERS | LAB, there=READERS | BANK),
    # Nothing is handed in before the referral is accepted, and never by the office.
    post("/referrals/<referral>/documents", NOBODY, READERS | LAB, there_refused=READERS | BANK),
    get("/documents/<document>", READERS, there=FOREIGN),
    get("/documents/<document>/<version>", READERS, there=FOREIGN),
    get("/documents/<document>/<version>/preview", READERS, there=FOREIGN),
    get("/documents/<document>/<version>/preview/<page>", READERS, there=FOREIGN, things={"page": "version"}),
    post("/documents/<document>/versions", CLERKS, READERS - CLERKS, there=FOREIGN),
    post("/documents/<document>/withdraw", CLERKS, READERS - CLERKS, there=FOREIGN),
    # Of a grant there is none before the referral is accepted: `tests/web/documents/test_pages.py` ends one.
    post("/cases/<number>/grants/<grant>/end", NOBODY, things={"grant": "document"}),
    post("/cases/<number>/grants/<grant>/day", NOBODY, things={"grant": "document"}),
    post("/referrals/<referral>/returned", LAB, READERS, there=BANK, there_refused=READERS),
    # --- cases ---
    get("/cases", LISTERS),
    get("/cases.csv", LISTERS),
    get("/cases.xlsx", LISTERS),
    get("/contract-values", READERS | FOREIGN),
    post("/views", EVERYBODY, body=lambda on: {"list": "queues", "name": "late", "query": "queue=officer"}),
    get("/views/<view>", {"officer"}, there=FOREIGN),
    post("/views/<view>", {"officer"}, there=FOREIGN, body=lambda on: {"name": "late"}),
    post("/views/<view>/drop", {"officer"}, there=FOREIGN),
    # A provider's page is that of its referral.
    get("/cases/<number>", READERS | {"observer"}, there=FOREIGN),
    get("/cases/<number>/tracks/<track>/<transition>", {"officer"}, READERS - {"officer"}, there=FOREIGN),
    post(
        "/cases/<number>/tracks/<track>/<transition>", {"officer"}, READERS - {"officer"}, there=FOREIGN,
        body=lambda on: {"revision": "99"},
    ),
    get("/cases/<number>/tracks/<track>/tasks/<kind>", {"officer"}),
    post("/cases/<number>/tracks/<track>/tasks/<kind>", {"officer"}),
    get("/cases/<number>/tasks/<task>", READERS, there=FOREIGN, status=303),
    # The task of there belongs to a step, and nobody drops those.
    # The case of there has no owner yet who could hand it over.
    get("/cases/<number>/hand-over", OWNERS, READERS - OWNERS, there_refused=FOREIGN),
    post("/cases/<number>/hand-over", OWNERS, READERS - OWNERS, there_refused=FOREIGN, body=lambda on: {"revision": "99"}),
    get("/cases/<number>/rights/new", OWNERS, READERS - OWNERS, there=FOREIGN),
    post("/cases/<number>/rights/new", OWNERS, READERS - OWNERS, there=FOREIGN, body=lambda on: {"revision": "99"}),
    get("/cases/<number>/rights/add", OWNERS, READERS - OWNERS, there=FOREIGN),
    post("/cases/<number>/rights/add", OWNERS, READERS - OWNERS, there=FOREIGN, body=lambda on: {"revision": "99"}),
    get("/cases/<number>/rights/remove", SUPERVISORS, READERS - SUPERVISORS, there_refused=FOREIGN),
    post(
        "/cases/<number>/rights/remove", SUPERVISORS, READERS - SUPERVISORS, there_refused=FOREIGN,
        body=lambda on: {"revision": "99"},
    ),
    get("/cases/<number>/documents/new", CLERKS, READERS - CLERKS, there=FOREIGN),
    post("/cases/<number>/documents/new", CLERKS, READERS - CLERKS, there=FOREIGN, body=lambda on: {"revision": "99"}),
    # The consent is the one of here, wherever it is asked for.
    get("/cases/<number>/consents/<consent>/withdraw", OWNERS, READERS - OWNERS),
    post("/cases/<number>/consents/<consent>/withdraw", OWNERS, READERS - OWNERS, body=lambda on: {"revision": "99"}),
    # Which letters can go where is walked through in `tests/web/letters/test_pages.py`.
    get("/cases/<number>/letters", READERS, there=FOREIGN),
    get("/cases/<number>/letters/new", OWNERS, READERS - OWNERS, there=FOREIGN, status=303),
    post("/cases/<number>/letters/preview", OWNERS, READERS - OWNERS, there=FOREIGN, body=letter),
    post("/cases/<number>/letters/sent", OWNERS, READERS - OWNERS, there=FOREIGN),
    post("/cases/<number>/letters", OWNERS, READERS - OWNERS, there=FOREIGN, body=letter),
    post("/cases/<number>/follow", READERS, there=FOREIGN),
    post("/cases/<number>/unfollow", READERS, there=FOREIGN),
    get("/cases/<number>/interest", READERS, there=FOREIGN),
    post("/cases/<number>/interest", READERS, there=FOREIGN),
    # --- organisations that programmes keep ---
    get("/organisations", READERS | FOREIGN),
    get("/organisations/<party>", READERS, there=FOREIGN),
    get("/organisations/<party>/look", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/organisations/<party>/look", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/organisations/<party>/merge", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/organisations/<party>/merge", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/organisations/<party>/use", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/organisations/<party>/use", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/organisations/<party>/screenings/new", SCREENERS, READERS - SCREENERS, there_refused=FOREIGN),
    post("/organisations/<party>/screenings/new", SCREENERS, READERS - SCREENERS, there_refused=FOREIGN),
    get("/organisations/<party>/screenings/<entry>/evidence", SCREENERS, READERS - SCREENERS, there_refused=FOREIGN),
    post("/organisations/<party>/screenings/<entry>/evidence", SCREENERS, READERS - SCREENERS, there_refused=FOREIGN),
    get("/organisations/<party>/contacts/<contact>/merge", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/organisations/<party>/contacts/<contact>/merge", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/programmes/<programme>/organisations/new", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/programmes/<programme>/organisations/new", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/programmes/<programme>/sources/<source>", READERS, there=FOREIGN),
    get("/match-proposals/<proposal>", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/match-proposals/<proposal>", DECIDERS, READERS - DECIDERS, there=FOREIGN, status=422),
    post("/match-proposals/<proposal>/match", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/programmes/<programme>/imports/<records>", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/programmes/<programme>/imports/<records>", DECIDERS, READERS - DECIDERS, there=FOREIGN, status=422),
    get("/programmes/<programme>/imports/<records>/<handed>", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/programmes/<programme>/imports/<records>/<handed>", DECIDERS, READERS - DECIDERS, there=FOREIGN, status=200),
    get("/programmes/<programme>/imports/<records>/<handed>/mapping", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/programmes/<programme>/imports/<records>/<handed>/mapping", DECIDERS, READERS - DECIDERS, there=FOREIGN, status=422),
    get("/programmes/<programme>/imports/<records>/<handed>/refused.csv", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/programmes/<programme>/imports/<records>/<handed>/refused-rows", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/programmes/<programme>/sources/<source>/mapping/<records>", READERS, there=FOREIGN),
    get("/programmes/<programme>/tables/<table>", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/programmes/<programme>/tables/<table>", DECIDERS, READERS - DECIDERS, there=FOREIGN, status=422),
    post("/programmes/<programme>/tables/<table>/preview", DECIDERS, READERS - DECIDERS, there=FOREIGN, status=422),
    get("/programmes/<programme>/tables/<table>/<brought>", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    *(
        row
        for path in ("new", "<row>", "<row>/remove")
        for row in (
            get(f"/organisations/<party>/<what>/{path}", DECIDERS, READERS - DECIDERS, there=FOREIGN),
            post(f"/organisations/<party>/<what>/{path}", DECIDERS, READERS - DECIDERS, there=FOREIGN),
        )
    ),
    # --- rights ---
    get("/rights", READERS | FOREIGN),
    get("/rights/<right>", READERS, there=FOREIGN),
    get("/rights/<right>/look", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/rights/<right>/look", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/rights/<right>/merge", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/rights/<right>/merge", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/rights/<right>/use", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/rights/<right>/use", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/rights/<right>/belongs", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/rights/<right>/belongs", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    *(
        row
        for of in ("new", "<burden>/correct", "<burden>/end", "<burden>/evidence")
        for row in (
            get(f"/rights/<right>/burdens/{of}", DECIDERS, READERS - DECIDERS, there=FOREIGN),
            post(f"/rights/<right>/burdens/{of}", DECIDERS, READERS - DECIDERS, there=FOREIGN),
        )
    ),
    get("/evidence/<evidence>", READERS, there=FOREIGN),
    get("/evidence/<evidence>/preview", READERS, there=FOREIGN),
    get("/evidence/<evidence>/preview/<page>", READERS, there=FOREIGN, things={"page": "version"}),
    get("/rights/new", DECIDERS | FOREIGN, READERS - DECIDERS),
    post("/rights/new", DECIDERS | FOREIGN, READERS - DECIDERS),
    get("/technologies/<technology>/rights/new", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/technologies/<technology>/rights/new", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    # --- needs that enterprises state ---
    get("/needs/stated", DECIDERS | FOREIGN | AUDITOR),
    get("/needs/stated/<statement>", DECIDERS | AUDITOR, there=FOREIGN),
    get(
        "/needs/stated/<statement>/files/<file>", DECIDERS | AUDITOR, there=FOREIGN, things={"file": "need_file"}
    ),
    *(post(f"/needs/stated/<statement>/{do}", DECIDERS, AUDITOR, there=FOREIGN) for do in ("ask", "refuse", "accept")),
    post("/needs/stated/<statement>/take-back", DECIDERS, AUDITOR, there=FOREIGN),
    get("/needs/<need>/ask-whether", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/needs/<need>/ask-whether", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/programmes/<programme>/needs/invite", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/programmes/<programme>/needs/invite", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    # --- assessments of a city's needs ---
    get("/needs-assessments", DECIDERS | FOREIGN | AUDITOR),
    get("/needs-assessments/<needs_assessment>", DECIDERS | AUDITOR, there=FOREIGN),
    *(
        row
        for of, others in (
            ("/programmes/<programme>/needs-assessments/new", READERS - DECIDERS),
            ("/needs-assessments/<needs_assessment>/change", AUDITOR),
            ("/needs-assessments/<needs_assessment>/enterprises/new", AUDITOR),
            ("/needs-assessments/<needs_assessment>/visits/new", AUDITOR),
            ("/assessment-enterprises/<enterprise>", AUDITOR),
            ("/assessment-enterprises/<enterprise>/ask", AUDITOR),
            ("/assessment-enterprises/<enterprise>/remove", AUDITOR),
            ("/assessment-visits/<visit>", AUDITOR),
            ("/assessment-visits/<visit>/remove", AUDITOR),
            ("/needs/<need>/origin", READERS - DECIDERS),
        )
        for row in (get(of, DECIDERS, others, there=FOREIGN), post(of, DECIDERS, others, there=FOREIGN))
    ),
    # --- needs and technologies ---
    post("/needs/<need>/publish", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/twins", DECIDERS | FOREIGN, READERS - DECIDERS),
    *(
        row
        for noun, plural in (("need", "needs"), ("technology", "technologies"))
        for row in (
            get(f"/{plural}", READERS | FOREIGN),
            get(f"/{plural}/<{noun}>", READERS, there=FOREIGN),
            get(f"/{plural}/<{noun}>/correct", DECIDERS, READERS - DECIDERS, there=FOREIGN),
            post(f"/{plural}/<{noun}>/correct", DECIDERS, READERS - DECIDERS, there=FOREIGN),
            get(f"/{plural}/<{noun}>/use", DECIDERS, READERS - DECIDERS, there=FOREIGN),
            post(f"/{plural}/<{noun}>/use", DECIDERS, READERS - DECIDERS, there=FOREIGN),
            get(f"/{plural}/<{noun}>/merge", DECIDERS, READERS - DECIDERS, there=FOREIGN),
            post(f"/{plural}/<{noun}>/merge", DECIDERS, READERS - DECIDERS, there=FOREIGN),
            get(f"/{plural}/<{noun}>/apart/<other>", DECIDERS, READERS - DECIDERS, there=FOREIGN, things={"other": noun}),
            post(f"/{plural}/<{noun}>/apart/<other>", DECIDERS, READERS - DECIDERS, there=FOREIGN, things={"other": noun}),
            # None of these was merged: `tests/web/catalogue/test_twin_pages.py` takes one back.
            get(f"/{plural}/<{noun}>/unmerge", NOBODY, READERS, there_refused=FOREIGN),
            post(f"/{plural}/<{noun}>/unmerge", NOBODY, READERS, there_refused=FOREIGN),
            get(f"/programmes/<programme>/{plural}/likely", DECIDERS, READERS - DECIDERS, there=FOREIGN),
            get(f"/{plural}/<{noun}>/match", DECIDERS, READERS - DECIDERS, there=FOREIGN),
            post(f"/{plural}/<{noun}>/match", DECIDERS, READERS - DECIDERS, there=FOREIGN),
            post(f"/{plural}/<{noun}>/confirm", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"field": "title"}),
            get(f"/programmes/<programme>/{plural}/new", DECIDERS, READERS - DECIDERS, there=FOREIGN),
            post(f"/programmes/<programme>/{plural}/new", DECIDERS, READERS - DECIDERS, there=FOREIGN),
        )
    ),
    # --- matches ---
    get("/past-projects", READERS | FOREIGN),
    get("/matches", READERS | FOREIGN),
    get("/matches/<match>", READERS, there=FOREIGN),
    get("/matches/<match>/open", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/matches/<match>/open", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/matches/<match>/refuse", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/matches/<match>/refuse", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/matches/<match>/judge", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"refused": "yes", "code": "other", "reason": "No."}),
    get("/matches/<match>/correct", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/matches/<match>/correct", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/desk", READERS | FOREIGN),
    get("/needs/<need>/desk", READERS, there=FOREIGN),
    post("/needs/<need>/desk", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/match-runs/<run>/replay", READERS, there=FOREIGN),
    get("/match-runs/<run>/compare", READERS, there=FOREIGN),
    get("/needs/<need>/compare", READERS, there=FOREIGN),
    post("/matches/<match>/shortlist", DECIDERS, READERS - DECIDERS, there=FOREIGN, body=lambda on: {"on": "yes"}),
    post("/match-runs/<run>/<technology>/shortlist", DECIDERS, READERS - DECIDERS, there=FOREIGN, things=CANDIDATE,
        body=lambda on: {"on": "yes"}),
    get("/needs/<need>/ask-enterprise", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/needs/<need>/ask-enterprise", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/matches/<match>/ask-owner", DECIDERS, READERS - DECIDERS, there=FOREIGN, things=LISTED),
    post("/matches/<match>/ask-owner", DECIDERS, READERS - DECIDERS, there=FOREIGN, things=LISTED),
    post("/interest-requests/<interest_request>/withdraw", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/stories", DECIDERS | FOREIGN),
    get("/cases/<number>/story", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/cases/<number>/story/text", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/cases/<number>/story/text", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/cases/<number>/story/picture", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/cases/<number>/story/picture", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/cases/<number>/story/image", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    # The case there has no parties.
    get("/cases/<number>/story/ask-need-owner", DECIDERS, READERS - DECIDERS),
    post("/cases/<number>/story/ask-need-owner", DECIDERS, READERS - DECIDERS),
    get("/cases/<number>/story/ask-technology-owner", DECIDERS, READERS - DECIDERS),
    post("/cases/<number>/story/ask-technology-owner", DECIDERS, READERS - DECIDERS),
    post("/story-consents/<story_consent>/withdraw", DECIDERS, there=FOREIGN),
    post("/cases/<number>/story/publish", SUPERVISORS, READERS - SUPERVISORS, there_refused=FOREIGN),
    get("/cases/<number>/story/take-back", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/cases/<number>/story/take-back", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    get("/match-runs/<run>/<technology>/refuse", DECIDERS, READERS - DECIDERS, there=FOREIGN, things=CANDIDATE),
    post("/match-runs/<run>/<technology>/refuse", DECIDERS, READERS - DECIDERS, there=FOREIGN, things=CANDIDATE),
    get("/match-runs/<run>/<technology>/accept", DECIDERS, READERS - DECIDERS, there=FOREIGN, things=CANDIDATE),
    post("/match-runs/<run>/<technology>/accept", DECIDERS, READERS - DECIDERS, there=FOREIGN, things=CANDIDATE),
    get("/matches/<match>/follow", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post("/matches/<match>/follow", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post(
        "/matches/<match>/confirm", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        body=lambda on: {"noun": "need", "field": "title"},
    ),
    # --- workflows: for everybody with an account ---
    get("/workflows", EVERYBODY),
    get("/workflows/<workflow>/<edition>", EVERYBODY, there=EVERYBODY),
    # --- figures: everybody those of a programme of their own ---
    get("/figures", COUNTERS),
    get("/figures/mails", COUNTERS | {"observer"}),
    post("/figures/views/<figure_view>/mail", {"officer"}, there=FOREIGN, body=lambda on: {"rhythm": "monthly"}),
    get("/figures/mails/<figure_mail>/stop", {"officer"}, there=FOREIGN),
    post("/figures/mails/<figure_mail>/stop", {"officer"}, there=FOREIGN),
    get("/figures.csv", COUNTERS),
    get("/figures.xlsx", COUNTERS),
    get("/figures.json", COUNTERS),
    get("/figures/outside", COUNTERS | {"observer"}),
    get("/figures/outside.csv", COUNTERS | {"observer"}),
    get("/figures/outside.xlsx", COUNTERS | {"observer"}),
    get("/figures/outside.json", COUNTERS | {"observer"}),
    get("/figures/<figure>/records", COUNTERS - {"manager"}, there=COUNTERS - {"manager"}, query="?line=step:need_published"),
    get("/figures/<figure>/cases", COUNTERS, there=COUNTERS, query="?line=step:interest_confirmed"),
    get("/process", ANSWERABLE),
    get("/process/cases", ANSWERABLE, query=f"?way={way_key(('take', 'pass_triage', 'confirm_interest', 'approve_plan'))}"),
    get("/process/events.xes", ANSWERABLE),
    get("/process/events.json", ANSWERABLE),
    get("/process.csv", ANSWERABLE),
    get("/process.xlsx", ANSWERABLE),
    get("/process.json", ANSWERABLE),
    get("/follow-ups", COUNTERS),
    post("/follow-ups", COUNTERS - {"manager", "auditor"}, body=lambda on: {"task": on["link_task"], "party": "need_owner"}),
    # --- stage reports ---
    get("/reports", ANSWERABLE),
    get("/reports/<report>", ANSWERABLE),
    get("/programmes/<programme>/reports/new", REPORTERS),
    post("/programmes/<programme>/reports", REPORTERS, body=lambda on: {"until": "2026-01-01T00:00:00.000000Z"}),
    get("/reports/<report>/report.pdf", ANSWERABLE),
    get("/reports/<report>/figures.xlsx", ANSWERABLE),
    get("/reports/<report>/content.json", SUPERVISORS | AUDITOR, {"manager"}),
    get("/reports/<report>/words", ANSWERABLE),
    post("/reports/<report>/words", REPORTERS, AUDITOR, body=lambda on: {"f-title": "What came of it", "revision": "0"}),
    post("/reports/<report>/agree", REPORTERS, AUDITOR, body=lambda on: {"sure": "yes"}),
    post("/reports/<report>/publish", REPORTERS, AUDITOR, body=lambda on: {"sure": "yes"}),
    # --- auditors ---
    get("/audit", AUDITOR),
    get("/audit/<question>", AUDITOR, there=AUDITOR),
    get("/sample", AUDITOR),
    get("/verification", AUDITOR),
    get("/verification/file", AUDITOR),
    post("/verification/file", AUDITOR, status=422),
    # --- witnesses belong to no programme ---
    get("/checkpoints", AUDITOR | {"manager"}),
    post("/checkpoints", AUDITOR, body=lambda on: {"witness_key": "none"}),
    post("/checkpoints/witnesses/<witness>/end", AUDITOR, there=AUDITOR),
    get("/reading", AUDITOR | {"manager"}),
    get("/reading.csv", AUDITOR | {"manager"}),
    get("/reading.xlsx", AUDITOR | {"manager"}),
    get("/findings", FINDERS),
    get("/findings.csv", FINDERS),
    get("/findings.xlsx", FINDERS),
    get("/findings/<finding>", READERS, there=FOREIGN),
    post(
        "/cases/<number>/history/<seq>/findings", AUDITOR, READERS - AUDITOR, there_refused=FOREIGN,
        body=lambda on: {"f.words": "Why?"},
    ),
    post(
        "/findings/<finding>/answer", ANSWERERS, READERS - ANSWERERS, there=FOREIGN,
        body=lambda on: {"f.words": "So.", "revision": "99"},
    ),
    post(
        "/findings/<finding>/assign", AUDITOR | SUPERVISORS, READERS - AUDITOR - SUPERVISORS, there_refused=FOREIGN,
        body=lambda on: {"owner": on["person"], "due_on": "2099-01-01", "revision": "99"},
    ),
    post(
        "/findings/<finding>/ask-again", AUDITOR, READERS - AUDITOR, there_refused=FOREIGN,
        body=lambda on: {"f.words": "So?", "revision": "99"},
    ),
    post(
        "/findings/<finding>/close", AUDITOR, READERS - AUDITOR, there_refused=FOREIGN,
        body=lambda on: {"f.words": "Fine.", "revision": "99"},
    ),
    # --- administrators; people and organisations are theirs in every programme ---
    get("/administration/people", ADMINISTRATOR),
    get("/administration/people/new", ADMINISTRATOR),
    post("/administration/people/new", ADMINISTRATOR),
    get("/administration/people/<person>", ADMINISTRATOR, there=ADMINISTRATOR),
    post("/administration/people/<person>/link", ADMINISTRATOR, there=ADMINISTRATOR),
    post("/administration/people/<person>/reopen", ADMINISTRATOR, there=ADMINISTRATOR),
    post("/administration/people/<person>/end-access", ADMINISTRATOR, there=ADMINISTRATOR, things={"person": "idle"}),
    post("/administration/end-access", ADMINISTRATOR),
    # --- who has lost the password or the second factor ---
    get("/recoveries", ADMINISTRATOR | {"supervisor", "compliance", "manager"}),
    get("/recoveries/<recovery>", ADMINISTRATOR | {"supervisor", "compliance", "manager"}, there=ADMINISTRATOR),
    get("/recoveries/new/<person>", ADMINISTRATOR, there=ADMINISTRATOR),
    post("/recoveries/new/<person>", ADMINISTRATOR, there=ADMINISTRATOR),
    post("/recoveries/<recovery>/decide", ADMINISTRATOR | {"supervisor", "compliance", "manager"}, there=ADMINISTRATOR,
        body=lambda on: {"decision": "refuse", "reason": "Nobody called back."}),
    post("/administration/people/<person>/roles", ADMINISTRATOR, there=ADMINISTRATOR),
    post(
        "/administration/people/<person>/deactivate", ADMINISTRATOR, there_refused=ADMINISTRATOR, things={"person": "leaver"},
        body=lambda on: {"sure": "yes"},
    ),
    post("/administration/roles/<membership>/end", ADMINISTRATOR),
    get("/administration/organisations", ADMINISTRATOR),
    get("/administration/organisations/new", ADMINISTRATOR),
    post("/administration/organisations/new", ADMINISTRATOR),
    get("/administration/organisations/<organisation>", ADMINISTRATOR, there=ADMINISTRATOR),
    get("/administration/programmes", ADMINISTRATOR),
    post("/administration/programmes", ADMINISTRATOR),
    post("/administration/programmes/<programme>/phases", ADMINISTRATOR),
    get("/administration/programmes/<programme>/copy", ADMINISTRATOR),
    post("/administration/programmes/<programme>/copy", ADMINISTRATOR),
    get("/programmes", SUPERVISORS),
    get("/programmes/<programme>/settings", SUPERVISORS | ADMINISTRATOR),
    get("/programmes/<programme>/settings/letterhead", SUPERVISORS, ADMINISTRATOR),
    post("/programmes/<programme>/settings/letterhead", SUPERVISORS, ADMINISTRATOR),
    get("/programmes/<programme>/settings/catalogue", SUPERVISORS, ADMINISTRATOR),
    post("/programmes/<programme>/settings/catalogue", SUPERVISORS, ADMINISTRATOR),
    get("/programmes/<programme>/settings/public-figures", SUPERVISORS, ADMINISTRATOR),
    post("/programmes/<programme>/settings/public-figures/publish", SUPERVISORS, ADMINISTRATOR),
    post("/programmes/<programme>/settings/public-figures/take-down", SUPERVISORS, ADMINISTRATOR),
    get("/programmes/<programme>/settings/limits/<workflow>", SUPERVISORS | ADMINISTRATOR),
    get("/programmes/<programme>/settings/limits", SUPERVISORS, ADMINISTRATOR, query="?what=case.states.triage"),
    post("/programmes/<programme>/settings/limits", SUPERVISORS, ADMINISTRATOR, query="?what=case.states.triage"),
    get("/programmes/<programme>/settings/lists", SUPERVISORS | ADMINISTRATOR, query="?list=sectors"),
    get("/programmes/<programme>/settings/lists/entry", SUPERVISORS | ADMINISTRATOR, query="?list=sectors"),
    post("/programmes/<programme>/settings/lists/entry", SUPERVISORS | ADMINISTRATOR, query="?list=sectors"),
    get("/programmes/<programme>/settings/lists/import", SUPERVISORS | ADMINISTRATOR, query="?list=sectors"),
    post("/programmes/<programme>/settings/lists/import", SUPERVISORS | ADMINISTRATOR, query="?list=sectors"),
    # The words that matching asks for in another language are the officers', too.
    get("/programmes/<programme>/settings/lists", DECIDERS | ADMINISTRATOR, there=FOREIGN, query="?list=glossary", about="glossary"),
    get("/programmes/<programme>/settings/lists/entry", DECIDERS | ADMINISTRATOR, there=FOREIGN, query="?list=glossary", about="glossary"),
    post("/programmes/<programme>/settings/lists/entry", DECIDERS | ADMINISTRATOR, there=FOREIGN, query="?list=glossary", about="glossary"),
    get("/programmes/<programme>/settings/lists/import", DECIDERS | ADMINISTRATOR, there=FOREIGN, query="?list=glossary", about="glossary"),
    post("/programmes/<programme>/settings/lists/import", DECIDERS | ADMINISTRATOR, there=FOREIGN, query="?list=glossary",
        about="glossary"),
    get("/programmes/<programme>/settings/weights", SUPERVISORS | ADMINISTRATOR),
    post("/programmes/<programme>/settings/weights", SUPERVISORS | ADMINISTRATOR),
    get("/programmes/<programme>/settings/weights/change", SUPERVISORS, ADMINISTRATOR),
    post("/programmes/<programme>/settings/weights/change", SUPERVISORS, ADMINISTRATOR),
    get("/programmes/<programme>/settings/editions", SUPERVISORS, ADMINISTRATOR),
    post("/programmes/<programme>/settings/editions", SUPERVISORS, ADMINISTRATOR),
    get("/programmes/<programme>/settings/providers", SUPERVISORS | ADMINISTRATOR),
    get("/programmes/<programme>/settings/providers/change", SUPERVISORS, ADMINISTRATOR),
    post("/programmes/<programme>/settings/providers/change", SUPERVISORS, ADMINISTRATOR),
    get("/administration/calendars", ADMINISTRATOR),
    get("/administration/calendars/<programme>", ADMINISTRATOR, there=ADMINISTRATOR),
    get("/administration/calendars/<programme>/edit", ADMINISTRATOR),
    post("/administration/calendars/<programme>/edit", ADMINISTRATOR),
    post("/administration/calendars/<programme>/edit-again", ADMINISTRATOR),
    post("/administration/calendars/<programme>/preview", ADMINISTRATOR),
    post("/administration/calendars/<programme>", ADMINISTRATOR),
    get("/administration/jobs", ADMINISTRATOR),
    # A job belongs to no programme.
    post("/administration/jobs/<job>/retry", ADMINISTRATOR, there=ADMINISTRATOR),
    get("/administration/mails", ADMINISTRATOR),
    # A mail is a person's, and people are theirs in every programme.
    post("/administration/mails/<mail>/resend", ADMINISTRATOR, there=ADMINISTRATOR),
)  # fmt: skip
