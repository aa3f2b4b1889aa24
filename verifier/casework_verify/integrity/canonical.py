"""The one form in which a value is hashed: RFC 8785, without what two programs could write in two ways."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from unicodedata import is_normalized

import rfc8785

LARGEST, DEEPEST = 2**53 - 1, 32
_HASH = re.compile("[0-9a-f]{64}")
_UNUSABLE = re.compile("[\x00\ud800-\udfff]")
#: Writes what RFC 8785 asks for, and soon, but for the order of keys where a letter from U+E000 on stands in one.
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_OTHER_ORDER = re.compile("[\ue000-\U0010ffff]")


class NotCanonical(ValueError):
    """The value has no canonical form."""


def canonical(value: Any) -> bytes:
    """The bytes that are hashed. Raises NotCanonical for floats, numbers beyond 2^53-1, and text with a NUL or not in NFC."""
    try:
        written = _write(value)
    except (TypeError, ValueError, RecursionError):
        written = "\\u0000"
    # Every part of a text in NFC is in NFC: what holds of the whole need not be looked for in each.
    good = "\\u0000" not in written and (
        written.isascii() or not _UNUSABLE.search(written) and is_normalized("NFC", written)
    )
    _insist(value, DEEPEST, each_text=not good)
    return written.encode() if good and not _OTHER_ORDER.search(written) else rfc8785.dumps(value)


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def is_hash(value: Any) -> bool:
    """Whether this is written as hashes are: one hash has one spelling."""
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def _insist(value: Any, depth: int, *, each_text: bool) -> None:
    kind = type(value)
    if kind is str:
        if each_text and (_UNUSABLE.search(value) or not is_normalized("NFC", value)):
            raise NotCanonical("a text holds a NUL or half a pair, or is not in Unicode form NFC")
    elif kind is int:
        if not -LARGEST <= value <= LARGEST:
            raise NotCanonical("a number is beyond 2^53-1")
    elif kind is dict or kind is list:
        if depth == 0:
            raise NotCanonical(f"nested deeper than {DEEPEST} levels")
        if kind is dict and any(type(key) is not str for key in value):
            raise NotCanonical("a key is no text")
        for item in value if kind is list else [*value, *value.values()]:
            if each_text or type(item) is not str:
                _insist(item, depth - 1, each_text=each_text)
    elif value is not None and kind is not bool:
        raise NotCanonical(f"{kind.__name__} has no canonical form")
