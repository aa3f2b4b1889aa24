"""The countries and regions that a form offers, by their names in the reader's language."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from flask_babel import gettext

from casework import reasons
from casework.engine.case_objects.countries import COUNTRIES, HERE, is_country
from casework.web.shell.form_fields import Field, FormView
from casework.web.shell.i18n import say
from casework.web.shell.layout import country_name


def countries() -> list[tuple[str, str]]:
    """Code and name of each country or region, by name."""
    return sorted(((code, country_name(code)) for code in COUNTRIES), key=lambda one: _order(one[1]))


def countries_from_here() -> tuple[tuple[str, str], ...]:
    """The same, first the one where programmes are."""
    return tuple(sorted(countries(), key=lambda one: one[0] != HERE))


def _order(name: str) -> tuple[bool, bytes]:
    """Latin letters as if they had no marks; Chinese ones by their sound, as their national standard has them in order."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return not bare.isascii(), bare.casefold().encode("gb18030")


def with_countries(view: FormView, name: str = "country") -> FormView:
    """The form with the names of countries to choose from, where it asks for one: first the one where programmes are."""
    offered = countries_from_here()
    return replace(view, fields=tuple(_offering(one, offered) if one.name == name else one for one in view.fields))


def _offering(field: Field, offered: tuple[tuple[str, str], ...]) -> Field:
    """What stands in it and is no code is offered too, and refused as such: nobody empties it without saying so."""
    strange = tuple(code for code in field.values if code and not is_country(code))
    words = tuple((code, gettext("%(code)s (no code of a country or region)", code=code)) for code in strange)
    fault = say(reasons.fields.NO_COUNTRY) if strange and field.fault else field.fault
    return replace(field, choices=words + offered, fault=fault)


__all__ = ["COUNTRIES", "countries", "countries_from_here", "with_countries"]
