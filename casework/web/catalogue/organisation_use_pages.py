"""An organisation that is named in nothing new: said on its page with a reason, and brought back there."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.organisations import EDITORS
from casework.engine.definition.forms import Form, Note
from casework.json_values import JsonObject
from casework.operations.catalogue import organisation_queries as queries
from casework.operations.catalogue import organisation_use, organisations
from casework.operations.core.idempotency import Done, Request
from casework.permissions.actors import Actor
from casework.web.catalogue.organisation_pages import checked, form_of, form_page
from casework.web.shell.form_actions import Sent, answer
from casework.web.shell.i18n import N_
from casework.web.shell.session import page_transaction

blueprint = Blueprint("party_use", __name__)


class Expiry(Form):
    reason = Note(
        label=N_("Reason"),
        help=N_("What shows that it has ceased or takes part no more: a register, a letter, a call."),
    )


class Return(Form):
    reason = Note(label=N_("Reason"), help=N_("What shows that it takes part again."))


def _standing(db: Connection, actor: Actor, organisation: str) -> tuple[str, type[Form], bool]:
    """What it is called, the form, and whether its record has expired."""
    one = queries.show_organisation(db, actor, organisation)
    organisations.insist_home(db, actor, organisation, EDITORS)
    over = one.expired_at is not None
    return one.name, (Return if over else Expiry), over


def _draft(organisation: str, over: bool) -> str:
    return f"organisation:{organisation}:{'again' if over else 'no-more'}"


def _ask(organisation: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        name, rule, over = _standing(db, actor, organisation)
        seq = organisations.read_seq(db, organisation)
        form = form_of(db, actor, _draft(organisation, over), rule, sent=sent, revision=seq)
    words = gettext("Bring back") if over else gettext("It has expired")
    consequence = (
        gettext("It can be named again, as owner, lender and party.")
        if over
        else gettext(
            "It is offered no more as owner, lender or company of a joint venture, and no new match or case names it. Cases that run go on."
        )
    )
    back = url_for("parties.show", party=organisation)
    return form_page(words, form, sent, do=words, back=back, under=name, consequence=consequence)


@blueprint.get("/organisations/<uuid:party>/use")
def choose(party: UUID) -> Response:
    return _ask(str(party))


@blueprint.post("/organisations/<uuid:party>/use")
def say(party: UUID) -> BaseResponse:
    id = str(party)
    with page_transaction() as (db, actor):
        _, form, over = _standing(db, actor, id)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        act = organisation_use.bring_organisation_back if over else organisation_use.expire_organisation
        return act(db, actor, id, reason=checked(form, data)["reason"], seen=revision, request=key)

    return answer(
        _draft(id, over),
        form.rule(),
        do,
        lambda sent: _ask(id, sent),
        lambda done: url_for("parties.show", party=id),
        said=lambda done: gettext("It can be named again.") if over else gettext("Said: it is named in nothing new."),
    )


__all__ = ["blueprint"]
