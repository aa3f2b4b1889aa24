"""Merging two records of one organisation: the likely doubles, both side by side with what moves, and the merging itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.definition.forms import Form, Note
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.catalogue import organisation_merging as merging
from casework.operations.catalogue import organisation_queries as queries
from casework.operations.catalogue import organisations
from casework.operations.core.idempotency import Done, Request
from casework.permissions.actors import Actor
from casework.web.catalogue.organisation_pages import LABELS, checked, facts_of, form_of
from casework.web.catalogue.organisation_words import KINDS_OF_ORGANISATIONS
from casework.web.shell.i18n import N_, say
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.session import page_transaction
from casework.web.shell.values import name_right

blueprint = Blueprint("party_merging", __name__)


class Merging(Form):
    reason = Note(label=N_("Why they are the same"), help=N_("What shows it: a register, a call, or a licence."))


def _into() -> str | None:
    """The one that stays, as the address says. Raises NotFound for what is no id."""
    given = request.args.get("into", "")
    try:
        return str(UUID(given)) if given else None
    except ValueError:
        raise NotFound("organisation") from None


@blueprint.get("/organisations/<uuid:party>/merge")
def choose(party: UUID) -> Response:
    into = _into()
    return _choose(str(party)) if into is None else _ask(str(party), into)


def _choose(organisation: str) -> Response:
    words = request.args.get("q", "").strip()[:200]
    with page_transaction() as (db, actor):
        one = queries.show_organisation(db, actor, organisation)
        found = merging.list_doubles(db, actor, organisation, words)
    page = render_template(
        "catalogue/organisation_doubles.html", one=one, rows=found, words=words, kinds=KINDS_OF_ORGANISATIONS
    )
    return make_response(page)


def _ask(organisation: str, into: str, sent: Sent | None = None) -> Response:
    with page_transaction() as (db, actor):
        one = queries.show_organisation(db, actor, organisation)
        preview = merging.preview_merging(db, actor, organisation, into)
        other = queries.show_organisation(db, actor, into)
        seq = organisations.read_seq(db, organisation)
        form = form_of(db, actor, _draft(organisation, into), Merging, sent=sent, revision=seq)
    rights = [name_right(right["kind"], right["office"], right["number"]) for right in preview.rights]
    return page_with_form(
        "catalogue/organisation_merge.html",
        sent,
        one=one,
        other=other,
        preview=preview,
        refused_why=[say(why) for why in preview.refused],
        facts=_side_by_side(one, other, preview.taken),
        moves=[(label, names) for label, names in _moves(preview, rights) if names],
        form=form,
        action=url_for("party_merging.merge", party=organisation, into=into),
    )


def _draft(organisation: str, into: str) -> str:
    return f"organisation:{organisation}:merge:{into}"


def _side_by_side(one: Any, other: Any, taken: JsonObject) -> list[tuple[str, str, str, bool]]:
    """Field, what the one to go says, what the one to stay says, and whether that one takes it over."""
    mine, theirs = ([("name", each.name), *facts_of(each)] for each in (one, other))
    rows = [(name, left, right) for (name, left), (_, right) in zip(mine, theirs, strict=True) if left or right]
    return [(gettext(LABELS[name]), left, right, name in taken) for name, left, right in rows]


def _moves(preview: Any, rights: list[str]) -> list[tuple[str, list[str]]]:
    return [
        (gettext("Needs"), [need.name for need in preview.needs]),
        (gettext("Technologies"), [technology.name for technology in preview.technologies]),
        (gettext("IP rights"), rights),
        (gettext("Contacts"), preview.contacts),
        (gettext("Owners above 25 per cent"), preview.owners),
        (gettext("Screenings"), [str(preview.screenings)] if preview.screenings else []),
        (gettext("Matches of its needs and technologies"), [str(preview.matches)] if preview.matches else []),
        (gettext("Cases in which it is a party"), preview.cases),
    ]


@blueprint.post("/organisations/<uuid:party>/merge")
def merge(party: UUID) -> BaseResponse:
    id, into = str(party), _into()
    if into is None:
        return _choose(id)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        reason = checked(Merging, data)["reason"]
        return merging.merge_organisations(db, actor, id, into=into, reason=reason, seen=revision, request=key)

    return answer(
        _draft(id, into),
        Merging.rule(),
        do,
        lambda sent: _ask(id, into, sent),
        lambda done: url_for("parties.show", party=into),
        said=lambda done: gettext("Merged: what belonged to the other record belongs to this one now."),
        sure=request.form.get("sure") == "yes",
    )


__all__ = ["blueprint"]
