"""Why a limit of a programme's own is refused."""

from __future__ import annotations

from casework.reasons.base import N_, Reason, reason, template

OF_LAW = template("limits.of_law", N_("is a limit of law, which nobody here changes: %(law)s"))
NOT_OURS = reason("limits.not_ours", N_("is a day that a form names"))
HERE = template("limits.here", N_("%(limit)s: %(length)s."))
REMINDED_FIRST = template(
    "limits.reminded_first",
    N_("must leave time for the reminder: one is asked %(asked)s and reminded %(reminded)s days before the last day"),
)
SAME = reason("limits.same", N_("Nothing is changed: the limit is like this already."))

_ONE = {
    "wd": reason("limits.working_day", N_("1 working day")),
    "cd": reason("limits.calendar_day", N_("1 calendar day")),
    "mo": reason("limits.month", N_("1 month")),
    "times": reason("limits.one_time", N_("1 time")),
    "pc": reason("limits.one_per_cent", N_("1 per cent a year")),
}
_MANY = {
    "wd": template("limits.working_days", N_("%(n)s working days")),
    "cd": template("limits.calendar_days", N_("%(n)s calendar days")),
    "mo": template("limits.months", N_("%(n)s months")),
    "times": template("limits.times", N_("%(n)s times")),
    "pc": template("limits.per_cent", N_("%(n)s per cent a year")),
}


def length(n: int, unit: str) -> Reason:
    """How long a limit is."""
    return _ONE[unit] if n == 1 else _MANY[unit](n=n)
