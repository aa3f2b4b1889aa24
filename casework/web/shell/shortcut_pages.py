"""What single keys do in the pages, said in one table from which the page and its script's tests are made."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from casework.web.shell.i18n import N_
from casework.web.shell.session import current_actor

blueprint = Blueprint("shortcuts", __name__)


@dataclass(frozen=True)
class Shortcut:
    """Keys as one presses them, and what they do."""

    keys: tuple[str, ...]
    words: str
    #: Works also where single letters are switched off (WCAG 2.2, 2.1.4).
    always: bool = False


SHORTCUTS = (
    Shortcut(("Ctrl", "K"), N_("Go to a case, a page or an action"), always=True),
    Shortcut(("Ctrl", "Enter"), N_("Send the form you are in"), always=True),
    Shortcut(("/",), N_("Search")),
    Shortcut(("n",), N_("Take the next task")),
    Shortcut(("j",), N_("Next row of the list")),
    Shortcut(("k",), N_("Previous row of the list")),
    Shortcut(("o",), N_("Open the row")),
    Shortcut(("x",), N_("Select the row")),
    Shortcut(("s",), N_("Shortlist the candidate, or take it off")),
    Shortcut(("r",), N_("Refuse the candidate")),
    Shortcut(("c",), N_("Compare the selected candidates")),
    Shortcut(("a",), N_("Accept the candidate; elsewhere go to the next action, or into the form")),
    Shortcut(("p",), N_("Where a case is shown as it was: to the entry before")),
    Shortcut(("f",), N_("Where a case is shown as it was: to the entry after")),
    Shortcut((".",), N_("Open “More actions”")),
    Shortcut(("g", "w"), N_("Go to your work")),
    Shortcut(("g", "q"), N_("Go to the queues")),
    Shortcut(("g", "c"), N_("Go to the cases")),
    Shortcut(("?",), N_("Show these shortcuts")),
)


@blueprint.get("/keys")
def show() -> str:
    """The list of shortcuts; for the script only the list."""
    current_actor()
    fragment = "X-Casework" in request.headers
    return render_template("shell/shortcut_list.html" if fragment else "shell/shortcuts.html", shortcuts=SHORTCUTS)
