"""The whole history of a case on paper, in English or Chinese, with the checkpoint under which it stands."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request

from casework.api.protocol.files import as_attachment
from casework.operations.auth.step_up import insist_proved
from casework.operations.core.i18n import Speech
from casework.operations.core.perform import calendar_of
from casework.operations.letters.content import FONTS
from casework.operations.letters.pdf import print_pdf
from casework.operations.verification.whole_history import WholeHistory, take_history
from casework.web.history.pages import lines_of
from casework.web.shell import layout
from casework.web.shell.dates import read_moment
from casework.web.shell.papers import LANGUAGES, in_language, paper_language
from casework.web.shell.session import page_transaction

blueprint = Blueprint("printed_history", __name__)


@blueprint.get("/cases/<number>/history.pdf")
def take(number: str) -> Response:
    """No transaction waits while it is printed."""
    language = paper_language()
    # Names are those of the paper's language, and not of the page's.
    with in_language(language):
        with page_transaction() as (db, actor):
            part = request.args.get("part", 1, type=int)
            told = take_history(db, actor, number, address=request.full_path.rstrip("?"), part=part)
            # A file is taken out by whoever has proved lately who it is.
            insist_proved(actor)
            calendar = calendar_of(db, told.programme)
        layout.use_paper(calendar)
        html = write_paper(told, language, zone=calendar.zone)
    pdf = print_pdf(html)
    which = f"-{told.part}" if told.parts > 1 else ""
    return as_attachment(iter([pdf]), f"history-{told.number}-{language}{which}.pdf", len(pdf))


def write_paper(told: WholeHistory, language: str, *, zone: str) -> str:
    """The paper, by the clock of the programme."""
    where = ZoneInfo(zone)
    return render_template(
        "papers/history.html",
        language=LANGUAGES[language],
        fonts=FONTS,
        one=told,
        lines=lines_of(told.entries),
        zone=Speech(language == "zh").zone(zone),
        at=lambda moment: f"{read_moment(moment).astimezone(where):%Y-%m-%d %H:%M}",
    )


__all__ = ["blueprint", "write_paper"]
