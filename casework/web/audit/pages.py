"""The auditor's pages: what is asked first, verification shown event by event, findings, and what auditors have read."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from casework.definitions import load_library
from casework.engine.parts import MAIN
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotFound
from casework.operations.audit import finding_owners, findings, questions
from casework.operations.audit.views import Sample
from casework.operations.cases.list_queries import list_cases
from casework.operations.cases.queries import find_case
from casework.operations.cases.views import CaseRow
from casework.operations.core import access_log
from casework.operations.core.event_views import event_view
from casework.operations.core.perform import calendar_of, home_calendar
from casework.operations.core.presenters import names_of
from casework.operations.history.timeline import read_history
from casework.operations.history.views import CaseHistory
from casework.operations.messages.mentions import list_mentions
from casework.operations.verification import verified_cases, witnesses
from casework.operations.verification.case_verdict import examine_case
from casework.operations.verification.kept_samples import list_samples
from casework.operations.verification.views import VerdictFault
from casework.permissions.actors import Actor
from casework.web.audit.fault_words import say_fault
from casework.web.audit.sample_pages import moment_of
from casework.web.history.pages import lines_of
from casework.web.history.sentences import say_entry
from casework.web.oversight.figure_pages import programme_asked
from casework.web.shell import layout
from casework.web.shell.forms import read_request, read_revision
from casework.web.shell.i18n import N_, edition_text, say, say_faults
from casework.web.shell.kept_forms import drop_kept, kept_forms
from casework.web.shell.session import focus, list_transaction, only, open_transaction, page_transaction, viewer
from casework.web.shell.values import service_name

blueprint = Blueprint("audit", __name__)

QUESTIONS = {
    "waivers": (N_("Waivers"), N_("Something that the workflow asks for was waived or skipped.")),
    "four_eyes": (N_("Two-person decisions"), N_("One person proposed, and another agreed or did not.")),
    "late": (N_("Recorded late"), N_("Recorded more than five working days after it happened.")),
    "extensions": (N_("Extensions"), N_("More time was asked for or granted.")),
    "reopenings": (N_("Reopenings"), N_("A closed case was opened again.")),
    "stops": (N_("Stops"), N_("Compliance stopped a case, or proposed to.")),
}
#: How far a history is verified, and in which colour it is told.
VERIFIED = {
    verified_cases.WRONG: (N_("Something is wrong"), "danger"), verified_cases.CHANGED: (N_("New entries since"), ""),
    verified_cases.UNREAD: (N_("Not verified yet"), ""), verified_cases.WHOLE: (N_("Whole"), "good"),
}  # fmt: skip
FINDING_STATES = {"open": N_("Not answered"), "answered": N_("Answered"), "closed": N_("Closed")}
ACTIONS = {
    "raised": N_("raised the finding"), "answered": N_("answered"), "asked_again": N_("was not satisfied and asked again"),
    "closed": N_("closed the finding"), "fell_due": N_("It fell due without an answer"),
}  # fmt: skip
SAMPLE = 5
#: So many of the newest cases stand on the home of auditors.
CASES_AT_HOME = 20


# --- the home of auditors --------------------------------------------------------------------------------------------


@blueprint.get("/audit")
@only(Role.AUDITOR)
def home() -> str:
    with list_transaction() as (db, actor):
        counts = questions.count_questions(db, actor)
        finding_counts = findings.count_findings(db, actor)
        verified, night = verified_cases.count_verified(db, actor), verified_cases.last_night(db, actor)
        alarms = witnesses.count_alarms(db, actor)
        mentions = list_mentions(db, actor, unread=True).items
        cases = list_cases(db, actor, limit=CASES_AT_HOME).items
    return render_template(
        "audit/home.html",
        questions=QUESTIONS,
        counts=counts,
        found=finding_counts,
        verified=verified,
        night=night,
        alarms=alarms,
        seed=_new_seed(),
        mentions=mentions,
        cases=[case for case in cases if isinstance(case, CaseRow)],
        state=_state,
    )


def _state(case: CaseRow) -> str:
    return edition_text(load_library()[case.edition], f"states.{case.state}")


def _new_seed() -> str:
    return secrets.token_hex(4)


@blueprint.get("/audit/<question>")
@only(Role.AUDITOR)
def answers(question: str) -> str:
    if question not in QUESTIONS:
        raise NotFound
    cursor = request.args.get("cursor")
    with list_transaction() as (db, actor):
        listing = questions.list_answers(db, actor, question, cursor=cursor)
    editions = load_library().editions
    rows = [
        (
            item,
            say_entry(event_view(item), editions),
            "" if item.track_kind in (None, "case") else service_name(item.track_kind),
        )
        for item in listing.items
    ]
    title, words = QUESTIONS[question]
    return render_template(
        "audit/answers.html",
        heading=gettext(title),
        words=gettext(words),
        rows=rows,
        next_url=url_for("audit.answers", question=question, cursor=listing.next) if listing.next else "",
        first_url=url_for("audit.answers", question=question) if cursor else "",
    )


@blueprint.get("/sample")
@only(Role.AUDITOR)
def sample() -> str:
    seed = request.args.get("seed", "").strip()[:100] or _new_seed()
    given, fault = request.args.get("size", str(SAMPLE)), ""
    asked = request.args.get("as_of", "").strip()[:100]
    drawn: Sample | None = None
    with list_transaction() as (db, actor):
        programme, programmes = programme_asked(actor, (Role.AUDITOR,))
        # What is kept is of one programme.
        one = programme.id if focus() is not None or len(programmes) == 1 else None
        kept = list_samples(db, actor, one).items if one else []
        as_of = moment_of(asked, calendar_of(db, one).zone if one else layout.clock().zone.key)
        misread = bool(asked) and as_of is None
        try:
            size = int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0
            if not misread:
                drawn = questions.draw_sample(db, actor, seed=seed, size=size, as_of=as_of, programme=one)
        except InvalidForm as refusal:
            fault = say(refusal.fields["size"])
    case = load_library().playing(MAIN)
    return render_template(
        "audit/sample.html",
        seed=seed,
        size=given,
        drawn=drawn,
        keeps=one,
        kept=kept,
        fault=fault,
        as_of=asked,
        misread=misread,
        state=lambda code: edition_text(case, f"states.{code}") if case else code,
    )


# --- verification ----------------------------------------------------------------------------------------------------


@blueprint.get("/verification")
@only(Role.AUDITOR)
def verification() -> BaseResponse | str:
    number = request.args.get("number", "").strip().upper()
    state, cursor = request.args.get("state"), request.args.get("cursor")
    state = state if state in VERIFIED else None
    if number:
        try:
            with page_transaction() as (db, actor):
                find_case(db, actor, number)
            return redirect(url_for("audit.verify", number=number), 303)
        except NotFound:
            pass
    with list_transaction() as (db, actor):
        listing = verified_cases.list_verified(db, actor, state=state, cursor=cursor)
        counts = verified_cases.count_verified(db, actor)
        night = verified_cases.last_night(db, actor)
    return render_template(
        "audit/verification.html",
        number=number,
        items=listing.items,
        counts=counts,
        state=state,
        states=VERIFIED,
        say_fault=say_fault,
        night=night,
        next_url=url_for("audit.verification", state=state, cursor=listing.next) if listing.next else "",
        first_url=url_for("audit.verification", state=state) if cursor else "",
    )


@blueprint.get("/cases/<number>/verify")
def verify(number: str) -> str:
    cursor = request.args.get("cursor")
    with page_transaction() as (db, actor):
        verdict = examine_case(db, actor, number)
    wrong: dict[int, list[VerdictFault]] = {}
    for fault in verdict.faults:
        wrong.setdefault(fault.event or 0, []).append(fault)
    history: CaseHistory | None = None
    try:
        with page_transaction() as (db, actor):
            history = read_history(db, actor, number, oldest_first=True, cursor=cursor, limit=50)
            layout.use_calendar(calendar_of(db, history.programme))
    except (LookupError, ValueError, TypeError, AttributeError):
        # What was forged need not have the form that we write: the verdict tells of it all the same.
        history = None
    return render_template(
        "audit/verify.html",
        verdict=verdict,
        wrong=wrong,
        say_fault=say_fault,
        lines=lines_of(history.items) if history else None,
        number=number,
        next_url=url_for("audit.verify", number=number, cursor=history.next) if history and history.next else "",
        first_url=url_for("audit.verify", number=number) if cursor else "",
    )


# --- findings --------------------------------------------------------------------------------------------------------

READERS = (Role.AUDITOR, Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE, Role.MANAGER)


@blueprint.get("/findings", endpoint="findings")
@only(*READERS)
def list_findings() -> str:
    cursor, owner = request.args.get("cursor"), request.args.get("owner")
    state, late = asked_findings()
    with list_transaction() as (db, actor):
        of = asked_owner(actor)
        if calendar := home_calendar(db, actor):
            layout.use_calendar(calendar)
        listing = findings.list_findings(db, actor, state=state, owner=of, late=late, cursor=cursor)
        counts = findings.count_findings(db, actor)
        whose = names_of(db, {of}).get(of) if of and of != actor.person else None
    asked: dict[str, Any] = {"state": state, "owner": owner if of else None, "late": "yes" if late else None}
    return render_template(
        "audit/findings.html",
        items=listing.items,
        counts=counts,
        state=state,
        states=FINDING_STATES,
        late=late,
        owner=owner if of else None,
        whose=whose,
        asked=asked,
        next_url=url_for("audit.findings", cursor=listing.next, **asked) if listing.next else "",
        first_url=url_for("audit.findings", **asked) if cursor else "",
    )


def asked_findings() -> tuple[str | None, bool]:
    """In which state the findings are that the address asks for, and whether late ones alone."""
    state, late = request.args.get("state"), request.args.get("late") == "yes"
    return (state if state in FINDING_STATES and not late else None), late


def asked_owner(actor: Actor) -> str | None:
    """Whose findings the address asks for; what is no person's id names nobody."""
    written = request.args.get("owner", "")
    try:
        return actor.person if written == "me" else str(UUID(written))
    except ValueError:
        return None


