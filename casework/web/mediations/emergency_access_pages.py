"""A case opened in an emergency, to read it for a few hours."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.engine.case_objects.emergency_access import BREAK_GLASS_LASTS
from casework.engine.definition.forms import Form, Note
from casework.engine.roles import Role
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.core.idempotency import Done, Request
from casework.operations.mediations import emergency_access
from casework.permissions.actors import Actor
from casework.web.mediations.opening_forms import check_form, show_form
from casework.web.shell.i18n import N_
from casework.web.shell.sent_forms import Sent, answer
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("emergency_access", __name__)


class Emergency(Form):
    reason = Note(label=N_("Why you must read it now"))


@blueprint.get("/emergency")
@only(Role.ADMINISTRATOR)
def emergency() -> Response:
    return _emergency(request.args.get("case", "").strip(), None)


def _emergency(number: str, sent: Sent | None) -> Response:
    fault, mediation, form, roles = "", None, None, []
    with page_transaction() as (db, actor):
        if number:
            try:
                mediation = emergency_access.insist_may_break(db, actor, number)
                form = show_form(db, actor, f"emergency:{mediation.number}", Emergency, sent)
                roles = emergency_access.roles_of_breaker(db, actor, mediation.number)
            except NotFound:
                fault = gettext(
                    "There is no case %(number)s in a programme that you administer. Check the number.", number=number
                )
    hours = int(BREAK_GLASS_LASTS.total_seconds()) // 3600
    page = render_template(
        "mediations/emergency_access.html",
        found=mediation,
        form=form,
        fault=fault,
        number=number,
        hours=hours,
        sent=sent,
        roles=roles,
    )
    return make_response(page, sent.status if sent else 422 if fault else 200)


@blueprint.post("/emergency")
@only(Role.ADMINISTRATOR)
def break_glass() -> Response:
    number = request.form.get("case", "").strip()
    with page_transaction() as (db, actor):
        emergency_access.insist_may_break(db, actor, number)

    def do(db: Connection, actor: Actor, key: Request, _: int, data: JsonObject) -> Done:
        return emergency_access.break_glass(
            db, actor, number, reason=check_form(Emergency, data)["reason"], request=key
        )

    return answer(
        f"emergency:{number}",
        Emergency.rule(),
        do,
        lambda sent: _emergency(number, sent),
        lambda _: url_for("cases.show", number=number),
        said=lambda _: gettext(
            "The case is open to you. Supervisors and auditors are notified, and each page you open is recorded."
        ),
        sure=request.form.get("sure") == "yes",
    )
