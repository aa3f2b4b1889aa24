"""What is said in the reader's language: texts of editions, reasons of refusals, and the codes of roles and queues."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import Domain, get_locale, gettext
from markupsafe import Markup

from casework import reasons
from casework.engine.definition.editions import Edition
from casework.errors import CaseworkError, InvalidForm
from casework.reasons import Text, Why
from casework.reasons.base import N_ as N_
from casework.reasons.base import Terms, render
from casework.reasons.base import sentences as sentences
from casework.reasons.terms import ROLES
from casework.web.shell import dates

_WORKFLOWS = Domain(domain="workflows")


def chinese() -> bool:
    """Whether the reader reads Chinese."""
    locale = get_locale()
    return locale is not None and locale.language == "zh"


def listed(words: Iterable[object]) -> str:
    """Some words beside each other, with the reader's own comma."""
    beside: str = "、" if chinese() else ", "
    all_of_them: list[Any] = list(words)
    if any(isinstance(one, Markup) for one in all_of_them):
        return Markup(beside).join(all_of_them)
    return beside.join(map(str, all_of_them))


_UNITS = {"months": N_("months"), "days": N_("days")}


def say_unit(unit: str) -> str:
    """A unit in the reader's language where it is a word; what is a sign stays."""
    return gettext(_UNITS[unit]) if unit in _UNITS else unit


def gap() -> str:
    """What stands between two sentences: in Chinese nothing."""
    return "" if chinese() else " "


def labelled(what: object, more: object) -> str:
    """What something is or says behind its name, with the reader's own colon; markup where one of them is."""
    form = "{}：{}" if chinese() else "{}: {}"
    return (Markup(form) if isinstance(what, Markup) or isinstance(more, Markup) else form).format(what, more)


def edition_text(edition: Edition, key: str) -> str:
    """A text of an edition by its key ("transitions.refer.do"), in the reader's language."""
    return _READER.text(edition.as_reason(key))


class _Reader:
    """The language of whoever reads the page."""

    def gettext(self, words: str) -> str:
        # Without values it formats nothing, so a stray % is safe.
        return gettext(words)

    def text(self, text: Text) -> str:
        return str(_WORKFLOWS.pgettext(text.code, text.words)) if text.words and chinese() else text.words

    def term(self, terms: Terms, code: str) -> str:
        words = terms.name(code)
        return gettext(words) if code in terms.words else words

    def day(self, iso: str) -> str:
        try:
            return dates.name_day(dates.read_day(iso), chinese=chinese(), year=True)
        except ValueError:
            # What somebody wrote for a day, and is none.
            return iso


_READER = _Reader()


def say(why: Why) -> str:
    """Why something was refused, in the reader's language."""
    return render(why, _READER)


def say_error(error: CaseworkError) -> str:
    """What an error says, in the reader's language."""
    return say(error.reason)


#: What a page says otherwise than a program hears it: what to do, and no codes.
_ON_PAGES = {
    reasons.fields.REQUIRED.code: reasons.fields.UNANSWERED,
    reasons.fields.ONE_OF.code: reasons.fields.UNANSWERED,
    reasons.fields.MUST_BE_YES.code: reasons.fields.ONLY_YES,
    reasons.fields.MUST_BE_NO.code: reasons.fields.ONLY_NO,
}


def say_faults(error: InvalidForm) -> dict[str, str]:
    """Why each field of a form was refused, by its name, as what to do."""
    return {name: say(_ON_PAGES.get(why.code, why)) for name, why in error.fields.items()}


def role_name(code: str) -> str:
    """What a role, or the queue that is named after it, is called."""
    return _READER.term(ROLES, code)


def name_of(thing: object) -> str:
    """The name of a thing that may have a Chinese one: a mapping or an object with name and name_zh."""

    def get(key: str) -> object:
        return thing.get(key) if isinstance(thing, Mapping) else getattr(thing, key, None)

    return str((get("name_zh") if chinese() else None) or get("name") or "")
