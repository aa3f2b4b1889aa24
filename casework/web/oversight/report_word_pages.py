"""The own words of a stage report, as they are written while it is a draft: in both languages, and none that was typed is lost."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import Blueprint, Response, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.definition.forms import Note, Text
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.report_queries import READ_REPORTS, show_report
from casework.operations.oversight.report_words import CHINESE, CONCLUSION, LONGEST, LONGEST_TITLE, TITLE, names
from casework.operations.oversight.reports import word_report
from casework.operations.oversight.views import ShownReport
from casework.permissions.actors import Actor
from casework.web.oversight.figure_words import title_of
from casework.web.oversight.report_pages import scope_of
from casework.web.shell.forms import Texts
from casework.web.shell.i18n import N_
from casework.web.shell.layout import use_calendar
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("report_words", __name__, url_prefix="/reports/<uuid:report>/words")

_LABELS = {TITLE: N_("Title"), CONCLUSION: N_("What we conclude")}
_LABELS_ZH = {TITLE: N_("Title in Chinese"), CONCLUSION: N_("What we conclude, in Chinese")}


def _rules(asked: Iterable[str]) -> list[JsonObject]:
    rules = []
    for name in asked:
        field = (
            Text(label=name, required=False, max=LONGEST_TITLE)
            if name.removesuffix(CHINESE) == TITLE
            else Note(label=name, required=False, max=LONGEST)
        )
        rules.append({"name": name, **field.rule()})
    return rules


def _texts() -> Texts:
    return Texts(lambda key: _label(key.removesuffix(".label")), lambda key: key.endswith(".label"))


def _label(name: str) -> str:
    if name in _LABELS:
        return gettext(_LABELS[name])
    plain = name.removesuffix(CHINESE)
    if name == plain:
        return gettext("On “%(figure)s”", figure=title_of(plain))
    if plain in _LABELS_ZH:
        return gettext(_LABELS_ZH[plain])
    return gettext("On “%(figure)s”, in Chinese", figure=title_of(plain))


def _asked(shown: ShownReport) -> list[str]:
    """What may be written: something to each figure that it has, and what was written before."""
    there = {TITLE, CONCLUSION, *shown.inside, *(name.removesuffix(CHINESE) for name in shown.report.words)}
    return [name for name in names() if name.removesuffix(CHINESE) in there]


@blueprint.get("")
@only(*READ_REPORTS)
def ask(report: UUID) -> Response:
    return _page(str(report), None)


def _page(id: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        shown = show_report(db, actor, id)
        programme = scope_of(shown.programme)
        use_calendar(calendar_of(db, shown.programme))
        rules, known = _rules(_asked(shown)), dict(shown.report.words)
        form = kept_form(
            db, actor, f"report:{id}", rules, _texts(), sent=sent, values=known, revision=shown.report.worded
        )
    return page_with_form(
        "oversight/report_words.html", sent, one=shown, report=shown.report, programme=programme, form=form
    )


@blueprint.post("")
@only(*READ_REPORTS)
def write(report: UUID) -> BaseResponse:
    id = str(report)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        shown = show_report(db, actor, id)
        return word_report(
            db, actor, shown.programme, shown.report.number, words=_written(data), request=key, seen=revision
        )

    return answer(
        f"report:{id}",
        _rules(names()),
        do,
        lambda sent: _page(id, sent),
        lambda done: url_for("reports.show", report=id),
        said=lambda done: gettext("The words are kept. Whoever had agreed before reads them and agrees anew."),
    )


def _written(data: JsonMapping) -> JsonObject:
    return {name: told for name, told in data.items() if told}


__all__ = ["blueprint"]
