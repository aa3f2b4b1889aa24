"""A sample that an auditor keeps: its cases, what came of looking at each, and how far that has come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.engine.roles import Role
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.operations.core.perform import calendar_of
from casework.operations.verification.kept_samples import FOUND, IN_ORDER, Result, keep_sample, look_at, show_sample
from casework.web.oversight.report_pages import scope_of
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, say_error, say_faults
from casework.web.shell.layout import use_calendar
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("samples", __name__, url_prefix="/programmes/<uuid:programme>/samples")
auditors = only(Role.AUDITOR)

#: What came of looking at a case, and in which colour.
RESULTS = {IN_ORDER: (N_("In order"), "good"), FOUND: (N_("A finding was raised"), "warn")}


@blueprint.post("")
@auditors
def keep(programme: UUID) -> Response:
    """Draw the same again, and keep it."""
    id, given = str(programme), request.form
    size, as_of = given.get("size", ""), moment_of(given.get("as_of", ""))
    if as_of is None or not (size.isascii() and size.isdigit() and len(size) < 4):
        return redirect(url_for("audit.sample"), 303)
    try:
        with page_transaction() as (db, actor):
            done = keep_sample(
                db, actor, id, seed=given.get("seed", ""), size=int(size), as_of=as_of, request=read_request()
            )
    except (InvalidForm, Refused) as refusal:
        flash(say_error(refusal), "danger")
        return redirect(url_for("audit.sample"), 303)
    flash(gettext("The sample is kept. Say here what came of each case."))
    return redirect(url_for("samples.show", programme=id, kept=done.answer["number"]), 303)


@blueprint.get("/<int:kept>")
@auditors
def show(programme: UUID, kept: int) -> Response:
    return _shown(str(programme), kept, {})


@blueprint.post("/<int:kept>/look")
@auditors
def look(programme: UUID, kept: int) -> Response:
    id = str(programme)
    try:
        with page_transaction() as (db, actor):
            said = Result(
                case=request.form.get("case", ""),
                result=request.form.get("result", ""),
                finding=_id(request.form.get("finding", "")),
            )
            look_at(db, actor, id, _small(kept), look=said, request=read_request())
    except InvalidForm as refusal:
        return _shown(id, kept, say_faults(refusal), 422)
    except NotAllowed as refusal:
        return _shown(id, kept, {"case": say_error(refusal)}, 403)
    flash(gettext("It is written down what came of it."))
    return redirect(url_for("samples.show", programme=id, kept=kept), 303)


def _shown(programme: str, kept: int, faults: Mapping[str, str], status: int = 200) -> Response:
    with page_transaction() as (db, actor):
        one = show_sample(db, actor, programme, _small(kept))
        use_calendar(calendar_of(db, programme))
        scope = scope_of(programme)
    page = render_template(
        "audit/kept_sample.html",
        one=one,
        programme=scope,
        results=RESULTS,
        faults=faults,
        given=request.form,
        left=[case for case in one.cases if case.result is None],
    )
    return make_response(page, status)


def moment_of(written: str, zone: str | None = None) -> datetime | None:
    """The moment that is written as the page shows it; with a `zone` also a day, of which it is the end, or a moment of that clock. None
    for any other writing."""
    try:
        said = datetime.fromisoformat(written)
        if said.tzinfo is None and zone is not None:
            if len(written) == len("2026-05-03"):
                said = datetime.combine(said, time.max)
            said = said.replace(tzinfo=ZoneInfo(zone))
        return said.astimezone(UTC) if said.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _id(given: str) -> str | None:
    try:
        return str(UUID(given)) if given else None
    except ValueError:
        raise NotFound("finding") from None


def _small(number: int) -> int:
    if number > 2**31:
        raise NotFound("sample")
    return number


__all__ = ["blueprint", "moment_of"]
