"""What a cell of a decision table asks of its input, as S-FEEL of DMN writes it.

A dash asks nothing. Else it is one test or several with commas between them, of which one must hold: a value, a comparison
such as `>= 10`, a range such as `[1..10)`. `not(...)` holds where they do not. An input that is lacking is `null`. As in FEEL it
is less or greater than nothing: a comparison with it holds neither so nor under `not`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from casework import reasons
from casework.engine.decision_tables.values import (
    BOOLEAN,
    DAY,
    NUMBER,
    ORDERED,
    TEXT,
    WHOLE,
    Value,
    day,
    feel,
    number,
    whole,
    words,
)
from casework.errors import FieldFault

#: A cell has so many characters at most, and so many tests.
LONGEST, MOST_TESTS = 2_000, 60
#: A number in a cell has so many decimals at most, and a value more, so that one lies between any two.
DECIMALS = 6

_HOLDS: Mapping[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


@dataclass(frozen=True, slots=True)
class Equal:
    """It is this value."""

    value: Value

    def holds(self, value: Value) -> bool | None:
        return value == self.value

    def ends(self) -> tuple[Value, ...]:
        return (self.value,)

    def __str__(self) -> str:
        return feel(self.value)


@dataclass(frozen=True, slots=True)
class Compared:
    """It lies on one side of a value."""

    by: str
    value: Decimal | date

    def holds(self, value: Value) -> bool | None:
        return None if value is None else _HOLDS[self.by](value, self.value)

    def ends(self) -> tuple[Value, ...]:
        return (self.value,)

    def __str__(self) -> str:
        return f"{self.by} {feel(self.value)}"


@dataclass(frozen=True, slots=True)
class Range:
    """It lies between two values, or is one of them where the range has it."""

    low: Decimal | date
    high: Decimal | date
    with_low: bool = True
    with_high: bool = True

    def holds(self, value: Value) -> bool | None:
        if value is None:
            return None
        above = _HOLDS[">=" if self.with_low else ">"](value, self.low)
        return above and _HOLDS["<=" if self.with_high else "<"](value, self.high)

    def ends(self) -> tuple[Value, ...]:
        return (self.low, self.high)

    def __str__(self) -> str:
        opened, closed = "[" if self.with_low else "(", "]" if self.with_high else ")"
        return f"{opened}{feel(self.low)}..{feel(self.high)}{closed}"


Test = Equal | Compared | Range


@dataclass(frozen=True, slots=True)
class Condition:
    """The tests of a cell, of which one must hold, or none; without tests it holds always."""

    tests: tuple[Test, ...] = ()
    negated: bool = False

    def holds(self, value: Value) -> bool:
        """Whether it holds for a value, which may be lacking."""
        if not self.tests:
            return True
        found = [test.holds(value) for test in self.tests]
        if self.negated:
            return all(one is False for one in found)
        return True in found

    def ends(self) -> Iterator[Value]:
        """The values at which it may turn."""
        for test in self.tests:
            yield from test.ends()

    def __str__(self) -> str:
        if not self.tests:
            return "-"
        said = ", ".join(str(test) for test in self.tests)
        return f"not({said})" if self.negated else said


ANY = Condition()

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<day>date\s*\(\s*"[^"\\]*"\s*\)|@"[^"\\]*")
    | (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<number>-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+))
    | (?P<word>[^\W\d]\w*)
    | (?P<mark><=|>=|\.\.|!=|[-<>=,()\[\]])
    )""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {'"': '"', "\\": "\\", "'": "'", "/": "/"}
_LITERALS: Mapping[str, Value] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    said: str


def parse(said: str, type: str) -> Condition:
    """The condition that is written so over an input of a type; nothing written is a dash. Raises FieldFault."""
    tokens = _tokens(said)
    if not tokens or [token.said for token in tokens] == ["-"]:
        return ANY
    return _Reader(tokens, type).condition()


def literal(said: str, type: str) -> Value:
    """The one value that is written so; nothing written is none. Raises FieldFault."""
    tokens = _tokens(said)
    if not tokens:
        return None
    reader = _Reader(tokens, type)
    value = reader.value()
    reader.insist_end()
    return value


def _tokens(said: str) -> list[_Token]:
    if len(said) > LONGEST:
        raise FieldFault(reasons.fields.LONGEST(most=LONGEST))
    found: list[_Token] = []
    at, said = 0, said.strip()
    while at < len(said):
        match = _TOKEN.match(said, at)
        if match is None or match.lastgroup is None:
            raise FieldFault(reasons.decision_tables.UNREADABLE(rest=said[at : at + 20]))
        found.append(_Token(match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


class _Reader:
    """Reads tokens one after the other."""

    def __init__(self, tokens: list[_Token], type: str) -> None:
        self.tokens, self.type, self.at = tokens, type, 0

    def condition(self) -> Condition:
        negated = self.tokens[0] == _Token("word", "not")
        if negated:
            self.at += 1
            self._take("(")
        tests = [self._test()]
        while self._said() == ",":
            self.at += 1
            tests.append(self._test())
            if len(tests) > MOST_TESTS:
                raise FieldFault(reasons.fields.MOST_ENTRIES(most=MOST_TESTS))
        if negated:
            self._take(")")
        self.insist_end()
        return Condition(tuple(tests), negated)

    def insist_end(self) -> None:
        if self.at < len(self.tokens):
            raise self._wrong()

    def _said(self) -> str | None:
        """The mark that comes next."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        return token.said if token is not None and token.kind == "mark" else None

    def _take(self, *marks: str) -> str:
        said = self._said()
        if said not in marks or said is None:
            raise self._wrong()
        self.at += 1
        return said

    def _test(self) -> Test:
        said = self._said()
        if said is not None and said in _HOLDS:
            self.at += 1
            return Compared(said, self._end())
        if said in ("[", "(", "]"):
            return self._range()
        return Equal(self.value())

    def _range(self) -> Range:
        with_low = self._take("[", "(", "]") == "["
        low = self._end()
        self._take("..")
        high = self._end()
        with_high = self._take("]", ")", "[") == "]"
        # Both are of one type.
        if _HOLDS[">"](low, high) or low == high and not (with_low and with_high):
            raise FieldFault(reasons.decision_tables.EMPTY_RANGE)
        return Range(low, high, with_low, with_high)

    def _end(self) -> Decimal | date:
        """A value by which others are before or behind."""
        if self.type not in ORDERED:
            raise FieldFault(reasons.decision_tables.NO_ORDER)
        value = self.value()
        if not isinstance(value, Decimal | date):
            raise FieldFault(reasons.decision_tables.NO_ORDER)
        return value

    def value(self) -> Value:
        if self.at >= len(self.tokens):
            raise self._wrong()
        token = self.tokens[self.at]
        if token.kind == "word" and token.said not in _LITERALS or token.kind == "mark":
            raise self._wrong()
        self.at += 1
        value = _value(token)
        if value is not None and _TYPE_OF[token.kind] != _KIND[self.type]:
            raise FieldFault(_WRONG_TYPE[self.type])
        if self.type == WHOLE:
            return None if value is None else whole(token.said)
        return value

    def _wrong(self) -> FieldFault:
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        if token is None:
            return FieldFault(reasons.decision_tables.BROKEN_OFF)
        return FieldFault(reasons.decision_tables.UNEXPECTED(said=token.said[:20]))


