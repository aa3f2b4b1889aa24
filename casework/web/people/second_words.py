"""The word of a second person on a setting that somebody proposed: one answer for all pages that take it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, make_response, redirect, request
from werkzeug.wrappers import Response

from casework.errors import InvalidForm, RecordHasMoved, Refused
from casework.operations.core.idempotency import Done
from casework.operations.people import letterheads
from casework.reasons import fields as field_reasons
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import say, say_error, say_faults, sentences
from casework.web.shell.kept_forms import drop_kept
from casework.web.shell.second_person import AGREE, pressed
from casework.web.shell.session import page_transaction


def take_word(
    programme: str,
    decide: Callable[..., Done],
    *,
    again: Callable[[Mapping[str, str]], str],
    then: str,
    agreed: str,
    refused: str,
    **more: Any,
) -> Response:
    """Agree to what is proposed in a programme, or do not: `decide` it and go on to `then`, or show the page `again` with what is wrong.

    `more` is what `decide` is told beside what every form says.
    """
    agree = pressed() == AGREE
    try:
        with page_transaction() as (db, actor):
            letterheads.insist_reads(actor, programme)
            if not pressed():
                raise InvalidForm(fields={"answer": field_reasons.REQUIRED})
            decide(
                db,
                actor,
                programme,
                agree=agree,
                note=request.form.get("note", ""),
                seen=request.form.get("seen", -1, type=int),
                request=read_request(),
                **more,
            )
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return make_response(again(say_faults(refusal)), 422)
    except Refused as refusal:
        return make_response(again({"": sentences(map(say, refusal.reasons))}), 409)
    except RecordHasMoved as refusal:
        return make_response(again({"": say_error(refusal)}), 409)
    flash(agreed if agree else refused)
    return redirect(then, 303)


__all__ = ["take_word"]
