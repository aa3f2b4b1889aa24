"""Why somebody who reads what waits for a second person's word does not give it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from flask import request
from flask_babel import gettext

from casework.engine.roles import Role
from casework.web.shell.i18n import role_name

#: What the two buttons of a second person send.
AGREE, REFUSE = "agree", "refuse"


def pressed() -> str:
    """Which of the two buttons was pressed; "" where it was none of them."""
    said = request.form.get("decision", "")
    return said if said in (AGREE, REFUSE) else ""


def who_decides(person: str, *, asker: str | None, about: Collection[str | None], roles: Iterable[Role]) -> str:
    """Who decides, and where it is not the reader, why: who asked for it, or whom it is about, is no second person."""
    who = ", ".join(role_name(role) for role in roles)
    if person == asker:
        return gettext("You asked for it, so another person decides: %(roles)s.", roles=who)
    if person in about:
        return gettext("It is about you, so another person decides: %(roles)s.", roles=who)
    return gettext("It is decided by: %(roles)s.", roles=who)


__all__ = ["AGREE", "REFUSE", "pressed", "who_decides"]
