"""What a cell of an import may hold, checked and cleaned.

A text keeps its words, capitals and odd letters; doubled blanks, marks of HTML and doubled sentences go. What its readers
would not see, control characters and those that turn the order of letters, is refused. Whatever looks like a formula is a
text like any other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from casework import reasons
from casework.engine.case_objects.countries import is_country
from casework.engine.case_objects.money import CURRENCIES
from casework.engine.case_objects.technology_details import codes_of, required_of
from casework.engine.definition.names import is_plain
from casework.engine.definition.plain_text import visible
from casework.errors import InvalidForm
from casework.operations.catalogue.catalogue_text import says_nothing, undoubled, without_marks
from casework.operations.catalogue.import_faults import Wrong
from casework.operations.catalogue.import_values import read_day, read_number
from casework.reasons import Why

_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:[0-9]+)?(/\S*)?")


def _words(value: Any) -> str:
    if type(value) is str and value.isascii() and value.isprintable():
        # Nearly every text is: there is nothing in it to refuse, and nothing to write otherwise.
        return value
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise Wrong(reasons.fields.TEXT)
    words = unicodedata.normalize("NFC", str(value))
    if _REFUSED.search(words):
        raise Wrong(_why_refused(words))
    return words.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")


def _why_refused(words: str) -> Why:
    if "\0" in words:
        return reasons.imports.NUL
    if (found := _UNSEEN.search(words)) is None:
        return reasons.imports.HALF
    code = f"{ord(found[0]):04X}"
    return reasons.imports.TURNS_ORDER(code=code) if found[0] > "\x9f" else reasons.imports.CONTROL(code=code)


#: Control characters but for blanks and ends of lines, and what overrides the direction of writing.
_UNSEEN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
#: These, what ends a text for the database, and half a character.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _line(longest: int, *, plain: bool = False, marked: bool = True) -> BeforeValidator:
    def check(value: Any) -> str:
        told = _words(value)
        if marked and ("<" in told or "&" in told):
            told = without_marks(told)
        words = " ".join((told if plain else visible(told)).split())
        if plain and not is_plain(words):
            raise Wrong(reasons.imports.UNSEEN)
        if not words:
            raise Wrong(reasons.imports.MISSING)
        if len(words) > longest:
            raise Wrong(reasons.imports.LONG(length=f"{len(words):,}", most=f"{longest:,}"))
        return words

    return BeforeValidator(check)


def _seen(value: Any) -> str:
    words = _words(value)
    return visible(without_marks(words) if "<" in words or "&" in words else words)


def _text(value: Any) -> str:
    seen = undoubled(_seen(value))
    if "\n" in seen:
        lines = "\n".join(" ".join(line.split()) for line in seen.split("\n"))
        words = re.sub(r"\n{3,}", "\n\n", lines).strip()
    else:
        words = " ".join(seen.split())
    if len(words) > 100_000:
        raise Wrong(reasons.imports.LONG(length=f"{len(words):,}", most="100,000"))
    return words


def _number(value: Any, info: ValidationInfo) -> Decimal:
    return read_number(_words(value), semicolons=bool((info.context or {}).get("semicolons")))


def _amount(value: Any, info: ValidationInfo) -> Decimal:
    number = _number(value, info)
    if number < 0:
        raise Wrong(reasons.fields.NOT_NEGATIVE)
    return number


def _currency(value: Any) -> str:
    code = _words(value).strip().upper()
    if code == "RMB":
        raise Wrong(reasons.imports.WRITE_CNY)
    if code not in CURRENCIES:
        raise Wrong(reasons.imports.NO_CURRENCY)
    return code


def _country(value: Any) -> str:
    code = _words(value).strip().upper()
    if not is_country(code):
        raise Wrong(reasons.imports.NO_COUNTRY)
    return code


def _level(value: Any) -> int:
    digits = _words(value).strip()
    if not re.fullmatch("[0-9]{1,3}", digits) or not 1 <= int(digits) <= 9:
        raise Wrong(reasons.imports.NO_LEVEL)
    return int(digits)


def _day(value: Any) -> date:
    return read_day(_words(value))


def _yes_no(value: Any) -> bool:
    told = str(value).strip().casefold()
    answer = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(told)
    if answer is None:
        raise Wrong(reasons.imports.YES_OR_NO)
    return answer


def _web(value: Any) -> str:
    # Catalogues write words behind an address; those are left out.
    address = next(iter(_words(value).split()), "")
    # Anything else, such as javascript:, would become a dangerous link on a page.
    if len(address) > 2_000 or not (re.fullmatch(r"https?://\S+", address) or _HOST.fullmatch(address)):
        raise Wrong(reasons.imports.NO_ADDRESS)
    return address


def _several(value: Any) -> list[str]:
    parts = map(_seen, value) if isinstance(value, list) else _seen(value).split(";")
    entries = [" ".join(part.split()) for part in parts]
    entries = [entry for entry in entries if not says_nothing(entry, place=True)]
    if len(entries) > 200 or any(len(entry) > 500 for entry in entries):
        raise Wrong(reasons.imports.TOO_MANY_ENTRIES)
    return list(dict.fromkeys(entries))


#: As the European Union writes two countries; they are the codes of no others.
_AS_THE_UNION_WRITES = {"UK": "GB", "EL": "GR"}


def _places(value: Any) -> list[str]:
    """Countries by their codes, however these are written; what is no code stays as it is."""
    if isinstance(value, str) and is_country(value):
        # Most cells are one code.
        return [value]
    return list(dict.fromkeys(map(_place, _several(value))))


def _place(words: str) -> str:
    if is_country(words):
        return words
    code = words.upper()
    code = _AS_THE_UNION_WRITES.get(code, code)
    return code if is_country(code) else words


def _codes(value: Any, info: ValidationInfo) -> list[str]:
    given = _several(value.replace(",", ";") if isinstance(value, str) and info.field_name == "ipc" else value)
    try:
        return codes_of(str(info.field_name), given)
    except InvalidForm as refused:
        raise Wrong(next(iter(refused.fields.values()))) from None


def _required(value: Any) -> list[str]:
    try:
        return required_of(_several(value))
    except InvalidForm as refused:
        raise Wrong(next(iter(refused.fields.values()))) from None


def _benefits(value: Any) -> list[str]:
    return _several(value.replace(",", ";") if isinstance(value, str) and ";" not in value else value)


def one_of(codes: Collection[str]) -> BeforeValidator:
    """One of these codes, however its letters are written."""

    def check(value: Any) -> str:
        code = str(value).strip().casefold()
        if code not in codes:
            raise Wrong(reasons.imports.ONE_OF(codes=", ".join(codes)))
        return code

    return BeforeValidator(check)


def today_told(info: ValidationInfo) -> str:
    return str((info.context or {}).get("today", LAST_DAY))


LAST_DAY = "2199-12-31"  # Of a calendar here: nothing lies after it.

Key = Annotated[str, _line(200, marked=False)]
Short = Annotated[str, _line(300)]
Name = Annotated[str, _line(300, plain=True)]
Title = Annotated[str, _line(1_000, plain=True)]
Text = Annotated[str, BeforeValidator(_text)]
Amount = Annotated[Decimal, BeforeValidator(_amount)]
Score = Annotated[Decimal, BeforeValidator(_number)]
Country = Annotated[str, BeforeValidator(_country)]
Currency = Annotated[str, BeforeValidator(_currency)]
Level = Annotated[int, BeforeValidator(_level)]
Day = Annotated[date, BeforeValidator(_day)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Web = Annotated[str, BeforeValidator(_web)]
Several = Annotated[list[str], BeforeValidator(_several)]
Places = Annotated[list[str], BeforeValidator(_places)]
Benefits = Annotated[list[str], BeforeValidator(_benefits)]
Required = Annotated[list[str], BeforeValidator(_required)]
Codes = Annotated[list[str], BeforeValidator(_codes)]
