"""The countries that a form offers, by their names in the reader's language."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from babel import Locale

from casework.web.shell.form_fields import FormView
from casework.web.shell.layout import country_name

#: What the words of languages know as territories, and ISO 3166-1 does not as countries.
_NO_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"})
#: The codes of ISO 3166-1.
COUNTRIES = tuple(
    sorted(
        code
        for code in map(str, Locale("en").territories)
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    )
)


def countries() -> list[tuple[str, str]]:
    """Code and name of each country, by name."""
    return sorted(((code, country_name(code)) for code in COUNTRIES), key=lambda one: _order(one[1]))


def _order(name: str) -> tuple[bool, bytes]:
    """Latin letters as if they had no marks; Chinese ones by their sound, as their national standard has them in order."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return not bare.isascii(), bare.casefold().encode("gb18030")


def with_countries(view: FormView, name: str = "country") -> FormView:
    """The form with the names of countries to choose from, where it asks for one."""
    offered = tuple(countries())
    return replace(
        view, fields=tuple(replace(one, choices=offered) if one.name == name else one for one in view.fields)
    )


__all__ = ["COUNTRIES", "countries", "with_countries"]
