"""What stands in the way of a case's end, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask_babel import gettext

from casework.definitions import load_library
from casework.errors import NobodyLeft
from casework.operations.core.staffing import AWAY, DID, Excluded, Obstacle, Prospect
from casework.web.shell.i18n import edition_text, role_name


def say_obstacles(error: NobodyLeft) -> tuple[str, ...]:
    return tuple(say_obstacle(one) for one in error.obstacles if isinstance(one, Obstacle))


def say_obstacle(one: Obstacle) -> str:
    """The deeds that nobody may do, who holds a role for them, and why each may not."""
    words = _of_edition(one.deeds[0][0])
    deeds = gettext(" and ").join(gettext("“%(do)s”", do=_of_edition(edition)(key)) for edition, key in one.deeds)
    if one.at_provider:
        return gettext("Nobody at the provider may do %(deeds)s.", deeds=deeds)
    names = gettext(", ").join(one.shared) or gettext("nobody")
    if len(one.deeds) > 1:
        told = gettext("%(deeds)s need different persons, and there is only %(names)s.", deeds=deeds, names=names)
    elif one.shared:
        told = gettext("%(deeds)s needs two persons, and there is only %(names)s.", deeds=deeds, names=names)
    elif not one.excluded:
        roles = gettext(", ").join(role_name(role) for role in one.roles)
        told = gettext("Nobody may do %(deeds)s: it is for %(roles)s.", deeds=deeds, roles=roles)
    elif len(one.excluded) == 1:
        name = one.excluded[0].name
        told = gettext(
            "Only %(name)s could still do %(deeds)s, but %(why)s.",
            name=name,
            deeds=deeds,
            why=_why(one.excluded[0], words),
        )
    else:
        why = gettext("; ").join(f"{who.name} {_why(who, words)}" for who in one.excluded)
        told = gettext("Nobody may do %(deeds)s: %(why)s.", deeds=deeds, why=why)
    return f"{told} {gettext('Another officer could, if the case were handed over.')}" if one.hand_over else told


def _why(who: Excluded, words: Callable[[str], str]) -> str:
    if who.why == DID:
        return gettext("did “%(do)s”", do=words(who.did))
    return gettext("is away") if who.why == AWAY else gettext("has declared an interest in the case")


def _of_edition(edition: str) -> Callable[[str], str]:
    return lambda key: edition_text(load_library()[edition], key)


def say_risks(found: Prospect) -> list[str]:
    """Everything that a supervisor should know of a case's prospect; nothing where it stands well."""
    told = [say_obstacle(one) for one in found.obstacles]
    return [*told, *([words] if (words := say_absences(found)) else [])]


def say_absences(found: Prospect) -> str:
    """How the case stands when people are away; "" where that needs no word."""
    if found.survives != 0:
        return ""
    return gettext("Nobody can finish it while %(names)s is away.", names=_either(name for _, name in found.needed))


def _either(names: Iterable[str]) -> str:
    return gettext(" or ").join(names)


__all__ = ["say_obstacle", "say_obstacles", "say_risks"]
