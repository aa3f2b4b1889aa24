"""Forms of the pages' own about what is opened for a time: shown, and checked."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form
from casework.json_values import JsonMapping, JsonObject
from casework.permissions.actors import Actor
from casework.web.shell import layout
from casework.web.shell.forms import Choices, FormView, own_texts
from casework.web.shell.sent_forms import Sent, kept_form


def show_form(
    db: Connection, actor: Actor, name: str, form: type[Form], sent: Sent | None, *, choices: Choices | None = None
) -> FormView:
    return kept_form(db, actor, name, form.rule(), own_texts(form), sent=sent, choices=choices or {})


def check_form(form: type[Form], data: JsonMapping) -> JsonObject:
    """The data of a form of the pages' own, as clean as an edition's. Raises InvalidForm."""
    return check(build_model(form.__name__, form.rule()), form.rule(), data, layout.clock().office_today)
