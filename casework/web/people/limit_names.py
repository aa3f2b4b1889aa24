"""How the limits of a programme are told: what each is called, the article that sets it, and how long it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flask_babel import gettext, ngettext

from casework.definitions import load_library
from casework.operations.deadlines.views import OwnLimit
from casework.web.shell.i18n import N_, edition_text


def limit_names(own: Iterable[OwnLimit]) -> dict[str, str]:
    """What each limit is called; those of one workflow and name say when their task is opened as well, or have a number."""
    own = list(own)
    opened = {one.what.removesuffix(".after"): say_limit(one, one.own or one.n) for one in own if one.kind == "appears"}
    plain = {one.what: (one.workflow, limit_name(one)) for one in own}
    same = Counter(plain.values())
    called = {
        what: (said[0], named_by(said[1], when))
        if same[said] > 1 and (when := opened.get(what.removesuffix(".after")))
        else said
        for what, said in plain.items()
    }
    shared, seen = Counter(called.values()), Counter[tuple[str, str]]()
    names = {}
    for what, said in called.items():
        seen[said] += 1
        names[what] = said[1] if shared[said] == 1 else named_by(said[1], seen[said])
    return names


def named_by(name: str, more: object) -> str:
    """A name, with what tells it apart in brackets."""
    return gettext("%(name)s (%(number)s)", name=name, number=more)


def limit_name(one: OwnLimit) -> str:
    """What a limit is one of: a step or task, or a rule; and where it is not when that is due, what happens then."""
    name = edition_text(load_library()[one.edition], one.words)
    return gettext(_KINDS[one.kind], name=name) if one.kind in _KINDS else name


#: What happens when a limit runs out, but for a date on which something is due.
_KINDS = {
    "appears": N_("%(name)s: when it is opened"),
    "fires": N_("%(name)s: by itself"),
    "answered": N_("%(name)s: when the answer is wanted"),
    "remind": N_("%(name)s: reminder"),
    "escalate": N_("%(name)s: told to officer and supervisor"),
    "flag": N_("%(name)s: flagged as late"),
}


def law_name(one: OwnLimit) -> str:
    """The article that sets a limit."""
    return edition_text(load_library()[one.edition], f"laws.{one.law}")


def say_limit(one: OwnLimit, n: int) -> str:
    """How long a limit is with so many, and from when it counts."""
    if one.n == 0:
        return gettext("the day that a form names")
    length = say_length(n, one.unit)
    if one.since is None:
        return length
    if one.back:
        return gettext("%(length)s before the day that a form names", length=length)
    return gettext("%(length)s after the day that a form names", length=length)


def say_length(n: int, unit: str) -> str:
    if unit == "times":
        return ngettext("%(num)d time", "%(num)d times", n)
    if unit == "pc":
        return gettext("%(n)s per cent a year", n=n)
    if unit == "wd":
        return ngettext("%(num)d working day", "%(num)d working days", n)
    if unit == "mo":
        return ngettext("%(num)d month", "%(num)d months", n)
    return ngettext("%(num)d calendar day", "%(num)d calendar days", n)