#: Which tokens write the values of which types.
_TYPE_OF = {"day": DAY, "text": TEXT, "number": NUMBER, "word": BOOLEAN}
_KIND = {DAY: DAY, TEXT: TEXT, NUMBER: NUMBER, WHOLE: NUMBER, BOOLEAN: BOOLEAN}
_WRONG_TYPE = {
    DAY: reasons.decision_tables.NEEDS_DAY,
    TEXT: reasons.decision_tables.NEEDS_TEXT,
    NUMBER: reasons.decision_tables.NEEDS_NUMBER,
    WHOLE: reasons.decision_tables.NEEDS_NUMBER,
    BOOLEAN: reasons.decision_tables.NEEDS_BOOLEAN,
}


def _value(token: _Token) -> Value:
    if token.kind == "word":
        return _LITERALS[token.said]
    if token.kind == "number":
        # FEEL writes one below 1 without its zero.
        found = number(re.sub(r"^(-?)\.", r"\g<1>0.", token.said))
        if found != round(found, DECIMALS):
            raise FieldFault(reasons.fields.TOO_MANY_DIGITS)
        return found
    if token.kind == "day":
        return day(token.said[token.said.index('"') + 1 : token.said.rindex('"')])
    return words(_ESCAPED.sub(_unescaped, token.said[1:-1]))


def _unescaped(match: re.Match[str]) -> str:
    if match[1] not in _ESCAPES:
        raise FieldFault(reasons.decision_tables.UNEXPECTED(said=match[0]))
    return _ESCAPES[match[1]]


__all__ = ["ANY", "Compared", "Condition", "Equal", "Range", "Test", "literal", "parse"]
