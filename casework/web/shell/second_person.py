"""Why somebody who reads what waits for a second person's word does not give it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request
from flask_babel import gettext

from casework.web.shell.i18n import listed, sentences

#: What the two buttons of a second person send.
AGREE, REFUSE = "agree", "refuse"


def pressed() -> str:
    """Which of the two buttons was pressed; "" where it was none of them."""
    said = request.form.get("decision", "")
    return said if said in (AGREE, REFUSE) else ""


def who_decides(
    roles: Iterable[str], *, asked: bool, about: bool = False, taken_by: str = "", why: Iterable[str] = ()
) -> str:
    """Who decides, and where it is not the reader, why: who asked for it, or whom it is about, is no second person.

    `roles` by name; `why` is what else stands against the reader, `taken_by` who holds it already.
    """
    who = listed(roles)
    if asked:
        return gettext("You asked for it, so another person decides: %(roles)s.", roles=who)
    if about:
        return gettext("It is about you, so another person decides: %(roles)s.", roles=who)
    if taken_by:
        return sentences([*why, gettext("%(name)s has taken it, and decides.", name=taken_by)])
    return sentences([*why, gettext("It is decided by: %(roles)s.", roles=who)])


__all__ = ["AGREE", "REFUSE", "pressed", "who_decides"]
