"""Who may open which page and send which form: every route of the pages with every role, here, elsewhere and nowhere.

`here` lies in the programme BJ, in the case that `officer` owns, and was asked of the organisation `lab`; `there` lies in
the programme SH, or was asked of the organisation `bank`; `absent` exists nowhere. Of each row: who is allowed, and who
sees the thing but may not do this (403). For everybody else it does not exist (404), in the same words whether it is
there or not; and who is not signed in is asked to sign in (303).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.security.authorization_api import AGREE, BANK, DECIDERS, EVERYBODY, FOREIGN, LAB, NOBODY, READERS, ROLES, Who

#: From the names of things to what the form says: well-formed, and as harmless as can be.
Form = Callable[[Mapping[str, str]], Mapping[str, str]]

AUDITOR = frozenset({"auditor"})
ADMINISTRATOR = frozenset({"administrator"})
ERASERS = ADMINISTRATOR | AGREE
ANSWERERS = frozenset({"officer", "supervisor", "compliance"})
FINDERS = READERS | FOREIGN
LISTERS = READERS | FOREIGN | {"dispute_officer", "observer"}
OFFICES = frozenset({"officer", "other_officer", "foreign_officer", "supervisor", "compliance", "dispute_officer"})
OWNERS = frozenset({"officer", "supervisor"})
CLERKS = OWNERS | {"compliance"}


@dataclass(frozen=True)
class Row:
    """One route of the pages, and what each role gets from it."""

    method: str
    #: As the server writes it: "/cases/<number>/map".
    path: str
    allowed: Who
    refused: Who = NOBODY
    there: Who = NOBODY
    there_refused: Who = NOBODY
    absent: Who = NOBODY
    absent_refused: Who = NOBODY
    form: Form = field(default=lambda on: {})
    #: Which of the scene's things stands for a parameter, where it is not the one of that name.
    things: Mapping[str, str] = field(default_factory=dict)
    #: For those who are not signed in too.
    open: bool = False
    #: What a page answers to those who are allowed.
    gives: int = 200
    #: Of those the ones who are sent on, to a page of their own.
    moved: Who = NOBODY

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}" + "".join(f" ({thing})" for thing in self.things.values())

    @property
    def has_object(self) -> bool:
        return "<" in self.path


def get(path: str, allowed: Who, refused: Who = NOBODY, **more: Any) -> Row:
    return Row("GET", path, allowed, refused, **more)


def post(path: str, allowed: Who, refused: Who = NOBODY, **more: Any) -> Row:
    return Row("POST", path, allowed, refused, **more)


def letter(on: Mapping[str, str]) -> Mapping[str, str]:
    return {"kind": "reminder", "to": "need_owner", "f-language": "en"}


#: One's own sessions, factors, passkeys, preferences, drafts and notifications have no rows here: `tests/web/auth/test_pages.py`,
#: `test_passkey_pages.py`, `test_step_up_pages.py`, `tests/web/notifications/test_pages.py` and, for who was invited, `tests/web/people/test_invitation_pages.py` walk through them.
OWN = ("accounts.", "passkeys.", "passwords.", "tokens.", "confirm.", "notifications.", "acceptance.")
PROVIDERS = LAB | BANK | {"verifier"}
DISPUTES = frozenset({"dispute_officer"})
LEADS = frozenset({"provider_lead"})
HOLD = {"f-reason": "budget", "f-waits_for": "need_owner", "f-waits_until": "event", "f-event": "The budget is decided"}
SUPERVISORS = frozenset({"supervisor"})
AWAY = PROVIDERS | OWNERS | FOREIGN | {"other_officer", "compliance"}

DIRECTORY = FINDERS | ADMINISTRATOR

TABLE: tuple[Row, ...] = (
    # --- one's own work, and what supervisors look after ---
    get("/", EVERYBODY, moved={"auditor", "manager", "observer", "administrator"}),
    get("/queues", EVERYBODY),
    get("/agenda", OFFICES),
    get("/done", EVERYBODY),
    get("/search", EVERYBODY),
    get("/decisions", SUPERVISORS | {"compliance"}),
    get("/team", SUPERVISORS),
    post(
        "/queues/allocation", SUPERVISORS,
        form=lambda on: {"scope": on["programme"], "queue": "intake", "strategy": "none"},
    ),
    get("/skills/<scope>/<person>", SUPERVISORS, things={"scope": "programme", "person": "officer"}),
    post("/skills/<scope>/<person>", SUPERVISORS, things={"scope": "programme", "person": "officer"}, form=lambda on: {"f-fields_": "Boilers"}),
    get("/house-rule", SUPERVISORS),
    get("/team/<person>", SUPERVISORS, things={"person": "leaver"}),
    post("/team/<person>", SUPERVISORS, things={"person": "leaver"}),
    get("/away", AWAY),
    post("/away", AWAY, form=lambda on: {"whom": on["person"]}),
    post("/away/<absence>/end", {"officer", "supervisor"}, there=FOREIGN),
    # --- tasks ---
    get("/cases/bulk", EVERYBODY),
    post("/cases/bulk", EVERYBODY, form=lambda on: {"case": on["number"]} | HOLD),
    get("/tasks/bulk", EVERYBODY),
    post("/tasks/bulk", EVERYBODY, form=lambda on: {"task": on["task"], "operation": "claim"}),
    post("/tasks/next", EVERYBODY),
    get("/tasks/<task>", READERS, there=FOREIGN, things={"task": "step_task"}, gives=303),
    get("/tasks/<task>", READERS | LAB, there=READERS | BANK, things={"task": "referral_task"}, gives=303),
    get("/tasks/<task>", READERS, things={"task": "decision"}, gives=303),
    get("/decisions/<task>", READERS, things={"task": "decision"}),
    post("/decisions/<task>", SUPERVISORS, READERS - SUPERVISORS, things={"task": "decision"}),
    get("/tasks/<task>/due", READERS, there=FOREIGN),
    get("/tasks/<task>/due", READERS | LAB, there=READERS | BANK, things={"task": "referral_task"}),
    post("/tasks/<task>/claim", OWNERS, READERS - OWNERS, there=FOREIGN),
    post("/tasks/<task>/claim", LAB, READERS, there=BANK, there_refused=READERS, things={"task": "referral_task"}),
    post("/tasks/<task>/release", OWNERS, READERS - OWNERS, there=FOREIGN),
    post("/tasks/<task>/complete", OWNERS, READERS - OWNERS),
    post("/tasks/<task>/review", OWNERS, READERS - OWNERS, form=lambda on: {"reviewer": on["person"]}),
    post("/tasks/<task>/review/answer", OWNERS, READERS - OWNERS, there=FOREIGN, form=lambda on: {"answer": "approve"}),
    post("/tasks/<task>/items", OWNERS, READERS - OWNERS, there=FOREIGN, form=lambda on: {"own": "One thing more"}),
    get("/tasks/<task>/operations", READERS, there=FOREIGN),
    get("/tasks/<task>/operations", READERS | LAB, there=READERS | BANK, things={"task": "referral_task"}),
    get("/tasks/<task>/operations/<operation>", OWNERS, READERS - OWNERS, there_refused=FOREIGN),
    post("/tasks/<task>/operations/<operation>", OWNERS, READERS - OWNERS, there_refused=FOREIGN),
    # --- referrals ---
    get("/referrals/working", PROVIDERS),
    get("/referrals/delivered", PROVIDERS),
    get("/referrals/<referral>", READERS | LAB, there=READERS | BANK),
    get(
        "/referrals/<referral>/<track>/<name>", READERS | LAB, there=READERS | BANK,
        things={"track": "referral", "name": "referral_transition"},
    ),
    post(
        "/referrals/<referral>/<track>/<name>", LAB, READERS, there=BANK, there_refused=READERS,
        things={"track": "referral", "name": "referral_transition"}, form=lambda on: {"revision": on["referral_revision"]},
    ),
    get("/referrals/<referral>/contract", READERS | LAB, there=READERS | BANK),
    post("/referrals/<referral>/receipts", OWNERS | LAB, READERS - OWNERS, there=OWNERS | BANK, there_refused=READERS - OWNERS, gives=303),
    post(
        "/referrals/<referral>/objections", OWNERS | LAB, READERS - OWNERS, there=OWNERS | BANK, there_refused=READERS - OWNERS,
        form=lambda on: {"f-to": "send", "f-words": "Not so."},
    ),
    post(
        "/referrals/<referral>/objections/<objection>", OWNERS | LAB, READERS - OWNERS, there=OWNERS | BANK,
        there_refused=READERS - OWNERS, form=lambda on: {"f-words": "Well."},
    ),
    # --- the directory: all of it for those who read cases, their own for providers ---
    get("/providers", EVERYBODY),
    get("/providers/<provider>", DIRECTORY | LAB, there=DIRECTORY | BANK),
    get("/providers/<provider>/profile", LEADS | ADMINISTRATOR, DIRECTORY - ADMINISTRATOR | {"provider"}, there=ADMINISTRATOR, there_refused=DIRECTORY - ADMINISTRATOR | BANK),
    post("/providers/<provider>/profile", LEADS | ADMINISTRATOR, DIRECTORY - ADMINISTRATOR | {"provider"}, there=ADMINISTRATOR, there_refused=DIRECTORY - ADMINISTRATOR | BANK),
    # The words of a guide are the workflow's own, which everybody may read.
    get("/guides/<service>", EVERYBODY, there=EVERYBODY),
    get("/members", LEADS),
    get("/roles", ADMINISTRATOR | SUPERVISORS | AUDITOR),
    get("/roles/<role>", ADMINISTRATOR | SUPERVISORS | AUDITOR),
    post("/roles/<role>/decide", ADMINISTRATOR | SUPERVISORS, AUDITOR, gives=422, form=lambda on: {"decision": "refuse", "note": ""}),
    get("/erasures", ERASERS),
    get("/erasures/new", ADMINISTRATOR),
    post("/erasures", ADMINISTRATOR, gives=422),
    get("/erasures/<erasure>", ERASERS),
    post("/erasures/<erasure>/decide", AGREE, ADMINISTRATOR, form=lambda on: {"decision": "refuse", "note": "No."}),
    get("/invitations", LEADS | ADMINISTRATOR),
    get("/invitations/new", LEADS | ADMINISTRATOR),
    post("/invitations", LEADS | ADMINISTRATOR, gives=422),
    post("/invitations/<invitation>/resend", LEADS | ADMINISTRATOR, there=ADMINISTRATOR),
    post("/invitations/<invitation>/revoke", LEADS | ADMINISTRATOR, there=ADMINISTRATOR),
    post("/members/<membership>/end", LEADS, things={"membership": "member"}),
    get("/service-accounts", LEADS),
    post("/service-accounts", LEADS, gives=422, form=lambda on: {"organisation": on["organisation"]}),
    post("/service-accounts/<account>/rotate", LEADS),
    post("/service-accounts/<account>/end", LEADS),
    get("/webhooks", LEADS),
    post("/webhooks", LEADS, gives=422, form=lambda on: {"organisation": on["organisation"], "url": "https://localhost/"}),
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
    post("/mediations", DISPUTES, form=lambda on: {"case": on["number"]}),
    get("/mediations/<mediation>/hand-over", DISPUTES),
    post("/mediations/<mediation>/hand-over", DISPUTES, form=lambda on: {"revision": "99"}),
    get("/mediations/<mediation>/unsealing", DISPUTES),
    post("/mediations/<mediation>/unsealing", DISPUTES),
    # --- unsealings: for the one second person who was named, and those named for the mediation ---
    get("/unsealings/<opening>", {"compliance"}),
    post("/unsealings/<opening>", {"compliance"}),
    post("/unsealings/<opening>/told", DISPUTES),
    post("/unsealings/<opening>/end", DISPUTES | {"compliance"}, things={"opening": "ended_opening"}),
    get("/emergency", ADMINISTRATOR),
    post("/emergency", ADMINISTRATOR, form=lambda on: {"case": on["number"]}),
    # --- the history of a case, its map, its verification ---
    get("/cases/<number>/history", READERS | LAB | BANK, there=FOREIGN),
    get("/cases/<number>/history/<seq>", READERS, there=FOREIGN),
    get("/cases/<number>/history/<seq>/correct", {"officer"}, READERS - {"officer"}, things={"seq": "answered"}),
    post(
        "/cases/<number>/history/<seq>/correct", {"officer"}, READERS - {"officer"}, things={"seq": "answered"},
        form=lambda on: {"f-correction_reason": "A typing mistake.", "revision": "1"},
    ),
    get(
        "/referrals/<referral>/<track>/<name>/correct", {"officer"}, READERS - {"officer"} | LAB, there={"officer"},
        there_refused=READERS - {"officer"} | BANK, things={"track": "referral", "name": "referral_send"},
    ),
    post(
        "/referrals/<referral>/<track>/<name>/correct", {"officer"}, READERS - {"officer"} | LAB, there={"officer"},
        there_refused=READERS - {"officer"} | BANK, things={"track": "referral", "name": "referral_send"},
        form=lambda on: {"f-correction_reason": "A typing mistake.", "revision": "1"},
    ),
    # Nothing was answered in this one.
    get("/mediations/<mediation>/<track>/<name>/correct", NOBODY, things={"track": "mediation_track", "name": "mediation_transition"}),
    post("/mediations/<mediation>/<track>/<name>/correct", NOBODY, things={"track": "mediation_track", "name": "mediation_transition"}),
    get("/tasks/<task>/correct", {"officer"}, READERS - {"officer"}, things={"task": "answered_task"}),
    post(
        "/tasks/<task>/correct", {"officer"}, READERS - {"officer"}, things={"task": "answered_task"},
        form=lambda on: {"f-correction_reason": "A typing mistake.", "revision": "1"},
    ),
    get("/cases/<number>/map", READERS | LAB | BANK, there=FOREIGN),
    get("/cases/<number>/clocks", READERS | LAB | BANK, there=FOREIGN),
    get("/cases/<number>/verify", READERS, there=FOREIGN),
    # --- messages ---
    get("/cases/<number>/messages", READERS, there=FOREIGN),
    post("/cases/<number>/messages", CLERKS, READERS - CLERKS, there=FOREIGN, form=lambda on: {"audience": "internal", "f-words": "Look."}),
    get("/cases/<number>/messages/<message>", {"officer"}, there=FOREIGN, things={"message": "note"}),
    post(
        "/cases/<number>/messages/<message>", {"officer"}, READERS - {"officer"}, there=FOREIGN, things={"message": "note"},
        form=lambda on: {"audience": "internal", "f-words": "Look there."},
    ),
    get("/referrals/<referral>/messages", READERS | LAB, there=READERS | BANK),
    post(
        "/referrals/<referral>/messages", OWNERS | LAB, READERS - OWNERS, there=OWNERS | BANK, there_refused=READERS - OWNERS,
        form=lambda on: {"audience": "shared", "f-words": "When?"},
    ),
    get("/referrals/<referral>/messages/<message>", {"provider"}, there=BANK, things={"message": "shared"}),
    post(
        "/referrals/<referral>/messages/<message>", {"provider"}, READERS | LAB - {"provider"}, there=BANK, there_refused=READERS,
        things={"message": "shared"}, form=lambda on: {"audience": "shared", "f-words": "When, please?"},
    ),
    get("/mediations/<mediation>/messages", DISPUTES),
    post("/mediations/<mediation>/messages", DISPUTES, form=lambda on: {"audience": "internal", "f-words": "Sealed."}),
    get("/mediations/<mediation>/messages/<message>", DISPUTES, things={"message": "sealed"}),
    post(
        "/mediations/<mediation>/messages/<message>", DISPUTES, things={"message": "sealed"},
        form=lambda on: {"audience": "internal", "f-words": "Still sealed."},
    ),
    # --- documents; what a referral shares is walked through in `tests/web/documents/test_pages.py` ---
    get("/cases/<number>/documents", READERS, there=FOREIGN),
    post("/cases/<number>/documents", CLERKS, READERS - CLERKS, there=FOREIGN, form=lambda on: {"f-kind": "report", "f-whose": "both"}),
    get("/cases/<number>/file", READERS, there=FOREIGN),
    get("/referrals/<referral>/documents", READERS | LAB, there=READERS | BANK),
    # Nothing is handed in before the referral is accepted, and never by the office.
    post("/referrals/<referral>/documents", NOBODY, READERS | LAB, there_refused=READERS | BANK),
    get("/documents/<document>", READERS, there=FOREIGN),
    get("/documents/<document>/<version>", READERS, there=FOREIGN),
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
    post("/cases/filters", LISTERS, form=lambda on: {"name": "late", "query": "overdue=yes"}),
    post("/cases/filters/<filter>/drop", {"officer"}, there=FOREIGN),
    # A provider's page is that of its referral.
    get("/cases/<number>", READERS | {"observer"}, there=FOREIGN),
    get("/cases/<number>/tracks/<track>/<transition>", {"officer"}, READERS - {"officer"}, there=FOREIGN),
    post(
        "/cases/<number>/tracks/<track>/<transition>", {"officer"}, READERS - {"officer"}, there=FOREIGN,
        form=lambda on: {"revision": "99"},
    ),
    get("/cases/<number>/tracks/<track>/tasks/<kind>", {"officer"}),
    post("/cases/<number>/tracks/<track>/tasks/<kind>", {"officer"}),
    get("/cases/<number>/tasks/<task>", READERS, there=FOREIGN, gives=303),
    # The task of there belongs to a step, and nobody drops those.
    # The case of there has no owner yet who could hand it over.
    get("/cases/<number>/hand-over", OWNERS, READERS - OWNERS, there_refused=FOREIGN),
    post("/cases/<number>/hand-over", OWNERS, READERS - OWNERS, there_refused=FOREIGN, form=lambda on: {"revision": "99"}),
    get("/cases/<number>/documents/new", CLERKS, READERS - CLERKS, there=FOREIGN),
    post("/cases/<number>/documents/new", CLERKS, READERS - CLERKS, there=FOREIGN, form=lambda on: {"revision": "99"}),
    # The consent is the one of here, wherever it is asked for.
    get("/cases/<number>/consents/<consent>/withdraw", OWNERS, READERS - OWNERS),
    post("/cases/<number>/consents/<consent>/withdraw", OWNERS, READERS - OWNERS, form=lambda on: {"revision": "99"}),
    # Which letters can go where is walked through in `tests/web/letters/test_pages.py`.
    get("/cases/<number>/letters", READERS, there=FOREIGN),
    get("/cases/<number>/letters/new", OWNERS, READERS - OWNERS, there=FOREIGN, gives=303),
    post("/cases/<number>/letters/preview", OWNERS, READERS - OWNERS, there=FOREIGN, form=letter),
    post("/cases/<number>/letters", OWNERS, READERS - OWNERS, there=FOREIGN, form=letter),
    get("/cases/<number>/interest", READERS, there=FOREIGN),
    post("/cases/<number>/interest", READERS, there=FOREIGN),
    # --- matches ---
    get("/matches", READERS | FOREIGN),
    get("/matches/<match>", READERS, there=FOREIGN),
    post("/matches/<match>/open", DECIDERS, READERS - DECIDERS, there=FOREIGN),
    post(
        "/matches/<match>/confirm", DECIDERS, READERS - DECIDERS, there=FOREIGN,
        form=lambda on: {"noun": "need", "field": "nothing"},
    ),
    # --- workflows: for everybody with an account ---
    get("/workflows", EVERYBODY),
    get("/workflows/<workflow>/<edition>", EVERYBODY, there=EVERYBODY),
    # --- auditors ---
    get("/audit", AUDITOR),
    get("/audit/<question>", AUDITOR, there=AUDITOR),
    get("/sample", AUDITOR),
    get("/verification", AUDITOR),
    get("/reading", AUDITOR | {"manager"}),
    get("/findings", FINDERS),
    get("/findings/<finding>", READERS, there=FOREIGN),
    post(
        "/cases/<number>/history/<seq>/findings", AUDITOR, READERS - AUDITOR, there_refused=FOREIGN,
        form=lambda on: {"f.words": "Why?"},
    ),
    post(
        "/findings/<finding>/answer", ANSWERERS, READERS - ANSWERERS, there=FOREIGN,
        form=lambda on: {"f.words": "So.", "revision": "99"},
    ),
    post(
        "/findings/<finding>/ask-again", AUDITOR, READERS - AUDITOR, there_refused=FOREIGN,
        form=lambda on: {"f.words": "So?", "revision": "99"},
    ),
    post(
        "/findings/<finding>/close", AUDITOR, READERS - AUDITOR, there_refused=FOREIGN,
        form=lambda on: {"f.words": "Fine.", "revision": "99"},
    ),
    # --- administrators; people and organisations are theirs in every programme ---
    get("/administration/people", ADMINISTRATOR),
    get("/administration/people/new", ADMINISTRATOR),
    post("/administration/people/new", ADMINISTRATOR),
    get("/administration/people/<person>", ADMINISTRATOR, there=ADMINISTRATOR),
    post("/administration/people/<person>/link", ADMINISTRATOR, there=ADMINISTRATOR, gives=409),
    post("/administration/people/<person>/reopen", ADMINISTRATOR, there=ADMINISTRATOR, gives=409),
    post("/administration/people/<person>/end-access", ADMINISTRATOR, there=ADMINISTRATOR, things={"person": "idle"}),
    post("/administration/end-access", ADMINISTRATOR),
    # --- who has lost the password or the second factor ---
    get("/recoveries", ADMINISTRATOR | {"supervisor", "compliance", "manager"}),
    get("/recoveries/new/<person>", ADMINISTRATOR, there=ADMINISTRATOR),
    post("/recoveries/new/<person>", ADMINISTRATOR, there=ADMINISTRATOR, gives=422),
    post("/recoveries/<recovery>/decide", ADMINISTRATOR | {"supervisor", "compliance", "manager"}, there=ADMINISTRATOR, form=lambda on: {"decision": "refuse"}),
    post("/administration/people/<person>/roles", ADMINISTRATOR, there=ADMINISTRATOR),
    post(
        "/administration/people/<person>/deactivate", ADMINISTRATOR, there_refused=ADMINISTRATOR, things={"person": "leaver"},
        form=lambda on: {"sure": "yes"},
    ),
    post("/administration/roles/<membership>/end", ADMINISTRATOR),
    get("/administration/organisations", ADMINISTRATOR),
    get("/administration/organisations/new", ADMINISTRATOR),
    post("/administration/organisations/new", ADMINISTRATOR),
    get("/administration/organisations/<organisation>", ADMINISTRATOR, there=ADMINISTRATOR),
    get("/administration/programmes", ADMINISTRATOR),
    post("/administration/programmes", ADMINISTRATOR),
    post("/administration/programmes/<programme>/phases", ADMINISTRATOR),
    get("/administration/calendars", ADMINISTRATOR),
    get("/administration/calendars/<programme>", ADMINISTRATOR, there=ADMINISTRATOR),
    get("/administration/calendars/<programme>/edit", ADMINISTRATOR),
    post("/administration/calendars/<programme>/edit", ADMINISTRATOR, gives=422),
    post("/administration/calendars/<programme>/edit-again", ADMINISTRATOR),
    post("/administration/calendars/<programme>/preview", ADMINISTRATOR, gives=422),
    post("/administration/calendars/<programme>", ADMINISTRATOR, gives=422),
    get("/administration/jobs", ADMINISTRATOR),
    # A job belongs to no programme.
    post("/administration/jobs/<job>/retry", ADMINISTRATOR, there=ADMINISTRATOR),
    get("/administration/mails", ADMINISTRATOR),
    # A mail is a person's, and people are theirs in every programme.
    post("/administration/mails/<mail>/resend", ADMINISTRATOR, there=ADMINISTRATOR),
)  # fmt: skip

__all__ = ["OWN", "ROLES", "TABLE", "Row"]
