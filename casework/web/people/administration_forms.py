"""Forms of the administrator's pages: what was typed, what it does, and the page again with why it was refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import flash, make_response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework import reasons
from casework.errors import CasesLeft, CasesStranded, InvalidForm, NotAllowed, Refused
from casework.operations.core.idempotency import Done, Request
from casework.permissions.actors import Actor
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import say_error, say_faults
from casework.web.shell.kept_forms import drop_kept
from casework.web.shell.session import page_transaction

LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}
Do = Callable[[Connection, Actor, Request], Done]


def do_or_ask_again(
    do: Do,
    again: Callable[[Mapping[str, str]], Any],
    then: Callable[[Done], str],
    said: str,
    show: Callable[[Done], Response | None] = lambda _: None,
) -> Response:
    """Do what a form asked for and go on, or show what is shown this once; or the page again with why it was refused."""
    try:
        with page_transaction() as (db, actor):
            done = do(db, actor, read_request())
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(again(say_faults(refusal)), 422)
    except CasesStranded as refusal:
        return make_response(again({"": say_error(refusal), "stranded": "yes"}), 409)
    except (CasesLeft, NotAllowed, Refused) as refusal:
        return make_response(again({"": say_error(refusal)}), 403 if isinstance(refusal, NotAllowed) else 409)
    if (shown := show(done)) is not None:
        return shown
    flash(said)
    return redirect(then(done), 303)


def typed(name: str) -> str:
    return request.form.get(name, "").strip()


def typed_or_none(name: str) -> str | None:
    return typed(name) or None


def typed_day(name: str) -> date | None:
    given = typed(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise InvalidForm(fields={name: reasons.fields.NO_DAY}) from None


def insist_typed(*names: str) -> None:
    if faults := {name: reasons.fields.REQUIRED for name in names if not typed(name)}:
        raise InvalidForm(fields=faults)
