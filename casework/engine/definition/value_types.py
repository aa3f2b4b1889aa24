"""Values as a form takes them: words, numbers, days, amounts and ids, each with what is refused of it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from casework import reasons
from casework.engine.definition.list_names import insist_key
from casework.engine.definition.plain_text import visible
from casework.errors import FieldFault, InvalidForm


def clean(words: Any) -> Any:
    return visible(words).strip() if isinstance(words, str) else words


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def no_control(words: str) -> str:
    if _CONTROL.search(words):
        raise FieldFault(reasons.fields.UNSTORABLE)
    return words


#: Numbers, days and times, and what programs write where they have nothing to say: none of it gives a reason.
_NO_WORD = re.compile(r"[-+\d.,:/%TZEe]+|[-+]?inf(inity)?|nan|null|undefined|\[object|object\]", re.IGNORECASE)


def holds_words(said: str) -> bool:
    """Whether anybody is told anything by it: a letter of any script, in more than a number, a day or a program's filler."""
    return any(letter.isalpha() for part in said.split() if not _NO_WORD.fullmatch(part) for letter in part)


def decimal_text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise FieldFault(reasons.fields.NUMBER_FORM)
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise FieldFault(reasons.fields.NOT_A_NUMBER) from None
    if not number.is_finite():
        raise FieldFault(reasons.fields.NOT_A_NUMBER)
    # Asked of its parts: arithmetic with a number such as 1e999999999 would overflow.
    if number and number.adjusted() >= 15 or -int(number.as_tuple().exponent) > 6:
        raise FieldFault(reasons.fields.TOO_MANY_DIGITS)
    return format(number, "f")


def _id(value: Any) -> str:
    try:
        return str(UUID(value if isinstance(value, str) else ""))
    except ValueError:
        raise FieldFault(reasons.fields.NOT_AN_ID) from None


def once(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise FieldFault(reasons.fields.NAMED_TWICE)
    return values


Id = Annotated[str, BeforeValidator(_id)]
Key = Annotated[str, BeforeValidator(insist_key)]
Ids = Annotated[list[Id], Field(max_length=100), AfterValidator(once)]
Keys = Annotated[list[Key], Field(max_length=100), AfterValidator(once)]


def _day(value: Any) -> date:
    """Only YYYY-MM-DD, of a year that a calendar can count from: pydantic alone would take 86400 for a day."""
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        raise FieldFault(reasons.fields.DAY_FORM)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise FieldFault(reasons.fields.NO_DAY) from None
    if not 1900 <= day.year <= 2199:
        raise FieldFault(reasons.fields.YEARS)
    return day


def insist_day(value: Any, name: str) -> None:
    """Refuse what is no day."""
    try:
        _day(value)
    except FieldFault as why:
        raise InvalidForm(fields={name: why.reason}) from None


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Day = Annotated[date, BeforeValidator(_day)]


class MoneyValue(BaseModel):
    model_config = ConfigDict(extra="forbid")
    amount: Annotated[str, BeforeValidator(decimal_text)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")
    what: Annotated[str, BeforeValidator(clean), AfterValidator(no_control), Field(min_length=1, max_length=500)]
    by: Day
