"""Words for the codes by which the engine gives its reasons."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext

from casework.operations.core.event_views import ByRows
from casework.web.shell.i18n import N_, listed

#: Why the rule of a queue led to somebody.
_WHY = {
    "only_one": N_("nobody else could have it"), "never": N_("the first of this queue for this person"),
    "turn": N_("it was this person's turn"), "fewest": N_("this person had the fewest open tasks"),
    "fewest_turn": N_("nobody had fewer open tasks, and it was this person's turn"),
    "knows": N_("this person has done the most in this case"),
    "has_all": N_("this person has every skill that it asks for"),
    "has_most": N_("this person has the most of the skills that it asks for"),
    "others_full": N_("others had as many as one may get"),
    "named": N_("the routing table names this person"),
    "named_away": N_("whom the routing table names could not have it"),
}  # fmt: skip


def say_why(reasons: Iterable[str], by_rows: ByRows | None = None) -> str:
    """Why the rule of a queue gave a task to somebody, in words; and by which rows of the programme's table."""
    why = "; ".join(gettext(_WHY[reason]) for reason in reasons if reason in _WHY)
    if by_rows is None:
        return why
    rows = listed(map(str, by_rows.rows))
    return gettext(
        "%(why)s (row %(rows)s of the routing table, version %(version)s)", why=why, rows=rows, version=by_rows.version
    )


#: Why somebody is suggested, or not.
REASONS = {
    "field": N_("works in this field"), "language": N_("speaks the parties\' languages"), "place": N_("works in this district"),
    "free": N_("has room"), "in_time": N_("answers in time"), "rated": N_("well rated"), "full": N_("is full"),
    "late": N_("often answers late"), "declined": N_("did not take it before"), "closed": N_("takes nothing now"),
    "conflict": N_("has a standing conflict with a party"), "at_work": N_("is asked or at work already"),
    "nobody": N_("has nobody who could answer"),
}  # fmt: skip