@blueprint.get("/findings/<uuid:finding>")
def finding(finding: Any) -> str:
    return _finding_page(str(finding))


def _finding_page(finding: str, fault: str = "", typed: str = "", faults: Mapping[str, str] | None = None) -> str:
    with page_transaction() as (db, actor):
        details = findings.show_finding(db, actor, finding)
        answering, owning = f"finding:{finding}", f"finding.assign:{finding}"
        drafts = kept_forms(db, actor, (answering, owning))
        choices = finding_owners.list_choices(db, actor, finding) if details.may.assign else []
        case, _ = find_case(db, actor, details.number)
        layout.use_calendar(calendar_of(db, case.programme))
    return render_template(
        "audit/finding.html",
        one=details,
        states=FINDING_STATES,
        actions=ACTIONS,
        fault=fault,
        typed=typed,
        draft=drafts[answering],
        owner_draft=drafts[owning],
        choices=choices,
        faults=faults or {},
        given=request.form,
    )


@blueprint.post("/cases/<number>/history/<int:seq>/findings")
def raise_finding(number: str, seq: int) -> BaseResponse:
    try:
        with page_transaction() as (db, actor):
            asked = read_request()
            done = findings.raise_finding(
                db, actor, number, event=seq, words=request.form.get("f.words", ""), request=asked
            )
            drop_kept(db, actor)
    except InvalidForm as refusal:
        if "words" not in refusal.fields:
            raise NotFound from None
        flash(gettext("Say what you found: the words are missing or too long."), "danger")
        return redirect(url_for("history.entry", number=number, seq=seq), 303)
    flash(gettext("The finding is raised. The case's officers, supervisors and compliance officers see it now."))
    return redirect(url_for("audit.finding", finding=done.answer["id"]), 303)


