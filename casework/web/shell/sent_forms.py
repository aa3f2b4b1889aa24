"""Forms that people send: shown with what is known or was begun, answered, and shown again with what was typed where they were refused.

A page shows one with `kept_form` and `page_with_form`, and answers its being sent with `answer`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Response as Page
from flask import flash, make_response, redirect, render_template, request
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from casework import reasons
from casework.errors import CaseHasMoved, CaseworkError, InvalidForm
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.drafts import drop_draft, find_draft
from casework.operations.core.idempotency import Done, Request
from casework.permissions.actors import Actor
from casework.web.shell.form_fields import HeldFile
from casework.web.shell.forms import (
    Choices,
    FormView,
    Rule,
    Texts,
    build_form,
    parse_form,
    read_request,
    read_revision,
    wants_more,
)
from casework.web.shell.i18n import say, say_faults
from casework.web.shell.refusals import but_papers, say_refusal
from casework.web.shell.session import only_show, page_transaction


@dataclass(frozen=True)
class Sent:
    """What was sent and refused, to be shown again: where there is one, its request records nothing any more."""

    data: MultiDict[str, str]
    faults: Mapping[str, str]
    status: int
    #: Why it was refused, if not for a field.
    why: str = ""
    #: The revision that the person had seen, where the track has moved since.
    seen: int | None = None
    #: What would follow from it, and must be confirmed first.
    doubts: tuple[str, ...] = ()
    #: The files that came with it and are kept.
    held: tuple[HeldFile, ...] = ()

    def __post_init__(self) -> None:
        only_show()


class Files(Protocol):
    """The files that come with a form, kept until the action is done with which they are registered."""

    @property
    def held(self) -> tuple[HeldFile, ...]: ...

    def keep(self) -> None: ...

    def register(self, db: Connection, actor: Actor) -> Mapping[str, Sequence[str]]: ...


def kept_form(
    db: Connection,
    actor: Actor,
    name: str,
    rules: Iterable[Rule],
    texts: Texts,
    *,
    sent: Sent | None,
    choices: Choices | None = None,
    values: JsonMapping | None = None,
    revision: int | None = None,
    sources: Mapping[str, str] | None = None,
) -> FormView:
    """A form as it was sent and refused, or from the person's draft under this name, or with what is known (`build_form`)."""
    return build_form(
        name,
        rules,
        texts,
        choices=choices,
        values=values,
        submitted=sent.data if sent else None,
        faults=sent.faults if sent else None,
        draft=None if sent else find_draft(db, actor.person, name),
        revision=revision,
        doubts=sent.doubts if sent else (),
        sources=sources,
    )


def page_with_form(template: str, sent: Sent | None, **shown: Any) -> Page:
    """A page with a form: with the status of its refusal, where it was `sent` and refused."""
    return make_response(render_template(template, sent=sent, **shown), sent.status if sent else 200)


#: In the transaction, with who asks, the key, the revision seen (none of forms without one) and the form's data.
Do = Callable[[Connection, Actor, Request, int, JsonObject], Done]


def answer(
    name: str,
    rules: Iterable[JsonMapping],
    do: Do,
    again: Callable[[Sent], Response],
    then: Callable[[Done], str],
    *,
    said: Callable[[Done], str],
    sure: bool = True,
    known: JsonMapping | None = None,
    files: Files | None = None,
    missing: Mapping[str, str] | None = None,
    read: Callable[[MultiDict[str, str]], JsonObject] | None = None,
) -> Response:
    """Answer a form that was sent: do it, say so and go on to `then`; or show it `again` with what was typed.

    `files` keeps the files that came with it, and registers them in the action's transaction; `read` gives what was sent.

    `sure` is false where something irreversible was asked for and not confirmed; `missing` is what else is wrong with what was
    sent, by field. Then it is tried all the same and not kept, so that every fault is told in one round.
    """
    held: tuple[HeldFile, ...] = ()
    missing, rules = dict(missing or {}), list(rules)
    asked = {str(rule["name"]) for rule in rules}

    def refused(
        faults: Mapping[str, str], status: int, why: str = "", seen: int | None = None, doubts: tuple[str, ...] = ()
    ) -> Response:
        return again(Sent(request.form, {**faults, **missing}, status, why, seen, doubts, held))

    try:
        if files is not None:
            files.keep()
    except InvalidForm as refusal:
        missing |= say_faults(refusal)
    held = files.held if files is not None else ()
    if wants_more(request.form):
        return refused({}, 200)
    if not sure:
        missing["sure"] = say(reasons.fields.TICK_THE_BOX)
    seen = read_revision() if "revision" in request.form else 0
    try:
        with page_transaction() as (db, actor):
            sent = MultiDict(request.form)
            for control, ids in (files.register(db, actor) if files is not None else {}).items():
                sent.setlist(control, [*sent.getlist(control), *ids])
            data = read(sent) if read is not None else parse_form(rules, sent, known=known)
            done = do(db, actor, read_request(), seen, data)
            if missing:
                raise InvalidForm(fields={})
            drop_draft(db, actor.person, name)
    except CaseworkError as refusal:
        # Whatever else is asked about the form is asked once it is whole.
        if (why := say_refusal(but_papers(refusal) if missing else refusal, asked)) is None and not missing:
            raise
        faults, status, words, doubts = why or ({}, 422, "", ())
        return refused(faults, status, words, seen if isinstance(refusal, CaseHasMoved) else None, doubts)
    only_show()
    flash(said(done))
    return redirect(then(done), 303)


__all__ = ["Do", "Files", "Sent", "answer", "kept_form", "page_with_form"]
