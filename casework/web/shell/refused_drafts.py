"""What was typed into a form that is refused stays: whoever opens its page anew finds it, whichever view refused it.

The script keeps what is typed after a pause; what was typed right before the form was sent is in the request alone.
"""

from __future__ import annotations

from flask import Flask, Response, request

from casework.errors import InvalidForm
from casework.operations.core.drafts import save_draft
from casework.web.shell.errors import typed
from casework.web.shell.forms import form_name
from casework.web.shell.session import open_transaction, viewer

#: What may be put right, or done at another time or by somebody else. Whoever asks too often, or meets a fault of ours, has nothing
#: written: a limit would be none, and where the database fails it is not asked again.
_REFUSED = frozenset({403, 409, 422})


def register(app: Flask) -> None:
    app.after_request(_keep)


def _keep(response: Response) -> Response:
    if request.method != "POST" or response.status_code not in _REFUSED or (person := viewer()) is None:
        return response
    if (name := form_name(request.form.get("form", ""))) is not None:
        try:
            with open_transaction() as db:
                save_draft(db, person.id, name, typed())
        except InvalidForm:
            # Too large to be kept: the page that was answered has it all the same.
            return response
    return response