@blueprint.post("/findings/<uuid:finding>/answer")
def answer(finding: Any) -> BaseResponse:
    return _action(str(finding), findings.answer_finding, gettext("Your answer is kept. An auditor looks at it next."))


@blueprint.post("/findings/<uuid:finding>/assign")
def assign(finding: Any) -> BaseResponse:
    try:
        with page_transaction() as (db, actor):
            finding_owners.assign_finding(
                db,
                actor,
                str(finding),
                owner=request.form.get("owner", ""),
                due_on=_day(request.form.get("due_on", "")),
                request=read_request(),
                revision=read_revision(),
            )
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(_finding_page(str(finding), faults=say_faults(refusal)), 422)
    flash(gettext("Kept. Who answers the finding is told."))
    return redirect(url_for("audit.finding", finding=finding), 303)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


@blueprint.post("/findings/<uuid:finding>/close")
def close(finding: Any) -> BaseResponse:
    return _action(str(finding), findings.close_finding, gettext("The finding is closed."))


@blueprint.post("/findings/<uuid:finding>/ask-again")
def ask_again(finding: Any) -> BaseResponse:
    return _action(str(finding), findings.ask_again, gettext("The finding is open again, with your question."))


def _action(finding: str, do: Any, said: str) -> BaseResponse:
    words = request.form.get("f.words", "")
    try:
        with page_transaction() as (db, actor):
            do(db, actor, finding, words=words, request=read_request(), revision=read_revision())
            drop_kept(db, actor)
    except InvalidForm as refusal:
        fault = say(refusal.fields["words"])
        return make_response(_finding_page(finding, fault, words), 422)
    flash(said)
    return redirect(url_for("audit.finding", finding=finding), 303)


