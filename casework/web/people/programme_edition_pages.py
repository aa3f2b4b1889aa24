"""The form that says by which editions a programme begins its cases and what is opened in them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.definitions import load_library
from casework.engine.case_objects.letterheads import READERS
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Choice, Form, Note
from casework.json_values import JsonObject
from casework.operations.core.idempotency import Done, Request
from casework.operations.people import letterheads, programme_editions
from casework.operations.people.edition_choice_views import ProgrammeEditions
from casework.permissions.actors import Actor
from casework.web.people.programme_settings_pages import edition_title
from casework.web.shell.dates import say_day
from casework.web.shell.forms import Texts, own_texts
from casework.web.shell.i18n import N_
from casework.web.shell.layout import clock
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("programme_editions", __name__, url_prefix="/programmes/<uuid:programme>/settings/editions")
NEWEST = "newest"


class _Why(Form):
    reason = Note(label=N_("Why"))


def _form_class() -> type[Form]:
    """A choice for each workflow, and why."""
    library = load_library()
    choices = {
        name: Choice(
            label=name,
            choices=dict.fromkeys(
                [NEWEST, *(str(number) for number in sorted(library.offered[name], reverse=True))], ""
            ),
        )
        for name in sorted(library.newest)
    }
    return type("EditionsForm", (Form,), {**choices, "reason": _Why.__dict__["reason"]})


def _texts(shown: ProgrammeEditions) -> Texts:
    """What each workflow is called, and each of its editions with its day."""
    said, own = own_texts(_Why), dict[str, str]()
    for one in shown.items:
        own[f"{one.workflow}.label"] = edition_title(one.workflow)
        own[f"{one.workflow}.choices.{NEWEST}"] = gettext(
            "newest, also when another one is published (now edition %(number)s)", number=one.newest
        )
        own |= {
            f"{one.workflow}.choices.{each.number}": gettext(
                "edition %(number)s, published on %(day)s",
                number=each.number,
                day=say_day(each.published_on, clock(), year=True),
            )
            if each.published_on
            else gettext("edition %(number)s", number=each.number)
            for each in one.editions
        }
    return Texts(lambda key: own.get(key) or said.get(key), lambda key: key in own or said.has(key))


@blueprint.get("")
@only(*READERS)
def ask(programme: UUID) -> Response:
    return _form(str(programme), None)


def _form(programme: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        letterheads.insist_sets(actor, programme)
        one = letterheads.show_settings(db, actor, programme)
        shown = programme_editions.show_editions(db, actor, programme)
        form = kept_form(
            db,
            actor,
            _draft(programme),
            _form_class().rule(),
            _texts(shown),
            sent=sent,
            values=_known(shown),
            revision=shown.version,
        )
    return page_with_form("people/programme_editions_form.html", sent, one=one, form=form)


def _draft(programme: str) -> str:
    return f"editions:{programme}"


def _known(shown: ProgrammeEditions) -> JsonObject:
    return {one.workflow: str(one.chosen) if one.chosen is not None and one.offered else NEWEST for one in shown.items}


@blueprint.post("")
@only(*READERS)
def change(programme: UUID) -> BaseResponse:
    id, form = str(programme), _form_class()

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        letterheads.insist_sets(actor, id)
        rules = form.rule()
        given = check(build_model(form.__name__, rules), rules, data, clock().office_today)
        reason = given.pop("reason")
        return programme_editions.set_editions(
            db, actor, id, editions=_numbers(given), reason=reason, seen=revision, request=key
        )

    return answer(
        _draft(id),
        form.rule(),
        do,
        lambda sent: _form(id, sent),
        lambda done: url_for("programme_settings.show", programme=id) + "#editions",
        said=lambda done: gettext(
            "It is set. What begins from now on begins by these editions; what runs keeps its own."
        ),
    )


def _numbers(given: Mapping[str, str]) -> dict[str, int | None]:
    return {name: None if said == NEWEST else int(said) for name, said in given.items()}


__all__ = ["blueprint"]
