"""Which pages and routes are limited: one table, from which the documentation is made too."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, current_app, g, request

from casework.api.protocol.auth import secret_of
from casework.api.protocol.requests import client_address, network_of
from casework.operations.auth.sessions import find_actor_by_secret
from casework.operations.core.rate_limits import Kind, count_use, give_back
from casework.records.database import reader_transaction
from casework.web.shell.errors import for_programs
from casework.web.shell.session import viewer

#: By the names of pages, and of routes of the API.
LIMITED: Mapping[str, Kind] = {
    "search.show": "search", "api.search_everything": "search", "palette.show": "palette", "rights.index": "search",
    "needs.index": "search", "technologies.index": "search", "api.list_needs": "search", "api.list_technologies": "search",
    "desk.search": "search", "api.start_run": "search",
    "need_twins.likely": "palette", "technology_twins.likely": "palette",
    "cases.forecast": "forecast", "api.show_case_forecast": "forecast",
    "audit_files.findings_csv": "export", "audit_files.findings_xlsx": "export", "audit_files.readings_csv": "export",
    "audit_files.readings_xlsx": "export", "audit_files.findings_json": "export", "audit_files.readings_json": "export",
    "cases.csv": "export", "cases.xlsx": "export", "files_in.refused": "export", "files_in.rows": "export",
    "documents.case_file": "case_file", "api.take_case_file": "case_file",
    "certificates.take_json": "case_file", "api.take_case_certificate": "case_file", "certificates.take_pdf": "letter",
    "attestations.take_json": "case_file", "api.take_attestation_file": "case_file", "attestations.take_pdf": "letter",
    "printed_history.take": "letter",
    "letters.preview": "letter", "letters.send": "letter", "api.preview_letter": "letter", "api.send_letter": "letter",
    "previews.show": "preview", "previews.draw": "preview", "evidence.show": "preview", "evidence.draw": "preview",
    "files_in.show": "preview", "files_in.take": "preview",
    "documents.hand_in_case": "upload", "documents.hand_in_referral": "upload", "documents.file_version": "upload",
    "messages.case_write": "upload", "messages.referral_write": "upload",
    "referrals.fire": "upload", "cases.fire": "upload", "tasks.complete": "upload", "tasks.ask_review": "upload",
    "decisions.decide": "upload",
    "api.register_document": "upload", "api.enter_referral_document": "upload",
    "api.file_document_version": "upload",
    "rights.add_burden": "upload", "rights.correct_burden": "upload", "rights.end_burden": "upload", "rights.show_burden": "upload",
    "files_in.hand_in": "upload", "files_in.use_mapping": "upload",
    "tables.preview": "upload", "tables.bring": "many", "api.import_table": "many",
    "api.hand_in_import": "upload", "api.try_import": "many", "api.take_over_import": "many",
    "party_screenings.add": "upload", "party_screenings.file_evidence": "upload",
    "api.show_burden": "upload", "api.show_screening": "upload",
    "accounts.keep_draft": "draft", "news.show": "news",
    "file_checks.check": "file_check",
    "audit.verify": "verification", "field_history.show": "verification", "api.verify_case": "verification", "api.show_figures": "figures",
    "api.show_process": "figures", "api.show_own_figures": "figures",
    "own_figures.index": "figures", "own_figures.behind": "figures", "own_figures.csv": "figures", "own_figures.xlsx": "figures",
    "own_figures.json": "figures",
    "api.show_outside": "outside_figures", "outside_figures.index": "outside_figures", "outside_figures.csv": "outside_figures",
    "outside_figures.xlsx": "outside_figures", "outside_figures.json": "outside_figures",
    "figures.index": "figures", "figures.cases": "figures", "figures.csv": "figures", "figures.xlsx": "figures",
    "figure_records.index": "figures", "event_files.xes": "figures", "event_files.ocel": "figures",
    "api.take_xes": "figures", "api.take_ocel": "figures",
    "figures.json": "figures", "process.index": "figures", "process.cases": "figures", "process.csv": "figures", "process.xlsx": "figures",
    "process.json": "figures", "reports.new": "figures", "reports.freeze": "figures",
    "report_files.pdf": "letter", "api.freeze_report": "figures", "api.take_report_file": "case_file",
    "api.take_report_content": "case_file", "api.verify_report": "verification",
    "bulk.act": "many", "bulk_cases.act": "many", "calendars.preview": "many", "api.do_to_tasks": "many", "api.do_to_cases": "many",
    "follow_ups.ask": "many",
    "answers.open_link": "party_link", "answers.enter_code": "party_link", "answers.keep": "party_link",
    "answers.send": "party_link", "answers.take": "party_link",
    "stated.open_link": "party_link", "stated.answer": "party_link", "stated.withdraw": "party_link", "stated.keep": "draft",
    "renewed.open_link": "party_link", "renewed.answer": "party_link", "renewed.withdraw": "party_link", "renewed.keep": "draft",
    "interest.open_link": "party_link", "interest.answer": "party_link", "interest.keep": "draft",
    "story.open_link": "party_link", "story.answer": "party_link", "story.withdraw": "party_link", "story.keep": "draft",
    "story.picture": "party_link", "stories.set_picture": "preview",
    "results.index": "public", "results.show": "public", "results.picture": "public", "results.as_json": "public",
    "results.feed": "public", "result_figures.publish": "outside_figures",
    "public_json.index": "public", "public_json.show_technology": "public", "public_json.show_need": "public",
    "public.index": "public", "public.show_technology": "public", "public.show_need": "public",
    "log.checkpoint": "log", "log.cosigned": "log", "log.handover": "log", "log.tile": "log",
    "incoming_messages.take": "incoming", "mail_stops.ask": "mail_stop", "mail_stops.stop": "mail_stop",
    "provider.begin": "provider", "provider.come_back": "provider", "acceptance.join": "provider", "provider.link": "provider",
    "provider.confirm": "provider", "provider.end": "provider",
    "passkeys.ask_use": "passkey", "passkeys.ask_new": "passkey",
}  # fmt: skip


#: Routes that search where there are words, and else list what is there, page by page.
_WITH_WORDS = frozenset({"api.list_needs", "api.list_technologies"})


#: Routes that cost when they make something, and next to nothing when they refuse: what they refuse counts no more once it is refused.
#: While it is looked at it counts, so that nobody asks for more at once than they may.
_FREE_TO_REFUSE = frozenset({"certificates.take_json", "certificates.take_pdf", "api.take_case_certificate"})


def register(app: Flask) -> None:
    app.before_request(_count)
    app.after_request(_give_back)


def _count() -> None:
    kind = LIMITED.get(request.endpoint or "")
    # A form that takes files and brings none is a form like any other.
    if (
        kind == "upload"
        and not for_programs()
        and not any(file.filename for _, file in request.files.items(multi=True))
    ):
        return
    if request.endpoint in _WITH_WORDS and not request.args.get("q"):
        return
    # Whoever asks for the head of an answer has it made all the same.
    if kind is None or request.method == "OPTIONS":
        return
    who = _who()
    # On its own: it counts whatever becomes of the request, and holds no lock meanwhile.
    with reader_transaction(current_app.extensions["casework"]) as db:
        count_use(db, who, kind)
    if request.endpoint in _FREE_TO_REFUSE:
        g.counted = who, kind


def _give_back(response: Response) -> Response:
    if 400 <= response.status_code < 500 and (counted := g.pop("counted", None)) is not None:
        with reader_transaction(current_app.extensions["casework"]) as db:
            give_back(db, *counted)
    return response


def _who() -> str:
    """The person, or the network of a stranger."""
    if not for_programs():
        person = viewer()
        return person.id if person else network_of(client_address(request))
    secret = secret_of(request)
    with reader_transaction(current_app.extensions["casework"]) as db:
        actor = find_actor_by_secret(db, secret) if secret else None
    return actor.person if actor else network_of(client_address(request))
