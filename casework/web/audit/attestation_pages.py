"""Attestations: those of a programme, the form of the auditor who signs one, and one with its statement, as a file and on paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework import reasons
from casework.api.protocol.files import as_attachment
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.ledger.canonical_json import parse_instant
from casework.operations.auth.step_up import insist_proved
from casework.operations.core.perform import calendar_of
from casework.operations.letters.content import FONTS
from casework.operations.letters.pdf import print_pdf
from casework.operations.verification.attestation_files import attestation_name, take_attestation
from casework.operations.verification.attestations import (
    READ_ATTESTATIONS,
    Draft,
    Said,
    draft_attestation,
    in_order,
    insist_signer,
    list_attestations,
    show_attestation,
    sign_attestation,
    signs,
)
from casework.operations.verification.examined import Scope
from casework.operations.verification.kept_samples import list_samples
from casework.web.audit.attestation_words import At, tell_checkpoint, tell_statement
from casework.web.oversight.figure_pages import programme_asked
from casework.web.oversight.report_pages import scope_of
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import say, say_error, say_faults
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.layout import clock, use_calendar, zone_words
from casework.web.shell.papers import LANGUAGES, in_language, paper_language
from casework.web.shell.session import list_transaction, only, page_transaction

blueprint = Blueprint("attestations", __name__)
readers = only(*READ_ATTESTATIONS)


@blueprint.get("/attestations")
@readers
def index() -> str:
    with list_transaction() as (db, actor):
        programme, programmes = programme_asked(actor, READ_ATTESTATIONS)
        use_calendar(calendar_of(db, programme.id))
        listed = list_attestations(db, actor, programme.id).items
        may = signs(actor, programme.id)
    return render_template(
        "audit/attestations.html", programme=programme, programmes=programmes, rows=listed, signs=may
    )


# --- a new one -------------------------------------------------------------------------------------------------------


@blueprint.get("/programmes/<uuid:programme>/attestations/new")
@only(Role.AUDITOR)
def new(programme: UUID) -> Response:
    return _form(str(programme), {})


@blueprint.post("/programmes/<uuid:programme>/attestations")
@only(Role.AUDITOR)
def sign(programme: UUID) -> Response:
    id = str(programme)
    try:
        with page_transaction() as (db, actor):
            insist_signer(actor, id)
            scope = _scope(request.form)
            said = Said(
                words=request.form.get("words", ""),
                seen=request.form.get("seen", ""),
                knows=request.form.get("knows") == "yes",
                supersedes=_number(request.form.get("supersedes", "")),
            )
            done = sign_attestation(db, actor, id, scope, said=said, request=read_request())
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return _form(id, say_faults(refusal), status=422)
    except (Refused, RecordHasMoved) as refusal:
        return _form(id, {"": say_error(refusal)}, status=409)
    flash(
        gettext(
            "Attestation %(number)s is signed. It is never changed; a later one can stand in its place.",
            number=done.answer["number"],
        )
    )
    return redirect(url_for("attestations.show", programme=id, attestation=done.answer["number"]), 303)


def _form(programme: str, faults: Mapping[str, str], status: int = 200) -> Response:
    """What the address or the form asks for; of what cannot be asked for nothing is shown but why."""
    asked, draft, lines, why = request.values, None, [], dict(faults)
    with page_transaction() as (db, actor):
        insist_signer(actor, programme)
        scope_name = scope_of(programme)
        use_calendar(calendar_of(db, programme))
        today = clock().office_today
        given = {
            "since": asked.get("since", "").strip() or f"{today.year}-01-01",
            "until": asked.get("until", "").strip() or today.isoformat(),
            "cases": asked.get("cases", "").strip()[:5000],
            "sample": asked.get("sample", "").strip()[:9],
        }
        samples = list_samples(db, actor, programme).items
        try:
            draft = draft_attestation(db, actor, programme, _scope(given))
            lines = tell_statement(_told(draft), _at(calendar_of(db, programme).zone))
        except InvalidForm as refusal:
            why, status = {**say_faults(refusal), **why}, 422
        except NotAllowed as refusal:
            why, status = {"cases": say_error(refusal), **why}, 422
        kept = kept_form(db, actor, f"attestation:{programme}")
    page = render_template(
        "audit/new_attestation.html",
        programme=scope_name,
        given=given,
        samples=samples,
        typed=request.form,
        draft=draft,
        kept=kept,
        lines=lines,
        rests_on=tell_checkpoint(draft.checkpoint) if draft and draft.checkpoint else [],
        no_checkpoint=say(reasons.attestations.NO_CHECKPOINT),
        faults=why,
    )
    return make_response(page, status)


def _told(draft: Draft) -> dict[str, Any]:
    found = draft.found
    return {
        "period": found.period,
        "cases": found.cases,
        "findings": found.findings,
        "verification": found.verification,
    }


def _scope(given: Mapping[str, str]) -> Scope:
    return Scope(
        since=_day(given, "since"),
        until=_day(given, "until"),
        cases=in_order(given.get("cases", "")[:5000]),
        sample=_number(given.get("sample", ""), "sample"),
    )


def _day(given: Mapping[str, str], name: str) -> date:
    try:
        day = date.fromisoformat(given.get(name, ""))
    except ValueError:
        raise InvalidForm(fields={name: reasons.fields.DAY_FORM}) from None
    if not 1900 <= day.year <= 2199:
        raise InvalidForm(fields={name: reasons.fields.NO_DAY})
    return day


def _number(given: str, field: str = "supersedes") -> int | None:
    if not given:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise InvalidForm(fields={field: reasons.fields.NOT_A_CHOICE})
    return int(given)


def _at(zone: str) -> At:
    """Says a moment as it is where the programme is."""
    return lambda moment: f"{parse_instant(moment).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


# --- one -------------------------------------------------------------------------------------------------------------


@blueprint.get("/programmes/<uuid:programme>/attestations/<int:attestation>")
@readers
def show(programme: UUID, attestation: int) -> str:
    id = str(programme)
    with page_transaction() as (db, actor):
        one = show_attestation(db, actor, id, _small(attestation))
        calendar = calendar_of(db, id)
        use_calendar(calendar)
        scope = scope_of(id)
    return render_template(
        "audit/attestation.html",
        one=one,
        programme=scope,
        lines=tell_statement(one.statement, _at(calendar.zone)) if one.statement else [],
        findings=one.statement["findings"]["named"] if one.statement else [],
        rests_on=tell_checkpoint(one.checkpoint),
    )


@blueprint.get("/programmes/<uuid:programme>/attestations/<int:attestation>/attestation.json", endpoint="take_json")
@readers
def take_json(programme: UUID, attestation: int) -> Response:
    with page_transaction() as (db, actor):
        made = take_attestation(db, actor, str(programme), _small(attestation))
    return as_attachment(iter([made.data]), f"{made.name}.json", len(made.data))


@blueprint.get("/programmes/<uuid:programme>/attestations/<int:attestation>/attestation.pdf", endpoint="take_pdf")
@readers
def take_pdf(programme: UUID, attestation: int) -> Response:
    """On paper; no transaction waits while it is printed."""
    language, id = paper_language(), str(programme)
    # Names are those of the paper's language, and not of the page's.
    with in_language(language):
        with page_transaction() as (db, actor):
            one = show_attestation(db, actor, id, _small(attestation))
            insist_proved(actor)
            scope, calendar = scope_of(id), calendar_of(db, id)
        at = _at(calendar.zone)
        name = attestation_name(scope.code or "", one.number)
        html = render_template(
            "papers/attestation.html",
            language=LANGUAGES[language],
            fonts=FONTS,
            one=one,
            programme=scope,
            signed_at=f"{at(one.signed_at)} ({zone_words(calendar.zone)})",
            lines=tell_statement(one.statement, at) if one.statement else [],
            rests_on=tell_checkpoint(one.checkpoint),
            name=f"{name}.json",
        )
    pdf = print_pdf(html)
    return as_attachment(iter([pdf]), f"{name}-{language}.pdf", len(pdf))


def _small(number: int) -> int:
    if number > 2**31:
        raise NotFound("attestation")
    return number


__all__ = ["blueprint"]
