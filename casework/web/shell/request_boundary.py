"""What a request may bring at all: an address of bounded length, and text that can be stored.

It stands before every page and every route of the API, so that no view needs to think of it. A body is read here, before
any transaction begins, whatever server is in front.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, abort, current_app, request

from casework import reasons
from casework.errors import NotFound, Unreadable
from casework.records.field_encryption import storable
from casework.web.shell.errors import for_programs
from casework.web.shell.request_origin import SAFE

#: The longest query of an address.
MOST_OF_QUERY = 16_384


def register(app: Flask) -> None:
    app.before_request(_insist)


def _insist() -> None:
    if len(request.query_string) > MOST_OF_QUERY:
        abort(414)
    if not storable(str(value) for value in (request.view_args or {}).values()):
        raise NotFound
    if not storable(value for value in request.environ.values() if isinstance(value, str)) or not storable(_texts()):
        if for_programs():
            raise Unreadable(reasons.requests.UNSTORABLE)
        abort(400)


def _texts() -> Iterable[str]:
    yield from request.args
    for values in request.args.listvalues():
        yield from values
    if request.method in SAFE or request.endpoint is None:
        return
    # Of the API's files and tables none is read before it is known who sends it; they are no forms.
    if request.endpoint.startswith("api.") and request.endpoint in current_app.extensions["casework.large"]:
        return
    request.get_data(parse_form_data=True)
    yield from request.form
    for values in request.form.listvalues():
        yield from values
    for name, file in request.files.items(multi=True):
        yield from (name, file.filename or "")
