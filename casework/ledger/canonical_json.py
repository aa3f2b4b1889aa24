"""The one form in which a value is hashed: RFC 8785 over a narrow world of JSON."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias, cast
from unicodedata import is_normalized

import orjson
import rfc8785

Json: TypeAlias = "None | bool | int | str | Sequence[Json] | Mapping[str, Json]"

LARGEST = 2**53 - 1
DEEPEST = 32

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_HASH = re.compile(r"[0-9a-f]{64}")
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")


class NotCanonical(ValueError):
    """The value has no canonical form."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason, path)
        self.reason = reason
        self.path = path

    def __str__(self) -> str:
        return f"${self.path}: {self.reason}"

    def inside(self, step: str) -> "NotCanonical":
        """The same refusal, seen from one level further out."""
        return NotCanonical(self.reason, step + self.path)


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of a value; raises NotCanonical, which names the path to what it refuses."""
    try:
        written = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # What cannot be written is refused with its place.
        _insist_canonical(value, DEEPEST)
        raise
    # Nearly every value is of plain types in ASCII, which one look tells; whatever else it is, is looked at text by text.
    ascii = written.isascii()
    if not ascii or _NUL in written or not _has_plain_types(value, DEEPEST):
        _insist_canonical(value, DEEPEST)
    # Without floats the fast encoder writes the same bytes but for the order of keys: it sorts them by code points, which is
    # another order than that of UTF-16 only where one has a letter from U+E000 on. A test holds the two against each other.
    if ascii or _FROM_E000.search(written) is None or not _sorts_otherwise(value):
        return written
    return rfc8785.dumps(cast(Any, value))


def digest(value: object) -> str:
    """SHA-256 of the canonical form, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def is_hash(value: object) -> bool:
    """Whether this is written as we write a hash: upper case would let one hash be stored in two ways."""
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def instant(moment: datetime) -> str:
    """A moment in UTC with exactly six digits and `Z`; raises NotCanonical for a naive one."""
    if moment.utcoffset() is None:
        raise NotCanonical(f"{moment} has no time zone")
    return _instant_of(moment if moment.tzinfo is UTC else moment.astimezone(UTC))


@lru_cache(maxsize=4096)
def _instant_of(moment: datetime) -> str:
    """Of a moment in UTC, where equal ones are the same; the few of a case are written again with each of its events."""
    return moment.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def parse_instant(text: str) -> datetime:
    """The moment that `instant` wrote; raises NotCanonical for any other spelling."""
    if _INSTANT.fullmatch(text) is None:
        raise NotCanonical(f"{text!r} is not written as an instant")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise NotCanonical(f"{text!r} is no moment of the calendar") from error


def _sorts_otherwise(value: Any) -> bool:
    """Whether any key has a letter from U+E000 on."""
    if isinstance(value, dict):
        return any(max(key, default="") >= "\ue000" or _sorts_otherwise(item) for key, item in value.items())
    return isinstance(value, list | tuple) and any(_sorts_otherwise(item) for item in value)


def _has_plain_types(value: Any, depth: int) -> bool:
    """Whether all of a value is of the types that have a canonical form, numbers and depth within their bounds."""
    kind = type(value)
    if kind is not dict and kind is not list and kind is not tuple:
        return value is None or kind is str or kind is bool or (kind is int and -LARGEST <= value <= LARGEST)
    if depth == 0 or (kind is dict and not _TEXT.issuperset(map(type, value))):
        return False
    for item in value.values() if kind is dict else value:
        kind = type(item)
        # Looked at here: a call for each would take longer than the look.
        if kind is not str and item is not None and kind is not bool and not _has_plain_types(item, depth - 1):
            return False
    return True


def _insist_canonical(value: Any, depth: int) -> None:
    # Exact types: a subclass can compare equal and still be stored or read back as something else.
    kind = type(value)
    if kind is str:
        _insist_text(value)
    elif value is None or kind is bool:
        return
    elif kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise NotCanonical("the number is beyond 2^53-1; write it as a string")
    elif depth == 0:
        raise NotCanonical(f"nested deeper than {DEEPEST} levels")
    elif kind is dict:
        _insist_object(value, depth)
    elif kind is list or kind is tuple:
        _insist_array(value, depth)
    else:
        raise NotCanonical(f"{kind.__name__} has no canonical form{_ADVICE.get(kind.__name__, '')}")


def _insist_object(value: dict[object, Any], depth: int) -> None:
    for key, item in value.items():
        if type(key) is not str:
            raise NotCanonical(f"the key {key!r} is not a string")
        try:
            _insist_text(key)
            _insist_canonical(item, depth - 1)
        except NotCanonical as refusal:
            raise refusal.inside(f".{key}") from None


def _insist_array(value: Sequence[object], depth: int) -> None:
    for index, item in enumerate(value):
        try:
            _insist_canonical(item, depth - 1)
        except NotCanonical as refusal:
            raise refusal.inside(f"[{index}]") from None


def _insist_text(text: str) -> None:
    if text.isascii():
        if "\0" in text:
            raise NotCanonical("the text holds a NUL")
        return
    if _UNUSABLE.search(text):
        raise NotCanonical("the text holds a NUL or half a surrogate pair")
    # PostgreSQL and browsers keep both forms of é apart; a hash over either would depend on the keyboard.
    if not is_normalized("NFC", text):
        raise NotCanonical("the text is not in Unicode form NFC")


_TEXT = frozenset((str,))
#: How a NUL is written.
_NUL = rb"\u0000"
#: The first byte of a letter from U+E000 on, in UTF-8.
_FROM_E000 = re.compile(rb"[\xee-\xff]")

_ADVICE = {
    "float": "; write a decimal as a string",
    "Decimal": "; write it as a string",
    "datetime": "; write it with instant()",
    "date": "; write it as YYYY-MM-DD",
}
