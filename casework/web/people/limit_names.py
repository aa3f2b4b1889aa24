"""How the limits of a programme are told: what each is called, the article that sets it, and how long it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from flask_babel import gettext, ngettext

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.definition.own_limits import ASKED_BEFORE, CATALOGUE, REMINDED_BEFORE, limits_of
from casework.operations.core.i18n import SERVICES
from casework.operations.deadlines.views import OwnLimit
from casework.web.shell.i18n import N_, edition_text, listed


def limit_names(own: Iterable[OwnLimit]) -> dict[str, str]:
    """What each limit is called; those of one workflow and name say when their task is opened as well, or have a number."""
    own = list(own)
    opened = {
        one.what.removesuffix(".after"): say_length(one.own or one.n, one.unit) for one in own if one.kind == "appears"
    }
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
    name = gettext(_OF_CATALOGUE[one.what]) if one.edition is None else edition_text(_edition(one), one.words)
    return gettext(_KINDS[one.kind], name=name) if one.kind in _KINDS else name


def _edition(one: OwnLimit) -> Edition:
    assert one.edition is not None, "a limit of the catalogue has neither a law nor a form"
    return load_library()[one.edition]


#: What the limits of the catalogue are called, and all of them together.
_OF_CATALOGUE = {
    ASKED_BEFORE.what: N_("Before the last day of a need, whoever stated it is asked whether it still holds"),
    REMINDED_BEFORE.what: N_("Before the last day of a need, whoever was asked and has not answered is reminded"),
}
_CATALOGUE = N_("Needs and technologies")


def limits_title(workflow: str) -> str:
    """What the workflow is called whose limits they are, or the catalogue."""
    return gettext(_CATALOGUE if workflow == CATALOGUE else SERVICES.get(workflow, workflow))


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
    return edition_text(_edition(one), f"laws.{one.law}")


def say_limit(one: OwnLimit, n: int) -> str:
    """How long a limit is with so many, and from which day of which form it counts."""
    length = say_length(n, one.unit)
    if one.since is None:
        return length
    days = _said_days(one)
    if one.n == 0:
        return gettext("the day asked as %(fields)s (%(forms)s)", **days)
    if one.back:
        return gettext("%(length)s before the day asked as %(fields)s (%(forms)s)", length=length, **days)
    return gettext("%(length)s after the day asked as %(fields)s (%(forms)s)", length=length, **days)


def _said_days(one: OwnLimit) -> dict[str, str]:
    """Which questions ask from when a limit counts, and which forms have them."""
    edition = _edition(one)
    asked = _asked(edition.fingerprint)[one.what]
    forms, fields = ([edition_text(edition, pair[n]) for pair in asked] for n in (0, 1))
    return {
        "fields": listed(gettext("“%(name)s”", name=name) for name in dict.fromkeys(fields)),
        "forms": listed(dict.fromkeys(forms)),
    }


@lru_cache
def _asked(edition: str) -> dict[str, tuple[tuple[str, str], ...]]:
    """By limit, the keys of what asks for its day."""
    return {limit.what: limit.asked for limit in limits_of(load_library()[edition])}


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
