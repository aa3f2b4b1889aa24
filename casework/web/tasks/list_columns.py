"""Columns of lists: which there are, which a reader has chosen, and the form that chooses them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework import reasons
from casework.errors import InvalidForm
from casework.operations.auth.preferences import COLUMNS, set_columns
from casework.web.shell.redirects import local_path
from casework.web.shell.session import page_transaction, viewer

blueprint = Blueprint("list_columns", __name__)


@dataclass(frozen=True, kw_only=True)
class Columns:
    """The columns of a list that its reader may see, and those that are shown."""

    page: str
    offered: tuple[str, ...]
    shown: tuple[str, ...]
    #: As the address asks for them; "" where it does not.
    asked: str

    @property
    def unusual(self) -> bool:
        """Whether others are shown than the usual ones."""
        return self.shown != usual_columns(self.page, self.offered).shown

    @property
    def heads(self) -> list[tuple[str, str]]:
        """What is shown, each with its words."""
        return [(name, gettext(COLUMNS[self.page][name].words)) for name in self.shown]

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """What may be chosen, each with its words and whether it is shown."""
        return [(name, gettext(COLUMNS[self.page][name].words), name in self.shown) for name in self.offered]


def columns_of(page: str, offered: Collection[str] | None = None) -> Columns:
    """Those that the address asks for, else those that the reader has chosen, else the usual ones. Raises InvalidForm for unknown ones."""
    usual = usual_columns(page, offered)
    asked = request.args.get("columns", "")
    wanted: Collection[str] | None = asked.split(",") if asked else None
    if wanted is not None and not set(wanted) <= {*COLUMNS[page], ""}:
        raise InvalidForm(fields={"columns": reasons.fields.NOT_A_CHOICE})
    if wanted is None and (person := viewer()) is not None:
        wanted = person.viewer.list_columns.get(page)
    shown = usual.shown if wanted is None else tuple(name for name in usual.offered if name in wanted)
    return replace(usual, shown=shown, asked=asked)


def usual_columns(page: str, offered: Collection[str] | None = None) -> Columns:
    """Those of a list for which nobody has chosen others."""
    known = COLUMNS[page]
    names = tuple(name for name in known if offered is None or name in offered)
    return Columns(page=page, offered=names, shown=tuple(name for name in names if known[name].usual), asked="")


@blueprint.post("/preferences/columns")
def choose() -> Response:
    """Keep the columns for the person, and show the list with them."""
    page = request.form.get("list", "")
    with page_transaction() as (db, actor):
        set_columns(db, actor, page, None if "usual" in request.form else request.form.getlist("column"))
    flash(gettext("The columns of this list are as you chose."))
    return redirect(local_path(request.form.get("page")) or url_for("home.show"), 303)


__all__ = ["Columns", "blueprint", "columns_of", "usual_columns"]
