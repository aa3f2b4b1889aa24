"""Figures by mail: what one is mailed, asking for it and stopping it."""

from __future__ import annotations

from casework.api.oversight import figure_mail_schemas as schemas
from casework.api.protocol import schemas as shared
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.oversight import figure_mails
from casework.operations.oversight.views import FigureMail


def list_figure_mails(call: Call) -> Page[FigureMail]:
    return Page(items=figure_mails.list_figure_mails(call.db, call.actor))


def mail_figures(call: Call) -> Done:
    asked = call.body
    return figure_mails.subscribe(
        call.db, call.actor, call.path["view"], rhythm=asked.rhythm, weekday=asked.weekday, request=call.request
    )


def stop_figures(call: Call) -> Done:
    return figure_mails.unsubscribe(call.db, call.actor, call.path["subscription"], call.request)


ROUTES: tuple[Route, ...] = (
    get("/figures/mails", list_figure_mails, "List the saved views whose figures you are mailed, and how often",
        schemas.FigureMails, noun="page", for_some=True),
    post("/figures/views/{view}/mail", mail_figures, "Have the figures of a saved view mailed to you, or change how often",
        shared.Made, body=schemas.NewFigureMail, status=201),
    post("/figures/mails/{subscription}/stop", stop_figures, "Stop the mails with the figures of a saved view", shared.Made),
)  # fmt: skip
