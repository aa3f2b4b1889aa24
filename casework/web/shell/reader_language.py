"""How the operations' words are said in the reader's language."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext, ngettext

from casework.definitions import load_library
from casework.web.shell import dates
from casework.web.shell.i18n import edition_text
from casework.web.shell.layout import clock


class _Speech:
    """The reader's language."""

    @property
    def chinese(self) -> bool:
        return clock().chinese

    def gettext(self, words: str, **given: object) -> str:
        return str(gettext(words, **given))

    def ngettext(self, one: str, many: str, num: int, **given: object) -> str:
        return str(ngettext(one, many, num, **given))

    def day(self, day: date) -> str:
        return dates.say_day(day, clock())

    def edition_text(self, edition: str | None, key: str | None) -> str:
        published = load_library().editions.get(edition or "")
        return edition_text(published, key) if published is not None and key else ""


SPEECH = _Speech()
