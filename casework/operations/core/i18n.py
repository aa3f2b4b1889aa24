"""What is said outside the pages, in mails and letters: catalogues, days and moments in a language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from babel.dates import format_date, get_timezone_location
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from casework.definitions import load_library
from casework.operations.core.notice_words import N_
from casework.operations.core.text_catalogues import catalogue

#: What each kind of referral is called.
SERVICES = {
    "assessment": N_("green technology assessment"), "ip": N_("check of intellectual property"),
    "pledge": N_("pledge loan"), "finance": N_("green finance"), "agreement": N_("agreement"),
    "deployment": N_("deployment"), "mediation": N_("mediation"), "verification": N_("verification"), "case": N_("case"),
}  # fmt: skip

#: What each kind of IP right is called.
KINDS_OF_RIGHTS = {
    "invention": N_("invention patent"), "utility_model": N_("utility model"), "design": N_("design"),
    "software": N_("software copyright"), "know_how": N_("know-how"), "trade_secret": N_("trade secret"),
    "plant_variety": N_("plant variety"), "application": N_("pending application"), "other": N_("other right"),
}  # fmt: skip

#: The zone of the office, and what it is called.
BEIJING, _BEIJING_TIME, _PLACE_TIME = "Asia/Shanghai", N_("Beijing time"), N_("%(place)s time")


@dataclass(frozen=True)
class Speech:
    """A reader's language."""

    chinese: bool

    def gettext(self, words: str, **given: object) -> str:
        return catalogue("messages", self.chinese).gettext(words) % given

    def ngettext(self, one: str, many: str, num: int, **given: object) -> str:
        return catalogue("messages", self.chinese).ngettext(one, many, num) % ({"num": num} | given)

    def day(self, day: date) -> str:
        form = "y年M月d日 EEE" if self.chinese else "EEE d MMM y"
        return format_date(day, form, locale="zh_Hans" if self.chinese else "en")

    def date_of_letter(self, day: date) -> str:
        """A day as it stands under a letter: written out, and not of which week."""
        return format_date(day, "y年M月d日" if self.chinese else "d MMMM y", locale="zh_Hans" if self.chinese else "en")

    def zone(self, zone: str) -> str:
        """Whose time a moment is told in: Beijing time; elsewhere by the place."""
        if zone == BEIJING:
            return self.gettext(_BEIJING_TIME)
        locale = "zh_Hans" if self.chinese else "en"
        return self.gettext(_PLACE_TIME, place=get_timezone_location(zone, locale=locale, return_city=True))

    def edition_text(self, edition: str | None, key: str | None) -> str:
        """A text of an edition, such as what a step asks for; "" where it has none."""
        if edition is None or key is None:
            return ""
        published = load_library()[edition]
        said = published.text(key)
        return catalogue("workflows", self.chinese).pgettext(f"{published.workflow}.{key}", said) if said else ""


@cache
def templates(chinese: bool) -> Environment:
    """Our templates, in a language; nothing that was typed is taken for markup in one that ends with .html."""
    environment = Environment(
        loader=PackageLoader("casework.templates", ""),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(catalogue("messages", chinese), newstyle=True)  # type: ignore[attr-defined]  # the i18n extension adds the method
    return environment