# --- what auditors have read -----------------------------------------------------------------------------------------


@blueprint.get("/reading")
@only(Role.AUDITOR, Role.MANAGER)
def reading_log() -> str:
    number, cursor = request.args.get("number", "").strip()[:100] or None, request.args.get("cursor")
    with page_transaction() as (db, actor):
        listing = access_log.list_readings(db, actor, number=number, cursor=cursor)
    return render_template(
        "audit/reading.html",
        items=listing.items,
        number=number or "",
        next_url=url_for("audit.reading_log", number=number, cursor=listing.next) if listing.next else "",
        first_url=url_for("audit.reading_log", number=number) if cursor else "",
    )


@blueprint.after_app_request
def note_reading(response: Response) -> Response:
    """Keep what an auditor or somebody let in for a time was shown, who opened a sealed mediation, and who took a list out,
    on a page or by the API; what cannot be kept is not shown."""
    shown = response.status_code == 200 or request.method == "POST" and response.status_code in (409, 422)
    if not shown or request.endpoint in _UNWATCHED:
        return response
    actor, seen = _reader(), request.view_args or {}
    if actor is None:
        return response
    of_all = access_log.is_watched(actor) or request.endpoint in _LISTS
    # Whoever has done something to a task was shown nothing of it: the history has that.
    of_task = (
        "task" in seen
        and access_log.may_read_sealed(actor)
        and (request.method != "POST" or response.status_code != 200)
    )
    if of_all or "mediation" in seen or of_task:
        with open_transaction() as db:
            address = request.full_path.rstrip("?")
            access_log.note_reading(db, actor, address, seen.get("number"), within=seen, only_sealed=not of_all)
    return response


#: What tells a watched person nothing of a case, and what is noted of everybody by the operation itself.
_UNWATCHED = frozenset({
    "static", "health", "ready", "news.show", "api.openapi", "api.docs", "documents.take", "documents.case_file", "previews.draw",
    "evidence.draw", "api.take_document_version", "api.take_case_file", "api.take_case_certificate", "certificates.take_json",
    "certificates.take_pdf", "printed_history.take", None,
})  # fmt: skip
#: Lists that leave the house in one piece.
_LISTS = frozenset({
    "cases.csv", "cases.xlsx", "figures.csv", "figures.xlsx", "figures.json", "own_figures.csv", "own_figures.xlsx", "own_figures.json",
    "process.csv", "process.xlsx", "process.json", "audit_files.findings_csv", "audit_files.findings_xlsx", "audit_files.findings_json",
    "audit_files.readings_csv", "audit_files.readings_xlsx", "audit_files.readings_json",
})  # fmt: skip


def _reader() -> Actor | None:
    if (asker := g.get("asker")) is not None:
        return asker if isinstance(asker, Actor) else None
    person = viewer() if not request.path.startswith("/api/") else None
    return person.actor if person else None


__all__ = ["blueprint", "home"]
