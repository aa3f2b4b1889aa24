"""What a retention class says, in the reader's words."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from casework.definitions import load_library
from casework.engine.parts import MAIN
from casework.engine.retention import ARCHIVED, OTHER, REMOVED
from casework.json_values import JsonValue
from casework.operations.core.i18n import SERVICES
from casework.operations.people.retention_views import ClassChanged, ClassShown
from casework.web.shell.i18n import N_, edition_text, listed, name_of

#: What becomes of the contents of cases when their years are over.
FATES = {REMOVED: N_("its contents are removed"), ARCHIVED: N_("its contents go into the archive")}


def kind_name(code: str) -> str:
    """What a service or workflow is called."""
    if code in SERVICES:
        return gettext(SERVICES[code])
    newest = load_library().latest(code)
    return code if newest is None else edition_text(newest, "title")


def outcome_name(code: str) -> str:
    """How a case ended, in words."""
    edition = load_library().playing(MAIN)
    key = edition.codes_of("outcome").get(code) if edition is not None else None
    return edition_text(edition, key) if edition is not None and key else code


def say_years(years: int | None, fate: str) -> str:
    """For how long cases are kept, and that they go into the archive then."""
    if years is None:
        return gettext("for good")
    kept = ngettext("%(num)d year after closing", "%(num)d years after closing", years)
    return gettext("%(years)s, then in the archive", years=kept) if fate == ARCHIVED else kept


def say_class(one: ClassShown) -> tuple[str, str]:
    """For how long a class is kept, and which cases it takes."""
    years = say_years(one.years, one.fate)
    if one.code == OTHER:
        return years, gettext("every case that no other class takes")
    takes = []
    if one.kinds:
        takes.append(gettext("in which one of these began: %(kinds)s", kinds=listed(map(kind_name, one.kinds))))
    if one.outcomes:
        takes.append(gettext("that ended so: %(outcomes)s", outcomes=listed(map(outcome_name, one.outcomes))))
    return years, gettext("cases %(which)s", which=" · ".join(takes))


def say_change(change: ClassChanged) -> tuple[str, str, str]:
    """The name of a class, and what it says before and after."""
    there = change.after or change.before
    before, after = (" · ".join(say_class(one)) if one else "" for one in (change.before, change.after))
    return name_of(there) if there else change.code, before, after or gettext("ended")


def say_entry_of_class(name: str, before: JsonValue, after: JsonValue) -> tuple[str, str, str]:
    """What an entry of the history says of a class."""
    was, now = (ClassShown(**one) if isinstance(one, dict) else None for one in (before, after))
    return say_change(ClassChanged(code=name.partition(".")[2], before=was, after=now))


__all__ = ["FATES", "kind_name", "outcome_name", "say_change", "say_class", "say_entry_of_class", "say_years"]
