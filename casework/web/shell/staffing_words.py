"""What stands in the way of a case's end, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext

from casework.definitions import load_library
from casework.errors import NobodyLeft
from casework.operations.core import staffing
from casework.operations.core.staffing import Prospect
from casework.web.shell.i18n import say


def say_obstacles(error: NobodyLeft) -> tuple[str, ...]:
    """Each by itself."""
    return tuple(say(why) for why in error.reasons)


def say_risks(prospect: Prospect) -> list[str]:
    """Everything that a supervisor should know of a case's prospect; nothing where it stands well."""
    risks = [say(staffing.say(obstacle, load_library())) for obstacle in prospect.obstacles]
    return [*risks, *([words] if (words := say_absences(prospect)) else [])]


def say_absences(prospect: Prospect) -> str:
    """How the case stands when people are away; "" where that needs no word."""
    if prospect.survives != 0:
        return ""
    return gettext("Nobody can finish it while %(names)s is away.", names=_either(name for _, name in prospect.needed))


def _either(names: Iterable[str]) -> str:
    return gettext(" or ").join(names)


__all__ = ["say_obstacles", "say_risks"]
