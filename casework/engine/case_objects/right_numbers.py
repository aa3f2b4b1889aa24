"""Numbers of IP rights as they are compared: without signs, the country before them, their check digit and the code of what was
published. The database does the same for its indexes (`casework_right_number`); a test holds the two together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import normalize

from casework.engine.case_objects.countries import HERE, is_country
from casework.engine.case_objects.offices import country_of_office

#: Patents of China have this before their number, which is that of the application.
_GRANTED_HERE = "ZL"
#: Offices of several countries, by what stands before their numbers.
_OFFICES = {"EP": "EPO", "WO": "WIPO"}
_CODES = {office: code for code, office in _OFFICES.items()}
_CHECKED = re.compile(r"^([0-9]{12}|[0-9]{8})\.[0-9X]$|^((?:19|20)[0-9]{10})[0-9X]$", re.ASCII)
_PUBLISHED = re.compile(r"^((?:[A-Z]{2})?[0-9]{6,})[A-Z][0-9]?$", re.ASCII)


def plain_number(office: str | None, number: str | None) -> str | None:
    """A number as it is compared, of an office as it is recorded; None where nothing of it can be."""
    plain = re.sub(r"[^0-9A-Z.]+", "", _large(normalize("NFKC", number or "")))
    code = _large(office or "")
    for before in (_GRANTED_HERE, HERE, _CODES.get(code, code)):
        if len(before) == 2 and plain.startswith(before) and plain[2:3].isdigit():
            plain = plain[2:]
            break
    if found := _CHECKED.match(plain):
        plain = found[1] or found[2]
    plain = _PUBLISHED.sub(r"\1", plain.replace(".", ""))
    return plain if re.search("[0-9]", plain) else None


def number_forms(words: str) -> list[tuple[str, str]]:
    """What the words may be as the number of a right: each with the office that alone may have it, "" for any."""
    return list(dict.fromkeys(_forms(words)))


def _forms(words: str) -> Iterator[tuple[str, str]]:
    letters = re.sub(r"[^0-9A-Z]+", "", _large(normalize("NFKC", words)))
    before, after = letters[:2], letters[2:3]
    if not (number := plain_number(None, words)):
        return
    if before in (_GRANTED_HERE, HERE) and after.isdigit():
        yield number, HERE
    else:
        yield number, ""
    if after.isdigit() and before != HERE and (is_country(before) or before in _OFFICES):
        for office in filter(None, (before, _OFFICES.get(before))):
            yield plain_number(before, words) or number, office
    # The check digit of an old application, without the point before it.
    if re.fullmatch(r"(ZL|CN)?[0-9]{8}[0-9X]", letters, re.ASCII):
        yield letters[-9:-1], HERE
    first, _, rest = words.strip().partition(" ")
    if (country := country_of_office(first)) and (number := plain_number(country, rest)):
        yield number, country


def _large(said: str) -> str:
    """In capital letters, those of English alone: so do databases, whatever their language."""
    return "".join(letter.upper() if letter.isascii() else letter for letter in said)
