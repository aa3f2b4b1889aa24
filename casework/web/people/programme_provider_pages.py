"""The providers that a programme asks: who they are, the form that says so, and the form by which one is taken off the list."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.letterheads import READERS
from casework.engine.case_objects.programme_providers import EVERY, LISTED
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Choice, Form, Note, Providers
from casework.json_values import JsonMapping, JsonObject, is_id
from casework.operations.core.idempotency import Done, Request
from casework.operations.people import letterheads, programme_providers
from casework.operations.people.provider_list_views import ListedProvider, ProgrammeProviders
from casework.permissions.actors import Actor
from casework.web.shell.forms import own_texts
from casework.web.shell.i18n import N_, name_of
from casework.web.shell.layout import clock
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("programme_providers", __name__, url_prefix="/programmes/<uuid:programme>/settings/providers")


class ProvidersForm(Form):
    """Whom the programme asks from now on."""

    whom = Choice(
        label=N_("Providers that get requests"),
        choices={EVERY: N_("Every provider, new ones too"), LISTED: N_("Only providers on its list")},
    )
    providers = Providers(
        label=N_("On the list"),
        required=False,
        when=("whom", (LISTED,)),
        help=N_("Nobody else gets a new request. What was asked before goes on."),
    )
    reason = Note(label=N_("Why"), required=False, help=N_("Give a reason, unless you only add providers."))


@blueprint.get("")
@only(*READERS)
def show(programme: UUID) -> str:
    with page_transaction() as (db, actor):
        one = letterheads.show_settings(db, actor, str(programme))
        shown = programme_providers.show_providers(db, actor, str(programme))
    return render_template(
        "people/programme_providers.html", one=one, shown=shown, asked=[each for each in shown.items if each.asked]
    )


@blueprint.get("/change")
@only(*READERS)
def ask(programme: UUID) -> Response:
    return _form(str(programme), None)


def _form(programme: str, sent: Sent | None) -> Response:
    """The form as the programme asks now; without the provider of the address, where somebody takes one off the list."""
    with page_transaction() as (db, actor):
        letterheads.insist_sets(actor, programme)
        one = letterheads.show_settings(db, actor, programme)
        shown = programme_providers.show_providers(db, actor, programme)
        form = kept_form(
            db,
            actor,
            _draft(programme),
            ProvidersForm.rule(),
            own_texts(ProvidersForm),
            sent=sent,
            choices={"providers": [(each.id, _called(each)) for each in shown.items]},
            values=_known(shown),
            revision=shown.version,
        )
    return page_with_form("people/programme_providers_form.html", sent, one=one, form=form)


def _called(each: ListedProvider) -> str:
    if each.services:
        return name_of(each)
    return gettext("%(name)s (takes no requests)", name=name_of(each))


def _without() -> str:
    """The provider that somebody takes off the list, by the address."""
    given = request.args.get("without", "")
    return given if is_id(given) else ""


def _draft(programme: str) -> str:
    return f"providers:{programme}:{_without()}".rstrip(":")


def _known(shown: ProgrammeProviders) -> JsonObject:
    ticked = [each.id for each in shown.items if each.asked and each.id != _without()]
    return {"whom": EVERY if shown.every else LISTED, "providers": ticked}


def _checked(form: type[Form], data: JsonMapping) -> JsonObject:
    rules = form.rule()
    return check(build_model(form.__name__, rules), rules, data, clock().office_today)


@blueprint.post("/change")
@only(*READERS)
def change(programme: UUID) -> BaseResponse:
    id = str(programme)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        letterheads.insist_sets(actor, id)
        given = _checked(ProvidersForm, data)
        providers = None if given["whom"] == EVERY else given.get("providers") or []
        return programme_providers.set_providers(
            db, actor, id, providers=providers, reason=given.get("reason"), seen=revision, request=key
        )

    return answer(
        _draft(id),
        ProvidersForm.rule(),
        do,
        lambda sent: _form(id, sent),
        lambda done: url_for("programme_providers.show", programme=id),
        said=lambda done: (
            gettext("It is set. New requests go to every provider.")
            if request.form.get("f-whom") == EVERY
            else gettext("It is set. New requests go to these providers alone; what was asked before goes on.")
        ),
    )


__all__ = ["blueprint"]
