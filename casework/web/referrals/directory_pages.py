"""The directory of providers: who does what, how each has answered, and what a provider says of itself."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework import reasons
from casework.engine.definition.forms import Date, Form, Many, Note, Number, Text
from casework.errors import InvalidForm, NotAllowed
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.idempotency import Done, Request
from casework.operations.people import provider_directory
from casework.operations.people.views import ProviderDetails
from casework.permissions.actors import Actor
from casework.web.shell.forms import own_texts
from casework.web.shell.i18n import N_
from casework.web.shell.record_words import KnownWords
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import page_transaction

blueprint = Blueprint("providers", __name__, url_prefix="/providers")


class Profile(Form):
    fields_ = Text(
        label=N_("Fields"),
        required=False,
        max=2000,
        help=N_(
            "In which you work, with commas between: steam boilers / 蒸汽锅炉, low-NOx burners / 低氮燃烧器."
            " Each reads the name in their language."
        ),
    )
    languages = Many(label=N_("Languages"), required=False, choices={"zh": N_("Chinese"), "en": N_("English")})
    places = Text(
        label=N_("Districts"),
        required=False,
        max=2000,
        help=N_("In which you work, with commas between: Beijing / 北京."),
    )
    capacity = Number(label=N_("Most referrals at once"), required=False, whole=True, min="0", max="1000")
    closed_from = Date(label=N_("Takes nothing from"), required=False)
    closed_to = Date(label=N_("to"), required=False)
    conflicts = Note(
        label=N_("Standing conflicts"),
        required=False,
        max=4000,
        help=N_(
            "Organisations for or against which you work; one name in each line. Offices see it where they choose whom to ask."
        ),
    )


@blueprint.get("")
def index() -> str:
    service = request.args.get("service") or None
    with page_transaction() as (db, actor):
        providers, known = provider_directory.list_providers(db, actor), _known(db, actor)
    offered = sorted({code for provider in providers for code in provider.services})
    rows = [provider for provider in providers if service is None or service in provider.services]
    return render_template("referrals/providers.html", rows=rows, services=offered, service=service, known=known)


@blueprint.get("/<uuid:provider>")
def show(provider: UUID) -> str:
    with page_transaction() as (db, actor):
        details, known = provider_directory.show_provider(db, actor, str(provider)), _known(db, actor)
    return render_template("referrals/provider.html", one=details, known=known)


def _known(db: Connection, actor: Actor) -> KnownWords:
    """The words of the programme that the reader works for first; a provider's people work for many."""
    return KnownWords.of(db, next((role.programme for role in actor.memberships if role.programme), None))


@blueprint.get("/<uuid:provider>/profile")
def profile(provider: UUID) -> Response:
    return _profile(str(provider), None)


def _profile(id: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        details = provider_directory.show_provider(db, actor, id)
        if not details.may_edit:
            raise NotAllowed(why=reasons.referrals.FOR_LEAD)
        name = f"profile:{id}"
        form = kept_form(db, actor, name, Profile.rule(), own_texts(Profile), sent=sent, values=_values(details))
    return page_with_form("referrals/provider_profile.html", sent, one=details, form=form)


def _values(details: ProviderDetails) -> JsonObject:
    closed = details.closed[0] if details.closed else {}
    values = {
        "fields_": ", ".join(details.fields),
        "places": ", ".join(details.places),
        "conflicts": "\n".join(details.conflicts),
        "languages": details.languages,
        "capacity": details.capacity,
        "closed_from": closed.get("from"),
        "closed_to": closed.get("to"),
    }
    return {name: value for name, value in values.items() if value not in (None, "", [])}


@blueprint.post("/<uuid:provider>/profile")
def describe(provider: UUID) -> Response:
    def do(db: Connection, actor: Actor, key: Request, _: int, data: JsonObject) -> Done:
        return provider_directory.describe_provider(db, actor, str(provider), _read(data), key)

    return answer(
        f"profile:{provider}",
        Profile.rule(),
        do,
        lambda sent: _profile(str(provider), _named(sent)),
        lambda done: url_for("providers.show", provider=provider),
        said=lambda done: gettext("Recorded. Offices see it where they choose whom to ask."),
    )


def _named(sent: Sent) -> Sent:
    """The faults by the names of this form\'s fields."""
    names = {"fields": "fields_", "closed": "closed_from"}
    return Sent(
        sent.data, {names.get(name, name): why for name, why in sent.faults.items()}, sent.status, sent.why, sent.seen
    )


def _read(data: JsonMapping) -> JsonObject:
    first, last = data.get("closed_from"), data.get("closed_to")
    capacity = str(data.get("capacity") or "")
    if capacity and not capacity.isdigit():
        raise InvalidForm(fields={"capacity": reasons.fields.WHOLE_NUMBER})
    return {
        "fields": _split(data.get("fields_"), ","),
        "places": _split(data.get("places"), ","),
        "conflicts": _split(data.get("conflicts"), "\n"),
        "languages": data.get("languages") or [],
        "capacity": int(capacity) if capacity else None,
        "closed": [{"from": first or last, "to": last or first}] if first or last else [],
    }


def _split(words: object, mark: str) -> list[str]:
    plain = str(words or "").replace("，", ",").replace("、", ",") if mark == "," else str(words or "")
    return [part.strip() for part in plain.split(mark) if part.strip()]
