"""Forms of the pages' own about what is opened for a time: shown, and checked."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.drafts import find_draft
from casework.permissions.actors import Actor
from casework.web.shell import layout
from casework.web.shell.form_actions import Sent
from casework.web.shell.forms import Choices, FormView, build_form, own_texts


def show_form(
    db: Connection, actor: Actor, name: str, form: type[Form], sent: Sent | None, *, choices: Choices | None = None
) -> FormView:
    return build_form(
        name,
        form.rule(),
        own_texts(form),
        choices=choices or {},
        submitted=sent.data if sent else None,
        faults=sent.faults if sent else None,
        draft=None if sent else find_draft(db, actor.person, name),
    )


def check_form(form: type[Form], data: JsonMapping) -> JsonObject:
    """The data of a form of the pages' own, as clean as an edition's. Raises InvalidForm."""
    return check(build_model(form.__name__, form.rule()), form.rule(), data, layout.clock().office_today)
