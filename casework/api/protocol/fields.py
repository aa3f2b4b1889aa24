"""Fields of several schemas: ids, days, words, codes."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from casework import reasons
from casework.engine.definition.plain_text import visible
from casework.errors import FieldFault
from casework.operations.core.paging import MOST, PAGE
from casework.reasons import Reason, Text


def _words(words: str) -> str:
    cleaned = visible(words).strip()
    if any(unicodedata.category(letter) in ("Cc", "Cs") and letter not in "\n\t" for letter in cleaned):
        raise FieldFault(reasons.fields.UNSTORABLE)
    return cleaned


def some_words(words: str) -> str:
    cleaned = _words(words)
    if not cleaned:
        raise FieldFault(reasons.fields.REQUIRED)
    return cleaned


def _instant(written: object) -> object:
    """An instant in the one way of writing it. Raises FieldFault, which names a plus that an address turned into a space."""
    if not isinstance(written, str):
        return written
    if _INSTANT.fullmatch(written):
        with suppress(ValueError):
            return datetime.fromisoformat(written.upper())
    elif _INSTANT.fullmatch("+".join(written.rsplit(" ", 1))):
        raise FieldFault(reasons.fields.PLUS_OF_ZONE(sign="+", escaped="%2B"))
    raise FieldFault(reasons.fields.TIME_FORM)


def _said(why: object) -> object:
    return str(why) if isinstance(why, Reason | Text) else why


#: Why something is refused, as programs are told it.
Said = Annotated[str, BeforeValidator(_said)]
Id = Annotated[UUID, PlainSerializer(str)]
#: A day that a calendar can count from.
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2199, 12, 31))]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(some_words)]
Words = Annotated[str, Field(max_length=10_000), AfterValidator(_words)]
SomeWords = Annotated[str, Field(min_length=1, max_length=10_000), AfterValidator(some_words)]
#: The hard filters that an officer may leave out with a reason.
FilterName = Literal["readiness", "country", "organisation", "conflict", "licence", "standard", "restriction"]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z][A-Za-z]{1,3})?$")]
Decimals = Annotated[str, Field(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$")]
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:?\d\d)", re.ASCII)
#: A moment with its zone, as somebody asks for it.
Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]
#: As the ledger writes it, to the microsecond.
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Mark = Annotated[
    Literal["new", "changed"] | None,
    Field(description="New to you, or changed by others since you looked; cleared by looking"),
]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    #: Taken letter by letter, also what nobody sees: whoever reads it says what is wrong with it.
    as_typed: ClassVar[frozenset[str]] = frozenset()


class Query(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """Read from what an operation hands out, by the names of its fields."""

    model_config = ConfigDict(extra="allow", from_attributes=True, validate_by_name=True)


class Paged(Query):
    cursor: Annotated[str | None, Field(max_length=400, description="`next` of the page before")] = None
    limit: Annotated[int | None, Field(ge=1, le=MOST, description=f"Rows on a page; {PAGE} unless told")] = None


Knowingly = Annotated[
    bool, Field(description="Do it although it leaves a later action of the case to nobody, as an answer 409 has told")
]
