"""Drafts of forms that are written in a template of their own, as `macros/drafts.html` shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import request
from markupsafe import Markup
from sqlalchemy import Connection

from casework.operations.core.drafts import Draft, drop_draft, find_drafts
from casework.permissions.actors import Actor
from casework.web.shell.forms import form_name
from casework.web.shell.html_filling import fill_in


@dataclass(frozen=True)
class KeptForm:
    """A form by the name that its draft is kept by, and what whoever reads it has typed and not sent."""

    name: str
    draft: Draft | None = None
    #: What was sent and refused.
    sent: Mapping[str, Sequence[str]] | None = None

    @property
    def saved_at(self) -> datetime | None:
        return self.draft.saved_at if self.draft else None

    def fill(self, form: Markup) -> Markup:
        typed = self.draft.data if self.draft else self.sent
        return form if typed is None else fill_in(form, typed)


def kept_form(db: Connection, actor: Actor, name: str) -> KeptForm:
    return kept_forms(db, actor, [name])[name]


def kept_forms(db: Connection, actor: Actor, names: Iterable[str]) -> dict[str, KeptForm]:
    """Several forms of one page, by name. Where a form was sent, its page shows what was sent."""
    names = list(names)
    drafts = find_drafts(db, actor.person, names) if request.method == "GET" else {}
    return {name: KeptForm(name, drafts.get(name)) for name in names}


def drop_kept(db: Connection, actor: Actor) -> None:
    """The form that was sent is taken, so that its draft goes; in the transaction of what it does."""
    if (name := form_name(request.form.get("form", ""))) is not None:
        drop_draft(db, actor.person, name)


__all__ = ["KeptForm", "drop_kept", "kept_form", "kept_forms"]
