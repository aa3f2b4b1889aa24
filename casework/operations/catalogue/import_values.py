"""Numbers and days as the world writes them: read where they can mean one thing only, and refused where they can mean two."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from casework import reasons
from casework.operations.catalogue.import_faults import Wrong

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?")
_BY_COMMAS = re.compile(r"-?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]+)?")
_BY_POINTS = re.compile(r"-?[1-9][0-9]{0,2}(?:(\.[0-9]{3})+,[0-9]+|(\.[0-9]{3}){2,})")
_BY_BLANKS = re.compile(r"-?[1-9][0-9]{0,2}(?:[ \u00a0\u2009\u202f'’][0-9]{3})+(?:[.,][0-9]+)?")
_COMMA = re.compile(r"-?[0-9]+,[0-9]+")
#: One mark before three digits: thousands to some, a fraction to others.
_EITHER = re.compile(r"-?[1-9][0-9]{0,2}[.,][0-9]{3}")


def read_number(words: str, *, semicolons: bool = False) -> Decimal:
    """The number. In a file with semicolons between its cells a comma may begin a fraction, so `1,234` and `1.234` are refused there."""
    words = words.strip()
    if semicolons and _EITHER.fullmatch(words):
        raise Wrong(reasons.imports.NUMBER_IN_DOUBT)
    if _BY_COMMAS.fullmatch(words):
        words = words.replace(",", "")
    elif _BY_POINTS.fullmatch(words):
        words = words.replace(".", "").replace(",", ".")
    elif _BY_BLANKS.fullmatch(words):
        words = re.sub("[ \u00a0\u2009\u202f'’]", "", words).replace(",", ".")
    elif _COMMA.fullmatch(words):
        words = words.replace(",", ".")
    if not _NUMBER.fullmatch(words):
        raise Wrong(reasons.imports.NOT_NUMBER_POINT if "," in words else reasons.fields.NOT_A_NUMBER)
    try:
        number = Decimal(words)
    except InvalidOperation:
        raise Wrong(reasons.fields.NOT_A_NUMBER) from None
    if number and (number.adjusted() >= 15 or -int(number.as_tuple().exponent) > 6):
        raise Wrong(reasons.fields.TOO_MANY_DIGITS)
    return number


# --- days ------------------------------------------------------------------------------------------------------------

_YEAR_FIRST = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})-([0-9]{2})(?:[T ][0-9:.,+Z-]{4,24})?|([./])([0-9]{1,2})\4([0-9]{1,2}))"
)
_CHINESE = re.compile(r"([0-9]{4})\s?年\s?([0-9]{1,2})\s?月\s?([0-9]{1,2})\s?日")
_WITH_POINTS = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})")
_WITH_BARS = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4})")
_DAY_NAMED = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|\.)?[ -]([A-Za-z]{3,9})\.?,?[ -]([0-9]{4})")
_MONTH_NAMED = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def read_day(words: str) -> date:
    """The day, written with its year first, with points, with a month's name, or by bars where only one order is possible."""
    words = words.strip()
    year, month, day = _parts(words)
    try:
        told = date(year, month, day)
    except ValueError:
        raise Wrong(reasons.imports.NO_DAY(day=words)) from None
    if not 1900 <= told.year <= 2199:
        raise Wrong(reasons.fields.YEARS)
    return told


def _parts(words: str) -> tuple[int, int, int]:
    if len(words) > 40:
        raise Wrong(reasons.fields.DAY_FORM)
    if found := _YEAR_FIRST.fullmatch(words):
        return int(found[1]), int(found[2] or found[5]), int(found[3] or found[6])
    if found := _CHINESE.fullmatch(words):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _WITH_POINTS.fullmatch(words):
        return int(found[3]), int(found[2]), int(found[1])
    if found := _WITH_BARS.fullmatch(words):
        return _by_bars(int(found[1]), int(found[3]), int(found[4]))
    if found := _DAY_NAMED.fullmatch(words):
        return int(found[3]), _month(found[2]), int(found[1])
    if found := _MONTH_NAMED.fullmatch(words):
        return int(found[3]), _month(found[1]), int(found[2])
    raise Wrong(reasons.fields.DAY_FORM)


def _by_bars(one: int, two: int, year: int) -> tuple[int, int, int]:
    if one != two and 1 <= one <= 12 and 1 <= two <= 12:
        raise Wrong(
            reasons.imports.DAY_IN_DOUBT(one=f"{year:04}-{two:02}-{one:02}", two=f"{year:04}-{one:02}-{two:02}")
        )
    return (year, one, two) if two > 12 else (year, two, one)


def _month(name: str) -> int:
    for number, month in enumerate(_MONTHS, 1):
        if name.casefold() in (month, month[:3]) or (name.casefold(), number) == ("sept", 9):
            return number
    raise Wrong(reasons.fields.DAY_FORM)
