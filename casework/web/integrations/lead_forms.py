"""Forms of a provider's lead whose answer shows a secret, in the page that they stand on and once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from flask import Response, make_response
from sqlalchemy import Connection

from casework.errors import InvalidForm, Refused
from casework.json_values import JsonMapping
from casework.operations.core.idempotency import Done
from casework.permissions.actors import Actor
from casework.web.shell.i18n import say_error, say_faults
from casework.web.shell.kept_forms import drop_kept
from casework.web.shell.session import page_transaction


class Page(Protocol):
    """The page of the form: with the faults of what was sent, and with what came of it."""

    def __call__(self, faults: dict[str, str], answer: JsonMapping | None = None) -> str: ...


def answer_with_secret(page: Page, do: Callable[[Connection, Actor], Done]) -> Response:
    """Do what was asked for and show the secret, or say why not."""
    try:
        with page_transaction() as (db, actor):
            done = do(db, actor)
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(page(say_faults(refusal)), 422)
    except Refused as refusal:
        return make_response(page({"": say_error(refusal)}), 409)
    return make_response(page({}, done.answer))
